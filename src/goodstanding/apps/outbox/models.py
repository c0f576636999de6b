"""Tables of what goes out. Instants are epoch seconds."""

import uuid

from django.db import models
from django.db.models import Q

from goodstanding.apps.unit.sealed import SealedTextField


class Message(models.Model):
    """One message to one recipient by one channel."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    partner = models.ForeignKey("tenancy.Partner", on_delete=models.PROTECT, related_name="+")
    client = models.ForeignKey("tenancy.Client", null=True, on_delete=models.PROTECT, related_name="+")
    ticket = models.UUIDField(null=True, db_index=True)
    """A ticket's public id and no foreign key: tickets stand above."""
    key = models.CharField(max_length=200)
    kind = models.CharField(max_length=60)
    channel = models.CharField(max_length=10)
    person = models.ForeignKey("tenancy.Person", null=True, on_delete=models.SET_NULL, related_name="+")
    address = models.CharField(max_length=254, blank=True)
    """An e-mail address, or the public id of an endpoint; empty where it goes to a person."""
    route = models.CharField(max_length=60)
    """What has to work for it to arrive; trouble there holds up what takes the same route, and nothing else."""
    fold = models.CharField(max_length=120, blank=True)
    subject = models.CharField(max_length=300)
    text = models.TextField()
    html = models.TextField(blank=True)
    details = models.JSONField(default=dict)
    """What a system is told beside the text."""
    written_at = models.BigIntegerField()
    state = models.CharField(max_length=10)
    good_until = models.BigIntegerField(null=True)
    """When what it says stops being true: from then on it is not sent any more."""
    due_at = models.BigIntegerField(null=True)
    """When it is next tried, while a worker has it the end of its lease; None when nothing more is to be done."""
    since_at = models.BigIntegerField()
    """Since when it is tried: when it was first due, or when somebody had it sent again."""
    claim = models.CharField(max_length=32, blank=True)
    """Whose lease it is; empty where nobody has it. Left behind by a worker that was lost."""
    leader = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    """The message this one is folded into, for good: what was once sent with another is sent again with it."""
    parts = models.IntegerField(default=0)
    """How many are folded into this one."""
    tries = models.IntegerField(default=0)
    losses = models.IntegerField(default=0)
    """How often a worker that had it never came back."""
    error = models.CharField(max_length=300, blank=True)
    sent_at = models.BigIntegerField(null=True)
    read_at = models.BigIntegerField(null=True)
    """When its person read it in the inbox."""

    class Meta:
        db_table = "outbox_message"
        constraints = [models.UniqueConstraint(fields=["partner", "key"], name="one_message_a_key")]
        indexes = [
            models.Index(fields=["route", "due_at"], name="outbox_due", condition=Q(due_at__isnull=False)),
            models.Index(fields=["due_at", "route"], name="outbox_due_now", condition=Q(due_at__isnull=False)),
            models.Index(fields=["partner", "state", "written_at"], name="outbox_of_partner"),
            models.Index(fields=["partner", "written_at"], name="outbox_newest", condition=Q(leader=None)),
            # As many columns as the questions name: without statistics SQLite goes by their number.
            models.Index(
                fields=["person", "state", "partner", "written_at"],
                name="outbox_inbox",
                condition=Q(channel="inbox", leader=None),
            ),
            models.Index(
                fields=["person", "state", "partner"],
                name="outbox_unread",
                condition=Q(channel="inbox", leader=None, read_at=None),
            ),
        ]


class Attempt(models.Model):
    """One try to deliver a message, with all that is folded into it."""

    message = models.ForeignKey("outbox.Message", on_delete=models.CASCADE, related_name="+", db_index=False)
    claim = models.CharField(max_length=32)
    at = models.BigIntegerField()
    address = models.CharField(max_length=254)
    """Where it was tried: people's addresses change."""
    result = models.CharField(max_length=10)
    said = models.CharField(max_length=300, blank=True)

    class Meta:
        db_table = "outbox_attempt"
        constraints = [models.UniqueConstraint(fields=["message", "claim"], name="one_attempt_a_claim")]


class Route(models.Model):
    """A way that messages take, and whether it is open. Its row is held while some are claimed, so that no two do at once."""

    name = models.CharField(max_length=60, primary_key=True)
    held_until = models.BigIntegerField(null=True)
    """Trouble on the way itself: nothing is tried before."""
    failures = models.IntegerField(default=0)
    failing_since = models.BigIntegerField(null=True)
    error = models.CharField(max_length=300, blank=True)
    busy_until = models.BigIntegerField(null=True)
    """Where only one worker at a time may be at work, the end of its lease."""
    busy_by = models.CharField(max_length=32, blank=True)
    """Whose lease that is: whoever took over from a slow worker is not taken for gone when that one leaves."""

    class Meta:
        db_table = "outbox_route"


class Endpoint(models.Model):
    """A room, a telephone or a system that messages go to; its address is a credential of its own."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    partner = models.ForeignKey("tenancy.Partner", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("tenancy.Person", null=True, on_delete=models.CASCADE, related_name="+")
    """Whose own it is, such as their telephone; None for a room or a system."""
    client = models.ForeignKey("tenancy.Client", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    """Whose tickets alone it is told of; None for those of every client."""
    channel = models.CharField(max_length=10)
    name = models.CharField(max_length=120)
    address = SealedTextField()
    shown = models.CharField(max_length=254)
    """What of the address people see."""
    secret = SealedTextField(null=True)
    """What webhooks are signed with."""
    secret_before = SealedTextField(null=True)
    before_until = models.BigIntegerField(null=True)
    is_on = models.BooleanField(default=True)
    closed_because = models.CharField(max_length=300, blank=True)
    """Why it was switched off, where nobody did it."""
    closed_at = models.BigIntegerField(null=True)
    made_by = models.ForeignKey("tenancy.Person", null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.BigIntegerField()

    class Meta:
        db_table = "outbox_endpoint"


class Preference(models.Model):
    """How somebody wants messages of a kind by a channel; without a row at once."""

    person = models.ForeignKey("tenancy.Person", on_delete=models.CASCADE, related_name="+")
    group = models.CharField(max_length=60)
    channel = models.CharField(max_length=10)
    how = models.CharField(max_length=10)

    class Meta:
        db_table = "outbox_preference"
        constraints = [models.UniqueConstraint(fields=["person", "group", "channel"], name="one_preference_a_kind")]
