"""Interval arithmetic against plain sets of seconds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodstanding.core.clocks.intervals import Interval, clip, intersect, length, subtract, union
from tests.core.clocks.calendars import MANY

POINTS = st.integers(-8, 40)
LOOSE = st.lists(st.tuples(POINTS, POINTS), max_size=8)
"""Intervals in any order, with overlaps, empty ones and ones written backwards."""
TIDY = LOOSE.map(union)


def seconds(intervals: tuple[Interval, ...] | list[Interval]) -> set[int]:
    return {second for start, end in intervals for second in range(start, end)}


def is_tidy(intervals: tuple[Interval, ...]) -> bool:
    """Sorted, none empty, none overlapping."""
    edges = [edge for interval in intervals for edge in interval]
    return edges == sorted(edges) and all(start < end for start, end in intervals)


@MANY
@given(LOOSE)
def test_a_union_holds_the_seconds_of_every_interval_and_no_other(loose: list[Interval]) -> None:
    found = union(loose)

    assert seconds(found) == seconds(loose)


@MANY
@given(LOOSE)
def test_a_union_is_sorted_and_leaves_a_gap_between_any_two(loose: list[Interval]) -> None:
    edges = [edge for interval in union(loose) for edge in interval]

    assert edges == sorted(set(edges))


@MANY
@given(LOOSE, st.randoms(use_true_random=False))
def test_a_union_does_not_depend_on_order(loose: list[Interval], random) -> None:
    shuffled = random.sample(loose, len(loose))

    assert union(shuffled) == union(loose)


@MANY
@given(TIDY)
def test_a_union_of_a_union_changes_nothing(tidy: tuple[Interval, ...]) -> None:
    assert union(tidy) == tidy


@MANY
@given(TIDY, TIDY)
def test_an_intersection_holds_what_lies_in_both(left: tuple[Interval, ...], right: tuple[Interval, ...]) -> None:
    found = intersect(left, right)

    assert seconds(found) == seconds(left) & seconds(right)
    assert is_tidy(found)


@MANY
@given(TIDY, TIDY)
def test_an_intersection_does_not_care_which_side_is_which(left: tuple[Interval, ...], right: tuple[Interval, ...]) -> None:
    assert intersect(left, right) == intersect(right, left)


@MANY
@given(TIDY, TIDY)
def test_a_difference_holds_what_was_not_cut(whole: tuple[Interval, ...], cut: tuple[Interval, ...]) -> None:
    found = subtract(whole, cut)

    assert seconds(found) == seconds(whole) - seconds(cut)
    assert is_tidy(found)


@MANY
@given(TIDY, TIDY)
def test_what_is_cut_and_what_is_left_make_up_the_whole(whole: tuple[Interval, ...], cut: tuple[Interval, ...]) -> None:
    parts = [*intersect(whole, cut), *subtract(whole, cut)]

    assert union(parts) == whole
    assert length(parts) == length(whole)


@MANY
@given(LOOSE, POINTS, POINTS)
def test_clipping_keeps_the_seconds_within(loose: list[Interval], start: int, end: int) -> None:
    found = clip(loose, start, end)

    assert seconds(found) == seconds(loose) & set(range(start, end))
    assert all(a < b for a, b in found)


@MANY
@given(TIDY)
def test_a_length_counts_the_seconds(tidy: tuple[Interval, ...]) -> None:
    assert length(tidy) == len(seconds(tidy))


def test_touching_intervals_become_one() -> None:
    assert union([(10, 20), (0, 10)]) == ((0, 20),)


def test_intervals_a_second_apart_stay_two() -> None:
    assert union([(11, 20), (0, 10)]) == ((0, 10), (11, 20))


def test_an_interval_within_another_does_not_shorten_it() -> None:
    assert union([(0, 20), (5, 10), (12, 15)]) == ((0, 20),)


@pytest.mark.parametrize("interval", [(5, 5), (6, 5)])
def test_an_empty_interval_is_dropped(interval: Interval) -> None:
    assert union([interval]) == ()


def test_clipping_keeps_the_order_it_is_given() -> None:
    assert clip([(20, 30), (0, 10)], 5, 25) == ((20, 25), (5, 10))


def test_one_cut_may_lie_across_several_intervals() -> None:
    assert subtract([(0, 10), (20, 30), (40, 50)], [(5, 45)]) == ((0, 5), (45, 50))


def test_several_cuts_may_lie_in_one_interval() -> None:
    assert subtract([(0, 50)], [(0, 5), (10, 20), (45, 60)]) == ((5, 10), (20, 45))
