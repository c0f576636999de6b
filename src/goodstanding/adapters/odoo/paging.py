"""Reading a large model in pages by what changed last, so that nothing is missed or read twice, however it is interrupted."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from goodstanding.adapters.odoo.connection import Connection
from goodstanding.adapters.odoo.domains import Domain, Leaf, both
from goodstanding.adapters.odoo.rows import Row
from goodstanding.adapters.odoo.trouble import Unexpected

STAMP: Final = "write_date"
_SECOND: Final = timedelta(seconds=1)
WIDE: Final = 5_000
"""So many records in a row that the account may not read are looked past."""


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
    sieved: bool = False,
) -> Iterator[Page]:
    """Read the records of a domain, archived ones too, ordered by when they were last written and by number.

    Odoo keeps write_date with fractions of a second, tells it without, and up to 18 compares with them. So a page ends
    between two whole seconds, never inside one; a second that fills a page by itself (a bulk update) is read through by
    number. Each record comes once unless it is written meanwhile, and then it comes again later. Memory is one page.

    `sieved` says that the server leaves out of a page what the account may not read once it has counted it, as Odoo does
    with messages (measured on 18): then a page that is not full says nothing, and it is asked whether anything follows.
    """
    names = {*fields, STAMP}
    limit = size
    inner = max(size, WIDE) if sieved else size
    while True:
        if place is not None and place.after:
            inside = [*_second(place.at), ("id", ">", place.after)]
            rows = connection.search_read(model, both(domain, inside), names, order="id", limit=inner, archived=True)
            full = bool(rows) if sieved else len(rows) == inner
            place = Place(place.at, rows[-1].id) if full else Place(place.at + _SECOND)
            if rows:
                yield Page(rows, place)
        else:
            since: list[Leaf] = [] if place is None else [(STAMP, ">=", place.at)]
            found = both(domain, since)
            rows = connection.search_read(model, found, names, order=f"{STAMP}, id", limit=limit, archived=True)
            if len(rows) < limit:
                at = place.at if place is not None else None
                if not (sieved and _goes_on(connection, model, domain, rows, at)):
                    yield Page(rows, Place(_stamp(model, rows[-1])) if rows else place)
                    return
                if not rows:
                    limit = max(size, WIDE)
                    continue
            last = _stamp(model, rows[-1])
            whole = tuple(row for row in rows if _stamp(model, row) < last)
            if whole:
                place = Place(last)
                yield Page(whole, place)
                continue
            inside = list(_second(last))
            rows = connection.search_read(model, both(domain, inside), names, order="id", limit=inner, archived=True)
            full = bool(rows) if sieved else len(rows) == inner
            place = Place(last, rows[-1].id) if full else Place(last + _SECOND)
            yield Page(rows, place)


def _goes_on(connection: Connection, model: str, domain: Domain, rows: Sequence[Row], at: datetime | None) -> bool:
    """Tell whether anything follows a page that was not full; `at` is where it began."""
    since = _stamp(model, rows[-1]) if rows else at
    known = [row.id for row in rows if _stamp(model, row) == since]
    beyond: list[Leaf] = [] if since is None else [(STAMP, ">=", since)]
    beyond += [("id", "not in", known)] if known else []
    order = f"{STAMP}, id"
    return bool(connection.search_read(model, both(domain, beyond), (), order=order, limit=WIDE, archived=True))


def _second(at: datetime) -> tuple[Leaf, Leaf]:
    return (STAMP, ">=", at), (STAMP, "<", at + _SECOND)


def _stamp(model: str, row: Row) -> datetime:
    at = row.instant(STAMP)
    if at is None:
        raise Unexpected(f"Odoo tells a record of {model} without when it was written.")
    return at
