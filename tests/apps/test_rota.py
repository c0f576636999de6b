"""Who is told, as it is kept: only whom a role may lead to, with every change told in the journal (ESC-7, ESC-8)."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from goodstanding.apps.escalation import actions, queries
from goodstanding.apps.escalation.actions import NewTurn
from goodstanding.apps.journal import queries as journal
from goodstanding.apps.journal.values import Act, JournalFilter
from goodstanding.apps.tenancy import queries as tenancy
from goodstanding.apps.tenancy.models import Membership
from goodstanding.apps.tenancy.roles import Role
from goodstanding.apps.unit import Conflict, NotFound
from tests.apps.world import EVERYTHING, NOW, World

pytestmark = pytest.mark.django_db

WEEK = timedelta(weeks=1)


@pytest.fixture
def firm():
    world = World()
    return SimpleNamespace(
        world=world, pk=world.partner.pk, admin=world.scope(Role.PARTNER_ADMIN),
        marta=world.person(Role.TEAM_LEAD), luca=world.person(Role.AGENT),
        rosa=world.person(Role.CLIENT_ADMIN, client=world.ferrante),
    )  # fmt: skip


def told(firm):
    """The journal, the oldest first: acts, names, and changes as they read."""
    rows, _ = journal.entries(firm.admin, JournalFilter())
    return [(each.act, each.name, [(one.what, one.before, one.after) for one in each.changes]) for each in reversed(rows)]


def hold(firm, role="team_lead", **held):
    return actions.hold_role(firm.admin, partner=firm.pk, role=role, **({"now": NOW} | held))


@pytest.mark.proves("ESC-8")
def test_a_role_that_is_given_changed_and_taken_is_told_in_the_journal(firm):
    client = firm.world.kestrel.pk
    held = hold(firm, person=firm.marta, client=client, team="hosting")
    hold(firm, person=firm.marta, client=client, team="hosting")
    actions.change_holding(firm.admin, held, person=firm.marta, deputy=firm.luca, now=NOW)
    actions.release_role(firm.admin, held, now=NOW)

    name = "team lead, for Kestrel Outdoor, team hosting"
    assert told(firm) == [
        (Act.ROLE_GIVEN, name, [("held by", "", "Team_Lead")]),
        (Act.ROLE_CHANGED, name, [("deputy", "", "Agent")]),
        (Act.ROLE_TAKEN, name, [("held by", "Team_Lead", ""), ("deputy", "Agent", "")]),
    ]
    assert queries.holdings(EVERYTHING, partner=firm.pk) == ()


@pytest.mark.proves("ESC-8")
def test_what_is_for_staff_leads_to_no_client_and_what_is_for_a_client_to_no_other(firm):
    ferrante, kestrel = firm.world.ferrante.pk, firm.world.kestrel.pk
    it_lead, anna = "client_it_lead", "anna@ferrante.example"
    refused = [
        {"person": firm.rosa},
        {"person": firm.marta, "deputy": firm.rosa},
        {"address": anna},
        {"role": it_lead, "address": anna},
        {"role": it_lead, "person": firm.rosa, "client": kestrel},
        {"role": it_lead, "person": firm.marta, "client": ferrante},
        {"role": it_lead, "address": "anna", "client": ferrante},
        {"role": it_lead, "address": anna, "deputy_address": anna.upper(), "client": ferrante},
        {"person": firm.marta, "deputy": firm.marta},
        {},
    ]

    for each in refused:
        with pytest.raises((Conflict, NotFound)):
            hold(firm, **each)
    hold(firm, it_lead, person=firm.rosa, client=ferrante, deputy_address=" Anna@Ferrante.example ")

    (kept,) = queries.holdings(EVERYTHING, partner=firm.pk)
    assert (kept.name, kept.deputy_name) == ("Client_Admin", anna)


@pytest.mark.proves("ESC-8")
@pytest.mark.parametrize("field", ["address", "deputy_address"])
def test_an_address_of_the_staff_holds_no_role_of_a_client(firm, field):
    ours = tenancy.reachable(EVERYTHING, partner=firm.pk, people=[firm.marta])[firm.marta].email
    held = {"address": "anna@ferrante.example"} | {field: ours.upper()}

    with pytest.raises(Conflict, match=f"{ours} is the address of Team_Lead, who is one of your own staff"):
        hold(firm, "client_it_lead", client=firm.world.ferrante.pk, **held)

    assert queries.holdings(EVERYTHING, partner=firm.pk) == ()


def test_turns_are_planned_once_and_told_together(firm):
    turns = [NewTurn(firm.marta, firm.luca, NOW + WEEK * number, NOW + WEEK * (number + 1)) for number in range(3)]

    planned = [actions.plan_turns(firm.admin, partner=firm.pk, turns=turns[:end], now=NOW) for end in (2, 2, 3)]

    assert planned == [2, 0, 1]
    assert [(act, name, len(changes)) for act, name, changes in told(firm)] == [
        (Act.TURNS_PLANNED, "2 turns", 2), (Act.TURNS_PLANNED, "Team_Lead", 1),
    ]  # fmt: skip
    assert told(firm)[1][2] == [("Team_Lead", "", "2026-12-02 12:00 to 2026-12-09 12:00 UTC, deputy Agent")]


def test_a_turn_moves_to_somebody_else_but_not_onto_another_of_theirs(firm):
    both = [NewTurn(each, None, NOW, NOW + WEEK) for each in (firm.marta, firm.luca)]
    actions.plan_turns(firm.admin, partner=firm.pk, turns=both, now=NOW)
    mine = next(each for each in queries.turns(EVERYTHING, partner=firm.pk, since=NOW) if each.person == firm.marta)
    later = NewTurn(firm.luca, firm.marta, NOW + WEEK, NOW + WEEK * 2)

    for wrong in (both[1], NewTurn(firm.luca, firm.luca, NOW, NOW + WEEK), NewTurn(firm.luca, None, NOW, NOW)):
        with pytest.raises(Conflict):
            actions.change_turn(firm.admin, mine.public_id, wrong, now=NOW)
    actions.change_turn(firm.admin, mine.public_id, later, now=NOW)

    moved = queries.turn(EVERYTHING, mine.public_id)
    assert (moved.person, moved.deputy, moved.from_at, moved.until_at) == (firm.luca, firm.marta, NOW + WEEK, NOW + WEEK * 2)
    assert [each[0] for each in told(firm)[-1][2]] == ["person", "deputy", "when"]


def test_an_office_its_people_and_absences_are_told_too_and_what_changes_nothing_is_not(firm):
    hours = firm.world.calendar.calendar
    office = actions.set_office(firm.admin, partner=firm.pk, name=" Trieste ", calendar=hours, now=NOW)
    for _ in range(2):
        actions.set_office(firm.admin, partner=firm.pk, name="Trieste", calendar=hours, now=NOW)
        actions.seat(firm.admin, partner=firm.pk, person=firm.luca, office=office, skills=["functional"], now=NOW)
        actions.change_office(firm.admin, office, name="Trieste centro", calendar=hours, now=NOW)
        actions.be_away(firm.admin, partner=firm.pk, person=firm.luca, from_at=NOW, until_at=NOW + WEEK, now=NOW)
        actions.change_office(firm.admin, office, name="Trieste", calendar=hours, now=NOW)
    actions.be_back(firm.admin, queries.absences(EVERYTHING, partner=firm.pk, since=NOW)[0].public_id, now=NOW)
    actions.remove_office(firm.admin, office, now=NOW)

    renamed = [Act.OFFICE_CHANGED] * 2
    assert [act for act, _, _ in told(firm)] == [
        Act.OFFICE_MADE, Act.SEAT_CHANGED, Act.OFFICE_CHANGED, Act.ABSENCE_NOTED, Act.OFFICE_CHANGED, *renamed,
        Act.ABSENCE_REMOVED, Act.OFFICE_REMOVED,
    ]  # fmt: skip
    assert queries.roster(EVERYTHING, partner=firm.pk, now=NOW).people[firm.luca].office is None


def test_two_offices_have_two_names(firm):
    hours = firm.world.calendar.calendar
    trieste = actions.set_office(firm.admin, partner=firm.pk, name="Trieste", calendar=hours, now=NOW)
    other = actions.set_office(firm.admin, partner=firm.pk, name="Udine", calendar=hours, now=NOW)

    with pytest.raises(Conflict, match="another office Trieste"):
        actions.change_office(firm.admin, other, name="Trieste", calendar=hours, now=NOW)
    with pytest.raises(Conflict, match="needs a name"):
        actions.change_office(firm.admin, trieste, name=" ", calendar=hours, now=NOW)


@pytest.mark.proves("ESC-7")
def test_whoever_has_left_covers_no_hour_and_their_deputy_does(firm):
    turns = [
        NewTurn(firm.luca, firm.marta, NOW, NOW + WEEK), NewTurn(firm.luca, None, NOW + WEEK, NOW + WEEK * 2),
        NewTurn(firm.marta, firm.luca, NOW + WEEK * 2, NOW + WEEK * 3),
    ]  # fmt: skip
    actions.plan_turns(firm.admin, partner=firm.pk, turns=turns, now=NOW)

    Membership.objects.filter(person_id=firm.luca).delete()

    found = queries.roster(EVERYTHING, partner=firm.pk, now=NOW).turns
    assert [(each.person, each.deputy, each.from_at) for each in found] == [
        (firm.marta, None, NOW), (firm.marta, None, NOW + WEEK * 2),
    ]  # fmt: skip


@pytest.mark.proves("ESC-8")
def test_whoever_has_left_holds_no_role_and_stands_in_for_nobody(firm):
    hold(firm, "team_lead", person=firm.marta, deputy=firm.luca)
    hold(firm, "vp", person=firm.luca, deputy=firm.marta)
    hold(firm, "director", person=firm.luca)
    Membership.objects.filter(person_id=firm.luca).delete()

    found = queries.roster(EVERYTHING, partner=firm.pk, now=NOW).holders

    assert {(each.role.value, each.to, each.deputy) for each in found} == {
        ("team_lead", firm.marta, None), ("vp", firm.marta, None),
    }  # fmt: skip
