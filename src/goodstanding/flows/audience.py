"""Who still hears what was written for them: people leave, and change their roles, while a message waits."""

from collections.abc import Sequence
from typing import Final

from goodstanding.apps.outbox.queries import Load
from goodstanding.apps.tenancy import queries as tenancy
from goodstanding.apps.tenancy.queries import Listener, Person
from goodstanding.apps.tenancy.scope import Scope
from goodstanding.flows.deliver_messages import Concern, Failed

_SCOPE: Final = Scope.everything("to deliver messages")


class Audience:
    """The people that messages about to go out are for, as they stand now."""

    def __init__(self) -> None:
        self._found: dict[tuple[int, int], Listener] = {}

    def look_up(self, loads: Sequence[Load]) -> None:
        """Look up whom these are for, all at once."""
        self._found.clear()
        wanted: dict[int, set[int]] = {}
        for each in loads:
            if each.message.person is not None:
                wanted.setdefault(each.message.partner, set()).add(each.message.person)
        for partner, people in wanted.items():
            found = tenancy.listeners(_SCOPE, partner=partner, people=people)
            self._found |= {(partner, pk): listener for pk, listener in found.items()}

    def person(self, load: Load) -> Person:
        """Return the person a message goes to; raises `Failed` for one who has left, and for what is not for them any more."""
        found = self._found.get((load.message.partner, load.message.person or 0))
        if found is None:
            raise Failed("This person has no role here any more, or their account is closed.", Concern.RECIPIENT)
        if not all(found.may_hear(each.client, outward=each.is_for_client) for each in load.every):
            raise Failed("This is for others: the person's role here has changed since it was written.", Concern.RECIPIENT)
        return found.person
