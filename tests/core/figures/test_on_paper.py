"""Figures worked out on paper (KPI-1, semantics.md 1.16)."""

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest

from goodstanding.core.clocks.clock import second_of
from goodstanding.core.desk.case import Waiver
from goodstanding.core.desk.events import PauseOwner
from goodstanding.core.desk.policy import ClockKind, Reopening
from goodstanding.core.desk.verdict import ClockState
from goodstanding.core.figures.breakdown import month_starts
from goodstanding.core.figures.facts import facts_of
from goodstanding.core.figures.figures import ALL_TIME, Period, cause_shares, figures
from goodstanding.core.figures.numbers import Share, Spread, availability, bucket_use, spread
from tests.core.desk.stories import GOLD, case, event, judged, opened, reply, rome, waiting

NOW = "28 12:00"


def counted(*tickets, period=ALL_TIME, ratings=None):
    named = [case(*told.events, ticket=f"T{number}", waivers=told.waivers) for number, told in enumerate(tickets)]
    found = [judged(each, NOW) for each in named]
    return figures(facts_of(found, as_of=rome(NOW), ratings=ratings), period=period)


def answered(start, replied, resolved, priority="P3"):
    return case(opened(start, priority), reply(replied), event("resolved", resolved))


GOOD = answered("2 09:00", "2 09:30", "2 12:00")
SLOW = answered("2 09:00", "2 15:00", "2 16:00")  # five open hours for a reply promised in four


@pytest.mark.proves("KPI-1")
def test_compliance_is_met_of_decided_by_kind_of_clock():
    found = counted(GOOD, GOOD, SLOW)

    assert found.compliance[ClockKind.RESPONSE].rate == Share(2, 3)
    assert found.compliance[ClockKind.RESOLUTION].rate == Share(3, 3)


@pytest.mark.proves("KPI-1")
def test_ticket_compliance_counts_tickets_without_any_breach():
    assert counted(GOOD, GOOD, SLOW).tickets == Share(2, 3)


@pytest.mark.proves("KPI-1", "CLOCK-8")
def test_waived_clocks_are_out_of_both_and_both_numbers_are_shown():
    waiver = Waiver(reason="client's own outage", author="Marta Rizzo", granted_at=rome("9 09:00"))
    excused = case(*SLOW.events, waivers=(waiver,))

    found = counted(GOOD, GOOD, excused)

    response = found.compliance[ClockKind.RESPONSE]
    assert (response.rate, response.rate_without_waivers) == (Share(2, 2), Share(2, 3))
    assert (response.waived_met, response.waived_breached) == (0, 1)
    assert (found.tickets, found.tickets_without_waivers) == (Share(2, 2), Share(2, 3))


@pytest.mark.proves("KPI-1")
def test_what_is_not_decided_is_shown_and_in_no_rate():
    running = case(opened("28 11:00"))
    uncovered = case(opened("2 09:00", "P9"), event("resolved", "2 10:00"))
    merged = case(opened("2 09:00"), event("merged", "2 09:10", into="T1"))

    response = counted(GOOD, running, uncovered, merged).compliance[ClockKind.RESPONSE]

    assert response.rate == Share(1, 1)
    assert response.left_out == {ClockState.RUNNING: 1, ClockState.NOT_COVERED: 1, ClockState.CANCELLED: 1}


@pytest.mark.proves("KPI-1")
def test_a_clock_counts_in_the_period_of_its_breach_and_not_of_its_stop():
    breached_on_the_second = case(opened("2 09:00"), reply("9 10:00"), event("resolved", "9 11:00"))
    first_week = Period(second_of(rome("1 00:00")), second_of(rome("7 00:00")))
    second_week = Period(second_of(rome("7 00:00")), second_of(rome("14 00:00")))

    assert counted(breached_on_the_second, period=first_week).compliance[ClockKind.RESPONSE].rate == Share(0, 1)
    assert counted(breached_on_the_second, period=second_week).compliance[ClockKind.RESPONSE].rate == Share(0, 0)


@pytest.mark.proves("KPI-1")
def test_median_and_ninetieth_percentile_stand_beside_the_mean():
    waits = [("2 09:00", f"2 09:{minute:02d}", "2 12:00") for minute in (1, 2, 3, 4, 5, 6, 7, 8, 9, 59)]

    response = counted(*(answered(*wait) for wait in waits)).elapsed[ClockKind.RESPONSE]

    assert response.mean == Fraction(104 * 60, 10)
    assert response.median == Fraction(11 * 60, 2)
    assert response.p90 == 9 * 60


def test_a_spread_of_nothing_has_no_numbers():
    assert spread([]) == Spread(0, 0, None, None)
    assert spread([]).mean is None


def test_the_ninetieth_percentile_of_few_is_one_that_occurred():
    assert [spread(range(count)).p90 for count in (1, 2, 9, 10, 11, 20)] == [0, 1, 8, 8, 9, 17]


@pytest.mark.proves("KPI-1")
def test_mean_time_to_restore_is_wall_time_and_the_clocks_own_time_stands_beside_it():
    friday_to_tuesday = answered("3 17:00", "3 17:10", "7 10:00")

    found = counted(friday_to_tuesday)

    assert found.to_restore.mean == 3 * 86_400 + 17 * 3_600
    assert found.elapsed[ClockKind.RESOLUTION].mean == 2 * 3_600
    assert found.to_respond.mean == 600


@pytest.mark.proves("KPI-1")
def test_first_contact_resolution_takes_one_reply_and_no_reopening_within_a_week():
    twice = case(opened("2 09:00"), reply("2 10:00"), reply("2 11:00"), event("resolved", "2 12:00"))
    again = case(*GOOD.events, event("reopened", "3 09:00"))
    much_later = case(*GOOD.events, event("reopened", "20 09:00"))

    assert counted(GOOD, twice, again, much_later).first_contact == Share(2, 4)


def test_a_resolution_younger_than_a_week_counts_provisionally():
    fresh = answered("27 09:00", "27 09:30", "27 12:00")

    found = counted(GOOD, fresh)

    assert found.first_contact == Share(2, 2)
    assert found.first_contact_provisional == 1


@pytest.mark.proves("KPI-1")
def test_the_reopen_rate_counts_tickets_and_not_reopenings():
    thrice = case(
        *GOOD.events,
        event("reopened", "3 09:00"),
        event("resolved", "3 10:00"),
        event("reopened", "3 11:00"),
        event("resolved", "3 12:00"),
    )

    assert counted(GOOD, thrice).reopened == Share(1, 2)


@pytest.mark.proves("KPI-1")
def test_the_escalation_rate_counts_tickets_that_used_three_quarters_of_a_target():
    three_hours = answered("2 09:00", "2 12:00", "2 12:30")
    a_second_less = answered("2 09:00", "2 11:59:59", "2 12:30")

    assert counted(three_hours, a_second_less).escalated == Share(1, 2)


@pytest.mark.proves("KPI-1")
def test_the_backlog_at_risk_is_of_open_clocks():
    at_three_quarters = case(opened("28 09:00"))  # three of four hours by noon
    fresh = case(opened("28 11:00"))

    assert counted(at_three_quarters, fresh, GOOD).at_risk == Share(1, 4)


@pytest.mark.proves("KPI-1")
def test_the_pause_share_is_by_owner_of_all_open_time():
    waited = case(opened("2 09:00"), waiting("2 10:00"), event("resumed", "2 13:00"), event("resolved", "2 15:00"))

    assert counted(waited).paused == {PauseOwner.CUSTOMER: Share(3 * 3_600, 5 * 3_600)}


@pytest.mark.proves("KPI-1")
def test_early_responses_took_half_the_target_or_less():
    half = answered("2 09:00", "2 11:00", "2 12:00")
    more = answered("2 09:00", "2 11:00:01", "2 12:00")

    assert counted(half, more, SLOW).early[ClockKind.RESPONSE] == Share(1, 3)


@pytest.mark.proves("KPI-1")
def test_satisfaction_is_the_mean_of_ratings_with_the_share_of_answers():
    found = counted(GOOD, GOOD, GOOD, ratings={"T0": 5, "T2": 4}).satisfaction

    assert found.mean == Fraction(9, 2)
    assert found.answers == Share(2, 3)


@pytest.mark.proves("KPI-1")
def test_breaches_by_cause_are_of_those_that_have_one():
    shares, without = cause_shares(["capacity", "capacity", "supplier", None])

    assert shares == {"capacity": Share(2, 3), "supplier": Share(1, 3)}
    assert without == Share(1, 4)


@pytest.mark.proves("KPI-1")
def test_uptime_is_measured_less_down_of_measured():
    month, down = 30 * 86_400, 2_592

    assert availability(month, down).value == Fraction(999, 1000)
    assert availability(0, 0).value is None
    with pytest.raises(ValueError, match="cannot be"):
        availability(60, 61)


def test_bucket_use_is_of_base_and_carry():
    assert bucket_use(900, 1_200, 300).value == Fraction(3, 5)


def test_a_rate_of_nothing_is_no_number():
    assert counted(case(opened("28 11:00"))).tickets.value is None


def test_months_begin_at_local_midnight():
    starts = month_starts("Europe/Rome", second_of(rome("2 09:00")), second_of(rome("28 09:00")) + 4 * 86_400)

    assert starts == [(second_of(rome("1 00:00")), "2026-04"), (second_of(rome("1 00:00")) + 30 * 86_400, "2026-05")]


def test_a_reopening_after_the_window_counts_as_a_ticket_of_its_own():
    windowed = replace(GOLD, reopening=Reopening(window=timedelta(days=3)))
    told = case(*GOOD.events, event("reopened", "20 09:00"), reply("20 16:00"), event("resolved", "20 17:00"), policy=windowed)

    found = figures(facts_of([judged(told, NOW)], as_of=rome(NOW)))

    assert found.opened == 2
    assert found.tickets == Share(1, 2)
    assert found.reopened == Share(0, 2)
