"""By what a step tells: its people each on ways of their own, rooms and systems once for all of them (requirements ESC-2)."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from goodstanding.core.desk.escalation.people import Recipient
from goodstanding.core.desk.escalation.plan import Goal, Step

TO_EACH: Final = frozenset({"email", "sms", "inbox"})
"""Channels that reach each person by themselves."""
MAIL_AND_INBOX: Final = ("email", "inbox")
"""By what people are told where a step says nothing else, and where what it says is not set up."""


@dataclass(frozen=True, slots=True)
class Room:
    """Where one message reaches everybody: a room, a service or a system; of one client's tickets, or with None of all."""

    id: str
    channel: str
    name: str
    client: str | None = None


@dataclass(frozen=True, slots=True)
class Ways:
    """By what a step tells whom. Whoever has no way of their own is named in what the rooms are told."""

    people: tuple[tuple[Recipient, tuple[str, ...]], ...]
    rooms: tuple[Room, ...] = ()
    absent: tuple[str, ...] = ()
    """Channels of the step that are not set up; its people are told by mail and inbox instead."""
    no_telephone: tuple[Recipient, ...] = ()
    """Who has no telephone here, and is told by mail and inbox instead."""


def ways_of(
    step: Step, recipients: Sequence[Recipient], *, rooms: Iterable[Room], telephones: Collection[int], client: str
) -> Ways:
    """Return by what a step tells its people about a ticket of `client`.

    `rooms` are the endpoints that work, `telephones` the people who have one. A room of the client's own is taken before
    those for every client, and one of another client's never. What concerns the objective goes to no room of one client's:
    its people may be in there (requirements TIER-9). Where a channel leads nowhere, mail and inbox stand in for it, so
    that nobody goes untold.
    """
    known = [each for each in rooms if each.client is None or (each.client == client and step.goal is Goal.CONTRACT)]
    asked = step.channels or MAIL_AND_INBOX
    shared = {way: _rooms(way, known) for way in asked if way not in TO_EACH}
    absent = tuple(way for way, found in shared.items() if not found)
    own = [way for way in asked if way in TO_EACH]
    if absent:
        own += MAIL_AND_INBOX
    people, without = [], []
    for each in recipients:
        ways = own
        if "sms" in own and each.to not in telephones:
            ways = [way for way in own if way != "sms"] + [*MAIL_AND_INBOX]
            without.append(each)
        if not isinstance(each.to, int):
            # Somebody at a client has an address and nothing else here.
            ways = own and ["email"]
        people.append((each, tuple(dict.fromkeys(ways))))
    return Ways(
        people=tuple(people),
        rooms=tuple(dict.fromkeys(room for found in shared.values() for room in found)),
        absent=absent,
        no_telephone=tuple(each for each in without if isinstance(each.to, int)),
    )


def _rooms(way: str, rooms: Iterable[Room]) -> list[Room]:
    """The rooms that a channel leads to, by its name or all of them: those of the client's own, else those for everybody."""
    channel, _, name = way.partition("/")
    found = [each for each in rooms if each.channel == channel and name.casefold() in ("", each.name.casefold())]
    return [each for each in found if each.client is not None] or found
