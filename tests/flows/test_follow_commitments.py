"""What helpdesk_mgmt_sla says of followed tickets is kept beside them as Odoo has it, and changes no verdict."""

from dataclasses import replace
from datetime import timedelta

import pytest

from goodstanding.adapters.odoo.demo import Key, auditor
from goodstanding.apps.instances import actions, queries
from goodstanding.apps.tenancy.roles import Role
from goodstanding.core.desk.commitment import Said
from goodstanding.core.desk.policy import ClockKind
from tests.apps.world import EVERYTHING, World
from tests.flows.odoo_desk import SECRET, Desk
from tests.flows.rows import remembered

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return World()


@pytest.fixture
def desk(world):
    return Desk(world)


def said(desk, ref="HT00001", scope=EVERYTHING):
    return queries.commitments_of_ref(scope, desk.instance.source, ref)


def bound(desk, hours=30):
    ticket = desk.open(hours)
    return ticket, desk.bind(ticket, desk.promise(4, "Done", waits_in=["Waiting for customer"]), hours)


@pytest.mark.parametrize("series", ["17.0", "18.0", "19.0"])
def test_a_followed_ticket_carries_what_odoo_says_of_its_sla(world, series):
    desk = Desk(world, series)
    _, number = bound(desk)

    desk.look()

    (told,) = said(desk)
    assert (told.number, told.policy, told.stage, told.state) == (number, "Four hours", "Done", Said.RUNNING)
    assert (told.clock, told.calendar, told.pauses) == (
        ClockKind.RESOLUTION,
        "Standard 40 hours/week",
        ("Waiting for customer",),
    )
    assert (told.target, told.consumed) == (timedelta(hours=4), timedelta(hours=1, minutes=30))
    assert (told.deadline_at, told.counted_at) == (desk.at(26), desk.at(30))


def test_a_policy_is_of_the_clock_that_its_stage_ends(desk):
    ticket = desk.open(30)
    desk.bind(ticket, desk.promise(4, "In progress", name="Answer"), 30, "In progress")
    desk.bind(ticket, desk.promise(8, "Cancelled", name="Ending"), 30, "Cancelled")

    desk.look()

    assert {each.policy: each.clock for each in said(desk)} == {
        "Answer": ClockKind.RESPONSE,
        "Ending": ClockKind.RESOLUTION,
    }


def test_a_commitment_that_changes_without_its_ticket_is_noticed_at_the_next_look(desk):
    _, number = bound(desk)
    desk.look()

    desk.odoo.write("helpdesk.ticket.sla", number, {"state": "expired"}, at=desk.now)
    looked = desk.look()

    assert [each.state for each in said(desk)] == [Said.MISSED]
    assert looked.tickets == 1  # the look that settles what the first one saw, and none for the commitment


def test_one_that_is_taken_back_is_gone_with_the_next_reading_of_its_ticket(desk):
    ticket, number = bound(desk)
    desk.look()

    desk.odoo.unlink("helpdesk.ticket.sla", number)
    desk.odoo.write("helpdesk.ticket", ticket, {"priority": "3"}, at=desk.now, by="marta")
    desk.look()

    assert said(desk) == ()


def test_a_ticket_that_is_set_another_policy_after_it_was_read_has_both(desk):
    ticket, _ = bound(desk)
    desk.look()
    later = desk.promise(8, "Done", name="Eight hours")

    desk.odoo.create(
        "helpdesk.ticket.sla",
        {"ticket_id": ticket, "sla_id": later, "state": "on_hold", "expected_stage_id": desk.stages["Done"]},
        at=desk.now,
    )
    desk.look()

    assert [(each.policy, each.state) for each in said(desk)] == [("Four hours", Said.RUNNING), ("Eight hours", Said.PAUSED)]


def test_what_is_not_told_is_not_made_up(desk):
    ticket = desk.open(30)
    values = {"consumed_time": False, "deadline": False, "last_state_date": False, "expected_stage_id": False}
    desk.bind(ticket, desk.promise(4, "Done", calendar=""), 30, **values)

    desk.look()

    (told,) = said(desk)
    assert (told.deadline_at, told.counted_at, told.calendar, told.stage, told.pauses) == (None, None, "", "", ())


def test_rows_of_tickets_that_are_not_followed_are_left_alone_though_any_user_may_read_them(world):
    desk = Desk(world)
    policy = desk.promise(4, "Done")
    theirs, ours = desk.open(40, stage="Done"), desk.open(30)
    desk.bind(theirs, policy, 40)
    desk.bind(ours, policy, 30)
    hidden = auditor("auditor", "pw-auditor", keys=(Key("goodstanding", SECRET, desk.at(240), desk.at(-900)),))
    rules = hidden.rules | {"helpdesk.ticket": [("id", "!=", theirs)]}
    desk.odoo.set_account(replace(hidden, rules=rules), at=desk.at(200))

    desk.look()
    # Written after the first look: now the rows are read by themselves.
    for number in desk.odoo.store.numbers("helpdesk.ticket.sla"):
        desk.odoo.write("helpdesk.ticket.sla", number, {"state": "expired"}, at=desk.now)
    desk.look()

    assert [each.state for each in said(desk, "HT00002")] == [Said.MISSED]
    assert said(desk, "HT00001") == ()


def test_what_odoo_says_of_its_sla_changes_no_verdict(world):
    plain, promised = Desk(world), Desk(World("baltica", "Baltica ERP"))
    for desk in (plain, promised):
        ticket = desk.open(30)
        desk.reply(ticket, 29)
        desk.move(ticket, 20, "Done")
    promised.bind(ticket, promised.promise(1, "Done"), 30, state="expired")

    plain.look()
    promised.look()

    told = [repr(remembered(each.world.partner.pk)).replace(each.instance.source, "odoo") for each in (plain, promised)]
    assert told[0] == told[1]


def test_an_account_that_may_not_read_them_follows_tickets_all_the_same_and_takes_them_once_it_may(world):
    desk = Desk(world)
    bound(desk)
    key = Key("goodstanding", SECRET, desk.at(240), desk.at(-900))
    able = auditor("auditor", "pw-auditor", keys=(key,))
    every = frozenset(desk.odoo.store.models)
    desk.odoo.set_account(replace(able, reads=every - {"helpdesk.ticket.sla", "helpdesk.sla"}), at=desk.at(200))
    barred = desk.look()
    before = said(desk)

    desk.odoo.set_account(able, at=desk.now)
    desk.look()

    assert (barred.new_tickets, barred.trouble, before) == (1, None, ())
    assert [each.policy for each in said(desk)] == ["Four hours"]


def test_where_policies_may_not_be_read_their_names_come_with_the_rows(world):
    desk = Desk(world)
    bound(desk)
    able = auditor("auditor", "pw-auditor", keys=(Key("goodstanding", SECRET, desk.at(240), desk.at(-900)),))
    desk.odoo.set_account(replace(able, reads=frozenset(desk.odoo.store.models) - {"helpdesk.sla"}), at=desk.at(200))

    desk.look()

    (told,) = said(desk)
    assert (told.policy, told.pauses) == ("Four hours", ())


def test_reading_everything_again_under_another_meaning_of_a_stage_gives_the_commitment_another_clock(desk):
    bound(desk)
    desk.look()

    desk.follow(stages={"Done": {"kind": "progress", "owner": None}})
    desk.look()

    assert [each.clock for each in said(desk)] == [ClockKind.RESPONSE]


def test_it_is_between_a_partner_and_its_odoo(world, desk):
    bound(desk)
    desk.look()
    other = World("baltica", "Baltica ERP")

    assert len(said(desk, scope=world.scope())) == 1
    assert said(desk, scope=other.scope()) == ()
    assert said(desk, scope=world.scope(Role.CLIENT_VIEWER, client=world.ferrante)) == ()


def test_forgetting_a_connection_forgets_what_odoo_said(desk):
    bound(desk)
    desk.look()

    actions.forget(EVERYTHING, desk.instance.public_id, now=desk.now)

    assert said(desk) == ()
