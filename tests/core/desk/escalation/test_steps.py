"""When steps come, and what becomes of them (semantics.md 1.10; section 2, rows 9 to 14, 44 and 62)."""

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest

from goodstanding.core.clocks.calendar import Calendar, week_of
from goodstanding.core.desk.case import Waiver
from goodstanding.core.desk.escalation.plan import Plan
from goodstanding.core.desk.escalation.steps import Outcome, Reason
from goodstanding.core.desk.events import Actor
from goodstanding.core.desk.policy import ClockKind, Policy
from tests.core.desk.escalation.matrices import RESPONSES, SHARES, Watch, objective, published, step, version, watch
from tests.core.desk.stories import GOLD, bound, case, client, event, opened, reply, rome, rule, waiting

# GOLD P3: response 4 h, resolution 16 h of 09-13 and 14-18 in Rome. 2 April 2026 is a Thursday, 6 April a holiday.
P3_STEPS = {"resolution-50": "2 18:00", "resolution-75": "3 13:00", "resolution-100": "3 18:00", "resolution-150": "7 18:00"}


@pytest.mark.proves("ESC-1")
@pytest.mark.parametrize(("key", "when"), P3_STEPS.items())
def test_a_step_comes_when_its_share_of_the_open_time_is_used_up_and_not_a_second_before(key, when):
    ticket = watch(case(opened("2 09:00")), Plan(steps=tuple(each for each in SHARES.steps if each.key == key)))

    before = ticket.at(rome(when) - timedelta(seconds=1))
    looked = ticket.look_at
    then = ticket.at(when)

    assert before == {}
    assert looked == rome(when)
    assert then == {key: "fired"}
    assert ticket.look_at is None


SHAPES = {
    "lunch": {"mon": ["09:00-13:00", "14:00-18:00"], "thu": ["09:00-13:00", "14:00-18:00"], "fri": ["09:00-13:00"]},
    "round the clock": dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), ("00:00-24:00",)),
    "nights": dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), ("22:00-06:00",)),
    "many intervals": {"thu": [f"{h:02d}:00-{h:02d}:20" for h in range(8, 20)], "fri": ["10:00-10:05"]},
    "one day a week": {"sat": ["10:00-12:00"]},
}


@pytest.mark.parametrize("shape", SHAPES)
def test_steps_are_counted_forward_in_calendars_of_every_shape(shape):
    calendar = Calendar(zone="Europe/Rome", week=week_of(SHAPES[shape]), holidays=frozenset({date(2026, 4, 6)}))
    policy = Policy(name="gold", rules=(rule("resolution", "3 h"),))
    told = case(opened("2 08:30"), assignments=(bound(policy, slots={"support": calendar}),))
    ticket = watch(told)
    minute, passed, expected = rome("2 08:30"), 0, {}
    while passed < 270 * 60:
        local = minute.astimezone(calendar.tz)
        seconds = local.hour * 3600 + local.minute * 60
        if any(start <= seconds < end for start, end in calendar.spans_on(local.date())):
            passed += 60
        minute += timedelta(minutes=1)
        for share, due in ((50, 90), (75, 135), (100, 180), (150, 270)):
            if passed == due * 60:
                expected.setdefault(f"resolution-{share}", minute)

    while ticket.look_at or not ticket.firings:
        ticket.at(ticket.look_at or rome("2 08:30"))

    assert {each.step.key: each.due_at for each in ticket.firings} == expected


def test_a_share_is_rounded_up_to_the_second():
    policy = Policy(name="gold", rules=(rule("resolution", "100 s"),))
    ticket = watch(case(opened("2 09:00"), policy=policy), Plan(steps=(step("resolution-third", "33.333333 %"),)))

    ticket.at("2 09:30")

    assert ticket.one("resolution-third").due_at == rome("2 09:00:34")


def test_a_step_may_name_the_time_that_is_left():
    ticket = watch(case(opened("2 09:00")), Plan(steps=(step("resolution-hour", "60 left"),)))

    assert ticket.at("3 16:59") == {}
    assert ticket.at("3 17:00") == {"resolution-hour": "fired"}


def test_a_time_left_that_is_longer_than_the_target_escalates_no_ticket_at_its_creation():
    ticket = watch(case(opened("2 09:00")), Plan(steps=(step("resolution-days", "960 left"),)))

    assert ticket.at("2 09:00") == {}
    assert ticket.look_at is None
    assert ticket.at("7 18:00") == {}


@pytest.mark.proves("TIER-9")
def test_the_internal_objective_warns_before_the_contract():
    plan = Plan(steps=(objective("resolution-objective", "100 %"), step("resolution-75", "75 %")), objective=Fraction(3, 8))
    ticket = watch(case(opened("2 09:00")), plan)

    assert ticket.at("2 16:00") == {"resolution-objective": "fired"}
    assert ticket.look_at == rome("3 13:00")


def test_a_pause_moves_the_steps_behind_it_and_nothing_comes_while_it_lasts():
    told = case(opened("2 09:00"), waiting("2 11:00"), client("2 17:00"))
    ticket = watch(told)

    ticket.at("2 10:00")
    assert ticket.look_at == rome("2 18:00")
    ticket.at("2 12:00")
    paused = ticket.look_at
    ticket.at("2 17:30")

    assert paused is None
    assert ticket.look_at == rome("3 15:00")
    assert ticket.fired() == []


def test_each_step_comes_once_however_often_anybody_looks():
    ticket = watch(case(opened("2 09:00")))

    looks = ("2 18:00", "2 18:00", "2 18:01", "3 13:00", "3 13:00", "3 18:00", "7 19:00", "8 09:00")
    looked = [ticket.at(when) for when in looks]

    assert [each for each in looked if each] == [{key: "fired"} for key in P3_STEPS]


@pytest.mark.proves("ESC-3")
def test_of_the_steps_passed_while_nobody_looked_the_highest_fires_late_and_names_the_lower_ones():
    ticket = watch(case(opened("2 09:00")))

    found = ticket.at("3 18:30")

    top = ticket.one("resolution-100")
    assert found == {"resolution-50": "overtaken", "resolution-75": "overtaken", "resolution-100": "fired"}
    assert top.overtook == ("resolution-50", "resolution-75")
    assert top.late_by == timedelta(minutes=30)
    assert ticket.at("7 18:00") == {"resolution-150": "fired"}


def test_two_steps_of_one_instant_both_fire():
    plan = Plan(steps=(step("resolution-50", "50 %"), objective("resolution-objective", "100 %")))

    assert watch(case(opened("2 09:00")), plan).at("3 10:00") == {"resolution-50": "fired", "resolution-objective": "fired"}


STORIES = {
    "no response holds while nobody has answered": (RESPONSES, (opened("2 09:00"),), "2 11:00", {"response-50": "fired"}),
    "an automatic reply is no response": (
        RESPONSES, (opened("2 09:00"), event("auto_replied", "2 09:01", public=True)), "2 11:00", {"response-50": "fired"},
    ),
    "an answer in time ends the steps of the response": (RESPONSES, (opened("2 09:00"), reply("2 10:00")), "3 18:00", {}),
    "an answer at the very instant of a step comes first": (RESPONSES, (opened("2 09:00"), reply("2 11:00")), "2 11:00", {}),
    "an answer before anybody looked skips what it made idle": (
        RESPONSES, (opened("2 09:00"), reply("2 11:30")), "2 12:00", {"response-50": "skipped"},
    ),
    "a breach that nobody saw is told although the answer has come since": (
        RESPONSES, (opened("2 09:00"), reply("2 14:30")), "2 15:00",
        {"response-50": "skipped", "response-75": "skipped", "response-100": "fired"},
    ),
    "nothing is told of a ticket solved before anybody looked, but its breach": (
        SHARES, (opened("2 09:00"), event("resolved", "3 14:00")), "3 18:00",
        {"resolution-50": "skipped", "resolution-75": "skipped"},
    ),
    "the next reply counts from the oldest message that waits for one": (
        Plan(steps=(step("next-50", "50 %", "no_response"),)),
        (opened("2 09:00"), reply("2 10:00"), client("2 11:00"), client("2 12:00")), "2 14:00", {"next-50": "fired"},
    ),
    "no progress: nothing by staff since 25 % of the target": (
        Plan(steps=(step("resolution-50", "50 %", "no_progress"),)),
        (opened("2 09:00"), reply("2 12:59")), "2 18:00", {"resolution-50": "fired"},
    ),
    "progress at the very second of 25 % counts": (
        Plan(steps=(step("resolution-50", "50 %", "no_progress"),)),
        (opened("2 09:00"), event("noted", "2 13:00", actor=Actor.STAFF)), "2 18:00", {"resolution-50": "skipped"},
    ),
    "what a client writes is no progress": (
        Plan(steps=(step("resolution-50", "50 %", "no_progress"),)),
        (opened("2 09:00"), client("2 15:00")), "2 18:00", {"resolution-50": "fired"},
    ),
    "stalled: nothing by staff since 50 % of the target": (
        Plan(steps=(step("resolution-75", "75 %", "stalled"),)),
        (opened("2 09:00"), reply("2 17:59")), "3 13:00", {"resolution-75": "fired"},
    ),
    "not stalled": (
        Plan(steps=(step("resolution-75", "75 %", "stalled"),)),
        (opened("2 09:00"), reply("3 09:30")), "3 13:00", {"resolution-75": "skipped"},
    ),
    "no progress for a time of its own, counted in the clock's hours": (
        Plan(steps=(step("resolution-75", "75 %", "no_progress", quiet_for=timedelta(hours=4)),)),
        (opened("2 09:00"), reply("2 18:00")), "3 13:00", {"resolution-75": "fired"},
    ),
    "progress within that time": (
        Plan(steps=(step("resolution-75", "75 %", "no_progress", quiet_for=timedelta(hours=4)),)),
        (opened("2 09:00"), reply("3 09:00:01")), "3 13:00", {"resolution-75": "skipped"},
    ),
    "not assigned": (
        Plan(steps=(step("response-25", "25 %", "not_assigned"),)), (opened("2 09:00"),), "2 10:00", {"response-25": "fired"},
    ),
    "assigned by then": (
        Plan(steps=(step("response-25", "25 %", "not_assigned"),)),
        (opened("2 09:00"), event("assigned", "2 09:30", assignee="Luca")), "2 10:00", {"response-25": "skipped"},
    ),
    "a step of other priorities is none of this ticket's": (
        Plan(steps=(step("resolution-50", "50 %", priorities=frozenset({"P1"})),)), (opened("2 09:00"),), "3 18:00", {},
    ),
    "a called-off ticket has no steps": (SHARES, (opened("2 09:00"), event("cancelled", "2 12:00")), "7 18:00", {}),
    "a merged ticket has no steps": (SHARES, (opened("2 09:00"), event("merged", "2 12:00", into="T2")), "7 18:00", {}),
}  # fmt: skip


@pytest.mark.proves("ESC-2")
@pytest.mark.parametrize("story", STORIES)
def test_a_condition_is_judged_when_its_step_fires_and_a_skip_is_recorded(story):
    plan, events, when, expected = STORIES[story]
    ticket = watch(case(*events), plan)

    assert ticket.at(when) == expected


def test_the_highest_step_that_still_has_something_to_say_fires():
    plan = Plan(steps=(step("resolution-50", "50 %"), step("resolution-75", "75 %", "stalled")))
    told = case(opened("2 09:00"), reply("3 09:30"))

    assert watch(told, plan).at("3 14:00") == {"resolution-50": "fired", "resolution-75": "skipped"}


def test_the_second_before_the_deadline_met_is_not_escalated_and_the_deadline_itself_is():
    solved = watch(case(opened("2 09:00"), event("resolved", "3 18:00")))
    late = watch(case(opened("2 09:00"), event("resolved", "3 18:00:01")))
    for ticket in (solved, late):
        ticket.at("3 17:00")

    assert solved.at("3 18:00") == {}
    assert late.at("3 18:00") == {"resolution-100": "fired"}


def test_a_raise_fires_no_step_that_lies_before_it_and_records_them():
    told = case(opened("2 09:00"), event("priority_changed", "2 17:00", priority="P1"))
    ticket = watch(told)
    ticket.at("2 16:00")

    found = ticket.at("2 17:00")

    assert found == dict.fromkeys(("resolution-50", "resolution-75", "resolution-100", "resolution-150"), "passed_at_change")
    assert {each.reason for each in ticket.firings} == {Reason.CHANGED}
    assert ticket.look_at is None


def test_steps_of_the_new_target_that_lie_ahead_fire_and_what_fired_stays_fired():
    told = case(opened("2 09:00"), event("priority_changed", "2 12:00", priority="P2"))
    ticket = watch(told, Plan(steps=(step("resolution-10", "10 %"), *SHARES.steps)))

    assert ticket.at("2 10:36") == {"resolution-10": "fired"}
    assert ticket.at("2 12:00") == {}
    assert ticket.at("2 14:00") == {"resolution-50": "fired"}
    assert ticket.at("2 16:00") == {"resolution-75": "fired"}


def test_a_priority_mistyped_for_a_minute_takes_no_step_away():
    told = case(
        opened("2 09:00"),
        event("priority_changed", "2 16:30", priority="P1"),
        event("priority_changed", "2 16:31", priority="P3"),
    )
    ticket = watch(told)
    ticket.at("2 15:00")

    mistyped = ticket.at("2 16:30")
    found = [ticket.at(when) for when in ("2 16:31", *P3_STEPS.values())]

    assert set(mistyped.values()) == {"passed_at_change"}
    assert found == [{}, *({key: "fired"} for key in P3_STEPS)]


def test_a_step_due_before_a_change_is_still_owed_after_it():
    told = case(opened("2 09:00"), event("priority_changed", "3 12:00", priority="P2"))
    ticket = watch(told)
    ticket.at("2 10:00")

    found = ticket.at("3 12:00")

    assert found["resolution-50"] == "fired"
    assert {found[key] for key in ("resolution-75", "resolution-100")} == {"passed_at_change"}


def test_what_was_told_late_fires_nothing_for_the_time_before():
    told = case(opened("2 09:00", received_at=rome("3 12:00")))
    ticket = watch(told)

    assert ticket.at("3 12:00") == {"resolution-50": "passed_at_change"}
    assert ticket.one("resolution-50").reason is Reason.LATE_EVENT
    assert ticket.at("3 13:00") == {"resolution-75": "fired"}


def test_a_note_that_arrives_late_and_moves_no_clock_takes_no_step_away():
    told = case(opened("2 09:00"), event("noted", "2 09:30", received_at=rome("2 18:30")))
    ticket = watch(told)
    ticket.at("2 10:00")

    assert ticket.at("2 19:00") == {"resolution-50": "fired"}


def test_a_pause_ended_in_hindsight_passes_the_steps_that_nobody_could_see():
    told = case(opened("2 09:00"), waiting("2 17:30"), client("2 17:45", received_at=rome("3 10:00")))
    ticket = watch(told)
    ticket.at("2 18:00")

    found = ticket.at("3 10:00")

    assert found == {"resolution-50": "passed_at_change"}
    assert ticket.one("resolution-50").due_at == rome("3 09:15")


def test_a_history_taken_in_whole_leaves_no_records_behind():
    told = case(
        opened("2 09:00", received_at=rome("8 09:00")),
        event("resolved", "7 18:00", received_at=rome("8 09:00")),
    )
    ticket = watch(told)

    assert ticket.at("8 09:00") == {}
    assert ticket.look_at is None


def test_setting_escalation_up_fires_nothing_for_the_past():
    ticket = Watch(case(opened("2 09:00")), published(version(SHARES, "3 12:00")))

    assert ticket.at("3 12:30") == {"resolution-50": "passed_at_change"}
    assert ticket.one("resolution-50").reason is Reason.NO_PLAN
    assert ticket.at("3 13:00") == {"resolution-75": "fired"}


def test_a_step_belongs_to_the_plan_in_force_at_its_instant_however_late_anybody_looks():
    later = Plan(steps=(step("resolution-60", "60 %"), step("resolution-75", "75 %")))
    ticket = Watch(case(opened("2 09:00")), published(version(SHARES, "1 00:00", id="a"), version(later, "3 12:00", id="b")))

    found = ticket.at("3 14:00")

    assert found == {"resolution-50": "overtaken", "resolution-60": "passed_at_change", "resolution-75": "fired"}
    assert ticket.one("resolution-50").version == "a"
    assert ticket.one("resolution-75").version == "b"


def test_a_tier_s_plan_beats_the_common_one_and_the_client_s_own_beats_both():
    one, two, three = (Plan(steps=(step(f"resolution-{name}", "50 %"),)) for name in ("all", "tier", "client"))
    versions = (
        version(one),
        version(two, tier="gold"),
        version(three, "2 12:00", client="Ferrante"),
        version(None, "2 13:00", client="Ferrante"),
    )

    found = [Watch(case(opened("2 09:00")), published(*versions[:count])).at("3 09:00") for count in (1, 2, 3, 4)]

    assert found == [{f"resolution-{name}": "fired"} for name in ("all", "tier", "client", "tier")]


def test_an_empty_plan_for_one_client_leaves_its_tickets_alone():
    plans = published(version(SHARES), version(Plan(steps=()), client="Ferrante"))

    assert Watch(case(opened("2 09:00")), plans).at("7 18:00") == {}


def test_the_end_of_a_client_s_service_ends_the_steps():
    told = case(opened("2 09:00"), assignments=(bound(until_at=rome("3 10:00")),))

    assert watch(told).at("2 18:00") == {"resolution-50": "fired"}
    assert watch(told).at("8 18:00") == {"resolution-50": "skipped"}


def test_what_nobody_promised_or_can_measure_is_not_escalated():
    uncovered = case(opened("2 09:00"), assignments=())
    unmeasured = case(opened("2 09:00"), unmeasured=frozenset({ClockKind.RESOLUTION}))
    without = case(opened("2 09:00"), policy=Policy(name="gold", rules=(rule("resolution", None),)))

    assert [watch(told).at("7 18:00") for told in (uncovered, unmeasured, without)] == [{}, {}, {}]


def test_a_waived_clock_calls_nobody_from_then_on():
    told = case(opened("2 09:00"), waivers=(Waiver(reason="storm", author="Davide", granted_at=rome("3 09:00")),))
    ticket = watch(told)

    assert ticket.at("2 18:00") == {"resolution-50": "fired"}
    assert ticket.at("7 18:00") == {}


def test_a_reopened_clock_goes_on_and_takes_no_step_twice():
    told = case(opened("2 09:00"), event("resolved", "3 10:00"), event("reopened", "3 16:00"))
    ticket = watch(told)

    assert ticket.at("2 18:00") == {"resolution-50": "fired"}
    ticket.at("3 10:00")
    assert ticket.look_at is None
    ticket.at("3 16:00")
    assert ticket.look_at == rome("7 10:00")
    assert ticket.at("7 10:00") == {"resolution-75": "fired"}


def test_a_step_of_the_second_of_the_resolution_waits_for_the_reopening():
    told = case(opened("2 09:00"), event("resolved", "2 18:00"), event("reopened", "3 09:00"))
    ticket = watch(told)
    ticket.at("2 10:00")

    assert ticket.at("2 18:00") == {}
    assert ticket.at("3 09:00") == {"resolution-50": "fired"}
    assert ticket.one("resolution-50").due_at == rome("3 09:00")


def test_a_new_cycle_takes_its_own_steps():
    policy = replace(GOLD, reopening=replace(GOLD.reopening, window=timedelta(0)))
    told = case(opened("2 09:00"), event("resolved", "2 18:30"), event("reopened", "3 09:00"), policy=policy)
    ticket = watch(told, Plan(steps=(step("resolution-50", "50 %"),)))

    ticket.at("2 18:00")
    ticket.at("3 18:00")

    assert len(ticket.fired()) == 2
    assert len({each.cycle for each in ticket.firings}) == 2


def test_a_grace_after_a_raise_moves_the_step_of_the_deadline_with_it():
    policy = replace(GOLD, grace_after_upgrade=timedelta(hours=1))
    told = case(opened("2 09:00"), event("priority_changed", "2 17:00", priority="P1"), policy=policy)
    ticket = watch(told)
    ticket.at("2 16:00")

    raised = ticket.at("2 17:00")

    assert set(raised) == {"resolution-50", "resolution-75"}
    assert ticket.at("2 18:00") == {"resolution-100": "fired"}
    assert ticket.look_at == rome("3 11:00")


def test_a_change_of_what_was_promised_fires_nothing_for_the_time_before_it():
    told = case(opened("2 09:00"), assignments=())
    ticket = watch(told)
    ticket.at("3 09:00")
    ticket.told = replace(told, assignments=(bound(),))

    assert ticket.at("3 12:00") == {"resolution-50": "passed_at_change"}
    assert ticket.look_at == rome("3 13:00")


def test_what_is_judged_anew_while_a_step_is_owed_still_owes_it():
    told = case(opened("2 09:00"), client("3 09:00"))
    ticket = watch(told)
    ticket.at("2 10:00")

    ticket.learn(rome("3 09:00"))

    assert ticket.look_at == rome("3 09:00")
    assert ticket.at("3 09:00") == {"resolution-50": "fired"}


def test_a_target_around_the_clock_says_so():
    policy = Policy(name="gold", rules=(rule("resolution", "4 h", "always"),))
    ticket = watch(case(opened("2 22:00"), policy=policy))

    ticket.at("3 00:00")

    assert ticket.one("resolution-50").outcome is Outcome.FIRED
    assert ticket.one("resolution-50").wall
