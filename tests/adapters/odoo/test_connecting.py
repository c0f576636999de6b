"""From an address and credentials to a database: doors that are closed, databases to choose from, keys, second factors."""

from dataclasses import replace
from datetime import timedelta

import pytest

from goodstanding.adapters.odoo.calls import Call, ForbiddenCall
from goodstanding.adapters.odoo.connecting import Credentials, base_of, connect, known_of
from goodstanding.adapters.odoo.demo import Doors, Key
from goodstanding.adapters.odoo.transports import Interface
from goodstanding.adapters.odoo.trouble import (
    BadCredentials,
    ManyDatabases,
    NoApi,
    NoDatabase,
    NoMethod,
    NoRight,
    NotOdoo,
    Refused,
    TwoFactor,
    Unreachable,
)
from goodstanding.adapters.outbound.message import Answer
from tests.adapters.odoo.odoos import ADDRESS, KEY, NOW, SERIES, Overheard, Scripted, accounts, an_odoo, connected


@pytest.mark.parametrize(
    ("series", "interface"), [("15.0", "jsonrpc"), ("18.0", "jsonrpc"), ("saas~18.2", "jsonrpc"), ("19.0", "json2")]
)
def test_the_interface_is_chosen_by_version(series, interface):
    assert connected(an_odoo(series)).interface == interface


@pytest.mark.parametrize("series", SERIES)
def test_where_an_interface_is_closed_the_next_is_taken(series):
    odoo = an_odoo(series, open_doors=Doors(json2=False, jsonrpc=False, web=False))

    connection = connected(odoo, database="demo")

    assert connection.interface is Interface.XML_RPC
    assert connection.search_count("helpdesk.ticket") == 3


@pytest.mark.parametrize("series", SERIES)
def test_a_server_with_no_interface_says_so(series):
    odoo = an_odoo(series, open_doors=Doors(json2=False, jsonrpc=False, xmlrpc=False))

    with pytest.raises(NoApi) as refused:
        connected(odoo)

    assert "rpc" in refused.value.advice


def test_a_server_that_answers_nothing_known_is_not_odoo():
    odoo = an_odoo("18.0", open_doors=Doors(json2=False, jsonrpc=False, xmlrpc=False, web=False))

    with pytest.raises(NotOdoo):
        connected(odoo)


def test_a_server_that_restarts_is_worth_another_try():
    with pytest.raises(Unreachable):
        connected(Scripted("<html>Bad gateway</html>", 502, "text/html"))


def test_on_19_a_password_goes_on_over_the_older_interface():
    connection = connected(an_odoo("19.0"), secret="pw-auditor")

    assert connection.interface is Interface.JSON_RPC
    assert connection.search_count("helpdesk.ticket") == 3


@pytest.mark.parametrize("series", SERIES)
def test_the_only_database_is_found(series):
    assert connected(an_odoo(series)).database == "demo"


@pytest.mark.parametrize("series", SERIES)
def test_several_databases_are_counted_and_not_named(series):
    odoo = an_odoo(series, beside=["another-customer", "third"])

    with pytest.raises(ManyDatabases) as refused:
        connected(odoo)

    assert "3" in refused.value.said
    assert "another-customer" not in refused.value.said + refused.value.advice
    assert connected(odoo, database="demo").search_count("helpdesk.ticket") == 3


@pytest.mark.parametrize(
    "closed",
    [
        Answer(301, {"location": "https://odoo.example.com/web/login", "content-type": "text/html"}, b"<html>moved</html>"),
        Answer(200, {"content-type": "text/html"}, b"<!doctype html><html>not here</html>"),
        Answer(403, {"content-type": "application/json"}, b'{"error": "forbidden"}'),
        Answer(403, {"content-type": "text/plain"}, b"forbidden"),
        Answer(404, {"content-type": "application/json"}, b""),
    ],
    ids=["redirect", "page", "data", "word", "nothing"],
)
def test_a_proxy_that_closes_the_list_of_databases_in_its_own_way_asks_for_the_name_too(closed):
    class Closing:
        def __init__(self, odoo):
            self.odoo = odoo

        def send(self, ask):
            return closed if ask.url.endswith("/web/database/list") else self.odoo.send(ask)

    with pytest.raises(ManyDatabases, match="does not list its databases"):
        connected(Closing(an_odoo("18.0")))
    assert connected(Closing(an_odoo("18.0")), database="demo").database == "demo"


def test_a_server_that_lists_no_databases_asks_for_the_name():
    with pytest.raises(ManyDatabases, match="does not list"):
        connected(an_odoo("18.0", open_doors=Doors(listing=False)))


@pytest.mark.parametrize("series", SERIES)
@pytest.mark.parametrize("database", ["nodb", "ünbekannt", "a\nb"])
def test_an_unknown_database_is_refused(series, database):
    with pytest.raises(NoDatabase):
        connected(an_odoo(series), database=database)


@pytest.mark.parametrize("series", SERIES)
def test_a_password_with_a_second_factor_missing_is_told_from_a_wrong_one(series):
    odoo = an_odoo(series)

    with pytest.raises(TwoFactor) as refused:
        connected(odoo, login="careful", secret="pw-careful")
    with pytest.raises(BadCredentials) as wrong:
        connected(odoo, login="careful", secret="pw-wrong")

    assert "two-factor" in refused.value.said
    assert "API key" in refused.value.advice
    assert not isinstance(wrong.value, TwoFactor)
    assert connected(odoo, login="careful", secret="d" * 40).uid == odoo.uid_of("careful")


@pytest.mark.parametrize("series", SERIES)
def test_signing_in_happens_once_and_is_never_repeated_by_itself(series):
    overheard = Overheard(an_odoo(series))
    connection = connected(overheard, secret="pw-auditor")
    connection.search_count("helpdesk.ticket")
    again = connected(overheard, secret="pw-auditor", known=known_of(connection))
    again.search_count("helpdesk.ticket")

    assert overheard.methods().count("authenticate") == 1
    assert [ask.again for ask in overheard.asks if b'"authenticate"' in ask.body] == [False]
    assert all(ask.again for ask in overheard.asks if b"search_count" in ask.body)


@pytest.mark.parametrize("series", SERIES)
def test_a_key_that_ends_or_is_revoked_stops_working_and_says_so(series):
    clock = [NOW]
    odoo = an_odoo(series, clock=lambda: clock[0])
    connection = connected(odoo)
    assert connection.search_count("res.users") > 0

    clock[0] = NOW + timedelta(days=61)
    with pytest.raises(BadCredentials) as ended:
        connection.search_count("res.users")
    clock[0] = NOW
    odoo.revoke("auditor", "goodstanding", at=NOW)
    with pytest.raises(BadCredentials) as revoked:
        connection.search_count("res.users")

    for trouble in (ended.value, revoked.value):
        assert "no longer" in trouble.said
        assert "expired" in trouble.advice


@pytest.mark.parametrize("series", SERIES)
def test_an_archived_user_is_refused_at_once(series):
    odoo = an_odoo(series)
    connection = connected(odoo)
    account = next(each for each in accounts() if each.login == "auditor")

    odoo.set_account(replace(account, active=False), at=NOW)

    with pytest.raises(BadCredentials):
        connection.search_count("res.users")


@pytest.mark.parametrize("series", SERIES)
def test_a_model_that_is_closed_and_a_method_that_is_missing_are_told_apart(series):
    connection = connected(an_odoo(series), login="basic", secret="c" * 40)

    with pytest.raises(NoRight, match=r"ir\.cron"):
        connection.search_count("ir.cron")
    missing = {"15.0": "has_access", "17.0": "formatted_read_group", "18.0": "formatted_read_group", "19.0": "context_get"}[
        series
    ]
    with pytest.raises(NoMethod, match=missing):
        connection.call(Call("ir.cron", missing, {}))


@pytest.mark.parametrize(
    "method", ["write", "create", "unlink", "action_archive", "_write", "sudo", "message_post ", "web_save"]
)
def test_a_method_that_is_not_listed_is_never_sent(method):
    with pytest.raises(ForbiddenCall):
        Call("helpdesk.ticket", method, {})
    with pytest.raises(ForbiddenCall):
        Call("../web", "read", {})


def test_a_field_for_administrators_is_left_out_instead_of_failing_the_call():
    odoo = an_odoo("18.0")
    odoo.create("ir.cron", {"name": "Clean up", "code": "model.run()"}, at=NOW)

    (mine,) = connected(odoo).search_read("ir.cron", [], ["name", "code"])
    (theirs,) = connected(odoo, login="admin", secret="b" * 40).search_read("ir.cron", [], ["name", "code"])

    assert "code" not in mine
    assert theirs.text("code") == "model.run()"


def test_fields_are_asked_once_a_model():
    overheard = Overheard(an_odoo("18.0"))
    connection = connected(overheard)

    for _ in range(3):
        connection.search_read("helpdesk.ticket", [], ["number"])

    assert overheard.methods().count("fields_get") == 1


def test_no_secret_is_in_any_repr():
    key = Key("k", "very-secret", NOW)
    connection = connected(an_odoo("18.0"))

    assert "very-secret" not in repr(key) + repr(Credentials("l", "very-secret"))
    assert KEY not in repr(connection._transport) + repr(known_of(connection))
    assert "pw-auditor" not in repr(accounts())


@pytest.mark.parametrize(
    ("address", "base"),
    [
        ("https://odoo.example.com", "https://odoo.example.com"),
        (" https://odoo.example.com/web#action=1&id=2 ", "https://odoo.example.com"),
        ("odoo.example.com/odoo/helpdesk", "https://odoo.example.com"),
        ("http://10.0.0.1:8069/web/login?db=x", "http://10.0.0.1:8069"),
        ("https://[2001:db8::1]:8443/x", "https://[2001:db8::1]:8443"),
    ],
)
def test_addresses_are_taken_as_people_paste_them(address, base):
    assert base_of(address) == base


@pytest.mark.parametrize(
    "address", ["", "ftp://x", "javascript://x", "https://", "https://a:b@c", "https://x:port", "https://[x"]
)
def test_what_is_no_address_is_refused(address):
    with pytest.raises(Refused):
        base_of(address)


def test_headers_never_carry_a_secret_that_could_break_out_of_them():
    overheard = Overheard(an_odoo("19.0"))

    with pytest.raises(BadCredentials):
        connect(overheard, ADDRESS, Credentials("auditor", "x\r\nX-Evil: 1"))

    assert not any("/json/2/" in ask.url for ask in overheard.asks)
