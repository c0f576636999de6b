"""Who plays in the demo: the partner, its people, and what a client is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Final

from goodstanding.core.clocks.calendar import Calendar, week_of

HISTORY_DAYS: Final = 548
"""How far back the demo reaches: eighteen months."""

TEAMS: Final[Mapping[str, str]] = {
    "application": "application",
    "functional": "functional",
    "development": "development",
    "infrastructure": "hosting",
}
"""The team that looks after each kind of support (requirements ESC-6)."""


@dataclass(frozen=True, slots=True)
class Partner:
    """The Odoo partner firm whose promises the demo shows."""

    name: str
    key: str
    city: str
    country: str
    zone: str
    domain: str


PARTNER: Final = Partner("Boravento Sistemi", "boravento", "Trieste", "IT", "Europe/Rome", "boravento.example")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody at the partner; `role` is an access role of the product, `team` empty for people who take no tickets."""

    name: str
    email: str
    role: str
    zone: str
    team: str = ""
    title: str = ""


def _staff(name: str, login: str, role: str, title: str, team: str = "", zone: str = PARTNER.zone) -> Person:
    return Person(name, f"{login}@{PARTNER.domain}", role, zone, team, title)


PEOPLE: Final = (
    _staff("Elena Furlan", "elena", "executive", "Managing director"),
    _staff("Davide Cossutta", "davide", "manager", "Service manager"),
    _staff("Giulia Marsich", "giulia", "account_manager", "Account manager"),
    _staff("Paolo Visintin", "paolo", "finance", "Finance"),
    _staff("Nadia Kravos", "nadia", "partner_admin", "Hosting engineer and administrator", "hosting"),
    _staff("Marta Bressan", "marta", "team_lead", "Lead of functional support", "functional"),
    _staff("Luca Dequal", "luca", "agent", "Functional consultant", "functional"),
    _staff("Sara Zuliani", "sara", "agent", "Application support", "application"),
    _staff("Tomaž Leban", "tomaz", "agent", "Developer", "development"),
    _staff("Ana Beltrão", "ana", "agent", "Application support, Americas", "application", "America/Montevideo"),
    _staff("Hana Ngata", "hana", "agent", "Hosting engineer, Pacific", "hosting", "Pacific/Auckland"),
)

SYSTEM: Final = "Support desk"
"""Who did what nobody did: receipts, automatic closing, reopening by reply."""


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody at a client who writes to the desk and may sign in to the portal."""

    name: str
    email: str
    title: str


@dataclass(frozen=True, slots=True)
class Promise:
    """Which tier a client has, from a day of the history until another, day 0 being its first; None has no end."""

    tier: str
    from_day: int = 0
    until_day: int | None = None


@dataclass(frozen=True, slots=True)
class Season:
    """A part of each year in which a client writes more or less than usual; both dates are `(month, day)`, included."""

    first: tuple[int, int]
    last: tuple[int, int]
    factor: float

    def holds(self, on: date) -> bool:
        """Whether a day lies in it; a season may run over the end of the year."""
        day = (on.month, on.day)
        return self.first <= day <= self.last if self.first <= self.last else day >= self.first or day <= self.last


@dataclass(frozen=True, kw_only=True, eq=False)
class Client:
    """A client of the partner: who they are, what they were promised, and how they behave.

    `weekly` is how many tickets an ordinary week brings. `office` are the hours in which their own people work, by
    weekday, which are not the hours the partner serves them in: those are `hours`, in the project's calendar YAML.
    """

    key: str
    code: str
    """Two letters that their tickets' references begin with."""
    name: str
    city: str
    country: str
    zone: str
    industry: str
    trait: str
    """What sets them apart, in words."""
    promises: tuple[Promise, ...]
    hours: str
    own_closure: bool = False
    """Whether they close for the two weeks around the middle of August."""
    contacts: tuple[Contact, ...]
    colleagues: tuple[str, ...]
    """Others there who write when something is down."""
    office: Mapping[str, tuple[str, ...]]
    named: str = ""
    """The engineer that most of their tickets go to."""
    currency: str
    authority: str = ""
    """Where their e-invoices go."""
    topics: Mapping[str, float]
    """What their tickets are about, by weight."""
    products: tuple[str, ...]
    weekly: float
    ranks: tuple[float, float, float, float] = (0.035, 0.165, 0.5, 0.3)
    """The shares of the four priorities."""
    nights: float = 0.0
    """The share of tickets that come at night."""
    weekends: float = 0.03
    """What a day off brings, against an ordinary day."""
    month_end: float = 1.25
    """How much busier the turn of the month is."""
    seasons: tuple[Season, ...] = ()
    go_live: tuple[int, int] | None = None
    """The Monday around which they start something new each year."""
    asked: float = 1.0
    """How readily tickets of theirs need an answer from them."""
    slowness: float = 1.0
    """How long they take to answer, against others."""
    reopens: float = 0.038
    """The share of their tickets that they reopen."""
    lateness: float = 1.0
    """How often the partner is late for them, against others; 0 never breaks a promise."""

    @cached_property
    def working_hours(self) -> Calendar:
        """When their own people are at work: the times they write and answer at."""
        return Calendar(zone=self.zone, week=week_of(self.office))

    @property
    def domain(self) -> str:
        """Where their mail comes from."""
        return f"{self.key}.example"

    def calendar(self, years: Iterable[int]) -> str:
        """Return their service hours as calendar YAML; an own closure is written out for each of `years`."""
        if not self.own_closure:
            return self.hours
        lines = [f"  - {{from: {a}, to: {b}, name: Summer closure}}" for a, b in map(summer_closure, sorted(set(years)))]
        return "\n".join([self.hours.rstrip("\n"), "closed:", *lines, ""])

    def is_closed(self, on: date) -> bool:
        """Whether a day lies in their own closure."""
        first, last = summer_closure(on.year)
        return self.own_closure and first <= on <= last


def summer_closure(year: int) -> tuple[date, date]:
    """Return the first and last day of the fortnight that begins on the Monday of the week of 11 August."""
    day = date(year, 8, 11)
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=13)


CHRISTMAS: Final = Season((12, 23), (1, 6), 0.4)

EVERYDAY: Final[dict[str, float]] = {
    "accounting": 9,
    "bank": 5,
    "reports": 5,
    "access": 5,
    "mail": 4,
    "data": 3,
    "custom": 4,
    "integration": 3,
    "upgrade": 2,
    "performance": 3,
    "hosting": 3,
}
"""What every client's tickets are about, by weight; what they do for a living comes on top."""


def contacts_at(key: str, *told: tuple[str, str, str]) -> tuple[Contact, ...]:
    """Return a client's contacts, told as name, login and title."""
    return tuple(Contact(name, f"{login}@{key}.example", title) for name, login, title in told)


def working(*hours: str, days: tuple[str, ...] = ("mon", "tue", "wed", "thu", "fri")) -> dict[str, tuple[str, ...]]:
    """Return office hours that are the same on each of `days`."""
    return dict.fromkeys(days, hours)
