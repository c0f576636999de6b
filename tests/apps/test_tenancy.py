"""One scope decides what somebody sees and may do (PORTAL-3)."""

import pytest

from goodstanding.apps.tenancy import actions, queries
from goodstanding.apps.tenancy.roles import ALLOWED, CLIENT_ROLES, May, Role
from goodstanding.apps.tenancy.scope import Membership, Scope
from goodstanding.apps.unit import Conflict, Forbidden, NotFound
from goodstanding.core.clocks.calendar import CalendarError
from tests.apps.world import EVERYTHING, World


@pytest.mark.proves("PORTAL-3")
def test_each_role_has_its_rights_written_down():
    assert set(ALLOWED) == set(Role)


@pytest.mark.proves("PORTAL-3")
def test_no_role_of_a_clients_people_sees_what_is_for_staff():
    for role in CLIENT_ROLES:
        assert ALLOWED[role] <= {May.SEE_TICKETS, May.ASK}

    assert ALLOWED[Role.CLIENT_VIEWER] == {May.SEE_TICKETS}


@pytest.mark.proves("PORTAL-3")
def test_a_right_held_at_one_partner_lends_nothing_at_another():
    held = [Membership(Role.PARTNER_ADMIN, partner=1), Membership(Role.AGENT, partner=2)]

    here, there = Scope.of(7, held, at=1), Scope.of(7, held, at=2)

    assert May.SET_PEOPLE in here.may
    assert May.SET_PEOPLE not in there.may
    assert (here.partners, there.partners) == ({1}, {2})


def test_somebody_with_one_partner_is_there_whatever_the_session_says():
    held = [Membership(Role.AGENT, partner=2)]

    assert Scope.of(7, held, at=99).partners == {2}


def test_the_platform_sees_all_partners_or_the_one_it_looks_at():
    held = [Membership(Role.PLATFORM_ADMIN, partner=None)]

    assert Scope.of(7, held).partners is None
    assert Scope.of(7, held, at=3).partners == {3}


def test_somebody_without_a_role_sees_nothing():
    scope = Scope.of(7, [])

    assert (scope.partners, scope.clients, scope.may) == (frozenset(), frozenset(), frozenset())


def test_a_clients_person_is_never_widened_to_the_partner():
    scope = Scope.of(7, [Membership(Role.CLIENT_ADMIN, partner=1, client=5)], at=1)

    assert (scope.partners, scope.clients, scope.is_staff) == (frozenset(), {5}, False)


@pytest.mark.proves("PORTAL-3")
def test_a_right_held_for_one_client_lends_nothing_for_another():
    held = [Membership(Role.CLIENT_ADMIN, partner=1, client=5), Membership(Role.CLIENT_VIEWER, partner=1, client=6)]

    scope = Scope.of(7, held, at=1)

    assert [scope.may_for(May.ASK, client) for client in (5, 6)] == [True, False]
    assert [scope.may_for(May.SEE_TICKETS, client) for client in (5, 6)] == [True, True]
    assert not scope.may_for(May.WAIVE, 5)
    scope.demand(May.ASK, client=5)
    with pytest.raises(Forbidden):
        scope.demand(May.ASK, client=6)


@pytest.mark.proves("PORTAL-3")
@pytest.mark.django_db
def test_rows_of_other_partners_and_clients_are_out_of_scope():
    ours, theirs = World(), World("baltica", "Baltica ERP")

    staff = {each.name for each in queries.clients(ours.scope())}
    client = {each.name for each in queries.clients(ours.scope(Role.CLIENT_VIEWER, client=ours.kestrel))}

    assert staff == {"Casa Ferrante", "Kestrel Outdoor"}
    assert client == {"Kestrel Outdoor"}
    with pytest.raises(NotFound):
        queries.client(ours.scope(), theirs.ferrante.public_id)
    mine, others = ({each.pk for each in queries.people(world.scope())} for world in (ours, theirs))
    assert mine.isdisjoint(others)


@pytest.mark.django_db
def test_a_role_taken_away_is_gone_with_the_next_look():
    from goodstanding.apps.tenancy import models

    world = World()
    person = world.person(Role.MANAGER)
    assert May.IMPORT in queries.scope_of_person(person).may

    models.Membership.objects.filter(person_id=person).delete()

    assert queries.scope_of_person(person).may == frozenset()


@pytest.mark.django_db
def test_only_who_may_set_people_gives_roles():
    world = World()

    with pytest.raises(Forbidden):
        actions.set_up_person(
            world.scope(Role.MANAGER), email="x@y.example", name="X", role=Role.AGENT, partner=world.partner.pk
        )


@pytest.mark.django_db
def test_an_administrator_gives_no_role_elsewhere():
    ours, theirs = World(), World("baltica", "Baltica ERP")
    admin = ours.scope(Role.PARTNER_ADMIN)
    new = {"email": "x@y.example", "name": "X"}

    with pytest.raises(NotFound):
        actions.set_up_person(admin, role=Role.AGENT, partner=theirs.partner.pk, **new)
    with pytest.raises(NotFound):
        actions.set_up_person(admin, role=Role.CLIENT_VIEWER, partner=ours.partner.pk, client=theirs.ferrante.pk, **new)
    with pytest.raises(NotFound):
        actions.set_up_person(admin, role=Role.PLATFORM_ADMIN, **new)


@pytest.mark.django_db
def test_roles_of_clients_need_a_client_and_others_must_not_have_one():
    world = World()
    new = {"email": "x@y.example", "name": "X", "partner": world.partner.pk}

    with pytest.raises(Conflict):
        actions.set_up_person(EVERYTHING, role=Role.CLIENT_VIEWER, **new)
    with pytest.raises(Conflict):
        actions.set_up_person(EVERYTHING, role=Role.AGENT, client=world.ferrante.pk, **new)


@pytest.mark.django_db
def test_an_administrator_cannot_take_over_an_account_that_has_a_password():
    world = World()
    person = world.person(Role.AGENT)
    admin = world.scope(Role.PARTNER_ADMIN)
    assert actions.invite(admin, person) is not None

    actions.set_password(EVERYTHING, person, "a long enough password")

    assert actions.invite(admin, person) is None


@pytest.mark.django_db
def test_setting_up_twice_is_setting_up_once():
    world = World()

    again = actions.set_up_client(EVERYTHING, partner=world.partner.pk, name="Casa Ferrante", zone="Europe/Rome")

    assert again.pk == world.ferrante.pk


@pytest.mark.django_db
def test_a_zone_that_is_none_is_refused():
    with pytest.raises(CalendarError):
        actions.set_up_client(EVERYTHING, partner=World().partner.pk, name="X", zone="+02:00")
