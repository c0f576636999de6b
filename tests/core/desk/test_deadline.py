"""A deadline explained day by day, against sums made by hand."""

from datetime import UTC, date, datetime, timedelta

import pytest

from goodstanding.core.clocks.amounts import Amount
from goodstanding.core.clocks.calendar import Calendar, Closure
from goodstanding.core.clocks.presets import preset
from goodstanding.core.desk.deadline import explain_deadline
from goodstanding.core.desk.policy import WALL, Target
from goodstanding.core.desk.verdict import Cause, Reckoning
from tests.core.desk.stories import OFFICE, rome


def explained(amount, start, *pauses, calendar=OFFICE, slot="support"):
    told = [(rome(begin), None if end is None else rome(end)) for begin, end in pauses]
    return explain_deadline(calendar, Target(Amount.parse(amount), slot), rome(start), told)


def hours(days):
    return [(day.on.day, day.counted_for / timedelta(hours=1), day.left / timedelta(hours=1)) for day in days]


def test_each_date_says_what_it_gave_and_why_it_was_closed():
    found = explained("12 h", "2 16:30")

    # Thursday 16:30-18:00, Friday 8 h, a weekend, Easter Monday, Tuesday 09:00-11:30.
    assert found.deadline_at == rome("7 11:30")
    assert hours(found.days) == [(2, 1.5, 10.5), (3, 8, 2.5), (4, 0, 2.5), (5, 0, 2.5), (6, 0, 2.5), (7, 2.5, 0)]
    assert [(day.closed, day.detail) for day in found.days[2:5]] == [
        (Cause.OUTSIDE_HOURS, ""),
        (Cause.OUTSIDE_HOURS, ""),
        (Cause.HOLIDAY, "Easter Monday"),
    ]
    assert found.days[1].counted == ((rome("3 09:00"), rome("3 13:00")), (rome("3 14:00"), rome("3 18:00")))
    assert sum((each.open for each in found.because if each.reckoning is Reckoning.COUNTED), timedelta()) == found.target_for


def test_a_pause_costs_the_open_time_inside_it():
    found = explained("4 h", "2 09:00", ("2 12:00", "2 15:00"))

    # 09:00-12:00 and 15:00-16:00; the lunch inside the pause cost nothing.
    assert found.deadline_at == rome("2 16:00")
    (day,) = found.days
    assert (day.counted_for, day.paused_for) == (timedelta(hours=4), timedelta(hours=2))
    assert day.paused == ((rome("2 12:00"), rome("2 13:00")), (rome("2 14:00"), rome("2 15:00")))


def test_while_a_pause_goes_on_there_is_only_what_is_left():
    found = explained("4 h", "2 09:00", ("2 10:00", None))

    assert (found.deadline_at, found.paused_since) == (None, rome("2 10:00"))
    assert (found.counted_for, found.left) == (timedelta(hours=1), timedelta(hours=3))
    assert hours(found.days) == [(2, 1, 3)]


def test_a_pause_that_begins_after_the_deadline_changes_nothing():
    found = explained("4 h", "2 09:00", ("2 14:00", None))

    assert (found.deadline_at, found.paused_since, found.left) == (rome("2 13:00"), None, timedelta())


def test_a_clock_that_starts_paused_has_everything_left():
    found = explained("4 h", "2 09:00", ("2 08:00", None))

    assert (found.deadline_at, found.paused_since, found.left) == (None, rome("2 09:00"), timedelta(hours=4))


def test_used_up_at_midnight_ends_on_the_date_that_gave_it():
    found = explained("4 h", "2 20:00", calendar=preset("24/7", "Europe/Rome"))

    assert found.deadline_at == rome("3 00:00")
    assert [day.on for day in found.days] == [date(2026, 4, 2)]


def test_wall_time_counts_on_the_clocks_of_the_zone():
    found = explained("1 w", "2 10:00", slot=WALL)

    assert found.deadline_at == rome("9 10:00")
    assert hours(found.days)[:2] == [(2, 14, 154), (3, 24, 130)]


def test_a_day_that_the_clocks_shorten_gives_an_hour_less():
    calendar = preset("24/7", "Europe/Rome")

    found = explain_deadline(calendar, Target(Amount.parse("48 h")), datetime(2026, 3, 28, 11, tzinfo=UTC))

    assert [day.counted_for / timedelta(hours=1) for day in found.days] == [12, 23, 13]


def test_business_days_are_turned_into_open_time_once():
    found = explained("2 bd", "2 16:30")

    assert (found.target_for, found.deadline_at) == (timedelta(hours=16), rome("7 16:30"))


def test_an_own_closure_of_a_part_of_a_day_is_named_where_the_clock_ran():
    inventory = Closure(datetime(2026, 4, 2, 15), datetime(2026, 4, 2, 16), "Inventory")
    calendar = Calendar("Europe/Rome", OFFICE.week, closed=(inventory,))

    over = explained("6 h", "2 09:00", calendar=calendar)
    before = explained("1 h", "2 09:00", calendar=calendar)

    assert over.deadline_at == rome("2 17:00")
    assert [day.closures for day in over.days] == [("Inventory",)]
    assert [day.closures for day in before.days] == [()]


def test_nothing_to_wait_for_is_due_at_the_start():
    found = explained("0 h", "4 10:00")

    assert found.deadline_at == rome("4 10:00")
    assert [day.on for day in found.days] == [date(2026, 4, 4)]


def test_no_clock_has_no_deadline():
    with pytest.raises(ValueError, match="no deadline"):
        explain_deadline(OFFICE, Target(None), rome("2 09:00"))
