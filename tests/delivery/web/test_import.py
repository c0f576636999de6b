"""A file is given, looked at, asked about, taken by the worker, and its tickets stand on the board (CLOCK-1)."""

import html
import io
import re
from datetime import timedelta

import polars as pl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from goodstanding.apps.desk import queries
from goodstanding.apps.desk.values import TicketFilter
from goodstanding.apps.runs import actions as ledger
from goodstanding.apps.runs import queries as runs
from goodstanding.apps.tenancy import queries as tenancy
from goodstanding.apps.tenancy.roles import Role
from goodstanding.flows.work import work
from tests.apps.world import EVERYTHING
from tests.delivery.web.site import HTMX, Site, text_of

pytestmark = pytest.mark.django_db

ODOO = """\
Ticket IDs Sequence,Subject,Customer Company,Priority,Helpdesk Team,Assigned to,Stage,Created on,Closing Date
00012,Printer is silent,Nordhavn A/S,High,Support,Ann,Solved,2026-01-05 09:00:00,2026-01-05 11:00:00
00013,=SUM(A1),Casa Ferrante,Low,Support,,New,2026-01-06 09:00:00,
"""
ZENDESK = """\
Summation column,Id,Requester,Organization,Group,Assignee,Subject,Status,Priority,Created at,Solved at,\
First reply time in minutes
1,501,Ann,Acme,Desk,Bob,"Printer, again",Solved,Urgent,2026-01-31 09:00,2026-01-31 12:00,25
1,502,Ann,Acme,Desk,,Question,Open,Normal,2026-01-31 10:00,,
"""
FRESHDESK = """\
Ticket ID,Subject,Status,Priority,Group,Agent,Created time,Initial response time,Resolved time,Company name,Agent interactions
7,Cannot sign in,Closed,Urgent,Desk,Bob,2026-01-31 09:00:00,2026-01-31 09:20:00,2026-01-31 10:00:00,Acme,3
8,Slow,Open,Low,Desk,,2026-02-01 09:00:00,,,Acme,0
"""
BROKEN = """\
Ticket,Customer,Priority,Created,Resolved
A-1,Acme,P1,2026-01-05 09:00:00Z,2026-01-05 10:00:00Z
A-2,Acme,P1,yesterday,
A-3,Acme,P7,2026-01-05 09:00:00Z,
A-1,Acme,P1,2026-01-05 09:00:00Z,
"""
AMBIGUOUS = """\
Ticket,Customer,Priority,Created,Resolved
A-1,Casa Ferrante,P1,03/04/2026 09:00,05/04/2026 09:30
"""


def upload(browser, content, name="export.csv"):
    data = content if isinstance(content, bytes) else content.encode()
    return browser.post("/import", {"file": SimpleUploadedFile(name, data)}, follow=True)


def given(site, content, name="export.csv", role=Role.TEAM_LEAD):
    """A browser that has uploaded a file, the address of its preview, and the page."""
    browser = site.browser(role)
    answer = upload(browser, content, name)
    return browser, answer.redirect_chain[-1][0], text_of(answer)


def terms(site, **more):
    return {
        "take": "1", "client_zone": "UTC", "tier": str(site.tier.public_id), "calendar": str(site.always.public_id)
    } | more  # fmt: skip


def done(site, answer):
    """The worker does the run that was asked for; its page afterwards."""
    address = answer.redirect_chain[-1][0]
    work(worker="a", clock=lambda: site.now + timedelta(minutes=1))
    return text_of(answer.client.get(address))


def listed(site):
    return {row.ref: row for row in queries.ticket_list(EVERYTHING, TicketFilter(), now=site.now + timedelta(minutes=2))[0]}


def hidden(page):
    return dict(re.findall(r'<input type="hidden" name="(answer:[^"]*)" value="([^"]*)"', html.unescape(page)))


@pytest.mark.proves("CLOCK-1")
@pytest.mark.parametrize(
    ("content", "product", "refs"),
    [
        (ODOO, "Odoo Helpdesk", {"00012", "00013"}),
        (ZENDESK, "Zendesk", {"501", "502"}),
        (FRESHDESK, "Freshdesk", {"7", "8"}),
    ],
)
def test_an_export_is_recognised_shown_taken_and_on_the_board(content, product, refs):
    site = Site()
    browser, address, _ = given(site, content)

    page = text_of(browser.post(address, {"zone": "UTC"}))
    before = listed(site)
    result = done(site, browser.post(address, terms(site, zone="UTC"), follow=True))

    assert "2 tickets in export.csv" in page
    assert product in page
    assert before == {}
    assert set(listed(site)) == refs
    assert "Done" in result
    assert "2 of 2 tickets in the file" in result


def test_the_preview_shows_tickets_columns_words_and_which_clients_are_new():
    site = Site()
    browser, address, _ = given(site, ODOO)

    page = text_of(browser.post(address, {"zone": "UTC"}))

    assert "Printer is silent" in page
    assert "Ticket IDs Sequence" in page
    assert "Closing Date" in page
    assert re.search(r"Nordhavn A/S.{0,200}new</span>", page, re.DOTALL)
    assert not re.search(r"Casa Ferrante <span class=\"muted small\">1 ticket</span> <span class=\"tag accent\">", page)


def test_new_clients_are_set_up_with_the_tier_and_measured_at_once():
    site = Site()
    browser, address, _ = given(site, ZENDESK)

    result = done(site, browser.post(address, terms(site, zone="UTC"), follow=True))

    acme = next(each for each in tenancy.clients(EVERYTHING) if each.name == "Acme")
    (promise,) = queries.assignments(EVERYTHING, client=acme.public_id)
    assert (promise.tier_name, promise.calendar_name) == ("Gold", "Always")
    assert "Acme" in result
    assert listed(site)["502"].breaches > 0  # nobody has answered it for months
    page = text_of(browser.get(reverse("ticket", args=[listed(site)["501"].public_id])))
    assert 'class="strip"' in page


def test_without_a_tier_new_clients_are_kept_as_not_covered():
    site = Site()
    browser, address, _ = given(site, ZENDESK)

    done(site, browser.post(address, terms(site, zone="UTC", tier=""), follow=True))

    acme = next(each for each in tenancy.clients(EVERYTHING) if each.name == "Acme")
    assert queries.assignments(EVERYTHING, client=acme.public_id) == ()
    assert "Not covered" in text_of(browser.get(reverse("ticket", args=[listed(site)["502"].public_id])))


def test_all_tickets_can_be_given_to_one_client():
    site = Site()
    browser, address, _ = given(site, ZENDESK)

    done(site, browser.post(address, terms(site, zone="UTC", all_to=str(site.kestrel.pk)), follow=True))

    assert {row.client_name for row in listed(site).values()} == {"Kestrel Outdoor"}
    assert "Acme" not in {each.name for each in tenancy.clients(EVERYTHING)}


@pytest.mark.proves("CLOCK-1")
def test_the_same_file_again_takes_nothing():
    site = Site()
    browser, address, _ = given(site, ZENDESK)
    done(site, browser.post(address, terms(site, zone="UTC"), follow=True))

    again = upload(browser, ZENDESK).redirect_chain[-1][0]
    result = done(site, browser.post(again, terms(site, zone="UTC", dates="ymd"), follow=True))

    assert again == address
    assert "0 of 2 tickets in the file" in result
    assert "were known" in result
    assert len(listed(site)) == 2


def test_the_same_request_again_is_the_same_run_and_other_answers_are_another():
    site = Site()
    browser, address, _ = given(site, ZENDESK)

    first = browser.post(address, terms(site, zone="UTC"))["Location"]
    again = browser.post(address, terms(site, zone="UTC"))["Location"]
    other = browser.post(address, terms(site, zone="Europe/Rome"))["Location"]

    assert first == again != other
    assert len(runs.runs(EVERYTHING)) == 2


def test_the_zone_is_asked_for_where_the_times_carry_none_and_never_guessed():
    site = Site()
    browser, address, page = given(site, ODOO)

    answered = text_of(browser.post(address, {"zone": "Europe/Rome"}))
    done(site, browser.post(address, terms(site, zone="Europe/Rome"), follow=True))

    assert "On which clocks" in page
    assert 'name="take"' not in page
    assert "2 tickets in export.csv" in answered
    assert f"{listed(site)['00012'].opened_at:%Y-%m-%d %H:%M}" == "2026-01-05 08:00"


def test_the_order_of_dates_is_asked_for_and_the_answer_is_kept_to_the_end():
    site = Site()
    browser, address, page = given(site, AMBIGUOUS)
    assert "In which order are the dates" in page
    (name,) = set(re.findall(r'type="radio" name="(answer:[^"]+)"', html.unescape(page)))
    choices = re.findall(r'type="radio" name="[^"]+" value="(\w+)"', page)

    zone = text_of(browser.post(address, {name: "mdy"}))
    shown = text_of(browser.post(address, hidden(zone) | {"zone": "UTC"}))
    done(site, browser.post(address, hidden(shown) | terms(site, zone="UTC"), follow=True))

    assert set(choices) >= {"dmy", "mdy"}
    assert "On which clocks" in zone
    assert hidden(shown) == {name: "mdy"}
    assert f"{listed(site)['A-1'].opened_at:%Y-%m-%d %H:%M}" == "2026-03-04 09:00"


def test_an_answer_that_is_none_is_refused_and_asked_again():
    site = Site()
    browser, address, page = given(site, AMBIGUOUS)
    (name,) = set(re.findall(r'type="radio" name="(answer:[^"]+)"', html.unescape(page)))

    answer = browser.post(address, {name: "sdrawkcab"})

    assert answer.status_code == 200
    assert "sdrawkcab" in text_of(answer)
    assert 'name="take"' not in text_of(answer)


def test_a_map_says_which_column_is_which():
    site = Site()
    content = "Was,Wann,Wer,Wie eilig\nA-1,2026-01-05T09:00:00Z,Casa Ferrante,ganz\n"
    told = "columns: {ticket: Was, opened: Wann, client: Wer, priority: Wie eilig}\npriorities: {ganz: P1}\n"
    browser, address, page = given(site, content)

    mapped = text_of(browser.post(address, {"map": told.replace("\n", "\r\n")}))
    done(site, browser.post(address, terms(site, map=told.replace("\n", "\r\n")), follow=True))

    assert "No column was found" in page
    assert "1 ticket in export.csv" in mapped
    assert told.strip() in html.unescape(mapped).replace("\r\n", "\n")
    assert listed(site)["A-1"].priority == "P1"


def test_a_map_that_cannot_be_read_is_refused_with_its_line_and_stays_in_the_form():
    site = Site()
    browser, address, _ = given(site, ZENDESK)
    wrong = "columns:\n  ticket: Id\n  colour: red\n"

    page = html.unescape(text_of(browser.post(address, {"zone": "UTC", "map": wrong})))

    assert "line 3" in page
    assert "colour" in page
    assert wrong.strip() in page
    assert 'name="take"' not in page


def test_rows_that_are_bad_are_told_with_line_column_and_reason_and_the_rest_is_taken():
    site = Site()
    browser, address, page = given(site, BROKEN)

    result = done(site, browser.post(address, terms(site), follow=True))

    text = html.unescape(page).lower()
    for said in ("line 3", "“yesterday”", "is no date and time", "line 4", "“p7”", "line 5", "was told before"):
        assert said in text
    assert "3 bad rows" in page
    assert set(listed(site)) == {"A-1"}
    assert "Rows that were not taken" in result
    assert "“yesterday”" in html.unescape(result)


def workbook(rows, name="Tickets"):
    data = io.BytesIO()
    pl.DataFrame(rows).write_excel(data, worksheet=name)
    return data.getvalue()


def test_a_workbook_and_a_parquet_file_are_read_as_well():
    rows = [{"Ticket": "A-1", "Customer": "Casa Ferrante", "Priority": "P1", "Created": "2026-01-05T09:00:00Z"}]
    columns = io.BytesIO()
    pl.DataFrame(rows).write_parquet(columns)

    for number, content in enumerate((workbook(rows), columns.getvalue(), pl.DataFrame(rows).write_ndjson().encode())):
        site = Site(f"partner-{number}", f"Partner {number}")
        _, _, page = given(site, content, "anything")

        assert "1 ticket in anything" in page


def test_a_sheet_that_is_not_there_is_named_with_those_that_are():
    site = Site()
    rows = [{"Ticket": "A-1", "Customer": "Casa Ferrante", "Priority": "P1", "Created": "2026-01-05T09:00:00Z"}]
    browser, address, _ = given(site, workbook(rows, "Januar"), "book.xlsx")

    wrong = text_of(browser.post(address, {"sheet": "February"}))
    right = text_of(browser.post(address, {"sheet": "Januar"}))

    assert "There is no sheet February; the workbook has Januar" in html.unescape(wrong)
    assert "1 ticket in book.xlsx" in right


@pytest.mark.parametrize(
    ("content", "given_also", "said"),
    [
        (b"", {}, "The file is empty"),
        (b"%PDF-1.7 and so on", {}, "neither CSV, nor a workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, {}, "save it as .xlsx"),
        (b"PK\x03\x04 but no workbook", {}, ""),
        (b"\x89PNG\r\n\x1a\n", {}, "neither CSV, nor a workbook"),
        (b"colour,size\nred,3\n", {}, "No column was found for"),
        (b"Ticket,Customer,Created\n", {}, "No row could be read as a ticket"),
        (b"Ticket,Customer,Created\nA-1,Acme,nonsense\n", {}, "No row could be read as a ticket"),
        (ZENDESK.encode(), {"zone": "Europe/Atlantis"}, "Europe/Atlantis is no time zone"),
        (ZENDESK.encode(), {"zone": "+02:00"}, "+02:00 is no time zone"),
        (b"\xff\xfe\x00\x00 not text at all \x00\x01\x02", {}, ""),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_in_words_that_say_what_to_do(content, given_also, said):
    site = Site()
    browser, address, page = given(site, content)

    if given_also:
        page = text_of(browser.post(address, given_also))

    text = html.unescape(page)
    assert 'role="alert"' in text
    assert said in text
    assert 'name="take"' not in text
    assert runs.runs(EVERYTHING) == ()


def test_no_file_is_said_to_be_missing():
    answer = Site().browser(Role.TEAM_LEAD).post("/import", {})

    assert "Choose a file first" in text_of(answer)


@pytest.mark.proves("PORTAL-3")
def test_an_upload_of_another_partner_is_not_found_and_cannot_be_taken():
    ours, theirs = Site(), Site("baltica", "Baltica ERP")
    _, address, _ = given(theirs, ZENDESK)
    stranger = ours.browser(Role.PARTNER_ADMIN)

    assert stranger.get(address).status_code == 404
    assert stranger.post(address, terms(ours, zone="UTC")).status_code == 404
    assert runs.runs(EVERYTHING) == ()


@pytest.mark.proves("PORTAL-3")
@pytest.mark.parametrize("foreign", ["all_to", "tier", "calendar"])
def test_terms_and_clients_of_another_partner_are_not_found(foreign):
    ours, theirs = Site(), Site("baltica", "Baltica ERP")
    browser, address, _ = given(ours, ZENDESK)
    others = {
        "all_to": str(theirs.ferrante.pk),
        "tier": str(theirs.tier.public_id),
        "calendar": str(theirs.calendar.public_id),
    }

    answer = browser.post(address, terms(ours, zone="UTC", **{foreign: others[foreign]}))

    assert answer.status_code == 404
    assert runs.runs(EVERYTHING) == ()


@pytest.mark.parametrize(
    ("wrong", "said"), [({"client_zone": "Europe/Atlantis"}, "Europe/Atlantis"), ({"calendar": ""}, "choose some")]
)
def test_terms_that_cannot_be_are_refused_and_nothing_that_was_chosen_is_lost(wrong, said):
    site = Site()
    browser, address, _ = given(site, ZENDESK)

    page = html.unescape(text_of(browser.post(address, terms(site, zone="UTC", **wrong))))

    assert "Not taken: " in page
    assert said in page
    assert re.search(rf'<option value="{site.tier.public_id}" selected', page)
    assert runs.runs(EVERYTHING) == ()


def test_an_upload_by_the_platform_goes_to_the_partner_it_was_kept_for():
    ours, theirs = Site(), Site("zeta", "Zeta ERP")
    kept = theirs.document(ZENDESK.encode())
    browser = ours.browser(Role.PLATFORM_ADMIN)
    address = reverse("preview", args=[kept.public_id])

    done(theirs, browser.post(address, terms(theirs, zone="UTC"), follow=True))

    acme = next(each for each in tenancy.clients(EVERYTHING) if each.name == "Acme")
    assert acme.partner == theirs.partner.pk


@pytest.mark.parametrize("state", ["waiting", "working", "failed"])
def test_the_page_of_a_run_shows_how_far_it_is(state):
    site = Site()
    run = site.run(file="export.csv")
    if state != "waiting":
        ledger.claim(run.pk, worker="a", now=site.now)
        ledger.progress(run.pk, worker="a", now=site.now, done=400, total=1_600, stage="Taking tickets in")
    if state == "failed":
        ledger.fail(run.pk, worker="a", now=site.now, error="the disk is full", again=False)
    browser = site.browser(Role.TEAM_LEAD)
    address = reverse("run", args=[run.public_id])

    page, part = text_of(browser.get(address)), text_of(browser.get(address, **HTMX))

    said = {"waiting": "Waiting", "working": "400 of 1,600", "failed": "the disk is full"}[state]
    for text in (page, part):
        assert said in text
        assert ("Try again" in text) is (state == "failed")
    assert "<html" not in part
    assert ('aria-valuenow="25"' in page) is (state == "working")
    assert "export.csv" in page


def test_a_run_that_failed_is_tried_again_by_who_may_import():
    site = Site()
    run = site.run(file="export.csv")
    ledger.claim(run.pk, worker="a", now=site.now)
    ledger.fail(run.pk, worker="a", now=site.now, error="the disk is full", again=False)
    address = reverse("run", args=[run.public_id])

    lead, agent = site.browser(Role.TEAM_LEAD), site.browser(Role.AGENT)
    offered = ["Try again" in text_of(browser.get(address)) for browser in (lead, agent)]
    lead.post(f"{address}/retry")

    assert offered == [True, False]
    assert runs.run(EVERYTHING, run.public_id).state == "waiting"


def test_a_run_that_has_not_failed_is_not_tried_again_and_the_page_says_why():
    site = Site()
    run = site.run(file="export.csv")

    page = text_of(site.browser(Role.TEAM_LEAD).post(f"/runs/{run.public_id}/retry", follow=True))

    assert "only a run that failed can be tried again" in page


def test_without_runs_the_page_says_what_will_appear():
    assert "No runs yet" in text_of(Site().browser(Role.AGENT).get("/runs"))
