"""Policies: which target each clock of a ticket has, what stops a clock, and what a reopening does."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from itertools import combinations
from types import MappingProxyType
from typing import Final

from goodstanding.core.clocks.amounts import Amount
from goodstanding.core.clocks.calendar import Calendar
from goodstanding.core.clocks.presets import ALWAYS
from goodstanding.core.desk.events import PauseOwner

SUPPORT: Final = "support"
WALL: Final = "always"
"""The two slots that shipped tiers name: an assignment fills `support` with a calendar, `always` is wall time."""


class ClockKind(StrEnum):
    """The clocks of a ticket (requirements CLOCK-3)."""

    RESPONSE = "response"
    NEXT_RESPONSE = "next_response"
    RESOLUTION = "resolution"


class PolicyError(ValueError):
    """A policy that cannot decide; the message names the rules and what to change."""


@dataclass(frozen=True, slots=True)
class Target:
    """An amount of working time in a named slot; `amount` None promises no clock (requirements TIER-4)."""

    amount: Amount | None
    slot: str = SUPPORT

    def __str__(self) -> str:
        if self.amount is None:
            return "no clock"
        return f"{self.amount} of {'wall time' if self.slot == WALL else f'{self.slot} hours'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetRule:
    """Which tickets a target is for; what is None or empty is not asked about.

    A ticket must carry every tag of `tags`. The more a rule asks, the more specific it is.
    """

    clock: ClockKind
    target: Target
    priority: str | None = None
    team: str | None = None
    kind: str | None = None
    tags: frozenset[str] = frozenset()

    @property
    def asks(self) -> frozenset[tuple[str, str]]:
        """What the rule asks of a ticket, as pairs of field and value."""
        fields = (("priority", self.priority), ("team", self.team), ("kind", self.kind))
        return frozenset([(name, value) for name, value in fields if value is not None] + [("tag", tag) for tag in self.tags])

    @property
    def name(self) -> str:
        """The rule as people read it: `response, priority P1 and team hosting`."""
        asked = " and ".join(
            f"{name} {value}" for name, value in sorted(self.asks, key=lambda pair: (pair[0] != "priority", pair))
        )
        return f"{self.clock.replace('_', ' ')}, {asked or 'every ticket'}"


class ReopenMode(StrEnum):
    """What a reopening does to the resolution clock (semantics.md 1.6)."""

    RESUME = "resume"
    """The same clock goes on, the closed time cut out like a pause."""
    NEW_CYCLE = "new_cycle"
    """A new resolution clock starts; the first one keeps its outcome."""


@dataclass(frozen=True, slots=True)
class Reopening:
    """How reopenings count: `mode` within `window`, a new linked ticket after it; no window means always `mode`."""

    mode: ReopenMode = ReopenMode.RESUME
    window: timedelta | None = None


_DEFAULT_PAUSES: Final[Mapping[ClockKind, frozenset[PauseOwner]]] = MappingProxyType(
    {
        ClockKind.RESPONSE: frozenset(),
        ClockKind.NEXT_RESPONSE: frozenset(),
        ClockKind.RESOLUTION: frozenset({PauseOwner.CUSTOMER, PauseOwner.AGREED_DATE}),
    }
)


@dataclass(frozen=True, kw_only=True)
class Policy:
    """What a tier version promises about tickets. Immutable: a change makes another version (semantics.md 1.8).

    `pauses` says, for each clock, whose waiting stops it. `grace_after_upgrade` is the open time that a raised priority
    or tier leaves at least (semantics.md 1.7). `at_risk` is the share of the target from which a clock is at risk.
    """

    name: str
    rules: tuple[TargetRule, ...]
    pauses: Mapping[ClockKind, frozenset[PauseOwner]] = field(default_factory=lambda: _DEFAULT_PAUSES)
    reopening: Reopening = Reopening()
    grace_after_upgrade: timedelta = timedelta()
    at_risk: Fraction = Fraction(3, 4)

    def __post_init__(self) -> None:
        for first, second in ties(self.rules):
            raise PolicyError(
                f"two rules of {self.name} are equally specific and can fit the same ticket: “{first.name}” and "
                f"“{second.name}”; make one of them more specific, or add a rule for tickets that fit both"
            )

    @cached_property
    def _most_specific_first(self) -> Mapping[ClockKind, tuple[tuple[frozenset[tuple[str, str]], TargetRule], ...]]:
        ordered = sorted(self.rules, key=lambda rule: -len(rule.asks))
        return {clock: tuple((rule.asks, rule) for rule in ordered if rule.clock is clock) for clock in ClockKind}

    @property
    def around_the_clock(self) -> bool:
        """Whether any of its targets counts wall time, so that somebody has to be there at every hour (requirements ESC-7)."""
        return any(rule.target.slot == WALL and rule.target.amount is not None for rule in self.rules)

    def rule_for(
        self, clock: ClockKind, priority: str, *, team: str | None = None, kind: str | None = None, tags: Iterable[str] = ()
    ) -> TargetRule | None:
        """Return the most specific rule of a clock that fits, or None when no rule does (requirements TIER-4)."""
        facts = {("priority", priority), ("team", team), ("kind", kind), *(("tag", tag) for tag in tags)}
        return next((rule for asks, rule in self._most_specific_first[clock] if asks <= facts), None)


def ties(rules: Iterable[TargetRule]) -> list[tuple[TargetRule, TargetRule]]:
    """Return the pairs of rules between which some ticket could not decide.

    Two rules of one clock tie when they ask equally much, one ticket can answer both, and no rule that asks more fits
    every ticket that answers both.
    """
    found = []
    listed = list(rules)
    for first, second in combinations(listed, 2):
        if first.clock is not second.clock or len(first.asks) != len(second.asks):
            continue
        both = first.asks | second.asks
        single = [name for name, _ in both if name != "tag"]
        if len(single) != len(set(single)):
            continue
        settled = any(rule.clock is first.clock and len(rule.asks) > len(first.asks) and rule.asks <= both for rule in listed)
        if not settled:
            found.append((first, second))
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """The binding of a client to a tier version and to the calendars that fill its slots, over a span of time.

    A ticket is bound to the assignment in force when it was opened. `until_at` None is open-ended.
    """

    id: str
    client: str
    policy: Policy
    slots: Mapping[str, Calendar]
    from_at: datetime | None = None
    until_at: datetime | None = None

    def calendar(self, slot: str) -> Calendar:
        """Return the calendar in a slot; `always` is wall time, any other must be filled (raises `PolicyError`)."""
        if slot == WALL:
            return ALWAYS
        if slot not in self.slots:
            raise PolicyError(f"{self.policy.name} counts in {slot!r} hours, but no calendar fills that slot for {self.client}")
        return self.slots[slot]

    def in_force(self, at: datetime) -> bool:
        """Whether the assignment covers an instant; `until_at` is not included."""
        return (self.from_at is None or self.from_at <= at) and (self.until_at is None or at < self.until_at)
