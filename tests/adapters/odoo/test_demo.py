"""What the demo Odoo keeps by itself: tracked changes, dates of tickets, messages, and what rules hide."""

import json
from datetime import timedelta

import pytest

from goodstanding.adapters.odoo.demo import DemoOdoo, model
from goodstanding.adapters.odoo.trouble import NoRight
from goodstanding.adapters.odoo.values import Ref
from goodstanding.adapters.outbound.message import Ask
from tests.adapters.odoo.odoos import ADDRESS, NOW, SERIES, accounts, an_odoo, connected

VALUES = ["field_id", "old_value_char", "new_value_char", "old_value_integer", "new_value_integer", "mail_message_id"]


@pytest.mark.parametrize("series", SERIES)
def test_a_stage_that_changes_leaves_a_message_with_its_old_and_new_value(series):
    connection = connected(an_odoo(series))

    messages = connection.search_read(
        "mail.message",
        [("model", "=", "helpdesk.ticket"), ("res_id", "=", 2)],
        ["date", "author_id", "subtype_id", "message_type", "tracking_value_ids", "is_internal"],
        order="id",
    )
    values = connection.search_read("mail.tracking.value", [("mail_message_id", "=", messages[-1].id)], VALUES)

    assert [each.flag("is_internal") for each in messages] == [False, True, True]
    assert "tracking_value_ids" not in messages[-1]
    assert messages[0].ref("subtype_id").name == "Ticket Created"
    assert messages[-1].instant("date") == NOW + timedelta(minutes=20)
    assert messages[-1].text("message_type") == "notification"
    assert messages[-1]["subtype_id"] == Ref(2, "Note")
    assert messages[-1].ref("author_id").name == "Mitchell Admin"
    (value,) = values
    assert value.ref("mail_message_id") == Ref(messages[-1].id)
    assert value.ref("field_id").name.startswith("Stage (")
    assert (value.text("old_value_char"), value.text("new_value_char")) == ("New", "Done")
    assert (value.whole("old_value_integer"), value.whole("new_value_integer")) == (1, 2)


@pytest.mark.parametrize("series", SERIES)
def test_untracked_fields_leave_no_message_but_move_the_write_date(series):
    odoo = an_odoo(series)
    connection = connected(odoo)
    before = connection.search_count("mail.message")

    odoo.write("helpdesk.ticket", 1, {"priority": "3"}, at=NOW + timedelta(hours=1))

    (row,) = connection.read("helpdesk.ticket", [1], ["write_date", "priority"])
    assert connection.search_count("mail.message") == before
    assert (row.text("priority"), row.instant("write_date")) == ("3", NOW + timedelta(hours=1))


def test_a_reply_does_not_move_the_write_date_of_its_ticket():
    odoo = an_odoo("18.0")
    connection = connected(odoo)
    client = connection.search_read("res.partner", [("name", "=", "Client")], ["name"])[0].id
    (before,) = connection.read("helpdesk.ticket", [1], ["write_date"])

    at = NOW + timedelta(hours=2)
    odoo.post("helpdesk.ticket", 1, "<p>Still broken</p>", at=at, author=client, kind="email")
    odoo.post("helpdesk.ticket", 1, "<p>Asked the vendor</p>", at=at, by="admin", internal=True)

    (after,) = connection.read("helpdesk.ticket", [1], ["write_date"])
    fields = ["author_id", "subtype_id", "message_type", "is_internal"]
    reply, note = connection.search_read("mail.message", [("date", ">=", at)], fields, order="id")
    assert after == before
    assert (reply.ref("author_id"), reply.ref("subtype_id"), reply.text("message_type")) == (
        Ref(client, "Client"),
        Ref(1, "Discussions"),
        "email",
    )
    assert note.ref("subtype_id") == Ref(2, "Note")
    assert not note.flag("is_internal")


def test_a_ticket_that_is_reopened_keeps_its_closing_date():
    odoo = an_odoo("18.0")

    odoo.write("helpdesk.ticket", 2, {"stage_id": 1}, at=NOW + timedelta(hours=3), by="admin")

    (row,) = connected(odoo).read("helpdesk.ticket", [2], ["closed", "closed_date", "last_stage_update"])
    assert not row.flag("closed")
    assert row.instant("closed_date") == NOW + timedelta(minutes=20)
    assert row.instant("last_stage_update") == NOW + timedelta(hours=3)


def test_fractions_of_a_second_count_in_domains_before_19_and_not_from_19_on():
    for series, count in (("18.0", 1), ("19.0", 0)):
        odoo = an_odoo(series)
        at = NOW + timedelta(minutes=20)
        assert connected(odoo).search_count("helpdesk.ticket", [("write_date", ">", at)]) == count


def test_a_rule_hides_records_from_lists_and_refuses_them_by_number():
    odoo = an_odoo("18.0")
    connection = connected(odoo, login="basic", secret="c" * 40)

    assert connection.search_read("helpdesk.ticket", [], ["number"]) == ()
    assert connection.search_count("helpdesk.ticket") == 0
    with pytest.raises(NoRight):
        connection.read("helpdesk.ticket", [1], ["number"])


def test_own_models_and_tasks_are_kept_with_tracking_too():
    lease = model(
        "car.lease", "Lease", "name  char  Name  | tracked\n rate  float  Rate\n until  date  Until  | tracked", major=18
    )
    odoo = DemoOdoo("18.0", clock=lambda: NOW, accounts=accounts(), models=[lease])
    user = odoo.uid_of("admin")
    stage = odoo.create("project.task.type", {"name": "Done", "fold": True}, at=NOW)
    task = odoo.create("project.task", {"name": "Paint"}, at=NOW)
    car = odoo.create("car.lease", {"name": "Van"}, at=NOW)

    later = NOW + timedelta(days=1)
    odoo.write("project.task", task, {"user_ids": [user], "stage_id": stage, "priority": "1"}, at=later)
    odoo.write("car.lease", car, {"rate": 1.5, "until": later.date()}, at=later)

    connection = connected(odoo)
    (row,) = connection.read("project.task", [task], ["date_end", "date_assign", "user_ids"])
    assert (row.instant("date_end"), row.instant("date_assign"), row.ids("user_ids")) == (later, later, (user,))
    tracked = connection.search_read("mail.tracking.value", [], ["field_id", "new_value_char"], order="id")
    assert [(each.ref("field_id").name, each.text("new_value_char")) for each in tracked] == [
        ("Assignees (Task)", "Mitchell Admin"),
        ("Stage (Task)", "Done"),
        ("Priority (Task)", "High"),
        ("Until (Lease)", None),
    ]
    assert connection.read("car.lease", [car], ["rate"])[0].exact("rate") == pytest.approx(1.5)


def test_administrators_may_write_over_the_interface_and_others_may_not():
    odoo = an_odoo("19.0")

    def write(secret):
        headers = {"Authorization": f"bearer {secret}", "Content-Type": "application/json"}
        body = json.dumps({"ids": [1], "vals": {"name": "Changed"}}).encode()
        return odoo.send(Ask("POST", f"{ADDRESS}/json/2/helpdesk.ticket/write", headers, body))

    assert write("a" * 40).status == 403
    assert write("b" * 40).status == 200
    assert odoo.store.value("helpdesk.ticket", 1, "name") == "Changed"


@pytest.mark.parametrize("series", SERIES)
def test_signing_in_leaves_a_trace_and_calling_does_not(series):
    odoo = an_odoo(series)
    connection = connected(odoo, secret="pw-auditor")
    connection.search_count("res.users")

    assert odoo.store.numbers("res.users.log") == [1]
    (row,) = connection.read("res.users", [connection.uid], ["login_date"])
    assert row.instant("login_date") == NOW


@pytest.mark.parametrize("series", SERIES)
def test_a_database_tells_which_fields_it_tracks(series):
    domain = [("model", "=", "helpdesk.ticket"), ("tracking", ">", 0)]

    rows = connected(an_odoo(series)).search_read("ir.model.fields", domain, ["name"])

    assert {row.text("name") for row in rows} == {"stage_id", "user_id"}
