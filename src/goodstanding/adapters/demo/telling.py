"""Telling a ticket's story: acts noted one by one, and the happenings they become."""

from typing import Final, NamedTuple

from goodstanding.core.clocks.clock import moment
from goodstanding.core.desk.events import Actor, Event, EventKind, PauseOwner

SOURCE: Final = "demo"


class Happening(NamedTuple):
    """An event with what people read beside it: who did it, and what was written."""

    event: Event
    who: str
    text: str


class Act(NamedTuple):
    """An act before it is an event; `at` and `told` in epoch seconds, `told` 0 when it was known at once."""

    number: int
    at: int
    kind: EventKind
    actor: Actor
    public: bool
    who: str
    text: str
    told: int = 0
    supersedes: int = 0
    priority: str | None = None
    team: str | None = None
    assignee: str | None = None
    owner: PauseOwner | None = None
    reason: str | None = None
    into: str | None = None


class Teller:
    """Takes a ticket's acts and makes its happenings; acts are named by the order they were told in."""

    def __init__(self) -> None:
        self.acts: list[Act] = []

    def tell(
        self,
        at: int,
        kind: EventKind,
        actor: Actor,
        who: str,
        text: str = "",
        *,
        public: bool = False,
        priority: str | None = None,
        team: str | None = None,
        assignee: str | None = None,
        owner: PauseOwner | None = None,
        reason: str | None = None,
        into: str | None = None,
    ) -> int:
        """Note an act and return its number."""
        number = len(self.acts) + 1
        self.acts.append(Act(number, at, kind, actor, public, who, text, 0, 0, priority, team, assignee, owner, reason, into))
        return number

    def client_says(self, at: int, who: str, text: str) -> None:
        """Note what somebody at the client wrote."""
        self.tell(at, EventKind.CLIENT_REPLIED, Actor.CLIENT, who, text, public=True)

    def staff_says(self, at: int, who: str, text: str) -> int:
        """Note a public reply by staff and return its number."""
        return self.tell(at, EventKind.STAFF_REPLIED, Actor.STAFF, who, text, public=True)

    def tell_late(self, number: int, told: int) -> None:
        """Let an act be known only at `told`, when somebody wrote it down or an import brought it."""
        self.acts[number - 1] = self.acts[number - 1]._replace(told=told)

    def correct(self, number: int, *, noted_at: int, noted: str | None, told: int, reason: str) -> None:
        """Let an act have been noted wrongly at first, at another instant or with another priority, and corrected at `told`."""
        right = self.acts[number - 1]
        self.acts[number - 1] = right._replace(at=noted_at, priority=noted or right.priority)
        following = len(self.acts) + 1
        self.acts.append(right._replace(number=following, told=told, supersedes=number, reason=reason))

    def happenings(self) -> tuple[Happening, ...]:
        """Return the happenings in the order they happened; `sequence` keeps the order within a second."""
        ordered = sorted(self.acts, key=lambda act: act.at)
        return tuple(
            Happening(
                Event(
                    at=(at := moment(act.at)),
                    kind=act.kind,
                    source=SOURCE,
                    source_id=str(act.number),
                    actor=act.actor,
                    public=act.public,
                    received_at=moment(act.told) if act.told else at,
                    sequence=sequence,
                    supersedes=str(act.supersedes) if act.supersedes else None,
                    priority=act.priority,
                    team=act.team,
                    assignee=act.assignee,
                    owner=act.owner,
                    reason=act.reason,
                    into=act.into,
                ),
                act.who,
                act.text,
            )
            for sequence, act in enumerate(ordered, 1)
        )
