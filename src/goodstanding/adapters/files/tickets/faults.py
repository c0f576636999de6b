"""The first thing wrong with each row, gathered while columns are read."""

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from goodstanding.adapters.files.tickets.fields import Field
from goodstanding.adapters.files.tickets.instants import Instants
from goodstanding.adapters.files.tickets.table import Table, cut
from goodstanding.adapters.files.tickets.trouble import BadRow, Fault

_FAULTS: Final = tuple(Fault)
_FIELDS: Final = tuple(Field)


class Faults:
    """Which rows are bad, and why: of several reasons the one found first."""

    def __init__(self, table: Table, headers: Mapping[Field, str]) -> None:
        self._table = table
        self._headers = headers
        self._reasons = np.zeros(table.frame.height, dtype=np.uint8)
        self._fields = np.zeros(table.frame.height, dtype=np.uint8)
        self._numbers: dict[int, int] = {}

    @property
    def good(self) -> NDArray[np.bool_]:
        """The rows nothing is wrong with, so far."""
        return np.asarray(self._reasons == 0)

    def mark(self, rows: NDArray[np.bool_], fault: Fault, field: Field, numbers: NDArray[np.int32] | None = None) -> None:
        """Set rows aside that are still good; `numbers` are the fault's, one for each row of the file."""
        rows = rows & (self._reasons == 0)
        if not rows.any():
            return
        self._reasons[rows] = _FAULTS.index(fault) + 1
        self._fields[rows] = _FIELDS.index(field)
        if numbers is not None:
            self._numbers.update({int(row): int(numbers[row]) for row in np.flatnonzero(rows)})

    def mark_instants(self, found: Mapping[Field, Instants]) -> None:
        """Set rows aside with an instant that could not be read."""
        for field, instants in found.items():
            for fault, rows in instants.faulty():
                self.mark(rows, fault, field)

    def bad_rows(self) -> tuple[BadRow, ...]:
        """Return every bad row of the file in the order of its lines, those that never became rows included."""
        rows = np.flatnonzero(self._reasons)
        found = []
        values = {field: self._table.frame[field.value].gather(rows) for field in self._used(rows)}
        for at, row in enumerate(rows):
            field = _FIELDS[self._fields[row]]
            value = values[field][at] if field in values else None
            found.append(
                BadRow(
                    int(self._table.lines[row]),
                    self._headers.get(field, ""),
                    "" if value is None else cut(str(value)),
                    _FAULTS[self._reasons[row] - 1],
                    self._numbers.get(int(row)),
                )
            )
        return tuple(sorted((*self._table.bad, *found), key=lambda bad: bad.line))

    def _used(self, rows: NDArray[np.int64]) -> list[Field]:
        used = (_FIELDS[code] for code in np.unique(self._fields[rows]))
        return [field for field in used if field.value in self._table.frame.columns]
