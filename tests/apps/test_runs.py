"""The ledger of runs: asked for once, done once, and never lost with its worker."""

from datetime import timedelta

import pytest

from goodstanding.apps.runs import actions, queries
from goodstanding.apps.runs.actions import ATTEMPTS, LEASE, TakenOver
from goodstanding.apps.runs.queries import RunState
from goodstanding.apps.unit import Conflict, NotFound
from tests.apps.world import EVERYTHING, NOW, World

pytestmark = pytest.mark.django_db


def asked(world, key="k", now=NOW):
    return actions.request(EVERYTHING, name="import", key=key, partner=world.partner.pk, params={"file": "a.csv"}, now=now)


def state(run):
    return queries.run(EVERYTHING, run.public_id)


def test_the_same_request_twice_is_one_run():
    world = World()

    first, new = asked(world)
    again, newer = asked(world)

    assert (first.pk, new, newer) == (again.pk, True, False)


def test_a_request_that_was_done_is_not_done_again():
    world = World()
    run, _ = asked(world)
    actions.claim(run.pk, worker="a", now=NOW)
    actions.finish(run.pk, worker="a", now=NOW, result={"tickets": 3})

    again, new = asked(world)

    assert (again.state, again.result, new) == (RunState.DONE, {"tickets": 3}, False)


def test_a_request_that_failed_is_taken_up_again():
    world = World()
    run, _ = asked(world)
    actions.claim(run.pk, worker="a", now=NOW)
    actions.fail(run.pk, worker="a", now=NOW, error="no column", again=False)

    again, new = asked(world)

    assert (again.pk, again.state, new) == (run.pk, RunState.WAITING, True)


def test_a_run_may_take_the_place_of_those_of_its_name_that_wait_for_the_partner_and_of_no_others():
    ours, theirs = World(), World("baltica", "Baltica ERP")

    def rehearse(world, key, name="rehearse"):
        given = {"partner": world.partner.pk, "params": {}, "now": NOW}
        return actions.request(EVERYTHING, name=name, key=key, **given, instead="A newer one took its place.")[0]

    begun, foreign, other = rehearse(ours, "1"), rehearse(theirs, "2"), asked(ours)[0]
    actions.claim(begun.pk, worker="a", now=NOW)
    older, newer = rehearse(ours, "3"), rehearse(ours, "4")

    assert (state(older).state, state(older).error) == (RunState.FAILED, "A newer one took its place.")
    assert state(begun).state is RunState.RUNNING
    assert {state(each).state for each in (foreign, other, newer)} == {RunState.WAITING}


def test_what_may_wait_comes_after_all_others_however_long_it_has_been_due():
    world = World()
    first, second, third = (asked(world, key=f"{number}", now=NOW + timedelta(seconds=number))[0] for number in range(3))
    rehearsal, _ = actions.request(EVERYTHING, name="rehearse", key="r", partner=None, params={}, now=NOW)

    found = queries.due(NOW + timedelta(minutes=1), last=("rehearse",))

    assert found == (first.pk, second.pk, third.pk, rehearsal.pk)


def test_one_worker_gets_a_run_and_the_other_does_not():
    run, _ = asked(World())

    first = actions.claim(run.pk, worker="a", now=NOW)
    second = actions.claim(run.pk, worker="b", now=NOW)

    assert first is not None
    assert second is None


def test_a_run_whose_worker_fell_silent_is_due_again_when_its_lease_ends():
    run, _ = asked(World())
    actions.claim(run.pk, worker="a", now=NOW)

    during = queries.due(NOW + LEASE)
    after = queries.due(NOW + LEASE + timedelta(seconds=1))

    assert (during, after) == ((), (run.pk,))
    assert actions.claim(run.pk, worker="b", now=NOW + LEASE + timedelta(seconds=1)).attempts == 2


def test_progress_keeps_the_lease_and_is_seen():
    run, _ = asked(World())
    actions.claim(run.pk, worker="a", now=NOW)

    actions.progress(run.pk, worker="a", now=NOW + timedelta(seconds=20), done=40, total=160, stage="Taking tickets in")

    assert queries.due(NOW + LEASE + timedelta(seconds=1)) == ()
    assert (state(run).done, state(run).percent, state(run).stage) == (40, 25, "Taking tickets in")


def test_a_worker_that_lost_its_run_hears_it_at_its_next_word_and_changes_nothing():
    run, _ = asked(World())
    actions.claim(run.pk, worker="a", now=NOW)
    later = NOW + LEASE + timedelta(seconds=1)
    actions.claim(run.pk, worker="b", now=later)

    with pytest.raises(TakenOver):
        actions.progress(run.pk, worker="a", now=later, done=1)
    actions.finish(run.pk, worker="a", now=later, result={})

    assert state(run).state is RunState.RUNNING


def test_what_fails_is_tried_again_after_longer_and_longer_waits_and_then_given_up():
    run, _ = asked(World())
    now, waits = NOW, []

    for _ in range(ATTEMPTS):
        due = next(second for second in range(10_000) if queries.due(now + timedelta(seconds=second)))
        waits.append(due)
        now += timedelta(seconds=due)
        actions.claim(run.pk, worker="a", now=now)
        actions.fail(run.pk, worker="a", now=now, error="out of memory", again=True)

    assert waits == sorted(waits)
    assert len(set(waits)) == ATTEMPTS
    assert (state(run).state, state(run).error) == (RunState.FAILED, "out of memory")


def test_work_that_ends_its_workers_is_given_up():
    run, _ = asked(World())
    now = NOW

    for _ in range(ATTEMPTS + 1):
        actions.claim(run.pk, worker="a", now=now)
        now += LEASE + timedelta(seconds=1)

    assert state(run).state is RunState.FAILED
    assert "workers were lost" in state(run).error


def test_a_foreign_run_is_not_found():
    run, _ = asked(World())
    stranger = World("baltica", "Baltica ERP").scope()

    with pytest.raises(NotFound):
        queries.run(stranger, run.public_id)
    assert queries.runs(stranger) == ()


def test_only_a_failed_run_can_be_tried_again():
    run, _ = asked(World())

    with pytest.raises(Conflict):
        actions.retry(EVERYTHING, run, now=NOW)
