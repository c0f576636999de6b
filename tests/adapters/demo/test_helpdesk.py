"""The demo's Odoo is the same however it was brought up to date, and its tickets are judged as those that are told directly."""

from datetime import timedelta

import pytest

from goodstanding.adapters.demo import helpdesk
from goodstanding.adapters.demo.clients import CLIENT
from goodstanding.adapters.demo.helpdesk import ADDRESS, DATABASE, IN_ODOO, LOGIN, Helpdesk, in_odoo, key_secret
from goodstanding.adapters.demo.world import happenings_between
from goodstanding.adapters.odoo.connecting import Credentials, connect
from goodstanding.adapters.odoo.desks import OCA, proposed, stages_of
from goodstanding.adapters.odoo.histories import Histories
from goodstanding.core.commerce.priorities import Family, renamed
from goodstanding.core.desk.assess import assess
from goodstanding.core.desk.case import Case
from goodstanding.core.desk.events import EventKind
from goodstanding.core.desk.policy import ClockKind
from goodstanding.core.desk.retell import Reading, retell
from tests.adapters.demo.worlds import NOW, SEED, Terms, begin_of

DAYS = 30
TERMS = Terms(begin_of(NOW))
BEGINS = NOW.date() - timedelta(days=DAYS)
WORDS = {"0": "P4", "1": "P3", "2": "P2", "3": "P1"}
SEVERITIES = renamed(Family.SUPPORT_PLAN, Family.RETAINER)


def an_odoo(until=NOW):
    made = Helpdesk(SEED, TERMS, begins=BEGINS, key_ends_at=NOW + timedelta(days=25), clock=lambda: NOW)
    if until is not None:
        made.tell(until)
    return made


def reading_of(odoo, *, writing=False):
    return connect(odoo, ADDRESS, Credentials(LOGIN, key_secret(SEED)), database=DATABASE, writing=writing)


def read(odoo):
    """Every ticket as whoever follows the desk reads it."""
    connection = reading_of(odoo)
    return {each.name: each for each in Histories(connection, OCA).read(list(odoo.tickets.values()))}


@pytest.fixture(scope="module")
def odoo():
    return an_odoo()


@pytest.fixture(scope="module")
def outside(odoo):
    return read(odoo)


@pytest.fixture(scope="module")
def world():
    """The same tickets as the world tells them."""
    batches = happenings_between(SEED, begin_of(NOW), NOW, TERMS, where=in_odoo(BEGINS))
    return {ticket.ref: (ticket, told) for batch in batches for ticket, told in batch}


def test_it_keeps_the_tickets_of_its_clients_from_its_first_date_on_and_no_others(outside, world):
    assert outside.keys() == world.keys()
    assert len(outside) > 150
    assert {ticket.client for ticket, _ in world.values()} == set(IN_ODOO)
    assert all(each.customer == CLIENT[world[ref][0].client].name for ref, each in outside.items())


def test_with_what_is_told_directly_it_is_the_whole_world():
    start = NOW - timedelta(days=3)
    there = in_odoo(BEGINS)

    def refs(where):
        batches = happenings_between(SEED, start, NOW, TERMS, where=where)
        return [ticket.ref for batch in batches for ticket, _ in batch]

    kept, direct, everything = refs(there), refs(lambda *day: not there(*day)), refs(lambda *day: True)

    assert sorted(kept + direct) == sorted(everything)


def test_brought_up_to_date_in_steps_it_is_the_same_as_one_made_at_once(outside):
    stepwise = an_odoo(NOW - timedelta(hours=50))
    at = stepwise.told_until
    while at < NOW:
        at = min(NOW, at + timedelta(minutes=97))
        stepwise.tell(at)

    assert read(stepwise) == outside
    assert stepwise.tell(NOW) == 0


def test_notes_posted_from_outside_shift_no_number_of_what_happens_later(outside):
    written_on = an_odoo(NOW - timedelta(days=3))
    ticket = max(written_on.tickets.values())
    note = reading_of(written_on, writing=True).post_note(OCA.model, ticket, "Service level: response due soon.")
    written_on.tell(NOW)

    found = read(written_on)

    noted = next(each for each in found.values() if each.number == ticket)
    assert any(message.text == "Service level: response due soon." for message in noted.record.messages)
    for ref, each in found.items():
        if each.number != ticket:
            assert each == outside[ref]
    assert note is None or note > 1_000_000


def test_times_and_texts_are_those_of_the_world(outside, world):
    for ref, (ticket, told) in world.items():
        each = outside[ref]
        assert (each.title, each.contact, each.kind, each.tags) == (ticket.title, ticket.contact, ticket.kind, ticket.tags)
        assert (each.record.opened_at, each.record.text) == (ticket.opened_at, told[0].text)
        said = {(happening.who, happening.text) for happening in told if happening.event.kind is EventKind.STAFF_REPLIED}
        assert said <= {(message.who, message.text) for message in each.record.messages}


def judged(ticket, events):
    case = Case(
        ticket=ticket.ref, client=ticket.client, events=tuple(events), assignments=TERMS.assignments(ticket.client),
        priority=ticket.priority, team=ticket.team, kind=ticket.kind, tags=ticket.tags,
    )  # fmt: skip
    found = assess(case, as_of=NOW, explain=False)
    clocks = (ClockKind.RESPONSE, ClockKind.RESOLUTION)
    return [(verdict.clock, verdict.state, verdict.elapsed) for clock in clocks for verdict in found.of(clock)]


def test_a_ticket_of_odoo_is_judged_as_the_same_ticket_told_directly(odoo, outside, world):
    """But for what was noted late or wrongly: Odoo has no way to set that right."""
    connection = reading_of(odoo)
    likely = {stage.name: proposed(stage).state for stage in stages_of(connection, OCA)}
    different = []
    for ref, (ticket, told) in world.items():
        if any(each.event.received_at > each.event.at or each.event.supersedes for each in told):
            continue
        names = SEVERITIES if ticket.client == "suvarnika" else {}
        reading = Reading(
            state=likely.__getitem__,
            priority=lambda word, names=names: names.get(WORDS[word], WORDS[word]),
            client=lambda name: None,
        )
        by_odoo = judged(ticket, (each.event for each in retell(outside[ref].record, reading, source="odoo")))
        directly = judged(ticket, (each.event for each in told))
        if by_odoo != directly:
            different.append((ref, directly, by_odoo))

    assert different == []


def test_stages_need_no_explaining(odoo):
    proposals = {stage.name: proposed(stage) for stage in stages_of(reading_of(odoo), OCA)}

    assert {each.state.kind for each in proposals.values()} == {
        EventKind.OPENED, EventKind.PROGRESS, EventKind.WAITING, EventKind.RESOLVED, EventKind.CLOSED, EventKind.CANCELLED,
        EventKind.MERGED,
    }  # fmt: skip
    assert not any(each.confirm for each in proposals.values())


def test_nobody_signs_in_by_password(odoo):
    for uid, account in odoo.odoo._accounts.items():
        assert odoo.odoo.authenticate(DATABASE, account.login, account.password) is None, uid
        assert odoo.odoo.authenticate(DATABASE, account.login, "") is None
    assert odoo.odoo.authenticate(DATABASE, LOGIN, helpdesk.key_secret(SEED)) is not None
