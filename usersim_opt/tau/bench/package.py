"""A checkout of tau-bench or tau-trait: its package, imported from there, with our customers in it.

Both ask `load_user` in their module `envs.base` for the customer of each environment. It is set to
a function of ours, which gives the customer of the conversation that is played in this thread, and
asks the original one where none is. The agent's `completion` is given the arguments of our models
in the same way.
"""

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from usersim_opt.basics.errors import InputError, one_line
from usersim_opt.tau.package import hush_litellm

PACKAGES = ("tau_bench", "tau_trait")
"""What the packages of a checkout are called: tau-bench's own, and tau-trait's."""
_SIGN = Path("envs", "base.py")
"""A file that the package of a checkout has."""
_FOLDER = "a checkout of sierra-research/tau-bench or collinear-ai/tau-trait"
_WANTED = f"expected {_FOLDER}"
_CUSTOMER: ContextVar[Any] = ContextVar("customer")
_ARGUMENTS: ContextVar[Mapping[str, Any]] = ContextVar("arguments")


@dataclass(frozen=True)
class Package:
    """The package of a checkout, by its name and its parts."""

    name: str
    envs: Any
    types: Any
    agents: Any
    """The module of the agent that calls tools."""

    def environment(self, domain: str, *, split: str, task: int, customer: Any) -> Any:
        """An environment of a task for one conversation with a customer.

        InputError for a domain or a split that is not there.
        """
        given = {
            "user_strategy": "llm",
            "user_model": "usersim_opt",
            "task_split": split,
            "task_index": task,
        }
        with _set(_CUSTOMER, customer):
            try:
                return self.envs.get_env(domain, **given)
            except ValueError as error:
                raise InputError(f"{self.name} has no such tasks: {one_line(error)}") from error

    def calling(self, arguments: Mapping[str, Any]) -> AbstractContextManager[None]:
        """Have the package's agent call its model with these arguments, in this thread."""
        return _set(_ARGUMENTS, arguments)


@contextmanager
def _set(variable: ContextVar[Any], value: Any) -> Iterator[None]:
    token = variable.set(value)
    try:
        yield
    finally:
        variable.reset(token)


def package_in(folder: str | Path | None) -> Package:
    """The package of a checkout; without a folder, the one that stands on Python's path.

    InputError where there is none, and where it cannot be imported.
    """
    root = _on_path() if folder is None else Path(folder).resolve()
    found = [name for name in PACKAGES if (root / name / _SIGN).is_file()]
    if not found:
        raise InputError(f"{folder}: holds neither {' nor '.join(PACKAGES)}; {_WANTED}")
    return _package(root, found[0])


def _on_path() -> Path:
    """The folder on Python's path that holds one of the packages."""
    specs = [spec for spec in map(find_spec, PACKAGES) if spec is not None]
    places = [Path(place) for spec in specs for place in spec.submodule_search_locations or ()]
    if not places:
        raise InputError(f"neither {' nor '.join(PACKAGES)} is on Python's path; name {_FOLDER}")
    return places[0].resolve().parent


@cache
def _package(root: Path, name: str) -> Package:
    # Without it litellm asks the network for a price list.
    os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")
    sys.path.insert(0, str(root))
    try:
        base = _module(f"{name}.envs.base")
        parts = (f"{name}.envs", f"{name}.types", f"{name}.agents.tool_calling_agent")
        envs, types, agents = map(_module, parts)
    except ImportError as error:
        raise InputError(
            f"{root}: {name} cannot be imported ({one_line(error)}); install what it needs"
        ) from error
    finally:
        sys.path.remove(str(root))
    _check_place(base, root)
    hush_litellm()
    base.load_user = _loading(base.load_user)
    agents.completion = _completing(agents.completion)
    return Package(name, envs, types, agents)


def _module(name: str) -> Any:
    """A module of the checkout, of whose types nothing is known here."""
    return import_module(name)


def _check_place(base: Any, root: Path) -> None:
    """InputError where the package was imported from another place before."""
    place = Path(str(base.__file__)).resolve()
    if not place.is_relative_to(root):
        raise InputError(
            f"{root}: the package was imported from {place.parent.parent} before; name that, or "
            "start a new process"
        )


def _loading(original: Any) -> Any:
    def load_user(*args: Any, **given: Any) -> Any:
        """The customer of the conversation of this thread."""
        customer = _CUSTOMER.get(None)
        return original(*args, **given) if customer is None else customer

    return load_user


def _completing(original: Any) -> Any:
    def completion(**given: Any) -> Any:
        """A call of the agent's model, which has no place of its own for address and options."""
        return original(**given | dict(_ARGUMENTS.get({})))

    return completion
