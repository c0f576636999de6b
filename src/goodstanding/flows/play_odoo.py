"""Play the demo's Odoo: connect the product to it, follow its tickets, and let happen there what has happened since."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from threading import Lock
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from goodstanding.adapters.demo import helpdesk
from goodstanding.adapters.demo.cast import PARTNER
from goodstanding.adapters.demo.helpdesk import Helpdesk
from goodstanding.adapters.demo.terms import terms_from
from goodstanding.adapters.odoo.desks import DeskKind
from goodstanding.adapters.odoo.trouble import Unreachable
from goodstanding.adapters.outbound.message import Answer, Ask
from goodstanding.apps.desk import queries as promises
from goodstanding.apps.instances import actions, queries
from goodstanding.apps.instances.actions import Terms
from goodstanding.apps.instances.queries import Following, Instance
from goodstanding.apps.tenancy import queries as who
from goodstanding.apps.tenancy.scope import Scope
from goodstanding.apps.unit import NotFound
from goodstanding.flows.connect_odoo import connect_odoo, examine_again
from goodstanding.flows.follow_tickets import follow_tickets
from goodstanding.flows.reach_odoo import FAILURES, Reach

SEED: Final = "boravento"
ADDRESS: Final = helpdesk.ADDRESS
_SCOPE: Final = Scope.everything("the demo's Odoo")
_RENEWED: Final = timedelta(days=5)
"""So long before its end the key of the connection is renewed: a demo goes on for as long as anybody wants to see it."""
_FRESH: Final = timedelta(seconds=5)
"""So old what this Odoo tells may be."""


class PlayedOdoo:
    """The demo's Odoo in this process, a `Sender` for its address.

    It is made when it is first asked and goes on with the time; each process may have one, they all say the same.
    """

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._desk: Helpdesk | None = None
        self._lock = Lock()
        self._unseen = False

    def send(self, ask: Ask) -> Answer:
        """Answer a request. Raises `Unreachable` where the demo is not connected to it."""
        found = self._up_to(self._clock(), at_most=_FRESH)
        if found is None:
            raise Unreachable("The demo's Odoo is not running.", advice="Set the demo up anew: goodstanding demo.")
        return found.send(ask)

    def go_on(self, *, now: datetime) -> int:
        """Let happen what has happened since the last time, and let it be looked at; return how many happenings there were."""
        before = self._desk.told if self._desk is not None else 0
        found = self._up_to(now)
        if found is None:
            return 0
        told = found.told - before
        self._unseen = self._unseen or told > 0
        instance = instance_of(who.partner_by_key(_SCOPE, PARTNER.key).pk)
        if self._unseen and instance is not None and actions.look_soon(_SCOPE, instance.public_id, now=now):
            self._unseen = False
        return told

    def _up_to(self, now: datetime, *, at_most: timedelta = timedelta()) -> Helpdesk | None:
        with self._lock:
            self._desk = self._desk or _made(self._clock)
            if self._desk is not None and self._desk.told_until + at_most < now:
                self._desk.tell(now)
            return self._desk


def instance_of(partner: int) -> Instance | None:
    """Return the connection to the demo's Odoo, or None where there is none, or none any more."""
    return next((each for each in queries.instances(_SCOPE) if (each.partner, each.url) == (partner, ADDRESS)), None)


def begins(instance: Instance | None) -> date:
    """Return the first date whose tickets are kept in the demo's Odoo: the one it is said to be connected since.

    Where somebody has removed the connection, no ticket of its clients comes any more, by whatever road.
    """
    return date.min if instance is None else instance.added_at.date()


@dataclass(frozen=True, slots=True)
class Connected:
    """The connection to the demo's Odoo, and that Odoo as it is now."""

    public_id: UUID
    source: str
    desk: Helpdesk

    @property
    def reach(self) -> Reach:
        """What reaches this Odoo, and nothing else."""
        return Reach(self.desk, {ADDRESS: self.desk})


def set_up(partner: int, *, days: int, now: datetime) -> Connected:
    """Connect the partner to the demo's Odoo where it is not connected yet, with its tickets followed.

    It is said to be connected since `days` ago, or since the first day of the history where that is later. Begun again it
    changes nothing but the date of a key that is about to end.
    """
    known, first = instance_of(partner), first_day(partner)
    since = begins(known) if known is not None else max(first, now.date() - timedelta(days=days))
    made = Helpdesk(SEED, terms_from(first), begins=since, key_ends_at=_key_end(known, now), clock=lambda: now)
    made.tell(now)
    reach = Reach(made, {ADDRESS: made})
    if known is None:
        known = connect_odoo(
            _SCOPE, partner=partner, client=None, name=f"Odoo of {PARTNER.name}", address=ADDRESS, login=helpdesk.LOGIN,
            secret=helpdesk.key_secret(SEED), database=helpdesk.DATABASE, key_name=helpdesk.KEY_NAME, reach=reach,
            now=datetime.combine(since, time(), UTC),
        )  # fmt: skip
    # Where somebody has changed the connection since, the next look tells on its page what is wrong.
    with suppress(*FAILURES):
        examine_again(_SCOPE, known.public_id, reach=reach, now=now)
    if known.following is None:
        actions.follow(_SCOPE, known.public_id, _terms(None), on=True, now=now)
    return Connected(known.public_id, known.source, made)


def follow(odoo: Connected, *, now: datetime, tell: Callable[[float], None]) -> None:
    """Look at the demo's Odoo at once, also where a look that was cut off still holds its turn; `tell` hears which part of
    its tickets has been read."""
    following = queries.instance(_SCOPE, odoo.public_id).following
    if following is None or not following.on:
        return
    actions.follow(_SCOPE, odoo.public_id, _terms(following), on=True, now=now)
    follow_tickets(
        odoo.public_id,
        reach=odoo.reach,
        clock=lambda: now,
        tell=lambda done: tell(done / max(done, len(odoo.desk.tickets))),
    )


def first_day(partner: int) -> date:
    """Return the local day on which everything was first promised; kept by the assignments made at the first start."""
    zones = {each.pk: each.zone for each in who.clients(_SCOPE) if each.partner == partner}
    promised = [each for each in promises.assignments(_SCOPE) if each.client in zones]
    return min(each.from_at.astimezone(ZoneInfo(zones[each.client])).date() for each in promised)


def _made(clock: Callable[[], datetime]) -> Helpdesk | None:
    try:
        partner = who.partner_by_key(_SCOPE, PARTNER.key).pk
    except NotFound:
        return None
    known = instance_of(partner)
    if known is None:
        return None
    ends_at = _key_end(known, clock())
    return Helpdesk(SEED, terms_from(first_day(partner)), begins=begins(known), key_ends_at=ends_at, clock=clock)


def _key_end(known: Instance | None, now: datetime) -> datetime:
    ends_at = None if known is None else known.key_expires_at
    return now + helpdesk.KEY_LASTS if ends_at is None or ends_at < now + _RENEWED else ends_at


def _terms(following: Following | None) -> Terms:
    """Return the terms of following: as they are, or else those that the desk proposes by itself."""
    if following is None:
        return Terms(desk=DeskKind.OCA, stages={}, priorities={}, teams=(), client_fallback=None, since=None, write_back=False)
    return Terms(
        desk=following.desk,
        stages=following.stages,
        priorities=following.priorities,
        teams=following.teams,
        client_fallback=following.client_fallback,
        since=following.since,
        write_back=following.write_back,
    )
