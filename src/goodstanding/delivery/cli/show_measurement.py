"""A measurement in the terminal: the answer first, everything by name, whole in a narrow window."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final, Literal

from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from goodstanding.core.desk.policy import ClockKind
from goodstanding.core.figures.breakdown import Group
from goodstanding.core.figures.measurement import Row, key_figures
from goodstanding.delivery import words_of_measurement as words
from goodstanding.delivery.cli.terminal import clean, styled
from goodstanding.flows.measure import Measured

CLIENTS_SHOWN: Final = 15
BREACHES_SHOWN: Final = 20
BAD_SHOWN: Final = 10
_WORDS_SHOWN: Final = 12
_NARROW: Final = 76
"""Below so many columns a table would break its numbers, so rows become lines."""
_ROOMY: Final = 96
_NAME: Final = 14
_WORD: Final = 10
_BREACHES_WIDE: Final = 104
_BREACHED: Final = "red"


class Showing:
    """Prints a measured file part by part."""

    def __init__(self, out: Console, measured: Measured, source: str) -> None:
        self.out = out
        self.measured = measured
        self.found = measured.measurement
        self.source = source
        self.narrow = out.width < _NARROW

    def show(self) -> None:
        """Print everything."""
        self.answer()
        self.reading()
        self.readings()
        self.totals()
        self.split("By priority", "priority", self.found.by_priority)
        self.split("By tier", "tier", self.found.by_tier)
        self.clients()
        self.split("By month", "month", self.found.by_month)
        self.figures()
        self.what_if()
        self.breaches()
        self.bad_rows()

    def title(self, text: str) -> None:
        """Begin a part."""
        self.out.print()
        self.out.print(styled(text, "bold"))

    def say(self, text: str | Text, indent: int = 2) -> None:
        """Print a paragraph, wrapped and indented."""
        self.out.print(Padding(text if isinstance(text, Text) else styled(text), (0, 0, 0, indent)))

    def facts(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Print names and what they are."""
        if self.narrow:
            for name, value in pairs:
                self.say(Text.assemble((f"{name}: ", "dim"), clean(value)))
            return
        table = Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
        table.add_column(style="dim", no_wrap=True)
        table.add_column(overflow="fold")
        for name, value in pairs:
            table.add_row(styled(name), styled(value))
        self.out.print(Padding(table, (0, 0, 0, 2)))

    def answer(self) -> None:
        """Print what it comes to, in a sentence, and what was measured."""
        found, share = self.found, self.found.figures.tickets
        tiers = ", ".join(tier.name for tier in self.measured.tiers)
        if share.value is None:
            said = f"No ticket is decided under {tiers}."
        else:
            said = (
                f"{words.percent(share.value)} of tickets without a breach under {tiers}: "
                f"{share.part:,} of {share.whole:,} decided, {words.count(len(found.breaches), 'clock')} breached."
            )
        self.out.print(styled(said, "bold"))
        newest = ", the newest instant of the file" if self.measured.as_of_newest else ""
        hours = f"{self.measured.promised.hours.name} ({words.calendar(self.measured.calendar)})"
        self.facts(
            [
                ("File", self.source),
                ("As of", f"{words.moment(found.as_of, found.zone, year=True)}{newest}"),
                ("Time zone", found.zone),
                ("Service hours", hours),
            ]
        )

    def reading(self) -> None:
        """Print how the file was read."""
        file, found = self.measured.file, self.found
        self.title("What was read")
        product = words.PRODUCT.get(file.product, file.product) or "no product recognised"
        said = [
            ("Read as", f"{product}, {words.SHAPE[file.shape.value]}"),
            ("Rows", f"{words.count(file.rows, 'row')}, {len(self.measured.set_aside):,} set aside"),
            ("Tickets", f"{found.tickets:,} measured"),
            ("Columns", ", ".join(f"{field.value.replace('_', ' ')} “{header}”" for field, header in file.mapping.items())),
        ]
        if self.measured.opened_later:
            said.append(("Left out", f"{words.count(self.measured.opened_later, 'ticket')} opened after the instant measured"))
        if file.left_out:
            named = ", ".join(file.left_out[:5]) + (", …" if len(file.left_out) > 5 else "")
            said.append(("Left out", f"{words.count(len(file.left_out), 'ticket')} with a bad row in the history: {named}"))
        for field in dict.fromkeys(each.field for each in file.words):
            mine = [each for each in file.words if each.field == field]
            read = [f"“{each.word}” {words.meaning(each.meaning)} ({each.count:,})" for each in mine[:_WORDS_SHOWN]]
            more = f", and {words.count(len(mine) - _WORDS_SHOWN, 'more word')}" if len(mine) > _WORDS_SHOWN else ""
            said.append((f"Words, {field.value.replace('_', ' ')}", ", ".join(read) + more))
        for name, ranks in self.measured.by_rank.items():
            said.append(("By rank", f"{name} reads " + ", ".join(f"{one} as {other}" for one, other in ranks.items())))
        self.facts(said)
        for note in file.notes:
            self.say(f"- {words.note(note)}")

    def readings(self) -> None:
        """Print how each target was read (requirements TIER-1)."""
        self.title("How each target was read")
        what_if = self.measured.what_if
        targets = [*self.found.readings, *(what_if.after.readings if what_if else ())]
        several = len({each.tier for each in targets}) > 1
        rows = [
            (
                f"{each.tier}, {each.name}" if several else each.name,
                each.printed,
                each.read_as + (f" (as {each.prefilled_from} has it)" if each.prefilled_from else ""),
            )
            for each in targets
        ]
        self.table(("Target", "Printed", "Read as"), rows, numbers=())

    def totals(self) -> None:
        """Print the clocks of each kind."""
        self.split("Compliance", "", [self.found.totals])

    def clients(self) -> None:
        """Print the worst clients, and how many others there are."""
        rows = self.found.by_client
        self.split("By client, the lowest share first", "client", rows[:CLIENTS_SHOWN])
        if len(rows) > CLIENTS_SHOWN:
            rest = words.count(len(rows) - CLIENTS_SHOWN, "more client")
            self.say(f"and {rest}; files written with --json, --xlsx or --html have them all", 2)

    def split(self, title: str, dimension: str, rows: Sequence[Row]) -> None:
        """Print groups of clocks, kind by kind."""
        self.title(title)
        lines: list[tuple[str, Group | None]] = []
        for clock in ClockKind:
            groups = [(row.name or words.NAMELESS.get(dimension, ""), row.of(clock)) for row in rows]
            mine = [(name, group) for name, group in groups if group is not None]
            if not mine:
                continue
            if dimension and not any(_decided(group) for _, group in mine):
                # Nothing but what the totals say already.
                continue
            if dimension:
                lines.append((words.CLOCK[clock], None))
                lines += [(f"  {name}", group) for name, group in mine]
            else:
                lines += [(words.CLOCK[clock], group) for _, group in mine]
        first = words.DIMENSION.get(dimension, "Clock")
        heads = (first, "Met", "Breached", "Met of\ndecided", "Mean", "Median", "90th per-\ncentile")
        rows_of_cells = [(name, *self.cells(group)) for name, group in lines if group is not None]
        table = self.new_table(heads, rows_of_cells, numbers=range(1, 7))
        for name, group in lines:
            if group is None:
                table.add_row(styled(name, "dim"))
                continue
            table.add_row(styled(name), *self.cells(group))
            if said := words.undecided(group.compliance):
                table.add_row(styled(f"{' ' * (len(name) - len(name.lstrip()))}  not decided: {said}", "dim"))
        if not lines:
            self.say("no clock is decided")
        elif self.fits(table):
            self.out.print(Padding(table, (0, 0, 0, 2)))
        else:
            self.lines(lines)

    def lines(self, lines: Iterable[tuple[str, Group | None]]) -> None:
        """Print groups one below the other, where a table has no room."""
        for name, group in lines:
            self.say(styled(name, "bold" if group else "dim"))
            if group is None:
                continue
            met, breached, rate, mean, median, most = (str(each) for each in self.cells(group))
            self.say(f"{rate}: {met} met, {breached} breached", 6)
            self.say(f"mean {mean}, median {median}, 90th percentile {most}", 6)
            if said := words.undecided(group.compliance):
                self.say(f"not decided: {said}", 6)

    def cells(self, group: Group) -> tuple[str | Text, ...]:
        """Write a group's numbers."""
        compliance, elapsed = group.compliance, group.elapsed
        return (
            f"{compliance.met:,}",
            Text(f"{compliance.breached:,}", style=_BREACHED if compliance.breached else ""),
            words.rate(compliance),
            *(words.spent(each) if elapsed.count else "-" for each in (elapsed.mean, elapsed.median, elapsed.p90)),
        )

    def figures(self) -> None:
        """Print the key figures."""
        self.title("Key figures")
        self.facts([(words.figure_name(each.name), words.figure(each.name, each.value)) for each in key_figures(self.found)])

    def what_if(self) -> None:
        """Print both tiers side by side."""
        found, other = self.measured.what_if, self.measured.promised.what_if
        if found is None or other is None:
            return
        before = ", ".join(tier.name for tier in self.measured.tiers)
        self.title(f"What if: {other.name} instead of {before}")
        tickets = (found.before.figures.tickets.value, found.after.figures.tickets.value)
        both = f"Tickets without a breach: {words.percent(tickets[0])} under {before}, {words.percent(tickets[1])} under"
        self.say(f"{both} {other.name}.")
        self.say(
            f"{words.count(found.worse, 'ticket')} met under {before} would be breached under {other.name}; "
            f"{words.count(found.better, 'ticket')} breached would be met."
        )
        others = sum(found.changed.values()) - found.worse - found.better
        if others:
            self.say(f"{words.count(others, 'ticket')} would be decided under one of the two only.")
        if any(each.name and " / " in each.name for each in found.by_priority):
            self.say("Priorities of the two families stand side by side by rank.")
        self.out.print()
        heads = ("Priority", "Clock", f"Met, {before}", f"Met, {other.name}", "Difference")
        rows = [
            (
                "All" if each in found.totals else each.name or words.NAMELESS["priority"],
                words.CLOCK[each.clock],
                words.rate(each.before),
                words.rate(each.after),
                words.points(each.difference),
            )
            for each in (*found.by_priority, *found.totals)
        ]
        self.table(heads, rows, numbers=(2, 3, 4))

    def breaches(self) -> None:
        """Print the latest breaches, and how many others there are."""
        found = self.found
        total = len(found.breaches)
        self.title(words.count(total, "breach", "breaches") if total else "No breaches")
        if not total:
            return
        rows = [
            (
                each.ref,
                each.client or words.NAMELESS["client"],
                each.priority or "-",
                words.CLOCK[each.clock],
                "" if each.promised is None else words.target(each.promised),
                words.hours(each.elapsed),
                _local(each.deadline_at, found.zone),
                words.duration(each.late_by) + ("" if each.stopped_at else ", open"),
            )
            for each in found.breaches.rows(BREACHES_SHOWN)
        ]
        if self.out.width < _BREACHES_WIDE:
            for ref, client, priority, clock, target, used, deadline, late in rows:
                self.say(Text.assemble((clean(ref), "bold"), clean(f"  {client}, {priority}, {clock}")))
                self.say(f"{target}, {used} used; due {deadline}, late by {late}", 6)
        else:
            heads = ("Ticket", "Client", "Prio.", "Clock", "Target", "Used", "Deadline", "Late by")
            self.table(heads, rows, numbers=(5, 7))
        self.say(f"Deadlines on the clocks of {found.zone}.")
        if total > BREACHES_SHOWN:
            rest = words.count(total - BREACHES_SHOWN, "more breach", "more breaches")
            self.say(f"and {rest}; files written with --json, --xlsx or --html have them all")

    def bad_rows(self) -> None:
        """Print the first rows that were set aside, and how many others there are."""
        bad = self.measured.set_aside
        if not bad:
            return
        self.title(f"{words.count(len(bad), 'row')} set aside, not measured, not even in part")
        names = [tier.name for tier in self.measured.tiers]
        for row in bad[:BAD_SHOWN]:
            self.say(words.fault(row, names))
        if len(bad) > BAD_SHOWN:
            rest = words.count(len(bad) - BAD_SHOWN, "more row")
            self.say(f"and {rest}; files written with --json or --xlsx have them all")

    def new_table(self, heads: Sequence[str], rows: Sequence[Sequence[str | Text]], numbers: Iterable[int]) -> Table:
        """Return a table without rules for such rows, numbers to the right."""
        gap = 2 if self.out.width >= _ROOMY else 1
        table = Table(box=box.SIMPLE_HEAD, show_edge=False, padding=(0, gap, 0, 0), pad_edge=False, header_style="dim")
        right = set(numbers)
        for place, head in enumerate(heads):
            cells = [head, *(str(row[place]) for row in rows)]
            # Numbers stay whole; the name of what they are of gives way a little, other words wrap where they must.
            widest = max(len(line) for cell in cells for line in cell.split("\n"))
            least = widest if place in right else min(widest, _NAME if place == 0 else _WORD)
            justify: Literal["left", "right"] = "right" if place in right else "left"
            table.add_column(styled(head), justify=justify, no_wrap=place in right, overflow="fold", min_width=least)
        return table

    def table(self, heads: Sequence[str], rows: Iterable[Sequence[str]], *, numbers: Iterable[int]) -> None:
        """Print rows as a table, or one below the other where there is no room for it."""
        listed = list(rows)
        table = self.new_table(heads, listed, numbers)
        for row in listed:
            table.add_row(*(styled(cell) for cell in row))
        if self.fits(table):
            self.out.print(Padding(table, (0, 0, 0, 2)))
            return
        for row in listed:
            self.say(styled(row[0], "bold"))
            pairs = zip(heads[1:], row[1:], strict=True)
            self.say(", ".join(f"{' '.join(head.split()).lower()} {cell}" for head, cell in pairs if cell), 6)

    def fits(self, table: Table) -> bool:
        """Whether a table can be shown without cutting a number off: what may not wrap is as wide as its widest cell."""
        width = 2 + sum(column.min_width or 0 for column in table.columns)
        width += (1 if self.out.width < _ROOMY else 2) * (len(table.columns) - 1)
        return self.out.width >= _NARROW and width <= self.out.width


def _decided(group: Group) -> bool:
    """Whether a group has a clock that was decided, or at least took a measurable time."""
    return bool(group.elapsed.count or group.compliance.clocks - sum(group.compliance.left_out.values()))


def _local(at: datetime, zone: str) -> str:
    there = words.local(at, zone)
    return f"{there.day} {there:%b %Y %H:%M}"
