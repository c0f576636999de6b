"""The history that the demo's tests share; it takes seconds to tell and to judge."""

from time import process_time

import pytest

from goodstanding.adapters.demo.world import happenings_between
from goodstanding.core.desk.assess import assess
from tests.adapters.demo.worlds import NOW, SEED, History, Terms, begin_of, case_of


@pytest.fixture(scope="session")
def history() -> History:
    terms = Terms(begin_of(NOW))
    terms("carsina", NOW)  # reading calendars is not telling
    begun, told, tickets = process_time(), 0, {}
    for batch in happenings_between(SEED, terms.begins, NOW, terms):
        for ticket, happenings in batch:
            tickets[ticket.ref] = ticket
            told += len(happenings)
    seconds = process_time() - begun
    judged = {ref: assess(case_of(each, terms), as_of=NOW, explain=False) for ref, each in tickets.items()}
    return History(NOW, terms, tickets, told, seconds, judged)
