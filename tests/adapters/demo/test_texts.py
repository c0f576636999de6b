"""What is written in the demo: enough different subjects, and no message with a hole in it."""

import re
from collections import Counter
from datetime import date
from itertools import chain

import pytest

from goodstanding.adapters.demo import words
from goodstanding.adapters.demo.cast import TEAMS
from goodstanding.adapters.demo.clients import CLIENTS
from goodstanding.adapters.demo.dice import dice_of
from goodstanding.adapters.demo.slots import Slots
from goodstanding.adapters.demo.subjects import OUTAGE, SUBJECTS, TOPICS


def test_subjects_are_many_and_of_every_kind_and_rank():
    assert len({subject.title for subject in SUBJECTS}) == len(SUBJECTS) >= 140
    assert {subject.kind for subject in SUBJECTS} == set(TEAMS)
    counted = Counter(rank for subject in SUBJECTS for rank in subject.ranks)
    assert all(counted[rank] >= 15 for rank in (1, 2, 3, 4))
    assert all(subject.fix for subject in SUBJECTS)


def test_every_client_has_something_to_write_about_at_every_rank():
    for client in CLIENTS:
        assert set(client.topics) <= set(TOPICS)
        for rank in (1, 2, 3, 4):
            assert sum(rank in subject.ranks and subject.topic in client.topics for subject in SUBJECTS) >= 5


@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.key)
def test_every_slot_of_a_subject_is_filled(client):
    for subject in (*SUBJECTS, *OUTAGE):
        slots = Slots(dice_of(subject.title), client, date(2026, 2, 3), client.contacts[0].name)
        for text in (subject.title, subject.fix):
            filled = text.format_map(slots)
            assert not re.search(r"[{}]|  ", filled), filled


def test_a_slot_keeps_its_value_in_a_ticket():
    slots = Slots(dice_of("x"), CLIENTS[0], date(2026, 2, 3), "Michela Stoka")

    assert "{so} {so} {amount}".format_map(slots).split()[0] == "{so}".format_map(slots)
    assert slots["first"] == "Michela"


def test_the_second_question_of_a_ticket_is_another_one():
    first, _ = words.exchange(dice_of("x"), "stock")
    assert all(words.exchange(dice_of(number), "stock", [first])[0] != first for number in range(20))


def test_messages_have_no_holes(history):
    texts = Counter(each.text for ticket in history.tickets.values() for each in ticket.happenings)
    for text in texts:
        assert not re.search(r"[{}]|  |\.\.|\?\.|None", text), text
        assert len(text) < 500
    assert len(texts) > 20_000
    assert all(len(ticket.title) < 120 for ticket in history.tickets.values())


def test_whoever_writes_has_a_name(history):
    everybody = chain.from_iterable(ticket.happenings for ticket in history.tickets.values())
    assert all(each.who for each in everybody)
