"""Tiers: what a support plan, a retainer or a score contract promises, as printed and as it is read (requirements TIER)."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise
from typing import Final

from goodstanding.core.clocks.amounts import DAYS_A_WEEK, Unit
from goodstanding.core.clocks.presets import PRESETS
from goodstanding.core.commerce.priorities import Family, TierError, priorities
from goodstanding.core.desk.policy import WALL, ClockKind, Policy, Reopening, Target, TargetRule

SHIPPED_REOPENING: Final = Reopening(window=timedelta(days=14))
"""How reopenings count where a tier says nothing: the same clock for a fortnight, then a new linked ticket."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A target as its table prints it and as it is counted; printed with every measurement (requirements TIER-1).

    `name` is the name of the target's rule, or the field of the score commitment. `prefilled_from` is the key of the tier whose
    value stands in while the table says no more than “by contract”.
    """

    name: str
    printed: str
    target: Target
    prefilled_from: str = ""

    @property
    def read_as(self) -> str:
        """What is counted, in words: `1 business day of support hours`."""
        return words(self.target)


_UNITS: Final = {
    Unit.SECONDS: "second",
    Unit.MINUTES: "minute",
    Unit.HOURS: "hour",
    Unit.BUSINESS_DAYS: "business day",
    Unit.WEEKS: "week",
}


def words(target: Target) -> str:
    """Write a target out: `4 hours of support hours`, `1 week (5 business days) of support hours`, `24 hours of wall time`."""
    if target.amount is None:
        return "no clock"
    count, unit = target.amount.count, target.amount.unit
    wall = target.slot == WALL
    text = f"{count} {_UNITS[unit]}{'' if count == 1 else 's'}"
    if unit is Unit.WEEKS:
        text += " (7 days each)" if wall else f" ({count * DAYS_A_WEEK} business days)"
    elif unit is Unit.BUSINESS_DAYS and wall:
        text = f"{count} day{'' if count == 1 else 's'} (24 hours each)"
    return f"{text} of {'wall time' if wall else f'{target.slot} hours'}"


def plain_readings(policy: Policy) -> tuple[Reading, ...]:
    """Return readings of targets that no table printed otherwise: each is printed as it is counted."""
    return tuple(Reading(rule.name, words(rule.target), rule.target) for rule in policy.rules)


class Rhythm(StrEnum):
    """How often a contract of the tier reports (requirements TIER-1)."""

    LIVE = "live"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"


@dataclass(frozen=True, slots=True)
class Review:
    """How often and in what form the tier is reviewed; `minutes` is the length of the meeting where there is one."""

    rhythm: Rhythm
    form: str = ""
    minutes: int | None = None
    written_report: bool = False
    with_leadership: bool = False


@dataclass(frozen=True, slots=True)
class PriceRange:
    """What a month costs, both ends included."""

    lowest: Decimal
    highest: Decimal
    currency: str = "USD"

    def __post_init__(self) -> None:
        if not 0 <= self.lowest <= self.highest:
            raise TierError(
                f"a price from {self.lowest} to {self.highest} is no range: write the lower end first", field="price"
            )


@dataclass(frozen=True, slots=True)
class HoursRange:
    """Hours of work that a month includes, both ends included."""

    lowest: Decimal
    highest: Decimal

    def __post_init__(self) -> None:
        if not 0 <= self.lowest <= self.highest:
            raise TierError(
                f"from {self.lowest} to {self.highest} hours is no range: write the lower end first", field="hours_a_month"
            )


class Regulatory(StrEnum):
    """What a retainer does about a new legal duty."""

    ON_REQUEST = "on_request"
    """The client is told, and it is applied when the client asks."""
    PROACTIVE = "proactive"
    BY_CONTRACT = "by_contract"


class Upgrades(StrEnum):
    """What a retainer does about a new major version."""

    PLANNING = "planning"
    PLANNING_AND_DELIVERY = "planning_and_delivery"
    """Delivery too, within the hours of the month."""


@dataclass(frozen=True, slots=True)
class Consequences:
    """What follows when a promise is broken, in the words of the tier's document; empty where nothing is said."""

    tickets: str = ""
    uptime: str = ""
    score: str = ""


@dataclass(frozen=True, slots=True)
class Promise:
    """A promise in words beside the measured ones; clear only with a number, a way of measuring and a consequence."""

    text: str
    number: str = ""
    measured: str = ""
    consequence: str = ""


class Scan(StrEnum):
    """How often an instance is scanned."""

    DAILY = "daily"
    WEEKLY = "weekly"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreCommitments:
    """What a score tier promises about the health score, 0 to 100 (requirements TIER-2; metrics.md F.10).

    `critical` is the target for a critical finding and `critical_at_most` the guarantee; both, and `high`, run from the
    first detection to the verified resolution. The improvement is measured from onboarding.
    """

    critical: Target
    critical_at_most: Target
    high: Target
    scan: Scan = Scan.DAILY
    hold: int = 75
    alert_below: int = 70
    emergency_below: int = 60
    improve_by: int = 15
    improve_within_days: int = 90

    def __post_init__(self) -> None:
        for name in ("hold", "alert_below", "emergency_below", "improve_by"):
            if not 0 <= getattr(self, name) <= 100:
                raise TierError(f"a score of {getattr(self, name)} cannot be: write 0 to 100", field=f"score.{name}")
        if self.improve_within_days < 1:
            raise TierError("an improvement needs at least a day", field="score.improve_within_days")

    @property
    def targets(self) -> Mapping[str, Target]:
        """The targets of findings by field, which is the name of their readings."""
        return {"critical": self.critical, "critical_at_most": self.critical_at_most, "high": self.high}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier:
    """One version of a tier. Immutable: an edit makes another version with its own date (requirements TIER-6).

    Support plans and retainers have a `policy`, score tiers have `score`. `hours` names the preset that an assignment
    fills the slot `support` with unless the contract chooses other hours. `uptime` is the guaranteed share. `readings`
    holds one entry for each target, in the order of the policy's rules. Raises `TierError` for what does not fit.
    """

    key: str
    name: str
    family: Family
    version: int = 1
    effective_from: date | None = None
    """From which day the version counts; None is from the beginning."""
    summary: str = ""
    hours: str = "business"
    policy: Policy | None = None
    score: ScoreCommitments | None = None
    readings: tuple[Reading, ...] = ()
    uptime: Fraction | None = None
    contact: str = ""
    review: Review | None = None
    price: PriceRange | None = None
    hours_a_month: HoursRange | str | None = None
    """A text where the table gives none: `by contract`."""
    regulatory: Regulatory | None = None
    upgrades: Upgrades | None = None
    consequences: Consequences = Consequences()
    promises: tuple[Promise, ...] = ()

    def __post_init__(self) -> None:
        if not re.fullmatch("[a-z0-9]+(-[a-z0-9]+)*", self.key):
            raise TierError(f"{self.key!r} is no key: write small letters, digits and hyphens", field="key")
        if self.version < 1:
            raise TierError("versions are counted from 1", field="version")
        if self.hours not in PRESETS:
            raise TierError(f"{self.hours!r} names no support hours: use {', '.join(PRESETS)}", field="hours")
        if self.uptime is not None and not 0 < self.uptime <= 1:
            raise TierError("an uptime guarantee lies above 0 % and at most at 100 %", field="uptime")
        scored = self.family is Family.SCORE
        if (self.score is not None) is not scored or (self.policy is None) is not scored:
            raise TierError("a score tier has score commitments, any other has targets for tickets", field="family")
        if self.policy is not None:
            _check_policy(self.policy, self)
        if [(each.name, each.target) for each in self.readings] != [*self._targets().items()]:
            raise TierError("each target needs the reading it is printed with, in the order of the targets", field="readings")

    def _targets(self) -> Mapping[str, Target]:
        if self.policy is not None:
            return {rule.name: rule.target for rule in self.policy.rules}
        return self.score.targets if self.score else {}

    def reading(self, rule: TargetRule) -> Reading:
        """Return how a rule of the policy is printed and read; raises `KeyError` for a rule of another policy."""
        return {each.name: each for each in self.readings}[rule.name]


def _check_policy(policy: Policy, tier: Tier) -> None:
    if policy.name != tier.name:
        raise TierError(f"the policy is named {policy.name!r}, its tier {tier.name!r}: name them alike", field="name")
    known = priorities(tier.family)
    for rule in policy.rules:
        if rule.priority is not None and rule.priority not in known:
            raise TierError(
                f"a {tier.family} tier has {', '.join(known)}, not {rule.priority}", field=f"priorities.{rule.priority}"
            )
    for clock, priority in uncovered(policy, tier.family):
        raise TierError(
            f"{priority} has no {clock.replace('_', ' ')} target: write an amount, or “no clock” where none is meant",
            field=f"priorities.{priority}.{clock}",
        )


def uncovered(policy: Policy, family: Family) -> tuple[tuple[ClockKind, str], ...]:
    """Return the clocks and priorities that no rule decides for a plain ticket.

    Every priority has a response target; a clock that one priority has, all have. Silence would look like “no clock”,
    which is a promise to be written down (requirements TIER-4).
    """
    clocks = [clock for clock in ClockKind if clock is ClockKind.RESPONSE or any(rule.clock is clock for rule in policy.rules)]
    return tuple((clock, each) for clock in clocks for each in priorities(family) if policy.rule_for(clock, each) is None)


def cloned(tier: Tier, *, key: str, name: str) -> Tier:
    """Return a tier that promises the same under another key and name: version 1, from the beginning."""
    policy = None if tier.policy is None else replace(tier.policy, name=name)
    return replace(tier, key=key, name=name, policy=policy, version=1, effective_from=None)


def version_on(versions: Iterable[Tier], on: date) -> Tier | None:
    """Return the version in force on a day, or None before the first (semantics.md 1.8; requirements TIER-6).

    Of versions that begin on one day the last stands. Raises `TierError` when a later version begins before an earlier
    one: that would change what a past day was measured by.
    """
    ordered = sorted(versions, key=lambda tier: tier.version)
    for before, after in pairwise(ordered):
        if before.version == after.version:
            raise TierError(f"{after.name} has two versions {after.version}", field="version")
        if _begins(after) < _begins(before):
            raise TierError(
                f"version {after.version} of {after.name} begins before version {before.version}: a version may begin on the "
                "same day or later",
                field="effective_from",
            )
    return next((tier for tier in reversed(ordered) if _begins(tier) <= on), None)


def _begins(tier: Tier) -> date:
    return tier.effective_from or date.min
