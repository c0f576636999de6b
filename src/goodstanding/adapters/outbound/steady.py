"""A sender around a sender: tries again what may be tried again, and keeps one bad host from holding up the others."""

import random
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import urlsplit

from goodstanding.adapters.outbound.breaker import Breaker
from goodstanding.adapters.outbound.message import Answer, Ask, Sender
from goodstanding.adapters.outbound.trouble import Trouble, Unreachable

_TOO_MANY: Final = 429
_DOWN: Final = frozenset({502, 503, 504})
_SECONDS: Final = re.compile(r"[0-9]{1,9}")
_CHANCE: Final = random.SystemRandom()


@dataclass(frozen=True, slots=True)
class Pace:
    """How patient a sender is with a host (metrics.md G.2 28)."""

    tries: int = 4
    """Attempts at a call that may be repeated, the first included."""
    first_seconds: float = 0.5
    """The longest wait before the second attempt; it doubles with each further one."""
    longest_seconds: float = 20.0
    """The longest wait of our own choosing."""
    retry_after_seconds: float = 60.0
    """The longest wait that a server may ask for; one that asks for more gets no further attempt."""
    at_once: int = 2
    """Calls to one host at the same time."""
    queue_seconds: float = 20.0
    """How long a call waits for its turn at a host."""
    failures: int = 5
    """Failures in a row after which a host is left alone."""
    rest_seconds: float = 30.0
    """How long it is left alone before one call may try."""


@dataclass(slots=True)
class _Host:
    turns: threading.BoundedSemaphore
    breaker: Breaker
    users: int = field(default=0)


class SteadySender:
    """Sends through another sender, with patience for each host. Threads may share it.

    Only an ask marked `again` is repeated: when there was no answer, and on 429, 502, 503 and 504. The waits grow
    exponentially and are drawn from zero to their bound (full jitter), so that many callers do not come back at once. A
    host is what stands in the URL as host and port.
    """

    def __init__(
        self,
        sender: Sender,
        *,
        pace: Pace = Pace(),
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        chance: Callable[[], float] = _CHANCE.random,
    ) -> None:
        """`clock` gives seconds that never go back, `chance` numbers from 0 to 1."""
        self._sender = sender
        self._pace = pace
        self._clock = clock
        self._sleep = sleep
        self._chance = chance
        self._lock = threading.Lock()
        self._hosts: dict[str, _Host] = {}

    def send(self, ask: Ask) -> Answer:
        """Send, again where that may help, and return the last answer.

        Raises what the inner sender raises, and `Unreachable` at once for a host that is being left alone.
        """
        with self._host(ask.url) as host:
            for attempt in range(self._pace.tries):
                last = not ask.again or attempt + 1 == self._pace.tries
                try:
                    answer = self._attempt(ask, host)
                except Unreachable:
                    if last or host.breaker.closed_to_calls():
                        raise
                    asked_for = 0.0
                else:
                    if last or not _says_later(answer) or host.breaker.closed_to_calls():
                        return answer
                    asked_for = retry_after(answer)
                    if asked_for > self._pace.retry_after_seconds:
                        return answer
                bound = min(self._pace.first_seconds * 2**attempt, self._pace.longest_seconds)
                self._sleep(asked_for + self._chance() * bound)
        raise AssertionError("the last attempt returns or raises")

    def remembered(self) -> int:
        """Return of how many hosts something is remembered: those with calls under way and those that failed last."""
        with self._lock:
            return len(self._hosts)

    def _attempt(self, ask: Ask, host: _Host) -> Answer:
        # Asked before the turn as well: who waits for a host that is left alone would wait for nothing.
        if host.breaker.closed_to_calls():
            raise _left_alone(ask)
        if not host.turns.acquire(timeout=self._pace.queue_seconds):
            raise Unreachable(
                f"Too many calls are waiting for {_name(ask.url)}.", advice="Try again later; the server answers slowly."
            )
        try:
            if not host.breaker.enter():
                raise _left_alone(ask)
            return self._reported(ask, host.breaker)
        finally:
            host.turns.release()

    def _reported(self, ask: Ask, breaker: Breaker) -> Answer:
        try:
            answer = self._sender.send(ask)
        except Unreachable:
            breaker.failed()
            raise
        except Trouble:
            breaker.answered()
            raise
        except BaseException:
            breaker.failed()
            raise
        if answer.status in _DOWN:
            breaker.failed()
        else:
            breaker.answered()
        return answer

    @contextmanager
    def _host(self, url: str) -> Iterator[_Host]:
        key = _key(url)
        with self._lock:
            host = self._hosts.get(key)
            if host is None:
                breaker = Breaker(self._pace.failures, self._pace.rest_seconds, self._clock)
                host = self._hosts[key] = _Host(threading.BoundedSemaphore(self._pace.at_once), breaker)
            host.users += 1
        try:
            yield host
        finally:
            with self._lock:
                host.users -= 1
                if host.users == 0 and host.breaker.untroubled():
                    del self._hosts[key]


def _key(url: str) -> str:
    try:
        parts = urlsplit(url)
        port = parts.port or (80 if parts.scheme == "http" else 443)
        return f"{(parts.hostname or '').removesuffix('.')}:{port}"
    except ValueError:
        return ""


def _name(url: str) -> str:
    # Only a name is told, never a number: it may lie in somebody's network.
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        host = ""
    return host if any(character.isalpha() for character in host) and ":" not in host else "this address"


def _left_alone(ask: Ask) -> Unreachable:
    return Unreachable(
        f"No call to {_name(ask.url)} for a moment: the last ones all failed.",
        advice="Check that the server runs; Goodstanding tries again by itself.",
    )


def _says_later(answer: Answer) -> bool:
    return answer.status == _TOO_MANY or answer.status in _DOWN


def retry_after(answer: Answer) -> float:
    """Return the seconds a server asks to wait, 0 where it asks for none (RFC 9110 10.2.3).

    A date is read against the server's own.
    """
    text = answer.headers.get("retry-after", "").strip()
    if _SECONDS.fullmatch(text):
        return float(text)
    until, since = _date(text), _date(answer.headers.get("date", ""))
    if until is None or since is None:
        return 0.0
    return max((until - since).total_seconds(), 0.0)


def _date(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None else None
