"""Questions about who is who."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from goodstanding.apps.tenancy import models
from goodstanding.apps.tenancy.roles import ALLOWED, CLIENT_ROLES, May, Role
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


@dataclass(frozen=True, slots=True)
class Listener:
    """Somebody whom a partner may still tell things; `clients` are those whose own people they are, None for staff."""

    person: Person
    clients: frozenset[int] | None

    def may_hear(self, client: int | None, *, outward: bool) -> bool:
        """Whether something about a client may reach them: staff hear all, a client's people what is meant for that client."""
        return self.clients is None or (outward and client in self.clients)


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody at a client who writes to the partner: an address, or with `@` in front a whole domain."""

    pk: int
    public_id: UUID
    client: int
    address: str
    name: str


@dataclass(frozen=True, slots=True)
class Writer:
    """Who somebody who writes is to a partner: one of its staff, or of the client with that primary key."""

    name: str
    staff: bool
    client: int | None


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


def said_of(scope: Scope) -> str:
    """Say who a scope is: a person's name and address, or on whose behalf no person acts."""
    if scope.person is None:
        return scope.reason
    row = models.Person.objects.get(pk=scope.person)
    return f"{row.name} <{row.email}>" if row.name else row.email


def reachable(scope: Scope, *, partner: int, people: Iterable[int]) -> dict[int, Person]:
    """Return those of these people whom a partner in scope may still tell things: with a role there, their account open."""
    held = models.Membership.objects.filter(Q(partner_id=partner) | Q(partner=None), person_id__in=list(people))
    rows = scope.limit(held.filter(person__is_active=True), client=None).select_related("person")
    return {row.person_id: _person(row.person, ()) for row in rows}


def listeners(scope: Scope, *, partner: int, people: Iterable[int]) -> dict[int, Listener]:
    """Return those of these people who still hear of a partner in scope: with a role there, their account open."""
    held = models.Membership.objects.filter(Q(partner_id=partner) | Q(partner=None), person_id__in=list(people))
    rows = scope.limit(held.filter(person__is_active=True), client=None).select_related("person").order_by("pk")
    found: dict[int, Listener] = {}
    for row in rows:
        known = found.get(row.person_id, Listener(_person(row.person, ()), frozenset()))
        staff = known.clients is None or Role(row.role) not in CLIENT_ROLES
        found[row.person_id] = Listener(known.person, None if staff else (known.clients or frozenset()) | {row.client_id})
    return found


def people_who(scope: Scope, *, partner: int, may: May) -> tuple[int, ...]:
    """Return the primary keys of a partner's own people whose role there lets them do something; not the platform's."""
    roles = [role for role, allowed in ALLOWED.items() if may in allowed]
    held = models.Membership.objects.filter(partner_id=partner, role__in=roles, person__is_active=True)
    return tuple(sorted(set(scope.limit(held).values_list("person_id", flat=True))))


def roles_at(scope: Scope, *, partner: int) -> dict[int, frozenset[Role]]:
    """Return the roles that people with an open account hold at a partner in scope, its clients' people included."""
    rows = scope.limit(models.Membership.objects.filter(partner_id=partner, person__is_active=True))
    found: dict[int, frozenset[Role]] = {}
    for person, role in rows.values_list("person_id", "role"):
        found[person] = found.get(person, frozenset()) | {Role(role)}
    return found


def people_of_clients(scope: Scope, *, partner: int) -> dict[int, tuple[Person, ...]]:
    """Return the clients' own people with an open account at a partner in scope, by client and name."""
    held = models.Membership.objects.filter(partner_id=partner, client__isnull=False, person__is_active=True)
    found: dict[int, dict[int, Person]] = {}
    for row in scope.limit(held).select_related("person").order_by("person__name", "pk"):
        found.setdefault(row.client_id, {})[row.person_id] = _person(row.person, ())
    return {client: tuple(people.values()) for client, people in found.items()}


def contacts(scope: Scope, *, client: int) -> tuple[Contact, ...]:
    """Return the contacts of a client in scope, domains first, then by address."""
    rows = scope.limit(models.Contact.objects.filter(client_id=client)).order_by("address")
    return tuple(Contact(row.pk, row.public_id, row.client_id, row.address, row.name) for row in rows)


def contact(scope: Scope, public_id: UUID) -> Contact:
    """Return a contact in scope; raises `NotFound`."""
    row = scope.limit(models.Contact.objects.filter(public_id=public_id)).first()
    if row is None:
        raise NotFound("there is no such contact")
    return Contact(row.pk, row.public_id, row.client_id, row.address, row.name)


def writers(scope: Scope, *, partner: int, addresses: Iterable[str]) -> dict[str, Writer]:
    """Return who is known to a partner in scope of these addresses, which are in lower case.

    Staff come first, then a client's contacts by address, then people of clients who sign in, and last a client's domain:
    what is said of one person beats what is said of all under their domain.
    """
    wanted = frozenset(addresses)
    domains = {f"@{each.rpartition('@')[2]}" for each in wanted}
    rows = scope.limit(models.Contact.objects.filter(partner_id=partner, address__in=wanted | domains))
    told = {row.address: row for row in rows}
    found: dict[str, Writer] = {}
    for each in wanted:
        if of_domain := told.get(f"@{each.rpartition('@')[2]}"):
            found[each] = Writer("", False, of_domain.client_id)
    held = models.Membership.objects.filter(partner_id=partner, person__is_active=True).select_related("person")
    people = scope.limit(held).filter(person__email__in=wanted).order_by("pk")
    signed = {row.person.email.lower(): row for row in people}
    for row in people:
        if row.client_id is not None:
            found[row.person.email.lower()] = Writer(row.person.name, False, row.client_id)
    for each in wanted & told.keys():
        found[each] = Writer(told[each].name, False, told[each].client_id)
    for email, row in signed.items():
        if row.client_id is None:
            found[email] = Writer(row.person.name, True, None)
    return found


def _partner(row: models.Partner) -> Partner:
    return Partner(row.pk, row.public_id, row.key, row.name, row.zone)


def _client(row: models.Client) -> Client:
    return Client(row.pk, row.public_id, row.partner_id, row.key, row.name, row.zone, row.country)


def _person(row: models.Person, roles: tuple[tuple[Role, str], ...]) -> Person:
    return Person(row.pk, row.public_id, row.email, row.name, row.zone, row.is_active, roles)
