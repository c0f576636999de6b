"""The list of all tickets: filtered and paged by its address, searched, and exported so that it can be read again."""

import csv
import io
import re
from urllib.parse import parse_qs, urlsplit

import pytest

from goodstanding.apps.desk import queries
from goodstanding.apps.documents import actions as documents
from goodstanding.apps.tenancy.roles import Role
from goodstanding.flows import import_tickets
from goodstanding.flows.read_tickets import Told
from tests.apps.world import EVERYTHING
from tests.delivery.web.site import HTMX, Site, text_of

pytestmark = pytest.mark.django_db

P1, P3 = {"priority": "P1"}, {"priority": "P3"}
FORMULAS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "=cmd|' /C calc'!A0",
    "\u00a0=1",
    "plain",
    "'quoted'",
    "a,b;c",
    'say "x"',
]


def refs(page):
    return re.findall(r'<span class="ref">([^<]+)</span>', page)


def exported(browser, address="/tickets.csv"):
    answer = browser.get(address)
    return answer, list(csv.DictReader(io.StringIO(text_of(answer).removeprefix("\ufeff"), newline="")))


def test_without_tickets_the_page_says_how_they_come_in():
    site = Site()

    page = text_of(site.browser(Role.TEAM_LEAD).get("/tickets"))

    assert "No tickets yet" in page
    assert '<a class="button first" href="/import">' in page


def test_tickets_are_listed_the_newest_first_open_and_closed():
    site = Site()
    site.take(
        site.incoming("OLD", ("opened", 30, P1), ("resolved", 29)),
        site.incoming("NEW", ("opened", 1, P3)),
    )

    page = text_of(site.browser(Role.AGENT).get("/tickets"))

    assert refs(page) == ["NEW", "OLD"]
    assert "Closed" in page


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("", ["NEW", "KESTREL", "OLD"]),
        ("is=open", ["NEW", "KESTREL"]),
        ("is=closed", ["OLD"]),
        ("breached=yes", ["OLD"]),
        ("breached=no", ["NEW", "KESTREL"]),
        ("priority=P3", ["NEW"]),
        ("q=landed", ["OLD"]),
        ("q=kest", ["KESTREL"]),
        ("q=%25", []),
        ("q=_", []),
        ("is=purple&breached=maybe&from=soon&client=x", ["NEW", "KESTREL", "OLD"]),
        ("from=9999-12-31", []),
        ("until=9999-12-31", ["NEW", "KESTREL", "OLD"]),
        ("from=0001-01-01", ["NEW", "KESTREL", "OLD"]),
        ("page=0", ["NEW", "KESTREL", "OLD"]),
        ("page=-1", ["NEW", "KESTREL", "OLD"]),
        ("page=2", []),
        ("page=999999999", []),
    ],
)
def test_the_list_is_filtered_by_its_address_and_senseless_parts_are_left_out(asked, expected):
    site = Site()
    site.take(
        site.incoming("OLD", ("opened", 40, P1), ("resolved", 9), title="Landed costs"),
        site.incoming("KESTREL", ("opened", 1.5, {"priority": "P2"}), client=site.kestrel),
        site.incoming("NEW", ("opened", 1, P3)),
    )

    answer = site.browser(Role.AGENT).get(f"/tickets?{asked}")

    assert refs(text_of(answer)) == expected


def test_the_filter_and_the_page_stay_in_the_address_of_the_next_page_and_of_the_export():
    site = Site()
    site.take(
        *(site.incoming(f"T{number}", ("opened", 1 + number / 100, P3), title="A & B") for number in range(queries.PAGE + 3))
    )
    wanted = {"client": str(site.ferrante.public_id), "q": "A & B", "is": "open", "breached": "no", "priority": "P3"}
    browser = site.browser(Role.AGENT)

    first = text_of(browser.get("/tickets", wanted))
    following = re.search(r'href="([^"]+)" rel="next"', first).group(1).replace("&amp;", "&")
    second = text_of(browser.get(following))
    export = re.search(r'href="(/tickets\.csv[^"]*)"', first).group(1).replace("&amp;", "&")

    assert {name: values[0] for name, values in parse_qs(urlsplit(following).query).items()} == wanted | {"page": "2"}
    assert {name: values[0] for name, values in parse_qs(urlsplit(export).query).items()} == wanted
    assert len(refs(first)) == queries.PAGE
    assert len(set(refs(first) + refs(second))) == queries.PAGE + 3
    before = re.search(r'href="([^"]+)" rel="prev"', second).group(1).replace("&amp;", "&")
    assert {name: values[0] for name, values in parse_qs(urlsplit(before).query).items()} == wanted


def test_an_export_of_many_pages_holds_every_ticket_once():
    site = Site()
    site.take(*(site.incoming(f"T{number}", ("opened", 1 + number / 100, P3)) for number in range(200)))

    answer, rows = exported(site.browser(Role.AGENT))

    assert sorted(row["ticket"] for row in rows) == sorted(f"T{number}" for number in range(200))
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer["Content-Disposition"]


def test_an_empty_export_has_its_header():
    answer, rows = exported(Site().browser(Role.AGENT))

    assert rows == []
    assert "ticket,title,client" in text_of(Site("b", "B").browser(Role.AGENT).get("/tickets.csv"))
    assert answer.status_code == 200


def test_no_cell_of_the_export_is_taken_for_a_formula():
    site = Site()
    site.take(
        *(
            site.incoming(f"={number}", ("opened", 1, P3 | {"team": text}), ("assigned", 0.5, {"assignee": text}), title=text)
            for number, text in enumerate(FORMULAS)
        ),
        site.incoming("C", ("opened", 1), client=site.client("=HYPERLINK(A1)")),
    )

    _, rows = exported(site.browser(Role.AGENT))

    cells = [cell for row in rows for cell in row.values()]
    assert len(rows) == len(FORMULAS) + 1
    assert [cell for cell in cells if cell[:1] in ("=", "+", "-", "@", "\t", "\r", "\0")] == []


@pytest.mark.proves("CLOCK-1")
def test_what_is_exported_is_read_again_with_every_value_as_it_was():
    site = Site()
    site.take(
        *(
            site.incoming(f"{text.strip()}-{number}", ("opened", 10 + number, P1), ("resolved", 2), title=text.strip())
            for number, text in enumerate(FORMULAS)
        )
    )
    answer, _ = exported(site.browser(Role.AGENT))
    kept = documents.keep(
        EVERYTHING, partner=site.partner.pk, name="tickets.csv", parts=[text_of(site.browser().get("/tickets.csv")).encode()],
        now=site.now,
    )  # fmt: skip

    seen = import_tickets.preview(EVERYTHING, document=kept.public_id, told=Told())

    assert answer.status_code == 200
    assert seen.question is None
    assert seen.file.bad == ()
    read = {ticket.ref: ticket for ticket in seen.file.tickets()}
    assert {ticket.title for ticket in read.values()} == {text.strip() for text in FORMULAS}
    first = read["=1+1-0"]
    assert (first.client, first.priority) == ("Casa Ferrante", "P1")
    assert [(event.kind.value, event.at) for event in first.events] == [
        ("opened", site.now - _hours(10)),
        ("resolved", site.now - _hours(2)),
    ]


def _hours(number):
    from datetime import timedelta

    return timedelta(hours=number)


def test_a_search_lists_tickets_and_clients_and_leads_to_what_it_found():
    site = Site()
    ticket = site.told("PRT-7", ("opened", 1, P3), title="Kestrel cannot print")
    browser = site.browser(Role.AGENT)

    part = text_of(browser.get("/search?q=kestrel", **HTMX))

    assert f'href="/tickets/{ticket}"' in part
    assert f'href="/clients/{site.kestrel.public_id}"' in part
    assert "<html" not in part
    assert browser.get("/search?q=PRT-7")["Location"] == f"/tickets/{ticket}"
    assert browser.get("/search?q=print")["Location"] == "/tickets?q=print"


def test_a_search_for_what_is_not_there_says_so_and_an_empty_one_says_nothing():
    site = Site()
    site.told("PRT-7", ("opened", 1, P3))
    browser = site.browser(Role.AGENT)

    nothing, empty = (text_of(browser.get(f"/search?q={text}", **HTMX)) for text in ("zzz", ""))

    assert "zzz" in nothing
    assert "PRT-7" not in nothing + empty
