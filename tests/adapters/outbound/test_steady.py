"""Retries, turns and circuit breakers, on a clock, a sleep and a chance of the tests' own."""

import threading
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodstanding.adapters.outbound.breaker import Breaker
from goodstanding.adapters.outbound.message import Answer, Ask
from goodstanding.adapters.outbound.steady import Pace, SteadySender
from goodstanding.adapters.outbound.trouble import Refused, Trouble, Unexpected, Unreachable

DOWN = Unreachable("down")
FINE = Answer(200, {}, b"fine")
ASK = Ask("GET", "https://odoo.example.com/", again=True)
ONCE = Ask("POST", "https://odoo.example.com/")


@dataclass
class World:
    """A sender that answers as told, the last answer for ever, and time that passes only in sleep."""

    outcomes: list
    seconds: float = 0.0
    luck: float = 1.0
    slept: list = field(default_factory=list)
    sent: list = field(default_factory=list)

    def send(self, ask):
        self.sent.append(ask)
        outcome = self.outcomes.pop(0) if len(self.outcomes) > 1 else self.outcomes[0]
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def clock(self):
        return self.seconds

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.seconds += seconds

    def chance(self):
        return self.luck


def steady(world, **pace):
    return SteadySender(world, pace=Pace(**pace), clock=world.clock, sleep=world.sleep, chance=world.chance)


def outcome_of(sender, ask):
    try:
        return sender.send(ask)
    except Trouble as trouble:
        return trouble


def status(code, **headers):
    return Answer(code, {name.replace("_", "-"): value for name, value in headers.items()}, b"")


@pytest.mark.parametrize("first", [DOWN, status(429), status(502), status(503), status(504)])
def test_what_may_go_through_later_is_tried_again(first):
    world = World([first, first, FINE])

    answer = steady(world).send(ASK)

    assert answer is FINE
    assert world.sent == [ASK] * 3


@pytest.mark.parametrize("answer", [FINE, *map(status, (301, 400, 401, 403, 404, 408, 410, 422, 500, 501))])
def test_any_other_answer_is_the_answer(answer):
    world = World([answer])

    assert steady(world).send(ASK) is answer
    assert len(world.sent) == 1


@pytest.mark.parametrize("trouble", [Refused("no"), Unexpected("what?")])
def test_what_a_person_has_to_change_is_not_tried_again(trouble):
    world = World([trouble])

    with pytest.raises(type(trouble)):
        steady(world).send(ASK)

    assert len(world.sent) == 1


@pytest.mark.parametrize("outcome", [DOWN, status(503), status(429, retry_after="1")])
def test_what_may_do_harm_twice_is_sent_once(outcome):
    world = World([outcome, FINE])

    assert outcome_of(steady(world), ONCE) is outcome
    assert len(world.sent) == 1
    assert world.slept == []


def test_after_the_last_try_the_last_outcome_is_what_counts():
    assert steady(World([status(503)]), tries=3).send(ASK).status == 503
    with pytest.raises(Unreachable, match="down"):
        steady(World([DOWN]), tries=3).send(ASK)


def test_waits_grow_twofold_up_to_their_limit():
    world = World([DOWN])

    with pytest.raises(Unreachable):
        steady(world, tries=8, failures=99).send(ASK)

    assert world.slept == [0.5, 1, 2, 4, 8, 16, 20]


@given(st.lists(st.floats(0, 1), min_size=3, max_size=3))
def test_each_wait_is_drawn_from_the_whole_of_its_span(draws):
    world = World([DOWN])
    left = list(draws)
    sender = SteadySender(world, clock=world.clock, sleep=world.sleep, chance=lambda: left.pop(0))

    with pytest.raises(Unreachable):
        sender.send(ASK)

    assert world.slept == [draw * bound for draw, bound in zip(draws, [0.5, 1, 2], strict=True)]


@pytest.mark.parametrize(
    ("headers", "waits"),
    [
        ({"retry_after": "7"}, 7),
        ({"retry_after": "0"}, 0),
        ({"retry_after": "60"}, 60),
        ({"retry_after": "Wed, 21 Oct 2026 07:28:30 GMT", "date": "Wed, 21 Oct 2026 07:28:00 GMT"}, 30),
        ({"retry_after": "Wed, 21 Oct 2026 07:27:00 GMT", "date": "Wed, 21 Oct 2026 07:28:00 GMT"}, 0),
        ({"retry_after": "Wed, 21 Oct 2026 07:28:30 GMT"}, 0),
        ({"retry_after": "Wed, 21 Oct 2026 07:28:30", "date": "Wed, 21 Oct 2026 07:28:00"}, 0),
        ({"retry_after": "soon"}, 0),
        ({"retry_after": "-5"}, 0),
        ({"retry_after": "1e3"}, 0),
        ({"retry_after": ""}, 0),
        ({}, 0),
    ],
)
@pytest.mark.parametrize("code", [429, 503])
def test_a_server_may_say_how_long_to_wait(code, headers, waits):
    world = World([status(code, **headers), FINE], luck=0.5)

    assert steady(world).send(ASK) is FINE

    assert world.slept == [waits + 0.25]


@pytest.mark.parametrize("asked_for", ["61", "999999999", "9" * 30])
def test_a_server_that_asks_for_too_long_a_wait_gets_no_further_try_now(asked_for):
    answer = status(429, retry_after=asked_for)
    world = World([answer, FINE])

    got = steady(world).send(ASK)

    assert got is (answer if len(asked_for) < 10 else FINE)
    assert all(wait <= 1 for wait in world.slept)


def test_after_five_failures_a_host_is_left_alone_and_others_are_not():
    world = World([DOWN])
    sender = steady(world)
    for _ in range(5):
        with pytest.raises(Unreachable, match="down"):
            sender.send(ONCE)

    for _ in range(3):
        with pytest.raises(Unreachable, match=r"No call to odoo\.example\.com for a moment") as caught:
            sender.send(ONCE)

    assert caught.value.again
    assert len(world.sent) == 5
    world.outcomes = [FINE]
    assert sender.send(Ask("GET", "https://another.example.com/")) is FINE
    for same in ("https://ODOO.example.com./x", "https://odoo.example.com:443/"):
        with pytest.raises(Unreachable, match="for a moment"):
            sender.send(Ask("GET", same))
    assert sender.send(Ask("GET", "https://odoo.example.com:8069/")) is FINE


def test_a_host_left_alone_is_tried_by_one_call_and_welcomed_back():
    world = World([status(503)])
    sender = steady(world, rest_seconds=30)
    for _ in range(5):
        sender.send(ONCE)
    world.seconds += 29.9
    with pytest.raises(Unreachable):
        sender.send(ONCE)
    world.seconds += 0.1

    assert sender.send(ONCE).status == 503
    with pytest.raises(Unreachable):
        sender.send(ONCE)
    world.seconds += 30
    world.outcomes = [FINE]
    assert [sender.send(ONCE) for _ in range(3)] == [FINE] * 3


def test_failures_that_are_not_in_a_row_do_not_count():
    world = World([DOWN, DOWN, DOWN, DOWN, FINE] * 3 + [FINE])
    sender = steady(world)

    outcomes = [outcome_of(sender, ONCE) for _ in range(15)]

    assert outcomes == [DOWN, DOWN, DOWN, DOWN, FINE] * 3
    assert len(world.sent) == 15


@pytest.mark.parametrize("outcome", [Refused("no"), Unexpected("what?"), status(500), status(429)])
def test_a_host_that_says_no_is_there(outcome):
    world = World([outcome])
    sender = steady(world)

    outcomes = [outcome_of(sender, ONCE) for _ in range(20)]

    assert outcomes == [outcome] * 20
    assert len(world.sent) == 20


def test_retries_end_where_the_host_is_left_alone():
    world = World([DOWN])
    sender = steady(world, tries=4, failures=5)
    with pytest.raises(Unreachable):
        sender.send(ASK)

    with pytest.raises(Unreachable, match="down"):
        sender.send(ASK)

    assert len(world.sent) == 5


def test_a_fault_of_our_own_does_not_leave_a_host_half_open():
    world = World([DOWN])
    sender = steady(world)
    for _ in range(5):
        with pytest.raises(Unreachable):
            sender.send(ONCE)
    world.seconds += 30
    world.outcomes = [KeyError("ours")]
    with pytest.raises(KeyError):
        sender.send(ONCE)
    world.seconds += 30
    world.outcomes = [FINE]

    assert sender.send(ONCE) is FINE


@pytest.mark.parametrize("url", ["", "https://[", "https://:x/", "nonsense", "https://10.0.0.1/", "https://[::1]/"])
def test_addresses_that_make_no_sense_are_left_to_the_sender_and_never_told(url):
    world = World([DOWN])
    sender = steady(world)
    for _ in range(5):
        with pytest.raises(Unreachable, match="down"):
            sender.send(Ask("GET", url))

    with pytest.raises(Unreachable, match="No call to this address"):
        sender.send(Ask("GET", url))


class Gate:
    """A sender whose calls wait until they are let go, and that counts how many are inside."""

    def __init__(self):
        self.arrived = threading.Semaphore(0)
        self.free = threading.Event()
        self.lock = threading.Lock()
        self.inside = self.most = 0

    def send(self, ask):
        with self.lock:
            self.inside += 1
            self.most = max(self.most, self.inside)
        self.arrived.release()
        assert self.free.wait(10)
        with self.lock:
            self.inside -= 1
        return FINE


def started(count, call):
    threads = [threading.Thread(target=call) for _ in range(count)]
    for thread in threads:
        thread.start()
    return threads


def test_two_calls_at_once_reach_a_host_and_a_slow_host_delays_no_other():
    gate = Gate()
    sender = SteadySender(gate)
    answers = []
    threads = started(6, lambda: answers.append(sender.send(ONCE)))
    assert all(gate.arrived.acquire(timeout=5) for _ in range(2))

    others = started(2, lambda: answers.append(sender.send(Ask("GET", "https://another.example.com/"))))
    reached = [gate.arrived.acquire(timeout=5) for _ in range(2)]
    third = gate.arrived.acquire(blocking=False)
    gate.free.set()
    for thread in threads + others:
        thread.join(5)

    assert reached == [True, True]
    assert not third
    assert gate.most == 4
    assert answers == [FINE] * 8


def test_a_call_whose_turn_does_not_come_is_given_up():
    gate = Gate()
    sender = SteadySender(gate, pace=Pace(queue_seconds=0.05))
    threads = started(2, lambda: sender.send(ONCE))
    assert all(gate.arrived.acquire(timeout=5) for _ in range(2))

    with pytest.raises(Unreachable, match=r"Too many calls are waiting for odoo\.example\.com"):
        sender.send(ONCE)

    gate.free.set()
    for thread in threads:
        thread.join(5)


def test_nobody_queues_behind_the_call_that_tries_a_host_again():
    class Failing(Gate):
        def send(self, ask):
            if ask is ASK:
                raise DOWN
            return super().send(ask)

    gate = Failing()
    sender = SteadySender(gate, pace=Pace(tries=1, at_once=1, failures=1, rest_seconds=0, queue_seconds=0.05))
    with pytest.raises(Unreachable, match="down"):
        sender.send(ASK)
    threads = started(1, lambda: sender.send(ONCE))
    assert gate.arrived.acquire(timeout=5)

    with pytest.raises(Unreachable, match="for a moment"):
        sender.send(ONCE)

    gate.free.set()
    threads[0].join(5)


def test_one_call_alone_tries_a_host_that_was_left_alone():
    breaker = Breaker(1, 10, lambda: 10.0 if opened else 0.0)
    opened = False
    breaker.failed()
    opened = True

    assert breaker.enter()
    assert not breaker.enter()
    assert breaker.closed_to_calls()
    breaker.answered()
    assert breaker.enter()
    assert breaker.enter()


@given(st.lists(st.sampled_from(["failed", "answered", "wait"]), max_size=60))
def test_a_breaker_is_closed_to_calls_exactly_while_a_host_rests(steps):
    now = 0.0
    breaker = Breaker(3, 10.0, lambda: now)
    in_a_row, rested_from = 0, 0.0

    for step in steps:
        if step == "wait":
            now += 4.0
        resting = in_a_row >= 3 and now < rested_from + 10
        assert breaker.closed_to_calls() == resting
        if step == "wait" or resting:
            assert breaker.enter() is False or step == "wait"
            if step == "wait" and not resting:
                breaker.answered()
                in_a_row = 0
            continue
        assert breaker.enter()
        getattr(breaker, step)()
        in_a_row = in_a_row + 1 if step == "failed" else 0
        rested_from = now
    assert breaker.untroubled() == (in_a_row == 0)


def test_what_is_remembered_of_hosts_does_not_grow_with_those_that_are_well():
    world = World([FINE])
    sender = steady(world)

    for count in range(1000):
        sender.send(Ask("GET", f"https://host{count}.example.com/"))

    assert sender.remembered() == 0
    world.outcomes = [DOWN]
    with pytest.raises(Unreachable):
        sender.send(ONCE)
    assert sender.remembered() == 1
