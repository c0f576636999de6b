"""The facts that figures are counted over: tickets and their clocks as columns, with the dimensions they split by."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

from goodstanding.core.clocks.clock import second_of
from goodstanding.core.desk.columns import CODE_OF, MISSING, Codes, Flags, Longs
from goodstanding.core.desk.events import EventKind, PauseOwner
from goodstanding.core.desk.policy import ClockKind, Target
from goodstanding.core.desk.verdict import Assessment, Verdict

KINDS: Final = tuple(ClockKind)
KIND_CODE: Final = {kind: code for code, kind in enumerate(KINDS)}
OWNERS: Final = tuple(PauseOwner)
_CALLED_OFF: Final = frozenset({EventKind.CANCELLED, EventKind.MERGED})
"""What stops a clock without restoring anything."""


@dataclass(frozen=True, slots=True)
class Dimension:
    """A way to split: a code for each ticket, and what the codes stand for; -1 stands for none."""

    codes: Codes
    names: tuple[str, ...]

    @classmethod
    def of(cls, values: Iterable[str | None]) -> "Dimension":
        """Code a column of names; None and the empty name are none."""
        known: dict[str, int] = {}
        codes = [known.setdefault(value, len(known)) if value else -1 for value in values]
        return cls(np.array(codes, dtype=np.int32), tuple(known))

    def take(self, chosen: Flags | Longs) -> "Dimension":
        """Return some of the rows."""
        return Dimension(self.codes[chosen], self.names)

    def then(self, other: "Dimension") -> "Dimension":
        """Return this column with another one below it."""
        places = {name: code for code, name in enumerate(self.names)}
        moved = np.array([*(places.setdefault(name, len(places)) for name in other.names), -1], dtype=np.int32)
        return Dimension(np.concatenate((self.codes, moved[other.codes])), tuple(places))


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketFacts:
    """One row a ticket; instants in epoch seconds or `MISSING`."""

    source: Longs
    """Which ticket of the source it is: a reopening after the window counts as a ticket of its own (semantics.md 1.6)."""
    opened: Longs
    first_resolved: Longs
    last_resolved: Longs
    reopened: Longs
    """The first reopening after the first resolution."""
    replies: Longs
    """Public staff replies at the first resolution; `MISSING` where the source does not tell."""
    rating: Longs
    """Satisfaction given, on the scale it was asked on; `MISSING` without an answer."""
    incident: Flags
    """Whether it counts for the mean time to restore."""
    dimensions: Mapping[str, Dimension]

    def __len__(self) -> int:
        return len(self.opened)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockFacts:
    """One row a clock; `ticket` points into the tickets, `promise` into the promises, amounts are open seconds."""

    ticket: Longs
    kind: NDArray[np.uint8]
    state: NDArray[np.uint8]
    start: Longs
    stop: Longs
    breached: Longs
    elapsed: Longs
    target: Longs
    promise: Codes
    """What was promised, of a breached clock what was broken; -1 where no rule is for it."""
    waived: Flags
    paused: NDArray[np.int64]
    """Open seconds taken out, a column for each of `OWNERS`; shape (clocks, owners), or (0, owners) where none is known."""

    def __len__(self) -> int:
        return len(self.ticket)


@dataclass(frozen=True, slots=True)
class Facts:
    """Tickets and clocks together, as they stood at `as_of`, an epoch second."""

    tickets: TicketFacts
    clocks: ClockFacts
    as_of: int
    promises: tuple[Target, ...] = ()


@dataclass(frozen=True, slots=True)
class _Part:
    """A ticket as figures count it: a reopening after the window is a ticket of its own (semantics.md 1.6)."""

    assessment: Assessment
    opened: datetime
    verdicts: tuple[Verdict, ...]
    linked: bool

    @property
    def resolution(self) -> Verdict:
        return next(verdict for verdict in self.verdicts if verdict.clock is ClockKind.RESOLUTION)

    @property
    def last_resolution(self) -> Verdict:
        return next(verdict for verdict in reversed(self.verdicts) if verdict.clock is ClockKind.RESOLUTION)

    @property
    def restored_at(self) -> datetime | None:
        last = self.last_resolution
        return None if last.stopped_by in _CALLED_OFF else last.stopped_at

    @property
    def reopened(self) -> datetime | None:
        return self.resolution.resumed_at if self.linked else self.assessment.first_reopened_at

    @property
    def replies(self) -> int:
        known = None if self.linked else self.assessment.replies_at_resolution
        return MISSING if known is None else known


def _parts(assessment: Assessment) -> Iterator[_Part]:
    begins = [assessment.opened_at]
    begins += sorted({each.started_at for each in assessment.verdicts if each.linked})
    ends: list[datetime | None] = [*begins[1:], None]
    for number, (begin, end) in enumerate(zip(begins, ends, strict=True)):
        mine = (each for each in assessment.verdicts if begin <= each.started_at and (end is None or each.started_at < end))
        yield _Part(assessment, begin, tuple(mine), linked=number > 0)


def facts_of(
    assessments: Sequence[Assessment],
    *,
    as_of: datetime,
    dimensions: Mapping[str, Sequence[str | None]] | None = None,
    ratings: Mapping[str, int] | None = None,
    sources: Sequence[int] | None = None,
) -> Facts:
    """Gather assessments made at `as_of` into facts.

    `client`, `priority`, `team`, `agent` and `assignment` are dimensions already; `dimensions` adds others, a value for
    each assessment. `ratings` are by ticket. `sources` number the assessments, else they are counted from 0.
    """
    numbered = [(number, part) for number, each in enumerate(assessments) for part in _parts(each)]
    parts = [part for _, part in numbered]
    own: dict[str, Iterable[str | None]] = {
        "client": (part.assessment.client for part in parts),
        "priority": (part.assessment.priority for part in parts),
        "team": (part.assessment.team for part in parts),
        "agent": (part.assessment.assignee for part in parts),
        "assignment": (part.assessment.assignment for part in parts),
    }
    given = {name: [values[number] for number, _ in numbered] for name, values in (dimensions or {}).items()}
    rated = ratings or {}
    tickets = TicketFacts(
        source=_longs(number if sources is None else sources[number] for number, _ in numbered),
        opened=_instants(part.opened for part in parts),
        first_resolved=_instants(part.resolution.first_stopped_at for part in parts),
        last_resolved=_instants(part.restored_at for part in parts),
        reopened=_instants(part.reopened for part in parts),
        replies=_longs(part.replies for part in parts),
        rating=_longs(MISSING if part.linked else rated.get(part.assessment.ticket, MISSING) for part in parts),
        incident=np.ones(len(parts), dtype=np.bool_),
        dimensions={name: Dimension.of(values) for name, values in {**own, **given}.items()},
    )
    rows = [(number, verdict) for number, part in enumerate(parts) for verdict in part.verdicts]
    verdicts = [verdict for _, verdict in rows]
    paused = np.zeros((len(rows), len(OWNERS)), dtype=np.int64)
    for row, verdict in enumerate(verdicts):
        for owner, lost in verdict.paused_by:
            paused[row, OWNERS.index(owner)] = _seconds(lost)
    promises: dict[Target, int] = {}
    promised = [_promise(each) for each in verdicts]
    clocks = ClockFacts(
        ticket=_longs(number for number, _ in rows),
        kind=np.array([KIND_CODE[each.clock] for each in verdicts], dtype=np.uint8),
        state=np.array([CODE_OF[each.state] for each in verdicts], dtype=np.uint8),
        start=_instants(each.started_at for each in verdicts),
        stop=_instants(each.stopped_at for each in verdicts),
        breached=_instants(None if each.breach is None else each.breach.at for each in verdicts),
        elapsed=_longs(_seconds(each.elapsed) for each in verdicts),
        target=_longs(MISSING if each.target is None else _seconds(each.target) for each in verdicts),
        promise=np.array(
            [-1 if each is None else promises.setdefault(each, len(promises)) for each in promised], dtype=np.int32
        ),
        waived=np.array([each.waiver is not None for each in verdicts], dtype=np.bool_),
        paused=paused,
    )
    return Facts(tickets, clocks, second_of(as_of), tuple(promises))


def joined(first: Facts, second: Facts) -> Facts:
    """Return the facts of two sets of tickets as one; both are of one instant, and only dimensions of both are kept.

    What one of the two does not tell about pauses, nobody tells of the whole. Raises `ValueError` for two instants.
    """
    if first.as_of != second.as_of:
        raise ValueError(f"facts of {first.as_of} and of {second.as_of} do not stand side by side")
    one, other = first.tickets, second.tickets
    shared = [name for name in one.dimensions if name in other.dimensions]
    tickets = TicketFacts(
        source=np.concatenate((one.source, other.source)),
        opened=np.concatenate((one.opened, other.opened)),
        first_resolved=np.concatenate((one.first_resolved, other.first_resolved)),
        last_resolved=np.concatenate((one.last_resolved, other.last_resolved)),
        reopened=np.concatenate((one.reopened, other.reopened)),
        replies=np.concatenate((one.replies, other.replies)),
        rating=np.concatenate((one.rating, other.rating)),
        incident=np.concatenate((one.incident, other.incident)),
        dimensions={name: one.dimensions[name].then(other.dimensions[name]) for name in shared},
    )
    a, b = first.clocks, second.clocks
    promises = {target: code for code, target in enumerate(first.promises)}
    moved = np.array([*(promises.setdefault(target, len(promises)) for target in second.promises), -1], dtype=np.int32)
    told = len(a.paused) == len(a) and len(b.paused) == len(b)
    clocks = ClockFacts(
        ticket=np.concatenate((a.ticket, b.ticket + len(one))),
        kind=np.concatenate((a.kind, b.kind)),
        state=np.concatenate((a.state, b.state)),
        start=np.concatenate((a.start, b.start)),
        stop=np.concatenate((a.stop, b.stop)),
        breached=np.concatenate((a.breached, b.breached)),
        elapsed=np.concatenate((a.elapsed, b.elapsed)),
        target=np.concatenate((a.target, b.target)),
        promise=np.concatenate((a.promise, moved[b.promise])),
        waived=np.concatenate((a.waived, b.waived)),
        paused=np.concatenate((a.paused, b.paused)) if told else np.zeros((0, len(OWNERS)), dtype=np.int64),
    )
    return Facts(tickets, clocks, first.as_of, tuple(promises))


def _promise(verdict: Verdict) -> Target | None:
    if verdict.breach is not None:
        return verdict.breach.target
    return None if verdict.rule is None else verdict.rule.target


def _seconds(duration: timedelta) -> int:
    return duration.days * 86_400 + duration.seconds


def _longs(values: Iterable[int]) -> Longs:
    return np.fromiter(values, dtype=np.int64)


def _instants(values: Iterable[datetime | None]) -> Longs:
    return _longs(MISSING if value is None else second_of(value) for value in values)
