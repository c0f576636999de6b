"""Groups of records, from the two shapes in which Odoo answers with them."""

from collections.abc import Mapping, Sequence
from typing import Final

from goodstanding.adapters.odoo.bodies import Json
from goodstanding.adapters.odoo.fields import Field
from goodstanding.adapters.odoo.rows import Group
from goodstanding.adapters.odoo.trouble import Unexpected
from goodstanding.adapters.odoo.values import Value, normalise

_INSTANT: Final = Field("", "datetime")


def old_groups(
    model: str,
    told: Json,
    known: Mapping[str, Field],
    by: Sequence[str],
    measures: Sequence[str],
    here: Mapping[str, str],
) -> tuple[Group, ...]:
    """Return the groups of a `read_group` answer, up to 18, asked with lazy off.

    A date's step is named in the account's language there; where it begins stands in `__range`. `here` gives this database's
    name for each of `by` and `measures`. Raises `Unexpected` for another shape.
    """
    groups = []
    for each in _dicts(model, told):
        ranges = each.get("__range")
        keys: dict[str, Value] = {}
        for name in by:
            theirs = here[name]
            field = known[theirs.partition(":")[0]]
            span = ranges.get(theirs) if isinstance(ranges, dict) else None
            if field.type in ("date", "datetime"):
                keys[name] = normalise(_INSTANT, span.get("from")) if isinstance(span, dict) else None
            else:
                keys[name] = normalise(field, each.get(theirs))
        found = {name: _measure(each.get(here[name].partition(":")[0]), here[name], known) for name in measures}
        groups.append(Group(keys, _count(model, each), found))
    return tuple(groups)


def new_groups(
    model: str,
    told: Json,
    known: Mapping[str, Field],
    by: Sequence[str],
    measures: Sequence[str],
    here: Mapping[str, str],
) -> tuple[Group, ...]:
    """Return the groups of a `formatted_read_group` answer, from 19 on, where a date's step is [its beginning, its name].

    `here` gives this database's name for each of `by` and `measures`. Raises `Unexpected` for another shape.
    """
    groups = []
    for each in _dicts(model, told):
        keys: dict[str, Value] = {}
        for name in by:
            theirs = here[name]
            field = known[theirs.partition(":")[0]]
            raw = each.get(theirs)
            if field.type in ("date", "datetime"):
                keys[name] = normalise(_INSTANT, raw[0] if isinstance(raw, list) and raw else raw)
            else:
                keys[name] = normalise(field, raw)
        found = {name: _measure(each.get(here[name]), here[name], known) for name in measures}
        groups.append(Group(keys, _count(model, each), found))
    return tuple(groups)


def _measure(raw: Json, name: str, known: Mapping[str, Field]) -> Value:
    field, _, how = name.partition(":")
    return normalise(Field(field, "float") if how == "avg" else known[field], raw)


def _dicts(model: str, told: Json) -> list[dict[str, Json]]:
    if not isinstance(told, list):
        raise Unexpected(f"Odoo answers a grouping of {model} without a list.")
    return [each for each in told if isinstance(each, dict)]


def _count(model: str, group: Mapping[str, Json]) -> int:
    count = group.get("__count")
    if not isinstance(count, int):
        raise Unexpected(f"Odoo answers a grouping of {model} without counts.")
    return count
