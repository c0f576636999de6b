"""Deliver what is due: claim it under a lease, hand it over, and keep what came of it before the next."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from time import sleep
from typing import Final, Protocol

from goodstanding.apps.outbox import leases, queries
from goodstanding.apps.outbox.queries import Channel, Load, Message
from goodstanding.apps.unit import LOST, reconnect
from goodstanding.core.outgoing.trying import GIVEN_UP_AFTER, LONGEST_HOLD, next_try, wait_after

BATCH: Final = 50
"""Messages that are claimed at once."""
LEASE: Final = timedelta(seconds=120)
"""How long they are left to the worker that claimed them."""
ROOM: Final = timedelta(seconds=70)
"""Longer than any one message takes: with less of the lease left, none is begun."""
_RETRY_SECONDS: Final = 0.25
_AT_ONCE: Final = (Channel.EMAIL, Channel.INBOX)
"""What any number of workers may do side by side; an endpoint gets one at a time, so that a slow one keeps one waiting."""


class Concern(Enum):
    """What a failure is about."""

    MESSAGE = auto()
    """This message, and it may go through later: the other side has answered, so the route works."""
    RECIPIENT = auto()
    """This message, for good: somebody has to change something."""
    PERHAPS_WAY = auto()
    """This message or the whole route: it is the route if the next message fails like it."""
    WAY = auto()
    """The route: nothing else on it would go through now."""
    OURS = auto()
    """A fault of ours in this message, which says nothing of the route."""


class Failed(Exception):
    """A message did not go out; `said` is a sentence for people, `address` where it was tried.

    `asked` is how long the other side asks to be left alone, `answered` whether what it said proves that the route works.
    """

    def __init__(
        self, said: str, concern: Concern, *, address: str = "", asked: timedelta = timedelta(), answered: bool = False
    ) -> None:
        super().__init__(said)
        self.said, self.concern, self.address, self.asked = said, concern, address, asked
        self.answered = answered or concern is Concern.MESSAGE


class Carrier(Protocol):
    """What hands messages over by one channel."""

    def begin(self, loads: Sequence[Load]) -> None:
        """Look up what these need, all at once."""
        ...

    def carry(self, load: Load) -> str:
        """Hand a message over and return the address it went to; raises `Failed`, or anything else for a fault of ours."""
        ...

    def end(self) -> None:
        """Close what is open."""
        ...

    def give_up(self, route: str, *, since: datetime, now: datetime) -> None:
        """Do what is to be done about a route that has failed for as long as anything is tried."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What a worker gives: the clock, chance from 0 to 1, how to wait, and who hears of each step and of faults of ours.

    `pause` waits so many seconds, or until it is told to stop, and returns whether to stop; `wait` waits them out whatever it
    is told. `step` hears of each step, for tests to interrupt there.
    """

    clock: Callable[[], datetime]
    chance: Callable[[], float]
    pause: Callable[[float], bool]
    wait: Callable[[float], None] = sleep
    step: Callable[[str], None] = lambda _: None
    fault: Callable[[Load, Exception], None] = lambda _load, _error: None
    lease: timedelta = LEASE
    room: timedelta = ROOM
    batch: int = BATCH


def deliver_messages(carriers: Mapping[Channel, Carrier], by: Circumstances) -> int:
    """Deliver a batch on each open route that has something due; return how many messages were tried.

    A message is claimed, handed over and kept, one after the other: killed between the last two, a worker leaves one message
    that goes out again, under the same name, when its lease ends. What fails concerns its message, or holds up its own
    route and no other. Routes of channels without a carrier are left alone.
    """
    tried = 0
    for route in queries.routes_due(by.clock()):
        carrier = carriers.get(Channel(route.partition(":")[0]))
        if carrier is not None and not by.pause(0):
            tried += _serve(route, carrier, by)
    return tried


def _serve(route: str, carrier: Carrier, by: Circumstances) -> int:
    alone = Channel(route.partition(":")[0]) not in _AT_ONCE
    now = by.clock()
    until = now + by.lease
    claimed = leases.claim(route, most=by.batch, until=until, now=now, alone=alone)
    by.step("claimed")
    if not claimed.loads:
        return 0
    left = list(claimed.loads)
    failures, tried, doubtful = claimed.way.failures, 0, False
    try:
        carrier.begin(claimed.loads)
        while left and not by.pause(0) and by.clock() < until - by.room:
            load = left.pop(0)
            tried += 1
            failed = _deliver(load, carrier, claimed.name, until, by)
            if failures and (failed is None or failed.answered):
                leases.is_open(route)
                failures = 0
            concern = failed.concern if failed else None
            if failed and (concern is Concern.WAY or (doubtful and concern is Concern.PERHAPS_WAY)):
                _hold(route, carrier, failed, failures + 1, by)
                break
            doubtful = concern is Concern.PERHAPS_WAY
    finally:
        carrier.end()
        if left:
            leases.release(claimed, [each.message.pk for each in left])
        if alone:
            leases.leave(route, name=claimed.name)
    return tried


def _deliver(load: Load, carrier: Carrier, name: str, until: datetime, by: Circumstances) -> Failed | None:
    """Hand one message over and keep what came of it; return the failure, if it is one."""
    pk = load.message.pk
    try:
        _check_good(load.message, by.clock())
        address = carrier.carry(load)
    except LOST:
        # Nothing is known to have left: it is tried again when the lease ends.
        raise
    except Failed as failed:
        _keep_failure(load, name, failed, until, by)
        return failed
    except Exception as error:
        # A message that cannot be made or carried must not stop the queue behind it: it fails alone, and the fault is told.
        by.fault(load, error)
        said = f"It could not be sent for a fault of ours ({type(error).__name__})."
        fault = Failed(said, Concern.OURS)
        _keep_failure(load, name, fault, until, by)
        return fault
    by.step("sent")
    _insist(lambda: leases.has_sent(pk, name=name, address=address, now=by.clock()), until, by)
    by.step("kept")
    return None


def _check_good(message: Message, now: datetime) -> None:
    if message.good_until is not None and message.good_until <= now:
        raise Failed("It names a time that has passed: write anew what can be expected.", Concern.RECIPIENT)


def _keep_failure(load: Load, name: str, failed: Failed, until: datetime, by: Circumstances) -> None:
    message, now = load.message, by.clock()
    again_at = None
    if failed.concern is not Concern.RECIPIENT:
        again_at = next_try(message.tries + 1, since=message.since_at, now=now, chance=by.chance())
    _insist(
        lambda: leases.has_failed(
            message.pk, name=name, address=failed.address, said=failed.said, again_at=again_at, now=now
        ),
        until,
        by,
    )  # fmt: skip


def _insist(keep: Callable[[], None], until: datetime, by: Circumstances) -> None:
    """Keep what came of a message though the database goes away meanwhile: what was handed over cannot be taken back."""
    while True:
        try:
            return keep()
        except LOST:
            if by.clock() >= until:
                raise
            reconnect()
            by.wait(_RETRY_SECONDS)


def _hold(route: str, carrier: Carrier, failed: Failed, failures: int, by: Circumstances) -> None:
    now, said = by.clock(), failed.said
    wait = wait_after(failures, chance=by.chance(), longest=LONGEST_HOLD, asked=failed.asked)
    way = leases.hold(route, until=now + wait, said=said, now=now)
    if way.failing_since is not None and now - way.failing_since >= GIVEN_UP_AFTER:
        leases.give_up(route, waiting_since=now - GIVEN_UP_AFTER, said=said)
        carrier.give_up(route, since=way.failing_since, now=now)
