"""What Odoo says of a ticket, beside the verdict by contract: both in the same lines, and why they differ."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from goodstanding.apps.desk.values import AssignmentRow
from goodstanding.core.desk.commitment import Commitment, Comparison, Said, Why, compare
from goodstanding.core.desk.policy import WALL, ClockKind
from goodstanding.core.desk.verdict import ClockState, Verdict
from goodstanding.delivery import words

_SAID: Final = {Said.RUNNING: "On track", Said.PAUSED: "Paused", Said.MET: "Met", Said.MISSED: "Missed"}
_SIGN: Final = {Said.RUNNING: "running", Said.PAUSED: "paused", Said.MET: "met", Said.MISSED: "breached"}
_STOPS: Final = {
    ClockKind.RESPONSE: "the first answer to the client",
    ClockKind.NEXT_RESPONSE: "the next answer to the client",
    ClockKind.RESOLUTION: "the resolution",
}
_NOTHING: Final = "not told"


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that both measure by: its name, what Odoo has, what the contract has."""

    name: str
    theirs: str
    ours: str


@dataclass(frozen=True, slots=True)
class Beside:
    """A commitment of Odoo's as the page shows it; `sign` and `word` say how it stands there."""

    policy: str
    sign: str
    word: str
    says: str
    because: tuple[str, ...]
    lines: tuple[Line, ...]


def beside(
    commitments: Iterable[Commitment], verdicts: tuple[Verdict, ...], bound: AssignmentRow | None, *, zone: str, now: datetime
) -> tuple[Beside, ...]:
    """Return the commitments of a ticket beside its verdicts; `bound` is what its client is promised, times are in `zone`."""
    compared = (compare(each, verdicts, as_of=now) for each in commitments)
    return tuple(_beside(each, bound, zone) for each in compared)


def _beside(found: Comparison, bound: AssignmentRow | None, zone: str) -> Beside:
    commitment, verdict = found.commitment, found.verdict
    because = () if verdict is None else tuple(_because(why, commitment, verdict, bound) for why in found.why)
    return Beside(
        policy=commitment.policy or "A policy without a name",
        sign=_SIGN[found.standing],
        word=_SAID[found.standing],
        says=_says(found),
        because=because,
        lines=tuple(_lines(found, bound, zone)),
    )


def _says(found: Comparison) -> str:
    clock = words.CLOCK[found.commitment.clock].lower()
    if found.verdict is None:
        return f"The contract has no {clock} clock to hold it against."
    ours = words.STATE[found.verdict.state].lower()
    if found.agrees is None:
        return f"By contract the {clock} is {ours}: there is nothing to hold it against."
    if found.agrees:
        return f"By contract the {clock} is {ours} too."
    return f"By contract the {clock} is {ours}."


def _because(why: Why, commitment: Commitment, verdict: Verdict, bound: AssignmentRow | None) -> str:
    match why:
        case Why.TARGET:
            return f"Odoo allows {words.hours(commitment.target)}, the contract {_target(verdict)}."
        case Why.STOP:
            return f"Odoo stops at the stage {_stage(commitment)}, the contract at {_STOPS[verdict.clock]}."
        case Why.CALENDAR:
            theirs = f"the hours of “{commitment.calendar}”" if commitment.calendar else "other hours"
            return (
                f"Both allow {words.hours(commitment.target)}, but Odoo counts {theirs}, the contract {_hours(verdict, bound)}."
            )
        case Why.PAUSES:
            theirs = f"waits in {_stages(commitment)}" if commitment.pauses else "never waits"
            ours = _waits(verdict)
            return f"Odoo {theirs}, the contract {'was' if ours else 'has not been'} paused{f' {ours}' if ours else ''}."


def _lines(found: Comparison, bound: AssignmentRow | None, zone: str) -> Iterable[Line]:
    commitment, verdict = found.commitment, found.verdict
    ours = verdict if verdict is not None and verdict.target is not None else None
    counted_at = commitment.counted_at
    yield Line("Standing", _SAID[found.standing], "–" if verdict is None else words.STATE[verdict.state])
    yield Line("Allows", _or_none(commitment.target), "–" if ours is None else _target(ours))
    yield Line("Counts", commitment.calendar or _NOTHING, "–" if ours is None else _hours(ours, bound))
    yield Line("Stops at", f"stage {_stage(commitment)}", "–" if ours is None else _STOPS[ours.clock])
    yield Line(
        "Waits",
        f"in {_stages(commitment)}" if commitment.pauses else "never",
        "–" if ours is None else _waits(ours) or "has not",
    )
    yield Line("Deadline", _moment(commitment.deadline_at, zone), "–" if ours is None else _deadline(ours, zone))
    used = _or_none(commitment.consumed)
    if commitment.consumed is not None and counted_at is not None:
        used += f", as of {words.moment(counted_at, zone)}"
    yield Line("Used", used, "–" if ours is None else words.hours(ours.elapsed))


def _deadline(verdict: Verdict, zone: str) -> str:
    if verdict.deadline_at is None and verdict.breach is not None:
        return words.moment(verdict.breach.at, zone)
    return "none while paused" if verdict.state is ClockState.PAUSED else _moment(verdict.deadline_at, zone)


def _moment(at: datetime | None, zone: str) -> str:
    return _NOTHING if at is None else words.moment(at, zone)


def _or_none(length: timedelta | None) -> str:
    return _NOTHING if length is None else words.hours(length)


def _target(verdict: Verdict) -> str:
    return words.target(verdict.rule.target) if verdict.rule is not None else words.hours(verdict.target)


def _hours(verdict: Verdict, bound: AssignmentRow | None) -> str:
    if verdict.rule is not None and verdict.rule.target.slot == WALL:
        return "around the clock"
    return f"“{bound.calendar_name}”, {bound.zone}" if bound is not None else "its service hours"


def _stage(commitment: Commitment) -> str:
    return f"“{commitment.stage}”" if commitment.stage else "of no name"


def _stages(commitment: Commitment) -> str:
    return ", ".join(f"“{each}”" for each in commitment.pauses)


def _waits(verdict: Verdict) -> str:
    owners = [owner for owner, _ in verdict.paused_by]
    return ", ".join(words.OWNER[each] for each in owners)
