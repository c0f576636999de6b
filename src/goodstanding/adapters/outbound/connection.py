"""Connections under the HTTP engine: only to addresses that were checked, and never past the end of the call's time."""

import contextlib
import selectors
import socket
import ssl
from collections.abc import Callable, Iterable
from typing import Any, Final

import httpcore2

from goodstanding.adapters.outbound.address import check
from goodstanding.adapters.outbound.allowed import Allowed
from goodstanding.adapters.outbound.names import Resolver, addresses
from goodstanding.adapters.outbound.reasons import Stopped, Why

_MOST_TRIED: Final = 6
_PIECE: Final = 256 * 1024
_EXPIRED: Final = 10
_OTHER_NAME: Final = frozenset({62, 64})
"""OpenSSL's X509_V_ERR_CERT_HAS_EXPIRED, _HOSTNAME_MISMATCH and _IP_ADDRESS_MISMATCH."""


class GuardedNetwork(httpcore2.NetworkBackend):
    """Opens connections for the pool: looks a host up, checks all its addresses, connects to one of those very addresses.

    The pool still knows the host by its name, so TLS asks for that name and verifies it, and no second lookup takes
    place that could answer otherwise. Time limits are instants on `clock` here, not durations: the pool hands them
    through untouched, and so the limit of a whole call holds however many reads and writes it takes.
    """

    def __init__(self, allowed: Allowed, resolver: Resolver, clock: Callable[[], float], most_bytes: int) -> None:
        self._allowed = allowed
        self._resolver = resolver
        self._clock = clock
        self._most_bytes = most_bytes

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        """Connect until the instant `timeout`, which is shared fairly among the host's addresses. Raises `Stopped`."""
        found = addresses(self._resolver, host, port, seconds=_left(timeout, self._clock))
        check(found, self._allowed)
        why = Why.NO_CONNECTION
        tried = found[:_MOST_TRIED]
        for at, address in enumerate(tried):
            left = _left(timeout, self._clock)
            if left <= 0:
                raise Stopped(Why.CONNECT_SLOW)
            opened = socket.socket(socket.AF_INET6 if address.version == 6 else socket.AF_INET, socket.SOCK_STREAM)
            try:
                opened.settimeout(left / (len(tried) - at))
                opened.connect((str(address), port))
                opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            except OSError as error:
                opened.close()
                why = Why.CONNECT_SLOW if isinstance(error, TimeoutError) else Why.NO_CONNECTION
            else:
                return GuardedStream(opened, self._clock, self._most_bytes)
        raise Stopped(why)


class GuardedStream(httpcore2.NetworkStream):
    """One connection, whose reads and writes end at an instant and whose answers hold only so many bytes."""

    def __init__(self, opened: socket.socket, clock: Callable[[], float], most_bytes: int) -> None:
        self._socket = opened
        self._clock = clock
        self._most_bytes = most_bytes
        self._received = 0

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Return some bytes, none at the end. Raises `Stopped`."""
        self._until(timeout)
        try:
            data = self._socket.recv(max_bytes)
        except TimeoutError:
            raise Stopped(Why.TOO_SLOW) from None
        except OSError:
            raise Stopped(Why.BROKE_OFF) from None
        if not data and self._received == 0:
            raise Stopped(Why.BROKE_OFF)
        self._received += len(data)
        if self._received > self._most_bytes:
            raise Stopped(Why.TOO_LARGE)
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write all of it. Raises `Stopped`, or `WriteError`, after which the engine still reads what the server says."""
        self._received = 0
        rest = memoryview(buffer)
        while rest:
            self._until(timeout)
            try:
                rest = rest[self._socket.send(rest[:_PIECE]) :]
            except TimeoutError:
                raise Stopped(Why.TOO_SLOW) from None
            except OSError:
                raise httpcore2.WriteError from None

    def close(self) -> None:
        """Close at once."""
        self._socket.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        """Return the encrypted connection, the certificate verified for the name. Raises `Stopped`."""
        try:
            self._until(timeout)
            encrypted = ssl_context.wrap_socket(self._socket, server_hostname=server_hostname)
        except Stopped:
            self.close()
            raise Stopped(Why.CONNECT_SLOW) from None
        except OSError as error:
            self.close()
            raise Stopped(_why_no_tls(error)) from None
        return GuardedStream(encrypted, self._clock, self._most_bytes)

    def get_extra_info(self, info: str) -> Any:
        """Tell the pool whether an idle connection has something to read, which means that the server has closed it."""
        if info != "is_readable":
            return None
        with contextlib.suppress(ValueError), selectors.DefaultSelector() as selector:
            selector.register(self._socket, selectors.EVENT_READ)
            return bool(selector.select(0))
        return True

    def _until(self, instant: float | None) -> None:
        left = _left(instant, self._clock)
        if left <= 0:
            raise Stopped(Why.TOO_SLOW)
        self._socket.settimeout(left)


def _left(instant: float | None, clock: Callable[[], float]) -> float:
    if instant is None:
        raise ValueError("every call through this package has a time limit")
    return instant - clock()


def _why_no_tls(error: OSError) -> Why:
    if isinstance(error, ssl.SSLCertVerificationError):
        if error.verify_code == _EXPIRED:
            return Why.CERTIFICATE_EXPIRED
        return Why.CERTIFICATE_NAME if error.verify_code in _OTHER_NAME else Why.CERTIFICATE_UNKNOWN
    if isinstance(error, TimeoutError):
        return Why.CONNECT_SLOW
    if isinstance(error, ssl.SSLError) and not isinstance(error, ssl.SSLEOFError):
        return Why.NO_TLS
    return Why.NO_CONNECTION
