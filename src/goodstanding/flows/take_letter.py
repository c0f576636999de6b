"""Take one letter in: read it, find whose it is and which ticket it answers, and make of it what is decided, as one."""

import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from goodstanding.adapters.mail.letter import Letter, Unreadable
from goodstanding.adapters.mail.parse import read, read_head
from goodstanding.apps.desk import queries as desk
from goodstanding.apps.documents import actions as documents_kept
from goodstanding.apps.documents import queries as documents
from goodstanding.apps.post import actions, queries
from goodstanding.apps.post.queries import Mailbox
from goodstanding.apps.tenancy import actions as tenancy_actions
from goodstanding.apps.tenancy import queries as tenancy
from goodstanding.apps.tenancy.roles import May
from goodstanding.apps.tenancy.scope import Scope
from goodstanding.apps.tickets import queries as tickets
from goodstanding.apps.tickets.actions import IncomingTicket
from goodstanding.apps.tickets.queries import Happening
from goodstanding.apps.unit import Conflict, NotFound, together
from goodstanding.core.desk.events import Actor, Event, EventKind
from goodstanding.core.desk.letters import (
    Because,
    Circumstances,
    Decision,
    LetterKind,
    On,
    Outcome,
    SenderKind,
    Thread,
    Told,
    decide,
    thread_of,
    when_it_came,
)
from goodstanding.flows.take_tickets import take_tickets

BAD_LETTER: Final = (Unreadable,)
"""Failures of the message itself: trying again would find the same."""
_REFERENCE: Final = re.compile(r"\[#([\w./-]{1,60})\]")
_ADDRESSES: Final = re.compile(r"[^\s<>,;:()\"']+@[^\s<>,;:()\"']+")
_QUEUED: Final = timedelta(days=7)
"""How long a mail server keeps trying: a line of it that is older was not written on this letter's way to us."""
LETTER_NAME: Final = 32
"""So much of a letter's digest begins the names of the events that it became."""
_REFERENCES: Final = (8, 12, 16, LETTER_NAME)
"""So much of it the reference of a ticket is made of: the first that is not another ticket's."""
Step = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Took:
    """What became of a letter; `new` is False for one that was there already."""

    letter: queries.Letter
    new: bool

    @property
    def outcome(self) -> Outcome:
        """What it became."""
        return self.letter.outcome


def take_letter(
    scope: Scope,
    *,
    partner: int,
    mailbox: Mailbox | None,
    message: bytes,
    came_at: datetime | None = None,
    now: datetime,
    step: Step = lambda _: None,
) -> Took:
    """Take a message in, once, whatever way and however often it comes; everything it becomes or nothing.

    `came_at` is when it reached the mailbox; without it the line of the last server on its way counts. `step` hears of each
    step that is done, inside the transaction. Raises what `BAD_LETTER` lists for bytes that are no letter.
    """
    letter = read(message, own=queries.own_addresses(scope, partner=partner))
    if came_at is None and letter.received_at is not None and now - _QUEUED <= letter.received_at:
        came_at = letter.received_at
    came = when_it_came(came_at, now)
    step("read")
    with together():
        kept, new = actions.begin_letter(
            scope, partner=partner, mailbox=mailbox.pk if mailbox else None, incoming=_incoming(letter, came), now=now
        )
        if not new:
            return Took(kept, False)
        step("begun")
        found = _found(scope, partner, mailbox, letter, came)
        decision = decide(found.circumstances)
        step("decided")
        return Took(_do(scope, kept, letter, message, mailbox, found, decision, now, step), True)


def hold_unread(
    scope: Scope, *, mailbox: Mailbox, message: bytes, whole: bool, came_at: datetime | None, now: datetime
) -> Took:
    """Keep a message that cannot be taken for a person to see: one too large, of which only the head came, or no letter."""
    digest = hashlib.sha256(message).hexdigest()
    came = when_it_came(came_at, now)
    try:
        head = read_head(message)
        incoming = replace(_incoming(head, came), digest=digest, text="", below="")
    except Unreadable:
        incoming = actions.Incoming(
            digest=digest, message_id="", kind=LetterKind.LETTER, sender="", sender_name="", subject="", text="", below="",
            left_out=(), came_at=came,
        )  # fmt: skip
    because = Because.UNREADABLE if whole else Because.TOO_LARGE
    with together():
        kept, new = actions.begin_letter(scope, partner=mailbox.partner, mailbox=mailbox.pk, incoming=incoming, now=now)
        return Took(actions.end_letter(scope, kept.pk, outcome=Outcome.HELD, because=because) if new else kept, new)


def sort_letter(
    scope: Scope, *, letter: UUID, client: UUID, remember: bool, now: datetime, step: Step = lambda _: None
) -> Took:
    """Say which client a held letter is from and take it as theirs, as of when it came; `remember` its sender for the next.

    A ticket it answers is written into only where that is the client's own; else it opens a new one. Raises `NotFound`
    outside the scope, and `Conflict` for a letter that is not held any more or whose content was not kept.
    """
    scope.demand(May.SORT_MAIL)
    kept = queries.letter(scope, letter)
    owner = tenancy.client(scope, client)
    if owner.partner != kept.partner:
        raise NotFound("there is no such client")
    if kept.outcome is not Outcome.HELD:
        raise Conflict("somebody else has sorted this letter already")
    if kept.original is None:
        raise Conflict("only the head of this letter was kept: look at it in the mailbox")
    message = b"".join(documents.parts(scope, kept.original))
    everything = Scope.everything("a person has said whose a letter is")
    mailbox = None if kept.mailbox is None else queries.mailbox_by_pk(everything, kept.mailbox)
    parsed = read(message)
    found = _found(everything, kept.partner, mailbox, parsed, kept.came_at)
    told = replace(
        found.circumstances,
        # A person has looked: it is a letter, and its sender is who they say.
        kind=LetterKind.LETTER,
        proven=None,
        client=str(owner.pk),
        sender=SenderKind.STAFF if found.circumstances.sender is SenderKind.STAFF else SenderKind.CLIENT,
    )
    if told.thread is not None and told.thread.client != str(owner.pk):
        found = replace(found, ticket=None)
        told = replace(told, thread=None)
    with together():
        if remember and told.sender is SenderKind.CLIENT and parsed.sender.email:
            tenancy_actions.add_contact(scope, client=owner.pk, address=parsed.sender.email, name=parsed.sender.name)
        found = replace(found, circumstances=told)
        return Took(_do(scope, kept, parsed, message, mailbox, found, decide(told), now, step), False)


def name_sent(scope: Scope, *, partner: int, names: Iterable[tuple[str, int]]) -> None:
    """Keep which messages we sent about which ticket, by their names as in the header: answers and bounces find it so."""
    actions.name_messages(scope, partner=partner, names=[(_digest(name), ticket) for name, ticket in names], ours=True)


@dataclass(frozen=True, slots=True)
class _Found:
    """What was found out about a letter, with the ticket it answers."""

    circumstances: Circumstances
    ticket: tickets.Ticket | None
    who: str


def _found(scope: Scope, partner: int, mailbox: Mailbox | None, letter: Letter, came: datetime) -> _Found:
    people = tenancy.writers(
        scope, partner=partner, addresses=[letter.sender.email, *(each.email for each in letter.recipients)]
    )
    writer = people.get(letter.sender.email)
    fallback = mailbox.settings.client if mailbox else None
    if writer is not None and writer.staff:
        # Staff write about the one client they write to.
        about = {found.client for each in letter.recipients if (found := people.get(each.email)) and found.client is not None}
        kind, client = SenderKind.STAFF, about.pop() if len(about) == 1 else fallback
    else:
        client = writer.client if writer else fallback
        kind = SenderKind.UNKNOWN if client is None else SenderKind.CLIENT
    ticket, thread = _thread(scope, partner, letter, kind, client, came)
    # Whole addresses: `ria@mail.example` is somebody else than `maria@mail.example`, and not to be told to the client.
    named = frozenset(_ADDRESSES.findall(ticket.contact.lower())) if ticket is not None else frozenset()
    reached = thread is not None and ticket is not None and any(
        each.email in named
        or ((found := people.get(each.email)) is not None and str(found.client) == thread.client)
        for each in letter.recipients
    )  # fmt: skip
    circumstances = Circumstances(
        kind=letter.kind,
        sender=kind,
        at=came,
        client=None if client is None else str(client),
        thread=thread,
        reaches_client=reached,
        proven=_proven(letter, mailbox.settings.checked_by if mailbox else ""),
    )
    name = letter.sender.name or (writer.name if writer else "") or letter.sender.email
    return _Found(circumstances, ticket, name)


def _thread(
    scope: Scope, partner: int, letter: Letter, sender: SenderKind, client: int | None, came: datetime
) -> tuple[tickets.Ticket | None, Thread | None]:
    """The ticket a letter answers: by message id first, else by a reference in its subject."""
    pk = None
    if letter.failure is not None and letter.failure.message_id:
        pk = queries.ticket_of_names(scope, partner=partner, digests=[_digest(letter.failure.message_id)], ours=True)
    if pk is None and letter.failure is None:
        pk = queries.ticket_of_names(scope, partner=partner, digests=map(_digest, letter.answered))
    if pk is not None:
        return _ticket(scope, pk), thread_of(desk.cases(scope, [pk])[0], came)
    if letter.failure is not None:
        return None, None
    for reference in _REFERENCE.findall(letter.subject)[:5]:
        pks = tickets.tickets_by_ref(scope, partner=partner, ref=reference)
        threads = {int(case.ticket): thread_of(case, came) for case in desk.cases(scope, pks)}
        # Two sources may use one reference: of those the sender's own counts, and for staff only one that is alone.
        mine = [each for each in pks if threads[each].client == str(client)]
        chosen = mine or (list(pks) if len(pks) == 1 or sender is not SenderKind.STAFF else [])
        if chosen:
            return _ticket(scope, chosen[-1]), threads[chosen[-1]]
    return None, None


def _ticket(scope: Scope, pk: int) -> tickets.Ticket:
    return tickets.tickets_by_pk(scope, [pk])[pk]


def _proven(letter: Letter, checked_by: str) -> bool | None:
    """What the mailbox's own server found about the sender; other servers' findings are anybody's to write (RFC 8601)."""
    if not checked_by:
        return None
    told: dict[str, str] = {}
    for server, way, result in letter.checks:
        if server == checked_by.lower():
            told.setdefault(way, result)
    if told.get("dmarc") == "pass":
        return True
    if not told or "fail" in (told.get("dmarc"), told.get("dkim"), told.get("spf")):
        return False
    return None


def _do(
    scope: Scope,
    kept: queries.Letter,
    letter: Letter,
    message: bytes,
    mailbox: Mailbox | None,
    found: _Found,
    decision: Decision,
    now: datetime,
    step: Step,
) -> queries.Letter:
    """Write what was decided; the caller holds the transaction."""
    everything = Scope.everything("a letter becomes what was decided")
    if decision.outcome is Outcome.HELD:
        original = documents_kept.keep(
            everything, partner=kept.partner, name=f"letter-{kept.public_id}.eml", parts=[message], now=now
        )
        return actions.end_letter(scope, kept.pk, outcome=Outcome.HELD, because=decision.because or "", original=original.pk)
    digest = _letter_digest(letter)
    ticket = None if found.ticket is None or not decision.events else found.ticket.pk
    if decision.events:
        ref = _free_reference(everything, kept.partner, _source(mailbox), digest)
        told = _told(everything, kept.partner, mailbox, letter, found, decision, digest, ref)
        for source, incoming in told:
            taken, _ = take_tickets(everything, partner=kept.partner, source=source, tickets=[incoming], now=now)
            if incoming.ref == ref and taken.new_tickets:
                ticket = taken.moved[0]
        step("told")
        if ticket is not None:
            if letter.kind is not LetterKind.BOUNCE:
                actions.name_messages(everything, partner=kept.partner, names=[(_digest(letter.message_id), ticket)])
            step("named")
            files = [(each.name, each.type, each.content) for each in letter.attachments]
            if decision.outcome not in (Outcome.NOTED, Outcome.AUTO_REPLIED) or letter.kind is LetterKind.LETTER:
                actions.attach(everything, kept, files, now=now)
            step("attached")
    ended = actions.end_letter(scope, kept.pk, outcome=decision.outcome, because=decision.because or "", ticket=ticket)
    step("ended")
    return ended


def _told(
    scope: Scope,
    partner: int,
    mailbox: Mailbox | None,
    letter: Letter,
    found: _Found,
    decision: Decision,
    digest: str,
    ref: str,
) -> list[tuple[str, IncomingTicket]]:
    """The tickets that are told of, each with its source and the events for it."""
    source = _source(mailbox)
    incoming = []
    new = [each for each in decision.events if each.on is On.NEW]
    if new:
        if found.circumstances.client is None:
            raise Conflict("a ticket needs a client")
        settings = mailbox.settings if mailbox else None
        contact = f"{letter.sender.name} <{letter.sender.email}>" if letter.sender.name else letter.sender.email
        incoming.append(
            (
                source,
                IncomingTicket(
                    ref=ref,
                    client=int(found.circumstances.client),
                    title=_REFERENCE.sub("", letter.subject).strip() or "No subject",
                    priority=settings.priority if settings else "",
                    team=settings.team if settings else "",
                    contact=contact,
                    happenings=tuple(_happening(each, letter, found, source, digest, ref) for each in new),
                ),
            )
        )
    old = [each for each in decision.events if each.on is On.THREAD]
    if old and found.ticket is not None:
        known = found.ticket
        incoming.append(
            (
                known.source,
                IncomingTicket(
                    ref=known.ref,
                    client=known.client,
                    unmeasured=known.unmeasured,
                    happenings=tuple(_happening(each, letter, found, source, digest, ref) for each in old),
                ),
            )
        )
    return incoming


def _happening(told: Told, letter: Letter, found: _Found, source: str, digest: str, ref: str) -> Happening:
    event = Event(
        at=found.circumstances.at,
        kind=told.kind,
        source=source,
        source_id=f"{digest[:LETTER_NAME]}.{told.kind}",
        actor=told.actor,
        public=told.public,
    )
    if told.kind is EventKind.REOPENED:
        return Happening(event, found.who)
    if letter.failure is not None:
        failed = letter.failure
        said = " ".join(each for each in (failed.status, failed.reason) if each) or "no reason given"
        verb = "Not delivered" if failed.final else "Not yet delivered"
        return Happening(event, "Mail", f"{verb} to {failed.recipient or 'an address that is not named'}: {said}")
    if told.kind is EventKind.NOTED and told.actor is Actor.SYSTEM and found.ticket is not None:
        old = found.ticket.ref
        said = f"Follows {old}, which was over." if told.on is On.NEW else f"The client wrote again: it goes on in {ref}."
        return Happening(event, "Mail", said)
    left = [f"{each.name} ({each.size:,} bytes) was not kept." for each in letter.left_out]
    return Happening(event, found.who, "\n\n".join(each for each in (letter.text, *left) if each))


def _free_reference(scope: Scope, partner: int, source: str, digest: str) -> str:
    """The reference of the ticket that a letter opens.

    Short ones meet by chance, and whoever writes can choose a letter's name until they do: what is told under a reference
    that is taken would be told of that ticket, whosever it is.
    """
    wanted = [f"M-{digest[:letters].upper()}" for letters in _REFERENCES]
    taken = tickets.ticket_pks_by_ref(scope, partner=partner, source=source, refs=wanted)
    return next(each for each in wanted if each not in taken)


def _source(mailbox: Mailbox | None) -> str:
    """The name of the source that a mailbox is; sources have short names."""
    address = mailbox.address if mailbox else "pipe"
    return f"mail:{address}" if len(address) <= 55 else f"mail:{_digest(address)[:40]}"


def _incoming(letter: Letter, came: datetime) -> actions.Incoming:
    return actions.Incoming(
        digest=_letter_digest(letter),
        message_id=letter.message_id,
        kind=letter.kind,
        sender=letter.sender.email,
        sender_name=letter.sender.name,
        subject=letter.subject,
        text=letter.text,
        below=letter.below,
        left_out=tuple((each.name, each.size, each.because.value) for each in letter.left_out),
        came_at=came,
    )


def _letter_digest(letter: Letter) -> str:
    """A letter's name. The sender is part of it: nobody keeps another's letter out by using its message id first."""
    return _digest(f"{letter.message_id}\n{letter.sender.email}")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
