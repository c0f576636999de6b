"""What a history is held to: tiers found by name, priorities by rank, changes on the way."""

from dataclasses import replace
from datetime import timedelta

import pytest

from goodstanding.adapters.files.tiers import catalogue
from goodstanding.core.commerce.holding import Unsuitable, holding, policy_of, rows_by_rank
from goodstanding.core.desk.assess import assess
from goodstanding.core.desk.case import Case
from goodstanding.core.desk.policy import ClockKind
from goodstanding.core.desk.verdict import ClockState
from tests.core.desk.stories import OFFICE, event, opened, reply, rome

SHIPPED = {tier.key: tier for tier in catalogue()}


def held(*events, word="", given="gold", one=False, **fields):
    case = Case(ticket="T", client="Ferrante", events=events, **fields)
    side = holding(SHIPPED[given], OFFICE, known=SHIPPED.values(), one=one)
    return assess(side.bound(case, word), as_of=rome("20 12:00"))


def test_a_tier_is_found_by_key_or_name_in_any_capitals():
    side = holding(SHIPPED["gold"], OFFICE, known=SHIPPED.values())

    assert [side.tiers[side.place(word)].key for word in ("", " GOLD ", "Dedicated  developer", "dedicated")] == [
        "gold",
        "gold",
        "dedicated",
        "dedicated",
    ]
    assert side.place(None) == 0
    assert side.place("tin") == -1


def test_the_given_tier_keeps_its_name_against_one_that_ships():
    mine = replace(SHIPPED["gold"], version=7)

    side = holding(mine, OFFICE, known=SHIPPED.values())

    assert side.tiers[side.place("Gold")].version == 7
    assert [tier.key for tier in side.tiers].count("gold") == 1


def test_a_tier_without_targets_for_tickets_is_no_tier_to_be_held_to():
    side = holding(SHIPPED["gold"], OFFICE, known=SHIPPED.values())

    assert side.place("Score") == -1
    with pytest.raises(Unsuitable, match="promises nothing about tickets"):
        holding(SHIPPED["score-standard"], OFFICE)


def test_a_slot_that_no_calendar_fills_is_refused():
    policy = SHIPPED["gold"].policy
    rules = tuple(replace(rule, target=replace(rule.target, slot="oncall")) for rule in policy.rules)
    readings = tuple(replace(each, target=replace(each.target, slot="oncall")) for each in SHIPPED["gold"].readings)
    oncall = replace(SHIPPED["gold"], policy=replace(policy, rules=rules), readings=readings)

    with pytest.raises(Unsuitable) as refused:
        policy_of(oncall)

    assert refused.value.slot == "oncall"


@pytest.mark.proves("TIER-3")
def test_priorities_of_the_other_family_are_read_by_rank():
    found = held(opened("2 09:00", "P2"), event("resolved", "2 17:00"), given="active")

    assert found.priority == "S2"
    assert found.of(ClockKind.RESPONSE)[0].target == timedelta(hours=4)


def test_a_change_of_priority_is_read_by_rank_too():
    found = held(opened("2 09:00", "S2"), event("priority_changed", "2 10:00", priority="S1"), event("resolved", "2 12:00"))

    assert found.priority == "P1"
    assert found.of(ClockKind.RESOLUTION)[0].target == timedelta(hours=4)


def test_a_change_of_tier_counts_from_the_start_and_keeps_what_was_breached():
    events = (
        opened("2 09:00", "P1"),
        event("tier_changed", "2 15:00", tier="Silver"),
        event("resolved", "2 16:00"),
    )

    found = held(*events)

    resolution = found.of(ClockKind.RESOLUTION)[0]
    assert found.assignment == "silver"
    # Gold's 4 h had passed at 13:00, before the change.
    assert (resolution.state, resolution.breach.at) == (ClockState.BREACHED, rome("2 13:00"))


@pytest.mark.proves("TIER-3")
def test_a_change_to_a_tier_of_the_other_family_finds_its_targets_by_rank():
    events = (opened("2 09:00", "P1"), event("tier_changed", "2 09:05", tier="Active"), reply("2 12:00"))

    response = held(*events).of(ClockKind.RESPONSE)[0]

    assert (response.state, response.target, response.assignment) == (ClockState.BREACHED, timedelta(hours=1), "active")


def test_a_what_if_sets_aside_what_the_history_says_of_tiers():
    events = (opened("2 09:00", "P1"), event("tier_changed", "2 10:00", tier="Bronze"), event("resolved", "2 16:00"))

    found = held(*events, word="nobody knows this one", one=True)

    assert found.assignment == "gold"
    assert found.of(ClockKind.RESOLUTION)[0].state is ClockState.BREACHED


def test_a_corrected_client_is_promised_the_same():
    found = held(opened("2 09:00", "P1"), event("client_changed", "2 10:00", client="Rossi"), event("resolved", "2 11:00"))

    assert (found.client, found.assignment) == ("Rossi", "gold")


def test_rows_are_named_by_rank_only_where_families_meet():
    assert rows_by_rank([SHIPPED["gold"], SHIPPED["silver"]]) == {}
    assert rows_by_rank([SHIPPED["active"], SHIPPED["gold"]])["S2"] == "P2 / S2"
