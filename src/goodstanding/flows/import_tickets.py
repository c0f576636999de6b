"""Import a ticket file: show what will be taken, then take it in the worker, and judge what has moved."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, Final
from uuid import UUID

from goodstanding.adapters.files.parts import as_file
from goodstanding.adapters.files.tickets import (
    BadRow,
    FileError,
    ImportedTicket,
    NeedsAnswer,
    Note,
    Question,
    TicketFile,
    Unusable,
)
from goodstanding.apps.desk import actions as desk
from goodstanding.apps.desk import queries as promises
from goodstanding.apps.documents import queries as documents
from goodstanding.apps.runs import actions as runs
from goodstanding.apps.runs.queries import Run
from goodstanding.apps.tenancy import actions as tenancy_actions
from goodstanding.apps.tenancy import queries as tenancy
from goodstanding.apps.tenancy.naming import alike
from goodstanding.apps.tenancy.roles import May
from goodstanding.apps.tenancy.scope import Scope
from goodstanding.apps.tickets.actions import IncomingTicket
from goodstanding.apps.tickets.queries import Happening
from goodstanding.apps.unit import Conflict, NotFound, together
from goodstanding.core.clocks.calendar import check_zone
from goodstanding.flows.read_tickets import Told, read
from goodstanding.flows.take_tickets import take_tickets

NAME: Final = "import_tickets"
BATCH: Final = 400
SHOWN: Final = 12
KEPT: Final = 500
"""Bad rows a run keeps; the count is always whole."""

FINAL: Final = (Unusable, FileError, NeedsAnswer, ValueError)
"""Failures of the file itself: trying again would find the same."""

Tell = Callable[[int, int | None, str], None]


@dataclass(frozen=True, slots=True)
class ClientFound:
    """A client's name as the file has it, how many tickets name it, and the client of ours it is, if there is one."""

    name: str
    tickets: int
    known: tenancy.Client | None


@dataclass(frozen=True, slots=True)
class Preview:
    """What would be taken from a file, or what has to be answered first."""

    question: Question | None
    file: TicketFile | None
    clients: tuple[ClientFound, ...]
    samples: tuple[ImportedTicket, ...]
    oldest: datetime | None

    @property
    def unknown(self) -> tuple[ClientFound, ...]:
        """The clients that would be new."""
        return tuple(each for each in self.clients if each.known is None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What clients that are new are set up with; without a tier they are promised nothing yet."""

    zone: str
    all_to: int | None = None
    """The client that every ticket belongs to, where the file names none."""
    tier_version: str = ""
    calendar_version: str = ""


def preview(scope: Scope, *, document: UUID, told: Told) -> Preview:
    """Read a kept file without taking anything; raises as reading does."""
    scope.demand(May.IMPORT)
    with as_file(documents.parts(scope, document)) as path:
        try:
            file = read(path, told)
        except NeedsAnswer as asking:
            return Preview(asking.question, None, (), (), None)
    counts: dict[str, int] = {}
    oldest: datetime | None = None
    samples: list[ImportedTicket] = []
    for ticket in file.tickets():
        counts[ticket.client] = counts.get(ticket.client, 0) + 1
        first = min(event.at for event in ticket.events)
        oldest = first if oldest is None else min(oldest, first)
        if len(samples) < SHOWN:
            samples.append(ticket)
    known = _by_name(scope, documents.document(scope, document).partner)
    found = [ClientFound(name, count, known.get(alike(name))) for name, count in sorted(counts.items())]
    return Preview(None, file, tuple(found), tuple(samples), oldest)


def request(scope: Scope, *, partner: int, document: UUID, told: Told, terms: Terms, now: datetime) -> Run:
    """Ask the worker to take a kept file in; the same file with the same answers is one run.

    Raises `CalendarError` for a zone that is none, `Conflict` for a tier without hours and `NotFound` for terms or a client
    that are not the partner's.
    """
    scope.demand(May.IMPORT)
    kept = documents.document(scope, document)
    _check(scope, partner, terms)
    params = {"document": str(document), "file": kept.name, "told": asdict(told), "terms": asdict(terms)}
    said = json.dumps([params["told"], params["terms"]], sort_keys=True)
    key = f"{partner}:{kept.digest}:{hashlib.blake2b(said.encode(), digest_size=8).hexdigest()}"
    return runs.request(scope, name=NAME, key=key, partner=partner, params=params, now=now)[0]


def work(run: Run, *, now: datetime, tell: Tell) -> Mapping[str, Any]:
    """Take the file of a run in: read, keep tickets and events that are new, judge what has moved.

    Each batch is kept and judged as one and nothing is taken twice, so a run that was cut off is simply begun again.
    """
    scope = Scope.everything(f"run {run.public_id}")
    told, terms = Told(**run.params["told"]), Terms(**run.params["terms"])
    tell(0, None, "Reading the file")
    with as_file(documents.parts(scope, UUID(run.params["document"]))) as path:
        file = read(path, told, progress=lambda done, total: tell(done, total, "Reading the file"))
    source = file.product or "file"
    clients = _Clients(scope, run.home, terms, now)
    new_tickets = new_events = known_events = judged = troubled = done = 0
    for batch in _batches(file.tickets()):
        incoming = [_incoming(ticket, clients.of(ticket), file) for ticket in batch]
        taken, found = take_tickets(scope, partner=run.home, source=source, tickets=incoming, now=now)
        done += len(batch)
        new_tickets += taken.new_tickets
        new_events += taken.new_events
        known_events += taken.known_events
        judged += found.judged
        troubled += found.troubled
        tell(done, file.count, "Taking tickets in")
    return {
        "tickets": done,
        "new_tickets": new_tickets,
        "new_events": new_events,
        "known_events": known_events,
        "judged": judged,
        "troubled": troubled,
        "new_clients": clients.made,
        "bad": len(file.bad),
        "bad_rows": [_bad(row) for row in file.bad[:KEPT]],
        "notes": [_note(note) for note in file.notes],
        "product": file.product,
    }


def _check(scope: Scope, partner: int, terms: Terms) -> None:
    """Refuse now what the worker could only fail on: it acts for everybody, so whose terms these are is asked here."""
    check_zone(terms.zone)
    if terms.tier_version:
        if not terms.calendar_version:
            raise Conflict("a tier is promised in service hours: choose some, or promise nothing yet")
        promises.tier_version(scope, _uuid(terms.tier_version))
        promises.calendar_version(scope, _uuid(terms.calendar_version))
    if terms.all_to is not None and terms.all_to not in {each.pk for each in tenancy.clients(scope) if each.partner == partner}:
        raise NotFound("there is no such client")


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound("there are no such terms") from error


class _Clients:
    """Finds the client of each ticket, and sets up those that are new with what was promised to them."""

    def __init__(self, scope: Scope, partner: int, terms: Terms, now: datetime) -> None:
        self.scope, self.partner, self.terms, self.now = scope, partner, terms, now
        self.known = {name: each.pk for name, each in _by_name(scope, partner).items()}
        self.made: list[str] = []

    def of(self, ticket: ImportedTicket) -> int:
        if self.terms.all_to is not None:
            return self.terms.all_to
        name = ticket.client.strip() or "Client not named"
        if alike(name) not in self.known:
            self.known[alike(name)] = self.set_up(name, ticket)
        return self.known[alike(name)]

    def set_up(self, name: str, ticket: ImportedTicket) -> int:
        # As one: begun anew after a crash between the two, a client that is known would be promised nothing.
        with together():
            made = tenancy_actions.set_up_client(self.scope, partner=self.partner, name=name, zone=self.terms.zone)
            if self.terms.tier_version:
                desk.assign(
                    self.scope,
                    client=made.pk,
                    tier_version=UUID(self.terms.tier_version),
                    calendar_version=UUID(self.terms.calendar_version),
                    # Promised as if from the beginning: that is what measuring a history asks.
                    from_at=self.now - timedelta(days=3653),
                )
        self.made.append(name)
        return made.pk


def _incoming(ticket: ImportedTicket, client: int, file: TicketFile) -> IncomingTicket:
    return IncomingTicket(
        ref=ticket.ref,
        client=client,
        title=ticket.title,
        priority=ticket.priority,
        team=ticket.team or "",
        kind=ticket.kind or "",
        tags=ticket.tags,
        contact=ticket.contact,
        unmeasured=file.unmeasured,
        # What the file calls a client is no client of ours; corrections of clients are made by people.
        happenings=tuple(Happening(replace(event, client=None)) for event in ticket.events),
    )


def _by_name(scope: Scope, partner: int) -> dict[str, tenancy.Client]:
    return {alike(each.name): each for each in tenancy.clients(scope) if each.partner == partner}


def _batches(found: Iterable[ImportedTicket]) -> Iterator[list[ImportedTicket]]:
    all_of_them = iter(found)
    while batch := list(islice(all_of_them, BATCH)):
        yield batch


def _bad(row: BadRow) -> dict[str, Any]:
    return {"line": row.line, "column": row.column, "value": row.value, "reason": row.reason.value, "number": row.number}


def _note(note: Note) -> dict[str, Any]:
    return {"code": note.code.value, "count": note.count, "column": note.column, "values": list(note.values)}
