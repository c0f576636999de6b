"""The table of runs."""

import uuid

from django.db import models


class Run(models.Model):
    """One piece of long work. Instants are epoch seconds."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=60)
    key = models.CharField(max_length=200)
    partner = models.ForeignKey("tenancy.Partner", null=True, on_delete=models.PROTECT, related_name="+")
    requested_by = models.ForeignKey("tenancy.Person", null=True, on_delete=models.SET_NULL, related_name="+")
    params = models.JSONField(default=dict)
    state = models.CharField(max_length=10)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(null=True)
    stage = models.CharField(max_length=200, blank=True)
    result = models.JSONField(null=True)
    error = models.TextField(blank=True)
    attempts = models.IntegerField(default=0)
    requested_at = models.BigIntegerField()
    due_at = models.BigIntegerField()
    started_at = models.BigIntegerField(null=True)
    finished_at = models.BigIntegerField(null=True)
    lease_until = models.BigIntegerField(null=True)
    lease_by = models.CharField(max_length=80, blank=True)

    class Meta:
        db_table = "runs_run"
        constraints = [models.UniqueConstraint(fields=["name", "key"], name="one_run_a_request")]
        indexes = [
            models.Index(fields=["due_at"], name="runs_waiting", condition=models.Q(state="waiting")),
            models.Index(fields=["lease_until"], name="runs_running", condition=models.Q(state="running")),
            models.Index(fields=["partner", "-requested_at"], name="runs_newest"),
        ]
