"""Reading JSON that anybody may have written: values by name, of the kind they should be, or a trouble that says which."""

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from goodstanding.adapters.chat.post import LONGEST_TEXT, Unreadable
from goodstanding.adapters.mail.headers import clean, clean_lines, normal

_ID: Final = re.compile(r"[!-~]{1,200}")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_TS: Final = re.compile(r"([0-9]{1,10})(?:\.([0-9]{1,6}))?")
_INSTANT: Final = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,7}))?(Z|[+-]\d\d:\d\d)")


def tree(body: bytes) -> dict[str, Any]:
    """Return the object that a body of JSON is. Raises `Unreadable` for any other body, however it is broken."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Unreadable("A message of a chat is no JSON.") from error
    if not isinstance(found, dict):
        raise Unreadable("A message of a chat is no JSON object.")
    return found


def part(found: dict[str, Any], name: str) -> dict[str, Any]:
    """Return the object under a name, an empty one where there is none."""
    value = found.get(name)
    return value if isinstance(value, dict) else {}


def parts(found: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """Return the objects of a list under a name, no more than fifty."""
    value = found.get(name)
    return [each for each in value[:50] if isinstance(each, dict)] if isinstance(value, list) else []


def word(found: dict[str, Any], name: str) -> str:
    """Return the text under a name in one clean line, empty where there is none."""
    value = found.get(name)
    return clean(value, 200) if isinstance(value, str) else ""


def text(found: dict[str, Any], name: str) -> str:
    """Return the text under a name with its lines, empty where there is none."""
    value = found.get(name)
    return lines(value) if isinstance(value, str) else ""


def lines(value: str) -> str:
    """Return a text of several lines without what no text has, cut to the length that is kept."""
    return clean_lines(value[: 4 * LONGEST_TEXT], LONGEST_TEXT).strip("\n ")


def name_of(found: dict[str, Any], name: str) -> str:
    """Return the id under a name. Raises `Unreadable` where there is none, or one that cannot be an id."""
    value = found.get(name)
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise Unreadable(f"A message of a chat has no {name}.")
    return value


def name_or_none(found: dict[str, Any], name: str) -> str:
    """Return the id under a name, empty where there is none. Raises `Unreadable` for one that cannot be an id."""
    return name_of(found, name) if found.get(name) not in (None, "") else ""


def address(found: dict[str, Any], name: str) -> str:
    """Return the mail address under a name in lower case, empty where there is none."""
    value = found.get(name)
    return normal(value[:300]) if isinstance(value, str) else ""


def instant_of_ts(ts: str) -> datetime:
    """Return when a message of Slack was written by its `ts`: epoch seconds, a point, microseconds. Raises `Unreadable`."""
    found = _TS.fullmatch(ts)
    if not found:
        raise Unreadable("A message of Slack has a ts that is no time.")
    return _EPOCH + timedelta(seconds=int(found[1]), microseconds=int((found[2] or "0").ljust(6, "0")))


def instant(found: dict[str, Any], name: str) -> datetime:
    """Return the instant of ISO 8601 under a name, in UTC; parts of a microsecond are cut. Raises `Unreadable`."""
    value = found.get(name)
    told = _INSTANT.fullmatch(value[:60]) if isinstance(value, str) else None
    try:
        if told:
            zone = "+00:00" if told[3] == "Z" else told[3]
            return datetime.fromisoformat(f"{told[1]}.{(told[2] or '0')[:6].ljust(6, '0')}{zone}").astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise Unreadable(f"A message of a chat has no {name}.")
