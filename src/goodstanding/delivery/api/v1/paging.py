"""Pages: opaque places to go on from, which neither repeat nor leave out a row when others come in meanwhile."""

import base64
import binascii
import json
import re
from collections.abc import Sequence
from typing import Any, Generic, TypeVar

from goodstanding.delivery.api.v1.fields import Out

Item = TypeVar("Item")
Row = TypeVar("Row")


class NoSuchPlace(ValueError):
    """A place to go on from that no answer of ours gave."""


class Page(Out, Generic[Item]):
    """Part of a list."""

    items: list[Item]
    next: str | None
    """Where the list goes on, for `after`; null at its end."""


def place(*parts: int | str) -> str:
    """Return a place as it goes out."""
    return base64.urlsafe_b64encode(json.dumps(parts, ensure_ascii=True).encode()).decode().rstrip("=")


def numbers_of(after: str) -> tuple[int, int] | None:
    """Return a place that is two numbers; None for the beginning. Raises `NoSuchPlace`."""
    match _parts(after):
        case []:
            return None
        case [int() as first, int() as second] if all(0 <= each < 1 << 62 for each in (first, second)):
            return first, second
    raise NoSuchPlace("`after` is not what an answer gave as `next`")


def row_of_board(after: str) -> str:
    """Return a place on the board as its query has it, empty for the beginning. Raises `NoSuchPlace`."""
    match _parts(after):
        case []:
            return ""
        case [str() as text] if re.fullmatch(r"[0-9]{0,18}\.[0-9]{1,18}", text, re.ASCII):
            return text
    raise NoSuchPlace("`after` is not what an answer gave as `next`")


def by_name(rows: Sequence[Row], *, after: str, limit: int) -> tuple[list[Row], str | None]:
    """Return part of a short list by name, and where it goes on; rows have a `name` and a `public_id`."""
    ordered = sorted(rows, key=_named)
    match _parts(after):
        case []:
            pass
        case [str() as name, str() as public_id]:
            ordered = [each for each in ordered if _named(each) > (name, public_id)]
        case _:
            raise NoSuchPlace("`after` is not what an answer gave as `next`")
    shown = ordered[:limit]
    return shown, place(*_named(shown[-1])) if len(ordered) > limit else None


def _named(row: Any) -> tuple[str, str]:
    return row.name.casefold(), str(row.public_id)


def _parts(after: str) -> list[Any]:
    if not after:
        return []
    try:
        found = json.loads(base64.b64decode(after + "=" * (-len(after) % 4), altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, RecursionError) as error:
        raise NoSuchPlace("`after` is not what an answer gave as `next`") from error
    return found if isinstance(found, list) and found else [None]
