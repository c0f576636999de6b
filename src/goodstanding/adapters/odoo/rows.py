"""A record as it was read: values by name, asked for by the type that the asker counts on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TypeVar

from goodstanding.adapters.odoo.values import Ref, Value

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Row:
    """One record. A field that this database does not have, or does not show, is not in it and reads as None."""

    id: int
    values: Mapping[str, Value]

    def __contains__(self, name: str) -> bool:
        return name in self.values

    def __getitem__(self, name: str) -> Value:
        return self.values[name]

    def text(self, name: str) -> str | None:
        """Return a char, text, html or selection."""
        return self._as(name, str)

    def ref(self, name: str) -> Ref | None:
        """Return a many2one."""
        return self._as(name, Ref)

    def instant(self, name: str) -> datetime | None:
        """Return a datetime, aware and in UTC."""
        return self._as(name, datetime)

    def day(self, name: str) -> date | None:
        """Return a date."""
        return self._as(name, date)

    def whole(self, name: str) -> int | None:
        """Return an integer."""
        return self._as(name, int)

    def exact(self, name: str) -> Decimal | None:
        """Return a float or an amount."""
        return self._as(name, Decimal)

    def flag(self, name: str) -> bool:
        """Return a boolean; false where there is no such field."""
        return self.values.get(name) is True

    def ids(self, name: str) -> tuple[int, ...]:
        """Return the numbers of a one2many or many2many; none where there is no such field."""
        value = self.values.get(name)
        return tuple(each for each in value if isinstance(each, int)) if isinstance(value, tuple) else ()

    def _as(self, name: str, kind: type[T]) -> T | None:
        value = self.values.get(name)
        if value is None:
            return None
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise TypeError(f"{name} is {type(value).__name__}, not {kind.__name__}")
        return value


@dataclass(frozen=True, slots=True)
class Group:
    """A group of records: the values they share, how many they are, and measures such as `file_size:sum`."""

    keys: Mapping[str, Value]
    count: int
    measures: Mapping[str, Value]
