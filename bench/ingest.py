"""Taking rows in: our bulk writer against bulk_create, on SQLite and, with DATABASE_URL, on PostgreSQL."""

import os
import tempfile
import time
import uuid
from collections.abc import Iterator

from bench.timing import Row, at_least

ROWS = 50_000


def run() -> Iterator[Row]:
    """Yield the rows of ingest."""
    with tempfile.TemporaryDirectory() as home:
        os.environ.setdefault("GOODSTANDING_HOME", home)
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "goodstanding.config.settings")
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connection

        call_command("migrate", verbosity=0)
        goal = 4.5 if connection.vendor == "postgresql" else 3.5
        ours, peer = (min(_take(way) for _ in range(3)) for way in ("ours", "peer"))
        yield Row(f"{connection.vendor}: events taken in, rows a second, wall time", f"{ROWS / ours:,.0f}")
        yield at_least(f"{connection.vendor}: bulk writer / bulk_create, wall time", peer / ours, goal)
        if connection.vendor == "sqlite":
            yield Row("postgresql: run this again under `python -m tests.postgres`", "", "")


def _take(way: str) -> float:
    from goodstanding.apps.tenancy.models import Client, Partner
    from goodstanding.apps.tickets.actions import _FIELDS
    from goodstanding.apps.tickets.models import Ticket, TicketEvent
    from goodstanding.apps.unit import together
    from goodstanding.apps.unit.bulk import insert_new

    partner = Partner.objects.get_or_create(key="bench", defaults={"name": "Bench", "zone": "UTC"})[0]
    client = Client.objects.get_or_create(partner=partner, key="bench", defaults={"name": "Bench", "zone": "UTC"})[0]
    TicketEvent.objects.all().delete()
    ticket = Ticket.objects.create(partner=partner, client=client, source="bench", ref=str(uuid.uuid4()))
    rows = [
        (ticket.pk, 1_790_000_000 + number, 1_790_000_000 + number, "noted", "staff", False, "bench", str(number), None, None,
         "Marta Rizzo", {"reason": "a reason"}, "a text of some length, as notes have it")
        for number in range(ROWS)
    ]  # fmt: skip
    begun = time.perf_counter()
    with together():
        if way == "ours":
            insert_new(TicketEvent, _FIELDS, rows)
        else:
            names = ("ticket_id", *_FIELDS[1:])
            TicketEvent.objects.bulk_create(
                [TicketEvent(**dict(zip(names, row, strict=True))) for row in rows], batch_size=1_000, ignore_conflicts=True
            )
    return time.perf_counter() - begun
