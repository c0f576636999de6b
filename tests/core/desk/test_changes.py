"""Changes in flight: priority, team, client and tier (semantics.md 1.7, 1.8)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from goodstanding.core.clocks.presets import preset
from goodstanding.core.desk.policy import Policy
from goodstanding.core.desk.verdict import ClockState
from tests.core.desk.stories import GOLD, bound, case, event, hours, judged, opened, reply, rome, rule, verdict


@pytest.mark.proves("CLOCK-5")
def test_a_raised_priority_counts_from_the_original_start():
    three_then_two = Policy(
        name="saas", rules=(rule("resolution", "3 h", priority="P3"), rule("resolution", "2 h", priority="P1"))
    )
    told = case(opened("2 10:00", "P3"), event("priority_changed", "2 11:00", priority="P1"), policy=three_then_two)

    assert verdict(told, "2 11:00").deadline_at == rome("2 12:00")


@pytest.mark.proves("CLOCK-5")
def test_a_raise_that_lands_past_its_target_is_a_breach_at_the_moment_of_the_raise():
    told = case(opened("2 09:00", "P3"), event("priority_changed", "2 16:00", priority="P1"), reply("2 10:00"))

    found = verdict(told, "2 17:00")

    assert found.state is ClockState.BREACHED
    assert found.breach.at == rome("2 16:00")
    assert found.breach.reclassified
    assert found.breach.rule == "resolution, priority P1"


@pytest.mark.proves("CLOCK-5")
def test_a_grace_leaves_that_much_open_time_after_a_raise():
    graceful = replace(GOLD, grace_after_upgrade=timedelta(hours=1))
    told = case(opened("2 09:00", "P3"), event("priority_changed", "2 17:30", priority="P1"), policy=graceful)

    found = verdict(told, "2 18:00")

    assert found.state is ClockState.RUNNING
    assert found.deadline_at == rome("3 09:30")


def test_a_grace_does_not_shorten_a_deadline_that_lies_further_off():
    graceful = replace(GOLD, grace_after_upgrade=timedelta(hours=1))
    told = case(opened("2 09:00", "P3"), event("priority_changed", "2 09:30", priority="P1"), policy=graceful)

    assert verdict(told, "2 09:45").deadline_at == rome("2 13:00")


@pytest.mark.proves("CLOCK-5")
def test_a_lowered_priority_never_undoes_a_breach():
    told = case(opened("2 09:00", "P1"), event("priority_changed", "2 15:00", priority="P3"), event("resolved", "2 16:00"))

    found = verdict(told, "3 09:00")

    assert found.state is ClockState.BREACHED
    assert found.breach.at == rome("2 13:00")
    assert hours(found.target) == 16


def test_a_lowered_priority_before_the_breach_gives_the_longer_target():
    told = case(opened("2 09:00", "P1"), event("priority_changed", "2 12:00", priority="P3"))

    assert verdict(told, "2 17:00").state is ClockState.RUNNING


def test_a_change_on_the_second_of_the_deadline_comes_in_time():
    told = case(opened("2 09:00", "P1"), event("priority_changed", "2 13:00", priority="P3"))

    assert verdict(told, "2 17:00").state is ClockState.RUNNING


def test_a_priority_set_in_the_opening_second_was_never_another():
    told = case(opened("2 09:00", "P3"), event("priority_changed", "2 09:00", priority="P1"))

    found = verdict(told, "2 10:00")

    assert found.priority == "P1"
    assert found.rule.priority == "P1"


@pytest.mark.proves("CLOCK-5")
def test_a_corrected_client_is_judged_by_the_right_clients_promise_and_calendar_from_the_start():
    strict = Policy(name="strict", rules=(rule("response", "90 min", priority="P3"),))
    london = bound(strict, client="Kestrel", slots={"support": preset("business", "Europe/London")})
    told = case(opened("2 12:30"), event("client_changed", "2 13:30", client="Kestrel"), assignments=(bound(), london))

    found = verdict(told, "2 13:30", "response")

    # 12:30 in Rome is 11:30 in London, an open hour there and closed time after 13:00 in Rome.
    assert found.assignment == "strict"
    assert hours(found.elapsed) == 1
    assert found.breach is None


def test_a_corrected_client_shows_the_breach_it_lands_in():
    strict = Policy(name="strict", rules=(rule("response", "30 min", priority="P3"),))
    told = case(
        opened("2 09:00"),
        event("client_changed", "2 11:00", client="Kestrel"),
        assignments=(bound(), bound(strict, client="Kestrel")),
    )

    found = verdict(told, "2 12:00", "response")

    assert found.breach.reclassified
    assert found.breach.at == rome("2 11:00")


@pytest.mark.proves("CLOCK-5")
def test_a_change_of_tier_recounts_by_the_named_assignment():
    strict = bound(Policy(name="strict", rules=(rule("response", "3 h", priority="P3"),)), from_at=rome("8 00:00"))
    told = case(opened("2 09:00"), event("tier_changed", "2 10:00", tier="strict"), assignments=(bound(), strict))

    assert verdict(told, "2 11:00", "response").deadline_at == rome("2 12:00")


@pytest.mark.proves("TIER-4")
def test_a_change_of_team_brings_the_teams_own_target():
    teams = Policy(
        name="teams",
        rules=(rule("resolution", "8 h", priority="P2"), rule("resolution", "4 h", priority="P2", team="hosting")),
    )
    told = case(opened("2 09:00", "P2", team="functional"), event("assigned", "2 10:00", team="hosting"), policy=teams)

    found = verdict(told, "2 11:00")

    assert found.deadline_at == rome("2 13:00")
    assert found.rule.name == "resolution, priority P2 and team hosting"


def test_a_second_team_does_not_restart_the_clients_clock():
    told = case(opened("2 09:00", team="functional"), event("assigned", "2 17:00", team="development"))

    assert hours(verdict(told, "2 18:00").elapsed) == 8


@pytest.mark.proves("CLOCK-8")
def test_a_breach_names_who_was_responsible_then():
    told = case(
        opened("2 09:00", "P1", assignee="Marta Rizzo"),
        event("assigned", "2 12:00", assignee="Jonas Lund"),
        event("assigned", "2 16:00", assignee="Aisha Khan"),
    )

    assert verdict(told, "2 17:00").breach.assignee == "Jonas Lund"


def test_a_grace_is_counted_from_the_raise_and_another_team_does_not_renew_it():
    graceful = replace(GOLD, grace_after_upgrade=timedelta(hours=1))
    told = case(
        opened("2 09:00", "P3"),
        event("priority_changed", "2 15:00", priority="P1"),
        event("assigned", "2 15:50", team="hosting"),
        policy=graceful,
    )

    found = verdict(told, "2 16:30")

    assert found.state is ClockState.BREACHED
    assert found.breach.at == rome("2 16:00")


@pytest.mark.proves("CLOCK-5")
def test_a_change_to_a_client_whose_service_is_over_undoes_no_breach_and_no_finished_clock():
    over = bound(client="Rossi", id="over", until_at=rome("2 10:00"))
    told = case(
        opened("2 09:00", "P1"),
        reply("2 09:30"),
        event("client_changed", "2 16:00", client="Rossi"),
        assignments=(bound(), over),
    )

    found = judged(told, "2 17:00")

    assert [each.state for each in found.verdicts] == [ClockState.MET, ClockState.BREACHED]
    assert found.verdicts[1].breach.at == rome("2 13:00")


@pytest.mark.parametrize("when", ["2 16:00", "2 16:00:01", "3 12:00"])
def test_a_change_to_a_client_whose_service_is_over_is_judged_alike_in_its_own_second_and_later(when):
    over = bound(client="Rossi", id="over", until_at=rome("2 15:00"))
    told = case(opened("2 09:00", "P1"), event("client_changed", "2 16:00", client="Rossi"), assignments=(over,))

    assert [each.breach for each in judged(told, when).verdicts] == [None, None]


@pytest.mark.proves("CLOCK-5")
def test_a_clock_that_ended_with_the_service_is_broken_by_no_change_to_another_client_whose_service_is_over():
    ended = bound(until_at=rome("2 10:00"))
    over = bound(client="Rossi", id="over", until_at=rome("2 09:30"))
    told = case(
        opened("2 09:00", "P1"),
        reply("2 09:20"),
        event("client_changed", "3 12:00", client="Rossi"),
        assignments=(ended, over),
    )

    before, after = verdict(told, "3 11:00"), verdict(told, "3 13:00")

    assert (before.state, after.state) == (ClockState.ENDED, ClockState.ENDED)
    assert after.breach is None


def test_a_lowered_priority_takes_nothing_of_a_grace_away():
    graceful = replace(GOLD, grace_after_upgrade=timedelta(hours=4))
    told = case(
        opened("2 09:00", "P3"),
        event("priority_changed", "2 18:00", priority="P1"),
        event("priority_changed", "3 10:00", priority="P2"),
        policy=graceful,
    )

    found = verdict(told, "3 11:00")

    assert found.state is ClockState.RUNNING
    assert found.deadline_at == rome("3 13:00")
