"""A case: all that is needed to judge one ticket, gathered before anything is decided."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from goodstanding.core.desk.events import Event
from goodstanding.core.desk.policy import Assignment, ClockKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """An exemption: a breach that does not count against the partner, with a reason and a name (requirements CLOCK-8).

    It covers the ticket's clocks of `clock`, all of them when that is None, and of every cycle unless `cycle` names the
    event that started one.
    """

    reason: str
    author: str
    granted_at: datetime
    clock: ClockKind | None = None
    cycle: str | None = None

    def __post_init__(self) -> None:
        if not self.reason.strip() or not self.author.strip():
            raise ValueError("a waiver needs a reason and the name of who grants it")

    def covers(self, clock: ClockKind, cycle: str) -> bool:
        """Whether the waiver is for that clock of that cycle."""
        return self.clock in (None, clock) and self.cycle in (None, cycle)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A ticket with its events and the assignments of the clients it may belong to.

    `kind` is the kind of support (requirements ESC-6 names four), `tags` its labels; both choose targets. `priority` and
    `team` are what the ticket began with where no event says it.
    """

    ticket: str
    client: str
    events: tuple[Event, ...]
    assignments: tuple[Assignment, ...] = ()
    priority: str = ""
    team: str | None = None
    kind: str | None = None
    tags: frozenset[str] = frozenset()
    waivers: tuple[Waiver, ...] = ()
    unmeasured: frozenset[ClockKind] = frozenset()
    """Clocks whose stop the source does not tell; they are neither met nor breached, because nobody can know."""


def assignment_at(assignments: Iterable[Assignment], client: str, at: datetime) -> Assignment | None:
    """Return the assignment of a client in force at an instant; of several, the one that began last.

    None means that the client was promised nothing then, which is an outcome of its own (semantics.md 2, row 43).
    """
    fitting = [each for each in assignments if each.client == client and each.in_force(at)]
    return max(fitting, key=lambda each: (each.from_at is not None, each.from_at or at, each.id), default=None)


def end_of_service(assignments: Iterable[Assignment], bound: Assignment) -> datetime | None:
    """Return when the client's service ends for good after `bound`, or None while it goes on.

    An assignment that another one takes over from is a switch, which leaves open tickets alone; one that nothing follows
    is an end, and stops running clocks (semantics.md 2, row 14; requirements CONTRACT-4).
    """
    listed = [each for each in assignments if each.client == bound.client]
    end = bound.until_at
    while end is not None:
        following = [each for each in listed if each.in_force(end)]
        if not following:
            return end
        if any(each.until_at is None for each in following):
            return None
        end = max(each.until_at for each in following if each.until_at is not None)
    return None
