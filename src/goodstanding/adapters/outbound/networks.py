"""Which IP addresses are public: what the registries of special addresses leave over."""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Final, TypeAlias

IP: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network

_SPECIAL_4: Final = tuple(
    map(
        IPv4Network,
        (
            "0.0.0.0/8",  # this network
            "10.0.0.0/8",  # private
            "100.64.0.0/10",  # shared by a carrier's customers; Alibaba's metadata lies in it
            "127.0.0.0/8",  # loopback
            "168.63.129.16/32",  # Azure's platform address: public by its number, reachable only from within
            "169.254.0.0/16",  # link-local; the metadata of most clouds lies in it
            "172.16.0.0/12",  # private
            "192.0.0.0/24",  # protocol assignments
            "192.0.2.0/24",  # documentation
            "192.31.196.0/24",  # AS112
            "192.52.193.0/24",  # multicast relays
            "192.88.99.0/24",  # 6to4 relays
            "192.168.0.0/16",  # private
            "192.175.48.0/24",  # AS112
            "198.18.0.0/15",  # benchmarks
            "198.51.100.0/24",  # documentation
            "203.0.113.0/24",  # documentation
            "224.0.0.0/4",  # multicast
            "240.0.0.0/4",  # reserved, and broadcast
        ),
    )
)
_GLOBAL_6: Final = IPv6Network("2000::/3")
"""The one part of IPv6 that is given out to hosts: loopback, mapped IPv4, NAT64, unique local, link-local and multicast
addresses all lie outside it."""
_SPECIAL_6: Final = tuple(
    map(
        IPv6Network,
        (
            "2001::/23",  # protocol assignments; Teredo and ORCHID lie in it
            "2001:db8::/32",  # documentation
            "2002::/16",  # 6to4, which carries any IPv4 address
            "2620:4f:8000::/48",  # AS112
            "3fff::/20",  # documentation
        ),
    )
)


def public(address: IP) -> bool:
    """Return whether an address may belong to any host of the public internet.

    From the IANA registries of special-purpose IPv4 and IPv6 addresses (RFC 6890 and its updates). The standard library's
    `is_global` must agree as well, yet does not suffice: it differs by Python version and calls multicast and 6to4 global.
    """
    if isinstance(address, IPv4Address):
        return address.is_global and not any(address in network for network in _SPECIAL_4)
    if address.scope_id is not None or address not in _GLOBAL_6:
        return False
    return address.is_global and not any(address in network for network in _SPECIAL_6)
