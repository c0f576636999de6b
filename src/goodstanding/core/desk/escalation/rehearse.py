"""A rehearsal: what a plan would have done over real history, by the code that decides the present (requirements CLOCK-9)."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import TypeAlias

from goodstanding.core.clocks.clock import moment, second_of
from goodstanding.core.desk.assess import Examined, examine
from goodstanding.core.desk.case import Case
from goodstanding.core.desk.escalation.places import Plans
from goodstanding.core.desk.escalation.steps import Escalated, Firing, Key, Outcome, escalate
from goodstanding.core.desk.events import Event

Carry: TypeAlias = Callable[[Examined, Escalated], Iterable[Event]]
"""Carries out what a look decided, and returns what that leaves on the ticket: whom it was given to, where it was raised."""


def _nothing(_: Examined, __: Escalated) -> Iterable[Event]:
    return ()


def rehearse(case: Case, plans: Plans, *, after: datetime, upto: datetime) -> Iterator[Firing]:
    """Yield every step that sweeps would have recorded in `(after, upto]`, each decided by what was known when it was due.

    Steps from before `after` are left out, and so are those that were passed.
    """
    for _, told in looks(case, plans, after=after, upto=upto):
        yield from (each for each in told.firings if each.outcome is not Outcome.PASSED and each.due_at > after)


def looks(
    case: Case, plans: Plans, *, after: datetime, upto: datetime, carry: Carry = _nothing
) -> Iterator[tuple[Examined, Escalated]]:
    """Yield each look at a ticket with what it decided: whenever something was learned, and whenever the last one said to.

    What lies before `after` is taken to be accounted for. What `carry` returns is on the ticket from that look on, and the
    ticket is looked at once more at the same instant, as it is when a step moves it.
    """
    recorded: dict[Key, Outcome] = {}
    since, at, end = after, second_of(after), second_of(upto)
    while True:
        known = replace(case, events=tuple(each for each in case.events if _learned(each) <= at))
        look: datetime | None = None
        found = examine(known, as_of=moment(at), explain=False) if known.events else None
        since, before = moment(at), since
        if found is not None:
            told = escalate(known, found, plans, recorded, since=before, now=moment(at))
            recorded.update((each.key, each.outcome) for each in told.firings)
            yield found, told
            left = tuple(carry(found, told))
            if left:
                case = replace(case, events=(*case.events, *left))
                continue
            look = told.look_at
        following = min((learned for each in case.events if (learned := _learned(each)) > at), default=None)
        ahead = [each for each in (None if look is None else second_of(look), following) if each is not None]
        if not ahead or min(ahead) > end:
            return
        at = min(ahead)


def _learned(event: Event) -> int:
    return second_of(event.received_at or event.at)
