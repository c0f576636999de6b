"""What a desk's states stand for, and what passing from one to the next tells."""

from dataclasses import dataclass
from typing import Final

from goodstanding.core.desk.events import EventKind, PauseOwner

STATE_KINDS: Final = (
    EventKind.OPENED,
    EventKind.PROGRESS,
    EventKind.WAITING,
    EventKind.RESOLVED,
    EventKind.CLOSED,
    EventKind.CANCELLED,
    EventKind.MERGED,
)
"""What a state can be: the event of entering it."""
ENDED: Final = frozenset({EventKind.RESOLVED, EventKind.CLOSED, EventKind.CANCELLED, EventKind.MERGED})
VOID: Final = frozenset({EventKind.CANCELLED, EventKind.MERGED})
"""States in which a ticket is called off rather than answered."""


@dataclass(frozen=True, slots=True)
class State:
    """What a state of some desk stands for here: one of `STATE_KINDS`, and of a wait whom it is for.

    A wait without an owner is for the partner, for whom no clock stops unless a policy says so.
    """

    kind: EventKind
    owner: PauseOwner | None = None

    def __post_init__(self) -> None:
        if self.kind not in STATE_KINDS:
            raise ValueError(f"{self.kind} is no state: a state is one of {', '.join(STATE_KINDS)}")
        if self.owner is not None and self.kind is not EventKind.WAITING:
            raise ValueError(f"only a wait has an owner, {self.kind} has none")


OPEN: Final = State(EventKind.OPENED)
"""Where every ticket begins."""


def entered(was: EventKind, now: EventKind) -> tuple[EventKind, ...]:
    """Return the events of passing from a state of one kind to a state of another, in their order.

    A state that ends a ticket and is left reopens it; a wait that is left for work is over; what was resolved is not
    resolved again (semantics.md 1.6, 1.11).
    """
    found: list[EventKind] = []
    if was in ENDED and now not in ENDED:
        found.append(EventKind.REOPENED)
    elif was is EventKind.WAITING and now in (EventKind.OPENED, EventKind.PROGRESS):
        found.append(EventKind.RESUMED)
    if now is not EventKind.OPENED and not (now is EventKind.RESOLVED and was in ENDED):
        found.append(now)
    return tuple(found)
