"""Who works on a ticket keeps others from it, but not those who only refer to it (apps/tickets, apps/post)."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections

from goodstanding.apps.post import actions as post
from goodstanding.apps.post.models import MessageName
from goodstanding.apps.tickets import actions
from goodstanding.apps.tickets.models import Ticket
from goodstanding.apps.unit import together
from tests.apps.world import EVERYTHING, World


@pytest.mark.django_db(transaction=True)
def test_a_letter_about_a_ticket_is_named_while_somebody_judges_the_ticket():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time, whatever they write")
    world = World()
    world.take(world.incoming("A", ("opened", 1)))
    pk = Ticket.objects.get().pk

    def named():
        try:
            connection.cursor().execute("SET lock_timeout = '5s'")
            post.name_messages(EVERYTHING, partner=world.partner.pk, names=[("0" * 64, pk)], ours=True)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as beside, together():
        actions.hold(EVERYTHING, [pk])
        beside.submit(named).result()

    assert MessageName.objects.get().ticket_id == pk
