"""From a ticket to the letters in people's mailboxes: real flows, a real mail server, and nothing else (ESC-1 to ESC-5)."""

from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from email.utils import parsedate_to_datetime
from uuid import UUID

import pytest

from goodstanding.adapters.files.escalation import shipped_plan
from goodstanding.apps.desk import actions as desk_actions
from goodstanding.apps.escalation import actions, queries
from goodstanding.apps.escalation.values import DraftState
from goodstanding.apps.outbox.models import Message
from goodstanding.apps.outbox.queries import Channel
from goodstanding.apps.tenancy import actions as tenancy
from goodstanding.apps.tenancy import queries as people
from goodstanding.apps.tenancy.roles import Role
from goodstanding.core.clocks.presets import preset
from goodstanding.core.desk.events import Actor, EventKind, PauseOwner
from goodstanding.delivery import words_of_outbox
from goodstanding.delivery.words_of_escalation import sayer
from goodstanding.flows.carry_inbox import InboxCarrier
from goodstanding.flows.carry_mail import MailCarrier
from goodstanding.flows.decide_draft import send_draft
from goodstanding.flows.deliver_messages import Circumstances, deliver_messages
from goodstanding.flows.escalate import escalate
from goodstanding.flows.open_ticket import Opening, open_ticket
from goodstanding.flows.publish_tier import publish_catalogue
from goodstanding.flows.reassess import follow_time
from goodstanding.flows.send_questions import Outgoing
from goodstanding.flows.tell_ticket import Telling, tell_ticket
from tests.adapters.mail.smtpserver import loopback, posting
from tests.apps.world import EVERYTHING, LONG_AGO, NOW
from tests.flows.test_deliver_messages import letters

pytestmark = pytest.mark.django_db

TURN = timedelta(seconds=150)
"""A fraction of every instant that a step has here, so that none is late."""
SAY = sayer("https://desk.example")
ROLES = {
    "Luca Dequal": (Role.AGENT, None),
    "Tomaž Leban": (Role.AGENT, None),
    "Sara Zuliani": (Role.AGENT, "senior_agent"),
    "Marta Bressan": (Role.TEAM_LEAD, "team_lead"),
    "Elena Furlan": (Role.AGENT, "engineering_lead"),
    "Davide Cossutta": (Role.MANAGER, "manager"),
    "Nadia Kravos": (Role.ACCOUNT_MANAGER, "account_manager"),
    "Giorgio Pahor": (Role.EXECUTIVE, "director"),
    "Vera Stopar": (Role.EXECUTIVE, "vp"),
}


class House:
    """A partner under the matrix that ships, two clients of its gold tier, and a worker that takes its turns."""

    def __init__(self, carriers):
        self.carriers, self.now = carriers, NOW
        self.partner = tenancy.set_up_partner(EVERYTHING, key="adriatica", name="Adriatica Sistemi", zone="UTC").pk
        actions.publish_plan(EVERYTHING, partner=self.partner, plan=shipped_plan(), now=LONG_AGO)
        self.tiers = publish_catalogue(EVERYTHING, partner=self.partner, effective_from=LONG_AGO, now=LONG_AGO)
        self.hours = desk_actions.publish_calendar(
            EVERYTHING, partner=self.partner, name="18/7", calendar=preset("18/7", "UTC"), text="18/7", holidays_until=2028,
            now=LONG_AGO,
        )  # fmt: skip
        for name, (access, role) in ROLES.items():
            email = f"{name.split()[0].lower().replace('ž', 'z')}@adriatica.example"
            pk = tenancy.set_up_person(EVERYTHING, email=email, name=name, role=access, partner=self.partner)
            if role:
                actions.hold_role(EVERYTHING, partner=self.partner, role=role, person=pk, now=LONG_AGO)
        self.ferrante, self.kestrel = self.client("Casa Ferrante"), self.client("Kestrel Outdoor")
        lead = {"role": "client_it_lead", "address": "it@ferrante.example", "client": self.ferrante.pk}
        actions.hold_role(EVERYTHING, partner=self.partner, **lead, now=LONG_AGO)

    def client(self, name):
        made = tenancy.set_up_client(EVERYTHING, partner=self.partner, name=name, zone="UTC")
        gold = next(each for each in self.tiers if each.key == "gold")
        desk_actions.assign(
            EVERYTHING, client=made.pk, tier_version=gold.public_id, calendar_version=self.hours.public_id, from_at=LONG_AGO
        )
        return made

    def open(self, client, title, assignee, contact):
        opening = Opening(
            client=client.public_id, title=title, priority="P1", assignee=assignee, contact=contact, who=contact, text="Help."
        )
        return open_ticket(EVERYTHING, opening, now=self.now)

    def tell(self, ticket, kind, **fields):
        told = Telling(kind=kind, actor=Actor.STAFF, public=True, who="Tomaž Leban", **fields)
        tell_ticket(EVERYTHING, ticket=ticket, tellings=(told,), now=self.now)

    def until(self, hours, minutes=0):
        """Let time pass until so long after noon."""
        end = NOW + timedelta(hours=hours, minutes=minutes)
        by = Circumstances(clock=lambda: self.now, chance=lambda: 1.0, pause=lambda _: False)
        while self.now < end:
            self.now += TURN
            follow_time(now=self.now)
            escalate(now=self.now, say=SAY)
            deliver_messages(self.carriers, by)

    def scope(self, email):
        return people.scope_of_person(next(each.pk for each in people.people(EVERYTHING) if each.email == email))


@pytest.fixture
def post_office(tmp_path):
    with posting(tmp_path, "plain") as (postman, server, _):
        outgoing = Outgoing(
            server=server, mail_from="desk@adriatica.example", address="https://desk.example", key=b"", allow=loopback
        )
        mail = MailCarrier(outgoing, say=lambda load: words_of_outbox.letter(load, address=outgoing.address))
        yield postman, {Channel.EMAIL: mail, Channel.INBOX: InboxCarrier()}


DRAFTED = "drafted a message to the client, which waits for approval"
LUCA, TOMAZ, SARA, MARTA, ELENA, DAVIDE, NADIA, GIORGIO, VERA = (
    "Luca Dequal (agent)", "Tomaž Leban (agent)", "Sara Zuliani (agent)", "Marta Bressan (team lead)",
    "Elena Furlan (engineering lead)", "Davide Cossutta (manager)", "Nadia Kravos (account manager)",
    "Giorgio Pahor (director)", "Vera Stopar (VP)",
)  # fmt: skip
FIRST, SOLVED = ("First response", "1 h", "13:00"), ("Resolution", "4 h", "16:00")

STEPS = [
    # When it went out, what happened, on which clock, assigned to whom, what was done, and whom it told.
    ("12:22:30", "75 % of our objective for first response used", FIRST, "Luca Dequal", "told you", [LUCA]),
    ("12:30:00", "50 % of first response used", FIRST, "Luca Dequal", "told you", [LUCA]),
    ("12:45:00", "75 % of first response used", FIRST, "Luca Dequal", "gave it to Sara Zuliani",
     [LUCA, MARTA, "Sara Zuliani (senior agent)"]),
    ("13:00:00", "First response breached", FIRST, "Sara Zuliani", "told you", [MARTA, DAVIDE]),
    ("13:30:00", "75 % of our objective for resolution used", SOLVED, "Sara Zuliani", "told you", [SARA]),
    ("14:00:00", "50 % of resolution used", SOLVED, "Sara Zuliani", "told you", [SARA]),
    ("15:00:00", "75 % of resolution used", SOLVED, "Sara Zuliani",
     f"raised it to development (owned by the partner), {DRAFTED}", [SARA, ELENA]),
    ("16:00:00", "Resolution breached", SOLVED, "Sara Zuliani", DRAFTED, [DAVIDE, NADIA]),
    ("18:00:00", "150 % of resolution used", SOLVED, "Sara Zuliani", DRAFTED, [GIORGIO, VERA]),
]  # fmt: skip
"""All that the ticket nobody answers brings, by the matrix and the gold tier: 1 h to respond, 4 h to solve, from noon on."""
LOOKS_BACK = {"75 % of our objective for resolution used", "50 % of resolution used", "75 % of resolution used"}
READ = "\nThis may help:\n- Odoo documentation: https://www.odoo.com/documentation/\n"

CLIENT = """\
Dear Anna Ferrante,

we want you to know where ticket T-1001, “Invoices”, stands.

Progress: Nobody has worked on it yet
Escalation level: 2
We now expect: Wed 18 Nov 2026 16:00 UTC
You hear from us again: Wed 18 Nov 2026 16:00 UTC

Your account manager is Nadia Kravos.
"""


def told(ticket, title, client, step):
    """The letters of a step: when, to whom, under which subject, about which ticket, and every word."""
    at, happened, (clock, within, deadline), assigned, done, people = step
    due = f"Wed 18 Nov {deadline} UTC"
    why = f"{happened}. The promise for {clock.lower()} {'broke' if at[:5] >= deadline else 'breaks'} at {due}."
    text = (
        f"{why}{' Nobody has worked on it yet.' if happened in LOOKS_BACK else ''}\n\n"
        f"Ticket: {ticket.ref} {title}\nClient: {client}\nPriority: P1\nAssigned to: {assigned}\n"
        f"Promise: {clock} within {within}, {due}\nProgress: Nobody has worked on it yet\nDone: {done}\n"
        f"Told: {', '.join(people)}\n{READ if happened == '50 % of resolution used' else ''}\n"
        f"https://desk.example/tickets/{ticket.ticket}\n"
    )
    for person in people:
        login = person.split()[0].lower().replace("ž", "z")
        yield at, f"{login}@adriatica.example", f"{happened}: {ticket.ref} {title}", ticket.ticket, text


def taken(postman):
    """What the mail server took, as `told` has it; each letter answers the ticket's thread and is automatic."""
    for sender, recipients, content, _ in postman.letters:
        letter = message_from_bytes(content, policy=default)
        thread = letter["In-Reply-To"]
        assert (sender, recipients) == ("desk@adriatica.example", [str(letter["To"])])
        assert letter["References"] == thread
        assert letter["Auto-Submitted"] == "auto-generated"
        ticket = UUID(thread.removeprefix("<ticket.").removesuffix("@adriatica.example>"))
        text = letter.get_body(("plain",)).get_content().replace("\r\n", "\n")
        assert letter.get_body(("html",)) is not None
        yield f"{parsedate_to_datetime(letter['Date']):%H:%M:%S}", str(letter["To"]), str(letter["Subject"]), ticket, text


@pytest.mark.proves("ESC-1", "ESC-2", "ESC-3", "ESC-4", "ESC-5", "TIER-9")
def test_exactly_these_letters_arrive_and_no_other(post_office):
    postman, carriers = post_office
    house = House(carriers)
    broken = house.open(house.ferrante, "Invoices", "Luca Dequal", "Anna Ferrante <anna@ferrante.example>")
    house.until(0, 10)
    kept = house.open(house.kestrel, "Labels", "Tomaž Leban", "Ugo <ugo@kestrel.example>")
    house.until(0, 35)
    # One warning has come; the reply stops one clock and the wait for the client the other.
    house.tell(kept.ticket, EventKind.STAFF_REPLIED, text="Which printer is it?")
    house.tell(kept.ticket, EventKind.WAITING, owner=PauseOwner.CUSTOMER)
    house.until(3, 10)
    waiting = queries.drafts(EVERYTHING, state=DraftState.WAITING)
    for draft in waiting:
        scope = house.scope("marta@adriatica.example")
        send_draft(scope, draft.public_id, subject=draft.subject, text=draft.text, now=house.now)
    house.until(12)

    warned = ("12:32:30", "75 % of our objective for first response used", ("First response", "1 h", "13:10"), "Tomaž Leban",
              "told you", [TOMAZ])  # fmt: skip
    expected = [letter for step in STEPS for letter in told(broken, "Invoices", "Casa Ferrante", step)]
    expected += told(kept, "Labels", "Kestrel Outdoor", warned)
    expected.append(("15:10:00", "anna@ferrante.example", "Your ticket T-1001: Invoices", broken.ticket, CLIENT))
    found = list(taken(postman))
    assert sorted(found) == sorted(expected)
    assert [at for at, *_ in found] == sorted(at for at, *_ in expected)
    assert len({letter["Message-ID"] for letter in letters(postman)}) == len(expected) == 17
    assert len(waiting) == 1
    # What was drafted later went to nobody, and everybody who was written to has the same in the inbox.
    assert [each.state for each in queries.drafts(EVERYTHING, state=DraftState.WAITING)] == [DraftState.WAITING] * 2
    assert set(Message.objects.values_list("state", flat=True)) == {"sent"}
    assert Message.objects.filter(channel="inbox").count() == 16
    assert Message.objects.filter(channel="email").count() == 17
