"""The agent's form: what is typed becomes the same events as by any other door, once, and no word is lost (CLOCK-1)."""

import html
import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from goodstanding.apps.desk import queries
from goodstanding.apps.tenancy import actions as tenancy
from goodstanding.apps.tenancy.roles import Role
from goodstanding.apps.tickets import queries as stories
from goodstanding.core.desk.events import Actor
from goodstanding.core.desk.policy import ClockKind
from goodstanding.flows.explain_ticket import explain_ticket
from tests.apps.world import EVERYTHING
from tests.delivery.web.site import Site, signed_in, text_of

pytestmark = pytest.mark.django_db

P1 = {"priority": "P1", "actor": Actor.CLIENT}


def token_of(page):
    return re.search(r'name="token" value="([^"]+)"', page)[1]


def opening(site, **fields):
    return {"client": str(site.ferrante.public_id), "title": "Labels print blank", "token": "t1"} | fields


def story(ticket):
    return stories.story(EVERYTHING, queries.standing(EVERYTHING, ticket).pk, inner=True)


def kinds(ticket):
    return [str(each.event.kind) for each in story(ticket)]


def act(browser, ticket, do, **fields):
    return browser.post(reverse("act", args=[ticket]), {"do": do, "token": f"{do} 1"} | fields)


def standing(ticket, site):
    return explain_ticket(EVERYTHING, ticket, inner=True, now=site.now + timedelta(minutes=5)).found


def opened_by(answer):
    return answer["Location"].rpartition("/")[2]


@pytest.mark.proves("CLOCK-1")
def test_a_ticket_typed_by_an_agent_is_opened_for_the_client_with_all_that_was_typed():
    site = Site()
    typed = opening(
        site, text="Since the update", priority="P2", contact="rosa@ferrante.example", team="Functional", kind="question",
        assignee="Marta Rizzo", tags="labels, warehouse ,",
    )  # fmt: skip

    answer = site.browser(Role.AGENT).post("/tickets/new", typed)

    ticket = opened_by(answer)
    kept, found = queries.standing(EVERYTHING, ticket), standing(ticket, site)
    assert (kept.title, kept.contact, kept.kind, kept.tags) == (
        "Labels print blank", "rosa@ferrante.example", "question", ("labels", "warehouse"),
    )  # fmt: skip
    assert (found.priority, found.team, found.assignee) == ("P2", "Functional", "Marta Rizzo")
    assert found.of(ClockKind.RESPONSE)[0].target == timedelta(hours=2)
    assert [(str(each.event.kind), str(each.event.actor), each.text) for each in story(ticket)] == [
        ("opened", "client", "Since the update")
    ]


@pytest.mark.proves("CLOCK-1")
def test_a_form_sent_twice_opens_one_ticket_and_another_form_opens_another():
    site = Site()
    browser = site.browser(Role.AGENT)

    first, again, other = (browser.post("/tickets/new", opening(site, token=token)) for token in ("a", "a", "b"))

    assert first["Location"] == again["Location"] != other["Location"]
    assert len(story(opened_by(first))) == 1


def test_the_token_of_somebody_elses_form_opens_a_ticket_of_its_own():
    site = Site()

    answers = [site.browser(Role.AGENT).post("/tickets/new", opening(site)) for _ in range(2)]

    assert answers[0]["Location"] != answers[1]["Location"]


@pytest.mark.proves("CLOCK-1")
def test_when_it_was_reported_is_read_on_the_clients_own_clocks():
    site = Site()
    far = tenancy.set_up_client(EVERYTHING, partner=site.partner.pk, name="Far away", zone="Asia/Tokyo")
    reported = (site.now - timedelta(hours=3)).replace(second=0)
    typed = reported.astimezone(ZoneInfo("Asia/Tokyo")).strftime("%Y-%m-%dT%H:%M")

    answer = site.browser(Role.AGENT).post("/tickets/new", opening(site, client=str(far.public_id), opened_at=typed))

    assert standing(opened_by(answer), site).opened_at == reported


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"title": ""}, "Give it a title"),
        ({"client": "00000000-0000-4000-8000-000000000000"}, "Choose the client"),
        ({"title": "x" * 301}, "at most 300"),
        ({"opened_at": "yesterday"}, "is no date and time"),
        ({"opened_at": "2090-01-01T10:00"}, "lies ahead"),
        ({"tags": ",".join("abc"[i % 3] + str(i) for i in range(60))}, "at most 50 tags"),
    ],
)
def test_what_cannot_be_taken_is_said_beside_its_field_and_nothing_typed_is_lost(wrong, says):
    site = Site()
    typed = opening(site, text="<b>Long & careful</b>", contact="Rosa", team="Team 7") | wrong

    page = text_of(site.browser(Role.AGENT).post("/tickets/new", typed))

    assert says in html.unescape(page)
    assert "&lt;b&gt;Long &amp; careful&lt;/b&gt;</textarea>" in page
    assert 'value="Rosa"' in page
    assert 'value="Team 7"' in page
    assert queries.ticket_list(EVERYTHING, queries.TicketFilter(), now=site.now)[0] == []


def test_an_hour_that_clocks_skip_is_no_moment():
    site = Site()
    rome = tenancy.set_up_client(EVERYTHING, partner=site.partner.pk, name="Rome", zone="Europe/Rome")
    typed = opening(site, client=str(rome.public_id), opened_at="2026-03-29T02:30")

    page = text_of(site.browser(Role.AGENT).post("/tickets/new", typed))

    assert "did not exist that day in Europe/Rome" in page


@pytest.mark.proves("CLOCK-1", "CLOCK-2")
def test_a_ticket_goes_its_whole_way_on_its_page():
    site = Site()
    ticket = site.told("A-1", ("opened", 2, P1))
    browser = site.browser(Role.AGENT)

    act(browser, ticket, "assigned", assignee="Marta Rizzo", team="Functional")
    act(browser, ticket, "noted", text="The wrong printer")
    act(browser, ticket, "staff_replied", text="We look at it")
    act(browser, ticket, "priority_changed", priority="P3")
    act(browser, ticket, "waiting", owner="customer", reason="a sample")
    assert str(standing(ticket, site).waiting_on) == "customer"
    act(browser, ticket, "resumed")
    act(browser, ticket, "resolved", text="Another printer")
    act(browser, ticket, "closed")
    act(browser, ticket, "reopened", text="Still blank")
    act(browser, ticket, "cancelled", reason="They bought another")

    assert kinds(ticket) == [
        "opened", "assigned", "noted", "staff_replied", "priority_changed", "waiting", "resumed", "resolved", "closed",
        "reopened", "cancelled",
    ]  # fmt: skip
    found = standing(ticket, site)
    assert (found.priority, found.assignee, found.reopened_count, found.is_open) == ("P3", "Marta Rizzo", 1, False)
    assert [each.event.public for each in story(ticket)][1:4] == [False, False, True]


@pytest.mark.proves("CLOCK-1")
def test_a_form_of_the_page_sent_twice_is_one_event():
    site = Site()
    ticket = site.told("A-1", ("opened", 2, P1))
    browser = site.browser(Role.AGENT)

    for _ in range(2):
        answer = act(browser, ticket, "staff_replied", text="We look at it", then="waiting")

    assert answer.status_code == 302
    assert kinds(ticket) == ["opened", "staff_replied", "waiting"]


def test_other_words_under_a_form_that_was_sent_already_are_not_dropped():
    site = Site()
    ticket = site.told("A-1", ("opened", 2, P1))
    browser = site.browser(Role.AGENT)
    act(browser, ticket, "staff_replied", text="We look at it")

    page = text_of(act(browser, ticket, "staff_replied", text="It is the printer"))

    assert "sent before with other words" in page
    assert "It is the printer</textarea>" in page
    answer = act(browser, ticket, "staff_replied", text="It is the printer", token=token_of(page))
    assert answer.status_code == 302
    assert [each.text for each in story(ticket)][1:] == ["We look at it", "It is the printer"]


def test_a_resolution_sent_twice_is_recorded_once_though_it_could_not_be_done_again():
    site = Site()
    ticket = site.told("A-1", ("opened", 2, P1))
    browser = site.browser(Role.AGENT)

    answers = [act(browser, ticket, "resolved").status_code for _ in range(2)]

    assert answers == [302, 302]
    assert kinds(ticket) == ["opened", "resolved"]


@pytest.mark.proves("CLOCK-2")
def test_a_reply_given_by_phone_counts_from_when_it_was_given():
    site = Site()
    ticket = site.told("A-1", ("opened", 5, P1))
    called = (site.now - timedelta(hours=4, minutes=30)).replace(second=0)

    act(site.browser(Role.AGENT), ticket, "staff_replied", text="By phone", at=called.strftime("%Y-%m-%dT%H:%M"))

    response = standing(ticket, site).of(ClockKind.RESPONSE)[0]
    assert (response.stopped_at, str(response.state)) == (called, "met")


@pytest.mark.parametrize(
    ("do", "fields", "says"),
    [
        ("staff_replied", {"text": ""}, "Write something first"),
        ("staff_replied", {"text": "Hello", "at": "2090-01-01T10:00"}, "lies ahead"),
        ("staff_replied", {"text": "Hello", "at": "2020-01-01T10:00"}, "was opened only"),
        ("staff_replied", {"text": "Hello", "then": "merged"}, "what was to follow"),
        ("waiting", {"owner": "nobody", "reason": "for rain"}, "whom the ticket waits on"),
        ("cancelled", {"reason": ""}, "Say why"),
        ("assigned", {}, "Name a person or a team"),
        ("priority_changed", {"priority": "P1234567890"}, "at most 10"),
        ("reopened", {"text": "It is back"}, "would change nothing"),
        ("merged", {"text": "Hello"}, "would change nothing"),
        ("nonsense", {"text": "Hello"}, "choose what was done"),
    ],
)
def test_what_makes_no_sense_as_the_ticket_stands_is_not_recorded_and_said_why(do, fields, says):
    site = Site()
    ticket = site.told("A-1", ("opened", 2, P1))

    page = html.unescape(text_of(act(site.browser(Role.AGENT), ticket, do, **fields)))

    assert says in page
    for typed in (each for each in (fields.get("text"), fields.get("reason")) if each and do not in ("merged", "nonsense")):
        assert do == "reopened" or typed in page
    assert kinds(ticket) == ["opened"]


def offers(page):
    """What the page offers, by the kinds of events its forms tell of."""
    return {*re.findall(r'id="act-(\w+)"', page), *re.findall(r'name="do" value="(staff_replied|noted)"', page)}


ANY = {"staff_replied", "noted"}
OPEN = ANY | {"resolved", "assigned", "priority_changed", "cancelled"}
OFFERED = {
    "open": ([("opened", 2, P1)], OPEN | {"waiting"}),
    "waiting": ([("opened", 2, P1), ("waiting", 1, {"owner": "customer"})], OPEN | {"resumed"}),
    "asked again": (
        [("opened", 3, P1), ("staff_replied", 2), ("client_replied", 1, {"actor": Actor.CLIENT})],
        OPEN | {"waiting", "no_reply_needed"},
    ),
    "resolved": ([("opened", 2, P1), ("resolved", 1)], ANY | {"reopened", "closed"}),
    "closed": ([("opened", 2, P1), ("resolved", 1), ("closed", 0.5)], ANY | {"reopened"}),
    "cancelled": ([("opened", 2, P1), ("cancelled", 1)], {"noted"}),
}


@pytest.mark.parametrize("name", OFFERED)
def test_only_what_makes_sense_is_offered(name):
    told, wanted = OFFERED[name]
    site = Site()
    ticket = site.told("A-1", *told)

    page = text_of(site.browser(Role.AGENT).get(reverse("ticket", args=[ticket])))

    assert offers(page) == wanted


def test_who_may_not_tell_is_offered_nothing_to_do():
    site = Site()
    ticket = site.told("A-1", ("opened", 2, P1))

    pages = [text_of(site.browser(role).get(reverse("ticket", args=[ticket]))) for role in (Role.FINANCE, Role.CLIENT_VIEWER)]

    assert ["/act" in page or "/tickets/new" in page for page in pages] == [False, False]


@pytest.mark.proves("PORTAL-1")
def test_a_client_admin_opens_a_ticket_of_their_own_client_and_of_no_other():
    site = Site()
    browser = site.browser(Role.CLIENT_ADMIN, client=site.kestrel)

    own = browser.post(
        "/tickets/new", opening(site, client=str(site.kestrel.public_id), team="Secret", opened_at="2020-01-01T10:00")
    )
    foreign = browser.post("/tickets/new", opening(site, token="t2"))

    (told,) = story(opened_by(own))
    assert (told.event.actor, told.event.team, told.who) == (Actor.CLIENT, None, "Client_Admin")
    assert told.event.at >= site.now
    assert "Nothing was opened" in text_of(foreign)
    assert "Casa Ferrante" not in text_of(foreign)
    assert len(queries.ticket_list(EVERYTHING, queries.TicketFilter(), now=site.now)[0]) == 1


@pytest.mark.proves("PORTAL-1")
def test_a_client_admin_comments_and_reopens_and_whatever_else_they_send_stays_a_comment():
    site = Site()
    ticket = site.told("A-1", ("opened", 3, P1), ("staff_replied", 2), ("resolved", 1))
    browser = site.browser(Role.CLIENT_ADMIN)

    act(browser, ticket, "cancelled", text="Thank you", reason="x", token="1")
    act(browser, ticket, "", text="It is back", reopen="1", token="2")

    assert kinds(ticket) == ["opened", "staff_replied", "resolved", "client_replied", "reopened", "client_replied"]
    assert [str(each.event.actor) for each in story(ticket)][3:] == ["client"] * 3
    assert standing(ticket, site).is_open


@pytest.mark.proves("PORTAL-1", "PORTAL-3")
def test_a_client_admin_writes_on_no_ticket_of_another_client():
    site = Site()
    ticket = site.told("K-1", ("opened", 3, P1), client=site.kestrel)

    answer = act(site.browser(Role.CLIENT_ADMIN), ticket, "", text="Hello")

    assert answer.status_code == 404
    assert kinds(ticket) == ["opened"]


@pytest.mark.proves("PORTAL-1", "PORTAL-3")
def test_who_writes_for_one_client_and_reads_for_another_writes_for_the_one_alone():
    site = Site("umbria", "Umbria Sistemi")
    theirs = site.told("K-1", ("opened", 9, P1), client=site.kestrel)
    site.person(Role.CLIENT_ADMIN, email="two@example.org", client=site.ferrante)
    browser = signed_in(site.person(Role.CLIENT_VIEWER, email="two@example.org", client=site.kestrel))

    form = text_of(browser.get(reverse("ticket", args=[theirs])))
    refused = act(browser, theirs, "client_replied", text="As Kestrel")
    not_opened = browser.post(reverse("new_ticket"), opening(site, client=str(site.kestrel.public_id)))
    opened = browser.post(reverse("new_ticket"), opening(site))

    assert refused.status_code == 403
    assert kinds(theirs) == ["opened"]
    assert not_opened.status_code == 200
    assert f'action="{reverse("act", args=[theirs])}"' not in form
    assert "K-1" in form
    assert opened.status_code == 302


@pytest.mark.parametrize(
    ("source", "says"), [("odoo:1", "lives in an Odoo"), ("mail:a@b.example", "no mail is sent"), ("csv", "came from csv")]
)
def test_a_ticket_from_elsewhere_says_that_what_is_recorded_here_stays_here(source, says):
    from goodstanding.delivery.web.desk.offered import elsewhere

    assert says in elsewhere(source)
    assert "stays here" in elsewhere(source)
