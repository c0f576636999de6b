"""Which column is which: by the product whose headers they are, by common names, and by what the user said."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from goodstanding.adapters.files.tickets.asking import Asked, Choice, ImportMap, NeedsAnswer, Question
from goodstanding.adapters.files.tickets.fields import OF_EVENTS, Field, Shape
from goodstanding.adapters.files.tickets.products import GENERIC, PRODUCTS, Product
from goodstanding.adapters.files.tickets.words import plain, without_utc
from goodstanding.adapters.files.yaml12 import FileError, Problem

_OWN: Final = 3
"""What a header counts that only one product has; others count one."""
_OWN_AT_LEAST: Final = 2
_ENOUGH: Final = 6
_DECIDING: Final = (Field.OPENED, Field.FIRST_RESPONSE, Field.RESOLVED, Field.CLOSED, Field.AT)
"""Fields for which the wrong one of two columns would change verdicts."""
_SURE: Final = frozenset({"at", "opened", "first response", "resolved", "closed"})
"""The fields' own names: a table made for us."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """The columns of a file by field, as places in its header; the product, if any, and its columns we do not use."""

    product: str
    places: Mapping[Field, int]
    unused: tuple[str, ...] = ()


def recognise(names: tuple[str, ...], told: ImportMap) -> Recognised:
    """Recognise columns by their headers; what the map says beats all.

    Raises `NeedsAnswer` when two columns could both be an instant that decides verdicts, and `FileError` when the map
    names a column that is not there.
    """
    known: dict[str, int] = {}
    for place, name in enumerate(names):
        known.setdefault(plain(name), place)
    for place, name in enumerate(names):
        if bare := without_utc(name):
            known.setdefault(bare, place)
    product = _product(set(known))
    places: dict[Field, int] = _told(names, known, told)
    taken = set(places.values())
    # A product's list may have an activity and a date beside it without being a list of events.
    of_events = product is None or told.shape is Shape.EVENTS
    for each in (product, GENERIC) if product else (GENERIC,):
        for field, headers in each.headers.items():
            if field in places or field in told.columns or (not of_events and field in OF_EVENTS):
                continue
            found = [known[header] for header in headers if known.get(header) not in (None, *taken)]
            if not found:
                continue
            if (
                each is GENERIC
                and product is None
                and len(found) > 1
                and field in _DECIDING
                and plain(names[found[0]]) not in _SURE
            ):
                raise NeedsAnswer(_which(field, tuple(names[place] for place in found)))
            places[field] = found[0]
            taken.add(found[0])
    unused = tuple(names[known[header]] for header in sorted(product.unused & set(known))) if product else ()
    return Recognised(product.key if product else "", places, unused)


def _product(known: set[str]) -> Product | None:
    """Return the product whose headers these are, or None when none stands out."""
    listed = {each.key: _all_headers(each) for each in PRODUCTS}
    spread = Counter(header for headers in listed.values() for header in headers)
    best, most = None, 0
    for each in PRODUCTS:
        found = listed[each.key] & known
        own = sum(spread[header] == 1 for header in found)
        score = len(found) + (_OWN - 1) * own
        readable = all(known & set(each.headers[field]) for field in (Field.TICKET, Field.OPENED))
        if own >= _OWN_AT_LEAST and readable and score > most:
            best, most = each, score
    return best if most >= _ENOUGH else None


def _all_headers(product: Product) -> set[str]:
    return {header for headers in product.headers.values() for header in headers} | product.signs | product.unused


def _told(names: tuple[str, ...], known: Mapping[str, int], told: ImportMap) -> dict[Field, int]:
    places: dict[Field, int] = {}
    problems = []
    for field, header in told.columns.items():
        if header is None:
            continue
        place = names.index(header) if header in names else known.get(plain(header))
        if place is None:
            where = f"columns.{field}"
            problems.append(Problem(told.path, told.lines.get(where, 1), where, f"one of {', '.join(names)}", repr(header)))
        else:
            places[field] = place
    if problems:
        raise FileError(*problems)
    return places


def _which(field: Field, names: tuple[str, ...]) -> Question:
    return Question(Asked.COLUMN, names[0], choices=tuple(Choice(name) for name in names), field=field)
