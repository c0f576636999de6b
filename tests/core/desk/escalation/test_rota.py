"""The rota: turns that repeat on the clocks of a zone, who is on call when, and which hours nobody covers (ESC-7, ESC-8)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodstanding.core.clocks.calendar import Calendar, week_of
from goodstanding.core.desk.escalation.people import Absence, Office, Person, Roster, Turn, uncovered
from goodstanding.core.desk.escalation.plan import Action, ContactRole, Plan, Step
from goodstanding.core.desk.escalation.rota import left_open_by, on_call_within, overlapping, repeat_weekly, roles_asked
from goodstanding.core.desk.policy import ClockKind
from tests.core.desk.stories import GOLD, ROME, WORKDAYS, rome, rule

MARTA, LUCA, HANA = 1, 2, 3
CHANGES = (date(2026, 3, 27), date(2026, 10, 23))
"""The Fridays before Rome's clocks go forward and back."""
PEOPLE = {pk: Person(id=pk, name=f"Person {pk}", email="", office=office) for pk, office in ((1, 1), (2, 1), (3, 2))}
OFFICES = {
    1: Office(1, "Trieste", Calendar(zone="Europe/Rome", week=week_of({"sun": ("01:00-04:00",), "fri": ("22:00-24:00",)}))),
    2: Office(2, "Auckland", Calendar(zone="Pacific/Auckland", week=week_of(dict.fromkeys(WORKDAYS, ("08:30-17:00",))))),
}
LENGTH = timedelta(days=3)


def local(day, hour, minute=0):
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=ROME)


@st.composite
def rosters(draw):
    start = local(draw(st.sampled_from(CHANGES)), 0).astimezone(UTC)

    def spell():
        begins = start + timedelta(minutes=draw(st.integers(-600, 5_000)))
        return begins, begins + timedelta(minutes=draw(st.integers(1, 3_000)))

    people = st.sampled_from([MARTA, LUCA, HANA])
    turns = [Turn(draw(people), draw(st.none() | people), *spell()) for _ in range(draw(st.integers(0, 3)))]
    absences = [Absence(draw(people), *spell()) for _ in range(draw(st.integers(0, 4)))]
    offices = OFFICES if draw(st.booleans()) else {}
    return start, Roster(people=PEOPLE, offices=offices, turns=turns, absences=absences)


def minutes(start):
    return (start + timedelta(minutes=each) for each in range(LENGTH // timedelta(minutes=1)))


@pytest.mark.proves("ESC-7")
@given(rosters())
def test_what_nobody_covers_is_what_a_walk_minute_by_minute_finds_also_where_clocks_change(made):
    start, roster = made

    gaps = uncovered(roster, start, start + LENGTH)

    def covered(at):
        working = [each for each in PEOPLE if roster.offices and roster.is_at_work(each, at) and not roster.is_away(each, at)]
        return bool(working or roster.on_call(at))

    walked = {at for at in minutes(start) if not covered(at)}
    assert {at for at in minutes(start) if any(a <= at < b for a, b in gaps)} == walked


@given(rosters())
def test_who_is_on_call_when_is_whoever_a_walk_finds_on_call(made):
    start, roster = made

    spells = on_call_within(roster, start, start + LENGTH)

    for at in (start + timedelta(minutes=each) for each in range(0, LENGTH // timedelta(minutes=1), 7)):
        assert {each.person for each in spells if each.from_at <= at < each.until_at} == set(roster.on_call(at))


@pytest.mark.proves("ESC-7")
@pytest.mark.parametrize("friday", CHANGES)
def test_a_turn_that_repeats_begins_at_the_same_time_of_day_whatever_the_clocks_do(friday):
    begins, ends = datetime(friday.year, friday.month, friday.day, 18), datetime(friday.year, friday.month, friday.day + 3, 9)

    found = repeat_weekly(
        [MARTA, LUCA], begins=begins, ends=ends, zone="Europe/Rome", weeks=3, deputy=HANA, next_deputises=False
    )

    assert [each.person for each in found] == [MARTA, LUCA, MARTA]
    assert {(each.from_at.astimezone(ROME).hour, each.until_at.astimezone(ROME).hour) for each in found} == {(18, 9)}
    assert found[0].until_at - found[0].from_at != found[1].until_at - found[1].from_at


def test_whoever_has_the_next_turn_is_the_deputy_and_nobody_is_their_own():
    week = {"begins": datetime(2026, 4, 6, 9), "ends": datetime(2026, 4, 13, 9), "zone": "UTC", "weeks": 2}

    in_turns = repeat_weekly([MARTA, LUCA], **week, deputy=None, next_deputises=True)
    alone = repeat_weekly([MARTA], **week, deputy=MARTA, next_deputises=False)

    assert [(each.person, each.deputy) for each in in_turns] == [(MARTA, LUCA), (LUCA, MARTA)]
    assert [each.deputy for each in alone] == [None, None]


def test_a_time_that_the_clocks_skip_is_as_much_later_and_of_one_they_repeat_the_first_counts():
    def first(day):
        made = repeat_weekly(
            [MARTA], begins=datetime(*day, 2, 30), ends=datetime(*day, 12), zone="Europe/Rome", weeks=1, deputy=None,
            next_deputises=False,
        )  # fmt: skip
        return made[0].from_at

    assert first((2026, 3, 29)) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert first((2026, 10, 25)) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_a_turn_within_the_hour_that_the_clocks_skip_lasts_as_long_as_any_other():
    made = repeat_weekly(
        [MARTA], begins=datetime(2026, 3, 22, 2, 30), ends=datetime(2026, 3, 22, 3), zone="Europe/Rome", weeks=3, deputy=None,
        next_deputises=False,
    )  # fmt: skip

    assert [each.until_at - each.from_at for each in made] == [timedelta(minutes=30)] * 3


def test_turns_overlap_where_two_run_at_once_and_not_where_one_follows_the_other():
    turns = [
        Turn(MARTA, None, rome("6 09:00"), rome("13 09:00")),
        Turn(LUCA, None, rome("13 09:00"), rome("20 09:00")),
        Turn(HANA, None, rome("12 09:00"), rome("12 10:00")),
        Turn(MARTA, None, rome("19 09:00"), rome("21 09:00")),
    ]

    assert overlapping(turns) == {0, 1, 2, 3}
    assert overlapping(turns[:2]) == frozenset()
    assert overlapping([turns[0], turns[2]]) == {0, 1}


@pytest.mark.proves("ESC-7")
def test_an_absence_leaves_open_what_was_covered_before_and_is_not_any_more():
    roster = Roster(people=PEOPLE, turns=[Turn(LUCA, None, rome("2 18:00"), rome("3 09:00"))])
    helped = replace(roster, turns=[replace(roster.turns[0], deputy=HANA)])
    away = Absence(LUCA, rome("2 12:00"), rome("2 22:00"))
    gap = ((rome("2 18:00"), rome("2 22:00")),)

    assert left_open_by(roster, away, now=rome("1 00:00")) == gap
    assert left_open_by(replace(roster, absences=[away]), away, now=rome("1 00:00")) == gap
    assert left_open_by(helped, away, now=rome("1 00:00")) == ()
    assert left_open_by(roster, away, now=rome("2 20:00")) == ((rome("2 20:00"), rome("2 22:00")),)
    assert left_open_by(roster, away, now=rome("4 00:00")) == ()


@pytest.mark.proves("ESC-8")
def test_a_plan_asks_for_the_roles_its_steps_tell_and_for_a_senior_to_give_tickets_to():
    give = Step(key="give", clock=ClockKind.RESPONSE, left=timedelta(hours=1), actions=(Action.REASSIGN,))
    say = Step(
        key="say", clock=ClockKind.RESPONSE, left=timedelta(minutes=1), tell=(ContactRole.VP, ContactRole.AGENT),
    )  # fmt: skip

    asked = roles_asked(Plan(steps=(give, say)))

    assert {role: [each.key for each in steps] for role, steps in asked.items()} == {
        ContactRole.AGENT: ["give", "say"],
        ContactRole.SENIOR_AGENT: ["give"],
        ContactRole.VP: ["say"],
    }


def test_a_policy_promises_around_the_clock_where_a_target_counts_wall_time():
    nightly = replace(GOLD, rules=(*GOLD.rules, rule("response", "15 min", "always", priority="P0")))
    no_clock = replace(GOLD, rules=(*GOLD.rules, rule("response", None, "always", priority="P0")))

    assert (GOLD.around_the_clock, nightly.around_the_clock, no_clock.around_the_clock) == (False, True, False)
