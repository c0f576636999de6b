"""What people type: instants, amounts and pauses, read or refused with the reason."""

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

FIRST_YEAR, LAST_YEAR = 1970, 2099
_HOW = "write it like 2026-03-31T18:00, with an offset such as +02:00 or Z, or local in the time zone of the hours"


@dataclass(frozen=True, slots=True)
class Typed:
    """An instant as it was typed; `repeated` says that its local time came twice and the first was taken."""

    at: datetime
    repeated: bool = False


def instant(text: str, zone: str) -> Typed:
    """Read an instant with its offset, or on the clocks of a zone.

    Raises `ValueError` for what is none, for a local time that the clocks skipped, and outside the years clocks count in.
    """
    try:
        told = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise ValueError(f"{text!r} is no date and time: {_HOW}") from error
    if len(text.strip()) <= len("2026-03-31"):
        raise ValueError(f"{text!r} has no time of day: {_HOW}")
    repeated = False
    if told.tzinfo is None:
        place = ZoneInfo(zone)
        first, second = (told.replace(tzinfo=place, fold=fold).astimezone(UTC) for fold in (0, 1))
        if first.astimezone(place).replace(tzinfo=None) != told:
            raise ValueError(f"{text!r} never was on the clocks of {zone}: they skipped it")
        told, repeated = first, first != second
    at = told.astimezone(UTC)
    if not FIRST_YEAR <= at.year <= LAST_YEAR:
        raise ValueError(f"{text!r} lies outside the years {FIRST_YEAR} to {LAST_YEAR} that clocks count in")
    return Typed(at.replace(microsecond=0), repeated)


def pause(text: str, zone: str) -> tuple[Typed, Typed | None]:
    """Read a pause `A/B` of two instants, or `A/` for one that has not ended; raises `ValueError`."""
    begin, slash, end = text.partition("/")
    if not slash or not begin.strip():
        raise ValueError(f"{text!r} is no pause: write its beginning and its end as A/B, or A/ for one that goes on")
    start = instant(begin, zone)
    if not end.strip():
        return start, None
    stop = instant(end, zone)
    if stop.at <= start.at:
        raise ValueError(f"the pause {text!r} ends before it begins")
    return start, stop
