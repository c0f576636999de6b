"""JSON Lines: one object a line, what lies within it named by its path."""

import json
import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, Final

import numpy as np
import polars as pl

from goodstanding.adapters.files.tickets.fields import Field
from goodstanding.adapters.files.tickets.limits import MAX_COLUMNS
from goodstanding.adapters.files.tickets.table import Table, Tell, check_columns, check_rows, cut
from goodstanding.adapters.files.tickets.trouble import BadRow, Fault, Unusable, Why

_DEEPEST: Final = 4
_LOOKED_AT: Final = 1_000
"""Lines whose names all count; of a name that comes first on a later one, as an export that leaves out what is empty may
have it, there may be so many that a table can hold no more columns: those beyond are not seen."""
_CHUNK: Final = 50_000
_NO: Final = "false"
_WORD: Final = re.compile(r"[^\s\"{}\[\]:,]+")


class JsonLines:
    """JSON Lines in UTF-8; a value within objects is named by its path, `fields.status.name`."""

    def __init__(self, raw: bytes) -> None:
        self._lines = raw.removeprefix(b"\xef\xbb\xbf").split(b"\n")
        check_rows(len(self._lines))
        names: dict[str, None] = {}
        lines = (line for line in self._lines if line.strip())
        for line in islice(lines, _LOOKED_AT):
            names.update(dict.fromkeys(_object(line) or {}))
        for line in lines:
            if len(names) >= MAX_COLUMNS:
                break
            late = (name for name in _object(line) or {} if name not in names)
            names.update(dict.fromkeys(islice(late, MAX_COLUMNS - len(names))))
        if not names:
            raise Unusable(Why.NOT_A_TABLE)
        self.names = check_columns(tuple(names))

    def load(self, wanted: Mapping[Field, int], tell: Tell) -> Table:
        """Read the wanted values of every line that is an object."""
        names = [(self.names[place], field is Field.PUBLIC) for field, place in wanted.items()]
        schema = {field.value: pl.String for field in wanted}
        frames = [pl.DataFrame(schema=schema)]
        at_lines: list[int] = []
        bad: list[BadRow] = []
        suspects: set[str] = set()
        rows: list[list[str | None]] = []
        count, lines = len(self._lines), iter(self._lines)
        self._lines = []
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            found = _object(line)
            if found is None:
                suspects.update(_WORD.findall(line.decode(errors="replace")))
                bad.append(BadRow(number, "", cut(line.decode(errors="replace").strip()), Fault.NOT_JSON))
                continue
            # Where there is no text, Odoo writes false.
            rows.append([None if (value := found.get(name)) == _NO and not flag else value for name, flag in names])
            at_lines.append(number)
            if len(rows) == _CHUNK:
                frames.append(pl.DataFrame(rows, schema=schema, orient="row"))
                rows = []
                tell(number / count)
        if rows:
            frames.append(pl.DataFrame(rows, schema=schema, orient="row"))
        return Table(pl.concat(frames), np.array(at_lines, dtype=np.int32), tuple(bad), suspects=frozenset(suspects))


def _object(line: bytes) -> dict[str, str | None] | None:
    """Return the values of a line by their paths, or None when it is no object."""
    try:
        found = json.loads(line)
        return dict(_named(found, "", 0)) if isinstance(found, dict) else None
    except (ValueError, RecursionError):
        return None


def _named(found: Mapping[str, Any], prefix: str, depth: int) -> Iterator[tuple[str, str | None]]:
    for name, value in found.items():
        path = f"{prefix}{name}"
        if isinstance(value, dict):
            if depth < _DEEPEST:
                yield from _named(value, f"{path}.", depth + 1)
        else:
            yield path, _text(value)


def _text(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, str):
        # Half a surrogate pair is allowed in JSON and in no encoding.
        return value if value.isascii() else value.encode(errors="replace").decode()
    if isinstance(value, bool):
        return "true" if value else _NO
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, int):
        return str(value)
    if len(value) == 2 and isinstance(value[0], int) and isinstance(value[1], str):
        # Odoo writes a record as its number and its name.
        return _text(value[1])
    return ", ".join(text for item in value if not isinstance(item, list | dict) and (text := _text(item)) is not None)
