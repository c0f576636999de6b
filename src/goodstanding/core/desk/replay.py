"""Replay: any history measured under other promises, by the code that measures the present (requirements CLOCK-9)."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from goodstanding.core.clocks.calendar import Calendar
from goodstanding.core.desk.assess import assess
from goodstanding.core.desk.case import Case
from goodstanding.core.desk.events import Event, EventKind
from goodstanding.core.desk.policy import Assignment, Policy
from goodstanding.core.desk.verdict import Assessment


def replay(
    cases: Iterable[Case],
    policy: Policy,
    *,
    as_of: datetime,
    slots: Mapping[str, Calendar],
    ranks: Mapping[str, str] | None = None,
    explain: bool = False,
) -> Iterator[Assessment]:
    """Yield how each ticket would have stood had `policy` been promised to every client all along.

    Slots keep the calendar that each client's own assignment fills them with; where there is none, `slots` does. `ranks`
    renames priorities where the history speaks another family's (`{"P1": "S1", …}`). Changes of tier in the history are
    set aside, since one tier is what is being asked about.
    """
    for case in cases:
        found = assess(under(case, policy, slots=slots, ranks=ranks), as_of=as_of, explain=explain)
        if found is not None:
            yield found


def under(case: Case, policy: Policy, *, slots: Mapping[str, Calendar], ranks: Mapping[str, str] | None = None) -> Case:
    """Return the same case with `policy` promised to every client it touches; see `replay`."""
    own = {each.client: each.slots for each in case.assignments}
    clients = {case.client, *(event.client for event in case.events if event.client is not None)}
    bound = tuple(
        Assignment(id=f"replay:{client}", client=client, policy=policy, slots={**slots, **own.get(client, {})})
        for client in sorted(clients)
    )
    named = dict(ranks or {})
    events = tuple(_renamed(event, named) for event in case.events if event.kind is not EventKind.TIER_CHANGED)
    return replace(case, events=events, assignments=bound, priority=named.get(case.priority, case.priority))


def _renamed(event: Event, names: Mapping[str, str]) -> Event:
    if event.priority is None or event.priority not in names:
        return event
    return replace(event, priority=names[event.priority])
