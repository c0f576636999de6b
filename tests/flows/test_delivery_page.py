"""The page about delivery names the figures that hold."""

import re
from pathlib import Path

from goodstanding.apps.outbox.actions import CHANGE_OVER
from goodstanding.apps.outbox.leases import LOSSES
from goodstanding.core.outgoing.trying import FIRST_WAIT, GIVEN_UP_AFTER, LONGEST_HOLD, LONGEST_WAIT
from goodstanding.delivery.worker.loop import MAILERS
from goodstanding.flows.carry_mail import LETTERS, PATIENCE
from goodstanding.flows.deliver_messages import BATCH, LEASE, ROOM

PAGE = (Path(__file__).parents[2] / "docs" / "delivery.md").read_text(encoding="utf-8")


def test_the_page_names_the_figures_that_hold():
    told = dict(re.findall(r"^\| ([^|]+) \| ([^|]+) \|$", PAGE, re.MULTILINE)[1:])

    assert told == {
        "messages claimed at once": f"{BATCH}",
        "lease": f"{LEASE.total_seconds():g} s",
        "rest of a lease with which no message is begun": f"{ROOM.total_seconds():g} s",
        "first wait after a failure, doubled each time": f"{FIRST_WAIT.total_seconds():g} s",
        "longest wait for one message": f"{LONGEST_WAIT.total_seconds() / 60:g} min",
        "longest wait for a route": f"{LONGEST_HOLD.total_seconds() / 60:g} min",
        "given up after": f"{GIVEN_UP_AFTER.total_seconds() / 3600:g} h",
        "letters by one connection": f"{LETTERS}",
        "letters that one worker hands over side by side": f"{MAILERS}",
        "workers lost over one message before it is given up": f"{LOSSES}",
        "days that a webhook is signed with two secrets": f"{CHANGE_OVER.days}",
    }


def test_the_longest_that_one_letter_takes_fits_the_rest_of_a_lease():
    assert PATIENCE.connect + 2 * PATIENCE.visit < ROOM.total_seconds() < LEASE.total_seconds()
