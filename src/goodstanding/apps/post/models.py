"""Tables of mailboxes and letters. Instants are epoch seconds."""

import uuid

from django.db import models

from goodstanding.apps.unit.sealed import SealedTextField


class Mailbox(models.Model):
    """An address that tickets come in by; with a host it is read by IMAP, without one letters are piped in."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    partner = models.ForeignKey("tenancy.Partner", on_delete=models.PROTECT, related_name="+")
    client = models.ForeignKey("tenancy.Client", null=True, on_delete=models.PROTECT, related_name="+")
    address = models.CharField(max_length=254)
    host = models.CharField(max_length=253, blank=True)
    port = models.IntegerField(default=993)
    login = models.CharField(max_length=254, blank=True)
    secret = SealedTextField(null=True)
    security = models.CharField(max_length=10, default="tls")
    folder = models.CharField(max_length=200, default="INBOX")
    after = models.CharField(max_length=10, default="leave")
    move_to = models.CharField(max_length=200, blank=True)
    checked_by = models.CharField(max_length=253, blank=True)
    priority = models.CharField(max_length=10, blank=True)
    team = models.CharField(max_length=60, blank=True)
    is_on = models.BooleanField(default=True)
    not_before_at = models.BigIntegerField(null=True)
    uid_validity = models.BigIntegerField(default=0)
    last_uid = models.BigIntegerField(default=0)
    failures = models.IntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)
    advice = models.CharField(max_length=300, blank=True)
    read_at = models.BigIntegerField(null=True)
    next_look_at = models.BigIntegerField(null=True, db_index=True)

    class Meta:
        db_table = "post_mailbox"
        constraints = [models.UniqueConstraint(fields=["partner", "address"], name="one_mailbox_an_address")]


class Letter(models.Model):
    """A letter that came, with what became of it; by its digest it is taken once, whatever way it comes."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    partner = models.ForeignKey("tenancy.Partner", on_delete=models.PROTECT, related_name="+")
    mailbox = models.ForeignKey("post.Mailbox", null=True, on_delete=models.SET_NULL, related_name="+")
    digest = models.CharField(max_length=64)
    message_id = models.CharField(max_length=1000, blank=True)
    kind = models.CharField(max_length=20)
    sender = models.CharField(max_length=254, blank=True)
    sender_name = models.CharField(max_length=200, blank=True)
    subject = models.CharField(max_length=300, blank=True)
    text = models.TextField(blank=True)
    below = models.TextField(blank=True)
    left_out = models.JSONField(default=list)
    came_at = models.BigIntegerField()
    taken_at = models.BigIntegerField()
    outcome = models.CharField(max_length=20)
    because = models.CharField(max_length=30, blank=True)
    ticket = models.ForeignKey("tickets.Ticket", null=True, on_delete=models.PROTECT, related_name="+")
    original = models.ForeignKey("documents.Document", null=True, on_delete=models.PROTECT, related_name="+")
    sorted_by = models.ForeignKey("tenancy.Person", null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        db_table = "post_letter"
        constraints = [models.UniqueConstraint(fields=["partner", "digest"], name="one_letter_a_digest")]
        indexes = [models.Index(fields=["partner", "outcome", "came_at"], name="post_letter_held")]


class Attachment(models.Model):
    """A file that hung on a letter."""

    letter = models.ForeignKey("post.Letter", on_delete=models.CASCADE, related_name="+")
    number = models.IntegerField()
    name = models.CharField(max_length=150)
    type = models.CharField(max_length=100)
    document = models.ForeignKey("documents.Document", on_delete=models.PROTECT, related_name="+")

    class Meta:
        db_table = "post_attachment"
        constraints = [models.UniqueConstraint(fields=["letter", "number"], name="one_attachment_a_number")]


class MessageName(models.Model):
    """A message id, by its digest, and the ticket that an answer to it belongs to; `ours` are those we sent."""

    partner = models.ForeignKey("tenancy.Partner", on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64)
    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.CASCADE, related_name="+")
    ours = models.BooleanField(default=False)

    class Meta:
        db_table = "post_message_name"
        constraints = [models.UniqueConstraint(fields=["partner", "digest"], name="one_ticket_a_message_id")]
