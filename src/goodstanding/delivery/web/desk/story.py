"""A ticket's story by day: what people did, and where its clocks were met or broke their promise."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from goodstanding.apps.tickets.queries import Happening
from goodstanding.core.desk.verdict import ClockState, Verdict
from goodstanding.delivery import words


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the story: something that happened, or the outcome of a clock, which has a state and says so."""

    at: datetime
    happening: Happening | None = None
    state: str = ""
    says: str = ""


@dataclass(frozen=True, slots=True)
class StoryDay:
    """A local day of the story."""

    name: str
    entries: tuple[Entry, ...]


def by_day(happenings: Iterable[Happening], verdicts: Iterable[Verdict], zone: str, now: datetime) -> list[StoryDay]:
    """Return the story on the wall clocks of a zone, the oldest day first."""
    entries = [Entry(each.event.at, happening=each) for each in happenings]
    entries += [outcome for verdict in verdicts for outcome in _outcomes(verdict)]
    found: dict[date, list[Entry]] = {}
    # Stable: what happened stands before the outcome it led to.
    for entry in sorted(entries, key=lambda each: each.at):
        found.setdefault(words.local(entry.at, zone).date(), []).append(entry)
    today = words.local(now, zone).date()
    return [StoryDay(_name(on, today), tuple(each)) for on, each in found.items()]


def _outcomes(verdict: Verdict) -> Iterable[Entry]:
    name = words.clock_name(verdict)
    if verdict.breach is not None:
        why = " by a change that landed past its target" if verdict.breach.reclassified else ""
        waived = ", waived" if verdict.waiver else ""
        yield Entry(verdict.breach.at, state="breached", says=f"{name} breached{why}{waived}")
    if verdict.state is ClockState.MET and verdict.stopped_at is not None:
        spent = f": {words.used(verdict)}" if verdict.target is not None else ""
        yield Entry(verdict.stopped_at, state="met", says=f"{name} met{spent}")


def _name(on: date, today: date) -> str:
    if on == today:
        return f"Today, {words.day(on)}"
    return f"Yesterday, {words.day(on)}" if on == today - timedelta(days=1) else words.day(on)
