"""The tickets that one client opens on one date: what about, by whom, how urgent, and which are one and the same."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache
from itertools import accumulate
from random import Random
from typing import Final

from goodstanding.adapters.demo.cast import Client
from goodstanding.adapters.demo.demand import goes_live, opened_at, outage_of, tickets_on, turn_of_month
from goodstanding.adapters.demo.dice import dice_of
from goodstanding.adapters.demo.sketch import Sketch
from goodstanding.adapters.demo.subjects import OUTAGE, SUBJECTS, Subject
from goodstanding.core.clocks.calendar import Calendar
from goodstanding.core.clocks.clock import clock_of

_A_DAY: Final = 40
"""References leave room for so many tickets of a client on a date, so that no number depends on another day's."""
_TWINS: Final = 0.016
"""The share of tickets, but for the first of a date, that turn out to be the same as an earlier one."""
_BY_PHONE: Final = 0.13
_OF_CLOSING: Final = frozenset({"accounting", "bank", "einvoice"})


def reference(client: Client, on: date, number: int) -> str:
    """Return the reference of a client's ticket of a date, of which it is the one numbered `number`, from 1: `TC-26-04123`.

    It reads like a running number and holds the day of the year, so it needs no count of what came before.
    """
    return f"{client.code}-{on:%y}-{on.timetuple().tm_yday * _A_DAY + number:05d}"


def sketches_on(seed: str, client: Client, on: date, served: Calendar) -> tuple[Sketch, ...]:
    """Return the tickets of a client's local date in the order they are opened, without those of an outage."""
    dice = dice_of(seed, client.key, on)
    opened = sorted(opened_at(dice, client, on) for _ in range(tickets_on(dice, client, on, served)))
    found: list[Sketch] = []
    for number, at in enumerate(opened, 1):
        sketch = _sketch(dice, client, on, at, reference(client, on, number))
        found.append(_twin_of_one(dice, sketch, found) or sketch)
    return tuple(found)


def outage_sketches(seed: str, client: Client, on: date, taken: int) -> Iterator[Sketch]:
    """Yield the tickets about an outage, the leading one first; `taken` references of the date are used already."""
    outage = outage_of(seed, client, on)
    if outage is None:
        return
    dice = dice_of(seed, "outage tickets", on)
    count = min(outage.tickets, _A_DAY - 1 - taken)
    minutes = sorted(min(50.0, dice.expovariate(1 / 15.0)) for _ in range(count - 1))
    people = [*(contact.name for contact in client.contacts), *client.colleagues]
    for number, minute in enumerate([0.0, *minutes]):
        yield Sketch(
            ref=reference(client, on, taken + 1 + number),
            client=client,
            on=on,
            opened=outage.start + 120 + int(minute * 60) + number,
            subject=OUTAGE[0] if number == 0 else dice.choice(OUTAGE[1:]),
            rank=1 if number < 4 else dice.choice((1, 2, 2)),
            contact=people[number % len(people)],
            tags=frozenset({"hosting", "outage"}),
            twin="" if number == 0 else reference(client, on, taken + 1),
        )


def _sketch(dice: Random, client: Client, on: date, at: int, ref: str) -> Sketch:
    rank = dice.choices((1, 2, 3, 4), weights=client.ranks)[0]
    closing = turn_of_month(on)
    subjects, weights = _subjects(client, rank, closing)
    subject = dice.choices(subjects, cum_weights=weights)[0]
    tags = {subject.topic}
    if closing and subject.topic in _OF_CLOSING:
        tags.add("month-end")
    if goes_live(client, on):
        tags.add("go-live")
    by_phone = dice.random() < (_BY_PHONE * 2 if rank == 1 else _BY_PHONE)
    return Sketch(
        ref=ref,
        client=client,
        on=on,
        opened=at,
        subject=subject,
        rank=rank,
        contact=dice.choice(client.contacts).name if dice.random() < 0.8 else dice.choice(client.colleagues),
        by_phone=by_phone and clock_of(client.working_hours).is_open(at),
        tags=frozenset(tags),
    )


def _twin_of_one(dice: Random, sketch: Sketch, earlier: Sequence[Sketch]) -> Sketch | None:
    alone = [other for other in earlier if not other.twin]
    if dice.random() >= _TWINS or not alone:
        return None
    first = dice.choice(alone)
    people = [contact.name for contact in sketch.client.contacts if contact.name != first.contact]
    return replace(
        sketch,
        subject=first.subject,
        rank=first.rank,
        contact=dice.choice(people),
        by_phone=False,
        tags=first.tags,
        twin=first.ref,
    )


@lru_cache(maxsize=256)
def _subjects(client: Client, rank: int, closing: bool) -> tuple[tuple[Subject, ...], tuple[float, ...]]:
    fitting = tuple(subject for subject in SUBJECTS if rank in subject.ranks and subject.topic in client.topics)
    weights = [
        client.topics[subject.topic]
        * (2.5 if closing and subject.topic in _OF_CLOSING else 1)
        # A subject with one usual priority is typical of it.
        * (1.5 if len(subject.ranks) == 1 else 1)
        # Retainers build: what is wished for is mostly new development.
        * (2.5 if rank == 4 and client.ranks[3] > 0.3 and subject.kind == "development" else 1)
        # Topics with many subjects are not asked about more often for that.
        / _size(subject.topic, rank)
        for subject in fitting
    ]
    return fitting, tuple(accumulate(weights))


@lru_cache(maxsize=128)
def _size(topic: str, rank: int) -> int:
    return sum(subject.topic == topic and rank in subject.ranks for subject in SUBJECTS)
