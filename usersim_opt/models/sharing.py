"""Which models push each other out of the memory of one Ollama.

Ollama loads a model with one context length; another one, or the same with another `num_ctx`, is
loaded beside it or in its place. A server that cannot hold both unloads and loads for every change,
which takes longer than most answers.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from usersim_opt.basics.asking import engine_of
from usersim_opt.basics.showing import visibly


@dataclass(frozen=True, order=True)
class Load:
    """What a host has to have in memory for a model's calls."""

    host: str
    model: str
    num_ctx: int = 0
    """Tokens of context; 0 where the server decides."""

    @visibly
    def __str__(self) -> str:
        window = f" with num_ctx={self.num_ctx}" if self.num_ctx else ""
        return f"{self.model}{window}"


def loads_of(lm: Any) -> frozenset[Load]:
    """What a model needs, a load for each of its hosts; none where it is not in Ollama."""
    engine = engine_of(lm)
    hosts = getattr(getattr(engine, "pool", None), "hosts", ())
    return frozenset(
        Load(host, _whole(engine.model), engine.options.get("num_ctx") or 0) for host in hosts
    )


def _whole(model: str) -> str:
    """The name with its tag: a name without one means `latest`."""
    return model if ":" in model else f"{model}:latest"


def must_swap(some: Iterable[Any], others: Iterable[Any]) -> bool:
    """Whether a host of some models has to hold something else for the others."""
    ours = frozenset[Load]().union(*map(loads_of, some))
    theirs = frozenset[Load]().union(*map(loads_of, others))
    return any(one.host == other.host and one != other for one in ours for other in theirs)


def share_windows(lms: Sequence[Any]) -> None:
    """Give connections to the same model on a host one num_ctx, the largest that one of them has.

    The context length shapes no answer that fits, so no record knows it.
    """
    for one, other in combinations(lms, 2):
        if _have_a_model_in_common(one, other):
            engines = [engine_of(one), engine_of(other)]
            largest = max(engine.options.get("num_ctx") or 0 for engine in engines)
            for engine in engines:
                engine.options |= {"num_ctx": largest} if largest else {}


def _have_a_model_in_common(one: Any, other: Any) -> bool:
    """Whether two connections ask a host for the same model."""
    of_other = {(load.host, load.model) for load in loads_of(other)}
    return any((load.host, load.model) in of_other for load in loads_of(one))
