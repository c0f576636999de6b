"""What an operator allows beyond the public internet over https."""

from dataclasses import dataclass
from ipaddress import ip_network
from typing import Final, Self

from goodstanding.adapters.outbound.networks import IP, Network, public

PORTS: Final = frozenset({443, 8069, 8443})
"""https, and the ports on which Odoo is usually found."""
HTTP_PORT: Final = 80
_DEFAULT_PORTS: Final = {"https": 443, "http": HTTP_PORT}


@dataclass(frozen=True, slots=True)
class Allowed:
    """Which schemes, ports and addresses may be asked. Without arguments: https to public addresses on `PORTS`."""

    networks: tuple[Network, ...] = ()
    """Networks that are allowed though they are not public."""
    http: bool = False
    """Whether unencrypted http may be used; port 80 is allowed with it."""
    ports: frozenset[int] = PORTS

    @classmethod
    def parse(cls, text: str, *, http: bool = False, ports: frozenset[int] = PORTS) -> Self:
        """Read networks as an operator writes them: CIDRs with commas between, such as `10.20.0.0/16, fd00:12::/32`.

        Raises `ValueError` with a sentence for the operator.
        """
        return cls(tuple(_network(part.strip()) for part in text.split(",") if part.strip()), http, ports)

    def scheme(self, scheme: str) -> bool:
        """Return whether a scheme in lower case may be used."""
        return scheme == "https" or (scheme == "http" and self.http)

    def port(self, scheme: str, port: int) -> bool:
        """Return whether a port may be used with an allowed scheme."""
        return port in self.ports or (scheme == "http" and port == HTTP_PORT)

    def address(self, address: IP) -> bool:
        """Return whether an IP address may be connected to: a public one, or one of an allowed network."""
        return public(address) or any(address.version == network.version and address in network for network in self.networks)


def default_port(scheme: str) -> int:
    """Return the port of an address that names none."""
    return _DEFAULT_PORTS[scheme]


def _network(text: str) -> Network:
    try:
        network = ip_network(text)
    except ValueError as error:
        raise ValueError(f"{text!r} is not a network: write it like 10.20.0.0/16, its last digits zero") from error
    if network.prefixlen == 0:
        raise ValueError(f"{text!r} is every address there is: name the networks that are yours")
    return network
