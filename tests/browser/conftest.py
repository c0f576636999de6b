"""A real Chromium before a real server over a small firm; pages that complain fail their test."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from tests.browser import clock

ROOT = Path(__file__).resolve().parents[2]
NOON = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)
"""The Wednesday noon from which the site's clock runs: the `NOW` of tests.apps.world."""
ADMIN, VIEWER, NEWCOMER = "admin@adriatica.example", "viewer@ferrante.example", "admin@newcomer.example"
PASSWORD = "browser-tests"
WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 360, "height": 740}

_LISTEN = """
window.complaints = [];
document.addEventListener("securitypolicyviolation", (event) => {
  window.complaints.push(`CSP: ${event.violatedDirective} ${event.blockedURI}`);
});
window.shifted = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
}).observe({ type: "layout-shift", buffered: true });
"""


def chromium():
    """Return where a Chromium is; without one the tests are skipped, but in CI they fail."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found is None:
        message = "no Chromium: install one (on Debian: apt install chromium) to test the pages in it"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return found


class Site:
    """The product over a database of its own, served by granian as in production, and a helper that changes the database."""

    def __init__(self, home, **moment):
        self.home = home
        keep = {name: value for name, value in os.environ.items() if not name.startswith(("GOODSTANDING_", "DATABASE_"))}
        self.environment = {
            **keep,
            **moment,
            "GOODSTANDING_HOME": str(home),
            "DJANGO_SETTINGS_MODULE": "tests.browser.settings",
            "PYTHONPATH": str(ROOT),
        }
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self.pages = {}
        self.furthest = datetime.min.replace(tzinfo=UTC)
        self.started = []
        self.helper = self.run("helper", "-m", "tests.browser.world", stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def run(self, name, *command, **given):
        """Start a Python of its own, whose complaints go to a file of that name."""
        with (self.home / f"{name}.log").open("w") as log:
            started = subprocess.Popen(
                [sys.executable, *command], cwd=ROOT, env=self.environment, stderr=log, text=True, **({"stdout": log} | given)
            )
        self.started.append(started)
        return started

    def do(self, command, *given):
        """Let tests.browser.world do something over the site's database; return what it says."""
        self.helper.stdin.write(json.dumps([command, *given]) + "\n")
        self.helper.stdin.flush()
        answer = self.helper.stdout.readline()
        assert answer, (self.home / "helper.log").read_text()
        return json.loads(answer)

    def serve(self):
        """Serve the database, which is to be there; return when the first page answers."""
        collecting = self.run("collectstatic", "-m", "django", "collectstatic", "--no-input", "--verbosity", "0")
        assert collecting.wait(timeout=60) == 0, (self.home / "collectstatic.log").read_text()
        serving = self.run(
            "server",
            *("-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(self.port)),
            *("--workers", "1", "--blocking-threads", "4", "--log-level", "warning"),
            "goodstanding.config.wsgi:application",
        )
        ends = time.monotonic() + 60
        while time.monotonic() < ends:
            assert serving.poll() is None, (self.home / "server.log").read_text()
            with socket.socket() as asked:
                if asked.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        pytest.fail("the site did not answer within 60 s")

    def stop(self):
        """End everything that was started."""
        self.helper.stdin.close()
        for each in reversed(self.started):
            each.terminate()
            each.wait(timeout=20)
        self.helper.stdout.close()

    def stand(self, at):
        """Let the site's clock stand still at an instant, or run again where that is None."""
        held = self.home / "standing"
        if at is None:
            held.unlink(missing_ok=True)
            return
        self.furthest = max(self.furthest, at)
        made = held.with_suffix(".new")
        made.write_text(at.isoformat())
        made.replace(held)

    def now(self):
        """Return the site's moment."""
        held = self.home / "standing"
        if held.exists():
            return datetime.fromisoformat(held.read_text())
        return datetime.fromtimestamp(time.time() + float(self.environment[clock.AHEAD]), UTC)


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The site over the small firm, its clock running from a Wednesday noon."""
    chromium()
    ahead = (NOON - datetime.now(UTC)).total_seconds()
    made = Site(tmp_path_factory.mktemp("site"), **{clock.AHEAD: str(ahead)})
    try:
        made.pages = made.do("fill")
        made.serve()
        yield made
    finally:
        made.stop()


@pytest.fixture
def passing(site):
    """Stop the clocks of the site and of a page; what is returned lets seconds pass in both, however slow the machine is."""
    # What turned before in such a test is not to turn again in the next.
    begun = max(site.now(), site.furthest).replace(microsecond=0)
    site.stand(begun)

    def stop(page):
        # It can be stopped ahead only, and goes on until it is.
        page.clock.install(time=begun - timedelta(hours=1))
        page.clock.pause_at(begun)

        def seconds(count):
            site.stand(site.now() + timedelta(seconds=count))
            page.clock.fast_forward(count * 1_000)

        return seconds

    yield stop
    site.stand(None)


@pytest.fixture(scope="session")
def browser():
    """One Chromium for all tests."""
    path = chromium()
    # Playwright's loop counts as running in this thread, so Django would refuse the database to other tests in between.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        asked = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--force-color-profile=srgb"]
        made = playwright.chromium.launch(executable_path=path, args=asked)
        yield made
        made.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="session")
def signed_in(site, browser):
    """Return the cookies of a person, who signs in once."""
    known = {}

    def cookies(email):
        if email not in known:
            context = browser.new_context(base_url=site.address)
            page = context.new_page()
            sign_in(page, email)
            known[email] = context.storage_state()
            context.close()
        return known[email]

    return cookies


def sign_in(page, email, password=PASSWORD):
    """Fill in the entrance as a person does."""
    page.goto("/account/sign-in")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_load_state()


class Visitor:
    """Opens pages and keeps what they complain about: console, errors, policy, requests to other hosts."""

    def __init__(self, browser, site, signed_in):
        self.browser, self.site, self.signed_in = browser, site, signed_in
        self.contexts, self.complaints, self.expected = [], [], []

    def page(self, *, who=ADMIN, size=WIDE, **given):
        """Return a page of somebody signed in (of nobody where `who` is empty), with nothing loaded yet."""
        state = self.signed_in(who) if who else None
        context = self.browser.new_context(
            base_url=self.site.address,
            storage_state=state,
            viewport=size,
            locale="en-GB",
            **({"color_scheme": "light"} | given),
        )
        context.set_default_timeout(8_000)
        self.contexts.append(context)
        page = context.new_page()
        page.add_init_script(_LISTEN)
        page.on("console", lambda message: message.type in ("error", "warning") and self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", self._seen)
        return page

    def open(self, path, **given):
        """Open a page; return it."""
        page = self.page(**given)
        page.goto(path)
        return page

    def expect(self, part):
        """Allow a complaint that holds these words."""
        self.expected.append(part)

    def _seen(self, request):
        if not request.url.startswith((self.site.address, "data:", "blob:")):
            self.complaints.append(f"asked another host: {request.url}")

    def close(self):
        """Close every page; return what they complained about."""
        for context in self.contexts:
            for page in context.pages:
                if not page.url.startswith("about:"):
                    self.complaints += page.evaluate("window.complaints ?? []")
            context.close()
        self.contexts = []
        told: list[str] = []
        for each in self.complaints:
            if each.startswith("htmx:sendAbort, ") and told and told[-1].startswith("htmx:afterRequest, "):
                # A search that a newer one takes the place of is no fault, though htmx tells it as two.
                told.pop()
            elif not any(part in each for part in self.expected):
                told.append(each)
        return told


@pytest.fixture
def visitor(site, browser, signed_in):
    """Opens pages; whatever they complained about fails the test."""
    made = Visitor(browser, site, signed_in)
    yield made
    assert made.close() == []
