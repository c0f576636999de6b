"""Tables of tickets and their events. Instants are epoch seconds (performance.md 3: eight times faster to read)."""

import uuid

from django.db import models


class Ticket(models.Model):
    """A ticket as its source tells it at the start; what changes later are events."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    partner = models.ForeignKey("tenancy.Partner", on_delete=models.PROTECT, related_name="+")
    client = models.ForeignKey("tenancy.Client", on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=60)
    ref = models.CharField(max_length=120)
    title = models.CharField(max_length=300, blank=True)
    priority = models.CharField(max_length=10, blank=True)
    team = models.CharField(max_length=60, blank=True)
    kind = models.CharField(max_length=60, blank=True)
    tags = models.JSONField(default=list)
    contact = models.CharField(max_length=200, blank=True)
    unmeasured = models.JSONField(default=list)

    class Meta:
        db_table = "tickets_ticket"
        constraints = [models.UniqueConstraint(fields=["partner", "source", "ref"], name="one_ticket_a_source_ref")]


class TicketEvent(models.Model):
    """One thing that happened; never changed, only superseded by a later row."""

    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.CASCADE, related_name="+", db_index=False)
    at = models.BigIntegerField()
    received_at = models.BigIntegerField()
    kind = models.CharField(max_length=20)
    actor = models.CharField(max_length=10)
    public = models.BooleanField()
    source = models.CharField(max_length=60)
    source_id = models.CharField(max_length=120)
    sequence = models.BigIntegerField(null=True)
    supersedes = models.CharField(max_length=120, null=True)
    who = models.CharField(max_length=200, blank=True)
    details = models.JSONField(default=dict)
    text = models.TextField(blank=True)

    class Meta:
        db_table = "tickets_event"
        constraints = [models.UniqueConstraint(fields=["ticket", "source", "source_id"], name="one_event_a_source_id")]


class Numbering(models.Model):
    """The last number that a partner gave to a ticket of its own."""

    partner = models.OneToOneField("tenancy.Partner", on_delete=models.PROTECT, related_name="+", primary_key=True)
    last = models.BigIntegerField()

    class Meta:
        db_table = "tickets_numbering"


class GivenNumber(models.Model):
    """Which number a named opening was given: sent twice, a form opens one ticket."""

    partner = models.ForeignKey("tenancy.Partner", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    ref = models.CharField(max_length=120)

    class Meta:
        db_table = "tickets_given_number"
        constraints = [models.UniqueConstraint(fields=["partner", "name"], name="one_number_a_named_opening")]
