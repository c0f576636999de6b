"""The twelve clients of the demo: invented firms in ten time zones."""

from collections.abc import Mapping
from typing import Final

from goodstanding.adapters.demo.cast import Client
from goodstanding.adapters.demo.clients_europe import IN_EUROPE
from goodstanding.adapters.demo.clients_far_away import FAR_AWAY

CLIENTS: Final = (*IN_EUROPE, *FAR_AWAY)

CLIENT: Final[Mapping[str, Client]] = {client.key: client for client in CLIENTS}
"""The clients by key."""
