"""Trying again where it can help: busy, broken off, timed out.

The pauses grow, so that a busy server gets air, and are random, so that threads which were turned
away together do not come back together. The time is limited.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import tenacity
from dspy import lm15

Answer = TypeVar("Answer")
RETRYABLE = (lm15.TransportError, lm15.RateLimitError, lm15.ServerError, lm15.TimeoutError)


@dataclass(frozen=True)
class Retry:
    """How often and how patiently.

    Retry()                    # four attempts, pauses of up to 1, 2 and 4 seconds
    Retry(attempts=1)          # once
    Retry(longest_pause=0)     # at once, for tests
    """

    attempts: int = 4
    longest_pause: float = 8.0
    """Seconds."""
    give_up_after: float = 1800.0
    """Seconds in all after which no further attempt begins."""

    def call(self, attempt: Callable[[], Answer]) -> Answer:
        """The answer of the first attempt that does not raise a retryable error."""
        for state in self._attempts():
            with state:
                return attempt()
        raise AssertionError("tenacity gives an answer or raises")

    def _attempts(self) -> tenacity.Retrying:
        often_enough = tenacity.stop_after_attempt(self.attempts)
        long_enough = tenacity.stop_after_delay(self.give_up_after)
        return tenacity.Retrying(
            stop=often_enough | long_enough,
            wait=tenacity.wait_random_exponential(multiplier=1, max=self.longest_pause),
            retry=tenacity.retry_if_exception_type(RETRYABLE),
            reraise=True,
        )
