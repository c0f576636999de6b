"""The kinds of numbers that figures are: shares, means and spreads, each with what it is made of."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many; nothing of nothing is no number, never zero (metrics.md B.0 4)."""

    part: int
    whole: int

    @property
    def value(self) -> Fraction | None:
        """The exact share, or None when there is nothing to share."""
        return Fraction(self.part, self.whole) if self.whole else None


@dataclass(frozen=True, slots=True)
class Spread:
    """How a set of durations lies: mean, median and 90th percentile stand side by side (requirements KPI-1).

    All in seconds and exact. The median of an even count is the mean of the middle two; the 90th percentile is the
    smallest duration that at least nine tenths do not exceed, so it is always one that occurred.
    """

    count: int
    total: int
    median: Fraction | None
    p90: int | None

    @property
    def mean(self) -> Fraction | None:
        """The exact mean in seconds, or None of nothing."""
        return Fraction(self.total, self.count) if self.count else None


@dataclass(frozen=True, slots=True)
class Rating:
    """Satisfaction: the mean of the ratings given, and how many of those who could give one did."""

    total: int
    answers: Share

    @property
    def mean(self) -> Fraction | None:
        """The exact mean rating on the scale it was asked on, or None without an answer."""
        return Fraction(self.total, self.answers.part) if self.answers.part else None


NOTHING = Spread(0, 0, None, None)


def spread(seconds: Iterable[int]) -> Spread:
    """Return the spread of durations in whole seconds."""
    return spread_of_sorted(sorted(seconds))


def spread_of_sorted(ordered: list[int]) -> Spread:
    """Return the spread of durations that are sorted already."""
    count = len(ordered)
    if count == 0:
        return NOTHING
    middle = Fraction(ordered[(count - 1) // 2] + ordered[count // 2], 2)
    return Spread(count, sum(ordered), middle, ordered[-(-9 * count // 10) - 1])


def availability(measured_seconds: int, down_seconds: int) -> Share:
    """Return uptime as (measured - down) / measured time (requirements KPI-1, semantics.md 1.13).

    Raises `ValueError` when more was down than measured.
    """
    if not 0 <= down_seconds <= measured_seconds:
        raise ValueError(f"{down_seconds} s down of {measured_seconds} s measured cannot be")
    return Share(measured_seconds - down_seconds, measured_seconds)


def bucket_use(used_minutes: int, base_minutes: int, carried_minutes: int = 0) -> Share:
    """Return how much of an hour bucket is used: used / (base + carry) (semantics.md 1.16)."""
    return Share(used_minutes, base_minutes + carried_minutes)
