"""The demo's world is the same from wherever it is looked at, and everything in it is told once."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from goodstanding.adapters.demo.clients import CLIENT, CLIENTS
from goodstanding.adapters.demo.world import LONGEST_LIFE, happenings_between, tickets_opened_on, told_at
from goodstanding.core.desk.events import EventKind, in_order
from tests.adapters.demo.worlds import NOW, SEED, Terms, begin_of, everything, told_at_last

TERMS = Terms(begin_of(NOW))
MONDAY = datetime(2026, 10, 19, tzinfo=UTC)


def test_a_day_of_a_client_is_the_same_whatever_was_made_before(history):
    for client in CLIENTS:
        for on in (date(2026, 2, 28), date(2026, 10, 20), date(2025, 12, 31)):
            for ticket in tickets_opened_on(SEED, client, on, Terms(begin_of(NOW))):
                assert history.tickets[ticket.ref] == ticket


def test_another_start_gives_the_same_tickets(history):
    end = MONDAY + timedelta(days=2)

    short = {t.ref: t for batch in happenings_between(SEED, MONDAY, end, TERMS) for t, _ in batch}

    assert short
    assert all(history.tickets[ref] == ticket for ref, ticket in short.items())


def test_another_seed_is_another_world():
    client = CLIENT["tussock"]
    assert tickets_opened_on("a", client, MONDAY.date(), TERMS) != tickets_opened_on("b", client, MONDAY.date(), TERMS)


def test_spells_that_follow_each_other_bring_everything_once():
    hours = [MONDAY + timedelta(hours=hour) for hour in range(49)]

    bit_by_bit = [each for start, end in pairwise(hours) for each in everything(start, end, TERMS)]

    at_once = everything(hours[0], hours[-1], TERMS)
    assert len(at_once) > 300
    assert len(bit_by_bit) == len(set(bit_by_bit))
    assert set(bit_by_bit) == set(at_once)


def test_a_spell_brings_what_became_known_in_it_and_nothing_else():
    start, end = MONDAY + timedelta(hours=8), MONDAY + timedelta(hours=20)
    for batch in happenings_between(SEED, start, end, TERMS):
        for _, told in batch:
            assert all(start < told_at(each) <= end for each in told)


@pytest.mark.parametrize("size", [1, 7, 300])
def test_batches_are_no_larger_than_asked_for(size):
    batches = list(happenings_between(SEED, MONDAY, MONDAY + timedelta(days=1), TERMS, batch=size))

    assert all(len(batch) == size for batch in batches[:-1])
    assert 0 < len(batches[-1]) <= size


def test_a_client_to_whom_nothing_is_promised_opens_no_tickets():
    before = Terms(MONDAY + timedelta(days=30))

    assert tickets_opened_on(SEED, CLIENT["tussock"], MONDAY.date(), before) == ()


def test_references_are_unique_and_tell_the_client_and_the_year(history):
    seen = set()
    for ticket in history.tickets.values():
        year = ticket.opened_at.astimezone(CLIENT[ticket.client].working_hours.tz).year
        assert ticket.ref.startswith(f"{CLIENT[ticket.client].code}-{year % 100}-")
        seen.add(ticket.ref)
    assert len(seen) == len(history.tickets)


def test_events_of_a_ticket_have_names_and_an_order_of_their_own(history):
    for ticket in history.tickets.values():
        events = [each.event for each in ticket.happenings]
        assert len({(event.source, event.source_id) for event in events}) == len(events)
        assert [event.sequence for event in events] == list(range(1, len(events) + 1))
        replaced = {event.supersedes for event in events}
        assert in_order(reversed(events)) == tuple(event for event in events if event.source_id not in replaced)


def test_nothing_happens_before_the_opening_or_after_the_longest_life(history):
    for ticket in history.tickets.values():
        opening = ticket.happenings[0].event
        assert opening.kind is EventKind.OPENED
        assert opening.priority == ticket.priority
        for happening in ticket.happenings:
            event = happening.event
            assert event.at >= opening.at
            assert event.at.microsecond == 0
            assert event.received_at >= event.at
        assert told_at_last(ticket) - opening.at <= LONGEST_LIFE


def test_nothing_happens_to_a_ticket_that_was_called_off(history):
    for ticket in history.tickets.values():
        kinds = [each.event.kind for each in ticket.happenings]
        assert not {EventKind.CANCELLED, EventKind.MERGED} & set(kinds[:-1])


def test_tickets_are_merged_into_one_of_the_same_client_and_day(history):
    merged = [ticket for ticket in history.tickets.values() if ticket.happenings[-1].event.kind is EventKind.MERGED]
    for ticket in merged:
        other = history.tickets[ticket.happenings[-1].event.into]
        assert (other.client, other.kind) == (ticket.client, ticket.kind)
        assert other.opened_at <= ticket.opened_at < other.opened_at + timedelta(days=1)
        assert other.happenings[-1].event.kind is not EventKind.MERGED
        assert "outage" in ticket.tags or other.title == ticket.title
    assert len(merged) > 80


def test_corrections_name_what_they_replace_and_are_known_later(history):
    found = 0
    for ticket in history.tickets.values():
        events = {each.event.source_id: each.event for each in ticket.happenings}
        for event in events.values():
            if event.supersedes is not None:
                found += 1
                wrong = events[event.supersedes]
                assert wrong.kind is event.kind
                assert event.received_at > wrong.at
                assert event.reason
    assert found > 30


def test_priorities_are_those_of_the_family(history):
    letters = {(ticket.client in {"nakheel-wadi", "suvarnika"}, ticket.priority[0]) for ticket in history.tickets.values()}
    assert letters == {(True, "S"), (False, "P")}


def test_eighteen_months_are_told_in_seconds(history):
    assert history.seconds < 10
