"""Support hours by name: business, extended, 18/7 and 24/7 (requirements TIER-5)."""

from collections.abc import Mapping
from typing import Final

from goodstanding.core.clocks.calendar import Calendar, week_of

_WORKDAYS = ("mon", "tue", "wed", "thu", "fri")
_ALL_DAYS = (*_WORKDAYS, "sat", "sun")

PRESETS: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "business": dict.fromkeys(_WORKDAYS, ("09:00-17:00",)),
    "extended": dict.fromkeys(_WORKDAYS, ("07:00-21:00",)) | {"sat": ("09:00-13:00",)},
    "18/7": dict.fromkeys(_ALL_DAYS, ("06:00-24:00",)),
    "24/7": dict.fromkeys(_ALL_DAYS, ("00:00-24:00",)),
}
"""Weekly hours of each preset. 18/7 and 24/7 also work on holidays, so they take none."""

OPEN_ON_HOLIDAYS: Final = frozenset({"18/7", "24/7"})

ALWAYS: Final = Calendar(zone="UTC", week=week_of(PRESETS["24/7"]))
"""Wall time: every second counts (the slot `always` of requirements TIER-4)."""


def preset(name: str, zone: str) -> Calendar:
    """Return the preset `name` in an IANA `zone`, without holidays; raises `KeyError` for a name not in `PRESETS`."""
    return Calendar(zone=zone, week=week_of(PRESETS[name]))
