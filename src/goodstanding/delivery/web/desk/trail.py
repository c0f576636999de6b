"""A ticket's escalation trail: what became of each step, whom it told, and when the next one comes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from goodstanding.apps.escalation import queries
from goodstanding.apps.escalation.values import DraftRow, DraftState, TrailRow
from goodstanding.apps.outbox.queries import Message, State
from goodstanding.apps.tenancy.scope import Scope
from goodstanding.core.clocks.clock import moment_if
from goodstanding.core.desk.escalation.people import Why
from goodstanding.core.desk.escalation.plan import ContactRole
from goodstanding.core.desk.escalation.steps import Outcome
from goodstanding.delivery import words
from goodstanding.delivery import words_of_escalation as says
from goodstanding.flows.decide_draft import letters_of

SHAPE = {Outcome.FIRED: "at_risk", Outcome.SKIPPED: "none", Outcome.OVERTAKEN: "none", Outcome.PASSED: "none"}
"""The shape an outcome is shown by; a breach has its own."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A step of the trail in words."""

    name: str
    word: str
    shape: str
    due_at: datetime
    why: str
    late: str
    told: tuple[str, ...]
    missing: str
    """Roles that led to nobody, an error to be seen (semantics.md 2, row 13); empty where each led to somebody."""
    did: tuple[str, ...]
    draft: UUID | None
    """The client message that it wrote."""
    draft_said: str
    """What became of that."""


@dataclass(frozen=True, slots=True)
class Trail:
    """What became of a ticket's steps, and when the next one comes."""

    entries: tuple[Entry, ...]
    next_at: datetime | None
    trouble: str


def trail_of(scope: Scope, ticket: int, zone: str, now: datetime) -> Trail | None:
    """Return the trail of a ticket; None for one that has none and none to come."""
    rows = queries.trail(scope, ticket)
    watched = queries.next_step(scope, ticket)
    ahead = watched.next_step_at if watched is not None and (watched.next_step_at or now) > now else None
    trouble = watched.trouble if watched is not None else ""
    if not rows and ahead is None and not trouble:
        return None
    drafts = {each.fired: each for each in queries.drafts_of(scope, ticket)} if rows else {}
    letters = letters_of(scope, drafts.values())
    entries = (_entry(row, zone, drafts.get(row.public_id), letters) for row in rows)
    return Trail(tuple(entries), ahead, trouble)


def _entry(row: TrailRow, zone: str, draft: DraftRow | None, letters: Mapping[UUID, Sequence[Message]]) -> Entry:
    step = next((each for each in row.plan.steps if each.key == row.step), None) if row.plan is not None else None
    length = timedelta(seconds=row.late_seconds)
    passed = row.outcome is Outcome.PASSED
    return Entry(
        name=says.name_of(step) if step is not None else row.step,
        word=says.OUTCOME[row.outcome],
        shape="breached" if row.outcome is Outcome.FIRED and step is not None and step.breached else SHAPE[row.outcome],
        due_at=row.due_at,
        why=_why(row),
        late="" if passed or row.outcome is Outcome.SKIPPED else says.late(length),
        told=tuple(_told(each, zone) for each in row.told if each["name"]),
        missing=_missing(row),
        did=tuple(_did(row.did)),
        draft=draft.public_id if draft is not None else None,
        draft_said=_draft_said(draft, letters.get(draft.public_id, ()), zone) if draft is not None else "",
    )


def _draft_said(draft: DraftRow, letters: Sequence[Message], zone: str) -> str:
    """What became of a client message, as far as it got: approved is not sent, and sent is what a mail server took."""
    if draft.state is DraftState.WAITING:
        return "waits for approval"
    at = words.moment(draft.decided_at, zone) if draft.decided_at is not None else ""
    who = f"{draft.decided_by}, {at}" if draft.decided_by else f"by rule, {at}"
    if draft.state is DraftState.DROPPED:
        return f"dropped: {who}"
    left = [each for each in letters if each.state is not State.SENT]
    if any(each.state is State.DEAD for each in left):
        return f"approved ({who}), could not be delivered"
    return f"approved ({who}), waits to be delivered" if left else f"sent to the client ({who})"


def _why(row: TrailRow) -> str:
    if row.reason is not None:
        return says.REASON[row.reason]
    if row.outcome is Outcome.OVERTAKEN:
        return "a later step stands for it"
    if row.overtook and row.plan is not None:
        lower = [says.name_of(step).lower() for step in row.plan.steps if step.key in row.overtook]
        return f"stands also for {', '.join(lower)}"
    return ""


def _missing(row: TrailRow) -> str:
    roles = [f"no {says.within(ContactRole(each['role']))}" for each in row.told if not each["name"]]
    who = "Nobody by name" if "posted" in row.did else "Nobody told"
    return f"{who}: {', '.join(roles)}" if roles else ""


def _told(each: Mapping[str, Any], zone: str) -> str:
    role, why = says.within(ContactRole(each["role"])), Why(each["why"])
    said = f"{each['name']} as {role}" if why in (Why.HOLDER, Why.ASSIGNEE) else f"{each['name']} for {role}: {says.WHY[why]}"
    held = moment_if(each["not_before"])
    return f"{said}, from {words.moment(held, zone)} on" if held is not None else said


def _did(did: Mapping[str, Any]) -> list[str]:
    should = "should be " if did.get("proposed") else ""
    found = []
    if "given_to" in did:
        found.append(f"{should}given to {did['given_to']}")
    if "raised_to" in did:
        found.append(f"{should}raised to {did['raised_to']}, owned by the {did['owner']}")
    if "suggested" in did:
        found.append(f"suggested {', '.join(did['suggested'])}")
    if "call" in did:
        found.append(f"opened a call at {did['call']}")
    if "posted" in did:
        found.append(f"posted to {', '.join(says.by(f'{channel}/{name}') for channel, name in did['posted'])}")
    if "not_set_up" in did:
        found.append(f"{', '.join(map(says.by, did['not_set_up']))} not set up: told by mail and inbox")
    if "no_telephone" in did:
        found.append(f"no telephone of {', '.join(did['no_telephone'])}: told by mail and inbox")
    return found
