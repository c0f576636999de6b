"""Play the demo: a believable partner whose tickets come in as time goes by."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from goodstanding.adapters.demo.beside import told_beside
from goodstanding.adapters.demo.cast import HISTORY_DAYS, PARTNER, PEOPLE
from goodstanding.adapters.demo.clients import CLIENTS
from goodstanding.adapters.demo.helpdesk import DAYS_IN_ODOO, not_in_odoo
from goodstanding.adapters.demo.terms import midnight, terms_from, years
from goodstanding.adapters.demo.world import LONGEST_LIFE, Told, happenings_between
from goodstanding.apps.desk import actions as desk
from goodstanding.apps.tenancy import actions as tenancy
from goodstanding.apps.tenancy import queries as who
from goodstanding.apps.tenancy.roles import Role
from goodstanding.apps.tenancy.scope import Scope
from goodstanding.apps.tickets import queries as tickets
from goodstanding.apps.tickets.actions import IncomingTicket
from goodstanding.apps.tickets.queries import Happening
from goodstanding.apps.unit import NotFound, together
from goodstanding.flows import play_odoo
from goodstanding.flows.play_odoo import SEED, PlayedOdoo
from goodstanding.flows.publish_calendar import publish_calendar
from goodstanding.flows.publish_tier import publish_catalogue
from goodstanding.flows.take_tickets import take_tickets

SOURCE: Final = "demo"
EMAIL: Final = f"davide@{PARTNER.domain}"
PASSWORD: Final = "good-standing"  # noqa: S105 - printed at the start of every demo
_SCOPE: Final = Scope.everything("the demo")
_MANY_DAYS: Final = timedelta(days=120)
"""Telling more than this takes longer than a process takes to start."""
_ODOO_SHARE: Final = 8
"""Following the partner's Odoo takes about an eighth of the time that telling the history does."""


@dataclass(frozen=True, slots=True)
class Played:
    """What the demo holds, and how to get in."""

    tickets: int
    events: int
    clients: int
    email: str
    password: str


def set_up(
    *,
    now: datetime,
    days: int = HISTORY_DAYS,
    days_in_odoo: int = DAYS_IN_ODOO,
    progress: Callable[[int, int], None] | None = None,
) -> Played:
    """Set the partner up where it is not there yet, and bring its history up to now.

    The history reaches `days` back from the first time this is called, eighteen months by default; later calls add what
    has happened since. What some clients opened in the last `days_in_odoo` of them comes from the partner's Odoo, all else is
    told directly. Left at any point and begun anew, it ends the same.
    """
    partner = _partner(now.date() - timedelta(days=days), now).pk
    told_until = tickets.told_until(_SCOPE, partner=partner, source=SOURCE)
    known = play_odoo.instance_of(partner)
    # Whoever has removed the connection does not get it back, nor the same tickets by another road.
    odoo = play_odoo.set_up(partner, days=days_in_odoo, now=now) if known is not None or told_until is None else None
    terms = terms_from(play_odoo.first_day(partner))
    since = terms.begins if told_until is None else max(terms.begins, told_until - LONGEST_LIFE - timedelta(days=1))
    direct = round((now - since).total_seconds()) or 1
    followed = 0 if odoo is None else direct // _ODOO_SHARE

    def tell(share: float) -> None:
        if progress is not None:
            progress(min(round(share), direct + followed), direct + followed)

    begins = play_odoo.begins(play_odoo.instance_of(partner))
    if now - since > _MANY_DAYS:
        batches = told_beside(SEED, since, now, first=terms.first, begins=begins)
    else:
        batches = happenings_between(SEED, since, now, terms, where=not_in_odoo(begins))
    for batch in batches:
        _take(partner, batch, now)
        tell(max(0.0, (max(ticket.opened_at for ticket, _ in batch) - since).total_seconds()))
    counts = [tickets.counts(_SCOPE, partner=partner, source=SOURCE)]
    if odoo is not None:
        play_odoo.follow(odoo, now=now, tell=lambda part: tell(direct + followed * part))
        counts.append(tickets.counts(_SCOPE, partner=partner, source=odoo.source))
    return Played(sum(each.tickets for each in counts), sum(each.events for each in counts), len(CLIENTS), EMAIL, PASSWORD)


def top_up(*, now: datetime, odoo: PlayedOdoo) -> int:
    """Let happen what has happened since the last time; return how many events that were.

    What has happened in `odoo`, the partner's own, is among them before it is read there: that is left to whoever follows
    Odoo desks, and made due.
    """
    partner = who.partner_by_key(_SCOPE, PARTNER.key).pk
    told_until = tickets.told_until(_SCOPE, partner=partner, source=SOURCE)
    if told_until is None:
        return 0
    terms = terms_from(play_odoo.first_day(partner))
    # An hour again, in case the last time was cut off; what is known is not taken twice.
    since = told_until - timedelta(hours=1)
    begins = play_odoo.begins(play_odoo.instance_of(partner))
    batches = happenings_between(SEED, since, now, terms, where=not_in_odoo(begins))
    return sum(_take(partner, batch, now) for batch in batches) + odoo.go_on(now=now)


def _take(partner: int, batch: Iterable[Told], now: datetime) -> int:
    """Take what was told of some tickets; return how many events were new."""
    known = {each.key: each.pk for each in who.clients(_SCOPE) if each.partner == partner}
    taken, _ = take_tickets(_SCOPE, partner=partner, source=SOURCE, tickets=_incoming(batch, known), now=now)
    return taken.new_events


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
            happenings=tuple(Happening(each.event, each.who, each.text) for each in told),
        )
        for ticket, told in batch
    ]


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
    published = publish_catalogue(_SCOPE, partner=partner.pk, effective_from=midnight(first, PARTNER.zone), now=now)
    tiers = {version.key: version for version in published}
    for client in CLIENTS:
        made = tenancy.set_up_client(
            _SCOPE, partner=partner.pk, name=client.name, key=client.key, zone=client.zone, country=client.country
        )
        hours = publish_calendar(_SCOPE, partner=partner.pk, name=client.name, text=client.calendar(years(first)), now=now)
        for promise in client.promises:
            desk.assign(
                _SCOPE,
                client=made.pk,
                tier_version=tiers[promise.tier].public_id,
                calendar_version=hours.public_id,
                from_at=midnight(first + timedelta(days=promise.from_day), client.zone),
            )
    return partner
