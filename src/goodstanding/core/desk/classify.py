"""The guided classifier: from plain facts about a trouble to a priority, with the reason (requirements TIER-3)."""

from dataclasses import dataclass
from enum import StrEnum


class Hit(StrEnum):
    """What is hit."""

    ALL = "all"
    """Production is down, or nobody can work."""
    CORE = "core"
    """A core transaction (invoice, payment, order) is blocked."""
    WORKFLOW = "workflow"
    """Another workflow is broken."""
    LOOKS = "looks"
    """How something looks or reads; nothing is blocked."""
    WISH = "wish"
    """A new function or a change."""


class WayRound(StrEnum):
    """How people manage meanwhile."""

    NONE = "none"
    POOR = "poor"
    GOOD = "good"


@dataclass(frozen=True, slots=True)
class Facts:
    """The answers to the classifier's questions; `users` is how many people are affected, None when nobody knows."""

    hit: Hit
    way_round: WayRound = WayRound.NONE
    users: int | None = None
    several: int = 10
    """From how many people on a trouble counts as one of many."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposed rank, 1 the most urgent: P1 of the support plan, S1 of the retainer; and the fact that decided it."""

    rank: int
    reason: str

    def priority(self, letter: str) -> str:
        """Return the rank in a family's own letter, `P` or `S`."""
        return f"{letter}{self.rank}"


def classify(facts: Facts, *, family: str = "support_plan") -> Proposal:
    """Propose a rank from what is hit, the way round and how many are affected.

    Support plan: 1 the whole service without a way round; 2 a main function with a poor way round, or many people; 3 a
    lesser function or a way round; 4 looks and wishes. Retainer: 1 also when a core transaction is impossible. A person
    confirms: the client proposes, triage decides (semantics.md 2, row 50).
    """
    if facts.hit in (Hit.WISH, Hit.LOOKS):
        return Proposal(4, "nothing_blocked")
    many = facts.users is not None and facts.users >= facts.several
    if facts.hit is Hit.ALL:
        return Proposal(1, "all_down") if facts.way_round is not WayRound.GOOD else Proposal(2, "all_down_with_way_round")
    if facts.hit is Hit.CORE:
        if facts.way_round is WayRound.NONE:
            return Proposal(1 if family == "retainer" else 2, "core_blocked")
        return Proposal(2 if many or facts.way_round is WayRound.POOR else 3, "core_with_way_round")
    if facts.way_round is WayRound.NONE:
        return Proposal(2 if many else 3, "workflow_broken")
    return Proposal(3, "workflow_with_way_round")
