"""Signing in and out, as a browser sees it."""

import pytest

from tests.browser.conftest import ADMIN, PASSWORD, sign_in

pytestmark = pytest.mark.browser


def test_somebody_who_signs_in_comes_to_the_page_they_asked_for(visitor):
    page = visitor.open("/clients", who="")
    page.get_by_label("Email").fill(ADMIN)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/clients")

    assert page.get_by_role("heading", level=1).inner_text().endswith("with a breach")


def test_a_wrong_password_is_told_with_the_way_out_and_the_address_stays(visitor):
    page = visitor.page(who="")

    sign_in(page, ADMIN, "not this one")

    assert "do not belong together" in page.get_by_role("alert").inner_text()
    assert page.get_by_label("Email").input_value() == ADMIN


def test_signing_out_leads_back_to_the_entrance(visitor):
    page = visitor.page(who="")
    sign_in(page, ADMIN)

    page.locator("summary", has_text="Marta Rizzo").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/account/sign-in**")

    assert page.get_by_role("button", name="Sign in").is_visible()


def test_a_board_whose_person_was_signed_out_leads_to_the_entrance_instead_of_showing_it_inside(visitor):
    page = visitor.page(who="")
    sign_in(page, ADMIN)
    page.goto("/board")

    page.context.clear_cookies()
    page.evaluate("htmx.trigger('#board', 'awake')")
    page.wait_for_url("**/account/sign-in?next=/board**")

    assert page.get_by_role("heading", level=1).inner_text() == "Sign in"
