"""Who is told: roles, deputies, offices, the rota, and never nobody (requirements ESC-7, ESC-8; section 2, row 51)."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodstanding.core.clocks.calendar import Calendar, week_of
from goodstanding.core.desk.escalation.people import (
    Absence,
    Concern,
    Holder,
    Office,
    Person,
    Roster,
    Turn,
    Why,
    held_roles,
    reach,
    senior_for,
    uncovered,
)
from goodstanding.core.desk.escalation.plan import ContactRole, Kind
from tests.core.desk.stories import WORKDAYS, rome

TRIESTE = Office(1, "Trieste", Calendar(zone="Europe/Rome", week=week_of(dict.fromkeys(WORKDAYS, ("09:00-18:00",)))))
AUCKLAND = Office(2, "Auckland", Calendar(zone="Pacific/Auckland", week=week_of(dict.fromkeys(WORKDAYS, ("09:00-18:00",)))))
MARTA, LUCA, SARA, HANA, ELENA = 1, 2, 3, 4, 5
PEOPLE = {
    MARTA: Person(id=MARTA, name="Marta Bressan", email="marta@partner.example", zone="Europe/Rome", office=1),
    LUCA: Person(id=LUCA, name="Luca Dequal", email="luca@partner.example", zone="Europe/Rome", office=1),
    SARA: Person(
        id=SARA, name="Sara Zuliani", email="sara@partner.example", zone="Europe/Rome", office=1,
        skills=frozenset({Kind.INFRASTRUCTURE}),
    ),
    HANA: Person(id=HANA, name="Hana Ngata", email="hana@partner.example", zone="Pacific/Auckland", office=2),
    ELENA: Person(id=ELENA, name="Elena Furlan", email="elena@partner.example"),
}  # fmt: skip
ROSTER = Roster(
    people=PEOPLE,
    offices={1: TRIESTE, 2: AUCKLAND},
    holders=(
        Holder(role=ContactRole.TEAM_LEAD, to=MARTA, deputy=SARA),
        Holder(role=ContactRole.SENIOR_AGENT, to=SARA),
        Holder(role=ContactRole.MANAGER, to=ELENA),
    ),
    last_resort=(ELENA,),
)
MINE = Concern(client="Ferrante", assignee="luca dequal")
NOON, NIGHT = rome("2 12:00"), rome("2 23:00")


def told(roster, *roles, concern=MINE, now=NOON):
    return [(each.to, each.why) for each in reach(roster, map(ContactRole, roles), concern, now=now)]


def with_holders(*holders, **more):
    return replace(ROSTER, holders=(*ROSTER.holders, *holders), **more)


def away(person, since="1 00:00", until="30 00:00"):
    return Absence(person, rome(since), rome(until))


def test_the_agent_is_whoever_the_ticket_is_assigned_to_by_name_or_address():
    assert told(ROSTER, "agent") == [(LUCA, Why.ASSIGNEE)]
    assert told(ROSTER, "agent", concern=replace(MINE, assignee="LUCA@partner.example")) == [(LUCA, Why.ASSIGNEE)]


@pytest.mark.proves("ESC-8")
def test_a_role_is_held_for_the_client_else_for_the_team_else_in_general():
    roster = with_holders(
        Holder(role=ContactRole.TEAM_LEAD, to=LUCA, team="hosting"),
        Holder(role=ContactRole.TEAM_LEAD, to=HANA, client="Ferrante"),
    )

    assert told(roster, "team_lead") == [(HANA, Why.HOLDER)]
    assert told(roster, "team_lead", concern=Concern(client="Vento", team="hosting")) == [(LUCA, Why.HOLDER)]
    assert told(roster, "team_lead", concern=Concern(client="Vento", team="functional")) == [(MARTA, Why.HOLDER)]


@pytest.mark.proves("ESC-8")
def test_the_deputy_stands_in_for_whoever_is_away():
    assert told(replace(ROSTER, absences=(away(MARTA),)), "team_lead") == [(SARA, Why.DEPUTY)]
    assert told(replace(ROSTER, absences=(away(MARTA, until="2 12:00"),)), "team_lead") == [(MARTA, Why.HOLDER)]


def test_a_role_that_nobody_holds_falls_to_the_next_of_the_chain():
    assert told(ROSTER, "engineering_lead") == [(ELENA, Why.FALL_BACK)]
    assert told(ROSTER, "agent", concern=Concern(client="Vento")) == [(SARA, Why.FALL_BACK)]


def test_a_role_with_nobody_above_it_falls_to_the_nearest_below_who_leads_and_never_to_who_works_on_it():
    on_call = replace(ROSTER, turns=(Turn(HANA, None, rome("1 00:00"), rome("8 00:00")),))
    agents = replace(on_call, holders=(Holder(role=ContactRole.SENIOR_AGENT, to=SARA),))

    assert told(on_call, "vp") == [(ELENA, Why.FALL_BACK)]
    assert told(replace(on_call, absences=(away(ELENA),)), "vp") == [(MARTA, Why.FALL_BACK)]
    assert told(agents, "vp") == [(HANA, Why.ON_CALL)]


def test_at_the_end_of_the_chain_is_whoever_is_on_call_and_then_whoever_answers_for_the_partner():
    bare = replace(ROSTER, holders=())

    assert told(replace(bare, turns=(Turn(HANA, None, rome("1 00:00"), rome("8 00:00")),)), "vp") == [(HANA, Why.ON_CALL)]
    assert told(bare, "vp") == [(ELENA, Why.LAST_RESORT)]
    assert told(replace(bare, absences=(away(ELENA),)), "vp") == [(ELENA, Why.LAST_RESORT)]
    assert told(replace(bare, last_resort=()), "vp") == []


@given(
    roles=st.lists(st.sampled_from([role for role in ContactRole if not role.startswith("client")]), min_size=1, unique=True),
    holders=st.lists(st.tuples(st.sampled_from(list(ContactRole)), st.sampled_from(sorted(PEOPLE))), max_size=6),
    gone=st.sets(st.sampled_from(sorted(PEOPLE))),
    wall=st.booleans(),
)
def test_somebody_is_always_told_and_nobody_twice(roles, holders, gone, wall):
    roster = replace(
        ROSTER,
        holders=tuple(Holder(role=role, to=person) for role, person in holders),
        absences=tuple(away(person) for person in gone),
    )

    found = reach(roster, roles, replace(MINE, wall=wall), now=NOON)

    assert found
    assert len({each.to for each in found}) == len(found)


def test_a_client_role_never_falls_back_to_staff():
    roster = with_holders(Holder(role=ContactRole.CLIENT_IT_LEAD, to="it@ferrante.example", client="Ferrante"))

    assert told(roster, "client_it_lead") == [("it@ferrante.example", Why.HOLDER)]
    assert told(roster, "client_executive") == []


@pytest.mark.proves("ESC-7")
def test_quiet_hours_hold_a_message_until_the_office_opens():
    found = reach(ROSTER, [ContactRole.TEAM_LEAD, ContactRole.MANAGER], MINE, now=NIGHT)

    assert [(each.to, each.not_before) for each in found] == [(MARTA, rome("3 09:00")), (ELENA, None)]
    assert reach(ROSTER, [ContactRole.TEAM_LEAD], replace(MINE, hold=False), now=NIGHT)[0].not_before is None


@pytest.mark.parametrize(
    ("start", "end", "hold", "heard_by"),
    [
        # Away from an hour after the step until past the morning at which quiet hours end: the deputy is there by then.
        ("3 00:00", "5 00:00", True, (SARA, Why.DEPUTY, "3 09:00")),
        # Told at once, while she is still there.
        ("3 00:00", "5 00:00", False, (MARTA, Why.HOLDER, None)),
        # Back when the office opens, which is when she hears of it.
        ("2 18:00", "3 09:00", True, (MARTA, Why.HOLDER, "3 09:00")),
        ("2 18:00", "3 09:00", False, (SARA, Why.DEPUTY, None)),
    ],
)
def test_whoever_is_away_when_they_would_hear_of_it_is_stood_in_for(start, end, hold, heard_by):
    roster = replace(ROSTER, absences=(Absence(MARTA, rome(start), rome(end)),))

    (only,) = reach(roster, [ContactRole.TEAM_LEAD], replace(MINE, hold=hold), now=NIGHT)

    to, why, free_from = heard_by
    assert (only.to, only.why, only.not_before) == (to, why, free_from and rome(free_from))


@pytest.mark.proves("ESC-7")
def test_a_target_around_the_clock_is_told_at_once_and_reaches_whoever_is_on_call():
    roster = replace(ROSTER, turns=(Turn(LUCA, HANA, rome("2 18:00"), rome("3 09:00")),))
    always = replace(MINE, assignee=None, wall=True)

    night = reach(roster, [ContactRole.TEAM_LEAD], always, now=NIGHT)
    day = reach(roster, [ContactRole.TEAM_LEAD], always, now=NOON)
    sick = reach(replace(roster, absences=(away(LUCA),)), [ContactRole.TEAM_LEAD], always, now=NIGHT)

    assert [(each.to, each.why, each.not_before) for each in night] == [(MARTA, Why.HOLDER, None), (LUCA, Why.ON_CALL, None)]
    assert [each.to for each in day] == [MARTA]
    assert [each.to for each in sick] == [MARTA, HANA]


def test_a_ticket_goes_to_the_senior_who_is_at_work_able_near_and_least_busy():
    seniors = tuple(Holder(role=ContactRole.SENIOR_AGENT, to=each) for each in (LUCA, SARA, HANA))
    roster = replace(ROSTER, holders=seniors)
    plain = Concern(client="Ferrante")

    def chosen(concern=plain, kind=None, zone="Europe/Rome", load=(), now=NOON, roster=roster):
        return senior_for(roster, concern, kind=kind, zone=zone, load=dict(load), now=now)

    assert chosen() == LUCA
    assert chosen(load=[(LUCA, 3)]) == SARA
    assert chosen(kind=Kind.INFRASTRUCTURE) == SARA
    assert chosen(now=NIGHT) == HANA
    assert chosen(concern=replace(plain, assignee="Luca Dequal")) == SARA
    assert chosen(roster=replace(roster, absences=(away(LUCA), away(SARA)))) == HANA
    assert chosen(roster=replace(ROSTER, holders=())) is None


def test_near_beats_idle_and_able_beats_near():
    people = {
        LUCA: replace(PEOPLE[LUCA], office=None),
        HANA: replace(PEOPLE[HANA], office=None, skills=frozenset({Kind.DEVELOPMENT})),
    }
    seniors = tuple(Holder(role=ContactRole.SENIOR_AGENT, to=each) for each in people)
    roster = replace(ROSTER, people=people, holders=seniors)
    busy = {LUCA: 9}

    def chosen(kind):
        return senior_for(roster, Concern(client="Ferrante"), kind=kind, zone="Europe/Rome", load=busy, now=NOON)

    assert chosen(None) == LUCA
    assert chosen(Kind.DEVELOPMENT) == HANA


@pytest.mark.proves("ESC-7")
def test_the_hours_nobody_covers_are_named_beforehand():
    roster = replace(
        ROSTER,
        people={MARTA: PEOPLE[MARTA]},
        offices={1: TRIESTE},
        turns=(Turn(MARTA, None, rome("2 18:00"), rome("3 08:00")),),
    )

    assert uncovered(roster, rome("2 00:00"), rome("4 00:00")) == (
        (rome("2 00:00"), rome("2 09:00")),
        (rome("3 08:00"), rome("3 09:00")),
        (rome("3 18:00"), rome("4 00:00")),
    )


def test_whoever_is_away_covers_nothing_unless_a_deputy_does():
    night = Turn(LUCA, None, rome("2 18:00"), rome("3 09:00"))
    roster = Roster(people=PEOPLE, turns=(night,), absences=(away(LUCA, "2 20:00", "2 22:00"),))
    helped = replace(roster, turns=(replace(night, deputy=HANA),))

    assert uncovered(roster, rome("2 18:00"), rome("3 09:00")) == ((rome("2 20:00"), rome("2 22:00")),)
    assert uncovered(helped, rome("2 18:00"), rome("3 09:00")) == ()


def test_an_office_with_nobody_in_it_covers_nothing():
    empty = replace(ROSTER, people={ELENA: PEOPLE[ELENA]})

    assert uncovered(empty, NOON, NOON + timedelta(hours=1)) == ((NOON, NOON + timedelta(hours=1)),)


@pytest.mark.proves("ESC-8")
@given(
    st.lists(
        st.builds(
            Holder, role=st.sampled_from(["team_lead", "vp"]).map(ContactRole), to=st.sampled_from([MARTA, SARA]),
            client=st.sampled_from([None, "Ferrante", "Kestrel"]), team=st.sampled_from([None, "hosting", "desk"]),
        ),
        max_size=4,
    ),
    st.sampled_from(["Ferrante", "Kestrel"]),
    st.sampled_from(["", "hosting", "desk"]),
)  # fmt: skip
def test_a_role_is_empty_for_a_client_where_whoever_is_told_does_not_hold_it(holders, client, team):
    roster, teams = replace(ROSTER, holders=holders), [team] if team else [None, "hosting", "desk"]

    for role in (ContactRole.TEAM_LEAD, ContactRole.VP):
        found = [reach(roster, [role], Concern(client=client, team=each), now=NOON, fall_back=()) for each in teams]
        held = any(each.why is Why.HOLDER for told in found for each in told)
        assert held_roles(roster, team=team).is_empty(role, client) is not held
    # Whoever has a ticket is its agent.
    assert not held_roles(roster, team=team).is_empty(ContactRole.AGENT, client)
