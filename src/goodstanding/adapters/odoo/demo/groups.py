"""Groups of records as `read_group` and `formatted_read_group` tell them."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from goodstanding.adapters.odoo.demo.store import Store, written


def plain_groups(
    store: Store, model: str, numbers: Sequence[int], by: Sequence[str], fields: Sequence[str], *, lazy: bool
) -> list[dict[str, object]]:
    """Return groups in the shape of read_group: counts as `__count`, or `field_count` where lazy; dates by name."""
    told = []
    for keys, members in _grouped(store, model, numbers, by[:1] if lazy else by):
        group: dict[str, object] = {}
        ranges: dict[str, object] = {}
        for name, key in zip(by, keys, strict=False):
            group[name] = _shown(store, model, name, key)
            if isinstance(key, datetime):
                step = name.partition(":")[2] or "month"
                group[name] = _title(key, step)
                ranges[name] = {"from": written(key), "to": written(_next(key, step))}
        group[f"{by[0].partition(':')[0]}_count" if lazy else "__count"] = len(members)
        for each in fields:
            if ":" in each:
                group[each.partition(":")[0]] = _measure(store, model, members, each)
        group["__domain"] = [[name, "=", _plain(key)] for name, key in zip(by, keys, strict=False)]
        if ranges:
            group["__range"] = ranges
        told.append(group)
    return told


def formatted_groups(
    store: Store, model: str, numbers: Sequence[int], by: Sequence[str], aggregates: Sequence[str]
) -> list[dict[str, object]]:
    """Return groups in the shape of formatted_read_group: dates as [beginning, name], measures under their full names."""
    told = []
    for keys, members in _grouped(store, model, numbers, by):
        group: dict[str, object] = {}
        for name, key in zip(by, keys, strict=True):
            step = name.partition(":")[2] or "month"
            group[name] = [written(key), _title(key, step)] if isinstance(key, datetime) else _shown(store, model, name, key)
        group["__extra_domain"] = [[name, "=", _plain(key)] for name, key in zip(by, keys, strict=True)]
        for each in aggregates:
            group[each] = len(members) if each == "__count" else _measure(store, model, members, each)
        told.append(group)
    return told


def _grouped(store: Store, model: str, numbers: Sequence[int], by: Sequence[str]) -> list[tuple[tuple[object, ...], list[int]]]:
    found: dict[tuple[object, ...], list[int]] = {}
    for number in numbers:
        found.setdefault(tuple(_key(store, model, number, each) for each in by), []).append(number)
    return sorted(found.items(), key=lambda each: [(key is None, str(key)) for key in each[0]])


def _key(store: Store, model: str, number: int, name: str) -> object:
    field, _, step = name.partition(":")
    if store.field(model, field).type in ("one2many", "html"):
        raise ValueError(f"Cannot convert {model}.{field} to SQL")
    value = store.value(model, number, field)
    if isinstance(value, date):
        at = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day, tzinfo=UTC)
        return _start(at.astimezone(UTC), step or "month")
    return tuple(value) if isinstance(value, list) else value


def _start(at: datetime, step: str) -> datetime:
    day = at.replace(hour=0, minute=0, second=0, microsecond=0)
    return {"day": day, "month": day.replace(day=1), "year": day.replace(month=1, day=1)}[step]


def _next(at: datetime, step: str) -> datetime:
    return at + timedelta(days=1) if step == "day" else _start(at + timedelta(days=32 if step == "month" else 366), step)


def _title(at: datetime, step: str) -> str:
    return at.strftime({"day": "%d %b %Y", "month": "%B %Y", "year": "%Y"}[step])


def _shown(store: Store, model: str, name: str, key: object) -> object:
    field = store.field(model, name.partition(":")[0])
    if field.type == "many2one" and isinstance(key, int):
        return [key, store.name(field.relation or "", key)]
    return False if key is None else list(key) if isinstance(key, tuple) else key


def _plain(key: object) -> object:
    return False if key is None else written(key)


def _measure(store: Store, model: str, members: Sequence[int], name: str) -> object:
    field, _, how = name.partition(":")
    values = [each for number in members if isinstance(each := store.value(model, number, field), int | float)]
    if not values:
        return False
    if how == "avg":
        return sum(values) / len(values)
    return max(values) if how == "max" else min(values) if how == "min" else sum(values)
