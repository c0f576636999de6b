"""The table of the journal: rows are added and never changed. Instants are epoch seconds."""

import uuid

from django.db import models


class Entry(models.Model):
    """Something that somebody did. Names stand here as they were then, so that it reads the same when they are gone."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    partner = models.ForeignKey("tenancy.Partner", on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.BigIntegerField()
    person = models.ForeignKey("tenancy.Person", null=True, on_delete=models.SET_NULL, related_name="+")
    who = models.CharField(max_length=300)
    """The person's name and address, or on whose behalf no person did it."""
    act = models.CharField(max_length=40)
    about = models.CharField(max_length=40)
    thing = models.UUIDField()
    """The public id of what it was done to, which may be gone."""
    name = models.CharField(max_length=300)
    changes = models.JSONField(default=list)
    """What changed: names of fields with what they held before and after, never a secret."""

    class Meta:
        db_table = "journal_entry"
        indexes = [models.Index(fields=["partner", "-at", "-id"], name="journal_newest")]
