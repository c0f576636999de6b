"""Local wall time to instants, for whole arrays: what a zone's clocks skipped and what they repeated."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from goodstanding.core.clocks.compile import FIRST_YEAR, LAST_YEAR, steady_spells, year_start

_YEAR = 31_556_952
"""Seconds of a mean year: at most a day off over all the years that clocks count in, which the years beside make up."""


@dataclass(frozen=True, slots=True)
class Placed:
    """Local times as instants: `seconds` since 1970 in UTC, and which of them never were or came twice.

    A time that never was has no meaning in `seconds`; of one that came twice it is the first.
    """

    seconds: NDArray[np.int64]
    skipped: NDArray[np.bool_]
    repeated: NDArray[np.bool_]


def to_utc(local: NDArray[np.int64], zone: str) -> Placed:
    """Place local times, given as seconds from 1970-01-01 00:00 on the wall clock, in UTC.

    An hour that the clocks repeat is read as its first pass. Times beyond the years that clocks count in keep the offset
    at their edge; the caller refuses them.
    """
    if not len(local):
        none = np.zeros(0, dtype=np.bool_)
        return Placed(local, none, none)
    starts, ends, offsets = (np.array(column, dtype=np.int64) for column in zip(*_spells(local, zone), strict=True))
    # On the wall clock a spell reaches up to its end under its own offset: past it, the next offset counts, which makes
    # the first pass of a repeated hour win.
    begins, stops = starts + offsets, ends + offsets
    at = np.minimum(np.searchsorted(stops, local, side="right"), len(stops) - 1)
    skipped = (at > 0) & (local < begins[at])
    following = np.minimum(at + 1, len(stops) - 1)
    repeated = (following > at) & (local >= begins[following])
    return Placed(local - offsets[at], skipped, repeated)


def _spells(local: NDArray[np.int64], zone: str) -> list[tuple[int, int, int]]:
    """Return the spells of one offset of the years in which the times lie, and of the years beside them."""
    found = np.unique(local // _YEAR) + FIRST_YEAR
    years = {year + beside for year in found.tolist() for beside in (-1, 0, 1)}
    kept = sorted(year for year in years if FIRST_YEAR <= year <= LAST_YEAR) or [FIRST_YEAR]
    return [spell for year in kept for spell in _spells_of(zone, year)]


@lru_cache(maxsize=4096)
def _spells_of(zone: str, year: int) -> tuple[tuple[int, int, int], ...]:
    return tuple(steady_spells(ZoneInfo(zone), year_start(year), year_start(year + 1)))


def local_text(second: int, zone: str = "UTC") -> str:
    """Return an epoch second as `2025-01-31 14:33:00` on the clocks of a zone, with its offset from UTC."""
    return datetime.fromtimestamp(second, ZoneInfo(zone)).isoformat(sep=" ")
