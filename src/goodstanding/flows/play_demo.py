"""Play the demo: a believable partner whose tickets come in as time goes by."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from goodstanding.adapters.demo.cast import HISTORY_DAYS, PARTNER, PEOPLE
from goodstanding.adapters.demo.clients import CLIENTS
from goodstanding.adapters.demo.world import LONGEST_LIFE, Told, happenings_between, told_at
from goodstanding.adapters.files.calendars import load_calendar
from goodstanding.adapters.files.tiers import catalogue
from goodstanding.apps.desk import actions as desk
from goodstanding.apps.desk import queries as terms
from goodstanding.apps.tenancy import actions as tenancy
from goodstanding.apps.tenancy import queries as who
from goodstanding.apps.tenancy.roles import Role
from goodstanding.apps.tenancy.scope import Scope
from goodstanding.apps.tickets import queries as tickets
from goodstanding.apps.tickets.actions import IncomingTicket
from goodstanding.apps.tickets.queries import Happening
from goodstanding.apps.unit import NotFound, together
from goodstanding.core.desk.policy import SUPPORT, Assignment
from goodstanding.flows.publish_calendar import publish_calendar
from goodstanding.flows.publish_tier import publish_catalogue
from goodstanding.flows.take_tickets import take_tickets

SEED: Final = "boravento"
SOURCE: Final = "demo"
EMAIL: Final = f"davide@{PARTNER.domain}"
PASSWORD: Final = "good-standing"  # noqa: S105 - printed at the start of every demo
_SCOPE: Final = Scope.everything("the demo")


@dataclass(frozen=True, slots=True)
class Played:
    """What the demo holds, and how to get in."""

    tickets: int
    events: int
    clients: int
    email: str
    password: str


@dataclass(frozen=True)
class _Terms:
    """What each client is promised at an instant, from the day the history begins."""

    first: date
    assignments: tuple[Assignment, ...]

    def __call__(self, client: str, at: datetime) -> Assignment | None:
        return next((each for each in self.assignments if each.client == client and each.in_force(at)), None)

    def __hash__(self) -> int:
        return hash(self.first)


def set_up(*, now: datetime, days: int = HISTORY_DAYS, progress: Callable[[int, int], None] | None = None) -> Played:
    """Set the partner up where it is not there yet, and bring its history up to now.

    The history reaches `days` back from the first time this is called, eighteen months by default; later calls add what
    has happened since. Left at any point and begun anew, it ends the same.
    """
    partner = _partner(now.date() - timedelta(days=days), now)
    first = _first_day(partner)
    begins = min(each.from_at for each in _terms(first).assignments if each.from_at is not None)
    told_until = tickets.told_until(_SCOPE, partner=partner.pk, source=SOURCE)
    since = begins if told_until is None else max(begins, told_until - LONGEST_LIFE - timedelta(days=1))
    _play(partner.pk, _terms(first), since, now, progress)
    counts = tickets.counts(_SCOPE, partner=partner.pk, source=SOURCE)
    return Played(counts.tickets, counts.events, len(CLIENTS), EMAIL, PASSWORD)


def top_up(*, now: datetime) -> int:
    """Let happen what has happened since the last time; return how many events that were."""
    partner = who.partner_by_key(_SCOPE, PARTNER.key)
    told_until = tickets.told_until(_SCOPE, partner=partner.pk, source=SOURCE)
    if told_until is None:
        return 0
    # An hour again, in case the last time was cut off; what is known is not taken twice.
    return _play(partner.pk, _terms(_first_day(partner)), told_until - timedelta(hours=1), now, None)


def _play(partner: int, demo_terms: _Terms, since: datetime, now: datetime, progress: Callable[[int, int], None] | None) -> int:
    known = {each.key: each.pk for each in who.clients(_SCOPE) if each.partner == partner}
    events = 0
    for batch in happenings_between(SEED, since, now, demo_terms):
        taken, _ = take_tickets(_SCOPE, partner=partner, source=SOURCE, tickets=_incoming(batch, known), now=now)
        events += taken.new_events
        if progress is not None:
            reached = max(ticket.opened_at for ticket, _ in batch)
            progress(max(0, round((reached - since).total_seconds())), round((now - since).total_seconds()) or 1)
    return events


def _incoming(batch: Iterable[Told], known: dict[str, int]) -> list[IncomingTicket]:
    return [
        IncomingTicket(
            ref=ticket.ref,
            client=known[ticket.client],
            title=ticket.title,
            priority=ticket.priority,
            team=ticket.team,
            kind=ticket.kind,
            tags=ticket.tags,
            contact=ticket.contact,
            happenings=tuple(
                Happening(
                    replace(each.event, received_at=told_at(each), client=_client(each.event.client, known)),
                    each.who,
                    each.text,
                )
                for each in told
            ),
        )
        for ticket, told in batch
    ]


def _client(key: str | None, known: dict[str, int]) -> str | None:
    return None if key is None else str(known[key])


def _partner(first: date, now: datetime) -> who.Partner:
    """Set up the partner, its people, its clients and what they are promised, all or nothing; what is there stays as it is."""
    try:
        return who.partner_by_key(_SCOPE, PARTNER.key)
    except NotFound:
        with together():
            return _set_up_partner(first, now)


def _set_up_partner(first: date, now: datetime) -> who.Partner:
    partner = tenancy.set_up_partner(_SCOPE, key=PARTNER.key, name=PARTNER.name, zone=PARTNER.zone)
    for person in PEOPLE:
        pk = tenancy.set_up_person(
            _SCOPE, email=person.email, name=person.name, role=Role(person.role), partner=partner.pk, zone=person.zone
        )
        if person.email == EMAIL:
            tenancy.set_password(_SCOPE, pk, PASSWORD)
    published = publish_catalogue(_SCOPE, partner=partner.pk, effective_from=_midnight(first, PARTNER.zone), now=now)
    tiers = {version.key: version for version in published}
    for client in CLIENTS:
        made = tenancy.set_up_client(
            _SCOPE, partner=partner.pk, name=client.name, key=client.key, zone=client.zone, country=client.country
        )
        hours = publish_calendar(_SCOPE, partner=partner.pk, name=client.name, text=client.calendar(_years(first)), now=now)
        for promise in client.promises:
            desk.assign(
                _SCOPE,
                client=made.pk,
                tier_version=tiers[promise.tier].public_id,
                calendar_version=hours.public_id,
                from_at=_midnight(first + timedelta(days=promise.from_day), client.zone),
            )
    return partner


def _midnight(on: date, zone: str) -> datetime:
    return datetime.combine(on, time(), ZoneInfo(zone)).astimezone(UTC)


def _first_day(partner: who.Partner) -> date:
    """Return the local day on which everything was first promised; kept by the assignments made at the first start."""
    zones = {each.pk: each.zone for each in who.clients(_SCOPE) if each.partner == partner.pk}
    promised = [each for each in terms.assignments(_SCOPE) if each.client in zones]
    return min(each.from_at.astimezone(ZoneInfo(zones[each.client])).date() for each in promised)


def _years(first: date) -> range:
    """The years a demo lives in: its history, and some in which it may be left running."""
    return range(first.year, first.year + 5)


@lru_cache(maxsize=4)
def _terms(first: date) -> _Terms:
    tiers = {tier.key: tier.policy for tier in catalogue()}
    found = []
    for client in CLIENTS:
        calendar = load_calendar(client.calendar(_years(first)), _years(first), name=client.key)
        for promise in client.promises:
            policy = tiers[promise.tier]
            if policy is None:
                continue
            until = None if promise.until_day is None else _midnight(first + timedelta(days=promise.until_day), client.zone)
            found.append(
                Assignment(
                    id=f"{client.key}:{promise.from_day}",
                    client=client.key,
                    policy=policy,
                    slots={SUPPORT: calendar},
                    from_at=_midnight(first + timedelta(days=promise.from_day), client.zone),
                    until_at=until,
                )
            )
    return _Terms(first, tuple(found))
