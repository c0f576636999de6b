"""Clocks as columns give the verdicts of the plain assessment, row by row."""

from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goodstanding.core.clocks.clock import moment, second_of
from goodstanding.core.clocks.intervals import union
from goodstanding.core.clocks.presets import ALWAYS
from goodstanding.core.desk.assess import assess
from goodstanding.core.desk.case import Case
from goodstanding.core.desk.columns import (
    MISSING,
    STATES,
    ColumnRule,
    Pauses,
    SpanColumns,
    TicketRows,
    judge,
    rule_book,
    spans_of,
)
from goodstanding.core.desk.events import Actor, Event, EventKind, PauseOwner
from goodstanding.core.desk.policy import ClockKind, Policy
from goodstanding.core.desk.reckon import FOREVER
from tests.core.desk.stories import OFFICE, bound, rome, rule

MIXED = Policy(
    name="mixed",
    rules=(
        rule("response", "30 min", slot="always", priority="P1"),
        rule("resolution", "4 h", slot="always", priority="P1"),
        rule("response", "2 h", priority="P2"),
        rule("resolution", "2 bd", priority="P2"),
        rule("response", None, priority="P3"),
        rule("resolution", "1 w", priority="P3"),
    ),
)
BEGIN = second_of(rome("2 08:00"))
NOW = BEGIN + 20 * 86_400

instants = st.none() | st.integers(BEGIN - 3_600, BEGIN + 30 * 86_400)
rows = st.tuples(st.integers(BEGIN, NOW), instants, instants, instants, st.sampled_from(["P1", "P2", "P3", "P4"]))


def column(values):
    return np.array([MISSING if value is None else value for value in values], dtype=np.int64)


def plain(row):
    opened, replied, resolved, cancelled, priority = row
    happened = (
        (EventKind.OPENED, opened),
        (EventKind.STAFF_REPLIED, replied),
        (EventKind.RESOLVED, resolved),
        (EventKind.CANCELLED, cancelled),
    )
    events = tuple(
        Event(
            # A milestone told before the opening is the opening itself.
            at=moment(max(at, opened)),
            kind=kind,
            source="row",
            source_id=kind,
            actor=Actor.STAFF,
            public=True,
            priority=priority if kind is EventKind.OPENED else None,
        )
        for kind, at in happened
        if at is not None
    )
    return assess(Case(ticket="T", client="Ferrante", events=events, assignments=(bound(MIXED),)), as_of=moment(NOW))


@pytest.mark.proves("CLOCK-9")
@settings(max_examples=150, deadline=None)
@given(st.lists(rows, min_size=1, max_size=20))
def test_ticket_rows_are_judged_as_their_events_would_be(tickets):
    book = rule_book([bound(MIXED)], [(0, row[4], None, None, frozenset()) for row in tickets])
    columns = TicketRows(*(column(row[number] for row in tickets) for number in range(4)))

    for clock in (ClockKind.RESPONSE, ClockKind.RESOLUTION):
        codes = [book.of.get((clock, 0, row[4], None, None, frozenset()), -1) for row in tickets]
        found = judge(spans_of(columns, clock, np.array(codes, dtype=np.int32), as_of=NOW), book.rules, as_of=NOW)
        expected = [plain(row).of(clock)[0] for row in tickets]

        assert [STATES[code] for code in found.state] == [each.state for each in expected]
        assert found.elapsed.tolist() == [each.elapsed // timedelta(seconds=1) for each in expected]
        assert (
            found.target.tolist() == column(each.target and each.target // timedelta(seconds=1) for each in expected).tolist()
        )
        assert found.deadline.tolist() == column(each.deadline_at and second_of(each.deadline_at) for each in expected).tolist()
        assert found.breached.tolist() == column(each.breach and second_of(each.breach.at) for each in expected).tolist()


waits = st.lists(st.tuples(st.integers(0, 400), st.integers(1, 80)), max_size=4)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 300), st.integers(0, 900), waits, st.booleans()), min_size=1, max_size=8))
def test_pauses_in_columns_cost_what_they_cost_in_the_plain_assessment(tickets):
    quarter = 900
    policy = Policy(name="one", rules=(rule("resolution", "9 h", priority="P2"),))
    spans, expected = [], []
    for opened, length, told, still in tickets:
        start, stop = BEGIN + opened * quarter, BEGIN + (opened + length) * quarter
        paused = [(BEGIN + at * quarter, BEGIN + (at + spell) * quarter) for at, spell in told if at >= opened]
        paused = [(a, min(b, stop)) for a, b in union(paused) if a < stop]
        events = [
            Event(at=moment(start), kind=EventKind.OPENED, source="w", source_id="0", priority="P2"),
            *([] if still else [Event(at=moment(stop), kind=EventKind.RESOLVED, source="w", source_id="end")]),
        ]
        for number, (a, b) in enumerate(paused):
            events.append(
                Event(at=moment(a), kind=EventKind.WAITING, source="w", source_id=f"a{number}", owner=PauseOwner.CUSTOMER)
            )
            if still and b == stop:
                paused[number] = (a, FOREVER)
            else:
                events.append(Event(at=moment(b), kind=EventKind.RESUMED, source="w", source_id=f"b{number}"))
        told_case = Case(ticket="T", client="Ferrante", events=tuple(events), assignments=(bound(policy),))
        spans.append((start, MISSING if still else stop, paused))
        expected.append(assess(told_case, as_of=moment(NOW)).of(ClockKind.RESOLUTION)[0])
    first = np.cumsum([0, *(len(paused) for _, _, paused in spans)])
    starts, ends = (np.array([pause[side] for _, _, paused in spans for pause in paused], dtype=np.int64) for side in (0, 1))

    found = judge(
        SpanColumns(
            column(start for start, _, _ in spans),
            column(stop for _, stop, _ in spans),
            np.zeros(len(spans), dtype=np.bool_),
            np.zeros(len(spans), dtype=np.int32),
            Pauses(first, starts, ends),
        ),
        [ColumnRule(OFFICE, 9, "h")],
        as_of=NOW,
    )

    assert [STATES[code] for code in found.state] == [each.state for each in expected]
    assert found.elapsed.tolist() == [each.elapsed // timedelta(seconds=1) for each in expected]
    assert found.deadline.tolist() == column(each.deadline_at and second_of(each.deadline_at) for each in expected).tolist()


def test_many_rows_are_judged_as_the_same_rows_in_smaller_tables():
    noise = np.random.default_rng(5)
    start = noise.integers(BEGIN, NOW, 200_000)
    stop = np.where(noise.random(len(start)) < 0.1, MISSING, start + noise.integers(0, 20 * 86_400, len(start)))
    stop = np.where(stop > NOW, MISSING, stop)
    rule = noise.integers(-1, 3, len(start)).astype(np.int32)
    rules = [ColumnRule(OFFICE, 4, "h"), ColumnRule(OFFICE, 2, "bd"), ColumnRule(ALWAYS, None)]
    spans = SpanColumns(start, stop, noise.random(len(start)) < 0.05, rule)

    whole = judge(spans, rules, as_of=NOW)
    parts = [judge(spans.rows(slice(at, at + 7_001)), rules, as_of=NOW) for at in range(0, len(start), 7_001)]

    for column in ("state", "elapsed", "target", "deadline", "breached"):
        assert np.array_equal(getattr(whole, column), np.concatenate([getattr(part, column) for part in parts]))


def test_without_deadlines_only_breached_clocks_have_one_and_every_verdict_stays():
    noise = np.random.default_rng(6)
    start = noise.integers(BEGIN, NOW - 86_400, 5_000)
    # Closing times are where a deadline is reached with nothing left and the comparison of amounts is not enough.
    stop = np.minimum(start + noise.choice([900, 3_600, 7_200, 30_000, 90_000], len(start)), NOW)
    spans = SpanColumns(start, stop, np.zeros(len(start), dtype=np.bool_), np.zeros(len(start), dtype=np.int32))

    with_them, without = (judge(spans, [ColumnRule(OFFICE, 2, "h")], as_of=NOW, deadlines=each) for each in (True, False))

    assert np.array_equal(with_them.state, without.state)
    assert np.array_equal(with_them.breached, without.breached)
    assert np.array_equal(without.deadline, with_them.breached)


def test_a_clock_whose_stop_no_column_tells_is_not_measured():
    spans = SpanColumns(np.array([BEGIN]), np.array([BEGIN + 60]), np.zeros(1, dtype=np.bool_), np.zeros(1, dtype=np.int32))

    found = judge(spans, [ColumnRule(OFFICE, 1, "h")], as_of=NOW, measured=False)

    assert STATES[found.state[0]] == "not_measured"
    assert found.breached[0] == MISSING


def test_a_table_without_rows_is_judged_to_nothing():
    nothing = np.zeros(0, dtype=np.int64)

    found = judge(SpanColumns(nothing, nothing, nothing.astype(bool), nothing.astype(np.int32)), [], as_of=NOW)

    assert len(found.state) == 0
