"""Carry messages to people's inboxes, which are pages of the product: there is nowhere to go, only somebody to find."""

from collections.abc import Sequence
from datetime import datetime

from goodstanding.apps.outbox.queries import Load
from goodstanding.flows.audience import Audience


class InboxCarrier:
    """Lets a message be seen by its person, as far as it is still for them."""

    def __init__(self) -> None:
        self._audience = Audience()

    def begin(self, loads: Sequence[Load]) -> None:
        """Look up who these are for."""
        self._audience.look_up(loads)

    def carry(self, load: Load) -> str:
        """Return whose inbox it is in; raises `Failed`."""
        return self._audience.person(load).name

    def end(self) -> None:
        """Nothing is open."""

    def give_up(self, route: str, *, since: datetime, now: datetime) -> None:
        """Nothing can fail on this way."""
