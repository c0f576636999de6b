"""What the tests of ticket exports share: files written down, and what was read from them in short."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import HealthCheck, settings

from goodstanding.adapters.files.tickets import BadRow, ImportedTicket, Note, NoteCode, Reading, TicketFile, read_tickets

SOME = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
FEW = settings(SOME, max_examples=30)
"""For what reads whole files, which is dear."""
IN_UTC = Reading(zone="UTC")


def written(folder: Path, content: str | bytes, name: str = "export.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def read(folder: Path, content: str | bytes, reading: Reading = IN_UTC) -> TicketFile:
    return read_tickets(written(folder, content), reading)


def csv_of(header: str, rows: Iterable[Sequence[str]]) -> str:
    return "\n".join([header, *(",".join(row) for row in rows)]) + "\n"


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def short(ticket: ImportedTicket) -> list[tuple[str, str]]:
    """The events of a ticket as `(2025-01-31 14:33, opened)`."""
    return [(f"{event.at:%Y-%m-%d %H:%M}", event.kind.value) for event in ticket.events]


def by_ref(found: TicketFile) -> dict[str, ImportedTicket]:
    return {ticket.ref: ticket for ticket in found.tickets()}


def without_lines(found: TicketFile) -> list[ImportedTicket]:
    return sorted((replace(ticket, line=0) for ticket in found.tickets()), key=lambda ticket: ticket.ref)


def faults(bad: Iterable[BadRow]) -> list[tuple[int, str, str, str]]:
    return [(row.line, row.column, row.value, row.reason.value) for row in bad]


def note(found: TicketFile, code: NoteCode) -> Note | None:
    return next((each for each in found.notes if each.code is code), None)
