"""Changes to keys and webhook endpoints, and what makes their calls safe to repeat and fair to each other."""

import base64
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import IntegrityError, connection
from django.db.models import Q

from goodstanding.apps.doors import models, queries
from goodstanding.apps.doors.allowance import measures
from goodstanding.apps.doors.queries import Answer, Endpoint, Key
from goodstanding.apps.journal import actions as journal
from goodstanding.apps.journal.values import SECRET, Act, Change
from goodstanding.apps.tenancy import queries as tenancy
from goodstanding.apps.tenancy.roles import May
from goodstanding.apps.tenancy.scope import Scope
from goodstanding.apps.unit import Conflict, Forbidden, NotFound, together
from goodstanding.core.clocks.clock import second_of

LONGEST: Final = timedelta(days=365)
"""How long a key may be good for."""
REMEMBERED: Final = timedelta(hours=24)
"""How long an answer is given again to the same call."""
CHANGE_OVER: Final = timedelta(days=3)
"""How long the secret before the newest one stays valid."""
_RECEIPTS_KEPT: Final = timedelta(days=30)
"""Longer than any sender goes on retrying: an older message again would be refused for its age, were its copy ever sent."""
_COARSE: Final = timedelta(minutes=1)
_LONGEST_NAME: Final = 120


class OtherCall(Conflict):
    """An idempotency key that was used for a call with another body."""


def make_key(
    scope: Scope, *, partner: int, name: str, scopes: Iterable[May], lasts: timedelta, now: datetime
) -> tuple[Key, str]:
    """Make a key for whoever asks, and return it with the text that is shown this once and kept nowhere.

    Raises `Forbidden` for more than they may do themselves, `Conflict` without a name, without a scope, or for longer than
    a year, and `NotFound` for a partner outside the scope.
    """
    scope.demand(May.MANAGE_KEYS)
    wanted = frozenset(scopes)
    if scope.person is None or not name.strip() or len(name) > _LONGEST_NAME:
        raise Conflict(f"a key needs a name of at most {_LONGEST_NAME} letters, and the person it belongs to")
    if not wanted:
        raise Conflict("a key that may do nothing is of no use: choose what it is for")
    if not timedelta(days=1) <= lasts <= LONGEST:
        raise Conflict(f"a key lasts between 1 and {LONGEST.days} days")
    if not wanted <= frozenset(queries.offered(scope)):
        raise Forbidden("a key may do no more than the person it belongs to")
    _own(scope, partner)
    text = f"gs_{secrets.token_urlsafe(32)}"
    with together():
        row = models.Key.objects.create(
            partner_id=partner,
            person_id=scope.person,
            name=name.strip(),
            prefix=text[:8],
            digest=queries.digest_of(text),
            scopes=sorted(wanted),
            made_at=second_of(now),
            expires_at=second_of(now + lasts),
        )
        made = queries.key(scope, row.public_id)
        told = (Change("may", "", ", ".join(sorted(wanted))), Change("ends", "", f"{made.expires_at:%Y-%m-%d}"))
        journal.record(scope, Act.KEY_MADE, partner=partner, thing=made.public_id, name=made.name, changes=told, now=now)
    return made, text


def revoke_key(scope: Scope, public_id: UUID, *, now: datetime) -> Key:
    """End a key, of whomever it is at the partner; ended already, it stays as it is."""
    found = queries.key(scope, public_id)
    with together():
        if models.Key.objects.filter(pk=found.pk, revoked_at=None).update(revoked_at=second_of(now)):
            told = (Change("belonged to", found.person_name, ""),)
            journal.record(
                scope, Act.KEY_REVOKED, partner=found.partner, thing=public_id, name=found.name, changes=told, now=now
            )
    return queries.key(scope, public_id)


def make_endpoint(scope: Scope, *, partner: int, name: str, client: UUID | None, now: datetime) -> tuple[Endpoint, str]:
    """Make an endpoint for webhooks, and return it with its secret, which is shown this once.

    Raises `Conflict` without a name and `NotFound` for a partner or client outside the scope.
    """
    scope.demand(May.MANAGE_KEYS)
    if not name.strip() or len(name) > _LONGEST_NAME:
        raise Conflict(f"an endpoint needs a name of at most {_LONGEST_NAME} letters")
    _own(scope, partner)
    owner = None if client is None else tenancy.client(scope, client)
    if owner is not None and owner.partner != partner:
        raise NotFound("there is no such client")
    text = _new_secret()
    with together():
        row = models.Endpoint.objects.create(
            partner_id=partner,
            client_id=None if owner is None else owner.pk,
            name=name.strip(),
            secret=text,
            made_by_id=scope.person,
            made_at=second_of(now),
        )
        told = (Change("client", "", owner.name),) if owner is not None else ()
        journal.record(scope, Act.HOOK_MADE, partner=partner, thing=row.public_id, name=name.strip(), changes=told, now=now)
    return queries.endpoint(scope, row.public_id), text


def rotate_endpoint(scope: Scope, public_id: UUID, *, now: datetime) -> tuple[Endpoint, str]:
    """Give an endpoint a new secret, which is shown this once; the one before stays valid for some days.

    Raises `Conflict` for an endpoint that takes nothing in any more.
    """
    found = queries.endpoint(scope, public_id)
    text = _new_secret()
    until = second_of(now + CHANGE_OVER)
    with together():
        done = models.Endpoint.objects.filter(pk=found.pk, revoked_at=None, secret=found.secret).update(
            secret=text, secret_before=found.secret, before_until=until
        )
        if not done:
            raise Conflict("this endpoint was changed or revoked meanwhile")
        journal.record(
            scope, Act.HOOK_ROTATED, partner=found.partner, thing=public_id, name=found.name, changes=(SECRET,), now=now
        )
    return queries.endpoint(scope, public_id), text


def revoke_endpoint(scope: Scope, public_id: UUID, *, now: datetime) -> Endpoint:
    """End an endpoint: it takes nothing in any more."""
    found = queries.endpoint(scope, public_id)
    with together():
        if models.Endpoint.objects.filter(pk=found.pk, revoked_at=None).update(revoked_at=second_of(now)):
            journal.record(scope, Act.HOOK_REVOKED, partner=found.partner, thing=public_id, name=found.name, now=now)
    return queries.endpoint(scope, public_id)


def note_use(scope: Scope, used: Key | Endpoint, *, now: datetime) -> None:
    """Remember that a key or endpoint was used, to the minute; whose it is was settled when it was let in."""
    if used.last_used_at is not None and now - used.last_used_at < _COARSE:
        return
    model = models.Key if isinstance(used, Key) else models.Endpoint
    before = Q(last_used_at=None) | Q(last_used_at__lt=second_of(now))
    model.objects.filter(before, pk=used.pk).update(last_used_at=second_of(now))


def spend(scope: Scope, name: str, *, per_minute: int, at_once: int = 0, now: datetime) -> timedelta | None:
    """Take one call from the allowance of that name; None if there was one, else how long until there is.

    One statement and one row an allowance (the generic cell rate algorithm): any number of processes share it, and no
    count is lost or doubled. An allowance fills evenly and holds what is allowed in some seconds, or `at_once` calls.
    """
    at, cost, room = measures(per_minute, at_once, now)
    with connection.cursor() as cursor:
        cursor.execute(_SPEND, [name, at + cost, at, at, cost, at, at, cost, at + room])
        if cursor.fetchone() is not None:
            return None
    whole_at = models.Allowance.objects.values_list("whole_at_ms", flat=True).get(name=name)
    return timedelta(milliseconds=max(1, whole_at + cost - room - at))


_SPEND: Final = """
INSERT INTO doors_allowance (name, whole_at_ms) VALUES (%s, %s)
ON CONFLICT (name) DO UPDATE
SET whole_at_ms = CASE WHEN doors_allowance.whole_at_ms > %s THEN doors_allowance.whole_at_ms ELSE %s END + %s
WHERE CASE WHEN doors_allowance.whole_at_ms > %s THEN doors_allowance.whole_at_ms ELSE %s END + %s <= %s
RETURNING whole_at_ms
"""


def claim_answer(scope: Scope, key: int, *, route: str, name: str, digest: str, now: datetime) -> Answer | None:
    """Claim an idempotency key for a call, or return what the same call was answered before.

    Within the caller's transaction, which ends with `keep_answer`: whoever comes with the same key meanwhile waits for its
    end, and finds either the answer or nothing. Raises `OtherCall` for another body.
    """
    at, mine = second_of(now), {"key_id": key, "route": route, "name": name}
    models.Answered.objects.filter(**mine, kept_at__lte=at - REMEMBERED // timedelta(seconds=1)).delete()
    try:
        with together():
            models.Answered.objects.create(**mine, digest=digest, status=0, body="", kept_at=at)
    except IntegrityError:
        known = models.Answered.objects.get(**mine)
        if known.digest != digest:
            raise OtherCall("this Idempotency-Key was used for a call with another body") from None
        return Answer(known.status, known.body, again=True)
    return None


def keep_answer(scope: Scope, key: int, *, route: str, name: str, answer: Answer) -> None:
    """Keep what a claimed call is answered."""
    models.Answered.objects.filter(key_id=key, route=route, name=name).update(status=answer.status, body=answer.body)


def take_receipt(scope: Scope, endpoint: int, *, message: str, now: datetime) -> bool:
    """Note that a message has come in; return whether it is the first of its name. Within the caller's transaction."""
    try:
        with together():
            models.Receipt.objects.create(endpoint_id=endpoint, message=message, received_at=second_of(now))
    except IntegrityError:
        return False
    return True


def forget(scope: Scope, *, now: datetime) -> int:
    """Remove answers and receipts that are too old to be asked for again, and allowances that are whole; return how many."""
    at = second_of(now)
    answers = models.Answered.objects.filter(kept_at__lte=at - REMEMBERED // timedelta(seconds=1))
    receipts = models.Receipt.objects.filter(received_at__lte=at - _RECEIPTS_KEPT // timedelta(seconds=1))
    whole = models.Allowance.objects.filter(whole_at_ms__lt=(at - 3_600) * 1_000)
    return sum(rows.delete()[0] for rows in (answers, receipts, whole))


def _new_secret() -> str:
    return f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode('ascii')}"


def _own(scope: Scope, partner: int) -> None:
    if scope.partners is not None and partner not in scope.partners:
        raise NotFound("there is no such partner")
