"""Read the mailboxes that are due: each letter taken once, each mailbox on its own, so that a broken one stops no other."""

import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from goodstanding.adapters.mail import imap, reach
from goodstanding.adapters.mail.imap import Account, After, Allow, Fetched, Patience, Place, Security
from goodstanding.adapters.mail.letter import LIMITS
from goodstanding.adapters.outbound.trouble import Refused, Trouble
from goodstanding.apps.post import actions, queries
from goodstanding.apps.post.queries import Mailbox
from goodstanding.apps.tenancy.roles import May
from goodstanding.apps.tenancy.scope import Scope
from goodstanding.flows.take_letter import BAD_LETTER, hold_unread, take_letter

EVERY: Final = timedelta(seconds=60)
MOST: Final = 50
"""Letters a visit: the rest is taken at once, but after the others had their turn."""
_LONGEST_WAIT: Final = timedelta(hours=1)
_WHILE_SOMEBODY_WAITS: Final = Patience(connect=3.0, answer=5.0, visit=10.0)
_AFTER_A_NO: Final = timedelta(minutes=10)
"""Servers lock accounts that are tried with a wrong password again and again."""


@dataclass(frozen=True, slots=True)
class Visit:
    """How the reading of a mailbox went: how many letters were new, and what ended it early, if something did."""

    mailbox: Mailbox
    letters: int
    more: bool = False
    error: Exception | None = None


@dataclass(frozen=True, slots=True)
class Looked:
    """What trying a mailbox found: how many letters would be taken, or in words what is wrong."""

    waiting: int | None
    said: str = ""
    advice: str = ""


def read_mailboxes(
    *,
    clock: Callable[[], datetime],
    allow: Allow = reach.public,
    tls: ssl.SSLContext | None = None,
    most: int = MOST,
    step: Callable[[str], None] = lambda _: None,
) -> tuple[Visit, ...]:
    """Read every mailbox that is due and return how each visit went; none of them ends the others.

    `clock` is read by the door, since a visit takes longer than the moment it began in. `allow` says which address a host
    may be connected to, `tls` which authorities are believed. `step` hears of each step, for tests to interrupt there.
    """
    visits = []
    for pk in queries.due(clock()):
        mailbox = actions.claim(pk, now=clock())
        if mailbox is not None:
            visits.append(_visit(mailbox, clock, allow, tls, most, step))
    return tuple(visits)


def look_into(scope: Scope, mailbox: UUID, *, allow: Allow = reach.public, tls: ssl.SSLContext | None = None) -> Looked:
    """Try a mailbox without taking anything; raises `NotFound` outside the scope."""
    scope.demand(May.SET_MAIL)
    found = queries.mailbox(scope, mailbox)
    account, since = _account(scope, found), Place(found.uid_validity, found.last_uid)
    try:
        with imap.opened(account, allow=allow, since=since, tls=tls, patience=_WHILE_SOMEBODY_WAITS) as box:
            return Looked(len(box.uids(found.not_before_at)))
    except Trouble as trouble:
        return Looked(None, trouble.said, trouble.advice)


def _visit(
    mailbox: Mailbox,
    clock: Callable[[], datetime],
    allow: Allow,
    tls: ssl.SSLContext | None,
    most: int,
    step: Callable[[str], None],
) -> Visit:
    scope = Scope.everything(f"mailbox {mailbox.public_id}")
    new = seen = 0
    try:
        since = Place(mailbox.uid_validity, mailbox.last_uid)
        with imap.opened(_account(scope, mailbox), allow=allow, since=since, tls=tls) as box:
            for fetched in box.letters(not_before=mailbox.not_before_at, most=most, largest=LIMITS.message):
                step("fetched")
                seen += 1
                new += _take(scope, mailbox, fetched, clock(), step)
                step("taken")
                actions.has_read(scope, mailbox.pk, validity=box.validity, uid=fetched.uid)
                step("read")
                if fetched.wanted:
                    box.settle(fetched.uid)
    except Trouble as trouble:
        _end(scope, mailbox, clock(), trouble, trouble.said, trouble.advice)
        return Visit(mailbox, new, error=trouble)
    except Exception as error:
        # Whatever it is, it belongs on the mailbox's page and must not end the visits to the others.
        _end(scope, mailbox, clock(), error, f"Reading failed inside Goodstanding ({type(error).__name__}).", "")
        return Visit(mailbox, new, error=error)
    now, more = clock(), seen >= most
    actions.end_reading(scope, mailbox.pk, now=now, next_look_at=now if more else now + EVERY)
    return Visit(mailbox, new, more)


def _take(scope: Scope, mailbox: Mailbox, fetched: Fetched, now: datetime, step: Callable[[str], None]) -> int:
    """Take one message; return how many letters were new."""
    if not fetched.wanted:
        return 0
    if fetched.whole:
        try:
            return take_letter(
                scope, partner=mailbox.partner, mailbox=mailbox, message=fetched.message, came_at=fetched.received_at,
                now=now, step=step,
            ).new  # fmt: skip
        except BAD_LETTER:
            # It would be found again and again: what cannot be read is shown to a person, and the next one taken.
            pass
    return hold_unread(
        scope, mailbox=mailbox, message=fetched.message, whole=fetched.whole, came_at=fetched.received_at, now=now
    ).new


def _end(scope: Scope, mailbox: Mailbox, now: datetime, error: Exception, said: str, advice: str) -> None:
    failures = mailbox.failures + 1
    first = _AFTER_A_NO if isinstance(error, Refused) else EVERY
    wait = min(first * 2 ** min(failures - 1, 10), _LONGEST_WAIT)
    actions.end_reading(scope, mailbox.pk, now=now, next_look_at=now + wait, error=said, advice=advice, failures=failures)


def _account(scope: Scope, mailbox: Mailbox) -> Account:
    settings = mailbox.settings
    return Account(
        host=settings.host,
        port=settings.port,
        login=settings.login,
        password=queries.secret_of(scope, mailbox.pk),
        security=Security(settings.security),
        folder=settings.folder,
        after=After(settings.after),
        move_to=settings.move_to,
    )
