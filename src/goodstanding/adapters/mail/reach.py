"""Where a mailbox may be: on the public network, so that nobody reaches into ours through the address of a mail server."""

import ipaddress
import socket

from goodstanding.adapters.outbound.trouble import Refused, Unreachable


def public(host: str) -> str:
    """Return the address to connect to for a mail server's name.

    Every address the name has must be public: a name with one public and one private record is refused. Raises `Refused`
    for those and `Unreachable` where the name has none.
    """
    try:
        found = {str(each[4][0]).partition("%")[0] for each in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)}
    except (OSError, UnicodeError) as error:
        raise Unreachable(f"There is no server named {host[:100]}.", advice="Check the name of the mail server.") from error
    for each in found:
        address = ipaddress.ip_address(each)
        inner = (address.ipv4_mapped or address.sixtofour) if isinstance(address, ipaddress.IPv6Address) else None
        if not address.is_global or address.is_multicast or (inner is not None and not inner.is_global):
            raise Refused(
                f"{host[:100]} is inside a private network.", advice="Only mail servers on the public network are connected to."
            )
    return min(found, key=lambda each: (":" in each, each))
