"""Questions about what goes out."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Value, Window
from django.db.models.functions import Concat, RowNumber

from goodstanding.apps.outbox import models
from goodstanding.apps.tenancy.roles import May
from goodstanding.apps.tenancy.scope import Scope
from goodstanding.apps.unit import NotFound
from goodstanding.apps.unit.sealed import Sealed
from goodstanding.core.clocks.clock import moment, moment_if, second_of
from goodstanding.core.outgoing.digests import How, group_of

FOR_CLIENTS: Final = "client."
"""How the kinds of messages begin that are meant for a client's people."""


class Channel(StrEnum):
    """By what a message goes."""

    EMAIL = "email"
    SLACK = "slack"
    TEAMS = "teams"
    SMS = "sms"
    """A telephone, or another service that passes short messages on."""
    WEBHOOK = "webhook"
    INBOX = "inbox"
    """The pages of the product themselves."""

    def route(self, address: str) -> str:
        """Return what has to work for a message to arrive: one mail server for all mail, else the endpoint."""
        return self.value if self in (Channel.EMAIL, Channel.INBOX) or not address else f"{self.value}:{address}"


TO_PEOPLE: Final = frozenset({Channel.EMAIL, Channel.SMS, Channel.INBOX})
"""Channels that reach one person."""
TO_ENDPOINTS: Final = (Channel.SLACK, Channel.TEAMS, Channel.SMS, Channel.WEBHOOK)
"""Channels that reach a room, a telephone or a system: an endpoint, which may be one person's own."""


DIGEST: Final = "digest "
"""What the fold of messages begins with that were gathered for somebody."""
UNCHOSEN: Final = frozenset({"test"})
"""Kinds that nobody chooses about: who tries a channel wants to see that channel."""
CHOSEN: Final = frozenset({Channel.EMAIL, Channel.SMS})
"""Channels that people choose about; what they do not want there is in their inbox."""


class State(StrEnum):
    """How far a message is."""

    WAITING = "waiting"
    """To be sent when it is due; also while a worker sends it."""
    FOLDED = "folded"
    """Waiting as a part of another message, its leader."""
    SENT = "sent"
    """Handed over; a part of another was handed over with it."""
    DEAD = "dead"
    """Given up: a person has to do something, and can have it sent again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMessage:
    """A message to be written with the decision that makes it.

    `key` names it within its partner for good: the same key twice is one message. `client` is a primary key, `ticket` a
    public id. `kind` is a word, with a point and a second word where it has kinds of its own, such as `escalation.breached`;
    people choose by the first word what reaches them how.
    """

    key: str
    partner: int
    client: int | None
    ticket: UUID | None
    kind: str
    channel: Channel
    recipient: int | str
    """The primary key of a person, an e-mail address, or the public id of an endpoint."""
    subject: str
    text: str
    html: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)
    """What a system is told beside the text, ready for JSON."""
    fold: str = ""
    """Messages of one fold to one recipient that wait together go out as one."""
    not_before: datetime | None = None
    """Quiet hours: it waits until then."""
    good_until: datetime | None = None
    """When what it says stops being true; None where it does not. From then on it is not sent any more."""
    written_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message as it is kept."""

    pk: int
    public_id: UUID
    partner: int
    client: int | None
    client_name: str
    ticket: UUID | None
    key: str
    kind: str
    channel: Channel
    person: int | None
    address: str
    recipient: str
    """The person's name, or the address or endpoint."""
    route: str
    fold: str
    subject: str
    text: str
    html: str
    details: Mapping[str, Any]
    written_at: datetime
    state: State
    good_until: datetime | None
    due_at: datetime | None
    since_at: datetime
    leader: int | None
    parts: int
    tries: int
    error: str
    sent_at: datetime | None
    read_at: datetime | None

    @property
    def is_for_client(self) -> bool:
        """Whether it is meant for people of its client; all others are for staff."""
        return self.kind.startswith(FOR_CLIENTS)


@dataclass(frozen=True, slots=True)
class OutboxFilter:
    """Which messages are listed; None and empty are all."""

    state: State | None = None
    channel: Channel | None = None
    client: UUID | None = None
    text: str = ""


PAGE: Final = 100
"""Messages on a page of the outbox or of an inbox."""
PARTS: Final = 20
"""So many of what is folded into a message are shown where many messages are."""


class Result(StrEnum):
    """What came of one try."""

    SENT = "sent"
    FAILED = "failed"
    """It is tried again."""
    GIVEN_UP = "given_up"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to deliver a message."""

    at: datetime
    channel: Channel
    address: str
    result: Result
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """A room, a telephone or a system that messages go to."""

    pk: int
    public_id: UUID
    partner: int
    person: int | None
    person_name: str
    client: int | None
    """Whose tickets alone it is told of; None for those of every client."""
    client_name: str
    channel: Channel
    name: str
    address: Sealed
    shown: str
    secret: Sealed | None
    secret_before: Sealed | None
    before_until: datetime | None
    is_on: bool
    closed_because: str
    closed_at: datetime | None
    made_by: int | None
    made_at: datetime

    def secrets(self, now: datetime) -> tuple[Sealed, ...]:
        """What a message is signed with: while the secret changes, both."""
        if self.secret is None:
            return ()
        changing = self.secret_before is not None and self.before_until is not None and now < self.before_until
        return (self.secret, self.secret_before) if changing and self.secret_before is not None else (self.secret,)


@dataclass(frozen=True, slots=True)
class Load:
    """What is sent at once: a message, and what is folded into it, the first first; for a page perhaps not all of that."""

    message: Message
    parts: tuple[Message, ...] = ()

    @property
    def number(self) -> int:
        """How many they are, also of those that are not at hand."""
        return self.message.parts + 1

    @property
    def every(self) -> tuple[Message, ...]:
        """All of them."""
        return (self.message, *self.parts)


@dataclass(frozen=True, slots=True)
class Way:
    """How a route stands: since when it fails and until when nothing is tried on it."""

    name: str
    failures: int = 0
    failing_since: datetime | None = None
    held_until: datetime | None = None
    error: str = ""

    @classmethod
    def of(cls, row: models.Route) -> "Way":
        """Return how a row says that a route stands."""
        return cls(row.name, row.failures, moment_if(row.failing_since), moment_if(row.held_until), row.error)


def routes_due(now: datetime) -> tuple[str, ...]:
    """Return the open routes on which something is due by now, in order; for the worker, which asks again and again.

    One question about what is due, so that nothing is paid for what waits for later, however many routes it is on.
    """
    at = second_of(now)
    held = models.Route.objects.filter(held_until__gt=at).values("name")
    due = models.Message.objects.filter(due_at__lte=at).exclude(route__in=held)
    # By the bare column SQLite would read all that waits, in the order of another index, to save itself the sorting.
    named = due.annotate(name=Concat("route", Value("")))
    return tuple(named.order_by("name").values_list("name", flat=True).distinct())


def loads(pks: Sequence[int]) -> tuple[Load, ...]:
    """Return messages in this order, each with all that is folded into it; for the worker that has them."""
    return _loads(pks, models.Message.objects.all())


def _loads(pks: Sequence[int], among: "QuerySet[models.Message]") -> tuple[Load, ...]:
    """Messages in this order, each with what is folded into it of those among others."""
    leaders = {row.pk: row for row in models.Message.objects.select_related("client", "person").filter(pk__in=pks)}
    parts: dict[int, list[Message]] = {}
    if any(row.parts for row in leaders.values()):
        for row in among.filter(leader_id__in=pks).select_related("client", "person").order_by("pk"):
            parts.setdefault(row.leader_id or 0, []).append(_message(row))
    return tuple(Load(_message(leaders[pk]), tuple(parts.get(pk, ()))) for pk in pks)


def ways(scope: Scope) -> tuple[Way, ...]:
    """Return the routes that fail of those in scope: the one of all mail, and those to endpoints of the partners' own."""
    scope.demand(May.SEE_OUTBOX)
    own = [Channel(channel).route(str(pk)) for channel, pk in _endpoints(scope).values_list("channel", "public_id")]
    rows = models.Route.objects.filter(failures__gt=0, name__in=[Channel.EMAIL.value, Channel.INBOX.value, *own])
    return tuple(map(Way.of, rows.order_by("name")))


def counts(scope: Scope) -> dict[State, int]:
    """Return how many messages of the partners in scope are in each state; what is folded counts with its leader."""
    scope.demand(May.SEE_OUTBOX)
    rows = scope.limit(models.Message.objects.filter(leader=None), client=None)
    found = dict(rows.order_by().values_list("state").annotate(number=Count("pk")))
    return {state: found.get(state.value, 0) for state in State if state is not State.FOLDED}


def outbox(scope: Scope, wanted: OutboxFilter, *, page: int = 1) -> tuple[tuple[Message, ...], bool]:
    """Return a page of the messages of the partners in scope, and whether there are more.

    What was given up comes first, then the newest. What is folded is found with its leader, or by words of its own.
    """
    found = _dead_first(_wanted(scope, wanted).order_by("-written_at", "-pk"), start=(page - 1) * PAGE, most=PAGE + 1)
    return tuple(map(_message, found[:PAGE])), len(found) > PAGE


def every_message(scope: Scope, wanted: OutboxFilter) -> Iterator[Message]:
    """Yield the messages of the partners in scope, those that are folded too, the newest first, without holding them all."""
    return map(_message, _wanted(scope, wanted, folded=True).order_by("-written_at", "-pk").iterator(500))


def _wanted(scope: Scope, wanted: OutboxFilter, *, folded: bool = False) -> "QuerySet[models.Message]":
    scope.demand(May.SEE_OUTBOX)
    rows = _messages(scope)
    if wanted.text:
        words = Q(subject__icontains=wanted.text) | Q(address__icontains=wanted.text)
        rows = rows.filter(words | Q(person__name__icontains=wanted.text) | Q(person__email__icontains=wanted.text))
    elif not folded:
        rows = rows.filter(leader=None)
    if wanted.state is not None:
        rows = rows.filter(state=wanted.state)
    if wanted.channel is not None:
        rows = rows.filter(channel=wanted.channel)
    if wanted.client is not None:
        rows = rows.filter(client__public_id=wanted.client)
    return rows


def _dead_first(rows: "QuerySet[models.Message]", *, start: int, most: int) -> list[models.Message]:
    """Return so many rows from a place on, what was given up before the others: asked for apart, since each has its index."""
    dead, others = rows.filter(state=State.DEAD), rows.exclude(state=State.DEAD)
    found = list(dead[start : start + most])
    if len(found) < most:
        passed = start - dead.count() if start and not found else 0
        found += others[passed : passed + most - len(found)]
    return found


def parts_of(scope: Scope, message: Message, *, page: int = 1) -> tuple[tuple[Message, ...], bool]:
    """Return a page of what is folded into a message in scope, the first first, and whether there is more."""
    scope.demand(May.SEE_OUTBOX)
    return _parts(_messages(scope), message.pk, page)


def leader_of(scope: Scope, message: Message) -> Message | None:
    """Return the message that one in scope is folded into; None for one that goes alone or leads."""
    scope.demand(May.SEE_OUTBOX)
    row = _messages(scope).filter(pk=message.leader).first() if message.leader is not None else None
    return None if row is None else _message(row)


def inbox(scope: Scope, *, page: int = 1) -> tuple[tuple[Load, ...], bool]:
    """Return a page of the inbox of the person of a scope where they work now, and whether there is more.

    What was delivered there, the newest first, with the first `PARTS` of what is folded into each.
    """
    start = (page - 1) * PAGE
    pks = list(_inbox(scope).order_by("-written_at", "-pk").values_list("pk", flat=True)[start : start + PAGE + 1])
    # Of ten thousand parts the places are counted by an index, and those that are shown alone are read.
    places = models.Message.objects.filter(leader_id__in=pks[:PAGE]).annotate(
        place=Window(RowNumber(), partition_by="leader_id", order_by="pk")
    )
    shown = models.Message.objects.filter(pk__in=places.filter(place__lte=PARTS).values("pk"))
    return _loads(pks[:PAGE], shown), len(pks) > PAGE


def in_inbox(scope: Scope, public_id: UUID, *, page: int = 1) -> tuple[Load, bool]:
    """Return one message of that inbox with a page of what is folded into it, and whether there is more; raises `NotFound`."""
    row = _inbox(scope).select_related("client", "person").filter(public_id=public_id).first()
    if row is None:
        raise NotFound("there is no such message")
    parts, more = _parts(models.Message.objects.select_related("client", "person"), row.pk, page)
    return Load(_message(row), parts), more


def _parts(rows: "QuerySet[models.Message]", leader: int, page: int) -> tuple[tuple[Message, ...], bool]:
    start = (page - 1) * PAGE
    found = list(rows.filter(leader_id=leader).order_by("pk")[start : start + PAGE + 1])
    return tuple(map(_message, found[:PAGE])), len(found) > PAGE


def unread(scope: Scope) -> int:
    """Return how much of it they have not read."""
    return _inbox(scope).filter(read_at=None).count()


def attempts(scope: Scope, message: Message) -> tuple[Attempt, ...]:
    """Return every try to deliver a message in scope, the first first; what is folded was tried with its leader."""
    scope.demand(May.SEE_OUTBOX)
    pk = message.leader or message.pk
    rows = scope.limit(models.Attempt.objects.filter(message_id=pk), partner="message__partner_id", client=None)
    return tuple(
        Attempt(moment(row.at), message.channel, row.address, Result(row.result), row.said) for row in rows.order_by("pk")
    )


def endpoints(scope: Scope) -> tuple[Endpoint, ...]:
    """Return the endpoints of the partners in scope, by channel and name."""
    scope.demand(May.SEE_OUTBOX)
    return tuple(map(_endpoint, _endpoints(scope).order_by("channel", "name", "pk")))


def endpoint(scope: Scope, public_id: UUID) -> Endpoint:
    """Return an endpoint in scope; raises `NotFound`."""
    scope.demand(May.SEE_OUTBOX)
    row = _endpoints(scope).filter(public_id=public_id).first()
    if row is None:
        raise NotFound("there is no such endpoint")
    return _endpoint(row)


def endpoints_on(scope: Scope, *, partner: int) -> tuple[Endpoint, ...]:
    """Return the endpoints of a partner in scope that are switched on, by channel and name."""
    rows = _endpoints(scope).filter(partner_id=partner, is_on=True)
    return tuple(map(_endpoint, rows.order_by("channel", "name", "pk")))


def endpoint_names(scope: Scope) -> dict[str, str]:
    """Return the names of the endpoints in scope by their public ids as messages hold them."""
    return {str(public_id): name for public_id, name in _endpoints(scope).values_list("public_id", "name")}


def endpoints_by_id(scope: Scope, public_ids: Iterable[UUID]) -> dict[UUID, Endpoint]:
    """Return those of these endpoints that are in scope, by public id."""
    return {row.public_id: _endpoint(row) for row in _endpoints(scope).filter(public_id__in=list(public_ids))}


def preferences(scope: Scope) -> dict[tuple[str, Channel], How]:
    """Return how the person of a scope wants messages, by the first word of their kind and channel, where they said so."""
    rows = models.Preference.objects.filter(person_id=scope.person)
    return {(row.group, Channel(row.channel)): How(row.how) for row in rows}


def groups_told(scope: Scope) -> frozenset[str]:
    """Return the first words of the kinds of message that the person of a scope was ever written."""
    rows = models.Message.objects.filter(person_id=scope.person).order_by().values_list("kind", flat=True).distinct()
    return frozenset(map(group_of, rows)) - UNCHOSEN


def has_telephone(scope: Scope) -> bool:
    """Return whether the person of a scope has a telephone where they work."""
    return _endpoints(scope).filter(person_id=scope.person, channel=Channel.SMS, is_on=True).exists()


def message(scope: Scope, public_id: UUID) -> Message:
    """Return a message in scope; raises `NotFound`."""
    scope.demand(May.SEE_OUTBOX)
    row = _messages(scope).filter(public_id=public_id).first()
    if row is None:
        raise NotFound("there is no such message")
    return _message(row)


def message_by_key(scope: Scope, *, partner: int, key: str) -> Message:
    """Return a partner's message by its key; raises `NotFound`."""
    scope.demand(May.SEE_OUTBOX)
    row = _messages(scope).filter(partner_id=partner, key=key).first()
    if row is None:
        raise NotFound("there is no such message")
    return _message(row)


def of_ticket(scope: Scope, ticket: UUID) -> tuple[Message, ...]:
    """Return what was written about a ticket to anybody, the first first."""
    scope.demand(May.SEE_OUTBOX)
    return tuple(map(_message, _messages(scope).filter(ticket=ticket).order_by("written_at", "pk")))


def _inbox(scope: Scope) -> "QuerySet[models.Message]":
    mine = models.Message.objects.filter(person_id=scope.person, channel=Channel.INBOX, state=State.SENT, leader=None)
    if scope.person is None:
        return mine.none()
    # Whoever was staff once and is a client's reader now does not go on reading what staff were told.
    return scope.limit(mine if scope.is_staff else mine.filter(kind__startswith=FOR_CLIENTS))


def _endpoints(scope: Scope) -> "QuerySet[models.Endpoint]":
    return scope.limit(models.Endpoint.objects.select_related("person", "client"), client=None)


def _endpoint(row: models.Endpoint) -> Endpoint:
    return Endpoint(
        pk=row.pk,
        public_id=row.public_id,
        partner=row.partner_id,
        person=row.person_id,
        person_name=row.person.name if row.person else "",
        client=row.client_id,
        client_name=row.client.name if row.client else "",
        channel=Channel(row.channel),
        name=row.name,
        address=row.address,
        shown=row.shown,
        secret=row.secret,
        secret_before=row.secret_before,
        before_until=moment_if(row.before_until),
        is_on=row.is_on,
        closed_because=row.closed_because,
        closed_at=moment_if(row.closed_at),
        made_by=row.made_by_id,
        made_at=moment(row.made_at),
    )


def _messages(scope: Scope) -> "QuerySet[models.Message]":
    # Also what goes to a client is the partner's own to see here.
    return scope.limit(models.Message.objects.select_related("client", "person"), client=None)


def _message(row: models.Message) -> Message:
    return Message(
        pk=row.pk,
        public_id=row.public_id,
        partner=row.partner_id,
        client=row.client_id,
        client_name=row.client.name if row.client else "",
        ticket=row.ticket,
        key=row.key,
        kind=row.kind,
        channel=Channel(row.channel),
        person=row.person_id,
        address=row.address,
        route=row.route,
        recipient=row.person.name if row.person else row.address,
        fold=row.fold,
        subject=row.subject,
        text=row.text,
        html=row.html,
        details=row.details,
        written_at=moment(row.written_at),
        state=State(row.state),
        good_until=moment_if(row.good_until),
        due_at=moment_if(row.due_at),
        since_at=moment(row.since_at),
        leader=row.leader_id,
        parts=row.parts,
        tries=row.tries,
        error=row.error,
        sent_at=moment_if(row.sent_at),
        read_at=moment_if(row.read_at),
    )
