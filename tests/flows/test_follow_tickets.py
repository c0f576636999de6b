"""Tickets of an Odoo desk become events with the time they happened, once, however often and brokenly they are read."""

from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from goodstanding.adapters.odoo.demo import Key, auditor
from goodstanding.adapters.outbound.trouble import Unreachable
from goodstanding.apps.desk import actions as desk_actions
from goodstanding.apps.desk import queries as standings
from goodstanding.apps.desk.values import BoardFilter, TicketFilter
from goodstanding.apps.feedback import queries as answers
from goodstanding.apps.instances import actions, queries
from goodstanding.apps.tickets import queries as tickets
from goodstanding.core.desk.events import Actor, EventKind, PauseOwner
from goodstanding.flows.reach_odoo import Reach
from tests.apps.world import EVERYTHING, LONG_AGO, NOW, World, policy
from tests.flows.odoo_desk import ADDRESS, SECRET, Desk
from tests.flows.rows import remembered, settled
from tests.flows.undone import undone

pytestmark = pytest.mark.django_db
K = EventKind


@pytest.fixture(scope="module")
def world(once_a_module):
    return World()


@pytest.fixture
def desk(world):
    return Desk(world)


def found(ref="HT00001"):
    rows, _ = standings.ticket_list(EVERYTHING, TicketFilter(text=ref), now=NOW, limit=1)
    return standings.standing(EVERYTHING, rows[0].public_id)


def story(ref="HT00001"):
    return tickets.story(EVERYTHING, found(ref).pk, inner=True)


def kinds(ref="HT00001"):
    told = sorted(story(ref), key=lambda each: (each.event.at, each.event.sequence or 0))
    return [each.event.kind for each in told if each.event.kind is not K.NOTED]


def board():
    return {row.ref: row for row in standings.board(EVERYTHING, BoardFilter(), now=NOW).rows}


@pytest.mark.proves("CLOCK-1", "CLOCK-2")
@pytest.mark.parametrize("series", ["15.0", "17.0", "18.0", "19.0"])
def test_what_happened_in_odoo_is_told_with_the_time_it_happened(world, series):
    desk = Desk(world, series)
    ticket = desk.open(30)
    desk.write(ticket, 29, user_id=desk.odoo.uid_of("marta"))
    desk.move(ticket, 28, "In progress")
    desk.reply(ticket, 27)
    desk.reply(ticket, 26, internal=True)
    desk.move(ticket, 25, "Waiting for customer")
    desk.hear(ticket, 20)
    desk.move(ticket, 19, "In progress")
    desk.move(ticket, 18, "Done")
    desk.move(ticket, 10, "In progress")

    looked = desk.look()

    assert (looked.new_tickets, looked.trouble) == (1, None)
    assert kinds() == [
        K.OPENED, K.ASSIGNED, K.PROGRESS, K.STAFF_REPLIED, K.WAITING, K.CLIENT_REPLIED, K.RESUMED, K.PROGRESS, K.RESOLVED,
        K.REOPENED, K.PROGRESS,
    ]  # fmt: skip
    by_kind = {each.event.kind: each for each in story()}
    assert by_kind[K.STAFF_REPLIED].event.at == desk.at(27)
    assert by_kind[K.STAFF_REPLIED].text == "On it"
    assert by_kind[K.RESOLVED].event.at == desk.at(18)
    assert by_kind[K.WAITING].event.owner is PauseOwner.CUSTOMER
    assert by_kind[K.NOTED].event.public is False
    row = board()["HT00001"]
    assert (row.client_name, row.priority, row.team, row.assignee) == ("Casa Ferrante", "P2", "Functional", "Mitchell Admin")


@pytest.mark.proves("CLOCK-1")
def test_the_next_look_takes_what_has_happened_since_and_nothing_twice(world, desk):
    ticket = desk.open(5)
    desk.look()
    before = remembered(world.partner.pk)

    assert desk.look().new_events == 0
    assert remembered(world.partner.pk) == before

    desk.odoo.post("helpdesk.ticket", ticket, "<p>Answer</p>", at=desk.now, by="marta")
    desk.odoo.write("helpdesk.ticket", ticket, {"stage_id": desk.stages["Done"]}, at=desk.now, by="marta")
    assert desk.look().new_events == 2
    assert kinds() == [K.OPENED, K.STAFF_REPLIED, K.RESOLVED]


def test_a_message_alone_is_noticed_though_it_does_not_touch_its_ticket(desk):
    ticket = desk.open(100)
    other = desk.open(99)
    desk.look()
    desk.look(minutes=60)

    desk.odoo.post("helpdesk.ticket", ticket, "<p>Answer</p>", at=desk.now, by="marta")
    looked = desk.look(minutes=60)

    assert looked.new_events == 1
    assert looked.tickets < 4
    assert ticket != other


def test_the_mail_that_opened_a_ticket_is_its_opening_and_no_reply_but_the_same_words_said_again_are(desk):
    values = {"name": "Printer", "stage_id": desk.stages["New"], "partner_id": desk.contacts["Casa Ferrante"]}
    mail = "<p>It does not print.</p>"
    author = desk.contacts["Casa Ferrante"]
    ticket = desk.odoo.receive("helpdesk.ticket", values | {"description": mail}, mail, at=desk.at(5), author=author)
    desk.hear(ticket, 4, text=mail)

    desk.look()

    assert kinds() == [K.OPENED, K.CLIENT_REPLIED]
    opened, again = sorted(story(), key=lambda each: each.event.at)
    assert (opened.event.actor, opened.who, opened.text) == (Actor.CLIENT, "Contact of Casa Ferrante", "It does not print.")
    assert again.event.at == desk.at(4)


@pytest.mark.proves("CLOCK-5")
def test_a_priority_that_odoo_keeps_no_track_of_is_noticed_at_the_next_look(desk):
    ticket = desk.open(3)
    desk.look()

    at = desk.now + timedelta(minutes=1)
    desk.odoo.write("helpdesk.ticket", ticket, {"priority": "3"}, at=at, by="marta")
    desk.look(minutes=5)
    desk.look(minutes=5)

    changes = [each.event for each in story() if each.event.kind is K.PRIORITY_CHANGED]
    assert [(each.priority, each.at) for each in changes] == [("P1", at)]


def test_a_customer_that_is_no_client_waits_until_somebody_says_which_one_it_is(world, desk):
    desk.open(5, "Nobody Known")
    first = desk.look()
    assert (first.held, first.new_tickets) == (1, 0)
    assert [(each.customer, each.tickets) for each in queries.held(EVERYTHING, desk.following.pk)] == [("Nobody Known", 1)]

    actions.name_customer(EVERYTHING, desk.instance.public_id, customer="Nobody Known", client=world.kestrel.pk, now=desk.now)
    looked = desk.look()

    assert looked.new_tickets == 1
    assert found().client == world.kestrel.pk
    assert queries.held(EVERYTHING, desk.following.pk) == ()


def test_in_a_clients_own_odoo_every_ticket_is_theirs(world):
    desk = Desk(world, client=world.kestrel)
    desk.open(5, "Nobody Known")

    desk.look()

    assert found().client == world.kestrel.pk


def test_a_deleted_ticket_and_an_archived_one_are_called_off_and_come_back_when_they_do(desk):
    deleted, archived = desk.open(50), desk.open(49)
    desk.look()
    desk.odoo.unlink("helpdesk.ticket", deleted)
    desk.odoo.write("helpdesk.ticket", archived, {"active": False}, at=desk.now, by="marta")

    looked = desk.look()

    assert looked.lost == 1
    assert board() == {}
    assert {kinds("HT00001")[-1], kinds("HT00002")[-1]} == {K.CANCELLED}
    desk.odoo.write("helpdesk.ticket", archived, {"active": True}, at=desk.now + timedelta(minutes=1), by="marta")
    desk.look()
    assert set(board()) == {"HT00002"}


def test_a_merged_ticket_ends_and_its_messages_answer_nobody_on_the_other(desk):
    kept, merged = desk.open(40), desk.open(39)
    said = desk.reply(merged, 38)
    desk.odoo.write("helpdesk.ticket", merged, {"active": False}, at=desk.at(30), by="marta")
    desk.odoo.write("mail.message", said, {"res_id": kept, "record_name": "HT00002 Invoices print twice"}, at=desk.at(30))
    link = f'<p>Merged from <a data-oe-model="helpdesk.ticket" data-oe-id="{merged}">HT00002</a></p>'
    desk.reply(kept, 30, link)

    desk.look()

    ends = [each.event for each in story("HT00002") if each.event.kind is K.MERGED]
    assert [(each.into, each.at) for each in ends] == [("HT00001", desk.at(30))]
    assert K.STAFF_REPLIED not in kinds("HT00001")
    assert set(board()) == {"HT00001"}


def test_a_ticket_brought_in_as_done_is_not_measured_and_never_met(desk):
    desk.open(90, stage="Done")

    desk.look()

    clocks = standings.ticket_list(EVERYTHING, TicketFilter(text="HT00001"), now=NOW)[0]
    assert clocks[0].breaches == 0
    assert {row["state"] for row in remembered(desk.world.partner.pk)["clocks"]} == {"not_measured"}


def test_priorities_of_a_retainers_client_are_severities_by_rank(world, desk):
    retainer = desk_actions.publish_tier(
        EVERYTHING, partner=world.partner.pk, key="active", name="Active", family="retainer", policy=policy("Active"),
        text="active 1", effective_from=LONG_AGO, now=NOW,
    )  # fmt: skip
    desk_actions.assign(
        EVERYTHING, client=world.kestrel.pk, tier_version=retainer.public_id, calendar_version=world.calendar.public_id,
        from_at=NOW - timedelta(days=300),
    )  # fmt: skip
    desk.open(2, "Kestrel Outdoor", priority="3")
    desk.open(2, "Casa Ferrante", priority="3")

    desk.look()

    assert {ref: row.priority for ref, row in board().items()} == {"HT00001": "S1", "HT00002": "P1"}


def test_two_tickets_of_one_number_are_two(desk):
    desk.open(9, number="HT00007")
    desk.open(8, number="HT00007")

    desk.look()

    assert len(board()) == 2


def outcome(desk):
    """Everything remembered of a desk's partner, under one name for the source whatever the connection is called."""
    told = repr(settled(remembered(desk.world.partner.pk)))
    return told.replace(desk.instance.source, "odoo")


class Dying:
    """An Odoo that is cut off after so many answers."""

    def __init__(self, odoo, answers):
        self.odoo, self.left = odoo, answers

    def send(self, ask):
        if self.left == 0:
            raise Unreachable("The connection was cut.")
        self.left -= 1
        return self.odoo.send(ask)


class Killed(BaseException):
    """The process ended; nothing catches it."""


def busy(desk):
    """A desk where much has happened, in more tickets than a chunk holds."""
    for number in range(3):
        ticket = desk.open(60 + number)
        desk.reply(ticket, 50)
        desk.move(ticket, 40, "Waiting for customer")
        desk.hear(ticket, 30)
        desk.move(ticket, 20, "Done")
    desk.open(5, "Nobody Known")


@contextmanager
def from_the_beginning(desk):
    """What is read within is forgotten after it, and the desk's clock is set back; Odoo itself nothing is written to."""
    now, written = desk.now, desk.odoo.store.numbers("mail.message")
    with undone():
        yield
    desk.now = now
    assert desk.odoo.store.numbers("mail.message") == written


@pytest.mark.proves("CLOCK-1")
def test_a_sync_cut_off_after_any_answer_ends_the_same_when_it_is_run_again(desk, subtests):
    busy(desk)
    with from_the_beginning(desk):
        desk.look()
        expected = outcome(desk)

    answers, complete = 0, False
    while not complete:
        answers += 1
        with subtests.test(answers=answers), from_the_beginning(desk):
            cut = desk.look(reach=Reach(desk.reach.sender, {ADDRESS: Dying(desk.odoo, answers)}))
            if cut.trouble is None:
                complete = True
                continue
            assert desk.following.trouble["said"] == "The connection was cut."
            again = desk.look(minutes=2)

            assert again.trouble is None
            assert outcome(desk) == expected
    assert answers > 15


@pytest.mark.proves("CLOCK-1")
def test_a_worker_killed_at_any_point_of_a_sync_leaves_what_another_one_completes(desk, subtests):
    busy(desk)
    with from_the_beginning(desk):
        desk.look()
        expected = outcome(desk)

    calls, complete = 0, False
    while not complete:
        calls += 1
        read = iter(range(calls))

        def clock(read=read):
            if next(read, None) is None:
                raise Killed
            return desk.now

        with subtests.test(calls=calls), from_the_beginning(desk):
            try:
                desk.look(clock=clock)
            except Killed:
                # Its lease has to run out before another worker may look.
                assert desk.look(minutes=30).trouble is None
                assert outcome(desk) == expected
            else:
                complete = True
    assert calls > 5


@pytest.mark.proves("CLOCK-1")
def test_reading_everything_again_changes_nothing(world, desk):
    busy(desk)
    desk.look()
    before = remembered(world.partner.pk)

    actions.read_again(EVERYTHING, desk.instance.public_id, now=desk.now)
    looked = desk.look()

    assert looked.tickets >= 4
    assert looked.new_events == 0
    assert remembered(world.partner.pk) == before


def test_trouble_is_kept_for_the_page_and_the_next_look_comes_later_each_time(desk):
    down = Reach(desk.reach.sender, {ADDRESS: Dying(desk.odoo, 0)})
    waits = []

    for _ in range(3):
        desk.now = desk.following.look_at
        desk.look(minutes=1, reach=down)
        waits.append(desk.following.look_at - desk.now)

    assert desk.following.failures == 3
    assert waits[0] < waits[1] < waits[2]
    desk.look(minutes=31)
    assert (desk.following.failures, desk.following.trouble) == (0, None)


def test_a_look_is_one_workers(desk):
    desk.open(1)

    assert desk.look() is not None
    assert desk.look(minutes=0) is not None
    desk.now -= timedelta(minutes=2)
    assert desk.look(minutes=0, clock=lambda: desk.now - timedelta(minutes=2)) is None


def test_an_account_that_may_not_read_tracked_changes_is_told_so(world, desk):
    desk.open(3)
    key = Key("goodstanding", SECRET, NOW - timedelta(days=1))
    seen = frozenset(desk.odoo.store.models) - {"mail.tracking.value"}
    desk.odoo.set_account(replace(auditor("auditor", "pw-auditor", keys=(key,)), reads=seen), at=NOW)

    looked = desk.look()

    assert "tracked changes" in looked.trouble.said
    assert "mail.tracking.value" in looked.trouble.advice
    assert board() == {}


@pytest.mark.proves("CLOCK-2")
def test_a_stage_that_gets_another_meaning_is_read_anew_with_everything_taken_so_far(world, desk):
    ticket = desk.open(30)
    desk.move(ticket, 20, "Waiting for customer")
    desk.look()
    first = outcome(desk)

    desk.follow(stages={"Waiting for customer": {"kind": "resolved", "owner": None}})
    desk.look()
    assert board() == {}

    desk.follow()
    desk.look()
    again = Desk(World("baltica", "Baltica ERP"))
    twin = again.open(30)
    again.move(twin, 20, "Waiting for customer")
    again.look()

    assert board()["HT00001"].waiting_on == "customer"
    clocks = remembered(world.partner.pk)["clocks"]
    assert {(row["clock"], row["state"], row["target"]) for row in clocks} == {
        (row["clock"], row["state"], row["target"]) for row in remembered(again.world.partner.pk)["clocks"]
    }
    assert "paused" in first


def test_what_two_looks_have_found_the_same_is_not_read_a_third_time_and_a_change_is(desk):
    tickets_of_the_hour = [desk.open(0.05) for _ in range(3)]
    desk.look()

    again, settled_by_now = desk.look(), desk.look()
    desk.odoo.post("helpdesk.ticket", tickets_of_the_hour[0], "<p>Answer</p>", at=desk.now, by="marta")
    desk.odoo.write("helpdesk.ticket", tickets_of_the_hour[1], {"priority": "3"}, at=desk.now, by="marta")
    changed = desk.look()

    assert (again.tickets, settled_by_now.tickets) == (3, 0)
    assert (changed.tickets, changed.new_events) == (2, 2)


@pytest.mark.proves("CLOCK-1")
def test_a_notice_that_only_one_person_may_read_hides_no_message_after_it(desk):
    ticket = desk.open(60)
    desk.odoo.post("helpdesk.ticket", ticket, "<p>Assigned to you</p>", at=desk.at(59), kind="user_notification")
    for number in range(510):
        desk.reply(ticket, 50 - number / 60, "<p>Still at it</p>")
    desk.move(ticket, 20, "Done")
    desk.look()
    resolved = kinds().count(K.RESOLVED)

    desk.hear(ticket, 1)
    desk.odoo.post("helpdesk.ticket", ticket, "<p>Assigned to you</p>", at=desk.at(0.5), kind="user_notification")
    desk.look()

    assert kinds().count(K.STAFF_REPLIED) == 510
    assert resolved == 1
    assert kinds()[-1] is K.CLIENT_REPLIED


@pytest.mark.proves("CLOCK-10")
def test_what_a_client_rated_in_odoo_is_their_satisfaction_and_the_last_word_counts(desk):
    ticket = desk.open(30)
    rated = {"res_model": "helpdesk.ticket", "res_id": ticket, "rating": 5.0, "feedback": "thanks", "consumed": True}
    number = desk.odoo.create("rating.rating", rated, at=desk.at(2))
    desk.odoo.create("rating.rating", rated | {"rating": 0.0, "consumed": False}, at=desk.at(2))
    desk.look()
    first = answers.scores(EVERYTHING, [found().public_id])

    desk.odoo.write("rating.rating", number, {"rating": 1.0}, at=desk.now, by="admin")
    desk.odoo.write("helpdesk.ticket", ticket, {"name": "Invoices print three times"}, at=desk.now, by="admin")
    desk.look()

    assert list(first.values()) == [5]
    assert list(answers.scores(EVERYTHING, [found().public_id]).values()) == [1]


@pytest.mark.proves("CLOCK-1")
@pytest.mark.parametrize("series", ["17.0", "18.0", "19.0"])
def test_a_task_ends_by_its_state_whatever_stage_it_is_in(world, series):
    desk = Desk(world, series, client=world.ferrante, desk="project")
    stage = desk.odoo.create("project.task.type", {"name": "In Progress", "sequence": 1}, at=desk.at(90))
    project = desk.odoo.create("project.project", {"name": "Support"}, at=desk.at(90))
    values = {"name": "Report", "stage_id": stage, "state": "01_in_progress", "project_id": project}
    task = desk.odoo.create("project.task", values, at=desk.at(30), by="admin")
    desk.odoo.post("project.task", task, "<p>On it</p>", at=desk.at(28), by="marta")
    desk.odoo.write("project.task", task, {"state": "1_done"}, at=desk.at(20), by="marta")
    desk.odoo.write("project.task", task, {"state": "01_in_progress"}, at=desk.at(10), by="marta")

    desk.look()

    ref = f"#{task}"
    assert kinds(ref) == [K.OPENED, K.PROGRESS, K.STAFF_REPLIED, K.RESOLVED, K.REOPENED, K.PROGRESS]
    assert {each.event.at for each in story(ref) if each.event.kind is K.RESOLVED} == {desk.at(20)}
