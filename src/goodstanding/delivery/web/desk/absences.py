"""Absences: who is away when, and which hours that leaves uncovered (requirements ESC-7, ESC-8)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from goodstanding.apps.escalation import actions, queries
from goodstanding.apps.escalation.values import SeatRow, SpellRow
from goodstanding.apps.tenancy import queries as tenancy
from goodstanding.apps.tenancy.roles import May
from goodstanding.apps.unit import Conflict, NotFound
from goodstanding.core.desk.escalation.people import Absence, Roster
from goodstanding.core.desk.escalation.rota import left_open_by
from goodstanding.delivery import words
from goodstanding.delivery.web.desk.days import moment_on, start_of_day
from goodstanding.delivery.web.desk.removed import keep_removed, removed_lately
from goodstanding.delivery.web.desk.rota import after_removal, zone_of
from goodstanding.delivery.web.desk.rota_form import Typed
from goodstanding.delivery.web.desk.rota_picture import day_of, instant, spell
from goodstanding.delivery.web.frame.guard import needs
from goodstanding.delivery.web.frame.render import page

LOOKED: Final = timedelta(weeks=8)
"""How far ahead it is told what an absence leaves uncovered; a rota is seldom planned further."""
LONGEST: Final = timedelta(days=3 * 366)
_TYPED: Final = ("person", "from", "from_time", "until", "until_time")


@needs(May.SEE_TERMS)
def absences(request: HttpRequest) -> HttpResponse:
    """Who is away now or will be, and what that leaves uncovered."""
    return _shown(request)


def _shown(request: HttpRequest, *, typed: Typed | None = None) -> HttpResponse:
    partner, zone = tenancy.home_partner(request.scope).pk, zone_of(request)
    rows = queries.absences(request.scope, partner=partner, since=request.now)
    seats = queries.seats(request.scope, partner=partner)
    roster = queries.roster(request.scope, partner=partner, now=request.now)
    held = queries.holdings(request.scope, partner=partner)
    today = words.local(request.now, zone).date().isoformat()
    begun = dict.fromkeys(_TYPED, "") | {"from": today, "until": today}
    context = {
        "title": _title(rows, request.now),
        "rows": [
            (
                each,
                _said(each, seats, zone, request.now),
                _left_open(roster, each, request.now, zone),
                sum(one.person == each.person and not one.deputy_name for one in held),
            )
            for each in rows
        ],
        "people": seats,
        "typed": typed or Typed(begun),
        "removed": removed_lately(request, "absences"),
        "zone_of_page": zone,
    }
    return page(request, "desk/absences.html", context, here="rota", status=422 if typed else 200)


@dataclass(frozen=True, slots=True)
class Said:
    """An absence in words as it was typed: on the clocks of where somebody works, whole days as days."""

    begins: str
    ends: str
    clocks: str
    """What the days are of, or the times on: `whole days in Pacific/Auckland`."""

    def __str__(self) -> str:
        """Say it in one: `Thu 26 Nov – Sat 26 Dec, whole days in Pacific/Auckland`."""
        return f"{self.begins if self.begins == self.ends else f'{self.begins} – {self.ends}'}, {self.clocks}"


def _said(row: SpellRow, seats: Iterable[SeatRow], zone: str, now: datetime) -> Said:
    there = next((each.zone for each in seats if each.pk == row.person), "") or zone
    if all(start_of_day(words.local(at, there).date().isoformat(), there) == at for at in (row.from_at, row.until_at)):
        last = words.local(row.until_at, there) - timedelta(days=1)
        return Said(day_of(row.from_at, there, now), day_of(last, there, now), f"whole days in {there}")
    return Said(instant(row.from_at, there, now), instant(row.until_at, there, now), f"in {there}")


def _title(rows: Sequence[SpellRow], now: datetime) -> str:
    gone = list(dict.fromkeys(each.name for each in rows if each.from_at <= now))
    if not gone:
        return "Nobody is away now"
    if len(gone) > 3:
        return f"{len(gone)} people are away now"
    return f"{', '.join(gone)} {'is' if len(gone) == 1 else 'are'} away now"


def _left_open(roster: Roster, row: SpellRow, now: datetime, zone: str) -> tuple[str, ...]:
    absence = Absence(row.person, row.from_at, row.until_at)
    found = left_open_by(roster, absence, now=now, until=now + LOOKED)
    return tuple(spell(start, end, zone, now) for start, end in found)


@needs(May.SET_ROTA)
@require_POST
def add_absence(request: HttpRequest) -> HttpResponse:
    """Note that somebody is away, and tell at once which hours nobody covers then."""
    partner, zone = tenancy.home_partner(request.scope).pk, zone_of(request)
    asked = {name: request.POST.get(name, "").strip() for name in _TYPED}
    seats = {str(each.person): each for each in queries.seats(request.scope, partner=partner)}
    wrong: dict[str, str] = {}
    who = seats.get(asked["person"])
    if who is None:
        wrong["person"] = "Choose somebody from the list."
    away = _spell(asked, (who.zone if who else "") or zone, request.now, wrong)
    if not wrong and who is not None and away is not None:
        try:
            made = actions.be_away(
                request.scope, partner=partner, person=who.pk, from_at=away[0], until_at=away[1], now=request.now
            )
        except (Conflict, NotFound) as error:
            wrong = {"": f"Not noted: {error}."}
        else:
            _tell(request, partner, seats.values(), made, zone)
            return redirect("absences")
    return _shown(request, typed=Typed(asked, wrong))


def _tell(request: HttpRequest, partner: int, seats: Iterable[SeatRow], made: UUID, zone: str) -> None:
    row = queries.absence(request.scope, made)
    said = f"{row.name} is away {_said(row, seats, zone, request.now)}"
    left = _left_open(queries.roster(request.scope, partner=partner, now=request.now), row, request.now, zone)
    if not left:
        messages.success(request, f"{said}; that leaves no hour of the rota uncovered.")
        return
    more = f" and {words.count(len(left) - 3, 'more stretch', 'more stretches')}" if len(left) > 3 else ""
    messages.warning(request, f"{said}. That leaves uncovered: {'; '.join(left[:3])}{more}. Plan a turn on call for it.")


@needs(May.SET_ROTA)
@require_POST
def remove_absence(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take an absence back; it can be put back."""
    found = queries.absence(request.scope, public_id)
    seats = queries.seats(request.scope, partner=found.partner)
    actions.be_back(request.scope, public_id, now=request.now)
    said = f"{found.name} is no longer away {_said(found, seats, zone_of(request), request.now)}."
    keep_removed(request, found.partner, "absences", said, person=found.person, from_at=found.from_at, until_at=found.until_at)
    return after_removal("absences")


def _spell(asked: Mapping[str, str], zone: str, now: datetime, wrong: dict[str, str]) -> tuple[datetime, datetime] | None:
    """Return the spell that was typed: whole days, the last one too, where no times of day were."""
    found: dict[str, datetime] = {}
    for name, time in (("from", asked["from_time"]), ("until", asked["until_time"])):
        try:
            day = date.fromisoformat(asked[name])
            if name == "until" and not time and day < date.max:
                day += timedelta(days=1)
            found[name] = moment_on(f"{day.isoformat()}T{time}", zone) if time else start_of_day(day.isoformat(), zone)
        except ValueError as error:
            said = str(error) if "“" not in str(error) and "isoformat" not in str(error) else "write a day, such as 2026-03-31"
            wrong[name] = f"{said[:1].upper()}{said[1:]}."
    if len(found) < 2:
        return None
    if found["until"] <= found["from"]:
        wrong["until"] = "An absence ends after it begins."
    elif found["until"] <= now:
        wrong["until"] = "This is over already: only who is away now or will be matters here."
    elif found["until"] - found["from"] > LONGEST:
        wrong["until"] = "An absence lasts three years at most: is the year right?"
    return found["from"], found["until"]
