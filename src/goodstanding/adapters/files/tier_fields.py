"""What a tier's file says: the fields of a tier as people write them, in the order of the catalogue."""

import re
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from goodstanding.adapters.files.schema import schema
from goodstanding.adapters.files.yaml12 import inline, inline_list
from goodstanding.core.clocks.amounts import Amount
from goodstanding.core.commerce.priorities import priorities
from goodstanding.core.commerce.tier import HoursRange, Reading, ScoreCommitments, Tier
from goodstanding.core.desk.events import PauseOwner
from goodstanding.core.desk.policy import SUPPORT, ClockKind, Policy

SCHEMA: Final = "tier.schema.json"
NO_CLOCK: Final = "no clock"
ALWAYS: Final = "always"
SECONDS: Final = {"days": 86_400, "day": 86_400, "h": 3600, "min": 60, "s": 1}
"""Spans of time that no calendar touches: a day is 24 hours."""


def fields_of(tier: Tier) -> dict[str, Any]:
    """Return a tier as fields for YAML; raises `ValueError` for times that are no whole seconds."""
    fields: dict[str, Any] = {"key": tier.key, "name": tier.name, "family": str(tier.family), "version": tier.version}
    slots = {each.target.slot for each in tier.readings}
    slot = slots.pop() if len(slots) == 1 else SUPPORT
    fields |= _said(effective_from=tier.effective_from, summary=tier.summary)
    fields["hours"] = tier.hours
    if slot != SUPPORT:
        fields["slot"] = slot
    if tier.policy is not None:
        fields |= _policy_fields(tier, tier.policy, slot)
    if tier.score is not None:
        fields["score"] = _score_fields(tier, tier.score, slot)
    fields |= _said(uptime=tier.uptime and percent(tier.uptime), contact=tier.contact)
    if tier.review is not None:
        fields["review"] = inline(
            {"rhythm": str(tier.review.rhythm)}
            | _said(form=tier.review.form, minutes=tier.review.minutes)
            | _said(written_report=tier.review.written_report, with_leadership=tier.review.with_leadership)
        )
    if tier.price is not None:
        fields["price"] = inline({"from": tier.price.lowest, "to": tier.price.highest, "currency": tier.price.currency})
    if isinstance(tier.hours_a_month, HoursRange):
        fields["hours_a_month"] = inline({"from": tier.hours_a_month.lowest, "to": tier.hours_a_month.highest})
    elif tier.hours_a_month is not None:
        fields["hours_a_month"] = tier.hours_a_month
    fields |= _said(regulatory=tier.regulatory and str(tier.regulatory), upgrades=tier.upgrades and str(tier.upgrades))
    said = tier.consequences
    fields |= _said(consequences=_said(tickets=said.tickets, uptime=said.uptime, score=said.score))
    fields |= _said(
        promises=[
            {"text": each.text} | _said(number=each.number, measured=each.measured, consequence=each.consequence)
            for each in tier.promises
        ]
    )
    return fields


def read_amount(text: str) -> Amount | None:
    """Read an amount, or `no clock` as None; raises `AmountError`."""
    return None if text.strip() == NO_CLOCK else Amount.parse(text)


def _said(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value}


def _policy_fields(tier: Tier, policy: Policy, slot: str) -> dict[str, Any]:
    named: dict[str, dict[str, Any]] = {priority: {} for priority in priorities(tier.family)}
    extra = []
    for rule, reading in zip(policy.rules, tier.readings, strict=True):
        written = _target_field(reading, slot)
        if rule.priority is not None and len(rule.asks) == 1:
            named[rule.priority][rule.clock] = written
        else:
            asked = _said(priority=rule.priority, team=rule.team, kind=rule.kind, tags=inline_list(sorted(rule.tags)))
            extra.append({"clock": str(rule.clock), **asked, "target": written})
    fields: dict[str, Any] = {
        "priorities": {
            priority: inline({str(clock): targets[clock] for clock in ClockKind if clock in targets})
            for priority, targets in named.items()
        }
    }
    fields |= _said(rules=extra)
    fields["pauses"] = {
        str(clock): inline_list([str(owner) for owner in PauseOwner if owner in policy.pauses.get(clock, ())])
        for clock in ClockKind
    }
    window = policy.reopening.window
    fields["reopening"] = inline(
        {"mode": str(policy.reopening.mode), "within": ALWAYS if window is None else span(window, ("days", "h", "min", "s"))}
    )
    if policy.grace_after_upgrade:
        fields["grace_after_upgrade"] = span(policy.grace_after_upgrade, ("h", "min", "s"))
    fields["at_risk"] = percent(policy.at_risk)
    return fields


def _score_fields(tier: Tier, score: ScoreCommitments, slot: str) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "scan": str(score.scan),
        "hold": score.hold,
        "alert_below": score.alert_below,
        "emergency_below": score.emergency_below,
        "improve_by": score.improve_by,
        "improve_within_days": score.improve_within_days,
    }
    return fields | {reading.name: _target_field(reading, slot) for reading in tier.readings}


def _target_field(reading: Reading, slot: str) -> Any:
    """The shortest way to write a target: its printed text, where that reads as the target itself."""
    amount, printed = reading.target.amount, reading.printed
    text = NO_CLOCK if amount is None else str(amount)
    if re.search(schema(SCHEMA)["$defs"]["amount"]["pattern"], printed) and read_amount(printed) == amount:
        text = printed
    more = _said(
        slot=reading.target.slot if reading.target.slot != slot else "",
        printed=printed if printed != text else "",
        prefilled_from=reading.prefilled_from,
    )
    return inline({"amount": text, **more}) if more else text


def percent(share: Fraction) -> str:
    """Write a share exactly: as a percentage where its decimals end, else as a fraction."""
    hundredths = share * 100
    for digits in range(13):
        scaled = hundredths * 10**digits
        if scaled.denominator == 1:
            return f"{Decimal(scaled.numerator).scaleb(-digits):f} %"
    return f"{share.numerator}/{share.denominator}"


def span(length: timedelta, units: tuple[str, ...]) -> str:
    """Write a span of time in the largest of `units` that counts it out; raises `ValueError` where it is no whole second."""
    seconds, rest = divmod(length, timedelta(seconds=1))
    if rest:
        raise ValueError(f"{length} is no whole number of seconds")
    text = next(f"{seconds // SECONDS[unit]} {unit}" for unit in units if seconds % SECONDS[unit] == 0)
    return "1 day" if text == "1 days" else text
