"""Tiers and calendars are written, checked, published and promised; what is published never changes (TIER-6, TIER-8)."""

import html
import re
from datetime import timedelta

import pytest
from django.urls import reverse

from goodstanding.apps.desk import queries
from goodstanding.apps.desk.values import BoardFilter
from goodstanding.apps.runs import queries as runs
from goodstanding.apps.runs.queries import RunState
from goodstanding.apps.tenancy import queries as tenancy
from goodstanding.apps.tenancy.roles import Role
from goodstanding.core.desk.board import RowState
from goodstanding.flows.publish_calendar import preset_text
from goodstanding.flows.publish_tier import publish_catalogue, shipped
from goodstanding.flows.publish_tier import text_of as tier_text
from goodstanding.flows.work import work
from tests.apps.world import EVERYTHING, LONG_AGO
from tests.delivery.web.site import Site, text_of

pytestmark = pytest.mark.django_db

GOLD = tier_text(next(each for each in shipped() if each.key == "gold"))
OFFICE = "zone: Europe/Rome\nweek:\n  mon: ['09:00-13:00', '14:00-18:00']\nholidays: {country: IT}\n"


def windows(text):
    """As browsers send what stands in a text area."""
    return text.replace("\n", "\r\n")


def area(page):
    return html.unescape(re.search(r"<textarea[^>]*name=\"text\"[^>]*>(.*?)</textarea>", page, re.DOTALL).group(1))


def tiers_of(site):
    return {each.key: each for each in queries.tiers(site.scope())}


def write(browser, address, text, button="publish", **more):
    given = {"effective_from": "2026-01-01", "name": "Rome office", "note": ""} | more
    return browser.post(address, given | {"text": windows(text), button: ""}, follow=True)


def test_a_partner_without_tiers_is_told_what_one_is_and_offered_to_write_it():
    site = Site()
    browser = site.browser(Role.MANAGER)
    other = Site("empty", "Empty")
    other_browser = other.browser(Role.AGENT)

    page = text_of(browser.get("/tiers"))

    assert "Gold" in page
    assert "/tiers/new" in page
    assert "/tiers/new" not in text_of(other_browser.get("/tiers"))


@pytest.mark.proves("TIER-1")
def test_every_shipped_tier_is_shown_with_its_promises_as_they_are_read():
    site = Site("baltica", "Baltica ERP")
    publish_catalogue(EVERYTHING, partner=site.partner.pk, effective_from=LONG_AGO, now=site.now)
    browser = site.browser(Role.AGENT)

    listed = text_of(browser.get("/tiers"))
    pages = {key: text_of(browser.get(reverse("tier", args=[each.tier]))) for key, each in tiers_of(site).items()}

    for tier in shipped():
        assert tier.name in listed
        assert f"<h1>{tier.name}</h1>" in pages[tier.key]
    assert "15 min" in pages["platinum"]
    assert "around the clock" in "".join(pages.values())


@pytest.mark.proves("TIER-8")
def test_a_check_says_what_is_wrong_with_line_and_field_and_keeps_what_was_typed():
    site = Site()
    wrong = GOLD.replace("response: 1 h", "response: soon", 1)
    line = next(number for number, each in enumerate(wrong.splitlines(), 1) if "soon" in each)

    page = text_of(
        write(site.browser(Role.MANAGER), "/tiers/new", wrong, "check", note="less is more", effective_from="2031-02-03")
    )

    assert f"Line {line}" in page
    assert "priorities.P1.response" in page
    assert area(page).replace("\r\n", "\n") == wrong
    assert 'value="less is more"' in page
    assert 'value="2031-02-03"' in page
    assert len(queries.tiers(site.scope())) == 1


@pytest.mark.proves("TIER-8")
def test_what_is_wrong_is_not_published_and_nothing_typed_is_lost():
    site = Site()
    wrong = GOLD.replace("family: support_plan", "family: lottery", 1)

    page = text_of(write(site.browser(Role.MANAGER), "/tiers/new", wrong))

    assert "family" in page
    assert area(page).replace("\r\n", "\n") == wrong
    assert len(queries.tiers(site.scope())) == 1


def test_a_check_of_what_is_right_says_so_and_publishes_nothing():
    site = Site("baltica", "Baltica ERP")

    page = text_of(write(site.browser(Role.MANAGER), "/tiers/new", GOLD.replace("key: gold", "key: better"), "check"))

    assert "In order" in page
    assert "better" not in tiers_of(site)


@pytest.mark.proves("TIER-6")
def test_a_tier_typed_in_a_browser_is_published_with_the_ends_of_its_lines_as_in_a_file():
    site = Site()

    answer = write(site.browser(Role.MANAGER), "/tiers/new", GOLD.replace("key: gold", "key: better"), note="for the best")

    version = tiers_of(site)["better"]
    assert answer.redirect_chain == [(reverse("tier", args=[version.tier]), 302)]
    assert version.text == GOLD.replace("key: gold", "key: better")
    assert (version.number, version.note, version.published_by) == (1, "for the best", "Manager")
    assert "version 1, is published" in text_of(answer)


@pytest.mark.proves("TIER-6")
def test_a_new_version_leaves_the_old_one_to_be_looked_at_as_it_was():
    site = Site("baltica", "Baltica ERP")
    publish_catalogue(EVERYTHING, partner=site.partner.pk, effective_from=LONG_AGO, now=site.now)
    old = tiers_of(site)["platinum"]
    address = reverse("write_tier", args=[old.tier])
    browser = site.browser(Role.MANAGER)

    typed = area(text_of(browser.get(address)))
    write(browser, address, old.text.replace("15 min", "10 min"), effective_from=f"{site.now:%Y-%m-%d}")

    new = tiers_of(site)["platinum"]
    shown = text_of(browser.get(reverse("tier", args=[old.tier]), {"version": str(old.public_id)}))
    assert typed.strip() == old.text.strip()
    assert (old.number, new.number) == (1, 2)
    assert queries.tier_version(EVERYTHING, old.public_id) == old
    assert "15 min" in shown
    assert "Version 2" in shown


def test_a_version_that_would_come_before_the_one_it_follows_is_refused_with_all_that_was_typed():
    site = Site()
    address = reverse("write_tier", args=[site.tier.tier])
    text = GOLD.replace("summary: ", "summary: new ")

    page = text_of(write(site.browser(Role.MANAGER), address, text, effective_from="1999-01-01", note="back in time"))

    assert "cannot come before" in page
    assert area(page).replace("\r\n", "\n") == text
    assert 'value="back in time"' in page
    assert tiers_of(site)["gold"].number == 1


@pytest.mark.parametrize("day", ["", "soon", "9999-12-31", "0001-01-01", "2026-02-30"])
def test_a_tier_takes_effect_on_a_day_that_there_is(day):
    site = Site()

    page = text_of(
        write(site.browser(Role.MANAGER), "/tiers/new", GOLD.replace("key: gold", "key: better"), effective_from=day)
    )

    assert 'role="alert"' in page
    assert "better" not in tiers_of(site)
    assert area(page).replace("\r\n", "\n") == GOLD.replace("key: gold", "key: better")


@pytest.mark.proves("TIER-5")
@pytest.mark.parametrize("preset", ["business", "extended", "18/7", "24/7"])
def test_a_new_calendar_starts_from_a_preset_in_the_partners_zone(preset):
    site = Site()
    browser = site.browser(Role.MANAGER)

    text = area(text_of(browser.get("/calendars/new", {"preset": preset})))
    answer = write(browser, "/calendars/new", text, name=f"Like {preset}")

    version = next(each for each in queries.calendars(site.scope()) if each.name == f"Like {preset}")
    assert version.zone == "Europe/Rome"
    assert answer.redirect_chain == [(reverse("calendar", args=[version.calendar]), 302)]
    assert preset_text(preset, "Europe/Rome")


@pytest.mark.proves("TIER-5")
def test_a_calendar_with_the_ends_of_lines_of_a_browser_is_read_and_drawn():
    site = Site()

    page = text_of(write(site.browser(Role.MANAGER), "/calendars/new", OFFICE))

    version = next(each for each in queries.calendars(site.scope()) if each.name == "Rome office")
    assert version.text == OFFICE
    assert "<h1>Rome office</h1>" in page
    assert "<rect" in page


@pytest.mark.proves("TIER-5")
@pytest.mark.parametrize(
    ("wrong", "line"),
    [
        (OFFICE.replace("'09:00-13:00'", "'13:00-09:61'"), 3),
        (OFFICE.replace("Europe/Rome", "+02:00"), 1),
        (OFFICE.replace("country: IT", "country: Atlantis"), 4),
        ("zone: UTC\nweek: [", 2),
        ("", 1),
    ],
)
def test_a_calendar_that_cannot_be_is_refused_with_its_line_and_all_that_was_typed(wrong, line):
    site = Site()

    page = text_of(write(site.browser(Role.MANAGER), "/calendars/new", wrong, note="because"))

    assert f"Line {line}" in page
    assert area(page).replace("\r\n", "\n") == wrong
    assert 'value="Rome office"' in page
    assert 'value="because"' in page
    assert "Rome office" not in {each.name for each in queries.calendars(site.scope())}


@pytest.mark.parametrize("name", ["", "   ", "x" * 121])
def test_a_calendar_needs_a_name_that_there_is_room_for(name):
    site = Site()

    page = text_of(write(site.browser(Role.MANAGER), "/calendars/new", OFFICE, name=name))

    assert "Give the calendar a name" in page
    assert area(page).replace("\r\n", "\n") == OFFICE


@pytest.mark.proves("TIER-6")
def test_a_published_calendar_stays_as_it_was_under_a_new_version():
    site = Site()
    old = site.calendar
    address = reverse("write_calendar", args=[old.calendar])

    page = text_of(write(site.browser(Role.MANAGER), address, OFFICE, name="another name"))

    versions = queries.calendar_versions(EVERYTHING, old.calendar)
    assert [each.number for each in versions] == [2, 1]
    assert versions[1] == old
    assert {each.name for each in versions} == {"Office"}
    assert "version 2, is published" in page


def test_the_same_calendar_again_is_the_same_version():
    site = Site()
    browser = site.browser(Role.MANAGER)

    write(browser, "/calendars/new", OFFICE)
    page = text_of(write(browser, "/calendars/new", OFFICE))

    version = next(each for each in queries.calendars(site.scope()) if each.name == "Rome office")
    assert version.number == 1
    assert "version 1" in page


def test_a_client_is_added_and_its_page_offers_to_promise_it_something():
    site = Site()
    browser = site.browser(Role.MANAGER)

    page = text_of(browser.post("/clients/add", {"name": "  Nordhavn  ", "zone": "Europe/Oslo"}, follow=True))

    made = next(each for each in tenancy.clients(EVERYTHING) if each.name == "Nordhavn")
    assert made.zone == "Europe/Oslo"
    assert "<h1>Nordhavn</h1>" in page
    assert f'action="/clients/{made.public_id}/assign"' in page


def test_a_client_added_twice_is_one_and_names_that_read_alike_as_keys_are_two():
    site = Site()
    browser = site.browser(Role.MANAGER)

    for name in ("Müller AG", "Muller AG", "müller  ag", "株式会社", "有限会社"):
        browser.post("/clients/add", {"name": name, "zone": "UTC"})

    names = sorted(each.name for each in tenancy.clients(EVERYTHING))
    assert names == sorted(["Casa Ferrante", "Kestrel Outdoor", "Müller AG", "Muller AG", "株式会社", "有限会社"])


@pytest.mark.parametrize(
    "wrong",
    [{"name": ""}, {"name": "  "}, {"name": "x" * 201}, {"zone": "Europe/Atlantis"}, {"zone": "+02:00"}, {"zone": "../UTC"}],
)
def test_a_client_that_cannot_be_is_not_added_and_the_page_says_why(wrong):
    site = Site()
    before = tenancy.clients(EVERYTHING)

    page = text_of(site.browser(Role.MANAGER).post("/clients/add", {"name": "Nordhavn", "zone": "UTC"} | wrong, follow=True))

    assert "Not added: " in page
    assert tenancy.clients(EVERYTHING) == before


def strict(site):
    """A tier whose first response is due within a minute."""
    text = re.sub(r"(P\d: {)response: [^,}]+", r"\1response: 1 min", GOLD)
    text = text.replace("key: gold", "key: strict").replace("name: Gold", "name: Strict")
    write(site.browser(Role.MANAGER), "/tiers/new", text, effective_from=f"{LONG_AGO:%Y-%m-%d}")
    return tiers_of(site)["strict"]


def assign(site, tier, day, role=Role.MANAGER):
    given = {"tier": tier.public_id, "calendar": site.always.public_id, "from": f"{day:%Y-%m-%d}"}
    return site.browser(role).post(reverse("assign", args=[site.ferrante.public_id]), given, follow=True)


def state_of(site, ref):
    rows = queries.board(EVERYTHING, BoardFilter(), now=site.now).rows
    return next(row.state for row in rows if row.ref == ref)


@pytest.mark.proves("TIER-6")
def test_a_promise_from_a_day_to_come_leaves_what_is_open_alone():
    site = Site()
    site.told("OPEN", ("opened", 1, {"priority": "P3"}))
    tier = strict(site)

    page = text_of(assign(site, tier, site.now + timedelta(days=30)))

    assert "for tickets opened from then on" in page
    assert runs.runs(EVERYTHING) == ()
    assert state_of(site, "OPEN") is RowState.ON_TRACK


@pytest.mark.proves("TIER-6")
def test_a_promise_from_a_day_past_has_a_run_judge_the_tickets_since_then_anew():
    site = Site()
    site.told("BEFORE", ("opened", 24 * 20, {"priority": "P3"}), ("staff_replied", 24 * 20 - 0.5))
    site.told("SINCE", ("opened", 1, {"priority": "P3"}))
    tier = strict(site)

    answer = assign(site, tier, site.now - timedelta(days=10))

    (run,) = runs.runs(EVERYTHING)
    assert answer.redirect_chain == [(reverse("run", args=[run.public_id]), 302)]
    assert "Tickets since then are judged anew" in text_of(answer)
    assert state_of(site, "SINCE") is RowState.ON_TRACK
    work(worker="a", clock=lambda: site.now + timedelta(minutes=1))
    assert runs.run(EVERYTHING, run.public_id).state is RunState.DONE
    assert state_of(site, "SINCE") is RowState.BREACHED
    rows = {row.ref: row.breaches for row in queries.board(EVERYTHING, BoardFilter(), now=site.now).rows}
    assert rows["BEFORE"] == 1  # its resolution, under the terms it was opened with


def test_two_promises_from_days_past_within_a_minute_are_both_judged():
    site = Site()
    site.told("SINCE", ("opened", 1, {"priority": "P3"}))
    tier = strict(site)
    assign(site, tier, site.now - timedelta(days=10))
    work(worker="a", clock=lambda: site.now + timedelta(minutes=1))
    assert state_of(site, "SINCE") is RowState.BREACHED

    assign(site, site.tier, site.now - timedelta(days=5))
    work(worker="a", clock=lambda: site.now + timedelta(minutes=1))

    assert len(runs.runs(EVERYTHING)) == 2
    assert state_of(site, "SINCE") is RowState.ON_TRACK


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"tier": ""}, "choose a tier and service hours"),
        ({"calendar": "office"}, "choose a tier and service hours"),
        ({"from": ""}, "is no day"),
        ({"from": "tomorrow"}, "is no day"),
        ({"from": "0001-01-01"}, "lies outside"),
        ({"from": "9999-12-31"}, "lies outside"),
    ],
)
def test_a_promise_that_cannot_be_is_refused_and_the_page_says_why(wrong, why):
    site = Site()
    given = {"tier": site.tier.public_id, "calendar": site.always.public_id, "from": "2031-05-01"}
    before = queries.assignments(EVERYTHING)

    page = text_of(
        site.browser(Role.MANAGER).post(reverse("assign", args=[site.ferrante.public_id]), given | wrong, follow=True)
    )

    assert "Not assigned: " in page
    assert why in page
    assert queries.assignments(EVERYTHING) == before


def test_a_promise_twice_from_one_day_is_refused():
    site = Site()
    day = site.now + timedelta(days=30)
    assign(site, site.tier, day)

    page = text_of(assign(site, site.tier, day))

    assert "Not assigned: this client has an assignment that begins at that very moment" in page


def test_a_days_promise_begins_at_midnight_on_the_clients_clocks():
    from goodstanding.apps.tenancy import actions

    site = Site()
    auckland = actions.set_up_client(EVERYTHING, partner=site.partner.pk, name="Kauri", zone="Pacific/Auckland")
    given = {"tier": site.tier.public_id, "calendar": site.always.public_id, "from": "2031-05-01"}

    site.browser(Role.MANAGER).post(reverse("assign", args=[auckland.public_id]), given)

    (promise,) = queries.assignments(EVERYTHING, client=auckland.public_id)
    assert f"{promise.from_at:%Y-%m-%d %H:%M}" == "2031-04-30 12:00"


def test_clients_are_listed_with_what_is_promised_and_open():
    site = Site()
    site.told("T1", ("opened", 3, {"priority": "P1"}))
    site.client("Nothing Promised", promised=False)

    page = text_of(site.browser(Role.AGENT).get("/clients"))

    assert "Casa Ferrante" in page
    assert "nothing promised" in page.lower()
    assert f"/board?client={site.ferrante.public_id}&amp;state=breached" in page


@pytest.mark.proves("TIER-3")
@pytest.mark.parametrize(
    ("asked", "expected"),
    [("hit=all&way_round=none", "P1"), ("hit=looks&way_round=good", "P4"), ("hit=wish", "P4")],
)
def test_a_few_answers_propose_a_priority(asked, expected):
    page = text_of(Site().browser(Role.AGENT).get(f"/classify?{asked}"))

    assert "Proposed" in page
    proposed = page.split("Proposed", 1)[1].split("</section>", 1)[0]
    assert expected in proposed


def test_without_answers_nothing_is_proposed_and_each_priority_is_explained():
    page = text_of(Site().browser(Role.AGENT).get("/classify"))

    assert "Proposed" not in page
    for priority in ("P1", "P2", "P3", "P4", "S1", "S2", "S3", "S4"):
        assert priority in page
