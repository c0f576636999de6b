"""Reach an Odoo server: through the guarded sender, or the demo's own server in memory."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from goodstanding.adapters.odoo.connecting import Credentials, Known, connect, known_of
from goodstanding.adapters.odoo.connection import Connection
from goodstanding.adapters.odoo.transports import Interface
from goodstanding.adapters.odoo.trouble import Refused, Unexpected
from goodstanding.adapters.odoo.version import read_version
from goodstanding.adapters.outbound.message import Sender
from goodstanding.apps.instances.queries import Instance


@dataclass(frozen=True, slots=True)
class Reach:
    """What reaches Odoo servers: `sender` for the world, `inside` for addresses that answer within this process."""

    sender: Sender
    inside: Mapping[str, Sender]

    def to(self, address: str) -> Sender:
        """Return what sends to an address."""
        return self.inside.get(address, self.sender)


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
