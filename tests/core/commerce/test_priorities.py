"""Priorities and severities: what each means, how they compare, and what the guided classifier proposes."""

import pytest

from goodstanding.core.commerce.priorities import DEFINITIONS, Family, TierError, priorities, rank, renamed
from goodstanding.core.desk.classify import Facts, Hit, WayRound, classify


@pytest.mark.proves("TIER-3")
@pytest.mark.parametrize(
    ("family", "expected"),
    [
        (Family.SUPPORT_PLAN, [("P1", "critical"), ("P2", "high"), ("P3", "medium"), ("P4", "low")]),
        (Family.RETAINER, [("S1", "critical"), ("S2", "major"), ("S3", "minor"), ("S4", "enhancement")]),
    ],
)
def test_each_family_defines_its_four_priorities_from_the_most_urgent_down(
    family: Family, expected: list[tuple[str, str]]
) -> None:
    found = [(each.priority, each.name) for each in DEFINITIONS[family]]

    assert found == expected
    assert priorities(family) == tuple(priority for priority, _ in expected)


@pytest.mark.proves("TIER-3")
def test_every_definition_says_what_is_hit_what_it_does_to_the_business_and_gives_an_example() -> None:
    definitions = [each for family in DEFINITIONS.values() for each in family]

    assert len(definitions) == 8
    assert all(each.hit and each.effect and each.example for each in definitions)


@pytest.mark.proves("TIER-3")
def test_no_priority_has_the_definition_of_the_severity_of_its_rank() -> None:
    pairs = zip(DEFINITIONS[Family.SUPPORT_PLAN], DEFINITIONS[Family.RETAINER], strict=True)

    assert all(plan.hit != retainer.hit and plan.example != retainer.example for plan, retainer in pairs)


@pytest.mark.proves("TIER-3")
@pytest.mark.parametrize("word", ["database", "signing in", "e-invoices", "payment gateway"])
def test_the_examples_of_s1_name_the_four_troubles(word: str) -> None:
    s1 = DEFINITIONS[Family.RETAINER][0]

    assert word in s1.example


def test_a_score_tier_has_no_priorities() -> None:
    assert priorities(Family.SCORE) == ()


@pytest.mark.proves("TIER-3")
@pytest.mark.parametrize(("priority", "expected"), [("P1", 1), ("P2", 2), ("S3", 3), ("S4", 4)])
def test_the_rank_of_a_priority_is_its_number(priority: str, expected: int) -> None:
    assert rank(priority) == expected


@pytest.mark.parametrize("text", ["", "P", "P0", "P5", "p1", "S", "Q1", "P11", "2", "P1\n"])
def test_what_is_no_priority_has_no_rank(text: str) -> None:
    with pytest.raises(TierError, match="P1 to P4"):
        rank(text)


@pytest.mark.proves("TIER-3")
def test_priorities_are_renamed_by_rank_both_ways() -> None:
    there = renamed(Family.SUPPORT_PLAN, Family.RETAINER)
    back = renamed(Family.RETAINER, Family.SUPPORT_PLAN)

    assert there == {"P1": "S1", "P2": "S2", "P3": "S3", "P4": "S4"}
    assert {there[back[severity]] for severity in back} == set(back)


@pytest.mark.parametrize("pair", [(Family.SCORE, Family.RETAINER), (Family.SUPPORT_PLAN, Family.SCORE)])
def test_a_score_tier_cannot_be_renamed_to_or_from(pair: tuple[Family, Family]) -> None:
    with pytest.raises(TierError, match="no priorities"):
        renamed(*pair)


# What is hit, the way round, how many people; then what each family proposes.
TROUBLES = {
    "database unreachable": (Hit.ALL, WayRound.NONE, None, "P1", "S1"),
    "nobody can log in": (Hit.ALL, WayRound.NONE, 40, "P1", "S1"),
    "e-invoices are not accepted": (Hit.CORE, WayRound.NONE, None, "P2", "S1"),
    "payment gateway down": (Hit.CORE, WayRound.NONE, 3, "P2", "S1"),
    "all down, but a standby serves": (Hit.ALL, WayRound.GOOD, 40, "P2", "S2"),
    "orders only by hand": (Hit.CORE, WayRound.POOR, 2, "P2", "S2"),
    "orders by import, few people": (Hit.CORE, WayRound.GOOD, 2, "P3", "S3"),
    "orders by import, many people": (Hit.CORE, WayRound.GOOD, 30, "P2", "S2"),
    "approvals stuck for a department": (Hit.WORKFLOW, WayRound.NONE, 10, "P2", "S2"),
    "approvals stuck for two": (Hit.WORKFLOW, WayRound.NONE, 2, "P3", "S3"),
    "report slow": (Hit.WORKFLOW, WayRound.GOOD, 50, "P3", "S3"),
    "element askew": (Hit.LOOKS, WayRound.NONE, 500, "P4", "S4"),
    "a new column": (Hit.WISH, WayRound.NONE, None, "P4", "S4"),
}


@pytest.mark.proves("TIER-3")
@pytest.mark.parametrize("trouble", TROUBLES)
def test_the_classifier_proposes_a_priority_from_the_facts(trouble: str) -> None:
    hit, way_round, users, plan, retainer = TROUBLES[trouble]
    facts = Facts(hit, way_round, users)

    proposed = [
        classify(facts, family=Family.SUPPORT_PLAN).priority("P"),
        classify(facts, family=Family.RETAINER).priority("S"),
    ]

    assert proposed == [plan, retainer]


@pytest.mark.proves("TIER-3")
def test_every_answer_to_the_classifier_gets_a_proposal_with_a_reason() -> None:
    answers = [Facts(hit, way, users) for hit in Hit for way in WayRound for users in (None, 1, 10)]

    proposals = [classify(facts, family=family) for facts in answers for family in ("support_plan", "retainer")]

    assert all(each.rank in (1, 2, 3, 4) and each.reason for each in proposals)
