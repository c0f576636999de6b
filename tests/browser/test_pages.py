"""Every page in light and dark, wide and narrow: axe, console, layout, and a picture to look at."""

import os
from pathlib import Path
from zlib import crc32

import pytest
from axe_playwright_python.base import AXE_SCRIPT

from tests.browser.conftest import ADMIN, NARROW, NEWCOMER, VIEWER, WIDE, Visitor
from tests.odoos import ADDRESS, ADMINS_KEY, DOWN

pytestmark = [pytest.mark.browser]

SHOTS = os.environ.get("GOODSTANDING_SHOTS")
"""The folder that gets a picture of each page in every way it was looked at; without one none is made, which takes long."""
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]

STAFF = {
    "board": "/board",
    "board-breached": "/board?state=breached",
    "board-paused": "/board?state=paused",
    "board-nothing-fits": "/board?state=breached&priority=S4",
    "tickets": "/tickets",
    "tickets-with-a-breach": "/tickets?breached=yes&is=open&q=Invoices&from=2026-11-01",
    "tickets-nothing-fits": "/tickets?q=nothing+is+called+so",
    "clients": "/clients",
    "tiers": "/tiers",
    "calendars": "/calendars",
    "new-tier": "/tiers/new",
    "new-calendar": "/calendars/new?preset=extended",
    "classify": "/classify",
    "new-ticket": "/tickets/new",
    "feedback": "/feedback",
    "classify-proposed": "/classify?hit=core&way_round=poor&users=4",
    "odoo": "/odoo",
    "odoo-connect": "/odoo/connect",
    "import": "/import",
    "runs": "/runs",
    "mail": "/mail",
    "new-mailbox": "/mail/mailboxes/new",
    "chat": "/chat",
    "people": "/people",
    "keys": "/settings/keys",
    "webhooks": "/settings/webhooks",
    "journal": "/settings/journal",
    "journal-nothing-fits": "/settings/journal?q=nobody+at+all&about=key",
    "escalation": "/escalation",
    "escalation-change": "/escalation/change",
    "drafts": "/drafts",
    "outbox": "/outbox",
    "outbox-nothing-fits": "/outbox?q=nothing+is+called+so",
    "channels": "/channels",
    "inbox": "/inbox",
    "preferences": "/inbox/preferences",
    "rota": "/escalation/people",
    "contact-roles": "/escalation/people/roles",
    "offices": "/escalation/people/offices",
    "absences": "/escalation/people/absences",
    "missing": "/tickets/00000000-0000-0000-0000-000000000000",
    "password": "/account/password",
}
"""Pages whose address is known beforehand; the others are those of `tests.browser.world.fill`."""
FILLED = [
    "ticket-running", "ticket-unassigned", "ticket-breached", "ticket-at-risk", "ticket-paused", "ticket-agreed-date",
    "ticket-reopened", "ticket-merged", "ticket-cancelled", "ticket-waived", "ticket-corrected", "ticket-met", "ticket-raised",
    "ticket-no-clock", "ticket-retainer", "ticket-long-lived", "ticket-not-covered", "ticket-around-the-clock", "client",
    "client-without-promise", "client-with-nothing-open", "tier", "tier-score", "calendar", "calendar-nights",
    "write-calendar-version", "write-tier-version", "preview-question", "preview", "preview-unusable", "run-done", "run-failed",
    "run-running", "run-waiting", "mailbox", "odoo-followed", "odoo-following", "odoo-not-followed", "odoo-choosing",
    "odoo-project", "odoo-in-trouble", "odoo-first-reading", "ticket-in-odoo",
    "outbox-dead", "outbox-folded", "rehearsal", "escalation-own",
    "turn", "contact-role", "contact-roles-of-a-client",
]  # fmt: skip
OF_A_NEWCOMER = {
    "empty-board": "/board",
    "empty-tickets": "/tickets",
    "empty-clients": "/clients",
    "empty-calendars": "/calendars",
    "empty-runs": "/runs",
    "empty-mail": "/mail",
    "empty-keys": "/settings/keys",
    "empty-webhooks": "/settings/webhooks",
    "empty-journal": "/settings/journal",
    "empty-odoo": "/odoo",
    "empty-escalation": "/escalation",
    "empty-chat": "/chat",
    "empty-outbox": "/outbox",
    "empty-channels": "/channels",
    "empty-inbox": "/inbox",
    "empty-rota": "/escalation/people",
    "empty-contact-roles": "/escalation/people/roles",
    "empty-offices": "/escalation/people/offices",
    "empty-absences": "/escalation/people/absences",
}
OF_A_CLIENT = {"client-tickets": "/tickets", "client-ticket": "ticket-breached", "client-forbidden": "/clients"}
OF_STRANGERS = {
    "sign-in": "/account/sign-in",
    "password-reset": "/account/password/reset",
    "password-reset-done": "/account/password/reset/done",
    "password-link-used-up": "/account/password/reset/key/1-used-up",
    "sign-up": "/account/sign-up",
    "missing-to-strangers": "/nothing/here",
    "rate-gone": "/feedback/gone",
}
OF_A_LINK = ["rate", "rate-recommend", "rate-stop"]
PAGES = [
    *((name, ADMIN) for name in (*STAFF, *FILLED)),
    *((name, NEWCOMER) for name in OF_A_NEWCOMER),
    *((name, VIEWER) for name in OF_A_CLIENT),
    *((name, "") for name in (*OF_STRANGERS, *OF_A_LINK)),
]
ADDRESSES = STAFF | OF_A_NEWCOMER | OF_A_CLIENT | OF_STRANGERS
NOT_FOUND = {"rate-gone", "missing", "missing-to-strangers", "client-forbidden"}
"""Pages that answer with a failure, which the console tells as an error."""


def path_of(site, name):
    path = ADDRESSES.get(name, name)
    return site.pages.get(path, path)


SIZES = {"wide": WIDE, "narrow": NARROW}


WHOLE = {
    "board",
    "tickets",
    "ticket-breached",
    "client",
    "connect",
    "odoo",
    "mail",
    "chat",
    "feedback",
    "sign-in",
    "preview",
    "outbox",
    "inbox",
    "rota",
}
"""Pages looked at in every way; between them they have all that pages are made of."""


CONTRAST = ["color-contrast"]
"""The rules that a theme decides and the width does not."""
ALL = {"runOnly": {"type": "tag", "values": WCAG}}
OF_THE_THEME = {"runOnly": {"type": "rule", "values": CONTRAST}}
OF_THE_WIDTH = ALL | {"rules": {rule: {"enabled": False} for rule in CONTRAST}}
EVERY_WAY = {("wide", "light"): ALL, ("wide", "dark"): OF_THE_THEME, ("narrow", "dark"): OF_THE_WIDTH}
"""Width, theme, and what axe looks for there."""
ONE_WAY = {("wide", "light"): ALL, ("narrow", "dark"): None}, {("wide", "light"): None, ("narrow", "dark"): ALL}
"""How pages are looked at that differ from another one in what they say only: axe takes them one way or the other."""

BOTH_WIDTHS = {("wide", "light"): ALL, ("narrow", "dark"): ALL}


def ways(name):
    return EVERY_WAY if name in WHOLE else ONE_WAY[crc32(name.encode()) % 2]


@pytest.fixture(scope="module")
def pages(site, browser, signed_in):
    """A page for each person, opened once: new ones for every address would take longer than looking at them."""
    guest = Visitor(browser, site, signed_in)
    known = {}

    def page_of(who):
        if who not in known:
            known[who] = guest.page(who=who, reduced_motion="reduce")
            known[who].add_init_script(AXE_SCRIPT)
        return known[who], guest

    yield page_of
    guest.close()


@pytest.mark.parametrize(("name", "who"), PAGES, ids=[name for name, _ in PAGES])
def test_a_page_is_accessible_in_both_themes_keeps_still_fits_and_complains_of_nothing(pages, site, name, who):
    page, guest = pages(who)
    guest.complaints.clear()
    page.set_viewport_size(SIZES["wide"])
    page.emulate_media(color_scheme="light")
    page.goto(path_of(site, name))

    # What is around it is the same on every page of somebody signed in.
    within = "html" if name in WHOLE or not who else "main"
    seen = look(page, name, ways(name), within)

    seen["complaints"] = [*guest.complaints, *page.evaluate("window.complaints")]
    if name in NOT_FOUND:
        seen["complaints"] = [each for each in seen["complaints"] if "responded with a status of 40" not in each]
    assert wrong(seen) == {}


def look(page, name, found_by=BOTH_WIDTHS, within="html"):
    """Return what is wrong with a loaded page, by where: how it is laid out, and what axe finds there or in a part of it."""
    page.wait_for_load_state()
    if page.evaluate("!window.axe"):
        page.evaluate(AXE_SCRIPT)
    seen, width = {"moved after loading": moved(page)}, None
    for (wanted, theme), rules in found_by.items():
        page.emulate_media(color_scheme=theme)
        if wanted != width:
            width = wanted
            page.set_viewport_size(SIZES[width])
            resized(page)
            seen |= {f"{what}, {width}": amount for what, amount in laid_out(page).items()}
        if rules:
            seen[f"axe, {width}, {theme}"] = faults(page, rules, within)
        if SHOTS:
            page.screenshot(path=Path(SHOTS) / f"{name}-{theme}-{width}.png", full_page=True)
    return seen


def moved(page):
    """Return how far things moved while the page came up; asked before a board may have renewed itself."""
    return page.evaluate(
        """() => new Promise((seen) => requestAnimationFrame(() => setTimeout(seen, 50))).then(
          () => window.shifted < 0.05 ? 0 : window.shifted
        )"""
    )


def resized(page):
    """Wait until the page was told of its new width, which it is with the next frame, and not at once."""
    page.evaluate("() => new Promise((told) => requestAnimationFrame(() => requestAnimationFrame(told)))")


def laid_out(page):
    return page.evaluate(
        """() => ({
          "wider than the screen": Math.max(0, document.documentElement.scrollWidth - innerWidth),
          "icons but one": document.querySelectorAll("link[rel=icon]").length - 1,
          "headings of the page but one": document.querySelectorAll("h1").length - 1,
        })"""
    )


def faults(page, rules, within="html"):
    """Return what axe finds in a part of a page; of rows made of the same things the first stands for all."""
    asked = rules | {"resultTypes": ["violations"]}
    found = page.evaluate(
        """([part, options]) => {
          const known = new Set();
          for (const row of document.querySelectorAll("tbody tr")) {
            const said = ({ name, value }) => (/^(class|data-state|role|type)$/.test(name) ? value : name);
            const made = [row, ...row.querySelectorAll("*")].map((each) => [each.tagName, ...[...each.attributes].map(said)]);
            const kind = JSON.stringify(made);
            if (known.has(kind)) row.setAttribute("data-like-another", "");
            known.add(kind);
          }
          return axe.run({ include: [[part]], exclude: [["[data-like-another]"]] }, options).then((found) => found.violations);
        }""",
        [within, asked],
    )
    return [
        f"{each['id']}: {node['html'][:160]} {[part['message'] for part in node['any']][:1]}"
        for each in found
        for node in each["nodes"]
    ]


def wrong(seen):
    return {where: found for where, found in seen.items() if found}


def test_what_pages_show_after_something_was_done_is_accessible_too(visitor, site):
    visitor.expect("responded with a status of 422")
    page = visitor.page(reduced_motion="reduce")
    page.goto("/tiers/new")
    page.get_by_label("The tier, as YAML").fill("key: gold\nname: Gold\nhours: 19/7\npriorities:\n  P1: {response: soon}\n")
    page.get_by_role("button", name="Check only").click()
    page.get_by_role("alert").wait_for()
    assert wrong(look(page, "new-tier-with-problems")) == {}

    page.goto("/calendars/new")
    page.get_by_label("The hours, as YAML").fill("zone: Europe/Rome\nweek:\n  mon: ['9-17']\n")
    page.get_by_label("Name").fill("Office")
    page.get_by_role("button", name="Check only").click()
    page.get_by_role("alert").wait_for()
    assert wrong(look(page, "new-calendar-with-problems")) == {}

    page.goto("/people")
    page.get_by_label("Name").fill("Ann Lee")
    page.get_by_label("E-mail").fill("ann@adriatica.example")
    page.get_by_role("button", name="Add").click()
    page.get_by_label("Link to choose a password").wait_for()
    assert wrong(look(page, "people-with-a-link")) == {}

    page.goto("/escalation/people")
    page.get_by_text("Repeat it weekly").click()
    page.get_by_label("On call", exact=True).select_option(label="Marta Rizzo")
    page.get_by_label("Deputy").select_option(label="Marta Rizzo")
    page.get_by_role("textbox", name="Weeks (optional)").fill("100")
    page.get_by_role("button", name="Plan", exact=True).click()
    page.get_by_text("Write a number of weeks").wait_for()
    # The page is shown where its form is: what lies under the top there is not to be pressed.
    page.evaluate("scrollTo(0, 0)")
    assert wrong(look(page, "rota-with-problems")) == {}

    page.goto("/settings/keys")
    page.get_by_label("Name").fill("Bridge")
    page.get_by_role("button", name="Make").click()
    page.get_by_label("The new API key").wait_for()
    assert wrong(look(page, "keys-with-a-new-one")) == {}

    page.goto("/settings/webhooks")
    page.get_by_label("Name").fill("Helpdesk")
    page.get_by_role("button", name="Make").click()
    page.get_by_label("The new secret").wait_for()
    assert wrong(look(page, "webhooks-with-a-new-one")) == {}


def test_what_trying_an_odoo_shows_beside_the_form_is_accessible_and_the_form_keeps_what_was_typed(visitor):
    page = visitor.open("/odoo/connect", reduced_motion="reduce")
    for label, text in (("Address", ADDRESS), ("Login", "admin"), ("API key or password", ADMINS_KEY)):
        page.get_by_label(label).fill(text)
    page.get_by_role("button", name="Try").click()
    page.get_by_text("This account is an administrator.").wait_for()
    page.evaluate("window.shifted = 0")
    assert wrong(look(page, "odoo-tried")) == {}
    assert page.get_by_label("API key or password").input_value() == ADMINS_KEY
    assert ADMINS_KEY not in page.content()

    page.get_by_label("Address").fill(DOWN)
    page.get_by_role("button", name="Connect", exact=True).click()
    page.get_by_role("alert").wait_for()
    page.evaluate("window.shifted = 0")
    assert wrong(look(page, "odoo-not-reached")) == {}


def test_a_stage_that_is_chosen_otherwise_tells_the_tickets_beside_it_anew(visitor, site):
    page = visitor.open(site.pages["odoo-choosing"])
    assert page.get_by_text("set it waiting on supplier").count() == 0

    page.get_by_label("With the vendor").select_option("Waiting on supplier")

    page.get_by_text("set it waiting on supplier").first.wait_for()
    assert page.get_by_label("With the vendor").input_value() == "waiting:supplier"


def test_menus_results_and_the_list_of_keys_are_accessible_while_they_are_open(visitor):
    for width, theme in BOTH_WIDTHS:
        way = {(width, theme): ALL}
        page = visitor.open("/tickets?q=Invoices", size=SIZES[width], color_scheme=theme, reduced_motion="reduce")
        page.locator("summary").first.click()
        assert wrong(look(page, "menu", way)) == {}
        page.keyboard.press("Escape")
        page.locator("#search").fill("invoice")
        page.locator("#results a").first.wait_for()
        assert wrong(look(page, "search", way)) == {}
        page.keyboard.press("Escape")
        page.keyboard.press("Escape")
        page.keyboard.press("?")
        page.get_by_role("dialog").wait_for()
        assert wrong(look(page, "keys", way)) == {}
        if width == "narrow":
            page.keyboard.press("Escape")
            page.get_by_role("button", name="Menu").click()
            page.get_by_role("navigation", name="Main").wait_for()
            assert wrong(look(page, "rail", way)) == {}


def test_a_ticket_with_everything_unfolded_is_accessible(visitor, site):
    page = visitor.open(site.pages["ticket-long-lived"], reduced_motion="reduce")

    for each in page.locator("details.why > summary, details.act > summary").all():
        each.click()
    page.evaluate("window.shifted = 0")

    assert wrong(look(page, "ticket-unfolded")) == {}


def test_a_form_says_beside_each_field_what_is_wrong_and_keeps_what_was_typed(visitor):
    page = visitor.open("/board", reduced_motion="reduce")
    page.keyboard.press("n")
    page.get_by_label("Title").fill("Labels print blank")
    page.get_by_label("Client", exact=True).select_option(index=1)
    page.get_by_label("Reported").fill("2031-01-01T10:00")
    page.get_by_role("button", name="Open the ticket").click()
    page.get_by_role("alert").first.wait_for()

    assert page.get_by_label("Title").input_value() == "Labels print blank"
    assert wrong(look(page, "new-ticket-with-problems")) == {}


def test_a_ticket_is_opened_and_answered_by_keys_alone(visitor):
    page = visitor.open("/tickets", reduced_motion="reduce")

    page.keyboard.press("n")
    page.get_by_label("Title").wait_for()
    page.get_by_label("Client", exact=True).select_option(index=1)  # the last thing of a form that is not typed
    page.get_by_label("Title").press_sequentially("Labels print blank")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Labels print blank").wait_for()
    page.keyboard.press("Escape")
    page.keyboard.press("r")
    page.keyboard.type("We look at it")
    page.get_by_role("button", name="Record").press("Enter")
    page.get_by_text("Recorded.").wait_for()

    assert page.locator(".story .text").last.inner_text() == "We look at it"
    assert wrong(look(page, "ticket-answered", {("wide", "light"): ALL})) == {}


def test_an_answer_is_given_by_one_button_on_a_page_without_a_session(visitor, site):
    page = visitor.page(who="", size=NARROW, reduced_motion="reduce")
    page.goto(site.pages["rate-answered"])

    page.get_by_role("button", name="Send").click()
    page.get_by_text("Thank you.").wait_for()

    assert page.get_by_label("4").first.is_checked()
    assert page.context.cookies() == []
    assert wrong(look(page, "rate-thanks", {("narrow", "dark"): ALL})) == {}


def test_nothing_moves_for_those_who_asked_for_less_motion(visitor):
    page = visitor.open("/board", reduced_motion="reduce")

    moving = page.evaluate(
        """() => [...document.querySelectorAll("*")].filter((each) => {
          const style = getComputedStyle(each);
          return style.transitionDuration !== "0s" || style.animationName !== "none";
        }).map((each) => each.outerHTML.slice(0, 80))"""
    )

    assert moving == []


def test_a_printed_board_has_its_rows_and_nothing_to_press(visitor):
    page = visitor.open("/board")

    page.emulate_media(media="print")

    assert page.locator("tr[data-href]").first.is_visible()
    assert not page.get_by_role("searchbox").is_visible()
    assert not page.get_by_role("navigation", name="Main").is_visible()
