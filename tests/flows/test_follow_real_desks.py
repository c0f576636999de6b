"""What happens in real desks besides moves and replies: people leave, rights change, histories have holes, answers grow."""

from dataclasses import replace
from datetime import timedelta

import pytest

from goodstanding.adapters.odoo.demo import Key, auditor, settings
from goodstanding.adapters.outbound.trouble import TooLarge
from goodstanding.apps.desk import queries as standings
from goodstanding.apps.desk.values import BoardFilter, TicketFilter
from goodstanding.apps.instances import actions, queries
from goodstanding.apps.tickets import queries as tickets
from goodstanding.core.desk.events import EventKind
from goodstanding.flows.connect_odoo import examine_again
from goodstanding.flows.preview_following import preview_following
from goodstanding.flows.reach_odoo import Reach
from tests.apps.world import EVERYTHING, NOW, World
from tests.flows.odoo_desk import ADDRESS, SECRET, Desk

pytestmark = pytest.mark.django_db
K = EventKind


@pytest.fixture(scope="module")
def world(once_a_module):
    return World()


@pytest.fixture
def desk(world):
    return Desk(world)


class Tasks(Desk):
    """A desk whose tickets are tasks of the project "Support"."""

    def __init__(self, world, series="18.0", *, languages=None, **terms):
        super().__init__(world, series, client=world.ferrante, desk="project", languages=languages, **terms)
        self.project = self.odoo.create("project.project", {"name": "Support"}, at=self.at(90))
        self.doing = self.odoo.create("project.task.type", {"name": "In Progress", "sequence": 1}, at=self.at(90))

    def begin(self, hours, **values):
        told = {"name": "Report", "stage_id": self.doing, "project_id": self.project} | values
        return self.odoo.create("project.task", told, at=self.at(hours), by="admin")


def story(ref="HT00001"):
    rows, _ = standings.ticket_list(EVERYTHING, TicketFilter(text=ref), now=NOW, limit=1)
    told = tickets.story(EVERYTHING, standings.standing(EVERYTHING, rows[0].public_id).pk, inner=True)
    return sorted(told, key=lambda each: (each.event.at, each.event.sequence or 0))


def kinds(ref="HT00001"):
    return [each.event.kind for each in story(ref) if each.event.kind is not K.NOTED]


def board():
    return {row.ref: row for row in standings.board(EVERYTHING, BoardFilter(), now=NOW).rows}


@pytest.mark.proves("CLOCK-1")
@pytest.mark.parametrize("series", ["15.0", "19.0"])
def test_what_a_colleague_wrote_who_has_left_since_is_an_answer_of_staff(world, series):
    desk = Desk(world, series)
    ticket = desk.open(30)
    desk.reply(ticket, 29)
    desk.odoo.set_account(replace(settings("marta", "pw-marta-1"), active=False), at=desk.at(1))

    desk.look()

    assert kinds() == [K.OPENED, K.STAFF_REPLIED]


@pytest.mark.parametrize("series", ["15.0", "18.0", "19.0"])
def test_private_notes_and_templates_among_tasks_are_nobodys_tickets(world, series):
    desk = Tasks(world, series)
    task, private = desk.begin(30), desk.begin(29, project_id=None, name="Buy a gift")
    if series == "19.0":
        desk.begin(28, is_template=True)
        desk.begin(28, has_template_ancestor=True)
    desk.odoo.post("project.task", private, "<p>Red or blue?</p>", at=desk.at(2), by="marta")
    desk.odoo.create("project.task.type", {"name": "Some day", "user_id": desk.odoo.uid_of("marta")}, at=desk.at(90))

    desk.look()

    shown = preview_following(
        EVERYTHING, desk.instance.public_id, desk="project", stages={}, priorities={}, teams=(), client_fallback=None,
        reach=desk.reach,
    )  # fmt: skip
    assert set(board()) == {f"#{task}"}
    assert [each.name for each in shown.samples] == [f"#{task}"]
    counted = {each.stage.name: each.stage.tickets for each in shown.stages}
    assert counted["In Progress"] == 1
    assert "Some day" not in counted


def test_a_ticket_that_is_handed_to_a_team_that_is_not_followed_goes_on(world):
    desk = Desk(world)
    desk.follow(teams=(desk.team,))
    other = desk.odoo.create("helpdesk.ticket.team", {"name": "Technical"}, at=desk.at(90))
    ticket, elsewhere = desk.open(30), desk.open(29, team_id=other)
    desk.look()

    desk.write(ticket, 0, team_id=other)
    desk.look()
    desk.reply(ticket, 0)
    desk.reply(elsewhere, 0)
    desk.odoo.write("helpdesk.ticket", ticket, {"stage_id": desk.stages["Done"]}, at=desk.now, by="marta")
    desk.look()

    assert kinds()[-2:] == [K.STAFF_REPLIED, K.RESOLVED]
    assert board() == {}


def hide(desk, *numbers):
    """Hide tickets from the account by a record rule, or show it all again."""
    key = Key("goodstanding", SECRET, NOW - timedelta(days=1))
    seen = auditor("auditor", "pw-auditor", keys=(key,))
    rules = seen.rules | ({"helpdesk.ticket": [("id", "not in", list(numbers))]} if numbers else {})
    desk.odoo.set_account(replace(seen, rules=rules), at=desk.now)


@pytest.mark.parametrize("series", ["15.0", "18.0", "19.0"])
def test_tickets_that_are_hidden_are_not_called_off_as_those_that_are_deleted_and_are_caught_up_with_when_shown(world, series):
    desk = Desk(world, series)
    hidden, deleted = desk.open(30), desk.open(29)
    desk.look()
    hide(desk, hidden)
    desk.odoo.unlink("helpdesk.ticket", deleted)

    looked = desk.look()

    assert looked.lost == 1
    assert (looked.through, looked.trouble.said) == (True, "Open tickets that the account can no longer see in Odoo: 1.")
    assert set(board()) == {"HT00001"}
    desk.odoo.write("helpdesk.ticket", hidden, {"stage_id": desk.stages["Done"]}, at=desk.now, by="marta")
    for _ in range(3):
        desk.open(0)
        desk.look(minutes=20)
    hide(desk)
    assert desk.look(minutes=20).trouble is None
    assert kinds()[-1] is K.RESOLVED


def test_of_many_hidden_tickets_none_is_called_off_for_want_of_asking(desk):
    tickets_there = [desk.open(20) for _ in range(40)]
    desk.look()
    hide(desk, *tickets_there)
    desk.odoo.unlink("helpdesk.ticket", tickets_there[-1])

    looked = desk.look()

    assert looked.lost <= 1
    assert set(board()) >= {f"HT{number:05}" for number in range(1, 40)}


def test_what_is_written_after_odoos_clock_was_put_back_is_not_missed(desk):
    first, second = desk.open(3), desk.open(3)
    desk.write(first, -2, priority="3")
    desk.reply(first, -2)
    desk.look()
    desk.look()

    desk.reply(second, -1 / 60)
    new = desk.open(-1 / 60)
    desk.look()

    assert kinds("HT00002")[-1] is K.STAFF_REPLIED
    assert f"HT{new:05}" in board()


@pytest.mark.proves("CLOCK-1")
@pytest.mark.parametrize("series", ["17.0", "18.0", "19.0"])
def test_a_task_is_done_in_whatever_language_somebody_says_so(world, series):
    german = {"In Progress": "In Arbeit", "Done": "Erledigt", "Low": "Normal", "High": "Wichtig"}
    desk = Tasks(world, series, languages={"fr_FR": {"Done": "Fait"}, "de_DE": german})
    desk.odoo.write("res.users", desk.odoo.uid_of("marta"), {"lang": "de_DE"}, at=desk.at(90))
    task = desk.begin(30, state="01_in_progress", priority="0")
    desk.odoo.write("project.task", task, {"priority": "1"}, at=desk.at(25), by="marta")
    desk.odoo.write("project.task", task, {"priority": "0"}, at=desk.at(24), by="marta")
    desk.odoo.write("project.task", task, {"state": "1_done"}, at=desk.at(20), by="marta")
    desk.odoo.write("project.task", task, {"state": "01_in_progress"}, at=desk.at(10), by="marta")
    desk.odoo.write("project.task", task, {"state": "1_done"}, at=desk.at(5), by="admin")

    desk.look()

    told = [(each.event.kind, each.event.priority) for each in story(f"#{task}") if each.event.priority]
    assert told == [(K.OPENED, "P4"), (K.PRIORITY_CHANGED, "P3"), (K.PRIORITY_CHANGED, "P4")]
    assert [each.event.at for each in story(f"#{task}") if each.event.kind is K.RESOLVED] == [desk.at(20), desk.at(5)]
    assert board() == {}


@pytest.mark.proves("CLOCK-1")
def test_a_stage_that_an_import_set_without_a_trace_counts_from_when_odoo_says_it_was_set(desk):
    ticket = desk.open(30)
    desk.move(ticket, 29, "In progress")
    desk.look()
    desk.odoo.write("helpdesk.ticket", ticket, {"stage_id": desk.stages["Done"]}, at=desk.at(0), by="marta", noted=False)
    desk.look()
    desk.odoo.write("helpdesk.ticket", ticket, {"priority": "3"}, at=desk.now, by="marta")
    desk.look()

    assert [each.event.at for each in story() if each.event.kind is K.RESOLVED] == [desk.at(0)]
    assert board() == {}
    desk.follow(stages={"Done": {"kind": "progress", "owner": None}})
    desk.look()
    assert set(board()) == {"HT00001"}


class Counting:
    """Sends on to an Odoo and counts what is asked."""

    def __init__(self, odoo):
        self.odoo, self.asked = odoo, 0

    def send(self, ask):
        self.asked += 1
        return self.odoo.send(ask)


def asked_by_first_look(desk, begin):
    for _ in range(3):
        begin()
    few = Counting(desk.odoo)
    assert desk.look(reach=Reach(desk.reach.sender, {ADDRESS: few})).tickets == 3
    for _ in range(30):
        begin()
    actions.read_again(EVERYTHING, desk.instance.public_id, now=desk.now)
    many = Counting(desk.odoo)
    assert desk.look(reach=Reach(desk.reach.sender, {ADDRESS: many})).tickets == 33
    return few.asked, many.asked


def test_a_message_that_is_changed_long_after_is_read_again_and_then_no_more(desk):
    ticket = desk.open(30)
    old = desk.reply(ticket, 29)
    desk.reply(ticket, 20)
    desk.look(), desk.look(minutes=20)

    desk.odoo.store.set("mail.message", old, {"body": "<p>What I meant</p>"}, at=desk.now, by=desk.odoo.uid_of("marta"))

    assert [desk.look(minutes=20).tickets for _ in range(4)] == [1, 1, 0, 0]


def asked_by_look(desk):
    counting = Counting(desk.odoo)
    desk.look(minutes=20, reach=Reach(desk.reach.sender, {ADDRESS: counting}))
    return counting.asked


def test_tickets_that_stay_hidden_cost_a_look_no_more_than_two_questions_and_one_that_is_deleted_is_called_off_after_all(desk):
    there = [desk.open(20 + number / 60) for number in range(40)]
    desk.look(), desk.look(minutes=20)
    quiet = asked_by_look(desk)
    hide(desk, *there)
    asked_by_look(desk)

    assert asked_by_look(desk) <= quiet + 2
    assert len(board()) == 40
    desk.odoo.unlink("helpdesk.ticket", there[17])
    assert sum(desk.look(minutes=20).lost for _ in range(20)) == 1
    hide(desk)
    assert desk.look(minutes=20).trouble is None
    assert len(board()) == 39


def test_a_small_team_of_a_large_desk_is_first_read_without_paging_through_the_others(desk):
    desk.follow(teams=(desk.team,))
    other = desk.odoo.create("helpdesk.ticket.team", {"name": "Technical"}, at=desk.at(90))
    desk.open(30)
    alone = asked_by_look(desk)

    for _ in range(650):
        desk.open(50, team_id=other)
    actions.forget(EVERYTHING, desk.instance.public_id, now=desk.now)
    again = Desk(desk.world, teams=(desk.team,))
    again.odoo = desk.odoo
    again.reach = desk.reach

    assert asked_by_look(again) == alone
    assert len(board()) == 1


def test_tasks_that_are_followed_already_are_not_asked_for_once_more(world):
    desk = Tasks(world)
    desk.look(), desk.look(minutes=20)
    without = asked_by_look(desk)

    desk.begin(3)
    desk.look(), desk.look(minutes=20)

    # Whether it is still there.
    assert asked_by_look(desk) == without + 1


def test_archived_tickets_do_not_each_cost_a_search_through_all_messages(desk):
    few, many = asked_by_first_look(desk, lambda: desk.open(3, active=False))

    assert many <= few + 1


def test_tasks_do_not_each_cost_a_question_for_who_does_them(world):
    desk = Tasks(world)
    marta = desk.odoo.uid_of("marta")

    few, many = asked_by_first_look(desk, lambda: desk.begin(3, user_ids=[marta]))

    assert many <= few + 1


class Narrow:
    """An Odoo whose answers are read up to a size, as those of any server are."""

    def __init__(self, odoo, most):
        self.odoo, self.most = odoo, most

    def send(self, ask):
        answer = self.odoo.send(ask)
        if len(answer.body) > self.most:
            raise TooLarge("The answer is larger than is read.")
        return answer


@pytest.mark.proves("CLOCK-1")
@pytest.mark.parametrize("series", ["15.0", "19.0"])
def test_texts_that_are_too_long_for_one_answer_are_read_in_several_and_hold_nothing_up(world, series):
    desk = Desk(world, series)
    long = "<p>" + "Quoted. " * 2_500 + "</p>"
    many = [desk.open(30, description=long) for _ in range(8)]
    for ticket in many:
        desk.reply(ticket, 29, long)
    huge = desk.open(20, description=long * 8)
    desk.reply(huge, 19, long * 8)
    desk.move(huge, 18, "Done")

    looked = desk.look(reach=Reach(desk.reach.sender, {ADDRESS: Narrow(desk.odoo, 60_000)}))

    assert (looked.trouble, looked.tickets) == (None, 9)
    assert all(K.STAFF_REPLIED in kinds(f"HT{number:05}") for number in range(1, 10))
    assert [each.text[:7] for each in story() if each.event.kind is K.STAFF_REPLIED] == ["Quoted."]
    assert kinds("HT00009")[-1] is K.RESOLVED


@pytest.mark.proves("CLOCK-1")
def test_a_ticket_whose_customer_is_renamed_goes_on_as_whose_it_was(world, desk):
    ticket = desk.open(30)
    desk.look()
    company = desk.odoo.store.value("res.partner", desk.contacts["Casa Ferrante"], "commercial_partner_id")
    desk.odoo.write("res.partner", company, {"name": "Ferrante Group"}, at=desk.now)
    desk.odoo.write("helpdesk.ticket", ticket, {"stage_id": desk.stages["Done"]}, at=desk.now, by="marta")

    desk.look()

    assert kinds()[-1] is K.RESOLVED
    assert [each.customer for each in queries.held(EVERYTHING, desk.following.pk)] == ["Ferrante Group"]
    actions.name_customer(
        EVERYTHING, desk.instance.public_id, customer="Ferrante Group", client=world.ferrante.pk, now=desk.now
    )
    desk.look()
    assert queries.held(EVERYTHING, desk.following.pk) == ()
    assert K.CLIENT_CHANGED not in kinds()


@pytest.mark.proves("CLOCK-1")
def test_a_ticket_that_is_given_to_a_customer_nobody_has_named_yet_is_theirs_once_somebody_does(world, desk):
    ticket = desk.open(30)
    desk.look()
    given_at = desk.now
    desk.odoo.write("helpdesk.ticket", ticket, {"partner_id": desk.contacts["Nobody Known"]}, at=given_at, by="marta")
    desk.look()
    desk.look()
    waiting = board()["HT00001"].client_name

    actions.name_customer(EVERYTHING, desk.instance.public_id, customer="Nobody Known", client=world.kestrel.pk, now=desk.now)
    desk.look()

    changes = [each.event for each in story() if each.event.kind is K.CLIENT_CHANGED]
    assert [(each.client, each.at) for each in changes] == [(str(world.kestrel.pk), given_at)]
    assert (waiting, board()["HT00001"].client_name) == (world.ferrante.name, world.kestrel.name)


@pytest.mark.proves("CLOCK-1")
def test_an_answer_that_becomes_visible_after_later_ones_is_taken(desk):
    ticket, other = desk.open(30), desk.open(30)
    slow = desk.reply(other, 0.01)
    desk.hear(ticket, 0)
    desk.look()
    desk.look()
    assert desk.look().tickets == 0

    desk.odoo.write("mail.message", slow, {"res_id": ticket}, at=desk.at(0.01))
    desk.look()

    assert kinds()[-2:] == [K.STAFF_REPLIED, K.CLIENT_REPLIED]


@pytest.mark.proves("CLOCK-2")
@pytest.mark.parametrize("said", [{}, {"Waiting for customer": {"kind": "waiting", "owner": "supplier"}}])
def test_a_stage_that_is_renamed_in_odoo_stands_for_what_it_stood_for(desk, said):
    desk.follow(stages=said)
    ticket = desk.open(30)
    desk.move(ticket, 20, "Waiting for customer")
    desk.look()
    waited = board()["HT00001"].waiting_on
    told = len(story())

    name = {"name": "Parked"}
    desk.odoo.write("helpdesk.ticket.stage", desk.stages["Waiting for customer"], name, at=desk.now, by="admin")
    desk.odoo.write("helpdesk.ticket", ticket, {"priority": "2", "name": "Again"}, at=desk.now, by="marta")
    desk.look()
    desk.look()

    assert board()["HT00001"].waiting_on == waited == ("supplier" if said else "customer")
    assert len(story()) == told


@pytest.mark.proves("CLOCK-1")
def test_where_a_database_calls_tickets_by_their_titles_alone_answers_are_answers(desk):
    ticket = desk.open(30, display_name="Invoices print twice")
    said = desk.reply(ticket, 29)
    desk.odoo.write("mail.message", said, {"record_name": "Invoices print twice"}, at=desk.at(29))

    desk.look()

    assert kinds() == [K.OPENED, K.STAFF_REPLIED]


@pytest.mark.proves("CLOCK-1")
@pytest.mark.parametrize("series", ["17.0", "19.0"])
def test_a_task_that_is_called_off_and_put_to_the_done_ones_in_one_go_was_never_resolved(world, series):
    desk = Tasks(world, series)
    done = desk.odoo.create("project.task.type", {"name": "Done", "sequence": 9}, at=desk.at(90))
    task = desk.begin(30, state="01_in_progress")
    desk.odoo.write("project.task", task, {"stage_id": done, "state": "1_canceled"}, at=desk.at(20), by="marta")
    desk.odoo.write("project.task", task, {"state": "01_in_progress", "stage_id": desk.doing}, at=desk.at(10), by="marta")

    desk.look()

    assert K.RESOLVED not in kinds(f"#{task}")
    assert [each.event.at for each in story(f"#{task}") if each.event.kind is K.REOPENED] == [desk.at(10)]


def test_a_message_of_which_odoo_kept_no_creation_counts_from_its_own_date_and_holds_nothing_up(desk):
    ticket = desk.open(30)
    said = desk.reply(ticket, 29)
    desk.odoo.write("mail.message", said, {"create_date": None}, at=desk.at(28))

    looked = desk.look()

    assert looked.trouble is None
    assert [each.event.at for each in story() if each.event.kind is K.STAFF_REPLIED] == [desk.at(29)]


@pytest.mark.parametrize(("before", "after"), [("15.0", "18.0"), ("17.0", "18.0"), ("17.0", "19.0"), ("18.0", "19.0")])
def test_an_odoo_that_was_upgraded_is_followed_on_and_found_to_be_newer_when_it_is_looked_at_again(world, before, after):
    old, new = Desk(world, before), Desk(World("upgraded", "Upgraded"), after)
    upgraded = Reach(new.reach.sender, {ADDRESS: new.odoo})
    new.open(3)

    looked = old.look(reach=upgraded)
    found = examine_again(EVERYTHING, old.instance.public_id, reach=upgraded, now=old.now)

    assert (looked.trouble, looked.held + looked.new_tickets) == (None, 1)
    assert (found.version, found.reads_tickets) == (after, True)
    assert queries.instance(EVERYTHING, old.instance.public_id).version == after
