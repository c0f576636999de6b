"""The small firm that the browser sees, filled and changed by commands: lines of JSON, each answered by one.

They run in a process of their own over the site's database, as the worker does.
"""

# ruff: noqa: E402 - Django is set up before its apps are imported

import json
import sys
from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction
from uuid import UUID

import django

django.setup()

from django.core.management import call_command

from goodstanding.adapters.chat.slack import read_slack
from goodstanding.adapters.files.escalation import shipped_plan
from goodstanding.apps.chat import actions as chats
from goodstanding.apps.desk import actions as desk
from goodstanding.apps.desk import queries as standings
from goodstanding.apps.documents import actions as documents
from goodstanding.apps.doors import actions as doors
from goodstanding.apps.escalation import actions as telling
from goodstanding.apps.escalation import queries as told
from goodstanding.apps.escalation.actions import publish_plan
from goodstanding.apps.feedback import actions as feedback
from goodstanding.apps.feedback import queries as answers
from goodstanding.apps.feedback.queries import Terms
from goodstanding.apps.instances import actions as instances
from goodstanding.apps.outbox import actions as outbox
from goodstanding.apps.outbox import leases
from goodstanding.apps.outbox import queries as outgoing
from goodstanding.apps.outbox.queries import Channel, NewMessage
from goodstanding.apps.post import actions as post
from goodstanding.apps.post.queries import MailboxSettings
from goodstanding.apps.runs import actions as runs
from goodstanding.apps.tenancy import actions as tenancy
from goodstanding.apps.tenancy import queries as who
from goodstanding.apps.tenancy.roles import May, Role
from goodstanding.core.clocks.amounts import Amount
from goodstanding.core.desk.ballot import sign
from goodstanding.core.desk.escalation.plan import Plan, Step
from goodstanding.core.desk.events import Actor
from goodstanding.core.desk.policy import WALL, ClockKind, Policy, Target, TargetRule
from goodstanding.core.desk.posts import Service
from goodstanding.delivery.outgoing import ballot_key
from goodstanding.delivery.words_of_escalation import sayer
from goodstanding.flows import import_tickets, play_demo, play_escalation, rehearse_plan
from goodstanding.flows.agree_channel import connect_chat
from goodstanding.flows.connect_odoo import connect_odoo
from goodstanding.flows.follow_tickets import follow_tickets
from goodstanding.flows.publish_calendar import publish_calendar
from goodstanding.flows.publish_plan import text_of
from goodstanding.flows.publish_tier import publish_catalogue
from goodstanding.flows.read_tickets import Told
from goodstanding.flows.send_questions import good_until
from goodstanding.flows.take_letter import take_letter
from goodstanding.flows.take_post import take_post
from goodstanding.flows.work import work
from tests import odoos
from tests.adapters.chat.said import body_of, envelope, message
from tests.adapters.mail.corpus import letter
from tests.apps.world import EVERYTHING, LONG_AGO, NOW, World
from tests.browser import clock
from tests.browser.odoos import reach

ADMIN = "admin@adriatica.example"
VIEWER = "viewer@ferrante.example"
NEWCOMER = "admin@newcomer.example"
PASSWORD = "browser-tests"
CLIENT = {"actor": Actor.CLIENT}
INNER = {"public": False}
SYSTEM = {"actor": Actor.SYSTEM}

OFFICE = """zone: Europe/Rome
week:
  mon: ['09:00-18:00']
  tue: ['09:00-18:00']
  wed: ['09:00-18:00']
  thu: ['09:00-18:00']
  fri: ['09:00-17:00']
holidays: {country: IT}
closed:
  - {from: 2026-12-24, to: 2027-01-06, name: Christmas closure}
"""
NIGHTS = """zone: America/New_York
week:
  mon: ['08:00-12:00', '13:00-17:00', '22:00-06:00']
  fri: ['08:00-12:00']
open:
  - {date: 2026-11-28, hours: ['10:00-14:00']}
"""
EXPORT = b"""Ticket ID,Subject,Status,Priority,Agent,Group,Created time,Resolved time,Closed time,Initial response time,\
Company Name
1001,Invoices print without logo,Closed,Low,Ann Lee,Support,%(a)s,%(b)s,%(b)s,%(a)s,Nordwind GmbH
1002,Production stands still,Resolved,Urgent,Ann Lee,Support,%(a)s,%(b)s,,%(a)s,Nordwind GmbH
1003,VAT report differs from ledger,Open,Medium,Ben Ode,Finance,%(b)s,,,%(b)s,Olive & Oak Ltd
1004,New warehouse route,Pending,Medium,Ben Ode,Support,%(b)s,,,,Olive & Oak Ltd
1005,Nobody knows when,Open,High,Ben Ode,Support,someday,,,,Olive & Oak Ltd
1006,Payment run fails,Sleeping,High,Ben Ode,Support,%(b)s,,,,Olive & Oak Ltd
"""
ASKS = EXPORT % {b"a": b"2026-11-16 09:12:00", b"b": b"2026-11-17 10:40:00"}
ANSWERS = EXPORT % {b"a": b"2026-11-16T09:12:00Z", b"b": b"2026-11-17T10:40:00Z"}


class Firm(World):
    """A partner with the shipped tiers, hours written as people write them, and five clients."""

    def __init__(self):
        self.partner = tenancy.set_up_partner(EVERYTHING, key="adriatica", name="Adriatica Sistemi", zone="Europe/Rome")
        self.numbers = iter(range(1, 1_000))
        published = publish_catalogue(EVERYTHING, partner=self.partner.pk, effective_from=LONG_AGO, now=NOW)
        self.tiers = {each.key: each for each in published}
        self.office = self.hours("Office hours Rome", OFFICE)
        self.nights = self.hours("Kestrel shifts", NIGHTS)
        self.ferrante = self.served("Casa Ferrante", "Europe/Rome", "gold", self.office)
        self.kestrel = self.served("Kestrel Outdoor Equipment and Supplies", "America/New_York", "silver", self.nights)
        self.torre = self.served("Torre Alta", "Europe/Rome", "light", self.office)
        self.vela = self.served("Vela Marina", "Asia/Tokyo", "platinum", self.office)
        self.nobody = tenancy.set_up_client(EVERYTHING, partner=self.partner.pk, name="Nessun Patto", zone="Europe/Rome")

    def hours(self, name, text):
        return publish_calendar(EVERYTHING, partner=self.partner.pk, name=name, text=text, now=NOW)

    def served(self, name, zone, tier, hours):
        made = tenancy.set_up_client(EVERYTHING, partner=self.partner.pk, name=name, zone=zone)
        desk.assign(
            EVERYTHING,
            client=made.pk,
            tier_version=self.tiers[tier].public_id,
            calendar_version=hours.public_id,
            from_at=LONG_AGO,
        )
        return made

    def staff(self, email, name, role, client=None):
        pk = tenancy.set_up_person(
            EVERYTHING, email=email, name=name, role=role, partner=self.partner.pk, client=client.pk if client else None
        )
        tenancy.set_password(EVERYTHING, pk, PASSWORD)
        return pk


def fill():
    """Fill an empty database; return the address of every page worth looking at, by name."""
    call_command("migrate", run_syncdb=True, verbosity=0)
    firm = Firm()
    admin = firm.staff(ADMIN, "Marta Rizzo", Role.PARTNER_ADMIN)
    firm.staff(VIEWER, "Rosa Ferrante", Role.CLIENT_VIEWER, client=firm.ferrante)
    _newcomer()
    firm.take(*_tickets(firm))
    scope = who.scope_of_person(admin)
    desk.waive(
        scope,
        ticket=_ticket("F-110"),
        clock=ClockKind.RESOLUTION,
        reason="The client's line was down",
        author="Marta Rizzo",
        now=NOW,
    )
    firm.take()
    _chat(firm)
    named = {
        "running": "F-103", "unassigned": "F-104", "breached": "F-101", "at-risk": "F-102", "paused": "F-105",
        "agreed-date": "F-106", "reopened": "F-107", "merged": "F-108", "cancelled": "F-109", "waived": "F-110",
        "corrected": "F-111", "met": "F-112", "raised": "F-113", "no-clock": "T-201", "retainer": "T-202",
        "long-lived": "K-301", "not-covered": "N-401", "around-the-clock": "V-501",
    }  # fmt: skip
    doors.make_key(scope, partner=firm.partner.pk, name="Bridge to the client’s helpdesk", scopes=[May.SEE_TICKETS, May.TELL],
                   lasts=timedelta(days=90), now=NOW)  # fmt: skip
    old, _ = doors.make_key(scope, partner=firm.partner.pk, name="Reporting", scopes=[May.SEE_TICKETS],
                            lasts=timedelta(days=365), now=NOW - timedelta(days=40))  # fmt: skip
    doors.revoke_key(scope, old.public_id, now=NOW)
    hook, _ = doors.make_endpoint(scope, partner=firm.partner.pk, name="Helpdesk", client=firm.ferrante.public_id, now=NOW)
    doors.rotate_endpoint(scope, hook.public_id, now=NOW)
    found = {f"ticket-{name}": f"/tickets/{_ticket(ref)}" for name, ref in named.items()}
    found |= {
        "client": f"/clients/{firm.ferrante.public_id}",
        "client-without-promise": f"/clients/{firm.nobody.public_id}",
        "client-with-nothing-open": f"/clients/{firm.torre.public_id}",
        "tier": f"/tiers/{firm.tiers['gold'].tier}",
        "tier-score": f"/tiers/{next(each.tier for each in firm.tiers.values() if each.family == 'score')}",
        "calendar": f"/calendars/{firm.office.calendar}",
        "calendar-nights": f"/calendars/{firm.nights.calendar}",
        "write-calendar-version": f"/calendars/{firm.nights.calendar}/write",
        "write-tier-version": f"/tiers/{firm.tiers['gold'].tier}/write",
    }
    found |= _told(firm, scope) | _escalation(firm, scope)
    return found | _files(firm, scope) | _mail(firm) | _odoos(firm, scope) | _asked(firm) | _who_is_told(firm, admin)


def _who_is_told(firm, admin):
    """Roles, two offices, a rota with a gap and an absence in it, beside a client that is promised targets around the clock."""
    of_us = {"partner": firm.partner.pk, "now": NOW}
    pavel, aroha = (
        firm.staff(f"{name.split()[0].lower()}@adriatica.example", name, Role.AGENT) for name in ("Pavel Horvat", "Aroha Tane")
    )
    telling.publish_plan(EVERYTHING, **of_us, plan=shipped_plan())
    held = telling.hold_role(EVERYTHING, **of_us, role="team_lead", person=admin, deputy=pavel)
    telling.hold_role(EVERYTHING, **of_us, role="senior_agent", person=pavel, team="Support with a long name")
    telling.hold_role(EVERYTHING, **of_us, role="client_it_lead", address="it@ferrante.example", client=firm.ferrante.pk)
    rome = telling.set_office(EVERYTHING, **of_us, name="Trieste", calendar=firm.office.calendar)
    telling.set_office(EVERYTHING, **of_us, name="New York", calendar=firm.nights.calendar)
    telling.seat(EVERYTHING, **of_us, person=admin, office=rome, skills=["functional", "development"])
    spells = [(pavel, aroha, -2, 4), (aroha, None, 4, 8), (pavel, None, 7, 11)]
    turns = [
        telling.NewTurn(person, deputy, NOW + timedelta(days=start), NOW + timedelta(days=end))
        for person, deputy, start, end in spells
    ]
    telling.plan_turns(EVERYTHING, **of_us, turns=turns)
    for person, start, end in ((pavel, 1, 2), (aroha, 5, 6)):
        telling.be_away(
            EVERYTHING, **of_us, person=person, from_at=NOW + timedelta(days=start), until_at=NOW + timedelta(days=end)
        )
    turn = told.turns(EVERYTHING, partner=firm.partner.pk, since=NOW)[0]
    return {
        "turn": f"/escalation/people/turns/{turn.public_id}",
        "contact-role": f"/escalation/people/roles/{held}",
        "contact-roles-of-a-client": f"/escalation/people/roles?client={firm.ferrante.public_id}",
    }


def _mail(firm):
    """A mailbox in each state, letters that wait for a person, and who writes for a client."""
    tenancy.add_contact(EVERYTHING, client=firm.ferrante.pk, address="@ferrante.example")
    tenancy.add_contact(EVERYTHING, client=firm.ferrante.pk, address="rosa@elsewhere.example", name="Rosa Ferrante")

    def box(address, **fields):
        return post.set_up_mailbox(
            EVERYTHING, partner=firm.partner.pk, secret="kept", old_ones=False, now=NOW,
            settings=MailboxSettings(address=address, **fields),
        )  # fmt: skip

    server = {"host": "imap.adriatica.example", "login": "support"}
    good, bad = (
        box("support@adriatica.example", **server),
        box("hosting@adriatica.example", **server, priority="P2", team="Hosting"),
    )
    box("kestrel@adriatica.example", client=firm.kestrel.pk)
    box("old@adriatica.example", **server, is_on=False)
    post.end_reading(EVERYTHING, good.pk, now=NOW - timedelta(minutes=1), next_look_at=NOW)
    post.end_reading(
        EVERYTHING, bad.pk, now=NOW, next_look_at=NOW + timedelta(minutes=9), failures=1,
        error="The mail server does not accept the login and password.",
        advice="Check both; many providers want a password made for programs (app password), or IMAP switched on.",
    )  # fmt: skip
    for number, (sender, head, body) in enumerate(
        (
            (
                "Pia Neri <pia@new-client.example>",
                "",
                "Good morning, since the update the delivery slip prints nothing at all.",
            ),
            ("alerts@ferrante.example", "Auto-Submitted: auto-generated\n", "Disk /srv is 91 % full."),
        )
    ):
        message = letter(body, ("Delivery slip is empty", "[alert] disk")[number], sender, head, message_id=f"<held{number}@x>")
        take_letter(
            EVERYTHING,
            partner=firm.partner.pk,
            mailbox=good,
            message=message,
            came_at=NOW - timedelta(hours=2 + number),
            now=NOW,
        )
    return {"mailbox": f"/mail/mailboxes/{bad.public_id}"}


def _odoos(firm, scope):
    def connect(address, name, client=None):
        return connect_odoo(
            scope, partner=firm.partner.pk, client=client, name=name, address=address, login="auditor", secret=odoos.KEY,
            database="", key_name="goodstanding", reach=reach(), now=NOW,
        ).public_id  # fmt: skip

    def follow(instance):
        stages = {"Awaiting": {"kind": "waiting", "owner": "customer"}}
        terms = instances.Terms(desk="oca", stages=stages, priorities={}, teams=(), client_fallback=None, since=None,
                                write_back=False)  # fmt: skip
        instances.follow(scope, instance, terms, on=True, now=NOW)

    def kept(address, name):
        return instances.add(
            scope, partner=firm.partner.pk, client=None, name=name, url=address, database="desk", login="auditor",
            secret=odoos.KEY, key_name="", now=NOW,
        ).public_id  # fmt: skip

    followed, ending = connect(odoos.ADDRESS, "Our helpdesk"), connect(odoos.ENDING, "Vela Marina", firm.vela.pk)
    follow(followed)
    follow_tickets(followed, reach=reach(), clock=lambda: NOW)
    down, new = kept(odoos.DOWN, "Desk of Genoa"), kept("https://new.example", "Desk of Trieste")
    for each in (down, new):
        follow(each)
    follow_tickets(down, reach=reach(), clock=lambda: NOW)
    return {
        "odoo-followed": f"/odoo/{followed}",
        "odoo-following": f"/odoo/{followed}/following",
        "odoo-not-followed": f"/odoo/{ending}",
        "odoo-choosing": f"/odoo/{ending}/following",
        "odoo-in-trouble": f"/odoo/{down}",
        "odoo-project": f"/odoo/{ending}/following?desk=project",
        "odoo-first-reading": f"/odoo/{new}",
        "ticket-in-odoo": f"/tickets/{_ticket('HT00001')}",
    }


def _chat(firm):
    """A channel that was agreed on, somebody who is known there, and two messages of somebody who is not."""
    _, channel = connect_chat(
        EVERYTHING, partner=firm.partner.pk, name="Casa Ferrante’s Slack", priority="P3", team="Support", now=NOW,
        link="https://app.slack.com/client/T123ABC456/C123ABC456", secret="8f742231b10e8888abcd99yyyzzz85a5",
        client=firm.ferrante.public_id, channel_name="#support",
    )  # fmt: skip
    chats.know_sender(
        EVERYTHING, partner=firm.partner.pk, service=Service.SLACK, sender="U1", name="Rosa Ferrante", address=VIEWER
    )
    for number, text in enumerate(("The invoices of November show no tax.\nCan you look?", "Also those of October")):
        said = message(text, user="U024BE7LH", ts=f"{NOW.timestamp() - 600 + number:.6f}")
        post = read_slack(body_of(envelope(said)), "application/json", sent_at=NOW)
        take_post(EVERYTHING, channel=channel, post=post, now=NOW)


def _asked(firm):
    """Ask how a ticket went and whether they would recommend; return the pages behind the links."""
    terms = Terms(partner=firm.partner.pk, asks_after_tickets=True, delay=timedelta(), asks_to_recommend=True)
    feedback.set_terms(EVERYTHING, terms, now=NOW - timedelta(days=30))
    for ref, cycle in (("F-112", 0), ("F-112", 7), ("F-110", 0)):
        pk = standings.standing(EVERYTHING, _ticket(ref)).pk
        feedback.ask_about(
            EVERYTHING, partner=firm.partner.pk, client=firm.ferrante.pk, ticket=pk, cycle=cycle, resolved_at=NOW,
            address="rosa@ferrante.example", now=NOW,
        )  # fmt: skip
    feedback.ask_to_recommend(
        EVERYTHING, partner=firm.partner.pk, client=firm.ferrante.pk, address="rosa@ferrante.example", now=NOW
    )
    links = []
    for pk in answers.due(NOW):
        feedback.has_sent(pk, now=NOW)
        question = answers.question_by_pk(EVERYTHING, pk)
        links.append(f"/feedback/{sign(question.public_id, until=good_until(question), key=ballot_key())}")
        if question.ref == "F-110":
            feedback.answer(EVERYTHING, question, score=4, comment="Quick, and explained well.", now=NOW)
    asked, again, _, recommend = links
    return {
        "rate": f"{asked}?score=4",
        "rate-answered": f"{again}?score=4",
        "rate-stop": f"{asked}/stop",
        "rate-recommend": f"{recommend}?score=9",
    }


def _told(firm, scope):
    """Messages in each state, endpoints that work and that do not, and an inbox with something new."""
    room, secret = outbox.add_endpoint(
        scope, partner=firm.partner.pk, channel=Channel.SLACK, name="On-call room", address="https://hooks.example/x",
        shown="hooks.slack.com", now=NOW,
    )  # fmt: skip
    system, _ = outbox.add_endpoint(
        scope, partner=firm.partner.pk, channel=Channel.WEBHOOK, name="Status page", address="https://status.example/x",
        shown="status.example", now=NOW,
    )  # fmt: skip
    gone, _ = outbox.add_endpoint(
        scope, partner=firm.partner.pk, channel=Channel.TEAMS, name="Management", address="https://teams.example/x",
        shown="teams.example", now=NOW,
    )  # fmt: skip
    assert secret == ""
    outbox.rotate_endpoint(scope, system.public_id, now=NOW)
    outbox.close_endpoint(scope, gone.public_id, because="It answered that it is gone for good (410).", now=NOW)
    tickets = [UUID(_ticket(ref)) for ref in ("F-101", "F-102", "F-103", "F-105")]

    def tell(key, subject, to, channel=Channel.EMAIL, **fields):
        given = {"client": firm.ferrante.pk, "ticket": tickets[0], "kind": "escalation.at_risk", "written_at": NOW}
        given["text"] = "The response of F-101 is due in 42 min: no reply since 09:12.\nIt is assigned to Ann Lee."
        message = NewMessage(
            key=key, partner=firm.partner.pk, channel=channel, recipient=to, subject=subject, **(given | fields)
        )
        outbox.put(EVERYTHING, [message], now=fields.get("written_at", NOW))
        return outgoing.message_by_key(EVERYTHING, partner=firm.partner.pk, key=key)

    def try_all(route, said="", again_at=None):
        claimed = leases.claim(route, most=50, until=NOW, now=NOW)
        for load in claimed.loads:
            given = {"name": claimed.name, "address": load.message.recipient, "now": NOW}
            if said:
                leases.has_failed(load.message.pk, said=said, again_at=again_at, **given)
            else:
                leases.has_sent(load.message.pk, **given)

    dead = tell("lost", "F-101 breaches in 42 min", "rosa@nowhere.example", written_at=NOW - timedelta(days=3))
    try_all("email", "mail.example does not take mail for this address at the moment.", NOW)
    try_all("email", "mail.example takes no mail for this address.")
    for number, ticket in enumerate(tickets):
        tell(f"all {number}", f"F-10{number} is breached", scope.person, ticket=ticket, fold="outage")
        tell(f"box {number}", f"F-10{number} is breached", scope.person, Channel.INBOX, ticket=ticket, fold="outage")
    tell("box", "F-102 breaches in 42 min", scope.person, Channel.INBOX, ticket=tickets[1])
    try_all("email")
    try_all("inbox")
    read = tell(
        "read",
        "“Management” was switched off",
        scope.person,
        Channel.INBOX,
        ticket=None,
        client=None,
        kind="channels.closed",
        text="Nothing is sent to “Management” any more: it answered that it is gone for good.",
    )
    try_all("inbox")
    outbox.read(scope, read.public_id, now=NOW)
    tell("room", "F-103 is breached", str(room.public_id), Channel.SLACK)
    try_all(room.channel.route(str(room.public_id)))
    route = system.channel.route(str(system.public_id))
    tell("system", "F-103 is breached", str(system.public_id), Channel.WEBHOOK)
    try_all(route, "“Status page” does not take it: it answered 503.", NOW + timedelta(minutes=4))
    leases.hold(route, until=NOW + timedelta(minutes=4), said="“Status page” does not take it: it answered 503.", now=NOW)
    folded = outgoing.message_by_key(EVERYTHING, partner=firm.partner.pk, key="all 0")
    return {"outbox-dead": f"/outbox/{dead.public_id}", "outbox-folded": f"/outbox/{folded.public_id}"}


def _escalation(firm, scope):
    """The matrix in force, one of a client's own, and another rehearsed over what happened."""
    home = firm.partner.pk
    publish_plan(EVERYTHING, partner=home, plan=shipped_plan(), now=NOW - timedelta(days=20), note="The matrix that ships")
    sooner = replace(shipped_plan(), steps=tuple(replace(each, hold=False) for each in shipped_plan().steps[1:]))
    publish_plan(scope, partner=home, plan=sooner, client=firm.ferrante.public_id, now=NOW, note="They want to hear at once")
    asked = rehearse_plan.Asked(partner=home, plan=sooner)
    run = rehearse_plan.request(scope, asked, text=text_of(sooner), note="", number=1, now=NOW)
    work(worker="tests", clock=lambda: NOW + timedelta(seconds=3))
    return {
        "rehearsal": f"/escalation/rehearsals/{run.public_id}",
        "escalation-own": f"/escalation?client={firm.ferrante.public_id}",
    }


def _newcomer():
    partner = tenancy.set_up_partner(EVERYTHING, key="newcomer", name="Newcomer", zone="Europe/Berlin")
    pk = tenancy.set_up_person(EVERYTHING, email=NEWCOMER, name="Nora New", role=Role.PARTNER_ADMIN, partner=partner.pk)
    tenancy.set_password(EVERYTHING, pk, PASSWORD)
    publish_catalogue(EVERYTHING, partner=partner.pk, effective_from=LONG_AGO, now=NOW)


def _files(firm, scope):
    def keep(name, content):
        return documents.keep(scope, partner=firm.partner.pk, name=name, parts=[content], now=NOW)

    def ask(document, key):
        terms = import_tickets.Terms(zone="Europe/Rome", tier_version=str(firm.tiers["gold"].public_id),
                                     calendar_version=str(firm.office.public_id))  # fmt: skip
        told = Told(zone="UTC", dates="", sheet=key, map_text="", answers={})
        return import_tickets.request(
            scope, partner=firm.partner.pk, document=document.public_id, told=told, terms=terms, now=NOW
        )

    answers, asks = keep("freshdesk.csv", ANSWERS), keep("no-zone.csv", ASKS)
    unusable = keep("notes.csv", b"one,two\n1,2\n")
    done = ask(answers, "")
    work(worker="tests", clock=lambda: NOW + timedelta(seconds=4))
    failed = ask(unusable, "")
    work(worker="tests", clock=lambda: NOW + timedelta(seconds=5))
    running = ask(asks, "running")
    runs.claim(running.pk, worker="tests", now=NOW + timedelta(days=400))
    runs.progress(running.pk, worker="tests", now=NOW + timedelta(days=400), done=1_400, total=6_000, stage="Taking tickets in")
    waiting = ask(asks, "waiting")
    return {
        "preview": f"/import/{answers.public_id}",
        "preview-question": f"/import/{asks.public_id}",
        "preview-unusable": f"/import/{unusable.public_id}",
        "run-done": f"/runs/{done.public_id}",
        "run-failed": f"/runs/{failed.public_id}",
        "run-running": f"/runs/{running.public_id}",
        "run-waiting": f"/runs/{waiting.public_id}",
    }


def _tickets(firm):
    def told(ref, title, priority, *happenings, client=firm.ferrante, **fields):
        return firm.incoming(ref, *happenings, client=client, title=title, priority=priority, contact="Rosa Ferrante", **fields)

    def opened(hours, **given):
        return ("opened", hours, CLIENT | {"text": "Good morning, could you look at this, please?"} | given)

    def taken(hours, by="Luca Serra"):
        return ("assigned", hours, SYSTEM | {"assignee": by, "team": "functional", "public": False})

    def replied(hours):
        return ("staff_replied", hours, {"text": "Thank you, I am looking into it and will come back to you today."})

    waits = [
        step
        for hours in range(1_900, 100, -300)
        for step in (
            ("waiting", hours, {"owner": "customer", "reason": "for the file"}),
            ("client_replied", hours - 100, CLIENT | {"text": "Here is the file."}),
            ("resumed", hours - 100, SYSTEM),
            ("progress", hours - 101, INNER | {"text": "Half of it is done."}),
        )
    ]
    return [
        told("F-101", "Invoices print twice for every customer of the second company since the upgrade", "P2",
             opened(30), taken(29.5), replied(29), ("noted", 28, INNER | {"text": "The wrong report is set as default."})),
        told("F-102", "Fiscal position not applied", "P3", opened(22), taken(21.9), replied(21)),
        told("F-103", "Bank synchronisation stopped for the USD journal", "P3", opened(3), taken(2.9), replied(2.5)),
        told("F-104", "Add a column to the order list", "P4", opened(1)),
        told("F-105", "Timesheets of November cannot be validated", "P3", opened(50), taken(49), replied(48),
             ("waiting", 45, {"owner": "customer", "reason": "for a test by the client"})),
        told("F-106", "Training on the new warehouse route", "P3", opened(60), taken(59), replied(58),
             ("waiting", 57, {"owner": "agreed_date"})),
        told("F-107", "Request for quotation goes to an old address", "P4", opened(78), taken(77.9), replied(77),
             ("resolved", 70), ("reopened", 20, SYSTEM), replied(19)),
        told("F-108", "Delivery price is zero", "P3", opened(100), replied(99), ("merged", 98, {"into": "F-107"})),
        told("F-109", "Printer out of paper", "P4", opened(100), ("cancelled", 99, {"reason": "Not about the system"})),
        told("F-110", "Shop cannot be reached", "P1", opened(55), taken(54.9), replied(54.5), ("resolved", 28)),
        told("F-111", "Statement shows paid invoices", "P3", opened(29), replied(28),
             ("resolved", 27), ("reopened", 26, {"supersedes": "2"}), replied(25)),
        told("F-112", "Password forgotten", "P4", opened(76), taken(75.8), replied(75.5),
             ("resolved", 75), ("closed", 52, SYSTEM)),
        told("F-113", "Orders of the web shop arrive without lines", "P4", opened(52), replied(51),
             ("priority_changed", 2, {"priority": "P1"})),
        told("T-201", "A further column in the delivery slip", "S4", opened(70), replied(69), client=firm.torre),
        told("T-202", "Purchase approvals reach nobody", "S2", opened(27), replied(26), client=firm.torre),
        told("K-301", "Migration of the old price lists", "P4", opened(2_000), taken(1_990, "Ana Beltrão"), replied(1_950),
             *waits, client=firm.kestrel),
        told("N-401", "May we have a quote?", "P3", opened(5), client=firm.nobody),
        told("V-501", "Booking page slow", "P2", opened(2), taken(1.9), replied(1.8), client=firm.vela),
        *(
            told(f"V-{600 + number}", f"Berth plan number {number} shows the wrong boat", "P4", opened(6 - number / 20),
                 replied(5 - number / 20), client=firm.vela)
            for number in range(50)
        ),
    ]  # fmt: skip


def _ticket(ref):
    return str(standings.ticket_list(EVERYTHING, standings.TicketFilter(text=ref), now=NOW, limit=1)[0][0].public_id)


def press(ref, opened_at):
    """Open a ticket that is past our objective 10 s after it was opened, at risk after 15 and breached after 20."""
    partner = who.partner_by_key(EVERYTHING, "adriatica")
    known = {each.name: each for each in who.clients(EVERYTHING)}
    if "Presto" not in known:
        target = Target(Amount.parse("20 seconds"), slot=WALL)
        rule = TargetRule(clock=ClockKind.RESPONSE, target=target)
        tier = desk.publish_tier(
            EVERYTHING, partner=partner.pk, key="presto", name="Presto", family="support_plan", text="key: presto",
            policy=Policy(name="Presto", rules=(rule,)), effective_from=LONG_AGO, now=NOW,
        )  # fmt: skip
        hours = standings.calendars(EVERYTHING)[0]
        known["Presto"] = tenancy.set_up_client(EVERYTHING, partner=partner.pk, name="Presto", zone="UTC")
        desk.assign(
            EVERYTHING,
            client=known["Presto"].pk,
            tier_version=tier.public_id,
            calendar_version=hours.public_id,
            from_at=LONG_AGO,
        )
        own = Plan(steps=(Step(key="half", clock=ClockKind.RESPONSE, share=Fraction(1, 2)),))
        publish_plan(EVERYTHING, partner=partner.pk, plan=own, client=known["Presto"].public_id, now=LONG_AGO)
    return _tell(ref, "opened", opened_at, client=known["Presto"], title=f"Pressing {ref}", priority="P1", actor=Actor.CLIENT)


def tell(ref, kind):
    """Let one more thing happen to a ticket, now."""
    return _tell(ref, kind, clock.now().isoformat())


def _tell(ref, kind, at, *, client=None, actor=Actor.STAFF, **fields):
    firm = World.__new__(World)
    firm.partner = who.partner_by_key(EVERYTHING, "adriatica")
    ago = (NOW - datetime.fromisoformat(at)) / timedelta(hours=1)
    clients = {each.name: each for each in who.clients(EVERYTHING)}
    incoming = firm.incoming(ref, (kind, ago, {"actor": actor}), client=client or clients["Presto"], **fields)
    happening = incoming.happenings[0]
    named = type(happening)(_renamed(happening.event, f"{kind}-{at}"), happening.who, happening.text)
    incoming = type(incoming)(**{name: getattr(incoming, name) for name in incoming.__slots__} | {"happenings": (named,)})
    firm.take(incoming, now=clock.now())
    return f"/tickets/{_ticket(ref)}"


def _renamed(event, source_id):
    return type(event)(**{name: getattr(event, name) for name in event.__slots__} | {"source_id": source_id})


def put_in_inbox(subject):
    """Deliver one more message to the inbox of the firm's administrator."""
    home = who.partner_by_key(EVERYTHING, "adriatica")
    admin = next(each.pk for each in who.people(EVERYTHING) if each.email == ADMIN)
    message = NewMessage(
        key=subject, partner=home.pk, channel=Channel.INBOX, recipient=admin, subject=subject, kind="escalation.at_risk",
        text="No reply since 09:12.", written_at=clock.now(), client=None, ticket=None,
    )  # fmt: skip
    outbox.put(EVERYTHING, [message], now=clock.now())
    claimed = leases.claim("inbox", most=50, until=clock.now(), now=clock.now())
    for load in claimed.loads:
        leases.has_sent(load.message.pk, name=claimed.name, address="inbox", now=clock.now())


def do_runs():
    """Do what the worker would do now; return how many runs that were."""
    return sum(1 for _ in iter(lambda: work(worker="tests", clock=clock.now), None))


def demo(at):
    """Fill an empty database with the demo as it is at a moment, its last six weeks; return who signs in to it."""
    call_command("migrate", run_syncdb=True, verbosity=0)
    play_demo.set_up(now=datetime.fromisoformat(at), days=42)
    play_escalation.set_up(say=sayer("http://127.0.0.1:8000"), now=datetime.fromisoformat(at))
    return {"email": play_demo.EMAIL, "password": play_demo.PASSWORD}


COMMANDS = {"fill": fill, "press": press, "tell": tell, "put_in_inbox": put_in_inbox, "do_runs": do_runs, "demo": demo}


def main():
    """Do what each line of the standard input asks for; answer each with a line."""
    for line in sys.stdin:
        name, *given = json.loads(line)
        print(json.dumps(COMMANDS[name](*given)), flush=True)


if __name__ == "__main__":
    main()
