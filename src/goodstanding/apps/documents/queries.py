"""Questions about kept files."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from goodstanding.apps.documents import models
from goodstanding.apps.tenancy.scope import Scope
from goodstanding.apps.unit import NotFound
from goodstanding.core.clocks.clock import moment


@dataclass(frozen=True, slots=True)
class Document:
    """A kept file, without its bytes."""

    pk: int
    public_id: UUID
    partner: int
    name: str
    digest: str
    size: int
    kept_at: datetime


def document(scope: Scope, public_id: UUID) -> Document:
    """Return a kept file in scope; raises `NotFound`."""
    row = scope.limit(models.Document.objects.all(), client=None).filter(public_id=public_id).first()
    if row is None:
        raise NotFound("there is no such file")
    return Document(row.pk, row.public_id, row.partner_id, row.name, row.digest, row.size, moment(row.kept_at))


def parts(scope: Scope, public_id: UUID) -> Iterator[bytes]:
    """Yield the bytes of a kept file in parts; raises `NotFound`."""
    pk = document(scope, public_id).pk
    for data in models.Chunk.objects.filter(document_id=pk).order_by("number").values_list("data", flat=True).iterator(1):
        yield bytes(data)
