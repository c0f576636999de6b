"""What can be wrong with a ticket file: rows that are set aside, files that cannot be used, and things worth saying."""

from dataclasses import dataclass
from enum import StrEnum


class Fault(StrEnum):
    """Why a row was set aside; delivery puts it in words."""

    FIELD_COUNT = "field_count"
    """Not as many fields as the header; `number` is how many there are."""
    STRAY_QUOTE = "stray_quote"
    """A quotation mark opens a field and nothing closes it, or something stands behind the one that does."""
    NOT_JSON = "not_json"
    """The line is no JSON object."""
    MISSING = "missing"
    """A field without which the row says nothing is empty."""
    UNREADABLE_INSTANT = "unreadable_instant"
    """No known way of writing a date and a time, or no such date."""
    NO_TIME_OF_DAY = "no_time_of_day"
    """A date alone is no instant."""
    OTHER_DATE_ORDER = "other_date_order"
    """Only readable in another order of day, month and year than the rest of the file."""
    NO_SUCH_LOCAL_TIME = "no_such_local_time"
    """The clocks of the zone skipped that time."""
    OUT_OF_YEARS = "out_of_years"
    """Outside the years that clocks count in."""
    UNREADABLE_NUMBER = "unreadable_number"
    BEFORE_OPENING = "before_opening"
    """Further before the ticket's opening than skewed clocks explain."""
    DUPLICATE_TICKET = "duplicate_ticket"
    """The ticket was told before; `number` is the line."""
    UNKNOWN_PRIORITY = "unknown_priority"
    UNKNOWN_STATE = "unknown_state"
    UNKNOWN_EVENT = "unknown_event"
    ENDED_WITHOUT_INSTANT = "ended_without_instant"
    """The state says that the ticket is over, no column says since when."""
    NO_OPENING = "no_opening"
    """Nothing says when the ticket was opened; the line is the ticket's first."""


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that was not read, with the first thing found wrong with it.

    `line` is the physical line it begins on, 1 the file's first; `column` the header as the file has it, empty when the
    whole row is meant; `value` what stands there, cut to 200 characters; `number` belongs to single faults.
    """

    line: int
    column: str
    value: str
    reason: Fault
    number: int | None = None


class NoteCode(StrEnum):
    """What was noticed or decided while reading; nothing of it is an error. Delivery puts it in words."""

    NOT_UTF8 = "not_utf8"
    """The text is not UTF-8 and was read as Windows-1252."""
    STRAY_QUOTES = "stray_quotes"
    """Quotation marks stand where the format has none; rows were made out one by one."""
    DATE_ORDER_SETTLED = "date_order_settled"
    """The dates themselves settle their order (`values`: the order, and a value that settles it); `count` such values."""
    DATES_CONTRADICT = "dates_contradict"
    """`count` values can only be read in another order than most."""
    REPEATED_HOUR = "repeated_hour"
    """`count` local times lie in an hour that the clocks repeated and were read as the first."""
    ALL_AT_MIDNIGHT = "all_at_midnight"
    """All `count` values of a column lie at midnight: dates without a time of day, which measure days at best."""
    CLAMPED_TO_OPENING = "clamped_to_opening"
    """`count` instants lie before the opening by no more than skewed clocks explain, and were read as the opening."""
    EARLY_UPDATES = "early_updates"
    """`count` updates lie further before the opening; what they tell counts from the opening."""
    COLUMNS_NOT_USED = "columns_not_used"
    """Columns (`values`) with business hours or waiting times of another product, which say nothing about instants."""
    HEADER_TWICE = "header_twice"
    """A header (`column`) stands `count` times; its first column was read."""
    CONFIRM_WORD = "confirm_word"
    """`values`: a word of the file and what it was read as; somebody who knows the desk should confirm it."""
    UNKNOWN_STATES = "unknown_states"
    """`count` tickets are in states (`values`) nobody explained; their instants say how they ended."""
    RESOLVED_THOUGH_OPEN = "resolved_though_open"
    """`count` tickets have a resolution though their state is open: reopened, and no column says when."""
    REOPENING_UNPLACED = "reopening_unplaced"
    """`count` reopenings do not lie after the resolution the row tells, and were not read."""
    WAITING_UNPLACED = "waiting_unplaced"
    """`count` tickets wait now and no column says since when: no pause was read."""
    OPENED_FROM_FIRST_ROW = "opened_from_first_row"
    """No column tells the opening; the first row of each ticket is it."""
    OPENINGS_DIFFER = "openings_differ"
    """`count` tickets have rows with different openings; the earliest counts."""
    EXACT_COPIES = "exact_copies"
    """`count` rows repeat another one word for word and were dropped."""
    SAME_INSTANT = "same_instant"
    """`count` rows share ticket and instant with another, and no column orders them; the course of work does."""
    TICKETS_LEFT_OUT = "tickets_left_out"
    """`count` tickets have a bad row in their history and were left out whole."""


@dataclass(frozen=True, slots=True)
class Note:
    """Something worth saying about a file: a code with its numbers."""

    code: NoteCode
    count: int = 0
    column: str = ""
    values: tuple[str, ...] = ()


class Why(StrEnum):
    """Why a file cannot be used at all."""

    NO_FILE = "no_file"
    NOT_READABLE = "not_readable"
    EMPTY = "empty"
    TOO_LARGE = "too_large"
    UNPACKS_TOO_LARGE = "unpacks_too_large"
    TOO_MANY_ROWS = "too_many_rows"
    TOO_MANY_COLUMNS = "too_many_columns"
    TOO_MANY_CELLS = "too_many_cells"
    NOT_A_TABLE = "not_a_table"
    """Neither delimited text, nor a workbook, JSON Lines or Parquet."""
    OLD_WORKBOOK = "old_workbook"
    """A workbook of another kind than .xlsx, or one that a password protects."""
    NO_SUCH_SHEET = "no_such_sheet"
    """`found` lists the sheets."""
    FIELDS_NOT_FOUND = "fields_not_found"
    """`wanted` lists the fields looked for, `found` the columns."""
    UNKNOWN_ZONE = "unknown_zone"
    NO_TICKETS = "no_tickets"
    """No row could be read; `bad` tells why for each."""


class Unusable(Exception):
    """A file that cannot be measured; `why` is the code, the other fields its particulars.

    `limit` and `size` belong to the limits, in bytes, rows, columns or cells.
    """

    def __init__(
        self,
        why: Why,
        *,
        wanted: tuple[str, ...] = (),
        found: tuple[str, ...] = (),
        limit: int | None = None,
        size: int | None = None,
        bad: tuple[BadRow, ...] = (),
    ) -> None:
        self.why = why
        self.wanted = wanted
        self.found = found
        self.limit = limit
        self.size = size
        self.bad = bad
        told = {"wanted": wanted, "found": found, "limit": limit, "size": size, "bad rows": len(bad)}
        particulars = ", ".join(f"{name} {value}" for name, value in told.items() if value)
        super().__init__(f"{why}: {particulars}" if particulars else str(why))
