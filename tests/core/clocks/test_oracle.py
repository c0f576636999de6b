"""The oracle against facts counted by hand, so that it is not the product's answers that vouch for it."""

from datetime import date, datetime

import pytest

from tests.core.clocks.calendars import ALL_DAY, OFFICE
from tests.core.clocks.oracle import BeyondWindow, Plain, SecondWalker, at


def test_the_walker_sees_a_day_of_23_hours_in_spring() -> None:
    walked = SecondWalker(Plain("Europe/Rome", {"sun": ["00:00-24:00"]}), at("2026-03-28"), at("2026-03-31"))

    runs = walked.runs()

    assert runs == [(at("2026-03-28 23:00"), at("2026-03-29 22:00"))]


def test_the_walker_sees_a_repeated_hour_twice() -> None:
    walked = SecondWalker(Plain("Europe/Rome", {"sun": ["02:15-02:45"]}), at("2026-10-24"), at("2026-10-27"))

    runs = walked.runs()

    assert runs == [(at("2026-10-25 00:15"), at("2026-10-25 00:45")), (at("2026-10-25 01:15"), at("2026-10-25 01:45"))]


def test_the_walker_never_sees_a_date_that_never_was() -> None:
    walked = SecondWalker(Plain("Pacific/Apia", {"fri": ["00:00-24:00"]}), at("2011-12-28"), at("2012-01-02"))

    runs = walked.runs()

    assert runs == []


def test_the_walker_stops_at_closing_time() -> None:
    walked = SecondWalker(Plain("UTC", OFFICE), at("2026-03-02"), at("2026-03-04"))

    at_closing, next_day = walked.add(at("2026-03-02 16:00"), 3600), walked.add(at("2026-03-02 16:00"), 3601)

    assert at_closing == at("2026-03-02 17:00")
    assert next_day == at("2026-03-03 09:00:01")


def test_the_walker_stays_where_nothing_is_added() -> None:
    walked = SecondWalker(Plain("UTC", OFFICE), at("2026-03-02"), at("2026-03-04"))

    assert walked.add(at("2026-03-02 20:00"), 0) == at("2026-03-02 20:00")


def test_the_walker_will_not_guess_beyond_its_window() -> None:
    walked = SecondWalker(Plain("UTC", OFFICE), at("2026-03-02"), at("2026-03-03"))

    with pytest.raises(BeyondWindow):
        walked.add(at("2026-03-02 16:00"), 3601)


def test_the_walker_paints_later_rules_over_earlier_ones() -> None:
    plain = Plain(
        "UTC",
        ALL_DAY,
        holidays=frozenset({date(2026, 3, 5)}),
        closed=((date(2026, 3, 3), date(2026, 3, 4)), (datetime(2026, 3, 4, 11), datetime(2026, 3, 4, 12))),
        open=((date(2026, 3, 4), ["10:00-13:00"]),),
    )
    walked = SecondWalker(plain, at("2026-03-02"), at("2026-03-07"))

    runs = walked.runs()

    assert runs == [
        (at("2026-03-02"), at("2026-03-03")),
        (at("2026-03-04 10:00"), at("2026-03-04 11:00")),
        (at("2026-03-04 12:00"), at("2026-03-04 13:00")),
        (at("2026-03-06"), at("2026-03-07")),
    ]


def test_the_walker_rolls_to_the_next_opening_before_it_counts_days() -> None:
    walked = SecondWalker(Plain("UTC", OFFICE), at("2026-02-27"), at("2026-03-06"))

    assert walked.business_days(at("2026-02-28 13:30"), 1) == at("2026-03-03 09:00")


def test_the_walker_keeps_a_business_day_inside_the_hours_of_that_day() -> None:
    week = {"mon": ["08:00-18:00"], "tue": ["09:00-12:00", "13:00-17:00"]}
    walked = SecondWalker(Plain("UTC", week), at("2026-03-02"), at("2026-03-05"))

    found = [walked.business_days(at(f"2026-03-02 {time}"), 1) for time in ("08:30", "11:00", "12:30", "17:30")]

    assert found == [at(f"2026-03-03 {time}") for time in ("09:00", "11:00", "12:00", "17:00")]
