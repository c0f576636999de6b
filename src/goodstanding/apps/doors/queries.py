"""Questions about keys and webhook endpoints, and who it is that calls."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from goodstanding.apps.doors import models
from goodstanding.apps.doors.allowance import measures
from goodstanding.apps.tenancy import queries as tenancy
from goodstanding.apps.tenancy.roles import May
from goodstanding.apps.tenancy.scope import Scope
from goodstanding.apps.unit import NotFound
from goodstanding.apps.unit.sealed import Sealed
from goodstanding.core.clocks.clock import moment, moment_if

OFFERED: Final = (May.SEE_TICKETS, May.SEE_BOARD, May.TELL, May.WAIVE, May.SEE_TERMS)
"""What a key can be good for: what the API has, and never people or other keys."""


class Standing(StrEnum):
    """Whether a key or endpoint works."""

    ACTIVE = "active"
    EXPIRED = "expired"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """An API key, without what it is known by."""

    pk: int
    public_id: UUID
    partner: int
    person: int
    person_name: str
    name: str
    prefix: str
    scopes: frozenset[May]
    made_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    last_used_at: datetime | None

    def standing(self, now: datetime) -> Standing:
        """Whether it works at an instant; it is over at the very instant it expires."""
        if self.revoked_at is not None:
            return Standing.REVOKED
        return Standing.EXPIRED if self.expires_at <= now else Standing.ACTIVE


@dataclass(frozen=True, slots=True)
class Caller:
    """Whoever calls with a key, and what they may do by it."""

    key: Key
    scope: Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Where webhooks come in; `client` is a primary key, None for the partner as a whole."""

    pk: int
    public_id: UUID
    partner: int
    client: int | None
    client_id: UUID | None
    client_name: str
    name: str
    secret: Sealed
    secret_before: Sealed | None
    before_until: datetime | None
    made_at: datetime
    made_by: str
    revoked_at: datetime | None
    last_used_at: datetime | None

    def standing(self) -> Standing:
        """Whether it takes anything in."""
        return Standing.ACTIVE if self.revoked_at is None else Standing.REVOKED

    def secrets(self, now: datetime) -> tuple[Sealed, ...]:
        """The secrets a message may be signed with: during a rotation two."""
        changing = self.secret_before is not None and self.before_until is not None and now < self.before_until
        return (self.secret, self.secret_before) if changing and self.secret_before is not None else (self.secret,)

    @property
    def scope(self) -> Scope:
        """What its messages may do: tell of tickets, and nothing else."""
        return Scope.of_machine(self.partner, {May.TELL}, f"webhook {self.public_id}")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a call is answered; `again` says that this is what it was answered before."""

    status: int
    body: str
    again: bool = False


def caller(secret: str, now: datetime) -> Caller | None:
    """Return who calls with a key; None for one that is unknown, over or revoked, or whose person has no role there now.

    Read afresh at every call, so that a role taken away or an account closed ends the key with it.
    """
    digest = digest_of(secret)
    row = models.Key.objects.select_related("person").filter(digest=digest).first()
    if row is None or not hmac.compare_digest(row.digest, digest):
        return None
    key = _key(row)
    scope = tenancy.scope_of_person_at(key.person, key.partner)
    if key.standing(now) is not Standing.ACTIVE or not (scope.is_staff or scope.clients):
        return None
    return Caller(key, scope.cut_to(key.scopes))


def is_spent(scope: Scope, name: str, *, per_minute: int, at_once: int = 0, now: datetime) -> bool:
    """Whether nothing is left of the allowance of that name, which `actions.spend` takes from; nothing is taken."""
    at, cost, room = measures(per_minute, at_once, now)
    return models.Allowance.objects.filter(name=name, whole_at_ms__gt=at + room - cost).exists()


def digest_of(secret: str) -> str:
    """Return what a key is known by; no salt and no slow hash, since nobody guesses 32 random bytes."""
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()


def offered(scope: Scope) -> tuple[May, ...]:
    """Return what somebody can make a key for: of what the API has, what they may do themselves."""
    return tuple(each for each in OFFERED if each in scope.may)


def keys(scope: Scope) -> tuple[Key, ...]:
    """Return the keys of the partners in scope, the newest first."""
    scope.demand(May.MANAGE_KEYS)
    rows = scope.limit(models.Key.objects.select_related("person"), client=None)
    return tuple(_key(row) for row in rows.order_by("-made_at", "-pk"))


def key(scope: Scope, public_id: UUID) -> Key:
    """Return a key in scope; raises `NotFound`."""
    scope.demand(May.MANAGE_KEYS)
    row = scope.limit(models.Key.objects.select_related("person"), client=None).filter(public_id=public_id).first()
    if row is None:
        raise NotFound("there is no such key")
    return _key(row)


def endpoint_called(public_id: UUID) -> Endpoint | None:
    """Return the endpoint that a message came in at; None where there is none, or none any more."""
    row = _endpoints().filter(public_id=public_id, revoked_at=None).first()
    return None if row is None else _endpoint(row)


def endpoints(scope: Scope) -> tuple[Endpoint, ...]:
    """Return the webhook endpoints of the partners in scope, the newest first."""
    scope.demand(May.MANAGE_KEYS)
    rows = scope.limit(_endpoints(), client=None)
    return tuple(_endpoint(row) for row in rows.order_by("-made_at", "-pk"))


def endpoint(scope: Scope, public_id: UUID) -> Endpoint:
    """Return a webhook endpoint in scope; raises `NotFound`."""
    scope.demand(May.MANAGE_KEYS)
    row = scope.limit(_endpoints(), client=None).filter(public_id=public_id).first()
    if row is None:
        raise NotFound("there is no such endpoint")
    return _endpoint(row)


def _endpoints() -> Any:
    return models.Endpoint.objects.select_related("client", "made_by")


def _key(row: models.Key) -> Key:
    return Key(
        pk=row.pk,
        public_id=row.public_id,
        partner=row.partner_id,
        person=row.person_id,
        person_name=row.person.name,
        name=row.name,
        prefix=row.prefix,
        scopes=frozenset(May(each) for each in row.scopes if each in set(May)),
        made_at=moment(row.made_at),
        expires_at=moment(row.expires_at),
        revoked_at=moment_if(row.revoked_at),
        last_used_at=moment_if(row.last_used_at),
    )


def _endpoint(row: models.Endpoint) -> Endpoint:
    return Endpoint(
        pk=row.pk,
        public_id=row.public_id,
        partner=row.partner_id,
        client=row.client_id,
        client_id=row.client.public_id if row.client else None,
        client_name=row.client.name if row.client else "",
        name=row.name,
        secret=row.secret,
        secret_before=row.secret_before,
        before_until=moment_if(row.before_until),
        made_at=moment(row.made_at),
        made_by=row.made_by.name if row.made_by else "",
        revoked_at=moment_if(row.revoked_at),
        last_used_at=moment_if(row.last_used_at),
    )
