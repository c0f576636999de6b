"""Questions about chats: the workspaces and channels that were agreed on, who writes there, and what waits for a person."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from goodstanding.apps.chat import models
from goodstanding.apps.tenancy.roles import May
from goodstanding.apps.tenancy.scope import Scope
from goodstanding.apps.unit import NotFound
from goodstanding.apps.unit.sealed import Sealed
from goodstanding.core.clocks.clock import EPOCH, moment, moment_if
from goodstanding.core.desk.letters import Outcome
from goodstanding.core.desk.posts import PostKind, Service


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """Where a chat tells us what was said."""

    pk: int
    public_id: UUID
    partner: int
    service: Service
    name: str
    team: str
    secret: Sealed | None
    """Without one, nothing that comes in is trusted."""
    made_at: datetime
    made_by: str
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A channel that was agreed on; `client` is a primary key, None where it is several clients'."""

    pk: int
    public_id: UUID
    partner: int
    workspace: int
    service: Service
    channel: str
    name: str
    client: int | None
    client_name: str
    priority: str
    team: str
    is_on: bool


@dataclass(frozen=True, slots=True)
class Sender:
    """Somebody's name in a chat and the address by which they are known."""

    pk: int
    public_id: UUID
    service: Service
    sender: str
    name: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A message that came, with what became of it; `at` tells microseconds apart."""

    pk: int
    public_id: UUID
    partner: int
    channel: int
    channel_name: str
    client: int | None
    """Of the channel."""
    name: str
    about: str
    thread: str
    kind: PostKind
    service: Service
    sender: str
    sender_name: str
    sender_address: str
    text: str
    asks: bool
    bot: bool
    at: datetime
    outcome: Outcome
    because: str
    ticket: int | None

    @property
    def is_reply(self) -> bool:
        """Whether it stands in a thread that another message began."""
        return self.thread != self.about


@dataclass(frozen=True, slots=True)
class Thread:
    """A ticket of a thread, since when, and the message that opened it."""

    ticket: int
    from_at: datetime
    opening: int


def workspace_called(public_id: UUID, service: Service) -> Workspace | None:
    """Return the workspace whose messages come in at an address; None where there is none of that service."""
    row = models.Workspace.objects.select_related("made_by").filter(public_id=public_id, service=service).first()
    return None if row is None else _workspace(row)


def workspaces(scope: Scope) -> tuple[Workspace, ...]:
    """Return the workspaces of the partners in scope, by name."""
    scope.demand(May.SEE_MAIL)
    rows = scope.limit(models.Workspace.objects.select_related("made_by"), client=None)
    return tuple(map(_workspace, rows.order_by("name", "pk")))


def workspace(scope: Scope, public_id: UUID) -> Workspace:
    """Return a workspace in scope; raises `NotFound`."""
    scope.demand(May.SEE_MAIL)
    rows = models.Workspace.objects.select_related("made_by").filter(public_id=public_id)
    row = scope.limit(rows, client=None).first()
    if row is None:
        raise NotFound("there is no such workspace")
    return _workspace(row)


def channels(scope: Scope) -> tuple[Channel, ...]:
    """Return the channels that the partners in scope have agreed on, by name."""
    scope.demand(May.SEE_MAIL)
    return tuple(map(_channel, _channels(scope).order_by("name", "channel")))


def channel(scope: Scope, public_id: UUID) -> Channel:
    """Return a channel in scope; raises `NotFound`."""
    scope.demand(May.SEE_MAIL)
    row = _channels(scope).filter(public_id=public_id).first()
    if row is None:
        raise NotFound("there is no such channel")
    return _channel(row)


def channel_agreed(scope: Scope, *, workspace: int, channel: str) -> Channel | None:
    """Return the channel that a workspace knows by an id; None where it was not agreed on, or is off."""
    row = _channels(scope).filter(workspace_id=workspace, channel=channel, is_on=True).first()
    return None if row is None else _channel(row)


def channel_by_pk(scope: Scope, pk: int) -> Channel:
    """Return a channel in scope; raises `NotFound`."""
    row = _channels(scope).filter(pk=pk).first()
    if row is None:
        raise NotFound("there is no such channel")
    return _channel(row)


def senders(scope: Scope) -> tuple[Sender, ...]:
    """Return who is known of those who write in chats, by address."""
    scope.demand(May.SEE_MAIL)
    rows = scope.limit(models.Sender.objects.all(), client=None).order_by("address", "pk")
    return tuple(map(_sender, rows))


def sender(scope: Scope, public_id: UUID) -> Sender:
    """Return somebody who writes in a chat, in scope; raises `NotFound`."""
    scope.demand(May.SEE_MAIL)
    row = scope.limit(models.Sender.objects.filter(public_id=public_id), client=None).first()
    if row is None:
        raise NotFound("there is no such sender")
    return _sender(row)


def address_of(scope: Scope, *, partner: int, service: Service, sender: str) -> str:
    """Return the address that somebody in a chat is known by, empty where nobody has said so."""
    rows = models.Sender.objects.filter(partner_id=partner, service=service, sender=sender)
    row = scope.limit(rows, client=None).first()
    return row.address if row else ""


def post(scope: Scope, public_id: UUID) -> Post:
    """Return a message in scope; raises `NotFound`."""
    return _one(scope, public_id=public_id)


def post_by_pk(scope: Scope, pk: int) -> Post:
    """Return a message in scope; raises `NotFound`."""
    return _one(scope, pk=pk)


def post_by_name(scope: Scope, *, channel: int, name: str) -> Post | None:
    """Return a message of a channel by its name; None where it has not come."""
    row = _posts(scope).filter(channel_id=channel, name=name).first()
    return None if row is None else _post(row)


def held(scope: Scope, *, limit: int = 200) -> tuple[Post, ...]:
    """Return the messages that wait for a person to say whose they are, the oldest first."""
    scope.demand(May.SEE_MAIL)
    rows = _posts(scope).filter(outcome=Outcome.HELD).order_by("at_us", "pk")
    return tuple(map(_post, rows[:limit]))


def held_count(scope: Scope) -> int:
    """Return how many messages are held."""
    scope.demand(May.SEE_MAIL)
    return _posts(scope).filter(outcome=Outcome.HELD).count()


def held_of(scope: Scope, *, partner: int, service: Service, sender: str) -> tuple[Post, ...]:
    """Return every message of somebody that is held, the oldest first."""
    rows = _posts(scope).filter(partner_id=partner, service=service, sender=sender, outcome=Outcome.HELD)
    return tuple(map(_post, rows.order_by("at_us", "pk")))


def waiting(scope: Scope, *, channel: int, thread: str) -> tuple[Post, ...]:
    """Return what waits in a thread for what it belongs to, the oldest first."""
    rows = _posts(scope).filter(channel_id=channel, thread=thread, outcome=Outcome.WAITING)
    return tuple(map(_post, rows.order_by("at_us", "pk")))


def threads(scope: Scope, *, channel: int, thread: str) -> tuple[Thread, ...]:
    """Return the tickets of a thread, the first one first."""
    rows = models.Thread.objects.filter(channel_id=channel, thread=thread).order_by("from_us", "pk")
    rows = scope.limit(rows, partner="channel__partner_id", client=None)
    return tuple(Thread(row.ticket_id, _instant(row.from_us), row.opening_id) for row in rows)


def _instant(microseconds: int) -> datetime:
    """Return an instant kept in microseconds."""
    return EPOCH + timedelta(microseconds=microseconds)


def _one(scope: Scope, **which: Any) -> Post:
    row = _posts(scope).filter(**which).first()
    if row is None:
        raise NotFound("there is no such message")
    return _post(row)


def _channels(scope: Scope) -> Any:
    return scope.limit(models.Channel.objects.select_related("client", "workspace"), client=None)


def _posts(scope: Scope) -> Any:
    return scope.limit(models.Post.objects.select_related("channel"), client=None)


def _workspace(row: models.Workspace) -> Workspace:
    return Workspace(
        pk=row.pk,
        public_id=row.public_id,
        partner=row.partner_id,
        service=Service(row.service),
        name=row.name,
        team=row.team,
        secret=row.secret,
        made_at=moment(row.made_at),
        made_by=row.made_by.name if row.made_by else "",
        last_used_at=moment_if(row.last_used_at),
    )


def _channel(row: models.Channel) -> Channel:
    return Channel(
        pk=row.pk,
        public_id=row.public_id,
        partner=row.partner_id,
        workspace=row.workspace_id,
        service=Service(row.workspace.service),
        channel=row.channel,
        name=row.name or row.channel,
        client=row.client_id,
        client_name=row.client.name if row.client else "",
        priority=row.priority,
        team=row.team,
        is_on=row.is_on,
    )


def _sender(row: models.Sender) -> Sender:
    return Sender(row.pk, row.public_id, Service(row.service), row.sender, row.name, row.address)


def _post(row: models.Post) -> Post:
    return Post(
        pk=row.pk,
        public_id=row.public_id,
        partner=row.partner_id,
        channel=row.channel_id,
        channel_name=row.channel.name or row.channel.channel,
        client=row.channel.client_id,
        name=row.name,
        about=row.about,
        thread=row.thread,
        kind=PostKind(row.kind),
        service=Service(row.service),
        sender=row.sender,
        sender_name=row.sender_name,
        sender_address=row.sender_address,
        text=row.text,
        asks=row.asks,
        bot=row.bot,
        at=_instant(row.at_us),
        outcome=Outcome(row.outcome),
        because=row.because,
        ticket=row.ticket_id,
    )
