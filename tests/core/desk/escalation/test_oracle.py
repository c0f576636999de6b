"""Whatever happens to a ticket: its steps are those of a walk over every second, each once, however often anybody looks."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodstanding.core.clocks.calendar import Calendar, week_of
from goodstanding.core.clocks.clock import moment, second_of
from goodstanding.core.desk.case import Case
from goodstanding.core.desk.escalation.plan import Plan
from goodstanding.core.desk.escalation.rehearse import rehearse
from goodstanding.core.desk.escalation.steps import Outcome
from goodstanding.core.desk.events import Actor, Event, EventKind, PauseOwner
from goodstanding.core.desk.policy import Policy
from tests.core.desk.escalation.matrices import Watch, always, objective, step
from tests.core.desk.stories import bound, rule

FIRST = int(datetime(2026, 4, 2, 7, tzinfo=UTC).timestamp())
LAST = FIRST + 3 * 3600

# Ten minutes open, ten closed: every pause and step meets openings and closings.
HOURS = Calendar(
    zone="UTC",
    week=week_of({"thu": [f"{hour:02d}:{tens}0-{hour:02d}:{tens + 1}0" for hour in range(24) for tens in (0, 2, 4)]}),
)
TARGETS = {"P1": 1_001, "P2": 2_000, "P3": 4_003}
POLICY = Policy(
    name="gold", rules=tuple(rule("resolution", f"{seconds} s", priority=name) for name, seconds in TARGETS.items())
)
PLAN = Plan(
    steps=(
        step("resolution-33", "33.33 %"),
        objective("resolution-objective", "90 %"),
        step("resolution-50", "50 %"),
        step("resolution-left", "5 left"),
        step("resolution-100", "100 %"),
        step("resolution-150", "150 %"),
    ),
    objective=Fraction(2, 5),
)


def objective_of(target: int) -> int:
    return -(-target * 2 // 5)


def needed(target: int) -> dict[str, int]:
    """The open seconds after which each step comes, on paper."""
    found = {
        "resolution-33": -(-target * 3333 // 10_000),
        "resolution-objective": -(objective_of(target) * -9 // 10),
        "resolution-50": -(-target // 2),
        "resolution-100": target,
        "resolution-150": -(-target * 3 // 2),
    }
    return found | ({"resolution-left": target - 300} if target > 300 else {})


NEEDED = {name: needed(target) for name, target in TARGETS.items()}


@dataclass(frozen=True)
class Told:
    """A ticket's events and the same on paper: who waits when, what priority holds when, and when it is over."""

    events: tuple[Event, ...]
    stop: int | None

    @property
    def case(self) -> Case:
        return Case(ticket="T1", client="Ferrante", events=self.events, assignments=(bound(POLICY, slots={"support": HOURS}),))


@st.composite
def stories(draw: st.DrawFn) -> Told:
    start = FIRST + draw(st.integers(0, 900))
    at, found, waits = start, [("opened", start, draw(st.sampled_from(sorted(TARGETS))))], False
    for _ in range(draw(st.integers(0, 6))):
        at += draw(st.integers(1, 2_500))
        kind = draw(st.sampled_from(["resumed" if waits else "waiting", "priority_changed", "noted", "resolved"]))
        found.append((kind, at, draw(st.sampled_from(sorted(TARGETS)))))
        waits = kind == "waiting" or (waits and kind != "resumed")
        if kind == "resolved":
            break
    events = tuple(
        Event(
            at=moment(at),
            kind=EventKind(kind),
            source="test",
            source_id=str(number),
            actor=Actor.STAFF,
            priority=priority if kind in ("opened", "priority_changed") else None,
            owner=PauseOwner.CUSTOMER if kind == "waiting" else None,
        )
        for number, (kind, at, priority) in enumerate(found)
    )
    return Told(events, at if found[-1][0] == "resolved" else None)


def walked(told: Told) -> Iterator[tuple[str, int]]:
    """Walk over every second and yield each step when the seconds counted so far are what it needs."""
    happens = {second_of(event.at): event for event in told.events}
    counted, grew, begun, waits, priority = 0, False, False, False, ""
    came: set[str] = set()
    for second in range(FIRST, LAST):
        event = happens.get(second)
        if event is not None:
            if event.kind is EventKind.RESOLVED:
                return
            waits = event.kind is EventKind.WAITING or (waits and event.kind is not EventKind.RESUMED)
            priority = event.priority or priority
            begun = True
        if grew:
            for key, need in NEEDED[priority].items():
                if need == counted and key not in came:
                    came.add(key)
                    yield key, second
        grew = begun and not waits and (second // 600) % 2 == 0
        counted += grew


@pytest.mark.proves("ESC-3")
@given(told=stories())
def test_the_steps_are_those_of_a_walk_over_every_second(told: Told) -> None:
    found = rehearse(told.case, always(PLAN), after=moment(FIRST - 1), upto=moment(LAST - 1))

    decided = {(each.step.key, int(each.due_at.timestamp())) for each in found if each.reason is None}
    assert decided == set(walked(told))


@pytest.mark.proves("ESC-3")
@given(told=stories(), looks=st.lists(st.integers(FIRST, LAST - 1), max_size=30))
def test_whenever_anybody_looks_the_same_steps_are_recorded_once_and_the_highest_fires(told: Told, looks: list[int]) -> None:
    ticket = Watch(told.case, always(PLAN))
    came = dict(walked(told))
    due: dict[str, int] = {}

    for look in (*sorted(looks), LAST - 1):
        ticket.at(moment(look))
        owed = [each for each in ticket.firings if each.at == moment(look) and each.outcome is not Outcome.PASSED]
        due |= {each.step.key: int(each.due_at.timestamp()) for each in owed}
        held = [each for each in owed if each.outcome is not Outcome.SKIPPED]
        fired = {each.due_at for each in held if each.outcome is Outcome.FIRED}
        assert fired == ({max(each.due_at for each in held)} if held else set())
        assert ticket.look_at is None or ticket.look_at > moment(look)

    settled = [each.key for each in ticket.firings if each.outcome is not Outcome.PASSED]
    assert due == came
    assert len(settled) == len(set(settled))


@given(told=stories(), look=st.integers(FIRST, LAST - 1))
def test_the_next_look_is_never_later_than_the_next_step(told: Told, look: int) -> None:
    ticket = Watch(told.case, always(PLAN))
    changes = [int(event.at.timestamp()) for event in told.events]

    ticket.at(moment(look))

    quiet = min((at for at in changes if at > look), default=LAST)
    following = [at for _, at in walked(told) if look < at < quiet]
    assert following == [] or ticket.look_at == moment(min(following))


@given(
    told=stories(),
    late=st.lists(st.integers(0, 3_000), min_size=7, max_size=7),
    looks=st.lists(st.integers(FIRST, LAST - 1), max_size=20),
)
def test_nothing_is_taken_twice_or_before_its_time_when_events_arrive_late(
    told: Told, late: list[int], looks: list[int]
) -> None:
    events = tuple(
        Event(**{name: getattr(event, name) for name in event.__slots__} | {"received_at": event.at + timedelta(seconds=delay)})
        for event, delay in zip(told.events, late, strict=False)
    )
    ticket = Watch(Told(events, told.stop).case, always(PLAN))

    for look in sorted(looks):
        ticket.at(moment(look))

    taken = [each.key for each in ticket.firings if each.outcome is not Outcome.PASSED]
    assert len(taken) == len(set(taken))
    assert all(each.due_at <= each.at for each in ticket.firings)


@given(told=stories())
def test_a_rehearsal_shows_the_steps_that_sweeps_record(told: Told) -> None:
    ticket = Watch(told.case, always(PLAN))
    moments = sorted({*(int(event.at.timestamp()) for event in told.events)})
    at = moments[0]
    while at < LAST:
        ticket.at(moment(at))
        ahead = [each for each in (ticket.look_at and int(ticket.look_at.timestamp()), *moments) if each and each > at]
        at = min(ahead, default=LAST)

    rehearsed = list(rehearse(told.case, always(PLAN), after=moment(FIRST - 1), upto=moment(LAST - 1)))

    assert rehearsed == [each for each in ticket.firings if each.outcome is not Outcome.PASSED]
