"""What the journal keeps: acts, what they are about, and changes."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final
from uuid import UUID


class About(StrEnum):
    """What kind of thing an act is about."""

    KEY = "key"
    HOOK = "hook"
    CONNECTION = "connection"
    PLAN = "plan"
    ROLE = "role"
    """A contact role: who is told."""
    ROTA = "rota"
    """Offices, turns on call and absences: who is told when."""


class Act(StrEnum):
    """What somebody did."""

    KEY_MADE = "key_made"
    KEY_REVOKED = "key_revoked"
    HOOK_MADE = "hook_made"
    HOOK_ROTATED = "hook_rotated"
    HOOK_REVOKED = "hook_revoked"
    CONNECTION_MADE = "connection_made"
    ACCESS_CHANGED = "access_changed"
    CONNECTION_RENAMED = "connection_renamed"
    CONNECTION_REMOVED = "connection_removed"
    FOLLOWING_SET = "following_set"
    CUSTOMER_NAMED = "customer_named"
    READ_AGAIN = "read_again"
    PLAN_PUBLISHED = "plan_published"
    PLAN_TAKEN_BACK = "plan_taken_back"
    ROLE_GIVEN = "role_given"
    ROLE_CHANGED = "role_changed"
    ROLE_TAKEN = "role_taken"
    TURNS_PLANNED = "turns_planned"
    TURN_CHANGED = "turn_changed"
    TURN_REMOVED = "turn_removed"
    ABSENCE_NOTED = "absence_noted"
    ABSENCE_REMOVED = "absence_removed"
    OFFICE_MADE = "office_made"
    OFFICE_CHANGED = "office_changed"
    OFFICE_REMOVED = "office_removed"
    SEAT_CHANGED = "seat_changed"


ABOUT: Final = MappingProxyType(
    {
        Act.KEY_MADE: About.KEY,
        Act.KEY_REVOKED: About.KEY,
        Act.HOOK_MADE: About.HOOK,
        Act.HOOK_ROTATED: About.HOOK,
        Act.HOOK_REVOKED: About.HOOK,
        Act.CONNECTION_MADE: About.CONNECTION,
        Act.ACCESS_CHANGED: About.CONNECTION,
        Act.CONNECTION_RENAMED: About.CONNECTION,
        Act.CONNECTION_REMOVED: About.CONNECTION,
        Act.FOLLOWING_SET: About.CONNECTION,
        Act.CUSTOMER_NAMED: About.CONNECTION,
        Act.READ_AGAIN: About.CONNECTION,
        Act.PLAN_PUBLISHED: About.PLAN,
        Act.PLAN_TAKEN_BACK: About.PLAN,
        Act.ROLE_GIVEN: About.ROLE,
        Act.ROLE_CHANGED: About.ROLE,
        Act.ROLE_TAKEN: About.ROLE,
        Act.TURNS_PLANNED: About.ROTA,
        Act.TURN_CHANGED: About.ROTA,
        Act.TURN_REMOVED: About.ROTA,
        Act.ABSENCE_NOTED: About.ROTA,
        Act.ABSENCE_REMOVED: About.ROTA,
        Act.OFFICE_MADE: About.ROTA,
        Act.OFFICE_CHANGED: About.ROTA,
        Act.OFFICE_REMOVED: About.ROTA,
        Act.SEAT_CHANGED: About.ROTA,
    }
)


@dataclass(frozen=True, slots=True)
class Change:
    """A field by its name, with what it held before and after; empty for nothing. A secret is said to be new, never told."""

    what: str
    before: str
    after: str


SECRET: Final = Change("secret", "", "new")
"""What is said of a secret that was replaced."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Something that somebody did."""

    public_id: UUID
    at: datetime
    who: str
    act: Act
    about: About
    thing: UUID
    name: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalFilter:
    """Which entries are wanted; empty means all. `words` are looked for in who did it and in what it was done to."""

    about: About | None = None
    words: str = ""
    from_at: datetime | None = None
    until_at: datetime | None = None
