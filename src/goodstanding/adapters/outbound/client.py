"""The one way by which HTTP leaves Goodstanding."""

import ssl
import time
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Final, Self, cast

import httpcore2
import httpx2

from goodstanding import __version__
from goodstanding.adapters.outbound.address import Address, read_address
from goodstanding.adapters.outbound.allowed import Allowed
from goodstanding.adapters.outbound.body import read_body
from goodstanding.adapters.outbound.connection import GuardedNetwork
from goodstanding.adapters.outbound.limits import Limits
from goodstanding.adapters.outbound.message import Answer, Ask
from goodstanding.adapters.outbound.names import Resolver, ask_system
from goodstanding.adapters.outbound.reasons import Stopped, Why, sent_on_by, trouble
from goodstanding.adapters.outbound.redirect import leads_on, next_step

_OURS: Final = frozenset(
    {"host", "connection", "content-length", "transfer-encoding", "accept-encoding", "expect", "te", "trailer", "upgrade"}
)
"""Headers that say how a request travels; who asks has no say in them."""
_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})
_NOT_PASSED_ON: Final = frozenset({"set-cookie", "content-encoding", "content-length", "transfer-encoding", "connection"})
"""Headers that no longer fit the body that is handed over, and cookies, which nobody here keeps."""
_KEPT_OPEN: Final = 20
_KEPT_SECONDS: Final = 4.0
"""Idle connections are closed before the servers usual before an Odoo close theirs, so that none is met while closing."""


class GuardedSender:
    """Sends to allowed addresses only and within limits; keeps no cookies, uses no proxies or passwords of the environment.

    It stands on the engine under httpx2 rather than on its client, which would read the URL a second time, keep cookies
    and follow redirects by rules of its own. Threads may share it. Connections are kept for the next call to the same
    host; each goes to an address that was checked when it was opened.
    """

    def __init__(
        self,
        allowed: Allowed = Allowed(),
        *,
        limits: Limits = Limits(),
        follow: bool = False,
        resolver: Resolver = ask_system,
        trust: ssl.SSLContext | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Follow redirects where `follow` says so; trust the system's certificate authorities unless told which to `trust`."""
        self._allowed = allowed
        self._limits = limits
        self._follow = follow
        self._clock = clock
        self._pool = httpcore2.ConnectionPool(
            ssl_context=trust or httpx2.create_ssl_context(trust_env=False),
            network_backend=GuardedNetwork(allowed, resolver, clock, most_bytes=2 * limits.wire_bytes + 512 * 1024),
            # A pool with a limit would let slow hosts use it up and the others wait.
            max_connections=None,
            max_keepalive_connections=_KEPT_OPEN,
            keepalive_expiry=_KEPT_SECONDS,
        )

    def send(self, ask: Ask) -> Answer:
        """Send and return the answer, whatever its status.

        Raises `Refused` for an address that may not be asked, a certificate that does not hold and a request that cannot
        be sent; `Unreachable` where no complete answer came in time; `Unexpected` for one too large or not readable.
        """
        end = self._clock() + self._limits.total_seconds
        address = read_address(ask.url, self._allowed)
        asked = shown = address.shown
        hops = 0
        while True:
            try:
                answer = self._exchange(ask, address, end)
                if not self._follow or not leads_on(answer):
                    return answer
                if hops == self._limits.hops:
                    raise Stopped(Why.TOO_MANY_HOPS)
                hops += 1
                shown = sent_on_by(asked)
                ask, address = next_step(ask, address, answer, self._allowed, shown)
            except Stopped as stopped:
                raise trouble(stopped.why, shown, self._limits) from None

    def close(self) -> None:
        """Close the connections that were kept."""
        self._pool.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _exchange(self, ask: Ask, address: Address, end: float) -> Answer:
        until = {"connect": min(self._clock() + self._limits.connect_seconds, end), "read": end, "write": end}
        request = httpcore2.Request(
            ask.method,
            httpcore2.URL(scheme=address.scheme, host=address.host, port=address.port, target=address.target),
            headers=_headers(ask, address),
            content=ask.body,
            extensions={"timeout": until},
        )
        try:
            response = self._pool.handle_request(request)
        except httpcore2.LocalProtocolError:
            raise Stopped(Why.NOT_SENDABLE) from None
        except httpcore2.RemoteProtocolError:
            raise Stopped(Why.NOT_HTTP) from None
        try:
            return self._answer(ask.method, response)
        except httpcore2.RemoteProtocolError:
            raise Stopped(Why.BROKE_OFF) from None
        finally:
            response.close()

    def _answer(self, method: str, response: httpcore2.Response) -> Answer:
        if response.status < 200:
            raise Stopped(Why.NOT_HTTP)
        headers = _lowered(response.headers)
        announced = headers.get("content-length", "")
        if method != "HEAD" and announced.isdecimal() and int(announced) > self._limits.wire_bytes:
            raise Stopped(Why.TOO_LARGE)
        body = read_body(cast(Iterable[bytes], response.stream), headers.get("content-encoding", ""), self._limits)
        kept = {name: value for name, value in headers.items() if name not in _NOT_PASSED_ON}
        return Answer(response.status, kept, body)


def _headers(ask: Ask, address: Address) -> list[tuple[bytes, bytes]]:
    given = {name.lower(): value for name, value in ask.headers.items()}
    if ask.method not in _METHODS or not _OURS.isdisjoint(given) or len(given) < len(ask.headers):
        raise Stopped(Why.NOT_SENDABLE)
    headers = {"host": address.authority, "user-agent": f"Goodstanding/{__version__}", "accept-encoding": "gzip", **given}
    if ask.body or ask.method in ("POST", "PUT", "PATCH"):
        headers["content-length"] = str(len(ask.body))
    try:
        return [(name.encode("ascii"), value.encode("ascii")) for name, value in headers.items()]
    except UnicodeEncodeError:
        raise Stopped(Why.NOT_SENDABLE) from None


def _lowered(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    lowered: dict[str, str] = {}
    for raw, value in headers:
        name = raw.decode("latin-1").lower()
        text = value.decode("latin-1")
        lowered[name] = f"{lowered[name]}, {text}" if name in lowered else text
    return lowered
