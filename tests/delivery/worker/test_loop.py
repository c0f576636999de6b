"""The worker goes on whatever fails in it, ends when it is told to, and lets no long work keep time from being followed."""

import threading
import time
from contextlib import contextmanager
from datetime import timedelta
from itertools import pairwise

import pytest
from django.db import connections
from structlog.testing import capture_logs

from goodstanding.adapters.outbound.trouble import Unreachable
from goodstanding.apps.desk import queries
from goodstanding.apps.desk.values import BoardFilter
from goodstanding.apps.documents import actions as documents
from goodstanding.apps.instances import queries as instances
from goodstanding.apps.runs import actions as runs
from goodstanding.apps.runs.queries import RunState
from goodstanding.apps.runs.queries import run as run_of
from goodstanding.apps.tickets import queries as tickets
from goodstanding.delivery.worker.loop import TURN, Worker
from goodstanding.flows import import_tickets, play_demo, play_odoo
from goodstanding.flows.import_tickets import Terms
from goodstanding.flows.reach_odoo import Reach
from goodstanding.flows.read_tickets import Told
from tests.apps.world import EVERYTHING
from tests.delivery.web.site import TICKETS, Site
from tests.flows.odoo_desk import Desk, OutOfReach

SOON = 15.0
"""Seconds after which a test gives up waiting."""


@contextmanager
def running(worker):
    """The worker at work beside the test, told to stop when the test is over."""

    def work():
        try:
            worker.run()
        finally:
            connections.close_all()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield thread
    finally:
        worker.stopping.set()
        thread.join(SOON)
        assert not thread.is_alive()


def until(true):
    """Wait until something is true, and say whether it came true."""
    end = time.monotonic() + SOON
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.05)
    return False


def asked_to_import(site):
    kept = documents.keep(EVERYTHING, partner=site.partner.pk, name="tickets.csv", parts=[TICKETS], now=site.now)
    return import_tickets.request(
        EVERYTHING, partner=site.partner.pk, document=kept.public_id, told=Told(), terms=Terms(zone="UTC"), now=site.now
    )


def breaches(site):
    return {row.ref: row.breaches for row in queries.board(EVERYTHING, BoardFilter(), now=site.now).rows}


def a_ticket_that_is_due(site):
    """Judged two hours ago as on track; by now its response is overdue."""
    site.take(site.incoming("DUE", ("opened", 2, {"priority": "P1"})), now=site.now - timedelta(hours=2))


class Busy(Worker):
    """A worker whose long work lasts until the test lets it end."""

    def __init__(self):
        super().__init__()
        self.begun, self.may_end, self.ended = threading.Event(), threading.Event(), threading.Event()

    def _do_run(self):
        self.begun.set()
        self.may_end.wait(SOON)
        self.ended.set()
        return False


@pytest.mark.django_db
def test_work_that_fails_is_told_and_the_next_is_done():
    worker, order = Worker(), []

    def fails():
        order.append("fails")
        raise RuntimeError("the disk is full")

    def succeeds():
        order.append("succeeds")
        worker.stopping.set()
        return False

    works = iter([fails, fails, succeeds])
    with capture_logs() as logs:
        worker.repeat(lambda: worker.one("something", next(works)) or True)

    assert order == ["fails", "fails", "succeeds"]
    assert [(each["event"], each["what"], each["log_level"], each["exc_info"]) for each in logs] == [
        ("a turn failed", "something", "error", True)
    ] * 2


@pytest.mark.django_db
def test_turns_follow_at_once_while_there_is_more_to_do_and_wait_when_there_is_not():
    worker, turns = Worker(), []

    def turn():
        turns.append(time.monotonic())
        if len(turns) == 6:
            worker.stopping.set()
        return len(turns) != 4

    worker.repeat(turn)

    gaps = [after - before for before, after in pairwise(turns)]
    assert max(gaps[:3] + gaps[4:]) < TURN / 2
    assert gaps[3] >= TURN * 0.9


def test_a_worker_that_waits_ends_as_soon_as_it_is_told_to():
    worker = Worker()
    waiting = threading.Thread(target=worker.repeat, args=(lambda: False,))
    waiting.start()

    began = time.monotonic()
    worker.stopping.set()
    waiting.join(SOON)

    assert not waiting.is_alive()
    assert time.monotonic() - began < TURN / 2


def test_a_worker_told_to_stop_before_it_began_does_nothing():
    worker = Worker()
    worker.stopping.set()

    turns = []

    worker.repeat(lambda: turns.append("taken"))

    assert turns == []


@pytest.mark.django_db
def test_a_run_that_fails_is_logged_and_the_next_run_is_done():
    site = Site()
    broken = site.run(name="dance")
    good = asked_to_import(site)
    worker = Worker()

    with capture_logs() as logs:
        turns = [worker.do_runs() for _ in range(3)]

    assert turns == [True, True, False]
    assert [(each["event"], each["name"], each["error"]) for each in logs] == [("run failed", "dance", "KeyError")]
    assert run_of(EVERYTHING, broken.public_id).state is RunState.WAITING
    assert run_of(EVERYTHING, good.public_id).state is RunState.DONE


@pytest.mark.django_db
def test_a_turn_follows_time_and_says_whether_more_may_be_waiting():
    site = Site()
    a_ticket_that_is_due(site)
    before = breaches(site)
    worker = Worker()

    turns = [worker.follow_time(), worker.follow_time()]

    assert turns == [True, False]
    assert (before, breaches(site)) == ({"DUE": 0}, {"DUE": 1})


@pytest.mark.django_db
def test_a_demo_that_was_never_set_up_is_told_and_time_is_followed_all_the_same():
    site = Site()
    a_ticket_that_is_due(site)

    with capture_logs() as logs:
        worker = Worker(demo=True)
        worker.play()
        busy = worker.follow_time()

    assert busy
    assert breaches(site) == {"DUE": 1}
    assert [(each["event"], each["what"]) for each in logs] == [("a turn failed", "demo")]


@pytest.mark.django_db
def test_the_demo_goes_on_while_the_worker_runs_but_not_at_every_turn():
    site = Site("other", "Other")
    begun = site.now - timedelta(hours=20)
    before = play_demo.set_up(now=begun, days=1)
    worker = Worker(demo=True)

    worker.play()
    looked = worker.follow_odoo()
    after = play_demo.set_up(now=begun)
    due = worker.demo_due
    worker.play()

    assert looked
    assert after.events > before.events
    assert worker.demo_due == due > site.now


@pytest.mark.usefixtures("shared_database")
def test_what_happens_in_the_demos_odoo_comes_in_while_the_worker_runs():
    site = Site("other", "Other")
    play_demo.set_up(now=site.now - timedelta(hours=20), days=1)
    odoo = next(each for each in instances.instances(EVERYTHING) if each.url == play_odoo.ADDRESS)
    before = tickets.counts(EVERYTHING, partner=odoo.partner, source=odoo.source)

    with running(Worker(demo=True)):
        came = until(lambda: tickets.counts(EVERYTHING, partner=odoo.partner, source=odoo.source).events > before.events)

    assert came


def followed(desk):
    return instances.followed(EVERYTHING, desk.following.pk, range(9))


def notes(desk, ticket):
    """What was written back on a ticket."""
    store = desk.odoo.store
    mine = {"res_id": ticket, "create_uid": desk.odoo.uid_of("auditor")}
    return [
        store.value("mail.message", each, "body")
        for each in store.numbers("mail.message")
        if all(store.value("mail.message", each, name) == value for name, value in mine.items())
    ]


class Down:
    """An Odoo that cannot be reached."""

    def send(self, ask):
        raise Unreachable("The connection was cut.")


class Slow:
    """An Odoo that does not answer until the test lets it."""

    def __init__(self, odoo):
        self.odoo, self.asked, self.may_answer = odoo, threading.Event(), threading.Event()

    def send(self, ask):
        self.asked.set()
        self.may_answer.wait(SOON)
        return self.odoo.send(ask)


class Broken:
    """An Odoo at which the product itself fails, in a way that nobody thought of."""

    def send(self, ask):
        raise ZeroDivisionError


def desks(site, *names, **terms):
    """Helpdesks of the site's partner that are due now, by name."""
    began = site.now - timedelta(hours=1)
    return {name: Desk(site, address=f"https://{name}.example", now=began, **terms) for name in names}


def way(desks, **instead):
    inside = {f"https://{name}.example": instead.get(name, desk.odoo) for name, desk in desks.items()}
    return Reach(OutOfReach(), inside)


@pytest.mark.django_db
def test_odoo_desks_that_are_due_are_followed_and_written_back_on_where_that_is_switched_on():
    site = Site()
    two = desks(site, "first") | desks(site, "second", write_back=True)
    opened = {name: desk.open(0.1) for name, desk in two.items()}
    worker = Worker(way=way(two))

    turns = [worker.follow_odoo() for _ in range(3)]

    assert turns == [True, True, False]
    assert [len(followed(desk)) for desk in two.values()] == [1, 1]
    assert notes(two["first"], opened["first"]) == []
    assert len(notes(two["second"], opened["second"])) == 1
    assert "first response due" in notes(two["second"], opened["second"])[0]


@pytest.mark.django_db
def test_a_desk_that_breaks_the_product_stops_none_of_the_others():
    site = Site()
    three = desks(site, "broken", "down", "good")
    three["good"].open(0.1)
    worker = Worker(way=way(three, broken=Broken(), down=Down()))

    with capture_logs() as logs:
        turns = [worker.follow_odoo() for _ in range(3)]

    assert turns == [True, True, False]
    assert set(breaches(site)) == {"HT00001"}
    assert {(each["event"], each.get("what", each.get("error"))) for each in logs} == {
        ("a turn failed", "following"),
        ("trouble with Odoo", "Unreachable"),
    }


@pytest.mark.usefixtures("shared_database")
def test_a_slow_odoo_keeps_no_other_from_being_followed():
    site = Site()
    two = desks(site, "slow", "good")
    two["good"].open(0.1)
    slow = Slow(two["slow"].odoo)

    with running(Worker(way=way(two, slow=slow))):
        assert slow.asked.wait(SOON)
        came = until(lambda: set(breaches(site)) == {"HT00001"})
        still_slow = not slow.may_answer.is_set()
        slow.may_answer.set()

    assert came
    assert still_slow


@pytest.mark.usefixtures("shared_database")
def test_long_work_does_not_keep_time_from_being_followed():
    site = Site()
    worker = Busy()

    with running(worker):
        assert worker.begun.wait(SOON)
        a_ticket_that_is_due(site)
        followed = until(lambda: breaches(site) == {"DUE": 1})
        still_busy = not worker.ended.is_set()
        worker.may_end.set()

    assert followed
    assert still_busy


@pytest.mark.usefixtures("shared_database")
def test_what_is_being_done_is_finished_before_a_worker_ends():
    worker = Busy()

    with running(worker) as thread:
        assert worker.begun.wait(SOON)
        worker.stopping.set()
        thread.join(0.3)
        waited = thread.is_alive() and not worker.ended.is_set()
        worker.may_end.set()

    assert waited
    assert worker.ended.is_set()


@pytest.mark.usefixtures("shared_database")
def test_a_worker_that_is_started_imports_follows_time_and_stops():
    site = Site()
    a_ticket_that_is_due(site)
    run = asked_to_import(site)

    with running(Worker()):
        done = until(lambda: run_of(EVERYTHING, run.public_id).state is RunState.DONE)
        followed = until(lambda: breaches(site).get("DUE") == 1)

    assert done
    assert followed
    assert set(breaches(site)) == {"DUE", "A-1"}


@pytest.mark.usefixtures("shared_database")
def test_two_workers_do_each_run_once():
    site = Site()
    asked = [
        runs.request(EVERYTHING, name="dance", key=str(n), partner=site.partner.pk, params={}, now=site.now)[0]
        for n in range(3)
    ]
    good = asked_to_import(site)

    with running(Worker()), running(Worker()):
        done = until(lambda: run_of(EVERYTHING, good.public_id).state is RunState.DONE)
        tried = until(lambda: all(run_of(EVERYTHING, each.public_id).attempts >= 1 for each in asked))

    assert done
    assert tried
    assert run_of(EVERYTHING, good.public_id).attempts == 1
