"""What a run may spend, calls, tokens and minutes, and what it has spent, by role.

A share is kept for the smoke split, which decides at the end. Calls are known beforehand; only a
measurement that was broken off and is made again after a resume comes on top. Tokens and minutes
are foreseen from what a call has cost so far, so the last round or the smoke split can pass a limit
on them by what it takes beyond that.
"""

import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from usersim_opt.measuring.outcome import ROLES

CONFIRMATION_SHARE = 0.2
"""Share that is kept for the smoke split."""
MAX_REPEATS = 10
"""Replies per smoke scenario and prompt, at most."""


@dataclass(frozen=True)
class Spent:
    """What has been spent by all roles: calls, tokens, and calls made since this start."""

    calls: int
    tokens: int
    fresh: int


class Ledger:
    """Calls and tokens by role, those of earlier sessions included."""

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter(dict.fromkeys(ROLES, 0))
        self.tokens: Counter[str] = Counter(dict.fromkeys(ROLES, 0))
        self._fresh = 0

    def add(
        self, calls: Mapping[str, int], tokens: Mapping[str, int], *, fresh: bool = False
    ) -> None:
        """Count calls and tokens; `fresh` ones were made since this start."""
        self.calls.update(calls)
        self.tokens.update(tokens)
        self._fresh += sum(calls.values()) if fresh else 0

    @property
    def spent(self) -> Spent:
        """The sums over all roles."""
        return Spent(self.calls.total(), self.tokens.total(), self._fresh)


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
        if spent.calls + round_calls + reserve > self.calls:
            return f"the budget of {self.calls:,} calls"
        if self.tokens is not None and not self._affords(
            self.tokens, spent.tokens, _each(spent.tokens, spent.calls) * round_calls
        ):
            return f"the budget of {self.tokens:,} tokens"
        if self.minutes is not None and not self._affords(
            self.minutes, self._minutes(), _each(self._minutes(), spent.fresh) * round_calls
        ):
            return f"the budget of {self.minutes:g} minutes"
        return ""

    def repeats(self, spent: Spent, *, once: int) -> float:
        """How often the smoke split, at `once` calls a time, can be afforded with what is left: 1 to 10.

        A search that ends early leaves more. A part of a whole is a last time on that share of the
        scenarios.
        """
        affordable = [MAX_REPEATS, (self.calls - spent.calls) / once]
        if self.tokens is not None and spent.tokens:
            each = _each(spent.tokens, spent.calls)
            affordable.append((self.tokens - spent.tokens) / (once * each))
        if self.minutes is not None and spent.fresh:
            each = _each(self._minutes(), spent.fresh)
            affordable.append((self.minutes - self._minutes()) / (once * each))
        return max(1.0, min(affordable))

    def most_repeats(self, *, once: int, round_calls: int) -> int:
        """Replies per smoke scenario and prompt that the calls pay for beside one round; 0 if not one."""
        reserved = int(CONFIRMATION_SHARE * self.calls) // once
        affordable = min(reserved, (self.calls - round_calls) // once)
        return min(MAX_REPEATS, max(affordable, int(self.calls >= once + round_calls)))

    @staticmethod
    def _affords(limit: float, spent: float, needed: float) -> bool:
        """Whether the search's share of a limit holds what is spent and what a round needs."""
        return spent + needed <= (1 - CONFIRMATION_SHARE) * limit

    def _minutes(self) -> float:
        return (self.clock() - self.started) / 60


def _each(total: float, calls: int) -> float:
    return total / calls if calls else 0.0
