"""Tables of chats. Instants are epoch seconds unless they say microseconds, which order what is said in one thread."""

import uuid

from django.db import models

from goodstanding.apps.unit.sealed import SealedTextField


class Workspace(models.Model):
    """Where a chat tells us what was said: a workspace of Slack, or an outgoing webhook of Teams, with what it signs with."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    partner = models.ForeignKey("tenancy.Partner", on_delete=models.PROTECT, related_name="+")
    service = models.CharField(max_length=10)
    name = models.CharField(max_length=120)
    team = models.CharField(max_length=200)
    """The workspace's id at Slack, the tenant's at Teams."""
    secret = SealedTextField(null=True)
    """None until Teams has shown it, which it does only once it has the address."""
    made_by = models.ForeignKey("tenancy.Person", null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.BigIntegerField()
    last_used_at = models.BigIntegerField(null=True)
    """To the minute, as for keys."""

    class Meta:
        db_table = "chat_workspace"


class Channel(models.Model):
    """A channel that was agreed on: what is said there becomes tickets. It stays, off, so that no message is taken anew."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    partner = models.ForeignKey("tenancy.Partner", on_delete=models.PROTECT, related_name="+")
    workspace = models.ForeignKey("chat.Workspace", on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=200)
    name = models.CharField(max_length=120, blank=True)
    client = models.ForeignKey("tenancy.Client", null=True, on_delete=models.PROTECT, related_name="+")
    priority = models.CharField(max_length=10, blank=True)
    team = models.CharField(max_length=60, blank=True)
    is_on = models.BooleanField(default=True)

    class Meta:
        db_table = "chat_channel"
        constraints = [models.UniqueConstraint(fields=["partner", "channel"], name="one_chat_channel_a_partner")]


class Sender(models.Model):
    """Somebody's name in a chat and the address by which they are known: a client's contact, or one of the staff."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    partner = models.ForeignKey("tenancy.Partner", on_delete=models.PROTECT, related_name="+")
    service = models.CharField(max_length=10)
    sender = models.CharField(max_length=200)
    name = models.CharField(max_length=200, blank=True)
    address = models.CharField(max_length=254)

    class Meta:
        db_table = "chat_sender"
        constraints = [models.UniqueConstraint(fields=["partner", "service", "sender"], name="one_address_a_chat_sender")]


class Post(models.Model):
    """A message that came, or what was told of one, with what became of it; by its name it is taken once."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    partner = models.ForeignKey("tenancy.Partner", on_delete=models.PROTECT, related_name="+")
    channel = models.ForeignKey("chat.Channel", on_delete=models.PROTECT, related_name="+", db_index=False)
    name = models.CharField(max_length=240)
    about = models.CharField(max_length=200)
    thread = models.CharField(max_length=200)
    """The message that the thread began with, itself where it is no reply."""
    kind = models.CharField(max_length=10)
    service = models.CharField(max_length=10)
    sender = models.CharField(max_length=200, blank=True)
    sender_name = models.CharField(max_length=200, blank=True)
    sender_address = models.CharField(max_length=254, blank=True)
    text = models.TextField(blank=True)
    asks = models.BooleanField()
    bot = models.BooleanField()
    at_us = models.BigIntegerField()
    taken_at = models.BigIntegerField()
    outcome = models.CharField(max_length=20)
    because = models.CharField(max_length=30, blank=True)
    ticket = models.ForeignKey("tickets.Ticket", null=True, on_delete=models.PROTECT, related_name="+")
    sorted_by = models.ForeignKey("tenancy.Person", null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        db_table = "chat_post"
        constraints = [models.UniqueConstraint(fields=["channel", "name"], name="one_post_a_name")]
        indexes = [
            models.Index(fields=["channel", "thread", "outcome"], name="chat_post_thread"),
            models.Index(fields=["partner", "outcome", "at_us"], name="chat_post_held"),
        ]


class Thread(models.Model):
    """A ticket of a thread, from the moment of the message that opened it on; a thread that outlives one gets another."""

    channel = models.ForeignKey("chat.Channel", on_delete=models.PROTECT, related_name="+", db_index=False)
    thread = models.CharField(max_length=200)
    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.CASCADE, related_name="+")
    from_us = models.BigIntegerField()
    opening = models.ForeignKey("chat.Post", on_delete=models.PROTECT, related_name="+")

    class Meta:
        db_table = "chat_thread"
        constraints = [models.UniqueConstraint(fields=["channel", "thread", "ticket"], name="one_row_a_thread_and_ticket")]
