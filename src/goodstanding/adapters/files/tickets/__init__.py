"""Ticket exports of other systems, read as tickets with their events: files in, values and everything noticed out."""

from goodstanding.adapters.files.tickets.asking import (
    Asked,
    Choice,
    DateOrder,
    ImportMap,
    NeedsAnswer,
    NumberUnit,
    Question,
    Reading,
    answered,
)
from goodstanding.adapters.files.tickets.cells import Coded, WordRead
from goodstanding.adapters.files.tickets.fields import Field, Shape
from goodstanding.adapters.files.tickets.importmap import read_map
from goodstanding.adapters.files.tickets.instants import MISSING, as_read
from goodstanding.adapters.files.tickets.read import Progress, read_tickets
from goodstanding.adapters.files.tickets.ticketfile import ImportedTicket, TicketColumns, TicketFile
from goodstanding.adapters.files.tickets.trouble import BadRow, Fault, Note, NoteCode, Unusable, Why
from goodstanding.adapters.files.yaml12 import FileError

__all__ = [
    "MISSING",
    "Asked",
    "BadRow",
    "Choice",
    "Coded",
    "DateOrder",
    "Fault",
    "Field",
    "FileError",
    "ImportMap",
    "ImportedTicket",
    "NeedsAnswer",
    "Note",
    "NoteCode",
    "NumberUnit",
    "Progress",
    "Question",
    "Reading",
    "Shape",
    "TicketColumns",
    "TicketFile",
    "Unusable",
    "Why",
    "WordRead",
    "answered",
    "as_read",
    "read_map",
    "read_tickets",
]
