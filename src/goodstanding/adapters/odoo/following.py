"""What has changed in a desk since the last look: tickets written and messages posted, in pages that can be left anywhere."""

from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from goodstanding.adapters.odoo.commitments import Commitments
from goodstanding.adapters.odoo.connection import Connection
from goodstanding.adapters.odoo.desks import Desk, only_tickets
from goodstanding.adapters.odoo.domains import Domain, Leaf
from goodstanding.adapters.odoo.paging import Place, pages
from goodstanding.adapters.odoo.trouble import NoRight, Refused
from goodstanding.core.desk.commitment import Commitment

OVERLAP: Final = timedelta(minutes=10)
"""How far each look goes back behind the last one: a transaction may become visible some time after it was stamped."""
_PAGE: Final = 200
_BEGINNING: Final = datetime(1970, 1, 1, tzinfo=UTC)
_CHUNK: Final = 500
_SUSPICIOUS: Final = 20
_ASKED: Final = 60
"""Questions by which those that are gone are told from those that are hidden; whatever they leave open is not called gone."""
_ASKED_AGAIN: Final = 2
"""Tickets that were hidden before, of which a look asks whether they are gone by now: each has its turn."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far following has come: in tickets by when they were written, in messages by when they were posted, and in the
    desk's own commitments by when they were set.

    Neither a message nor a commitment that is set anew touches its ticket, so all have to be read (measured on 18).
    """

    tickets: Place | None = None
    messages: Place | None = None
    commitments: Place | None = None


@dataclass(frozen=True, slots=True)
class Hint:
    """A ticket to which something may have happened: it was written at `written_at`, or `messages` were posted or moved."""

    number: int
    written_at: datetime | None = None
    messages: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Look:
    """Hints at what may have happened, and how far the look has come with them."""

    hints: tuple[Hint, ...]
    cursor: Cursor


@dataclass(frozen=True, slots=True)
class Restated:
    """Commitments that the desk has set or changed, by ticket, and how far the look has come with them."""

    found: Mapping[int, tuple[Commitment, ...]]
    cursor: Cursor


def changed(
    connection: Connection,
    desk: Desk,
    cursor: Cursor,
    *,
    since: datetime | None = None,
    teams: Sequence[int] = (),
    known: Callable[[Sequence[int]], Collection[int]] | None = None,
) -> Iterator[Look]:
    """Yield the tickets to which something may have happened since the cursor, a page at a time.

    A ticket may come more than once, also when nothing happened to it: reading it again changes nothing. With an empty
    cursor every ticket comes. `since` leaves out tickets opened before, `teams` those of other teams or projects. `known`
    says which of some tickets have been read before, and is None where none has: they come wherever they are now, since a
    ticket that is handed to another team goes on. Memory is one page.
    """
    began: list[Leaf] = [("create_date", ">=", since)] if since is not None else []
    ours = only_tickets(connection, desk)
    if teams:
        ours.append((desk.team, "in", list(teams)))

    def followed(numbers: Sequence[int]) -> frozenset[int]:
        """Leave out tickets that are not followed."""
        if not numbers or not (began or ours):
            return frozenset(numbers)
        there = frozenset(known(numbers) if known is not None else ())
        new = [number for number in numbers if number not in there]
        if not new:
            return there
        domain: Domain = [*began, *ours, ("id", "in", new)]
        return there.union(row.id for row in connection.search_read(desk.model, domain, ("id",), archived=True))

    if cursor.messages is None:
        # From the newest message at the start of the first sync on: older ones come with their tickets.
        cursor = replace(cursor, messages=_newest_message(connection, desk))
        yield Look((), cursor)
    # Where nothing has been read yet, nothing has left for another team, and a large desk is not paged for a small one.
    narrow = known is None
    domain = [*began, *ours] if narrow else began
    for page in pages(connection, desk.model, ("id",), place=_back(cursor.tickets), domain=domain, size=_PAGE):
        cursor = replace(cursor, tickets=_later(cursor.tickets, page.place))
        mine = followed([row.id for row in page.rows]) if ours and not narrow else None
        rows = [row for row in page.rows if mine is None or row.id in mine]
        yield Look(tuple(Hint(row.id, written_at=row.instant("write_date")) for row in rows), cursor)
    spoken = _spoken(desk)
    for page in pages(
        connection, "mail.message", ("res_id",), place=_back(cursor.messages), domain=spoken, size=_PAGE, sieved=True
    ):
        cursor = replace(cursor, messages=_later(cursor.messages, page.place))
        said: dict[int, list[int]] = {}
        for row in page.rows:
            if number := row.whole("res_id"):
                said.setdefault(number, []).append(row.id)
        mine = followed(list(said))
        yield Look(tuple(Hint(number, messages=tuple(said[number])) for number in said if number in mine), cursor)


def begun(cursor: Cursor, commitments: Commitments) -> Cursor:
    """Return where to begin: a first sync reads commitments with their tickets, and of themselves only those set meanwhile.

    Where tickets were followed before commitments could be read, the cursor stays without a place in them, and
    `restated` tells all there are.
    """
    return replace(cursor, commitments=commitments.newest()) if cursor == Cursor() else cursor


def restated(commitments: Commitments, cursor: Cursor) -> Iterator[Restated]:
    """Yield what the desk has set or changed of its commitments since the cursor, a page at a time.

    They come for whatever ticket: the rights to tickets do not hold for them in Odoo (odoo-facts.md 5), so whoever takes
    them has to ask whether the ticket is followed.
    """
    for found in commitments.since(_back(cursor.commitments)):
        cursor = replace(cursor, commitments=_later(cursor.commitments, found.place))
        yield Restated(found.found, cursor)


@dataclass(frozen=True, slots=True)
class Sighted:
    """Which of some tickets are there, with when they were last written, which are gone, and which are only out of sight.

    Those out of sight are in the order in which they are to be asked for again.
    """

    there: Mapping[int, datetime | None]
    gone: frozenset[int]
    hidden: tuple[int, ...]


def sighted(connection: Connection, desk: Desk, numbers: Sequence[int], *, hidden: Sequence[int] = ()) -> Sighted:
    """Return whether the desk still has tickets; `hidden` are those that the last look found out of sight, in its order.

    What the account no longer sees may have been deleted, or hidden by a rule or a company: read by its number Odoo leaves
    out what is gone and refuses what is hidden (measured on 18). Raises `Refused` where so many are gone that the database
    has more likely been put back to an earlier time.
    """
    there: dict[int, datetime | None] = {}
    for start in range(0, len(numbers), _CHUNK):
        chunk = list(numbers[start : start + _CHUNK])
        rows = connection.search_read(desk.model, [("id", "in", chunk)], ("write_date",), archived=True)
        there.update({row.id: row.instant("write_date") for row in rows})
    unseen = frozenset(numbers) - there.keys()
    before = [number for number in hidden if number in unseen]
    again, waiting = before[:_ASKED_AGAIN], before[_ASKED_AGAIN:]
    out_of_sight = _hidden(connection, desk, sorted(unseen.difference(before)))
    out_of_sight |= {number for number in again if _hidden(connection, desk, [number])}
    gone = unseen.difference(out_of_sight, waiting)
    if len(gone) >= _SUSPICIOUS and 2 * len(gone) > len(numbers):
        raise Refused(
            f"{len(gone)} of {len(numbers)} open tickets are no longer in Odoo.",
            advice="Check that this is the same database and no older copy; until they are there again their clocks go on.",
        )
    return Sighted(there, gone, (*waiting, *sorted(out_of_sight)))


def _hidden(connection: Connection, desk: Desk, numbers: Sequence[int]) -> frozenset[int]:
    """Return which tickets are there and hidden, and those of which so many questions do not tell."""
    groups, hidden = deque([tuple(numbers)] if numbers else ()), set[int]()
    for _ in range(_ASKED):
        if not groups:
            break
        group = groups.popleft()
        try:
            connection.read(desk.model, group, ("create_date",))
        except NoRight:
            if len(group) == 1:
                hidden.update(group)
            else:
                groups += [group[: len(group) // 2], group[len(group) // 2 :]]
    return frozenset(hidden.union(*groups))


def _spoken(desk: Desk) -> Domain:
    """Messages of tickets, but for notices to one person, which nobody else may read."""
    return [("model", "=", desk.model), ("message_type", "!=", "user_notification")]


def _newest_message(connection: Connection, desk: Desk) -> Place:
    # More than one, since those that the account may not read are taken out of what was found.
    rows = connection.search_read(
        "mail.message", _spoken(desk), ("write_date",), order="write_date desc, id desc", limit=_CHUNK
    )
    newest = rows[0].instant("write_date") if rows else None
    return Place(newest or _BEGINNING)


def _back(place: Place | None) -> Place | None:
    return None if place is None else Place(max(_BEGINNING, place.at - OVERLAP))


def _later(known: Place | None, found: Place | None) -> Place | None:
    if known is None or found is None:
        return found or known
    return max(known, found, key=lambda place: (place.at, place.after))
