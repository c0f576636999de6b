"""The files that hung on a ticket's letters: beside the event that each letter became, for whoever may read that letter."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from goodstanding.apps.desk import queries
from goodstanding.apps.documents import queries as documents
from goodstanding.apps.post import queries as post
from goodstanding.apps.post.queries import AttachedFile
from goodstanding.apps.tenancy.scope import Scope
from goodstanding.apps.tickets import queries as tickets
from goodstanding.apps.tickets.queries import Happening
from goodstanding.apps.unit import NotFound
from goodstanding.core.desk.events import EventKind
from goodstanding.flows.take_letter import LETTER_NAME

_TOLD: dict[EventKind, int] = {EventKind.OPENED: 0, EventKind.CLIENT_REPLIED: 0, EventKind.STAFF_REPLIED: 0, EventKind.NOTED: 1}
_OWNED = Scope.everything("its ticket is in scope")


@dataclass(frozen=True, slots=True)
class OpenFile:
    """A file to be handed out: what it is, and its bytes in parts."""

    file: AttachedFile
    parts: Iterator[bytes]


def ticket_files(ticket: int, story: Iterable[Happening]) -> Mapping[tuple[str, str], tuple[AttachedFile, ...]]:
    """Return a ticket's files by the event they came with: its source and its name there.

    `story` is what the reader may read, of a ticket in scope; the files of a letter that is not in it are left out.
    """
    attached = post.attached(_OWNED, ticket=ticket)
    if not attached:
        return {}
    # One letter may have become several events; its files are with the one that has its words.
    events = sorted((each.event for each in story), key=lambda event: _TOLD.get(event.kind, 2))
    names: dict[str, tuple[str, str]] = {}
    for event in events:
        names.setdefault(event.source_id[:LETTER_NAME], (event.source, event.source_id))
    found: dict[tuple[str, str], tuple[AttachedFile, ...]] = {}
    for file in attached:
        name = names.get(file.letter[:LETTER_NAME])
        if name is not None:
            found[name] = (*found.get(name, ()), file)
    return found


def open_file(scope: Scope, ticket: UUID, file: UUID, *, inner: bool) -> OpenFile:
    """Return a file of a ticket in scope; raises `NotFound`, also for one of a letter that the reader may not read.

    Without `inner` these are the letters among staff.
    """
    pk = queries.standing(scope, ticket).pk
    readable = ticket_files(pk, tickets.story(_OWNED, pk, inner=inner))
    for each in (each for some in readable.values() for each in some):
        if each.document == file:
            return OpenFile(each, documents.parts(_OWNED, file))
    raise NotFound("there is no such file")
