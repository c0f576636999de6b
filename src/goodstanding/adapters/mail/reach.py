"""Where a mail server may be: where everything that leaves may go, so that nobody reaches into our network through it."""

from collections.abc import Callable
from typing import Final

from goodstanding.adapters.outbound.address import check
from goodstanding.adapters.outbound.allowed import Allowed
from goodstanding.adapters.outbound.limits import Limits
from goodstanding.adapters.outbound.names import Resolver, addresses, ask_system
from goodstanding.adapters.outbound.reasons import Stopped, trouble

_PORT: Final = 993
"""What the name is looked up for; it changes no answer."""


def allowing(allowed: Allowed, *, resolver: Resolver = ask_system, limits: Limits = Limits()) -> Callable[[str], str]:
    """Return what gives the address to connect to for a mail server's name.

    Every address that the name has must be allowed: a name with one public and one private record is refused
    (metrics.md G.2 7). What is returned raises `Refused` for those and `Unreachable` where the name has none.
    """

    def address_of(host: str) -> str:
        try:
            found = addresses(resolver, host, _PORT, seconds=limits.connect_seconds)
            check(found, allowed)
        except Stopped as stopped:
            raise trouble(stopped.why, host[:100], limits) from None
        return str(min(found, key=lambda each: (each.version, str(each))))

    return address_of


public: Final = allowing(Allowed())
"""For servers on the public network alone."""
