"""The journal says who made, changed or took away access, before and after, with the change itself and without secrets."""

from datetime import timedelta
from uuid import uuid4

import pytest

from goodstanding.apps.doors import actions as doors
from goodstanding.apps.instances import actions as instances
from goodstanding.apps.instances import queries as connected
from goodstanding.apps.journal import actions, queries
from goodstanding.apps.journal.models import Entry
from goodstanding.apps.journal.values import Act, Change, JournalFilter
from goodstanding.apps.tenancy.roles import May, Role
from goodstanding.apps.unit import Conflict, Forbidden, together
from tests.apps.world import EVERYTHING, NOW, World

pytestmark = pytest.mark.django_db

EVERY = JournalFilter()
TERMS = {
    "desk": "oca", "stages": {}, "priorities": {}, "teams": (), "client_fallback": None, "since": None, "write_back": False,
}  # fmt: skip


@pytest.fixture
def world():
    return World()


@pytest.fixture
def admin(world):
    return world.scope(Role.PARTNER_ADMIN)


def told(scope, wanted=EVERY):
    """The entries, the oldest first: act, name, and changes as they read."""
    rows, _ = queries.entries(scope, wanted)
    return [(each.act, each.name, [(one.what, one.before, one.after) for one in each.changes]) for each in reversed(rows)]


def acts(scope):
    return [act for act, _, _ in told(scope)]


def an_odoo(world, scope, **given):
    values = {
        "client": None, "name": "Desk", "url": "https://odoo.example.com", "database": "desk", "login": "reader",
        "secret": "hush-hush-1", "key_name": "goodstanding",
    }  # fmt: skip
    return instances.add(scope, partner=world.partner.pk, now=NOW, **(values | given))


def test_the_life_of_a_key_is_told_with_who_it_was(world, admin):
    key, text = doors.make_key(
        admin, partner=world.partner.pk, name="Bridge", scopes=[May.SEE_TICKETS, May.TELL], lasts=timedelta(days=90), now=NOW
    )
    doors.revoke_key(admin, key.public_id, now=NOW + timedelta(hours=1))

    (revoked, made), more = queries.entries(admin, EVERY)

    assert not more
    assert (made.act, made.name, made.thing, made.at) == (Act.KEY_MADE, "Bridge", key.public_id, NOW)
    assert made.who == "Partner_Admin <partner_admin1@adriatica.example>"
    assert made.changes == (Change("may", "", "see_tickets, tell"), Change("ends", "", "2027-02-16"))
    assert (revoked.act, revoked.at) == (Act.KEY_REVOKED, NOW + timedelta(hours=1))
    assert text not in repr(list(Entry.objects.values()))


def test_what_was_ended_already_is_not_ended_twice(world, admin):
    key, _ = doors.make_key(
        admin, partner=world.partner.pk, name="Bridge", scopes=[May.SEE_TICKETS], lasts=timedelta(days=90), now=NOW
    )
    hook, _ = doors.make_endpoint(admin, partner=world.partner.pk, name="Helpdesk", client=None, now=NOW)
    for _ in range(2):
        doors.revoke_key(admin, key.public_id, now=NOW)
        doors.revoke_endpoint(admin, hook.public_id, now=NOW)

    assert acts(admin) == [Act.KEY_MADE, Act.HOOK_MADE, Act.KEY_REVOKED, Act.HOOK_REVOKED]


def test_the_life_of_a_webhook_is_told_and_none_of_its_secrets(world, admin):
    hook, first = doors.make_endpoint(
        admin, partner=world.partner.pk, name="Helpdesk", client=world.ferrante.public_id, now=NOW
    )
    _, second = doors.rotate_endpoint(admin, hook.public_id, now=NOW)
    doors.revoke_endpoint(admin, hook.public_id, now=NOW)

    assert told(admin) == [
        (Act.HOOK_MADE, "Helpdesk", [("client", "", "Casa Ferrante")]),
        (Act.HOOK_ROTATED, "Helpdesk", [("secret", "", "new")]),
        (Act.HOOK_REVOKED, "Helpdesk", []),
    ]
    kept = repr(list(Entry.objects.values()))
    assert first not in kept
    assert second not in kept


def test_the_life_of_a_connection_is_told_before_and_after_and_stays_when_it_is_gone(world, admin):
    odoo = an_odoo(world, admin)
    instances.change_access(admin, odoo.public_id, login="other", secret="hush-hush-2", key_name="goodstanding", now=NOW)
    instances.rename(admin, odoo.public_id, name="Our desk", now=NOW)
    instances.follow(admin, odoo.public_id, instances.Terms(**TERMS), on=True, now=NOW)
    changed = TERMS | {
        "stages": {"Hold": {"kind": "waiting", "owner": "customer"}}, "priorities": {"3": "P1"}, "teams": (4, 7),
        "client_fallback": world.kestrel.pk, "since": NOW, "write_back": True,
    }  # fmt: skip
    instances.follow(admin, odoo.public_id, instances.Terms(**changed), on=False, now=NOW)
    instances.name_customer(admin, odoo.public_id, customer="Ferrante Srl", client=world.ferrante.pk, now=NOW)
    instances.name_customer(admin, odoo.public_id, customer="Ferrante Srl", client=world.kestrel.pk, now=NOW)
    instances.read_again(admin, odoo.public_id, now=NOW)
    instances.forget(admin, odoo.public_id, now=NOW)

    assert connected.instances(admin) == ()
    assert told(admin) == [
        (
            Act.CONNECTION_MADE,
            "Desk",
            [("address", "", "https://odoo.example.com"), ("database", "", "desk"), ("login", "", "reader")],
        ),
        (Act.ACCESS_CHANGED, "Desk", [("login", "reader", "other"), ("secret", "", "new")]),
        (Act.CONNECTION_RENAMED, "Our desk", [("name", "Desk", "Our desk")]),
        (Act.FOLLOWING_SET, "Our desk", [("following", "", "on"), ("desk", "", "oca"), ("write back", "", "off")]),
        (
            Act.FOLLOWING_SET,
            "Our desk",
            [
                ("following", "on", "off"),
                ("write back", "off", "on"),
                ("teams", "", "4, 7"),
                ("since", "", "2026-11-18"),
                ("client of all others", "", "Kestrel Outdoor"),
                ("stage Hold", "", "waiting customer"),
                ("priority 3", "", "P1"),
            ],
        ),
        (Act.CUSTOMER_NAMED, "Our desk", [("Ferrante Srl", "", "Casa Ferrante")]),
        (Act.CUSTOMER_NAMED, "Our desk", [("Ferrante Srl", "Casa Ferrante", "Kestrel Outdoor")]),
        (Act.READ_AGAIN, "Our desk", []),
        (
            Act.CONNECTION_REMOVED,
            "Our desk",
            [("address", "https://odoo.example.com", ""), ("database", "desk", ""), ("login", "other", "")],
        ),
    ]
    assert "hush-hush" not in repr(list(Entry.objects.values()))


def test_what_changes_nothing_is_nothing_that_anybody_did(world, admin):
    odoo = an_odoo(world, admin)
    instances.follow(admin, odoo.public_id, instances.Terms(**TERMS), on=True, now=NOW)
    before = acts(admin)

    instances.follow(admin, odoo.public_id, instances.Terms(**TERMS), on=True, now=NOW)
    instances.rename(admin, odoo.public_id, name="Desk", now=NOW)
    instances.change_access(admin, odoo.public_id, login="reader", secret="", key_name="goodstanding", now=NOW)

    assert acts(admin) == before


def test_what_no_person_did_is_said_to_be_done_for_what_it_was(world, admin):
    an_odoo(world, EVERYTHING)

    ((entry,), _) = queries.entries(admin, EVERY)

    assert entry.who == "to test"


def test_the_entry_and_the_change_stand_or_fall_together(world, admin):
    def make_and_fail():
        with together():
            an_odoo(world, admin, name="Lost")
            raise RuntimeError("the power went")

    with pytest.raises(RuntimeError):
        make_and_fail()
    an_odoo(world, admin)
    with pytest.raises(Conflict):
        an_odoo(world, admin, name="Again")

    assert [name for _, name, _ in told(admin)] == ["Desk"]


def test_each_partner_reads_its_own_and_only_administrators_do(world, admin):
    other = World("baltica", "Baltica ERP")
    an_odoo(world, admin)

    assert acts(other.scope(Role.PARTNER_ADMIN)) == []
    for role in (Role.MANAGER, Role.AGENT, Role.CLIENT_ADMIN):
        client = world.ferrante if role is Role.CLIENT_ADMIN else None
        with pytest.raises(Forbidden):
            queries.entries(world.scope(role, client=client), EVERY)
        with pytest.raises(Forbidden):
            list(queries.every_entry(world.scope(role, client=client), EVERY))


def test_pages_hold_every_entry_once_also_those_of_one_second(world, admin):
    for number in range(queries.PAGE + 7):
        actions.record(admin, Act.KEY_MADE, partner=world.partner.pk, thing=uuid4(), name=f"Key {number}", now=NOW)

    first, more = queries.entries(admin, EVERY, page=1)
    second, none = queries.entries(admin, EVERY, page=2)

    assert (len(first), more, len(second), none) == (queries.PAGE, True, 7, False)
    assert [each.name for each in (*first, *second)] == [f"Key {number}" for number in reversed(range(queries.PAGE + 7))]
    assert len(list(queries.every_entry(admin, EVERY))) == queries.PAGE + 7
