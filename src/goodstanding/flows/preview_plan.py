"""Fill the texts of a plan with a real ticket, before it is published (requirements ESC-4)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from goodstanding.apps.desk import queries as desk
from goodstanding.apps.desk.values import Standing
from goodstanding.apps.tenancy.roles import May
from goodstanding.apps.tenancy.scope import Scope
from goodstanding.core.desk.case import Case
from goodstanding.core.desk.escalation.places import Plans
from goodstanding.core.desk.escalation.rehearse import looks
from goodstanding.core.desk.escalation.steps import Outcome
from goodstanding.flows.carry_out import Home, Say, Sheaf, carry_out
from goodstanding.flows.rehearse_plan import SPAN, Asked, books_of, learned_within, living

MOST: Final = 200
"""Tickets that are looked through for one with a step that fires."""
LONGEST: Final = 60
"""Happenings of last month with which a ticket is looked through: somebody waits for the page."""
LOOKS: Final = 600
"""Looks at tickets after which what was found by then has to do."""
_BATCH: Final = 25


@dataclass(frozen=True, slots=True)
class Written:
    """A text as it would have gone out: about which ticket, when, to whom."""

    ref: str
    title: str
    at: datetime
    to: tuple[str, ...]
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Sample:
    """The newest message to staff and to a client that a plan would have written; None where it would have written none."""

    staff: Written | None
    client: Written | None


def preview_plan(scope: Scope, asked: Asked, *, say: Say, now: datetime) -> Sample:
    """Return what a plan would have written about the newest tickets of last month, put in words by `say`."""
    scope.demand(May.SET_ESCALATION)
    after = now - SPAN
    _, plans = books_of(scope, asked, from_at=after)
    home = Home(scope, asked.partner, after)
    pks = living(scope, asked, since=after, limit=MOST)
    best, left = Sample(None, None), LOOKS
    for start in range(0, len(pks), _BATCH):
        tickets = desk.standings(scope, pks[start : start + _BATCH])
        for case in desk.cases(scope, pks[start : start + _BATCH]):
            ticket = tickets.get(int(case.ticket))
            if ticket is None or left <= 0 or learned_within(case, after, now) > LONGEST:
                continue
            try:
                found, looked = _of(case, ticket, plans, home, say, after=after, now=now, most=left)
            except Exception:  # noqa: S112 - a ticket that cannot be replayed is no example; another one is
                continue
            left -= looked
            best = Sample(best.staff or found.staff, best.client or found.client)
        if left <= 0 or (best.staff is not None and best.client is not None):
            break
    return best


def _of(
    case: Case, ticket: Standing, plans: Plans, home: Home, say: Say, *, after: datetime, now: datetime, most: int
) -> tuple[Sample, int]:
    """The newest messages that a plan would have written about a ticket, and how many looks at it that took."""
    staff: Written | None = None
    client: Written | None = None
    looked = 0
    for found, told in looks(case, plans, after=after, upto=now):
        looked += 1
        if looked >= most:
            break
        for firing in told.firings:
            if firing.outcome is not Outcome.FIRED or firing.due_at <= after:
                continue
            sheaf = Sheaf()
            carry_out(sheaf, firing, case, ticket, found, home, say, told, now=told.at)
            known = (ticket.ref, ticket.title, told.at)
            for each in (message for written in sheaf.messages.values() for message in written):
                if each.kind != "client.escalation":
                    staff = Written(*known, (home.name(each.recipient),), each.subject, each.text)
            for draft in sheaf.drafts.values():
                client = Written(*known, tuple(home.name(each) for each in draft.to), draft.subject, draft.text)
    return Sample(staff, client), looked
