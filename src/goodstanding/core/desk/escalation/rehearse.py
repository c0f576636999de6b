"""A rehearsal: what a plan would have done over real history, by the code that decides the present (requirements CLOCK-9)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from goodstanding.core.clocks.clock import moment, second_of
from goodstanding.core.desk.assess import examine
from goodstanding.core.desk.case import Case
from goodstanding.core.desk.escalation.places import Plans
from goodstanding.core.desk.escalation.steps import Firing, Key, Outcome, escalate


def rehearse(case: Case, plans: Plans, *, after: datetime, upto: datetime) -> Iterator[Firing]:
    """Yield every step that sweeps would have recorded in `(after, upto]`, each decided by what was known when it was due.

    The ticket is looked at whenever something about it was learned and whenever the last look said to, as the worker does.
    Steps from before `after` are left out, and so are those that were passed.
    """
    arrivals = sorted({second_of(event.received_at or event.at) for event in case.events})
    recorded: dict[Key, Outcome] = {}
    since, at, end = after, second_of(after), second_of(upto)
    while True:
        known = tuple(event for event in case.events if second_of(event.received_at or event.at) <= at)
        look: int | None = None
        found = examine(replace(case, events=known), as_of=moment(at), explain=False) if known else None
        if found is not None:
            told = escalate(replace(case, events=known), found, plans, recorded, since=since, now=moment(at))
            recorded.update((each.key, each.outcome) for each in told.firings)
            yield from (each for each in told.firings if each.outcome is not Outcome.PASSED and each.due_at > after)
            look = None if told.look_at is None else second_of(told.look_at)
        since = moment(at)
        ahead = [each for each in (look, next((each for each in arrivals if each > at), None)) if each is not None]
        if not ahead or min(ahead) > end:
            return
        at = min(ahead)
