"""The recorded answers of real servers, held against both sides: the adapter reads them right, the demo answers alike."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from xmlrpc.client import Fault as StandardFault
from xmlrpc.client import loads

import pytest

from goodstanding.adapters.odoo.calls import Call
from goodstanding.adapters.odoo.commitments import Commitments
from goodstanding.adapters.odoo.databases import list_databases, only_database
from goodstanding.adapters.odoo.demo import DemoOdoo, Doors, Key, auditor, basic
from goodstanding.adapters.odoo.desks import OCA
from goodstanding.adapters.odoo.fields import read_fields
from goodstanding.adapters.odoo.jsonrpc import JsonRpc
from goodstanding.adapters.odoo.rows import Row
from goodstanding.adapters.odoo.transports import Json2, Rpc, sign_in
from goodstanding.adapters.odoo.trouble import (
    BadCredentials,
    ForeignSession,
    ManyDatabases,
    NoApi,
    NoDatabase,
    NoMethod,
    NoModel,
    NoRight,
    NotOdoo,
    Trouble,
    Unexpected,
)
from goodstanding.adapters.odoo.values import normalise
from goodstanding.adapters.odoo.version import find_version, read_version
from goodstanding.adapters.odoo.xml import Fault, read_answer, write_call
from goodstanding.adapters.odoo.xmlrpc import XmlRpc
from goodstanding.adapters.outbound.message import Ask
from goodstanding.core.desk.commitment import Said
from goodstanding.core.desk.policy import ClockKind
from tests.adapters.odoo.odoos import ADDRESS, KEY, NOW, RECORDINGS, Replay, connected, recorded, recordings

pytestmark = recorded

RPC_ERRORS = {
    "bad_password": BadCredentials,
    "access_model": NoRight,
    "access_field": NoRight,
    "access_write": NoRight,
    "private_method": NoRight,
    "no_fields_all_read": NoRight,
    "missing_model": None,
    "missing_method": NoMethod,
    "bad_field": Unexpected,
    "bad_domain_field": Unexpected,
    "missing_db": NoDatabase,
}
JSON_2_ERRORS = {
    "json2_err_access_field": NoRight,
    "json2_err_access_model": NoRight,
    "json2_err_access_write": NoRight,
    "json2_err_archived_user": BadCredentials,
    "json2_err_bad_field": Unexpected,
    "json2_err_bad_json": Unexpected,
    "json2_err_bad_key": BadCredentials,
    "json2_err_content_type": NotOdoo,
    "json2_err_cookie_of_other_user": ForeignSession,
    "json2_err_get_method": NoMethod,
    "json2_err_missing_arg": Unexpected,
    "json2_err_missing_db": NoDatabase,
    "json2_err_missing_method": NoMethod,
    "json2_err_missing_model": NoMethod,
    "json2_err_no_key": BadCredentials,
    "json2_err_password_as_bearer": BadCredentials,
    "json2_err_private_method": NoRight,
    "json2_err_unknown_arg": Unexpected,
}


def every(pattern):
    return [pytest.param(name, told, id=name) for name, told in recordings(pattern)] if RECORDINGS.is_dir() else []


def kind_of(name, prefix):
    return name.partition("/")[2].removeprefix(prefix)


def of_the_maker(told):
    """The wire that a recording came over."""
    return (JsonRpc if told["transport"] == "http raw" else XmlRpc)(Replay(told), ADDRESS)


@pytest.mark.parametrize(("name", "told"), [*every("err_jsonrpc_*"), *every("err_xmlrpc_*"), *every("err_xmlrpc1_*")])
def test_each_recorded_error_is_the_right_trouble_and_shows_nothing_of_the_server(name, told):
    kind = kind_of(name, "err_jsonrpc_" if "jsonrpc" in name else "err_xmlrpc1_" if "xmlrpc1" in name else "err_xmlrpc_")
    database = "nodb" if kind == "missing_db" else "odoo"
    transport = Rpc(of_the_maker(told), database, 9, "secret")
    call = Call("ir.cron", "search_read", {"domain": []})

    if kind in ("missing_record", "no_fields_all_read") and ("fault" not in told and "error" not in told.get("body", {})):
        assert isinstance(transport.call(call), list)
        return
    with pytest.raises(Trouble) as trouble:
        transport.call(call)

    expected = {**RPC_ERRORS, "bad_json": (NotOdoo, NoApi)}[kind]
    assert expected is None or isinstance(trouble.value, expected)
    shown = trouble.value.said + trouble.value.advice + str(trouble.value)
    for secret in ("Traceback", "frames", "Goodstanding Auditor", "127.0.0.1", "Contact your administrator", "secret"):
        assert secret not in shown


@pytest.mark.parametrize(("name", "told"), [*every("err_jsonrpc_missing_model"), *every("err_xmlrpc_missing_model")])
def test_a_missing_model_is_told_as_such_where_nothing_else_can_fail(name, told):
    transport = Rpc(of_the_maker(told), "odoo", 9, "secret")

    for method in ("fields_get", "check_access_rights", "has_access"):
        with pytest.raises(NoModel):
            transport.call(Call("nomodel.x", method, {}))


@pytest.mark.parametrize(("name", "told"), every("json2_err_*"))
def test_each_recorded_error_of_json_2_is_the_right_trouble(name, told):
    transport = Json2(Replay(told), ADDRESS, "odoo", KEY)

    with pytest.raises(Trouble) as trouble:
        transport.call(Call("res.users", "search_count", {"domain": []}))

    assert isinstance(trouble.value, JSON_2_ERRORS[kind_of(name, "")])
    assert "Traceback" not in trouble.value.said + trouble.value.advice


def test_a_missing_model_over_json_2_is_told_where_nothing_else_can_fail():
    ((_, told),) = recordings("json2_err_missing_model")

    with pytest.raises(NoModel):
        Json2(Replay(told), ADDRESS, "odoo", KEY).call(Call("nomodel.x", "fields_get", {}))


@pytest.mark.parametrize(("name", "told"), [*every("auth_*"), *every("login_jsonrpc_ok")])
def test_each_recorded_sign_in_gives_a_number_or_the_right_trouble(name, told):
    wire = of_the_maker(told)

    if "missing_db" in name:
        with pytest.raises(NoDatabase):
            sign_in(wire, "nodb", "auditor", "pw")
    elif told.get("result", told.get("body", {}).get("result")) is False:
        with pytest.raises(BadCredentials):
            sign_in(wire, "odoo", "auditor", "pw")
    else:
        assert sign_in(wire, "odoo", "auditor", "pw") in range(1, 100)


@pytest.mark.parametrize(("name", "told"), [*every("version_webclient"), *every("version_jsonrpc"), *every("version_xmlrpc")])
def test_each_recorded_version_is_read(name, told):
    version = read_version(told["result"] if "result" in told else told["body"]["result"])

    assert version.series == name.partition("/")[0]
    assert not version.saas
    assert not version.enterprise


@pytest.mark.parametrize(("name", "told"), every("version_get_*"))
def test_the_newer_address_of_the_version_is_a_page_before_19(name, told):
    if name.startswith("19.0"):
        assert find_version(Replay(told), ADDRESS).series == "19.0"
    else:
        with pytest.raises(NotOdoo):
            find_version(Replay(told), ADDRESS)


@pytest.mark.parametrize(("name", "told"), [*every("database_list_web"), *every("nolist_database_list_web")])
def test_each_recorded_list_of_databases_is_read(name, told):
    if "nolist" in name:
        assert list_databases(Replay(told), ADDRESS) is None
        with pytest.raises(ManyDatabases):
            only_database(Replay(told), ADDRESS)
    else:
        assert only_database(Replay(told), ADDRESS) == told["body"]["result"][0]


@pytest.mark.parametrize(("name", "told"), every("fields_get_*"))
def test_each_recorded_list_of_fields_is_read(name, told):
    if "fault" in told:
        with pytest.raises(NoModel):
            Rpc(of_the_maker(told), "odoo", 2, "secret").call(Call("some.model", "fields_get", {}))
        return
    fields = read_fields("some.model", Rpc(of_the_maker(told), "odoo", 2, "secret").call(Call("some.model", "fields_get", {})))

    assert set(fields) == set(told["result"])
    assert all(field.type for field in fields.values())
    assert all(field.relation for field in fields.values() if field.type in ("many2one", "one2many", "many2many"))


def test_each_recorded_row_is_normalised_by_its_fields():
    types = {}
    for name, told in recordings("fields_get_*"):
        if "result" in told:
            types[name.replace("fields_get_", "")] = read_fields("m", value_of(told))
    seen = set()
    for name, told in recordings("search_read_*"):
        key = name.replace("search_read_", "").rpartition("_")[0]
        if "result" not in told or key not in types:
            continue
        for raw in value_of(told):
            row = Row(raw["id"], {field: normalise(types[key][field], raw[field]) for field in raw if field in types[key]})
            for field in row.values:
                kind = types[key][field].type
                seen.add(kind)
                assert (row[field] is False) is (kind == "boolean" and raw[field] is False)
                assert not isinstance(row[field], float)

    assert {"boolean", "char", "datetime", "many2one", "many2many", "float", "selection", "integer"} <= seen


def value_of(told):
    return read_answer(Replay(told).send(Ask("POST", ADDRESS)).body)


@pytest.mark.parametrize(("name", "told"), [*every("*_admin"), *every("err_xmlrpc*"), *every("auth_xmlrpc*")])
def test_xml_is_read_as_the_standard_library_reads_it(name, told):
    body = Replay(told).send(Ask("POST", ADDRESS)).body

    ours = read_answer(body)

    if isinstance(ours, Fault):
        with pytest.raises(StandardFault) as fault:
            loads(body)
        assert (ours.code, ours.text) == (fault.value.faultCode, fault.value.faultString)
    else:
        ((standard,), _) = loads(body)
        plain = json.dumps(ours, default=lambda each: float(each) if isinstance(each, Decimal) else each)
        assert plain == json.dumps(standard)


# The demo in the same shapes.


def like(series, **kwargs):
    """A demo Odoo with the accounts of the recordings."""
    key = Key("k-rec", KEY, NOW)
    return DemoOdoo(
        series,
        clock=lambda: NOW,
        accounts=[
            auditor("auditor", "pw-auditor-1", keys=(key,)),
            basic("basic", "pw-basic-1", keys=(replace(key, secret="c" * 40),)),
        ],
        database=f"odoo{series[:2]}",
        **kwargs,
    )


def sent_again(odoo, told, key=KEY):
    """Send a recorded request to the demo, with the numbers of its own users."""
    uids = {"pw-auditor-1": odoo.uid_of("auditor"), "pw-basic-1": odoo.uid_of("basic"), "wrong": odoo.uid_of("auditor")}
    body = json.loads(json.dumps(told["request"]["body"]).replace("<api-key-redacted>", key))
    if isinstance(body, dict) and body.get("params", {}).get("method") == "execute_kw":
        args = body["params"]["args"]
        args[1] = uids.get(args[2], args[1])
    headers = {name: value.replace("<api-key-redacted>", key) for name, value in told["request"].get("headers", {}).items()}
    raw = b"" if body is None else body.encode() if isinstance(body, str) else json.dumps(body).encode()
    return odoo.send(Ask(told["request"]["method"], ADDRESS + told["request"]["path"], headers, raw))


def shape(value):
    """What an answer looks like without what it says: keys and kinds, and the class names of errors."""
    if isinstance(value, dict):
        return {key: each if key in ("name", "code", "jsonrpc") else shape(each) for key, each in value.items()}
    return type(value).__name__


NOT_IN_THE_DEMO = ("no_fields_all_read", "bad_json", "cookie", "archived", "cooldown", "2fa", "missing_record")
"""Left out: what other tests hold, or what needs a browser's cookie."""


@pytest.mark.parametrize(("name", "told"), [*every("err_jsonrpc_*"), *every("json2_err_*"), *every("auth_jsonrpc_*")])
def test_the_demo_fails_in_the_shapes_of_real_servers(name, told):
    if any(each in name for each in NOT_IN_THE_DEMO):
        pytest.skip("held elsewhere")

    answer = sent_again(like(name.partition("/")[0]), told, key="c" * 40 if "access_model" in name else KEY)

    assert answer.status == told["status"]
    real = told["body"]
    if isinstance(real, str):
        assert answer.headers["content-type"].startswith("text/html")
        assert ("X-Odoo-Database" in real) is (b"X-Odoo-Database" in answer.body)
    else:
        assert shape(json.loads(answer.body)) == shape(real)
        assert ("www-authenticate" in answer.headers) is ("WWW-Authenticate" in told["headers"])


@pytest.mark.parametrize(("name", "told"), [*every("version_*"), *every("database_list_web"), *every("json2_search_count")])
def test_the_demo_answers_in_the_shapes_of_real_servers(name, told):
    if told["transport"] != "http raw" or (name.startswith("18.0") and "get_json" in name):
        pytest.skip("decoded, or a website's page")

    answer = sent_again(like(name.partition("/")[0]), told)

    assert answer.status == told["status"]
    if not isinstance(told["body"], str):
        assert shape(json.loads(answer.body)) == shape(told["body"])


@pytest.mark.parametrize(("name", "told"), every("nolist_database_list_*"))
def test_the_demo_keeps_its_list_of_databases_to_itself_like_real_servers(name, told):
    odoo = like(name.partition("/")[0], open_doors=Doors(listing=False))

    if told["transport"] == "http raw":
        assert shape(json.loads(sent_again(odoo, told).body)) == shape(told["body"])
    else:
        with pytest.raises(BadCredentials):
            XmlRpc(odoo, ADDRESS).ask("db", "list", [], again=True)


@pytest.mark.parametrize(("name", "told"), every("err_xmlrpc_*"))
def test_the_demo_fails_with_the_fault_codes_of_real_servers(name, told):
    if any(each in name for each in NOT_IN_THE_DEMO):
        pytest.skip("held elsewhere")
    odoo = like(name.partition("/")[0])
    params = list(told["params"])
    params[1] = odoo.uid_of("basic") if params[2] == "pw-basic-1" else odoo.uid_of("auditor")
    answer = odoo.send(Ask("POST", f"{ADDRESS}/xmlrpc/2/object", {}, write_call("execute_kw", params)))

    fault = read_answer(answer.body)
    assert isinstance(fault, Fault)
    assert fault.code == told["fault"]["faultCode"]
    assert fault.text.startswith("Traceback") is told["fault"]["faultString"].startswith("Traceback")


@pytest.mark.parametrize("series", ["15.0", "17.0", "18.0", "19.0"])
def test_the_demos_fields_are_those_of_real_servers(series):
    odoo = like(series)
    compared = 0
    for name, told in recordings("fields_get_*"):
        model = next((each for each in odoo.store.models if name == f"{series}/fields_get_{each.replace('.', '_')}"), None)
        if model is None or "result" not in told:
            continue
        compared += 1
        for field in odoo.store.models[model].fields.values():
            real = told["result"].get(field.name)
            assert real is not None, f"{model}.{field.name}"
            assert (field.type, field.relation) == (real["type"], real.get("relation")), f"{model}.{field.name}"

    assert compared >= 12


def test_every_recorded_read_group_has_the_demos_shape():
    for name, told in [*recordings("read_group_*"), *recordings("formatted_read_group_*")]:
        if "result" not in told or not told["result"]:
            continue
        method, group = told["params"][4], told["result"][0]
        extra = {key for key in group if key.startswith("__")}
        if method == "formatted_read_group":
            assert extra == {"__extra_domain", "__count"}, name
        elif told["params"][6].get("lazy") is False:
            assert extra == {"__domain", "__count", "__range"}, name
        else:
            assert "__domain" in extra, name


@pytest.mark.parametrize("series", ["17.0", "18.0", "19.0"])
def test_every_state_of_an_sla_that_real_servers_know_is_read(series):
    told = dict(recordings("fields_get_helpdesk_ticket_sla"))[f"{series}/fields_get_helpdesk_ticket_sla"]
    states = dict(told["result"]["state"]["selection"])
    odoo = like(series)
    ticket = odoo.create("helpdesk.ticket", {"name": "Printer"}, at=NOW)
    policy = odoo.create("helpdesk.sla", {"name": "Four hours"}, at=NOW)
    for state in states:
        odoo.create("helpdesk.ticket.sla", {"ticket_id": ticket, "sla_id": policy, "state": state}, at=NOW)

    read = Commitments(connected(odoo, database=f"odoo{series[:2]}"), OCA, lambda stage: ClockKind.RESOLUTION).read(
        {ticket: None}
    )

    assert states == dict(odoo.store.models["helpdesk.ticket.sla"].fields["state"].selection)
    assert sorted(each.state for each in read[ticket]) == sorted(Said)


def test_the_recorded_slas_of_tickets_are_read_as_they_stood_there():
    answered = dict(recordings("search_read_helpdesk_*_auditor"))
    rows = value_of(answered["18.0/search_read_helpdesk_ticket_sla_auditor"])
    policies = {row["id"]: row for row in value_of(answered["18.0/search_read_helpdesk_sla_auditor"])}
    odoo = like("18.0")
    stages, made, tickets = {}, {}, {}
    for number, policy in policies.items():
        of, name = policy["stage_id"]
        stages[of] = stages.get(of) or odoo.create("helpdesk.ticket.stage", {"name": name}, at=NOW)
        values = {name: policy[name] for name in ("name", "days", "hours")} | {"stage_id": stages[of]}
        made[number] = odoo.create("helpdesk.sla", values, at=NOW)
    for row in sorted(rows, key=lambda row: row["id"]):
        of, name = row["ticket_id"]
        tickets[of] = tickets.get(of) or odoo.create("helpdesk.ticket", {"name": name}, at=NOW)
        values = {"ticket_id": tickets[of], "sla_id": made[row["sla_id"][0]], "state": row["state"]}
        due = datetime.fromisoformat(row["deadline"]).replace(tzinfo=UTC)
        odoo.create("helpdesk.ticket.sla", values | {"deadline": due}, at=NOW)

    read = Commitments(connected(odoo, database="odoo18"), OCA, lambda stage: ClockKind.RESOLUTION).read(
        dict.fromkeys(tickets.values())
    )

    found = {(each.policy, f"{each.deadline_at:%F %T}", each.state) for of_one in read.values() for each in of_one}
    words = {"in_progress": Said.RUNNING, "accomplished": Said.MET, "expired": Said.MISSED, "on_hold": Said.PAUSED}
    assert found == {(row["name"], row["deadline"], words[row["state"]]) for row in rows}
    assert len(rows) >= 8
