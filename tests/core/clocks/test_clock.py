"""The clock's rules, one by one: closing time wins, nothing added is nowhere to go, seconds count, limits are said aloud."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from goodstanding.core.clocks.clock import OutOfReach, WorkingClock, clock_of, moment, moment_if, second_if, second_of
from tests.core.clocks.calendars import ALL_DAY, OFFICE, built, clock_for, every_day, face
from tests.core.clocks.oracle import DAY, Plain, SecondWalker, at

OFFICE_HOURS = Plain("UTC", OFFICE)


@pytest.mark.parametrize(
    ("start", "seconds", "deadline"),
    [
        ("2026-03-02 16:00", 3600, "2026-03-02 17:00"),
        ("2026-03-02 16:00", 3601, "2026-03-03 09:00:01"),
        ("2026-03-02 16:00", 3599, "2026-03-02 16:59:59"),
        ("2026-03-02 09:00", 8 * 3600, "2026-03-02 17:00"),
        ("2026-03-02 03:00", 8 * 3600, "2026-03-02 17:00"),
        ("2026-03-06 12:00", 5 * 3600, "2026-03-06 17:00"),
        ("2026-03-06 12:00", 5 * 3600 + 1, "2026-03-09 09:00:01"),
        ("2026-03-06 17:00", 1, "2026-03-09 09:00:01"),
        ("2026-03-07 13:30", 8 * 3600, "2026-03-09 17:00"),
        ("2026-03-02 09:00", 40 * 3600, "2026-03-06 17:00"),
        ("2026-03-02 09:00", 3000 * 3600, "2027-08-06 17:00"),
    ],
)
def test_a_target_used_up_exactly_at_closing_ends_at_closing(start: str, seconds: int, deadline: str) -> None:
    clock = clock_for(OFFICE_HOURS)

    assert moment(clock.second_after(at(start), seconds)) == moment(at(deadline))


@pytest.mark.parametrize("start", ["2026-03-02 08:59:59", "2026-03-02 12:00", "2026-03-02 17:00", "2026-03-07 13:30"])
def test_adding_nothing_stays_at_the_start_also_in_closed_time(start: str) -> None:
    clock = clock_for(OFFICE_HOURS)

    assert clock.second_after(at(start), 0) == at(start)


def test_a_holiday_added_on_the_next_day_does_not_move_a_deadline_at_closing() -> None:
    before, after = (
        clock_for(Plain("UTC", OFFICE, holidays=holidays)) for holidays in (frozenset(), frozenset({date(2026, 3, 3)}))
    )

    deadlines = [clock.second_after(at("2026-03-02 16:00"), 3600) for clock in (before, after)]

    assert deadlines == [at("2026-03-02 17:00")] * 2


def test_an_amount_less_than_nothing_is_refused() -> None:
    clock = clock_for(OFFICE_HOURS)

    with pytest.raises(ValueError, match="forward only"):
        clock.second_after(at("2026-03-02 12:00"), -1)


def test_an_interval_written_backwards_counts_as_much_below_zero() -> None:
    clock = clock_for(OFFICE_HOURS)

    there, back = (
        clock.seconds_between(*pair) for pair in ((at("2026-03-02"), at("2026-03-04")), (at("2026-03-04"), at("2026-03-02")))
    )

    assert (there, back) == (16 * 3600, -16 * 3600)


def test_no_time_passes_between_an_instant_and_itself() -> None:
    clock = clock_for(OFFICE_HOURS)

    assert clock.seconds_between(at("2026-03-02 12:00"), at("2026-03-02 12:00")) == 0


def test_the_second_of_opening_is_open_and_the_second_of_closing_is_not() -> None:
    clock = clock_for(OFFICE_HOURS)

    found = [clock.is_open(at(f"2026-03-02 {time}")) for time in ("08:59:59", "09:00:00", "16:59:59", "17:00:00")]

    assert found == [False, True, True, False]


def test_the_next_opening_of_an_open_instant_is_the_instant() -> None:
    clock = clock_for(OFFICE_HOURS)

    found = [
        clock.next_opening(at(text))
        for text in ("2026-03-02 09:00", "2026-03-02 16:59:59", "2026-03-02 17:00", "2026-03-07 00:00")
    ]

    assert found == [at("2026-03-02 09:00"), at("2026-03-02 16:59:59"), at("2026-03-03 09:00"), at("2026-03-09 09:00")]


def test_open_time_within_bounds_is_cut_to_them() -> None:
    clock = clock_for(OFFICE_HOURS)

    found = clock.open_within(at("2026-03-02 10:00"), at("2026-03-03 09:00:01"))

    assert found == ((at("2026-03-02 10:00"), at("2026-03-02 17:00")), (at("2026-03-03 09:00"), at("2026-03-03 09:00:01")))


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2026-03-02 17:00", "2026-03-03 09:00"),
        ("2026-03-02 12:00", "2026-03-02 12:00"),
        ("2026-03-02 13:00", "2026-03-02 12:00"),
    ],
)
def test_there_is_no_open_time_in_closed_or_empty_bounds(start: str, end: str) -> None:
    clock = clock_for(OFFICE_HOURS)

    assert clock.open_within(at(start), at(end)) == ()


def test_fractions_of_a_second_are_cut() -> None:
    clock = clock_for(OFFICE_HOURS)
    early, late = datetime(2026, 3, 2, 12, 0, 0, 999_999, UTC), datetime(2026, 3, 2, 12, 0, 1, 1, UTC)

    worked = clock.between(early, late)
    deadline = clock.add(early, timedelta(hours=1, microseconds=999_999))

    assert worked == timedelta(seconds=1)
    assert deadline == datetime(2026, 3, 2, 13, 0, 0, tzinfo=UTC)


def test_adding_nothing_to_a_fraction_of_a_second_cuts_it_too() -> None:
    clock = clock_for(OFFICE_HOURS)

    assert clock.add(datetime(2026, 3, 7, 12, 0, 0, 500_000, UTC), timedelta(0)) == datetime(2026, 3, 7, 12, tzinfo=UTC)


def test_fractions_before_a_closing_do_not_reach_it() -> None:
    clock = clock_for(OFFICE_HOURS)

    deadline = clock.add(datetime(2026, 3, 2, 16, 59, 59, 999_999, UTC), timedelta(seconds=1))

    assert deadline == datetime(2026, 3, 2, 17, tzinfo=UTC)


def test_a_fraction_of_a_second_less_than_nothing_is_refused() -> None:
    clock = clock_for(OFFICE_HOURS)

    with pytest.raises(ValueError, match="forward only"):
        clock.add(datetime(2026, 3, 2, 12, tzinfo=UTC), timedelta(microseconds=-1))


def test_a_datetime_without_a_zone_is_refused() -> None:
    clock = clock_for(OFFICE_HOURS)

    with pytest.raises(TypeError):
        clock.add(datetime(2026, 3, 2, 12), timedelta(hours=1))
    with pytest.raises(TypeError):
        clock.between(datetime(2026, 3, 2, 12), datetime(2026, 3, 2, 13))
    with pytest.raises(TypeError):
        second_of(datetime(2026, 3, 2, 12))


def test_instants_are_the_same_in_whatever_offset_they_are_written() -> None:
    clock = clock_for(OFFICE_HOURS)
    start = datetime(2026, 3, 2, 21, 30, tzinfo=timezone(timedelta(hours=5, minutes=30)))

    deadline = clock.add(start, timedelta(hours=1))

    assert deadline == datetime(2026, 3, 2, 17, tzinfo=UTC)
    assert deadline.utcoffset() == timedelta(0)


def test_a_datetime_becomes_whole_seconds_and_back() -> None:
    found = [second_of(datetime(2026, 3, 2, 9, 0, 0, 999_999, UTC)), second_of(moment(at("2026-03-02 09:00")))]

    assert found == [at("2026-03-02 09:00")] * 2


@pytest.mark.parametrize(
    "hours",
    [
        ["09:00:07-12:59:53", "13:00:01-17:00:00"],
        ["09:00-10:00", "10:00:01-10:00:02", "10:00:03-10:00:05", "10:00:09-17:00"],
        ["09:00-09:03", "09:05-09:08", "09:10-09:13", "09:15-17:00"],
        ["09:00-09:00:01", "09:10-09:10:01", "09:20-17:00"],
        ["00:00:01-24:00"],
        ["00:00-23:59:59"],
    ],
)
def test_boundaries_may_lie_on_any_second_and_gaps_may_be_seconds_long(hours: list[str]) -> None:
    plain = Plain("UTC", every_day(*hours))
    walked, clock = SecondWalker(plain, at("2026-03-02"), at("2026-03-04")), clock_for(plain)
    near = range(at("2026-03-02 08:59:50"), at("2026-03-02 10:00:20"))
    later = range(at("2026-03-02 23:59:50"), at("2026-03-03 00:00:10"))

    counted = [clock.seconds_between(walked.first, t) for t in (*near, *later)]
    reached = [clock.second_after(near[0], n) for n in range(3700)]

    assert counted == [walked.between(walked.first, t) for t in (*near, *later)]
    assert reached == [walked.add(near[0], n) for n in range(3700)]


@pytest.mark.parametrize("narrowest", [1, 2, 255, 256, 257, 511, 512, 1023, 1024, 2047, 2048, 4095, 4096, 4097])
@pytest.mark.parametrize("offset", [0, 1, 131])
def test_a_gap_or_an_opening_of_any_width_is_counted_to_the_second(narrowest: int, offset: int) -> None:
    first = 6 * 3600 + offset
    edges = [
        first,
        first + 4096,
        first + 4096 + narrowest,
        first + 4096 + 2 * narrowest,
        first + 8192 + 2 * narrowest,
        20 * 3600,
    ]
    hours = [f"{face(start)}-{face(end)}" for start, end in zip(edges[::2], edges[1::2], strict=True)]
    plain = Plain("UTC", every_day(*hours))
    walked, clock = SecondWalker(plain, at("2026-03-02"), at("2026-03-03")), clock_for(plain)
    asked = [at("2026-03-02") + edge + off for edge in edges for off in (-2, -1, 0, 1, 2)]
    amounts = sorted({max(0, walked.between(walked.first, t) + off) for t in asked for off in (-1, 0)})

    assert [clock.seconds_between(walked.first, t) for t in asked] == [walked.between(walked.first, t) for t in asked]
    assert [clock.second_after(walked.first, n) for n in amounts] == [walked.add(walked.first, n) for n in amounts]


@pytest.mark.parametrize("instant", ["1969-12-31 23:59:59", "2100-01-01 00:00:00"])
def test_an_instant_outside_the_years_of_clocks_is_refused(instant: str) -> None:
    clock, inside = clock_for(OFFICE_HOURS), at("2026-03-02")

    with pytest.raises(OutOfReach, match="1970 to 2099"):
        clock.seconds_between(inside, at(instant))
    with pytest.raises(OutOfReach, match="1970 to 2099"):
        clock.seconds_between(at(instant), inside)
    with pytest.raises(OutOfReach, match="1970 to 2099"):
        clock.second_after(at(instant), 1)
    with pytest.raises(OutOfReach, match="1970 to 2099"):
        clock.is_open(at(instant))


@pytest.mark.parametrize("instant", [1_772_442_000_000, -1_772_442_000, 2**32 + 1_772_442_000, 2**63])
def test_milliseconds_and_other_slips_never_pass_for_seconds(instant: int) -> None:
    clock = clock_for(OFFICE_HOURS)

    clock.seconds_between(at("2026-03-02"), at("2026-03-03"))

    with pytest.raises(OutOfReach):
        clock.seconds_between(at("2026-03-02"), instant)
    with pytest.raises(OutOfReach):
        clock.second_after(instant, 60)


def test_the_first_and_the_last_second_of_the_years_of_clocks_are_counted() -> None:
    clock = clock_for(Plain("UTC", ALL_DAY))

    assert clock.seconds_between(0, at("2099-12-31 23:59:59")) == at("2099-12-31 23:59:59")
    assert clock.second_after(0, at("2100-01-01")) == at("2100-01-01")


def test_a_search_beyond_the_last_year_is_refused_with_its_limit_and_its_amount() -> None:
    clock = clock_for(OFFICE_HOURS)

    with pytest.raises(OutOfReach, match=r"2026-03-02 12:00Z.*2099.*10000000000 s"):
        clock.second_after(at("2026-03-02 12:00"), 10_000_000_000)


def test_a_search_for_an_opening_that_never_comes_is_refused() -> None:
    clock = clock_for(Plain("UTC", {}, open=((date(2026, 3, 2), ["09:00-17:00"]),)))

    with pytest.raises(OutOfReach, match="search no further"):
        clock.next_opening(at("2026-03-02 17:00"))


def test_a_search_crosses_years_without_any_opening() -> None:
    clock = clock_for(Plain("UTC", {}, open=((date(2026, 3, 2), ["09:00-17:00"]), (date(2044, 5, 6), ["09:00-17:00"]))))

    deadline = clock.second_after(at("2026-03-02 16:00"), 3601)

    assert deadline == at("2044-05-06 09:00:01")


def test_equal_calendars_share_one_clock() -> None:
    first, second = (clock_of(built(Plain("Europe/Rome", OFFICE))) for _ in range(2))
    other = clock_of(built(Plain("Europe/Paris", OFFICE)))

    assert first is second
    assert first is not other


def test_a_clock_knows_its_calendar() -> None:
    calendar = built(OFFICE_HOURS)

    assert WorkingClock(calendar).calendar is calendar


def test_the_open_time_of_a_date_is_empty_when_it_is_closed() -> None:
    clock = clock_for(Plain("UTC", ALL_DAY, holidays=frozenset({date(2026, 3, 4)})))

    assert clock.open_on(date(2026, 3, 4)) == ()
    assert clock.open_on(date(2026, 3, 5)) == ((at("2026-03-05"), at("2026-03-05") + DAY),)


def test_nothing_stays_nothing_and_the_second_zero_is_a_moment():
    assert (moment_if(None), second_if(None)) == (None, None)
    assert moment_if(0) == datetime(1970, 1, 1, tzinfo=UTC)
    assert second_if(moment(0)) == 0
