"""The history told by a process of its own is the history, and the process ends with whoever listens."""

import multiprocessing
from datetime import UTC, datetime, timedelta

import pytest

from goodstanding.adapters.demo.beside import CutOff, told_beside
from goodstanding.adapters.demo.helpdesk import not_in_odoo
from goodstanding.adapters.demo.terms import terms_from
from goodstanding.adapters.demo.world import happenings_between
from tests.adapters.demo.worlds import SEED

MONDAY = datetime(2026, 10, 19, tzinfo=UTC)
# Nothing is promised, and so nothing told, until shortly before: no look back at months of lives.
FIRST, BEGINS = MONDAY.date() - timedelta(days=5), MONDAY.date() + timedelta(days=2)


def beside(days):
    return told_beside(SEED, MONDAY, MONDAY + timedelta(days=days), first=FIRST, begins=BEGINS)


def test_it_tells_what_would_be_told_here():
    told = list(beside(days=12))

    assert len(told) > 1
    assert told == list(
        happenings_between(SEED, MONDAY, MONDAY + timedelta(days=12), terms_from(FIRST), where=not_in_odoo(BEGINS))
    )
    assert multiprocessing.active_children() == []


def test_it_ends_when_nobody_listens_any_more():
    told = beside(days=30)
    next(told)

    told.close()

    assert multiprocessing.active_children() == []


def test_one_that_ends_too_early_is_no_end_of_the_history():
    told = beside(days=30)
    next(told)

    for process in multiprocessing.active_children():
        process.kill()

    with pytest.raises(CutOff):
        list(told)
