"""What a model of the demo Odoo looks like: its fields, read from short tables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from goodstanding.adapters.odoo.bodies import Json

_OF_ALL: Final = """
    id              integer    ID
    display_name    char       Display Name       | not stored
    create_date     datetime   Created on
"""
_TRACES: Final = """
    create_uid      many2one   Created by         res.users
    write_uid       many2one   Last Updated by    res.users
    write_date      datetime   Last Updated on
"""


@dataclass(frozen=True, slots=True)
class DemoField:
    """A field: type, label, what it points to or offers, and how it behaves."""

    name: str
    type: str
    label: str
    relation: str | None = None
    selection: tuple[tuple[str, str], ...] = ()
    tracked: bool = False
    stored: bool = True
    searchable: bool = True
    settings_only: bool = False
    """Left out of fields_get and refused by name for anybody but an administrator, as the code of server actions."""
    path: tuple[str, ...] = ()
    """Where a computed value comes from: fields to walk along."""
    inverse: str | None = None
    """Of a one2many: the field of the other model that points here."""

    def told(self, attributes: Sequence[str], words: Mapping[str, str]) -> dict[str, Json]:
        """Return the field as `fields_get` tells it; `words` are labels of choices in another language."""
        every: dict[str, Json] = {"type": self.type, "string": self.label, "readonly": not self.stored, "required": False}
        every |= {"store": self.stored, "searchable": self.searchable}
        if self.relation:
            every["relation"] = self.relation
        if self.type == "selection":
            every["selection"] = [[key, words.get(label, label)] for key, label in self.selection]
        return {key: value for key, value in every.items() if not attributes or key in attributes}


@dataclass(frozen=True, slots=True)
class Model:
    """A model: its technical name, what it is called, its fields, and which of them names a record."""

    name: str
    label: str
    fields: Mapping[str, DemoField] = field(repr=False)
    named_by: str = "name"
    order: str = "id"
    posting_needs: str = "write"
    """The right that posting a message on a record takes."""


def model(
    name: str,
    label: str,
    table: str,
    *,
    major: int,
    named_by: str = "name",
    order: str = "id",
    posting_needs: str = "write",
    traced: bool = True,
) -> Model:
    """Read a model from a table of lines `name type Label words relation-or-choices | flags`, two blanks between columns.

    Choices are `key=Label;key=Label`. Flags, apart by commas: `tracked`, `not stored`, `not searchable`, `settings only`,
    `from a.b` (computed along links), `inverse x`, `since N`, `until N` (majors between which it is there). `traced` models
    keep who made and last wrote a record, and when.
    """
    fields = {}
    for line in (_OF_ALL + (_TRACES if traced else "") + table).splitlines():
        if not line.strip():
            continue
        found = _field(line, major)
        if found is not None:
            fields[found.name] = found
    return Model(name, label, fields, named_by, order, posting_needs)


def _field(line: str, major: int) -> DemoField | None:
    columns, _, written = line.partition("|")
    name, kind, label, *rest = [each.strip() for each in columns.split("  ") if each.strip()]
    flags = {each.strip() for each in written.split(",") if each.strip()}
    words = dict(each.split(" ", 1) for each in flags if " " in each)
    if major < int(words.get("since", 0)) or major > int(words.get("until", major)):
        return None
    about = rest[0] if rest else ""
    choices = (
        tuple((key, shown) for key, _, shown in (each.partition("=") for each in about.split(";"))) if "=" in about else ()
    )
    path = tuple(words["from"].split(".")) if "from" in words else ()
    return DemoField(
        name,
        kind,
        label,
        relation=about if about and not choices else None,
        selection=choices,
        tracked="tracked" in flags,
        stored="not stored" not in flags and not path,
        searchable="not searchable" not in flags,
        settings_only="settings only" in flags,
        path=path,
        inverse=words.get("inverse"),
    )
