"""Tables of Odoo databases and of the tickets followed in them. Instants are epoch seconds."""

import uuid

from django.db import models
from django.db.models import Q

from goodstanding.apps.unit.sealed import SealedTextField


class Instance(models.Model):
    """One Odoo database: a client's, or the desk of the partner itself where `client` is empty."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    partner = models.ForeignKey("tenancy.Partner", on_delete=models.PROTECT, related_name="+")
    client = models.ForeignKey("tenancy.Client", null=True, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    url = models.CharField(max_length=300)
    database = models.CharField(max_length=120)
    login = models.CharField(max_length=200)
    secret = SealedTextField()
    key_name = models.CharField(max_length=200, blank=True)
    version = models.CharField(max_length=20, blank=True)
    account = models.JSONField(default=dict)
    """What its account could read when it was last examined, as codes and numbers."""
    examined_at = models.BigIntegerField(null=True)
    key_expires_at = models.BigIntegerField(null=True)
    added_at = models.BigIntegerField()

    class Meta:
        db_table = "instances_instance"
        constraints = [models.UniqueConstraint(fields=["partner", "url", "database"], name="one_instance_a_database")]


class Following(models.Model):
    """How the tickets of an instance are followed, and how far that has come."""

    instance = models.OneToOneField("instances.Instance", on_delete=models.CASCADE, related_name="+")
    desk = models.CharField(max_length=20)
    """Which kind of desk it is: `oca`, `enterprise` or `project`."""
    on = models.BooleanField(default=False)
    write_back = models.BooleanField(default=False)
    stages = models.JSONField(default=dict)
    """What each stage stands for, by its name; a stage that is not here is read by the words of service desks."""
    priorities = models.JSONField(default=dict)
    teams = models.JSONField(default=list)
    """Numbers of the teams or projects that are followed; none means all."""
    customers = models.JSONField(default=dict)
    """Which client a customer of the desk is, by its name there: primary keys. Clients of the same name need no entry."""
    client_fallback = models.ForeignKey("tenancy.Client", null=True, on_delete=models.PROTECT, related_name="+")
    """Whose a ticket is when its customer is no client of ours; empty, such tickets wait until somebody says."""
    since = models.BigIntegerField(null=True)
    """Tickets opened before are left alone."""
    cursor = models.JSONField(default=dict)
    caught_up = models.BooleanField(default=False)
    """Whether the first sync has been through."""
    look_at = models.BigIntegerField(null=True)
    looked_at = models.BigIntegerField(null=True)
    failures = models.IntegerField(default=0)
    trouble = models.JSONField(null=True)

    class Meta:
        db_table = "instances_following"
        indexes = [models.Index(fields=["look_at"], name="instances_due", condition=Q(on=True))]


class Followed(models.Model):
    """A ticket of an instance, by its number there and by its name here."""

    following = models.ForeignKey("instances.Following", on_delete=models.CASCADE, related_name="+", db_index=False)
    outside = models.BigIntegerField()
    ref = models.CharField(max_length=120)
    customer = models.CharField(max_length=300, blank=True)
    """Its customer there, where it waits for somebody to say which client that is."""
    title = models.CharField(max_length=300, blank=True)
    seen = models.JSONField(default=dict)
    """Values that the desk keeps no track of, as they were at the last look."""
    held = models.BooleanField(default=False)
    gone = models.BooleanField(default=False)
    noting = models.CharField(max_length=64, blank=True)
    """What is being written back: set before the note is sent, so that a crash between the two is seen."""
    noted = models.CharField(max_length=64, blank=True)

    class Meta:
        db_table = "instances_followed"
        constraints = [
            models.UniqueConstraint(fields=["following", "outside"], name="one_followed_a_ticket"),
            models.UniqueConstraint(fields=["following", "ref"], name="one_followed_a_ref"),
        ]
        indexes = [models.Index(fields=["following", "customer"], name="instances_held", condition=Q(held=True))]


class Commitment(models.Model):
    """What Odoo says of its own commitment for a followed ticket: derived, and replaced by whatever is read next."""

    followed = models.ForeignKey("instances.Followed", on_delete=models.CASCADE, related_name="+", db_index=False)
    number = models.BigIntegerField()
    """Its number there."""
    policy = models.CharField(max_length=200)
    clock = models.CharField(max_length=20)
    """The kind of clock it is nearest to, by what its stage means here."""
    stage = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=20)
    deadline_at = models.BigIntegerField(null=True)
    target = models.BigIntegerField(null=True)
    """Seconds of working time; `consumed` likewise, as it was counted at `counted_at`."""
    consumed = models.BigIntegerField(null=True)
    counted_at = models.BigIntegerField(null=True)
    calendar = models.CharField(max_length=200, blank=True)
    pauses = models.JSONField(default=list)
    """Names of the stages in which it waits."""
    written_at = models.BigIntegerField()

    class Meta:
        db_table = "instances_commitment"
        constraints = [models.UniqueConstraint(fields=["followed", "number"], name="one_commitment_a_ticket")]
