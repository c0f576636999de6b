"""Odoo's values as this product's: nothing is None and never false, links are pairs, instants are aware, numbers exact."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Final, TypeAlias

from goodstanding.adapters.odoo.bodies import Json
from goodstanding.adapters.odoo.fields import Field
from goodstanding.adapters.odoo.trouble import Unexpected


@dataclass(frozen=True, slots=True)
class Ref:
    """A record that is pointed to: its number, and its name as the account may see it."""

    id: int
    name: str = ""


Value: TypeAlias = "bool | int | Decimal | str | date | datetime | Ref | tuple[int, ...] | Json | None"
_TEXTS: Final = frozenset({"char", "text", "html", "selection", "reference", "binary"})
_LISTS: Final = frozenset({"one2many", "many2many"})


def normalise(field: Field, raw: Json) -> Value:
    """Return a raw value by the type of its field.

    booleans stay; `false` is None for every other type (Odoo never answers null for empty, odoo-facts.md 6); integers are
    int, floats and amounts `Decimal`; date and datetime become `date` and aware UTC `datetime` (Odoo's datetimes are UTC to
    the second); many2one becomes `Ref`; lists of records tuples of numbers; texts lose what no database keeps (NUL, lone
    surrogates). Other types stay as they travelled. Raises `Unexpected` for a value that its type does not allow.
    """
    kind = field.type
    if kind == "boolean":
        return bool(raw)
    if raw is False or raw is None:
        return () if kind in _LISTS else None
    try:
        return _typed(kind, raw)
    except (ValueError, TypeError, ArithmeticError):
        raise Unexpected(f"Odoo's field {field.name} holds something else than its type {kind} says.") from None


def _typed(kind: str, raw: Json) -> Value:
    if kind in _TEXTS:
        return clean(str(raw)) if isinstance(raw, str | int | Decimal) else _wrong()
    if kind in ("integer", "many2one_reference"):
        return _whole(raw) or (None if kind == "many2one_reference" else 0)
    if kind in ("float", "monetary"):
        return Decimal(raw) if isinstance(raw, int | Decimal) and not isinstance(raw, bool) else _wrong()
    if kind == "datetime":
        return read_instant(raw) if isinstance(raw, str) else _wrong()
    if kind == "date":
        return date.fromisoformat(raw[:10]) if isinstance(raw, str) else _wrong()
    if kind == "many2one":
        return _ref(raw)
    if kind in _LISTS:
        return tuple(map(_whole, raw)) if isinstance(raw, list) else _wrong()
    return raw


def _wrong() -> Value:
    raise ValueError


def _whole(raw: Json) -> int:
    if isinstance(raw, bool) or not isinstance(raw, int | Decimal) or raw != int(raw):
        raise ValueError
    return int(raw)


def _ref(raw: Json) -> Ref:
    if isinstance(raw, list) and len(raw) == 2:
        return Ref(_whole(raw[0]), clean(raw[1]) if isinstance(raw[1], str) else "")
    return Ref(_whole(raw))


def read_instant(text: str) -> datetime:
    """Return an Odoo datetime, "YYYY-MM-DD HH:MM:SS" in UTC, as an aware instant. Raises ValueError for anything else."""
    found = datetime.fromisoformat(text)
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def write_instant(at: datetime) -> str:
    """Return an aware instant as Odoo's text in UTC, fractions of a second cut off."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


def clean(text: str) -> str:
    """Return a text without NUL and lone surrogates, which a stranger can send and no database keeps."""
    if "\x00" in text:
        text = text.replace("\x00", "")
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode()
    return text


def write_value(value: object) -> object:
    """Return a value of ours as Odoo takes it in a domain: None is false, a link its number, an instant text in UTC."""
    if value is None:
        return False
    if isinstance(value, Ref):
        return value.id
    if isinstance(value, datetime):
        return write_instant(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Sequence | set | frozenset) and not isinstance(value, str):
        return [write_value(each) for each in value]
    return value
