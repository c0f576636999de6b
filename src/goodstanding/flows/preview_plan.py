"""Fill the texts of a plan with a real ticket, before it is published (requirements ESC-4)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from goodstanding.apps.desk import queries as desk
from goodstanding.apps.tenancy.roles import May
from goodstanding.apps.tenancy.scope import Scope
from goodstanding.core.desk.escalation.rehearse import looks
from goodstanding.core.desk.escalation.steps import Outcome
from goodstanding.flows.carry_out import Home, Say, Sheaf, carry_out
from goodstanding.flows.rehearse_plan import SPAN, Asked, books_of, living

MOST: Final = 200
"""Tickets that are looked through for one with a step that fires."""
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
    staff: Written | None = None
    client: Written | None = None
    for start in range(0, len(pks), _BATCH):
        tickets = desk.standings(scope, pks[start : start + _BATCH])
        for case in desk.cases(scope, pks[start : start + _BATCH]):
            ticket = tickets.get(int(case.ticket))
            if ticket is None:
                continue
            for found, told in looks(case, plans, after=after, upto=now):
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
        if staff is not None and client is not None:
            break
    return Sample(staff, client)
