"""The world in tickets: what one client opens on a date, and what happens everywhere between two instants."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final, TypeAlias

from goodstanding.adapters.demo.aftermath import (
    close,
    end_merged,
    end_resolved,
    end_withdrawn,
    mistype_priority,
    note_late,
)
from goodstanding.adapters.demo.arrivals import outage_sketches, sketches_on
from goodstanding.adapters.demo.cast import Client
from goodstanding.adapters.demo.clients import CLIENTS
from goodstanding.adapters.demo.demand import outage_of
from goodstanding.adapters.demo.life import Life
from goodstanding.adapters.demo.outage import follow, lead
from goodstanding.adapters.demo.pace import pace_of
from goodstanding.adapters.demo.sketch import Outage, Sketch
from goodstanding.adapters.demo.telling import SOURCE, Happening
from goodstanding.adapters.demo.work import work
from goodstanding.core.clocks.clock import moment
from goodstanding.core.desk.policy import SUPPORT, Assignment

LONGEST_LIFE: Final = timedelta(days=60)
"""Nothing happens to a ticket later than this after its opening."""

Terms: TypeAlias = Callable[[str, datetime], Assignment | None]
"""What a client, by key, is promised at an instant; None where nothing is, and then they open no tickets."""

Where: TypeAlias = Callable[[Client, date], bool]
"""Whether the tickets that a client opens on a date of its own are among those that are told."""

_WITHDRAWN: Final = 0.011
_DAYS_KEPT: Final = 800
"""Days of clients that are kept once they are made: the past that a running demo looks back to, for all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoTicket:
    """A ticket with its whole life, also what has not happened yet.

    `client` is the client's key; `priority`, `team` and `kind` are those it began with. `happenings` come in the order
    they happened, which is not always the order in which they became known (`told_at`).
    """

    ref: str
    client: str
    title: str
    kind: str
    team: str
    tags: frozenset[str]
    priority: str
    contact: str
    happenings: tuple[Happening, ...]
    source: str = SOURCE

    @property
    def opened_at(self) -> datetime:
        """When it was opened."""
        return self.happenings[0].event.at


Told: TypeAlias = tuple[DemoTicket, tuple[Happening, ...]]
"""A ticket and some of what happened to it."""


def told_at(happening: Happening) -> datetime:
    """Return when a happening became known: at once, but for what was noted, imported or corrected later."""
    return happening.event.received_at or happening.event.at


def tickets_opened_on(seed: str, client: Client, on: date, terms: Terms) -> tuple[DemoTicket, ...]:
    """Return the tickets that a client opens on a date of its own zone, in the order they are opened.

    They depend on seed, client, date and terms alone, never on what else was made before.
    """
    noon = datetime.combine(on, time(12), client.working_hours.tz).astimezone(UTC)
    bound = terms(client.key, noon)
    if bound is None:
        return ()
    served = bound.slots.get(SUPPORT, client.working_hours)
    outage = outage_of(seed, client, on)
    found = list(sketches_on(seed, client, on, served))
    if outage is not None:
        found += outage_sketches(seed, client, on, len(found))
    pace = pace_of(seed, client, on)
    made = []
    for sketch in found:
        bound = terms(client.key, moment(sketch.opened))
        if bound is not None:
            made.append(_ticket(Life(seed, sketch, bound, pace), outage))
    return tuple(sorted(made, key=lambda ticket: (ticket.opened_at, ticket.ref)))


def everywhere(client: Client, on: date) -> bool:
    """Whether tickets are told: those of every client, of every date."""
    return True


def happenings_between(
    seed: str, start: datetime, end: datetime, terms: Terms, *, batch: int = 300, where: Where = everywhere
) -> Iterator[tuple[Told, ...]]:
    """Yield what became known after `start` and up to `end`, of tickets `where` says, in batches of at most `batch`.

    Tickets come by the date they were opened on. What was noted or imported later comes when it became known
    (`told_at`), as it would to a real desk, so spells that follow each other bring everything once. Call it with the
    same `terms` each time: days already made are remembered for them, and a short spell then costs little.
    """
    ready: list[Told] = []
    # A date begins up to fourteen hours before it does in UTC and ends up to twelve hours after.
    on, last = (start - LONGEST_LIFE).date() - timedelta(days=1), end.date() + timedelta(days=1)
    while on <= last:
        for client in CLIENTS:
            if not where(client, on):
                continue
            for ticket, first, final in _day(seed, client, on, terms):
                if final <= start or first > end:
                    continue
                told = tuple(each for each in ticket.happenings if start < told_at(each) <= end)
                if told:
                    ready.append((ticket, told))
                if len(ready) >= batch:
                    yield tuple(ready)
                    ready = []
        on += timedelta(days=1)
    if ready:
        yield tuple(ready)


@lru_cache(maxsize=_DAYS_KEPT)
def _day(seed: str, client: Client, on: date, terms: Terms) -> tuple[tuple[DemoTicket, datetime, datetime], ...]:
    """Return the tickets of a day, each with when the first and the last of its happenings became known."""
    return tuple(
        (ticket, ticket.opened_at, max(map(told_at, ticket.happenings)))
        for ticket in tickets_opened_on(seed, client, on, terms)
    )


def _ticket(life: Life, outage: Outage | None) -> DemoTicket:
    sketch = life.sketch
    life.open()
    if outage is not None and "outage" in sketch.tags:
        if sketch.twin:
            follow(life, outage)
        else:
            lead(life, outage)
            close(life, life.cursor)
    elif sketch.twin:
        end_merged(life)
    else:
        _ordinary(life)
    return _written(sketch, life)


def _ordinary(life: Life) -> None:
    life.answer()
    if life.chance(_WITHDRAWN):
        end_withdrawn(life)
        return
    work(life)
    life.resolve()
    end_resolved(life)
    mistype_priority(life)
    note_late(life)


def _written(sketch: Sketch, life: Life) -> DemoTicket:
    happenings = life.teller.happenings()
    return DemoTicket(
        ref=sketch.ref,
        client=sketch.client.key,
        title=life.title,
        kind=sketch.subject.kind,
        team=sketch.team,
        tags=sketch.tags,
        priority=f"{life.letter}{sketch.rank}",
        contact=sketch.contact,
        happenings=happenings,
    )
