"""What a stranger may answer in place of Odoo: pages, broken and hostile bodies; and that nothing of it is shown."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodstanding.adapters.odoo.bodies import MAX_BYTES, MAX_DEPTH, read_json, write_json
from goodstanding.adapters.odoo.calls import Call
from goodstanding.adapters.odoo.faults import About, of_class, of_xml_fault
from goodstanding.adapters.odoo.jsonrpc import JsonRpc
from goodstanding.adapters.odoo.transports import Json2, Rpc, sign_in
from goodstanding.adapters.odoo.trouble import (
    BadCredentials,
    ForeignSession,
    NoApi,
    NoDatabase,
    NotOdoo,
    Refused,
    TooOld,
    Trouble,
    Unexpected,
    Unreachable,
)
from goodstanding.adapters.odoo.version import Version, find_version, read_version
from goodstanding.adapters.odoo.xml import Fault, read_answer, write_call
from goodstanding.adapters.odoo.xmlrpc import XmlRpc
from tests.adapters.odoo.odoos import ADDRESS, KEY, Scripted

PAGE = "<!DOCTYPE html><html><title>Sign in</title><p>secret-of-the-page</p></html>"
CALL = Call("res.users", "search_count", {"domain": []})


def transports(sender):
    return [
        Rpc(JsonRpc(sender, ADDRESS), "odoo", 2, "secret"),
        Rpc(XmlRpc(sender, ADDRESS), "odoo", 2, "secret"),
        Json2(sender, ADDRESS, "odoo", KEY),
    ]


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (200, NotOdoo),
        (301, NotOdoo),
        (302, NotOdoo),
        (401, NotOdoo),
        (403, NoApi),
        (404, NoApi),
        (407, NotOdoo),
        (429, Unreachable),
        (500, Unreachable),
        (502, Unreachable),
        (503, Unreachable),
        (504, Unreachable),
    ],
)
def test_a_page_in_place_of_an_answer_is_told_by_its_status_over_every_interface(status, expected):
    for transport in transports(Scripted(PAGE, status, "text/html; charset=utf-8")):
        with pytest.raises(expected) as trouble:
            transport.call(CALL)

        assert "secret" not in trouble.value.said + trouble.value.advice
        assert trouble.value.advice


def test_a_page_is_a_page_whatever_it_is_declared_as():
    for transport in transports(Scripted(b"\xef\xbb\xbf\n" + PAGE.encode(), 200, "application/json")):
        with pytest.raises(NotOdoo):
            transport.call(CALL)


def test_json_of_another_program_is_not_taken_for_odoo():
    with pytest.raises(NotOdoo):
        JsonRpc(Scripted('{"status": "ok"}'), ADDRESS).ask("common", "version", [], again=True)


def test_a_page_about_cookies_and_databases_is_the_trouble_of_a_foreign_session():
    page = "<html>Cannot use both the session_id cookie and the x-odoo-database header.</html>"

    with pytest.raises(ForeignSession):
        Json2(Scripted(page, 403, "text/html"), ADDRESS, "odoo", KEY).call(CALL)


@pytest.mark.parametrize(
    "body", ["", "{", "{bad", "[1,]", '{"a": NaN}', '{"a": Infinity}', '{"a": 1e', "\x00", '"\\ud8', "9" * 5000]
)
def test_broken_json_is_unexpected(body):
    with pytest.raises(Unexpected):
        read_json(body.encode())


def test_json_is_read_to_a_depth_and_no_deeper():
    def nested(depth):
        return b"[" * depth + b"]" * depth

    assert read_json(nested(MAX_DEPTH)) != []
    for depth in (MAX_DEPTH + 1, 900, 5_000, 200_000):
        with pytest.raises(Unexpected, match="too deep"):
            read_json(nested(depth))
    with pytest.raises(Unexpected, match="too deep"):
        read_json(b'{"a":' * 100 + b"1" + b"}" * 100)


def test_a_body_above_the_limit_is_not_read():
    for read in (read_json, read_answer):
        with pytest.raises(Unexpected, match="too large"):
            read(b" " * (MAX_BYTES + 1))


HOSTILE = {
    "a billion laughs": '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>',
    "an outside entity": '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
    "an outside document type": '<!DOCTYPE x SYSTEM "http://127.0.0.1/x.dtd">',
    "a parameter entity": '<!DOCTYPE x [<!ENTITY % a "b"> %a;]>',
    "an empty document type": "<!DOCTYPE x>",
}


@pytest.mark.parametrize("prologue", HOSTILE.values(), ids=HOSTILE.keys())
def test_xml_that_declares_anything_is_refused(prologue):
    value = "<param><value><string>&a;</string></value></param>"
    body = f"<?xml version='1.0'?>{prologue}<methodResponse><params>{value}</params></methodResponse>"

    with pytest.raises(Unexpected, match="document type"):
        read_answer(body.encode())


@pytest.mark.parametrize(
    "body",
    [
        "",
        "<methodResponse>",
        "<methodResponse/>",
        "<methodResponse><fault><value><int>1</int></value></fault></methodResponse>",
        "<methodResponse><params><param><value><int>x</int></value></param></params></methodResponse>",
        "<methodResponse><params><param><value><boolean>2</boolean></value></param></params></methodResponse>",
        "<methodResponse><params><param><value><double>nan</double></value></param></params></methodResponse>",
        "<methodResponse><params><param><value><base64>A</base64></value></param></params></methodResponse>",
        "<methodResponse><params><param><value><struct><member></member></struct></value></param></params></methodResponse>",
        "<methodResponse><params><param><value><string>&undeclared;</string></value></param></params></methodResponse>",
    ],
)
def test_broken_xml_is_unexpected(body):
    with pytest.raises(Unexpected):
        read_answer(body.encode())


def test_xml_is_read_to_a_depth_and_no_deeper():
    def nested(depth):
        inside = "<value><array><data>" * depth + "</data></array></value>" * depth
        return f"<methodResponse><params><param>{inside}</param></params></methodResponse>".encode()

    assert read_answer(nested(MAX_DEPTH)) != []
    with pytest.raises(Unexpected, match="too deep"):
        read_answer(nested(MAX_DEPTH + 1))


PLAIN = st.recursive(
    st.booleans() | st.integers(-(2**31), 2**31 - 1) | st.text(st.characters(exclude_categories=["Cs", "Cc"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abc_&<>", min_size=1), inner, max_size=4),
    max_leaves=20,
)


@given(PLAIN)
def test_what_is_written_as_xml_is_read_by_the_standard_library_and_back(value):
    from xmlrpc.client import dumps, loads

    (written,), method = loads(write_call("m", [value]))

    assert (written, method) == (value, "m")
    assert read_answer(dumps((value,), methodresponse=True).encode()) == value


@given(PLAIN)
def test_what_is_written_as_json_is_read_back(value):
    assert read_json(write_json(value)) == value


CLASSES = st.sampled_from(
    ["odoo.exceptions." + each for each in ("AccessDenied", "AccessError", "UserError", "ValidationError", "MissingError")]
    + ["builtins." + each for each in ("ValueError", "KeyError", "AttributeError", "TypeError", "RecursionError")]
    + ["psycopg2.OperationalError", "psycopg2.errors.SerializationFailure", "odoo.http.SessionExpiredException", "", "x"]
)


@given(CLASSES, st.text(), st.sampled_from(["fields_get", "search_read", "message_post", "authenticate"]))
def test_no_trouble_ever_shows_what_the_server_said(name, text, method):
    marked = f"Traceback (most recent call last): mark-{text}"
    about = About("res.users", method, "odoo")

    for trouble in (of_class(name, marked, about), of_xml_fault(1, f"{marked}\n{name}: {marked}", about)):
        shown = trouble.said + trouble.advice + str(trouble)
        assert "Traceback" not in shown
        assert "mark-" not in shown


@pytest.mark.parametrize(
    "text",
    ['FATAL:  database "odoo" does not exist', "FATAL:  Datenbank »odoo« existiert nicht", "la base « odoo » n'existe pas"],
)
def test_a_missing_database_is_told_in_every_language_of_postgresql(text):
    assert isinstance(of_class("psycopg2.OperationalError", text, About("", "authenticate", "odoo")), NoDatabase)


@pytest.mark.parametrize("text", ["FATAL: sorry, too many clients already", 'connection to server at "127.0.0.1" failed', ""])
def test_a_database_server_that_is_down_is_worth_another_try(text):
    trouble = of_class("psycopg2.OperationalError", text, About("", "authenticate", "server"))

    assert isinstance(trouble, Unreachable)
    assert trouble.again


def test_the_names_of_the_old_addresses_codes_are_known():
    assert isinstance(of_xml_fault("AccessDenied", "Access Denied", About("m", "read")), BadCredentials)
    assert isinstance(of_xml_fault("warning -- UserError\n\nno", "no", About("m", "read")), Refused)


def test_a_lock_in_odoos_database_is_worth_another_try():
    text = "Traceback\n  File\npsycopg2.errors.SerializationFailure: could not serialize access\n"

    assert isinstance(of_xml_fault(1, text, About("m", "read")), Unreachable)


@pytest.mark.parametrize("answer", ["1", '"x"', "-1", "true", "[3]"])
def test_a_sign_in_answered_with_no_number_is_not_believed(answer):
    with pytest.raises(Unexpected if answer != "false" else BadCredentials):
        sign_in(
            JsonRpc(Scripted(f'{{"jsonrpc": "2.0", "result": {answer if answer != "1" else "0"}}}'), ADDRESS), "d", "l", "s"
        )


@pytest.mark.parametrize(
    ("told", "version"),
    [
        ({"server_version": "18.0", "server_version_info": [18, 0, 0, "final", 0, ""]}, Version(18)),
        (
            {"server_version": "saas~18.2+e", "server_version_info": ["saas~18", 2, 0, "final", 0, "e"]},
            Version(18, 2, True, True),
        ),
        ({"version": "19.0", "version_info": [19, 0, 0, "final", 0, ""]}, Version(19)),
        ({"server_version": "17.0-20240801"}, Version(17)),
        ({"server_version": "saas~17.4"}, Version(17, 4, True)),
        ({"server_version": "16.0+e"}, Version(16, 0, False, True)),
    ],
)
def test_versions_are_read_in_all_their_spellings(told, version):
    assert read_version(told) == version
    assert read_version({"version": version.series}).series == version.series


@pytest.mark.parametrize("told", [None, [], {}, {"version": "new"}, {"server_version_info": []}, {"version_info": [None, 1]}])
def test_what_is_no_version_is_not_odoo(told):
    with pytest.raises(NotOdoo):
        read_version(told)


def test_a_version_that_is_too_old_is_refused_by_name():
    old = json.dumps({"jsonrpc": "2.0", "id": 1, "result": {"server_version": "12.0", "server_version_info": [12, 0]}})

    with pytest.raises(TooOld, match=r"12\.0"):
        find_version(Scripted(old), ADDRESS)


def test_troubles_are_of_three_kinds():
    for kind in (BadCredentials, ForeignSession, NoApi, NoDatabase, NotOdoo, TooOld):
        assert issubclass(kind, Refused)
    assert issubclass(Unreachable, Trouble)


def test_the_text_of_a_fault_is_not_in_its_repr():
    assert "frames" not in repr(Fault(1, "Traceback frames"))
