"""The records of a demo Odoo, and how they look when they are read."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Final, TypeAlias

from goodstanding.adapters.odoo.demo.conditions import Raw, holds
from goodstanding.adapters.odoo.demo.errors import no_field, no_model
from goodstanding.adapters.odoo.demo.shapes import DemoField, Model

Numbers: TypeAlias = set[int]
_PLACED: Final = frozenset({"char", "many2one", "many2one_reference", "selection"})
"""Types of fields whose values can be looked up rather than looked for."""


class Store:
    """Records by model and number. Instants keep fractions of a second, as PostgreSQL does, and are read without."""

    def __init__(self, models: Mapping[str, Model], major: int) -> None:
        """`major` decides how instants are compared and what some errors say."""
        self.models, self.major = dict(models), major
        self.languages: dict[str, Mapping[str, str]] = {}
        """By the code of each further language, what labels of choices are called in it."""
        self._rows: dict[str, dict[int, dict[str, Raw]]] = {name: {} for name in models}
        self._last: dict[str, int] = dict.fromkeys(models, 0)
        self._apart: dict[str, int] = {}
        self._places: dict[tuple[str, str], dict[Raw, Numbers]] = {}
        """Records by what a field holds, of those fields that were searched by; kept as records change."""

    def model(self, name: str) -> Model:
        """Return a model. Raises `OdooError` where there is none."""
        found = self.models.get(name)
        if found is None:
            raise no_model(name)
        return found

    def field(self, model: str, name: str) -> DemoField:
        """Return a field. Raises `OdooError` where there is none."""
        found = self.model(model).fields.get(name)
        if found is None:
            raise no_field(model, name, self.major)
        return found

    def exists(self, model: str, number: int) -> bool:
        """Tell whether there is a record of this number."""
        return number in self._rows[model]

    def numbers(self, model: str) -> list[int]:
        """Return the numbers of all records."""
        return sorted(self._rows[model])

    @contextmanager
    def apart(self, begins: int) -> Iterator[None]:
        """Number what is made meanwhile from `begins` on, so that what else is made keeps the numbers it would have had."""
        others = self._apart or dict.fromkeys(self._last, begins - 1)
        self._last, self._apart = others, self._last
        try:
            yield
        finally:
            self._last, self._apart = self._apart, self._last

    def put(self, model: str, values: Mapping[str, Raw], *, at: datetime, by: int, number: int | None = None) -> int:
        """Keep a new record and return its number."""
        fields = self.model(model).fields
        for name in values:
            if name != "display_name":
                self.field(model, name)
        new = number or self._last[model] + 1
        self._last[model] = max(self._last[model], new)
        on = {"active": True} if "active" in fields else {}
        traces = {"create_uid": by, "create_date": at, "write_uid": by, "write_date": at}
        self._rows[model][new] = {**on, **traces, **values}
        self._place(model, new)
        return new

    def set(self, model: str, number: int, values: Mapping[str, Raw], *, at: datetime, by: int) -> None:
        """Change a record; write_date moves with it."""
        for name in values:
            self.field(model, name)
        self._unplace(model, number)
        self._rows[model][number].update({**values, "write_uid": by, "write_date": at})
        self._place(model, number)

    def drop(self, model: str, number: int) -> None:
        """Remove a record."""
        self._unplace(model, number)
        del self._rows[model][number]

    def value(self, model: str, number: int, path: str) -> Raw:
        """Return the stored value of a field, or of the end of a dotted path along links. None is empty."""
        first, _, rest = path.partition(".")
        value = self._own(model, number, first)
        if not rest:
            return value
        relation = self.field(model, first).relation or ""
        if isinstance(value, list):
            found = [self.value(relation, each, rest) for each in value if self.exists(relation, each)]
            return [inner for each in found for inner in (each if isinstance(each, list) else [each])]
        return self.value(relation, value, rest) if isinstance(value, int) and self.exists(relation, value) else None

    def _own(self, model: str, number: int, name: str) -> Raw:
        if name == "id":
            return number
        field = self.field(model, name)
        if name == "display_name":
            return self.name(model, number)
        if field.path:
            return self.value(model, number, ".".join(field.path))
        if field.inverse:
            return [
                each
                for each in self.numbers(field.relation or "")
                if self._rows[field.relation or ""][each].get(field.inverse) == number
            ]
        value = self._rows[model][number].get(name)
        if field.type in ("one2many", "many2many"):
            return list(value) if isinstance(value, Iterable) else []
        if field.type == "boolean":
            return bool(value)
        return None if value is False else value

    def name(self, model: str, number: int) -> str:
        """Return what a record is called."""
        told = self._rows[model][number].get("display_name")
        if isinstance(told, str):
            return told
        shape = self.models[model]
        if shape.named_by == "id":
            return f"{model},{number}"
        return " - ".join(str(self._own(model, number, each) or "") for each in shape.named_by.split())

    def shown(self, model: str, number: int, name: str) -> object:
        """Return a field's value as it is read: false for empty, links as [number, name], instants as text."""
        field, value = self.field(model, name), self._own(model, number, name)
        if field.type == "many2one":
            known = isinstance(value, int) and self.exists(field.relation or "", value)
            return [value, self.name(field.relation or "", value) or False] if known and isinstance(value, int) else False
        if value is None:
            return {"integer": 0, "float": 0.0, "monetary": 0.0}.get(field.type, False)
        return written(value)

    def find(
        self, model: str, domain: Sequence[object], *, order: str, archived: bool, rules: Sequence[object] = ()
    ) -> list[int]:
        """Return the numbers of the records of a domain that a rule shows, in order. Raises ValueError for a bad domain."""
        whole = self.major >= 19
        self._check(model, domain)
        hidden = not archived and "active" in self.model(model).fields and not _speaks_of(domain, "active")
        found = []
        for number in self._perhaps(model, domain):

            def value_of(path: str, number: int = number) -> Raw:
                return self._compared(model, number, path)

            if hidden and not value_of("active"):
                continue
            if holds(rules, value_of, whole_seconds=whole) and holds(domain, value_of, whole_seconds=whole):
                found.append(number)
        return self._sorted(model, found, order)

    def _compared(self, model: str, number: int, path: str) -> Raw:
        return self.value(model, number, path)

    def _perhaps(self, model: str, domain: Sequence[object]) -> list[int]:
        """Return the numbers of the records that may be in a domain, in order: of one field that it names, else all.

        A helpdesk holds thousands of messages, and most questions are about those of some tickets.
        """
        some: Numbers | None = None
        if not any(each in ("&", "|", "!") for each in domain):
            for leaf in domain:
                found = self._held(model, leaf) if isinstance(leaf, list | tuple) and len(leaf) == 3 else None
                if found is not None and (some is None or len(found) < len(some)):
                    some = found
        return self.numbers(model) if some is None else sorted(some)

    def _held(self, model: str, leaf: Sequence[object]) -> Numbers | None:
        """Return the records that may fit a condition, or None where that is not known without looking at each."""
        name, operator, wanted = leaf
        values = list(wanted) if operator == "in" and isinstance(wanted, list | tuple) else [wanted]
        if operator not in ("=", "in") or not isinstance(name, str):
            return None
        if not all(isinstance(each, int | str) and each not in (False, "") for each in values):
            return None
        if name == "id":
            return {each for each in values if each in self._rows[model] and isinstance(each, int)}
        field = self.models[model].fields.get(name)
        if field is None or not field.stored or field.path or field.type not in _PLACED:
            return None
        places = self._places.get((model, name))
        if places is None:
            places = self._places[model, name] = {}
            for number, row in self._rows[model].items():
                places.setdefault(row.get(name), set()).add(number)
        return set().union(*(places.get(each, ()) for each in values))

    def _place(self, model: str, number: int) -> None:
        for (of, name), places in self._places.items():
            if of == model:
                places.setdefault(self._rows[model][number].get(name), set()).add(number)

    def _unplace(self, model: str, number: int) -> None:
        for (of, name), places in self._places.items():
            if of == model:
                places[self._rows[model][number].get(name)].discard(number)

    def _check(self, model: str, domain: Sequence[object]) -> None:
        for each in domain:
            if isinstance(each, list | tuple) and len(each) == 3 and isinstance(each[0], str):
                name = each[0].partition(".")[0]
                if name not in self.model(model).fields:
                    kind = "condition" if self.major >= 19 else "leaf"
                    raise ValueError(f"Invalid field {model}.{name} in {kind} {tuple(each)!r}")

    def _sorted(self, model: str, numbers: list[int], order: str) -> list[int]:
        for term in reversed([each.strip() for each in (order or self.model(model).order).split(",")]):
            name, _, way = term.partition(" ")
            kind = self.field(model, name).type if name != "id" else "integer"

            def key(number: int, name: str = name, kind: str = kind) -> tuple[bool, object]:
                value = self.value(model, number, name)
                # An empty value sorts behind all others, and before them when the order is turned round, as in PostgreSQL.
                return (value is None, self.name(model, number) if kind == "one2many" else value if value is not None else 0)

            numbers = sorted(numbers, key=key, reverse=way.strip().lower() == "desc")
        return numbers


def written(value: Raw) -> object:
    """Return a stored value as it travels."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, date):
        return value.isoformat()
    return value


def _speaks_of(domain: Sequence[object], name: str) -> bool:
    return any(isinstance(each, list | tuple) and each[0] == name for each in domain)
