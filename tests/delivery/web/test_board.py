"""The board answers what will break next, renews itself, and keeps its filter in the address (KPI-2)."""

import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from goodstanding.apps.desk import queries
from goodstanding.apps.tenancy.roles import Role
from tests.delivery.web.site import HTMX, Site, text_of

pytestmark = pytest.mark.django_db

P1, P2, P3 = ({"priority": name} for name in ("P1", "P2", "P3"))


def refs(page):
    return re.findall(r'<span class="ref">([^<]+)</span>', page)


def states(page):
    return re.findall(r'<tr[^>]*data-state="(\w+)"', page)


def links(page, relation):
    return [each.replace("&amp;", "&") for each in re.findall(rf'href="([^"]+)" rel="{relation}"', page)]


def a_ticket_in_every_state(site):
    site.take(
        site.incoming("BREACHED", ("opened", 3, P1)),
        site.incoming("RISKY", ("opened", 1.6, P2)),
        site.incoming("FINE", ("opened", 1, P3)),
        site.incoming("WAITS", ("opened", 3, P3), ("staff_replied", 2.9), ("waiting", 2, {"owner": "customer"})),
        site.incoming("NOTHING", ("opened", 1, {"priority": "P9"})),
        site.incoming("CLOSED", ("opened", 9, P1), ("resolved", 1)),
    )


@pytest.mark.proves("KPI-2")
def test_the_board_shows_open_tickets_with_the_next_breach_first_and_says_it_in_its_title():
    site = Site()
    a_ticket_in_every_state(site)

    page = text_of(site.browser(Role.AGENT).get("/board"))

    assert refs(page) == ["BREACHED", "RISKY", "FINE", "WAITS", "NOTHING"]
    assert states(page) == ["breached", "at_risk", "on_track", "paused", "no_clock"]
    assert "<h1>1 breached, 1 at risk</h1>" in page
    assert "of 5 open tickets" in page


@pytest.mark.proves("KPI-2")
def test_every_state_has_a_shape_and_a_word_beside_its_colour():
    site = Site()
    a_ticket_in_every_state(site)

    page = text_of(site.browser(Role.AGENT).get("/board"))

    for state, word in {
        "breached": "Breached", "at_risk": "At risk", "on_track": "On track", "paused": "Paused", "no_clock": "No clock",
    }.items():  # fmt: skip
        assert re.search(rf'data-state="{state}">.*?href="#s-{state}".*?<span class="word">{word}</span>', page)
        assert f'id="s-{state}"' in page


@pytest.mark.proves("KPI-2")
def test_a_row_carries_the_instants_at_which_it_turns():
    site = Site()
    site.take(site.incoming("T1", ("opened", 0, P1)))

    page = text_of(site.browser(Role.AGENT).get("/board"))

    due = f"{site.now + timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}"
    risk = f"{site.now + timedelta(minutes=45):%Y-%m-%dT%H:%M:%SZ}"
    assert re.search(rf'<tr[^>]*data-due="{due}"[^>]*data-risk="{risk}"', page)


def test_an_empty_board_says_what_will_appear_and_offers_to_import_to_who_may():
    site = Site()

    lead, agent = (text_of(site.browser(role).get("/board")) for role in (Role.TEAM_LEAD, Role.AGENT))

    assert "<h1>No open tickets</h1>" in lead
    assert '<a class="button first" href="/import">' in lead
    assert '<a class="button first" href="/import">' not in agent


def test_a_filter_that_lets_nothing_through_says_so_and_offers_to_clear_it():
    site = Site()
    a_ticket_in_every_state(site)

    page = text_of(site.browser(Role.AGENT).get("/board?team=nobody"))

    assert "Nothing fits this filter" in page
    assert 'href="/board"' in page


@pytest.mark.proves("KPI-2")
def test_filters_are_read_from_the_address_and_kept_in_every_address_of_the_board():
    site = Site()
    ours = P3 | {"team": "Hosting"}
    site.take(
        *(
            site.incoming(f"T{number}", ("opened", 1 + number / 100, ours), ("assigned", 1, {"assignee": "Ann & Bob"}))
            for number in range(queries.PAGE + 5)
        ),
        site.incoming("OTHER", ("opened", 1, P3 | {"team": "Desk"})),
        site.incoming("KESTREL", ("opened", 1, P3 | {"team": "Hosting"}), client=site.kestrel),
    )  # fmt: skip
    wanted = {"client": str(site.ferrante.public_id), "team": "Hosting", "assignee": "Ann & Bob", "priority": "P3"}
    browser = site.browser(Role.AGENT)

    first = text_of(browser.get("/board", wanted | {"state": "on_track"}))
    (following,) = links(first, "next")
    second = text_of(browser.get(following))

    asked = {name: values[0] for name, values in parse_qs(urlsplit(following).query).items()}
    assert asked.items() >= (wanted | {"state": "on_track"}).items()
    assert len(refs(first)) == queries.PAGE
    assert sorted(refs(first) + refs(second)) == sorted(f"T{number}" for number in range(queries.PAGE + 5))
    for name in ("client", "team", "assignee", "priority"):
        assert re.search(rf'<select name="{name}".*?<option value="[^"]+" selected>', first, re.DOTALL)
    renewing = re.search(r'id="board"[^>]*hx-get="([^"]+)"', second).group(1).replace("&amp;", "&")
    assert parse_qs(urlsplit(renewing).query)["after"] == [asked["after"]]
    assert parse_qs(urlsplit(renewing).query)["team"] == ["Hosting"]


@pytest.mark.proves("KPI-2")
def test_counts_of_the_states_are_those_of_the_filter_whatever_state_is_looked_at():
    site = Site()
    a_ticket_in_every_state(site)
    browser = site.browser(Role.AGENT)

    pages = [
        text_of(browser.get("/board", {"client": str(site.ferrante.public_id), "state": state})) for state in ("", "paused")
    ]

    counts = [re.findall(r'<span class="count">([\d,]+)</span>', page) for page in pages]
    assert counts[0] == counts[1] == ["5", "1", "1", "1", "1", "1"]
    assert refs(pages[1]) == ["WAITS"]


def test_what_makes_no_sense_in_a_filter_is_left_out():
    site = Site()
    a_ticket_in_every_state(site)
    browser = site.browser(Role.AGENT)

    page = text_of(browser.get("/board?state=purple&client=not-a-uuid&after=rubbish&unknown=1"))

    assert len(refs(page)) == 5


@pytest.mark.parametrize("after", ["x.5", "-1.5", "1.5.7", "1", ".", "5.", "1e3.2"])
def test_a_page_that_was_never_given_is_the_beginning(after):
    site = Site()
    a_ticket_in_every_state(site)

    page = text_of(site.browser(Role.AGENT).get("/board", {"after": after}))

    assert refs(page)[0] == "BREACHED"


@pytest.mark.proves("KPI-2")
def test_the_part_that_renews_itself_is_the_part_alone():
    site = Site()
    a_ticket_in_every_state(site)

    answer = site.browser(Role.AGENT).get("/board", **HTMX)

    part = text_of(answer)
    assert refs(part) == ["BREACHED", "RISKY", "FINE", "WAITS", "NOTHING"]
    assert "<html" not in part
    assert "<form" not in part
    assert answer["Cache-Control"] == "private, no-cache"


@pytest.mark.proves("KPI-2")
def test_the_part_tells_the_servers_time_by_which_countdowns_are_corrected():
    site = Site()

    answer = site.browser(Role.AGENT).get("/board", **HTMX)

    told = answer["X-Now"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z", told)
    assert f"{site.now:%Y-%m-%dT%H}" <= told


def settled(browser, address):
    """The part's tag, once it is the same twice: a countdown may turn between two requests."""
    for _ in range(5):
        first, second = (browser.get(address, **HTMX) for _ in range(2))
        if first["ETag"] == second["ETag"]:
            return first["ETag"]
    raise AssertionError("the part changes with every request")


@pytest.mark.proves("KPI-2")
def test_a_part_that_has_not_changed_does_not_travel_again():
    site = Site()
    site.take(site.incoming("WAITS", ("opened", 300, P3), ("staff_replied", 299.9), ("waiting", 290, {"owner": "customer"})))
    browser = site.browser(Role.AGENT)
    tag = settled(browser, "/board")

    again = browser.get("/board", headers={"HX-Request": "true", "If-None-Match": tag})

    assert (again.status_code, again.content) == (304, b"")
    assert (again["ETag"], "X-Now" in again) == (tag, True)


@pytest.mark.proves("KPI-2")
def test_a_part_that_has_changed_comes_whole():
    site = Site()
    browser = site.browser(Role.AGENT)
    tag = settled(browser, "/board")

    site.take(site.incoming("NEW", ("opened", 0, P1)))

    again = browser.get("/board", headers={"HX-Request": "true", "If-None-Match": tag})
    assert again.status_code == 200
    assert again["ETag"] != tag
    assert refs(text_of(again)) == ["NEW"]


def test_the_tag_of_somebody_elses_board_is_answered_with_ones_own():
    ours, theirs = Site(), Site("baltica", "Baltica ERP")
    theirs.take(theirs.incoming("THEIRS", ("opened", 300, P3), ("staff_replied", 299.9), ("waiting", 290)))
    tag = settled(theirs.browser(Role.AGENT), "/board")

    answer = ours.browser(Role.AGENT).get("/board", headers={"HX-Request": "true", "If-None-Match": tag})

    assert answer.status_code == 200
    assert "THEIRS" not in text_of(answer)


def test_a_ticket_that_could_not_be_judged_stands_on_the_board_and_says_so():
    site = Site()
    site.take(site.incoming("T1", ("opened", 1, P1), ("client_changed", 0.5, {"client": "nobody"})))

    page = text_of(site.browser(Role.AGENT).get("/board"))

    assert refs(page) == ["T1"]
    assert "Could not be judged" in page


@pytest.mark.proves("KPI-2")
def test_a_board_of_many_tickets_is_paged_to_its_end():
    site = Site()
    site.take(*(site.incoming(f"T{number}", ("opened", 1 + number / 100, P3)) for number in range(200)))
    browser, address, seen = site.browser(Role.AGENT), "/board", []

    while address:
        page = text_of(browser.get(address))
        seen += refs(page)
        address = next(iter(links(page, "next")), None)

    assert len(seen) == len(set(seen)) == 200
