"""A page asks the database as often for many rows as for few (metrics.md G.2 27)."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from goodstanding.adapters.files.escalation import shipped_plan
from goodstanding.apps.desk import actions as desk
from goodstanding.apps.desk import queries
from goodstanding.apps.escalation import actions as telling
from goodstanding.apps.escalation.actions import publish_plan
from goodstanding.apps.feedback import actions as feedback
from goodstanding.apps.feedback import queries as answers
from goodstanding.apps.instances import actions as instances
from goodstanding.apps.instances import queries as connected
from goodstanding.apps.outbox import leases
from goodstanding.apps.outbox.models import Message
from goodstanding.apps.outbox.queries import Channel
from goodstanding.apps.tenancy import actions as tenancy
from goodstanding.apps.tenancy.roles import Role
from goodstanding.core.clocks.presets import preset
from tests.apps.world import EVERYTHING, LONG_AGO, NOW, policy
from tests.delivery.web.site import HTMX, Site, text_of

pytestmark = pytest.mark.django_db

FEW, MANY = 3, 15
MOST = 32
"""No page needs more questions than this."""


def fill(site, start, end):
    """Make the rows from `start` to `end` of everything that pages list."""
    numbers = range(start, end)
    clients = [site.client(f"Client {number}") for number in numbers]
    site.take(
        *(
            site.incoming(
                f"T{number}",
                ("opened", 1 + number / 50, {"priority": ("P1", "P2", "P3")[number % 3], "team": f"Team {number}"}),
                ("assigned", 1, {"assignee": f"Person {number}"}),
                *([("staff_replied", 0.9), ("waiting", 0.8, {"owner": "customer"})] if number % 4 == 0 else []),
                client=client,
            )
            for number, client in zip(numbers, clients, strict=True)
        )
    )
    for number in numbers:
        desk.publish_tier(
            EVERYTHING, partner=site.partner.pk, key=f"tier-{number}", name=f"Tier {number}", family="support_plan",
            policy=policy(), text=f"key: tier-{number}", effective_from=LONG_AGO, now=NOW,
        )  # fmt: skip
        desk.publish_calendar(
            EVERYTHING, partner=site.partner.pk, name=f"Calendar {number}", calendar=preset("business", "UTC"),
            text=f"calendar {number}", holidays_until=2028, now=NOW,
        )  # fmt: skip
        site.run(file=f"{number}.csv")
        site.key()
        site.hook()
        site.person(Role.AGENT, email=f"agent{number}@adriatica.example")
        publish_plan(
            EVERYTHING, partner=site.partner.pk, plan=shipped_plan(), client=clients[number - start].public_id, now=NOW
        )
        site.mailbox(f"box{number}@adriatica.example")
        site.held_letter(number=number)
        tenancy.add_contact(EVERYTHING, client=site.ferrante.pk, address=f"person{number}@ferrante.example")
        site.held(f"Message {number}", number)


def fill_ticket(site, start, end):
    """Make the events from `start` to `end` of one ticket."""
    events = [("opened", 40, {"priority": "P1"})]
    for number in range(end):
        kind = ("client_replied", "staff_replied", "waiting", "resumed")[number % 4]
        events.append((kind, 39 - number / 2, {"owner": "customer"} if kind == "waiting" else {}))
    site.take(site.incoming("BUSY", *events))


def fill_versions(site, start, end):
    """Make the versions from `start` to `end` of the tier and the calendar, and as many promises of them."""
    for number in range(start, end):
        site.client(f"Promised {number}")
        desk.publish_tier(
            EVERYTHING, partner=site.partner.pk, key="gold", name="Gold", family="support_plan", policy=policy(),
            text=f"gold {number + 2}", effective_from=LONG_AGO, now=NOW,
        )  # fmt: skip
        zone = ("Europe/Rome", "Europe/Oslo")[number % 2]
        desk.publish_calendar(
            EVERYTHING, partner=site.partner.pk, name="Office", calendar=preset("business", zone), text=f"{number}",
            holidays_until=2028, now=NOW,
        )  # fmt: skip


def fill_odoos(site, start, end):
    """Make the connections from `start` to `end`, each followed and with as many customers that wait."""
    account = {
        "known": {"version": "18.0", "database": "desk", "interface": "jsonrpc", "uid": 2}, "login": "auditor",
        "administrator": False, "companies": [1, 1], "findings": [], "desks": ["oca"], "seen": {},
        "barred": {"tickets": [], "health": []}, "readable": {"tickets": ["helpdesk.ticket"], "health": []},
    }  # fmt: skip
    for number in range(start, end):
        made = instances.add(
            EVERYTHING, partner=site.partner.pk, client=None, name=f"Desk {number:02}", url=f"https://odoo{number}.example",
            database="desk", login="auditor", secret="hush", key_name="", now=site.now,
        )  # fmt: skip
        instances.keep_account(
            EVERYTHING, made.public_id, version="18.0", database="desk", account=account, key_expires_at=None, now=site.now
        )
        terms = instances.Terms(
            desk="oca", stages={}, priorities={}, teams=(), client_fallback=None, since=None, write_back=False
        )
        instances.follow(EVERYTHING, made.public_id, terms, on=True, now=site.now)
    first = connected.instances(EVERYTHING)[0]
    sights = [
        instances.Sight(outside=number, ref=f"HT{number}", customer=f"Customer {number}", title="", held=True, seen={})
        for number in range(start, end)
    ]
    instances.keep_sights(EVERYTHING, first.following.pk, sights)


def fill_answers(site, start, end):
    """Make the answers from `start` to `end`, each about a ticket of its own."""
    for number in range(start, end):
        ticket = queries.standing(EVERYTHING, site.told(f"R{number}", ("opened", 2), ("resolved", 1))).pk
        feedback.ask_about(
            EVERYTHING, partner=site.partner.pk, client=site.ferrante.pk, ticket=ticket, cycle=0, resolved_at=site.now,
            address=f"rosa{number}@ferrante.example", now=site.now,
        )  # fmt: skip
        (pk,) = answers.due(site.now)
        feedback.has_sent(pk, now=site.now)
        feedback.answer(EVERYTHING, answers.question_by_pk(EVERYTHING, pk), score=5, comment=f"Fine {number}", now=site.now)


def fill_outbox(site, start, end):
    """Make the messages from `start` to `end`, each with a client of its own, and as many endpoints; all given up and tried."""
    for number in range(start, end):
        site.given_up(number, client=site.client(f"Told {number}").pk)
        site.endpoint(f"Room {number}")


def fill_folded(site, start, end):
    """Make the messages from `start` to `end` parts of one."""
    if start == 0:
        site.told_of("leader")
    leader = Message.objects.get(key="told leader").pk
    for number in range(start, end):
        site.told_of(f"part {number}")
    mine = Message.objects.filter(key__startswith="told part")
    mine.update(state="folded", leader_id=leader)


def fill_inbox(site, start, end):
    """Put the messages from `start` to `end` into the reader's inbox, each with one that is folded into it."""
    reader = min(site.people())
    for number in range(start, end):
        site.told_of(f"{reader} {number}", recipient=reader, channel=Channel.INBOX, fold=f"{number}")
        site.told_of(f"{reader} {number} too", recipient=reader, channel=Channel.INBOX, fold=f"{number}")
    claimed = leases.claim("inbox", most=1_000, until=site.now, now=site.now)
    for each in claimed.loads:
        leases.has_sent(each.message.pk, name=claimed.name, address="inbox", now=site.now)


def fill_rota(site, start, end):
    """Make the turns, absences, roles and offices from `start` to `end`, each of somebody of their own."""
    for number in range(start, end):
        of_us = {"partner": site.partner.pk, "now": site.now}
        person = site.person(Role.AGENT, email=f"on-call{number}@adriatica.example")
        spell = {"from_at": site.now + timedelta(days=number), "until_at": site.now + timedelta(days=number + 2)}
        telling.plan_turns(EVERYTHING, **of_us, turns=[telling.NewTurn(person, None, **spell)])
        telling.be_away(EVERYTHING, **of_us, person=person, **spell)
        telling.hold_role(EVERYTHING, **of_us, role="team_lead", person=person, team=f"Team {number}")
        whose = {"client": site.client(f"Led {number}").pk, "address": f"it{number}@led.example"}
        telling.hold_role(EVERYTHING, **of_us, role="client_it_lead", **whose)
        office = telling.set_office(EVERYTHING, **of_us, name=f"Office {number}", calendar=site.calendar.calendar)
        telling.seat(EVERYTHING, **of_us, person=person, office=office, skills=["functional"])
    if start == 0:
        telling.publish_plan(EVERYTHING, partner=site.partner.pk, plan=shipped_plan(), now=site.now)


def of_site(site):
    """The address of a page that shows one thing."""
    return {
        "client": lambda: reverse("client", args=[site.ferrante.public_id]),
        "tier": lambda: reverse("tier", args=[site.tier.tier]),
        "calendar": lambda: reverse("calendar", args=[site.calendar.calendar]),
        "ticket": lambda: reverse("ticket", args=[site.find("BUSY")]),
        "outbox_message": lambda: reverse("outbox_message", args=[Message.objects.get(key="told leader").public_id]),
        "connection": lambda: reverse("connection", args=[connected.instances(EVERYTHING)[0].public_id]),
    }


PAGES = (
    "/board", "/board?state=breached", "/tickets", "/clients", "/tiers", "/calendars", "/runs", "/people", "/settings/keys",
    "/settings/webhooks", "/odoo", "connection", "/chat", "/feedback", "/tickets/new", "/import", "/mail", "/classify",
    "client", "tier", "calendar", "ticket", "/outbox", "/channels", "outbox_message", "/inbox", "/inbox/preferences",
    "/escalation/people", "/escalation/people/roles", "/escalation/people/offices", "/escalation/people/absences",
    "/escalation", "/escalation/change",
)  # fmt: skip
PARTS = ("/board", "/board?state=breached", "/runs", "/search?q=T", "/inbox")
"""Of them, what pages that are left open ask for again."""
EVERYTHING_LISTED = (
    fill, fill_versions, fill_ticket, fill_odoos, fill_answers, fill_outbox, fill_folded, fill_inbox, fill_rota,
)  # fmt: skip
WITHOUT_ROWS = {"/import", "/classify", "/inbox/preferences"}


def asked(browser, address, **options):
    with CaptureQueriesContext(connection) as captured:
        answer = browser.get(address, **options)
        page = text_of(answer)
    assert answer.status_code == 200
    return [each["sql"] for each in captured.captured_queries], page


@pytest.mark.proves("KPI-2")
def test_a_page_or_part_asks_as_often_for_many_rows_as_for_few(subtests):
    site = Site()
    browser = site.browser(Role.PARTNER_ADMIN)
    everything = [(page, {}) for page in PAGES] + [(page, HTMX) for page in PARTS]

    def measure(*, warm=True):
        with connection.cursor() as cursor:
            # As a database does by itself in time: planned for empty tables, joins of this many rows take seconds.
            cursor.execute("ANALYZE")
        places = of_site(site)
        found = []
        for page, options in everything:
            address = places.get(page, lambda page=page: page)()
            if not warm:
                asked(browser, address, **options)
            found.append(asked(browser, address, **options))
        return found

    for more in EVERYTHING_LISTED:
        more(site, 0, FEW)
    few = measure(warm=False)
    for more in EVERYTHING_LISTED:
        more(site, FEW, MANY)
    many = measure()

    for (page, options), (before, short), (after, long) in zip(everything, few, many, strict=True):
        with subtests.test(page=page, part=bool(options)):
            assert len(after) == len(before), "\n".join(after)
            assert len(after) <= MOST
            assert len(long) > len(short) or options or page in WITHOUT_ROWS


def test_the_export_asks_once_a_page_and_not_once_a_row():
    site = Site()
    browser = site.browser(Role.PARTNER_ADMIN)
    site.take(*(site.incoming(f"T{number}", ("opened", 1)) for number in range(FEW)))
    asked(browser, "/tickets.csv")
    few, _ = asked(browser, "/tickets.csv")

    site.take(*(site.incoming(f"T{number}", ("opened", 1)) for number in range(FEW, MANY)))

    many, long = asked(browser, "/tickets.csv")
    assert len(many) == len(few), "\n".join(many)
    assert len(long.splitlines()) == MANY + 1


def test_a_clients_people_ask_as_often_for_many_rows_as_for_few():
    site = Site()
    browser = site.browser(Role.CLIENT_VIEWER)
    site.take(*(site.incoming(f"T{number}", ("opened", 1)) for number in range(FEW)))
    asked(browser, "/tickets")
    few, _ = asked(browser, "/tickets")

    site.take(*(site.incoming(f"T{number}", ("opened", 1)) for number in range(FEW, MANY)))

    many, page = asked(browser, "/tickets")
    assert len(many) == len(few), "\n".join(many)
    assert f"T{MANY - 1}" in page
