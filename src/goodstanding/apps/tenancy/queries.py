"""Questions about who is who."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from goodstanding.apps.tenancy import models
from goodstanding.apps.tenancy.roles import Role
from goodstanding.apps.tenancy.scope import Membership, Scope
from goodstanding.apps.unit import NotFound


@dataclass(frozen=True, slots=True)
class Partner:
    """A partner firm."""

    pk: int
    public_id: UUID
    key: str
    name: str
    zone: str


@dataclass(frozen=True, slots=True)
class Client:
    """A client of a partner."""

    pk: int
    public_id: UUID
    partner: int
    key: str
    name: str
    zone: str
    country: str


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who signs in, with the roles they hold."""

    pk: int
    public_id: UUID
    email: str
    name: str
    zone: str
    is_active: bool
    roles: tuple[tuple[Role, str], ...] = ()
    """Each role with the name of the partner or client it is held at."""


def scope_of_person(person: int, *, at: int | None = None) -> Scope:
    """Return what a person sees and may do, read afresh at every request so that a role taken away is gone at once."""
    rows = models.Membership.objects.filter(person_id=person).order_by("pk").values_list("role", "partner_id", "client_id")
    return Scope.of(person, [Membership(Role(role), partner, client) for role, partner, client in rows], at=at)


def scope_of_person_at(person: int, partner: int) -> Scope:
    """Return what a person sees and may do at that very partner; nothing without a role there, or with a closed account."""
    rows = models.Membership.objects.filter(Q(partner_id=partner) | Q(partner=None), person_id=person, person__is_active=True)
    held = rows.order_by("pk").values_list("role", "partner_id", "client_id")
    return Scope.of(person, [Membership(Role(role), at, client) for role, at, client in held], at=partner)


def partners(scope: Scope) -> tuple[Partner, ...]:
    """Return the partners in scope, by name."""
    rows = scope.limit(models.Partner.objects.all(), partner="pk", client=None)
    return tuple(_partner(row) for row in rows.order_by("name"))


def places_of_person(person: int) -> tuple[Partner, ...]:
    """Return the partners a person can switch between; a platform role can switch to all of them."""
    mine = models.Membership.objects.filter(person_id=person)
    rows = models.Partner.objects.all()
    if not mine.filter(partner=None).exists():
        rows = rows.filter(pk__in=mine.values("partner_id"))
    return tuple(_partner(row) for row in rows.order_by("name"))


def partner_by_key(scope: Scope, key: str) -> Partner:
    """Return a partner by its key; raises `NotFound`."""
    row = scope.limit(models.Partner.objects.all(), partner="pk", client=None).filter(key=key).first()
    if row is None:
        raise NotFound(f"there is no partner {key!r}")
    return _partner(row)


def partner(scope: Scope, pk: int) -> Partner:
    """Return a partner that the scope works at, for a client's people the one that serves them; raises `NotFound`."""
    rows = models.Partner.objects.filter(pk=pk)
    if scope.partners is not None and pk not in scope.partners:
        rows = rows.filter(pk__in=models.Client.objects.filter(pk__in=scope.clients).values("partner_id"))
    row = rows.first()
    if row is None:
        raise NotFound("there is no such partner")
    return _partner(row)


def home_partner(scope: Scope) -> Partner:
    """Return the partner that a scope works at: the only one it has, or the first of the platform; raises `NotFound`."""
    found = partners(scope)
    if not found:
        raise NotFound("no partner is set up yet")
    return found[0]


def clients(scope: Scope) -> tuple[Client, ...]:
    """Return the clients in scope, by name."""
    rows = scope.limit(models.Client.objects.all(), client="pk").order_by("name")
    return tuple(_client(row) for row in rows)


def client(scope: Scope, public_id: UUID) -> Client:
    """Return a client in scope; raises `NotFound`."""
    row = scope.limit(models.Client.objects.all(), client="pk").filter(public_id=public_id).first()
    if row is None:
        raise NotFound("there is no such client")
    return _client(row)


def people(scope: Scope) -> tuple[Person, ...]:
    """Return everybody with a role at the partners in scope, by name."""
    held = scope.limit(models.Membership.objects.all()).select_related("person", "partner", "client").order_by("pk")
    roles: dict[int, list[tuple[Role, str]]] = {}
    known: dict[int, models.Person] = {}
    for row in held:
        known[row.person_id] = row.person
        place = row.client.name if row.client else row.partner.name if row.partner else "Platform"
        roles.setdefault(row.person_id, []).append((Role(row.role), place))
    found = [_person(row, tuple(roles[pk])) for pk, row in known.items()]
    return tuple(sorted(found, key=lambda each: (each.name.casefold(), each.email)))


def _partner(row: models.Partner) -> Partner:
    return Partner(row.pk, row.public_id, row.key, row.name, row.zone)


def _client(row: models.Client) -> Client:
    return Client(row.pk, row.public_id, row.partner_id, row.key, row.name, row.zone, row.country)


def _person(row: models.Person, roles: tuple[tuple[Role, str], ...]) -> Person:
    return Person(row.pk, row.public_id, row.email, row.name, row.zone, row.is_active, roles)
