"""Odoo servers in memory for tests of the doors, each at an address of its own behind one way out."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from goodstanding.adapters.odoo.demo import Account, DemoOdoo, Key, auditor, basic, settings
from goodstanding.adapters.odoo.trouble import Unreachable
from goodstanding.adapters.outbound.message import Answer, Ask
from goodstanding.flows.reach_odoo import Reach

ADDRESS = "https://desk.adriatica.example"
ENDING = "https://odoo.vela.example"
"""An Odoo whose key ends soon."""
DOWN = "https://down.example"
KEY, ADMINS_KEY, BASIC_KEY = "5ea1ed" * 6 + "0001", "5ea1ed" * 6 + "0002", "5ea1ed" * 6 + "0003"
"""Secrets that must stand nowhere."""
CUSTOMERS = ("Casa Ferrante", "Kestrel Outdoor", "Nordhavn Rederi AS", "")


@dataclass
class World:
    """Every address there is, with the Odoo behind it; the others do not answer."""

    odoos: dict[str, DemoOdoo] = field(default_factory=dict)

    def send(self, ask: Ask) -> Answer:
        """Answer as whoever is behind the address would."""
        scheme, _, rest = ask.url.partition("://")
        odoo = self.odoos.get(f"{scheme}://{rest.partition('/')[0]}")
        if odoo is None:
            raise Unreachable("down.example does not answer.", advice="Check that the server runs.")
        return odoo.send(ask)

    @property
    def reach(self) -> Reach:
        """The way to all of them."""
        return Reach(self, {})


HERE = World()
"""What the tests of the web pages and of commands reach."""


def reach() -> Reach:
    """Return the way to what is here; the setting `REACH` names this."""
    return HERE.reach


def accounts(now: datetime, *, ends_in: timedelta = timedelta(days=200)) -> tuple[Account, ...]:
    """An auditor, an administrator and an ordinary employee, each with a key named goodstanding."""
    key = Key("goodstanding", KEY, now - timedelta(days=30), now + ends_in)
    return (
        auditor("auditor", "pw-auditor", keys=(key,)),
        settings("admin", "pw-admin", keys=(replace(key, secret=ADMINS_KEY),)),
        basic("basic", "pw-basic", keys=(replace(key, secret=BASIC_KEY),)),
    )


def desk(now: datetime, *, series: str = "18.0", tickets: int = 12, **given: object) -> DemoOdoo:
    """A helpdesk of the OCA: six stages, two teams, and tickets of four customers that went their ways."""
    people = accounts(now, **{name: given.pop(name) for name in ("ends_in",) if name in given})
    odoo = DemoOdoo(series, clock=lambda: now, accounts=people, database="desk", **given)
    began = now - timedelta(days=20)
    names = [("New", {"unattended": True}), ("In Progress", {}), ("Awaiting", {}), ("With the vendor", {}),
             ("Done", {"closed": True}), ("Cancelled", {"closed": True})]  # fmt: skip
    stages = {
        name: odoo.create("helpdesk.ticket.stage", {"name": name, "sequence": place} | more, at=began)
        for place, (name, more) in enumerate(names)
    }
    hours = odoo.create("resource.calendar", {"name": "Standard 40 hours/week"}, at=began)
    teams = [
        odoo.create("helpdesk.ticket.team", {"name": name, "use_sla": True, "resource_calendar_id": hours}, at=began)
        for name in ("Functional", "Technical")
    ]
    solve = {"name": "Solve within a day", "hours": 8, "stage_id": stages["Done"], "ignore_stage_ids": [stages["Awaiting"]]}
    policy = odoo.create("helpdesk.sla", solve, at=began)
    odoo.create("project.project", {"name": "Roll-out"}, at=began)
    odoo.create("project.task.type", {"name": "To do", "sequence": 1}, at=began)
    contacts = [odoo.create("res.partner", {"name": name}, at=began) if name else False for name in CUSTOMERS]
    for number in range(tickets):
        at = now - timedelta(days=1 + number % 9, hours=number % 7)
        values = {
            "number": f"HT{number + 1:05d}",
            "name": ("Invoices print twice", "Payment run stops", "Berth plan shows the wrong boat")[number % 3],
            "stage_id": stages["New"],
            "team_id": teams[number % 2],
            "partner_id": contacts[number % 4],
            "priority": str(number % 4),
        }
        ticket = odoo.create("helpdesk.ticket", values, at=at, by="admin")
        way = (("In Progress", "Awaiting", "In Progress", "Done"), ("In Progress", "With the vendor"), ("Cancelled",), ())
        for place, stage in enumerate(way[number % 4], start=1):
            moved = at + timedelta(hours=place)
            odoo.write("helpdesk.ticket", ticket, {"stage_id": stages[stage]}, at=moved, by="admin")
            odoo.post("helpdesk.ticket", ticket, "We look at it.", at=moved + timedelta(minutes=5), by="admin")
        bound = {
            "ticket_id": ticket, "sla_id": policy, "expected_stage_id": stages["Done"], "hours": 8.0, "consumed_time": 3.5,
            "state": ("accomplished", "in_progress", "expired", "on_hold")[number % 4], "last_state_date": at,
            "deadline": at + timedelta(hours=24),
        }  # fmt: skip
        odoo.create("helpdesk.ticket.sla", bound, at=at)
    return odoo
