"""What a run may spend, calls, tokens and minutes, and what it has spent, by role.

A share is kept for the smoke split, which decides at the end. Calls are known beforehand; two
things come on top. One is a measurement that was broken off and is made again after a resume. The
other is the one repeat of a judge's call whose answer cannot be read: it is counted when it
happens, so a run can pass its calls by at most as many as the judge gets in the last round and on
the smoke split. Tokens and minutes are foreseen from what a call has cost so far, so the last round
or the smoke split can pass a limit on them by what it takes beyond that.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from usersim_opt.measuring.outcome import ROLES

CONFIRMATION_SHARE = 0.2
"""Share that is kept for the smoke split."""
MAX_REPEATS = 10
"""Replies per smoke scenario and prompt, at most."""


@dataclass(frozen=True)
class Spent:
    """What all roles together have spent."""

    calls: int
    tokens: int
    fresh: int
    """Calls made since this start; the others are of earlier sessions."""


class Ledger:
    """Calls and tokens by role, those of earlier sessions included."""

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter(dict.fromkeys(ROLES, 0))
        self.tokens: Counter[str] = Counter(dict.fromkeys(ROLES, 0))
        self._fresh = 0

    def add(
        self, calls: Mapping[str, int], tokens: Mapping[str, int], *, fresh: bool = False
    ) -> None:
        """Count calls and tokens by role; `fresh` ones were made since this start."""
        self.calls.update(calls)
        self.tokens.update(tokens)
        if fresh:
            self._fresh += sum(calls.values())

    @property
    def spent(self) -> Spent:
        """The sums over all roles."""
        return Spent(self.calls.total(), self.tokens.total(), self._fresh)


@dataclass(frozen=True)
class _Limit:
    """A limit on something that is foreseen from what a call has cost so far."""

    limit: float
    spent: float
    each: float
    """What a call has cost, on average; 0 before the first one."""

    def allows(self, calls: int) -> bool:
        """Whether the search's share of the limit holds what is spent and what the calls need."""
        return self.spent + calls * self.each <= (1 - CONFIRMATION_SHARE) * self.limit

    def repeats(self, calls: int) -> float:
        """How often so many calls can be made with all that is left."""
        return (self.limit - self.spent) / (calls * self.each)


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
        """Why a round of so many calls cannot be afforded beside a reserve; empty if it can."""
        if spent.calls + round_calls + reserve > self.calls:
            return f"the budget of {self.calls:,} calls"
        for name, limit in self._foreseen(spent):
            if not limit.allows(round_calls):
                return name
        return ""

    def repeats(self, spent: Spent, *, once: int) -> float:
        """How often the smoke split can be measured with what is left, at `once` calls a time.

        It is 1 to 10: a search that ends early leaves more. A part of a whole is a last time on
        that share of the scenarios.
        """
        affordable = [MAX_REPEATS, (self.calls - spent.calls) / once]
        limits = [limit for _, limit in self._foreseen(spent)]
        affordable += [limit.repeats(once) for limit in limits if limit.each]
        return max(1.0, min(affordable))

    def most_repeats(self, *, once: int, round_calls: int) -> int:
        """Replies per smoke scenario and prompt that the calls pay for beside one round.

        It is 0 if they do not pay for one.
        """
        reserved = int(CONFIRMATION_SHARE * self.calls) // once
        beside_a_round = (self.calls - round_calls) // once
        at_least = 1 if beside_a_round >= 1 else 0
        return min(MAX_REPEATS, max(min(reserved, beside_a_round), at_least))

    def _foreseen(self, spent: Spent) -> Iterator[tuple[str, _Limit]]:
        """The limits on tokens and minutes that the run has, with their names."""
        if self.tokens is not None:
            each = _each(spent.tokens, spent.calls)
            yield f"the budget of {self.tokens:,} tokens", _Limit(self.tokens, spent.tokens, each)
        if self.minutes is not None:
            minutes = (self.clock() - self.started) / 60
            # Minutes count from this start, so they are set against the calls of this start.
            each = _each(minutes, spent.fresh)
            yield f"the budget of {self.minutes:g} minutes", _Limit(self.minutes, minutes, each)


def _each(total: float, calls: int) -> float:
    return total / calls if calls else 0.0
