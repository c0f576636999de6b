"""What helpdesk_mgmt_sla keeps for the demo's tickets, reckoned as that module does: when one is made or changes its stage."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from goodstanding.adapters.odoo.demo import DemoOdoo
from goodstanding.core.clocks.clock import clock_of
from goodstanding.core.clocks.presets import preset

CALENDAR: Final = "Standard 40 hours/week"
_ROW: Final = "helpdesk.ticket.sla"


@dataclass(frozen=True, slots=True)
class DeskSla:
    """A policy of the desk: its name, working hours, the stage that fulfils it and those in which it waits."""

    name: str
    hours: int
    stage: str
    waits_in: tuple[str, ...] = ()


@dataclass(slots=True)
class _Bound:
    """A policy on a ticket, as far as it has been reckoned."""

    row: int
    policy: DeskSla
    state: str
    since: datetime
    deadline: datetime
    consumed: timedelta = timedelta()


class DeskSlas:
    """The policies of a desk on its tickets, in an Odoo in memory.

    Time counts in the hours of the teams' calendar, and only when a ticket changes its stage is anything looked at: one that
    runs past its deadline stays in progress until then (read in the module's source, measured on 18).
    """

    def __init__(
        self, odoo: DemoOdoo, policies: Sequence[DeskSla], stages: Mapping[str, int], *, zone: str, at: datetime
    ) -> None:
        """`stages` has the numbers of stages by name, in the desk's order."""
        self._odoo, self._stages, self._order = odoo, stages, {name: place for place, name in enumerate(stages)}
        self._clock = clock_of(preset("business", zone))
        self._tickets: dict[int, list[_Bound]] = {}
        self.calendar = odoo.create("resource.calendar", {"name": CALENDAR}, at=at)
        self._policies = {each: self._kept(each, at) for each in policies}

    def _kept(self, policy: DeskSla, at: datetime) -> int:
        values = {
            "name": policy.name, "hours": policy.hours, "stage_id": self._stages[policy.stage],
            "ignore_stage_ids": [self._stages[each] for each in policy.waits_in],
        }  # fmt: skip
        return self._odoo.create("helpdesk.sla", values, at=at)

    def bind(self, ticket: int, at: datetime) -> None:
        """Bind a new ticket to every policy."""
        for policy, number in self._policies.items():
            deadline = self._clock.add(at, timedelta(hours=policy.hours))
            values = {
                "ticket_id": ticket, "sla_id": number, "expected_stage_id": self._stages[policy.stage],
                "hours": float(policy.hours), "consumed_time": 0.0, "state": "in_progress", "last_state_date": at,
                "deadline": deadline,
            }  # fmt: skip
            row = self._odoo.create(_ROW, values, at=at)
            self._tickets.setdefault(ticket, []).append(_Bound(row, policy, "in_progress", at, deadline))

    def move(self, ticket: int, stage: str, at: datetime) -> None:
        """Reckon the policies of a ticket that has just changed its stage."""
        for bound in self._tickets.get(ticket, ()):
            if bound.state != "expired":
                self._reckon(bound, stage, at)
                values = {
                    "state": bound.state, "consumed_time": round(bound.consumed / timedelta(hours=1), 4),
                    "last_state_date": at, "deadline": bound.deadline,
                }  # fmt: skip
                self._odoo.write(_ROW, bound.row, values, at=at)

    def _reckon(self, bound: _Bound, stage: str, at: datetime) -> None:
        policy = bound.policy
        reached = self._order[stage] >= self._order[policy.stage]
        if bound.state == "in_progress":
            bound.consumed += self._clock.between(bound.since, at)
        if bound.state == "accomplished":
            bound.state = "accomplished" if reached else "in_progress"
        elif reached and bound.deadline >= at:
            bound.state = "accomplished"
        elif bound.state == "in_progress" and bound.deadline <= at:
            bound.state = "expired"
        if bound.state in ("in_progress", "on_hold"):
            bound.state = "on_hold" if stage in policy.waits_in else "in_progress"
            left = max(timedelta(), timedelta(hours=policy.hours) - bound.consumed)
            bound.deadline = self._clock.add(at, left)
        bound.since = at
