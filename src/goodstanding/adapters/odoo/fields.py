"""The fields of a model as this database shows them to this account."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from goodstanding.adapters.odoo.bodies import Json
from goodstanding.adapters.odoo.trouble import Unexpected

ATTRIBUTES: Final = ("string", "type", "relation", "selection", "store", "searchable")


@dataclass(frozen=True, slots=True)
class Field:
    """A field: its technical name, Odoo's type, its label in the account's language, and what it points to or offers."""

    name: str
    type: str
    label: str = ""
    relation: str | None = None
    selection: tuple[tuple[str, str], ...] = ()
    stored: bool = True
    searchable: bool = True


def read_fields(model: str, told: Json) -> Mapping[str, Field]:
    """Return the fields of a `fields_get` answer by name. Raises `Unexpected` where it is none."""
    if not isinstance(told, dict):
        raise Unexpected(f"Odoo does not tell the fields of {model}.")
    return {name: _field(name, each) for name, each in told.items() if isinstance(each, dict)}


def _field(name: str, told: Mapping[str, Json]) -> Field:
    kind, label, relation, choices = (told.get(key) for key in ("type", "string", "relation", "selection"))
    pairs = choices if isinstance(choices, list) else []
    selection = tuple((str(each[0]), str(each[1])) for each in pairs if isinstance(each, list) and len(each) == 2)
    return Field(
        name,
        kind if isinstance(kind, str) else "",
        label if isinstance(label, str) else "",
        relation if isinstance(relation, str) else None,
        selection,
        told.get("store") is not False,
        told.get("searchable") is not False,
    )
