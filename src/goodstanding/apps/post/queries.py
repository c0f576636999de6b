"""Questions about mailboxes and letters. The password of a mailbox leaves by `secret_of` alone."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from goodstanding.apps.post import models
from goodstanding.apps.tenancy.roles import May
from goodstanding.apps.tenancy.scope import Scope
from goodstanding.apps.unit import NotFound
from goodstanding.apps.unit.sealed import SealBroken
from goodstanding.core.clocks.clock import moment, moment_if, second_of
from goodstanding.core.desk.letters import Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxSettings:
    """What people say of a mailbox, but for its password; without a host, letters are piped in."""

    address: str
    host: str = ""
    port: int = 993
    login: str = ""
    security: str = "tls"
    folder: str = "INBOX"
    after: str = "leave"
    move_to: str = ""
    checked_by: str = ""
    """The name by which the server signs what it found about senders (Authentication-Results); empty trusts senders."""
    client: int | None = None
    """Whose letters these are, where the sender is not known otherwise."""
    priority: str = ""
    team: str = ""
    is_on: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """A mailbox with how its reading goes."""

    pk: int
    public_id: UUID
    partner: int
    settings: MailboxSettings
    client_name: str
    has_secret: bool
    not_before_at: datetime | None
    uid_validity: int
    last_uid: int
    failures: int
    error: str
    advice: str
    read_at: datetime | None
    next_look_at: datetime | None

    @property
    def address(self) -> str:
        """The address that people write to."""
        return self.settings.address


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A letter that came, with what became of it."""

    pk: int
    public_id: UUID
    partner: int
    mailbox: int | None
    address: str
    """Of the mailbox, empty for one that is gone."""
    sender: str
    sender_name: str
    subject: str
    text: str
    came_at: datetime
    outcome: Outcome
    because: str
    ticket: int | None
    original: UUID | None
    """The document that holds it as it came, where it is held."""


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """A file that hung on a letter."""

    name: str
    size: int
    document: UUID
    sender: str
    type: str
    """What its sender calls it, which may be anything."""
    letter: str
    """The digest of the letter it hung on."""


def mailboxes(scope: Scope) -> tuple[Mailbox, ...]:
    """Return the mailboxes in scope, by address."""
    return tuple(map(_mailbox, _mailboxes(scope).order_by("address")))


def mailbox(scope: Scope, public_id: UUID) -> Mailbox:
    """Return a mailbox in scope; raises `NotFound`."""
    return _one(_mailboxes(scope).filter(public_id=public_id))


def mailbox_by_pk(scope: Scope, pk: int) -> Mailbox:
    """Return a mailbox in scope; raises `NotFound`."""
    return _one(_mailboxes(scope).filter(pk=pk))


def mailbox_by_address(scope: Scope, *, partner: int, address: str) -> Mailbox:
    """Return a partner's mailbox by its address; raises `NotFound`."""
    return _one(_mailboxes(scope).filter(partner_id=partner, address=address.strip().lower()))


def own_addresses(scope: Scope, *, partner: int) -> frozenset[str]:
    """Return the addresses of a partner's mailboxes: what comes from them is our own."""
    rows = scope.limit(models.Mailbox.objects.filter(partner_id=partner), client=None)
    return frozenset(rows.values_list("address", flat=True))


def due(now: datetime) -> tuple[int, ...]:
    """Return the mailboxes that are to be read by now, the longest due first; for the worker."""
    rows = models.Mailbox.objects.filter(is_on=True, next_look_at__lte=second_of(now)).order_by("next_look_at", "pk")
    return tuple(rows.values_list("pk", flat=True))


def secret_of(scope: Scope, mailbox: int) -> str:
    """Return the password of a mailbox; empty where there is none, or where the key it was sealed with is gone."""
    scope.demand(May.SET_MAIL)
    row = scope.limit(models.Mailbox.objects.filter(pk=mailbox), client=None).first()
    if row is None:
        raise NotFound("there is no such mailbox")
    try:
        return row.secret.open() if row.secret is not None else ""
    except SealBroken:
        return ""


def ticket_of_names(scope: Scope, *, partner: int, digests: Iterable[str], ours: bool = False) -> int | None:
    """Return the ticket of the first of these message ids that is known, or None; with `ours` only of those we sent."""
    wanted = list(digests)[:200]
    rows = scope.limit(models.MessageName.objects.filter(partner_id=partner, digest__in=wanted), client=None)
    if ours:
        rows = rows.filter(ours=True)
    known = dict(rows.values_list("digest", "ticket_id"))
    return next((known[each] for each in wanted if each in known), None)


def held(scope: Scope, *, limit: int = 200) -> tuple[Letter, ...]:
    """Return the letters that wait for a person to say whose they are, the oldest first."""
    rows = _letters(scope).filter(outcome=Outcome.HELD).order_by("came_at", "pk")
    return tuple(map(_letter, rows[:limit]))


def held_count(scope: Scope) -> int:
    """Return how many letters are held."""
    return _letters(scope).filter(outcome=Outcome.HELD).count()


def letter(scope: Scope, public_id: UUID) -> Letter:
    """Return a letter in scope; raises `NotFound`."""
    row = _letters(scope).filter(public_id=public_id).first()
    if row is None:
        raise NotFound("there is no such letter")
    return _letter(row)


def letter_by_pk(scope: Scope, pk: int) -> Letter:
    """Return a letter in scope; raises `NotFound`."""
    row = _letters(scope).filter(pk=pk).first()
    if row is None:
        raise NotFound("there is no such letter")
    return _letter(row)


def attached(scope: Scope, *, ticket: int) -> tuple[AttachedFile, ...]:
    """Return the files that hung on a ticket's letters, in the order they came."""
    rows = scope.limit(models.Attachment.objects.filter(letter__ticket_id=ticket), partner="letter__partner_id", client=None)
    rows = rows.select_related("document", "letter").order_by("letter__came_at", "letter_id", "number")
    return tuple(
        AttachedFile(row.name, row.document.size, row.document.public_id, row.letter.sender, row.type, row.letter.digest)
        for row in rows
    )


def _mailboxes(scope: Scope) -> "QuerySet[models.Mailbox]":
    return scope.limit(models.Mailbox.objects.select_related("client"), client=None)


def _letters(scope: Scope) -> "QuerySet[models.Letter]":
    return scope.limit(models.Letter.objects.select_related("mailbox", "original"), client=None)


def _one(rows: "QuerySet[models.Mailbox]") -> Mailbox:
    row = rows.first()
    if row is None:
        raise NotFound("there is no such mailbox")
    return _mailbox(row)


def _mailbox(row: models.Mailbox) -> Mailbox:
    settings = MailboxSettings(
        address=row.address,
        host=row.host,
        port=row.port,
        login=row.login,
        security=row.security,
        folder=row.folder,
        after=row.after,
        move_to=row.move_to,
        checked_by=row.checked_by,
        client=row.client_id,
        priority=row.priority,
        team=row.team,
        is_on=row.is_on,
    )
    return Mailbox(
        pk=row.pk,
        public_id=row.public_id,
        partner=row.partner_id,
        settings=settings,
        client_name=row.client.name if row.client else "",
        has_secret=row.secret is not None,
        not_before_at=moment_if(row.not_before_at),
        uid_validity=row.uid_validity,
        last_uid=row.last_uid,
        failures=row.failures,
        error=row.error,
        advice=row.advice,
        read_at=moment_if(row.read_at),
        next_look_at=moment_if(row.next_look_at),
    )


def _letter(row: models.Letter) -> Letter:
    return Letter(
        pk=row.pk,
        public_id=row.public_id,
        partner=row.partner_id,
        mailbox=row.mailbox_id,
        address=row.mailbox.address if row.mailbox else "",
        sender=row.sender,
        sender_name=row.sender_name,
        subject=row.subject,
        text=row.text,
        came_at=moment(row.came_at),
        outcome=Outcome(row.outcome),
        because=row.because,
        ticket=row.ticket_id,
        original=row.original.public_id if row.original else None,
    )
