"""Changes to Odoo databases and to how their tickets are followed."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError
from django.db.models import F

from goodstanding.apps.instances import models, queries
from goodstanding.apps.instances.queries import Following, Instance
from goodstanding.apps.journal import actions as journal
from goodstanding.apps.journal.values import SECRET, Act, Change
from goodstanding.apps.tenancy import queries as tenancy
from goodstanding.apps.tenancy.roles import May
from goodstanding.apps.tenancy.scope import Scope
from goodstanding.apps.unit import Conflict, NotFound, together
from goodstanding.core.clocks.clock import second_if, second_of
from goodstanding.core.desk.commitment import Commitment

EVERY: Final = timedelta(seconds=60)
"""Between two looks at an instance that answers."""
_LONGEST_WAIT: Final = timedelta(minutes=30)
_LEASE: Final = timedelta(minutes=10)


def add(
    scope: Scope,
    *,
    partner: int,
    client: int | None,
    name: str,
    url: str,
    database: str,
    login: str,
    secret: str,
    key_name: str,
    now: datetime,
) -> Instance:
    """Keep an Odoo database and how to sign in to it; the secret is sealed before it is kept.

    Raises `NotFound` for a partner or client outside the scope, and `Conflict` where the database is known already.
    """
    scope.demand(May.SET_INSTANCES)
    if scope.partners is not None and partner not in scope.partners:
        raise NotFound("there is no such partner")
    _own_client(scope, partner, client)
    try:
        with together():
            row = models.Instance.objects.create(
                partner_id=partner, client_id=client, name=name[:200], url=url, database=database, login=login, secret=secret,
                key_name=key_name, added_at=second_of(now),
            )  # fmt: skip
            told = (Change("address", "", url), Change("database", "", database), Change("login", "", login))
            _journal(scope, Act.CONNECTION_MADE, row, told, now)
    except IntegrityError as error:
        raise Conflict("this database is connected already: open it in the list to change how") from error
    return queries.instance(scope, row.public_id)


def change_access(scope: Scope, instance: UUID, *, login: str, secret: str, key_name: str, now: datetime) -> Instance:
    """Change how an instance is signed in to; an empty secret keeps the known one. It is looked at again at once."""
    scope.demand(May.SET_INSTANCES)
    known = queries.instance(scope, instance)
    fields: dict[str, object] = {"login": login, "key_name": key_name}
    if secret:
        fields["secret"] = secret
    told = [Change("login", known.login, login), Change("key name", known.key_name, key_name)]
    told += [SECRET] if secret else []
    with together():
        row = models.Instance.objects.get(pk=known.pk)
        for name, value in fields.items():
            setattr(row, name, value)
        row.save(update_fields=list(fields))
        models.Following.objects.filter(instance_id=known.pk, on=True).update(failures=0, look_at=0, trouble=None)
        _journal_changes(scope, Act.ACCESS_CHANGED, row, told, now)
    return queries.instance(scope, instance)


def rename(scope: Scope, instance: UUID, *, name: str, now: datetime) -> None:
    """Give an instance another name."""
    scope.demand(May.SET_INSTANCES)
    with together():
        row = models.Instance.objects.get(pk=queries.instance(scope, instance).pk)
        told = (Change("name", row.name, name[:200]),)
        row.name = name[:200]
        row.save(update_fields=["name"])
        _journal_changes(scope, Act.CONNECTION_RENAMED, row, told, now)


def keep_account(
    scope: Scope,
    instance: UUID,
    *,
    version: str,
    database: str,
    account: Mapping[str, Any],
    key_expires_at: datetime | None,
    now: datetime,
) -> None:
    """Keep what an account could read when it was examined."""
    known = queries.instance(scope, instance)
    models.Instance.objects.filter(pk=known.pk).update(
        version=version[:20],
        database=database,
        account=dict(account),
        key_expires_at=second_if(key_expires_at),
        examined_at=second_of(now),
    )


def forget(scope: Scope, instance: UUID, *, now: datetime) -> None:
    """Remove an instance with its credentials; the tickets that came from it stay."""
    scope.demand(May.SET_INSTANCES)
    with together():
        row = models.Instance.objects.get(pk=queries.instance(scope, instance).pk)
        told = (Change("address", row.url, ""), Change("database", row.database, ""), Change("login", row.login, ""))
        _journal(scope, Act.CONNECTION_REMOVED, row, told, now)
        row.delete()


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How tickets are to be followed; `stages` maps a stage's name to its kind and owner."""

    desk: str
    stages: Mapping[str, Mapping[str, str | None]]
    priorities: Mapping[str, str]
    teams: tuple[int, ...]
    client_fallback: int | None
    since: datetime | None
    write_back: bool


def follow(scope: Scope, instance: UUID, terms: Terms, *, on: bool, now: datetime) -> None:
    """Set how the tickets of an instance are followed, and begin or stop.

    Where another desk, other teams, another beginning or another meaning of stages and priorities are chosen, everything is
    read from the beginning again: what is known is not taken twice, and what was read otherwise is superseded. Raises
    `NotFound` for a client outside the scope.
    """
    scope.demand(May.SET_INSTANCES)
    known = queries.instance(scope, instance)
    _own_client(scope, known.partner, terms.client_fallback)
    before = known.following
    since = second_if(terms.since)
    stages = {name: dict(each) for name, each in terms.stages.items()}
    wanted = (terms.desk, terms.teams, terms.since, stages, dict(terms.priorities))
    anew = before is None or wanted != (before.desk, before.teams, before.since, before.stages, before.priorities)
    fields: dict[str, object] = {
        "desk": terms.desk,
        "stages": stages,
        "priorities": dict(terms.priorities),
        "teams": list(terms.teams),
        "client_fallback_id": terms.client_fallback,
        "since": since,
        "write_back": terms.write_back,
        "on": on,
        "look_at": second_of(now) if on else None,
        "failures": 0,
        "trouble": None,
    }
    if anew:
        fields |= {"cursor": {}, "caught_up": False}
    with together():
        models.Following.objects.update_or_create(instance_id=known.pk, defaults=fields)
        row = models.Instance.objects.get(pk=known.pk)
        clients = {each.pk: each.name for each in tenancy.clients(scope)}
        _journal_changes(scope, Act.FOLLOWING_SET, row, _terms_changed(before, terms, clients, on=on), now)


def name_customer(scope: Scope, instance: UUID, *, customer: str, client: int, now: datetime) -> None:
    """Say which client a customer of the desk is; its tickets that wait are taken at the next look, which is at once."""
    scope.demand(May.SET_INSTANCES)
    known = queries.instance(scope, instance)
    _own_client(scope, known.partner, client)
    with together():
        row = models.Following.objects.select_for_update().select_related("instance").filter(instance_id=known.pk).first()
        if row is None:
            raise NotFound("no tickets are followed there")
        names = {each.pk: each.name for each in tenancy.clients(scope)}
        told = (Change(customer or "no customer", names.get(row.customers.get(customer, 0), ""), names[client]),)
        _journal(scope, Act.CUSTOMER_NAMED, row.instance, told, now)
        row.customers = {**row.customers, customer: client}
        row.look_at = second_of(now) if row.on else None
        row.save(update_fields=["customers", "look_at"])


def read_again(scope: Scope, instance: UUID, *, now: datetime) -> None:
    """Let everything be read from the beginning again; what is known is not taken twice."""
    scope.demand(May.SET_INSTANCES)
    known = queries.instance(scope, instance)
    with together():
        models.Following.objects.filter(instance_id=known.pk).update(
            cursor={}, caught_up=False, look_at=second_of(now), failures=0
        )
        _journal(scope, Act.READ_AGAIN, models.Instance.objects.get(pk=known.pk), (), now)


def look_soon(scope: Scope, instance: UUID, *, now: datetime) -> bool:
    """Let the next look be now and not when its turn would come; false where one is going on, which may have begun too soon
    to see what there is to see."""
    scope.demand(May.SET_INSTANCES)
    known, at = queries.instance(scope, instance), second_of(now)
    waiting = models.Following.objects.filter(instance_id=known.pk, on=True, look_at__lte=at + int(EVERY.total_seconds()))
    return waiting.update(look_at=at) == 1


def claim(instance: UUID, *, now: datetime) -> bool:
    """Take a look that is due for oneself; false where another worker was quicker.

    The next one is put off by a lease meanwhile, so that a worker that is lost only delays it.
    """
    at = second_of(now)
    due = models.Following.objects.filter(instance__public_id=instance, on=True, look_at__lte=at)
    return due.update(look_at=at + int(_LEASE.total_seconds())) == 1


def carry_stages(scope: Scope, instance: UUID, stages: Mapping[str, Mapping[str, str | None]], *, now: datetime) -> None:
    """Keep what stages stand for that are called something else in the desk now; it is what they stood for."""
    known = queries.instance(scope, instance)
    with together():
        row = models.Following.objects.select_for_update().select_related("instance").get(instance_id=known.pk)
        told = [Change(f"stage {name}", _meaning(row.stages.get(name)), _meaning(each)) for name, each in stages.items()]
        row.stages = {**row.stages, **{name: dict(each) for name, each in stages.items()}}
        row.save(update_fields=["stages"])
        _journal_changes(scope, Act.FOLLOWING_SET, row.instance, told, now)


def come_to(following: int, *, cursor: Mapping[str, Any], now: datetime) -> None:
    """Keep how far a look has come, and that it goes on."""
    models.Following.objects.filter(pk=following).update(
        cursor=dict(cursor), look_at=second_of(now) + int(_LEASE.total_seconds())
    )


def looked(following: int, *, now: datetime, trouble: Mapping[str, str] | None) -> None:
    """End a look that came through; `trouble` is what it could not do all the same."""
    at = second_of(now)
    models.Following.objects.filter(pk=following).update(
        look_at=at + int(EVERY.total_seconds()), looked_at=at, caught_up=True, failures=0, trouble=trouble
    )


def tell_trouble(following: int, trouble: Mapping[str, str]) -> None:
    """Keep what could not be done after a look that came through, until the next one."""
    models.Following.objects.filter(pk=following).update(trouble=dict(trouble))


def failed(following: int, *, now: datetime, trouble: Mapping[str, str]) -> None:
    """End a look that failed: the next one comes later each time, and after a while every half hour."""
    row = models.Following.objects.get(pk=following)
    wait = min(_LONGEST_WAIT, EVERY * 2 ** min(row.failures, 10))
    models.Following.objects.filter(pk=following).update(
        look_at=second_of(now) + int(wait.total_seconds()), failures=F("failures") + 1, trouble=dict(trouble)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What was seen of a ticket at a look."""

    outside: int
    ref: str
    customer: str
    title: str
    held: bool
    seen: Mapping[str, str]


def keep_sights(scope: Scope, following: int, sights: Sequence[Sight]) -> None:
    """Keep what was seen of tickets, in the place of what was known."""
    models.Followed.objects.bulk_create(
        [
            models.Followed(
                following_id=following, outside=each.outside, ref=each.ref, customer=each.customer[:300],
                title=each.title[:300], held=each.held, seen=dict(each.seen), gone=False,
            )
            for each in sights
        ],
        batch_size=200,
        update_conflicts=True,
        unique_fields=["following", "outside"],
        update_fields=["customer", "title", "held", "seen", "gone"],
    )  # fmt: skip


def keep_commitments(scope: Scope, following: int, found: Mapping[int, Sequence[Commitment]], *, whole: bool) -> None:
    """Keep what Odoo says of its own commitments, by the numbers there of followed tickets; of others nothing is kept.

    With `whole` these are all that a ticket has, and others that were known of it are gone.
    """
    known = dict(queries.rows(scope, following).filter(outside__in=list(found)).values_list("outside", "pk"))
    if whole:
        numbers = [each.number for told in found.values() for each in told]
        models.Commitment.objects.filter(followed__in=known.values()).exclude(number__in=numbers).delete()
    rows = [
        models.Commitment(
            followed_id=known[outside], number=each.number, policy=each.policy[:200], clock=each.clock, stage=each.stage[:200],
            state=each.state, deadline_at=second_if(each.deadline_at), target=_seconds(each.target),
            consumed=_seconds(each.consumed), counted_at=second_if(each.counted_at), calendar=each.calendar[:200],
            pauses=list(each.pauses), written_at=second_of(each.written_at),
        )
        for outside, told in found.items()
        if outside in known
        for each in told
    ]  # fmt: skip
    models.Commitment.objects.bulk_create(
        rows,
        batch_size=200,
        update_conflicts=True,
        unique_fields=["followed", "number"],
        update_fields=[
            "policy", "clock", "stage", "state", "deadline_at", "target", "consumed", "counted_at", "calendar", "pauses",
            "written_at",
        ],
    )  # fmt: skip


def lose(scope: Scope, following: int, outside: Iterable[int]) -> None:
    """Keep that tickets are no longer in Odoo."""
    queries.rows(scope, following).filter(outside__in=list(outside)).update(gone=True, held=False)


def will_note(scope: Scope, following: int, outside: int, *, digest: str) -> None:
    """Say that a note is about to be sent."""
    queries.rows(scope, following).filter(outside=outside).update(noting=digest)


def has_noted(scope: Scope, following: int, outside: int, *, digest: str) -> None:
    """Say that a note has been sent."""
    queries.rows(scope, following).filter(outside=outside).update(noted=digest, noting="")


def _journal(scope: Scope, act: Act, row: models.Instance, told: Iterable[Change], now: datetime) -> None:
    journal.record(scope, act, partner=row.partner_id, thing=row.public_id, name=row.name, changes=tuple(told), now=now)


def _journal_changes(scope: Scope, act: Act, row: models.Instance, told: Iterable[Change], now: datetime) -> None:
    """Keep what was changed; what was set to what it was already is nothing that anybody did."""
    changed = [each for each in told if each.before != each.after]
    if changed:
        _journal(scope, act, row, changed, now)


def _terms_changed(before: Following | None, after: Terms, clients: Mapping[int, str], *, on: bool) -> Iterator[Change]:
    """Yield the terms of following before and after; what stages and priorities stand for, each by its name."""
    yield Change("following", "" if before is None else _switch(before.on), _switch(on))
    yield Change("desk", "" if before is None else before.desk, after.desk)
    yield Change("write back", "" if before is None else _switch(before.write_back), _switch(after.write_back))
    yield Change("teams", "" if before is None else _listed(before.teams), _listed(after.teams))
    yield Change("since", "" if before is None else _day(before.since), _day(after.since))
    fallback = None if before is None else before.client_fallback
    yield Change("client of all others", clients.get(fallback or 0, ""), clients.get(after.client_fallback or 0, ""))
    stages = {} if before is None else before.stages
    for name in sorted({*stages, *after.stages}):
        yield Change(f"stage {name}", _meaning(stages.get(name)), _meaning(after.stages.get(name)))
    priorities = {} if before is None else before.priorities
    for name in sorted({*priorities, *after.priorities}):
        yield Change(f"priority {name}", priorities.get(name, ""), after.priorities.get(name, ""))


def _day(at: datetime | None) -> str:
    return "" if at is None else f"{at:%Y-%m-%d}"


def _switch(on: bool) -> str:
    return "on" if on else "off"


def _listed(numbers: Iterable[int]) -> str:
    return ", ".join(map(str, numbers))


def _meaning(said: Mapping[str, str | None] | None) -> str:
    return "" if said is None else " ".join(each for each in (said["kind"], said.get("owner")) if each)


def _seconds(time: timedelta | None) -> int | None:
    return None if time is None else int(time.total_seconds())


def _own_client(scope: Scope, partner: int, client: int | None) -> None:
    if client is not None and client not in {each.pk for each in tenancy.clients(scope) if each.partner == partner}:
        raise NotFound("there is no such client")
