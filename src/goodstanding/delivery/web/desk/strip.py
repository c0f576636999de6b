"""The clock strip: a clock's life as a picture of counted, closed and paused stretches, with its deadline."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from goodstanding.core.clocks.clock import WorkingClock, moment, second_of
from goodstanding.core.desk.verdict import ClockState, Reckoning, Stretch, Verdict
from goodstanding.delivery import words

WIDTH: Final = 100.0
"""A strip is drawn in hundredths of the room it has, so that its text is never stretched."""
_GAP: Final = 0.6
_GAPS_AT_MOST: Final = 0.3
_PAUSES_AT_MOST: Final = 0.5
"""Of the service time drawn: a long wait may not squeeze what was worked into a sliver."""
_THINNEST: Final = 0.3
_AHEAD_AT_MOST: Final = 200
_APART: Final = 7.5
"""How far apart labels of days stand at least; the label of the start and the end need twice as much."""
_OF_A_DATE: Final = 27.0
"""Half of what a date and time take of the narrowest strip."""
_HOURS: Final = (300, 600, 900, 1_800, 3_600, 7_200, 14_400)


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of the strip: `kind` is counted, over, closed, paused, ahead or spare; `title` says what it is."""

    kind: str
    x: float
    width: float
    title: str


@dataclass(frozen=True, slots=True)
class Mark:
    """An instant on the strip: `kind` is deadline, risk, now or tick; a label may be empty.

    `anchor` says on which side of `x` the label stands: start, middle or end, as SVG has it.
    """

    kind: str
    x: float
    label: str
    title: str
    anchor: str = "middle"


@dataclass(frozen=True, slots=True)
class Strip:
    """A strip `WIDTH` wide: its width is service time, so that nights and weekends do not fill the picture.

    Closed stretches are narrow gaps of one width; pauses are as wide as the service time they took out, or less where
    they would take more than half as much room as what counted.
    """

    segments: tuple[Segment, ...]
    marks: tuple[Mark, ...]
    start: str
    end: str

    @property
    def kinds(self) -> frozenset[str]:
        """Which kinds of stretches and marks it shows, for a legend that explains no more than these."""
        return frozenset(each.kind for each in (*self.segments, *self.marks))


@dataclass(frozen=True, slots=True)
class _Piece:
    kind: str
    start: datetime
    end: datetime
    open: timedelta
    title: str


@dataclass(frozen=True, slots=True)
class _Drawn:
    piece: _Piece
    x: float
    width: float

    def at(self, instant: datetime) -> float:
        """Where an instant within the piece lies."""
        length = self.piece.end - self.piece.start
        return self.x + (self.width * ((instant - self.piece.start) / length) if length else 0.0)


def strip(verdict: Verdict, clock: WorkingClock, *, zone: str) -> Strip | None:
    """Return the picture of a clock, with what it has left until its deadline; None where there is nothing to draw."""
    told = list(_told(verdict, zone))
    left = list(_left(verdict, clock, zone))
    if not told and not left:
        return None
    drawn = _draw(told + left)
    marks = [*_instants(verdict, drawn, len(told), zone), *_ticks(drawn, zone)]
    return Strip(
        segments=tuple(Segment(each.piece.kind, round(each.x, 3), round(each.width, 3), each.piece.title) for each in drawn),
        marks=tuple(marks),
        start=words.moment(verdict.started_at, zone),
        end=_end(verdict, drawn[-1].piece, bool(left), zone),
    )


def _told(verdict: Verdict, zone: str) -> Iterator[_Piece]:
    """What has been, the counted time past a breach apart from the time before it."""
    breached = verdict.breach.at if verdict.breach else None
    for stretch in verdict.because:
        for start, end, over in _cut(stretch, breached):
            kind = "over" if over and stretch.reckoning is Reckoning.COUNTED else stretch.reckoning.value
            share = (end - start) / (stretch.end_at - stretch.start_at)
            title = _title(stretch, start, end, zone, spent=stretch.open * share, over=over)
            yield _Piece(kind, start, end, stretch.open * share, title)


def _cut(stretch: Stretch, at: datetime | None) -> Iterable[tuple[datetime, datetime, bool]]:
    if at is None or at >= stretch.end_at:
        return [(stretch.start_at, stretch.end_at, False)]
    if at <= stretch.start_at:
        return [(stretch.start_at, stretch.end_at, True)]
    return [(stretch.start_at, at, False), (at, stretch.end_at, True)]


def _left(verdict: Verdict, clock: WorkingClock, zone: str) -> Iterator[_Piece]:
    """What a clock that runs has until its deadline if nothing happens, and what one that was met had to spare."""
    if verdict.state is ClockState.PAUSED and verdict.remaining is not None and verdict.remaining > timedelta():
        title = f"Left: {words.hours(verdict.remaining)} of service, from when it is taken up again"
        yield _Piece("ahead", verdict.as_of, verdict.as_of, verdict.remaining, title)
        return
    kinds = {ClockState.RUNNING: ("ahead", "Left"), ClockState.MET: ("spare", "To spare")}
    at, deadline = verdict.stopped_at or verdict.as_of, verdict.deadline_at
    if verdict.state not in kinds or deadline is None or deadline <= at:
        return
    kind, word = kinds[verdict.state]
    since = second_of(at)
    for number, (opens, closes) in enumerate(clock.open_within(since, second_of(deadline))):
        if number == _AHEAD_AT_MOST:
            return
        if opens > since:
            title = f"Closed: {words.moment(moment(since), zone)} to {words.moment(moment(opens), zone)}"
            yield _Piece("closed", moment(since), moment(opens), timedelta(), title)
        length = timedelta(seconds=closes - opens)
        title = f"{word}: {words.hours(length)} of service until {words.moment(moment(closes), zone)}"
        yield _Piece(kind, moment(opens), moment(closes), length, title)
        since = closes


def _draw(pieces: Sequence[_Piece]) -> list[_Drawn]:
    """Give each piece its place: service time to one scale, pauses to theirs, gaps all alike."""
    closed = sum(piece.kind == "closed" for piece in pieces)
    gap = min(_GAP, WIDTH * _GAPS_AT_MOST / closed) if closed else _GAP
    paused = sum(_seconds(piece.open) for piece in pieces if piece.kind == "paused")
    service = sum(_seconds(piece.open) for piece in pieces if piece.kind != "paused")
    shrunk = min(1.0, service * _PAUSES_AT_MOST / paused) if paused and service else 1.0
    total = service + paused * shrunk
    scale = (WIDTH - gap * closed) / total if total else 0.0
    widths = [
        gap
        if piece.kind == "closed"
        else max(_THINNEST, _seconds(piece.open) * scale * (shrunk if piece.kind == "paused" else 1))
        for piece in pieces
    ]
    fit, x, drawn = WIDTH / sum(widths), 0.0, []
    for piece, width in zip(pieces, widths, strict=True):
        drawn.append(_Drawn(piece, x, width * fit))
        x += width * fit
    return drawn


def _instants(verdict: Verdict, drawn: Sequence[_Drawn], told: int, zone: str) -> Iterator[Mark]:
    """The deadline, the moment the clock is at risk, and now where something is still ahead."""
    deadline = _place(drawn, verdict.deadline_at)
    risk = _place(drawn, verdict.at_risk_at)
    if risk is not None and verdict.at_risk_at is not None:
        yield Mark("risk", risk, "", f"At risk from {words.moment(verdict.at_risk_at, zone)}")
    if verdict.is_open and 0 < told < len(drawn):
        now = drawn[told].x
        free = deadline is None or abs(deadline - now) > 2.5 * _APART
        yield Mark("now", now, "now" if free else "", "Now", _anchor(now, 2 * _APART))
    if deadline is not None and verdict.deadline_at is not None:
        due = words.moment(verdict.deadline_at, zone)
        yield Mark("deadline", deadline, f"due {due}", f"Deadline: {due}", _anchor(deadline, _OF_A_DATE))


def _anchor(x: float, half: float) -> str:
    """Return the side of `x` a label stands on so as to stay within the strip; `half` is half the width it needs."""
    return "start" if x < half else "end" if x > WIDTH - half else "middle"


def _place(drawn: Sequence[_Drawn], at: datetime | None) -> float | None:
    if at is None:
        return None
    return next((round(each.at(at), 3) for each in drawn if each.piece.start < at <= each.piece.end), None)


def _ticks(drawn: Sequence[_Drawn], zone: str) -> Iterator[Mark]:
    """Where days begin, else round hours, each with a label where there is room for one."""
    days = list(_days(drawn, zone))
    many = len(days) > 7
    reached, month = 2 * _APART, words.local(drawn[0].piece.start, zone).month
    for x, on in days or list(_round_hours(drawn, zone)):
        label = ""
        if reached <= x <= WIDTH - 2 * _APART:
            reached = x + _APART
            label = _label(on, whole_days=bool(days), dated=many or on.month != month)
            month = on.month
        yield Mark("tick", round(x, 3), label, "")


def _label(at: datetime, *, whole_days: bool, dated: bool) -> str:
    if not whole_days:
        return f"{at:%H:%M}"
    return f"{at.day} {at:%b}" if dated else f"{at:%a} {at.day}"


def _days(drawn: Sequence[_Drawn], zone: str) -> Iterator[tuple[float, datetime]]:
    """Each local day that something was counted on, the first one apart, and where it begins."""
    last: date | None = None
    for each in drawn:
        if each.piece.kind == "closed" or each.piece.start == each.piece.end:
            continue
        begins, ends = words.local(each.piece.start, zone), words.local(each.piece.end, zone)
        if last is not None and begins.date() > last:
            yield each.x, begins
        last = begins.date()
        if each.piece.kind == "paused":
            # A wait is no time line: within it, room stands for service time.
            last = max(last, (ends - timedelta(seconds=1)).date())
            continue
        midnight = datetime.combine(last + timedelta(days=1), datetime.min.time(), begins.tzinfo)
        while midnight < ends:
            yield each.at(midnight), midnight
            last = midnight.date()
            midnight = datetime.combine(last + timedelta(days=1), datetime.min.time(), begins.tzinfo)


def _round_hours(drawn: Sequence[_Drawn], zone: str) -> Iterator[tuple[float, datetime]]:
    counted = [each for each in drawn if each.piece.kind not in ("closed", "paused") and each.piece.start < each.piece.end]
    total = sum(_seconds(each.piece.open) for each in counted)
    step = next((each for each in _HOURS if total / each <= 7), _HOURS[-1])
    for each in counted:
        begins = words.local(each.piece.start, zone)
        since = begins.hour * 3_600 + begins.minute * 60 + begins.second
        at = each.piece.start + timedelta(seconds=-since % step or step)
        while at < each.piece.end:
            yield each.at(at), words.local(at, zone)
            at += timedelta(seconds=step)


def _end(verdict: Verdict, last: _Piece, left: bool, zone: str) -> str:
    """What stands under the end: nothing where the deadline's own label stands above it."""
    if verdict.state is ClockState.PAUSED and left:
        return f"{words.hours(verdict.remaining)} of service left"
    if left and last.end == verdict.deadline_at:
        return ""
    return "now" if verdict.is_open and not left else words.moment(last.end, zone)


def _title(stretch: Stretch, start: datetime, end: datetime, zone: str, *, spent: timedelta, over: bool) -> str:
    why = words.cause(stretch.cause, stretch.owner, stretch.detail)
    service = f", {words.hours(spent)} of service" if stretch.reckoning is not Reckoning.CLOSED else ""
    past = " past the deadline" if over and stretch.reckoning is Reckoning.COUNTED else ""
    said = words.RECKONING[stretch.reckoning]
    return f"{said}{past}: {why}; {words.moment(start, zone)} to {words.moment(end, zone)}{service}"


def _seconds(length: timedelta) -> float:
    return length / timedelta(seconds=1)
