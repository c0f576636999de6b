"""The exports of common products are recognised by themselves, by technical names and by labels."""

from pathlib import Path

from goodstanding.adapters.files.tickets import Field, NoteCode, Reading, Shape
from goodstanding.core.desk.events import Actor, EventKind, PauseOwner
from goodstanding.core.desk.policy import ClockKind
from tests.adapters.files.tickets.exports import by_ref, note, read, short, utc

SERVICENOW_LOG = """\
number,incident_state,sys_mod_count,made_sla,caller_id,opened_at,sys_created_at,sys_updated_at,category,priority,\
assignment_group,assigned_to,resolved_at,closed_at
INC1,New,0,TRUE,Caller 7,28-03-2025 09:00,28-03-2025 09:01,28-03-2025 09:01,Mail,3 - Moderate,Desk,?,?,?
INC1,Active,1,TRUE,Caller 7,28-03-2025 09:00,28-03-2025 09:01,28-03-2025 09:20,Mail,3 - Moderate,Desk,Ann,?,?
INC1,Awaiting User Info,2,TRUE,Caller 7,28-03-2025 09:00,28-03-2025 09:01,28-03-2025 09:20,Mail,2 - High,Desk,Ann,?,?
INC1,Active,3,TRUE,Caller 7,28-03-2025 09:00,28-03-2025 09:01,28-03-2025 11:00,Mail,2 - High,Desk,Ann,?,?
INC1,Resolved,4,TRUE,Caller 7,28-03-2025 09:00,28-03-2025 09:01,28-03-2025 12:00,Mail,2 - High,Desk,Ann,28-03-2025 12:00,?
INC1,Active,5,TRUE,Caller 7,28-03-2025 09:00,28-03-2025 09:01,29-03-2025 08:00,Mail,2 - High,Network,Bob,?,?
INC1,Closed,6,TRUE,Caller 7,28-03-2025 09:00,28-03-2025 09:01,02-04-2025 12:00,Mail,2 - High,Network,Bob,?,02-04-2025 12:00
INC2,On Hold,0,TRUE,Caller 8,28-03-2025 10:00,28-03-2025 10:00,28-03-2025 10:00,Mail,5 - Planning,Desk,?,?,?
"""


def test_a_servicenow_audit_log_tells_what_happened_between_its_rows(tmp_path: Path) -> None:
    found = read(tmp_path, SERVICENOW_LOG)

    assert (found.product, found.shape, found.rows, found.count, found.bad) == ("servicenow", Shape.UPDATES, 8, 2, ())
    ticket = by_ref(found)["INC1"]
    assert short(ticket) == [
        ("2025-03-28 09:00", "opened"),
        ("2025-03-28 09:20", "assigned"),
        ("2025-03-28 09:20", "progress"),
        ("2025-03-28 09:20", "priority_changed"),
        ("2025-03-28 09:20", "waiting"),
        ("2025-03-28 11:00", "resumed"),
        ("2025-03-28 11:00", "progress"),
        ("2025-03-28 12:00", "resolved"),
        ("2025-03-29 08:00", "assigned"),
        ("2025-03-29 08:00", "reopened"),
        ("2025-03-29 08:00", "progress"),
        ("2025-04-02 12:00", "closed"),
    ]
    assert [event.owner for event in ticket.events if event.kind is EventKind.WAITING] == [PauseOwner.CUSTOMER]
    assert (ticket.priority, ticket.team, ticket.assignee, ticket.contact) == ("P3", "Desk", "Bob", "Caller 7")


def test_a_log_without_replies_does_not_measure_responses(tmp_path: Path) -> None:
    found = read(tmp_path, SERVICENOW_LOG)

    assert found.unmeasured == {ClockKind.RESPONSE, ClockKind.NEXT_RESPONSE}


def test_a_hold_without_more_waits_on_the_partner_until_somebody_confirms(tmp_path: Path) -> None:
    found = read(tmp_path, SERVICENOW_LOG)

    (wait,) = [event for event in by_ref(found)["INC2"].events if event.kind is EventKind.WAITING]
    assert wait.owner is PauseOwner.PARTNER
    confirm = note(found, NoteCode.CONFIRM_WORD)
    assert confirm is not None
    assert confirm.values == ("On Hold", "waiting:partner")


def test_the_reason_of_a_hold_says_whom_it_waits_on(tmp_path: Path) -> None:
    log = (
        "number,state,sys_updated_on,opened_at,sys_id,on_hold_reason\n"
        "A,New,2025-03-28 09:00:00,2025-03-28 09:00:00,1,\n"
        "A,On Hold,2025-03-28 10:00:00,2025-03-28 09:00:00,1,Awaiting Caller\n"
        "A,On Hold,2025-03-28 11:00:00,2025-03-28 09:00:00,1,Awaiting Vendor\n"
    )

    found = read(tmp_path, log)

    waits = [event for event in by_ref(found)["A"].events if event.kind is EventKind.WAITING]
    assert [(wait.owner, wait.reason) for wait in waits] == [
        (PauseOwner.CUSTOMER, "Awaiting Caller"),
        (PauseOwner.SUPPLIER, "Awaiting Vendor"),
    ]
    assert note(found, NoteCode.CONFIRM_WORD) is None


def test_a_servicenow_list_is_read_by_its_labels(tmp_path: Path) -> None:
    listed = (
        "Number,Opened,Short description,Caller,Priority,State,Assignment group,Assigned to,Company,Resolved,Closed,Updated\n"
        "INC7,2025-01-31 09:00:00,Mail is down,Ann,1 - Critical,Closed,Desk,Bob,Acme,2025-01-31 10:00:00,"
        "2025-02-05 10:00:00,2025-02-05 10:00:00\n"
    )

    found = read(tmp_path, listed)

    ticket = by_ref(found)["INC7"]
    assert (found.product, found.shape) == ("servicenow", Shape.TICKETS)
    assert (ticket.priority, ticket.client, ticket.title) == ("P1", "Acme", "Mail is down")
    assert short(ticket) == [("2025-01-31 09:00", "opened"), ("2025-01-31 10:00", "resolved")]
    assert found.newest == utc("2025-02-05 10:00")


def test_zendesk_minutes_become_instants_and_its_business_hours_are_left_alone(tmp_path: Path) -> None:
    export = (
        "Summation column,Id,Requester,Organization,Group,Assignee,Subject,Tags,Status,Priority,Via,Created at,Solved at,"
        "First reply time in minutes,First reply time in minutes within business hours,Reopens\n"
        '1,501,Ann,Acme,Desk,Bob,"Printer, again","print,urgent",Solved,Urgent,Mail,2025-01-31 09:00,2025-01-31 12:00,25,5,0\n'
        "1,502,Ann,Acme,Desk,,Question,,Pending,Normal,Mail,2025-01-31 10:00,,,,0\n"
    )

    found = read(tmp_path, export)

    solved = by_ref(found)["501"]
    assert found.product == "zendesk"
    assert short(solved) == [
        ("2025-01-31 09:00", "opened"),
        ("2025-01-31 09:25", "staff_replied"),
        ("2025-01-31 12:00", "resolved"),
    ]
    assert (solved.priority, solved.tags, solved.title) == ("P1", frozenset({"print", "urgent"}), "Printer, again")
    assert (solved.events[1].actor, solved.events[1].public) == (Actor.STAFF, True)
    unused = note(found, NoteCode.COLUMNS_NOT_USED)
    assert unused is not None
    assert unused.values == ("First reply time in minutes within business hours",)
    assert found.unmeasured == {ClockKind.NEXT_RESPONSE}
    assert found.mapping[Field.FIRST_RESPONSE_MINUTES] == "First reply time in minutes"


def test_freshdesk_is_read_by_the_headers_of_its_export(tmp_path: Path) -> None:
    export = (
        "Ticket ID,Subject,Status,Priority,Source,Type,Agent,Group,Created time,Due by Time,Resolved time,Closed time,"
        "Last update time,Initial response time,First response time (in hrs),Resolution time (in hrs),Agent interactions,"
        "Company Name,Full name\n"
        "9,Slow,Closed,Medium,Portal,Incident,Bob,Desk,2025-01-31 09:00:00,2025-02-01 09:00:00,2025-01-31 15:00:00,"
        "2025-02-02 15:00:00,2025-02-02 15:00:00,2025-01-31 09:30:00,0.5,6,2,Acme,Ann\n"
    )

    found = read(tmp_path, export)

    ticket = by_ref(found)["9"]
    assert found.product == "freshdesk"
    assert [kind for _, kind in short(ticket)] == ["opened", "staff_replied", "resolved"]
    assert (ticket.priority, ticket.kind, ticket.client, ticket.contact) == ("P3", "Incident", "Acme", "Ann")


def test_jira_is_read_with_its_dates_its_repeated_headers_and_its_priorities(tmp_path: Path) -> None:
    export = (
        "Summary,Issue key,Issue id,Issue Type,Status,Project key,Project name,Priority,Resolution,Assignee,Reporter,Created,"
        "Updated,Resolved,Labels,Labels\n"
        "Login fails,HELP-12,10012,Incident,Done,HELP,Helpdesk,Highest,Done,Bob,Ann,05/Jan/25 2:33 PM,07/Jan/25 9:00 AM,"
        "06/Jan/25 12:01 AM,web,login\n"
    )

    found = read(tmp_path, export)

    ticket = by_ref(found)["HELP-12"]
    assert (found.product, ticket.priority) == ("jira", "P1")
    assert short(ticket) == [("2025-01-05 14:33", "opened"), ("2025-01-06 00:01", "resolved")]
    assert found.unmeasured == {ClockKind.RESPONSE, ClockKind.NEXT_RESPONSE}


def test_odoo_helpdesk_is_read_by_technical_names_with_its_own_priorities(tmp_path: Path) -> None:
    export = (
        "ticket_ref,name,partner_id,team_id,user_id,stage_id,priority,create_date,assign_date,close_date,kanban_state\n"
        "00012,No invoices,Acme,Support,Bob,Solved,3,2025-01-31 09:00:00,2025-01-31 09:05:00,2025-01-31 11:00:00,normal\n"
        "00013,A wish,Acme,Support,,New,0,2025-01-31 09:00:00,,,normal\n"
    )

    found = read(tmp_path, export)

    tickets = by_ref(found)
    assert found.product == "odoo"
    assert (tickets["00012"].priority, tickets["00013"].priority) == ("P1", "P4")
    assert short(tickets["00012"]) == [("2025-01-31 09:00", "opened"), ("2025-01-31 11:00", "resolved")]
    assert ClockKind.RESPONSE in found.unmeasured


def test_odoo_helpdesk_is_read_by_the_labels_of_its_export(tmp_path: Path) -> None:
    export = (
        "Ticket IDs Sequence,Subject,Customer,Helpdesk Team,Assigned to,Stage,Priority,Created on,Close date,"
        "Hours to First Response\n"
        "00012,No invoices,Acme,Support,Bob,Solved,Urgent,2025-01-31 09:00:00,2025-01-31 11:00:00,0.5\n"
        "00014,Wish,Acme,Support,Bob,Cancelled,Low priority,2025-01-31 09:00:00,2025-01-31 10:00:00,\n"
    )

    found = read(tmp_path, export)

    tickets = by_ref(found)
    assert (found.product, tickets["00012"].client, tickets["00012"].team) == ("odoo", "Acme", "Support")
    assert short(tickets["00014"]) == [("2025-01-31 09:00", "opened"), ("2025-01-31 10:00", "cancelled")]
    assert tickets["00014"].priority == "P4"


def test_oca_helpdesk_is_read_and_an_assignment_is_no_first_response(tmp_path: Path) -> None:
    export = (
        "number,name,partner_id,team_id,user_id,stage_id,priority,create_date,assigned_date,closed_date,last_stage_update\n"
        "HT00007,Slow report,Acme,Support,Bob,Done,2,2025-01-31 09:00:00,2025-01-31 09:05:00,2025-01-31 11:00:00,"
        "2025-01-31 11:00:00\n"
    )

    found = read(tmp_path, export)

    ticket = by_ref(found)["HT00007"]
    assert (found.product, ticket.priority) == ("oca", "P2")
    assert [kind for _, kind in short(ticket)] == ["opened", "resolved"]
    assert ClockKind.RESPONSE in found.unmeasured


def test_a_plain_table_is_read_by_common_names(tmp_path: Path) -> None:
    table = (
        "Ticket,Customer,Priority,Tier,Opened,First response,Resolved\n"
        "1,Acme,P2,Gold,2025-01-31T09:00Z,2025-01-31T09:10Z,2025-01-31T10:00Z\n"
    )

    found = read(tmp_path, table, Reading())

    ticket = by_ref(found)["1"]
    assert (found.product, ticket.tier, ticket.priority) == ("", "Gold", "P2")
    assert [kind for _, kind in short(ticket)] == ["opened", "staff_replied", "resolved"]


def test_events_are_known_by_the_product_unless_the_reading_names_their_source(tmp_path: Path) -> None:
    table = "Ticket,Opened\n1,2025-01-31T09:00Z\n"

    unnamed = by_ref(read(tmp_path, table, Reading()))["1"]
    named = by_ref(read(tmp_path, table, Reading(source="acme-desk")))["1"]

    assert [event.id for event in unnamed.events] == ["file:1:opened"]
    assert [event.id for event in named.events] == ["acme-desk:1:opened"]


def test_of_two_columns_with_one_header_the_first_is_read_and_that_is_said(tmp_path: Path) -> None:
    found = read(tmp_path, "ticket,opened,Opened,labels,labels\nA,2025-01-02 09:00,2025-01-01 09:00,a,b\n")

    said = [(each.column, each.count) for each in found.notes if each.code is NoteCode.HEADER_TWICE]
    assert said == [("opened", 2)]
    assert [event.at for event in next(found.tickets()).events] == [utc("2025-01-02 09:00")]
