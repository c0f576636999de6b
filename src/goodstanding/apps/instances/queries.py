"""Questions about Odoo databases and the tickets followed in them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from goodstanding.apps.instances import models
from goodstanding.apps.tenancy.scope import Scope
from goodstanding.apps.unit import NotFound
from goodstanding.apps.unit.sealed import Sealed
from goodstanding.core.clocks.clock import moment, moment_if, second_of
from goodstanding.core.desk.commitment import Commitment, Said
from goodstanding.core.desk.policy import ClockKind

_SOURCE: Final = "odoo:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Following:
    """How the tickets of an instance are followed, and how far that has come."""

    pk: int
    desk: str
    on: bool
    write_back: bool
    stages: Mapping[str, Any]
    priorities: Mapping[str, str]
    teams: tuple[int, ...]
    customers: Mapping[str, int]
    client_fallback: int | None
    since: datetime | None
    cursor: Mapping[str, Any]
    caught_up: bool
    look_at: datetime | None
    looked_at: datetime | None
    failures: int
    trouble: Mapping[str, str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """An Odoo database. The secret is sealed: only what signs in opens it."""

    pk: int
    public_id: UUID
    partner: int
    client: int | None
    client_name: str
    name: str
    url: str
    database: str
    login: str
    secret: Sealed
    key_name: str
    version: str
    account: Mapping[str, Any]
    examined_at: datetime | None
    key_expires_at: datetime | None
    added_at: datetime
    following: Following | None

    @property
    def source(self) -> str:
        """What its tickets are filed under."""
        return _filed_under(self.public_id)


@dataclass(frozen=True, slots=True)
class Followed:
    """A followed ticket: its number in Odoo, its name here, and what was last seen of what Odoo keeps no track of."""

    outside: int
    ref: str
    customer: str
    title: str
    held: bool
    seen: Mapping[str, str]
    noting: str
    noted: str


@dataclass(frozen=True, slots=True)
class Held:
    """A customer in Odoo that is no client here, with how many of its tickets wait."""

    customer: str
    tickets: int


def instances(scope: Scope) -> tuple[Instance, ...]:
    """Return the instances of the partners in scope, by name."""
    rows = scope.limit(models.Instance.objects.select_related("client"), client=None).order_by("name", "pk")
    followings = {each.instance_id: each for each in models.Following.objects.filter(instance__in=[row.pk for row in rows])}
    return tuple(_instance(row, followings.get(row.pk)) for row in rows)


def instance(scope: Scope, public_id: UUID) -> Instance:
    """Return an instance of the partners in scope; raises `NotFound`."""
    row = scope.limit(models.Instance.objects.select_related("client"), client=None).filter(public_id=public_id).first()
    if row is None:
        raise NotFound("there is no such connection")
    return _instance(row, models.Following.objects.filter(instance=row).first())


def looks_due(now: datetime, *, limit: int = 50) -> tuple[UUID, ...]:
    """Return the instances whose tickets are to be looked at, the longest due first."""
    rows = models.Following.objects.filter(on=True, look_at__lte=second_of(now)).order_by("look_at", "pk")
    return tuple(rows.values_list("instance__public_id", flat=True)[:limit])


def followed(scope: Scope, following: int, outside: Iterable[int]) -> dict[int, Followed]:
    """Return what is known of followed tickets, by their numbers in Odoo."""
    found = rows(scope, following).filter(outside__in=list(outside))
    return {row.outside: _known(row) for row in found}


def follows_any(scope: Scope, following: int) -> bool:
    """Whether any ticket has been read yet."""
    return rows(scope, following).exists()


def followed_by_ref(scope: Scope, following: int, refs: Iterable[str]) -> dict[str, Followed]:
    """Return what is known of followed tickets, by their names here."""
    found = rows(scope, following).filter(ref__in=list(refs))
    return {row.ref: _known(row) for row in found}


def still_there(scope: Scope, following: int, *, after: int = 0, limit: int = 500) -> tuple[Followed, ...]:
    """Return followed tickets that were still in Odoo when last looked at, by number, from one on."""
    found = rows(scope, following).filter(gone=False, outside__gt=after).order_by("outside")[:limit]
    return tuple(_known(row) for row in found)


def commitments(scope: Scope, following: int, outside: Iterable[int]) -> dict[int, tuple[Commitment, ...]]:
    """Return what Odoo says of its own commitments for followed tickets, by their numbers there; those without are left out."""
    found = rows(scope, following).filter(outside__in=list(outside)).values_list("pk", "outside")
    return _commitments(dict(found))


def commitments_of_ref(scope: Scope, source: str, ref: str) -> tuple[Commitment, ...]:
    """Return what Odoo says of its own commitments for a ticket, by what it is filed under and its name here.

    It is between a partner and its Odoo: a client's people are told nothing.
    """
    if not source.startswith(_SOURCE):
        return ()
    mine = scope.limit(models.Following.objects.all(), partner="instance__partner_id", client=None)
    followings = [pk for pk, instance in mine.values_list("pk", "instance__public_id") if _filed_under(instance) == source]
    there = models.Followed.objects.filter(following__in=followings, ref=ref).values_list("pk", "outside")
    return next(iter(_commitments(dict(there)).values()), ())


def held(scope: Scope, following: int) -> tuple[Held, ...]:
    """Return the customers whose tickets wait for somebody to say which client they are, those with the most first."""
    found = rows(scope, following).filter(held=True).values("customer").annotate(tickets=Count("pk"))
    return tuple(Held(row["customer"], row["tickets"]) for row in found.order_by("-tickets", "customer"))


def held_numbers(scope: Scope, following: int, customer: str) -> tuple[int, ...]:
    """Return the numbers in Odoo of the tickets of a customer that wait."""
    found = rows(scope, following).filter(held=True, customer=customer).order_by("outside")
    return tuple(found.values_list("outside", flat=True))


def counts_by_following(scope: Scope) -> dict[int, tuple[int, int]]:
    """Return of each following how many tickets are followed, and how many of them wait for a client."""
    mine = scope.limit(models.Followed.objects.all(), partner="following__instance__partner_id", client=None)
    told = mine.values("following_id").annotate(all=Count("pk"), held=Count("pk", filter=Q(held=True)))
    return {row["following_id"]: (row["all"], row["held"]) for row in told}


def counts(scope: Scope, following: int) -> tuple[int, int]:
    """Return how many tickets are followed, and how many of them wait for a client."""
    told = rows(scope, following).aggregate(all=Count("pk"), held=Count("pk", filter=Q(held=True)))
    return told["all"], told["held"]


def rows(scope: Scope, following: int) -> QuerySet[models.Followed]:
    """Return the rows of the tickets followed in an instance, for this app's own actions."""
    mine = models.Followed.objects.filter(following_id=following)
    return scope.limit(mine, partner="following__instance__partner_id", client=None)


def _filed_under(instance: UUID) -> str:
    return f"{_SOURCE}{instance.hex[:12]}"


def _commitments(outside: Mapping[int, int]) -> dict[int, tuple[Commitment, ...]]:
    """Return commitments by number in Odoo; `outside` has these by the primary keys of followed tickets."""
    found: dict[int, tuple[Commitment, ...]] = {}
    for row in models.Commitment.objects.filter(followed__in=outside).order_by("followed", "number"):
        number = outside[row.followed_id]
        found[number] = (*found.get(number, ()), _commitment(row))
    return found


def _commitment(row: models.Commitment) -> Commitment:
    return Commitment(
        number=row.number,
        policy=row.policy,
        clock=ClockKind(row.clock),
        stage=row.stage,
        state=Said(row.state),
        deadline_at=moment_if(row.deadline_at),
        target=_time(row.target),
        consumed=_time(row.consumed),
        counted_at=moment_if(row.counted_at),
        calendar=row.calendar,
        pauses=tuple(row.pauses),
        written_at=moment(row.written_at),
    )


def _time(seconds: int | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=seconds)


def _instance(row: models.Instance, following: models.Following | None) -> Instance:
    return Instance(
        pk=row.pk,
        public_id=row.public_id,
        partner=row.partner_id,
        client=row.client_id,
        client_name=row.client.name if row.client else "",
        name=row.name,
        url=row.url,
        database=row.database,
        login=row.login,
        secret=row.secret,
        key_name=row.key_name,
        version=row.version,
        account=row.account,
        examined_at=moment_if(row.examined_at),
        key_expires_at=moment_if(row.key_expires_at),
        added_at=moment(row.added_at),
        following=None if following is None else _following(following),
    )


def _following(row: models.Following) -> Following:
    return Following(
        pk=row.pk,
        desk=row.desk,
        on=row.on,
        write_back=row.write_back,
        stages=row.stages,
        priorities=row.priorities,
        teams=tuple(row.teams),
        customers=row.customers,
        client_fallback=row.client_fallback_id,
        since=moment_if(row.since),
        cursor=row.cursor,
        caught_up=row.caught_up,
        look_at=moment_if(row.look_at),
        looked_at=moment_if(row.looked_at),
        failures=row.failures,
        trouble=row.trouble,
    )


def _known(row: models.Followed) -> Followed:
    return Followed(row.outside, row.ref, row.customer, row.title, row.held, row.seen, row.noting, row.noted)
