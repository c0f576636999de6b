"""Business days: roll to the next opening, then the same local time on a later working day, kept inside its hours."""

from contextlib import suppress
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodstanding.core.clocks.clock import OutOfReach, moment
from goodstanding.core.clocks.days import after_business_days, business_day_seconds
from tests.core.clocks.calendars import (
    ALL_DAY,
    LONG_WINDOWS,
    OFFICE,
    SOME,
    bounds,
    clock_for,
    every_day,
    instants,
    local,
    on_workdays,
    plains,
    walker,
)  # fmt: skip
from tests.core.clocks.oracle import DAY, BeyondWindow, Plain, SecondWalker, at

BREAKS = Plain("UTC", on_workdays("09:00-12:30", "13:30-18:00"))
UNEVEN = Plain("UTC", {"mon": ["07:00-20:00"], "tue": ["09:00-12:30", "13:30-17:00"], "wed": ["10:00-24:00"]})


@pytest.mark.parametrize(
    ("start", "days", "expected"),
    [
        ("2026-03-02 10:00", 1, "2026-03-03 10:00"),
        ("2026-03-02 10:00:07", 1, "2026-03-03 10:00:07"),
        ("2026-03-02 10:00", 5, "2026-03-09 10:00"),
        ("2026-03-06 16:00", 1, "2026-03-09 16:00"),
        ("2026-03-02 08:00", 1, "2026-03-03 09:00"),
        ("2026-03-02 18:00", 1, "2026-03-04 09:00"),
        ("2026-03-02 13:00", 1, "2026-03-03 13:30"),
        ("2026-03-07 13:30", 1, "2026-03-10 09:00"),
        ("2026-12-31 11:00", 2, "2027-01-04 11:00"),
        ("2024-02-28 11:00", 1, "2024-02-29 11:00"),
    ],
)
def test_a_business_day_ends_at_the_same_time_on_a_later_working_day(start: str, days: int, expected: str) -> None:
    found = after_business_days(clock_for(BREAKS), at(start), days)

    assert moment(found) == moment(at(expected))


@pytest.mark.parametrize(
    ("start", "days", "expected"),
    [
        ("2026-03-02 07:30", 1, "2026-03-03 09:00"),
        ("2026-03-02 09:00", 1, "2026-03-03 09:00"),
        ("2026-03-02 12:29:59", 1, "2026-03-03 12:29:59"),
        ("2026-03-02 12:30", 1, "2026-03-03 12:30"),
        ("2026-03-02 13:00", 1, "2026-03-03 12:30"),
        ("2026-03-02 13:30", 1, "2026-03-03 13:30"),
        ("2026-03-02 17:00", 1, "2026-03-03 17:00"),
        ("2026-03-02 19:00", 1, "2026-03-03 17:00"),
        ("2026-03-02 19:00", 2, "2026-03-04 19:00"),
        ("2026-03-04 23:59:59", 1, "2026-03-09 20:00"),
    ],
)
def test_the_time_is_kept_inside_the_hours_of_the_day_it_falls_on(start: str, days: int, expected: str) -> None:
    found = after_business_days(clock_for(UNEVEN), at(start), days)

    assert moment(found) == moment(at(expected))


def test_a_holiday_and_a_closed_day_are_no_working_days() -> None:
    plain = Plain("UTC", OFFICE, holidays=frozenset({date(2026, 3, 3)}), closed=(date(2026, 3, 5),))

    found = [after_business_days(clock_for(plain), at("2026-03-02 11:00"), days) for days in (1, 2, 3)]

    assert found == [at(f"2026-03-{day:02d} 11:00") for day in (4, 6, 9)]


def test_a_day_closed_by_the_hour_from_morning_to_evening_is_no_working_day() -> None:
    plain = Plain("UTC", OFFICE, closed=((datetime(2026, 3, 3, 8), datetime(2026, 3, 3, 17)),))

    assert after_business_days(clock_for(plain), at("2026-03-02 11:00"), 1) == at("2026-03-04 11:00")


def test_an_extra_opening_makes_a_working_day() -> None:
    plain = Plain("UTC", OFFICE, open=((date(2026, 3, 7), ["10:00-12:00"]),))

    found = [after_business_days(clock_for(plain), at("2026-03-06 11:00"), days) for days in (1, 2)]

    assert found == [at("2026-03-07 11:00"), at("2026-03-09 11:00")]


def test_the_morning_of_a_night_shift_is_a_working_day_of_its_own() -> None:
    plain = Plain("UTC", {"fri": ["22:00-06:00"]})

    found = [after_business_days(clock_for(plain), at("2026-03-06 23:00"), days) for days in (1, 2)]

    assert found == [at("2026-03-07 06:00"), at("2026-03-13 23:00")]


def test_a_local_time_that_a_change_skips_is_the_instant_of_the_change() -> None:
    clock = clock_for(Plain("Europe/Rome", ALL_DAY))

    found = after_business_days(clock, local("Europe/Rome", "2026-03-28 02:30"), 1)

    assert found == at("2026-03-29 01:00")


def test_a_local_time_that_a_change_repeats_is_the_first() -> None:
    clock = clock_for(Plain("Europe/Rome", ALL_DAY))

    found = after_business_days(clock, local("Europe/Rome", "2026-10-24 02:30"), 1)

    assert found == at("2026-10-25 00:30")


@pytest.mark.parametrize("fold", [0, 1])
def test_a_start_in_either_of_two_repeated_hours_names_the_same_time_the_next_day(fold: int) -> None:
    clock = clock_for(Plain("Europe/Rome", ALL_DAY))

    found = after_business_days(clock, local("Europe/Rome", "2026-10-25 02:30", fold=fold), 1)

    assert found == local("Europe/Rome", "2026-10-26 02:30")


@pytest.mark.parametrize("fold", [0, 1])
def test_a_start_in_a_repeated_hour_may_name_a_time_that_a_later_change_skips(fold: int) -> None:
    # Casablanca sets its clocks back for Ramadan on 10 March 2024 and forward again on 14 April.
    clock = clock_for(Plain("Africa/Casablanca", ALL_DAY))

    found = after_business_days(clock, local("Africa/Casablanca", "2024-03-10 02:30", fold=fold), 35)

    assert found == at("2024-04-14 02:00")


@pytest.mark.parametrize("fold", [0, 1])
def test_a_start_in_a_repeated_hour_may_name_the_first_of_two_a_year_later(fold: int) -> None:
    clock = clock_for(Plain("Europe/Rome", ALL_DAY))

    found = after_business_days(clock, local("Europe/Rome", "2026-10-25 02:30", fold=fold), 371)

    assert found == at("2027-10-31 00:30")


def test_a_midnight_that_never_was_is_the_instant_of_the_change() -> None:
    clock = clock_for(Plain("America/Sao_Paulo", every_day("00:00-09:00")))

    found = after_business_days(clock, local("America/Sao_Paulo", "2018-11-03 00:30"), 1)

    assert found == at("2018-11-04 03:00")


def test_the_last_closing_of_a_day_that_repeats_it_is_the_later_one() -> None:
    clock = clock_for(Plain("Europe/Rome", {"sat": ["09:00-17:00"], "sun": ["01:15-02:30"]}))

    found = after_business_days(clock, local("Europe/Rome", "2026-10-24 10:00"), 1)

    assert found == at("2026-10-25 01:30")


def test_a_date_that_never_was_is_no_working_day() -> None:
    clock = clock_for(Plain("Pacific/Apia", every_day("09:00-17:00")))

    found = after_business_days(clock, local("Pacific/Apia", "2011-12-29 11:00"), 1)

    assert found == local("Pacific/Apia", "2011-12-31 11:00")


def test_a_date_whose_only_hours_a_change_skips_is_no_working_day() -> None:
    clock = clock_for(Plain("Europe/Rome", every_day("02:00-03:00")))

    found = after_business_days(clock, local("Europe/Rome", "2026-03-28 02:20"), 1)

    assert found == local("Europe/Rome", "2026-03-30 02:20")


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Kathmandu"])
def test_the_days_are_those_of_the_calendar_s_zone(zone: str) -> None:
    clock = clock_for(Plain(zone, on_workdays("00:00-24:00")))

    found = [after_business_days(clock, local(zone, f"2026-03-06 {time}"), 1) for time in ("00:30", "23:30")]

    assert found == [local(zone, "2026-03-09 00:30"), local(zone, "2026-03-09 23:30")]


def test_no_business_days_are_the_start_also_in_closed_time() -> None:
    clock = clock_for(BREAKS)

    assert after_business_days(clock, at("2026-03-07 13:30"), 0) == at("2026-03-07 13:30")
    assert business_day_seconds(clock, at("2026-03-07 13:30"), 0) == 0


def test_a_number_of_days_below_zero_is_refused() -> None:
    clock = clock_for(BREAKS)

    with pytest.raises(ValueError, match="forward only"):
        after_business_days(clock, at("2026-03-02 10:00"), -1)
    with pytest.raises(ValueError, match="forward only"):
        business_day_seconds(clock, at("2026-03-02 10:00"), -1)


@pytest.mark.parametrize("days", [2, 1_000_000])
def test_more_working_days_than_there_are_is_refused(days: int) -> None:
    clock = clock_for(Plain("UTC", {}, open=((date(2026, 3, 2), ["09:00-17:00"]), (date(2026, 3, 9), ["09:00-17:00"]))))

    with pytest.raises(OutOfReach, match=f"fewer than {days} working days"):
        after_business_days(clock, at("2026-03-02 10:00"), days)


def test_working_days_may_lie_years_apart() -> None:
    openings = tuple((date(year, 3, 2), ["09:00-17:00"]) for year in (2026, 2034, 2047))
    clock = clock_for(Plain("UTC", {}, open=openings))

    found = [after_business_days(clock, at("2026-03-02 10:00"), days) for days in (1, 2)]

    assert found == [at("2034-03-02 10:00"), at("2047-03-02 10:00")]


@pytest.mark.parametrize(
    ("start", "days", "hours"),
    [
        ("2026-03-02 10:00", 1, 8),
        ("2026-03-02 10:00", 5, 40),
        ("2026-03-07 13:30", 1, 8),
        ("2026-03-06 16:00", 1, 8),
        ("2026-03-02 03:00", 2, 16),
    ],
)
def test_a_target_in_days_is_the_open_time_until_the_instant_it_names(start: str, days: int, hours: int) -> None:
    clock = clock_for(Plain("UTC", OFFICE))

    assert business_day_seconds(clock, at(start), days) == hours * 3600


def test_a_target_in_days_counts_the_hours_of_the_days_it_crosses() -> None:
    clock = clock_for(UNEVEN)

    found = [business_day_seconds(clock, at("2026-03-02 19:00"), days) / 3600 for days in (1, 2)]

    assert found == [1 + 3.5 + 3.5, 1 + 7 + 9]


@pytest.mark.proves("CLOCK-7")
@pytest.mark.parametrize("window", LONG_WINDOWS)
@SOME
@given(data=st.data())
def test_business_days_agree_with_a_walk(window: str, data: st.DataObject) -> None:
    plain = data.draw(plains(LONG_WINDOWS[window]))
    walked, clock = walker(plain, LONG_WINDOWS[window]), clock_for(plain)
    question = st.tuples(instants(walked, walked.first + 5 * DAY), st.integers(0, 3))
    expected = within_the_walk(walked, data.draw(st.lists(question, min_size=2, max_size=8)))

    found = {asked: after_business_days(clock, *asked) for asked in expected}
    seconds = {asked: business_day_seconds(clock, *asked) for asked in expected}

    assert found == expected
    assert seconds == {asked: walked.between(asked[0], instant) for asked, instant in expected.items()}


@pytest.mark.parametrize("window", LONG_WINDOWS)
@pytest.mark.parametrize("hours", [("00:00-24:00",), ("00:20-02:10", "02:40-23:30"), ("01:30-02:30", "23:45-24:00")])
def test_every_hour_of_the_days_before_a_change_agrees_with_a_walk(window: str, hours: tuple[str, ...]) -> None:
    plain = Plain(LONG_WINDOWS[window][0], every_day(*hours))
    walked, clock = walker(plain, LONG_WINDOWS[window]), clock_for(plain)
    first, _ = bounds(LONG_WINDOWS[window])
    asked = range(first + 2 * DAY, first + 5 * DAY, 3600)

    found = [moment(after_business_days(clock, start, 1)) for start in asked]

    assert found == [moment(walked.business_days(start, 1)) for start in asked]


@pytest.mark.parametrize("window", ["Rome, spring", "Rome, autumn"])
@SOME
@given(data=st.data())
def test_one_more_business_day_never_ends_sooner(window: str, data: st.DataObject) -> None:
    plain = data.draw(plains(LONG_WINDOWS[window], exceptions=False))
    clock, (first, last) = clock_for(plain), bounds(LONG_WINDOWS[window])
    start, days = data.draw(st.integers(first, last)), data.draw(st.integers(0, 9))

    ends = [after_business_days(clock, start, count) for count in (days, days + 1)]

    assert start <= ends[0] <= ends[1]


def test_a_target_in_days_reaches_its_instant_also_where_two_dates_take_turns() -> None:
    # St John's went from Sunday 00:01 back to Saturday 23:01: Saturday's last hour followed Sunday's first minute.
    plain = Plain("America/St_Johns", {"fri": ["00:00-00:01"], "sat": ["22:00-24:00"], "sun": ["09:00-12:00"]})
    start = local("America/St_Johns", "2009-10-30 00:00:30")
    clock = clock_for(plain)

    instant = after_business_days(clock, start, 2)

    assert business_day_seconds(clock, start, 2) == clock.seconds_between(start, instant)


def within_the_walk(walked: SecondWalker, asked: list[tuple[int, int]]) -> dict[tuple[int, int], int]:
    """The answers that the window holds, of those asked for."""
    found = {}
    for question in asked:
        with suppress(BeyondWindow):
            found[question] = walked.business_days(*question)
    return found
