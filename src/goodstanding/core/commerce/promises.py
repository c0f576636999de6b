"""Promises that cannot be held to: without a number, a way of measuring or a consequence; and score promises too bold."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from goodstanding.core.commerce.tier import Reading, Rhythm, Tier
from goodstanding.core.desk.policy import ClockKind


class Lack(StrEnum):
    """What keeps a promise from being one that can be kept or broken (requirements TIER-8)."""

    NUMBER = "number"
    MEASURE = "measure"
    CONSEQUENCE = "consequence"


@dataclass(frozen=True, slots=True)
class UnclearPromise:
    """A promise that nobody could hold the partner to: the field it stands in, its words, and what it lacks."""

    field: str
    promise: str
    lacks: Lack


_VAGUE: Final = re.compile(
    r"\b(?:best[\s‐‑–-]+efforts?|reasonable[\s-]+(?:efforts?|endeavou?rs)|as\s+(?:soon|fast|quickly)\s+as\s+(?:possible|practicable)"
    r"|asap|when(?:ever)?\s+possible|where(?:ver)?\s+possible|in\s+good\s+time|timely|promptly|without\s+undue\s+delay)\b",
    re.IGNORECASE,
)
_PLACEHOLDERS: Final = frozenset(
    ("", "tbd", "tbc", "na", "n a", "none", "nothing", "to be agreed", "to be decided", "to be defined", "to be confirmed")
)


def unclear_promises(tier: Tier) -> tuple[UnclearPromise, ...]:
    """Return the promises without a number, a way of measuring or a consequence, by name (requirements TIER-8).

    Measured promises (targets, uptime, score) have a number and a clock, so they can only lack a consequence; a target
    printed as “best effort” without a clock, and such words in running text, lack a number. A promise in words lacks
    whatever of the three is missing, is a placeholder such as “tbd”, or, for the number, has no digit.
    """
    return (*_in_texts(tier), *_without_consequence(tier), *_in_words(tier))


def _in_texts(tier: Tier) -> Iterable[UnclearPromise]:
    texts = {
        "summary": tier.summary,
        "contact": tier.contact,
        "review.form": tier.review.form if tier.review else "",
        "hours_a_month": tier.hours_a_month if isinstance(tier.hours_a_month, str) else "",
    }
    texts |= {field: each.printed for field, each in _fields(tier).items() if each.target.amount is None}
    for field, text in texts.items():
        for match in _VAGUE.finditer(text):
            yield UnclearPromise(field, match[0], Lack.NUMBER)


def _fields(tier: Tier) -> Mapping[str, Reading]:
    """The readings by the field of the tier they stand in."""
    if tier.policy is None:
        return {f"score.{reading.name}": reading for reading in tier.readings}
    named, extra = {}, 0
    for rule, reading in zip(tier.policy.rules, tier.readings, strict=True):
        if rule.priority is not None and len(rule.asks) == 1:
            named[f"priorities.{rule.priority}.{rule.clock}"] = reading
        else:
            named[f"rules[{extra}].target"] = reading
            extra += 1
    return named


def _without_consequence(tier: Tier) -> Iterable[UnclearPromise]:
    said = tier.consequences
    if tier.policy is not None and any(rule.target.amount for rule in tier.policy.rules) and _missing(said.tickets):
        clocks = [clock for clock in ClockKind if any(rule.clock is clock and rule.target.amount for rule in tier.policy.rules)]
        promise = ", ".join(clock.replace("_", " ") for clock in clocks)
        yield UnclearPromise("consequences.tickets", f"{promise} targets", Lack.CONSEQUENCE)
    if tier.uptime is not None and _missing(said.uptime):
        yield UnclearPromise("consequences.uptime", "uptime guarantee", Lack.CONSEQUENCE)
    if tier.score is not None and _missing(said.score):
        yield UnclearPromise("consequences.score", "score commitments", Lack.CONSEQUENCE)


def _in_words(tier: Tier) -> Iterable[UnclearPromise]:
    for number, promise in enumerate(tier.promises):
        field = f"promises[{number}]"
        if _missing(promise.number) or not re.search("[0-9]", promise.number):
            yield UnclearPromise(f"{field}.number", promise.text, Lack.NUMBER)
        if _missing(promise.measured):
            yield UnclearPromise(f"{field}.measured", promise.text, Lack.MEASURE)
        if _missing(promise.consequence):
            yield UnclearPromise(f"{field}.consequence", promise.text, Lack.CONSEQUENCE)


def _missing(text: str) -> bool:
    return " ".join(re.findall(r"\w+", text.casefold())) in _PLACEHOLDERS


class Doubt(StrEnum):
    """Why a score commitment is allowed but unwise."""

    HOLD_TOO_HIGH = "hold_too_high"
    """One new advisory can cost ten points overnight: start at 75 and tighten."""
    REPORTED_TOO_SELDOM = "reported_too_seldom"
    """A score is reported at least monthly."""


RISKY_HOLD: Final = 90
"""From this minimum on a single new advisory can break the promise (requirements TIER-2)."""


@dataclass(frozen=True, slots=True)
class ScoreWarning:
    """A warning about a score tier: the field it lies in, why, and the value that caused it."""

    field: str
    doubt: Doubt
    value: int | str


def score_warnings(tier: Tier) -> tuple[ScoreWarning, ...]:
    """Return what is unwise in a score tier; nothing for other families (requirements TIER-2; metrics.md SC-11)."""
    if tier.score is None:
        return ()
    found = []
    if tier.score.hold >= RISKY_HOLD:
        found.append(ScoreWarning("score.hold", Doubt.HOLD_TOO_HIGH, tier.score.hold))
    if tier.review is not None and tier.review.rhythm is Rhythm.QUARTERLY:
        found.append(ScoreWarning("review.rhythm", Doubt.REPORTED_TOO_SELDOM, tier.review.rhythm))
    return tuple(found)
