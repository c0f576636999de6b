"""The journal: who changed what gives access, or who is told; for administrators, and as a file."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse

from goodstanding.apps.journal import queries
from goodstanding.apps.journal.values import About, Act, Change, Entry, JournalFilter
from goodstanding.apps.tenancy import queries as tenancy
from goodstanding.apps.tenancy.roles import May
from goodstanding.delivery import words
from goodstanding.delivery.web.desk.keys import SCOPES
from goodstanding.delivery.web.desk.sheet import sheet
from goodstanding.delivery.web.frame.guard import needs
from goodstanding.delivery.web.frame.render import page

ABOUT = {
    About.KEY: "API keys",
    About.HOOK: "Webhooks",
    About.CONNECTION: "Odoo connections",
    About.PLAN: "Escalation",
    About.ROLE: "Contact roles",
    About.ROTA: "On call, offices and absences",
}
ACT = {
    Act.KEY_MADE: "made the API key",
    Act.KEY_REVOKED: "revoked the API key",
    Act.HOOK_MADE: "made the webhook",
    Act.HOOK_ROTATED: "gave a new secret to the webhook",
    Act.HOOK_REVOKED: "revoked the webhook",
    Act.CONNECTION_MADE: "connected the Odoo",
    Act.ACCESS_CHANGED: "changed the access to the Odoo",
    Act.CONNECTION_RENAMED: "renamed the Odoo",
    Act.CONNECTION_REMOVED: "removed the Odoo",
    Act.FOLLOWING_SET: "set how tickets are followed in the Odoo",
    Act.CUSTOMER_NAMED: "said which client a customer is in the Odoo",
    Act.READ_AGAIN: "let everything be read again from the Odoo",
    Act.PLAN_PUBLISHED: "published the escalation plan:",
    Act.PLAN_TAKEN_BACK: "took back the escalation plan:",
    Act.ROLE_GIVEN: "gave the contact role",
    Act.ROLE_CHANGED: "changed who holds the contact role",
    Act.ROLE_TAKEN: "took away the contact role",
    Act.TURNS_PLANNED: "planned on call",
    Act.TURN_CHANGED: "changed on call",
    Act.TURN_REMOVED: "removed on call",
    Act.ABSENCE_NOTED: "noted the absence of",
    Act.ABSENCE_REMOVED: "took back the absence of",
    Act.OFFICE_MADE: "set up the office",
    Act.OFFICE_CHANGED: "changed the office",
    Act.OFFICE_REMOVED: "removed the office",
    Act.SEAT_CHANGED: "changed the office or skills of",
}
_WORDS: dict[str, str] = {scope.value: text for scope, text in SCOPES.items()}
HEAD = ("at", "who", "what", "about", "id", "changes")
LONGEST_WORDS = 200


@needs(May.SEE_JOURNAL)
def journal(request: HttpRequest) -> HttpResponse:
    """The newest entries first, a page at a time."""
    asked = request.GET.get("page", "")
    number = max(1, int(asked)) if asked.isdecimal() and len(asked) < 10 else 1
    wanted, said = _wanted(request)
    rows, more = queries.entries(request.scope, wanted, page=number)
    context = {
        "rows": [(each, ACT[each.act], [_told(change) for change in each.changes]) for each in rows],
        "kinds": [(about.value, name) for about, name in ABOUT.items()],
        "said": said,
        "filtered": wanted != JournalFilter(),
        "number": number,
        "before": _address("journal", said, number - 1) if number > 1 else "",
        "after": _address("journal", said, number + 1) if more else "",
        "export": _address("journal.csv", said, 1),
    }
    return page(request, "desk/journal.html", context, here="settings")


@needs(May.SEE_JOURNAL)
def export_journal(request: HttpRequest) -> StreamingHttpResponse:
    """The same entries as CSV, all of them."""
    wanted, _ = _wanted(request)
    # What was written since it was asked for belongs to the next export.
    until = min(wanted.until_at or request.now, request.now) + timedelta(seconds=1)
    return sheet("journal.csv", HEAD, _rows(request, replace(wanted, until_at=until)))


def _rows(request: HttpRequest, wanted: JournalFilter) -> Iterator[list[str]]:
    for each in queries.every_entry(request.scope, wanted):
        yield _cells(each)


def _cells(entry: Entry) -> list[str]:
    changes = "; ".join(_told(each) for each in entry.changes)
    return [words.iso(entry.at), entry.who, f"{ACT[entry.act]} {entry.name}", entry.about, str(entry.thing), changes]


def _told(change: Change) -> str:
    if change.what == "may":
        return f"may: {'; '.join(_WORDS.get(each, each) for each in change.after.split(', '))}"
    if change.before and change.after:
        return f"{change.what}: {change.before} → {change.after}"
    if change.after:
        return f"{change.what}: {change.after}"
    return f"{change.what}: {change.before} → nothing"


def _wanted(request: HttpRequest) -> tuple[JournalFilter, dict[str, str]]:
    """Read the filter from the address, with what was said there; what makes no sense is left out rather than refused."""
    asked = request.GET
    zone = ZoneInfo(request.user.zone or tenancy.home_partner(request.scope).zone)
    about = asked.get("about", "")
    first, last = _date(asked.get("from", "")), _date(asked.get("until", ""))
    wanted = JournalFilter(
        about=About(about) if about in set(About) else None,
        words=asked.get("q", "").strip()[:LONGEST_WORDS],
        from_at=None if first is None else datetime.combine(first, time(), zone),
        until_at=None if last is None else datetime.combine(last + timedelta(days=1), time(), zone),
    )
    said = {
        "about": wanted.about.value if wanted.about else "",
        "q": wanted.words,
        "from": first.isoformat() if first else "",
        "until": last.isoformat() if last else "",
    }
    return wanted, said


def _date(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    # The first and last years have no day beside them in every zone.
    return found if 1 < found.year < 9999 else None


def _address(name: str, said: dict[str, str], number: int) -> str:
    asked = {key: value for key, value in said.items() if value} | ({"page": str(number)} if number > 1 else {})
    return f"/settings/{name}?{urlencode(asked)}" if asked else f"/settings/{name}"
