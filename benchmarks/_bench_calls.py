"""Counting model calls: every call of user, judge and proposer goes through one meter.

The meter stops a run that overspends. A server samples afresh where a request has no seed, but the
stand-ins answer equal requests equally, so the meter gives such a request a seed of its own. Not
covered: tokens.
"""

import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import dspy
from dspy import lm15

from usersim_opt.basics.text import sha256

OVERSHOOT = 1.05
"""Calls over the budget, as a factor, from which a run is stopped hard."""


TEMPERATURE = 0.9
"""Of the user; that of the README."""


class BudgetSpent(BaseException):
    """The hard stop.

    It is no Exception: optimizers catch those, take the reply for a failed one and go on calling.
    """


class Engine(Protocol):
    """What answers a request."""

    def complete(self, request: lm15.Request) -> lm15.Response:
        """One answer."""
        ...


@dataclass
class Meter:
    """Calls by role, and the processor time inside them in seconds."""

    budget: int
    seed: int
    calls: Counter[str] = field(default_factory=Counter)
    inside: float = 0.0

    @property
    def total(self) -> int:
        """Calls of all roles."""
        return self.calls.total()

    @property
    def limit(self) -> int:
        """The last call that is still made."""
        return int(self.budget * OVERSHOOT)

    def fits(self, calls: int) -> bool:
        """Whether so many calls more stay below the hard stop."""
        return self.total + calls <= self.limit

    def charge(self, role: str) -> int:
        """Count a call and give it a seed; BudgetSpent beyond the limit."""
        if self.total >= self.limit:
            raise BudgetSpent
        self.calls[role] += 1
        return int(sha256(f"{self.seed}:{self.total}")[:8], 16) & 0x7FFFFFFF


class Metered:
    """An engine whose calls are counted."""

    def __init__(self, role: str, inner: Engine, meter: Meter) -> None:
        self.role, self.inner, self.meter = role, inner, meter

    def __deepcopy__(self, memo: dict[int, Any]) -> "Metered":
        return self  # DSPy copies a student with its model; a copied counter would count for itself

    def complete(self, request: lm15.Request) -> lm15.Response:
        """Count, then answer."""
        seed = self.meter.charge(self.role)
        if request.config.seed is None:
            request = replace(request, config=replace(request.config, seed=seed))
        started = time.thread_time()
        try:
            return self.inner.complete(request)
        finally:
            self.meter.inside += time.thread_time() - started


def metered(engines: Mapping[str, Engine], meter: Meter) -> dict[str, dspy.LM]:
    """A model for each role, all on one meter."""
    options = {"user": {"temperature": TEMPERATURE}}
    return {
        role: dspy.LM(
            f"bench/{role}",
            engine=Metered(role, engine, meter),
            cache=False,
            num_retries=0,
            **options.get(role, {}),
        )
        for role, engine in engines.items()
    }


def plain_answer(request: lm15.Request, text: str) -> lm15.Response:
    """A plain answer."""
    usage = lm15.Usage(input_tokens=1, output_tokens=1, total_tokens=2)
    return lm15.Response(
        id=None,
        model=request.model,
        message=lm15.Message.assistant([lm15.TextPart(text)]),
        finish_reason="stop",
        usage=usage,
    )
