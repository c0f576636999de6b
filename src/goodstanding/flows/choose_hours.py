"""Choose the service hours that are meant: a preset by name in a zone, or a calendar of one's own from its file."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from goodstanding.adapters.files.yaml12 import FileError, Problem, read
from goodstanding.core.clocks.calendar import Calendar
from goodstanding.core.clocks.compile import FIRST_YEAR, LAST_YEAR
from goodstanding.core.clocks.presets import PRESETS, preset

_SOME_YEAR: Final = 2024
"""To check a file by, before the years of the history are known."""


@dataclass(frozen=True, slots=True)
class Hours:
    """Service hours as they were named: a preset, whose zone has still to be said, or a file, which names its own."""

    name: str
    preset: str = ""
    path: Path | None = None
    zone: str = ""
    dated: bool = False
    """Whether which days are open depends on a country's holidays, looked up for the years of the history."""

    def calendar(self, zone: str, first_year: int, last_year: int) -> Calendar:
        """Return the calendar with the holidays of some years, both included; `zone` is a preset's.

        Raises `CalendarError` for an unknown zone and `FileError` for holidays that are not known for one of the years.
        """
        if self.path is None:
            return preset(self.preset, zone)
        return _loaded(self.path, range(max(first_year, FIRST_YEAR), min(last_year, LAST_YEAR) + 1))


def hours_named(text: str) -> Hours:
    """Return the preset of that name or the calendar in the file at that path; raises `FileError` with every problem."""
    if text in PRESETS:
        return Hours(text, preset=text)
    path = Path(text)
    if not path.exists():
        expected = f"the path of a calendar, or one of {', '.join(PRESETS)}"
        raise FileError(Problem(text, 1, "", expected, "no such file"))
    zone = _loaded(path, [_SOME_YEAR]).zone
    return Hours(path.name, path=path, zone=zone, dated="country" in read(path).data.get("holidays", {}))


def _loaded(path: Path, years: Iterable[int]) -> Calendar:
    from goodstanding.adapters.files.calendars import load_calendar  # noqa: PLC0415 - knows every country; presets need none

    return load_calendar(path, years)
