"""Reach an Odoo server: through the guarded sender, or the demo's own server in memory."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from goodstanding.adapters.odoo.connecting import Credentials, Known, connect, known_of
from goodstanding.adapters.odoo.connection import Connection
from goodstanding.adapters.odoo.transports import Interface
from goodstanding.adapters.odoo.trouble import Refused, Trouble, Unexpected
from goodstanding.adapters.odoo.version import read_version
from goodstanding.adapters.outbound.allowed import Allowed
from goodstanding.adapters.outbound.client import GuardedSender
from goodstanding.adapters.outbound.message import Sender
from goodstanding.adapters.outbound.steady import Pace, SteadySender
from goodstanding.apps.instances.queries import Instance
from goodstanding.apps.unit.sealed import SealBroken

FAILURES: Final = (Trouble, SealBroken)
"""What reaching an Odoo can end in; `as_trouble` says it in words."""
_NOTHING: Final[Mapping[str, Sender]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Reach:
    """What reaches Odoo servers: `sender` for the world, `inside` for addresses that answer within this process."""

    sender: Sender
    inside: Mapping[str, Sender]

    def to(self, address: str) -> Sender:
        """Return what sends to an address."""
        return self.inside.get(address, self.sender)


def reach_of(networks: str, *, http: bool, tries: int, inside: Mapping[str, Sender] = _NOTHING) -> Reach:
    """Return what reaches the public internet over https, and beyond it what an operator allows.

    `networks` are CIDRs with commas between, `http` allows unencrypted addresses, `tries` is how often a call that may be
    repeated is made. Raises `ValueError` with a sentence for the operator.
    """
    allowed = Allowed.parse(networks, http=http)
    return Reach(SteadySender(GuardedSender(allowed), pace=Pace(tries=tries)), inside)


def as_trouble(failure: Trouble | SealBroken) -> Trouble:
    """Return a failure to reach an Odoo as trouble, with what it says and advises."""
    if isinstance(failure, Trouble):
        return failure
    return Refused(
        "The secret of this connection cannot be opened: the key it was sealed with is not at hand.",
        advice="Bring back that key (GOODSTANDING_SEAL_KEYS), or enter the credentials again.",
    )


def connection_to(instance: Instance, reach: Reach, *, writing: bool = False) -> Connection:
    """Return a connection to an instance; nobody signs in again where an earlier connection is remembered.

    Raises `Unreachable`, `Refused` or `Unexpected`, and `SealBroken` where the key of its secret is not at hand.
    """
    sender, credentials = reach.to(instance.url), Credentials(instance.login, instance.secret.open())
    known = _known(instance.account.get("known"))
    if known is not None:
        found = connect(sender, instance.url, credentials, database=instance.database, known=known, writing=writing)
        try:
            found.fields("res.users")
        except (Refused, Unexpected):
            # Odoo was upgraded, or another account's number is remembered: find out anew.
            pass
        else:
            return found
    return connect(sender, instance.url, credentials, database=instance.database, writing=writing)


def remembered(connection: Connection) -> Mapping[str, Any]:
    """Return what to keep of a connection for the next one; it holds no secret."""
    known = known_of(connection)
    return {
        "version": known.version.series,
        "database": known.database,
        "interface": known.interface.value,
        "uid": known.uid,
    }


def _known(kept: Mapping[str, Any] | None) -> Known | None:
    if not kept:
        return None
    return Known(read_version({"version": kept["version"]}), kept["database"], Interface(kept["interface"]), kept["uid"])
