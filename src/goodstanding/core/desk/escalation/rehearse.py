"""A rehearsal: what a plan would have done over real history, by the code that decides the present (requirements CLOCK-9)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from goodstanding.core.clocks.clock import moment, second_of
from goodstanding.core.desk.assess import Examined, examine
from goodstanding.core.desk.case import Case
from goodstanding.core.desk.escalation.places import Plans
from goodstanding.core.desk.escalation.steps import Escalated, Firing, Key, Outcome, escalate


def rehearse(case: Case, plans: Plans, *, after: datetime, upto: datetime) -> Iterator[Firing]:
    """Yield every step that sweeps would have recorded in `(after, upto]`, each decided by what was known when it was due.

    Steps from before `after` are left out, and so are those that were passed.
    """
    for _, told in looks(case, plans, after=after, upto=upto):
        yield from (each for each in told.firings if each.outcome is not Outcome.PASSED and each.due_at > after)


def looks(case: Case, plans: Plans, *, after: datetime, upto: datetime) -> Iterator[tuple[Examined, Escalated]]:
    """Yield each look at a ticket with what it decided: whenever something was learned, and whenever the last one said to.

    What lies before `after` is taken to be accounted for.
    """
    arrivals = sorted({second_of(event.received_at or event.at) for event in case.events})
    recorded: dict[Key, Outcome] = {}
    since, at, end = after, second_of(after), second_of(upto)
    while True:
        known = replace(case, events=tuple(each for each in case.events if second_of(each.received_at or each.at) <= at))
        look: datetime | None = None
        found = examine(known, as_of=moment(at), explain=False) if known.events else None
        if found is not None:
            told = escalate(known, found, plans, recorded, since=since, now=moment(at))
            recorded.update((each.key, each.outcome) for each in told.firings)
            yield found, told
            look = told.look_at
        since = moment(at)
        following = next((each for each in arrivals if each > at), None)
        ahead = [each for each in (None if look is None else second_of(look), following) if each is not None]
        if not ahead or min(ahead) > end:
            return
        at = min(ahead)
