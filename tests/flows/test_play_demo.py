"""The demo is the same for everybody, is completed after a crash, and goes on with the time (short histories, to be quick)."""

from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import pytest
from django.db import transaction
from django.test import override_settings

from goodstanding.adapters.demo import helpdesk
from goodstanding.adapters.demo.clients import CLIENT
from goodstanding.adapters.demo.helpdesk import IN_ODOO
from goodstanding.adapters.demo.world import happenings_between
from goodstanding.apps.desk import queries
from goodstanding.apps.desk.values import BoardFilter
from goodstanding.apps.instances import actions as connections
from goodstanding.apps.instances import queries as instances
from goodstanding.apps.runs import queries as runs
from goodstanding.apps.tenancy import queries as tenancy
from goodstanding.apps.unit import NotFound
from goodstanding.flows import follow_tickets as following
from goodstanding.flows import play_demo, play_odoo
from goodstanding.flows.follow_tickets import follow_tickets
from goodstanding.flows.reach_odoo import Reach
from tests.apps.world import EVERYTHING, NOW, World
from tests.flows.odoo_desk import OutOfReach
from tests.flows.rows import remembered, settled

pytestmark = pytest.mark.django_db

START, DAYS = NOW - timedelta(hours=30), 9
LONG = DAYS + 1


@pytest.fixture(scope="module", autouse=True)
def few_at_a_time():
    """Short histories take several batches too; and it is not asked here how dear it is to try passwords."""
    with (
        pytest.MonkeyPatch.context() as patch,
        override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]),
    ):
        patch.setattr(play_demo, "happenings_between", partial(happenings_between, batch=100))
        patch.setattr(following._chunks, "__defaults__", (20,))
        yield


class Left(Exception):
    """Somebody who stops the demo while it is being set up."""


def partner():
    return next(each for each in tenancy.partners(EVERYTHING) if each.key == play_demo.PARTNER.key)


def told():
    """What is remembered, under one name for the Odoo, which has another at each start."""
    odoo = play_odoo.instance_of(partner().pk)
    source = "?" if odoo is None else odoo.source

    def renamed(row):
        return {name: value.replace(source, "odoo") if isinstance(value, str) else value for name, value in row.items()}

    rows = remembered(partner().pk)
    kinds = ("tickets", "events", "clocks")
    return settled(rows | {kind: sorted(map(renamed, rows[kind]), key=repr) for kind in kinds})


class Running:
    """The demo as it runs: it goes on, and its Odoo is looked at when that is due."""

    def __init__(self, at):
        self.now = at
        self.odoo = play_odoo.PlayedOdoo(lambda: self.now)
        self.reach = Reach(OutOfReach(), {play_odoo.ADDRESS: self.odoo})

    def go_on(self, now):
        """Return what was told, and what of it was read in Odoo."""
        self.now = now
        played = play_demo.top_up(now=now, odoo=self.odoo)
        looks = [follow_tickets(each, reach=self.reach, clock=lambda: now) for each in instances.looks_due(now)]
        return played, sum(each.new_events for each in looks)


def refs_by_client(source):
    """Return the tickets of a source by the name of the client, with the day each was opened on."""
    rows = remembered(partner().pk)
    opened = {each["of"]: each["at"] for each in rows["events"] if each["kind"] == "opened"}
    found = {}
    for row in rows["tickets"]:
        if row["source"].startswith(source):
            found.setdefault(row["whose"], {})[row["ref"]] = opened[row["ref"]]
    return found


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


def test_without_a_demo_there_is_nothing_to_go_on_with():
    with pytest.raises(NotFound):
        play_demo.top_up(now=NOW, odoo=play_odoo.PlayedOdoo(lambda: NOW))


def test_the_demo_leaves_other_partners_alone():
    world = World()
    world.take(world.incoming("T1", ("opened", 1)))
    before = remembered(world.partner.pk)

    play_demo.set_up(now=NOW, days=2)

    assert remembered(world.partner.pk) == before
    assert runs.runs(EVERYTHING) == ()


@pytest.fixture(scope="module")
def undisturbed(once_a_module):
    """What a demo of several batches tells that nobody left, and that begins as the one below does.

    Its partner stays for the tests below: they begin on the same day, and it is set up as a whole before anything is told.
    """
    play_demo._partner(NOW.date() - timedelta(days=LONG), NOW)
    return forgotten(lambda: play_demo.set_up(now=NOW, days=LONG))


def test_a_demo_left_while_it_was_set_up_ends_the_same_as_one_that_was_not(undisturbed, subtests):
    known = []

    def left_and_begun_anew(batches):
        with pytest.raises(Left):
            play_demo.set_up(now=NOW, days=LONG, progress=left_after(batches))
        known.append(len(told()["tickets"]))
        play_demo.set_up(now=NOW, days=LONG)

    for batches in (1, 3):
        with subtests.test(batches=batches):
            assert forgotten(lambda batches=batches: left_and_begun_anew(batches)) == undisturbed
    # Left while tickets were told directly, and while they were read in Odoo.
    assert known[0] < known[1] < len(undisturbed["tickets"])


def test_a_demo_left_yesterday_is_completed_today(undisturbed):
    with pytest.raises(Left):
        play_demo.set_up(now=NOW - timedelta(days=1), days=LONG - 1, progress=left_after(1))
    play_demo.set_up(now=NOW)

    assert told()["events"] == undisturbed["events"]
    assert told()["tickets"] == undisturbed["tickets"]


@pytest.mark.proves("CLOCK-1")
def test_the_tickets_of_three_clients_come_from_the_partners_odoo_once_and_those_before_it_directly():
    play_demo.set_up(now=NOW, days=LONG, days_in_odoo=5)

    odoo, direct = refs_by_client("odoo:"), refs_by_client("demo")
    cut = play_odoo.begins(play_odoo.instance_of(partner().pk))

    assert odoo.keys() == {CLIENT[key].name for key in IN_ODOO}
    assert len(direct) == 12
    for name, refs in odoo.items():
        assert not refs.keys() & direct[name].keys()
        assert min(refs.values()) > max(direct[name].values())
    assert (NOW.date() - cut).days == 5
    priorities = {each["priority"][0] for each in remembered(partner().pk)["tickets"] if each["whose"] == "Suvarnika Castings"}
    assert priorities == {"S"}


@dataclass(frozen=True)
class Begun:
    played: play_demo.Played
    heard: list
    told: dict


@pytest.fixture(scope="module")
def begun(undisturbed):
    """The demo as it was set up a day and a quarter ago; tests above this do without it."""
    heard = []
    played = play_demo.set_up(now=START, days=DAYS, progress=lambda *said: heard.append(said))
    return Begun(played, heard, told())


def test_the_demo_is_set_up_with_people_clients_terms_and_a_history_up_to_now(begun):
    rows = remembered(partner().pk)
    assert (begun.played.tickets, begun.played.events) == (len(rows["tickets"]), len(rows["events"]))
    assert (begun.played.clients, len(rows["clients"])) == (12, 12)
    assert len(rows["standings"]) == begun.played.tickets > 150
    assert {each["trouble"] for each in rows["standings"]} == {""}
    assert {each["state"] for each in rows["clocks"]} >= {"met", "breached", "running"}
    assert max(each["at"] for each in rows["events"]) <= START.timestamp()
    assert begun.heard == sorted(begun.heard)
    assert all(0 <= done <= total for done, total in begun.heard)
    assert play_demo.EMAIL in {each.email for each in tenancy.people(EVERYTHING)}


def test_who_is_told_the_password_can_sign_in_with_it(begun, client):
    assert client.login(email=begun.played.email, password=begun.played.password)


def test_setting_up_again_at_the_same_moment_changes_nothing(begun):
    before = remembered(partner().pk)

    again = play_demo.set_up(now=START, days=DAYS)

    assert again == begun.played
    assert remembered(partner().pk) == before
    assert len(instances.instances(EVERYTHING)) == 1


def test_time_that_passes_brings_what_has_happened_since_and_nothing_twice(begun, undisturbed):
    before = begun.told
    running = Running(START)

    now, added, read = START, 0, 0
    while now < NOW:
        now += timedelta(hours=6)
        played, found = running.go_on(now)
        assert running.go_on(now) == (0, 0)
        added, read = added + played, read + found

    after = told()
    assert added > 100
    assert len(after["events"]) - len(before["events"]) > read > 20
    assert after["events"] == undisturbed["events"]
    assert after["tickets"] == undisturbed["tickets"]


def test_an_odoo_made_anew_a_day_later_tells_the_same_again(begun):
    Running(START).go_on(NOW)
    before = told()

    odoo = play_odoo.instance_of(partner().pk)
    connections.read_again(EVERYTHING, odoo.public_id, now=NOW)
    later = Running(NOW)
    look = follow_tickets(odoo.public_id, reach=later.reach, clock=lambda: NOW)

    assert (look.new_events, look.new_tickets, look.trouble) == (0, 0, None)
    assert look.tickets > 30
    assert told() == before


def test_the_connection_is_one_that_reads_and_whose_key_ends_soon(begun):
    odoo = play_odoo.instance_of(partner().pk)

    assert odoo.following.on
    assert odoo.following.caught_up
    assert (odoo.following.trouble, odoo.following.write_back) == (None, False)
    assert (odoo.version, odoo.account["desks"], odoo.account["administrator"]) == ("18.0", ["oca"], False)
    assert odoo.account["barred"]["tickets"] == []
    assert odoo.examined_at == START
    assert (odoo.key_expires_at - START).days == 25


def test_a_key_that_is_about_to_end_is_renewed_at_the_next_start(begun, monkeypatch):
    later = START + timedelta(days=22)

    def nothing_since(seed, start, end, terms, **given):
        return happenings_between(seed, start, min(end, START), terms, **given)

    monkeypatch.setattr(play_demo, "happenings_between", nothing_since)
    monkeypatch.setattr(helpdesk, "happenings_between", nothing_since)

    play_demo.set_up(now=later)

    odoo = play_odoo.instance_of(partner().pk)
    assert (odoo.key_expires_at - later).days == 25
    assert odoo.following.trouble is None


def test_what_happens_in_odoo_is_looked_at_at_once_and_no_turn_is_taken_from_a_look_that_goes_on(begun):
    running, odoo = Running(START), play_odoo.instance_of(partner().pk)
    assert instances.looks_due(START) == ()

    assert play_demo.top_up(now=NOW, odoo=running.odoo) > 0
    assert instances.looks_due(NOW) == (odoo.public_id,)

    connections.claim(odoo.public_id, now=NOW)
    assert not connections.look_soon(EVERYTHING, odoo.public_id, now=NOW)
    assert instances.looks_due(NOW) == ()


def test_whoever_removes_the_connection_keeps_its_tickets_and_gets_none_of_them_twice(begun):
    connections.forget(EVERYTHING, play_odoo.instance_of(partner().pk).public_id, now=NOW)
    before = refs_by_client("")
    running = Running(START)

    running.go_on(NOW - timedelta(hours=1))
    play_demo.set_up(now=NOW)

    after = refs_by_client("")
    assert play_odoo.instance_of(partner().pk) is None
    for key, client in CLIENT.items():
        assert (after[client.name] == before[client.name]) is (key in IN_ODOO)


def test_somebody_who_stops_following_or_breaks_the_connection_does_not_break_the_demo(begun):
    odoo = play_odoo.instance_of(partner().pk)
    connections.change_access(EVERYTHING, odoo.public_id, login="goodstanding", secret="wrong", key_name="", now=NOW)

    play_demo.set_up(now=NOW)

    assert play_odoo.instance_of(partner().pk).following.trouble["kind"] == "BadCredentials"


def test_tickets_of_the_demo_keep_moving_on_the_board(begun):
    before = {row.ref for row in queries.board(EVERYTHING, BoardFilter(), now=START, limit=500).rows}

    Running(START).go_on(NOW)

    after = {row.ref for row in queries.board(EVERYTHING, BoardFilter(), now=NOW, limit=500).rows}
    assert before - after
    assert after - before
