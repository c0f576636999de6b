"""What the tests of tiers share: a plain support plan, a plain score tier, and ways to change one thing in them."""

from dataclasses import replace

from goodstanding.core.clocks.amounts import Amount
from goodstanding.core.commerce.priorities import Family
from goodstanding.core.commerce.tier import Consequences, Reading, ScoreCommitments, Tier, plain_readings
from goodstanding.core.desk.policy import ClockKind, Policy, Target, TargetRule


def amount(text: str, slot: str = "support") -> Target:
    return Target(None if text == "no clock" else Amount.parse(text), slot)


def rules(**targets: str) -> tuple[TargetRule, ...]:
    """Read `P1_response="1 h"` as a rule, in the order given."""
    return tuple(
        TargetRule(clock=ClockKind(name.partition("_")[2]), target=amount(text), priority=name.partition("_")[0])
        for name, text in targets.items()
    )


RESPONSES = rules(P1_response="1 h", P2_response="2 h", P3_response="4 h", P4_response="1 bd")


def with_rules(policy_rules: tuple[TargetRule, ...], **fields: object) -> Tier:
    policy = Policy(name="Plain", rules=policy_rules)
    given = {"consequences": Consequences(tickets="service credit", uptime="service credit"), **fields}
    return Tier(key="plain", name="Plain", family=Family.SUPPORT_PLAN, policy=policy, readings=plain_readings(policy), **given)


PLAIN = with_rules(RESPONSES)

COMMITTED = ScoreCommitments(critical=amount("72 h", "always"), critical_at_most=amount("168 h", "always"), high=amount("7 bd"))


def scored(committed: ScoreCommitments = COMMITTED, **fields: object) -> Tier:
    readings = tuple(Reading(name, str(target), target) for name, target in committed.targets.items())
    given = {"consequences": Consequences(score="an emergency review"), **fields}
    return Tier(key="scored", name="Scored", family=Family.SCORE, score=committed, readings=readings, **given)


def holding(minimum: int) -> Tier:
    return scored(replace(COMMITTED, hold=minimum))
