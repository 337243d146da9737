"""Trying again where it can help: busy, broken off, timed out.

The pauses grow, so that a busy server gets air, and are random, so that threads which were turned
away together do not come back together. A host that says when to come back (`Retry-After`) is
believed: until then no attempt is made, and none is counted. The time is limited. After Ctrl-C no
attempt is begun.
"""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from dspy import lm15

from usersim_opt.basics.leaving import is_left_within
from usersim_opt.models.deadline import until

Answer = TypeVar("Answer")
RETRYABLE = (lm15.TransportError, lm15.RateLimitError, lm15.ServerError, lm15.TimeoutError)


@dataclass(frozen=True)
class Retry:
    """How often and how patiently.

    Retry()                    # four attempts, pauses of up to 1, 2 and 4 seconds
    Retry(attempts=1)          # once
    Retry(longest_pause=0)     # at once, for tests

    A host that is too busy (429, 503) and does not say until when gets pauses of up to 8, 16 and 32
    seconds, in all at least half of that.
    """

    attempts: int = 4
    longest_pause: float = 8.0
    """Seconds; the first pause for a busy host, which is doubled then."""
    give_up_after: float = 1800.0
    """Seconds after which the call ends, with all its attempts and pauses."""
    longest_wait: float = 600.0
    """Seconds for which a host may send us away; if it wants more, the call fails at once."""

    def call(self, attempt: Callable[[], Answer]) -> Answer:
        """The answer of the first attempt that does not raise a retryable error."""
        end = time.monotonic() + self.give_up_after
        failures = 0
        while True:
            try:
                with until(end):
                    return attempt()
            except RETRYABLE as error:
                wait = error.retry_after or 0.0
                # An attempt counts unless the host has named the time of the next one.
                failures += not wait
                pause = self._until(wait) if wait else self._pause(error, failures)
                if self._is_over(failures, wait) or time.monotonic() + pause > end:
                    raise
                if is_left_within(pause):
                    raise

    def _is_over(self, failures: int, wait: float) -> bool:
        return self.attempts <= max(1, failures) or wait > self.longest_wait

    def _until(self, wait: float) -> float:
        """Seconds until the time that a host has named, and up to a second more."""
        return wait + _chance(0, min(1.0, self.longest_pause))

    def _pause(self, error: Exception, failures: int) -> float:
        """Seconds before the next attempt after so many failures."""
        growth = 2.0 ** (failures - 1)
        if isinstance(error, lm15.RateLimitError):
            # Other callers keep the host busy: it needs minutes rather than seconds.
            return self.longest_pause * growth * _chance(0.5, 1)
        return _chance(0, min(self.longest_pause, growth))


def _chance(least: float, most: float) -> float:
    return random.uniform(least, most)  # noqa: S311 - a pause is no secret
