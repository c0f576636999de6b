"""A helpdesk in a demo Odoo, followed by the small world of tests.apps.world; things happen in it in one line each."""

from datetime import timedelta

from goodstanding.adapters.odoo.demo import DemoOdoo, Key, auditor, portal, settings
from goodstanding.apps.instances import actions, queries
from goodstanding.flows.connect_odoo import connect_odoo
from goodstanding.flows.follow_tickets import follow_tickets
from goodstanding.flows.reach_odoo import Reach
from tests.apps.world import EVERYTHING, NOW

ADDRESS = "https://desk.adriatica.example"
SECRET = "a" * 40


class OutOfReach:
    """Sends nowhere: whatever is not in this process is not asked by a test."""

    def send(self, ask):
        raise AssertionError(f"asked the world for {ask.url}")


class Desk:
    """An Odoo whose helpdesk serves the clients of a world; `at` is how many hours before `now` something happens."""

    def __init__(self, world, series="18.0", client=None, *, address=ADDRESS, now=NOW, languages=None, **terms):
        self.world, self.now, self.made_at = world, now, now
        begins = now - timedelta(days=10)
        people = (
            settings("admin", "pw-admin-1"),
            auditor("auditor", "pw-auditor", keys=(Key("goodstanding", SECRET, begins, now + timedelta(days=80)),)),
            settings("marta", "pw-marta-1"),
            portal("rosa", "pw-rosa-1"),
        )
        self.odoo = DemoOdoo(series, clock=lambda: self.now, accounts=people, languages=languages)
        self.stages = {
            name: self.odoo.create("helpdesk.ticket.stage", values | {"name": name, "sequence": place}, at=begins)
            for place, (name, values) in enumerate(
                {
                    "New": {"unattended": True},
                    "In progress": {},
                    "Waiting for customer": {},
                    "Done": {"closed": True},
                    "Cancelled": {"closed": True},
                }.items()
            )
        }
        self.team = self.odoo.create("helpdesk.ticket.team", {"name": "Functional"}, at=begins)
        self.contacts = {}
        for company in ("Casa Ferrante", "Kestrel Outdoor", "Nobody Known"):
            self.contacts[company] = self._company(company, begins)
        self.reach = Reach(OutOfReach(), {address: self.odoo})
        self.instance = connect_odoo(
            EVERYTHING, partner=world.partner.pk, client=None if client is None else client.pk, name="Desk", address=address,
            login="auditor", secret=SECRET, database="", key_name="goodstanding", reach=self.reach, now=now,
        )  # fmt: skip
        self.follow(**terms)

    def _company(self, name, at):
        company = self.odoo.create("res.partner", {"name": name, "is_company": True, "partner_share": True}, at=at)
        self.odoo.write("res.partner", company, {"commercial_partner_id": company}, at=at)
        values = {"name": f"Contact of {name}", "parent_id": company, "commercial_partner_id": company, "partner_share": True}
        return self.odoo.create("res.partner", values, at=at)

    def follow(self, *, on=True, **terms):
        given = {
            "desk": "oca", "stages": {}, "priorities": {}, "teams": (), "client_fallback": None, "since": None,
            "write_back": False,
        }  # fmt: skip
        actions.follow(EVERYTHING, self.instance.public_id, actions.Terms(**(given | terms)), on=on, now=self.now)

    def open(self, hours, company="Casa Ferrante", stage="New", **values):
        told = {
            "name": "Invoices print twice", "description": "<p>Please look at this</p>", "stage_id": self.stages[stage],
            "partner_id": self.contacts[company], "team_id": self.team, "priority": "2",
        }  # fmt: skip
        return self.odoo.create("helpdesk.ticket", told | values, at=self.at(hours), by="admin")

    def at(self, hours):
        return self.made_at - timedelta(hours=hours)

    def move(self, ticket, hours, stage, by="marta"):
        self.odoo.write("helpdesk.ticket", ticket, {"stage_id": self.stages[stage]}, at=self.at(hours), by=by)

    def write(self, ticket, hours, by="marta", **values):
        self.odoo.write("helpdesk.ticket", ticket, values, at=self.at(hours), by=by)

    def reply(self, ticket, hours, text="<p>On it</p>", by="marta", **given):
        return self.odoo.post("helpdesk.ticket", ticket, text, at=self.at(hours), by=by, **given)

    def hear(self, ticket, hours, company="Casa Ferrante", text="<p>Still so</p>"):
        return self.odoo.post("helpdesk.ticket", ticket, text, at=self.at(hours), author=self.contacts[company], kind="email")

    def look(self, *, minutes=0, reach=None, clock=None):
        """Look again, at least so long after the last time that it is due."""
        self.now = max(self.now, self.made_at) + timedelta(minutes=minutes or 2)
        return follow_tickets(self.instance.public_id, reach=reach or self.reach, clock=clock or (lambda: self.now))

    @property
    def following(self):
        return queries.instance(EVERYTHING, self.instance.public_id).following

    def promise(self, hours, stage, *, waits_in=(), name="Four hours", calendar="Standard 40 hours/week"):
        """Set up helpdesk_mgmt_sla: a policy, and the calendar that its team's hours are counted by."""
        begins = self.at(24 * 9)
        if calendar:
            made = self.odoo.create("resource.calendar", {"name": calendar}, at=begins)
            self.odoo.write("helpdesk.ticket.team", self.team, {"resource_calendar_id": made, "use_sla": True}, at=begins)
        pauses = [self.stages[each] for each in waits_in]
        values = {"name": name, "hours": hours, "stage_id": self.stages[stage], "ignore_stage_ids": pauses}
        return self.odoo.create("helpdesk.sla", values, at=begins)

    def bind(self, ticket, policy, hours, stage="Done", *, state="in_progress", allows=4.0, due_in=4, **values):
        """Bind a ticket to a policy, as Odoo does on its creation."""
        told = {
            "ticket_id": ticket, "sla_id": policy, "state": state, "expected_stage_id": self.stages[stage], "hours": allows,
            "consumed_time": 1.5, "deadline": self.at(hours - due_in), "last_state_date": self.at(hours),
        }  # fmt: skip
        return self.odoo.create("helpdesk.ticket.sla", told | values, at=self.at(hours))
