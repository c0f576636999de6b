"""Compliance counted from standings is what core counts from assessments, whatever happened (semantics.md 1.16)."""

import random
from datetime import timedelta

import pytest

from goodstanding.apps.desk import actions, queries
from goodstanding.apps.desk.values import MeasuredFilter
from goodstanding.apps.tickets import queries as tickets
from goodstanding.core.clocks.clock import second_of
from goodstanding.core.commerce.priorities import Family
from goodstanding.core.desk.assess import assess
from goodstanding.core.desk.policy import ClockKind, Reopening, ReopenMode
from goodstanding.core.figures.facts import facts_of
from goodstanding.core.figures.figures import Period, figures
from goodstanding.flows.reassess import reassess
from tests.apps.world import EVERYTHING, LONG_AGO, NOW, World, policy

pytestmark = pytest.mark.django_db
KINDS = ("staff_replied", "client_replied", "waiting", "resumed", "resolved", "reopened", "no_reply_needed")


def story(dice):
    """A ticket's life at random, from some weeks ago on."""
    hours = dice.uniform(30, 1_500)
    told = [("opened", hours, {"priority": dice.choice(["P1", "P2", "P3", "P9"])})]
    for _ in range(dice.randrange(8)):
        hours *= dice.uniform(0.5, 0.98)
        kind = dice.choice(KINDS)
        told.append((kind, hours, {"owner": "customer"} if kind == "waiting" else {}))
    if dice.random() < 0.1:
        told.append(("cancelled", hours * 0.9))
    return told


def filled(seed):
    """A partner whose tier begins a new linked ticket where one is reopened after a day, with random tickets and waivers."""
    dice, world = random.Random(seed), World()
    linking = policy("Linking")
    linking = type(linking)(
        name=linking.name, rules=linking.rules, reopening=Reopening(ReopenMode.RESUME, window=timedelta(days=1))
    )
    tier = actions.publish_tier(
        EVERYTHING, partner=world.partner.pk, key="linking", name="Linking", family=Family.SUPPORT_PLAN, policy=linking,
        text="linking", effective_from=LONG_AGO, now=NOW,
    )  # fmt: skip
    actions.assign(
        EVERYTHING, client=world.kestrel.pk, tier_version=tier.public_id, calendar_version=world.calendar.public_id,
        from_at=LONG_AGO + timedelta(days=1),
    )  # fmt: skip
    world.take(*(
        world.incoming(f"T{number}", *story(dice), client=dice.choice([world.ferrante, world.kestrel]))
        for number in range(60)
    ))  # fmt: skip
    pks = tickets.ticket_pks(EVERYTHING, partner=world.partner.pk)
    known = tickets.tickets_by_pk(EVERYTHING, pks)
    for pk in dice.sample(pks, 12):
        actions.waive(
            EVERYTHING,
            ticket=known[pk].public_id,
            clock=dice.choice([None, *ClockKind]),
            reason="theirs",
            author="Ann",
            now=NOW,
        )
    reassess(EVERYTHING, pks, now=NOW)
    return world, pks


@pytest.mark.proves("KPI-1")
@pytest.mark.parametrize("seed", range(4))
def test_what_standings_count_is_what_core_counts(seed):
    world, pks = filled(seed)
    found = [assess(case, as_of=NOW) for case in queries.cases(EVERYTHING, pks)]
    facts = facts_of(found, as_of=NOW)
    periods = [(None, None), (None, NOW - timedelta(days=20)), (NOW - timedelta(days=30), NOW),
               (NOW - timedelta(days=25), NOW - timedelta(days=5)), (NOW, NOW + timedelta(days=1))]  # fmt: skip
    chosen = {
        "": (MeasuredFilter(), None),
        "client": (MeasuredFilter(client=world.kestrel.public_id), [each.client == str(world.kestrel.pk) for each in found]),
        "priority": (MeasuredFilter(priority="P2"), [each.priority == "P2" for each in found]),
    }

    for asked, mine in chosen.values():
        for start, end in periods:
            wanted = MeasuredFilter(client=asked.client, priority=asked.priority, from_at=start, until_at=end)
            period = Period(None if start is None else second_of(start), None if end is None else second_of(end))
            mask = None if mine is None else [mine[number] for number in facts.tickets.source.tolist()]

            here, there = queries.measured(EVERYTHING, wanted), figures(facts, period=period, tickets=_flags(mask))

            assert dict(here.clocks) == dict(there.compliance)
            assert (here.tickets, here.tickets_without_waivers) == (there.tickets, there.tickets_without_waivers)
    whole = queries.measured(EVERYTHING, MeasuredFilter())
    assert whole.tickets.part < whole.tickets.whole > 20
    assert any(verdict.linked for each in found for verdict in each.verdicts)


def _flags(mask):
    import numpy as np

    return None if mask is None else np.array(mask, dtype=np.bool_)
