"""What the demo's clients are promised, from the day on which its history begins."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from goodstanding.adapters.demo.clients import CLIENTS
from goodstanding.adapters.files.calendars import load_calendar
from goodstanding.adapters.files.tiers import catalogue
from goodstanding.core.desk.policy import SUPPORT, Assignment


@dataclass(frozen=True)
class PlayedTerms:
    """What each client is promised at an instant; usable as the world's `terms`."""

    first: date
    assignments: tuple[Assignment, ...]

    def __call__(self, client: str, at: datetime) -> Assignment | None:
        """Return what a client, by key, is promised at an instant; None where nothing is."""
        return next((each for each in self.assignments if each.client == client and each.in_force(at)), None)

    def __hash__(self) -> int:
        """Terms that begin on the same day are the same."""
        return hash(self.first)

    @property
    def begins(self) -> datetime:
        """The first instant at which anything is promised to anybody."""
        return min(each.from_at for each in self.assignments if each.from_at is not None)


@lru_cache(maxsize=4)
def terms_from(first: date) -> PlayedTerms:
    """Return what the clients are promised by the shipped tiers when the history begins on a day of theirs."""
    tiers = {tier.key: tier.policy for tier in catalogue()}
    found = []
    for client in CLIENTS:
        calendar = load_calendar(client.calendar(years(first)), years(first), name=client.key)
        for promise in client.promises:
            policy = tiers[promise.tier]
            if policy is None:
                continue
            until = None if promise.until_day is None else midnight(first + timedelta(days=promise.until_day), client.zone)
            found.append(
                Assignment(
                    id=f"{client.key}:{promise.from_day}",
                    client=client.key,
                    policy=policy,
                    slots={SUPPORT: calendar},
                    from_at=midnight(first + timedelta(days=promise.from_day), client.zone),
                    until_at=until,
                )
            )
    return PlayedTerms(first, tuple(found))


def midnight(on: date, zone: str) -> datetime:
    """Return the instant at which a day begins in a zone."""
    return datetime.combine(on, time(), ZoneInfo(zone)).astimezone(UTC)


def years(first: date) -> range:
    """Return the years a demo lives in: its history, and some in which it may be left running."""
    return range(first.year, first.year + 5)
