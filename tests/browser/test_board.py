"""The live board: it counts by itself, renews itself, and says so when it cannot (requirements KPI-2)."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NARROW

pytestmark = [pytest.mark.browser, pytest.mark.proves("KPI-2")]


def row(page, ref):
    return page.locator("tr[data-href]", has=page.get_by_text(ref, exact=True))


def renew(page):
    """Do what the board does every 15 s."""
    with page.expect_response(lambda answer: "hx-request" in answer.request.headers and "/board" in answer.url):
        page.evaluate("htmx.trigger('#board', 'awake')")


def press(site, ref, *, risk_in):
    """Open a ticket that is at risk some seconds from now, and breached five later; return its deadline."""
    opened_at = site.now().replace(microsecond=0) + timedelta(seconds=risk_in - 15)
    site.do("press", ref, opened_at.isoformat())
    return opened_at + timedelta(seconds=20)


def heard(page):
    """Wait until the board has the answer to what it asked when a row turned."""
    expect(page.locator("#board.htmx-request")).to_have_count(0)


def states(pressing, pass_seconds, count):
    """Let seconds pass one by one; return what the row says after each."""
    seen = []
    for _ in range(count):
        pass_seconds(1)
        seen.append((pressing.get_attribute("data-state"), pressing.locator(".state").inner_text()))
    return seen


def test_a_row_turns_yellow_and_then_red_at_its_instants_without_hearing_from_the_server(visitor, site, passing):
    page = visitor.page()
    pass_seconds = passing(page)
    press(site, "X-1", risk_in=3)
    page.goto("/board?priority=P1")
    page.route("**/board**", lambda route: None)
    pressing = row(page, "X-1")
    expect(pressing).to_have_attribute("data-state", "on_track")

    seen = states(pressing, pass_seconds, 12)

    # Breached from the second after the deadline (semantics.md 1.3).
    assert seen == [("on_track", "On track")] * 2 + [("at_risk", "At risk")] * 6 + [("breached", "Breached")] * 4


@pytest.mark.proves("TIER-9")
def test_the_mark_of_our_own_target_comes_by_itself_and_yields_to_the_breach(visitor, site, passing):
    page = visitor.page()
    pass_seconds = passing(page)
    press(site, "X-7", risk_in=9)
    page.goto("/board?priority=P1")
    pressing = row(page, "X-7")
    mark = pressing.get_by_text("Objective passed")

    pass_seconds(4)
    heard(page)
    expect(mark).to_be_hidden()
    pass_seconds(1)
    expect(mark).to_be_visible()
    expect(pressing).to_have_attribute("data-state", "on_track")
    expect(page.locator("#tab-objective")).to_be_visible()
    pass_seconds(10)

    expect(pressing).to_have_attribute("data-state", "breached")
    expect(mark).to_be_hidden()


def test_the_counts_and_the_title_follow_a_row_that_turns(visitor, site, passing):
    page = visitor.page()
    pass_seconds = passing(page)
    press(site, "X-2", risk_in=3)
    page.goto("/board")
    breached = int(re.search(r"(\d+) breached", page.title())[1])
    pass_seconds(8)
    heard(page)
    expect(row(page, "X-2")).not_to_have_attribute("data-state", "breached")

    pass_seconds(1)

    expect(row(page, "X-2")).to_have_attribute("data-state", "breached")
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(f"^{breached + 1} breached"))
    expect(page).to_have_title(re.compile(f"^{breached + 1} breached.* · Adriatica Sistemi$"))


def test_the_board_shows_by_itself_what_changes_in_the_database(visitor, site):
    page = visitor.page()
    page.clock.install(time=site.now())
    page.goto("/board")
    page.evaluate("window.loaded = 'once'")

    press(site, "X-3", risk_in=14)
    page.clock.run_for(16_000)

    expect(row(page, "X-3")).to_be_visible()
    site.do("tell", "X-3", "staff_replied")
    page.clock.run_for(16_000)
    expect(row(page, "X-3")).to_have_count(0)
    assert page.evaluate("window.loaded") == "once"


def test_countdowns_tick_by_themselves_in_the_words_of_the_server(visitor, site, passing):
    page = visitor.page()
    pass_seconds = passing(page)
    press(site, "X-6", risk_in=12)
    page.goto("/board")
    shown = row(page, "X-6").locator("[data-countdown]")

    seen = []
    for _ in range(3):
        seen.append(shown.inner_text())
        pass_seconds(2)

    assert seen == ["in 17 s", "in 15 s", "in 13 s"]


@pytest.mark.parametrize("wrong", [timedelta(hours=-7), timedelta(hours=3, minutes=20)])
def test_a_reader_whose_clock_is_hours_off_sees_the_right_time_left(visitor, site, wrong):
    right, skewed = visitor.page(), visitor.page()
    skewed.clock.install(time=site.now() + wrong)
    for page in (right, skewed):
        page.goto("/board?state=at_risk")
    skewed.clock.run_for(2_000)

    seen = [page.locator("tr", has_text="F-102").locator("[data-countdown]").inner_text() for page in (right, skewed)]

    minutes = [int(re.search(r"(\d+) min", text)[1]) for text in seen]
    assert abs(minutes[0] - minutes[1]) <= 1
    assert row(skewed, "F-102").get_attribute("data-state") == "at_risk"


def test_a_board_whose_server_does_not_answer_says_so_and_is_live_again_when_it_does(visitor):
    visitor.expect("ERR_CONNECTION_REFUSED")
    visitor.expect("htmx:")
    page = visitor.open("/board")
    live, told = page.locator("[data-live]"), page.locator("[data-tell]")
    page.route("**/board**", lambda route: route.abort("connectionrefused"))

    page.evaluate("htmx.trigger('#board', 'awake')")

    expect(live).to_have_text(re.compile(r"^Not updated since \d\d:\d\d: the server does not answer\. Trying again\.$"))
    expect(told).to_have_text(re.compile("^Not updated since"))
    assert page.locator("tr[data-href]").count() > 3
    page.unroute("**/board**")
    renew(page)
    expect(live).to_have_text(re.compile("^Live, "))
    expect(told).to_have_text("Live again.")


def test_a_board_that_hears_nothing_for_a_minute_says_so(visitor, site):
    page = visitor.page()
    page.clock.install(time=site.now())
    page.goto("/board")
    expect(page.locator("[data-live]")).to_have_text("Live, just updated")
    page.route("**/board**", lambda route: None)

    page.clock.run_for(12_000)
    expect(page.locator("[data-live]")).to_have_text(re.compile(r"^Live, updated 1\d s ago$"))
    page.clock.run_for(60_000)

    expect(page.locator("[data-live]")).to_have_text(re.compile("^Not updated since"))


def test_filters_live_in_the_address_and_the_back_button_takes_them_back(visitor):
    page = visitor.open("/board")
    everything = page.locator("tr[data-href]").count()

    page.locator("select[name=client]").select_option("Casa Ferrante")
    page.wait_for_url("**/board?client=*")
    assert "team" not in page.url
    assert page.locator("tr[data-href]").count() < everything
    expect(page.locator("select[name=client]")).to_be_focused()
    page.get_by_role("link", name="Paused").click()
    page.wait_for_url("**state=paused*")
    expect(row(page, "F-105")).to_be_visible()
    expect(row(page, "F-101")).to_have_count(0)

    page.go_back()
    expect(row(page, "F-101")).to_be_visible()
    page.go_back()

    assert page.url.endswith("/board")
    assert page.locator("tr[data-href]").count() == everything
    expect(page.locator("select[name=client]")).to_have_value("")


def test_a_filtered_board_renews_itself_under_its_filter(visitor):
    page = visitor.open("/board?state=paused")

    renew(page)

    assert set(page.locator("tr[data-href]").evaluate_all("rows => rows.map((row) => row.dataset.state)")) == {"paused"}


def test_j_and_k_move_enter_opens_and_the_focus_is_never_under_the_top(visitor):
    page = visitor.open("/board")
    page.keyboard.press("k")
    page.keyboard.press("k")
    assert page.evaluate("document.activeElement.closest('tr').rowIndex") == page.locator("tr[data-href]").count() - 1

    for _ in range(60):
        page.keyboard.press("k")
    for _ in range(3):
        page.keyboard.press("j")
    where = page.evaluate("document.activeElement.closest('tr').rowIndex")
    page.mouse.wheel(0, 2_000)
    page.wait_for_function(
        "() => { const was = window.stood; window.stood = scrollY; return scrollY > 0 && was === scrollY; }", polling=200
    )
    page.keyboard.press("k")

    hidden = page.evaluate(
        """() => {
          const box = document.activeElement.getBoundingClientRect();
          return !document.activeElement.contains(document.elementFromPoint(box.x + 4, box.y + box.height / 2));
        }"""
    )
    assert (where, hidden) == (4, False)
    there = page.evaluate("document.activeElement.getAttribute('href')")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{there}")


def test_the_focus_and_a_selection_stay_where_they_are_when_the_board_renews_itself(visitor, site):
    page = visitor.open("/board")
    for _ in range(3):
        page.keyboard.press("j")
    before = page.evaluate("document.activeElement.id")
    page.evaluate("window.kept = document.activeElement")

    press(site, "X-4", risk_in=14)
    renew(page)

    expect(row(page, "X-4")).to_be_visible()
    assert page.evaluate("document.activeElement.id") == before
    assert page.evaluate("window.kept === document.activeElement")


def test_a_table_that_scrolls_sideways_is_scrolled_by_keys_also_after_the_page_renewed_itself(visitor):
    page = visitor.open("/runs", size={"width": 240, "height": 600})
    table = page.locator("#runs .table-wrap")
    table.focus()

    with page.expect_response(lambda answer: "hx-request" in answer.request.headers and "/runs" in answer.url):
        page.evaluate("htmx.trigger('[data-board]', 'awake')")
    expect(page.locator("[data-board].htmx-request")).to_have_count(0)

    expect(table).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("() => document.querySelector('#runs .table-wrap').scrollLeft > 0")
    expect(table).to_have_attribute("tabindex", "0")


def test_when_the_focused_row_leaves_the_board_the_next_one_has_the_focus(visitor, site):
    press(site, "X-5", risk_in=14)
    page = visitor.open("/board")
    row(page, "X-5").get_by_role("link").focus()
    at = page.evaluate("document.activeElement.closest('tr').rowIndex")

    site.do("tell", "X-5", "staff_replied")
    renew(page)

    expect(row(page, "X-5")).to_have_count(0)
    assert page.evaluate("document.activeElement.closest('tr')?.rowIndex") == at


def test_slash_searches_arrows_choose_and_escape_closes(visitor):
    page = visitor.open("/board")

    page.keyboard.press("/")
    page.keyboard.type("ferrante")
    page.locator("#results a").first.wait_for()
    expect(page.locator("#found")).to_have_text("1 found")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#results a").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#results a")).to_have_count(0)
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type("F-101")
    page.locator("#results a", has_text="F-101").wait_for()
    page.keyboard.press("Enter")

    page.wait_for_url("**/tickets/*")
    assert "F-101" in page.title()


def test_keys_lead_to_places_and_tell_themselves(visitor):
    page = visitor.open("/board")

    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard")).to_be_visible()
    page.keyboard.press("Escape")
    for key, place in (("t", "tickets"), ("c", "clients"), ("b", "board")):
        page.keyboard.press("g")
        page.keyboard.press(key)
        page.wait_for_url(f"**/{place}")


def test_a_menu_closes_by_escape_by_a_click_beside_it_and_by_leaving_it(visitor):
    page = visitor.open("/board")
    menu, summary = page.locator("details[data-menu]"), page.locator("summary", has_text="Marta Rizzo")

    summary.click()
    page.keyboard.press("Escape")
    expect(menu).not_to_have_attribute("open", "")
    expect(summary).to_be_focused()
    summary.click()
    page.get_by_role("heading", level=1).click()
    expect(menu).not_to_have_attribute("open", "")
    summary.click()
    for _ in range(8):
        page.keyboard.press("Tab")
    expect(menu).not_to_have_attribute("open", "")


def test_the_theme_somebody_chose_stays(visitor):
    page = visitor.open("/board")
    paper = "getComputedStyle(document.documentElement).backgroundColor"
    light = page.evaluate(paper)

    page.locator("summary", has_text="Marta Rizzo").click()
    page.get_by_role("button", name="Dark").click()
    dark = page.evaluate(paper)
    page.goto("/tickets")

    assert page.evaluate(paper) == dark != light


@pytest.mark.proves("ESC-5")
def test_the_bell_of_a_page_that_is_left_open_counts_what_comes_in(visitor, site):
    page = visitor.open("/tiers")
    bell = page.locator(".bell")
    before = int(bell.locator(".badge").inner_text())

    site.do("put_in_inbox", "F-104 breaches in 42 min")
    # As a page that comes back from sleep does; one that stays awake asks every 30 s.
    page.evaluate("dispatchEvent(new Event('online'))")

    expect(bell.locator(".badge")).to_have_text(str(before + 1))
    expect(bell).to_have_accessible_name(f"Inbox, {before + 1} new")
    bell.click()
    expect(page.locator("h1")).to_have_text(f"{before + 1} messages are new")
    expect(page.locator(".inbox > li").first).to_contain_text("F-104 breaches in 42 min")


def test_a_click_anywhere_in_a_row_opens_its_ticket(visitor):
    page = visitor.open("/board")

    row(page, "F-101").locator(".priority").click()

    page.wait_for_url("**/tickets/*")
    expect(page.locator("h1")).to_contain_text("F-101")


def test_the_rail_of_a_narrow_screen_opens_and_gives_the_focus_back(visitor):
    page = visitor.open("/board", size=NARROW)
    toggle = page.get_by_role("button", name="Menu")

    toggle.click()
    expect(page.get_by_role("link", name="Board")).to_be_focused()
    expect(toggle).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Escape")

    expect(page.get_by_role("navigation", name="Main")).not_to_be_visible()
    expect(toggle).to_be_focused()
