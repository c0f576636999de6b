"""What is said of files people give us: why a row was set aside, what was noticed, what is asked."""

from collections.abc import Mapping
from typing import Any, Final

from goodstanding.delivery import words

_FAULTS: Final = {
    "field_count": "has {number} fields, not as many as the header",
    "stray_quote": "has a quotation mark that nothing closes, or something behind the one that does",
    "not_json": "is no JSON object",
    "missing": "is empty, and the row says nothing without it",
    "unreadable_instant": "is no date and time that is known",
    "no_time_of_day": "is a date without a time of day",
    "other_date_order": "can only be read in another order of day and month than the rest of the file",
    "no_such_local_time": "never was on the clocks of that zone: they skipped it",
    "out_of_years": "lies outside the years 1970 to 2099",
    "unreadable_number": "is no number",
    "before_opening": "lies before the ticket's opening",
    "duplicate_ticket": "was told before, in line {number}",
    "unknown_priority": "is no priority that is known: say in the map which it is",
    "unknown_state": "is no state that is known: say in the map what it means",
    "unknown_event": "is no event that is known: say in the map what it means",
    "ended_without_instant": "says that the ticket is over, and no column says since when",
    "no_opening": "has no opening: nothing says when the ticket began",
}
_NOTES: Final = {
    "not_utf8": "The text is not UTF-8 and was read as Windows-1252.",
    "stray_quotes": "Quotation marks stand where the format has none; rows were made out one by one.",
    "date_order_settled": "Dates are read as {0}: {1} settles it.",
    "dates_contradict": "{count} can only be read in another order of day and month than most.",
    "repeated_hour": "{count} in an hour that the clocks repeated, read as the first.",
    "all_at_midnight": "All {count} of {column} lie at midnight: dates without a time of day, which measure days at best.",
    "clamped_to_opening": "{count} shortly before the opening, read as the opening.",
    "early_updates": "{count} from before the opening; what they tell counts from the opening.",
    "columns_not_used": "Not used, because they say nothing about instants: {values}.",
    "header_twice": "{count} with this header; the first one was read.",
    "confirm_word": "“{0}” is read as {1}: please confirm.",
    "unknown_states": "{count} in states nobody explained ({values}); their instants say how they ended.",
    "resolved_though_open": "{count} resolved though their state is open: reopened, and no column says when.",
    "reopening_unplaced": "{count} that do not lie after the resolution were not read.",
    "waiting_unplaced": "{count} waiting now, and no column says since when: no pause was read.",
    "opened_from_first_row": "No column tells the opening: the first row of each ticket is it.",
    "openings_differ": "{count} have rows with different openings; the earliest counts.",
    "exact_copies": "{count} repeat another row word for word and were dropped.",
    "same_instant": "{count} share ticket and instant with another row and no column orders them; the course of work does.",
    "tickets_left_out": "{count} left out whole, because a row of their history is bad.",
}
_COUNTED: Final = {
    "dates_contradict": "value",
    "all_at_midnight": "value",
    "repeated_hour": "local time",
    "clamped_to_opening": "instant",
    "early_updates": "update",
    "reopening_unplaced": "reopening",
    "exact_copies": "row",
    "same_instant": "row",
    "header_twice": "column",
}
_WHY: Final = {
    "no_file": "There is no such file: {wanted}.",
    "not_readable": "The file cannot be read: {wanted}.",
    "empty": "The file is empty.",
    "too_large": "The file is larger than {limit}.",
    "unpacks_too_large": "The file unpacks to more than {limit}.",
    "too_many_rows": "The file has more than {limit_number} rows.",
    "too_many_columns": "The file has more than {limit_number} columns.",
    "too_many_cells": "The file has more than {limit_number} cells.",
    "not_a_table": "This is neither CSV, nor a workbook (.xlsx), JSON Lines or Parquet.",
    "old_workbook": "This is a workbook of an older kind: save it as .xlsx.",
    "no_such_sheet": "There is no sheet {wanted}; the workbook has {found}.",
    "fields_not_found": "No column was found for {wanted}. The file has {found}. Say in a map which is which.",
    "unknown_zone": "{wanted} is no time zone: write one like Europe/Rome.",
    "no_tickets": "No row could be read as a ticket.",
}
_ORDERS: Final = {"dmy": "day, month, year", "mdy": "month, day, year", "ymd": "year, month, day"}
_CHOICES: Final = _ORDERS | {
    "seconds": "seconds since 1970",
    "milliseconds": "milliseconds since 1970",
    "excel": "days of a spreadsheet",
}


def fault(row: Mapping[str, Any]) -> str:
    """Say why a row was set aside: its line, its column, what stands there and what is wrong with it."""
    said = _FAULTS.get(str(row["reason"]), str(row["reason"])).format(number=row["number"])
    column, value = row["column"], row["value"]
    what = " ".join(part for part in (column, f"“{value}”" if value else "") if part)
    return f"line {row['line']}: {what or 'the row'} {said}"


def fault_of(row: Any) -> str:
    """Say why a row was set aside, as the reader reports it."""
    return fault({name: getattr(row, name) for name in ("line", "column", "value", "reason", "number")})


def note(told: Any) -> str:
    """Say what was noticed while reading, from a note or its kept form."""
    kept = told if isinstance(told, Mapping) else {name: getattr(told, name) for name in ("code", "count", "column", "values")}
    code = str(kept["code"])
    values = [_ORDERS.get(value, value) for value in kept["values"]]
    said = _NOTES.get(code, code)
    count = words.count(kept["count"], _COUNTED.get(code, "ticket"))
    return said.format(*values, *([""] * 2), count=count, column=kept["column"], values=", ".join(values))


def choice(value: str) -> str:
    """Say what an answer means."""
    return _CHOICES.get(value, value)


def question(asked: Any) -> str:
    """Put a question about a file in words."""
    samples = ", ".join(f"“{sample}”" for sample in asked.samples[:3])
    return {
        "date_order": f"In which order are the dates of “{asked.column}” written? For example {samples}.",
        "zone": f"On which clocks are the times of “{asked.column}” told? For example {samples}.",
        "numbers": f"What are the numbers of “{asked.column}”? For example {samples}.",
        "column": f"Which column tells {str(asked.field or 'it').replace('_', ' ')}?",
        "priorities": f"Which priority of “{asked.column}” is the most urgent? It has {samples}.",
    }[str(asked.asked)]


def unusable(error: Exception) -> str:
    """Say why a file cannot be used, and what to do."""
    why = getattr(error, "why", None)
    if why is None:
        return str(error)
    limit = getattr(error, "limit", None)
    return _WHY[str(why)].format(
        wanted=", ".join(getattr(error, "wanted", ())),
        found=", ".join(getattr(error, "found", ())),
        limit=size(limit) if limit else "",
        limit_number=f"{limit:,}" if limit else "",
    )


def size(length: int) -> str:
    """Write a number of bytes in the unit that reads best."""
    amount = float(length)
    for unit in ("bytes", "KiB", "MiB", "GiB"):
        if amount < 1024 or unit == "GiB":
            return f"{amount:.0f} {unit}" if unit == "bytes" else f"{amount:.1f} {unit}"
        amount /= 1024
    return ""
