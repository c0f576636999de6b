"""Amounts of service time as promises state them: minutes, hours, business days, weeks (requirements TIER-4)."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from goodstanding.core.clocks.clock import WorkingClock
from goodstanding.core.clocks.days import business_day_seconds

DAYS_A_WEEK: Final = 5
"""A promised week is five business days (metrics.md F.2)."""

_AMOUNT = re.compile(r"(\d+)\s*([a-z ]+)")


class Unit(StrEnum):
    """What an amount counts in."""

    SECONDS = "s"
    MINUTES = "min"
    HOURS = "h"
    BUSINESS_DAYS = "bd"
    WEEKS = "w"


_WORDS: Final = {
    **dict.fromkeys(("s", "sec", "second", "seconds"), Unit.SECONDS),
    **dict.fromkeys(("m", "min", "minute", "minutes"), Unit.MINUTES),
    **dict.fromkeys(("h", "hour", "hours"), Unit.HOURS),
    **dict.fromkeys(("bd", "business day", "business days"), Unit.BUSINESS_DAYS),
    **dict.fromkeys(("w", "week", "weeks"), Unit.WEEKS),
}
_SECONDS: Final = {Unit.SECONDS: 1, Unit.MINUTES: 60, Unit.HOURS: 3600}


class AmountError(ValueError):
    """A text that is no amount of service time; the message says what to write."""


@dataclass(frozen=True, slots=True)
class Amount:
    """So many units of service time; which hours count is decided by the calendar it is spent in."""

    count: int
    unit: Unit

    def __post_init__(self) -> None:
        if self.count < 0:
            raise AmountError(f"an amount of service time cannot be negative: {self.count} {self.unit}")

    @classmethod
    def parse(cls, text: str) -> "Amount":
        """Read `15 min`, `4h`, `1 bd`, `2 weeks`.

        Raises `AmountError`; a bare day is refused, because it may mean a business day, a day of 24 hours or the hours of
        one day, and contracts mean each of them (semantics.md 1.9: asked, never guessed).
        """
        match = _AMOUNT.fullmatch(text.strip().lower())
        if match is None:
            raise AmountError(f"{text!r} is no amount of time: write for example 15 min, 4 h, 2 bd or 1 week")
        word = match[2].strip()
        if word in ("d", "day", "days"):
            raise AmountError(f"{text!r} can be read two ways: write {match[1]} bd for business days, or the hours it means")
        if word not in _WORDS:
            raise AmountError(f"{text!r} has no unit that is known: use min, h, bd (business days) or w (weeks)")
        return cls(int(match[1]), _WORDS[word])

    def seconds_from(self, clock: WorkingClock, start: int, *, wall: bool) -> int:
        """Return the open seconds this amount comes to when it is spent in `clock` from the epoch second `start`.

        Hours are themselves; business days and weeks are turned at the clock's start, once, into the open seconds until
        the instant they name (semantics.md 1.9). With `wall`, time is not service hours: a day is 24 hours, a week seven
        days.
        """
        if self.unit in _SECONDS:
            return self.count * _SECONDS[self.unit]
        if wall:
            return self.count * 86_400 * (7 if self.unit is Unit.WEEKS else 1)
        days = self.count * (DAYS_A_WEEK if self.unit is Unit.WEEKS else 1)
        return business_day_seconds(clock, start, days)

    @property
    def fixed_seconds(self) -> int | None:
        """The seconds of an amount that are the same from any start, or None for business days and weeks."""
        return self.count * _SECONDS[self.unit] if self.unit in _SECONDS else None

    def __str__(self) -> str:
        return f"{self.count} {self.unit}"
