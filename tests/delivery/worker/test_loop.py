"""The worker goes on whatever fails in it, ends when it is told to, and lets no long work keep time from being followed."""

import threading
import time
from contextlib import contextmanager
from datetime import timedelta
from itertools import pairwise

import pytest
from django.db import connections
from structlog.testing import capture_logs

from goodstanding.apps.desk import queries
from goodstanding.apps.desk.values import BoardFilter
from goodstanding.apps.documents import actions as documents
from goodstanding.apps.runs import actions as runs
from goodstanding.apps.runs.queries import RunState
from goodstanding.apps.runs.queries import run as run_of
from goodstanding.delivery.worker.loop import TURN, Worker
from goodstanding.flows import import_tickets, play_demo
from goodstanding.flows.import_tickets import Terms
from goodstanding.flows.read_tickets import Told
from tests.apps.world import EVERYTHING
from tests.delivery.web.site import TICKETS, Site

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

    worker.repeat(pytest.fail)


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
        busy = Worker(demo=True).follow_time()

    assert busy
    assert breaches(site) == {"DUE": 1}
    assert [(each["event"], each["what"]) for each in logs] == [("a turn failed", "demo")]


@pytest.mark.django_db
def test_the_demo_goes_on_while_the_worker_runs_but_not_at_every_turn():
    site = Site("other", "Other")
    begun = site.now - timedelta(hours=20)
    before = play_demo.set_up(now=begun, days=3)
    worker = Worker(demo=True)

    worker.follow_time()
    after = play_demo.set_up(now=begun)
    due = worker.demo_due
    worker.follow_time()

    assert after.events > before.events
    assert worker.demo_due == due > site.now


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
