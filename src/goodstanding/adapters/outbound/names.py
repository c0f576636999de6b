"""From a host name to IP addresses, within a time limit that the system's own lookup does not know."""

import queue
import socket
import threading
from collections.abc import Callable, Iterable
from ipaddress import ip_address
from typing import TypeAlias

from goodstanding.adapters.outbound.networks import IP
from goodstanding.adapters.outbound.reasons import Stopped, Why

Resolver: TypeAlias = Callable[[str, int], Iterable[str]]
"""Takes a host and a port, gives the texts of its IP addresses in the order to try them, raises `OSError` for none."""


def ask_system(host: str, port: int) -> Iterable[str]:
    """Return the addresses that this machine knows for a host."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def addresses(resolver: Resolver, host: str, port: int, *, seconds: float) -> tuple[IP, ...]:
    """Return the addresses of a host, each once, in order; a host that is an address is its own.

    Raises `Stopped` where there is none, or none within `seconds`. The lookup runs in a thread of its own, which is left
    behind where it takes longer: the system offers no way to end it.
    """
    try:
        return (ip_address(host),)
    except ValueError:
        pass
    told: queue.SimpleQueue[tuple[IP, ...] | None] = queue.SimpleQueue()

    def look_up() -> None:
        try:
            told.put(tuple(dict.fromkeys(ip_address(text) for text in resolver(host, port))))
        except (OSError, ValueError):
            told.put(None)

    threading.Thread(target=look_up, name="name lookup", daemon=True).start()
    try:
        found = told.get(timeout=max(seconds, 0))
    except queue.Empty:
        raise Stopped(Why.CONNECT_SLOW) from None
    if not found:
        raise Stopped(Why.NO_SUCH_NAME)
    return found
