"""What helpdesk_mgmt_sla says of tickets: its policies with deadline, state and time consumed, as far as they can be read."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Final

from goodstanding.adapters.odoo.connection import Connection
from goodstanding.adapters.odoo.desks import Desk
from goodstanding.adapters.odoo.paging import Place, pages
from goodstanding.adapters.odoo.rows import Row
from goodstanding.adapters.odoo.trouble import NoModel, NoRight, Unexpected
from goodstanding.core.desk.commitment import Commitment, Said
from goodstanding.core.desk.policy import ClockKind

_WANTED: Final = (
    "ticket_id", "sla_id", "deadline", "hours", "expected_stage_id", "consumed_time", "last_state_date", "state", "write_date",
)  # fmt: skip
_NEEDED: Final = frozenset({"ticket_id", "sla_id", "state"})
_STATES: Final = {"in_progress": Said.RUNNING, "on_hold": Said.PAUSED, "accomplished": Said.MET, "expired": Said.MISSED}
_PAGE: Final = 200


@dataclass(frozen=True, slots=True)
class Recommitted:
    """What was written since a place, by ticket, and how far that reading has come."""

    found: Mapping[int, tuple[Commitment, ...]]
    place: Place | None


@dataclass(frozen=True, slots=True)
class _Policy:
    name: str
    pauses: tuple[str, ...]


class Commitments:
    """Reads commitments in one desk; policies and calendars of teams are asked once and kept.

    The rows are bound to no rule of tickets in Odoo (odoo-facts.md 5: any user may read all of them), so they are only ever
    taken for tickets that are followed.
    """

    def __init__(self, connection: Connection, desk: Desk, clock: Callable[[str], ClockKind]) -> None:
        """`clock` says which kind of clock a stage by its name ends: the one that a policy with that stage is nearest to."""
        self.connection, self.desk, self._clock = connection, desk, clock
        self.readable = bool(desk.commitments) and self._shown()
        self._policies: dict[int, _Policy] = {}
        self._calendars: dict[int, str] = {}
        self._stages: dict[int, str] = {}
        if self.readable:
            self._know_stages()

    def read(self, teams: Mapping[int, int | None]) -> dict[int, tuple[Commitment, ...]]:
        """Return the commitments of tickets, all of them; tickets without any are there with none.

        `teams` has the numbers of tickets with those of their teams. Without `readable` nothing is returned: what cannot be
        read is unknown, not absent.
        """
        if not self.readable or not teams:
            return {}
        domain = [("ticket_id", "in", list(teams))]
        found = self._read(self.connection.search_read(self.desk.commitments, domain, _WANTED, order="id"), teams)
        return {number: found.get(number, ()) for number in teams}

    def since(self, place: Place | None) -> Iterator[Recommitted]:
        """Yield what was written from a place on, a page at a time: a policy may be set anew and its ticket not be written."""
        if not self.readable:
            return
        for page in pages(self.connection, self.desk.commitments, _WANTED, place=place, size=_PAGE):
            yield Recommitted(self._read(page.rows, self._teams_of(page.rows)), page.place)

    def newest(self) -> Place | None:
        """Return the place after all that is there now; None where nothing is, or nothing can be read."""
        if not self.readable:
            return None
        rows = self.connection.search_read(
            self.desk.commitments, (), ("write_date",), order="write_date desc, id desc", limit=1
        )
        at = rows[0].instant("write_date") if rows else None
        return None if at is None else Place(at)

    def _shown(self) -> bool:
        try:
            fields = self.connection.fields(self.desk.commitments)
        except (NoModel, NoRight):
            return False
        return fields.keys() >= _NEEDED and self.connection.may_read(self.desk.commitments)

    def _read(self, rows: Sequence[Row], teams: Mapping[int, int | None]) -> dict[int, tuple[Commitment, ...]]:
        self._know_policies({ref.id for row in rows if (ref := row.ref("sla_id")) is not None})
        self._know_calendars({team for team in teams.values() if team is not None})
        found: dict[int, tuple[Commitment, ...]] = {}
        for row in rows:
            ticket, state = row.ref("ticket_id"), _STATES.get(row.text("state") or "")
            if ticket is not None and state is not None:
                told = self._commitment(row, state, self._calendars.get(teams.get(ticket.id) or 0, ""))
                found[ticket.id] = (*found.get(ticket.id, ()), told)
        return found

    def _commitment(self, row: Row, state: Said, calendar: str) -> Commitment:
        sla, stage = row.ref("sla_id"), row.ref("expected_stage_id")
        written_at = row.instant("write_date")
        if written_at is None:
            raise Unexpected(f"Odoo tells a record of {self.desk.commitments} without when it was written.")
        policy = self._policies.get(sla.id) if sla else None
        name = self._stages.get(stage.id, stage.name) if stage else ""
        return Commitment(
            number=row.id,
            policy=policy.name if policy else sla.name if sla else "",
            clock=self._clock(name),
            stage=name,
            state=state,
            deadline_at=row.instant("deadline"),
            target=_time(row.exact("hours")),
            consumed=_time(row.exact("consumed_time")),
            counted_at=row.instant("last_state_date"),
            calendar=calendar,
            pauses=policy.pauses if policy else (),
            written_at=written_at,
        )

    def _know_stages(self) -> None:
        rows = self.connection.search_read(self.desk.stages, (), ("name",), archived=True)
        self._stages = {row.id: row.text("name") or "" for row in rows}

    def _know_policies(self, numbers: Iterable[int]) -> None:
        """Ask for policies that are not known yet; where they may not be read, their names come with the rows."""
        new = sorted(set(numbers) - self._policies.keys())
        if not new:
            return
        try:
            rows = self.connection.search_read("helpdesk.sla", [("id", "in", new)], ("name", "ignore_stage_ids"), archived=True)
        except (NoModel, NoRight):
            return
        for row in rows:
            pauses = tuple(self._stages[each] for each in row.ids("ignore_stage_ids") if each in self._stages)
            self._policies[row.id] = _Policy(row.text("name") or "", pauses)

    def _teams_of(self, rows: Sequence[Row]) -> dict[int, int | None]:
        """Return by ticket the team that it is in now."""
        numbers = sorted({ref.id for row in rows if (ref := row.ref("ticket_id")) is not None})
        if not numbers:
            return {}
        found = self.connection.search_read(self.desk.model, [("id", "in", numbers)], (self.desk.team,), archived=True)
        return {row.id: ref.id if (ref := row.ref(self.desk.team)) is not None else None for row in found}

    def _know_calendars(self, teams: Iterable[int]) -> None:
        """Ask for the names of the calendars whose hours count, those of teams; empty where they are not told."""
        new = sorted(set(teams) - self._calendars.keys())
        if new:
            self._calendars |= dict.fromkeys(new, "") | self._named_calendars(new)

    def _named_calendars(self, teams: Sequence[int]) -> dict[int, str]:
        relation = self.connection.fields(self.desk.model)[self.desk.team].relation
        if not relation:
            return {}
        try:
            rows = self.connection.search_read(relation, [("id", "in", list(teams))], ("resource_calendar_id",), archived=True)
        except (NoModel, NoRight):
            return {}
        return {row.id: ref.name for row in rows if (ref := row.ref("resource_calendar_id")) is not None}


def _time(hours: Decimal | None) -> timedelta | None:
    """Return hours as Odoo keeps them, a float, as time to the second."""
    return None if hours is None else timedelta(seconds=int((hours * 3600).to_integral_value()))
