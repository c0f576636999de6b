"""What a ticket was promised, in seconds of a clock; and what the partner holds itself to where nothing was."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from goodstanding.core.clocks.amounts import Amount, Unit
from goodstanding.core.clocks.clock import WorkingClock, clock_of
from goodstanding.core.desk.policy import SUPPORT, WALL, Assignment, ClockKind, Target


@dataclass(frozen=True, slots=True)
class Allowance:
    """So many open seconds of a clock, counted from a ticket's start."""

    clock: WorkingClock
    seconds: int


_OWN_AIM: Final[Mapping[ClockKind, tuple[Amount, ...]]] = {
    ClockKind.RESPONSE: (
        Amount(1, Unit.HOURS),
        Amount(4, Unit.HOURS),
        Amount(1, Unit.BUSINESS_DAYS),
        Amount(2, Unit.BUSINESS_DAYS),
    ),
    ClockKind.RESOLUTION: (
        Amount(6, Unit.HOURS),
        Amount(2, Unit.BUSINESS_DAYS),
        Amount(4, Unit.BUSINESS_DAYS),
        Amount(8, Unit.BUSINESS_DAYS),
    ),
}
"""By rank, for what a tier leaves open: retainers promise no resolution, and no clock for the smallest wishes."""


def letter_of(bound: Assignment) -> str:
    """Return the letter of the tier's priorities, `P` of support plans or `S` of retainers."""
    return next((rule.priority[0] for rule in bound.policy.rules if rule.priority), "P")


def allowance(
    bound: Assignment, clock: ClockKind, *, rank: int, team: str, kind: str, tags: frozenset[str], start: int
) -> Allowance:
    """Return how long a reply or a resolution may take that starts to count at the epoch second `start`."""
    rule = bound.policy.rule_for(clock, f"{letter_of(bound)}{rank}", team=team, kind=kind, tags=tags)
    target = Target(None) if rule is None else rule.target
    amount, slot = target.amount, target.slot
    if amount is None:
        amount, slot = _OWN_AIM[clock][rank - 1], SUPPORT if SUPPORT in bound.slots else WALL
    counted = clock_of(bound.calendar(slot))
    return Allowance(counted, amount.seconds_from(counted, start, wall=slot == WALL))
