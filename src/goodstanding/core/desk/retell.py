"""A record that another desk keeps of a ticket, told as events: the same record always gives the same events.

A record that has grown gives the events it gave before and more, so it can be read again as often as one likes, in parts
or whole, and what is known is simply not taken twice (requirements CLOCK-1 and CLOCK-2).
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from goodstanding.core.desk.events import Actor, Event, EventKind
from goodstanding.core.desk.policy import ClockKind
from goodstanding.core.desk.states import ENDED, OPEN, VOID, State, entered


class Kept(StrEnum):
    """What a desk keeps of a ticket and tracks the changes of."""

    STAGE = "stage"
    PRIORITY = "priority"
    TEAM = "team"
    ASSIGNEE = "assignee"
    CLIENT = "client"


class Voice(StrEnum):
    """What a message is to the clocks."""

    CLIENT = "client"
    STAFF = "staff"
    NOTE = "note"
    """Written by staff for staff."""
    AUTOMATIC = "automatic"


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A value that changed; `number` names and orders the change in its desk, `message` orders it among messages.

    `noticed` says that the desk has kept no track of this change: it shows in what was there before and after, and `at` is
    the latest moment at which it may have happened.
    """

    number: int
    message: int
    at: datetime
    kept: Kept
    old: str
    new: str
    actor: Actor
    who: str = ""
    noticed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """Something that somebody wrote; `number` names and orders it in its desk."""

    number: int
    at: datetime
    voice: Voice
    who: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A ticket as another desk keeps it: what it is now, and how it came to be so.

    `now` has the values of today in the desk's own words; what it began with follows from the moves. `ref` names the
    ticket in the desk for good.
    """

    ref: str
    opened_at: datetime
    opened_by: Actor
    now: dict[Kept, str]
    who: str = ""
    text: str = ""
    moves: tuple[Move, ...] = ()
    messages: tuple[Message, ...] = ()
    merged_into: str = ""
    merged_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """How the words of a desk are read: its stages, its priorities, its customers.

    Each is given the desk's own word. A priority nobody explained is read as none (`""`); a customer that is no client
    of ours as None, and then nothing is said of the client.
    """

    state: Callable[[str], State]
    priority: Callable[[str], str]
    client: Callable[[str], str | None]


@dataclass(frozen=True, slots=True)
class Told:
    """An event, and beside it what people read."""

    event: Event
    who: str = ""
    text: str = ""


def retell(record: Record, reading: Reading, *, source: str) -> tuple[Told, ...]:
    """Return everything that happened to a ticket, by the desk's own record of it.

    What it began with is what the first change of each value replaced. A ticket that began waiting or closed began so
    (semantics.md 2 row 47). A stage that called it off and was left again had closed it and no more: the event that said
    otherwise is superseded. Moves of values that mean the same here tell nothing.
    """
    return tuple(_Teller(record, reading, source).tell())


def noticed(before: Mapping[Kept, str], record: Record, *, at: datetime) -> Record:
    """Return a record with the changes that its desk kept no track of, seen by who looked `before`.

    `at` is when the desk last wrote the ticket. Values that were not looked at before, or whose changes are tracked, tell
    nothing. What the ticket began with is then what was seen first.
    """
    tracked = {move.kept for move in record.moves}
    changed = [kept for kept in (Kept.PRIORITY, Kept.TEAM, Kept.CLIENT) if kept not in tracked and kept in before]
    found = tuple(
        Move(number=0, message=0, at=at, kept=kept, old=before[kept], new=new, actor=Actor.STAFF, noticed=True)
        for kept in changed
        if (new := record.now.get(kept, "")) != before[kept]
    )
    return replace(record, moves=(*record.moves, *found))


def untold(record: Record, reading: Reading, *, closed_at: datetime | None) -> frozenset[ClockKind]:
    """Return the clocks of which the desk has not kept what stopped them.

    A ticket that is over as far back as its record goes, and was not closed the moment it was opened, was brought in from
    elsewhere: when it was answered and resolved, nobody can know, and no clock of it is met (semantics.md 2 row 37).
    """
    stages = [move for move in record.moves if move.kept is Kept.STAGE]
    first = min(stages, key=lambda move: (move.at, move.message, move.number)).old if stages else record.now.get(Kept.STAGE, "")
    if reading.state(first).kind not in ENDED or closed_at == record.opened_at:
        return frozenset()
    return frozenset(ClockKind)


def read_anew(told: Iterable[Told], kept: Collection[str], record: Record) -> tuple[Told, ...]:
    """Return what a record tells as it has to be taken where other readings of it were taken before.

    `kept` has the `source_id` of every event kept of the ticket. When somebody says that a stage means something else,
    what was told of it before is superseded by what is told now. A meaning that comes back is told under a further name,
    since a name once superseded stays so. Only changes that the record still has are read anew: what its desk has lost
    stays as it was told, and so is the priority that a ticket was opened with.
    """
    ours = _under_current_names(told, kept)
    names = {each.event.source_id for each in ours}
    moves = {_named(move, record) for move in record.moves} | {"created"}
    stale = (
        name
        for name in kept
        if name not in names
        and f"{name}{_ANEW}" not in kept
        and _move_of(name, record.ref) in moves
        and not name.endswith(_ANEW)
    )
    withdrawn = tuple(
        Told(
            Event(
                at=record.opened_at,
                kind=EventKind.NOTED,
                source=ours[0].event.source,
                source_id=f"{name}{_ANEW}",
                supersedes=name,
            )
        )
        for name in sorted(stale)
    )
    return (*ours, *withdrawn)


_ANEW: Final = ":read-anew"
_AFTER_ALL: Final = ":after-all"


def _under_current_names(told: Iterable[Told], kept: Collection[str]) -> tuple[Told, ...]:
    """Return events under the first of their names that nobody has superseded, corrections with what they correct."""
    listed = tuple(told)
    corrected = {each.event.supersedes for each in listed}
    # Whatever was corrected once stays so, also when the correction is itself superseded.
    spoilt = {name.partition(_AFTER_ALL)[0] for name in kept if _AFTER_ALL in name}
    now: dict[str, str] = {}
    found = []
    for each in listed:
        event = each.event
        corrects = None if event.supersedes is None else now[event.supersedes]
        base = event.source_id if corrects is None else f"{corrects}{_AFTER_ALL}"
        name, number = base, 1
        while f"{name}{_ANEW}" in kept or (name in spoilt and event.source_id not in corrected):
            number += 1
            name = f"{base}~{number}"
        now[event.source_id] = name
        found.append(replace(each, event=replace(event, source_id=name, supersedes=corrects)))
    return tuple(found)


def _move_of(name: str, ref: str) -> str:
    """Return which change of a ticket an event was told of: `t12` of `HT1:t12:waiting~2`."""
    return name.removeprefix(f"{ref}:").partition(":")[0].partition("~")[0] if name.startswith(f"{ref}:") else ""


def _named(move: Move, record: Record) -> str:
    """Return what a change is called: by its number, or by what it is and when, so that whoever notices it again gives it the
    same name."""
    return f"{move.kept}@{int(max(move.at, record.opened_at).timestamp())}" if move.noticed else f"t{move.number}"


def gone(ref: str, *, source: str, at: datetime, reason: str) -> Told:
    """Return the end of a ticket that its desk no longer shows: every clock of it is called off (semantics.md 2 row 20).

    `at` is when that was noticed, or when the desk last wrote it: when it happened, nobody has kept.
    """
    name = f"{ref}:gone@{int(at.timestamp())}"
    return Told(Event(at=at, kind=EventKind.CANCELLED, source=source, source_id=name, reason=reason))


def there_again(ref: str, kept: Collection[str], *, source: str, at: datetime) -> tuple[Told, ...]:
    """Return what takes back that a ticket was gone: its desk shows it again.

    `kept` has the `source_id` of every event kept of the ticket. Taken back twice is taken back once.
    """
    said = (name for name in kept if name.startswith(f"{ref}:gone@") and not name.endswith(":undone"))
    return tuple(
        Told(Event(at=at, kind=EventKind.NOTED, source=source, source_id=f"{name}:undone", supersedes=name))
        for name in said
        if f"{name}:undone" not in kept
    )


class _Teller:
    """Walks through a record in its order."""

    def __init__(self, record: Record, reading: Reading, source: str) -> None:
        self.record, self.reading, self.source = record, reading, source
        self.moves = sorted(record.moves, key=lambda move: (move.at, move.message, move.number))
        self.began = dict(record.now)
        for move in reversed(self.moves):
            self.began[move.kept] = move.old
        self.state = OPEN
        self.called_off: Event | None = None

    def tell(self) -> Iterator[Told]:
        record = self.record
        yield Told(
            self.event(
                "created", EventKind.OPENED, record.opened_at, record.opened_by, 0, public=True,
                priority=self.reading.priority(self.began.get(Kept.PRIORITY, "")) or None,
                team=self.began.get(Kept.TEAM) or None,
                assignee=self.began.get(Kept.ASSIGNEE) or None,
            ),
            record.who,
            record.text,
        )  # fmt: skip
        yield from self.enter("created", self.began.get(Kept.STAGE, ""), record.opened_at, Actor.SYSTEM, 0, "")
        for move in self.moves:
            yield from self.move(move)
        for message in record.messages:
            yield self.message(message)
        if record.merged_into and record.merged_at is not None:
            merged = EventKind.MERGED
            yield Told(self.event("merged", merged, record.merged_at, Actor.STAFF, None, into=record.merged_into))

    def move(self, move: Move) -> Iterator[Told]:
        at, actor, order = max(move.at, self.record.opened_at), move.actor, move.message
        name = _named(move, self.record)
        match move.kept:
            case Kept.STAGE:
                yield from self.enter(name, move.new, at, actor, order, move.who)
            case Kept.PRIORITY:
                old, new = self.reading.priority(move.old), self.reading.priority(move.new)
                if new and new != old:
                    yield Told(
                        self.event(f"{name}:{new}", EventKind.PRIORITY_CHANGED, at, actor, order, priority=new), move.who
                    )
            case Kept.TEAM:
                if move.new:
                    yield Told(self.event(name, EventKind.ASSIGNED, at, actor, order, team=move.new), move.who)
            case Kept.ASSIGNEE:
                if move.new:
                    yield Told(self.event(name, EventKind.ASSIGNED, at, actor, order, assignee=move.new), move.who)
            case Kept.CLIENT:
                new_client = self.reading.client(move.new) if move.new else None
                if new_client is not None and new_client != self.reading.client(move.old):
                    name = f"{name}:{new_client}"
                    yield Told(self.event(name, EventKind.CLIENT_CHANGED, at, actor, order, client=new_client), move.who)

    def enter(self, name: str, stage: str, at: datetime, actor: Actor, order: int, who: str) -> Iterator[Told]:
        was, self.state = self.state, self.reading.state(stage)
        if self.state == was:
            return
        if self.called_off is not None and self.state.kind not in VOID:
            said = self.called_off
            # It went on, so it had not been called off for good.
            yield Told(
                self.event(
                    f"{said.source_id.removeprefix(f'{self.record.ref}:')}{_AFTER_ALL}",
                    EventKind.CLOSED, said.at, said.actor, said.sequence, supersedes=said.source_id,
                )
            )  # fmt: skip
            self.called_off = None
        for kind in entered(was.kind, self.state.kind):
            if kind in VOID and self.called_off is not None:
                continue
            waits = kind is EventKind.WAITING
            # Named by all that it means, so that another meaning is another event.
            event = self.event(
                f"{name}:{kind}-{self.state.owner}" if waits and self.state.owner else f"{name}:{kind}", kind, at, actor, order,
                owner=self.state.owner if waits else None,
                reason=stage if waits or kind in VOID else None,
            )  # fmt: skip
            if kind in VOID:
                self.called_off = event
            yield Told(event, who)

    def message(self, message: Message) -> Told:
        kind, actor, public = _VOICES[message.voice]
        event = self.event(
            f"m{message.number}", kind, max(message.at, self.record.opened_at), actor, message.number, public=public
        )
        return Told(event, message.who, message.text)

    def event(
        self,
        name: str,
        kind: EventKind,
        at: datetime,
        actor: Actor,
        order: int | None,
        *,
        public: bool = False,
        **fields: object,
    ) -> Event:
        return Event(
            at=at,
            kind=kind,
            source=self.source,
            source_id=f"{self.record.ref}:{name}",
            actor=actor,
            public=public,
            sequence=order,
            **fields,  # type: ignore[arg-type]  # the callers above name fields of an event
        )


_VOICES = {
    Voice.CLIENT: (EventKind.CLIENT_REPLIED, Actor.CLIENT, True),
    Voice.STAFF: (EventKind.STAFF_REPLIED, Actor.STAFF, True),
    Voice.NOTE: (EventKind.NOTED, Actor.STAFF, False),
    Voice.AUTOMATIC: (EventKind.AUTO_REPLIED, Actor.SYSTEM, True),
}
