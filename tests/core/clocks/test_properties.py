"""Whatever the calendar: the clock agrees with a walk over every second, and its answers agree with each other."""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodstanding.core.clocks import bulk
from goodstanding.core.clocks.clock import WorkingClock
from goodstanding.core.clocks.intervals import length
from tests.core.clocks.calendars import MORE, SOME, WINDOWS, bounds, built, clock_for, instants, plains, walker
from tests.core.clocks.oracle import DAY, Plain

FEW_WINDOWS = ["Rome, spring", "Rome, autumn", "Sao Paulo, no midnight", "UTC, leap day"]


def held(clock: WorkingClock, start: int) -> st.SearchStrategy[int]:
    """An amount that the calendar holds within four weeks, two days of it at most."""
    return st.integers(0, min(2 * DAY, clock.seconds_between(start, start + 28 * DAY)))


def span(window: str) -> st.SearchStrategy[int]:
    return st.integers(*bounds(WINDOWS[window]))


@pytest.mark.proves("CLOCK-7", "TIER-5")
@pytest.mark.parametrize("window", WINDOWS)
@SOME
@given(data=st.data())
def test_the_clock_agrees_with_a_walk(window: str, data: st.DataObject) -> None:
    plain = data.draw(plains(WINDOWS[window]))
    walked, clock = walker(plain, WINDOWS[window]), clock_for(plain)
    some = st.lists(instants(walked), min_size=2, max_size=12)
    starts, ends = data.draw(some), data.draw(some)

    assert list(clock.open_within(walked.first, walked.last)) == walked.runs()
    for start, end in zip(starts, ends, strict=False):
        assert clock.seconds_between(start, end) == walked.between(start, end)
        left = walked.between(start, walked.last)
        for n in {left, min(left, abs(walked.between(start, end))), data.draw(st.integers(0, left))}:
            assert clock.second_after(start, n) == walked.add(start, n)


@pytest.mark.proves("CLOCK-7")
@pytest.mark.parametrize(
    "window", ["Rome, autumn", "New York, spring", "Lord Howe, half an hour twice", "Apia, a date that never was"]
)
@SOME
@given(data=st.data())
def test_many_answers_at_once_agree_with_a_walk_at_every_second(window: str, data: st.DataObject) -> None:
    plain = data.draw(plains(WINDOWS[window]))
    walked, clock = walker(plain, WINDOWS[window]), clock_for(plain)
    every = np.arange(walked.first, walked.last + 1, dtype=np.int64)
    passed = np.array(walked.passed, dtype=np.int64)

    counted = bulk.seconds_between(clock, np.full_like(every, walked.first), every)

    assert np.array_equal(counted, passed)


@MORE
@given(data=st.data(), window=st.sampled_from(FEW_WINDOWS))
def test_splitting_an_interval_never_changes_its_working_time(window: str, data: st.DataObject) -> None:
    clock = clock_for(data.draw(plains(WINDOWS[window])))
    a, b, c = (data.draw(span(window)) for _ in range(3))

    assert clock.seconds_between(a, b) + clock.seconds_between(b, c) == clock.seconds_between(a, c)
    assert clock.seconds_between(a, b) == -clock.seconds_between(b, a)


@MORE
@given(data=st.data(), window=st.sampled_from(FEW_WINDOWS))
def test_working_time_is_never_more_than_real_time(window: str, data: st.DataObject) -> None:
    clock = clock_for(data.draw(plains(WINDOWS[window])))
    a, b = sorted((data.draw(span(window)), data.draw(span(window))))

    worked = clock.seconds_between(a, b)

    assert 0 <= worked <= b - a
    assert worked == length(clock.open_within(a, b))


@MORE
@given(data=st.data(), window=st.sampled_from(FEW_WINDOWS))
def test_exactly_what_was_added_has_passed_by_a_deadline_and_not_a_second_sooner(window: str, data: st.DataObject) -> None:
    clock = clock_for(data.draw(plains(WINDOWS[window])))
    start = data.draw(span(window))
    n = data.draw(held(clock, start))

    deadline = clock.second_after(start, n)

    assert clock.seconds_between(start, deadline) == n
    if n:
        assert clock.seconds_between(start, deadline - 1) == n - 1


@MORE
@given(data=st.data(), window=st.sampled_from(FEW_WINDOWS))
def test_more_time_or_a_later_start_never_ends_sooner(window: str, data: st.DataObject) -> None:
    clock = clock_for(data.draw(plains(WINDOWS[window])))
    early, late = sorted((data.draw(span(window)), data.draw(span(window))))
    less, more = sorted((data.draw(held(clock, late)), data.draw(held(clock, late))))

    assert clock.second_after(early, less) <= clock.second_after(early, more)
    assert clock.second_after(early, more) <= clock.second_after(late, more)


@MORE
@given(data=st.data(), window=st.sampled_from(FEW_WINDOWS))
def test_adding_in_two_steps_is_adding_at_once(window: str, data: st.DataObject) -> None:
    clock = clock_for(data.draw(plains(WINDOWS[window])))
    start = data.draw(span(window))
    whole = data.draw(held(clock, start))
    part = data.draw(st.integers(0, whole))

    halfway = clock.second_after(start, part)

    assert clock.second_after(halfway, whole - part) == clock.second_after(start, whole)


@pytest.mark.proves("TIER-5")
@MORE
@given(data=st.data(), window=st.sampled_from(FEW_WINDOWS))
def test_a_holiday_never_adds_open_time(window: str, data: st.DataObject) -> None:
    plain = data.draw(plains(WINDOWS[window], exceptions=False))
    first, last = bounds(WINDOWS[window])
    dates = [date.fromisoformat(WINDOWS[window][1]) + timedelta(days=number) for number in range(3)]
    some, more = data.draw(st.frozensets(st.sampled_from(dates))), data.draw(st.frozensets(st.sampled_from(dates)))
    fewer, others = (clock_for(Plain(plain.zone, plain.week, holidays)) for holidays in (some, some | more))
    a, b = sorted((data.draw(span(window)), data.draw(span(window))))
    n = data.draw(held(others, a))

    assert others.seconds_between(a, b) <= fewer.seconds_between(a, b)
    assert others.second_after(a, n) >= fewer.second_after(a, n)
    assert others.seconds_between(first, last) <= fewer.seconds_between(first, last)


@pytest.mark.proves("TIER-5")
@MORE
@given(data=st.data(), window=st.sampled_from(FEW_WINDOWS))
def test_closures_never_add_open_time_and_extra_openings_never_take_it(window: str, data: st.DataObject) -> None:
    plain = data.draw(plains(WINDOWS[window]))
    first, last = bounds(WINDOWS[window])

    said = clock_for(plain).seconds_between(first, last)
    without_closures = clock_for(Plain(plain.zone, plain.week, plain.holidays, (), plain.open)).seconds_between(first, last)
    without_openings = clock_for(Plain(plain.zone, plain.week, plain.holidays, plain.closed)).seconds_between(first, last)

    assert without_openings <= said <= without_closures


@MORE
@given(data=st.data(), window=st.sampled_from(FEW_WINDOWS))
def test_a_holiday_elsewhere_moves_no_deadline(window: str, data: st.DataObject) -> None:
    plain = data.draw(plains(WINDOWS[window], exceptions=False))
    first, last = bounds(WINDOWS[window])
    holiday = date.fromisoformat(WINDOWS[window][1]) + timedelta(days=5)
    clocks = [clock_for(Plain(plain.zone, plain.week, holidays)) for holidays in (frozenset(), frozenset({holiday}))]
    n = data.draw(st.integers(0, clocks[0].seconds_between(first, last)))

    deadlines = [clock.second_after(first, n) for clock in clocks]

    assert deadlines[0] == deadlines[1]


@pytest.mark.parametrize("window", ["Rome, spring", "St John's, one minute of tomorrow", "Apia, a date that never was"])
@SOME
@given(data=st.data())
def test_the_open_time_of_its_dates_is_all_the_open_time_there_is(window: str, data: st.DataObject) -> None:
    plain = data.draw(plains(WINDOWS[window]))
    clock = WorkingClock(built(plain))
    first, last = bounds(WINDOWS[window])
    dates = [date.fromisoformat(WINDOWS[window][1]) + timedelta(days=number) for number in range(-2, 6)]

    seen = [piece for on in dates for piece in clock.open_on(on)]
    inside = sum(max(0, min(end, last) - max(start, first)) for start, end in seen)

    assert inside == clock.seconds_between(first, last)
