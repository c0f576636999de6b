"""Waivers, and any history measured under other promises (CLOCK-8, CLOCK-9)."""

from dataclasses import replace

import pytest

from goodstanding.core.desk.assess import assess
from goodstanding.core.desk.case import Waiver
from goodstanding.core.desk.policy import ClockKind, Policy, Reopening, ReopenMode
from goodstanding.core.desk.replay import replay, under
from goodstanding.core.desk.verdict import ClockState
from tests.core.desk.stories import GOLD, OFFICE, bound, case, event, judged, opened, reply, rome, rule, verdict

STRICT = Policy(name="strict", rules=(rule("response", "30 min", priority="P3"), rule("resolution", "2 h", priority="P3")))


@pytest.mark.proves("CLOCK-8")
def test_a_waived_breach_stays_a_breach_and_carries_its_waiver():
    waiver = Waiver(reason="client asked us to wait", author="Marta Rizzo", granted_at=rome("9 10:00"))
    told = case(opened("2 09:00"), waivers=(waiver,))

    found = verdict(told, "9 12:00", "response")

    assert found.state is ClockState.BREACHED
    assert found.waiver == waiver


@pytest.mark.proves("CLOCK-8")
@pytest.mark.parametrize("missing", ["reason", "author"])
def test_a_waiver_without_a_reason_or_a_name_is_refused(missing):
    with pytest.raises(ValueError, match="a reason and the name"):
        Waiver(**({"reason": "flood", "author": "Marta Rizzo", "granted_at": rome("9 10:00")} | {missing: " "}))


def test_a_waiver_of_one_clock_leaves_the_others():
    waiver = Waiver(reason="flood", author="Marta Rizzo", granted_at=rome("9 10:00"), clock=ClockKind.RESPONSE)
    told = case(opened("2 09:00"), waivers=(waiver,))

    assert verdict(told, "9 12:00", "response").waiver is not None
    assert verdict(told, "9 12:00", "resolution").waiver is None


def test_a_waiver_of_one_cycle_leaves_the_others():
    first = opened("2 09:00", "P1")
    told = case(first, event("resolved", "2 18:00"), event("reopened", "3 09:00"))
    cycles = replace(GOLD, reopening=Reopening(ReopenMode.NEW_CYCLE))
    waiver = Waiver(reason="flood", author="Marta Rizzo", granted_at=rome("9 10:00"), cycle=first.id)

    one, two = judged(replace(told, assignments=(bound(cycles),), waivers=(waiver,)), "9 12:00").of(ClockKind.RESOLUTION)

    assert (one.waiver, two.waiver) == (waiver, None)


@pytest.mark.proves("CLOCK-9")
def test_replay_under_another_policy_is_what_that_policy_would_have_judged():
    told = case(opened("2 09:00"), reply("2 10:00"), event("resolved", "2 12:00"))

    replayed = next(replay([told], STRICT, as_of=rome("9 12:00"), slots={"support": OFFICE}))
    promised = assess(case(*told.events, policy=STRICT), as_of=rome("9 12:00"), explain=False)

    assert [each.state for each in replayed.verdicts] == [ClockState.BREACHED, ClockState.BREACHED]
    assert [replace(each, assignment=None) for each in replayed.verdicts] == [
        replace(each, assignment=None) for each in promised.verdicts
    ]


@pytest.mark.proves("CLOCK-9")
def test_replay_under_its_own_policy_changes_no_verdict():
    told = case(opened("2 09:00"), reply("2 14:30"), event("priority_changed", "2 15:00", priority="P1"))

    replayed = next(replay([told], GOLD, as_of=rome("9 12:00"), slots={"support": OFFICE}, explain=True))

    mine = judged(told, "9 12:00")
    assert [replace(each, assignment="") for each in replayed.verdicts] == [
        replace(each, assignment="") for each in mine.verdicts
    ]


def test_replay_covers_a_client_who_was_promised_nothing():
    told = case(opened("2 09:00"), reply("2 09:10"), assignments=())

    replayed = next(replay([told], STRICT, as_of=rome("9 12:00"), slots={"support": OFFICE}))

    assert replayed.of(ClockKind.RESPONSE)[0].state is ClockState.MET


def test_replay_in_another_familys_words_goes_by_rank():
    retainer = Policy(name="active", rules=(rule("response", "1 h", priority="S1"),))
    told = case(opened("2 09:00", "P3"), event("priority_changed", "2 09:30", priority="P1"), priority="P3")
    names = {f"P{rank}": f"S{rank}" for rank in range(1, 5)}

    replayed = next(replay([told], retainer, as_of=rome("2 12:00"), slots={"support": OFFICE}, ranks=names))

    assert replayed.priority == "S1"
    assert replayed.of(ClockKind.RESPONSE)[0].breach.at == rome("2 10:00")


def test_replay_sets_changes_of_tier_aside():
    told = case(opened("2 09:00"), event("tier_changed", "2 10:00", tier="gone"))

    assert [each.kind for each in under(told, STRICT, slots={}).events] == ["opened"]
