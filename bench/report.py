"""A full report over a million tickets: from columns, against the plain ORM path over datetimes."""

import tempfile
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import django
import numpy as np
from django.conf import settings

from bench.timing import Row, at_least, rounds
from goodstanding.core.clocks.calendar import WEEKDAYS, Calendar, week_of
from goodstanding.core.clocks.clock import clock_of
from goodstanding.core.desk.columns import MISSING, ColumnRule, Pauses, SpanColumns, judge
from goodstanding.core.desk.policy import ClockKind
from goodstanding.core.figures.breakdown import by_month, by_ticket, prepare, split
from goodstanding.core.figures.facts import KIND_CODE, OWNERS, ClockFacts, Dimension, Facts, TicketFacts

TICKETS = 1_000_000
PEER_TICKETS = 100_000
BEGIN = int(datetime(2024, 1, 1, tzinfo=UTC).timestamp())
AS_OF = int(datetime(2026, 6, 1, tzinfo=UTC).timestamp())
HOURS = (["09:00-13:00", "14:00-18:00"], ["08:00-18:00"], ["07:00-21:00"], ["00:00-24:00"])
TARGETS = ((3_600, 4 * 3_600), (2 * 3_600, 8 * 3_600), (4 * 3_600, 16 * 3_600), (8 * 3_600, 40 * 3_600))


def run() -> Iterator[Row]:
    """Yield the rows of the report."""
    told = _tell(TICKETS)
    few = {name: column[:PEER_TICKETS] for name, column in told.items() if name not in ("pause_start", "pause_end")}
    # Pauses lie in order of their tickets, so the first tickets have the first pauses.
    upto = int(told["first"][PEER_TICKETS])
    few |= {
        "first": told["first"][: PEER_TICKETS + 1],
        "pause_start": told["pause_start"][:upto],
        "pause_end": told["pause_end"][:upto],
    }
    with tempfile.TemporaryDirectory() as folder:
        rows = _as_datetimes(few, Path(folder) / "peer.sqlite3")
        assert _report(few)["counts"] == _plain(rows)["counts"], "the two paths must say the same"
        taken = rounds({"ours": lambda: _report(told), "peer": lambda: _plain(rows)}, times=3)
    ours, peer = taken["ours"] / TICKETS, taken["peer"] / PEER_TICKETS
    pauses = len(told["pause_start"])
    yield Row(f"{TICKETS:,} tickets, {pauses:,} pauses, 4 calendars, 2 clocks, by 4 dimensions", f"{taken['ours']:.2f} s")
    yield Row(f"the same by values_list of datetimes, of {PEER_TICKETS:,} tickets, times ten", f"{peer * TICKETS:.1f} s")
    yield at_least("report from columns / plain ORM path over datetimes", peer / ours, 250)


def _tell(count: int) -> dict[str, np.ndarray]:
    noise = np.random.default_rng(7)
    opened = noise.integers(BEGIN, AS_OF - 60 * 86_400, count)
    opened.sort()
    answered = opened + noise.exponential(3 * 3_600, count).astype(np.int64)
    resolved = answered + noise.exponential(2 * 86_400, count).astype(np.int64)
    many = noise.choice([0, 1, 2, 3], count, p=[0.35, 0.35, 0.2, 0.1])
    first = np.concatenate([[0], np.cumsum(many)])
    of = np.repeat(np.arange(count), many)
    rank = np.arange(len(of)) - first[of]
    # Each pause within its own share of the ticket's life, so that they neither touch nor overlap.
    share = (resolved - opened)[of] // (many[of] + 1)
    start = opened[of] + rank * share + share // 4
    return {
        "opened": opened,
        "answered": answered,
        "resolved": resolved,
        "tier": noise.integers(0, 4, count).astype(np.int32),
        "priority": noise.integers(0, 4, count).astype(np.int32),
        "client": noise.integers(0, 40, count).astype(np.int32),
        "first": first,
        "pause_start": start,
        "pause_end": start + share // 2,
    }


def _calendars() -> list[Calendar]:
    week = [week_of(dict.fromkeys(WEEKDAYS if number == 3 else WEEKDAYS[:5], hours)) for number, hours in enumerate(HOURS)]
    return [Calendar("Europe/Rome", each) for each in week]


def _report(told: dict[str, np.ndarray]) -> dict[str, object]:
    rules = [
        ColumnRule(calendar, TARGETS[priority][kind], "s")
        for kind in (0, 1)
        for calendar in _calendars()
        for priority in range(4)
    ]
    book = told["tier"] * 4 + told["priority"]
    count = len(told["opened"])
    never = np.zeros(count, dtype=np.bool_)
    pauses = Pauses(told["first"], told["pause_start"], told["pause_end"])
    response = judge(SpanColumns(told["opened"], told["answered"], never, book), rules, as_of=AS_OF, deadlines=False)
    resolution = judge(
        SpanColumns(told["opened"], told["resolved"], never, book + 16, pauses), rules, as_of=AS_OF, deadlines=False
    )
    missing = np.full(count, MISSING, dtype=np.int64)
    names = {"tier": 4, "priority": 4, "client": 40}
    dimensions = {name: Dimension(told[name], tuple(f"{name} {code}" for code in range(many))) for name, many in names.items()}
    rows = np.arange(count, dtype=np.int64)
    tickets = TicketFacts(
        source=rows, opened=told["opened"], first_resolved=told["resolved"], last_resolved=told["resolved"], reopened=missing,
        replies=missing, rating=missing, incident=~never, dimensions=dimensions,
    )  # fmt: skip
    both = [
        np.concatenate(pair)
        for pair in zip(
            *((each.state, each.breached, each.elapsed, each.target) for each in (response, resolution)), strict=True
        )
    ]
    clocks = ClockFacts(
        ticket=np.concatenate([rows, rows]),
        kind=np.repeat(np.array([KIND_CODE[ClockKind.RESPONSE], KIND_CODE[ClockKind.RESOLUTION]], dtype=np.uint8), count),
        state=both[0], start=np.concatenate([told["opened"]] * 2), stop=np.concatenate([told["answered"], told["resolved"]]),
        promise=np.full(2 * count, -1, dtype=np.int32), breached=both[1], elapsed=both[2], target=both[3],
        waived=np.zeros(2 * count, dtype=np.bool_),
        paused=np.zeros((0, len(OWNERS)), dtype=np.int64),
    )  # fmt: skip
    facts = Facts(tickets, clocks, AS_OF)
    splits = {name: by_ticket(facts, name) for name in dimensions} | {"month": by_month(facts, "Europe/Rome")}
    prepared = prepare(facts)
    found = {name: split(prepared, codes, labels) for name, (codes, labels) in splits.items()}
    groups = [
        (name, each.name, kind, each.compliance.met, each.compliance.breached, each.elapsed.total, each.elapsed.p90)
        for name, kinds in found.items()
        for kind, groups in kinds.items()
        for each in groups
    ]
    return {"counts": sorted(groups, key=str)}


def _as_datetimes(told: dict[str, np.ndarray], path: Path) -> object:
    """Put the tickets into a database as most applications do, with columns of datetimes."""
    if not settings.configured:
        settings.configure(
            USE_TZ=True,
            DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(path)}},
            INSTALLED_APPS=[],
        )
        django.setup()
    from django.db import connection, models

    class PeerTicket(models.Model):
        opened = models.DateTimeField()
        answered = models.DateTimeField()
        resolved = models.DateTimeField()
        tier = models.IntegerField()
        priority = models.IntegerField()
        client = models.IntegerField()

        class Meta:
            app_label = "bench"

    class PeerPause(models.Model):
        ticket = models.ForeignKey(PeerTicket, on_delete=models.CASCADE)
        start = models.DateTimeField()
        end = models.DateTimeField()

        class Meta:
            app_label = "bench"

    with connection.schema_editor() as editor:
        editor.create_model(PeerTicket)
        editor.create_model(PeerPause)

    def at(second: int) -> datetime:
        return datetime.fromtimestamp(second, UTC)

    columns = (told[name].tolist() for name in ("opened", "answered", "resolved", "tier", "priority", "client"))
    PeerTicket.objects.bulk_create(
        [
            PeerTicket(pk=number + 1, opened=at(a), answered=at(b), resolved=at(c), tier=tier, priority=priority, client=client)
            for number, (a, b, c, tier, priority, client) in enumerate(zip(*columns, strict=True))
        ],
        batch_size=500,
    )
    of = np.repeat(np.arange(len(told["opened"])), np.diff(told["first"])).tolist()
    PeerPause.objects.bulk_create(
        [
            PeerPause(ticket_id=ticket + 1, start=at(a), end=at(b))
            for ticket, a, b in zip(of, told["pause_start"].tolist(), told["pause_end"].tolist(), strict=True)
        ],
        batch_size=500,
    )
    return PeerTicket, PeerPause


def _plain(models: object) -> dict[str, object]:
    """The report as a careful Django programmer writes it: two queries, our own single clock, dictionaries."""
    tickets, pauses = models
    clocks = [clock_of(calendar) for calendar in _calendars()]
    rome = ZoneInfo("Europe/Rome")
    waits = defaultdict(list)
    for ticket, start, end in (
        pauses.objects.order_by("ticket_id", "start").values_list("ticket_id", "start", "end").iterator(10_000)
    ):
        waits[ticket].append((start, end))
    sums = defaultdict(lambda: [0, 0, []])
    fields = ("pk", "opened", "answered", "resolved", "tier", "priority", "client")
    for pk, opened, answered, resolved, tier, priority, client in tickets.objects.values_list(*fields).iterator(10_000):
        clock = clocks[tier]
        for number, (kind, stop) in enumerate(((ClockKind.RESPONSE, answered), (ClockKind.RESOLUTION, resolved))):
            left, cursor, elapsed = timedelta(seconds=TARGETS[priority][number]), opened, clock.between(opened, stop)
            deadline = None
            for start, end in waits[pk] if number else ():
                elapsed -= clock.between(start, end)
                if deadline is None:
                    available = clock.between(cursor, start)
                    if left <= available:
                        deadline = clock.add(cursor, left)
                    left, cursor = left - available, end
            deadline = deadline or clock.add(cursor, left)
            late = deadline < stop
            month = (deadline if late else stop).astimezone(rome).strftime("%Y-%m")
            for group in (
                ("tier", f"tier {tier}"),
                ("priority", f"priority {priority}"),
                ("client", f"client {client}"),
                ("month", month),
            ):
                found = sums[*group, kind]
                found[late] += 1
                found[2].append(int(elapsed.total_seconds()))
    groups = []
    for (name, label, kind), (met, breached, durations) in sums.items():
        durations.sort()
        groups.append((name, label, kind, met, breached, sum(durations), durations[-(-9 * len(durations) // 10) - 1]))
    return {"counts": sorted(groups, key=str)}
