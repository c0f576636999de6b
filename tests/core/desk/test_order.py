"""Any order of delivery gives the same verdicts, and a correction counts as if it had come in time (CLOCK-2)."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goodstanding.core.desk.assess import assess
from goodstanding.core.desk.case import Case
from goodstanding.core.desk.events import Actor, Event, EventKind, PauseOwner, in_order
from goodstanding.core.desk.verdict import ClockState
from tests.core.desk.stories import bound, case, client, event, judged, opened, reply, rome, verdict, waiting

KINDS = [kind for kind in EventKind if kind is not EventKind.TIER_CHANGED]
# Made once: making a strategy costs more than a draw from it. Few distinct instants, so that many events share a second.
HAPPENINGS = st.lists(
    st.tuples(
        st.sampled_from(KINDS),
        st.integers(0, 40),
        st.sampled_from(["h", "mail"]),
        st.sampled_from(Actor),
        st.booleans(),
        st.sampled_from([None, None, 1, 2]),
        st.sampled_from([False, False, False, True]),
        st.sampled_from(["P1", "P2", "P3"]),
        st.sampled_from(PauseOwner),
    ),
    max_size=12,
)


@st.composite
def histories(draw):
    begin = rome("2 08:00")
    told = [Event(at=begin, kind=EventKind.OPENED, source="h", source_id="0", priority="P3")]
    for number, each in enumerate(draw(HAPPENINGS)):
        kind, half_hours, source, actor, public, sequence, corrects, priority, owner = each
        told.append(
            Event(
                at=begin + timedelta(minutes=half_hours * 30),
                kind=kind,
                source=source,
                source_id=str(number + 1),
                actor=actor,
                public=public,
                sequence=sequence,
                supersedes=str(max(number - 1, 1)) if corrects else None,
                priority=priority if kind is EventKind.PRIORITY_CHANGED else None,
                owner=owner,
            )
        )
    return told


@pytest.mark.proves("CLOCK-2")
@settings(max_examples=300, deadline=None)
@given(histories(), st.randoms(use_true_random=False), st.integers(0, 2_000))
def test_events_in_any_order_give_the_same_verdicts(told, random, minutes):
    shuffled = told.copy()
    random.shuffle(shuffled)
    as_of = rome("2 08:00") + timedelta(minutes=minutes)

    as_told, as_shuffled = (
        assess(Case(ticket="T", client="Ferrante", events=tuple(each), assignments=(bound(),)), as_of=as_of)
        for each in (told, shuffled)
    )

    assert as_told == as_shuffled


@settings(max_examples=200, deadline=None)
@given(histories(), st.integers(0, 1_000), st.integers(0, 1_000))
def test_a_breach_once_reached_is_there_for_ever(told, minutes, later):
    history = Case(ticket="T", client="Ferrante", events=tuple(told), assignments=(bound(),))
    at = rome("2 08:00") + timedelta(minutes=minutes)

    first = {each.key: each.breach for each in assess(history, as_of=at).verdicts if each.breach}
    then = {each.key: each.breach for each in assess(history, as_of=at + timedelta(minutes=later)).verdicts}

    # A correction may tell that it never happened; without one a breach stays as it was.
    if not any(each.supersedes for each in told):
        assert {key: then[key] for key in first} == first


@settings(max_examples=200, deadline=None)
@given(histories(), st.integers(0, 2_000))
def test_stretches_follow_each_other_and_add_up(told, minutes):
    history = Case(ticket="T", client="Ferrante", events=tuple(told), assignments=(bound(),))

    found = assess(history, as_of=rome("2 08:00") + timedelta(minutes=minutes))

    for each in found.verdicts:
        assert all(left.end_at == right.start_at for left, right in zip(each.because, each.because[1:], strict=False))
        counted = sum((part.open for part in each.because if part.reckoning == "counted"), timedelta())
        assert counted == each.elapsed


@pytest.mark.proves("CLOCK-2")
def test_a_late_event_gives_what_it_would_have_given_in_time():
    prompt = case(opened("2 09:00"), reply("2 10:00", received_at=rome("2 10:00")))
    late = case(opened("2 09:00"), reply("2 10:00", received_at=rome("9 10:00")))

    assert verdict(prompt, "9 12:00", "response").state is verdict(late, "9 12:00", "response").state is ClockState.MET


@pytest.mark.proves("CLOCK-2")
def test_a_correction_takes_the_place_of_what_it_corrects():
    wrong = event("resolved", "2 11:00")
    right = event("resolved", "2 16:00", supersedes=wrong.source_id, reason="closed by mistake")

    found = verdict(case(opened("2 09:00"), wrong, right), "2 12:00")

    assert found.state is ClockState.RUNNING


def test_a_correction_of_a_correction_leaves_only_the_last():
    first = event("resolved", "2 11:00")
    second = event("resolved", "2 12:00", supersedes=first.source_id)
    third = event("resolved", "2 15:00", supersedes=second.source_id)

    told = case(opened("2 09:00"), third, second, first)

    assert verdict(told, "3 12:00").stopped_at == rome("2 15:00")


def test_the_same_event_told_twice_happened_once():
    answer = reply("2 10:00")
    told = case(opened("2 09:00"), answer, answer)

    assert len(in_order(told.events)) == 2


def test_of_two_tellings_of_one_event_the_first_received_stands():
    early = reply("2 10:00", source_id="x", received_at=rome("2 10:01"))
    changed = reply("2 15:00", source_id="x", received_at=rome("2 16:00"))

    assert verdict(case(opened("2 09:00"), changed, early), "3 09:00", "response").stopped_at == rome("2 10:00")


def test_within_one_second_the_sources_own_order_decides():
    told = case(opened("2 09:00"), event("resolved", "2 10:00", sequence=1), event("reopened", "2 10:00", sequence=2))
    turned = case(opened("2 09:00"), event("resolved", "2 10:00", sequence=2), event("reopened", "2 10:00", sequence=1))

    assert judged(told, "2 11:00").is_open
    assert not judged(turned, "2 11:00").is_open


def test_within_one_second_without_an_order_a_reply_comes_before_the_wait_and_the_resolution_last():
    told = case(event("resolved", "2 10:00"), waiting("2 10:00"), reply("2 10:00"), client("2 10:00"), opened("2 10:00"))

    assert [each.kind for each in in_order(told.events)] == [
        EventKind.OPENED,
        EventKind.CLIENT_REPLIED,
        EventKind.STAFF_REPLIED,
        EventKind.WAITING,
        EventKind.RESOLVED,
    ]


def test_numbered_source_ids_are_ordered_as_numbers():
    nine, ten = (event("noted", "2 10:00", source_id=number) for number in ("m9", "m10"))

    assert in_order([ten, nine]) == (nine, ten)


def test_fractions_of_a_second_are_cut_so_they_order_nothing():
    resolved = event("resolved", "2 10:00", source_id="1")
    replied = reply("2 10:00", source_id="2")
    later = Event(**{name: getattr(replied, name) for name in replied.__slots__} | {"at": replied.at.replace(microsecond=900)})

    assert [each.kind for each in in_order([resolved, later])] == [EventKind.STAFF_REPLIED, EventKind.RESOLVED]
