"""Days on which the clocks are changed: missing hours count nothing, repeated hours count twice."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from goodstanding.core.clocks.calendar import Calendar
from tests.core.clocks.calendars import (
    ALL_DAY,
    LONG_WINDOWS,
    WINDOWS,
    bounds,
    built,
    clock_for,
    every_day,
    local,
    on_workdays,
    walker,
)
from tests.core.clocks.oracle import DAY, Plain, SecondWalker, at

# Hours whose ends lie inside the hours that are skipped or repeated somewhere.
SHAPES = {
    "always": ALL_DAY,
    "office": every_day("09:00-13:00", "14:00-18:00"),
    "ends in the changing hour": every_day("00:00-02:30", "05:00-23:30"),
    "begins in the changing hour": every_day("00:30-01:40", "02:30-02:45", "03:00-04:00", "23:30-24:00"),
    "odd seconds": every_day("00:00:01-00:14:59", "01:29:59-02:00:01", "02:59:59-23:00:01", "23:59:59-24:00"),
    "seconds apart": every_day("00:00-01:59:58", "02:00:03-02:29:59", "02:30:00-23:15:00", "23:15:07-24:00"),
    "night": every_day("22:00-06:00"),
    "until a minute past midnight": every_day("20:00-00:00:30"),
}


@pytest.mark.proves("CLOCK-7", "TIER-5")
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("window", WINDOWS)
def test_the_seconds_around_a_change_are_open_counted_and_added_as_the_wall_clock_says(window: str, shape: str) -> None:
    plain = Plain(WINDOWS[window][0], SHAPES[shape])
    walked, clock = walker(plain, WINDOWS[window]), clock_for(plain)
    asked = around_edges(walked)
    added = [(start, n) for start in asked[::3] for n in some_amounts(walked.between(start, walked.last))]

    open_time = clock.open_within(walked.first, walked.last)
    open_then = [clock.is_open(t) for t in asked]
    counted = [clock.seconds_between(walked.first, t) for t in asked]
    reached = [clock.second_after(start, n) for start, n in added]

    assert list(open_time) == walked.runs()
    assert open_then == [walked.is_open(t) for t in asked]
    assert counted == [walked.between(walked.first, t) for t in asked]
    assert reached == [walked.add(start, n) for start, n in added]


def some_amounts(left: int) -> list[int]:
    return sorted(n for n in {0, 1, 3600, left // 2, left} if n <= left)


def around_edges(walked: SecondWalker) -> list[int]:
    """Each opening and closing of the window, and the seconds before and after it."""
    near = {edge + off for run in walked.runs() for edge in run for off in (-1, 0, 1)}
    return sorted(t for t in near if walked.first <= t < walked.last)


@pytest.mark.proves("CLOCK-7")
@pytest.mark.parametrize(
    ("zone", "on", "hours"),
    [
        ("Europe/Rome", "2026-03-29", 23),
        ("Europe/Rome", "2026-10-25", 25),
        ("America/New_York", "2026-03-08", 23),
        ("America/New_York", "2026-11-01", 25),
        ("America/Sao_Paulo", "2018-11-04", 23),
        ("America/Sao_Paulo", "2018-02-17", 25),
        ("Africa/Cairo", "2024-04-26", 23),
        ("Africa/Cairo", "2024-10-31", 25),
        ("Asia/Beirut", "2024-03-31", 23),
        ("Asia/Beirut", "2024-10-26", 25),
        ("Australia/Lord_Howe", "2024-10-06", 23.5),
        ("Australia/Lord_Howe", "2024-04-07", 24.5),
        ("Antarctica/Troll", "2024-03-31", 22),
        ("Pacific/Apia", "2011-12-30", 0),
        ("Pacific/Apia", "2011-12-31", 24),
        ("Africa/Casablanca", "2024-03-10", 25),
        ("Africa/Casablanca", "2024-04-14", 23),
        ("Asia/Kathmandu", "1986-01-01", 23.75),
        ("Asia/Kathmandu", "2026-03-29", 24),
        ("UTC", "2026-03-29", 24),
    ],
)
def test_a_date_has_as_many_hours_as_really_pass(zone: str, on: str, hours: float) -> None:
    clock = clock_for(Plain(zone, ALL_DAY))

    open_on = clock.open_on(date.fromisoformat(on))

    assert sum(end - start for start, end in open_on) == hours * 3600


@pytest.mark.proves("CLOCK-7")
@pytest.mark.parametrize("window", WINDOWS)
def test_time_that_is_always_open_is_real_time(window: str) -> None:
    zone, (first, last) = WINDOWS[window][0], bounds(WINDOWS[window])
    clock = clock_for(Plain(zone, ALL_DAY))

    passed = clock.seconds_between(first, last)

    assert passed == last - first


@pytest.mark.proves("CLOCK-7")
def test_hours_that_begin_in_a_missing_hour_begin_at_the_change() -> None:
    clock = clock_for(Plain("Europe/Rome", {"sun": ["02:30-04:00"]}))

    found = clock.open_on(date(2026, 3, 29))

    assert found == ((at("2026-03-29 01:00"), at("2026-03-29 02:00")),)


@pytest.mark.proves("CLOCK-7")
def test_hours_that_end_in_a_missing_hour_end_at_the_change() -> None:
    clock = clock_for(Plain("Europe/Rome", {"sun": ["01:00-02:30"]}))

    found = clock.open_on(date(2026, 3, 29))

    assert found == ((at("2026-03-29 00:00"), at("2026-03-29 01:00")),)


@pytest.mark.proves("CLOCK-7")
def test_hours_that_lie_wholly_in_a_missing_hour_are_not_open() -> None:
    clock = clock_for(Plain("Europe/Rome", {"sun": ["02:00-03:00"]}))

    assert clock.open_on(date(2026, 3, 29)) == ()
    assert clock.open_on(date(2026, 3, 22)) == ((at("2026-03-22 01:00"), at("2026-03-22 02:00")),)


@pytest.mark.proves("CLOCK-7")
def test_hours_that_lie_in_a_repeated_hour_are_open_twice() -> None:
    clock = clock_for(Plain("Europe/Rome", {"sun": ["02:15-02:45"]}))

    found = clock.open_on(date(2026, 10, 25))

    assert found == ((at("2026-10-25 00:15"), at("2026-10-25 00:45")), (at("2026-10-25 01:15"), at("2026-10-25 01:45")))


@pytest.mark.proves("CLOCK-7")
def test_hours_that_end_in_a_repeated_hour_open_again_when_it_repeats() -> None:
    clock = clock_for(Plain("Europe/Rome", {"sun": ["01:00-02:30"]}))

    found = clock.open_on(date(2026, 10, 25))

    assert found == ((at("2026-10-24 23:00"), at("2026-10-25 00:30")), (at("2026-10-25 01:00"), at("2026-10-25 01:30")))


@pytest.mark.proves("CLOCK-7")
def test_a_day_without_midnight_begins_at_one() -> None:
    clock = clock_for(Plain("America/Sao_Paulo", {"sun": ["00:00-09:00"]}))

    found = clock.open_on(date(2018, 11, 4))

    assert found == ((at("2018-11-04 03:00"), at("2018-11-04 11:00")),)


@pytest.mark.proves("CLOCK-7")
def test_a_minute_of_tomorrow_before_today_has_ended_belongs_to_tomorrow() -> None:
    sunday = clock_for(Plain("America/St_Johns", {"sun": ["00:00-00:30"]})).open_on(date(2009, 11, 1))
    saturday = clock_for(Plain("America/St_Johns", {"sat": ["23:30-24:00"]})).open_on(date(2009, 10, 31))

    assert sunday == ((at("2009-11-01 02:30"), at("2009-11-01 02:31")), (at("2009-11-01 03:30"), at("2009-11-01 04:00")))
    assert saturday == ((at("2009-11-01 02:00"), at("2009-11-01 02:30")), (at("2009-11-01 03:00"), at("2009-11-01 03:30")))


@pytest.mark.proves("CLOCK-7")
def test_a_deadline_keeps_its_wall_clock_time_over_a_weekend_with_a_change() -> None:
    clock = clock_for(Plain("America/New_York", on_workdays("09:00-17:00")))

    deadline = clock.second_after(local("America/New_York", "2026-03-06 16:00"), 2 * 3600)

    assert deadline == local("America/New_York", "2026-03-09 10:00") == at("2026-03-09 14:00")


@pytest.mark.proves("CLOCK-7")
def test_old_instants_are_counted_with_the_offset_of_their_own_day() -> None:
    clock = clock_for(Plain("Europe/Moscow", every_day("09:00-17:00")))

    openings = [clock.next_opening(at(f"{year}-07-01")) for year in (1985, 2008, 2012, 2020)]

    assert openings == [at("1985-07-01 05:00"), at("2008-07-01 05:00"), at("2012-07-01 05:00"), at("2020-07-01 06:00")]


@pytest.mark.proves("CLOCK-7")
@pytest.mark.parametrize(
    "zone", ["Pacific/Kiritimati", "Pacific/Auckland", "Asia/Kathmandu", "America/Adak", "Pacific/Pago_Pago"]
)
def test_a_local_date_far_from_utc_is_taken_in_the_zone_of_the_calendar(zone: str) -> None:
    clock = clock_for(Plain(zone, {"mon": ["00:00-01:00", "23:00-24:00"]}))

    found = clock.open_on(date(2026, 3, 2))

    assert found == (
        (local(zone, "2026-03-02 00:00"), local(zone, "2026-03-02 01:00")),
        (local(zone, "2026-03-02 23:00"), local(zone, "2026-03-03 00:00")),
    )


@pytest.mark.proves("CLOCK-7")
def test_the_zone_of_the_person_who_asks_changes_nothing() -> None:
    clock = clock_for(Plain("Europe/Rome", on_workdays("09:00-17:00")))
    instant = datetime(2026, 3, 2, 23, 30, tzinfo=ZoneInfo("America/Los_Angeles"))

    seen = {clock.add(instant.astimezone(ZoneInfo(zone)), clock.between(instant, instant)) for zone in ("UTC", "Asia/Tokyo")}
    opening = {clock.next_opening(int(instant.astimezone(ZoneInfo(zone)).timestamp())) for zone in ("UTC", "Asia/Tokyo")}

    assert seen == {instant}
    assert opening == {at("2026-03-03 08:00")}


@pytest.mark.proves("CLOCK-7")
def test_the_two_meanings_of_a_repeated_local_time_are_an_hour_apart() -> None:
    clock = clock_for(Plain("Europe/Rome", ALL_DAY))
    first, second = (datetime(2026, 10, 25, 2, 30, fold=fold, tzinfo=ZoneInfo("Europe/Rome")) for fold in (0, 1))
    fixed = datetime(2026, 10, 25, 3, 30, tzinfo=ZoneInfo("Europe/Rome"))

    hours = [clock.between(moment, fixed).total_seconds() / 3600 for moment in (first, second)]

    assert hours == [2, 1]


@pytest.mark.proves("CLOCK-7", "TIER-5")
@pytest.mark.parametrize("window", LONG_WINDOWS)
def test_exceptions_on_the_days_of_a_change_follow_the_wall_clock(window: str) -> None:
    zone, begins, _ = LONG_WINDOWS[window]
    midnight = datetime.fromisoformat(begins) + timedelta(days=4)
    next_midnight = midnight + timedelta(days=1)
    plain = Plain(
        zone,
        every_day("00:20-04:00", "22:00-23:40"),
        closed=(
            (midnight + timedelta(minutes=10), midnight + timedelta(minutes=160)),
            (midnight + timedelta(hours=23, minutes=15), next_midnight + timedelta(minutes=45)),
        ),
        open=((midnight.date(), ["04:30-05:15"]), (next_midnight.date(), ["10:00-11:00", "23:50-01:10"])),
    )
    walked = walker(plain, LONG_WINDOWS[window])

    found = clock_for(plain).open_within(walked.first, walked.last)

    assert list(found) == walked.runs()


@pytest.mark.parametrize(
    "zone", ["+01:00", "UTC+1", "GMT+1:00", "", "Europe/Nowhere", "../etc/passwd", "/etc/localtime", "Europe"]
)
def test_what_is_no_zone_of_the_iana_database_is_refused(zone: str) -> None:
    with pytest.raises(ValueError, match="not a time zone of the IANA database"):
        Calendar(zone=zone, week=built(Plain("UTC", ALL_DAY)).week)


def test_a_day_is_86_400_seconds_where_no_clock_is_changed() -> None:
    clock = clock_for(Plain("Asia/Kathmandu", ALL_DAY))

    lengths = {sum(b - a for a, b in clock.open_on(date.fromordinal(date(2026, 1, 1).toordinal() + n))) for n in range(366)}

    assert lengths == {DAY}
