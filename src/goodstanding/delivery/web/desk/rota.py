"""On call: the days ahead with the hours that nobody covers, and the turns (requirements ESC-7)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
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
from goodstanding.delivery.web.desk.days import moment_on
from goodstanding.delivery.web.desk.removed import keep_removed, removed_lately
from goodstanding.delivery.web.desk.rota_picture import picture, spell
from goodstanding.delivery.web.frame.guard import needs
from goodstanding.delivery.web.frame.render import page
from goodstanding.flows.look_ahead import Ahead, look_ahead

NEXT: Final = "next"
"""The choice of a deputy that is whoever has the next turn."""
MOST_PEOPLE: Final = 8
"""How many people can take turns in one form."""
LONGEST: Final = timedelta(days=366)
_THEN: Final = tuple(f"then{number}" for number in range(2, MOST_PEOPLE + 1))
_TYPED: Final = ("person", "deputy", "from", "until", "weeks", *_THEN)


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody typed into a form, and what is wrong with it by field; under an empty name what is of no field."""

    fields: Mapping[str, str]
    wrong: Mapping[str, str] = field(default_factory=dict)


def zone_of(request: HttpRequest) -> str:
    """Return the zone whose clocks a reader's pages show: their own, else the partner's."""
    return request.user.zone or tenancy.home_partner(request.scope).zone


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
        "gaps": [(start, end, spell(start, end, zone), _local(start, zone), _local(end, zone)) for start, end in ahead.gaps],
        "turns": [(each, number in both, _standing(each, ahead, seats, request.now)) for number, each in enumerate(turns)],
        "called": [ahead.roster.people[each].name for each in ahead.roster.on_call(request.now)],
        "people": seats,
        "typed": form,
        "then": _THEN,
        "repeats": form.fields["weeks"] not in ("", "1") or any(form.fields[name] for name in _THEN),
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
    away = ahead.roster.away.get(turn.person, ())
    if any(start < turn.until_at.timestamp() and turn.from_at.timestamp() < end for start, end in away):
        return "at_risk", f"Away for some of it, {turn.deputy_name or 'nobody'} stands in"
    return ("working", "On call now") if turn.from_at <= now else None


def _proposed(request: HttpRequest, ahead: Ahead, turns: Sequence[SpellRow], zone: str) -> dict[str, str]:
    """What the form begins with: the gap that was asked for, else the week that follows the last turn."""
    found = dict.fromkeys(_TYPED, "")
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
    asked = {name: request.POST.get(name, "").strip() for name in _TYPED}
    seats = {str(each.person): each for each in queries.seats(request.scope, partner=partner)}
    wrong: dict[str, str] = {}
    people = _people(asked, seats, wrong, ("person", *_THEN))
    deputy = _deputy(asked, seats, wrong)
    spell_typed = _spell(asked, zone, wrong)
    weeks = _weeks(asked["weeks"], wrong)
    if not wrong and spell_typed is not None:
        begins, ends = (words.local(at, zone).replace(tzinfo=None) for at in spell_typed)
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
        said = f"{words.count(new, 'turn')} planned, until {words.moment(turns[-1].until_at, zone)}{before}."
        messages.success(request, said)
    else:
        messages.warning(request, "Nothing is new: who was chosen has turns that begin at these very times. Change those.")
    _tell_overlaps(request, tenancy.home_partner(request.scope).pk, turns, zone)
    return redirect("rota")


def _tell_overlaps(request: HttpRequest, partner: int, turns: Sequence[Turn], zone: str) -> None:
    kept = queries.turns(request.scope, partner=partner, since=request.now)
    mine = {(each.person, each.from_at) for each in turns}
    others = [each for each in kept if (each.person, each.from_at) not in mine]
    if overlapping(turns):
        messages.warning(request, "These turns overlap each other: while two are on call, both are told.")
    found = [each for each in others if any(one.from_at < each.until_at and each.from_at < one.until_at for one in turns)]
    if found:
        first = f"{found[0].name}, {spell(found[0].from_at, found[0].until_at, zone)}"
        more = f" and {words.count(len(found) - 1, 'other turn')}" if len(found) > 1 else ""
        messages.warning(request, f"It overlaps with {first}{more}: while both are on call, both are told.")


@needs(May.SET_ROTA)
def turn(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One turn, to be given to somebody else or moved."""
    found, zone = queries.turn(request.scope, public_id), zone_of(request)
    seats = {str(each.person): each for each in queries.seats(request.scope, partner=found.partner)}
    ids = {each.pk: key for key, each in seats.items()}
    asked = {
        "person": ids.get(found.person, ""), "deputy": ids.get(found.deputy or 0, ""),
        "from": _local(found.from_at, zone), "until": _local(found.until_at, zone),
    }  # fmt: skip
    wrong: dict[str, str] = {}
    if request.method == "POST":
        before = dict(asked)
        asked = {name: request.POST.get(name, "").strip() for name in asked}
        people, deputy = _people(asked, seats, wrong, ("person",)), _deputy(asked, seats, wrong)
        moved = _spell(asked, zone, wrong, kept=(before, found))
        if not wrong and moved is not None:
            after = NewTurn(people[0], deputy, *moved)
            try:
                actions.change_turn(request.scope, public_id, after, now=request.now)
            except Conflict as error:
                wrong = {"": f"Not changed: {error}."}
            else:
                name = seats[asked["person"]].name
                messages.success(request, f"{name} is on call {spell(*moved, zone)}.")
                _tell_overlaps(request, found.partner, [Turn(after.person, after.deputy, *moved)], zone)
                return redirect("rota")
    context = {
        "turn": found, "typed": Typed(asked, wrong), "people": tuple(seats.values()), "zone_of_page": zone,
        "said": spell(found.from_at, found.until_at, zone),
    }  # fmt: skip
    return page(request, "desk/rota_turn.html", context, here="rota", status=422 if wrong else 200)


@needs(May.SET_ROTA)
@require_POST
def remove_turn(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take a turn out of the rota; it can be put back."""
    found, zone = queries.turn(request.scope, public_id), zone_of(request)
    actions.remove_turn(request.scope, public_id, now=request.now)
    said = f"{found.name}’s turn {spell(found.from_at, found.until_at, zone)} is removed."
    keep_removed(
        request, found.partner, "rota", said, person=found.person, deputy=found.deputy, from_at=found.from_at,
        until_at=found.until_at,
    )  # fmt: skip
    return redirect("rota")


def _people(asked: Mapping[str, str], seats: Mapping[str, SeatRow], wrong: dict[str, str], names: Sequence[str]) -> list[int]:
    """Return who takes turns, in order; a field that names nobody of the staff is told."""
    found = []
    for name in names:
        if asked[name] in seats:
            found.append(seats[asked[name]].pk)
        elif asked[name] or name == "person":
            wrong[name] = "Choose somebody from the list."
    return found


def _deputy(asked: Mapping[str, str], seats: Mapping[str, SeatRow], wrong: dict[str, str]) -> int | None:
    if asked["deputy"] in ("", NEXT):
        return None
    if asked["deputy"] not in seats:
        wrong["deputy"] = "Choose somebody from the list, or nobody."
        return None
    if asked["deputy"] == asked["person"] and not any(asked.get(name) for name in _THEN):
        wrong["deputy"] = "Whoever is on call cannot be their own deputy."
    return seats[asked["deputy"]].pk


def _spell(
    asked: Mapping[str, str], zone: str, wrong: dict[str, str], kept: tuple[Mapping[str, str], SpellRow] | None = None
) -> tuple[datetime, datetime] | None:
    """Return the spell that was typed; what was left as it stood stays that instant, whatever its second or its hour twice."""
    found: dict[str, datetime] = {}
    for name in ("from", "until"):
        if kept is not None and asked[name] == kept[0][name]:
            found[name] = kept[1].from_at if name == "from" else kept[1].until_at
            continue
        try:
            found[name] = moment_on(asked[name], zone) if asked[name] else _missing()
        except ValueError as error:
            said = str(error)
            wrong[name] = f"{said[:1].upper()}{said[1:]}."
    if len(found) < 2:
        return None
    if found["until"] <= found["from"]:
        wrong["until"] = "A turn ends after it begins."
    elif found["until"] - found["from"] > LONGEST:
        wrong["until"] = "A turn lasts a year at most: is the year right?"
    return found["from"], found["until"]


def _missing() -> datetime:
    raise ValueError("write a day and a time")


def _weeks(text: str, wrong: dict[str, str]) -> int:
    if not text:
        return 1
    weeks = int(text) if text.isascii() and text.isdecimal() and len(text) < 4 else 0
    if not 1 <= weeks <= MOST_WEEKS:
        wrong["weeks"] = f"Write a number of weeks from 1 to {MOST_WEEKS}."
    return weeks
