"""One deadline as JSON: the instant, every date, every stretch."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from goodstanding.core.desk.deadline import DatedShare, DeadlineExplained
from goodstanding.core.desk.verdict import Stretch

VERSION: Final = 1


def deadline_json(found: DeadlineExplained, *, hours: str) -> str:
    """Return the explanation as JSON text; instants in UTC, durations in seconds, dates of the calendar's zone."""
    zone = found.calendar.tz
    at = found.deadline_at
    told: dict[str, Any] = {
        "version": VERSION,
        "hours": hours,
        "zone": found.calendar.zone,
        "target": str(found.target.amount),
        "slot": found.target.slot,
        "target_seconds": _seconds(found.target_for),
        "start_at": _instant(found.start_at),
        "deadline_at": None if at is None else _instant(at),
        "deadline_local": None if at is None else at.astimezone(zone).isoformat(),
        "paused_since": None if found.paused_since is None else _instant(found.paused_since),
        "counted_seconds": _seconds(found.counted_for),
        "left_seconds": _seconds(found.left),
        "days": [_day(each) for each in found.days],
        "stretches": [_stretch(each) for each in found.because],
    }
    return json.dumps(told, ensure_ascii=False, indent=1) + "\n"


def _day(day: DatedShare) -> dict[str, Any]:
    return {
        "date": day.on.isoformat(),
        "counted_seconds": _seconds(day.counted_for),
        "paused_seconds": _seconds(day.paused_for),
        "left_seconds": _seconds(day.left),
        "counted": [[_instant(a), _instant(b)] for a, b in day.counted],
        "paused": [[_instant(a), _instant(b)] for a, b in day.paused],
        "closed": None if day.closed is None else str(day.closed),
        "detail": day.detail or None,
        "closures": list(day.closures),
    }


def _stretch(stretch: Stretch) -> dict[str, Any]:
    return {
        "reckoning": str(stretch.reckoning),
        "start_at": _instant(stretch.start_at),
        "end_at": _instant(stretch.end_at),
        "open_seconds": _seconds(stretch.open),
        "cause": str(stretch.cause),
        "detail": stretch.detail or None,
    }


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _seconds(length: timedelta) -> int:
    return length.days * 86_400 + length.seconds
