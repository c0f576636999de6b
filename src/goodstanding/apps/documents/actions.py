"""Keeping files."""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from goodstanding.apps.documents import models, queries
from goodstanding.apps.tenancy.scope import Scope
from goodstanding.apps.unit import NotFound, together
from goodstanding.core.clocks.clock import second_of

_CHUNK: Final = 1 << 20


def keep(scope: Scope, *, partner: int, name: str, parts: Iterable[bytes], now: datetime) -> queries.Document:
    """Keep a file, given in parts of any size; the same file under the same name is kept once."""
    if scope.partners is not None and partner not in scope.partners:
        raise NotFound("there is no such partner")
    digest, size, chunks = hashlib.sha256(), 0, []
    for part in parts:
        digest.update(part)
        size += len(part)
        chunks.extend(part[start : start + _CHUNK] for start in range(0, len(part), _CHUNK))
    with together():
        document, made = models.Document.objects.get_or_create(
            partner_id=partner,
            digest=digest.hexdigest(),
            name=name[:255],
            defaults={"size": size, "kept_at": second_of(now)},
        )
        if made:
            for number, chunk in enumerate(chunks):
                models.Chunk.objects.create(document=document, number=number, data=chunk)
    return queries.document(scope, document.public_id)
