"""Changes to mailboxes and letters: each letter once, each mailbox read by one worker at a time."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import IntegrityError

from goodstanding.apps.documents import actions as documents
from goodstanding.apps.post import models, queries
from goodstanding.apps.post.queries import Letter, Mailbox, MailboxSettings
from goodstanding.apps.tenancy import queries as tenancy
from goodstanding.apps.tenancy.roles import May
from goodstanding.apps.tenancy.scope import Scope
from goodstanding.apps.unit import Conflict, NotFound, together
from goodstanding.apps.unit.bulk import insert_new
from goodstanding.core.clocks.clock import second_of
from goodstanding.core.desk.letters import Outcome

LEASE: Final = timedelta(minutes=5)
"""How long a mailbox is left to the worker that began to read it."""
_DOOR: Final = ("host", "port", "login", "security")
"""What a password is for: with another of these it would be shown to somebody else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """A letter that is to be kept, before anything is decided about it."""

    digest: str
    message_id: str
    kind: str
    sender: str
    sender_name: str
    subject: str
    text: str
    below: str
    left_out: tuple[tuple[str, int, str], ...]
    came_at: datetime


def set_up_mailbox(
    scope: Scope, *, partner: int, settings: MailboxSettings, secret: str, old_ones: bool, now: datetime
) -> Mailbox:
    """Set a new mailbox up; with `old_ones` what is in it already is taken too.

    Raises `Conflict` for an address that is a mailbox already and for settings that cannot be, `NotFound` for a partner or
    client outside the scope.
    """
    scope.demand(May.SET_MAIL)
    if scope.partners is not None and partner not in scope.partners:
        raise NotFound("there is no such partner")
    _check(scope, partner, settings, has_secret=bool(secret))
    at = second_of(now)
    try:
        with together():
            row = models.Mailbox.objects.create(
                partner_id=partner,
                secret=secret or None,
                not_before_at=None if old_ones else at,
                next_look_at=at if settings.host else None,
                **_columns(settings),
            )
    except IntegrityError as error:
        raise Conflict(f"{settings.address} is set up already") from error
    return queries.mailbox(scope, row.public_id)


def change_mailbox(scope: Scope, public_id: UUID, *, settings: MailboxSettings, secret: str, now: datetime) -> Mailbox:
    """Change a mailbox; an empty `secret` keeps the password, unless it would go to another server or login.

    Another folder or server is read from where taking began: letters that are known are not taken again. Raises as
    `set_up_mailbox` does.
    """
    scope.demand(May.SET_MAIL)
    known = queries.mailbox(scope, public_id)
    before, after = asdict(known.settings), asdict(settings)
    moved = any(before[name] != after[name] for name in _DOOR)
    _check(scope, known.partner, settings, has_secret=bool(secret) or (known.has_secret and not moved))
    columns = _columns(settings)
    if moved or before["folder"] != after["folder"]:
        columns |= {"uid_validity": 0, "last_uid": 0}
    if secret:
        # A queryset's update seals as a row's save does: it is the column that knows how.
        columns |= {"secret": secret}
    try:
        with together():
            models.Mailbox.objects.filter(pk=known.pk).update(
                failures=0, error="", advice="", next_look_at=second_of(now) if settings.host else None, **columns
            )
    except IntegrityError as error:
        raise Conflict(f"{settings.address} is set up already") from error
    return queries.mailbox(scope, public_id)


def claim(pk: int, *, now: datetime) -> Mailbox | None:
    """Take a mailbox to read it; None when another worker was quicker."""
    at = second_of(now)
    taken = models.Mailbox.objects.filter(pk=pk, is_on=True, next_look_at__lte=at).update(next_look_at=at + LEASE.seconds)
    return queries.mailbox_by_pk(Scope.everything("to read a mailbox"), pk) if taken == 1 else None


def has_read(scope: Scope, mailbox: int, *, validity: int, uid: int) -> None:
    """Keep how far a mailbox was read, never back within one validity."""
    rows = scope.limit(models.Mailbox.objects.filter(pk=mailbox), client=None)
    rows.exclude(uid_validity=validity, last_uid__gte=uid).update(uid_validity=validity, last_uid=uid)


def end_reading(
    scope: Scope, mailbox: int, *, now: datetime, next_look_at: datetime, error: str = "", advice: str = "", failures: int = 0
) -> None:
    """Keep how a reading ended and when the next one is due; `read_at` is the last one that went well."""
    rows = scope.limit(models.Mailbox.objects.filter(pk=mailbox), client=None)
    went_well = {} if error else {"read_at": second_of(now)}
    rows.update(next_look_at=second_of(next_look_at), error=error[:300], advice=advice[:300], failures=failures, **went_well)


def begin_letter(scope: Scope, *, partner: int, mailbox: int | None, incoming: Incoming, now: datetime) -> tuple[Letter, bool]:
    """Keep a letter; return it, and whether it is new: by another way, or from another run, it is there already.

    Raises `NotFound` for a partner outside the scope.
    """
    if scope.partners is not None and partner not in scope.partners:
        raise NotFound("there is no such partner")
    try:
        with together():
            row = models.Letter.objects.create(
                partner_id=partner,
                mailbox_id=mailbox,
                digest=incoming.digest,
                message_id=incoming.message_id[:1000],
                kind=incoming.kind,
                sender=incoming.sender[:254],
                sender_name=incoming.sender_name[:200],
                subject=incoming.subject[:300],
                text=incoming.text,
                below=incoming.below,
                left_out=[list(each) for each in incoming.left_out],
                came_at=second_of(incoming.came_at),
                taken_at=second_of(now),
                outcome=Outcome.HELD,
            )
    except IntegrityError:
        known = models.Letter.objects.get(partner_id=partner, digest=incoming.digest)
        return queries.letter_by_pk(scope, known.pk), False
    return queries.letter_by_pk(scope, row.pk), True


def end_letter(
    scope: Scope, letter: int, *, outcome: Outcome, because: str = "", ticket: int | None = None, original: int | None = None
) -> Letter:
    """Keep what became of a letter; raises `Conflict` where somebody else has said so meanwhile."""
    rows = scope.limit(models.Letter.objects.filter(pk=letter, outcome=Outcome.HELD), client=None)
    changed = rows.update(
        outcome=outcome, because=because, ticket_id=ticket, sorted_by_id=scope.person,
        **({} if original is None else {"original_id": original}),
    )  # fmt: skip
    if changed != 1:
        raise Conflict("somebody else has sorted this letter already")
    return queries.letter_by_pk(scope, letter)


def discard(scope: Scope, public_id: UUID) -> Letter:
    """Put a held letter away; raises `NotFound`, and `Conflict` for one that is not held any more."""
    scope.demand(May.SORT_MAIL)
    known = queries.letter(scope, public_id)
    return end_letter(scope, known.pk, outcome=Outcome.DISCARDED, because=known.because)


def name_messages(scope: Scope, *, partner: int, names: Iterable[tuple[str, int]], ours: bool = False) -> None:
    """Keep to which ticket answers to message ids belong, by their digests; one that is known keeps the ticket it has."""
    if scope.partners is not None and partner not in scope.partners:
        raise NotFound("there is no such partner")
    # In the order in which tickets are held by whoever judges them, so that neither waits for the other.
    rows = [(partner, digest, ticket, ours) for digest, ticket in sorted(names, key=lambda each: each[1])]
    insert_new(models.MessageName, ("partner", "digest", "ticket", "ours"), rows)


def attach(scope: Scope, letter: Letter, files: Sequence[tuple[str, str, bytes]], *, now: datetime) -> None:
    """Keep the files of a letter, each with its name and what its sender calls its type; the same again changes nothing."""
    for number, (name, kind, content) in enumerate(files, 1):
        kept = documents.keep(scope, partner=letter.partner, name=name, parts=[content], now=now)
        models.Attachment.objects.get_or_create(
            letter_id=letter.pk, number=number, defaults={"name": name[:150], "type": kind[:100], "document_id": kept.pk}
        )


def _check(scope: Scope, partner: int, settings: MailboxSettings, *, has_secret: bool) -> None:
    if "@" not in settings.address or len(settings.address) > 254:
        raise Conflict("give the mailbox its address, such as support@example.com")
    if settings.client is not None and settings.client not in {
        each.pk for each in tenancy.clients(scope) if each.partner == partner
    }:
        raise NotFound("there is no such client")
    if settings.host and not (settings.login and has_secret):
        raise Conflict("type the login and the password for that server")
    if not 0 < settings.port < 65_536:
        raise Conflict("a port is a number from 1 to 65535: 993 is usual")
    if settings.after == "move" and not settings.move_to:
        raise Conflict("name the folder that letters are moved to")


def _columns(settings: MailboxSettings) -> dict[str, object]:
    named = asdict(settings)
    named["client_id"] = named.pop("client")
    named["address"] = settings.address.strip().lower()
    return named
