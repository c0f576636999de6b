"""What is compiled, and when, is nobody's business: the same question has the same answer in every order."""

from collections.abc import Callable
from datetime import date
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goodstanding.core.clocks import bulk
from goodstanding.core.clocks.clock import WorkingClock
from goodstanding.core.clocks.days import after_business_days
from tests.core.clocks.calendars import ALL_DAY, OFFICE, SOME, built, clock_for, every_day
from tests.core.clocks.oracle import DAY, Plain, SecondWalker, at

Question = Callable[[WorkingClock], object]

NIGHTS = every_day("20:00-08:00")
KINDS = {
    "office": Plain("Europe/Rome", OFFICE, holidays=frozenset({date(2025, 1, 1), date(2025, 12, 31), date(2026, 1, 1)})),
    "always": Plain("UTC", ALL_DAY),
    "nights": Plain("America/New_York", NIGHTS),
    "seconds apart": Plain("Asia/Kathmandu", every_day("00:00-05:44:58", "05:45:01-23:59:59")),
    "far east": Plain("Pacific/Kiritimati", {"wed": ["00:00-24:00"], "thu": ["00:00-10:00", "13:00-15:00"]}),
}


def questions() -> st.SearchStrategy[tuple[str, int, int]]:
    near_new_year = st.builds(lambda year, off: at(f"{year}-01-01") + off, st.integers(2023, 2028), st.integers(-5, 5))
    within_a_day = st.builds(lambda year, off: at(f"{year}-01-01") + off, st.integers(2023, 2028), st.integers(-DAY, DAY))
    instant = near_new_year | within_a_day
    return st.one_of(
        st.tuples(st.just("between"), instant, instant),
        st.tuples(st.just("after"), instant, st.integers(0, 40 * DAY)),
        st.tuples(st.just("open"), instant, st.just(0)),
        st.tuples(st.just("next"), instant, st.just(0)),
        st.tuples(st.just("within"), instant, st.integers(0, 3 * DAY)),
        st.tuples(st.just("days"), instant, st.integers(1, 8)),
    )


def answer(clock: WorkingClock, question: tuple[str, int, int]) -> object:
    kind, at_second, more = question
    ways: dict[str, Question] = {
        "between": lambda clock: clock.seconds_between(at_second, more),
        "after": lambda clock: clock.second_after(at_second, more),
        "open": lambda clock: clock.is_open(at_second),
        "next": lambda clock: clock.next_opening(at_second),
        "within": lambda clock: clock.open_within(at_second, at_second + more),
        "days": lambda clock: after_business_days(clock, at_second, more),
    }
    return ways[kind](clock)


@pytest.mark.parametrize("kind", KINDS)
@settings(SOME, max_examples=8)
@given(asked=st.lists(questions(), min_size=2, max_size=5))
def test_a_clock_in_use_answers_as_a_fresh_one(kind: str, asked: list[tuple[str, int, int]]) -> None:
    used = clock_for(KINDS[kind])

    answers = [answer(used, question) for question in [*asked, *asked]]

    assert answers == [answer(clock_for(KINDS[kind]), question) for question in asked] * 2


@pytest.mark.parametrize("kind", ["office", "always", "seconds apart"])
def test_the_order_of_the_questions_changes_no_answer(kind: str) -> None:
    calendar = built(KINDS[kind])
    asked = [
        ("between", at("2025-12-31 12:00"), at("2026-01-02 12:00")),
        ("days", at("2024-12-30 20:00"), 3),
        ("within", at("2023-12-31"), 2 * DAY),
    ]

    seen = set()
    for order in permutations(asked):
        clock = WorkingClock(calendar)
        seen.add(tuple(sorted((question, answer(clock, question)) for question in order)))

    assert len(seen) == 1


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("earlier", ["2024-06-01", "2025-12-31 23:59:59", "2026-01-01", "2027-06-01"])
def test_new_year_agrees_with_a_walk_whatever_was_asked_before(kind: str, earlier: str) -> None:
    walked, clock = SecondWalker(KINDS[kind], at("2025-12-30"), at("2026-01-03")), clock_for(KINDS[kind])
    new_year = at("2026-01-01")
    asked = [*range(new_year - 3, new_year + 4), *range(walked.first, walked.last + 1, 5399)]

    clock.is_open(at(earlier))

    for start in asked:
        assert (
            clock.seconds_between(start, new_year)
            == walked.passed[new_year - walked.first] - walked.passed[start - walked.first]
        )
        for n in (0, 1, 3600, 8 * 3600):
            if n <= walked.between(start, walked.last):
                assert clock.second_after(start, n) == walked.add(start, n)


@pytest.mark.parametrize("seconds", [0, 1, 2, DAY - 1, DAY, DAY + 1])
@pytest.mark.parametrize("start", ["2027-12-30 23:59:59", "2027-12-31 00:00:00", "2027-12-31 23:59:59", "2028-01-01 00:00:00"])
def test_a_deadline_at_the_edge_of_the_compiled_years_is_the_same_beyond_it(start: str, seconds: int) -> None:
    # Asked in 2026 first, a clock has 2026 and 2027 compiled.
    short, long = clock_for(Plain("UTC", ALL_DAY)), clock_for(Plain("UTC", ALL_DAY))
    short.is_open(at("2026-06-01"))
    long.seconds_between(at("2025-01-01"), at("2031-01-01"))

    deadlines = [clock.second_after(at(start), seconds) for clock in (short, long)]

    assert deadlines == [at(start) + seconds] * 2


def test_service_that_closes_with_the_year_closes_then() -> None:
    clock = clock_for(Plain("UTC", every_day("12:00-24:00")))
    clock.is_open(at("2026-06-01"))

    assert clock.second_after(at("2027-12-31 23:00"), 3600) == at("2028-01-01")
    assert clock.second_after(at("2027-12-31 23:00"), 3601) == at("2028-01-01 12:00:01")
    assert clock.open_within(at("2027-12-31"), at("2028-01-01")) == ((at("2027-12-31 12:00"), at("2028-01-01")),)


def test_many_answers_are_the_same_whether_years_are_compiled_on_the_way_or_before() -> None:
    plain = KINDS["office"]
    starts = np.linspace(at("2020-01-01"), at("2029-01-01"), 40_000).astype(np.int64)
    ends = np.roll(starts, 7)
    fresh, used = clock_for(plain), clock_for(plain)
    fresh.is_open(int(starts[0]))
    used.seconds_between(at("2015-01-01"), at("2032-01-01"))

    found = [bulk.seconds_between(clock, starts, ends) for clock in (fresh, used)]

    assert np.array_equal(*found)
    assert found[0][::997].tolist() == [
        used.seconds_between(int(a), int(b)) for a, b in zip(starts[::997], ends[::997], strict=True)
    ]
