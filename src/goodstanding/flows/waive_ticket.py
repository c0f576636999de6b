"""Waive a ticket's clocks and judge it anew, as one."""

from datetime import datetime
from uuid import UUID

from goodstanding.apps.desk import actions
from goodstanding.apps.tenancy.scope import Scope
from goodstanding.apps.unit import together
from goodstanding.core.desk.policy import ClockKind
from goodstanding.flows.reassess import reassess


def waive_ticket(scope: Scope, *, ticket: UUID, clock: ClockKind | None, reason: str, author: str, now: datetime) -> None:
    """Exempt a ticket's clocks of a kind, or all; raises as `desk.actions.waive` does."""
    with together():
        pk = actions.waive(scope, ticket=ticket, clock=clock, reason=reason, author=author, now=now)
        reassess(Scope.everything("a waiver was granted"), [pk], now=now)
