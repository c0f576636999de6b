"""A measured file for the tests of reports: few tickets, one of everything a report can show."""

from dataclasses import replace
from pathlib import Path

from goodstanding.delivery import words_of_measurement as voice
from goodstanding.flows.measure import calendar_for, measure, promised
from goodstanding.flows.print_measurement import reported
from goodstanding.flows.read_tickets import Told, read
from goodstanding.reports.measured import MeasuredFile

TICKETS = """\
ticket,opened,first response,resolved,priority,client,tier
A,2026-03-02 09:00,2026-03-02 09:30,2026-03-02 12:00,P1,Rossi,
B,2026-03-02 09:00,2026-03-02 12:00,2026-03-03 12:00,P1,"=2+3",
+C,2026-03-02 09:00,2026-03-02 12:00,,P1,"<script>alert(1)</script> & Söhne",
D,2026-03-02 09:00,,2026-03-02 10:00,P9,Rossi,
E,2026-03-02 09:00,,2026-03-02 10:00,P1,Rossi,Tin
F,2026-03-02 09:00,2026-03-02 09:40,2026-03-02 10:00,P2,Rossi,Active
"""


def measured(folder: Path, text: str = TICKETS, *, what_if: str = "") -> MeasuredFile:
    path = folder / "tickets.csv"
    path.write_text(text, encoding="utf-8")
    promise = promised(tier="gold", calendar="business", what_if=what_if)
    file = read(path, Told(zone="Europe/Rome"))
    found = measure(file, promise, calendar_for(file, promise, "Europe/Rome", None), as_of=None)
    return reported(found, source="tickets.csv", voice=voice)


def with_many_breaches(file: MeasuredFile, number: int) -> MeasuredFile:
    """The same file as if its first breach had happened so many times."""
    found = file.measurement
    first = found.breaches
    again = [0] * number
    many = replace(
        first,
        source=first.source[again],
        client=first.client.take(again),
        priority=first.priority.take(again),
        tier=first.tier.take(again),
        clock=first.clock[again],
        promise=first.promise[again],
        elapsed=first.elapsed[again],
        deadline=first.deadline[again],
        stop=first.stop[again],
    )
    return replace(file, measurement=replace(found, breaches=many))
