"""Tiers in YAML: read, checked, written, and the catalogue that ships (requirements TIER-1, TIER-8)."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cache
from importlib import resources
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from goodstanding.adapters.files.schema import problems
from goodstanding.adapters.files.tier_fields import ALWAYS, NO_CLOCK, SCHEMA, SECONDS, fields_of, read_amount
from goodstanding.adapters.files.yaml12 import Document, FileError, Problem, read, shown, write
from goodstanding.core.commerce.priorities import Family, TierError, priorities
from goodstanding.core.commerce.promises import Doubt, Lack, score_warnings, unclear_promises
from goodstanding.core.commerce.tier import (
    SHIPPED_REOPENING,
    Consequences,
    HoursRange,
    PriceRange,
    Promise,
    Reading,
    Regulatory,
    Review,
    Rhythm,
    Scan,
    ScoreCommitments,
    Tier,
    Upgrades,
    uncovered,
)
from goodstanding.core.desk.events import PauseOwner
from goodstanding.core.desk.policy import SUPPORT, ClockKind, Policy, Reopening, ReopenMode, Target, TargetRule, ties

CATALOGUE: Final = (
    "bronze",
    "silver",
    "gold",
    "platinum",
    "light",
    "active",
    "dedicated",
    "enterprise",
    "score-standard",
)
"""The keys of the tiers that ship, in the order in which they are shown."""

_DEFAULT_PAUSES: Final = Policy(name="as shipped", rules=()).pauses
_DEFAULT_RISK: Final = Policy(name="as shipped", rules=()).at_risk

_LACKING: Final = {
    Lack.NUMBER: "a number that can be checked, such as 4 h or 95 %",
    Lack.MEASURE: "how it is measured",
    Lack.CONSEQUENCE: "what follows when it is broken",
}
_DOUBTED: Final = {
    Doubt.HOLD_TOO_HIGH: ("a minimum below 90", "one new advisory can cost ten points overnight: start at 75 and tighten"),
    Doubt.REPORTED_TOO_SELDOM: ("a report each month or more often", "a score changes faster than a quarter"),
}


def load_tier(source: str | Path, *, name: str = "") -> Tier:
    """Read one tier from a file, or from text, which messages call `name`.

    Raises `FileError` with every problem that keeps the tier from being one; unclear promises do not (`check_tier`).
    """
    tier, found = _read(read(source, name=name))
    if tier is None:
        raise FileError(*found)
    return tier


def check_tier(source: str | Path, *, name: str = "") -> tuple[Problem, ...]:
    """Return all that is wrong with a tier's file, in the order of its lines; nothing for one that is in order.

    The `kind` of a problem is `error`, or for a tier that can be read `unclear` (a promise without number, way of
    measuring or consequence, requirements TIER-8) or `warning` (requirements TIER-2).
    """
    try:
        document = read(source, name=name)
    except FileError as error:
        return error.problems
    tier, found = _read(document)
    if tier is not None:
        for unclear in unclear_promises(tier):
            held = shown(document.at(unclear.field))
            words = held if unclear.field.startswith(("promises", "consequences")) else repr(unclear.promise)
            expected = f"{_LACKING[unclear.lacks]}, for “{unclear.promise}”"
            found.append(document.problem(unclear.field, expected, words, kind="unclear"))
        for warning in score_warnings(tier):
            expected, hint = _DOUBTED[warning.doubt]
            found.append(document.problem(warning.field, expected, hint=hint, kind="warning"))
    return tuple(sorted(found, key=lambda each: each.line))


def dump_tier(tier: Tier) -> str:
    """Write a tier as YAML; `load_tier` gives the same tier back.

    Targets come in the catalogue's order, priority by priority, and rules that ask more after them, so a policy that was
    put together in another order comes back in this one. Raises `ValueError` for times that are no whole seconds.
    """
    return write(fields_of(tier))


@cache
def catalogue() -> tuple[Tier, ...]:
    """Return the tiers that ship, in the order in which they are shown."""
    folder = resources.files("goodstanding.adapters.files").joinpath("catalogue")
    return tuple(load_tier(folder.joinpath(f"{key}.yaml").read_text("utf-8"), name=f"{key}.yaml") for key in CATALOGUE)


def _read(document: Document) -> tuple[Tier | None, list[Problem]]:
    found = [_explained(document, problem) for problem in problems(document, SCHEMA)]
    if found:
        return None, found
    file = _TierFile(document)
    try:
        tier = file.tier()
    except TierError as error:
        # Where problems were noted, parts are missing, and what the tier then says of itself is their echo.
        if not file.problems:
            file.problems.append(document.problem(error.field, "a tier that holds together", str(error)))
    return (None, file.problems) if file.problems else (tier, [])


def _explained(document: Document, problem: Problem) -> Problem:
    """Say why a bare day is refused, since people will write one (semantics.md 1.9)."""
    days = re.fullmatch(r"\s*([0-9]{1,5})\s*d(ays?)?\s*", str(document.at(problem.field)))
    if days is None or not problem.expected.startswith("an amount"):
        return problem
    return replace(problem, hint=f"a day can be read two ways: write {days[1]} bd for business days, or {int(days[1]) * 24} h")


class _TierFile:
    """Turns a document that fits the schema into a tier, and notes what the schema cannot see."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.data: Mapping[str, Any] = document.data
        self.problems: list[Problem] = []

    def tier(self) -> Tier:
        data = self.data
        family = Family(data["family"])
        readings: tuple[Reading, ...] = ()
        policy, score = None, None
        if family is Family.SCORE:
            score = self.score()
            readings = tuple(self.reading(f"score.{name}", name) for name in score.targets)
        else:
            policy, readings = self.policy(family)
        review = data.get("review")
        return Tier(
            key=data["key"],
            name=data["name"],
            family=family,
            version=data.get("version", 1),
            effective_from=self.day("effective_from"),
            summary=data.get("summary", ""),
            hours=data.get("hours", "business"),
            policy=policy,
            score=score,
            readings=readings,
            uptime=self.share("uptime"),
            contact=data.get("contact", ""),
            review=Review(**{**review, "rhythm": Rhythm(review["rhythm"])}) if review else None,
            price=self.price(),
            hours_a_month=self.hours_a_month(),
            regulatory=Regulatory(data["regulatory"]) if "regulatory" in data else None,
            upgrades=Upgrades(data["upgrades"]) if "upgrades" in data else None,
            consequences=Consequences(**data.get("consequences", {})),
            promises=tuple(Promise(**each) for each in data.get("promises", ())),
        )

    def policy(self, family: Family) -> tuple[Policy, tuple[Reading, ...]]:
        rules = self.rules(family)
        self.refuse_ties(rules)
        sound = not self.problems
        data = self.data
        pauses = {ClockKind(clock): frozenset(map(PauseOwner, owners)) for clock, owners in data.get("pauses", {}).items()}
        policy = Policy(
            name=data["name"],
            rules=tuple(rules.values()) if sound else (),
            pauses=MappingProxyType({**_DEFAULT_PAUSES, **pauses}),
            reopening=self.reopening(),
            grace_after_upgrade=_duration(data.get("grace_after_upgrade", "0 s")),
            at_risk=self.share("at_risk") or _DEFAULT_RISK,
        )
        for clock, priority in uncovered(policy, family) if sound else ():
            field = f"priorities.{priority}.{clock}"
            self.problems.append(self.document.problem(field, f"an amount, or “{NO_CLOCK}” where none is meant"))
        targets = {field if field.startswith("priorities") else f"{field}.target": rule for field, rule in rules.items()}
        return policy, tuple(self.reading(field, rule.name) for field, rule in targets.items())

    def refuse_ties(self, rules: Mapping[str, TargetRule]) -> None:
        """Note, for each rule, the earlier ones that fit the same ticket as well as it does; all by name and line."""
        fields = {id(rule): field for field, rule in rules.items()}
        rivals: dict[str, list[str]] = {}
        for first, second in ties(rules.values()):
            named = f"“{first.name}” (line {self.document.line(fields[id(first)])})"
            rivals.setdefault(fields[id(second)], []).append(named)
        for field, others in rivals.items():
            self.problems.append(
                self.document.problem(
                    field,
                    "a rule that asks more, or less, than any other that fits the same ticket",
                    f"“{rules[field].name}” (line {self.document.line(field)}), which ties with {', '.join(others)}",
                    hint="ask more in one of them, such as a priority and a team, or add a rule for tickets that fit both",
                )
            )

    def rules(self, family: Family) -> dict[str, TargetRule]:
        """The rules by their field: those of single priorities in the order of urgency, then the others as written."""
        found = {}
        for priority in priorities(family):
            for clock in ClockKind:
                if clock in self.data["priorities"][priority]:
                    field = f"priorities.{priority}.{clock}"
                    found[field] = TargetRule(clock=clock, target=self.target(field), priority=priority)
        for number, entry in enumerate(self.data.get("rules", ())):
            field = f"rules[{number}]"
            rule = TargetRule(
                clock=ClockKind(entry["clock"]),
                target=self.target(f"{field}.target"),
                priority=entry.get("priority"),
                team=entry.get("team"),
                kind=entry.get("kind"),
                tags=frozenset(entry.get("tags", ())),
            )
            if rule.priority is not None and rule.priority not in priorities(family):
                self.problems.append(
                    self.document.problem(f"{field}.priority", f"one of {', '.join(priorities(family))} in the family {family}")
                )
            if rule.priority is not None and len(rule.asks) == 1:
                place = f"priorities.{rule.priority}.{rule.clock}"
                self.problems.append(
                    self.document.problem(field, "a rule that also asks for a team, a kind or tags", hint=f"else it is {place}")
                )
                continue
            found[field] = rule
        return found

    def target(self, field: str) -> Target:
        said = self.said(field)
        return Target(read_amount(said["amount"]), said.get("slot", self.data.get("slot", SUPPORT)))

    def said(self, field: str) -> Mapping[str, str]:
        value = self.document.at(field)
        return value if isinstance(value, dict) else {"amount": value}

    def reading(self, field: str, name: str) -> Reading:
        said = self.said(field)
        return Reading(name, said.get("printed", said["amount"]), self.target(field), said.get("prefilled_from", ""))

    def score(self) -> ScoreCommitments:
        said = {name: value for name, value in self.data["score"].items() if name != "scan"}
        said |= {name: self.target(f"score.{name}") for name in ("critical", "critical_at_most", "high")}
        return ScoreCommitments(**said, scan=Scan(self.data["score"]["scan"]))

    def reopening(self) -> Reopening:
        said = self.data.get("reopening")
        if said is None:
            return SHIPPED_REOPENING
        return Reopening(ReopenMode(said["mode"]), None if said["within"] == ALWAYS else _duration(said["within"]))

    def share(self, field: str) -> Fraction | None:
        text = self.data.get(field)
        if text is None:
            return None
        share = Fraction(text) if "/" in text else Fraction(text.removesuffix("%").strip()) / 100
        if not 0 < share <= 1:
            self.problems.append(self.document.problem(field, "a percentage above 0 % and at most 100 %"))
            return None
        return share

    def day(self, field: str) -> date | None:
        text = self.data.get(field)
        try:
            return None if text is None else date.fromisoformat(text)
        except ValueError:
            self.problems.append(self.document.problem(field, "a date that is in the calendar"))
            return None

    def price(self) -> PriceRange | None:
        said = self.data.get("price")
        ends = self.ends("price", said)
        return None if ends is None or said is None else PriceRange(*ends, currency=said["currency"])

    def hours_a_month(self) -> HoursRange | str | None:
        said = self.data.get("hours_a_month")
        if said is None or isinstance(said, str):
            return said
        ends = self.ends("hours_a_month", said)
        return None if ends is None else HoursRange(*ends)

    def ends(self, field: str, said: Mapping[str, Any] | None) -> tuple[Decimal, Decimal] | None:
        if said is None:
            return None
        lowest, highest = Decimal(said["from"]), Decimal(said["to"])
        if lowest > highest:
            self.problems.append(self.document.problem(field, "the lower end first", f"from {lowest} to {highest}"))
            return None
        return lowest, highest


def _duration(text: str) -> timedelta:
    """Read a span of time that no calendar touches: a day is 24 hours."""
    count, unit = re.findall("[0-9]+|[a-z]+", text)
    return timedelta(seconds=int(count) * SECONDS[unit])
