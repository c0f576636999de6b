"""A site to visit in tests: a partner's world as of this moment, since pages read the clock, and browsers signed in to it."""

from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import count

from django.contrib.auth import get_user_model
from django.test import Client

from goodstanding.adapters.chat.slack import read_slack
from goodstanding.adapters.files.escalation import shipped_plan
from goodstanding.apps.chat.models import Channel as ChatChannel
from goodstanding.apps.chat.models import Post, Sender, Workspace
from goodstanding.apps.desk import actions as desk
from goodstanding.apps.desk import queries
from goodstanding.apps.desk.values import TicketFilter
from goodstanding.apps.documents import actions as documents
from goodstanding.apps.doors import actions as doors
from goodstanding.apps.escalation import actions as telling
from goodstanding.apps.escalation import queries as escalation
from goodstanding.apps.escalation.actions import NewTurn, publish_plan
from goodstanding.apps.escalation.models import Draft, Fired, PlanVersion
from goodstanding.apps.outbox import actions as outbox
from goodstanding.apps.outbox import leases
from goodstanding.apps.outbox import queries as outgoing
from goodstanding.apps.outbox.queries import Channel
from goodstanding.apps.post import actions as post
from goodstanding.apps.post import queries as letters
from goodstanding.apps.post.queries import MailboxSettings
from goodstanding.apps.runs import actions as runs
from goodstanding.apps.tenancy import actions as tenancy
from goodstanding.apps.tenancy import queries as queries_of_people
from goodstanding.apps.tenancy.roles import May, Role
from goodstanding.apps.tickets import queries as tickets
from goodstanding.core.clocks.presets import preset
from goodstanding.core.desk.posts import Service
from goodstanding.delivery.words_of_escalation import sayer
from goodstanding.flows.agree_channel import connect_chat
from goodstanding.flows.escalate import escalate
from goodstanding.flows.rehearse_plan import Asked
from goodstanding.flows.rehearse_plan import request as request_rehearsal
from goodstanding.flows.take_letter import take_letter
from goodstanding.flows.take_post import take_post
from tests.adapters.chat.said import body_of, envelope, message
from tests.adapters.mail.corpus import NESTED, letter
from tests.apps.world import EVERYTHING, LONG_AGO, NOW, World

HTMX = {"headers": {"HX-Request": "true"}}
TICKETS = b"Ticket,Customer,Created,Priority,Title\nA-1,Casa Ferrante,2026-01-05 09:00:00Z,High,Printer\n"
_numbers = count(1)


class Site(World):
    """A world whose clients are served around the clock, so that no test depends on the day it runs on."""

    def __init__(self, key="adriatica", name="Adriatica Sistemi"):
        self.now = datetime.now(UTC).replace(microsecond=0) - timedelta(seconds=2)
        super().__init__(key, name)

    def client(self, name, promised=True):
        made = super().client(name, promised=False)
        if promised:
            desk.assign(
                EVERYTHING, client=made.pk, tier_version=self.tier.public_id, calendar_version=self.always.public_id,
                from_at=LONG_AGO,
            )  # fmt: skip
        return made

    @cached_property
    def always(self):
        return desk.publish_calendar(
            EVERYTHING, partner=self.partner.pk, name="Always", calendar=preset("24/7", "UTC"), text="always",
            holidays_until=2028, now=NOW,
        )  # fmt: skip

    def incoming(self, ref, *happenings, **fields):
        """As in any world, with the hours counted back from this moment."""
        shift = (NOW - self.now) / timedelta(hours=1)
        return super().incoming(ref, *((kind, hours + shift, *more) for kind, hours, *more in happenings), **fields)

    def take(self, *incoming, now=None, judge=True):
        return super().take(*incoming, now=now or self.now, judge=judge)

    def told(self, ref, *happenings, **fields):
        """Take one ticket and return its public id."""
        self.take(self.incoming(ref, *happenings, **fields))
        return self.find(ref)

    def find(self, ref):
        rows, _ = queries.ticket_list(EVERYTHING, TicketFilter(text=ref), now=self.now, limit=500)
        mine = [row for row in rows if row.ref == ref]
        return next(row.public_id for row in mine if queries.standing(EVERYTHING, row.public_id).partner == self.partner.pk)

    def document(self, content=TICKETS, name="tickets.csv"):
        return documents.keep(EVERYTHING, partner=self.partner.pk, name=name, parts=[content], now=self.now)

    def mailbox(self, address=None, **settings):
        settings = MailboxSettings(address=address or f"support@{self.partner.key}.example", **settings)
        return post.set_up_mailbox(
            EVERYTHING, partner=self.partner.pk, settings=settings, secret="planted-password", old_ones=True, now=self.now
        )

    def held_letter(self, body="It prints nothing.", sender="Pia <pia@new.example>", subject="Printer", number=1):
        """A letter that nobody can place, as a mailbox takes it."""
        message = letter(body, subject, sender, message_id=f"<held{number}@new.example>")
        return take_letter(EVERYTHING, partner=self.partner.pk, mailbox=None, message=message, now=self.now).letter

    def letter_with_files(self, client=None, message=NESTED):
        """A ticket that a letter with three files opened, and the files: public ids."""
        client = client or self.ferrante
        mailbox = self.mailbox(f"files{next(_numbers)}@{self.partner.key}.example", client=client.pk)
        message = message.replace(b"Message-ID: <", f"Message-ID: <{next(_numbers)}".encode())
        took = take_letter(EVERYTHING, partner=self.partner.pk, mailbox=mailbox, message=message, now=self.now).letter
        files = letters.attached(EVERYTHING, ticket=took.ticket)
        return tickets.tickets_by_pk(EVERYTHING, [took.ticket])[took.ticket].public_id, [each.document for each in files]

    def run(self, name="import_tickets", **params):
        key = f"{self.partner.key} {next(_numbers)}"
        return runs.request(EVERYTHING, name=name, key=key, partner=self.partner.pk, params=params, now=self.now)[0]

    def escalated(self, ref=None, **fields):
        """A ticket of which three quarters are used up, with the steps that have come; its public id."""
        if self.partner.pk in escalation.without_plan(EVERYTHING):
            publish_plan(EVERYTHING, partner=self.partner.pk, plan=shipped_plan(), now=self.now - timedelta(days=1))
        ref = ref or f"E-{next(_numbers)}"
        opened = {"priority": "P1", "received_at": self.now - timedelta(hours=3.5)}
        found = self.told(ref, ("opened", 3.5, opened), **({"contact": "anna@ferrante.example", "title": "Invoices"} | fields))
        escalate(now=self.now, say=sayer("https://desk.example"))
        return found

    def draft(self):
        """A message to a client that waits for approval; its public id."""
        ticket = queries.standing(EVERYTHING, self.escalated()).pk
        return escalation.drafts_of(EVERYTHING, ticket)[0].public_id

    def waiting_draft(self, ticket):
        """A message to a client as a step leaves it, and no more than its rows; its public id."""
        at, known = int(self.now.timestamp()), queries.standing(EVERYTHING, ticket)
        plan = PlanVersion.objects.create(partner_id=self.partner.pk, number=1, from_at=at, published_at=at)
        whose = {"partner_id": self.partner.pk, "client_id": known.client, "ticket_id": known.pk}
        kept = {"clock": "resolution", "cycle": "a", "step": "b", "outcome": "fired", "level": 1}
        fired = Fired.objects.create(**whose, **kept, version=plan, due_at=at, at=at, late_by=0)
        written = {"subject": "Your ticket", "text": "Dear Anna", "to": ["anna@ferrante.example"], "state": "waiting"}
        return Draft.objects.create(**whose, **written, fired=fired, written_at=at).public_id

    def own_plan(self):
        """A client's own plan; the public id of its version."""
        return publish_plan(
            EVERYTHING, partner=self.partner.pk, plan=shipped_plan(), client=self.kestrel.public_id, now=self.now
        ).public_id

    def rehearsal(self):
        """A rehearsal that waits for a worker; its public id."""
        asked = Asked(partner=self.partner.pk, plan=shipped_plan())
        return request_rehearsal(EVERYTHING, asked, text="steps: []", note="", number=0, now=self.now).public_id

    @cached_property
    def member(self):
        """Somebody of the staff whom it may be about who is told: the primary key."""
        return self.person(Role.AGENT, email=f"nadia@{self.partner.key}.example")

    def who_is_told(self, office="Trieste"):
        """Somebody's turn, absence and role, and an office; the public id of each, and of who it is. Made where not there."""
        of_us = {"partner": self.partner.pk, "now": self.now}
        spell = {"from_at": self.now + timedelta(days=1), "until_at": self.now + timedelta(days=2)}
        telling.plan_turns(EVERYTHING, **of_us, turns=[NewTurn(self.member, None, **spell)])
        turns = escalation.turns(EVERYTHING, partner=self.partner.pk, since=self.now)
        mine = next(each for each in turns if each.from_at == spell["from_at"])
        return {
            "turn": mine.public_id,
            "holding": telling.hold_role(EVERYTHING, **of_us, role="team_lead", person=self.member),
            "absence": telling.be_away(EVERYTHING, **of_us, person=self.member, **spell),
            "office": telling.set_office(EVERYTHING, **of_us, name=office, calendar=self.calendar.calendar),
            "member": next(each.public_id for each in queries_of_people.people(EVERYTHING) if each.pk == self.member),
        }

    def admin(self):
        """The scope of an administrator of the partner."""
        return queries_of_people.scope_of_person(
            self.person(Role.PARTNER_ADMIN, email=f"keys{next(_numbers)}@{self.partner.key}.example")
        )

    def key(self, scopes=(May.SEE_TICKETS,), lasts=timedelta(days=90)):
        """A new API key of an administrator, and its text."""
        return doors.make_key(self.admin(), partner=self.partner.pk, name="Bridge", scopes=scopes, lasts=lasts, now=self.now)

    def hook(self, client=None):
        """A new address for webhooks, and its secret."""
        owner = client.public_id if client else None
        return doors.make_endpoint(self.admin(), partner=self.partner.pk, name="Helpdesk", client=owner, now=self.now)

    def chat(self, text="Help.", who="U9", name="Casa Ferrante’s Slack"):
        """A channel of Slack with a message that is held, and somebody known; the public id of each."""
        workspace, channel = connect_chat(
            EVERYTHING, partner=self.partner.pk, name=name, link="https://app.slack.com/client/T123ABC456/C123ABC456",
            secret="8f742231b10e8888abcd99yyyzzz85a5", client=self.ferrante.public_id, now=self.now,
        )  # fmt: skip
        at = f"{self.now.timestamp():.6f}"
        said = read_slack(body_of(envelope(message(text, user=who, ts=at))), "application/json", sent_at=self.now)
        held = take_post(EVERYTHING, channel=channel, post=said, now=self.now).post
        return {
            "workspace": workspace.public_id, "channel": channel.public_id, "post": held.public_id,
        }  # fmt: skip

    def held(self, text, number):
        """A channel of its own in which somebody unknown has written."""
        workspace = Workspace.objects.create(
            partner_id=self.partner.pk, service="slack", name=f"Slack {number}", team="T", secret="x", made_at=0
        )
        channel = ChatChannel.objects.create(partner_id=self.partner.pk, workspace=workspace, channel=f"C{number}")
        Post.objects.create(
            partner_id=self.partner.pk, channel=channel, name="1", about="1", thread="1", kind="written", service="slack",
            sender=f"U{number}", text=text, asks=False, bot=False, at_us=0, taken_at=0, outcome="held", because="stranger",
        )  # fmt: skip
        Sender.objects.create(partner_id=self.partner.pk, service="slack", sender=f"K{number}", address="anna@f.example")

    def senders(self, number):
        """People who are known in the chat; their public ids."""
        rows = [
            Sender(partner_id=self.partner.pk, service=Service.SLACK, sender=f"U1{each}", name="Anna", address="anna@f.example")
            for each in range(number)
        ]
        return [row.public_id for row in Sender.objects.bulk_create(rows)]

    def people(self):
        """The primary keys of everybody with a role at the partner."""
        return [each.pk for each in queries_of_people.people(EVERYTHING)]

    def told_of(self, number=1, **fields):
        """A message in the outbox that waits."""
        given = {
            "partner": self.partner.pk, "client": self.ferrante.pk, "ticket": None, "kind": "escalation.at_risk",
            "channel": Channel.EMAIL, "recipient": "rosa@ferrante.example", "subject": f"Told {number}", "text": "No reply.",
            "written_at": self.now,
        }  # fmt: skip
        kept = outbox.put(EVERYTHING, [outgoing.NewMessage(key=f"told {number}", **(given | fields))], now=self.now)
        assert kept == 1
        return outgoing.message_by_key(EVERYTHING, partner=self.partner.pk, key=f"told {number}")

    def given_up(self, number=1, **fields):
        """A message that could not be delivered."""
        found = self.told_of(number, **fields)
        claimed = leases.claim(found.route, most=1_000, until=self.now, now=self.now)
        leases.has_failed(
            found.pk, name=claimed.name, address="rosa@ferrante.example", said="Nobody here.", again_at=None, now=self.now
        )  # fmt: skip
        return outgoing.message(EVERYTHING, found.public_id)

    def endpoint(
        self, name="On call", channel=Channel.WEBHOOK, address="https://hooks.example/secretpart", shown="hooks.example"
    ):
        """An endpoint, and its secret."""
        return outbox.add_endpoint(
            self.admin(), partner=self.partner.pk, channel=channel, name=name, address="https://hooks.example/secretpart",
            shown=shown, now=self.now,
        )  # fmt: skip

    def outbox(self):
        """A message that was given up and an endpoint; the public id of each."""
        return {"message": self.given_up().public_id, "endpoint": self.endpoint()[0].public_id}

    def browser(self, role=Role.MANAGER, client=None, **options):
        if role is Role.PLATFORM_ADMIN:
            email = f"platform{next(_numbers)}@goodstanding.example"
            person = tenancy.set_up_person(EVERYTHING, email=email, name="Platform", role=role)
        else:
            email = f"{role.value}{next(_numbers)}@{self.partner.key}.example"
            of_client = client or (self.ferrante if role in (Role.CLIENT_ADMIN, Role.CLIENT_VIEWER) else None)
            person = self.person(role, email=email, client=of_client)
        return signed_in(person, **options)


def signed_in(person, **options):
    """A browser in which somebody has signed in; `person` is a primary key."""
    browser = Client(**options)
    browser.force_login(get_user_model().objects.get(pk=person))
    return browser


def text_of(answer):
    """The page as a browser receives it."""
    parts = answer.streaming_content if answer.streaming else [answer.content]
    return b"".join(parts).decode()
