"""Another desk's record told as events: the same however often and in however many parts it is read."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodstanding.core.desk.events import Actor, EventKind, PauseOwner, in_order
from goodstanding.core.desk.policy import ClockKind
from goodstanding.core.desk.retell import Kept, Message, Move, Reading, Record, Voice, gone, noticed, read_anew, retell, untold
from goodstanding.core.desk.states import OPEN, State, entered
from goodstanding.core.desk.timeline import timeline

K = EventKind
NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
STATES = {
    "New": OPEN,
    "In progress": State(K.PROGRESS),
    "Awaiting": State(K.WAITING, PauseOwner.CUSTOMER),
    "Vendor": State(K.WAITING, PauseOwner.SUPPLIER),
    "Done": State(K.RESOLVED),
    "Archived": State(K.CLOSED),
    "Rejected": State(K.CANCELLED),
    "Duplicate": State(K.MERGED),
}
READING = Reading(
    state=lambda stage: STATES.get(stage, OPEN),
    priority={"0": "P4", "1": "P3", "2": "P2", "3": "P1", "": ""}.__getitem__,
    client={"Rossi, Anna": "7", "Rossi": "7", "Ferrante": "8"}.get,
)


def stage(number, minutes, old, new, actor=Actor.STAFF):
    return Move(
        number=number, message=number, at=NINE + timedelta(minutes=minutes), kept=Kept.STAGE, old=old, new=new, actor=actor
    )


def record(*moves, now, messages=(), **fields):
    return Record(
        ref="HT1", opened_at=NINE, opened_by=Actor.CLIENT, now={Kept.STAGE: now}, moves=moves, messages=messages, **fields
    )


def told(found):
    return [(each.event.kind, int((each.event.at - NINE).total_seconds() // 60)) for each in retell(found, READING, source="o")]


@pytest.mark.proves("CLOCK-2")
def test_stage_moves_become_the_events_they_stand_for():
    found = record(
        stage(1, 10, "New", "In progress"),
        stage(2, 20, "In progress", "Awaiting"),
        stage(3, 50, "Awaiting", "In progress"),
        stage(4, 60, "In progress", "Done"),
        stage(5, 90, "Done", "Archived"),
        stage(6, 99, "Archived", "Vendor"),
        now="Vendor",
    )

    assert told(found) == [
        (K.OPENED, 0), (K.PROGRESS, 10), (K.WAITING, 20), (K.RESUMED, 50), (K.PROGRESS, 50), (K.RESOLVED, 60), (K.CLOSED, 90),
        (K.REOPENED, 99), (K.WAITING, 99),
    ]  # fmt: skip


def test_a_wait_names_its_owner_and_the_stage_as_its_reason():
    found = retell(record(stage(1, 5, "New", "Vendor"), now="Vendor"), READING, source="o")

    assert (found[-1].event.owner, found[-1].event.reason) == (PauseOwner.SUPPLIER, "Vendor")


@pytest.mark.parametrize(("began", "first"), [("Awaiting", K.WAITING), ("Done", K.RESOLVED), ("Archived", K.CLOSED)])
def test_a_ticket_that_began_waiting_or_over_began_so(began, first):
    assert told(record(now=began)) == [(K.OPENED, 0), (first, 0)]


def test_what_a_ticket_began_with_is_what_its_first_changes_replaced():
    moves = [
        Move(number=n, message=n, at=NINE + timedelta(minutes=n), kept=kept, old=old, new=new, actor=Actor.STAFF)
        for n, (kept, old, new) in enumerate(
            [(Kept.PRIORITY, "1", "3"), (Kept.ASSIGNEE, "", "Ann"), (Kept.TEAM, "First", "Second")], start=1
        )
    ]
    kept = Record(
        ref="HT1", opened_at=NINE, opened_by=Actor.CLIENT, moves=tuple(moves),
        now={Kept.PRIORITY: "3", Kept.ASSIGNEE: "Ann", Kept.TEAM: "Second", Kept.STAGE: "New"},
    )  # fmt: skip

    opened, raised, assigned, moved = (each.event for each in retell(kept, READING, source="o"))

    assert (opened.priority, opened.assignee, opened.team) == ("P3", None, "First")
    assert (raised.kind, raised.priority) == (K.PRIORITY_CHANGED, "P1")
    assert (assigned.assignee, moved.team) == ("Ann", "Second")


def test_another_contact_of_the_same_client_is_no_other_client():
    def change(number, old, new):
        return Move(number=number, message=number, at=NINE, kept=Kept.CLIENT, old=old, new=new, actor=Actor.STAFF)

    found = record(
        change(1, "Rossi", "Rossi, Anna"), change(2, "Rossi, Anna", "Nobody"), change(3, "Rossi, Anna", "Ferrante"), now="New"
    )

    clients = [each.event.client for each in retell(found, READING, source="o") if each.event.kind is K.CLIENT_CHANGED]
    assert clients == ["8"]


def test_messages_are_heard_by_who_wrote_them_and_for_whom():
    voices = [Voice.CLIENT, Voice.AUTOMATIC, Voice.NOTE, Voice.STAFF]
    messages = [Message(number=n, at=NINE + timedelta(minutes=n), voice=voice) for n, voice in enumerate(voices)]

    found = [each.event for each in retell(record(now="New", messages=tuple(messages)), READING, source="o")][1:]

    assert [(each.kind, each.actor, each.public) for each in found] == [
        (K.CLIENT_REPLIED, Actor.CLIENT, True),
        (K.AUTO_REPLIED, Actor.SYSTEM, True),
        (K.NOTED, Actor.STAFF, False),
        (K.STAFF_REPLIED, Actor.STAFF, True),
    ]


@pytest.mark.proves("CLOCK-2")
def test_a_stage_that_called_a_ticket_off_and_was_left_again_had_only_closed_it():
    rejected = stage(1, 10, "New", "Rejected")
    again = stage(2, 30, "Rejected", "In progress")
    before = [each.event for each in retell(record(rejected, now="Rejected"), READING, source="o")]
    after = [each.event for each in retell(record(rejected, again, now="In progress"), READING, source="o")]

    standing = in_order([*before, *after])

    assert [event.kind for event in standing] == [K.OPENED, K.CLOSED, K.REOPENED, K.PROGRESS]
    read = timeline([*before, *after], as_of=NINE + timedelta(hours=1), client="7")
    assert read.is_open


def test_from_one_calling_off_to_another_nothing_happens():
    found = record(
        stage(1, 5, "New", "Rejected"), stage(2, 9, "Rejected", "Duplicate"), stage(3, 12, "Duplicate", "New"), now="New"
    )

    standing = in_order(each.event for each in retell(found, READING, source="o"))

    assert [event.kind for event in standing] == [K.OPENED, K.CLOSED, K.REOPENED]


def test_a_ticket_merged_into_another_or_gone_is_called_off():
    merged = retell(record(now="New", merged_into="HT2", merged_at=NINE + timedelta(hours=1)), READING, source="o")[-1].event
    lost = gone("HT1", source="o", at=NINE + timedelta(hours=2), reason="deleted").event

    assert (merged.kind, merged.into) == (K.MERGED, "HT2")
    for end in (merged, lost):
        begun = retell(record(now="New"), READING, source="o")
        assert not timeline([*(each.event for each in begun), end], as_of=NINE + timedelta(hours=3), client="7").is_open


names = st.sampled_from(sorted(STATES))
KINDS = st.sampled_from([state.kind for state in STATES.values()])


@st.composite
def histories(draw):
    """Stages of a ticket one after the other, with the minutes between them, often none; and some messages."""
    stages = draw(st.lists(names, min_size=1, max_size=8))
    gaps = draw(st.lists(st.integers(0, 3), min_size=len(stages), max_size=len(stages)))
    at, moves = 0, []
    for number, (old, new, gap) in enumerate(zip(stages, stages[1:], gaps, strict=False), start=1):
        at += gap
        moves.append(stage(number * 10, at, old, new))
    written = draw(st.lists(st.tuples(st.integers(0, 20), st.sampled_from(list(Voice))), max_size=4))
    messages = [
        Message(number=5 + 10 * n, at=NINE + timedelta(minutes=at), voice=voice) for n, (at, voice) in enumerate(written)
    ]
    return stages, moves, messages


@given(histories(), st.data())
@pytest.mark.proves("CLOCK-1", "CLOCK-2")
def test_a_record_that_has_grown_tells_what_it_told_before_and_more(history, data):
    stages, moves, messages = history
    known = data.draw(st.integers(0, len(moves)))
    half = record(*moves[:known], now=stages[known], messages=tuple(messages[: len(messages) // 2]))
    whole = record(*moves, now=stages[-1], messages=tuple(messages))

    before, after = ({each.event.id: each for each in retell(found, READING, source="o")} for found in (half, whole))

    assert before.items() <= after.items()


@given(histories())
def test_after_all_its_moves_a_ticket_is_as_its_last_stage_says(history):
    stages, moves, _ = history
    events = [each.event for each in retell(record(*moves, now=stages[-1]), READING, source="o")]

    read = timeline(events, as_of=NINE + timedelta(days=1), client="7")

    last = STATES[stages[-1]]
    assert read.is_open == (last.kind in (K.OPENED, K.PROGRESS, K.WAITING))
    assert (read.waiting is not None) == (last.kind is K.WAITING)
    if read.waiting is not None:
        assert read.waiting.owner == last.owner


@given(KINDS, KINDS, KINDS)
def test_reopening_and_resuming_are_told_exactly_where_a_state_of_that_kind_is_left(was, now, later):
    both = (*entered(was, now), *entered(now, later))

    assert both.count(K.REOPENED) == sum(
        before in (K.RESOLVED, K.CLOSED, K.CANCELLED, K.MERGED) and after in (K.OPENED, K.PROGRESS, K.WAITING)
        for before, after in ((was, now), (now, later))
    )
    assert both.count(K.RESUMED) == sum(
        before is K.WAITING and after in (K.OPENED, K.PROGRESS) for before, after in ((was, now), (now, later))
    )


@pytest.mark.parametrize(("kind", "owner"), [(K.STAFF_REPLIED, None), (K.PROGRESS, PauseOwner.CUSTOMER)])
def test_what_is_no_state_is_refused(kind, owner):
    with pytest.raises(ValueError, match=r"state|owner"):
        State(kind, owner)


def looked(**values):
    return {Kept(name): value for name, value in values.items()}


@pytest.mark.proves("CLOCK-5")
def test_a_change_that_the_desk_keeps_no_track_of_is_noticed_between_two_looks():
    at = NINE + timedelta(minutes=40)
    now = Record(
        ref="HT1", opened_at=NINE, opened_by=Actor.CLIENT, now=looked(priority="3", team="Second", client="Rossi", stage="New")
    )

    seen = noticed(looked(priority="1", team="Second", client="Rossi, Anna"), now, at=at)

    changes = [(each.event.kind, each.event.priority, each.event.at) for each in retell(seen, READING, source="o")]
    assert changes == [(K.OPENED, "P3", NINE), (K.PRIORITY_CHANGED, "P1", at)]


def test_a_change_noticed_again_is_the_same_event_and_what_was_not_looked_at_is_not_noticed():
    now = Record(ref="HT1", opened_at=NINE, opened_by=Actor.CLIENT, now=looked(priority="3", stage="New"))

    once, again = (
        {each.event.id for each in retell(noticed(looked(priority="1"), now, at=NINE), READING, source="o")} for _ in "ab"
    )

    assert once == again
    assert noticed({}, now, at=NINE) == now


def test_a_tracked_change_is_not_noticed_a_second_time():
    move = Move(number=4, message=4, at=NINE, kept=Kept.PRIORITY, old="1", new="3", actor=Actor.STAFF)
    now = Record(ref="HT1", opened_at=NINE, opened_by=Actor.CLIENT, now=looked(priority="3", stage="New"), moves=(move,))

    assert noticed(looked(priority="1"), now, at=NINE) == now


@pytest.mark.parametrize(
    ("first", "closed_after", "clocks"),
    [
        ("Done", None, set(ClockKind)),
        ("Done", 60, set(ClockKind)),
        ("Done", 0, set()),
        ("New", None, set()),
        ("Awaiting", None, set()),
    ],
)
def test_a_ticket_brought_in_as_over_is_not_measured_but_one_closed_as_it_was_opened_is(first, closed_after, clocks):
    closed_at = None if closed_after is None else NINE + timedelta(minutes=closed_after)

    assert untold(record(now=first), READING, closed_at=closed_at) == clocks
    assert untold(record(stage(1, 5, first, "Archived"), now="Archived"), READING, closed_at=closed_at) == clocks


meanings = st.dictionaries(names, st.sampled_from(sorted(STATES.values(), key=repr)), max_size=4)


@given(histories(), st.lists(meanings, min_size=1, max_size=4))
@pytest.mark.proves("CLOCK-2")
def test_stages_that_get_another_meaning_leave_what_the_last_one_tells(history, readings):
    stages, moves, messages = history
    whole = record(*moves, now=stages[-1], messages=tuple(messages))
    kept = {}

    for said in readings:
        reading = Reading(state=(STATES | said).__getitem__, priority=READING.priority, client=READING.client)
        fresh = retell(whole, reading, source="o")
        for each in read_anew(fresh, {event.source_id for event in kept.values()}, whole):
            kept.setdefault(each.event.id, each.event)

    standing = [event for event in in_order(kept.values()) if event.supersedes is None or event.kind is not K.NOTED]
    expected = in_order(each.event for each in fresh)
    assert [(event.kind, event.at, event.owner) for event in standing] == [(e.kind, e.at, e.owner) for e in expected]


def test_reading_anew_by_the_same_meaning_tells_nothing_new():
    found = record(stage(1, 10, "New", "Awaiting"), now="Awaiting")
    told_once = retell(found, READING, source="o")

    assert read_anew(told_once, {each.event.source_id for each in told_once}, found) == told_once


def test_what_the_desk_has_lost_stays_as_it_was_told():
    kept = {"HT1:created", "HT1:t9:resolved", "HT1:m4", "HT2:t1:closed"}
    found = record(now="New")

    assert [each.event.source_id for each in read_anew(retell(found, READING, source="o"), kept, found)] == ["HT1:created"]
