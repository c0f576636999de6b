"""The table of kept files."""

import uuid

from django.db import models


class Document(models.Model):
    """A file as it was given, by its digest; the bytes are in chunks beside it, so that one row stays small."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    partner = models.ForeignKey("tenancy.Partner", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=255)
    digest = models.CharField(max_length=64)
    size = models.BigIntegerField()
    kept_at = models.BigIntegerField()

    class Meta:
        db_table = "documents_document"
        constraints = [models.UniqueConstraint(fields=["partner", "digest", "name"], name="one_document_a_digest")]


class Chunk(models.Model):
    """A part of a document's bytes."""

    document = models.ForeignKey("documents.Document", on_delete=models.CASCADE, related_name="+")
    number = models.IntegerField()
    data = models.BinaryField()

    class Meta:
        db_table = "documents_chunk"
        constraints = [models.UniqueConstraint(fields=["document", "number"], name="one_chunk_a_number")]
