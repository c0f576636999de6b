"""Offices: whose hours they keep, who works in each, and what everybody is good at (requirements ESC-7)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from goodstanding.apps.desk import queries as desk
from goodstanding.apps.escalation import actions, queries
from goodstanding.apps.escalation.values import OfficeRow
from goodstanding.apps.tenancy import queries as tenancy
from goodstanding.apps.tenancy.roles import May
from goodstanding.apps.unit import Conflict, NotFound
from goodstanding.core.clocks.calendar import Calendar
from goodstanding.core.clocks.clock import clock_of, moment, second_of
from goodstanding.core.desk.escalation.plan import Kind
from goodstanding.delivery.web.desk.rota import zone_of
from goodstanding.delivery.web.desk.rota_form import Typed
from goodstanding.delivery.web.frame.guard import needs
from goodstanding.delivery.web.frame.render import page
from goodstanding.delivery.words_of_escalation import KIND

LONGEST_NAME: Final = 120
_NOBODY: Final = "Choose a calendar from the list."


@needs(May.SEE_TERMS)
def offices(request: HttpRequest) -> HttpResponse:
    """Every office with who works there, and everybody with what they are good at."""
    return _shown(request)


def _shown(request: HttpRequest, *, typed: Typed | None = None, of: UUID | None = None) -> HttpResponse:
    """Return the page, with what was typed into the form of an office, or for a new one where `of` is None."""
    partner = tenancy.home_partner(request.scope).pk
    found = queries.offices(request.scope, partner=partner)
    seats = queries.seats(request.scope, partner=partner)
    defined = {version.calendar: (version, calendar) for version, calendar in desk.calendars_defined(request.scope)}
    hours = {each.public_id: defined[each.calendar][1] for each in found if each.calendar in defined}
    open_now = [each.name for each in found if each.public_id in hours and _is_open(hours[each.public_id], request.now)]
    context = {
        "title": _title(found, open_now),
        "offices": [
            (each, [seat for seat in seats if seat.office == each.public_id], _turns(hours.get(each.public_id), request.now))
            for each in found
        ],
        "seats": seats,
        "calendars": [version for version, _ in defined.values()],
        "KIND": KIND,
        "typed": typed or Typed({"name": "", "calendar": ""}),
        "of": of,
        "open_now": open_now,
        "zone_of_page": zone_of(request),
    }
    return page(request, "desk/offices.html", context, here="rota", status=422 if typed else 200)


def _title(found: Sequence[OfficeRow], open_now: Sequence[str]) -> str:
    if not found:
        return "No office yet: nobody has quiet hours"
    if not open_now:
        return "No office is open now"
    return f"{', '.join(open_now)} {'is' if len(open_now) == 1 else 'are'} open now"


def _is_open(hours: Calendar, now: datetime) -> bool:
    return clock_of(hours).is_open(second_of(now))


def _turns(hours: Calendar | None, now: datetime) -> tuple[str, str, datetime | None]:
    """Whether an office is open, as a shape and a word, and when it opens where it is not."""
    if hours is None:
        return "failed", "Without hours", None
    if _is_open(hours, now):
        return "working", "Open now", None
    return "none", "Closed now", moment(clock_of(hours).next_opening(second_of(now)))


@needs(May.SET_ROTA)
@require_POST
def add_office(request: HttpRequest) -> HttpResponse:
    """Set up an office with the hours of a calendar."""
    typed, calendar = _typed(request)
    if not typed.wrong and calendar is not None:
        partner, name = tenancy.home_partner(request.scope).pk, typed.fields["name"]
        try:
            actions.set_office(request.scope, partner=partner, name=name, calendar=calendar, now=request.now)
        except Conflict as error:
            typed = Typed(typed.fields, {"name": f"{str(error)[:1].upper()}{str(error)[1:]}."})
        except NotFound:
            typed = Typed(typed.fields, {"calendar": _NOBODY})
        else:
            messages.success(request, f"{name} is set up. Say below who works there.")
            return redirect("offices")
    return _shown(request, typed=typed)


@needs(May.SET_ROTA)
@require_POST
def change_office(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Rename an office, or give it other hours."""
    queries.office(request.scope, public_id)
    typed, calendar = _typed(request)
    if not typed.wrong and calendar is not None:
        try:
            actions.change_office(
                request.scope, public_id, name=typed.fields["name"], calendar=calendar, now=request.now
            )  # fmt: skip
        except Conflict as error:
            typed = Typed(typed.fields, {"name": f"{str(error)[:1].upper()}{str(error)[1:]}."})
        except NotFound:
            typed = Typed(typed.fields, {"calendar": _NOBODY})
        else:
            messages.success(request, f"{typed.fields['name']} keeps its hours from now on.")
            return redirect("offices")
    return _shown(request, typed=typed, of=public_id)


@needs(May.SET_ROTA)
@require_POST
def remove_office(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Remove an office, once its name was typed: its people have no quiet hours any more, and it covers no hour."""
    found = queries.office(request.scope, public_id)
    if " ".join(request.POST.get("name", "").split()).casefold() != found.name.casefold():
        messages.error(request, f"Not removed: write the office’s name, {found.name}, to remove it.")
        return redirect("offices")
    actions.remove_office(request.scope, public_id, now=request.now)
    messages.success(request, f"{found.name} is removed; who worked there has no quiet hours any more.")
    return redirect("offices")


@needs(May.SET_ROTA)
@require_POST
def seat(request: HttpRequest) -> HttpResponse:
    """Say where somebody works and what they are good at."""
    partner = tenancy.home_partner(request.scope).pk
    seats = {str(each.person): each for each in queries.seats(request.scope, partner=partner)}
    places = {str(each.public_id): each for each in queries.offices(request.scope, partner=partner)}
    asked, skills = request.POST.get("office", ""), request.POST.getlist("skills")
    found = seats.get(request.POST.get("person", ""))
    if found is None or (asked and asked not in places) or not set(skills) <= set(Kind):
        messages.error(request, "Not changed: choose who works where, and at what they are good, from the lists.")
        return redirect("offices")
    place = places[asked].public_id if asked else None
    actions.seat(request.scope, partner=partner, person=found.pk, office=place, skills=skills, now=request.now)
    where = f"works in {places[asked].name}" if asked else "has no office and no quiet hours"
    messages.success(request, f"{found.name} {where}{_able(skills)}.")
    return redirect("offices")


def _able(skills: Sequence[str]) -> str:
    named = [KIND[each].lower() for each in Kind if each in skills]
    return f", good at {', '.join(named)}" if named else ""


def _typed(request: HttpRequest) -> tuple[Typed, UUID | None]:
    asked: Mapping[str, str] = {
        "name": " ".join(request.POST.get("name", "").split()), "calendar": request.POST.get("calendar", ""),
    }  # fmt: skip
    wrong = {}
    if not asked["name"] or len(asked["name"]) > LONGEST_NAME:
        wrong["name"] = f"Give the office a name of at most {LONGEST_NAME} letters, such as that of its city."
    try:
        calendar = UUID(asked["calendar"])
    except ValueError:
        return Typed(asked, wrong | {"calendar": _NOBODY}), None
    return Typed(asked, wrong), calendar
