"""Tables of escalation. Instants are epoch seconds."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce


class PlanVersion(models.Model):
    """A published plan: common, of a tier, or of a client. Never changed; without a definition it takes the one before back."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    partner = models.ForeignKey("tenancy.Partner", on_delete=models.PROTECT, related_name="+")
    tier = models.ForeignKey("desk.Tier", null=True, on_delete=models.PROTECT, related_name="+")
    client = models.ForeignKey("tenancy.Client", null=True, on_delete=models.PROTECT, related_name="+")
    number = models.IntegerField()
    definition = models.TextField(blank=True)
    """JSON of `core.desk.escalation.plain`."""
    from_at = models.BigIntegerField()
    published_at = models.BigIntegerField()
    published_by = models.ForeignKey("tenancy.Person", null=True, on_delete=models.SET_NULL, related_name="+")
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        db_table = "escalation_plan_version"
        constraints = [
            models.UniqueConstraint(
                F("partner"), Coalesce("tier", 0), Coalesce("client", 0), F("number"), name="one_plan_version_a_number"
            ),
            models.CheckConstraint(condition=Q(tier=None) | Q(client=None), name="a_plan_is_of_a_tier_or_a_client"),
        ]


class Office(models.Model):
    """A place with working hours: those of the newest version of a calendar."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    partner = models.ForeignKey("tenancy.Partner", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    calendar = models.ForeignKey("desk.Calendar", on_delete=models.PROTECT, related_name="+")

    class Meta:
        db_table = "escalation_office"
        constraints = [models.UniqueConstraint(fields=["partner", "name"], name="one_office_a_name")]


class Seat(models.Model):
    """Where somebody of a partner's staff works, and what they are good at."""

    partner = models.ForeignKey("tenancy.Partner", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("tenancy.Person", on_delete=models.CASCADE, related_name="+")
    office = models.ForeignKey("escalation.Office", null=True, on_delete=models.SET_NULL, related_name="+")
    skills = models.JSONField(default=list)

    class Meta:
        db_table = "escalation_seat"
        constraints = [models.UniqueConstraint(fields=["partner", "person"], name="one_seat_a_person")]


class Holding(models.Model):
    """A contact role and who holds it: a person, or an address at a client."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    partner = models.ForeignKey("tenancy.Partner", on_delete=models.PROTECT, related_name="+")
    client = models.ForeignKey("tenancy.Client", null=True, on_delete=models.CASCADE, related_name="+")
    role = models.CharField(max_length=30)
    team = models.CharField(max_length=60, blank=True)
    person = models.ForeignKey("tenancy.Person", null=True, on_delete=models.CASCADE, related_name="+")
    address = models.CharField(max_length=254, blank=True)
    deputy = models.ForeignKey("tenancy.Person", null=True, on_delete=models.SET_NULL, related_name="+")
    deputy_address = models.CharField(max_length=254, blank=True)

    class Meta:
        db_table = "escalation_holding"
        constraints = [
            models.UniqueConstraint(
                F("partner"), F("role"), Coalesce("client", 0), F("team"), Coalesce("person", 0), F("address"),
                name="one_holding_a_role",
            ),
            models.CheckConstraint(
                condition=Q(person__isnull=False, address="") | (Q(person=None) & ~Q(address="")), name="a_role_is_held_by_one"
            ),
        ]  # fmt: skip


class Turn(models.Model):
    """A spell on call."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    partner = models.ForeignKey("tenancy.Partner", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("tenancy.Person", on_delete=models.CASCADE, related_name="+")
    deputy = models.ForeignKey("tenancy.Person", null=True, on_delete=models.SET_NULL, related_name="+")
    from_at = models.BigIntegerField()
    until_at = models.BigIntegerField()

    class Meta:
        db_table = "escalation_turn"
        constraints = [
            models.UniqueConstraint(fields=["partner", "person", "from_at"], name="one_turn_a_start"),
            models.CheckConstraint(condition=Q(until_at__gt=F("from_at")), name="a_turn_ends_after_it_starts"),
        ]
        indexes = [models.Index(fields=["partner", "until_at"], name="escalation_turns")]


class Absence(models.Model):
    """A spell in which somebody is away."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    partner = models.ForeignKey("tenancy.Partner", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("tenancy.Person", on_delete=models.CASCADE, related_name="+")
    from_at = models.BigIntegerField()
    until_at = models.BigIntegerField()

    class Meta:
        db_table = "escalation_absence"
        constraints = [
            models.UniqueConstraint(fields=["partner", "person", "from_at"], name="one_absence_a_start"),
            models.CheckConstraint(condition=Q(until_at__gt=F("from_at")), name="an_absence_ends_after_it_starts"),
        ]
        indexes = [models.Index(fields=["partner", "until_at"], name="escalation_absences")]


class Watch(models.Model):
    """When a ticket's steps are next looked at, and since when they are accounted for; made anew when it is judged."""

    ticket = models.OneToOneField("tickets.Ticket", on_delete=models.CASCADE, related_name="+", primary_key=True)
    next_step_at = models.BigIntegerField(null=True)
    since_at = models.BigIntegerField()
    trouble = models.TextField(blank=True)

    class Meta:
        db_table = "escalation_watch"
        indexes = [models.Index(fields=["next_step_at"], name="escalation_due", condition=Q(next_step_at__isnull=False))]


class Fired(models.Model):
    """What became of a step of a clock's cycle; once, whatever crashes (semantics.md 1.10)."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    partner = models.ForeignKey("tenancy.Partner", on_delete=models.PROTECT, related_name="+", db_index=False)
    client = models.ForeignKey("tenancy.Client", on_delete=models.PROTECT, related_name="+", db_index=False)
    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.CASCADE, related_name="+", db_index=False)
    clock = models.CharField(max_length=20)
    cycle = models.CharField(max_length=200)
    step = models.CharField(max_length=60)
    outcome = models.CharField(max_length=20)
    reason = models.CharField(max_length=20, blank=True)
    version = models.ForeignKey("escalation.PlanVersion", on_delete=models.PROTECT, related_name="+", db_index=False)
    level = models.IntegerField()
    priority = models.CharField(max_length=10, blank=True)
    due_at = models.BigIntegerField()
    at = models.BigIntegerField()
    late_by = models.BigIntegerField()
    overtook = models.JSONField(default=list)
    told = models.JSONField(default=list)
    """Whom it told: role, why, name, and from when on where quiet hours held it."""
    did = models.JSONField(default=dict)
    """What it did beside telling: whom it gave the ticket to, which queue it raised it to."""

    class Meta:
        db_table = "escalation_fired"
        constraints = [models.UniqueConstraint(fields=["ticket", "clock", "cycle", "step"], name="one_step_a_cycle")]
        indexes = [
            models.Index(fields=["partner", "at"], name="escalation_fired_when"),
            models.Index(fields=["client", "at"], name="escalation_fired_client"),
        ]


class Draft(models.Model):
    """A message to a client: waiting for somebody to approve it, sent, or dropped."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    partner = models.ForeignKey("tenancy.Partner", on_delete=models.PROTECT, related_name="+", db_index=False)
    client = models.ForeignKey("tenancy.Client", on_delete=models.PROTECT, related_name="+")
    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.CASCADE, related_name="+")
    fired = models.OneToOneField("escalation.Fired", on_delete=models.CASCADE, related_name="+")
    subject = models.CharField(max_length=300)
    text = models.TextField()
    to = models.JSONField(default=list)
    """Addresses, and the primary keys of the client's people."""
    state = models.CharField(max_length=10)
    written_at = models.BigIntegerField()
    good_until = models.BigIntegerField(null=True)
    """The first of the times that it names; once that has passed it cannot be sent as it was written."""
    decided_at = models.BigIntegerField(null=True)
    decided_by = models.ForeignKey("tenancy.Person", null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        db_table = "escalation_draft"
        indexes = [models.Index(fields=["partner", "state", "written_at"], name="escalation_drafts")]
