"""The demo's Odoo keeps its own SLA as helpdesk_mgmt_sla does, with what that leaves open until a stage changes."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from goodstanding.adapters.demo.desk_slas import CALENDAR, DeskSla, DeskSlas
from goodstanding.adapters.odoo.commitments import Commitments
from goodstanding.adapters.odoo.demo import DemoOdoo, settings
from goodstanding.adapters.odoo.desks import OCA
from goodstanding.core.desk.commitment import Said
from goodstanding.core.desk.policy import ClockKind
from tests.adapters.demo.test_helpdesk import NOW, an_odoo, reading_of

MONDAY = datetime(2026, 11, 16, 10, 0, tzinfo=UTC)
ANSWER = DeskSla("Answer", 4, "Work")
SOLVE = DeskSla("Solve", 8, "Done", ("Waiting",))


def at(hours):
    return MONDAY + timedelta(hours=hours)


class Ticket:
    """One ticket under a policy, in hours after Monday 10:00; service hours are 9 to 17."""

    def __init__(self, policy):
        self.odoo = DemoOdoo("18.0", clock=lambda: MONDAY, accounts=[settings("admin", "pw")])
        stages = {
            name: self.odoo.create("helpdesk.ticket.stage", {"name": name}, at=MONDAY)
            for name in ("New", "Work", "Waiting", "Done")
        }
        self.slas = DeskSlas(self.odoo, [policy], stages, zone="UTC", at=MONDAY)
        self.number = self.odoo.create("helpdesk.ticket", {"name": "Printer", "stage_id": stages["New"]}, at=MONDAY)
        self.slas.bind(self.number, MONDAY)

    def move(self, stage, hours):
        self.slas.move(self.number, stage, at(hours))
        return self.row

    @property
    def row(self):
        told = {name: self.odoo.store.value("helpdesk.ticket.sla", 1, name) for name in ("state", "deadline", "consumed_time")}
        return told["state"], told["deadline"], told["consumed_time"]


def test_it_is_due_after_its_hours_of_the_calendar():
    assert Ticket(ANSWER).row == ("in_progress", at(4), 0.0)
    assert Ticket(SOLVE).row == ("in_progress", at(24), 0.0)  # an hour of it on Tuesday


def test_reaching_its_stage_in_time_keeps_it_and_leaving_it_again_sets_it_going():
    ticket = Ticket(ANSWER)

    assert ticket.move("Work", 1) == ("accomplished", at(4), 1.0)
    assert ticket.move("New", 2) == ("in_progress", at(5), 1.0)


def test_reaching_it_late_misses_it_for_good():
    ticket = Ticket(ANSWER)

    assert ticket.move("Work", 5)[0] == "expired"
    assert ticket.move("Done", 6)[0] == "expired"


def test_a_deadline_that_passes_is_noticed_only_when_the_stage_changes():
    ticket = Ticket(SOLVE)

    assert ticket.row[0] == "in_progress"
    assert ticket.move("Work", 24 * 3)[0] == "expired"


def test_what_it_waits_for_moves_its_deadline_by_as_long():
    ticket = Ticket(SOLVE)
    ticket.move("Work", 1)

    assert ticket.move("Waiting", 2) == ("on_hold", at(24), 2.0)
    assert ticket.move("Work", 5) == ("in_progress", at(27), 2.0)
    assert ticket.move("Done", 26)[0] == "accomplished"


@pytest.fixture(scope="module")
def demo():
    odoo = an_odoo()
    found = Commitments(reading_of(odoo), OCA, lambda stage: ClockKind.RESOLUTION)
    return odoo, found.read(dict.fromkeys(odoo.tickets.values(), 1))


def test_every_ticket_of_the_demo_is_under_both_policies_and_all_ways_to_stand_occur(demo):
    _, told = demo

    states = Counter(each.standing(NOW) for of_one in told.values() for each in of_one)

    assert {len(each) for each in told.values()} == {2}
    assert set(states) == set(Said)
    assert {each.calendar for of_one in told.values() for each in of_one} == {CALENDAR}


def test_it_is_the_same_however_it_was_brought_up_to_date(demo):
    whole, told = demo
    steps = an_odoo(NOW - timedelta(days=9))
    for days in (5, 2, 0):
        steps.tell(NOW - timedelta(days=days))

    found = Commitments(reading_of(steps), OCA, lambda stage: ClockKind.RESOLUTION).read(
        dict.fromkeys(steps.tickets.values(), 1)
    )

    assert steps.tickets == whole.tickets
    assert found == told
