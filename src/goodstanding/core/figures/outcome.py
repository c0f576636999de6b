"""What became of one ticket beside its clocks: solved at first contact, reopened, escalated (requirements CLOCK-10)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from goodstanding.core.clocks.clock import second_of
from goodstanding.core.desk.verdict import Assessment, ClockState, Verdict
from goodstanding.core.figures.figures import DAY, ESCALATED_FROM, REOPEN_DAYS


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a ticket counts in the figures of `core.figures.figures`, each of which sums these.

    `first_contact` is None of a ticket that was never resolved, or whose source does not tell the replies; `provisional`
    says that it, and `reopened`, can still change by a reopening. `reopened` is None of a ticket that was never resolved.
    """

    first_contact: bool | None
    reopened: bool | None
    provisional: bool
    escalated: bool


def outcome_of(found: Assessment) -> Outcome:
    """Return what became of a ticket, as of the instant it was judged for (semantics.md 1.16).

    Solved at first contact: resolved with one public staff reply and not reopened within `REOPEN_DAYS` days. Escalated: a
    clock used at least `ESCALATED_FROM` of its target. Of a ticket reopened after the window, the first part counts here.
    """
    escalated = any(map(_escalated, found.verdicts))
    resolved = found.first_resolved_at
    if resolved is None:
        return Outcome(None, None, provisional=False, escalated=escalated)
    again = found.first_reopened_at is not None and _seconds(found.first_reopened_at, resolved) <= REOPEN_DAYS * DAY
    replies = found.replies_at_resolution
    return Outcome(
        first_contact=None if replies is None else replies == 1 and not again,
        reopened=again,
        provisional=not again and _seconds(found.as_of, resolved) < REOPEN_DAYS * DAY,
        escalated=escalated,
    )


def _escalated(verdict: Verdict) -> bool:
    if verdict.target is None or verdict.state is ClockState.NOT_MEASURED:
        return False
    return verdict.elapsed // timedelta(seconds=1) >= ESCALATED_FROM * (verdict.target // timedelta(seconds=1))


def _seconds(later: datetime, earlier: datetime) -> int:
    return second_of(later) - second_of(earlier)
