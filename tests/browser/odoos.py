"""The Odoos that the small firm is connected to; each process has its own, all alike."""

from datetime import timedelta
from functools import cache

from goodstanding.flows.reach_odoo import Reach
from tests.browser import clock
from tests.odoos import ADDRESS, ENDING, World, desk


@cache
def reach() -> Reach:
    """Return the way to a desk that is followed, and to one whose key ends soon."""
    now = clock.now()
    return World({ADDRESS: desk(now), ENDING: desk(now, ends_in=timedelta(days=12))}).reach
