"""The desks an Odoo database can have, told apart by their fields, and what their stages most likely stand for."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from goodstanding.adapters.files.tickets.words import state_of
from goodstanding.adapters.odoo.connection import Connection
from goodstanding.adapters.odoo.domains import Leaf
from goodstanding.adapters.odoo.trouble import NoModel, NoRight
from goodstanding.core.desk.events import EventKind, PauseOwner
from goodstanding.core.desk.retell import Kept
from goodstanding.core.desk.states import ENDED, OPEN, State


class DeskKind(StrEnum):
    """Which module a desk is of."""

    OCA = "oca"
    ENTERPRISE = "enterprise"
    PROJECT = "project"


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Where a kind of desk keeps what: the names of its models and fields.

    `kept` says which field holds each tracked value; `state` is the field beside the stage that can end or hold a ticket
    (project.task since 17).
    """

    kind: DeskKind
    model: str
    stages: str
    ref: str | None
    kept: Mapping[str, Kept]
    closed_at: str
    category: str
    moved_at: str
    """The field of a ticket that says when it came to where it is, tracked or not."""
    ends: str
    """The field of a stage that says that its tickets are over."""
    state: str | None = None
    commitments: str = ""
    """The model that holds the desk's own commitments for tickets, where it can have any."""

    @property
    def team(self) -> str:
        """The field by which tickets are divided among teams or projects."""
        return next(name for name, kept in self.kept.items() if kept is Kept.TEAM)


def _kept(team: str, assignee: str) -> Mapping[str, Kept]:
    return MappingProxyType(
        {
            "stage_id": Kept.STAGE,
            "priority": Kept.PRIORITY,
            team: Kept.TEAM,
            assignee: Kept.ASSIGNEE,
            "partner_id": Kept.CLIENT,
        }
    )


OCA: Final = Desk(
    kind=DeskKind.OCA, model="helpdesk.ticket", stages="helpdesk.ticket.stage", ref="number",
    kept=_kept("team_id", "user_id"), closed_at="closed_date", category="category_id", ends="closed",
    moved_at="last_stage_update",
    commitments="helpdesk.ticket.sla",
)  # fmt: skip
ENTERPRISE: Final = Desk(
    kind=DeskKind.ENTERPRISE, model="helpdesk.ticket", stages="helpdesk.stage", ref="ticket_ref",
    kept=_kept("team_id", "user_id"), closed_at="close_date", category="ticket_type_id", ends="fold",
    moved_at="date_last_stage_update",
)  # fmt: skip
PROJECT: Final = Desk(
    kind=DeskKind.PROJECT, model="project.task", stages="project.task.type", ref=None,
    kept=_kept("project_id", "user_ids"), closed_at="date_end", category="", ends="fold", state="state",
    moved_at="date_last_stage_update",
)  # fmt: skip
DESKS: Final = MappingProxyType({desk.kind: desk for desk in (OCA, ENTERPRISE, PROJECT)})


def desks_of(connection: Connection) -> tuple[Desk, ...]:
    """Return the desks that a database has and the account may read, the likeliest first.

    Helpdesk of the OCA and of Odoo Enterprise have a model of the same name and are told apart by their fields
    (odoo-facts.md 6; those of Enterprise were not measured).
    """
    found = []
    for model in ("helpdesk.ticket", "project.task"):
        try:
            fields = connection.fields(model)
        except (NoModel, NoRight):
            continue
        if not connection.may_read(model):
            continue
        if model == "project.task":
            found.append(PROJECT)
        elif "number" in fields:
            found.append(OCA)
        elif "ticket_ref" in fields or "close_date" in fields:
            found.append(ENTERPRISE)
    return tuple(found)


def only_tickets(connection: Connection, desk: Desk) -> list[Leaf]:
    """Return the condition that leaves out records of a desk's model that are nobody's tickets.

    A task without a project is a private note of whoever made it; from 19 on templates of tasks are tasks too.
    """
    if desk.kind is not DeskKind.PROJECT:
        return []
    templates = [each for each in ("is_template", "has_template_ancestor") if each in connection.fields(desk.model)]
    return [(desk.team, "!=", False), *((each, "=", False) for each in templates)]


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of a desk by its name, whether the desk says that its tickets are over, and how many are in it now."""

    name: str
    ended: bool
    fresh: bool
    tickets: int


def stages_of(connection: Connection, desk: Desk) -> tuple[Stage, ...]:
    """Return the stages of a desk in its own order, those of one name as one. Raises what reading raises.

    Every user has stages of their own for tasks too, which say nothing of where a task is; those are left out.
    """
    personal: list[Leaf] = [("user_id", "=", False)] if "user_id" in connection.fields(desk.stages) else []
    rows = connection.search_read(
        desk.stages, personal, ("name", "sequence", desk.ends, "unattended"), order="sequence, id", archived=True
    )
    counts = {
        key.id: group.count
        for group in connection.group(desk.model, ["stage_id"], only_tickets(connection, desk))
        if (key := group.keys.get("stage_id")) is not None and hasattr(key, "id")
    }
    found: dict[str, Stage] = {}
    for row in rows:
        name = row.text("name") or ""
        known = found.get(name)
        found[name] = Stage(
            name,
            row.flag(desk.ends) or (known is not None and known.ended),
            row.flag("unattended") or (known is not None and known.fresh),
            counts.get(row.id, 0) + (known.tickets if known is not None else 0),
        )
    extra = tuple(Stage(name, ended=state.kind in ENDED, fresh=False, tickets=0) for name, state in STATES_OF_TASKS.items())
    return (*found.values(), *(extra if desk.state and desk.state in connection.fields(desk.model) else ()))


STATES_OF_TASKS: Final[Mapping[str, State]] = MappingProxyType(
    {
        "State: done": State(EventKind.RESOLVED),
        "State: cancelled": State(EventKind.CANCELLED),
        "State: waiting": State(EventKind.WAITING, PauseOwner.PARTNER),
    }
)
"""States of a task that count whatever stage it is in, under names of ours; the others leave it to the stage."""
_TASK_STATES: Final = {"1_done": "State: done", "1_canceled": "State: cancelled", "04_waiting_normal": "State: waiting"}


def stage_word(stage: str, state: str | None) -> str:
    """Return the one word for where a ticket is: the name of its stage, or of a state that outdoes it."""
    return _TASK_STATES.get(state or "", stage)


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a stage most likely stands for; `confirm` where a person who knows the desk should look at it."""

    state: State
    confirm: bool


def proposed(stage: Stage) -> Proposal:
    """Return what a stage most likely stands for, by its name and by what the desk says of it.

    A name that nobody explained is work, or the beginning of it; a stage that ends tickets and is not named as one that
    calls them off resolves them. A hold that does not say whom it waits on pauses nothing until a person says so.
    """
    if stage.name in STATES_OF_TASKS:
        return Proposal(STATES_OF_TASKS[stage.name], confirm=False)
    known = state_of(stage.name, "oca")
    if known is not None and (known.event in ENDED or not stage.ended):
        owner = known.owner if known.event is EventKind.WAITING else None
        return Proposal(State(known.event, owner), confirm=known.confirm)
    if stage.ended:
        return Proposal(State(EventKind.RESOLVED), confirm=known is None)
    return Proposal(OPEN if stage.fresh else State(EventKind.PROGRESS), confirm=known is None and not stage.fresh)
