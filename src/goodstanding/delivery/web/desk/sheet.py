"""Lists as CSV, written line by line as they are read, in which no spreadsheet takes a text for a formula."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from django.http import StreamingHttpResponse

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\0")


class _Line:
    """What csv writes to: it hands each line straight on."""

    def write(self, line: str) -> str:
        return line


def sheet(name: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> StreamingHttpResponse:
    """Answer with a list as a file of that name; `rows` may be as long as it likes and is never held whole."""
    answer = StreamingHttpResponse(_lines(head, rows), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _lines(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    writer = csv.writer(_Line())
    yield "\ufeff" + writer.writerow(head)
    for row in rows:
        yield writer.writerow([_plain(cell) for cell in row])


def _plain(cell: str) -> str:
    """Keep a spreadsheet from taking a text for a formula (metrics.md G.2 16)."""
    return f"'{cell}" if cell[:1] in _FORMULA else cell
