"""Reading a large model in pages by what changed last, so that nothing is missed or read twice, however it is interrupted."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from goodstanding.adapters.odoo.connection import Connection
from goodstanding.adapters.odoo.domains import Domain, Leaf, both
from goodstanding.adapters.odoo.rows import Row
from goodstanding.adapters.odoo.trouble import Unexpected

STAMP: Final = "write_date"
_SECOND: Final = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Place:
    """How far reading has come: everything before second `at`, and of this second the records up to number `after`."""

    at: datetime
    after: int = 0


@dataclass(frozen=True, slots=True)
class Page:
    """Records, and where to read on. The last page's place is the second of its last record, which a later record may share."""

    rows: tuple[Row, ...]
    place: Place | None


def pages(
    connection: Connection,
    model: str,
    fields: Iterable[str],
    *,
    place: Place | None = None,
    domain: Domain = (),
    size: int = 500,
) -> Iterator[Page]:
    """Read the records of a domain, archived ones too, ordered by when they were last written and by number.

    Odoo keeps write_date with fractions of a second, tells it without, and up to 18 compares with them. So a page ends
    between two whole seconds, never inside one; a second that fills a page by itself (a bulk update) is read through by
    number. Each record comes once unless it is written meanwhile, and then it comes again later. Memory is one page.
    """
    names = {*fields, STAMP}
    while True:
        if place is not None and place.after:
            inside = [*_second(place.at), ("id", ">", place.after)]
            rows = connection.search_read(model, both(domain, inside), names, order="id", limit=size, archived=True)
            full = len(rows) == size
            place = Place(place.at, rows[-1].id) if full else Place(place.at + _SECOND)
            if rows:
                yield Page(rows, place)
            if not full:
                continue
        else:
            since: list[Leaf] = [] if place is None else [(STAMP, ">=", place.at)]
            found = both(domain, since)
            rows = connection.search_read(model, found, names, order=f"{STAMP}, id", limit=size, archived=True)
            if len(rows) < size:
                yield Page(rows, Place(_stamp(model, rows[-1])) if rows else place)
                return
            last = _stamp(model, rows[-1])
            whole = tuple(row for row in rows if _stamp(model, row) < last)
            if whole:
                place = Place(last)
                yield Page(whole, place)
                continue
            inside = list(_second(last))
            rows = connection.search_read(model, both(domain, inside), names, order="id", limit=size, archived=True)
            place = Place(last, rows[-1].id) if len(rows) == size else Place(last + _SECOND)
            yield Page(rows, place)


def _second(at: datetime) -> tuple[Leaf, Leaf]:
    return (STAMP, ">=", at), (STAMP, "<", at + _SECOND)


def _stamp(model: str, row: Row) -> datetime:
    at = row.instant(STAMP)
    if at is None:
        raise Unexpected(f"Odoo tells a record of {model} without when it was written.")
    return at
