"""Domains, Odoo's conditions, with field names of this database and values as Odoo takes them."""

from collections.abc import Callable, Sequence
from typing import TypeAlias

from goodstanding.adapters.odoo.values import write_value

Leaf: TypeAlias = tuple[str | int, str, object]
Domain: TypeAlias = Sequence[Leaf | str]
"""Leaves (field, operator, value) in prefix notation with "&", "|" and "!"; leaves side by side all hold."""


def write_domain(domain: Domain, name_here: Callable[[str], str]) -> list[object]:
    """Return a domain ready to travel; `name_here` gives a field's name in this database, or raises."""
    return [each if isinstance(each, str) else _leaf(each, name_here) for each in domain]


def both(first: Domain, second: Domain) -> Domain:
    """Return the domain of records that are in both."""
    if not first or not second:
        return first or second
    return ["&", *_one(first), *_one(second)]


def _one(domain: Domain) -> Domain:
    """Write out the "&" that leaves side by side imply, so that the domain is a single term."""
    needed, terms = 1, 0
    for each in domain:
        if needed == 0:
            terms, needed = terms + 1, 1
        needed += (1 if each in ("&", "|") else 0) if isinstance(each, str) else -1
    return [*["&"] * terms, *domain]


def _leaf(leaf: Leaf, name_here: Callable[[str], str]) -> list[object]:
    field, operator, value = leaf
    if isinstance(field, int):
        return [field, operator, value]
    first, dot, rest = field.partition(".")
    return [name_here(first) + dot + rest, operator, write_value(value)]
