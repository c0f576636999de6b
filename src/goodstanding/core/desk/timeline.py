"""The timeline: what a ticket's events say about its clocks, before any target is known."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from goodstanding.core.clocks.clock import second_of
from goodstanding.core.desk.events import Actor, Event, EventKind, PauseOwner, in_order
from goodstanding.core.desk.policy import ClockKind, Reopening, ReopenMode

# Instants in this file are epoch seconds: the values that enter and leave the desk are datetimes, what counts is seconds.


@dataclass(frozen=True, slots=True)
class Wait:
    """A spell in which the ticket waited on somebody; `end` None while it still does."""

    start: int
    end: int | None
    owner: PauseOwner
    reason: str
    event: str


@dataclass(frozen=True, slots=True)
class Span:
    """One clock's life: from the event that started its cycle to what stopped it, without the time cut out of it.

    `cuts` are the spells between a resolution and the reopening that resumed the clock. `first_stop` is the first
    resolution of a resumed clock. `ended_by` is the kind of event that stopped it; `void` says that it was called off
    rather than answered (`cancelled`, `merged`, `no_reply_needed`).
    """

    clock: ClockKind
    cycle: str
    number: int
    start: int
    began: int
    """When the ticket that it belongs to began: its opening, or the reopening after the window that made a new one of it."""
    stop: int | None = None
    ended_by: EventKind | None = None
    void: bool = False
    detail: str = ""
    cuts: tuple[tuple[int, int], ...] = ()
    first_stop: int | None = None
    linked: bool = False
    """Whether the cycle counts as a new ticket linked to this one (a reopening after the window)."""


@dataclass(frozen=True, slots=True)
class Regime:
    """What decided the targets from an instant on, until the next regime."""

    start: int
    priority: str
    team: str | None
    client: str
    tier: str | None
    event: str
    """The event that brought it, empty for the first."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """A ticket's story as clocks need it, at the instant it was read for."""

    opened: int
    spans: tuple[Span, ...]
    waits: tuple[Wait, ...]
    regimes: tuple[Regime, ...]
    events: tuple[Event, ...]
    resolved: tuple[int, ...]
    """Every resolution, in order."""
    reopened: tuple[int, ...]
    cancelled: int | None
    merged_into: str | None
    public_replies: int
    """Public replies by staff up to the last event."""
    replies_at_resolution: int | None
    """Public replies by staff when it was first resolved."""

    @property
    def is_open(self) -> bool:
        """Whether work is still owed: neither resolved nor called off."""
        return self.cancelled is None and len(self.resolved) == len(self.reopened)

    @property
    def waiting(self) -> Wait | None:
        """The wait that has not ended, if any."""
        return self.waits[-1] if self.waits and self.waits[-1].end is None and self.is_open else None


def _as_usual(_regime: Regime, _began: int) -> Reopening:
    return Reopening()


def timeline(
    events: Iterable[Event],
    *,
    as_of: datetime,
    client: str,
    priority: str = "",
    team: str | None = None,
    reopening: Callable[[Regime, int], Reopening] = _as_usual,
) -> Timeline | None:
    """Read the events up to and including `as_of`; None before the ticket begins.

    `reopening` says how a reopening counts, by the regime in force at that moment and the epoch second at which the ticket
    began: what comes later changes nothing about it, so that no outcome once reached is taken back (semantics.md 1.6).

    The ticket begins with its `opened` event, or with its first event where it has none: created waiting or closed, the
    first state is an event like any other (semantics.md 1.11, 2 row 47). Corrections count whenever they were made.
    """
    upto = second_of(as_of)
    standing = [event for event in in_order(events) if second_of(event.at) <= upto]
    if not standing:
        return None
    opening = next((event for event in standing if event.kind is EventKind.OPENED), standing[0])
    reader = _Reader(opening, client, priority, team, reopening)
    for event in standing:
        reader.read(event)
    return reader.timeline(tuple(standing))


@dataclass(slots=True)
class _Clock:
    """A clock while the story is being read."""

    kind: ClockKind
    cycle: str
    number: int
    start: int
    began: int
    linked: bool = False
    stop: int | None = None
    ended_by: EventKind | None = None
    void: bool = False
    detail: str = ""
    cuts: list[tuple[int, int]] = field(default_factory=list)
    first_stop: int | None = None

    def end(self, at: int, event: Event, *, void: bool = False, detail: str = "") -> None:
        if self.stop is None:
            self.stop, self.ended_by, self.void, self.detail = max(at, self.start), event.kind, void, detail

    def span(self) -> Span:
        return Span(
            self.kind, self.cycle, self.number, self.start, self.began, self.stop, self.ended_by, self.void, self.detail,
            tuple(self.cuts), self.first_stop, self.linked,
        )  # fmt: skip


class _Reader:
    """Reads standing events in order; each method is what one kind of event does (semantics.md 1.5, 1.6, 1.11)."""

    def __init__(
        self,
        opening: Event,
        client: str,
        priority: str,
        team: str | None,
        reopening: Callable[[Regime, int], Reopening],
    ) -> None:
        self.opening = opening
        self.opened = self.began = second_of(opening.at)
        self.reopening = reopening
        self.regimes = [Regime(self.opened, priority, team, client, None, "")]
        self.response = _Clock(ClockKind.RESPONSE, opening.id, 1, self.opened, self.began)
        self.resolution = _Clock(ClockKind.RESOLUTION, opening.id, 1, self.opened, self.began)
        self.clocks = [self.response, self.resolution]
        self.exchange: _Clock | None = None
        self.exchanges = 0
        self.unanswered: Event | None = None
        self.waits: list[Wait] = []
        self.wait: Wait | None = None
        self.resolved: list[int] = []
        self.reopened: list[int] = []
        self.cancelled: int | None = None
        self.merged_into: str | None = None
        self.replies = 0
        self.replies_at_resolution: int | None = None

    @property
    def is_open(self) -> bool:
        return self.cancelled is None and len(self.resolved) == len(self.reopened)

    def read(self, event: Event) -> None:
        # What the ticket began with, known a moment before it began, still began with it.
        at = max(second_of(event.at), self.opened)
        if self.cancelled is None:
            getattr(self, f"on_{event.kind}", self.on_other)(event, at)

    def timeline(self, events: tuple[Event, ...]) -> Timeline:
        waits = [*self.waits, self.wait] if self.wait else self.waits
        return Timeline(
            opened=self.opened,
            spans=tuple(clock.span() for clock in self.clocks),
            waits=tuple(waits),
            regimes=tuple(self.regimes),
            events=events,
            resolved=tuple(self.resolved),
            reopened=tuple(self.reopened),
            cancelled=self.cancelled,
            merged_into=self.merged_into,
            public_replies=self.replies,
            replies_at_resolution=self.replies_at_resolution,
        )

    def on_other(self, event: Event, at: int) -> None:
        """Notes, progress and automatic replies change no clock."""

    def on_opened(self, event: Event, at: int) -> None:
        self.change(event, at, priority=event.priority, team=event.team)

    def on_assigned(self, event: Event, at: int) -> None:
        self.change(event, at, team=event.team)

    def on_priority_changed(self, event: Event, at: int) -> None:
        self.change(event, at, priority=event.priority)

    def on_tier_changed(self, event: Event, at: int) -> None:
        self.change(event, at, tier=event.tier)

    def on_client_changed(self, event: Event, at: int) -> None:
        self.change(event, at, client=event.client)

    def on_client_replied(self, event: Event, at: int) -> None:
        if self.wait is not None and self.wait.owner is PauseOwner.CUSTOMER:
            self.end_wait(at)
        if self.response.stop is None:
            return  # the response clock is already running for this client
        if not self.is_open:
            self.unanswered = self.unanswered or event
        elif self.exchange is None:
            self.ask(event, at)

    def on_staff_replied(self, event: Event, at: int) -> None:
        if not event.public or event.actor is not Actor.STAFF:
            return
        self.replies += 1
        self.response.end(at, event)
        self.answer(at, event)
        self.unanswered = None

    def on_no_reply_needed(self, event: Event, at: int) -> None:
        if self.exchange is not None:
            self.exchange.end(at, event, void=True)
            self.exchange = None
        self.unanswered = None

    def on_waiting(self, event: Event, at: int) -> None:
        if self.is_open:
            self.end_wait(at)
            self.wait = Wait(at, None, event.owner or PauseOwner.PARTNER, event.reason or "", event.id)

    def on_resumed(self, event: Event, at: int) -> None:
        self.end_wait(at)

    def on_resolved(self, event: Event, at: int) -> None:
        if not self.is_open:
            return
        self.end_wait(at)
        self.resolved.append(at)
        if self.replies_at_resolution is None:
            self.replies_at_resolution = self.replies
        for clock in self.clocks:
            clock.end(at, event)
        if self.resolution.first_stop is None:
            self.resolution.first_stop = self.resolution.stop
        self.exchange = None
        self.unanswered = None

    def on_closed(self, event: Event, at: int) -> None:
        self.on_resolved(event, at)

    def on_reopened(self, event: Event, at: int) -> None:
        if self.is_open:
            return
        resolved = self.resolved[-1]
        self.reopened.append(at)
        reopening = self.reopening(self.regimes[-1], self.began)
        window = reopening.window
        if window is not None and at - resolved > window.days * 86_400 + window.seconds:
            number = self.resolution.number + 1
            self.began = at
            self.response = _Clock(ClockKind.RESPONSE, event.id, number, at, at, linked=True)
            self.resolution = _Clock(ClockKind.RESOLUTION, event.id, number, at, at, linked=True)
            self.clocks += [self.response, self.resolution]
        elif reopening.mode is ReopenMode.NEW_CYCLE:
            self.resolution = _Clock(ClockKind.RESOLUTION, event.id, self.resolution.number + 1, at, self.began)
            self.clocks.append(self.resolution)
        else:
            self.resolution.cuts.append((resolved, at))
            self.resolution.stop = self.resolution.ended_by = None
        if self.unanswered is not None and self.response.stop is not None:
            # The client wrote while the ticket was closed; that message is answered from now on.
            self.ask(self.unanswered, at)
        self.unanswered = None

    def on_cancelled(self, event: Event, at: int) -> None:
        self.call_off(event, at, detail=event.reason or "")

    def on_merged(self, event: Event, at: int) -> None:
        self.merged_into = event.into
        self.call_off(event, at, detail=event.into or "")

    def call_off(self, event: Event, at: int, *, detail: str) -> None:
        self.end_wait(at)
        for clock in self.clocks:
            clock.end(at, event, void=True, detail=detail)
        self.cancelled = at

    def ask(self, message: Event, at: int) -> None:
        self.exchanges += 1
        self.exchange = _Clock(ClockKind.NEXT_RESPONSE, message.id, self.exchanges, at, self.began)
        self.clocks.append(self.exchange)

    def answer(self, at: int, event: Event) -> None:
        if self.exchange is not None:
            self.exchange.end(at, event)
            self.exchange = None

    def end_wait(self, at: int) -> None:
        if self.wait is not None:
            wait, self.wait = self.wait, None
            self.waits.append(Wait(wait.start, at, wait.owner, wait.reason, wait.event))

    def change(
        self,
        event: Event,
        at: int,
        *,
        priority: str | None = None,
        team: str | None = None,
        client: str | None = None,
        tier: str | None = None,
    ) -> None:
        last = self.regimes[-1]
        following = Regime(
            at,
            priority or last.priority,
            team or last.team,
            client or last.client,
            # A client's correction leaves the old client's tier behind.
            tier or (last.tier if client is None else None),
            event.id,
        )
        same = (last.priority, last.team, last.client, last.tier)
        if (following.priority, following.team, following.client, following.tier) == same:
            return
        if at <= last.start:
            # Of the opening second, or of one second: never in force for any time, so it is not a change of its own.
            self.regimes[-1] = Regime(
                last.start, following.priority, following.team, following.client, following.tier, last.event or ""
            )
        else:
            self.regimes.append(following)
