"""The scope: whose data somebody sees and what they may do with it. Access is decided here and nowhere else."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TypeVar

from django.db.models import Model, QuerySet

from goodstanding.apps.tenancy.roles import ALLOWED, CLIENT_ROLES, May, Role
from goodstanding.apps.unit import Forbidden

AnyModel = TypeVar("AnyModel", bound=Model)


@dataclass(frozen=True, slots=True)
class Membership:
    """A role that a person holds at a partner, for one of its clients when `client` is set; None everywhere is the platform."""

    role: Role
    partner: int | None
    client: int | None = None


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose rows may be seen: all, those of some partners, or those of some clients.

    `partners` and `clients` hold primary keys; None of `partners` is all of them. Rows are seen that belong to one of
    the partners, or to one of the clients. `reason` says why a scope without a person exists.
    """

    person: int | None
    partners: frozenset[int] | None
    clients: frozenset[int]
    may: frozenset[May]
    reason: str = ""
    less: frozenset[tuple[int, May]] = frozenset()
    """What is allowed for some of the clients and not for this one: somebody may hold other roles at each."""

    @classmethod
    def everything(cls, reason: str) -> "Scope":
        """The scope of the worker and of commands typed by the operator; `reason` says which work it is for."""
        return cls(person=None, partners=None, clients=frozenset(), may=frozenset(May), reason=reason)

    @classmethod
    def nothing(cls) -> "Scope":
        """The scope of whoever is not signed in."""
        return cls(person=None, partners=frozenset(), clients=frozenset(), may=frozenset())

    @classmethod
    def of_machine(cls, partner: int, may: Iterable[May], reason: str) -> "Scope":
        """The scope of a machine that works for one partner on nobody's behalf, such as an inbound webhook."""
        return cls(person=None, partners=frozenset({partner}), clients=frozenset(), may=frozenset(may), reason=reason)

    @classmethod
    def of(cls, person: int, memberships: Iterable[Membership], *, at: int | None = None) -> "Scope":
        """The scope that a person's memberships give at one partner, the first where `at` names none of theirs.

        One partner at a time, so that a role held at one lends no rights at another; whoever has several switches.
        """
        listed = list(memberships)
        platform = [each for each in listed if each.partner is None]
        places = [each.partner for each in listed if each.partner is not None]
        here = at if at in places or (platform and at is not None) else next(iter(places), None)
        roles = [each for each in listed if each.partner == here] + platform
        may = frozenset[May]().union(*(ALLOWED[each.role] for each in roles))
        if here is None:
            return cls(person=person, partners=None if platform else frozenset(), clients=frozenset(), may=may)
        if any(each.role not in CLIENT_ROLES for each in roles):
            return cls(person=person, partners=frozenset({here}), clients=frozenset(), may=may)
        held: dict[int, frozenset[May]] = {}
        for each in roles:
            if each.client is not None:
                held[each.client] = held.get(each.client, frozenset()) | ALLOWED[each.role]
        less = frozenset((client, what) for client, allowed in held.items() for what in may - allowed)
        return cls(person=person, partners=frozenset(), clients=frozenset(held), may=may, less=less)

    @property
    def is_staff(self) -> bool:
        """Whether it belongs to a partner or the platform rather than to a client."""
        return self.partners is None or bool(self.partners)

    def at(self, partner: int) -> "Scope":
        """Return the same scope cut to one partner: what it asks for then is read of that partner and not of all."""
        return replace(self, partners=frozenset({partner}) if self.partners is None else self.partners & {partner})

    def cut_to(self, may: Iterable[May]) -> "Scope":
        """Return the same scope with no more rights than these: what a key of the person's is good for."""
        return replace(self, may=self.may & frozenset(may))

    def may_for(self, what: May, client: int) -> bool:
        """Whether the scope may do it for that very client, which is in scope."""
        return what in self.may and (client, what) not in self.less

    def demand(self, what: May, *, client: int | None = None) -> None:
        """Raise `Forbidden` unless the scope may do it, for that very client where one is named."""
        if what not in self.may or (client is not None and not self.may_for(what, client)):
            raise Forbidden(what)

    def limit(
        self, rows: QuerySet[AnyModel], *, partner: str = "partner_id", client: str | None = "client_id"
    ) -> QuerySet[AnyModel]:
        """Return only the rows the scope covers; `partner` and `client` are the columns that say whose a row is.

        With `client` None the rows belong to a partner as a whole, and a client's people see none of them.
        """
        if self.partners is None:
            return rows
        if self.partners:
            return rows.filter(**{f"{partner}__in": self.partners})
        if self.clients and client is not None:
            return rows.filter(**{f"{client}__in": self.clients})
        return rows.none()
