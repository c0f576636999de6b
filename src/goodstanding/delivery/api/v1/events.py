"""Events as they are told to us and as we tell them: the kinds of core.desk.events, each with the fields that belong to it."""

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal, get_args
from uuid import UUID

from pydantic import Field, StrictBool, StrictInt

from goodstanding.apps.tickets.queries import Happening
from goodstanding.core.desk.events import INNER, USUAL_ACTOR, Actor, EventKind, PauseOwner
from goodstanding.delivery.api.v1.fields import At, In, Instant, Out, Text
from goodstanding.flows.tell_ticket import Telling

API: Final = "api"
"""The source of what comes in by the API; callers with several systems behind them name each."""

Priority = Annotated[Text, Field(max_length=10)]
Team = Annotated[Text, Field(max_length=60)]
Person = Annotated[Text, Field(max_length=200)]
Name = Annotated[Text, Field(min_length=1, max_length=120)]
LongText = Annotated[Text, Field(max_length=100_000)]
Source = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$", description="The system that the names are of.")]


class _Told(In):
    at: Instant | None = Field(None, description="When it happened; now, where it is left out.")
    source_id: Name | None = Field(None, description="Your own name for it: told again under that name, it is the same event.")
    source: Source | None = None
    sequence: StrictInt | None = Field(None, ge=0, lt=1 << 53, description="Your own order of what happened within a second.")
    supersedes: Name | None = Field(None, description="The `source_id` of the event that this one corrects.")
    actor: Actor | None = Field(None, description="Who did it; by its kind, where it is left out.")
    public: StrictBool | None = Field(None, description="Whether the client may see it; by its kind, where it is left out.")
    who: Person = Field("", description="The name of who did it.")
    text: LongText = ""


class Happened(_Told):
    """Something that needs no more than its kind."""

    kind: Literal[
        "client_replied", "staff_replied", "auto_replied", "noted", "progress", "resumed", "resolved", "reopened", "closed",
        "no_reply_needed",
    ]  # fmt: skip


class OpenedEvent(_Told):
    """The ticket was opened; a ticket has one opening, and another one corrects it."""

    kind: Literal["opened"]
    priority: Priority | None = None
    team: Team | None = None
    assignee: Person | None = None


class Assigned(_Told):
    """Somebody else, or another team, is responsible from now on."""

    kind: Literal["assigned"]
    team: Team | None = None
    assignee: Person | None = None


class Waiting(_Told):
    """The ticket waits on somebody; which waits stop a clock is for the tier to say."""

    kind: Literal["waiting"]
    owner: PauseOwner
    reason: LongText | None = None


class PriorityChanged(_Told):
    """It has another priority."""

    kind: Literal["priority_changed"]
    priority: Priority


class ClientChanged(_Told):
    """It belongs to another client; that is a correction, back to its start."""

    kind: Literal["client_changed"]
    client: UUID
    reason: LongText | None = None


class TierChanged(_Told):
    """Another promise counts, from the start of the ticket on: one of `GET /clients/{client_id}/promises`."""

    kind: Literal["tier_changed"]
    tier: UUID
    reason: LongText | None = None


class Cancelled(_Told):
    """It was called off."""

    kind: Literal["cancelled"]
    reason: LongText | None = None


class Merged(_Told):
    """Another ticket goes on in its place."""

    kind: Literal["merged"]
    into: Name


EventIn = Annotated[
    Happened | OpenedEvent | Assigned | Waiting | PriorityChanged | ClientChanged | TierChanged | Cancelled | Merged,
    Field(discriminator="kind"),
]
KINDS: Final = frozenset(
    kind for model in get_args(get_args(EventIn)[0]) for kind in get_args(model.model_fields["kind"].annotation)
)


def telling(event: Any, source: str) -> Telling:
    """Return an event as flows take it; `source` is whose names its own are."""
    kind = EventKind(event.kind)
    given = event.model_dump(exclude={"kind", "actor", "public", "source", "source_id"})
    return Telling(
        kind=kind,
        actor=event.actor or USUAL_ACTOR.get(kind, Actor.STAFF),
        public=kind not in INNER if event.public is None else event.public,
        source=source_of(event.source) if event.source else source,
        source_id=event.source_id or "",
        **given,
    )


def source_of(name: str | None) -> str:
    """Return the source that a caller's name for a system stands for."""
    return f"{API}.{name}" if name else API


class EventOut(Out):
    """Something that happened to a ticket; what does not belong to its kind is null."""

    id: str
    kind: EventKind
    at: At
    received_at: At | None
    actor: Actor
    public: bool
    who: str
    text: str
    source: str
    source_id: str
    sequence: int | None
    supersedes: str | None
    priority: str | None
    client: UUID | None
    tier: UUID | None
    team: str | None
    assignee: str | None
    owner: PauseOwner | None
    reason: str | None
    into: str | None

    @classmethod
    def of(cls, told: Happening, clients: Mapping[str, UUID], tiers: Mapping[str, UUID]) -> "EventOut":
        """Return an event as it goes out; clients and promises outside the scope stay unnamed."""
        event = told.event
        same = ("id", "kind", "at", "received_at", "actor", "public", "source", "source_id", "sequence", "supersedes")
        kinds_own = ("priority", "team", "assignee", "owner", "reason", "into")
        return cls(
            **{name: getattr(event, name) for name in (*same, *kinds_own)},
            who=told.who,
            text=told.text,
            client=clients.get(event.client or ""),
            tier=tiers.get(event.tier or ""),
        )
