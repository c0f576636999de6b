"""What a ticket file can tell: the fields that columns are read as."""

from enum import StrEnum
from typing import Final


class Field(StrEnum):
    """A field of a ticket, of an event or of an update; its value is its name in the map that a user gives."""

    TICKET = "ticket"
    TITLE = "title"
    CLIENT = "client"
    CONTACT = "contact"
    PRIORITY = "priority"
    TEAM = "team"
    ASSIGNEE = "assignee"
    KIND = "kind"
    TAGS = "tags"
    TIER = "tier"
    STATE = "state"
    REASON = "reason"
    """Why a ticket waits, or why something was done."""
    OPENED = "opened"
    FIRST_RESPONSE = "first_response"
    RESOLVED = "resolved"
    CLOSED = "closed"
    REOPENED = "reopened"
    FIRST_RESPONSE_MINUTES = "first_response_minutes"
    """Wall minutes from the opening to the first response."""
    RESOLUTION_MINUTES = "resolution_minutes"
    """Wall minutes from the opening to the resolution."""
    UPDATED = "updated"
    """When the row's state was written; of a list of tickets, when the ticket last changed."""
    SEQUENCE = "sequence"
    """The source's own order of rows."""
    AT = "at"
    """When the row's event happened."""
    EVENT = "event"
    """What happened."""
    ACTOR = "actor"
    """Which side did it."""
    PUBLIC = "public"
    """Whether the client saw it."""
    OWNER = "owner"
    """Whom the ticket waits on."""
    INTO = "into"
    """The ticket it was merged into."""


INSTANTS: Final = (
    Field.OPENED,
    Field.FIRST_RESPONSE,
    Field.RESOLVED,
    Field.CLOSED,
    Field.REOPENED,
    Field.UPDATED,
    Field.AT,
)
OF_EVENTS: Final = frozenset({Field.AT, Field.EVENT, Field.ACTOR, Field.PUBLIC, Field.OWNER, Field.INTO})
"""Fields that only lists of events have."""
MINUTES: Final = (Field.FIRST_RESPONSE_MINUTES, Field.RESOLUTION_MINUTES)


class Shape(StrEnum):
    """What a row is."""

    TICKETS = "tickets"
    """One row a ticket, with its instants side by side."""
    EVENTS = "events"
    """One row an event, with a column that says what happened."""
    UPDATES = "updates"
    """One row an update, with the state after it, as audit logs have it."""
