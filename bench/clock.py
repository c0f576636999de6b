"""The clock, single and in bulk, against django-bizcal, businesstimedelta and numpy's busday_count."""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import businesstimedelta
import numpy as np
from django_bizcal.calendars.working import WorkingCalendar
from django_bizcal.providers import SetHolidayProvider

from bench.reference import MinuteReference
from bench.timing import Row, at_least, at_most, rounds
from goodstanding.core.clocks import bulk
from goodstanding.core.clocks.calendar import WEEKDAYS, Calendar, week_of
from goodstanding.core.clocks.clock import WorkingClock, second_of

ZONE = "Europe/Rome"
HOLIDAYS = {
    date(year, month, day)
    for year in (2023, 2024, 2025, 2026, 2027)
    for month, day in ((1, 1), (1, 6), (4, 25), (5, 1), (6, 2), (8, 15), (11, 1), (12, 8), (12, 25), (12, 26))
} | {date(2024, 4, 1), date(2025, 4, 21), date(2026, 4, 6)}
OFFICE = {day: [("09:00", "13:00"), ("14:00", "18:00")] for day in range(5)}
ROUND = {day: [("00:30", "12:00"), ("13:00", "23:30")] for day in range(7)}
CASES = 400
SINGLES = 20_000
MANY = 10_000_000


def run() -> Iterator[Row]:
    """Yield the rows of the clock."""
    dice = random.Random(2026)
    for name, hours in (("office", OFFICE), ("round", ROUND)):
        yield from _right(name, hours, dice)
    yield from _single(dice)
    yield from _many()


def _calendar(hours: dict[int, list[tuple[str, str]]]) -> Calendar:
    week = week_of({WEEKDAYS[day]: [f"{a}-{b}" for a, b in spans] for day, spans in hours.items()})
    return Calendar(ZONE, week, frozenset(HOLIDAYS))


def _bizcal(hours: dict[int, list[tuple[str, str]]]) -> WorkingCalendar:
    return WorkingCalendar(tz=ZONE, weekly_schedule=hours, holiday_provider=SetHolidayProvider(HOLIDAYS))


def _btd(hours: dict[int, list[tuple[str, str]]]) -> businesstimedelta.Rules:
    import pytz  # what that library takes its zones from

    def clock(text: str) -> object:
        return datetime.strptime(text, "%H:%M").time()

    days = sorted(hours)
    rules = [
        businesstimedelta.WorkDayRule(
            start_time=clock(hours[days[0]][0][0]),
            end_time=clock(hours[days[0]][-1][1]),
            working_days=days,
            tz=pytz.timezone(ZONE),
        ),
        businesstimedelta.LunchTimeRule(
            start_time=clock(hours[days[0]][0][1]),
            end_time=clock(hours[days[0]][1][0]),
            working_days=days,
            tz=pytz.timezone(ZONE),
        ),
        businesstimedelta.HolidayRule(HOLIDAYS, tz=pytz.timezone(ZONE)),
    ]
    return businesstimedelta.Rules(rules)


def _pairs(dice: random.Random, count: int) -> list[tuple[datetime, datetime]]:
    found = []
    for _ in range(count):
        start = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=dice.randrange(3 * 365 * 1440 - 60_000))
        found.append((start, start + timedelta(minutes=min(30 * 1440, int(dice.expovariate(1 / (4 * 1440)))))))
    return found


def _around_changes(dice: random.Random, count: int) -> list[tuple[datetime, datetime]]:
    changes = [
        datetime(year, month, day, 1, tzinfo=UTC)
        for year, month, day in ((2024, 3, 31), (2024, 10, 27), (2025, 3, 30), (2025, 10, 26))
    ]
    found = []
    for _ in range(count):
        at = dice.choice(changes)
        start = at - timedelta(minutes=dice.randrange(1, 3_000))
        found.append((start, at + timedelta(minutes=dice.randrange(1, 3_000))))
    return found


def _right(name: str, hours: dict[int, list[tuple[str, str]]], dice: random.Random) -> Iterator[Row]:
    def minutes(text: str) -> int:
        return int(text[:2]) * 60 + int(text[3:])

    reference = MinuteReference(
        ZONE, {day: [(minutes(a), minutes(b)) for a, b in spans] for day, spans in hours.items()}, HOLIDAYS
    )
    ours, peer, other = WorkingClock(_calendar(hours)), _bizcal(hours), _btd(hours)
    place = ZoneInfo(ZONE)
    for kind, pairs in (("random", _pairs(dice, CASES)), ("around clock changes", _around_changes(dice, CASES))):
        expected = [reference.between(a, b) for a, b in pairs]
        starts, ends = (np.array([second_of(pair[side]) for pair in pairs], dtype=np.int64) for side in (0, 1))
        found = {
            "ours": [ours.between(a, b).total_seconds() for a, b in pairs],
            "ours in bulk": bulk.seconds_between(ours, starts, ends).tolist(),
            "django-bizcal": [peer.business_time_between(a, b).total_seconds() for a, b in pairs],
            "businesstimedelta": [_seconds(other.difference(a.astimezone(place), b.astimezone(place))) for a, b in pairs],
        }
        for who, answers in found.items():
            wrong = sum(abs(answer - right) > 0 for answer, right in zip(answers, expected, strict=True))
            mine = who.startswith("ours")
            yield Row(f"{name}, {kind}: wrong of {CASES}, {who}", str(wrong), "0" if mine else "", wrong == 0 if mine else None)
    # Adding: the answer is right when the open time up to it is what was asked for.
    asked = [(a, timedelta(hours=dice.randrange(1, 41))) for a, _ in _around_changes(dice, CASES)]
    wrong = sum(reference.between(a, ours.add(a, amount)) != amount.total_seconds() for a, amount in asked)
    yield Row(f"{name}: wrong of {CASES} additions, ours", str(wrong), "0", wrong == 0)


def _seconds(delta: businesstimedelta.BusinessTimeDelta) -> float:
    return delta.hours * 3_600 + delta.seconds


def _single(dice: random.Random) -> Iterator[Row]:
    ours, peer, other = WorkingClock(_calendar(OFFICE)), _bizcal(OFFICE), _btd(OFFICE)
    pairs = _pairs(dice, SINGLES)
    few = pairs[:2_000]
    fewer = [(a.astimezone(ZoneInfo(ZONE)), b.astimezone(ZoneInfo(ZONE))) for a, b in pairs[:100]]
    amounts = [(a, timedelta(minutes=dice.randrange(60, 2_401))) for a, _ in pairs]
    seconds = [(second_of(a), second_of(b)) for a, b in pairs]
    later = [(second_of(a), int(amount.total_seconds())) for a, amount in amounts]
    taken = rounds(
        {
            "between": lambda: [ours.between(a, b) for a, b in pairs],
            "add": lambda: [ours.add(a, amount) for a, amount in amounts],
            "seconds between": lambda: [ours.seconds_between(a, b) for a, b in seconds],
            "second after": lambda: [ours.second_after(a, amount) for a, amount in later],
            "bizcal between": lambda: [peer.business_time_between(a, b) for a, b in few],
            "bizcal add": lambda: [peer.add_business_time(a, amount) for a, amount in amounts[: len(few)]],
            "businesstimedelta between": lambda: [other.difference(a, b) for a, b in fewer],
        }
    )
    each = {
        "between": taken["between"] / SINGLES,
        "add": taken["add"] / SINGLES,
        "seconds between": taken["seconds between"] / SINGLES,
        "second after": taken["second after"] / SINGLES,
        "bizcal between": taken["bizcal between"] / len(few),
        "bizcal add": taken["bizcal add"] / len(few),
        "businesstimedelta between": taken["businesstimedelta between"] / len(fewer),
    }
    peer_between, peer_add = each["bizcal between"], each["bizcal add"]
    yield Row("one between, epoch seconds", f"{each['seconds between'] * 1e6:.2f} us")
    yield Row("one add, epoch seconds", f"{each['second after'] * 1e6:.2f} us")
    yield at_least("single between in epoch seconds / django-bizcal", peer_between / each["seconds between"], 150)
    yield at_least("single add in epoch seconds / django-bizcal", peer_add / each["second after"], 250)
    yield Row("single between on datetimes, as the peer takes them / django-bizcal", f"{peer_between / each['between']:,.0f}x")
    yield Row("single add on datetimes, as the peer takes them / django-bizcal", f"{peer_add / each['add']:,.0f}x")
    yield Row("single between / businesstimedelta", f"{each['businesstimedelta between'] / each['between']:,.0f}x")


def _many() -> Iterator[Row]:
    noise = np.random.default_rng(2026)
    begin = int(datetime(2024, 1, 1, tzinfo=UTC).timestamp())
    starts = noise.integers(begin, begin + 2 * 365 * 86_400, MANY)
    ends = starts + np.minimum(noise.exponential(4 * 86_400, MANY), 30 * 86_400).astype(np.int64)
    starts32, ends32 = starts.astype(np.uint32), ends.astype(np.uint32)
    days, until = starts.astype("datetime64[s]").astype("datetime64[D]"), ends.astype("datetime64[s]").astype("datetime64[D]")
    holidays = np.array(sorted(HOLIDAYS), dtype="datetime64[D]")
    out = np.empty(MANY, dtype=np.int64)
    clock, peer = WorkingClock(_calendar(OFFICE)), _bizcal(OFFICE)
    few = [
        (datetime.fromtimestamp(a, UTC), datetime.fromtimestamp(b, UTC))
        for a, b in zip(starts[:2_000].tolist(), ends[:2_000].tolist(), strict=True)
    ]
    taken = rounds(
        {
            "limit": lambda: np.subtract(ends, starts, out=out),
            "uint32": lambda: bulk.seconds_between(clock, starts32, ends32, out),
            "int64": lambda: bulk.seconds_between(clock, starts, ends, out),
            "busday": lambda: np.busday_count(days, until, holidays=holidays),
            "bizcal": lambda: [peer.business_time_between(a, b) for a, b in few],
        }
    )
    ours = taken["uint32"] / MANY
    yield Row("bulk between, seconds as uint32", f"{ours * 1e9:.1f} ns")
    yield Row("bulk between, seconds as int64", f"{taken['int64'] / MANY * 1e9:.1f} ns")
    yield at_most("bulk between / memory bound (np.subtract), uint32", taken["uint32"] / taken["limit"], 6)
    yield at_most("bulk between / memory bound (np.subtract), int64", taken["int64"] / taken["limit"], 6)
    yield at_least("bulk between / django-bizcal", taken["bizcal"] / len(few) / ours, 10_000)
    yield at_least("bulk between / numpy busday_count (days only)", taken["busday"] / taken["uint32"], 3.5)
    scratch = bulk.scratch_bytes()
    yield at_most("extra memory a value beyond inputs and answer, of ten million", scratch / MANY, 1, " B")
