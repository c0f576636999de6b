"""When clients open tickets: weekdays, seasons, the turn of the month, go-live weeks, nights, and outage days."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import accumulate
from random import Random
from typing import Final

from goodstanding.adapters.demo.cast import Client
from goodstanding.adapters.demo.clients import CLIENTS
from goodstanding.adapters.demo.dice import count_of, dice_of
from goodstanding.adapters.demo.sketch import Outage
from goodstanding.core.clocks.calendar import WEEKDAYS, Calendar

_AFTER_DAYS_OFF: Final = 1.35
_WEEK_SHAPE: Final = (1.0, 1.04, 1.0, 0.97, 0.88, 0.8)
"""The working days of a week in order; what gathered over the days off comes on top of the first."""
_HOURS: Final[dict[int, float]] = {
    7: 2, 8: 8, 9: 15, 10: 14, 11: 11, 12: 6, 13: 7, 14: 11, 15: 10, 16: 8, 17: 4, 18: 2, 19: 1.2, 20: 0.8,
}  # fmt: skip
_FIRST_DAY: Final[dict[int, float]] = _HOURS | {7: 4, 8: 16, 9: 20, 10: 13}
"""After days off people write what they found when they came in."""
_CLOSED_DAY: Final = 0.05
"""What a holiday or a closure brings, against an ordinary day."""
_GO_LIVE: Final = (1.5, 2.4, 2.0, 1.6, 1.3)
"""How much busier the weeks from the one before a go-live are."""

_OUTAGE_EVERY: Final = 182
"""One outage in so many days, somewhere: about three in the demo's history."""


def tickets_on(dice: Random, client: Client, on: date, served: Calendar) -> int:
    """Return how many tickets a client opens on a date, besides those of an outage."""
    return min(30, count_of(dice, expected_on(client, on, served)))


def expected_on(client: Client, on: date, served: Calendar) -> float:
    """Return how many tickets are expected of a client on a date; `served` tells its holidays and closures."""
    worked = len(client.office)
    a_day = client.weekly / (worked + (7 - worked) * client.weekends)
    day = _working_day(client, on)
    factor = client.weekends if day is None else _WEEK_SHAPE[day] * (_AFTER_DAYS_OFF if day == 0 else 1)
    if day is not None and not served.spans_on(on):
        factor = _CLOSED_DAY
    for season in client.seasons:
        if season.holds(on):
            factor *= season.factor
    if turn_of_month(on):
        factor *= client.month_end
    return a_day * factor * _go_live(client, on)


def turn_of_month(on: date) -> bool:
    """Whether the books are being closed: the last two days of a month and the first three of the next."""
    return on.day <= 3 or (on + timedelta(days=2)).month != on.month


def goes_live(client: Client, on: date) -> bool:
    """Whether a date lies in a client's go-live weeks."""
    return _go_live(client, on) > 1


def opened_at(dice: Random, client: Client, on: date) -> int:
    """Return the epoch second of a date, by the client's own clock, at which somebody writes."""
    if dice.random() < client.nights:
        minutes = (21 * 60 + dice.randrange(10 * 60)) % (24 * 60)
    else:
        shape = _FIRST_DAY if _working_day(client, on) == 0 else _HOURS
        minutes = dice.choices(tuple(shape), cum_weights=_running(client, shape is _FIRST_DAY))[0] * 60 + dice.randrange(60)
    # What lies in an hour that a clock change skips is read with the offset before it, which is an hour later the same day.
    local = datetime.combine(on, time(minutes // 60, minutes % 60, dice.randrange(60)), client.working_hours.tz)
    return int(local.timestamp())


def outage_of(seed: str, client: Client, on: date) -> Outage | None:
    """Return the outage that hits a client on a date, if it is one of those days."""
    block = on.toordinal() // _OUTAGE_EVERY
    day, victim = _outage_day(seed, block)
    if day != on or victim != client.key:
        return None
    dice = dice_of(seed, "outage", block)
    begins = datetime.combine(on, time(9, 20), client.working_hours.tz) + timedelta(seconds=dice.randrange(4 * 3600))
    start = int(begins.timestamp())
    return Outage(start, start + dice.randrange(52 * 60, 84 * 60), dice.randint(11, 24))


@lru_cache(maxsize=64)
def _outage_day(seed: str, block: int) -> tuple[date, str]:
    dice = dice_of(seed, "outage day", block)
    candidates = [client for client in CLIENTS if client.lateness > 0 and client.promises[0].tier not in ("light", "active")]
    client = dice.choice(candidates)
    on = date.fromordinal(block * _OUTAGE_EVERY + dice.randrange(70, 112))
    while _working_day(client, on) is None or client.is_closed(on):
        on += timedelta(days=1)
    return on, client.key


def _working_day(client: Client, on: date) -> int | None:
    """Return a date's place among the working days of the client's week, 0 the first, or None on a day off."""
    return _working_days(client).get(on.weekday())


@lru_cache(maxsize=64)
def _working_days(client: Client) -> Mapping[int, int]:
    worked = {WEEKDAYS.index(name) for name in client.office}
    # The week begins with the working day that follows the days off.
    first = next(day for day in worked if (day - 1) % 7 not in worked)
    ordered = [day for day in ((first + step) % 7 for step in range(7)) if day in worked]
    return {day: number for number, day in enumerate(ordered)}


@lru_cache(maxsize=64)
def _running(client: Client, first_day: bool) -> tuple[float, ...]:
    shape = _FIRST_DAY if first_day else _HOURS
    evening = 2.5 if client.industry == "eCommerce" else 1.0
    return tuple(accumulate(weight * (evening if hour >= 18 else 1) for hour, weight in shape.items()))


def _go_live(client: Client, on: date) -> float:
    if client.go_live is None:
        return 1.0
    week = (on - date(on.year, *client.go_live)).days // 7 + 1
    return _GO_LIVE[week] if 0 <= week < len(_GO_LIVE) else 1.0
