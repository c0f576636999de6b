"""Where the records of delimited text begin and how many fields each has, seen before anything is parsed.

Parsers of tables pad short records, join records across a stray quotation mark, or give up at the first long one. So the
structure is looked at here, on the bytes; only records that are as the header says reach the parser, and the others are
reported with the line they begin on.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

_BLOCK: Final = 1 << 22
_QUOTE: Final = ord('"')
_NEWLINE: Final = ord("\n")
_RETURN: Final = ord("\r")


@dataclass(frozen=True, slots=True)
class Records:
    """The records of a text: where each begins and ends in bytes, how many fields it has, and its first line.

    `ends` lies behind the line break. `lines` counts line breaks before the record, within quotation marks too. `clean`
    says that quotation marks stand only where RFC 4180 has them: then every parser agrees on the records. Blank lines are
    records of no fields.
    """

    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    fields: NDArray[np.int32]
    lines: NDArray[np.int32]
    clean: bool


def records_of(data: bytes, separator: str) -> Records:
    """Find the records of delimited text in UTF-8, whose `separator` is one ASCII character.

    Fields may be quoted with `"`, doubled within; line breaks are LF or CRLF.
    """
    whole = np.frombuffer(data, dtype=np.uint8)
    mark = ord(separator)
    ends: list[NDArray[np.int64]] = []
    fields: list[NDArray[np.int32]] = []
    lines: list[NDArray[np.int32]] = []
    within, separators, breaks, clean = 0, 0, 0, True
    for offset in range(0, len(whole), _BLOCK):
        block = whole[offset : offset + _BLOCK]
        quotes = np.flatnonzero(block == _QUOTE)
        newlines = np.flatnonzero(block == _NEWLINE)
        marks = np.flatnonzero(block == mark)
        outer = newlines
        if len(quotes) or within:
            clean = clean and _well_placed(whole, quotes + offset, within, mark)
            outer = newlines[(np.searchsorted(quotes, newlines) + within) % 2 == 0]
            marks = marks[(np.searchsorted(quotes, marks) + within) % 2 == 0]
            within = (within + len(quotes)) % 2
        # Running totals at each line break; their differences are what lies between two of them.
        ends.append(outer + offset + 1)
        fields.append((np.searchsorted(marks, outer) + separators).astype(np.int32))
        lines.append((np.searchsorted(newlines, outer) + breaks + 1).astype(np.int32))
        separators += len(marks)
        breaks += len(newlines)
    if len(whole) and (within or whole[-1] != _NEWLINE):
        # The last record has no line break behind it.
        ends.append(np.array([len(whole)], dtype=np.int64))
        fields.append(np.array([separators], dtype=np.int32))
        lines.append(np.array([breaks + 1], dtype=np.int32))
    return _records(whole, ends, fields, lines, clean=clean and not within)


def _records(
    whole: NDArray[np.uint8],
    ends: list[NDArray[np.int64]],
    fields: list[NDArray[np.int32]],
    lines: list[NDArray[np.int32]],
    *,
    clean: bool,
) -> Records:
    if not ends:
        none = np.zeros(0, dtype=np.int32)
        return Records(none.astype(np.int64), none.astype(np.int64), none, none, clean)
    end = np.concatenate(ends)
    start = np.concatenate(([0], end[:-1]))
    so_far = np.concatenate(fields)
    count = so_far - np.concatenate((np.zeros(1, dtype=np.int32), so_far[:-1])) + np.int32(1)
    line = np.concatenate(([1], np.concatenate(lines)[:-1] + 1)).astype(np.int32)
    length = end - start
    first = whole[start]
    blank = (first == _NEWLINE) | ((first == _RETURN) & (length <= 2))
    count[blank] = 0
    return Records(start, end, count, line, clean)


def _well_placed(whole: NDArray[np.uint8], quotes: NDArray[np.int64], within: int, mark: int) -> bool:
    """Whether quotes open at the start of a field, close at its end, and are doubled in between."""
    opening, closing = quotes[within::2], quotes[1 - within :: 2]
    before = whole[np.maximum(opening - 1, 0)]
    opens = (opening == 0) | (before == mark) | (before == _NEWLINE) | (before == _QUOTE)
    last = len(whole) - 1
    after = whole[np.minimum(closing + 1, last)]
    closes = (closing == last) | (after == mark) | (after == _NEWLINE) | (after == _RETURN) | (after == _QUOTE)
    return bool(opens.all() and closes.all())
