"""Tickets and events are kept once, as they were told (CLOCK-1, CLOCK-2)."""

from datetime import timedelta

import pytest

from goodstanding.apps.tickets import actions, queries
from goodstanding.apps.unit import NotFound
from goodstanding.core.desk.events import Actor, EventKind
from tests.apps.world import EVERYTHING, NOW, World

pytestmark = pytest.mark.django_db


@pytest.mark.proves("CLOCK-1")
def test_the_same_ticket_and_events_are_taken_once():
    world = World()
    told = world.incoming("T1", ("opened", 5, {"priority": "P2"}), ("staff_replied", 4))

    first = world.take(told, judge=False)
    again = world.take(told, judge=False)

    assert (first.new_tickets, first.new_events, first.known_events) == (1, 2, 0)
    assert (again.new_tickets, again.new_events, again.known_events, again.moved) == (0, 0, 2, ())


def test_an_event_that_is_new_moves_its_ticket():
    world = World()
    world.take(world.incoming("T1", ("opened", 5)), world.incoming("T2", ("opened", 5)), judge=False)

    taken = world.take(world.incoming("T1", ("opened", 5), ("staff_replied", 1)), judge=False)

    moved = queries.tickets_by_pk(EVERYTHING, taken.moved)
    assert [ticket.ref for ticket in moved.values()] == ["T1"]


@pytest.mark.proves("CLOCK-2")
def test_an_event_comes_back_as_it_was_told():
    world = World()
    taken = world.take(
        world.incoming(
            "T1",
            ("opened", 5, {"priority": "P2", "team": "hosting", "sequence": 7}),
            ("waiting", 3, {"owner": "supplier", "reason": "part ordered", "supersedes": "9", "public": False}),
        ),
        judge=False,
    )

    opened, waiting = queries.events_of(EVERYTHING, taken.moved)[taken.moved[0]]

    assert (opened.kind, opened.priority, opened.team, opened.sequence) == (EventKind.OPENED, "P2", "hosting", 7)
    assert (waiting.owner, waiting.reason, waiting.supersedes, waiting.public) == ("supplier", "part ordered", "9", False)
    assert (opened.at, opened.received_at, opened.actor) == (NOW - timedelta(hours=5), NOW, Actor.STAFF)


def test_a_reference_is_a_partners_own():
    ours, theirs = World(), World("baltica", "Baltica ERP")

    ours.take(ours.incoming("T1", ("opened", 5)), judge=False)
    taken = theirs.take(theirs.incoming("T1", ("opened", 4)), judge=False)

    assert taken.new_tickets == 1


def test_nobody_takes_tickets_in_for_another_partner():
    ours, theirs = World(), World("baltica", "Baltica ERP")

    with pytest.raises(NotFound):
        actions.take(theirs.scope(), partner=ours.partner.pk, source="test", tickets=[], now=NOW)


def test_the_story_without_inner_notes_is_what_the_client_may_read():
    world = World()
    taken = world.take(
        world.incoming("T1", ("opened", 5), ("noted", 4, {"public": False, "text": "ask Jonas"}), ("staff_replied", 3))
    )

    everything = queries.story(EVERYTHING, taken.moved[0], inner=True)
    public = queries.story(EVERYTHING, taken.moved[0], inner=False)

    assert [each.event.kind for each in everything] == ["opened", "noted", "staff_replied"]
    assert [each.event.kind for each in public] == ["opened", "staff_replied"]
    assert everything[1].text == "ask Jonas"


def test_texts_that_a_database_could_trip_over_are_kept_as_they_are():
    world = World()
    awkward = 'a "quoted", comma\ttab\nline \\ back €'

    taken = world.take(world.incoming("T1", ("opened", 5, {"text": awkward}), title=awkward, tags=frozenset({awkward})))

    pk = taken.moved[0]
    assert queries.story(EVERYTHING, pk, inner=True)[0].text == awkward
    assert queries.tickets_by_pk(EVERYTHING, [pk])[pk].tags == {awkward}
