"""Priorities and severities: which family has which, what each means, and how the two compare (requirements TIER-3)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class TierError(ValueError):
    """A tier that cannot be; the message says what is wrong and what to write, `field` names the part it lies in."""

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class Family(StrEnum):
    """The three families of the catalogue (requirements TIER-1 and TIER-2)."""

    SUPPORT_PLAN = "support_plan"
    RETAINER = "retainer"
    SCORE = "score"


_LETTERS: Final = {Family.SUPPORT_PLAN: "P", Family.RETAINER: "S"}


@dataclass(frozen=True, slots=True)
class Definition:
    """What one priority or severity means, for documents and for the person who triages (requirements TIER-3)."""

    priority: str
    name: str
    hit: str
    effect: str
    example: str


DEFINITIONS: Final[Mapping[Family, tuple[Definition, ...]]] = MappingProxyType(
    {
        Family.SUPPORT_PLAN: (
            Definition(
                "P1",
                "critical",
                "the service as a whole, and nothing gets people past it",
                "everybody stands still and no money comes in",
                "production answers nobody",
            ),
            Definition(
                "P2",
                "high",
                "a main function, with a poor substitute at best",
                "many people are held up in earnest",
                "sales orders are entered but cannot be confirmed",
            ),
            Definition(
                "P3",
                "medium",
                "a lesser function, and people can do it another way",
                "some people lose time",
                "a stock report runs for minutes instead of seconds",
            ),
            Definition(
                "P4",
                "low",
                "how something looks or reads, or something wished for",
                "few people notice, and nobody is held up",
                "a button hangs a little out of line",
            ),
        ),
        Family.RETAINER: (
            Definition(
                "S1",
                "critical",
                "production, or a transaction the business lives on: no invoice or no payment gets through",
                "business stops until it is mended",
                "the database does not answer; signing in fails for everybody; during business hours e-invoices are not "
                "accepted; the payment gateway takes no payment",
            ),
            Definition(
                "S2",
                "major",
                "a workflow that matters, while invoices and payments go on",
                "a team falls behind with every hour",
                "purchase approvals reach nobody",
            ),
            Definition(
                "S3",
                "minor",
                "a workflow at the side, or one that people can do another way",
                "work goes on with a detour",
                "a filter forgets its setting",
            ),
            Definition(
                "S4",
                "enhancement",
                "nothing that exists: something new, or something that should work differently",
                "none until it is built",
                "a further column in the delivery slip",
            ),
        ),
    }
)
"""The order of both families is the same, their definitions are not: a P2 is no S2."""


def priorities(family: Family) -> tuple[str, ...]:
    """Return the priorities or severities of a family, the most urgent first; a score tier has none."""
    return tuple(each.priority for each in DEFINITIONS.get(family, ()))


def rank(priority: str) -> int:
    """Return how urgent `P2` or `S2` is: 2. Rank 1 is the most urgent. Raises `TierError` for any other text."""
    if not re.fullmatch("[PS][1-4]", priority):
        raise TierError(f"{priority!r} is neither a priority, P1 to P4, nor a severity, S1 to S4")
    return int(priority[1])


def renamed(from_family: Family, to_family: Family) -> Mapping[str, str]:
    """Return the priority of `to_family` that has the rank of each one of `from_family`: `{"P1": "S1", …}`.

    Only for reports by rank and for replays, which say so (requirements TIER-3). Raises `TierError` for a score tier.
    """
    for family in (from_family, to_family):
        if family not in _LETTERS:
            raise TierError(f"a {family} tier has no priorities to rename")
    return dict(zip(priorities(from_family), priorities(to_family), strict=True))
