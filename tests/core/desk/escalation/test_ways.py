"""By what a step tells: people each, rooms once, and never nobody (requirements ESC-2)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodstanding.core.desk.escalation.people import Recipient, Why
from goodstanding.core.desk.escalation.plan import ContactRole, Plan, PlanError
from goodstanding.core.desk.escalation.ways import Room, ways_of
from tests.core.desk.escalation.matrices import objective, step

LUCA, MARTA = 1, 2
AGENT = Recipient(LUCA, ContactRole.AGENT, Why.ASSIGNEE)
LEAD = Recipient(MARTA, ContactRole.TEAM_LEAD, Why.HOLDER)
AT_CLIENT = Recipient("it@ferrante.example", ContactRole.MANAGER, Why.HOLDER)
COMMON = Room("1", "slack", "On call")
FERRANTE = Room("2", "slack", "Ferrante", client="Ferrante")
KESTREL = Room("3", "slack", "Kestrel", client="Kestrel")
PAGER = Room("4", "sms", "Pager")
ROOMS = (COMMON, FERRANTE, KESTREL, PAGER)


def told(*channels, rooms=ROOMS, to=(AGENT, LEAD), client="Kranjska", made=step, telephones=frozenset({LUCA})):
    asked = made("resolution-75", "75 %", channels=channels)
    found = ways_of(asked, to, rooms=rooms, telephones=telephones, client=client)
    return {each.to: ways for each, ways in found.people}, [each.name for each in found.rooms], found.absent


@pytest.mark.parametrize(
    ("channels", "people", "rooms"),
    [
        ((), {LUCA: ("email", "inbox"), MARTA: ("email", "inbox")}, []),
        (("inbox",), {LUCA: ("inbox",), MARTA: ("inbox",)}, []),
        (("slack",), {LUCA: (), MARTA: ()}, ["On call"]),
        (("slack", "email"), {LUCA: ("email",), MARTA: ("email",)}, ["On call"]),
        (("sms/pager", "slack/ON CALL", "slack"), {LUCA: (), MARTA: ()}, ["Pager", "On call"]),
        (("sms",), {LUCA: ("sms",), MARTA: ("email", "inbox")}, []),
    ],
)
@pytest.mark.proves("ESC-2")
def test_people_are_told_each_and_a_room_once(channels, people, rooms):
    assert told(*channels) == (people, rooms, ())


@pytest.mark.parametrize("way", ["teams", "webhook", "slack/Nowhere", "sms/On call"])
@pytest.mark.proves("ESC-2")
def test_where_a_channel_is_not_set_up_mail_and_inbox_stand_in_for_it(way):
    people, rooms, absent = told(way, "inbox")

    assert (people, rooms, absent) == ({LUCA: ("inbox", "email"), MARTA: ("inbox", "email")}, [], (way,))


def test_a_room_of_the_client_s_own_is_taken_and_one_of_another_s_never():
    assert told("slack", client="Ferrante")[1] == ["Ferrante"]
    assert told("slack", rooms=[KESTREL], client="Ferrante")[1:] == ([], ("slack",))
    assert told("slack/Kestrel", client="Ferrante")[1:] == ([], ("slack/Kestrel",))


@pytest.mark.proves("TIER-9")
def test_an_objective_goes_to_no_room_in_which_a_client_may_be():
    assert told("slack", client="Ferrante", made=objective)[1] == ["On call"]
    assert told("slack/Ferrante", client="Ferrante", made=objective)[1:] == ([], ("slack/Ferrante",))


def test_somebody_at_a_client_is_told_by_mail_or_by_the_room_alone():
    assert told("sms", to=[AT_CLIENT])[0] == {AT_CLIENT.to: ("email",)}
    assert told("slack", to=[AT_CLIENT])[0] == {AT_CLIENT.to: ()}


WAYS = ("email", "inbox", "sms", "slack", "teams", "webhook", "slack/On call", "sms/Pager", "teams/None")


@given(
    st.lists(st.sampled_from(WAYS), unique=True),
    st.lists(st.sampled_from(ROOMS), unique=True),
    st.sets(st.sampled_from([LUCA, MARTA])),
    st.sampled_from(["Ferrante", "Kranjska"]),
    st.sampled_from([step, objective]),
)
def test_nobody_goes_untold_and_no_room_of_another_client_is_told(channels, rooms, telephones, client, made):
    found = ways_of(
        made("resolution-75", "75 %", channels=tuple(channels)),
        (AGENT, LEAD),
        rooms=rooms,
        telephones=telephones,
        client=client,
    )

    assert found.rooms or all(ways for _, ways in found.people)
    assert all(each.client in (None, client) for each in found.rooms)
    assert all("sms" not in ways or each.to in telephones for each, ways in found.people)


@pytest.mark.parametrize(
    "channels", [("fax",), ("email", "email"), ("email/Luca",), ("slack/",), ("slack/ x",), ("slack/a\nb",)]
)
def test_a_plan_names_no_channel_that_cannot_be(channels):
    with pytest.raises(PlanError) as refused:
        Plan(steps=(step("resolution-75", "75 %", channels=channels),))

    assert [each.field for each in refused.value.faults] == ["steps[0].channels"]
