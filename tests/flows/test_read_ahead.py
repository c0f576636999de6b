"""Reading ahead keeps the order, holds no more than one answer in store, and loses none before a failure."""

from threading import Event, current_thread

import pytest

from goodstanding.flows.read_ahead import read_ahead

LONG_ENOUGH = 10


def test_the_next_thing_is_read_while_the_caller_is_busy_with_the_last_one():
    read = {number: Event() for number in range(3)}

    def tell(number):
        read[number].set()
        return number

    for number in read_ahead(range(3), tell):
        following = read.get(number + 1)
        assert following is None or following.wait(LONG_ENOUGH)


def test_answers_come_in_order_and_no_more_than_one_is_in_store():
    taken, read = [], []

    def wanted():
        for number in range(20):
            assert number - len(taken) <= 2
            yield number

    taken.extend(read_ahead(wanted(), lambda number: read.append(number) or number * 10))

    assert taken == [number * 10 for number in range(20)]
    assert read == list(range(20))


def test_what_is_wanted_is_taken_in_the_callers_thread_and_read_in_another_one():
    mine = current_thread()

    def wanted():
        yield current_thread()

    assert [(asked is mine, told is mine) for asked, told in read_ahead(wanted(), lambda each: (each, current_thread()))] == [
        (True, False)
    ]


def test_a_failure_comes_in_its_turn_after_every_answer_before_it():
    def tell(number):
        if number == 3:
            raise LookupError("the third")
        return number

    answers = read_ahead(range(9), tell)
    before = [next(answers) for _ in range(3)]

    with pytest.raises(LookupError, match="the third"):
        next(answers)
    assert before == [0, 1, 2]


def test_left_early_a_reading_that_has_begun_is_waited_for():
    ended = []
    answers = read_ahead(range(9), lambda number: ended.append(number) or number)

    first = next(answers)
    answers.close()

    assert first == 0
    assert ended in ([0], [0, 1])


def test_nothing_wanted_is_nothing_read():
    assert list(read_ahead([], lambda each: each)) == []
