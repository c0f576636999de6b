"""The bulk twin of the clock: the same answers for arrays, in either type, in any order, and never by alias."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodstanding.core.clocks import bulk
from goodstanding.core.clocks.clock import OutOfReach, WorkingClock
from tests.core.clocks.calendars import (
    ALL_DAY,
    OFFICE,
    SOME,
    WINDOWS,
    built,
    clock_for,
    every_day,
    instants,
    plains,
    walker,
)  # fmt: skip
from tests.core.clocks.oracle import DAY, Plain, at

# Between them these take every way through the tables: both, one of them only, and neither.
SHAPES = {
    "office": Plain("Europe/Rome", OFFICE, holidays=frozenset({date(2026, 3, 4)})),
    "always": Plain("UTC", ALL_DAY),
    "breaks of seconds": Plain("Europe/Rome", every_day("09:00-12:00", "12:00:05-17:00:30")),
    "openings of seconds": Plain("Europe/Rome", every_day("09:00-09:00:05", "12:00-17:00:30")),
    "openings of minutes": Plain("Europe/Rome", every_day("09:00-09:03", "12:00-17:00")),
    "both of seconds": Plain("Europe/Rome", every_day("09:00-09:00:05", "09:00:07-12:00")),
    "nights": Plain("America/New_York", every_day("21:30-05:10")),
}
KINDS = [np.int64, np.uint32]
BEGIN = at("2026-03-02")


def sample(count: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(BEGIN, BEGIN + 60 * DAY, count)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("shape", SHAPES)
def test_many_intervals_are_counted_as_one_by_one(shape: str, kind: type) -> None:
    starts, ends = sample(3000, 1), sample(3000, 2)

    found = bulk.seconds_between(clock_for(SHAPES[shape]), starts.astype(kind), ends.astype(kind))

    clock = clock_for(SHAPES[shape])
    assert found.dtype == np.int64
    assert found.tolist() == [clock.seconds_between(a, b) for a, b in zip(starts.tolist(), ends.tolist(), strict=True)]
    assert (found < 0).any()
    assert (found > 0).any()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("shape", SHAPES)
def test_many_deadlines_are_found_as_one_by_one(shape: str, kind: type) -> None:
    starts, amounts = sample(3000, 3), np.random.default_rng(4).integers(0, 5 * DAY, 3000)
    amounts[::10] = 0
    starts[::3] -= starts[::3] % 1800

    found = bulk.seconds_after(clock_for(SHAPES[shape]), starts.astype(kind), amounts)

    clock = clock_for(SHAPES[shape])
    assert found.dtype == np.int64
    assert found.tolist() == [clock.second_after(a, n) for a, n in zip(starts.tolist(), amounts.tolist(), strict=True)]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("shape", SHAPES)
def test_many_targets_used_up_exactly_at_closing_end_at_closing(shape: str, kind: type) -> None:
    clock = clock_for(SHAPES[shape])
    closings = np.array([end for _, end in clock.open_within(BEGIN, BEGIN + 30 * DAY)][:-1], dtype=np.int64)
    starts = np.full(len(closings), BEGIN, dtype=np.int64)
    amounts = bulk.seconds_between(clock, starts, closings)

    at_closing = bulk.seconds_after(clock, starts.astype(kind), amounts)
    a_second_more = bulk.seconds_after(clock, starts.astype(kind), amounts + 1)

    assert np.array_equal(at_closing, closings)
    assert a_second_more.tolist() == [clock.next_opening(closing) + 1 for closing in closings.tolist()]


@pytest.mark.parametrize("window", ["Rome, spring", "New York, autumn", "Apia, a date that never was", "UTC, leap day"])
@SOME
@given(data=st.data())
def test_any_calendar_gives_many_answers_as_it_gives_one(window: str, data: st.DataObject) -> None:
    plain = data.draw(plains(WINDOWS[window]))
    walked, clock, kind = walker(plain, WINDOWS[window]), clock_for(plain), data.draw(st.sampled_from(KINDS))
    inside = st.lists(instants(walked), min_size=6, max_size=6)
    starts, ends = data.draw(inside), data.draw(inside)
    amounts = [data.draw(st.integers(0, walked.between(start, walked.last))) for start in starts]

    counted = bulk.seconds_between(clock, np.array(starts, dtype=kind), np.array(ends, dtype=kind))
    reached = bulk.seconds_after(clock, np.array(starts, dtype=kind), np.array(amounts))

    assert counted.tolist() == [walked.between(a, b) for a, b in zip(starts, ends, strict=True)]
    assert reached.tolist() == [walked.add(a, n) for a, n in zip(starts, amounts, strict=True)]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("shape", ["office", "both of seconds"])
@pytest.mark.parametrize("count", [1, bulk.BLOCK - 1, bulk.BLOCK, bulk.BLOCK + 1, 3 * bulk.BLOCK + 7])
def test_the_number_of_answers_does_not_matter(shape: str, kind: type, count: int) -> None:
    clock = clock_for(SHAPES[shape])
    starts, ends = sample(count, 5).astype(kind), sample(count, 6).astype(kind)
    amounts = np.random.default_rng(7).integers(0, DAY, count)
    some = sorted({0, count // 2, *range(bulk.BLOCK - 2, min(count, bulk.BLOCK + 2)), count - 1} & set(range(count)))

    counted, reached = bulk.seconds_between(clock, starts, ends), bulk.seconds_after(clock, starts, amounts)

    assert len(counted) == len(reached) == count
    assert [counted[i] for i in some] == [clock.seconds_between(int(starts[i]), int(ends[i])) for i in some]
    assert [reached[i] for i in some] == [clock.second_after(int(starts[i]), int(amounts[i])) for i in some]


@pytest.mark.parametrize("kind", KINDS)
def test_no_questions_have_no_answers(kind: type) -> None:
    none, clock = np.array([], dtype=kind), clock_for(SHAPES["office"])

    assert bulk.seconds_between(clock, none, none).tolist() == []
    assert bulk.seconds_after(clock, none, np.array([], dtype=np.int64)).tolist() == []


@pytest.mark.parametrize("shape", SHAPES)
def test_answers_are_written_where_they_are_wanted(shape: str) -> None:
    starts, ends, out = sample(500, 8), sample(500, 9), np.full(500, -1, dtype=np.int64)

    found = bulk.seconds_between(clock_for(SHAPES[shape]), starts, ends, out=out)

    assert found is out
    assert np.array_equal(out, bulk.seconds_between(clock_for(SHAPES[shape]), starts, ends))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("shape", SHAPES)
def test_what_is_asked_is_not_changed(shape: str, kind: type) -> None:
    starts, ends, amounts = sample(50, 10).astype(kind), sample(50, 11).astype(kind), np.arange(50, dtype=np.int64)
    kept = [array.copy() for array in (starts, ends, amounts)]

    bulk.seconds_between(clock_for(SHAPES[shape]), starts, ends)
    bulk.seconds_after(clock_for(SHAPES[shape]), starts, amounts)

    assert all(np.array_equal(array, before) for array, before in zip((starts, ends, amounts), kept, strict=True))


def test_instants_of_both_types_may_meet() -> None:
    starts, ends, clock = sample(100, 12), sample(100, 13), clock_for(SHAPES["office"])

    mixed = bulk.seconds_between(clock, starts.astype(np.uint32), ends)

    assert np.array_equal(mixed, bulk.seconds_between(clock, starts, ends))


def test_arrays_may_be_views_that_step_or_run_backwards() -> None:
    starts, ends, clock = sample(200, 14), sample(200, 15), clock_for(SHAPES["office"])

    found = bulk.seconds_between(clock, starts[::-2], ends[::-2])

    assert np.array_equal(found, bulk.seconds_between(clock, starts[::-2].copy(), ends[::-2].copy()))


@pytest.mark.parametrize("slip", [1_772_442_000_000, BEGIN + 2**32, BEGIN - 2**32, BEGIN + 7 * 2**32, -1, -(2**63), 2**63 - 1])
@pytest.mark.parametrize("shape", ["office", "both of seconds"])
@pytest.mark.parametrize("used", [False, True])
@pytest.mark.parametrize("place", [0, bulk.BLOCK + 3])
def test_milliseconds_and_other_slips_raise_and_never_pass_for_seconds(shape: str, slip: int, used: bool, place: int) -> None:
    clock = clock_for(SHAPES[shape])
    good = np.full(max(10, place + 1), BEGIN, dtype=np.int64)
    wrong = good.copy()
    wrong[place] = slip
    if used:
        bulk.seconds_between(clock, good, good)

    with pytest.raises(OutOfReach):
        bulk.seconds_between(clock, wrong, good)
    with pytest.raises(OutOfReach):
        bulk.seconds_between(clock, good, wrong)
    with pytest.raises(OutOfReach):
        bulk.seconds_after(clock, wrong, np.ones(len(good), dtype=np.int64))


@pytest.mark.parametrize("slip", [at("2100-01-01"), 2**32 - 1])
@pytest.mark.parametrize("shape", ["office", "both of seconds"])
def test_an_unsigned_instant_after_2099_raises(shape: str, slip: int) -> None:
    clock = clock_for(SHAPES[shape])
    good, wrong = np.array([BEGIN, BEGIN], dtype=np.uint32), np.array([BEGIN, slip], dtype=np.uint32)

    with pytest.raises(OutOfReach):
        bulk.seconds_between(clock, good, wrong)
    with pytest.raises(OutOfReach):
        bulk.seconds_after(clock, wrong, np.array([1, 1]))


def test_the_whole_range_of_years_is_counted_in_either_type() -> None:
    clock = clock_for(SHAPES["always"])
    edges = [0, 1, 2**31 - 1, 2**31, 2**31 + 1, at("2099-12-31 23:59:59")]

    for kind in KINDS:
        starts, ends = np.array(edges, dtype=kind), np.array(edges[::-1], dtype=kind)
        found = bulk.seconds_between(clock, starts, ends)

        assert found.tolist() == [b - a for a, b in zip(edges, edges[::-1], strict=True)]


@pytest.mark.parametrize("shape", ["office", "both of seconds"])
def test_an_instant_before_the_years_compiled_so_far_is_counted(shape: str) -> None:
    clock, fresh = clock_for(SHAPES[shape]), clock_for(SHAPES[shape])
    clock.is_open(at("2026-06-01"))
    asked = [at("2023-05-05 09:30"), at("2026-06-01"), at("2031-05-05 09:30")]

    for kind in KINDS:
        starts, ends = np.array(asked, dtype=kind), np.array(asked[::-1], dtype=kind)
        found = bulk.seconds_between(clock, starts, ends)

        assert found.tolist() == [fresh.seconds_between(a, b) for a, b in zip(asked, asked[::-1], strict=True)]


@pytest.mark.parametrize("shape", SHAPES)
def test_a_negative_amount_among_many_is_refused(shape: str) -> None:
    with pytest.raises(ValueError, match="forward only"):
        bulk.seconds_after(clock_for(SHAPES[shape]), np.array([BEGIN, BEGIN]), np.array([60, -1]))


@pytest.mark.parametrize(("shape", "amount"), [("office", 2**32 + 60), ("both of seconds", 2**62)])
def test_an_amount_that_no_calendar_holds_is_refused_among_many(shape: str, amount: int) -> None:
    clock = clock_for(SHAPES[shape])

    with pytest.raises(OutOfReach, match="search no further"):
        bulk.seconds_after(clock, np.array([BEGIN, BEGIN]), np.array([60, amount]))


def test_the_farthest_start_and_the_largest_amount_need_not_belong_together() -> None:
    clock = clock_for(SHAPES["always"])
    starts, amounts = np.array([BEGIN, at("2099-12-31 23:00")]), np.array([100 * DAY, 60])

    found = bulk.seconds_after(clock, starts, amounts)

    assert found.tolist() == [BEGIN + 100 * DAY, at("2099-12-31 23:01")]


@pytest.mark.parametrize("shape", SHAPES)
def test_adding_nothing_stays_at_the_start_among_many(shape: str) -> None:
    starts = sample(100, 16)

    found = bulk.seconds_after(clock_for(SHAPES[shape]), starts, np.zeros(100, dtype=np.int64))

    assert np.array_equal(found, starts)


@pytest.mark.parametrize("kind", KINDS)
def test_years_without_any_opening_count_nothing_among_many(kind: type) -> None:
    plain = Plain("UTC", {}, open=((date(2031, 3, 3), ["09:00-17:00"]),))
    starts = np.array([BEGIN, BEGIN + DAY], dtype=kind)

    counted = bulk.seconds_between(clock_for(plain), starts, starts[::-1])
    stayed = bulk.seconds_after(clock_for(plain), starts, np.zeros(2, dtype=np.int64))
    reached = bulk.seconds_after(clock_for(plain), starts, np.array([0, 60]))

    assert counted.tolist() == [0, 0]
    assert stayed.tolist() == starts.tolist()
    assert reached.tolist() == [BEGIN, at("2031-03-03 09:01")]


@pytest.mark.parametrize(
    ("shape", "tables"),
    [
        ("office", (True, True)),
        ("breaks of seconds", (False, True)),
        ("openings of seconds", (False, False)),
        ("openings of minutes", (True, False)),
        ("both of seconds", (False, False)),
    ],
)
def test_the_shapes_of_this_file_take_every_way_through_the_tables(shape: str, tables: tuple[bool, bool]) -> None:
    compiled = WorkingClock(built(SHAPES[shape])).reach(BEGIN, BEGIN + DAY)

    assert (compiled.pure is not None, compiled.to_finish is not None) == tables
