"""Follow the tickets of an Odoo desk: read what has changed there, tell it as events, keep it and judge it."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from typing import Any, Final
from uuid import UUID, uuid4

from goodstanding.adapters.odoo.commitments import Commitments
from goodstanding.adapters.odoo.connection import Connection
from goodstanding.adapters.odoo.desks import DESKS, Desk, DeskKind, Stage, proposed, stages_of
from goodstanding.adapters.odoo.following import Cursor, Hint, Look, begun, changed, restated, sighted
from goodstanding.adapters.odoo.histories import Histories, Outside
from goodstanding.adapters.odoo.paging import Place
from goodstanding.adapters.odoo.trouble import Refused, Trouble
from goodstanding.apps.desk import queries as standings
from goodstanding.apps.feedback import actions as feedback
from goodstanding.apps.instances import actions, queries
from goodstanding.apps.instances.actions import Sight
from goodstanding.apps.instances.queries import Followed, Instance
from goodstanding.apps.tenancy import queries as tenancy
from goodstanding.apps.tenancy.naming import alike
from goodstanding.apps.tenancy.scope import Scope
from goodstanding.apps.tickets import queries as tickets
from goodstanding.apps.tickets.actions import IncomingTicket
from goodstanding.apps.tickets.queries import Happening
from goodstanding.apps.unit import together
from goodstanding.core.commerce.priorities import Family, renamed
from goodstanding.core.desk.commitment import Commitment
from goodstanding.core.desk.events import EventKind, PauseOwner
from goodstanding.core.desk.policy import ClockKind
from goodstanding.core.desk.retell import Kept, Reading, Told, gone, noticed, read_anew, retell, there_again, untold
from goodstanding.core.desk.states import ENDED, OPEN, State
from goodstanding.flows.reach_odoo import FAILURES, Reach, as_trouble, connection_to
from goodstanding.flows.read_ahead import read_ahead
from goodstanding.flows.take_tickets import take_tickets

CHUNK: Final = 100
"""Tickets read and kept at a time: what a look holds in memory, whatever it is behind with."""
PRIORITIES: Final = {"0": "P4", "1": "P3", "2": "P2", "3": "P1"}
_LOOKED_UP: Final = 500
"""Tickets that are only looked up at a time."""
_SCOPE: Final = Scope.everything("following tickets in Odoo")

Tell = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Followings:
    """What a look brought."""

    tickets: int
    new_tickets: int
    new_events: int
    held: int
    lost: int
    trouble: Trouble | None = None
    through: bool = True
    """Whether the look came through to its end, whatever it could not do on the way."""


def follow_tickets(
    public_id: UUID, *, reach: Reach, clock: Callable[[], datetime], tell: Tell = lambda done: None
) -> Followings | None:
    """Look at an instance whose turn it is and take what has happened; None where another worker was quicker.

    What is read is kept chunk by chunk together with how far it came, and reading something again changes nothing: left at
    any point, the next look ends the same. Trouble with the server is kept with the instance, in words for its page.
    """
    if not actions.claim(public_id, now=clock()):
        return None
    instance = queries.instance(_SCOPE, public_id)
    following = instance.following
    if following is None:
        return None
    look: _Look | None = None
    try:
        look = _Look(instance, connection_to(instance, reach), clock, tell)
        look.take_changed()
        look.take_released()
        look.take_restated()
        trouble = look.call_off_lost()
    except FAILURES as failure:
        found = as_trouble(failure)
        actions.failed(following.pk, now=clock(), trouble=in_plain(found))
        brought = look.found(found) if look is not None else Followings(0, 0, 0, 0, 0, found)
        return replace(brought, through=False)
    actions.looked(following.pk, now=clock(), trouble=None if trouble is None else in_plain(trouble))
    return look.found(trouble)


def in_plain(trouble: Trouble) -> Mapping[str, str]:
    """Return trouble as it is kept: its kind, and what it says and advises."""
    return {"kind": type(trouble).__name__, "said": trouble.said, "advice": trouble.advice}


def state_of_stage(name: str, stages: Mapping[str, Any], likely: Mapping[str, State]) -> State:
    """Return what a stage stands for: as somebody set it, else as it most likely does."""
    said = stages.get(name)
    if said is not None:
        return State(EventKind(said["kind"]), PauseOwner(said["owner"]) if said.get("owner") else None)
    return likely.get(name, OPEN)


@dataclass(frozen=True, slots=True)
class _Batch:
    """Tickets as they were read, and how far the look has come once they are kept; None where it has not come further."""

    outside: tuple[Outside, ...]
    commitments: Mapping[int, tuple[Commitment, ...]]
    cursor: Cursor | None


class _Look:
    """One look at one instance."""

    def __init__(self, instance: Instance, connection: Connection, clock: Callable[[], datetime], tell: Tell) -> None:
        following = instance.following
        if following is None:
            raise LookupError("the tickets of this instance are not followed")
        self.instance, self.following = instance, following
        self.connection, self.clock, self.tell = connection, clock, tell
        self.desk: Desk = DESKS[DeskKind(following.desk)]
        self.histories = Histories(connection, self.desk)
        likely = self.read_stages()
        self.book = Book(self.instance, likely)
        self.commitments = Commitments(connection, self.desk, self.book.clock_of)
        self.cursor = begun(_cursor(following.cursor), self.commitments)
        self.hidden: Sequence[int] = following.cursor.get(_HIDDEN, ())
        """Open tickets that are out of sight; told once, they need not be told from deleted ones in every look."""
        self.name = uuid4().hex
        """Kept with each ticket that it reads: what has been read need not be held in memory."""
        self.taken = self.held = self.new_tickets = self.new_events = self.lost = 0

    def read_stages(self) -> dict[str, State]:
        """Return what stages most likely stand for; one that is called something else by now stands for what it stood for."""
        now = stages_of(self.connection, self.desk)
        likely = {each.name: proposed(each).state for each in now}
        meanings = self.following.stages
        renamed: dict[str, dict[str, str | None]] = {}
        for number, name in self.histories.stages.items():
            before = self.following.cursor.get(_STAGES, {}).get(str(number), name)
            if before != name and name not in meanings:
                flags = next((each for each in now if each.name == name), None)
                state = None if flags is None else state_of_stage(before, meanings, {before: _as_if_called(flags, before)})
                if state is not None and state != likely.get(name):
                    renamed[name] = {"kind": state.kind.value, "owner": state.owner.value if state.owner else None}
        if renamed:
            actions.carry_stages(_SCOPE, self.instance.public_id, renamed, now=self.clock())
            self.following = replace(self.following, stages={**meanings, **renamed})
            self.instance = replace(self.instance, following=self.following)
        return likely

    def found(self, trouble: Trouble | None) -> Followings:
        return Followings(self.taken, self.new_tickets, self.new_events, self.held, self.lost, trouble)

    def take_changed(self) -> None:
        """Take what was written or said since the last look."""
        known = None
        if queries.follows_any(_SCOPE, self.following.pk):
            known = partial(queries.followed, _SCOPE, self.following.pk)
        looks = changed(
            self.connection,
            self.desk,
            self.cursor,
            since=self.following.since,
            teams=self.following.teams,
            known=known,
        )
        self.take((self.unsettled(hints), cursor) for look in looks for hints, cursor in _steps(look))

    def take_restated(self) -> None:
        """Take what the desk has changed of its own commitments without writing their tickets."""
        for look in restated(self.commitments, self.cursor):
            known = queries.commitments(_SCOPE, self.following.pk, look.found)
            moved = {number: told for number, told in look.found.items() if not set(told) <= set(known.get(number, ()))}
            if moved:
                with together():
                    actions.keep_commitments(_SCOPE, self.following.pk, moved, whole=False)
            self.come_to(look.cursor)

    def come_to(self, cursor: Cursor) -> None:
        """Keep how far the look has come; no further than now, or what Odoo writes once its clock is put right is missed."""
        self.cursor, now = cursor, self.clock()
        plain = _plain_cursor(cursor, self.histories.stages, self.hidden, until=now)
        actions.come_to(self.following.pk, cursor=plain, now=now)

    def unsettled(self, hints: Sequence[Hint]) -> list[int]:
        """Return the tickets that have to be read again: not those that two looks have found to be the same.

        One look is not enough: Odoo tells instants to the second, and within the second of a look more may have happened.
        While everything is read from the beginning, only what this very look has read is left out.
        """
        known = queries.followed(_SCOPE, self.following.pk, [hint.number for hint in hints])
        if not self.following.caught_up:
            known = {number: each for number, each in known.items() if self.has_read(each)}
        return [hint.number for hint in hints if not _settled(hint, known.get(hint.number), self.name)]

    def take_released(self) -> None:
        """Take the tickets that waited for somebody to say whose they are, where that is known by now."""
        for waiting in queries.held(_SCOPE, self.following.pk):
            if self.book.client_of(waiting.customer) is not None:
                waited = queries.held_numbers(_SCOPE, self.following.pk, waiting.customer)
                self.take((self.unread(numbers), None) for numbers in _chunks(waited))

    def has_read(self, known: Followed | None) -> bool:
        """Tell whether this very look has read a ticket already."""
        return known is not None and known.seen.get(_LOOK) == self.name

    def unread(self, numbers: Sequence[int]) -> list[int]:
        """Return the tickets that this very look has not read yet."""
        known = queries.followed(_SCOPE, self.following.pk, numbers)
        return [number for number in numbers if not self.has_read(known.get(number))]

    def take(self, steps: Iterable[tuple[Sequence[int], Cursor | None]]) -> None:
        """Read tickets whole, step by step, and keep what is new of them, each step together with how far it has come.

        The next step is read while one is kept: Odoo and the database here work at the same time.
        """
        for batch in read_ahead(steps, self.read):
            if batch.outside:
                self.keep(batch)
            if batch.cursor is not None:
                self.come_to(batch.cursor)

    def read(self, step: tuple[Sequence[int], Cursor | None]) -> _Batch:
        """Read some tickets; called beside what is kept, so it asks Odoo and nothing else."""
        numbers, cursor = step
        outside = self.histories.read(numbers) if numbers else ()
        return _Batch(outside, self.commitments.read({each.number: each.team for each in outside}), cursor)

    def keep(self, batch: _Batch) -> None:
        """Keep what is new of some tickets."""
        outside = batch.outside
        known = queries.followed(_SCOPE, self.following.pk, [each.number for each in outside])
        refs = self.refs(outside, known)
        kept = tickets.event_names_by_ref(
            _SCOPE, partner=self.instance.partner, source=self.instance.source, refs=refs.values()
        )
        into = queries.followed(_SCOPE, self.following.pk, [int(n) for each in outside if (n := each.record.merged_into)])
        names = {number: each.ref for number, each in into.items()} | refs
        unnamed = [refs[each.number] for each in outside if self.book.client_of(each.customer) is None]
        theirs = (
            standings.clients_by_ref(_SCOPE, partner=self.instance.partner, source=self.instance.source, refs=unnamed)
            if unnamed
            else {}
        )
        incoming, sights = [], []
        for found in outside:
            each = _merged(found, names)
            ref, before = refs[each.number], known.get(each.number)
            named = self.book.client_of(each.customer)
            # Whose customer was renamed, or became one that nobody has named yet, stays whose it was meanwhile.
            client = theirs.get(ref) if named is None else named
            if client is not None:
                incoming.append(self.book.incoming(each, ref, client, before, kept.get(ref, frozenset())))
            sights.append(
                Sight(
                    outside=each.number,
                    ref=ref,
                    customer=each.customer,
                    title=each.title,
                    held=named is None,
                    seen=_sight(each, before, self.name, unnamed=named is None and client is not None),
                )
            )
        with together():
            taken, _ = take_tickets(
                _SCOPE, partner=self.instance.partner, source=self.instance.source, tickets=incoming, now=self.clock()
            )
            self.keep_ratings(outside, refs, {each.ref: each.client for each in incoming})
            actions.keep_sights(_SCOPE, self.following.pk, sights)
            actions.keep_commitments(_SCOPE, self.following.pk, batch.commitments, whole=True)
        again = [before for each in outside if (before := known.get(each.number)) is not None and self.has_read(before)]
        self.taken += len(outside) - len(again)
        self.held += sum(each.held for each in sights) - sum(each.held for each in again)
        self.new_tickets += taken.new_tickets
        self.new_events += taken.new_events
        self.tell(self.taken)

    def keep_ratings(self, outside: Iterable[Outside], refs: Mapping[int, str], clients: Mapping[str, int]) -> None:
        """Keep what clients have rated in the desk as their satisfaction with the ticket (requirements CLOCK-10)."""
        rated = {refs[each.number]: each.ratings for each in outside if each.ratings and refs[each.number] in clients}
        if not rated:
            return
        pks = tickets.ticket_pks_by_ref(_SCOPE, partner=self.instance.partner, source=self.instance.source, refs=rated)
        for ref, ratings in rated.items():
            for each in ratings:
                feedback.take_score(
                    _SCOPE,
                    partner=self.instance.partner,
                    client=clients[ref],
                    ticket=pks[ref],
                    outside=each.number,
                    score=each.score,
                    comment=each.comment,
                    at=each.at,
                )

    def refs(self, outside: Iterable[Outside], known: Mapping[int, Followed]) -> dict[int, str]:
        """Return the name here of each ticket: the desk's own, made longer where two tickets of the desk share one."""
        wanted = {each.number: each.name for each in outside}
        taken = queries.followed_by_ref(_SCOPE, self.following.pk, wanted.values())
        found: dict[int, str] = {}
        for number, name in wanted.items():
            if number in known:
                found[number] = known[number].ref
                continue
            free = name not in found.values() and (name not in taken or taken[name].outside == number)
            found[number] = name if free else f"{name} #{number}"
        return found

    def call_off_lost(self) -> Trouble | None:
        """End the clocks of tickets that are no longer in Odoo; return what kept that from being known.

        Open tickets that were written while they could not be seen, or by a clock that was put back, are read again.
        """
        open_here = standings.open_refs(_SCOPE, partner=self.instance.partner, source=self.instance.source)
        there: dict[int, str] = {}
        written: dict[int, str] = {}
        for refs in _chunks(open_here, _LOOKED_UP):
            found = queries.followed_by_ref(_SCOPE, self.following.pk, refs)
            there.update({each.outside: each.ref for each in found.values()})
            written.update({each.outside: each.seen.get(_WRITTEN, "") for each in found.values()})
        try:
            sight = sighted(self.connection, self.desk, list(there), hidden=self.hidden)
        except Refused as refused:
            return refused
        if list(sight.hidden) != list(self.hidden):
            self.hidden = sight.hidden
            self.come_to(self.cursor)
        missed = [number for number, at in sight.there.items() if at is not None and at.isoformat() != written[number]]
        self.take((self.unread(numbers), None) for numbers in _chunks(missed))
        now = self.clock()
        ended = [number for number in there if number in sight.gone]
        for some in _chunks(ended):
            incoming = [
                IncomingTicket(
                    ref=there[number],
                    client=open_here[there[number]],
                    happenings=(_happening(gone(str(number), source=self.instance.source, at=now, reason="deleted in Odoo")),),
                )
                for number in some
            ]
            with together():
                take_tickets(_SCOPE, partner=self.instance.partner, source=self.instance.source, tickets=incoming, now=now)
                actions.lose(_SCOPE, self.following.pk, some)
        self.lost = len(ended)
        return _out_of_sight(len(sight.hidden)) if sight.hidden else None


def _out_of_sight(tickets: int) -> Refused:
    return Refused(
        f"Open tickets that the account can no longer see in Odoo: {tickets}.",
        advice="Check the record rules and the companies of the account; until it sees them again their clocks go on.",
    )


class Book:
    """How what an instance's desk says is read here: its customers, its stages and its priorities."""

    def __init__(self, instance: Instance, likely: Mapping[str, State]) -> None:
        self.instance, self.likely = instance, likely
        clients = [each for each in tenancy.clients(_SCOPE) if each.partner == instance.partner]
        self.by_name = {alike(each.name): each.pk for each in clients}
        self.families = _families(instance.partner)

    def client_of(self, customer: str) -> int | None:
        """Return the client that a customer of the desk is, or None where nobody has said so yet."""
        if self.instance.client is not None:
            return self.instance.client
        following = self.instance.following
        said = following.customers.get(customer) if following else None
        return said or self.by_name.get(alike(customer)) or (following.client_fallback if following else None)

    def clock_of(self, stage: str) -> ClockKind:
        """Return the kind of clock that reaching a stage ends: the resolution if tickets are over in it, else the response."""
        following = self.instance.following
        state = state_of_stage(stage, following.stages if following else {}, self.likely)
        return ClockKind.RESOLUTION if state.kind in ENDED else ClockKind.RESPONSE

    def reading(self, client: int) -> Reading:
        """Return how the desk's words are read for a client: its priorities are those of what it is promised."""
        following = self.instance.following
        stages = following.stages if following else {}
        said = PRIORITIES | dict(following.priorities if following else {})
        names = renamed(Family.SUPPORT_PLAN, Family.RETAINER) if self.families.get(client) == Family.RETAINER else {}

        def client_word(customer: str) -> str | None:
            found = self.client_of(customer)
            return None if found is None else str(found)

        def priority(word: str) -> str:
            found = said.get(word, "")
            return names.get(found, found)

        return Reading(state=lambda stage: state_of_stage(stage, stages, self.likely), priority=priority, client=client_word)

    def incoming(
        self, outside: Outside, ref: str, client: int, before: Followed | None, kept: frozenset[str]
    ) -> IncomingTicket:
        """Return a ticket as it is taken in, with everything that happened to it."""
        source, reading = self.instance.source, self.reading(client)
        seen = {} if before is None else {name: before.seen[name.value] for name in Kept if name.value in before.seen}
        record = noticed(seen, outside.record, at=outside.written_at)
        told = list(read_anew(retell(record, reading, source=source), kept, record))
        if outside.archived and not record.merged_into:
            told.append(gone(record.ref, source=source, at=outside.written_at, reason="archived in Odoo"))
        elif not outside.archived:
            told += there_again(record.ref, kept, source=source, at=outside.written_at)
        opened = told[0].event
        return IncomingTicket(
            ref=ref,
            client=client,
            title=outside.title,
            priority=opened.priority or "",
            team=opened.team or "",
            kind=outside.kind,
            tags=outside.tags,
            contact=outside.contact,
            unmeasured=untold(record, reading, closed_at=outside.closed_at),
            happenings=tuple(map(_happening, told)),
        )


_WRITTEN, _MESSAGE, _LOOK, _SETTLED = "written", "message", "look", "settled"


def _sight(outside: Outside, before: Followed | None, look: str, *, unnamed: bool) -> dict[str, str]:
    """Return what is kept of how a ticket was found: what its desk keeps no track of, and whether two looks found the same.

    While the customer it has now is `unnamed`, the one that it had is kept: it changes once somebody says who that is.
    """
    found = {name.value: value for name, value in outside.record.now.items() if name is not Kept.STAGE}
    if unnamed and before is not None and Kept.CLIENT.value in before.seen:
        found[Kept.CLIENT.value] = before.seen[Kept.CLIENT.value]
    found |= {_WRITTEN: outside.written_at.isoformat(), _MESSAGE: " ".join(map(str, outside.recent_messages)), _LOOK: look}
    same = before is not None and all(before.seen.get(name) == found[name] for name in (_WRITTEN, _MESSAGE))
    if before is not None and same and (before.seen[_LOOK] != look or _SETTLED in before.seen):
        found[_SETTLED] = "yes"
    return found


def _settled(hint: Hint, known: Followed | None, look: str) -> bool:
    if known is None or known.held or _WRITTEN not in known.seen:
        return False
    if _SETTLED not in known.seen and known.seen[_LOOK] != look:
        return False
    written = hint.written_at is None or hint.written_at.isoformat() == known.seen[_WRITTEN]
    return written and set(map(str, hint.messages)) <= set(known.seen[_MESSAGE].split())


def _merged(outside: Outside, names: Mapping[int, str]) -> Outside:
    """Return a ticket that was merged with the name here of the one that goes on."""
    number = outside.record.merged_into
    if not number:
        return outside
    return replace(outside, record=replace(outside.record, merged_into=names.get(int(number), f"#{number}")))


def _happening(told: Told) -> Happening:
    return Happening(told.event, told.who, told.text)


def _families(partner: int) -> dict[int, str]:
    """Return of which family the tier is that each client of a partner is promised, the newest counting."""
    found: dict[int, str] = {}
    for each in standings.assignments(_SCOPE):
        found.setdefault(each.client, each.tier_family)
    return found


def _chunks(found: Iterable[Any], size: int = CHUNK) -> Iterator[list[Any]]:
    all_of_them = iter(found)
    while chunk := list(islice(all_of_them, size)):
        yield chunk


def _steps(look: Look) -> Iterator[tuple[Sequence[Hint], Cursor | None]]:
    """Yield the hints of a look some at a time; how far it has come goes with the last of them."""
    chunks = list(_chunks(look.hints)) or [[]]
    for chunk in chunks[:-1]:
        yield chunk, None
    yield chunks[-1], look.cursor


def _cursor(kept: Mapping[str, Any]) -> Cursor:
    def place(name: str) -> Place | None:
        found = kept.get(name)
        return None if found is None else Place(datetime.fromtimestamp(found[0], UTC), found[1])

    return Cursor(place("tickets"), place("messages"), place("commitments"))


def _as_if_called(stage: Stage, name: str) -> State:
    return proposed(replace(stage, name=name)).state


_STAGES, _HIDDEN = "stages", "hidden"


def _plain_cursor(cursor: Cursor, stages: Mapping[int, str], hidden: Sequence[int], *, until: datetime) -> Mapping[str, Any]:
    """Return how far a look has come as it is kept, with what stages were called by which it read, and what it did not see."""
    places = {"tickets": cursor.tickets, "messages": cursor.messages, "commitments": cursor.commitments}
    found: dict[str, Any] = {
        name: [int(place.at.timestamp()), place.after] if place.at <= until else [int(until.timestamp()), 0]
        for name, place in places.items()
        if place is not None
    }
    return {**found, _STAGES: {str(number): name for number, name in stages.items()}, _HIDDEN: list(hidden)}
