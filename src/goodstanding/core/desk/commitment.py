"""What another desk says of its own commitment for a ticket, and where that differs from the verdict by contract."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from goodstanding.core.desk.policy import ClockKind
from goodstanding.core.desk.verdict import ClockState, Verdict


class Said(StrEnum):
    """How a commitment stands, by whoever says so."""

    RUNNING = "running"
    PAUSED = "paused"
    MET = "met"
    MISSED = "missed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Commitment:
    """One policy of another desk on one ticket, as that desk tells it.

    `number` names it in its desk. `target` and `consumed` are working time of the desk's own `calendar`; None where it is
    not told. `consumed` is what the desk had counted at `counted_at`, when it last did. `stage` is the stage that fulfils
    it, `pauses` the stages in which it waits. `state` is what the desk keeps, which may be out of date: `standing`.
    """

    number: int
    policy: str
    clock: ClockKind
    stage: str
    state: Said
    deadline_at: datetime | None
    target: timedelta | None
    consumed: timedelta | None
    counted_at: datetime | None
    calendar: str
    pauses: tuple[str, ...]
    written_at: datetime

    def standing(self, as_of: datetime) -> Said:
        """Return how it stands at an instant: one that runs past its deadline is missed, though its desk writes that down only
        when the ticket next moves (as the field `expired` of helpdesk_mgmt_sla has it)."""
        late = self.state is Said.RUNNING and self.deadline_at is not None and self.deadline_at < as_of
        return Said.MISSED if late else self.state


class Why(StrEnum):
    """Why a desk and a contract may come to different answers."""

    TARGET = "target"
    """They allow a different time."""
    STOP = "stop"
    """A stage fulfils the one, an answer to the client the other."""
    CALENDAR = "calendar"
    """They allow the same time and end at different moments: the hours that count are not the same."""
    PAUSES = "pauses"
    """They wait for different things."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """A commitment beside the verdict of the clock that it is nearest to.

    `agrees` is None where the contract has no answer: no such clock, not measured, called off. `why` names what differs
    in how the two measure, whether or not they agree.
    """

    commitment: Commitment
    standing: Said
    verdict: Verdict | None
    agrees: bool | None
    why: tuple[Why, ...]


_OURS: Final = {
    ClockState.RUNNING: Said.RUNNING,
    ClockState.PAUSED: Said.PAUSED,
    ClockState.MET: Said.MET,
    ClockState.BREACHED: Said.MISSED,
}


def compare(commitment: Commitment, verdicts: tuple[Verdict, ...], *, as_of: datetime) -> Comparison:
    """Return a commitment beside our verdict of the same kind of clock, of several cycles the last one's.

    The desk's is no promise to a client and changes no verdict: nothing is decided here but what to show (CLOCK-3).
    """
    verdict = next((each for each in reversed(verdicts) if each.clock is commitment.clock), None)
    standing = commitment.standing(as_of)
    ours = None if verdict is None else _OURS.get(verdict.state)
    if verdict is None or ours is None:
        return Comparison(commitment, standing, verdict, None, ())
    return Comparison(commitment, standing, verdict, ours is standing, tuple(_differences(commitment, standing, verdict)))


def _differences(commitment: Commitment, standing: Said, verdict: Verdict) -> list[Why]:
    found = []
    same_target = commitment.target is not None and commitment.target == verdict.target
    if commitment.target is not None and verdict.target is not None and not same_target:
        found.append(Why.TARGET)
    if commitment.clock is ClockKind.RESPONSE:
        found.append(Why.STOP)
    paused = bool(verdict.paused_by) or verdict.state is ClockState.PAUSED
    if paused != (standing is Said.PAUSED) and (paused or commitment.pauses):
        found.append(Why.PAUSES)
    ends = (commitment.deadline_at, verdict.deadline_at)
    if same_target and None not in ends and ends[0] != ends[1] and Why.PAUSES not in found:
        found.append(Why.CALENDAR)
    return found
