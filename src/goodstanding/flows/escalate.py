"""Take the steps that are due: decide, record, tell and do, all of it or nothing (semantics.md 1.10)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from goodstanding.adapters.files.escalation import shipped_plan
from goodstanding.apps.desk import queries as desk
from goodstanding.apps.desk.values import Standing
from goodstanding.apps.escalation import actions, queries
from goodstanding.apps.escalation.values import Watched
from goodstanding.apps.outbox import actions as outbox
from goodstanding.apps.tenancy.scope import Scope
from goodstanding.apps.unit import LOST, Conflict, together
from goodstanding.core.desk.assess import examine
from goodstanding.core.desk.case import Case
from goodstanding.core.desk.escalation.places import Plans
from goodstanding.core.desk.escalation.steps import Escalated, Key, Outcome
from goodstanding.core.desk.escalation.steps import escalate as decide
from goodstanding.flows.carry_out import Home, Say, Sheaf, carry_out, move
from goodstanding.flows.publish_plan import publish_plan
from goodstanding.flows.watch_steps import plans_of

BATCH: Final = 1_000
"""Tickets a transaction: more gain nothing (performance.md 4)."""
_SCOPE: Final = Scope.everything("to take the steps that are due")


@dataclass(frozen=True, slots=True)
class Swept:
    """What came of a sweep: how many tickets were looked at, steps recorded, and messages written."""

    tickets: int
    recorded: int
    messages: int
    troubled: tuple[tuple[int, str], ...] = ()


def escalate(*, now: datetime, say: Say, limit: int = BATCH, step: Callable[[str], None] = lambda _: None) -> Swept:
    """Take the steps that are due of up to `limit` tickets; any number of workers may do so at once.

    A ticket is held while its steps are decided, recorded and told of in one transaction, so that a crash anywhere leaves
    them due and nothing told. A ticket that cannot be decided, or whose steps cannot be written, is set aside until something
    happens to it, with the reason. `step` hears of each stage, for tests to interrupt there.
    """
    if not queries.due(now):
        return Swept(0, 0, 0)
    held: list[Watched] = []
    try:
        return _sweep(held, now=now, say=say, limit=limit, step=step)
    except LOST:
        raise
    except Exception as error:
        # What cannot be written of one ticket must not keep the steps of all others from being taken.
        if not held:
            raise
        return _apart(held, error, now=now, say=say, step=step)


def _apart(held: Sequence[Watched], error: Exception, *, now: datetime, say: Say, step: Callable[[str], None]) -> Swept:
    """Take the steps of tickets one by one that could not be taken together: what is wrong with one keeps no other waiting."""
    if len(held) == 1:
        said = f"{type(error).__name__}: {error}"
        actions.set_aside(_SCOPE, held[0], said)
        return Swept(1, 0, 0, ((held[0].ticket, said),))
    all_of_them = Swept(0, 0, 0)
    for _ in held:
        each = escalate(now=now, say=say, limit=1, step=step)
        all_of_them = Swept(
            all_of_them.tickets + each.tickets,
            all_of_them.recorded + each.recorded,
            all_of_them.messages + each.messages,
            all_of_them.troubled + each.troubled,
        )
    return all_of_them


def _sweep(taken: list[Watched], *, now: datetime, say: Say, limit: int, step: Callable[[str], None]) -> Swept:
    """Take the steps that are due in one transaction; `taken` hears of which tickets."""
    with together():
        held = actions.hold_due(_SCOPE, now=now, limit=limit)
        if not held:
            return Swept(0, 0, 0)
        taken.extend(held)
        step("held")
        pks = [each.ticket for each in held]
        standings = desk.standings(_SCOPE, pks)
        homes = {partner: Home(_SCOPE, partner, now) for partner in {each.partner for each in standings.values()}}
        plans = plans_of(_SCOPE, homes)
        recorded = queries.recorded(_SCOPE, pks)
        cases = {int(case.ticket): case for case in desk.cases(_SCOPE, pks)}
        sheaf, rows, troubled = Sheaf(), [], []
        for each in held:
            ticket, case = standings.get(each.ticket), cases.get(each.ticket)
            if ticket is None or case is None or ticket.partner not in plans:
                rows.append(Watched(each.ticket, None, now))
                continue
            known = recorded.get(each.ticket, {})
            try:
                told = _decided(case, ticket, plans[ticket.partner], known, each, homes[ticket.partner], say, sheaf, now)
            except Exception as error:
                # One ticket that cannot be decided must not keep the steps of all others from being taken.
                said = f"{type(error).__name__}: {error}"
                troubled.append((each.ticket, said))
                rows.append(Watched(each.ticket, None, each.since_at, said))
            else:
                rows.append(Watched(each.ticket, told.look_at, now))
        step("decided")
        new = actions.record(_SCOPE, sheaf.records)
        won = [each.public_id for each in sheaf.records if each.public_id in new]
        step("recorded")
        written = outbox.put(_SCOPE, [each for name in won for each in sheaf.messages.get(name, ())], now=now)
        actions.write_drafts(_SCOPE, [sheaf.drafts[name] for name in won if name in sheaf.drafts])
        actions.watch(_SCOPE, rows)
        move(_SCOPE, [sheaf.moves[name] for name in won if name in sheaf.moves], now=now)
        step("written")
    step("kept")
    return Swept(len(held), len(won), written, tuple(troubled))


def begin(*, now: datetime) -> int:
    """Publish the matrix that ships for every partner that has none, from now on; return how many those were."""
    homes = queries.without_plan(_SCOPE)
    for home in homes:
        try:
            _begin(home, now)
        except Conflict:
            # Another worker begins at this very moment.
            continue
    return len(homes)


def _begin(home: int, now: datetime) -> None:
    publish_plan(_SCOPE, partner=home, plan=shipped_plan(), now=now, note="The matrix that ships")


def _decided(
    case: Case,
    ticket: Standing,
    book: Plans,
    recorded: Mapping[Key, Outcome],
    held: Watched,
    home: Home,
    say: Say,
    sheaf: Sheaf,
    now: datetime,
) -> Escalated:
    """Decide the steps of a ticket and add what they come to; nothing is added of a ticket in trouble."""
    found = examine(case, as_of=now, explain=False)
    if found is None:
        return Escalated(now, (), None)
    told = decide(case, found, book, recorded, since=held.since_at, now=now)
    mine = Sheaf()
    for firing in told.firings:
        carry_out(mine, firing, case, ticket, found, home, say, told, now=now)
    sheaf.take(mine)
    return told
