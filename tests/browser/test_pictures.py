"""The pictures of the README: the demo as a visitor finds it, at one moment, made by the browser that tests the pages.

`make pictures` renews the committed ones; an ordinary run makes them anew beside the other shots, to be looked at.
"""

import os
from pathlib import Path

import pytest

from tests.browser import clock
from tests.browser.conftest import ROOT, Site, chromium, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.proves("KPI-2")]

COMMITTED = ROOT / "docs" / "pictures"
PICTURES = Path(os.environ.get("GOODSTANDING_PICTURES") or ROOT / "build" / "pictures")
MOMENT = "2026-11-18T14:20:00+00:00"


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """The demo as it was set up at the moment of the pictures, and who signs in to it."""
    chromium()
    made = Site(tmp_path_factory.mktemp("demo"), **{clock.FIXED: MOMENT})
    try:
        made.pages = made.do("demo", MOMENT)
        made.serve()
        yield made
    finally:
        made.stop()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_board_of_the_demo_has_its_picture(demo, browser, theme):
    context = browser.new_context(
        base_url=demo.address,
        viewport={"width": 1440, "height": 900},
        device_scale_factor=1,
        color_scheme=theme,
        reduced_motion="reduce",
        locale="en-GB",
    )
    page = context.new_page()
    page.clock.install(time=MOMENT)
    sign_in(page, demo.pages["email"], demo.pages["password"])
    page.goto("/board")

    states = set(page.locator("tr[data-href]").evaluate_all("rows => rows.map((row) => row.dataset.state)"))
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"board-{theme}.png")
    page.locator("tr[data-state=at_risk] a, tr[data-state=breached] a").first.click()
    page.wait_for_url("**/tickets/*")
    page.screenshot(path=PICTURES / f"ticket-{theme}.png")
    context.close()

    assert states >= {"breached", "at_risk", "on_track"}
    for name in ("board", "ticket"):
        assert (COMMITTED / f"{name}-{theme}.png").exists()
