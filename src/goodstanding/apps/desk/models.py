"""Tables of promises and of standings. Instants are epoch seconds, amounts open seconds."""

import uuid

from django.db import models
from django.db.models import Q


class Calendar(models.Model):
    """Service hours under a name; what counts are its versions."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    partner = models.ForeignKey("tenancy.Partner", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)

    class Meta:
        db_table = "desk_calendar"
        constraints = [models.UniqueConstraint(fields=["partner", "name"], name="one_calendar_a_name")]


class CalendarVersion(models.Model):
    """A published calendar: never changed, but for holidays of later years, which are appended."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    calendar = models.ForeignKey("desk.Calendar", on_delete=models.PROTECT, related_name="+")
    number = models.IntegerField()
    text = models.TextField()
    """As it was written, YAML."""
    definition = models.TextField()
    """What clocks are made of, JSON of `core.clocks.plain`."""
    holidays_until = models.IntegerField()
    published_at = models.BigIntegerField()
    published_by = models.ForeignKey("tenancy.Person", null=True, on_delete=models.SET_NULL, related_name="+")
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        db_table = "desk_calendar_version"
        constraints = [models.UniqueConstraint(fields=["calendar", "number"], name="one_calendar_version_a_number")]


class Tier(models.Model):
    """A tier under a key; what counts are its versions."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    partner = models.ForeignKey("tenancy.Partner", on_delete=models.PROTECT, related_name="+")
    key = models.SlugField(max_length=60)
    name = models.CharField(max_length=120)
    family = models.CharField(max_length=20)

    class Meta:
        db_table = "desk_tier"
        constraints = [models.UniqueConstraint(fields=["partner", "key"], name="one_tier_a_key")]


class TierVersion(models.Model):
    """A published tier: what it promises, and the policy that measures it. Never changed."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    tier = models.ForeignKey("desk.Tier", on_delete=models.PROTECT, related_name="+")
    number = models.IntegerField()
    text = models.TextField()
    """As it was written, YAML."""
    policy = models.TextField(blank=True)
    """What tickets are measured by, JSON of `core.desk.plain`; empty where a tier promises nothing about tickets."""
    effective_from = models.BigIntegerField()
    published_at = models.BigIntegerField()
    published_by = models.ForeignKey("tenancy.Person", null=True, on_delete=models.SET_NULL, related_name="+")
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        db_table = "desk_tier_version"
        constraints = [models.UniqueConstraint(fields=["tier", "number"], name="one_tier_version_a_number")]


class Assignment(models.Model):
    """Which tier version and calendars a client is served under, from when until when."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    partner = models.ForeignKey("tenancy.Partner", on_delete=models.PROTECT, related_name="+")
    client = models.ForeignKey("tenancy.Client", on_delete=models.PROTECT, related_name="+")
    tier_version = models.ForeignKey("desk.TierVersion", on_delete=models.PROTECT, related_name="+")
    calendar_version = models.ForeignKey("desk.CalendarVersion", on_delete=models.PROTECT, related_name="+")
    from_at = models.BigIntegerField()
    until_at = models.BigIntegerField(null=True)

    class Meta:
        db_table = "desk_assignment"
        constraints = [
            models.UniqueConstraint(fields=["client", "from_at"], name="one_assignment_a_start"),
            models.CheckConstraint(
                condition=Q(until_at=None) | Q(until_at__gt=models.F("from_at")), name="ends_after_it_starts"
            ),
        ]


class Waiver(models.Model):
    """An exemption of a ticket's clocks."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.CASCADE, related_name="+")
    clock = models.CharField(max_length=20, blank=True)
    cycle = models.CharField(max_length=200, blank=True)
    reason = models.TextField()
    author = models.CharField(max_length=200)
    granted_at = models.BigIntegerField()

    class Meta:
        db_table = "desk_waiver"


class Standing(models.Model):
    """How a ticket stands: derived from its events, dropped and rebuilt at will.

    The board reads only this table. `due_at` is the earliest deadline among the clocks that run, also one that has
    passed; `at_risk_at` the earliest moment one of them is at risk; `objective_at` when the first of them uses up the
    partner's own target, which only its staff see. Queries compare them with now; percentages are the core's.
    """

    ticket = models.OneToOneField("tickets.Ticket", on_delete=models.CASCADE, related_name="+", primary_key=True)
    partner = models.ForeignKey("tenancy.Partner", on_delete=models.PROTECT, related_name="+", db_index=False)
    client = models.ForeignKey("tenancy.Client", on_delete=models.PROTECT, related_name="+", db_index=False)
    assignment = models.ForeignKey("desk.Assignment", null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    priority = models.CharField(max_length=10, blank=True)
    team = models.CharField(max_length=60, blank=True)
    assignee = models.CharField(max_length=200, blank=True)
    is_open = models.BooleanField()
    waiting_on = models.CharField(max_length=20, blank=True)
    waiting_since = models.BigIntegerField(null=True)
    opened_at = models.BigIntegerField()
    resolved_at = models.BigIntegerField(null=True)
    last_staff_act_at = models.BigIntegerField(null=True)
    due_at = models.BigIntegerField(null=True)
    due_clock = models.CharField(max_length=20, blank=True)
    due_slot = models.CharField(max_length=60, blank=True)
    due_target = models.BigIntegerField(null=True)
    at_risk_at = models.BigIntegerField(null=True)
    objective_at = models.BigIntegerField(null=True)
    paused = models.BooleanField(default=False)
    breaches = models.IntegerField(default=0)
    look_at = models.BigIntegerField(null=True)
    assessed_at = models.BigIntegerField()
    trouble = models.TextField(blank=True)

    class Meta:
        db_table = "desk_standing"
        indexes = [
            models.Index(fields=["partner", "due_at", "ticket"], name="desk_board", condition=Q(is_open=True)),
            models.Index(fields=["client", "due_at", "ticket"], name="desk_board_of_client", condition=Q(is_open=True)),
            models.Index(
                fields=[
                    "partner",
                    "client",
                    "team",
                    "assignee",
                    "priority",
                    "due_at",
                    "at_risk_at",
                    "objective_at",
                    "paused",
                    "ticket",
                ],
                name="desk_board_counts",
                condition=Q(is_open=True),
            ),
            models.Index(fields=["partner", "-opened_at", "-ticket"], name="desk_newest"),
            models.Index(fields=["client", "-opened_at", "-ticket"], name="desk_newest_of_client"),
            models.Index(fields=["partner", "resolved_at"], name="desk_resolved"),
            models.Index(fields=["look_at"], name="desk_looks", condition=Q(look_at__isnull=False)),
        ]


class ClockStanding(models.Model):
    """How one clock of a ticket stands; derived with the ticket's standing."""

    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.CASCADE, related_name="+", db_index=False)
    partner = models.ForeignKey("tenancy.Partner", on_delete=models.PROTECT, related_name="+", db_index=False)
    client = models.ForeignKey("tenancy.Client", on_delete=models.PROTECT, related_name="+", db_index=False)
    clock = models.CharField(max_length=20)
    cycle = models.CharField(max_length=200)
    number = models.IntegerField()
    state = models.CharField(max_length=20)
    started_at = models.BigIntegerField()
    stopped_at = models.BigIntegerField(null=True)
    target = models.BigIntegerField(null=True)
    elapsed = models.BigIntegerField()
    deadline_at = models.BigIntegerField(null=True)
    at_risk_at = models.BigIntegerField(null=True)
    breached_at = models.BigIntegerField(null=True)
    decided_at = models.BigIntegerField(null=True)
    """The moment that puts a decided clock into a period."""
    reclassified = models.BooleanField(default=False)
    first_stopped_at = models.BigIntegerField(null=True)
    first_outcome = models.CharField(max_length=20, blank=True)
    linked = models.BooleanField(default=False)
    waived = models.BooleanField(default=False)
    rule = models.CharField(max_length=300, blank=True)
    priority = models.CharField(max_length=10, blank=True)
    paused = models.JSONField(default=dict)
    """Open seconds taken out by waits, by whom they waited on."""

    class Meta:
        db_table = "desk_clock_standing"
        constraints = [models.UniqueConstraint(fields=["ticket", "clock", "cycle"], name="one_standing_a_clock")]
        indexes = [
            models.Index(fields=["partner", "clock", "decided_at", "state", "waived"], name="desk_decided"),
            models.Index(fields=["client", "clock", "decided_at", "state", "waived"], name="desk_decided_of_client"),
        ]
