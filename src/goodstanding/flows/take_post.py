"""Take one message of a chat in: only what is signed, once, and make of it what is decided, with what waited for it."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from goodstanding.adapters.chat.post import Challenge, Post, Read, Unreadable
from goodstanding.adapters.chat.slack import read_slack
from goodstanding.adapters.chat.teams import read_teams
from goodstanding.adapters.outbound.signature import TOLERANCE, NotSigned, Why, verify_slack, verify_teams
from goodstanding.apps.chat import actions, queries
from goodstanding.apps.chat.queries import Channel, Workspace
from goodstanding.apps.desk import queries as desk
from goodstanding.apps.tenancy import queries as tenancy
from goodstanding.apps.tenancy.queries import Writer
from goodstanding.apps.tenancy.scope import Scope
from goodstanding.apps.tickets import actions as tickets_kept
from goodstanding.apps.tickets import queries as tickets
from goodstanding.apps.tickets.actions import IncomingTicket
from goodstanding.apps.tickets.queries import Happening, Ticket
from goodstanding.apps.unit import Conflict, together
from goodstanding.core.desk.events import Actor, Event, EventKind
from goodstanding.core.desk.letters import Because, Decision, On, Outcome, SenderKind, Told, thread_of
from goodstanding.core.desk.posts import PostCircumstances, PostKind, Service, decide_post
from goodstanding.flows.admit import spend
from goodstanding.flows.take_tickets import take_tickets

BAD_POST: Final = (Unreadable,)
"""Failures of the message itself: trying again would find the same."""
Step = Callable[[str], None]
_TITLE: Final = 120


@dataclass(frozen=True, slots=True)
class Heard:
    """What came of a request: a challenge to answer, a message that was taken, or nothing of ours.

    `ref` is the reference of the ticket that the message is in, empty where there is none; `again` says that it had come
    before; `elsewhere` that it was said in a channel that was not agreed on.
    """

    challenge: str = ""
    outcome: Outcome | None = None
    ref: str = ""
    again: bool = False
    elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class Took:
    """What became of a message; `new` is False for one that was there already."""

    post: queries.Post
    new: bool

    @property
    def outcome(self) -> Outcome:
        """What it became."""
        return self.post.outcome


def hear(
    service: Service,
    workspace: UUID,
    *,
    headers: Mapping[str, str],
    body: bytes,
    content_type: str,
    per_workspace: int,
    per_partner: int,
    now: datetime,
) -> Heard | None:
    """Take in what a chat says at one of our addresses; None where there is no such address or it is not to be trusted.

    `headers` are by lower-case name. Raises `TooMany`, and what `BAD_POST` lists for what is signed and still no message.
    """
    found = queries.workspace_called(workspace, service)
    if found is None:
        return None
    try:
        read = _genuine(found, headers, body, content_type, now)
    except (NotSigned, ValueError):
        return None
    spend(found, per_key=per_workspace, per_partner=per_partner, now=now)
    scope = Scope.everything("a chat tells what was said")
    actions.note_use(scope, found, now=now)
    if isinstance(read, Challenge):
        return Heard(challenge=read.text)
    if not isinstance(read, Post):
        return Heard()
    channel = queries.channel_agreed(scope, workspace=found.pk, channel=read.channel) if read.team == found.team else None
    if channel is None:
        return Heard(elsewhere=True)
    took = take_post(scope, channel=channel, post=read, now=now)
    ticket = took.post.ticket
    ref = "" if ticket is None else tickets.tickets_by_pk(scope, [ticket])[ticket].ref
    return Heard(outcome=took.outcome, ref=ref, again=not took.new)


def _genuine(workspace: Workspace, headers: Mapping[str, str], body: bytes, content_type: str, now: datetime) -> Read:
    """Read what is signed and young; Teams signs no time beside the body, so the message's own one counts."""
    if workspace.secret is None:
        raise NotSigned(Why.WRONG)
    secret = workspace.secret.open()
    if workspace.service is Service.SLACK:
        verify_slack(secret, headers, body, now=now)
        sent_at = datetime.fromtimestamp(int(headers["x-slack-request-timestamp"]), now.tzinfo)
        return read_slack(body, content_type, sent_at=sent_at)
    verify_teams(secret, headers, body)
    read = read_teams(body)
    if isinstance(read, Post) and abs(now - read.at) > TOLERANCE:
        raise ValueError("this message is too old, or from the future")
    return read


def take_post(scope: Scope, *, channel: Channel, post: Post, now: datetime, step: Step = lambda _: None) -> Took:
    """Take a message in, once, however often and in whatever order it comes; everything it becomes or nothing.

    `step` hears of each step that is done, inside the transaction.
    """
    with together():
        actions.hold_channel(scope, channel.pk)
        kept, new = actions.begin_post(scope, channel=channel, incoming=_incoming(post, now), now=now)
        if not new:
            return Took(kept, False)
        step("begun")
        return Took(become(scope, channel, kept, now=now, step=step), True)


def become(
    scope: Scope, channel: Channel, post: queries.Post, *, client: int | None = None, now: datetime, step: Step = lambda _: None
) -> queries.Post:
    """Make of a kept message what is decided, and then of what waits in its thread; the caller holds the transaction.

    `client` is the client whose message a person has said it is, in spite of what is known of its sender.
    """
    found = _found(scope, channel, post, client)
    decision = decide_post(found.circumstances)
    step("decided")
    done = _do(scope, channel, post, found, decision, now, step)
    if done.ticket is not None:
        for each in queries.waiting(scope, channel=channel.pk, thread=post.thread):
            later = _found(scope, channel, each, None)
            told = decide_post(later.circumstances)
            if told.outcome is not Outcome.WAITING:
                _do(scope, channel, each, later, told, now, step)
                step("followed")
    return done


def known_by(scope: Scope, post: queries.Post) -> tuple[str, Writer | None]:
    """Return the address that the sender of a message is known by and who that is; empty and None for a stranger."""
    linked = queries.address_of(scope, partner=post.partner, service=post.service, sender=post.sender)
    address = linked or post.sender_address
    return address, tenancy.writers(scope, partner=post.partner, addresses=[address]).get(address) if address else None


@dataclass(frozen=True, slots=True)
class _Found:
    """What was found out about a message, with the ticket it belongs to and what opened its thread."""

    circumstances: PostCircumstances
    ticket: Ticket | None
    opening: queries.Post | None
    who: str
    contact: str


def _found(scope: Scope, channel: Channel, post: queries.Post, said: int | None) -> _Found:
    address, writer = known_by(scope, post)
    if writer is None:
        sender, client = SenderKind.UNKNOWN, None
    elif writer.staff:
        sender, client = SenderKind.STAFF, channel.client if said is None else said
    else:
        sender, client = SenderKind.CLIENT, writer.client if said is None else said
    pk, opening, precedes = _place(scope, channel, post)
    thread = None if pk is None else thread_of(desk.cases(scope, [pk])[0], post.at)
    who = post.sender_name or (writer.name if writer else "") or address or post.sender
    circumstances = PostCircumstances(
        kind=post.kind,
        sender=sender,
        at=post.at,
        client=None if client is None else str(client),
        channel_client=None if channel.client is None else str(channel.client),
        thread=thread,
        precedes=precedes,
        is_reply=post.is_reply,
        asks=post.asks,
        bot=post.bot,
    )
    known = None if pk is None else tickets.tickets_by_pk(scope, [pk])[pk]
    return _Found(circumstances, known, opening, who, f"{who} <{address}>" if address and who != address else who)


def _place(scope: Scope, channel: Channel, post: queries.Post) -> tuple[int | None, queries.Post | None, bool]:
    """The ticket a message belongs to, the message that opened it, and whether this one was written before that."""
    if post.kind is not PostKind.WRITTEN:
        about = queries.post_by_name(scope, channel=channel.pk, name=post.about)
        return (about.ticket if about else None), None, False
    found = queries.threads(scope, channel=channel.pk, thread=post.thread)
    if not found:
        return None, None, False
    mine = next((each for each in reversed(found) if each.from_at <= post.at), found[0])
    precedes = post.at < found[0].from_at or (post.at == found[0].from_at and not post.is_reply)
    return mine.ticket, queries.post_by_pk(scope, mine.opening), precedes


def _do(
    scope: Scope, channel: Channel, post: queries.Post, found: _Found, decision: Decision, now: datetime, step: Step
) -> queries.Post:
    """Write what was decided; the caller holds the transaction."""
    ticket = None
    if decision.events:
        ticket, opened = _tell(scope, channel, post, found, decision, now)
        step("told")
        if opened or decision.because is Because.EARLIER:
            actions.set_thread(scope, channel=channel.pk, thread=post.thread, ticket=ticket, opening=post)
        step("threaded")
    ended = actions.end_post(scope, post, outcome=decision.outcome, because=decision.because or "", ticket=ticket)
    step("ended")
    return ended


def _tell(
    scope: Scope, channel: Channel, post: queries.Post, found: _Found, decision: Decision, now: datetime
) -> tuple[int, bool]:
    """Tell the tickets what happened; return the one that the message is in, and whether it was opened by it."""
    new = [each for each in decision.events if each.on is On.NEW]
    old = [each for each in decision.events if each.on is On.THREAD]
    client, known, ref, opened = found.circumstances.client, found.ticket, "", None
    if new and client is not None:
        ref = tickets_kept.next_number(scope, partner=channel.partner)
        incoming = IncomingTicket(
            ref=ref,
            client=int(client),
            title=_title(post.text),
            priority=channel.priority,
            team=channel.team,
            contact=found.contact,
            happenings=tuple(_happening(channel, post, found, each, ref) for each in new),
        )
        taken, _ = take_tickets(scope, partner=channel.partner, source=tickets_kept.OWN, tickets=[incoming], now=now)
        opened = taken.moved[0]
    if old and known is not None:
        happenings = tuple(_happening(channel, post, found, each, ref) for each in old)
        if decision.because is Because.EARLIER and found.opening is not None:
            happenings = _opened_earlier(scope, channel, happenings[0], found.opening, known)
        incoming = IncomingTicket(ref=known.ref, client=known.client, unmeasured=known.unmeasured, happenings=happenings)
        take_tickets(scope, partner=channel.partner, source=known.source, tickets=[incoming], now=now)
    if opened is not None:
        return opened, True
    if known is None:
        raise Conflict("what is told is told of a ticket")
    return known.pk, False


def _opened_earlier(
    scope: Scope, channel: Channel, opened: Happening, opening: queries.Post, ticket: Ticket
) -> tuple[Happening, ...]:
    """The opening that was found to be the earlier one, and the one before as the reply that it is."""
    source, before = _source(channel), _name(opening, EventKind.OPENED)
    was = tickets.happening(scope, ticket.pk, source=source, source_id=before)
    kind = EventKind.STAFF_REPLIED if was.event.actor is Actor.STAFF else EventKind.CLIENT_REPLIED
    reply = replace(was.event, kind=kind, source_id=_name(opening, kind), received_at=None)
    first = replace(opened.event, supersedes=before)
    return (Happening(first, opened.who, opened.text), Happening(reply, was.who, was.text))


def _happening(channel: Channel, post: queries.Post, found: _Found, told: Told, ref: str) -> Happening:
    event = Event(
        at=post.at,
        kind=told.kind,
        source=_source(channel),
        source_id=_name(post, told.kind),
        actor=told.actor,
        public=told.public,
        # Within a second the chat's own order counts.
        sequence=post.at.microsecond,
    )
    if told.kind is EventKind.REOPENED:
        return Happening(event, found.who)
    if post.kind is not PostKind.WRITTEN:
        said = f"Edited in the chat:\n\n{post.text}" if post.kind is PostKind.EDITED else "Deleted in the chat."
        return Happening(event, found.who, said)
    if told.kind is EventKind.NOTED and found.ticket is not None:
        old = found.ticket.ref
        said = f"Follows {old}, which was over." if told.on is On.NEW else f"The client wrote again: it goes on in {ref}."
        return Happening(event, "Chat", said)
    return Happening(event, found.who, post.text)


def _incoming(post: Post, now: datetime) -> actions.Incoming:
    return actions.Incoming(
        name=post.id,
        about=post.about,
        thread=post.thread or post.about,
        kind=post.kind,
        sender=post.sender,
        sender_name=post.sender_name,
        sender_address=post.sender_address,
        text=post.text,
        asks=post.asks,
        bot=post.bot,
        # A chat's clock that runs ahead of ours tells of nothing that has not happened.
        at=min(post.at, now),
    )


def _title(text: str) -> str:
    first = next((line.strip() for line in text.splitlines() if line.strip()), "No text")
    return first if len(first) <= _TITLE else f"{first[:_TITLE].rsplit(' ', 1)[0]} …"


def _source(channel: Channel) -> str:
    return f"chat.{channel.pk}"


def _name(post: queries.Post, kind: EventKind) -> str:
    name = post.name if len(post.name) <= 90 else hashlib.sha256(post.name.encode()).hexdigest()
    return f"{name}.{kind}"
