"""On call: the days ahead with the hours that nobody covers, and the turns (requirements ESC-7)."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from goodstanding.apps.escalation import actions, queries
from goodstanding.apps.escalation.actions import NewTurn
from goodstanding.apps.escalation.values import SeatRow, SpellRow
from goodstanding.apps.tenancy import queries as tenancy
from goodstanding.apps.tenancy.roles import May
from goodstanding.apps.unit import Conflict, NotFound
from goodstanding.core.desk.escalation.people import Turn
from goodstanding.core.desk.escalation.rota import MOST_WEEKS, overlapping, repeat_weekly
from goodstanding.delivery import words
from goodstanding.delivery.web.desk.removed import keep_removed, removed_lately
from goodstanding.delivery.web.desk.rota_beside import away_for, beside_turns
from goodstanding.delivery.web.desk.rota_form import (
    NEXT,
    THEN,
    TYPED,
    Typed,
    deputy_typed,
    people_typed,
    spell_typed,
    weeks_typed,
)
from goodstanding.delivery.web.desk.rota_picture import instant, picture, spell
from goodstanding.delivery.web.frame.guard import needs
from goodstanding.delivery.web.frame.render import page
from goodstanding.flows.look_ahead import Ahead, look_ahead


def zone_of(request: HttpRequest) -> str:
    """Return the zone whose clocks a reader's pages show: their own, else the partner's."""
    return request.user.zone or tenancy.home_partner(request.scope).zone


def after_removal(page: str) -> HttpResponse:
    """Go back to the page on which something was just removed, with the focus on the button that puts it back."""
    return redirect(f"{reverse(page)}#put-back")


@needs(May.SEE_TERMS)
def rota(request: HttpRequest) -> HttpResponse:
    """The days ahead as a picture, what is uncovered, and every turn to come."""
    return _shown(request)


def _shown(request: HttpRequest, *, typed: Typed | None = None) -> HttpResponse:
    partner, zone = tenancy.home_partner(request.scope), zone_of(request)
    ahead = look_ahead(request.scope, partner=partner.pk, zone=zone, now=request.now)
    turns = queries.turns(request.scope, partner=partner.pk, since=request.now)
    seats = queries.seats(request.scope, partner=partner.pk)
    both = overlapping([Turn(each.person, None, each.from_at, each.until_at) for each in turns])
    form = typed or Typed(_proposed(request, ahead, turns, zone))
    context = {
        "title": _title(ahead),
        "ahead": ahead,
        "picture": picture(ahead, zone=zone, now=request.now),
        "promised": _promised(ahead),
        "gaps": [
            (start, end, spell(start, end, zone, request.now), _local(start, zone), _local(end, zone))
            for start, end in ahead.gaps
        ],
        "turns": [(each, number in both, _standing(each, ahead, seats, request.now)) for number, each in enumerate(turns)],
        "called": [ahead.roster.people[each].name for each in ahead.roster.on_call(request.now)],
        "people": seats,
        "typed": form,
        "then": THEN,
        "repeats": form.fields["weeks"] not in ("", "1") or any(form.fields[name] for name in THEN),
        "MOST_WEEKS": MOST_WEEKS,
        "removed": removed_lately(request, "rota"),
        "zone_of_page": zone,
    }
    return page(request, "desk/rota.html", context, here="rota", status=422 if typed else 200)


def _title(ahead: Ahead) -> str:
    if not ahead.gaps:
        return "Covered around the clock for two weeks"
    if not ahead.called and not ahead.roster.offices:
        return "Nobody is on call yet"
    return f"{words.hours(ahead.open)} of the next two weeks {'is' if ahead.open == timedelta(hours=1) else 'are'} uncovered"


def _promised(ahead: Ahead) -> list[tuple[str, list[str]]]:
    """The tiers that promise targets around the clock, each with the clients it is promised to."""
    found: dict[str, list[str]] = {}
    for each in ahead.always:
        clients = found.setdefault(each.tier_name, [])
        if each.client_name not in clients:
            clients.append(each.client_name)
    return sorted(found.items())


def _standing(turn: SpellRow, ahead: Ahead, seats: Sequence[SeatRow], now: datetime) -> tuple[str, str] | None:
    """What there is to say of a turn: whose it is has left or is away; whoever is on call now."""
    if turn.person not in {each.pk for each in seats}:
        return "at_risk", "Has left" + (": the deputy is on call" if turn.deputy else ": nobody is on call")
    away = away_for(turn, ahead.roster)
    if away:
        return "at_risk", away
    return ("working", "On call now") if turn.from_at <= now else None


def _proposed(request: HttpRequest, ahead: Ahead, turns: Sequence[SpellRow], zone: str) -> dict[str, str]:
    """What the form begins with: the gap that was asked for, else the week that follows the last turn."""
    found = dict.fromkeys(TYPED, "")
    found |= {"from": request.GET.get("from", "")[:40], "until": request.GET.get("until", "")[:40], "weeks": "1"}
    if not found["from"]:
        last = max((each.until_at for each in turns), default=None)
        begins = words.local(last, zone) if last else _next_monday(request.now, zone)
        ends = (begins.replace(tzinfo=None) + timedelta(weeks=1)).replace(tzinfo=begins.tzinfo)
        found |= {"from": _local(begins, zone), "until": _local(ends, zone)}
    return found


def _next_monday(now: datetime, zone: str) -> datetime:
    today = words.local(now, zone).date()
    return datetime.combine(today + timedelta(days=7 - today.weekday()), time(9), ZoneInfo(zone))


def _local(at: datetime, zone: str) -> str:
    """An instant as a form takes it."""
    return f"{words.local(at, zone):%Y-%m-%dT%H:%M}"


@needs(May.SET_ROTA)
@require_POST
def plan_turns(request: HttpRequest) -> HttpResponse:
    """Plan a turn, or one a week for some weeks with people taking turns; an overlap is told and not refused."""
    partner, zone = tenancy.home_partner(request.scope).pk, zone_of(request)
    asked = {name: request.POST.get(name, "").strip() for name in TYPED}
    seats = {str(each.person): each for each in queries.seats(request.scope, partner=partner)}
    wrong: dict[str, str] = {}
    people = people_typed(asked, seats, wrong, ("person", *THEN))
    deputy = deputy_typed(asked, seats, wrong)
    when = spell_typed(asked, zone, wrong, now=request.now)
    weeks = weeks_typed(asked["weeks"], wrong)
    if not wrong and when is not None:
        begins, ends = (words.local(at, zone).replace(tzinfo=None) for at in when)
        turns = repeat_weekly(
            people, begins=begins, ends=ends, zone=zone, weeks=weeks, deputy=deputy, next_deputises=asked["deputy"] == NEXT
        )
        try:
            new = actions.plan_turns(
                request.scope,
                partner=partner,
                turns=[NewTurn(each.person, each.deputy, each.from_at, each.until_at) for each in turns],
                now=request.now,
            )
        except (Conflict, NotFound) as error:
            wrong = {"": f"Not planned: {error}."}
        else:
            return _planned(request, turns, new, zone)
    return _shown(request, typed=Typed(asked, wrong))


def _planned(request: HttpRequest, turns: Sequence[Turn], new: int, zone: str) -> HttpResponse:
    known = len(turns) - new
    before = f"; {words.count(known, 'turn')} stood there before" if known else ""
    if new:
        said = f"{words.count(new, 'turn')} planned, until {instant(turns[-1].until_at, zone, request.now)}{before}."
        messages.success(request, said)
    else:
        messages.warning(request, "Nothing is new: who was chosen has turns that begin at these very times. Change those.")
    _tell_beside(request, tenancy.home_partner(request.scope).pk, turns, zone)
    return redirect("rota")


def _tell_beside(request: HttpRequest, partner: int, turns: Sequence[Turn], zone: str) -> None:
    kept = queries.turns(request.scope, partner=partner, since=request.now)
    roster = queries.roster(request.scope, partner=partner, now=request.now)
    for said in beside_turns(turns, kept, roster, zone=zone, now=request.now):
        messages.warning(request, said)


@needs(May.SET_ROTA)
def turn(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One turn, to be given to somebody else or moved."""
    found, zone = queries.turn(request.scope, public_id), zone_of(request)
    seats = {str(each.person): each for each in queries.seats(request.scope, partner=found.partner)}
    ids = {each.pk: key for key, each in seats.items()}
    asked = {
        "person": ids.get(found.person, ""), "deputy": ids.get(found.deputy or 0, ""),
        "from": _local(found.from_at, zone), "until": _local(found.until_at, zone), "meant": "",
    }  # fmt: skip
    wrong: dict[str, str] = {}
    if request.method == "POST":
        before = dict(asked)
        asked = {name: request.POST.get(name, "").strip() for name in asked}
        people, deputy = people_typed(asked, seats, wrong, ("person",)), deputy_typed(asked, seats, wrong)
        moved = spell_typed(asked, zone, wrong, now=request.now, kept=(before, found))
        if not wrong and moved is not None:
            after = NewTurn(people[0], deputy, *moved)
            try:
                actions.change_turn(request.scope, public_id, after, now=request.now)
            except Conflict as error:
                wrong = {"": f"Not changed: {error}."}
            else:
                name = seats[asked["person"]].name
                messages.success(request, f"{name} is on call {spell(*moved, zone, request.now)}.")
                _tell_beside(request, found.partner, [Turn(after.person, after.deputy, *moved)], zone)
                return redirect("rota")
    context = {
        "turn": found, "typed": Typed(asked, wrong), "people": tuple(seats.values()), "zone_of_page": zone,
        "said": spell(found.from_at, found.until_at, zone, request.now),
    }  # fmt: skip
    return page(request, "desk/rota_turn.html", context, here="rota", status=422 if wrong else 200)


@needs(May.SET_ROTA)
@require_POST
def remove_turn(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take a turn out of the rota; it can be put back."""
    found, zone = queries.turn(request.scope, public_id), zone_of(request)
    actions.remove_turn(request.scope, public_id, now=request.now)
    said = f"{found.name}’s turn {spell(found.from_at, found.until_at, zone, request.now)} is removed."
    keep_removed(
        request, found.partner, "rota", said, person=found.person, deputy=found.deputy, from_at=found.from_at,
        until_at=found.until_at,
    )  # fmt: skip
    return after_removal("rota")
