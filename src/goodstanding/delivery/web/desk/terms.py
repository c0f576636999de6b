"""Tiers and calendars: what is promised, in which hours, and since which version."""

from datetime import date, datetime, timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from goodstanding.apps.desk import queries
from goodstanding.apps.tenancy import queries as tenancy
from goodstanding.apps.tenancy.roles import May
from goodstanding.apps.unit import Conflict
from goodstanding.core.clocks.calendar import DAY, WEEKDAYS, Calendar, CalendarError
from goodstanding.core.clocks.presets import PRESETS
from goodstanding.core.commerce.priorities import priorities
from goodstanding.core.commerce.tier import Tier
from goodstanding.core.desk.policy import ClockKind
from goodstanding.delivery import words
from goodstanding.delivery.web.desk.days import start_of_day
from goodstanding.delivery.web.frame.guard import needs
from goodstanding.delivery.web.frame.render import page
from goodstanding.flows import publish_calendar as calendars_flow
from goodstanding.flows import publish_tier as tiers_flow

LONGEST_NAME = 120
DAYS_SHOWN = 20


@needs(May.SEE_TERMS)
def tiers(request: HttpRequest) -> HttpResponse:
    """Every tier of the partner, newest versions."""
    found = [(version, tiers_flow.check(version.text).tier) for version in queries.tiers(request.scope)]
    promised = queries.assignments(request.scope)
    context = {
        "tiers": [(version, tier, _clients_of(version.key, promised, request.now)) for version, tier in found],
        "rows": _promises,
    }
    return page(request, "desk/tiers.html", context, here="tiers")


@needs(May.SEE_TERMS)
def tier(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One tier: its promises as they are read, its versions, and who is served under them."""
    versions = queries.tier_versions(request.scope, public_id)
    shown = next((each for each in versions if str(each.public_id) == request.GET.get("version")), versions[0])
    checked = tiers_flow.check(shown.text)
    context = {
        "shown": shown,
        "versions": versions,
        "tier": checked.tier,
        "problems": checked.problems,
        "rows": _promises(checked.tier) if checked.tier else [],
        "clients": [each for each in queries.assignments(request.scope) if each.tier_key == shown.key],
        "addresses": _addresses(request),
    }
    return page(request, "desk/tier.html", context, here="tiers")


@needs(May.SET_TERMS)
def write_tier(request: HttpRequest, public_id: UUID | None = None) -> HttpResponse:
    """Write a new version of a tier, or a new tier: check as often as you like, then publish."""
    version = queries.tier_versions(request.scope, public_id)[0] if public_id else None
    text = request.POST.get("text", version.text if version else tiers_flow.text_of(tiers_flow.shipped()[2]))
    starts = request.POST.get("effective_from", request.now.date().isoformat())
    problems, wrong = (), ""
    if request.method == "POST":
        checked = tiers_flow.check(text.replace("\r\n", "\n"), name="tier")
        problems = checked.problems
        if checked.tier is not None and "publish" in request.POST:
            try:
                home = tenancy.home_partner(request.scope)
                made = tiers_flow.publish_tier(
                    request.scope,
                    partner=home.pk,
                    text=text.replace("\r\n", "\n"),
                    effective_from=start_of_day(starts, home.zone),
                    now=request.now,
                    note=request.POST.get("note", "")[:300],
                )
            except (Conflict, ValueError) as error:
                wrong = str(error)
            else:
                messages.success(request, f"{made.name}, version {made.number}, is published. Open tickets keep their terms.")
                return redirect("tier", made.tier)
    context = {
        "version": version,
        "text": text,
        "starts": starts,
        "note": request.POST.get("note", ""),
        "problems": problems,
        "checked": request.method == "POST",
        "wrong": wrong,
    }
    return page(request, "desk/write_tier.html", context, here="tiers")


@needs(May.SEE_TERMS)
def calendars(request: HttpRequest) -> HttpResponse:
    """Every calendar of the partner, newest versions."""
    found = queries.calendars_defined(request.scope)
    context = {"calendars": [(version, _week(calendar)) for version, calendar in found]}
    return page(request, "desk/calendars.html", context, here="calendars")


@needs(May.SEE_TERMS)
def calendar(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One calendar: its week as a picture, the days that differ, and its versions."""
    versions = queries.calendar_versions(request.scope, public_id)
    shown = next((each for each in versions if str(each.public_id) == request.GET.get("version")), versions[0])
    defined = queries.calendar_version(request.scope, shown.public_id)[1]
    today = request.now.astimezone(defined.tz).date()
    context = {
        "shown": shown,
        "versions": versions,
        "week": _week(defined),
        "ahead": _ahead(defined, today),
        "clients": [each for each in queries.assignments(request.scope) if each.calendar_name == shown.name],
        "addresses": _addresses(request),
    }
    return page(request, "desk/calendar.html", context, here="calendars")


@needs(May.SET_TERMS)
def write_calendar(request: HttpRequest, public_id: UUID | None = None) -> HttpResponse:
    """Write a new version of a calendar, or a new calendar: check as often as you like, then publish."""
    version = queries.calendar_versions(request.scope, public_id)[0] if public_id else None
    home = tenancy.home_partner(request.scope)
    wrong, text, week = "", request.POST.get("text", ""), None
    if request.method == "GET":
        text = version.text if version else _preset(request.GET.get("preset", "business"), request.GET.get("zone", home.zone))
        shown = calendars_flow.check(text, now=request.now, name="calendar").calendar
        week = _week(shown) if shown else None
    name = version.name if version else request.POST.get("name", "").strip()
    problems = ()
    if request.method == "POST":
        checked = calendars_flow.check(text.replace("\r\n", "\n"), now=request.now, name="calendar")
        problems, week = checked.problems, _week(checked.calendar) if checked.calendar else None
        if checked.calendar is not None and "publish" in request.POST:
            if not name or len(name) > LONGEST_NAME:
                wrong = f"Give the calendar a name of at most {LONGEST_NAME} letters, for example “Office hours Rome”."
            else:
                made = calendars_flow.publish_calendar(
                    request.scope, partner=home.pk, name=name, text=text.replace("\r\n", "\n"), now=request.now,
                    note=request.POST.get("note", "")[:300],
                )  # fmt: skip
                messages.success(request, f"{made.name}, version {made.number}, is published. Open tickets keep their hours.")
                return redirect("calendar", made.calendar)
    context = {
        "version": version,
        "name": name,
        "text": text,
        "note": request.POST.get("note", ""),
        "problems": problems,
        "checked": request.method == "POST",
        "week": week,
        "wrong": wrong,
        "presets": list(PRESETS),
    }
    return page(request, "desk/write_calendar.html", context, here="calendars")


def _addresses(request: HttpRequest) -> dict[int, UUID]:
    """The clients' public ids by primary key."""
    return {each.pk: each.public_id for each in tenancy.clients(request.scope)}


def _ahead(defined: Calendar, today: date) -> list[tuple[str, str]]:
    """The days from today on that are not simply those of the week, in order, each with what it is."""
    found: list[tuple[date, str, str]] = []
    found += [(on, words.day(on), defined.holiday_names.get(on) or "holiday") for on in defined.holidays]
    for each in defined.closed:
        first, last = each.start.date(), (each.end - timedelta(microseconds=1)).date()
        hours = "" if each.whole_days else f" {each.start:%H:%M}–{each.end:%H:%M}"
        found.append((last, words.days(first, last) + hours, f"closed: {each.name}" if each.name else "closed"))
    for extra in defined.open:
        hours = ", ".join(f"{words.time_of_day(start / DAY)}–{words.time_of_day(end / DAY)}" for start, end in extra.hours)
        found.append((extra.on, words.day(extra.on), f"open {hours}"))
    return [(day, what) for last, day, what in sorted(found) if last >= today][:DAYS_SHOWN]


def _clients_of(key: str, promised: tuple, now: datetime) -> list[str]:
    return sorted(
        {each.client_name for each in promised if each.tier_key == key and (each.until_at is None or each.until_at > now)}
    )


def _promises(tier: Tier | None) -> list[tuple[str, list]]:
    """The table of a tier: a row a priority, a cell a clock, each with its reading."""
    if tier is None or tier.policy is None:
        return []
    found = []
    for priority in priorities(tier.family):
        cells = []
        for clock in ClockKind:
            rule = tier.policy.rule_for(clock, priority)
            cells.append(None if rule is None else tier.reading(rule))
        found.append((priority, cells))
    return found


def _week(calendar: Calendar) -> list[tuple[str, list[tuple[float, float]]]]:
    """Each weekday with its hours as parts of a line 1000 wide."""
    return [
        (name, [(1000 * start / DAY, 1000 * (end - start) / DAY) for start, end in spans])
        for name, spans in zip(WEEKDAYS, calendar.week, strict=True)
    ]


def _preset(name: str, zone: str) -> str:
    """Write a preset out as weekly hours, so that there is something to change."""
    name = name if name in PRESETS else "business"
    try:
        calendars_flow.preset_text(name, zone)
    except CalendarError:
        zone = "UTC"
    spans = {day: ", ".join(f"'{span}'" for span in PRESETS[name].get(day, ())) for day in WEEKDAYS}
    lines = [f"zone: {zone}", "week:", *(f"  {day}: [{each}]" for day, each in spans.items() if each)]
    return "\n".join(lines) + "\n"
