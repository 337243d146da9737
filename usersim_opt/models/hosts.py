"""Several servers with the same model, shared by least outstanding calls.

A host that cannot be reached is left out for a while and then tried again, so that one that comes
back is used again.
"""

import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager

REST_SECONDS = 30.0
"""How long a host that could not be reached is left out."""


class HostPool:
    """Hands out hosts; safe for threads."""

    def __init__(
        self, hosts: Sequence[str], *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.hosts = tuple(hosts)
        self._clock = clock
        self._lock = threading.Lock()
        self._outstanding = dict.fromkeys(self.hosts, 0)
        self._rests_until = dict.fromkeys(self.hosts, 0.0)

    @contextmanager
    def lease(self, *, tried: Collection[str] = ()) -> Iterator[str]:
        """The host with the fewest calls under way, of those not `tried` yet.

        One that rests is taken only if there is no other.
        """
        host = self._take(tried)
        try:
            yield host
        finally:
            self._give_back(host)

    def _take(self, tried: Collection[str]) -> str:
        # Choosing and counting are one step: two threads must not take the same idle host.
        with self._lock:
            host = self._least_busy(tried)
            self._outstanding[host] += 1
        return host

    def _give_back(self, host: str) -> None:
        with self._lock:
            self._outstanding[host] -= 1

    def _least_busy(self, tried: Collection[str]) -> str:
        now = self._clock()
        untried = [host for host in self.hosts if host not in tried]

        def burden(host: str) -> tuple[float, int]:
            return max(0.0, self._rests_until[host] - now), self._outstanding[host]

        return min(untried or self.hosts, key=burden)

    def rest(self, host: str, *, seconds: float = REST_SECONDS) -> None:
        """Leave a host out for a while."""
        with self._lock:
            self._rests_until[host] = self._clock() + seconds
