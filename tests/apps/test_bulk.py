"""Many rows are written at once, each at most once (apps/unit/bulk.py)."""

import uuid

import pytest

from goodstanding.apps.tickets.models import Ticket
from goodstanding.apps.unit.bulk import insert_new
from tests.apps.world import World

pytestmark = pytest.mark.django_db

FIELDS = (
    "public_id",
    "partner",
    "client",
    "source",
    "ref",
    "title",
    "priority",
    "team",
    "kind",
    "tags",
    "contact",
    "unmeasured",
)


def row(world, ref, title="a title", tags=()):
    ids = (uuid.uuid4(), world.partner.pk, world.ferrante.pk)
    return (*ids, "test", ref, title, "P1", "", "", list(tags), "", [])


def test_rows_that_are_there_are_passed_over_and_the_others_are_written():
    world = World()
    insert_new(Ticket, FIELDS, [row(world, "A", "first")])

    written = insert_new(Ticket, FIELDS, [row(world, "A", "second"), row(world, "B"), row(world, "B"), row(world, "C")])

    assert written == 2
    assert dict(Ticket.objects.values_list("ref", "title")) == {"A": "first", "B": "a title", "C": "a title"}


@pytest.mark.django_db(transaction=True)
def test_a_caller_without_a_transaction_has_rows_passed_over_too():
    world = World()
    insert_new(Ticket, FIELDS, [row(world, "A", "first")])

    assert insert_new(Ticket, FIELDS, [row(world, "A", "second"), row(world, "B")]) == 1
    assert insert_new(Ticket, FIELDS, [row(world, "A", "third")]) == 0
    assert dict(Ticket.objects.values_list("ref", "title")) == {"A": "first", "B": "a title"}


def test_identifiers_json_and_awkward_texts_come_back_as_they_were():
    world = World()
    told = row(world, "A", "tab\tnewline\nquote' backslash \\ \\N €", tags=["ä", 'with "quotes"', "\\N"])

    insert_new(Ticket, FIELDS, [told])

    kept = Ticket.objects.get()
    assert (kept.public_id, kept.title, kept.tags) == (told[0], told[5], told[9])


def test_nothing_to_write_writes_nothing():
    assert insert_new(Ticket, FIELDS, []) == 0


def test_thousands_of_rows_are_all_written():
    world = World()

    written = insert_new(Ticket, FIELDS, (row(world, str(number)) for number in range(2_501)))

    assert (written, Ticket.objects.count()) == (2_501, 2_501)
