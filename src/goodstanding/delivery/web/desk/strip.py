"""The clock strip: a clock's life as a picture of counted, closed and paused stretches."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from goodstanding.core.clocks.clock import WorkingClock, moment, second_of
from goodstanding.core.desk.verdict import ClockState, Reckoning, Stretch, Verdict
from goodstanding.delivery import words

WIDTH: Final = 1000
_GAP: Final = 6.0
_GAPS_AT_MOST: Final = WIDTH * 0.3
_THINNEST: Final = 3.0
_AHEAD_AT_MOST: Final = 200


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of the strip: `kind` is counted, over, closed, paused or ahead; `title` says what it is."""

    kind: str
    x: float
    width: float
    title: str


@dataclass(frozen=True, slots=True)
class Strip:
    """A strip `WIDTH` wide: its width is service time, so that nights and weekends do not fill the picture.

    Closed stretches are narrow gaps of one width; a pause is as wide as the service time it took out.
    """

    segments: tuple[Segment, ...]
    deadline: float | None
    now: float | None
    start: str
    end: str


@dataclass(frozen=True, slots=True)
class _Piece:
    kind: str
    start: datetime
    end: datetime
    open: timedelta
    title: str


def strip(verdict: Verdict, clock: WorkingClock, *, zone: str) -> Strip | None:
    """Return the picture of a clock, with what lies ahead of one that runs; None where there is nothing to draw."""
    told = list(_told(verdict, zone))
    ahead = list(_ahead(verdict, clock, zone))
    if not told and not ahead:
        return None
    pieces = told + ahead
    gap, scale = _measure(pieces)
    x, segments, deadline, now = 0.0, [], None, None
    for number, piece in enumerate(pieces):
        width = gap if piece.kind == "closed" else max(_THINNEST, _seconds(piece.open) * scale)
        if verdict.deadline_at is not None and piece.start < verdict.deadline_at <= piece.end:
            inside = (verdict.deadline_at - piece.start) / (piece.end - piece.start)
            deadline = x + width * inside
        if number == len(told):
            now = x
        segments.append(Segment(piece.kind, round(x, 2), round(width, 2), piece.title))
        x += width
    fit = WIDTH / x
    return Strip(
        segments=tuple(Segment(each.kind, round(each.x * fit, 2), round(each.width * fit, 2), each.title) for each in segments),
        deadline=None if deadline is None else round(deadline * fit, 2),
        now=None if now is None else round(now * fit, 2),
        start=words.moment(verdict.started_at, zone),
        end=words.moment(pieces[-1].end, zone),
    )


def _told(verdict: Verdict, zone: str) -> Iterator[_Piece]:
    """What has been, the counted time past a breach apart from the time before it."""
    breached = verdict.breach.at if verdict.breach else None
    for stretch in verdict.because:
        for start, end, over in _cut(stretch, breached):
            kind = "over" if over and stretch.reckoning is Reckoning.COUNTED else stretch.reckoning.value
            share = (end - start) / (stretch.end_at - stretch.start_at)
            yield _Piece(kind, start, end, stretch.open * share, _title(stretch, start, end, zone))


def _cut(stretch: Stretch, at: datetime | None) -> Iterable[tuple[datetime, datetime, bool]]:
    if at is None or at >= stretch.end_at:
        return [(stretch.start_at, stretch.end_at, False)]
    if at <= stretch.start_at:
        return [(stretch.start_at, stretch.end_at, True)]
    return [(stretch.start_at, at, False), (at, stretch.end_at, True)]


def _ahead(verdict: Verdict, clock: WorkingClock, zone: str) -> Iterator[_Piece]:
    """What is still to come until the deadline, if nothing happens."""
    if verdict.state is not ClockState.RUNNING or verdict.deadline_at is None or verdict.deadline_at <= verdict.as_of:
        return
    at, end = second_of(verdict.as_of), second_of(verdict.deadline_at)
    for number, (opens, closes) in enumerate(clock.open_within(at, end)):
        if number == _AHEAD_AT_MOST:
            return
        if opens > at:
            yield _Piece("closed", moment(at), moment(opens), timedelta(), "closed until then")
        title = f"left: {words.hours(timedelta(seconds=closes - opens))} until {words.moment(moment(closes), zone)}"
        yield _Piece("ahead", moment(opens), moment(closes), timedelta(seconds=closes - opens), title)
        at = closes


def _measure(pieces: list[_Piece]) -> tuple[float, float]:
    """How wide a gap is, and a second of service time."""
    closed = sum(piece.kind == "closed" for piece in pieces)
    gap = min(_GAP, _GAPS_AT_MOST / closed) if closed else _GAP
    service = sum(_seconds(piece.open) for piece in pieces)
    return gap, (WIDTH - gap * closed) / service if service else 0.0


def _title(stretch: Stretch, start: datetime, end: datetime, zone: str) -> str:
    why = words.cause(stretch.cause, stretch.owner, stretch.detail)
    spent = f", {words.hours(stretch.open)} of service" if stretch.reckoning is not Reckoning.CLOSED else ""
    return f"{words.RECKONING[stretch.reckoning]}: {why}; {words.moment(start, zone)} to {words.moment(end, zone)}{spent}"


def _seconds(length: timedelta) -> float:
    return length / timedelta(seconds=1)
