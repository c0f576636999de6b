"""What a letter becomes, whatever it says of itself (CLOCK-1; semantics.md 1.6, 1.11)."""

from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest

from goodstanding.core.desk.events import Actor, EventKind
from goodstanding.core.desk.letters import (
    Because,
    Circumstances,
    LetterKind,
    On,
    Outcome,
    SenderKind,
    Thread,
    TicketState,
    decide,
    thread_of,
    when_it_came,
)
from goodstanding.core.desk.policy import Reopening
from tests.core.desk.stories import GOLD, case, event, rome

AT = rome("7 09:00")
OPEN = Thread(client="1", state=TicketState.OPEN)
RESOLVED = Thread(client="1", state=TicketState.RESOLVED, resolved_at=rome("2 12:00"))
CALLED_OFF = Thread(client="1", state=TicketState.CALLED_OFF)
CLIENT = Circumstances(kind=LetterKind.LETTER, sender=SenderKind.CLIENT, client="1", at=AT)
EVERY = [
    Circumstances(
        kind=kind, sender=sender, client=client, at=AT, thread=thread, reaches_client=reaches, proven=proven
    )
    for kind, sender, client, thread, reaches, proven in product(
        LetterKind, SenderKind, (None, "1", "2"), (None, OPEN, RESOLVED, CALLED_OFF), (False, True), (None, True, False)
    )
]  # fmt: skip


def kinds(found):
    return [told.kind for told in decide(found).events]


def test_there_are_answers_for_all_that_can_come():
    assert len({decide(each).outcome for each in EVERY}) == 9


@pytest.mark.parametrize("kind", [LetterKind.AUTO_REPLY, LetterKind.NOTICE, LetterKind.BOUNCE, LetterKind.LOOP])
def test_what_a_program_sent_never_opens_answers_or_reopens_anything(kind):
    acts = {EventKind.OPENED, EventKind.REOPENED, EventKind.STAFF_REPLIED, EventKind.CLIENT_REPLIED}

    told = [told for each in EVERY if each.kind is kind for told in decide(each).events]

    assert not acts & {each.kind for each in told}
    assert {each.actor for each in told} <= {Actor.SYSTEM}
    assert not any(each.public for each in told)


def test_nobody_but_staff_writes_into_a_ticket_of_a_client_they_do_not_write_for():
    strangers = [
        each for each in EVERY
        if each.thread is not None and each.sender is not SenderKind.STAFF and each.client != "1"
        and each.kind is not LetterKind.BOUNCE
    ]  # fmt: skip

    assert {decide(each).outcome for each in strangers} == {Outcome.HELD, Outcome.IGNORED}
    assert not any(decide(each).events for each in strangers)


def test_nothing_is_public_but_what_people_wrote_to_each_other():
    told = [(each, told) for each in EVERY for told in decide(each).events if told.public]

    assert {each.kind for each, _ in told} == {LetterKind.LETTER, LetterKind.LIST}
    assert {each.sender for each, _ in told} == {SenderKind.STAFF, SenderKind.CLIENT}


def test_what_the_mailboxs_own_server_found_to_be_forged_becomes_nothing_by_itself():
    forged = [each for each in EVERY if each.proven is False and each.kind is LetterKind.LETTER]

    assert {decide(each).outcome for each in forged} == {Outcome.HELD}


def test_a_reply_to_a_ticket_that_is_resolved_reopens_it_and_is_a_reply():
    found = replace(CLIENT, thread=RESOLVED)

    assert decide(found).outcome is Outcome.REOPENED
    assert kinds(found) == [EventKind.REOPENED, EventKind.CLIENT_REPLIED]


@pytest.mark.parametrize(("more", "outcome"), [(0, Outcome.REOPENED), (1, Outcome.CONTINUED)])
def test_the_window_ends_with_its_last_second(more, outcome):
    windowed = replace(RESOLVED, window=timedelta(days=5))
    at = RESOLVED.resolved_at + timedelta(days=5, seconds=more)

    assert decide(replace(CLIENT, thread=windowed, at=at)).outcome is outcome


def test_after_the_window_a_new_ticket_is_opened_and_both_tell_of_each_other():
    windowed = replace(RESOLVED, window=timedelta(days=1))

    told = decide(replace(CLIENT, thread=windowed)).events

    assert [(each.kind, each.on) for each in told] == [
        (EventKind.OPENED, On.NEW), (EventKind.NOTED, On.NEW), (EventKind.NOTED, On.THREAD),
    ]  # fmt: skip


def test_staff_answer_only_by_a_letter_that_reaches_the_client():
    staff = Circumstances(kind=LetterKind.LETTER, sender=SenderKind.STAFF, at=AT, thread=OPEN)

    assert decide(staff).because is Because.AMONG_STAFF
    assert kinds(replace(staff, reaches_client=True)) == [EventKind.STAFF_REPLIED]


def told(*events, **fields):
    return case(event("opened", "2 09:00", priority="P2"), *events, **fields)


def test_a_ticket_is_found_as_it_stood_when_the_letter_came():
    story = told(event("resolved", "3 12:00"))

    before, after = thread_of(story, rome("3 11:59")), thread_of(story, rome("3 12:00"))

    assert (before.state, after.state) == (TicketState.OPEN, TicketState.RESOLVED)
    assert after.resolved_at == rome("3 12:00")


@pytest.mark.parametrize("kind", ["cancelled", "merged"])
def test_a_ticket_that_was_called_off_is_found_so(kind):
    assert thread_of(told(event(kind, "3 12:00")), AT).state is TicketState.CALLED_OFF


def test_a_letter_from_before_its_ticket_finds_it_open():
    assert thread_of(told(), rome("1 12:00")).state is TicketState.OPEN


def test_the_window_is_the_one_the_ticket_was_promised():
    windowed = replace(GOLD, reopening=Reopening(window=timedelta(days=5)))

    assert thread_of(told(policy=windowed), AT).window == timedelta(days=5)


def test_the_client_of_a_ticket_is_the_one_it_was_corrected_to():
    assert thread_of(told(event("client_changed", "2 10:00", client="other")), AT).client == "other"


def test_a_letter_never_comes_after_now():
    assert when_it_came(AT + timedelta(days=1), AT) == AT
    assert when_it_came(AT - timedelta(microseconds=1), AT) == AT - timedelta(seconds=1)
    assert when_it_came(None, AT) == AT
