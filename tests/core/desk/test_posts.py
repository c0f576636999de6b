"""What a message of a chat becomes, by all that can be known of it (CLOCK-1; docs/chat.md)."""

from itertools import product

import pytest

from goodstanding.core.desk.events import Actor, EventKind
from goodstanding.core.desk.letters import Outcome, SenderKind, Thread, TicketState
from goodstanding.core.desk.posts import PostCircumstances, PostKind, decide_post
from tests.core.desk.stories import rome

AT = rome("7 09:00")
THREADS = [
    None,
    Thread(client="1", state=TicketState.OPEN),
    Thread(client="1", state=TicketState.RESOLVED, resolved_at=rome("2 12:00")),
    Thread(client="1", state=TicketState.CALLED_OFF),
]
EVERY = [
    PostCircumstances(
        kind=kind, sender=sender, at=AT, client=client, channel_client=home, thread=thread,
        precedes=precedes and thread is not None,
        is_reply=reply, asks=asks, bot=bot,
    )
    for kind, sender, client, home, thread, precedes, reply, asks, bot in product(
        PostKind, SenderKind, (None, "1", "2"), (None, "1"), THREADS, *[(False, True)] * 4
    )
]  # fmt: skip


def deciding(**wanted):
    return [(each, decide_post(each)) for each in EVERY if all(getattr(each, name) == value for name, value in wanted.items())]


@pytest.mark.proves("CLOCK-1")
def test_what_a_program_says_is_nothing():
    assert {(found.outcome, found.events) for _, found in deciding(bot=True)} == {(Outcome.IGNORED, ())}


def test_somebody_unknown_tells_no_ticket_anything_by_what_they_write():
    told = [found for _, found in deciding(sender=SenderKind.UNKNOWN, kind=PostKind.WRITTEN, bot=False)]

    assert {(found.outcome, found.events) for found in told} == {(Outcome.HELD, ())}


def test_a_client_writes_into_no_ticket_and_no_channel_of_another():
    told = [
        found for each, found in deciding(sender=SenderKind.CLIENT, kind=PostKind.WRITTEN, bot=False, client="2")
        if each.thread is not None or each.channel_client is not None
    ]  # fmt: skip

    assert {(found.outcome, found.events) for found in told} == {(Outcome.HELD, ())}


@pytest.mark.parametrize("kind", [PostKind.EDITED, PostKind.DELETED])
def test_edits_and_deletions_are_inner_notes_of_nobodys_or_wait(kind):
    found = [each for _, each in deciding(kind=kind, bot=False)]

    assert {each.outcome for each in found} == {Outcome.NOTED, Outcome.WAITING}
    assert {(told.kind, told.actor, told.public) for each in found for told in each.events} == {
        (EventKind.NOTED, Actor.SYSTEM, False)
    }


def test_staff_open_a_ticket_only_by_asking_for_it():
    opened = [each for each, found in deciding(sender=SenderKind.STAFF) if found.outcome is Outcome.OPENED]

    assert opened
    assert all(each.asks for each in opened)


def test_only_people_who_are_known_are_said_to_have_done_anything():
    acts = [(each, told) for each, found in deciding() for told in found.events if told.public]

    assert {each.sender for each, _ in acts} == {SenderKind.STAFF, SenderKind.CLIENT}
    assert {each.kind for each, _ in acts} == {PostKind.WRITTEN}
