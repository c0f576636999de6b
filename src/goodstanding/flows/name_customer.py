"""Set a customer of an Odoo desk up as a new client, and give it the tickets that wait for it."""

from datetime import datetime
from uuid import UUID

from goodstanding.apps.instances import actions, queries
from goodstanding.apps.tenancy import actions as tenancy
from goodstanding.apps.tenancy import queries as known
from goodstanding.apps.tenancy.queries import Client
from goodstanding.apps.tenancy.scope import Scope
from goodstanding.apps.unit import NotFound, together


def set_up_customer(scope: Scope, public_id: UUID, *, customer: str, now: datetime) -> Client:
    """Make a client of a customer whose tickets wait, in the zone of its partner, and say that the customer is it.

    A client of that name is taken where there is one. Raises `NotFound` where no ticket of such a customer waits.
    """
    instance = queries.instance(scope, public_id)
    following = instance.following
    if following is None or not customer or not queries.held_numbers(scope, following.pk, customer):
        raise NotFound("no ticket of this customer waits")
    zone = next(each.zone for each in known.partners(scope) if each.pk == instance.partner)
    with together():
        made = tenancy.set_up_client(scope, partner=instance.partner, name=customer, zone=zone)
        actions.name_customer(scope, public_id, customer=customer, client=made.pk, now=now)
    return made
