"""Steps are taken once, with their messages, whatever crashes (requirements ESC-1 to ESC-8; semantics.md 1.10)."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from goodstanding.adapters.files.escalation import load_plan, shipped_plan
from goodstanding.apps.desk import actions as desk_actions
from goodstanding.apps.desk import queries as desk
from goodstanding.apps.escalation import actions, models, queries
from goodstanding.apps.escalation.actions import NewTurn
from goodstanding.apps.escalation.values import DraftState
from goodstanding.apps.outbox import queries as outbox
from goodstanding.apps.tenancy import actions as tenancy
from goodstanding.apps.tenancy.roles import Role
from goodstanding.apps.tickets import actions as tickets
from goodstanding.core.clocks.amounts import Amount
from goodstanding.core.clocks.clock import second_of
from goodstanding.core.desk.escalation.plan import Goal
from goodstanding.core.desk.escalation.steps import Outcome
from goodstanding.core.desk.events import Actor, PauseOwner
from goodstanding.core.desk.policy import ClockKind, Policy, Target, TargetRule
from goodstanding.delivery.words_of_escalation import sayer
from goodstanding.flows.escalate import begin, escalate
from goodstanding.flows.reassess import follow_time, reassess
from tests.apps.world import EVERYTHING, LONG_AGO, NOW, World

pytestmark = pytest.mark.django_db

SAY = sayer("https://desk.example")
SEVEN = replace(shipped_plan(), steps=tuple(each for each in shipped_plan().steps if each.goal is Goal.CONTRACT))
"""The matrix that ships without what concerns the partner's own objective."""


def after(hours):
    return NOW + timedelta(hours=hours)


class Desk(World):
    """A partner under the contract's part of the matrix that ships, with people in its roles.

    Times are hours after noon of a Wednesday.
    """

    def __init__(self, plan=None):
        super().__init__()
        actions.publish_plan(EVERYTHING, partner=self.partner.pk, plan=plan or SEVEN, now=NOW - timedelta(1))
        self.luca = self.staff("Luca Dequal")
        self.sara = self.staff("Sara Zuliani", "senior_agent")
        self.marta = self.staff("Marta Bressan", "team_lead")
        self.davide = self.staff("Davide Cossutta", "manager", access=Role.MANAGER)

    def staff(self, name, *roles, access=Role.AGENT):
        email = f"{name.split()[0].lower()}@adriatica.example"
        person = tenancy.set_up_person(EVERYTHING, email=email, name=name, role=access, partner=self.partner.pk)
        for role in roles:
            actions.hold_role(EVERYTHING, partner=self.partner.pk, role=role, person=person, now=NOW)
        return person

    def seat(self, person):
        partner, hours = self.partner.pk, self.calendar.calendar
        office = actions.set_office(EVERYTHING, partner=partner, name="Trieste", calendar=hours, now=NOW)
        actions.seat(EVERYTHING, partner=partner, person=person, office=office, now=NOW)

    def open(self, ref="A-1", priority="P1", source=tickets.OWN, now=NOW, client=None):
        given = {"priority": priority, "assignee": "Luca Dequal"}
        happening = ("opened", (NOW - now) / timedelta(hours=1), given)
        contact = "Anna <anna@ferrante.example>"
        return self.tell(self.incoming(ref, happening, client=client, title="Invoices", contact=contact), source, now)

    def tell(self, told, source=tickets.OWN, now=NOW):
        taken = tickets.take(EVERYTHING, partner=self.partner.pk, source=source, tickets=[told], now=now)
        reassess(EVERYTHING, taken.moved, now=now)
        return tickets_pk(told.ref)

    def happen(self, ref, number, kind, hours, **fields):
        at = after(hours)
        told = self.incoming(ref, *[("noted", 0)] * number, (kind, -hours, fields))
        told = type(told)(ref=told.ref, client=told.client, happenings=told.happenings[number:])
        return self.tell(told, now=at)

    def sweep(self, hours, **more):
        return escalate(now=after(hours), say=SAY, **more)

    def outcomes(self, pk):
        rows = models.Fired.objects.filter(ticket_id=pk).order_by("due_at", "step")
        return {row.step: row.outcome for row in rows}

    def messages(self, pk, channel="email"):
        public = models.Fired.objects.filter(ticket_id=pk).values_list("ticket__public_id", flat=True).first()
        return [each for each in outbox.of_ticket(EVERYTHING, public) if each.channel == channel] if public else []


def tickets_pk(ref):
    return models.Fired._meta.get_field("ticket").related_model.objects.get(ref=ref).pk


@pytest.fixture
def house():
    return Desk()


def next_step(pk):
    return queries.next_step(EVERYTHING, pk).next_step_at


@pytest.mark.proves("ESC-1", "ESC-3", "TIER-9")
def test_the_matrix_runs_its_course():
    house = Desk(shipped_plan())
    pk = house.open()

    swept = {hours: house.sweep(hours).recorded for hours in (0, 0.375, 0.5, 0.75, 1, 1.5, 2, 3, 4, 21.9, 22)}

    assert swept == {0: 0, 0.375: 1, 0.5: 1, 0.75: 1, 1: 1, 1.5: 1, 2: 1, 3: 1, 4: 1, 21.9: 0, 22: 1}
    assert set(house.outcomes(pk).values()) == {"fired"}
    assert next_step(pk) is None
    said = [(each.subject, each.recipient) for each in house.messages(pk)]
    assert said == [
        ("75 % of our objective for first response used: A-1 Invoices", "Luca Dequal"),
        ("50 % of first response used: A-1 Invoices", "Luca Dequal"),
        ("75 % of first response used: A-1 Invoices", "Luca Dequal"),
        ("75 % of first response used: A-1 Invoices", "Marta Bressan"),
        ("75 % of first response used: A-1 Invoices", "Sara Zuliani"),
        ("First response breached: A-1 Invoices", "Marta Bressan"),
        ("First response breached: A-1 Invoices", "Davide Cossutta"),
        # The ticket is hers by now, and nobody here leads the engineers: the next of the chain that is held.
        ("75 % of our objective for resolution used: A-1 Invoices", "Sara Zuliani"),
        ("50 % of resolution used: A-1 Invoices", "Sara Zuliani"),
        ("75 % of resolution used: A-1 Invoices", "Sara Zuliani"),
        ("75 % of resolution used: A-1 Invoices", "Davide Cossutta"),
        ("Resolution breached: A-1 Invoices", "Davide Cossutta"),
        ("150 % of resolution used: A-1 Invoices", "Davide Cossutta"),
    ]


def test_nothing_is_due_twice(house):
    pk = house.open()
    house.sweep(0.5)

    again = [house.sweep(0.5), house.sweep(0.6)]

    assert [each.tickets for each in again] == [0, 0]
    assert len(house.messages(pk)) == 1
    assert next_step(pk) == after(0.75)


STAGES = ("held", "decided", "recorded", "written")


class Killed(BaseException):
    """The end of a process, which no handler of ours catches."""


@pytest.mark.proves("ESC-3")
@pytest.mark.parametrize("stage", STAGES)
def test_a_crash_before_the_end_leaves_all_of_it_due_and_nothing_told(house, stage):
    pk = house.open()

    def crash(name):
        if name == stage:
            raise Killed

    with pytest.raises(Killed):
        house.sweep(0.5, step=crash)

    assert house.outcomes(pk) == {}
    assert next_step(pk) == after(0.5)
    assert house.sweep(0.6).recorded == 1
    assert len(house.messages(pk)) == 1


def test_the_highest_of_what_was_missed_fires_late_and_says_so(house):
    pk = house.open()

    house.sweep(1.25)

    assert house.outcomes(pk) == {"response-50": "overtaken", "response-75": "overtaken", "response-100": "fired"}
    text = house.messages(pk)[0].text
    assert "This comes 15 min late" in text
    assert "It stands also for: 50 % of first response used, 75 % of first response used." in text


def test_whenever_a_ticket_is_told_of_its_next_step_is_known_anew(house):
    pk = house.open()
    seen = [next_step(pk)]

    house.happen("A-1", 1, "staff_replied", 0.25)
    seen.append(next_step(pk))
    house.happen("A-1", 2, "waiting", 1, owner=PauseOwner.CUSTOMER)
    seen.append(next_step(pk))
    house.happen("A-1", 3, "client_replied", 2, actor=Actor.CLIENT)
    seen.append(next_step(pk))
    house.happen("A-1", 4, "resolved", 2.5)
    seen.append(next_step(pk))

    assert seen == [after(0.5), after(2), None, after(3), None]


def test_judging_anew_while_a_step_is_owed_loses_nothing(house):
    pk = house.open()

    house.happen("A-1", 1, "noted", 0.6)
    follow_time(now=after(0.6))

    assert house.sweep(0.6).recorded == 1
    assert house.outcomes(pk) == {"response-50": "fired"}


def test_a_ticket_told_late_escalates_nothing_of_the_past(house):
    pk = house.tell(house.incoming("B-1", ("opened", 2.5, {"priority": "P1"})))

    house.sweep(0)

    assert set(house.outcomes(pk).values()) == {"passed_at_change"}
    assert house.messages(pk) == []
    assert next_step(pk) == after(0.5)


def test_a_step_recorded_as_passed_fires_when_a_change_puts_it_ahead_again(house):
    pk = house.open(priority="P3")
    house.sweep(0)
    house.happen("A-1", 1, "priority_changed", 3.9, priority="P1")
    house.sweep(3.9)
    mistyped = house.outcomes(pk)
    house.happen("A-1", 2, "priority_changed", 3.95, priority="P3")

    house.sweep(5)

    assert mistyped["response-100"] == "passed_at_change"
    assert house.outcomes(pk)["response-100"] == "fired"
    assert len([each for each in house.messages(pk) if "breached" in each.subject]) == 2


@pytest.mark.proves("ESC-2", "ESC-6")
def test_a_ticket_of_our_own_is_given_to_a_senior_and_raised_to_the_queue_that_owns_it(house):
    pk = house.open()
    house.sweep(0.5)

    house.sweep(0.75)
    given = desk.board(EVERYTHING, desk.BoardFilter(), now=after(0.75)).rows[0]
    house.sweep(1)
    house.sweep(2)
    house.sweep(3)

    assert given.assignee == "Sara Zuliani"
    assert desk.board(EVERYTHING, desk.BoardFilter(), now=after(3)).rows[0].team == "development"
    did = {row.step: row.did for row in models.Fired.objects.filter(ticket_id=pk)}
    assert did["response-75"] == {"given_to": "Sara Zuliani", "proposed": False}
    assert did["resolution-75"] == {
        "raised_to": "development", "owner": "partner", "proposed": False, "client_message": "drafted",
    }  # fmt: skip


def test_of_a_ticket_that_lives_elsewhere_a_step_only_says_what_should_be_done(house):
    pk = house.open(source="odoo:1")

    house.sweep(0.75)

    assert desk.board(EVERYTHING, desk.BoardFilter(), now=after(1)).rows[0].assignee == "Luca Dequal"
    assert "please give it to Sara Zuliani" in house.messages(pk)[0].text


@pytest.mark.proves("ESC-7")
def test_quiet_hours_hold_the_message_and_not_the_fact_but_of_a_target_around_the_clock(house):
    house.seat(house.marta)
    turn = NewTurn(house.sara, None, after(5), after(21))
    actions.plan_turns(EVERYTHING, partner=house.partner.pk, turns=[turn], now=NOW)
    always, hour = house.client("Nightly", promised=False), Target(Amount.parse("1 h"), "always")
    wall = desk_actions.publish_tier(
        EVERYTHING, partner=house.partner.pk, key="platinum", name="Platinum", family="support_plan",
        policy=Policy(name="Platinum", rules=(TargetRule(clock=ClockKind.RESPONSE, target=hour),)),
        text="platinum 1", effective_from=LONG_AGO, now=NOW,
    )  # fmt: skip
    desk_actions.assign(
        EVERYTHING, client=always.pk, tier_version=wall.public_id, calendar_version=house.calendar.public_id, from_at=LONG_AGO
    )
    office, night = house.open("A-1"), house.open("A-2", now=after(8), client=always)

    house.sweep(9)

    assert [(each.recipient, each.due_at) for each in house.messages(office)][:2] == [
        ("Marta Bressan", after(21)), ("Davide Cossutta", after(9)),
    ]  # fmt: skip
    assert {(each.recipient, each.due_at) for each in house.messages(night)} == {
        ("Marta Bressan", after(9)), ("Sara Zuliani", after(9)), ("Davide Cossutta", after(9)),
    }  # fmt: skip


def test_somebody_is_told_even_where_no_role_is_held():
    world = World()
    actions.publish_plan(EVERYTHING, partner=world.partner.pk, plan=shipped_plan(), now=NOW - timedelta(1))
    manager = world.person(Role.MANAGER)
    taken = world.take(world.incoming("A-1", ("opened", 0, {"priority": "P1"})))

    escalate(now=after(1), say=SAY)

    told = models.Fired.objects.get(ticket_id=taken.moved[0], outcome="fired").told
    assert [each["why"] for each in told] == ["last_resort"]
    assert manager


def test_a_step_that_nobody_can_be_told_of_says_so():
    world = World()
    actions.publish_plan(EVERYTHING, partner=world.partner.pk, plan=shipped_plan(), now=NOW - timedelta(1))
    taken = world.take(world.incoming("A-1", ("opened", 0, {"priority": "P1"})))

    escalate(now=after(1), say=SAY)

    told = models.Fired.objects.get(ticket_id=taken.moved[0], outcome="fired").told
    assert [(each["role"], each["name"]) for each in told] == [("team_lead", ""), ("manager", "")]


@pytest.mark.proves("ESC-4")
def test_a_client_message_is_drafted_and_waits(house):
    pk = house.open()

    house.sweep(3)

    draft = queries.drafts_of(EVERYTHING, pk)[0]
    assert (draft.state, draft.to, draft.level) == (DraftState.WAITING, ("anna@ferrante.example",), 2)
    assert draft.subject == "Your ticket A-1: Invoices"
    assert "We now expect: Wed 18 Nov 2026 16:00 UTC" in draft.text
    assert [each for each in house.messages(pk) if each.recipient == "anna@ferrante.example"] == []


@pytest.mark.proves("ESC-4")
def test_a_rule_may_send_the_client_message_itself():
    plan = load_plan(
        "steps:\n  - {step: told, clock: resolution, at: 50 %, do: [draft], tell: [agent], client_message: send}\n"
    )
    house = Desk(plan)
    pk = house.open()

    house.sweep(2)

    assert queries.drafts_of(EVERYTHING, pk)[0].state is DraftState.SENT
    assert [each.recipient for each in house.messages(pk)] == ["Luca Dequal", "anna@ferrante.example"]


@pytest.mark.proves("ESC-4")
def test_whoever_wrote_the_ticket_and_holds_a_client_s_role_too_is_told_once():
    step = "{step: told, clock: resolution, at: 50 %, do: [draft], tell: [agent, client_it_lead], client_message: send}"
    plan = load_plan(f"steps:\n  - {step}\n")
    house = Desk(plan)
    anna = house.person(Role.CLIENT_VIEWER, email="anna@ferrante.example", client=house.ferrante)
    rosa = house.person(Role.CLIENT_VIEWER, email="rosa@ferrante.example", client=house.ferrante)
    for person in (anna, rosa):
        actions.hold_role(
            EVERYTHING, partner=house.partner.pk, role="client_it_lead", person=person, client=house.ferrante.pk, now=NOW
        )
    pk = house.open()

    house.sweep(2)

    assert queries.drafts_of(EVERYTHING, pk)[0].to == ("anna@ferrante.example", rosa)


def test_a_sweep_reads_people_and_hours_of_the_partners_it_is_for_alone(house):
    house.open()

    with CaptureQueriesContext(connection) as captured:
        house.sweep(0.5)

    for table in ("tenancy_membership", "desk_calendar_version"):
        asked = [each["sql"].partition(" WHERE ")[2] for each in captured.captured_queries if f'FROM "{table}"' in each["sql"]]
        assert asked
        assert all(f'"partner_id" IN ({house.partner.pk})' in where for where in asked), asked


def test_a_ticket_that_cannot_be_decided_keeps_no_other_from_its_steps(house):
    broken, sound = house.open("A-1"), house.open("A-2")

    def say(told):
        if told.ticket.ref == "A-1":
            raise ValueError("no words")
        return SAY(told)

    swept = escalate(now=after(0.5), say=say)

    assert swept.troubled == ((broken, "ValueError: no words"),)
    assert house.outcomes(sound) == {"response-50": "fired"}
    assert queries.next_step(EVERYTHING, broken).trouble == "ValueError: no words"
    house.happen("A-1", 1, "noted", 0.6)
    assert house.sweep(0.6).recorded == 1


def test_a_ticket_whose_steps_cannot_be_written_keeps_no_other_from_its_steps(house):
    sound, broken, other = (house.open(f"A-{number}") for number in range(3))

    def say(told):
        # No database keeps half a pair.
        return SAY(told) | ({"title": "\ud800"} if told.ticket.ref == "A-1" else {})

    swept = escalate(now=after(0.5), say=say)

    assert (swept.tickets, swept.recorded, [pk for pk, _ in swept.troubled]) == (3, 2, [broken])
    assert house.outcomes(sound) == house.outcomes(other) == {"response-50": "fired"}
    assert house.outcomes(broken) == {}
    assert "surrogates not allowed" in queries.next_step(EVERYTHING, broken).trouble
    assert escalate(now=after(0.5), say=say).tickets == 0
    house.happen("A-1", 1, "noted", 0.6)
    assert house.sweep(0.6).recorded == 1


def test_a_ticket_whose_steps_another_worker_took_meanwhile_is_not_set_aside(house):
    pk = house.open()
    failed = queries.watched(EVERYTHING, [pk])[pk]
    house.sweep(0.5)

    actions.set_aside(EVERYTHING, failed, "no words")

    assert (next_step(pk), queries.next_step(EVERYTHING, pk).trouble) == (after(0.75), "")


def test_a_partner_without_a_plan_begins_with_the_matrix_that_ships_and_not_for_the_past():
    world = World()
    taken = world.take(world.incoming("A-1", ("opened", 0, {"priority": "P1"})))

    began = [begin(now=after(0.6)), begin(now=after(0.6))]
    reassess(EVERYTHING, taken.moved, now=after(0.6))
    escalate(now=after(0.6), say=SAY)

    assert began == [1, 0]
    assert queries.plan_rows(EVERYTHING)[0].plan == shipped_plan()
    assert {row.step: row.outcome for row in models.Fired.objects.all()} == {
        "response-objective": "passed_at_change", "response-50": "passed_at_change",
    }  # fmt: skip
    assert queries.next_step(EVERYTHING, taken.moved[0]).next_step_at == after(0.75)


def test_a_plan_of_a_client_s_own_holds_from_then_on(house):
    own = load_plan("steps:\n  - {step: early, clock: response, at: 60 %, do: [notify], tell: [team_lead]}\n")
    pk = house.open()
    house.sweep(0.5)
    actions.publish_plan(EVERYTHING, partner=house.partner.pk, plan=own, client=house.ferrante.public_id, now=after(0.55))
    reassess(EVERYTHING, [pk], now=after(0.55))

    house.sweep(4)

    assert house.outcomes(pk) == {"response-50": "fired", "early": "fired"}


def test_who_stands_where_is_read_from_rows_that_are_due_only(house, django_assert_num_queries):
    house.open()

    with django_assert_num_queries(1):
        house.sweep(0.4)


def test_time_is_kept_in_whole_seconds(house):
    pk = house.open()

    house.sweep(0.5 + 1 / 7_200)

    assert models.Fired.objects.get(ticket_id=pk).due_at == second_of(after(0.5))
    assert {each.outcome for each in queries.trail(EVERYTHING, pk)} == {Outcome.FIRED}


@pytest.mark.proves("ESC-4")
def test_a_message_that_does_not_go_to_whoever_wrote_the_ticket_does_not_greet_them(house):
    actions.hold_role(
        EVERYTHING, partner=house.partner.pk, role="client_it_lead", address="it@ferrante.example", client=house.ferrante.pk,
        now=NOW,
    )  # fmt: skip
    told = house.incoming("A-1", ("opened", 0, {"priority": "P1"}), contact="Anna")
    pk = house.tell(told)

    house.sweep(3)

    draft = queries.drafts_of(EVERYTHING, pk)[0]
    assert draft.to == ("it@ferrante.example",)
    assert draft.text.startswith("Dear Casa Ferrante,")
