"""Play escalation in the demo: who is told, and the trail that the last weeks have left."""

from datetime import datetime, timedelta
from typing import Final

from goodstanding.adapters.demo.cast import PARTNER
from goodstanding.adapters.demo.clients import CLIENTS
from goodstanding.adapters.demo.escalation import OFFICES, ROLES, away, on_call
from goodstanding.adapters.files.escalation import shipped_plan
from goodstanding.apps.desk import queries as desk
from goodstanding.apps.escalation import actions, queries
from goodstanding.apps.escalation.actions import NewTurn
from goodstanding.apps.outbox import actions as outbox
from goodstanding.apps.outbox.queries import Channel
from goodstanding.apps.tenancy import queries as tenancy
from goodstanding.apps.tenancy.scope import Scope
from goodstanding.apps.unit import together
from goodstanding.core.desk.escalation.rehearse import looks
from goodstanding.core.desk.escalation.steps import Outcome
from goodstanding.flows.carry_out import Home, Say, Sheaf, carry_out
from goodstanding.flows.publish_calendar import publish_calendar
from goodstanding.flows.reassess import BATCH, reassess
from goodstanding.flows.watch_steps import plans_of

TRAIL: Final = timedelta(days=14)
"""How far back the demo's steps go."""
_TOLD_SINCE: Final = timedelta(days=2)
"""Since when what was told still lies in the inboxes, and what was drafted still waits."""
_MOST: Final = 2_000
_SCOPE: Final = Scope.everything("the demo")


def set_up(*, say: Say, now: datetime) -> None:
    """Set the demo's escalation up where it is not there yet, with the steps that its last weeks have brought; all or nothing.

    Raises `NotFound` where the demo itself is not set up.
    """
    partner = tenancy.partner_by_key(_SCOPE, PARTNER.key).pk
    if partner not in queries.without_plan(_SCOPE):
        return
    with together():
        _people(partner, now)
        actions.publish_plan(_SCOPE, partner=partner, plan=shipped_plan(), now=now - TRAIL, note="The matrix that ships")
        _trail(partner, say, now)


def _people(partner: int, now: datetime) -> None:
    known = {each.email: each.pk for each in tenancy.people(_SCOPE)}

    def pk(login: str) -> int:
        return known[f"{login}@{PARTNER.domain}"]

    for office in OFFICES:
        hours = publish_calendar(_SCOPE, partner=partner, name=f"Office {office.name}", text=office.hours, now=now)
        place = actions.set_office(_SCOPE, partner=partner, name=office.name, calendar=hours.calendar, now=now)
        for login, skills in office.people:
            actions.seat(_SCOPE, partner=partner, person=pk(login), office=place, skills=skills, now=now)
    for held in ROLES:
        deputy = pk(held.deputy) if held.deputy else None
        actions.hold_role(
            _SCOPE, partner=partner, role=held.role, person=pk(held.login), team=held.team, deputy=deputy, now=now
        )
    clients = {each.key: each.pk for each in tenancy.clients(_SCOPE) if each.partner == partner}
    for client in CLIENTS:
        lead = client.contacts[0]
        actions.hold_role(
            _SCOPE, partner=partner, role="client_it_lead", address=lead.email, client=clients[client.key], now=now
        )
    turns = [NewTurn(pk(each.login), pk(each.deputy), each.from_at, each.until_at) for each in on_call((now - TRAIL).date())]
    actions.plan_turns(_SCOPE, partner=partner, turns=turns, now=now)
    for gone in away(now.date()):
        spell = {"from_at": gone.from_at, "until_at": gone.until_at}
        actions.be_away(_SCOPE, partner=partner, person=pk(gone.login), **spell, now=now)


def _trail(partner: int, say: Say, now: datetime) -> None:
    """Record the steps that sweeps would have taken, and keep what was told of late; tickets stay where they are."""
    book = plans_of(_SCOPE, [partner])[partner]
    pks = desk.living_since(_SCOPE, partner=partner, since=now - TRAIL, limit=_MOST)
    home = Home(_SCOPE, partner, now - TRAIL)
    for start in range(0, len(pks), BATCH):
        batch = pks[start : start + BATCH]
        tickets = desk.standings(_SCOPE, batch)
        cases = desk.cases(_SCOPE, batch)
        sheaf, lately = Sheaf(), set()
        for case in cases:
            for found, told in looks(case, book, after=now - TRAIL, upto=now):
                for firing in told.firings:
                    if firing.outcome is Outcome.PASSED:
                        continue
                    carry_out(sheaf, firing, case, tickets[int(case.ticket)], found, home, say, told, now=told.at)
                    if told.at > now - _TOLD_SINCE:
                        lately.add(sheaf.records[-1].public_id)
        new = actions.record(_SCOPE, sheaf.records)
        recent = [each.public_id for each in sheaf.records if each.public_id in new & lately]
        told_in = [each for name in recent for each in sheaf.messages.get(name, ()) if each.channel is Channel.INBOX]
        outbox.put(_SCOPE, told_in, now=now)
        actions.write_drafts(_SCOPE, [sheaf.drafts[name] for name in recent if name in sheaf.drafts])
        reassess(_SCOPE, batch, now=now)
