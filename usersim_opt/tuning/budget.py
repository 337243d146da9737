"""What a run may spend: calls, tokens, minutes. A share is kept for the smoke split, which decides at the end.

Calls are known beforehand; only what failed in a measurement that was broken off and is made again after a resume comes on top. Tokens
and minutes are foreseen from what a call has cost so far, so a limit on them can be passed by what the last round or
the smoke split takes beyond that.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

CONFIRMATION_SHARE = 0.2
"""Share that is kept for the smoke split."""
MAX_REPEATS = 10
"""Replies per smoke scenario and prompt, at most."""


@dataclass(frozen=True)
class Spent:
    """What has been spent: calls of all roles, tokens and calls of user and judge, calls made since this start."""

    calls: int
    tokens: int
    answered: int
    fresh: int


@dataclass(frozen=True)
class Budget:
    """Limits of a run; None is no limit. Minutes count from the making of this object."""

    calls: int
    tokens: int | None = None
    minutes: float | None = None
    clock: Callable[[], float] = time.monotonic
    """In seconds."""
    started: float = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "started", self.clock())

    def exhausted(self, spent: Spent, *, round_calls: int, reserve: int) -> str:
        """Why a round of so many calls, with a reserve of calls, cannot be afforded; empty if it can."""
        left = 1 - CONFIRMATION_SHARE
        if spent.calls + round_calls + reserve > self.calls:
            return f"the budget of {self.calls:,} calls"
        if self.tokens is not None and spent.tokens + round_calls * _each(spent.tokens, spent.answered) > left * self.tokens:
            return f"the budget of {self.tokens:,} tokens"
        if self.minutes is not None and self._minutes() + round_calls * _each(self._minutes(), spent.fresh) > left * self.minutes:
            return f"the budget of {self.minutes:g} minutes"
        return ""

    def repeats(self, spent: Spent, *, once: int) -> float:
        """How often the smoke split, at `once` calls a time, can be afforded with what is left; 1 to 10. A search that ends early leaves more.

        A part of a whole is a last time on that share of the scenarios.
        """
        affordable = [MAX_REPEATS, (self.calls - spent.calls) / once]
        if self.tokens is not None and spent.tokens:
            affordable.append((self.tokens - spent.tokens) / (once * _each(spent.tokens, spent.answered)))
        if self.minutes is not None and spent.fresh:
            affordable.append((self.minutes - self._minutes()) / (once * _each(self._minutes(), spent.fresh)))
        return max(1.0, min(affordable))

    def most_repeats(self, *, once: int, round_calls: int) -> int:
        """Replies per smoke scenario and prompt that the calls pay for if one round is to be affordable; 0 if not even that."""
        affordable = min(int(CONFIRMATION_SHARE * self.calls) // once, (self.calls - round_calls) // once)
        return min(MAX_REPEATS, max(affordable, int(self.calls >= once + round_calls)))

    def _minutes(self) -> float:
        return (self.clock() - self.started) / 60


def _each(total: float, calls: int) -> float:
    return total / calls if calls else 0.0
