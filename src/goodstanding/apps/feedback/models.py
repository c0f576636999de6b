"""Tables of what clients are asked and what they answer. Instants are epoch seconds."""

import uuid

from django.db import models
from django.db.models import Q


class Terms(models.Model):
    """How a partner asks; without a row nobody is asked."""

    partner = models.OneToOneField("tenancy.Partner", on_delete=models.PROTECT, related_name="+", primary_key=True)
    asks_after_tickets = models.BooleanField(default=False)
    tickets_from_at = models.BigIntegerField(null=True)
    """Only what is resolved from then on is asked about: switching it on floods nobody."""
    delay_minutes = models.IntegerField(default=60)
    sender = models.CharField(max_length=254, blank=True)
    asks_to_recommend = models.BooleanField(default=False)
    look_at = models.BigIntegerField(default=0)
    """When contacts are next looked through; taking a turn moves it on."""

    class Meta:
        db_table = "feedback_terms"


class Question(models.Model):
    """A question put to one contact by one mail: how a ticket went (`csat`), or whether they would recommend (`nps`)."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    partner = models.ForeignKey("tenancy.Partner", on_delete=models.PROTECT, related_name="+")
    client = models.ForeignKey("tenancy.Client", on_delete=models.PROTECT, related_name="+")
    ticket = models.ForeignKey("tickets.Ticket", null=True, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10)
    cycle = models.IntegerField(default=0)
    """How often the ticket had been reopened: each resolution is asked about once."""
    resolved_at = models.BigIntegerField(null=True)
    address = models.CharField(max_length=254)
    asked_at = models.BigIntegerField()
    send_at = models.BigIntegerField(null=True)
    """When it is next tried to be sent; None when nothing more is to be sent."""
    sent_at = models.BigIntegerField(null=True)
    tries = models.IntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)
    score = models.IntegerField(null=True)
    comment = models.TextField(blank=True)
    answered_at = models.BigIntegerField(null=True)

    class Meta:
        db_table = "feedback_question"
        constraints = [
            models.UniqueConstraint(fields=["ticket", "cycle"], condition=Q(kind="csat"), name="one_question_a_resolution"),
        ]
        indexes = [
            models.Index(fields=["send_at"], name="feedback_to_send", condition=Q(send_at__isnull=False)),
            models.Index(fields=["partner", "kind", "address", "asked_at"], name="feedback_asked"),
            models.Index(fields=["client", "kind", "asked_at"], name="feedback_of_client"),
        ]


class Refusal(models.Model):
    """Somebody who does not want to be asked."""

    partner = models.ForeignKey("tenancy.Partner", on_delete=models.PROTECT, related_name="+")
    address = models.CharField(max_length=254)
    said_at = models.BigIntegerField()

    class Meta:
        db_table = "feedback_refusal"
        constraints = [models.UniqueConstraint(fields=["partner", "address"], name="one_refusal_an_address")]
