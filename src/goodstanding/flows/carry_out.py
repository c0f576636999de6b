"""Carry out a step that fires: who is told what, what is drafted for the client, and where the ticket goes."""

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, Final
from uuid import UUID

from goodstanding.apps.desk import queries as desk
from goodstanding.apps.desk.values import Standing
from goodstanding.apps.escalation import queries
from goodstanding.apps.escalation.actions import NewDraft, Record
from goodstanding.apps.outbox import queries as outbox
from goodstanding.apps.outbox.queries import Channel, Endpoint, NewMessage
from goodstanding.apps.tenancy import queries as tenancy
from goodstanding.apps.tenancy.scope import Scope
from goodstanding.apps.tickets import actions as tickets
from goodstanding.apps.tickets.actions import IncomingTicket
from goodstanding.apps.tickets.queries import Happening
from goodstanding.core.clocks.clock import second_if, second_of
from goodstanding.core.desk.assess import Examined
from goodstanding.core.desk.case import Case
from goodstanding.core.desk.contacts import address_in
from goodstanding.core.desk.escalation.effects import Effects, Subject, course_of, effects_of, expected_at
from goodstanding.core.desk.escalation.people import Recipient, Roster
from goodstanding.core.desk.escalation.plan import ContactRole
from goodstanding.core.desk.escalation.steps import Escalated, Firing, Outcome
from goodstanding.core.desk.escalation.ways import Room, Ways, ways_of
from goodstanding.core.desk.escalation.wording import fill
from goodstanding.core.desk.events import Actor, Event, EventKind
from goodstanding.flows.reassess import reassess

SOURCE: Final = "escalation"
"""The source of the events by which steps move tickets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A step that fires with all that a message about it is made of."""

    firing: Firing
    effects: Effects
    ways: Ways
    told: tuple[tuple[str, ContactRole], ...]
    """Whom it tells, by name, and as what."""
    ticket: Standing
    found: Examined
    moved: bool
    """Whether the ticket is ours to give and to raise; of one that is kept elsewhere a step only says what should be done."""
    given_to: str
    """The name of who gets the ticket, or should; empty where nobody does."""
    account_manager: str
    expected_at: datetime | None
    next_at: datetime | None
    """When the next step of the ticket's contract comes."""


Say = Callable[[Told], Mapping[str, str]]
"""Puts what placeholders stand for in words."""


@dataclass(slots=True)
class Sheaf:
    """What a sweep is about to write; messages, drafts and moves by the step they belong to."""

    records: list[Record] = field(default_factory=list)
    messages: dict[UUID, list[NewMessage]] = field(default_factory=dict)
    drafts: dict[UUID, NewDraft] = field(default_factory=dict)
    moves: dict[UUID, tuple[int, str, IncomingTicket]] = field(default_factory=dict)

    def take(self, other: "Sheaf") -> None:
        """Take in what another one holds."""
        self.records += other.records
        self.messages |= other.messages
        self.drafts |= other.drafts
        self.moves |= other.moves


class Home:
    """Who can be told at a partner, and how much each of them has to do."""

    def __init__(self, scope: Scope, partner: int, now: datetime) -> None:
        # A sweep has a scope of all partners and makes one of these for each: each reads its own people alone.
        scope = scope.at(partner)
        self.roster: Roster = queries.roster(scope, partner=partner, now=now)
        people = tenancy.people(scope)
        self.names = {each.pk: each.name for each in people}
        self.by_address = {each.email.lower(): each.pk for each in people}
        load: dict[int, int] = {}
        for name, count in desk.open_by_assignee(scope, partner=partner).items():
            person = self.roster.named(name)
            if person is not None:
                load[person] = load.get(person, 0) + count
        self.load = load
        self._whose = (scope, partner)

    @cached_property
    def _endpoints(self) -> tuple[Endpoint, ...]:
        # Asked once a step tells by more than mail and inbox.
        scope, partner = self._whose
        return outbox.endpoints_on(scope, partner=partner)

    def ways(self, firing: Firing, recipients: Sequence[Recipient], client: int) -> Ways:
        """By what a step tells whom about a ticket of a client."""
        endpoints = self._endpoints if firing.step.channels else ()
        return ways_of(
            firing.step,
            recipients,
            rooms=[
                Room(str(each.public_id), each.channel.value, each.name, None if each.client is None else str(each.client))
                for each in endpoints
                if each.person is None
            ],
            telephones={each.person for each in endpoints if each.person is not None},
            client=str(client),
        )

    def name(self, to: int | str) -> str:
        """How somebody is called."""
        return self.names.get(to, "") if isinstance(to, int) else to

    def account_manager(self, client: str) -> str:
        """Who looks after a client, by name; empty where nobody is named."""
        held = [each for each in self.roster.holders if each.role is ContactRole.ACCOUNT_MANAGER]
        narrow = [each for each in held if each.client == client] or [each for each in held if each.client is None]
        return next((self.name(each.to) for each in narrow), "")


def carry_out(
    sheaf: Sheaf,
    firing: Firing,
    case: Case,
    ticket: Standing,
    found: Examined,
    home: Home,
    say: Say,
    told: Escalated,
    *,
    now: datetime,
) -> None:
    """Add to the sheaf what a decided step comes to; one that did not fire is recorded and does nothing."""
    name = uuid.uuid4()
    known = {"public_id": name, "partner": ticket.partner, "client": ticket.client, "ticket": ticket.pk, "firing": firing}
    if firing.outcome is not Outcome.FIRED:
        sheaf.records.append(Record(**known))
        return
    judged = found.assessment
    contact = address_in(ticket.contact)
    subject = Subject(
        client=str(ticket.client),
        zone=ticket.zone,
        team=judged.team,
        assignee=judged.assignee,
        kind=ticket.kind or None,
        contact=contact,
        signs_in_as=home.by_address.get(contact),
    )
    does = effects_of(firing, subject, home.roster, load=home.load, now=now)
    ours = ticket.source == tickets.OWN and judged.is_open
    given = "" if does.give_to is None else home.name(does.give_to)
    if does.give_to is not None:
        home.load[does.give_to] = home.load.get(does.give_to, 0) + 1
    message = Told(
        firing=firing,
        effects=does,
        ways=home.ways(firing, does.recipients, ticket.client),
        told=tuple((home.name(each.to), each.role) for each in does.recipients),
        ticket=ticket,
        found=found,
        moved=ours,
        given_to=given,
        account_manager=home.account_manager(str(ticket.client)),
        expected_at=expected_at(course_of(found, firing), now=now),
        next_at=told.contract_at,
    )
    outward = replace(message, firing=firing.for_client())
    sheaf.records.append(Record(**known, told=list(_kept(message, home)), did=_done(message, home)))
    sheaf.messages[name] = list(_messages(message, outward, name, say, now))
    if does.drafts:
        sheaf.drafts[name], sent = _draft(outward, name, say(outward), now)
        sheaf.messages[name] += sent
    if ours and (does.give_to is not None or does.raise_to is not None):
        sheaf.moves[name] = (ticket.partner, ticket.source, _moving(message, case, name, now))


def _kept(message: Told, home: Home) -> Iterator[dict[str, object]]:
    """Whom a step tells, as it is kept with it."""
    for each, ways in message.ways.people:
        known = {"role": each.role.value, "why": each.why.value, "name": home.name(each.to)}
        # A room has no quiet hours.
        yield known | {"not_before": second_if(each.not_before) if ways else None}
    for role in message.effects.missing:
        yield {"role": role.value, "why": "", "name": "", "not_before": None}


def _done(message: Told, home: Home) -> dict[str, object]:
    """What a step does beside telling, as it is kept with it."""
    does = message.effects
    found: dict[str, object] = {}
    if message.given_to:
        found["given_to"] = message.given_to
    if does.raise_to is not None:
        found |= {"raised_to": does.raise_to.team, "owner": does.raise_to.owner.value}
    if message.given_to or does.raise_to is not None:
        found["proposed"] = not message.moved
    if does.resources:
        found["suggested"] = [each.title for each in does.resources]
    if does.call:
        found["call"] = does.call
    if does.drafts:
        found["client_message"] = "sent" if message.firing.step.send and does.client_to else "drafted"
    ways = message.ways
    if ways.rooms:
        found["posted"] = [[each.channel, each.name] for each in ways.rooms]
    if ways.absent:
        found["not_set_up"] = list(ways.absent)
    if ways.no_telephone:
        found["no_telephone"] = [home.name(each.to) for each in ways.no_telephone]
    return found


def _messages(message: Told, outward: Told, name: UUID, say: Say, now: datetime) -> Iterator[NewMessage]:
    """What people and rooms are told; a room of one client's hears what its people may."""
    template = message.firing.plan.message
    subject, text = fill(template, say(message))
    for each, ways in message.ways.people:
        for way in ways:
            yield _message(message, name, Channel(way), each.to, subject, text, each.not_before, now)
    for room in message.ways.rooms:
        heard = message if room.client is None else outward
        values = say(heard)
        subject, text = fill(template, values)
        # Whoever reads it in a room has to see whom it is for.
        shared = text if "told" in template.names else f"Told: {values['told']}\n\n{text}"
        yield _message(heard, name, Channel(room.channel), room.id, subject, shared, None, now)


def _message(
    message: Told,
    name: UUID,
    channel: Channel,
    to: int | str,
    subject: str,
    text: str,
    not_before: datetime | None,
    now: datetime,
) -> NewMessage:
    ticket = message.ticket
    return NewMessage(
        key=f"escalation:{name}:{channel}:{to}"[:200],
        partner=ticket.partner,
        client=ticket.client,
        ticket=ticket.public_id,
        kind="escalation.breached" if message.firing.step.breached else "escalation.warned",
        channel=channel,
        recipient=to,
        subject=subject,
        text=text,
        details={"step": _details(message, name)} if channel is Channel.WEBHOOK else {},
        fold=f"escalation:{ticket.client}",
        not_before=not_before,
        written_at=now,
    )


def _details(message: Told, name: UUID) -> dict[str, Any]:
    """A step as systems are told of it (docs/delivery.md)."""
    firing, step = message.firing, message.firing.step
    return {
        "id": str(name),
        "ref": message.ticket.ref,
        "clock": firing.clock.value,
        "cycle": firing.cycle,
        "key": step.key,
        "level": firing.plan.levels[step.key],
        "of": step.goal.value,
        "share": None if step.share is None else [step.share.numerator, step.share.denominator],
        "left_seconds": None if step.left is None else step.left // timedelta(seconds=1),
        "priority": firing.priority,
        "due_at_seconds": second_of(firing.due_at),
        "taken_at_seconds": second_of(firing.at),
        "deadline_at_seconds": second_if(firing.deadline_at),
        "overtook": list(firing.overtook),
        "told": [{"name": told, "role": role.value} for told, role in message.told],
        "done": [action.value for action in step.actions],
    }


def _draft(message: Told, name: UUID, values: Mapping[str, str], now: datetime) -> tuple[NewDraft, list[NewMessage]]:
    """The client message of a step, and what goes out of it at once where its rule says so."""
    does, ticket = message.effects, message.ticket
    subject, text = fill(message.firing.plan.client_message, values)
    sent = message.firing.step.send and bool(does.client_to)
    draft = NewDraft(
        fired=name, partner=ticket.partner, client=ticket.client, ticket=ticket.pk, subject=subject, text=text,
        to=does.client_to, sent=sent, written_at=now,
        good_until=min((each for each in (message.expected_at, message.next_at) if each is not None), default=None),
    )  # fmt: skip
    out = [client_message(ticket, name, to, subject, text, draft.good_until, now) for to in does.client_to] if sent else []
    return draft, out


def client_message(
    ticket: Standing, name: UUID, to: int | str, subject: str, text: str, good_until: datetime | None, now: datetime
) -> NewMessage:
    """Return a message about a ticket to somebody at its client; `name` is what it is once for.

    `good_until` is the first of the times that the text names; None where somebody has written it anew.
    """
    return NewMessage(
        key=f"client:{name}:{to}"[:200],
        partner=ticket.partner,
        client=ticket.client,
        ticket=ticket.public_id,
        kind="client.escalation",
        channel=Channel.EMAIL,
        recipient=to,
        subject=subject,
        text=text,
        good_until=good_until,
        written_at=now,
    )


def _moving(message: Told, case: Case, name: UUID, now: datetime) -> IncomingTicket:
    """The ticket with the event that gives it to somebody or to another queue."""
    does, ticket = message.effects, message.ticket
    moved = Event(
        at=now,
        kind=EventKind.ASSIGNED,
        source=SOURCE,
        source_id=name.hex,
        actor=Actor.SYSTEM,
        assignee=message.given_to or None,
        team=does.raise_to.team if does.raise_to is not None else None,
    )
    happenings = (Happening(moved, "Escalation", ""),)
    return IncomingTicket(ref=ticket.ref, client=ticket.client, unmeasured=case.unmeasured, happenings=happenings)


def move(scope: Scope, moves: Iterable[tuple[int, str, IncomingTicket]], *, now: datetime) -> None:
    """Move tickets of our own, each with what happened to it, and judge them anew; within the caller's transaction."""
    moved: dict[tuple[int, str], dict[str, IncomingTicket]] = {}
    for partner, source, incoming in moves:
        known = moved.setdefault((partner, source), {})
        before = known.get(incoming.ref)
        happenings = (*before.happenings, *incoming.happenings) if before is not None else incoming.happenings
        known[incoming.ref] = replace(incoming, happenings=happenings)
    for (partner, source), incoming in moved.items():
        taken = tickets.take(scope, partner=partner, source=source, tickets=list(incoming.values()), now=now)
        reassess(scope, taken.moved, now=now)
