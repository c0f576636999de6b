"""A measurement says what its facts come to, with what nobody can know left unknown (semantics.md 1.16)."""

from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goodstanding.core.clocks.clock import second_of
from goodstanding.core.desk.case import Case
from goodstanding.core.desk.policy import ClockKind, Target
from goodstanding.core.desk.verdict import ClockState
from goodstanding.core.figures.comparison import Outcome, comparison
from goodstanding.core.figures.facts import Facts, facts_of, joined
from goodstanding.core.figures.figures import figures
from goodstanding.core.figures.measurement import Measurement, PrintedTarget, Tells, key_figures, measurement
from goodstanding.core.figures.numbers import Share
from tests.core.desk.stories import bound, case, client, event, judged, opened, reply, rome, rule, waiting

NOW = "20 12:00"
EVERYTHING = Tells(replies=True, reopenings=True, pauses=True, ratings=True)


def facts(*told: Case, when: str = NOW) -> Facts:
    return facts_of([judged(each, when) for each in told], as_of=rome(when))


def measured(*told: Case, when: str = NOW, **more: object) -> Measurement:
    return measurement(facts(*told, when=when), [each.ticket for each in told], zone="Europe/Rome", **more)


def ticket(name: str, *events: object, **fields: object) -> Case:
    assignments = (bound(client=fields.get("client", "Ferrante")),)
    return case(*events, ticket=name, assignments=assignments, **fields)


# Thursday 2 April: P1 has 1 h to respond and 4 h to resolve, open 09-13 and 14-18.
GOOD = ticket("good", opened("2 09:00", "P1"), reply("2 09:30"), event("resolved", "2 11:00"))
LATE = ticket("late", opened("2 09:00", "P1"), reply("2 09:30"), event("resolved", "2 15:00"))
WORSE = ticket("worse", opened("2 09:00", "P1"), reply("2 11:00"), event("resolved", "7 15:00"), client="Rossi")
OPEN = ticket("open", opened("20 11:30", "P3"))
DROPPED = ticket("dropped", opened("2 09:00", "P3"), event("cancelled", "2 16:00"), client="Rossi")


@pytest.mark.proves("KPI-1")
def test_every_clock_is_met_breached_or_listed_by_what_became_of_it():
    found = measured(GOOD, LATE, WORSE, OPEN, DROPPED)

    response, resolution = found.totals.clocks
    # The dropped ticket had no answer by 13:00, which stays a breach though it was cancelled at 16:00.
    assert (response.compliance.met, response.compliance.breached) == (2, 2)
    assert (resolution.compliance.met, resolution.compliance.breached) == (1, 2)
    assert resolution.compliance.left_out == {ClockState.RUNNING: 1, ClockState.CANCELLED: 1}
    assert found.tickets == 5


def test_rows_are_in_order_and_clients_the_worst_first():
    found = measured(GOOD, LATE, WORSE, OPEN)

    assert [row.name for row in found.by_priority] == ["P1", "P3"]
    assert [(row.name, row.rate) for row in found.by_client] == [("Rossi", Share(0, 2)), ("Ferrante", Share(3, 4))]
    assert [row.name for row in found.by_month] == ["2026-04", None]
    assert found.by_month[1].of(ClockKind.RESOLUTION).compliance.left_out == {ClockState.RUNNING: 1}
    assert found.by_month[1].of(ClockKind.NEXT_RESPONSE) is None


def test_a_client_without_a_decided_clock_comes_last():
    unknown = ticket("u", opened("20 11:30", "P3"), client="Zeta")

    found = measured(GOOD, unknown, OPEN)

    assert [row.name for row in found.by_client] == ["Ferrante", "Zeta"]


def test_breaches_come_latest_first_with_all_that_a_report_lists():
    found = measured(GOOD, LATE, WORSE)

    listed = list(found.breaches)
    assert [(each.ref, each.clock) for each in listed] == [
        ("late", ClockKind.RESOLUTION),
        ("worse", ClockKind.RESOLUTION),
        ("worse", ClockKind.RESPONSE),
    ]
    first, *_, last = listed
    # 09:00 to 13:00 is the target, 14:00 to 15:00 the time over it.
    assert (first.client, first.priority, first.elapsed) == ("Ferrante", "P1", timedelta(hours=5))
    assert (first.deadline_at, first.stopped_at, first.late_by) == (rome("2 13:00"), rome("2 15:00"), timedelta(hours=2))
    assert last.promised == rule("response", "1 h").target
    assert list(found.breaches.rows(1)) == [first]
    assert len(found.breaches) == 3


def test_a_breach_of_an_open_clock_is_late_so_far():
    found = measured(ticket("open", opened("2 09:00", "P1")), when="2 14:00")

    resolution, response = found.breaches
    assert (response.stopped_at, response.late_by) == (None, timedelta(hours=4))
    assert (resolution.deadline_at, resolution.late_by) == (rome("2 13:00"), timedelta(hours=1))


def test_a_breach_shows_the_promise_that_was_broken_and_not_a_later_one():
    lowered = ticket(
        "x",
        opened("2 09:00", "P1"),
        event("priority_changed", "2 10:30", priority="P3"),
        reply("2 10:45"),
        event("resolved", "2 11:00"),
    )

    found = measured(lowered)

    (breach,) = found.breaches
    assert (breach.priority, breach.promised) == ("P3", rule("response", "1 h").target)


@pytest.mark.proves("KPI-1")
def test_what_the_source_does_not_tell_is_none_and_never_zero():
    told = [GOOD, LATE]

    silent = measured(*told)
    deaf = measured(*told, tells=EVERYTHING, unmeasured=frozenset(ClockKind))

    assert (silent.first_contact, silent.reopened, silent.paused, silent.satisfaction) == (None, None, None, None)
    assert silent.to_respond.count == 2
    assert (deaf.to_respond, deaf.to_restore, deaf.first_contact, deaf.reopened) == (None, None, None, None)
    names = {each.name: each.value for each in key_figures(silent)}
    assert [name for name, value in names.items() if value is None] == [
        "first_contact",
        "reopened",
        "paused",
        "satisfaction",
        "uptime",
    ]


def test_what_the_source_tells_is_counted():
    waited = ticket(
        "w", opened("2 09:00", "P3"), reply("2 09:30"), waiting("2 10:00"), client("2 11:00"), event("resolved", "2 12:00")
    )

    found = measured(waited, tells=EVERYTHING)

    assert found.first_contact == Share(1, 1)
    assert found.reopened == Share(0, 1)
    names = {each.name: each.value for each in key_figures(found)}
    assert names["paused_customer"] == Share(3600, 3 * 3600)
    assert names["early_resolution"] == Share(1, 1)


def test_no_target_measured_means_no_escalation_and_no_risk():
    nothing = measured(GOOD, unmeasured=frozenset(ClockKind))
    uncovered = measurement(
        facts(case(opened("2 09:00", "P1"), ticket="n", assignments=())), ["n"], zone="Europe/Rome", tells=EVERYTHING
    )

    # The facts of the first were measured all the same; what the source tells is for the reader of the file to say.
    assert nothing.escalated == Share(0, 1)
    assert (uncovered.escalated, uncovered.at_risk) == (None, None)


def test_a_measurement_of_nothing_has_no_rows():
    found = measured()

    assert (found.tickets, found.totals.clocks, found.by_client, len(found.breaches)) == (0, (), (), 0)
    assert found.figures.tickets == Share(0, 0)


def test_tiers_are_named_as_reports_call_them_and_readings_are_kept():
    readings = [PrintedTarget("Gold", "response, priority P1", "1 h", "1 hour of support hours")]

    found = measured(GOOD, tiers={"gold": "Gold"}, readings=readings)

    assert [row.name for row in found.by_tier] == ["Gold"]
    assert found.readings == tuple(readings)


def test_cancelled_tickets_were_not_restored():
    found = figures(facts(GOOD, DROPPED))

    assert (found.to_restore.count, found.to_restore.total) == (1, 2 * 3600)


def test_facts_of_two_parts_are_the_facts_of_the_whole():
    told = [GOOD, LATE, WORSE, OPEN, DROPPED]
    refs = [each.ticket for each in told]
    one = facts_of([judged(each, NOW) for each in told[:2]], as_of=rome(NOW), sources=[0, 1])
    other = facts_of([judged(each, NOW) for each in told[2:]], as_of=rome(NOW), sources=[2, 3, 4])

    found = measurement(joined(one, other), refs, zone="Europe/Rome")

    assert found == measured(*told)


def test_facts_of_two_instants_do_not_stand_side_by_side():
    with pytest.raises(ValueError, match="do not stand side by side"):
        joined(facts(GOOD), facts(GOOD, when="21 12:00"))


def both(*pairs: tuple[Case, Case]) -> object:
    sides = [facts(*(pair[side] for pair in pairs)) for side in (0, 1)]
    found = [measurement(side, [str(number) for number in range(len(pairs))], zone="Europe/Rome") for side in sides]
    return comparison((sides[0], found[0]), (sides[1], found[1]), rows={"P1": "P1 / S1", "S1": "P1 / S1"})


def test_a_comparison_counts_tickets_that_come_out_otherwise_both_ways():
    found = both((GOOD, LATE), (GOOD, WORSE), (LATE, GOOD), (GOOD, OPEN), (OPEN, OPEN), (LATE, WORSE))

    assert (found.worse, found.better) == (2, 1)
    assert found.changed == {
        (Outcome.MET, Outcome.BREACHED): 2,
        (Outcome.BREACHED, Outcome.MET): 1,
        (Outcome.MET, Outcome.UNDECIDED): 1,
    }


def test_a_comparison_stands_side_by_side_and_in_total():
    found = both((GOOD, LATE), (LATE, LATE))

    rows = {(each.name, each.clock): each for each in found.by_priority}
    resolution = rows["P1 / S1", ClockKind.RESOLUTION]
    assert (resolution.before.rate, resolution.after.rate) == (Share(1, 2), Share(0, 2))
    assert resolution.difference == Fraction(-1, 2)
    assert [each.difference for each in found.totals] == [Fraction(0), Fraction(-1, 2)]


def test_a_side_without_such_clocks_has_no_difference():
    found = both((GOOD, OPEN))

    missing = {each.name: (each.before is None, each.after is None, each.difference) for each in found.by_priority}
    assert missing == {"P1 / S1": (False, True, None), "P3": (True, False, None)}


starts = st.integers(0, 40)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(starts, st.integers(0, 60), st.sampled_from(["P1", "P2", "P9"]), st.booleans()), max_size=6))
def test_rows_of_every_split_add_up_to_the_totals(tickets):
    told = [
        ticket(
            f"T{number}",
            opened(f"2 {9 + start % 8:02d}:{start:02d}", priority),
            *([event("resolved", f"{2 + spell // 8} 17:00")] if ended and spell // 8 != 4 else []),
        )
        for number, (start, spell, priority, ended) in enumerate(tickets)
    ]

    found = measured(*told)

    for clock in ClockKind:
        whole = found.totals.of(clock)
        for rows in (found.by_priority, found.by_client, found.by_month, found.by_tier):
            groups = [group for row in rows if (group := row.of(clock)) is not None]
            assert sum(each.compliance.clocks for each in groups) == (whole.compliance.clocks if whole else 0)
            assert sum(each.elapsed.total for each in groups) == (whole.elapsed.total if whole else 0)
    assert len(found.breaches) == sum(group.compliance.breached for group in found.totals.clocks)
    assert all(isinstance(each.promised, Target) for each in found.breaches)
    assert second_of(found.as_of) == second_of(rome(NOW))
