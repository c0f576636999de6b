"""The clock of the site under test: it runs from a weekday noon, or stands still for pictures and for tests of seconds."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

AHEAD = "GOODSTANDING_TEST_AHEAD"
"""The variable that says how many seconds the site's clock lies ahead of the machine's."""
FIXED = "GOODSTANDING_TEST_FIXED"
"""The variable with the instant at which the site's clock stands still."""


def standing():
    """Return the file that holds the instant at which a running site's clock stands still, while it does."""
    return Path(os.environ["GOODSTANDING_HOME"]) / "standing"


def now():
    """The site's moment."""
    held = standing()
    fixed = held.read_text() if held.exists() else os.environ.get(FIXED)
    if fixed:
        return datetime.fromisoformat(fixed)
    return datetime.now(UTC) + timedelta(seconds=float(os.environ.get(AHEAD, "0")))


class Clock:
    """Puts the site's moment in the place of the machine's on every request."""

    def __init__(self, answer):
        self.answer = answer

    def __call__(self, request):
        request.now = now()
        return self.answer(request)
