"""Rehearse a plan: what it would have done over the partner's own last month, beside what the plans in force would have."""

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from goodstanding.apps.desk import queries as desk
from goodstanding.apps.desk.values import Standing
from goodstanding.apps.escalation import queries
from goodstanding.apps.outbox.queries import Channel
from goodstanding.apps.runs import actions as runs
from goodstanding.apps.runs.queries import Run
from goodstanding.apps.tenancy import queries as tenancy
from goodstanding.apps.tenancy.roles import May
from goodstanding.apps.tenancy.scope import Scope
from goodstanding.apps.unit import NotFound
from goodstanding.core.clocks.clock import second_of
from goodstanding.core.desk.assess import Examined
from goodstanding.core.desk.case import Case
from goodstanding.core.desk.escalation.force import book
from goodstanding.core.desk.escalation.places import Plans, Reason
from goodstanding.core.desk.escalation.plain import plan_from_plain, plan_to_plain, step_to_plain
from goodstanding.core.desk.escalation.plan import Plan
from goodstanding.core.desk.escalation.rehearse import looks
from goodstanding.core.desk.escalation.steps import Escalated, Outcome
from goodstanding.core.desk.escalation.supposed import suppose
from goodstanding.core.desk.events import Event
from goodstanding.flows.carry_out import SOURCE, Home, Sheaf, Told, carry_out

NAME: Final = "rehearse_plan"
SPAN: Final = timedelta(days=30)
MOST: Final = 2_000
"""Tickets a rehearsal looks at, the newest: some ten seconds of work."""
SHOWN: Final = 50
"""Tickets that differ which are kept to be shown; all of them are counted."""
LONGEST: Final = 200
"""Happenings of last month with which a ticket is still replayed: the work grows with their square."""
_REPLACED: Final = "A newer rehearsal was asked for while this one waited, and took its place."
_BATCH: Final = 200
_TELL: Final = 5
"""Tickets between two words of progress: these keep a worker's claim to its run, however long each ticket takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Did:
    """A step that a rehearsal decided, with whom it told; without its plan, so that those of two plans can be compared."""

    clock: str
    cycle: str
    step: str
    outcome: Outcome
    at: datetime
    told: tuple[str, ...] = ()
    nobody: bool = False
    messages: tuple[Channel, ...] = ()
    """By what ways staff would have been written to, a message each."""
    drafted: bool = False
    sent: bool = False
    reason: Reason | None = field(default=None, compare=False)
    planned: Mapping[str, Any] = field(default_factory=dict, compare=False)
    """The step as its own plan has it, as plain data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is rehearsed: a plan in the place of the common one, of a tier's or of a client's; None takes that back."""

    partner: int
    plan: Plan | None
    tier: UUID | None = None
    client: UUID | None = None


def request(scope: Scope, asked: Asked, *, text: str, note: str, number: int, now: datetime) -> Run:
    """Have a plan rehearsed in the worker; with it is kept what whoever asked was writing, so that they can go on from there.

    `number` is the version they had seen last. One rehearsal of a partner waits at a time: a newer one takes the place of one
    that has not begun, since what is being written now is what somebody wants to know of, and the older one says so. Raises
    `NotFound` for a tier or client outside the scope.
    """
    scope.demand(May.SET_ESCALATION)
    _keys(scope, asked)
    params = {
        "plan": None if asked.plan is None else plan_to_plain(asked.plan),
        "tier": None if asked.tier is None else str(asked.tier),
        "client": None if asked.client is None else str(asked.client),
        "text": text,
        "note": note,
        "number": number,
    }
    key = uuid.uuid4().hex
    return runs.request(scope, name=NAME, key=key, partner=asked.partner, params=params, now=now, instead=_REPLACED)[0]


def asked_in(run: Run) -> Asked:
    """Return what a run was asked to rehearse."""
    params = run.params
    return Asked(
        partner=run.home,
        plan=None if params["plan"] is None else plan_from_plain(params["plan"]),
        tier=None if params["tier"] is None else UUID(params["tier"]),
        client=None if params["client"] is None else UUID(params["client"]),
    )


def work(run: Run, *, now: datetime, tell: Callable[[int, int | None, str], None]) -> Mapping[str, Any]:
    """Rehearse what a run asks for, as of when it was asked for; begun again, it ends with the same."""
    scope = Scope.everything(f"run {run.public_id}")
    found = rehearse_plan(scope, asked_in(run), upto=run.requested_at, tell=tell)
    return found.plain()


@dataclass(slots=True)
class Side:
    """What one of the two sets of plans would have done."""

    steps: dict[tuple[str, str], dict[Outcome, int]] = field(default_factory=dict)
    """How often each step came to what, by clock and name."""
    told: dict[str, int] = field(default_factory=dict)
    ways: dict[str, int] = field(default_factory=dict)
    drafted: int = 0
    sent: int = 0
    nobody: int = 0
    """Steps that fired and would have told nobody."""
    names: dict[tuple[str, str], Mapping[str, Any]] = field(default_factory=dict)
    """Each step as plain data, as a plan of this side has it."""

    def add(self, did: Did) -> None:
        """Count a step."""
        of_step = self.steps.setdefault((did.clock, did.step), {})
        of_step[did.outcome] = of_step.get(did.outcome, 0) + 1
        self.names[did.clock, did.step] = did.planned
        for name in did.told:
            self.told[name] = self.told.get(name, 0) + 1
        for way in did.messages:
            self.ways[way.value] = self.ways.get(way.value, 0) + 1
        self.drafted += did.drafted
        self.sent += did.sent
        self.nobody += did.nobody

    def plain(self) -> dict[str, Any]:
        """Return it as JSON-ready data."""
        return {
            "steps": [[clock, step, {o.value: n for o, n in counts.items()}] for (clock, step), counts in self.steps.items()],
            "told": sorted(self.told.items(), key=lambda each: (-each[1], each[0])),
            "ways": self.ways,
            "drafted": self.drafted,
            "sent": self.sent,
            "nobody": self.nobody,
            "names": [[clock, step, plain] for (clock, step), plain in self.names.items()],
        }


@dataclass(slots=True)
class Rehearsed:
    """A rehearsal: both sides, and the tickets with which they part."""

    after: datetime
    upto: datetime
    tickets: int = 0
    more: bool = False
    """Whether there were older tickets than the newest that were looked at."""
    troubled: int = 0
    before: Side = field(default_factory=Side)
    now: Side = field(default_factory=Side)
    differ: int = 0
    differing: list[tuple[Standing, tuple[Did, ...], tuple[Did, ...]]] = field(default_factory=list)
    """Tickets, each with what only the plans in force and only those asked about would have done."""

    def plain(self) -> dict[str, Any]:
        """Return it as JSON-ready data."""
        return {
            "after": second_of(self.after),
            "upto": second_of(self.upto),
            "tickets": self.tickets,
            "more": self.more,
            "troubled": self.troubled,
            "sides": [self.before.plain(), self.now.plain()],
            "differ": self.differ,
            "differing": [
                {
                    "ticket": str(ticket.public_id),
                    "ref": ticket.ref,
                    "title": ticket.title,
                    "client": ticket.client_name,
                    "zone": ticket.zone,
                    "sides": [[_did(each) for each in side] for side in sides],
                }
                for ticket, *sides in self.differing
            ],
        }


def _did(did: Did) -> dict[str, Any]:
    return {
        "clock": did.clock,
        "step": did.step,
        "outcome": did.outcome.value,
        "at": second_of(did.at),
        "told": list(did.told),
        "drafted": did.drafted,
        "sent": did.sent,
        "reason": None if did.reason is None else did.reason.value,
        "planned": did.planned,
    }


@dataclass(frozen=True, slots=True)
class Replayed:
    """A ticket replayed under the plans in force and with the one asked about; `wrong` where it could not be."""

    ticket: Standing
    before: tuple[Did, ...] = ()
    now: tuple[Did, ...] = ()
    wrong: str = ""


def rehearse_plan(
    scope: Scope,
    asked: Asked,
    *,
    upto: datetime,
    span: timedelta = SPAN,
    most: int = MOST,
    tell: Callable[[int, int | None, str], None] = lambda _, __, ___: None,
) -> Rehearsed:
    """Sum up what `replays` yields of the newest `most` tickets; `tell` hears how many are done."""
    pks = living(scope, asked, since=upto - span, limit=most + 1)
    found = Rehearsed(upto - span, upto, more=len(pks) > most)
    for each in replays(scope, asked, pks[:most], upto=upto, span=span):
        if found.tickets % _TELL == 0:
            tell(found.tickets, min(len(pks), most), "Replaying tickets")
        _sum(found, each)
    return found


def replays(scope: Scope, asked: Asked, pks: Sequence[int], *, upto: datetime, span: timedelta = SPAN) -> Iterator[Replayed]:
    """Replay tickets over the last `span` under the plans in force, and with the plan asked about among them.

    Both are taken to have been published at its beginning, and both are decided and carried out by what decides and carries
    out the present: what is yielded is what sweeps would have recorded, had they come at once whenever a step was due. The
    moves that steps really made are left out of the history, and those the plans would have made stand in their place.
    People, roles, rota and terms are those of today.
    """
    after = upto - span
    books = books_of(scope, asked, from_at=after)
    home = Home(scope, asked.partner, after)
    for start in range(0, len(pks), _BATCH):
        batch = pks[start : start + _BATCH]
        tickets = desk.standings(scope, batch)
        for case in desk.cases(scope, batch):
            ticket = tickets.get(int(case.ticket))
            if ticket is not None:
                yield _compared(case, ticket, books, home, after=after, upto=upto)


def books_of(scope: Scope, asked: Asked, *, from_at: datetime) -> tuple[Plans, Plans]:
    """Return the plans in force, and those with the one asked about among them, both as though from an instant on."""
    tier, client = _keys(scope, asked)
    versions = queries.versions(scope, [asked.partner]).get(asked.partner, ())
    tiers = desk.tiers_promised(scope, [asked.partner])
    supposed = suppose(versions, from_at=from_at, instead=asked.plan, tier=tier, client=client, exchange=True)
    return book(suppose(versions, from_at=from_at), tiers), book(supposed, tiers)


def learned_within(case: Case, after: datetime, upto: datetime) -> int:
    """Return how many happenings of a ticket became known in `(after, upto]`."""
    return sum(after < (each.received_at or each.at) <= upto for each in case.events)


def living(scope: Scope, asked: Asked, *, since: datetime, limit: int) -> tuple[int, ...]:
    """The tickets that a plan can be rehearsed with, the newest first."""
    _, client = _keys(scope, asked)
    whose = None if client is None else int(client)
    return desk.living_since(scope, partner=asked.partner, since=since, limit=limit, client=whose)


def _compared(case: Case, ticket: Standing, books: Sequence[Plans], home: Home, *, after: datetime, upto: datetime) -> Replayed:
    # What the plans of the time moved by themselves, the plans compared may not have.
    case = replace(case, events=tuple(each for each in case.events if each.source != SOURCE or each.at <= after))
    if learned_within(case, after, upto) > LONGEST:
        return Replayed(ticket, wrong=f"more than {LONGEST} happenings in the time replayed")
    try:
        before, now = (tuple(_replayed(case, ticket, plans, home, after=after, upto=upto)) for plans in books)
    except Exception as error:
        # One ticket that cannot be replayed must not keep the others from being; how many those are is told.
        return Replayed(ticket, wrong=f"{type(error).__name__}: {error}")
    return Replayed(ticket, before, now)


def _sum(found: Rehearsed, each: Replayed) -> None:
    found.tickets += 1
    found.troubled += bool(each.wrong)
    for side, done in ((found.before, each.before), (found.now, each.now)):
        for did in done:
            side.add(did)
    gone = tuple(did for did in each.before if did not in each.now)
    come = tuple(did for did in each.now if did not in each.before)
    if gone or come:
        found.differ += 1
        if len(found.differing) < SHOWN:
            found.differing.append((each.ticket, gone, come))


def _replayed(case: Case, ticket: Standing, plans: Plans, home: Home, *, after: datetime, upto: datetime) -> Iterator[Did]:
    """Yield what sweeps would have recorded of a ticket in `(after, upto]`, but for what lay before and what was passed."""
    done: list[Did] = []
    # Whom a ticket is given to does not hang on which others were replayed before it.
    load = dict(home.load)

    def carry(found: Examined, told: Escalated) -> Iterable[Event]:
        sheaf = Sheaf()
        for firing in told.firings:
            if firing.outcome is Outcome.PASSED or firing.due_at <= after:
                continue
            carry_out(sheaf, firing, case, ticket, found, home, _wordless, told, now=told.at)
            record = sheaf.records[-1]
            written = [each for each in sheaf.messages.get(record.public_id, ()) if each.kind != "client.escalation"]
            draft = sheaf.drafts.get(record.public_id)
            done.append(
                Did(
                    clock=firing.clock.value,
                    cycle=firing.cycle,
                    step=firing.step.key,
                    outcome=firing.outcome,
                    at=told.at,
                    told=tuple(each["name"] for each in record.told if each["name"]),
                    nobody=firing.outcome is Outcome.FIRED and not any(each["name"] for each in record.told),
                    messages=tuple(each.channel for each in written),
                    drafted=draft is not None and not draft.sent,
                    sent=draft is not None and draft.sent,
                    reason=firing.reason,
                    planned=step_to_plain(firing.step),
                )
            )
        return [each.event for _, _, moved in sheaf.moves.values() for each in moved.happenings]

    for _ in looks(case, plans, after=after, upto=upto, carry=carry):
        yield from done
        done.clear()
    yield from done
    home.load = load


def _wordless(_: Told) -> Mapping[str, str]:
    """A rehearsal counts messages and reads none."""
    return {}


def _keys(scope: Scope, asked: Asked) -> tuple[str | None, str | None]:
    """The tier and the client as plans know them."""
    tier, client = None, None
    if asked.tier is not None:
        known = desk.tier_pks(scope, partner=asked.partner)
        tier = next((str(pk) for pk, public_id in known.items() if public_id == asked.tier), None)
        if tier is None:
            raise NotFound("there is no such tier")
    if asked.client is not None:
        found = tenancy.client(scope, asked.client)
        if found.partner != asked.partner:
            raise NotFound("there is no such client")
        client = str(found.pk)
    return tier, client
