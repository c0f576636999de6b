"""Who is told at the demo's partner: offices, contact roles with deputies, and who is on call."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from goodstanding.adapters.demo.cast import PARTNER


@dataclass(frozen=True, slots=True)
class Office:
    """An office with its hours in the project's calendar YAML, who works there, and what each of them is good at."""

    name: str
    hours: str
    people: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Held:
    """A contact role, by the login of who holds it; `team` and `deputy` empty where there is none."""

    role: str
    login: str
    deputy: str = ""
    team: str = ""


@dataclass(frozen=True, slots=True)
class OnCall:
    """A spell on call."""

    login: str
    deputy: str
    from_at: datetime
    until_at: datetime


@dataclass(frozen=True, slots=True)
class Away:
    """A spell in which somebody is away."""

    login: str
    from_at: datetime
    until_at: datetime


def _hours(zone: str, country: str, spans: str) -> str:
    days = "".join(f"  {day}: [{spans}]\n" for day in ("mon", "tue", "wed", "thu", "fri"))
    return f"zone: {zone}\nweek:\n{days}holidays: {{country: {country}}}\n"


OFFICES: Final = (
    Office(
        "Trieste",
        _hours("Europe/Rome", "IT", '"09:00-13:00", "14:00-18:00"'),
        (
            ("elena", ()),
            ("davide", ()),
            ("giulia", ()),
            ("paolo", ()),
            ("nadia", ("infrastructure",)),
            ("marta", ("functional",)),
            ("luca", ("functional",)),
            ("sara", ("application",)),
            ("tomaz", ("development",)),
        ),
    ),
    Office("Montevideo", _hours("America/Montevideo", "UY", '"09:00-18:00"'), (("ana", ("application",)),)),
    Office("Auckland", _hours("Pacific/Auckland", "NZ", '"08:30-17:00"'), (("hana", ("infrastructure",)),)),
)

ROLES: Final = (
    Held("senior_agent", "sara", deputy="ana", team="application"),
    Held("senior_agent", "luca", deputy="marta", team="functional"),
    Held("senior_agent", "nadia", deputy="hana", team="hosting"),
    Held("senior_agent", "tomaz", deputy="nadia", team="development"),
    Held("team_lead", "marta", deputy="luca"),
    Held("team_lead", "nadia", deputy="hana", team="hosting"),
    Held("engineering_lead", "tomaz", deputy="nadia"),
    Held("service_manager", "davide", deputy="marta"),
    Held("manager", "davide", deputy="elena"),
    Held("account_manager", "giulia", deputy="davide"),
    Held("director", "elena", deputy="davide"),
)
"""Nobody is a VP in a firm of this size: what is told to one falls back, and the page says so."""

_ROTA: Final = ("nadia", "tomaz", "hana", "sara")
_WEEKS: Final = 8
_SHORT: Final = 3
_GAP: Final = timedelta(hours=13)
"""From Sunday 20:00 to Monday 09:00 at the end of the fourth week nobody is on call yet."""


def on_call(first: date) -> tuple[OnCall, ...]:
    """Return the weeks on call from the Monday on or before a day, each of them from Monday 09:00 to the next."""
    monday = first - timedelta(days=first.weekday())
    found = []
    for week in range(_WEEKS):
        begins = monday + timedelta(weeks=week)
        place = begins.toordinal() // 7 % len(_ROTA)
        start, end = _at(begins, 9), _at(begins + timedelta(weeks=1), 9)
        login, deputy = _ROTA[place], _ROTA[(place + 1) % len(_ROTA)]
        found.append(OnCall(login, deputy, start, end - _GAP if week == _SHORT else end))
    return tuple(found)


def away(today: date) -> tuple[Away, ...]:
    """Return who is away soon: the lead of functional support, and for two days whoever has next week on call."""
    tomorrow, monday = today + timedelta(days=1), today + timedelta(days=7 - today.weekday())
    called = next(each for each in on_call(today) if each.from_at == _at(monday, 9))
    return (
        Away("marta", _at(tomorrow, 0), _at(tomorrow + timedelta(days=4), 0)),
        Away(called.login, _at(monday + timedelta(days=2), 0), _at(monday + timedelta(days=4), 0)),
    )


def _at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), ZoneInfo(PARTNER.zone)).astimezone(UTC)
