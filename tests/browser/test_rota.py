"""The rota by keyboard: a link to a form leads to its first field, and a removal to what takes it back (requirements ESC-7)."""

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.proves("ESC-7")]


def test_the_focus_is_where_somebody_goes_on(visitor):
    page = visitor.open("/escalation/people")

    page.get_by_role("link", name="Plan a turn", exact=True).click()
    expect(page.locator("#from")).to_be_focused()
    expect(page.locator("label[for=from]")).to_be_in_viewport()
    page.locator("#from").blur()
    page.keyboard.press("p")
    expect(page.locator("#from")).to_be_focused()

    page.get_by_role("link", name="Plan a turn ").last.click()
    page.wait_for_url("**/people?from=*")
    expect(page.locator("#from")).to_be_focused()

    page.get_by_role("button", name="Remove Aroha Tane").click()
    expect(page.get_by_role("button", name="Put it back")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Put back as it was.")).to_be_visible()
