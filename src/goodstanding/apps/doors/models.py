"""Tables of the doors for machines. Instants are epoch seconds unless they say milliseconds."""

import uuid

from django.db import models

from goodstanding.apps.unit.sealed import SealedTextField


class Key(models.Model):
    """An API key of a person at a partner. The key itself is kept nowhere: it is known by its digest."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    partner = models.ForeignKey("tenancy.Partner", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("tenancy.Person", on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=120)
    prefix = models.CharField(max_length=12)
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField()
    made_at = models.BigIntegerField()
    expires_at = models.BigIntegerField()
    revoked_at = models.BigIntegerField(null=True)
    last_used_at = models.BigIntegerField(null=True)
    """To the minute: writing it at each call would make every read a write."""

    class Meta:
        db_table = "doors_key"


class Answered(models.Model):
    """What a call with an idempotency key was answered, given again to the same call."""

    key = models.ForeignKey("doors.Key", on_delete=models.CASCADE, related_name="+", db_index=False)
    route = models.CharField(max_length=200)
    name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    status = models.IntegerField()
    body = models.TextField()
    kept_at = models.BigIntegerField(db_index=True)

    class Meta:
        db_table = "doors_answered"
        constraints = [models.UniqueConstraint(fields=["key", "route", "name"], name="one_answer_a_name")]


class Allowance(models.Model):
    """When a caller's allowance is whole again, in epoch milliseconds: later than now by what has been used of it."""

    name = models.CharField(max_length=40, primary_key=True)
    whole_at_ms = models.BigIntegerField()

    class Meta:
        db_table = "doors_allowance"


class Endpoint(models.Model):
    """Where another system's webhooks come in, for one client or for the partner as a whole."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    partner = models.ForeignKey("tenancy.Partner", on_delete=models.PROTECT, related_name="+")
    client = models.ForeignKey("tenancy.Client", null=True, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    secret = SealedTextField()
    secret_before = SealedTextField(null=True)
    """The one before, valid until `before_until` so that the other side can change over."""
    before_until = models.BigIntegerField(null=True)
    made_by = models.ForeignKey("tenancy.Person", null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.BigIntegerField()
    revoked_at = models.BigIntegerField(null=True)
    last_used_at = models.BigIntegerField(null=True)

    class Meta:
        db_table = "doors_endpoint"


class Receipt(models.Model):
    """A webhook that was taken in: the same message again has no further effect."""

    endpoint = models.ForeignKey("doors.Endpoint", on_delete=models.CASCADE, related_name="+", db_index=False)
    message = models.CharField(max_length=200)
    received_at = models.BigIntegerField(db_index=True)

    class Meta:
        db_table = "doors_receipt"
        constraints = [models.UniqueConstraint(fields=["endpoint", "message"], name="one_receipt_a_message")]
