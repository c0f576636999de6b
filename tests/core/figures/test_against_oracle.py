"""Figures by columns equal figures counted by hand, over any history, selection and period (KPI-1)."""

from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goodstanding.core.clocks.clock import second_of
from goodstanding.core.desk.assess import assess
from goodstanding.core.desk.case import Case, Waiver
from goodstanding.core.desk.events import Actor, Event, EventKind, PauseOwner
from goodstanding.core.desk.policy import ClockKind
from goodstanding.core.figures.breakdown import breakdown, by_month, by_ticket
from goodstanding.core.figures.facts import facts_of
from goodstanding.core.figures.figures import Period, figures
from tests.core.desk.stories import bound, rome
from tests.core.figures import oracle

BEGIN = rome("2 08:00")
NOW = BEGIN + timedelta(days=40)
KINDS = (
    EventKind.STAFF_REPLIED, EventKind.CLIENT_REPLIED, EventKind.WAITING, EventKind.RESUMED, EventKind.RESOLVED,
    EventKind.RESOLVED, EventKind.REOPENED, EventKind.PRIORITY_CHANGED, EventKind.CANCELLED,
)  # fmt: skip


# Made once: making a strategy costs more than a draw from it.
STEPS = st.lists(st.tuples(st.integers(0, 600), st.sampled_from(KINDS), st.sampled_from(["P1", "P2"])), max_size=7)
WAIVED = st.sampled_from([*[None] * 9, *ClockKind])
TICKETS = st.lists(st.tuples(st.integers(0, 900), st.sampled_from(["P1", "P3", "P9"]), STEPS, WAIVED), min_size=1, max_size=8)


@st.composite
def assessments(draw):
    found = []
    for number, (half_hours, opened_as, steps, waived) in enumerate(draw(TICKETS)):
        start = BEGIN + timedelta(minutes=30 * half_hours)
        events = [Event(at=start, kind=EventKind.OPENED, source="f", source_id="0", priority=opened_as)]
        for step, (third_hours, kind, priority) in enumerate(steps):
            events.append(
                Event(
                    at=start + timedelta(minutes=20 * third_hours),
                    kind=kind,
                    source="f",
                    source_id=str(step + 1),
                    actor=Actor.STAFF,
                    public=True,
                    owner=PauseOwner.CUSTOMER,
                    priority=priority,
                )
            )
        waivers = ()
        if waived is not None:
            waivers = (Waiver(reason="flood", author="Marta", granted_at=NOW, clock=waived),)
        case = Case(ticket=f"T{number}", client="Ferrante", events=tuple(events), assignments=(bound(),), waivers=waivers)
        found.append(assess(case, as_of=NOW, explain=False))
    return found


periods = st.tuples(st.none() | st.integers(0, 40), st.none() | st.integers(0, 40))


@pytest.mark.proves("KPI-1")
@settings(max_examples=250, deadline=None)
@given(assessments(), periods)
def test_every_figure_equals_the_count_by_hand(found, days):
    start, end = (None if day is None else second_of(BEGIN) + day * 86_400 for day in days)

    counted = figures(facts_of(found, as_of=NOW), period=Period(start, end))

    for kind in ClockKind:
        assert counted.compliance[kind].rate.value == oracle.compliance(found, kind, start, end)
        assert counted.compliance[kind].rate_without_waivers.value == oracle.compliance(found, kind, start, end, waivers=False)
        durations = oracle.elapsed(found, kind, start, end)
        assert counted.elapsed[kind].mean == oracle.ratio(sum(durations), len(durations))
        assert counted.elapsed[kind].median == oracle.median(durations)
        assert counted.elapsed[kind].p90 == oracle.percentile_90(durations)
        assert counted.early[kind].value == oracle.early(found, kind, start, end)
    assert counted.tickets.value == oracle.ticket_compliance(found, start, end)
    assert counted.first_contact.value == oracle.first_contact(found, start, end)
    assert counted.reopened.value == oracle.reopened(found, start, end)
    assert counted.escalated.value == oracle.escalated(found, start, end)
    assert counted.at_risk.value == oracle.at_risk(found)


@pytest.mark.proves("KPI-1")
@settings(max_examples=100, deadline=None)
@given(assessments())
def test_no_clock_leaves_a_denominator_silently(found):
    counted = figures(facts_of(found, as_of=NOW))

    for kind in ClockKind:
        assert counted.compliance[kind].clocks == sum(len(each.of(kind)) for each in found)


@settings(max_examples=100, deadline=None)
@given(assessments())
def test_months_share_out_every_decided_clock_once(found):
    facts = facts_of(found, as_of=NOW)
    codes, months = by_month(facts, "Europe/Rome")

    for kind in ClockKind:
        whole = figures(facts).compliance[kind]
        parts = [group.compliance for group in breakdown(facts, codes, months, kind)]
        assert sum(part.met for part in parts) == whole.met
        assert sum(part.breached for part in parts) == whole.breached


@settings(max_examples=100, deadline=None)
@given(assessments())
def test_a_breakdown_says_of_each_group_what_figures_say_of_it_alone(found):
    facts = facts_of(found, as_of=NOW)
    codes, names = by_ticket(facts, "priority")

    for kind in ClockKind:
        for group in breakdown(facts, codes, names, kind):
            wanted = -1 if group.name is None else names.index(group.name)
            alone = figures(facts, tickets=facts.tickets.dimensions["priority"].codes == np.int32(wanted))
            assert group.compliance == alone.compliance[kind]
            assert group.elapsed == alone.elapsed[kind]
