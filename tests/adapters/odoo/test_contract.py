"""The same questions to every version over every interface, and to a real server where one is named.

A real server: GOODSTANDING_TEST_ODOO_URL, _DB, _LOGIN, _SECRET. It is only read.
"""

from datetime import UTC, datetime

import pytest

from goodstanding.adapters.odoo.calls import ForbiddenCall
from goodstanding.adapters.odoo.connecting import Credentials, connect, known_of
from goodstanding.adapters.odoo.connection import Access
from goodstanding.adapters.odoo.paging import pages
from goodstanding.adapters.odoo.trouble import BadCredentials, NoModel, UnknownField
from goodstanding.adapters.odoo.values import Ref
from tests.adapters.odoo.odoos import DOORS, KEY, NOW, WAYS, Loopback, Overheard, an_odoo, connected, real_server


@pytest.fixture(params=[*WAYS, "real"], ids=lambda way: way if isinstance(way, str) else "-".join(way))
def asked(request):
    """How to connect anew, with the secret or another one: a function."""
    if request.param == "real":
        server = real_server()
        if server is None:
            pytest.skip("no real server is named")
        url, database, login, secret = server
        return lambda wrong=None, **kwargs: connect(
            Loopback(), url, Credentials(login, wrong or secret), database=database, **kwargs
        )
    series, interface = request.param
    odoo = an_odoo(series, open_doors=DOORS[interface])
    return lambda wrong=None, **kwargs: connected(odoo, secret=wrong or KEY, **kwargs)


@pytest.fixture
def connection(asked):
    return asked()


def test_a_connection_knows_the_version_the_database_and_who_it_is(connection):
    assert connection.version.major in range(14, 21)
    assert connection.database
    assert connection.uid > 0


def test_a_wrong_secret_is_refused_in_plain_words(asked):
    with pytest.raises(BadCredentials) as refused:
        asked(wrong="0" * 40)

    assert "secret" in str(refused.value)
    assert "API key" in refused.value.advice


def test_a_model_tells_its_fields_with_types_and_relations(connection):
    fields = connection.fields("res.users")

    assert fields["login"].type == "char"
    assert (fields["partner_id"].type, fields["partner_id"].relation) == ("many2one", "res.partner")
    assert fields["id"].type == "integer"


def test_a_model_that_is_not_there_is_told_from_one_that_is_closed(connection):
    assert connection.access("no.such.model") is Access.ABSENT
    assert connection.access("res.users") is Access.READABLE
    assert not connection.may_read("no.such.model")
    with pytest.raises(NoModel):
        connection.fields("no.such.model")


def test_fields_the_database_does_not_have_are_left_out_and_the_others_are_read(connection):
    (row,) = connection.search_read("res.users", [("id", "=", connection.uid)], ["login", "no_such_field", "partner_id"])

    assert row.id == connection.uid
    assert set(row.values) == {"login", "partner_id"}
    assert isinstance(row.ref("partner_id"), Ref)
    assert row.text("login")


def test_a_domain_or_an_order_by_an_unknown_field_is_refused_before_anything_is_asked(connection):
    with pytest.raises(UnknownField):
        connection.search_read("res.users", [("no_such_field", "=", 1)], ["login"])
    with pytest.raises(UnknownField):
        connection.search_read("res.users", [], ["login"], order="no_such_field desc")
    with pytest.raises(UnknownField):
        connection.group("res.users", ["no_such_field"])


def test_instants_are_aware_and_links_are_pairs(connection):
    (row,) = connection.read("res.users", [connection.uid], ["create_date", "company_id", "active"])

    at = row.instant("create_date")
    assert at is not None
    assert at.tzinfo is UTC
    assert row.flag("active")
    assert isinstance(row["company_id"], Ref)


def test_records_that_are_gone_are_left_out(connection):
    assert connection.read("res.users", [9_999_999], ["login"]) == ()
    assert connection.read("res.users", [], ["login"]) == ()
    assert connection.read("res.users", [9_999_999], []) == ()
    assert [row.id for row in connection.read("res.users", [connection.uid, 9_999_999], [])] == [connection.uid]


def test_counting_limits_and_offsets_fit_together(connection):
    count = connection.search_count("res.partner", archived=True)
    every = connection.search_read("res.partner", [], ["name"], order="id", archived=True)
    first = connection.search_read("res.partner", [], ["name"], order="id", limit=2, archived=True)
    second = connection.search_read("res.partner", [], ["name"], order="id", limit=2, offset=2, archived=True)

    assert count == len(every)
    assert [row.id for row in (*first, *second)] == [row.id for row in every][:4]


def test_what_is_switched_off_is_read_only_where_asked_for(connection):
    shown = {row.id for row in connection.search_read("res.users", [], ["login"])}
    every = {row.id for row in connection.search_read("res.users", [], ["login"], archived=True)}

    assert 1 in every - shown


def test_names_that_changed_between_versions_are_one_here(connection):
    (row,) = connection.read("res.users", [connection.uid], ["group_ids", "all_group_ids"])

    assert set(row.values) == {"group_ids", "all_group_ids"}
    assert set(row.ids("group_ids")) <= set(row.ids("all_group_ids"))


def test_groups_have_counts_and_the_beginnings_of_their_months(connection):
    groups = connection.group("res.partner", ["active", "create_date:month"], archived=True)

    assert sum(group.count for group in groups) == connection.search_count("res.partner", archived=True)
    for group in groups:
        at = group.keys["create_date:month"]
        assert isinstance(at, datetime)
        assert (at.day, at.hour, at.minute, at.tzinfo) == (1, 0, 0, UTC)
        assert isinstance(group.keys["active"], bool)


def test_groups_have_measures(connection):
    (group,) = connection.group("res.users", ["active"], [("id", "=", connection.uid)], measures=["id:max"])

    assert group.measures == {"id:max": connection.uid}


def test_pages_hold_every_record_once(connection):
    every = {row.id for row in connection.search_read("res.partner", [], [], archived=True)}

    for size in (1, 2, 3):
        paged = [row.id for page in pages(connection, "res.partner", ["name"], size=size) for row in page.rows]
        assert sorted(paged) == sorted(every)


def test_a_connection_can_be_taken_up_again_without_signing_in(asked, connection):
    again = asked(known=known_of(connection))

    assert again.uid == connection.uid
    assert again.search_count("res.users", [("id", "=", again.uid)]) == 1


def test_nothing_writes_through_a_connection_made_for_reading(connection):
    with pytest.raises(ForbiddenCall):
        connection.post_note("res.partner", 1, "never sent")


@pytest.mark.parametrize(("series", "interface"), WAYS)
def test_a_password_works_wherever_odoo_takes_one(series, interface):
    odoo = an_odoo(series, open_doors=DOORS[interface])

    if interface == "json2":
        with pytest.raises(BadCredentials):
            connected(odoo, secret="pw-auditor")
    else:
        assert connected(odoo, secret="pw-auditor").uid == odoo.uid_of("auditor")


@pytest.mark.parametrize(("series", "interface"), WAYS)
def test_a_note_is_internal_shown_as_it_is_and_posted_once(series, interface):
    odoo = an_odoo(series, open_doors=DOORS[interface])
    overheard = Overheard(odoo)
    connection = connected(overheard, writing=True)

    number = connection.post_note("helpdesk.ticket", 1, "Due at 10:00\nwithin <2 h & a bit>")

    (row,) = connection.read("mail.message", [number], ["body", "subtype_id", "is_internal", "model", "res_id", "message_type"])
    assert row.text("body") == "<p>Due at 10:00 within &lt;2 h &amp; a bit&gt;</p>"
    assert row["subtype_id"] == Ref(2, "Note")
    assert not row.flag("is_internal")
    assert (row.text("model"), row.whole("res_id"), row.text("message_type")) == ("helpdesk.ticket", 1, "comment")
    assert [ask.again for ask in overheard.asks if b"mail.mt_note" in ask.body] == [False]


@pytest.mark.parametrize(("series", "interface"), WAYS)
def test_tickets_are_read_with_links_computed_fields_and_instants(series, interface):
    connection = connected(an_odoo(series, open_doors=DOORS[interface]))

    fields = [
        "number",
        "stage_id",
        "closed",
        "closed_date",
        "assigned_date",
        "priority",
        "partner_id",
        "category_id",
        "tag_ids",
    ]
    (row,) = connection.search_read("helpdesk.ticket", [("closed", "=", True)], fields)

    assert row.id == 2
    assert (row.text("number"), row.text("priority"), row.ref("stage_id")) == ("HT00002", "2", Ref(2, "Done"))
    assert row.instant("closed_date") == NOW.replace(minute=20)
    assert row.instant("assigned_date") == NOW.replace(minute=10)
    assert row.ref("category_id") is None
    assert row.ids("tag_ids") == ()
