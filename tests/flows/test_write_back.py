"""How a ticket stands is noted in Odoo once per change, whatever crashes, and only where and since somebody wants it."""

import json
from datetime import timedelta

import pytest

from goodstanding.adapters.outbound.message import Answer
from goodstanding.adapters.outbound.trouble import Unreachable
from goodstanding.apps.instances import queries
from goodstanding.flows.reach_odoo import Reach
from goodstanding.flows.reassess import follow_time
from goodstanding.flows.write_back import AT_ONCE, REFUSALS, begin_writing_back, write_back
from tests.apps.world import EVERYTHING, World
from tests.flows.odoo_desk import ADDRESS, Desk

pytestmark = pytest.mark.django_db


def said(told):
    """What a note says; `standing_note` of the delivery says it more fully."""
    return f"breached: {told.breached_clocks[0]}" if told.breached_clocks else f"due: {told.due_clock}" if told.due_at else ""


class Killed(BaseException):
    """The process ended; nothing catches it."""


class Interrupted:
    """An Odoo whose reader is killed at the first note, before or after Odoo has taken it."""

    def __init__(self, odoo, *, arrived):
        self.odoo, self.arrived = odoo, arrived

    def send(self, ask):
        if b"message_post" not in ask.body:
            return self.odoo.send(ask)
        if self.arrived:
            self.odoo.send(ask)
        raise Killed


class Failing:
    """An Odoo that is cut off after so many notes."""

    def __init__(self, odoo, notes):
        self.odoo, self.left = odoo, notes

    def send(self, ask):
        if b"message_post" in ask.body:
            if self.left == 0:
                raise Unreachable("The connection was cut.")
            self.left -= 1
        return self.odoo.send(ask)


class Noted(Desk):
    """A desk whose tickets are written back on; its notes can be read."""

    def __init__(self, **terms):
        super().__init__(World(), **({"write_back": True} | terms))

    def turn(self, through=None):
        reach = self.reach if through is None else Reach(self.reach.sender, {ADDRESS: through})
        return write_back(self.instance.public_id, reach=reach, say=said)

    def notes(self):
        """What was written back, by ticket, without its marks."""
        store = self.odoo.store
        mine = [
            each
            for each in store.numbers("mail.message")
            if store.value("mail.message", each, "create_uid") == self.odoo.uid_of("auditor")
        ]
        assert all(store.value("mail.message", each, "subtype_id.name") == "Note" for each in mine)
        return [
            (store.value("mail.message", each, "res_id"), store.value("mail.message", each, "body")[3:].partition(" [")[0])
            for each in mine
        ]

    def wait(self, hours):
        """Let time pass, and be judged."""
        self.now += timedelta(hours=hours)
        follow_time(now=self.now)


@pytest.fixture
def desk():
    return Noted()


def test_how_a_ticket_stands_is_noted_once_and_again_when_it_changes(desk):
    ticket = desk.open(0.5)
    desk.look()

    turns = [desk.turn().notes, desk.turn().notes]
    desk.wait(3)
    turns += [desk.turn().notes, desk.turn().notes]

    assert turns == [1, 0, 1, 0]
    assert desk.notes() == [(ticket, "due: response"), (ticket, "breached: response")]


def test_the_note_is_no_answer_to_the_client(desk):
    desk.open(0.5)
    desk.look()
    desk.turn()

    desk.look(minutes=5)

    assert desk.turn().notes == 0
    desk.wait(3)
    assert desk.turn().notes == 1


@pytest.mark.parametrize("arrived", [True, False])
def test_a_worker_killed_at_a_note_leaves_one_and_not_two(desk, arrived):
    ticket = desk.open(0.5)
    desk.look()

    with pytest.raises(Killed):
        desk.turn(Interrupted(desk.odoo, arrived=arrived))
    turns = [desk.turn().notes, desk.turn().notes]

    assert turns == [0 if arrived else 1, 0]
    assert desk.notes() == [(ticket, "due: response")]


def test_a_note_that_was_to_say_something_else_by_now_says_what_is_so_now(desk):
    ticket = desk.open(0.5)
    desk.look()
    with pytest.raises(Killed):
        desk.turn(Interrupted(desk.odoo, arrived=False))

    desk.wait(3)
    desk.turn()

    assert desk.notes() == [(ticket, "breached: response")]


@pytest.mark.parametrize("terms", [{"write_back": False}, {"on": False}])
def test_where_it_is_switched_off_nothing_is_written(terms):
    desk = Noted(write_back=False)
    desk.open(0.5)
    desk.look()
    desk.follow(**({"write_back": True} | terms))

    assert desk.turn().notes == 0
    assert desk.notes() == []


def test_switching_it_on_writes_only_what_changes_from_then_on():
    desk = Noted(write_back=False)
    old = desk.open(0.5)
    desk.look()

    taken = begin_writing_back(EVERYTHING, desk.instance.public_id, say=said)
    desk.follow(write_back=True)
    first = desk.turn().notes
    new = desk.open(0.1)
    desk.look(minutes=2)
    desk.turn()

    assert (taken, first) == (1, 0)
    assert desk.notes() == [(new, "due: response")]
    desk.wait(3)
    desk.turn()
    assert (old, "breached: response") in desk.notes()


def test_a_turn_writes_no_more_than_fifty_notes_and_the_next_one_the_others(desk):
    tickets = {desk.open(0.5) for _ in range(AT_ONCE + 3)}
    desk.look()

    turns = [desk.turn().notes for _ in range(3)]

    assert turns == [AT_ONCE, 3, 0] == [50, 3, 0]
    assert {ticket for ticket, _ in desk.notes()} == tickets
    assert len(desk.notes()) == len(tickets)


def test_trouble_ends_a_turn_and_what_was_not_written_is_written_later(desk):
    for _ in range(3):
        desk.open(0.5)
    desk.look()

    cut = desk.turn(Failing(desk.odoo, notes=1))
    rest = desk.turn()

    assert (cut.notes, cut.trouble.said) == (1, "The connection was cut.")
    assert (rest.notes, rest.trouble) == (2, None)
    assert len({ticket for ticket, _ in desk.notes()}) == len(desk.notes()) == 3


class Refusing:
    """An Odoo that turns down notes on some tickets, as it does on those that a rule hides from the account."""

    def __init__(self, odoo, tickets):
        self.odoo, self.tickets, self.asked = odoo, tickets, 0

    def send(self, ask):
        if b"message_post" in ask.body and json.loads(ask.body)["params"]["args"][5][0][0] in self.tickets:
            self.asked += 1
            error = {"code": 200, "message": "Odoo Server Error", "data": {"name": "odoo.exceptions.AccessError"}}
            return Answer(200, {"content-type": "application/json"}, json.dumps({"jsonrpc": "2.0", "error": error}).encode())
        return self.odoo.send(ask)


def test_tickets_on_which_odoo_takes_no_note_keep_no_other_from_getting_theirs(desk):
    refused = {desk.open(0.5) for _ in range(REFUSALS + 2)}
    others = {desk.open(0.5) for _ in range(3)}
    desk.look()
    through = Refusing(desk.odoo, refused)

    turns = [desk.turn(through) for _ in range(3)]

    assert {ticket for ticket, _ in desk.notes()} == others
    assert "helpdesk.ticket" in turns[-1].trouble.said
    assert through.asked == 3 * REFUSALS


def test_a_ticket_that_is_over_is_written_on_no_more(desk):
    ticket = desk.open(0.5)
    desk.look()
    desk.turn()

    desk.odoo.write("helpdesk.ticket", ticket, {"stage_id": desk.stages["Done"]}, at=desk.now, by="marta")
    desk.look(minutes=2)

    assert desk.turn().notes == 0
    assert len(queries.followed_by_ref(EVERYTHING, desk.following.pk, ["HT00001"])) == 1


def test_what_keeps_a_note_from_being_written_stands_with_the_connection_until_the_next_look():
    desk = Noted()
    desk.open(1)
    desk.look()

    turn = desk.turn(Failing(desk.odoo, notes=0))

    assert turn.notes == 0
    assert desk.following.trouble["said"] == "The connection was cut."
    desk.look()
    assert desk.following.trouble is None
