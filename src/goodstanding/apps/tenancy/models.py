"""Tables of who is who."""

import uuid

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F
from django.db.models.functions import Coalesce

from goodstanding.apps.tenancy.roles import Role


class Partner(models.Model):
    """An Odoo partner firm, the service company whose promises are kept here."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=200)
    key = models.SlugField(max_length=60, unique=True)
    zone = models.CharField(max_length=64)

    class Meta:
        db_table = "tenancy_partner"


class Client(models.Model):
    """A customer of a partner."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    partner = models.ForeignKey("tenancy.Partner", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    key = models.SlugField(max_length=60)
    zone = models.CharField(max_length=64)
    country = models.CharField(max_length=2, blank=True)

    class Meta:
        db_table = "tenancy_client"
        constraints = [models.UniqueConstraint(fields=["partner", "key"], name="one_client_a_key")]


class Contact(models.Model):
    """Somebody at a client who writes to the partner: an address, or with `@` in front a whole domain."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    partner = models.ForeignKey("tenancy.Partner", on_delete=models.PROTECT, related_name="+")
    client = models.ForeignKey("tenancy.Client", on_delete=models.PROTECT, related_name="+")
    address = models.CharField(max_length=254)
    name = models.CharField(max_length=200, blank=True)

    class Meta:
        db_table = "tenancy_contact"
        constraints = [models.UniqueConstraint(fields=["partner", "address"], name="one_client_a_contact_address")]


class PersonManager(BaseUserManager["Person"]):
    """What sign-in asks of a table of users."""

    def get_by_natural_key(self, username: str | None) -> "Person":
        """Addresses differ by more than the case of their letters."""
        return self.get(email__iexact=username)


class Person(AbstractBaseUser):
    """Somebody who signs in."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=200)
    zone = models.CharField(max_length=64, blank=True)
    is_active = models.BooleanField(default=True)

    objects = PersonManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        db_table = "tenancy_person"

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name


class Membership(models.Model):
    """A role held by a person: at the platform, at a partner, or for one client of a partner."""

    person = models.ForeignKey("tenancy.Person", on_delete=models.CASCADE, related_name="+")
    partner = models.ForeignKey("tenancy.Partner", null=True, on_delete=models.PROTECT, related_name="+")
    client = models.ForeignKey("tenancy.Client", null=True, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=30, choices=[(role.value, role.value) for role in Role])

    class Meta:
        db_table = "tenancy_membership"
        constraints = [
            models.UniqueConstraint(
                F("person"), F("role"), Coalesce("partner", 0), Coalesce("client", 0), name="one_membership_a_role"
            )
        ]
