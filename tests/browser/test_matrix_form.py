"""The form of the escalation matrix in a browser: whom it follows, where its focus goes, how it is left (ESC-2)."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NARROW
from tests.browser.test_pages import look, wrong

pytestmark = [pytest.mark.browser, pytest.mark.proves("ESC-2")]

CHANGE = "/escalation/change"


@pytest.fixture
def asked():
    """What the browser has asked before it left a page."""
    return []


@pytest.fixture
def form(visitor, asked):
    page = visitor.open(CHANGE, reduced_motion="reduce")

    def answer(dialog):
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", answer)
    return page


def test_who_is_chosen_is_followed_at_once_and_says_what_they_have(form):
    whose = form.get_by_label("For", exact=True)

    whose.select_option(label="Casa Ferrante, has its own")

    expect(form.get_by_role("heading", level=1)).to_have_text("Change the matrix for Casa Ferrante")
    expect(form.get_by_text("This is Casa Ferrante’s plan, version 1.")).to_be_visible()
    expect(form.get_by_label("For", exact=True)).to_be_focused()

    form.get_by_label("How much, step 1", exact=True).fill("45")
    form.get_by_label("For", exact=True).select_option(label="Everyone")

    expect(form.get_by_text("Everyone has a plan: version 1")).to_be_visible()
    expect(form.get_by_label("How much, step 1", exact=True)).to_have_value("45")
    assert wrong(look(form, "matrix-for-another")) == {}


def test_what_is_to_mend_has_the_focus(form):
    form.get_by_label("How much, step 2", exact=True).fill("soon")
    form.get_by_role("button", name="Publish").last.click()

    expect(form.locator(".note.error")).to_be_focused()
    assert wrong(look(form, "matrix-with-problems")) == {}


def test_a_plan_without_steps_asks_for_a_name_where_the_focus_is(form):
    form.get_by_role("button", name="As YAML").click()
    form.get_by_label("The plan, as YAML").fill("steps: []\n")
    form.get_by_role("button", name="Publish").first.click()

    expect(form.get_by_label("Write “everyone” to publish it")).to_be_focused()
    assert wrong(look(form, "matrix-of-nothing")) == {}


def test_a_form_that_was_changed_is_left_only_when_that_is_meant(form, asked):
    form.goto(CHANGE)
    unchanged = [*asked]

    form.get_by_label("What changes and why").fill("Sooner")
    form.get_by_role("button", name="Check only").first.click()
    form.get_by_text("In order: it can be published.").wait_for()
    sent = [*asked]
    with form.expect_download():
        form.get_by_role("button", name="Download").click()
    downloaded = [*asked]
    form.goto("/escalation")

    assert (unchanged, sent, downloaded) == ([], [], [])
    assert asked == ["beforeunload"]


def test_the_acts_of_a_narrow_form_are_at_its_foot_too(visitor):
    page = visitor.open(CHANGE, size=NARROW, reduced_motion="reduce")

    page.keyboard.press("End")
    foot = page.get_by_role("button", name="Check only").last
    expect(foot).to_be_in_viewport()
    foot.click()

    expect(page.get_by_text("In order: it can be published.")).to_be_visible()
