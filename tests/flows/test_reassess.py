"""Standings are derived: made anew at any time they say the same, and time alone moves only what is due."""

import random
from datetime import timedelta

import pytest

from goodstanding.apps.desk import models, queries
from goodstanding.apps.desk.values import BoardFilter, TicketFilter
from goodstanding.apps.runs import queries as runs
from goodstanding.apps.runs.queries import RunState
from goodstanding.apps.tenancy.roles import Role
from goodstanding.apps.tickets import queries as tickets
from goodstanding.apps.unit import Forbidden
from goodstanding.core.desk.board import RowState
from goodstanding.flows import reassess_all
from goodstanding.flows.reassess import BATCH, follow_time, reassess
from goodstanding.flows.work import work
from tests.apps.world import EVERYTHING, NOW, World
from tests.flows.rows import remembered

pytestmark = pytest.mark.django_db


class Left(Exception):
    """Somebody who does not wait for the end."""


def stories(world, count, seed=7):
    """Tickets in every state, opened within the last four days."""
    dice = random.Random(seed)
    told = []
    for number in range(count):
        opened = dice.uniform(0, 96)
        steps = [("opened", opened, {"priority": dice.choice(["P1", "P2", "P3"])})]
        for kind in dice.choice([(), ("staff_replied",), ("staff_replied", "waiting"), ("staff_replied", "resolved")]):
            steps.append((kind, opened * dice.uniform(0.1, 0.9), {"owner": "customer"} if kind == "waiting" else {}))
        told.append(world.incoming(f"T{number}", *steps))
    return told


def of(world):
    return tickets.ticket_pks(EVERYTHING, partner=world.partner.pk)


def test_judging_again_changes_nothing():
    world = World()
    world.take(*stories(world, 60))
    before = remembered(world.partner.pk)

    again = reassess(EVERYTHING, of(world), now=NOW)

    assert (again.judged, again.troubled) == (60, 0)
    assert remembered(world.partner.pk) == before


def test_standings_that_were_lost_are_rebuilt_the_same():
    world = World()
    world.take(*stories(world, 60))
    before = remembered(world.partner.pk)

    models.ClockStanding.objects.all().delete()
    models.Standing.objects.all().delete()
    reassess(EVERYTHING, of(world), now=NOW)

    assert remembered(world.partner.pk) == before


def test_the_order_in_which_tickets_are_judged_changes_nothing():
    world = World()
    world.take(*stories(world, 60), judge=False)
    shuffled = list(of(world))
    random.Random(3).shuffle(shuffled)

    reassess(EVERYTHING, shuffled, now=NOW)

    shuffled_rows = remembered(world.partner.pk)
    reassess(EVERYTHING, of(world), now=NOW)
    assert remembered(world.partner.pk) == shuffled_rows


def test_progress_is_told_after_each_batch_and_work_left_there_is_completed_by_doing_it_again():
    world = World()
    world.take(*(world.incoming(f"T{number}", ("opened", 1, {"priority": "P3"})) for number in range(BATCH + 3)), judge=False)
    heard = []

    def leave(done, total):
        heard.append((done, total))
        raise Left

    with pytest.raises(Left):
        reassess(EVERYTHING, of(world), now=NOW, progress=leave)
    half = queries.board_counts(EVERYTHING, BoardFilter(), now=NOW).total
    reassess(EVERYTHING, of(world), now=NOW, progress=lambda *said: heard.append(said))

    assert half == BATCH
    assert heard == [(BATCH, BATCH + 3), (BATCH, BATCH + 3), (BATCH + 3, BATCH + 3)]
    assert queries.board_counts(EVERYTHING, BoardFilter(), now=NOW).total == BATCH + 3


def test_nothing_to_judge_is_no_work():
    found = reassess(EVERYTHING, [], now=NOW)

    assert (found.judged, found.troubled) == (0, 0)


def test_a_ticket_that_could_not_be_judged_is_well_again_when_what_troubled_it_is_corrected():
    world = World()
    world.take(world.incoming("T1", ("opened", 1, {"priority": "P1"}), ("client_changed", 0.5, {"client": "nobody"})))
    (troubled,) = queries.board(EVERYTHING, BoardFilter(), now=NOW).rows

    world.take(
        world.incoming(
            "T1",
            ("opened", 1, {"priority": "P1"}),
            ("client_changed", 0.5, {"client": "nobody"}),
            ("client_changed", 0.5, {"client": str(world.kestrel.pk), "supersedes": "1"}),
        )
    )

    (well,) = queries.board(EVERYTHING, BoardFilter(), now=NOW).rows
    assert "nobody" in troubled.trouble
    assert (well.trouble, well.client_name) == ("", "Kestrel Outdoor")


def test_following_time_in_small_steps_ends_as_judging_everything_at_the_end():
    world = World()
    world.take(*stories(world, 80))
    end = NOW + timedelta(hours=30)

    now = NOW
    while now < end:
        now += timedelta(minutes=37)
        follow_time(now=min(now, end))

    def board():
        return [
            (row.ref, row.state, row.due_at, row.at_risk_at, row.breaches)
            for row in queries.board(EVERYTHING, BoardFilter(), now=end, limit=200).rows
        ]

    followed, left = board(), queries.looks_due(end, limit=10)
    reassess(EVERYTHING, of(world), now=end)
    assert left == ()
    assert board() == followed
    assert {state for _, state, *_ in followed} >= {RowState.BREACHED, RowState.PAUSED}


def test_following_time_does_a_bounded_piece_and_the_rest_the_next_time():
    world = World()
    world.take(*(world.incoming(f"T{number}", ("opened", 0, {"priority": "P1"})) for number in range(7)))
    later = NOW + timedelta(hours=2)

    pieces = [follow_time(now=later, limit=3).judged for _ in range(4)]

    assert pieces == [3, 3, 1, 0]


def test_a_ticket_that_cannot_be_judged_keeps_no_worker_busy():
    world = World()
    world.take(world.incoming("T1", ("opened", 1), ("client_changed", 0.5, {"client": "nobody"})))

    assert follow_time(now=NOW + timedelta(days=30)).judged == 0


def test_time_is_followed_for_every_partner():
    ours, theirs = World(), World("baltica", "Baltica ERP")
    for world in (ours, theirs):
        world.take(world.incoming("T1", ("opened", 0, {"priority": "P1"})))

    found = follow_time(now=NOW + timedelta(hours=2))

    assert found.judged == 2


def test_judging_everything_anew_is_a_run_that_a_worker_does():
    world = World()
    world.take(*stories(world, 5), judge=False)

    run = reassess_all.request(world.scope(), partner=world.partner.pk, client=None, why="to see", now=NOW)
    work(worker="a", clock=lambda: NOW)

    finished = runs.run(EVERYTHING, run.public_id)
    assert (finished.state, finished.result) == (RunState.DONE, {"judged": 5, "troubled": 0})
    assert len(queries.ticket_list(EVERYTHING, TicketFilter(), now=NOW)[0]) == 5


def test_only_one_clients_tickets_are_judged_anew_where_it_is_named():
    world = World()
    world.take(world.incoming("F", ("opened", 1)), world.incoming("K", ("opened", 1), client=world.kestrel), judge=False)

    reassess_all.request(world.scope(), partner=world.partner.pk, client=world.kestrel.pk, why="to see", now=NOW)
    work(worker="a", clock=lambda: NOW)

    assert [row.ref for row in queries.ticket_list(EVERYTHING, TicketFilter(), now=NOW)[0]] == ["K"]


def test_two_changes_within_a_minute_are_two_runs_and_one_change_is_one():
    world = World()
    asked = {"partner": world.partner.pk, "client": world.ferrante.pk, "now": NOW}

    first = reassess_all.request(world.scope(), why="first change", **asked)
    work(worker="a", clock=lambda: NOW)
    again = reassess_all.request(world.scope(), why="first change", **asked)
    second = reassess_all.request(world.scope(), why="second change", **asked)

    assert again.pk == first.pk
    assert (second.pk != first.pk, second.state) == (True, RunState.WAITING)


def test_judging_everything_anew_needs_the_right_to_set_terms():
    world = World()

    with pytest.raises(Forbidden):
        reassess_all.request(world.scope(Role.TEAM_LEAD), partner=world.partner.pk, client=None, why="to see", now=NOW)
