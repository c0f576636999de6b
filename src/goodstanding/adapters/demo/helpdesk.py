"""The demo's own Odoo: an OCA helpdesk that keeps what happens to some clients' tickets the way a running Odoo does."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from hashlib import blake2b
from html import escape
from threading import Lock
from typing import Final

from goodstanding.adapters.demo.cast import PARTNER, PEOPLE, SYSTEM, TEAMS, Client
from goodstanding.adapters.demo.clients import CLIENT
from goodstanding.adapters.demo.desk_slas import DeskSla, DeskSlas
from goodstanding.adapters.demo.telling import Happening
from goodstanding.adapters.demo.world import DemoTicket, Terms, happenings_between, told_at
from goodstanding.adapters.odoo.demo import Account, DemoOdoo, Key, Model, auditor, settings
from goodstanding.adapters.odoo.demo.catalogue import catalogue
from goodstanding.adapters.outbound.message import Answer, Ask
from goodstanding.core.commerce.priorities import rank
from goodstanding.core.desk.events import Actor, Event, EventKind, PauseOwner

IN_ODOO: Final = ("hudson-vale", "pellerin", "suvarnika")
"""The clients whose tickets are kept there, on three continents: a plan, one that reopens many, and a retainer."""
DAYS_IN_ODOO: Final = 45
"""So long these clients have been served there; what they opened before was kept elsewhere."""
ADDRESS: Final = f"https://odoo.{PARTNER.domain}"
DATABASE: Final = PARTNER.key
SERIES: Final = "18.0"
LOGIN: Final = "goodstanding"
KEY_NAME: Final = "Goodstanding"
KEY_LASTS: Final = timedelta(days=25)
"""Soon enough that people are warned that the key ends."""

TICKET: Final = "helpdesk.ticket"
_NEW, _PROGRESS, _DONE, _CLOSED, _CANCELLED, _MERGED = "New", "In progress", "Done", "Closed", "Cancelled", "Merged"
_WAITS: Final = {
    PauseOwner.CUSTOMER: "Waiting for customer",
    PauseOwner.SUPPLIER: "Waiting for supplier",
    PauseOwner.AGREED_DATE: "Waiting for agreed date",
}
_STAGES: Final[dict[str, dict[str, bool]]] = {
    _NEW: {"unattended": True},
    _PROGRESS: {},
    **{name: {} for name in _WAITS.values()},
    _DONE: {"closed": True},
    **{name: {"closed": True, "fold": True} for name in (_CLOSED, _CANCELLED, _MERGED)},
}
_SLAS: Final = (
    DeskSla("Answer within 4 hours", 4, _PROGRESS),
    DeskSla("Solve within 3 days", 24, _DONE, (_WAITS[PauseOwner.CUSTOMER],)),
)
"""What the firm once set up in its Odoo, for every client alike: not what any of them is promised."""
_WITHOUT: Final = ("project.project", "project.task", "project.task.type")
_ACKNOWLEDGED: Final = "Thank you, that is noted."
_FROM_OUTSIDE: Final = 1_000_000_000
"""Numbers of what comes in by the API: they shift no number of what the demo tells, whichever of the two comes first."""


def in_odoo(begins: date) -> Callable[[Client, date], bool]:
    """Return which tickets are kept in the demo's Odoo: those that its clients opened from a date of theirs on."""

    def there(client: Client, on: date) -> bool:
        return client.key in IN_ODOO and on >= begins

    return there


def not_in_odoo(begins: date) -> Callable[[Client, date], bool]:
    """Return which tickets are told directly: all that `in_odoo` does not keep."""
    there = in_odoo(begins)
    return lambda client, on: not there(client, on)


def key_secret(seed: str) -> str:
    """Return the API key of the account that reads the demo's Odoo, in the form of Odoo's own."""
    return blake2b(seed.encode(), digest_size=20, person=b"demo key").hexdigest()


class Helpdesk:
    """An Odoo in memory that the world's happenings go into as they become known; it is also what sends to that Odoo.

    What it holds depends on seed, terms and instants alone, not on how often it was brought up to date: record numbers
    too, so that one made anew after a restart is the same Odoo to whoever read the first. Threads may share it.
    """

    def __init__(self, seed: str, terms: Terms, *, begins: date, key_ends_at: datetime, clock: Callable[[], datetime]) -> None:
        """Make it as it was before anything happened; `begins` is the first date whose tickets are kept in it."""
        self.seed, self.terms, self.begins = seed, terms, begins
        self.told_until = datetime(begins.year, begins.month, begins.day, tzinfo=UTC) - timedelta(days=2)
        self.told = 0
        self.tickets: dict[str, int] = {}
        self._lock = Lock()
        key = Key(KEY_NAME, key_secret(seed), self.told_until, key_ends_at)
        staff = {person.name: _login(person.email) for person in PEOPLE}
        self._logins: dict[str, str | None] = {**staff, SYSTEM: None}
        accounts = [_staff(seed, login, name) for name, login in staff.items()]
        reader = replace(auditor(LOGIN, _password(seed, LOGIN), keys=(key,), second_factor=True), name="Goodstanding")
        self.odoo = DemoOdoo(
            SERIES, clock=clock, accounts=(*accounts, reader), database=DATABASE, models=(_tracking(),), without=_WITHOUT
        )
        self._contacts: dict[tuple[str, str], int] = {}
        self._names: dict[tuple[str, str], int] = {}
        self._furnish(self.told_until)

    def send(self, ask: Ask) -> Answer:
        """Answer a request as this Odoo would."""
        with self._lock, self.odoo.store.apart(_FROM_OUTSIDE):
            return self.odoo.send(ask)

    def tell(self, until: datetime) -> int:
        """Let happen what becomes known up to an instant, in its order; return how many happenings that were.

        An instant that lies before one it was told up to tells nothing.
        """
        with self._lock:
            if until <= self.told_until:
                return 0
            found = happenings_between(self.seed, self.told_until, until, self.terms, where=in_odoo(self.begins))
            told = [(told_at(each), ticket, each) for batch in found for ticket, some in batch for each in some]
            told.sort(key=lambda act: (act[0], act[1].ref, act[2].event.sequence or 0))
            for at, ticket, happening in told:
                self._play(ticket, happening, at)
            self.told_until = until
            self.told += len(told)
            return len(told)

    def _furnish(self, at: datetime) -> None:
        for place, (name, values) in enumerate(_STAGES.items()):
            self._make("helpdesk.ticket.stage", name, at, sequence=place, **values)
        stages = {name: self._names["helpdesk.ticket.stage", name] for name in _STAGES}
        self._slas = DeskSlas(self.odoo, _SLAS, stages, zone=PARTNER.zone, at=at)
        for team in TEAMS.values():
            self._make("helpdesk.ticket.team", team, at, resource_calendar_id=self._slas.calendar, use_sla=True)
        for channel in ("Email", "Phone"):
            self._make("helpdesk.ticket.channel", channel, at)
        for client in (CLIENT[key] for key in IN_ODOO):
            company = self._make("res.partner", client.name, at, is_company=True, partner_share=True)
            self.odoo.write("res.partner", company, {"commercial_partner_id": company}, at=at)
            mails = {contact.name: contact.email for contact in client.contacts}
            for name in (*mails, *client.colleagues):
                self._contacts[client.key, name] = self._make(
                    "res.partner",
                    name,
                    at,
                    email=mails.get(name, ""),
                    parent_id=company,
                    commercial_partner_id=company,
                    partner_share=True,
                )

    def _make(self, model: str, name: str, at: datetime, **values: object) -> int:
        number = self.odoo.create(model, {"name": name} | values, at=at)
        self._names[model, name] = number
        return number

    def _number(self, model: str, name: str, at: datetime) -> int:
        """Return a record's number by its name, made where it is not there yet."""
        return self._names.get((model, name)) or self._make(model, name, at)

    # What happens

    def _play(self, ticket: DemoTicket, happening: Happening, at: datetime) -> None:
        """Do in Odoo what was done: as whoever did it, at the moment it was noted."""
        event, who, text = happening
        by = self._logins.get(who)
        if event.kind is EventKind.OPENED:
            self._open(ticket, happening, at)
            return
        match event.kind:
            case EventKind.CLIENT_REPLIED:
                self._hear(ticket, who, text, at)
            case EventKind.STAFF_REPLIED:
                self._say(ticket, text, at, by)
                self._begin(ticket, at, by)
            case EventKind.NO_REPLY_NEEDED:
                self._note(ticket, text, at, by)
                self._say(ticket, _ACKNOWLEDGED, at, by)
            case EventKind.AUTO_REPLIED:
                self._say(ticket, text, at, None, kind="auto_comment")
            case EventKind.NOTED:
                self._note(ticket, text, at, by)
            case EventKind.PROGRESS:
                (self._say if event.public else self._note)(ticket, text, at, by)
                self._begin(ticket, at, by)
            case EventKind.ASSIGNED:
                self._assign(ticket, event, at, by)
            case EventKind.PRIORITY_CHANGED:
                self._note(ticket, event.reason or text, at, by)
                self._write(ticket, {"priority": _stars(event.priority or ticket.priority)}, at, by)
            case _:
                self._move_on(ticket, happening, at, by)

    def _move_on(self, ticket: DemoTicket, happening: Happening, at: datetime, by: str | None) -> None:
        event, _, text = happening
        match event.kind:
            case EventKind.WAITING:
                self._note(ticket, event.reason or "", at, by)
                self._move(ticket, _WAITS[event.owner or PauseOwner.CUSTOMER], at, by)
            case EventKind.RESUMED:
                self._note(ticket, text, at, by)
                self._move(ticket, _PROGRESS, at, by)
            case EventKind.RESOLVED if event.supersedes:
                # What Odoo has noted stays; that it was noted too late can only be written beside it.
                self._note(ticket, event.reason or "", at, by)
            case EventKind.RESOLVED:
                self._say(ticket, text, at, by)
                self._move(ticket, _DONE, at, by)
            case EventKind.REOPENED:
                self._move(ticket, _PROGRESS, at, by)
            case EventKind.CLOSED:
                self._move(ticket, _CLOSED, at, by)
            case EventKind.CANCELLED:
                self._note(ticket, event.reason or "", at, by)
                self._move(ticket, _CANCELLED, at, by)
            case EventKind.MERGED:
                # The stage writes the client a letter of its own, which answers nothing.
                self._say(ticket, text, at, None, kind="auto_comment")
                self._move(ticket, _MERGED, at, by)
            case _:
                raise ValueError(f"the demo's Odoo knows no way to do {event.kind}")

    def _open(self, ticket: DemoTicket, happening: Happening, at: datetime) -> None:
        event, who, text = happening
        phoned = event.actor is Actor.STAFF
        values: dict[str, object] = {
            "number": ticket.ref,
            "name": ticket.title,
            "description": _html(text),
            "stage_id": self._names["helpdesk.ticket.stage", _NEW],
            "team_id": self._names["helpdesk.ticket.team", event.team or ticket.team],
            "priority": _stars(event.priority or ticket.priority),
            "partner_id": self._contacts[ticket.client, ticket.contact],
            "partner_name": ticket.contact,
            "category_id": self._number("helpdesk.ticket.category", ticket.kind, at),
            "channel_id": self._names["helpdesk.ticket.channel", "Phone" if phoned else "Email"],
            "tag_ids": [self._number("helpdesk.ticket.tag", tag, at) for tag in sorted(ticket.tags)],
        }
        if phoned:
            self.tickets[ticket.ref] = self.odoo.create(TICKET, values, at=at, by=self._logins[who])
        else:
            author = self._contacts[ticket.client, who]
            self.tickets[ticket.ref] = self.odoo.receive(TICKET, values, _html(text), at=at, author=author)
        self._slas.bind(self.tickets[ticket.ref], at)

    def _hear(self, ticket: DemoTicket, who: str, text: str, at: datetime) -> None:
        """A mail comes in; a ticket that waited for it goes on, as helpdesk_mgmt moves it where a team is set up so."""
        author = self._contacts[ticket.client, who]
        self.odoo.post(TICKET, self.tickets[ticket.ref], _html(text), at=at, author=author, kind="email")
        if self._stage(ticket) == _WAITS[PauseOwner.CUSTOMER]:
            self._move(ticket, _PROGRESS, at, None)

    def _say(self, ticket: DemoTicket, text: str, at: datetime, by: str | None, *, kind: str = "comment") -> None:
        self.odoo.post(TICKET, self.tickets[ticket.ref], _html(text), at=at, by=by, kind=kind)

    def _note(self, ticket: DemoTicket, text: str, at: datetime, by: str | None) -> None:
        if text:
            self.odoo.post(TICKET, self.tickets[ticket.ref], _html(text), at=at, by=by, internal=True)

    def _assign(self, ticket: DemoTicket, event: Event, at: datetime, by: str | None) -> None:
        login = self._logins.get(event.assignee or "")
        values: dict[str, object] = {"team_id": self._names["helpdesk.ticket.team", event.team or ticket.team]}
        if login is not None:
            values["user_id"] = self.odoo.uid_of(login)
        self._write(ticket, values, at, by)

    def _begin(self, ticket: DemoTicket, at: datetime, by: str | None) -> None:
        if self._stage(ticket) == _NEW:
            self._move(ticket, _PROGRESS, at, by)

    def _move(self, ticket: DemoTicket, stage: str, at: datetime, by: str | None) -> None:
        if self._stage(ticket) != stage:
            self._write(ticket, {"stage_id": self._names["helpdesk.ticket.stage", stage]}, at, by)
            self._slas.move(self.tickets[ticket.ref], stage, at)

    def _write(self, ticket: DemoTicket, values: dict[str, object], at: datetime, by: str | None) -> None:
        self.odoo.write(TICKET, self.tickets[ticket.ref], values, at=at, by=by)

    def _stage(self, ticket: DemoTicket) -> str:
        return str(self.odoo.store.value(TICKET, self.tickets[ticket.ref], "stage_id.name"))


def _tracking() -> Model:
    """Return the ticket with team and priority tracked too, as the OCA's tracking_manager lets a firm choose."""
    ticket = catalogue(int(SERIES.partition(".")[0]))[TICKET]
    tracked = {name: replace(ticket.fields[name], tracked=True) for name in ("team_id", "priority")}
    return replace(ticket, fields={**ticket.fields, **tracked})


def _staff(seed: str, login: str, name: str) -> Account:
    return replace(settings(login, _password(seed, login)), name=name, second_factor=True)


def _password(seed: str, login: str) -> str:
    """Return a password that nobody uses: the staff of a demo signs in nowhere."""
    return blake2b(f"{seed} {login}".encode(), digest_size=16).hexdigest()


def _login(email: str) -> str:
    return email.partition("@")[0]


def _stars(priority: str) -> str:
    """Return a priority or severity as Odoo's stars: none to three."""
    return str(4 - rank(priority))


def _html(text: str) -> str:
    return f"<p>{escape(text)}</p>"
