"""The course of a clock: what each regime in turn promised it, for whoever has to look ahead along it."""

from collections.abc import Sequence
from dataclasses import dataclass

from goodstanding.core.clocks.clock import WorkingClock
from goodstanding.core.clocks.intervals import Interval, union
from goodstanding.core.desk.explain import Pause
from goodstanding.core.desk.policy import Assignment, ClockKind, TargetRule
from goodstanding.core.desk.reckon import FOREVER
from goodstanding.core.desk.timeline import Regime, Span

# Instants and amounts in this file are epoch seconds and open seconds, as where clocks are judged.


@dataclass(frozen=True, slots=True)
class Terms:
    """What one regime promises one clock, reckoned from the clock's start."""

    start: int
    """From when it was in force for this clock."""
    until: int
    """When the next regime took over; `FOREVER` for the last."""
    regime: Regime
    bound: Assignment | None
    rule: TargetRule | None
    clock: WorkingClock
    pauses: tuple[Pause, ...]
    target: int | None
    deadline: int | None
    due: int | None = None
    """The deadline before any grace."""
    raised_at: int | None = None
    """When the last change brought a nearer deadline, from which on a grace is counted."""

    @property
    def cut(self) -> tuple[Interval, ...]:
        """What is cut out of the clock's time, sorted and free of overlap."""
        return union((pause.start, pause.end) for pause in self.pauses)


@dataclass(frozen=True, slots=True)
class Course:
    """One clock with all the terms it has run under, in order; `served` is when its client's service ends for good."""

    span: Span
    served: int
    terms: tuple[Terms, ...]
    measured: bool = True
    """Whether the source tells what stops it."""

    @property
    def clock(self) -> ClockKind:
        """The kind of clock."""
        return self.span.clock

    @property
    def stop(self) -> int:
        """When it stopped, by an event or with the client's service; `FOREVER` while neither is known."""
        return min(FOREVER if self.span.stop is None else self.span.stop, max(self.served, self.span.start))


def once_running(at: int, cuts: Sequence[Interval]) -> int:
    """Return the instant itself, or when the clock was resumed if it lies in the time cut out after a resolution."""
    return next((end for start, end in cuts if start <= at < end), at)
