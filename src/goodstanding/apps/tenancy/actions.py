"""Changes to who is who."""

import re
from dataclasses import dataclass
from itertools import chain, count
from typing import Final
from uuid import UUID

from django.contrib.auth.tokens import default_token_generator
from django.utils.http import int_to_base36
from django.utils.text import slugify

from goodstanding.apps.tenancy import models, queries
from goodstanding.apps.tenancy.naming import LONGEST_NAME, alike, kept
from goodstanding.apps.tenancy.providers import ANYBODYS
from goodstanding.apps.tenancy.roles import CLIENT_ROLES, May, Role
from goodstanding.apps.tenancy.scope import Scope
from goodstanding.apps.unit import Conflict, NotFound, together
from goodstanding.core.clocks.calendar import check_zone

_ADDRESS: Final = re.compile(r"[^\s@<>\"(),:;]{0,64}@[^\s@<>\"(),:;.][^\s@<>\"(),:;]*\.[^\s@<>\"(),:;.]+")


def set_up_partner(scope: Scope, *, key: str, name: str, zone: str) -> queries.Partner:
    """Return the partner with a key, made if it is not there yet; raises `CalendarError` for an unknown zone."""
    scope.demand(May.SET_PEOPLE)
    check_zone(zone)
    models.Partner.objects.get_or_create(key=key, defaults={"name": name, "zone": zone})
    return queries.partner_by_key(scope, key)


def set_up_client(scope: Scope, *, partner: int, name: str, zone: str, key: str = "", country: str = "") -> queries.Client:
    """Return the client with a key (by default made of its name), made if it is not there yet."""
    scope.demand(May.SET_TERMS)
    check_zone(zone)
    name = kept(name)
    row, _ = models.Client.objects.get_or_create(
        partner_id=_own(scope, partner),
        key=key or _key(partner, name),
        defaults={"name": name, "zone": zone, "country": country},
    )
    return queries.client(scope, row.public_id)


def set_up_person(
    scope: Scope, *, email: str, name: str, role: Role, partner: int | None = None, client: int | None = None, zone: str = ""
) -> int:
    """Give somebody a role, and an account without a password if they have none yet; return the person's primary key.

    A role of a client's people needs the client, any other but the platform's a partner. Raises `Conflict` otherwise, and
    for somebody whose account is another firm's; `NotFound` for a partner or client outside the scope.
    """
    scope.demand(May.SET_PEOPLE)
    if (role in CLIENT_ROLES) != (client is not None):
        raise Conflict(f"the role {role} belongs to {'a client' if role in CLIENT_ROLES else 'a partner, not to a client'}")
    if role is not Role.PLATFORM_ADMIN and partner is None:
        raise Conflict(f"the role {role} is held at a partner: name one")
    if role is Role.PLATFORM_ADMIN and partner is not None:
        raise Conflict(f"the role {role} is held at the platform, not at a partner")
    if partner is None and scope.partners is not None:
        raise NotFound("there is no such partner")
    if partner is not None:
        _own(scope, partner)
    if client is not None and client not in {each.pk for each in queries.clients(scope)}:
        raise NotFound("there is no such client")
    with together():
        person, made = models.Person.objects.get_or_create(email=email.strip().lower(), defaults={"name": name, "zone": zone})
        if made:
            person.set_unusable_password()
            person.save(update_fields=["password"])
        elif scope.partners is not None and not scope.limit(models.Membership.objects.filter(person=person)).exists():
            # Whoever gave that account its password need not be who has the address: the other firm may have made it up.
            raise Conflict(
                f"{person.email} has an account that another firm gave out: whoever runs this server can add it here"
            )
        models.Membership.objects.get_or_create(person=person, partner_id=partner, client_id=client, role=role)
    return person.pk


def add_contact(scope: Scope, *, client: int, address: str, name: str = "") -> queries.Contact:
    """Note who writes for a client: an address, or `@` and a domain for everybody under it; the same again changes nothing.

    Raises `Conflict` for what is no address, for a domain that anybody can have an address under, and for an address that
    is another client's; `NotFound` for a client outside the scope.
    """
    scope.demand(May.SORT_MAIL)
    owner = next((each for each in queries.clients(scope) if each.pk == client), None)
    if owner is None:
        raise NotFound("there is no such client")
    wanted = address.strip().lower()
    name = name.strip()[:LONGEST_NAME]
    if not _ADDRESS.fullmatch(wanted) or len(wanted) > 254:
        raise Conflict("write an address such as anna@example.com, or @example.com for everybody there")
    if wanted.removeprefix("@") in ANYBODYS:
        raise Conflict(f"anybody can have an address under {wanted.removeprefix('@')}: add people one by one")
    row, _ = models.Contact.objects.get_or_create(
        partner_id=owner.partner, address=wanted, defaults={"client_id": client, "name": name}
    )
    if row.client_id != client:
        raise Conflict(f"{wanted} writes for another client already: remove it there first")
    return queries.contact(scope, row.public_id)


def remove_contact(scope: Scope, public_id: UUID) -> None:
    """Forget who writes for a client; letters that were taken stay where they are. Raises `NotFound`."""
    scope.demand(May.SORT_MAIL)
    models.Contact.objects.filter(pk=queries.contact(scope, public_id).pk).delete()


def set_password(scope: Scope, person: int, password: str) -> None:
    """Set a person's password; raises `NotFound` for one outside the scope."""
    scope.demand(May.SET_PEOPLE)
    row = models.Person.objects.filter(pk=person).first()
    if row is None or person not in {each.pk for each in queries.people(scope)}:
        raise NotFound("there is no such person")
    row.set_password(password)
    row.save(update_fields=["password"])


@dataclass(frozen=True, slots=True)
class Invitation:
    """What a link to choose a first password is made of."""

    person: str
    token: str


def invite(scope: Scope, person: int) -> Invitation | None:
    """Return what lets somebody choose their first password, once; None for who has one already.

    None too for who holds a role outside the scope, since whoever has the link has all their roles. Raises `NotFound` for
    somebody outside the scope.
    """
    scope.demand(May.SET_PEOPLE)
    row = models.Person.objects.filter(pk=person).first()
    if row is None or person not in {each.pk for each in queries.people(scope)}:
        raise NotFound("there is no such person")
    held = models.Membership.objects.filter(person_id=person)
    if row.has_usable_password() or held.count() != scope.limit(held).count():
        return None
    return Invitation(int_to_base36(row.pk), default_token_generator.make_token(row))


def _own(scope: Scope, partner: int) -> int:
    if scope.partners is not None and partner not in scope.partners:
        raise NotFound("there is no such partner")
    return partner


def _key(partner: int, name: str) -> str:
    """Return the key of the partner's client of that name, else one that is free: names that differ may read alike as keys."""
    taken = dict(models.Client.objects.filter(partner_id=partner).values_list("key", "name"))
    of_name = next((key for key, known in taken.items() if alike(known) == alike(name)), None)
    wanted = slugify(name)[:50] or "client"
    numbered = (f"{wanted}-{number}" for number in count(2))
    return of_name or next(key for key in chain([wanted], numbered) if key not in taken)
