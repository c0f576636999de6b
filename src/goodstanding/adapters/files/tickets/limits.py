"""How much a ticket file may hold: beyond it a file is refused before it can exhaust the machine (metrics.md G.2, 19)."""

from typing import Final

MIB: Final = 1 << 20

MAX_FILE_BYTES: Final = 512 * MIB
"""Of the file as it lies on the disk."""
MAX_UNPACKED_BYTES: Final = 2048 * MIB
"""Of a workbook or a Parquet file once unpacked, counted and not believed."""
MAX_ROWS: Final = 5_000_000
MAX_COLUMNS: Final = 2_000
"""Exports with every custom field reach several hundreds."""
MAX_CELLS: Final = 64_000_000
"""Of a worksheet's grid from its first to its last used cell: the reader makes room for all of it, used or not."""
MAX_MAP_BYTES: Final = MIB
"""Of the YAML file that says what columns mean."""
