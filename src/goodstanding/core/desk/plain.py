"""Policies as plain data, for whoever stores them: what goes in comes out equal."""

from collections.abc import Mapping
from datetime import timedelta
from fractions import Fraction
from typing import Any

from goodstanding.core.clocks.amounts import Amount, Unit
from goodstanding.core.desk.events import PauseOwner
from goodstanding.core.desk.policy import ClockKind, Policy, Reopening, ReopenMode, Target, TargetRule


def policy_to_plain(policy: Policy) -> dict[str, Any]:
    """Return a policy as JSON-ready data: strings, whole numbers, lists and dictionaries."""
    window = policy.reopening.window
    return {
        "name": policy.name,
        "rules": [_rule_to_plain(rule) for rule in policy.rules],
        "pauses": {clock.value: sorted(owner.value for owner in owners) for clock, owners in policy.pauses.items()},
        "reopening": {"mode": policy.reopening.mode.value, "window_seconds": _seconds(window)},
        "grace_after_upgrade_seconds": _seconds(policy.grace_after_upgrade),
        "at_risk": [policy.at_risk.numerator, policy.at_risk.denominator],
    }


def policy_from_plain(data: Mapping[str, Any]) -> Policy:
    """Return the policy that `policy_to_plain` made the data of; raises `PolicyError` where its rules tie."""
    window = data["reopening"]["window_seconds"]
    return Policy(
        name=data["name"],
        rules=tuple(_rule_from_plain(rule) for rule in data["rules"]),
        pauses={ClockKind(clock): frozenset(map(PauseOwner, owners)) for clock, owners in data["pauses"].items()},
        reopening=Reopening(ReopenMode(data["reopening"]["mode"]), None if window is None else timedelta(seconds=window)),
        grace_after_upgrade=timedelta(seconds=data["grace_after_upgrade_seconds"]),
        at_risk=Fraction(*data["at_risk"]),
    )


def _rule_to_plain(rule: TargetRule) -> dict[str, Any]:
    amount = rule.target.amount
    return {
        "clock": rule.clock.value,
        "amount": None if amount is None else [amount.count, amount.unit.value],
        "slot": rule.target.slot,
        "priority": rule.priority,
        "team": rule.team,
        "kind": rule.kind,
        "tags": sorted(rule.tags),
    }


def _rule_from_plain(data: Mapping[str, Any]) -> TargetRule:
    amount = data["amount"]
    return TargetRule(
        clock=ClockKind(data["clock"]),
        target=Target(None if amount is None else Amount(amount[0], Unit(amount[1])), data["slot"]),
        priority=data["priority"],
        team=data["team"],
        kind=data["kind"],
        tags=frozenset(data["tags"]),
    )


def _seconds(duration: timedelta | None) -> int | None:
    return None if duration is None else duration.days * 86_400 + duration.seconds
