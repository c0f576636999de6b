"""What the tests of the clock share: plain calendars made real, windows worth walking, generated calendars."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from goodstanding.core.clocks.calendar import Calendar, Closure, Opening, parse_hours, week_of
from goodstanding.core.clocks.clock import WorkingClock
from tests.core.clocks.oracle import DAY, WEEKDAYS, Plain, SecondWalker, at


def every_day(*hours: str) -> dict[str, Sequence[str]]:
    return dict.fromkeys(WEEKDAYS, hours)


def on_workdays(*hours: str) -> dict[str, Sequence[str]]:
    return dict.fromkeys(WEEKDAYS[:5], hours)


ALL_DAY = every_day("00:00-24:00")
OFFICE = on_workdays("09:00-17:00")

# The zone, the first UTC date and how many days: each holds something that clocks elsewhere got wrong.
WINDOWS = {
    "Rome, spring": ("Europe/Rome", "2026-03-28", 3),
    "Rome, autumn": ("Europe/Rome", "2026-10-24", 3),
    "New York, spring": ("America/New_York", "2026-03-07", 3),
    "New York, autumn": ("America/New_York", "2026-10-31", 3),
    "Sao Paulo, no midnight": ("America/Sao_Paulo", "2018-11-03", 3),
    "Sao Paulo, 23:00 twice": ("America/Sao_Paulo", "2018-02-16", 3),
    "Cairo, no midnight": ("Africa/Cairo", "2024-04-25", 3),
    "Cairo, 23:00 twice": ("Africa/Cairo", "2024-10-30", 3),
    "Beirut, no midnight": ("Asia/Beirut", "2024-03-30", 3),
    "Beirut, 23:00 twice": ("Asia/Beirut", "2024-10-26", 3),
    "Nuuk, a date ends at 23:00": ("America/Nuuk", "2024-03-30", 3),
    "St John's, one minute of tomorrow": ("America/St_Johns", "2009-10-31", 3),
    "Lord Howe, half an hour missing": ("Australia/Lord_Howe", "2024-10-05", 3),
    "Lord Howe, half an hour twice": ("Australia/Lord_Howe", "2024-04-06", 3),
    "Troll, two hours missing": ("Antarctica/Troll", "2024-03-30", 3),
    "Apia, a date that never was": ("Pacific/Apia", "2011-12-29", 3),
    "Casablanca, back for Ramadan": ("Africa/Casablanca", "2024-03-09", 3),
    "Casablanca, forward after it": ("Africa/Casablanca", "2024-04-13", 3),
    "Kathmandu, a quarter missing at new year": ("Asia/Kathmandu", "1985-12-31", 3),
    "UTC, leap day": ("UTC", "2024-02-28", 3),
    "Auckland, new year": ("Pacific/Auckland", "2026-12-31", 3),
}

# Eight days, so that working days can be counted.
LONG_WINDOWS = {
    "Rome, spring": ("Europe/Rome", "2026-03-25", 8),
    "Rome, autumn": ("Europe/Rome", "2026-10-21", 8),
    "Sao Paulo, no midnight": ("America/Sao_Paulo", "2018-10-31", 8),
    "Sao Paulo, 23:00 twice": ("America/Sao_Paulo", "2018-02-13", 8),
    "Apia, a date that never was": ("Pacific/Apia", "2011-12-26", 8),
    "Nuuk, a date ends at 23:00": ("America/Nuuk", "2024-03-27", 8),
}

SOME = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
MORE = settings(SOME, max_examples=20)
MANY = settings(SOME, max_examples=60)


def built(plain: Plain) -> Calendar:
    """The calendar of the product that says the same."""
    closed = []
    for closure in plain.closed:
        if not isinstance(closure, tuple):
            closed.append(Closure.of_days(closure, closure))
        elif isinstance(closure[0], datetime):
            closed.append(Closure(closure[0], closure[1]))
        else:
            closed.append(Closure.of_days(closure[0], closure[1]))
    return Calendar(
        zone=plain.zone,
        week=week_of(plain.week),
        holidays=plain.holidays,
        closed=tuple(closed),
        open=tuple(Opening(on, tuple(parse_hours(hours) for hours in texts)) for on, texts in plain.open),
    )


def clock_for(plain: Plain) -> WorkingClock:
    """A clock that nobody has asked yet."""
    return WorkingClock(built(plain))


def local(zone: str, text: str, *, fold: int = 0) -> int:
    """'2026-03-27 09:00' on the wall clock of a place, as epoch seconds."""
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).timestamp())


def bounds(window: tuple[str, str, int]) -> tuple[int, int]:
    """The first epoch second of a window, and the one after its last."""
    _, begins, days = window
    return at(begins), at(begins) + days * DAY


def walker(plain: Plain, window: tuple[str, str, int]) -> SecondWalker:
    return SecondWalker(plain, *bounds(window))


def face(second: int) -> str:
    return f"{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}"


# Strategies are made once: making them, and looking whether they can be drawn from, costs more than a draw does.


@cache
def times_of_day() -> st.SearchStrategy[int]:
    """Seconds of the day: on the half hour, anywhere, and close around the hours at which clocks are changed."""
    return st.one_of(
        st.integers(0, 48).map(lambda half: half * 1800),
        st.integers(0, DAY),
        st.builds(
            lambda hour, off: min(DAY, max(0, hour * 3600 + off)),
            st.sampled_from([0, 1, 2, 3, 23, 24]),
            st.integers(-4000, 4000),
        ),
    )


@cache
def spans(most: int = 3) -> st.SearchStrategy[list[tuple[int, int]]]:
    """Hours of one day without overlap; some are split by a break of a few seconds or minutes."""
    cuts = st.lists(times_of_day(), max_size=2 * most, unique=True).map(sorted)
    whole = cuts.map(lambda points: list(zip(points[::2], points[1::2], strict=False)))
    return st.builds(_splintered, whole, st.none() | st.tuples(st.integers(1, 7200), st.integers(1, 600)))


def _splintered(whole: list[tuple[int, int]], splinter: tuple[int, int] | None) -> list[tuple[int, int]]:
    if not whole or splinter is None:
        return whole
    (start, end), (after, gap) = whole[0], splinter
    if start + after + gap >= end:
        return whole
    return [(start, start + after), (start + after + gap, end), *whole[1:]]


@cache
def _evenings() -> st.SearchStrategy[list[int]]:
    return st.lists(st.integers(0, 6), max_size=3, unique=True)


@cache
@st.composite
def weeks(draw: st.DrawFn) -> dict[str, list[str]]:
    """Weekly hours, some of them past midnight."""
    days = [draw(spans()) for _ in WEEKDAYS]
    texts = [[f"{face(start)}-{face(end)}" for start, end in day] for day in days]
    for evening in draw(_evenings()):
        start, end = draw(st.integers(DAY - 8 * 3600, DAY - 1)), draw(st.integers(0, 8 * 3600))
        morning = days[(evening + 1) % 7]
        if (not days[evening] or days[evening][-1][1] <= start) and (not morning or end <= morning[0][0]):
            texts[evening].append(f"{face(start)}-{face(end)}")
            days[evening] = [*days[evening], (start, DAY)]
            days[(evening + 1) % 7] = [(0, end), *morning]
    if not any(texts):
        texts[0].append("09:00-17:00")
    return dict(zip(WEEKDAYS, texts, strict=True))


@cache
def _moments(dates: tuple[date, ...]) -> st.SearchStrategy[datetime]:
    return st.builds(
        lambda on, second: datetime(on.year, on.month, on.day) + timedelta(seconds=second),
        st.sampled_from(dates),
        times_of_day(),
    )


@cache
def _closures(dates: tuple[date, ...]) -> st.SearchStrategy[list[date | tuple[date, date] | tuple[datetime, datetime]]]:
    ranges = st.tuples(st.sampled_from(dates), st.sampled_from(dates)).map(lambda pair: (min(pair), max(pair)))
    timed = (
        st.tuples(_moments(dates), _moments(dates))
        .map(lambda pair: (min(pair), max(pair)))
        .filter(lambda pair: pair[0] < pair[1] and any(moment.hour or moment.minute or moment.second for moment in pair))
    )
    return st.lists(st.sampled_from(dates) | ranges | timed, max_size=2)


@cache
def _two_of(dates: tuple[date, ...]) -> st.SearchStrategy[list[date]]:
    return st.lists(st.sampled_from(dates), max_size=2)


@cache
@st.composite
def plains(draw: st.DrawFn, window: tuple[str, str, int], *, exceptions: bool = True) -> Plain:
    """A calendar with something to say about the dates of a window."""
    zone, begins, days = window
    dates = tuple(date.fromisoformat(begins) + timedelta(days=number) for number in range(-1, days + 1))
    week = draw(weeks())
    if not exceptions or draw(st.integers(0, 3)) == 0:
        return Plain(zone, week)
    holidays = frozenset(draw(_two_of(dates)))
    closed = draw(_closures(dates))
    opened = []
    for on in draw(_two_of(dates)):
        texts = [f"{face(start)}-{face(end)}" for start, end in draw(spans(2))]
        if draw(st.booleans()):
            texts.append(f"{face(draw(st.integers(12 * 3600, DAY - 1)))}-{face(draw(st.integers(0, 12 * 3600 - 1)))}")
        if not {on, on + timedelta(days=1)} & holidays:
            opened.append((on, texts))
    return Plain(zone, week, holidays, tuple(closed), tuple(opened))


def instants(walked: SecondWalker, last: int | None = None) -> st.SearchStrategy[int]:
    """Instants of a window, or of its part up to `last`: anywhere, and within a few seconds of an opening or a closing."""
    last = walked.last if last is None else last
    anywhere = st.integers(walked.first, last)
    edges = [edge for run in walked.runs() for edge in run if edge <= last]
    if not edges:
        return anywhere
    close = st.builds(lambda edge, off: min(last, max(walked.first, edge + off)), st.sampled_from(edges), st.integers(-3, 3))
    return anywhere | close
