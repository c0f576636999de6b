"""A small world to test in: two partners with clients, terms and people, and tickets told in a line."""

from datetime import UTC, datetime, timedelta
from itertools import count

from goodstanding.apps.desk import actions as desk
from goodstanding.apps.tenancy import actions, queries
from goodstanding.apps.tenancy.roles import Role
from goodstanding.apps.tenancy.scope import Scope
from goodstanding.apps.tickets import actions as tickets
from goodstanding.apps.tickets.queries import Happening
from goodstanding.core.clocks.amounts import Amount
from goodstanding.core.clocks.presets import preset
from goodstanding.core.desk.events import Actor, Event, EventKind
from goodstanding.core.desk.policy import ClockKind, Policy, Target, TargetRule
from goodstanding.flows.reassess import reassess

EVERYTHING = Scope.everything("to test")
NOW = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)  # a Wednesday, noon
LONG_AGO = NOW - timedelta(days=700)


def policy(name="Gold", **hours):
    promised = {"P1": ("1 h", "4 h"), "P2": ("2 h", "8 h"), "P3": ("4 h", "2 bd")} | hours
    return Policy(
        name=name,
        rules=tuple(
            TargetRule(clock=clock, target=Target(Amount.parse(amount)), priority=priority)
            for priority, amounts in promised.items()
            for clock, amount in zip((ClockKind.RESPONSE, ClockKind.RESOLUTION), amounts, strict=True)
        ),
    )


class World:
    """One partner with two clients; `partner(...)` makes more."""

    def __init__(self, key="adriatica", name="Adriatica Sistemi"):
        self.partner = actions.set_up_partner(EVERYTHING, key=key, name=name, zone="Europe/Rome")
        self.numbers = count(1)
        self.tier = desk.publish_tier(
            EVERYTHING, partner=self.partner.pk, key="gold", name="Gold", family="support_plan", policy=policy(),
            text="gold 1", effective_from=LONG_AGO, now=NOW,
        )  # fmt: skip
        self.calendar = desk.publish_calendar(
            EVERYTHING, partner=self.partner.pk, name="Office", calendar=preset("business", "UTC"), text="office 1",
            holidays_until=2028, now=NOW,
        )  # fmt: skip
        self.ferrante = self.client("Casa Ferrante")
        self.kestrel = self.client("Kestrel Outdoor")

    def client(self, name, promised=True):
        made = actions.set_up_client(EVERYTHING, partner=self.partner.pk, name=name, zone="UTC")
        if promised:
            desk.assign(
                EVERYTHING, client=made.pk, tier_version=self.tier.public_id,
                calendar_version=self.calendar.public_id, from_at=LONG_AGO,
            )  # fmt: skip
        return made

    def person(self, role=Role.MANAGER, email=None, client=None):
        address = email or f"{role.value}{next(self.numbers)}@{self.partner.key}.example"
        return actions.set_up_person(
            EVERYTHING, email=address, name=role.value.title(), role=role, partner=self.partner.pk,
            client=client.pk if client else None,
        )  # fmt: skip

    def scope(self, role=Role.MANAGER, client=None):
        return queries.scope_of_person(self.person(role, client=client))

    def incoming(self, ref, *happenings, client=None, **fields):
        """A ticket; each happening is a kind and how many hours before now it was, with fields of the event."""
        told = []
        for number, (kind, hours_ago, *more) in enumerate(happenings):
            given = {"actor": Actor.STAFF, "public": True} | (more[0] if more else {})
            text = given.pop("text", "")
            told.append(
                Happening(
                    Event(
                        at=NOW - timedelta(hours=hours_ago), kind=EventKind(kind), source="test", source_id=str(number), **given
                    ),
                    "Marta Rizzo",
                    text,
                )
            )
        return tickets.IncomingTicket(ref=ref, client=(client or self.ferrante).pk, happenings=tuple(told), **fields)

    def take(self, *incoming, now=NOW, judge=True):
        taken = tickets.take(EVERYTHING, partner=self.partner.pk, source="test", tickets=incoming, now=now)
        if judge:
            reassess(EVERYTHING, taken.moved, now=now)
        return taken
