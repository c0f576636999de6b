"""The demo is the same for everybody, is completed after a crash, and goes on with the time (short histories, to be quick)."""

from datetime import timedelta

import pytest
from django.db import transaction

from goodstanding.apps.desk import queries
from goodstanding.apps.desk.values import BoardFilter
from goodstanding.apps.runs import queries as runs
from goodstanding.apps.tenancy import queries as tenancy
from goodstanding.apps.unit import NotFound
from goodstanding.flows import play_demo
from tests.apps.world import EVERYTHING, NOW, World
from tests.flows.rows import remembered, settled

pytestmark = pytest.mark.django_db

DAYS = 32


class Left(Exception):
    """Somebody who stops the demo while it is being set up."""


def partner():
    return next(each for each in tenancy.partners(EVERYTHING) if each.key == play_demo.PARTNER.key)


def told():
    return settled(remembered(partner().pk))


def forgotten(do):
    """What is remembered after doing something, which is then undone."""
    with transaction.atomic():
        do()
        found = told()
        transaction.set_rollback(True)
    return found


def left_after(batches):
    heard = []

    def leave(done, total):
        heard.append(done)
        if len(heard) == batches:
            raise Left

    return leave


def test_the_demo_is_set_up_with_people_clients_terms_and_a_history_up_to_now():
    heard = []

    played = play_demo.set_up(now=NOW, days=DAYS, progress=lambda *said: heard.append(said))

    rows = remembered(partner().pk)
    assert (played.tickets, played.events) == (len(rows["tickets"]), len(rows["events"]))
    assert (played.clients, len(rows["clients"])) == (12, 12)
    assert len(rows["standings"]) == played.tickets > 500
    assert {each["trouble"] for each in rows["standings"]} == {""}
    assert {each["state"] for each in rows["clocks"]} >= {"met", "breached", "running"}
    assert max(each["at"] for each in rows["events"]) <= NOW.timestamp()
    assert heard == sorted(heard)
    assert all(0 <= done <= total for done, total in heard)
    assert play_demo.EMAIL in {each.email for each in tenancy.people(EVERYTHING)}


def test_who_is_told_the_password_can_sign_in_with_it(client):
    played = play_demo.set_up(now=NOW, days=1)

    assert client.login(email=played.email, password=played.password)


@pytest.mark.parametrize("batches", [1, 2])
def test_a_demo_left_while_it_was_set_up_ends_the_same_as_one_that_was_not(batches):
    expected = forgotten(lambda: play_demo.set_up(now=NOW, days=DAYS))

    with pytest.raises(Left):
        play_demo.set_up(now=NOW, days=DAYS, progress=left_after(batches))
    half = told()
    play_demo.set_up(now=NOW, days=DAYS)

    assert len(half["tickets"]) < len(expected["tickets"])
    assert told() == expected


def test_a_demo_left_yesterday_is_completed_today():
    yesterday = NOW - timedelta(days=1)

    def undisturbed():
        play_demo.set_up(now=yesterday, days=DAYS)
        play_demo.set_up(now=NOW)

    expected = forgotten(undisturbed)

    with pytest.raises(Left):
        play_demo.set_up(now=yesterday, days=DAYS, progress=left_after(1))
    play_demo.set_up(now=NOW)

    assert told()["events"] == expected["events"]
    assert told()["tickets"] == expected["tickets"]


def test_setting_up_again_at_the_same_moment_changes_nothing():
    first = play_demo.set_up(now=NOW, days=10)
    before = remembered(partner().pk)

    again = play_demo.set_up(now=NOW, days=10)

    assert again == first
    assert remembered(partner().pk) == before


def test_time_that_passes_brings_what_has_happened_since_and_nothing_twice():
    start = NOW - timedelta(hours=30)
    play_demo.set_up(now=start, days=10)
    before = told()
    expected = forgotten(lambda: play_demo.set_up(now=NOW))

    now, added = start, 0
    while now < NOW:
        now += timedelta(hours=3)
        added += play_demo.top_up(now=now)
        assert play_demo.top_up(now=now) == 0

    after = told()
    assert added == len(after["events"]) - len(before["events"]) > 100
    assert after["events"] == expected["events"]
    assert after["tickets"] == expected["tickets"]


def test_tickets_of_the_demo_keep_moving_on_the_board():
    start = NOW - timedelta(hours=30)
    play_demo.set_up(now=start, days=10)
    before = {row.ref for row in queries.board(EVERYTHING, BoardFilter(), now=start, limit=500).rows}

    play_demo.top_up(now=NOW)

    after = {row.ref for row in queries.board(EVERYTHING, BoardFilter(), now=NOW, limit=500).rows}
    assert before - after
    assert after - before


def test_without_a_demo_there_is_nothing_to_go_on_with():
    with pytest.raises(NotFound):
        play_demo.top_up(now=NOW)


def test_the_demo_leaves_other_partners_alone():
    world = World()
    world.take(world.incoming("T1", ("opened", 1)))
    before = remembered(world.partner.pk)

    play_demo.set_up(now=NOW, days=5)

    assert remembered(world.partner.pk) == before
    assert runs.runs(EVERYTHING) == ()
