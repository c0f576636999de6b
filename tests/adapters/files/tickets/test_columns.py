"""Columns for bulk work say row by row what the tickets say, and both what stands in the file."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from goodstanding.adapters.files.tickets import MISSING, ImportedTicket, TicketColumns
from goodstanding.core.desk.events import Event, EventKind
from tests.adapters.files.tickets.exports import FEW, csv_of, read

HEADER = "id,title,client,priority,team,agent,type,tier,status,tags,opened,first response,resolved,closed,reopened"
MINUTES = st.one_of(st.none(), st.integers(0, 50_000))
ROWS = st.lists(
    st.tuples(
        st.sampled_from(["", "Mail", "Print"]),
        st.sampled_from(["", "Acme", "Globex"]),
        st.sampled_from(["", "High", "low", "P1", "Sev 2"]),
        st.sampled_from(["", "Desk"]),
        st.sampled_from(["", "Ann"]),
        st.sampled_from(["", "Incident"]),
        st.sampled_from(["", "Gold"]),
        st.sampled_from(["", "Open", "Closed", "Cancelled"]),
        st.sampled_from(["", "a", "b; a"]),
        st.integers(0, 50_000),
        MINUTES,
        MINUTES,
        MINUTES,
        MINUTES,
    ),
    min_size=1,
    max_size=12,
)
RANKS = {"": "", "High": "P2", "low": "P4", "P1": "P1", "Sev 2": "S2"}
START = int(datetime(2025, 1, 1, tzinfo=UTC).timestamp())


def written(minute: int | None) -> str:
    return "" if minute is None else datetime.fromtimestamp(START + minute * 60, UTC).isoformat()


def told(second: int) -> datetime | None:
    return None if second == MISSING else datetime.fromtimestamp(second, UTC)


def at(ticket: ImportedTicket, kind: EventKind, number: int = 0) -> datetime | None:
    found = [event.at for event in ticket.events if event.kind is kind]
    return found[number] if number < len(found) else None


@FEW
@given(ROWS)
def test_columns_and_tickets_are_the_same(tmp_path: Path, rows: list[tuple[Any, ...]]) -> None:
    # One ticket that is sound whatever the others are, so that there is something to read.
    cells = [[str(number), *map(str, row[:9]), *(written(each) for each in row[9:])] for number, row in enumerate(rows)]
    found = read(tmp_path, csv_of(HEADER, [*cells, ["sound", *[""] * 9, written(0), *[""] * 4]]))

    columns = found.columns
    assert isinstance(columns, TicketColumns)
    tickets = list(found.tickets())
    assert len(tickets) == len(columns) == found.count == len(cells) + 1 - len(found.bad)
    for place, ticket in enumerate(tickets):
        assert ticket.ref == columns.refs[place]
        assert ticket.line == columns.lines[place]
        assert at(ticket, EventKind.OPENED) == told(columns.opened[place])
        assert at(ticket, EventKind.STAFF_REPLIED) == told(columns.first_response[place])
        assert at(ticket, EventKind.RESOLVED) == told(columns.resolved[place])
        assert at(ticket, EventKind.REOPENED) == told(columns.reopened[place])
        assert at(ticket, EventKind.RESOLVED, 1) == told(columns.resolved_again[place])
        assert at(ticket, EventKind.CANCELLED) == told(columns.cancelled[place])
        for text, coded in (
            (ticket.priority, columns.priority),
            (ticket.client, columns.client),
            (ticket.tier, columns.tier),
            (ticket.team or "", columns.team),
            (ticket.kind or "", columns.kind),
            (ticket.assignee or "", columns.assignee),
        ):
            assert coded.names[coded.codes[place]] == text


@FEW
@given(ROWS)
def test_a_list_says_what_stands_in_its_rows(tmp_path: Path, rows: list[tuple[Any, ...]]) -> None:
    cells = [[str(number), *map(str, row[:9]), *(written(each) for each in row[9:])] for number, row in enumerate(rows)]
    found = read(tmp_path, csv_of(HEADER, [*cells, ["sound", *[""] * 9, written(0), *[""] * 4]]))

    tickets = {ticket.ref: ticket for ticket in found.tickets()}
    bad = {row.line for row in found.bad}
    for number, row in enumerate(rows):
        title, client, priority, team, agent, kind, tier, status, tags, opened, *others = row
        response, resolved, closed, reopened = others
        over = resolved if resolved is not None else closed
        early = any(minute is not None and minute < opened - 5 for minute in others)
        untold = status in ("Closed", "Cancelled") and over is None
        assert (number + 2 in bad) == (early or untold)
        if early or untold:
            continue
        ticket = tickets[str(number)]
        assert (ticket.title, ticket.client, ticket.priority) == (title, client, RANKS[str(priority)])
        assert (ticket.team or "", ticket.assignee or "", ticket.kind or "", ticket.tier) == (team, agent, kind, tier)
        assert ticket.tags == {tag.strip() for tag in str(tags).split(";") if tag}
        expected = [("opened", opened)]
        if response is not None:
            expected.append(("staff_replied", max(response, opened)))
        if status == "Cancelled":
            ends = [each for each in (resolved, closed) if each is not None]
            again = reopened is not None and reopened > max(over, opened)
            expected.append(("cancelled", max(closed if again and closed is not None else min(ends), opened)))
        elif over is not None:
            end = max(over, opened)
            expected.append(("resolved", end))
            if reopened is not None and max(reopened, opened) > end:
                expected.append(("reopened", max(reopened, opened)))
                if closed is not None and closed > reopened:
                    expected.append(("resolved", closed))
        assert [(event.kind.value, minute(event)) for event in ticket.events] == expected


def minute(event: Event) -> int:
    return (int(event.at.timestamp()) - START) // 60


def test_a_list_may_be_shuffled(tmp_path: Path) -> None:
    rows = [[str(number), *[""] * 9, written(number), written(number + 5), written(number + 9), "", ""] for number in range(50)]

    straight, turned = read(tmp_path, csv_of(HEADER, rows)), read(tmp_path, csv_of(HEADER, rows[::-1]))

    assert {ticket.ref: ticket.events for ticket in straight.tickets()} == {
        ticket.ref: ticket.events for ticket in turned.tickets()
    }
