"""Changes to chats: what was agreed on, who writes there, and what became of each message, which is taken once."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import IntegrityError
from django.db.models import Q

from goodstanding.apps.chat import models, queries
from goodstanding.apps.chat.queries import Channel, Post, Sender, Workspace
from goodstanding.apps.tenancy import queries as tenancy
from goodstanding.apps.tenancy.roles import May
from goodstanding.apps.tenancy.scope import Scope
from goodstanding.apps.unit import Conflict, NotFound, together
from goodstanding.core.clocks.clock import EPOCH, second_of
from goodstanding.core.desk.letters import Outcome
from goodstanding.core.desk.posts import PostKind, Service

_LONGEST_NAME: Final = 120
_LONGEST_SECRET: Final = 200
_COARSE: Final = timedelta(minutes=1)
_MICROSECOND: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """A message that is to be kept, before anything is decided about it."""

    name: str
    about: str
    thread: str
    kind: PostKind
    sender: str
    sender_name: str
    sender_address: str
    text: str
    asks: bool
    bot: bool
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelSettings:
    """What people say of a channel; `client` is a primary key, None where it is several clients'."""

    channel: str
    name: str = ""
    client: int | None = None
    priority: str = ""
    team: str = ""


def connect(scope: Scope, *, partner: int, service: Service, team: str, name: str, secret: str, now: datetime) -> Workspace:
    """Keep a workspace that will tell us what is said, with what it signs with; until it has a secret nothing is taken.

    Raises `Conflict` without a name and for a secret that is none, `NotFound` for a partner outside the scope.
    """
    scope.demand(May.SET_MAIL)
    _own(scope, partner)
    if not name.strip() or len(name) > _LONGEST_NAME:
        raise Conflict(f"give it a name of at most {_LONGEST_NAME} letters")
    row = models.Workspace.objects.create(
        partner_id=partner,
        service=service,
        name=name.strip(),
        team=team,
        secret=_secret(secret) if secret.strip() else None,
        made_by_id=scope.person,
        made_at=second_of(now),
    )
    return queries.workspace(scope, row.public_id)


def change_secret(scope: Scope, public_id: UUID, *, secret: str) -> Workspace:
    """Keep another secret for a workspace; from now on only what that one signed is taken."""
    scope.demand(May.SET_MAIL)
    known = queries.workspace(scope, public_id)
    models.Workspace.objects.filter(pk=known.pk).update(secret=_secret(secret))
    return queries.workspace(scope, public_id)


def agree(scope: Scope, *, workspace: Workspace, settings: ChannelSettings) -> Channel:
    """Agree on a channel; raises `Conflict` for one that is agreed on already, `NotFound` for a client outside the scope."""
    scope.demand(May.SET_MAIL)
    _own(scope, workspace.partner)
    clients = {each.pk for each in tenancy.clients(scope) if each.partner == workspace.partner}
    if settings.client is not None and settings.client not in clients:
        raise NotFound("there is no such client")
    try:
        with together():
            row = models.Channel.objects.create(
                partner_id=workspace.partner,
                workspace_id=workspace.pk,
                channel=settings.channel,
                name=settings.name.strip()[:_LONGEST_NAME],
                client_id=settings.client,
                priority=settings.priority.strip()[:10],
                team=settings.team.strip()[:60],
            )
    except IntegrityError as error:
        raise Conflict("this channel is agreed on already") from error
    return queries.channel(scope, row.public_id)


def switch(scope: Scope, public_id: UUID, *, on: bool) -> Channel:
    """Begin or stop to take what is said in a channel; what was taken stays."""
    scope.demand(May.SET_MAIL)
    models.Channel.objects.filter(pk=queries.channel(scope, public_id).pk).update(is_on=on)
    return queries.channel(scope, public_id)


def know_sender(scope: Scope, *, partner: int, service: Service, sender: str, name: str, address: str) -> Sender:
    """Keep the address that somebody in a chat is known by; raises `NotFound` for a partner outside the scope."""
    scope.demand(May.SORT_MAIL)
    row, _ = models.Sender.objects.update_or_create(
        partner_id=_own(scope, partner), service=service, sender=sender, defaults={"name": name[:200], "address": address}
    )
    return queries.sender(scope, row.public_id)


def forget_sender(scope: Scope, public_id: UUID) -> Sender:
    """Forget whose name in a chat that is: what they write from now on is held. Raises `NotFound`."""
    scope.demand(May.SORT_MAIL)
    known = queries.sender(scope, public_id)
    models.Sender.objects.filter(pk=known.pk).delete()
    return known


def hold_channel(scope: Scope, pk: int) -> None:
    """Keep other messages of a channel from being taken until the caller's transaction ends: a thread is one story."""
    rows = scope.limit(models.Channel.objects.filter(pk=pk), client=None)
    list(rows.select_for_update().values_list("pk"))


def begin_post(scope: Scope, *, channel: Channel, incoming: Incoming, now: datetime) -> tuple[Post, bool]:
    """Keep a message; return it, and whether it is new. Within the caller's transaction."""
    _own(scope, channel.partner)
    try:
        with together():
            row = models.Post.objects.create(
                partner_id=channel.partner,
                channel_id=channel.pk,
                service=channel.service,
                name=incoming.name,
                about=incoming.about,
                thread=incoming.thread,
                kind=incoming.kind,
                sender=incoming.sender,
                sender_name=incoming.sender_name[:200],
                sender_address=incoming.sender_address[:254],
                text=incoming.text,
                asks=incoming.asks,
                bot=incoming.bot,
                at_us=_microseconds(incoming.at),
                taken_at=second_of(now),
                outcome=Outcome.WAITING,
            )
    except IntegrityError:
        known = models.Post.objects.get(channel_id=channel.pk, name=incoming.name)
        return queries.post_by_pk(scope, known.pk), False
    return queries.post_by_pk(scope, row.pk), True


def end_post(scope: Scope, post: Post, *, outcome: Outcome, because: str = "", ticket: int | None = None) -> Post:
    """Keep what became of a message; raises `Conflict` where something else became of it meanwhile."""
    rows = scope.limit(models.Post.objects.filter(pk=post.pk, outcome=post.outcome), client=None)
    changed = rows.update(outcome=outcome, because=because, ticket_id=ticket, sorted_by_id=scope.person)
    if changed != 1:
        raise Conflict("somebody else has sorted this message already")
    return queries.post_by_pk(scope, post.pk)


def discard(scope: Scope, public_id: UUID) -> Post:
    """Put a held message away; raises `NotFound`, and `Conflict` for one that is not held any more."""
    scope.demand(May.SORT_MAIL)
    known = queries.post(scope, public_id)
    if known.outcome is not Outcome.HELD:
        raise Conflict("somebody else has sorted this message already")
    return end_post(scope, known, outcome=Outcome.DISCARDED, because=known.because)


def set_thread(scope: Scope, *, channel: int, thread: str, ticket: int, opening: Post) -> None:
    """Keep which ticket a thread has from a message on; an earlier opening of the same ticket takes the later one's place."""
    _own(scope, opening.partner)
    models.Thread.objects.update_or_create(
        channel_id=channel,
        thread=thread,
        ticket_id=ticket,
        defaults={"from_us": _microseconds(opening.at), "opening_id": opening.pk},
    )


def note_use(scope: Scope, used: Workspace, *, now: datetime) -> None:
    """Remember that a workspace told us something, to the minute; whose it is was settled when it was let in."""
    if used.last_used_at is None or now - used.last_used_at >= _COARSE:
        before = Q(last_used_at=None) | Q(last_used_at__lt=second_of(now))
        models.Workspace.objects.filter(before, pk=used.pk).update(last_used_at=second_of(now))


def _secret(secret: str) -> str:
    wanted = secret.strip()
    if not 16 <= len(wanted) <= _LONGEST_SECRET:
        raise Conflict("this is no signing secret: copy it whole")
    return wanted


def _microseconds(at: datetime) -> int:
    return (at - EPOCH) // _MICROSECOND


def _own(scope: Scope, partner: int) -> int:
    if scope.partners is not None and partner not in scope.partners:
        raise NotFound("there is no such partner")
    return partner
