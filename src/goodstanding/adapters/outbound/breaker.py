"""A circuit breaker: a host that fails again and again is left alone for a while."""

import threading
from collections.abc import Callable


class Breaker:
    """Lets calls through until `failures` of them in a row have failed; then none for `rest_seconds`, then one that tries.

    Threads may share it. `clock` gives seconds that never go back.
    """

    def __init__(self, failures: int, rest_seconds: float, clock: Callable[[], float]) -> None:
        self._most = failures
        self._rest_seconds = rest_seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._failed = 0
        self._resting_until = 0.0
        self._trying = False

    def closed_to_calls(self) -> bool:
        """Return whether a call would be turned away now, without making one."""
        with self._lock:
            return self._turns_away()

    def enter(self) -> bool:
        """Return whether a call may go ahead; whoever is told so reports its end with `answered` or `failed`."""
        with self._lock:
            if self._turns_away():
                return False
            self._trying = self._failed >= self._most
            return True

    def answered(self) -> None:
        """Note that the host answered, whatever it said."""
        with self._lock:
            self._failed = 0
            self._trying = False

    def failed(self) -> None:
        """Note that no answer came, or one that says the host is down."""
        with self._lock:
            self._failed += 1
            self._trying = False
            if self._failed >= self._most:
                self._resting_until = self._clock() + self._rest_seconds

    def untroubled(self) -> bool:
        """Return whether nothing is remembered of the host."""
        with self._lock:
            return self._failed == 0 and not self._trying

    def _turns_away(self) -> bool:
        return self._failed >= self._most and (self._trying or self._clock() < self._resting_until)
