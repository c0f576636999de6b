"""What became of a ticket: solved at first contact, reopened, escalated, in stories and summed up (CLOCK-10)."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodstanding.core.figures.facts import facts_of
from goodstanding.core.figures.figures import figures
from goodstanding.core.figures.outcome import Outcome, outcome_of
from goodstanding.core.figures.promoters import Promoters, promoters
from tests.core.desk.stories import case, event, judged, opened, reply, rome

RESOLVED = (opened("1 09:00"), reply("1 10:00"), event("resolved", "1 11:00"))
STORIES = {
    "still open": ((opened("1 09:00"),), "1 09:30", Outcome(None, None, provisional=False, escalated=False)),
    "one reply, young": (RESOLVED, "2 11:00", Outcome(True, False, provisional=True, escalated=False)),
    "one reply, a second before it is final": (RESOLVED, "8 10:59:59", Outcome(True, False, provisional=True, escalated=False)),
    "one reply, final": (RESOLVED, "8 11:00", Outcome(True, False, provisional=False, escalated=False)),
    "two replies": (
        (opened("1 09:00"), reply("1 10:00"), reply("1 10:30"), event("resolved", "1 11:00")),
        "9 11:00",
        Outcome(False, False, provisional=False, escalated=False),
    ),
    "no reply": (
        (opened("1 09:00"), event("resolved", "1 10:00")), "9 11:00", Outcome(False, False, provisional=False, escalated=False),
    ),
    "reopened on the last second": (
        (*RESOLVED, event("reopened", "8 11:00")), "8 11:00", Outcome(False, True, provisional=False, escalated=False),
    ),
    "reopened a second too late": (
        (*RESOLVED, event("reopened", "8 11:00:01")), "8 11:00:01", Outcome(True, False, provisional=False, escalated=False),
    ),
    "three quarters of the response used": (
        (opened("1 09:00"), reply("1 12:00")), "1 12:00", Outcome(None, None, provisional=False, escalated=True),
    ),
    "a second less": (
        (opened("1 09:00"), reply("1 11:59:59")), "1 11:59:59", Outcome(None, None, provisional=False, escalated=False),
    ),
}  # fmt: skip


@pytest.mark.proves("CLOCK-10")
@pytest.mark.parametrize("name", STORIES)
def test_a_story_comes_out_as_it_should(name):
    events, when, outcome = STORIES[name]

    assert outcome_of(judged(case(*events), when)) == outcome


KINDS = st.sampled_from(["staff_replied", "client_replied", "resolved", "reopened", "waiting", "resumed", "closed"])


@pytest.mark.proves("CLOCK-10", "KPI-1")
@given(st.lists(st.tuples(KINDS, st.integers(0, 28 * 24)), max_size=7), st.integers(0, 29 * 24))
def test_the_figures_are_the_sum_of_what_became_of_each_ticket(told, later):
    made = [reply if kind == "staff_replied" else lambda when, kind=kind: event(kind, when) for kind, _ in told]
    events = [make(f"{1 + hour // 24} {hour % 24:02d}:00") for make, (_, hour) in zip(made, told, strict=True)]
    found = judged(case(opened("1 00:00"), *events), f"{1 + later // 24} {later % 24:02d}:00")

    outcome, summed = outcome_of(found), figures(facts_of([found], as_of=found.as_of))

    assert (summed.first_contact.part, summed.first_contact.whole) == (
        int(bool(outcome.first_contact)), int(outcome.first_contact is not None),
    )  # fmt: skip
    assert (summed.reopened.part, summed.reopened.whole) == (int(bool(outcome.reopened)), int(outcome.reopened is not None))
    assert summed.first_contact_provisional == int(outcome.provisional)
    assert summed.escalated.part == int(outcome.escalated)


def test_promoters_less_detractors_of_all():
    found = promoters([10, 9, 8, 7, 6, 0, 10])

    assert found == Promoters(3, 2, 2)
    assert found.score == pytest.approx(100 / 7)
    assert promoters([]).score is None


@pytest.mark.parametrize("score", [-1, 11])
def test_what_is_no_score_is_not_counted(score):
    with pytest.raises(ValueError, match="no answer from 0 to 10"):
        promoters([score])


def test_the_stories_stand_on_real_days():
    assert rome("8 11:00") - rome("1 11:00") == timedelta(days=7)
