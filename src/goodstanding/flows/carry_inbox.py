"""Carry messages to people's inboxes, which are pages of the product: there is nowhere to go, only somebody to find."""

from collections.abc import Sequence
from datetime import datetime

from goodstanding.apps.outbox.queries import Load
from goodstanding.apps.tenancy import queries as tenancy
from goodstanding.apps.tenancy.scope import Scope
from goodstanding.flows.deliver_messages import Concern, Failed

_SCOPE = Scope.everything("to deliver to inboxes")


class InboxCarrier:
    """Lets a message be seen by its person, who has to have a role at the partner still."""

    def __init__(self) -> None:
        self._found: dict[tuple[int, int], str] = {}

    def begin(self, loads: Sequence[Load]) -> None:
        """Look up who these are for."""
        self._found.clear()
        for partner in {each.message.partner for each in loads}:
            people = [each.message.person for each in loads if each.message.partner == partner and each.message.person]
            found = tenancy.reachable(_SCOPE, partner=partner, people=people)
            self._found |= {(partner, pk): person.name for pk, person in found.items()}

    def carry(self, load: Load) -> str:
        """Return whose inbox it is in; raises `Failed`."""
        name = self._found.get((load.message.partner, load.message.person or 0))
        if name is None:
            raise Failed("This person has no role here any more, or their account is closed.", Concern.RECIPIENT)
        return name

    def end(self) -> None:
        """Nothing is open."""

    def give_up(self, route: str, *, since: datetime, now: datetime) -> None:
        """Nothing can fail on this way."""
