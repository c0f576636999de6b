"""A ticket before its life is told: who opens it, when, and about what."""

from dataclasses import dataclass
from datetime import date

from goodstanding.adapters.demo.cast import TEAMS, Client
from goodstanding.adapters.demo.subjects import Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketch:
    """What is settled when a ticket is opened; `opened` in epoch seconds, `on` the client's own date."""

    ref: str
    client: Client
    on: date
    opened: int
    subject: Subject
    rank: int
    contact: str
    by_phone: bool = False
    tags: frozenset[str] = frozenset()
    twin: str = ""
    """The ticket that this one turns out to be the same as."""

    @property
    def team(self) -> str:
        """The team that tickets of its kind go to."""
        return TEAMS[self.subject.kind]


@dataclass(frozen=True, slots=True)
class Outage:
    """An interruption at one client, in epoch seconds; many write about it within the hour."""

    start: int
    end: int
    tickets: int
