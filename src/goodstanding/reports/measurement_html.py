"""A measurement as one page of HTML, to show around and to print."""

from collections.abc import Iterator, Sequence
from html import escape
from typing import Final

from goodstanding.core.figures.comparison import Compared, Comparison
from goodstanding.core.figures.measurement import Measurement, Row, key_figures
from goodstanding.reports.brand import shape, state
from goodstanding.reports.charts import share_bar
from goodstanding.reports.measured import MeasuredFile
from goodstanding.reports.page import END, cell, facts, items, named, row, section, table, tag, tail, tile, top
from goodstanding.reports.voice import Voice

MOST_BREACHES: Final = 10_000
"""Breaches on the page; more than that no browser shows in good time, and the page says where the others are."""
MOST_BAD_ROWS: Final = 1_000
_NUMBER: Final = "number"
_FOLDS: Final = "number fold"


def measurement_html(file: MeasuredFile, voice: Voice) -> Iterator[str]:
    """Yield the page in pieces. Everything that comes from the file is escaped; the page runs and loads nothing."""
    page = _Page(file, voice)
    yield from page.head()
    for part in (
        page.totals,
        page.what_if,
        page.splits,
        page.figures,
        page.breaches,
        page.readings,
        page.reading,
        page.bad_rows,
    ):
        yield from part()
    yield tail("Shares are rounded down. Open time is time within the service hours, pauses taken out; late by is wall time.")


class _Page:
    """The parts of the page, each an answer to one question."""

    def __init__(self, file: MeasuredFile, voice: Voice) -> None:
        self.file, self.voice = file, voice
        self.found: Measurement = file.measurement
        self.tiers = ", ".join(tier.name for tier in file.tiers)

    def title(self) -> str:
        """The answer itself."""
        share = self.found.figures.tickets
        if share.value is None:
            return f"No ticket of {self.file.source} is decided under {self.tiers}"
        breached = share.whole - share.part
        told = f"{self.voice.count(breached, 'ticket')} of {share.whole:,} breached" if breached else "every ticket was met"
        return f"{self.voice.percent(share.value)} of tickets without a breach under {self.tiers}: {told}"

    def head(self) -> Iterator[str]:
        file, found, voice = self.file, self.found, self.voice
        newest = ", the newest instant of the file" if file.as_of_newest else ""
        yield top(self.title())
        said = (
            f"{file.source} as of {voice.moment(found.as_of, found.zone, year=True)} ({found.zone}{newest}). "
            f"Service hours “{file.hours}”: {voice.calendar(file.calendar)}."
        )
        yield tag("p", escape(said), "lead") + '\n</header>\n<dl class="figures">\n'
        tickets = found.figures.tickets
        yield tile("Tickets without a breach", voice.percent(tickets.value), f"{tickets.part:,} of {tickets.whole:,} decided")
        for group in found.totals.clocks:
            rate = group.compliance.rate
            of = f"{rate.part:,} of {rate.whole:,} met" if rate.whole else voice.undecided(group.compliance)
            yield tile(voice.CLOCK[group.clock], voice.rate(group.compliance), of)
        yield tile("Breaches", f"{len(found.breaches):,}", "clocks")
        yield tile("Rows set aside", f"{len(file.bad):,}", f"of {file.rows:,}")
        yield "</dl>\n"

    def totals(self) -> Iterator[str]:
        said = "All clocks of a kind, and what became of those that are not decided."
        yield from self.split("Compliance", said, "", [self.found.totals])

    def splits(self) -> Iterator[str]:
        found = self.found
        said = "Priorities have the names of their tier’s family."
        for name, read in self.file.by_rank.items():
            pairs = ", ".join(f"{one} as {other}" for one, other in read.items())
            said += f" Under {name} the file’s priorities are read by rank: {pairs}."
        yield from self.split("By priority", said, "priority", found.by_priority)
        yield from self.split("By tier", "", "tier", found.by_tier)
        yield from self.split("By client", "The lowest share first.", "client", found.by_client)
        months = f"A clock counts in the month of its breach, else of its stop, in {found.zone}."
        yield from self.split("By month", months, "month", found.by_month)

    def split(self, title: str, said: str, dimension: str, rows: Sequence[Row]) -> Iterator[str]:
        voice = self.voice
        heads = [(voice.DIMENSION[dimension], "")] if dimension else []
        heads += [("Clock", ""), ("Share", "fold"), ("Met of decided", _NUMBER), ("Met", _NUMBER), ("Breached", _NUMBER)]
        heads += [(each, _FOLDS) for each in ("Mean open time", "Median", "90th percentile")]
        left = any(group.compliance.left_out for each in rows for group in each.clocks)
        yield section(title) + table(title, said, [*heads, ("Not decided", "fold")] if left else heads)
        for each in rows:
            name = each.name or voice.NAMELESS.get(dimension, "")
            for number, group in enumerate(each.clocks):
                compliance, elapsed = group.compliance, group.elapsed
                clock = voice.CLOCK[group.clock]
                first = [named(name, "name"), cell(clock, "nowrap")] if dimension else [named(clock, "name")]
                cells = [
                    *first,
                    tag("td", share_bar(compliance.rate), "fold"),
                    cell(voice.rate(compliance), "number rate"),
                    cell(f"{compliance.met:,}", _NUMBER),
                    cell(f"{compliance.breached:,}", _NUMBER),
                    *(cell(voice.spent(spent), _FOLDS) for spent in (elapsed.mean, elapsed.median, elapsed.p90)),
                ]
                if left:
                    cells.append(cell(voice.undecided(compliance), "words small muted fold"))
                yield row(cells, "same" if number and dimension else "")
        yield END + "</section>\n"

    def what_if(self) -> Iterator[str]:
        found, other, voice = self.file.what_if, self.file.what_if_tier, self.voice
        if found is None or other is None:
            return
        yield section(f"What if: {other.name} instead of {self.tiers}", self.changes(found, other.name))
        sides = [
            (f"{what}, {tier}", kind)
            for tier in (self.tiers, other.name)
            for what, kind in (("Breached", _FOLDS), ("Met of decided", _NUMBER))
        ]
        heads = [("Priority", ""), ("Clock", ""), *sides, ("Difference", _NUMBER)]
        yield table("What if", "The same history under both, by priority.", heads)
        for each in (*found.by_priority, *found.totals):
            kind, name = ("sum", "All") if each in found.totals else ("", each.name or voice.NAMELESS["priority"])
            numbers = [
                written
                for side in (each.before, each.after)
                for written in (cell("" if side is None else f"{side.breached:,}", _FOLDS), cell(voice.rate(side), _NUMBER))
            ]
            difference = cell(voice.points(each.difference), f"number {_direction(each)}".strip())
            yield row([named(name, "name"), cell(voice.CLOCK[each.clock], "nowrap"), *numbers, difference], kind)
        yield END + "</section>\n"

    def changes(self, found: Comparison, after: str) -> str:
        """Say how many tickets would come out otherwise."""
        voice = self.voice
        said = (
            f"{voice.count(found.worse, 'ticket')} met under {self.tiers} would be breached under {after}; "
            f"{voice.count(found.better, 'ticket')} breached would be met."
        )
        others = sum(found.changed.values()) - found.worse - found.better
        if others:
            said += f" {voice.count(others, 'ticket')} would be decided under one of the two only."
        if any(each.name and " / " in each.name for each in found.by_priority):
            said += " Priorities of the two families stand side by side by rank."
        return said

    def figures(self) -> Iterator[str]:
        said = [
            (self.voice.figure_name(each.name), self.voice.figure(each.name, each.value)) for each in key_figures(self.found)
        ]
        unknown = state("unknown", "No data")
        yield section("Key figures")
        yield facts((name, unknown if text == "no data" else escape(text)) for name, text in said) + "</section>\n"

    def breaches(self) -> Iterator[str]:
        found, voice = self.found, self.voice
        total = len(found.breaches)
        if not total:
            yield section("No breaches") + tag("p", state("met", "Every decided clock was met")) + "\n</section>\n"
            return
        more = f" The latest {MOST_BREACHES:,} are here; all are in the JSON file." if total > MOST_BREACHES else ""
        heads = [(each, "") for each in ("Ticket", "Client", "Priority", "Clock", "Target")]
        heads += [("Open time used", _NUMBER), ("Deadline", ""), ("Late by", _NUMBER)]
        yield section(voice.count(total, "breach", "breaches"))
        yield table("Breaches", f"The latest first; instants in {found.zone}.{more}", heads, "list")
        for each in found.breaches.rows(MOST_BREACHES):
            late = voice.duration(each.late_by) + ("" if each.stopped_at else ", still open")
            broken = tag("span", shape("breached") + escape(each.ref), "state breached")
            cells = (
                # What names itself needs no label where the table is read as a list.
                ("", "words", each.client or voice.NAMELESS["client"]),
                ("", "nowrap", each.priority or voice.NAMELESS["priority"]),
                ("", "nowrap", voice.CLOCK[each.clock]),
                ("Target", "", "" if each.promised is None else voice.target(each.promised)),
                ("Used", _NUMBER, voice.hours(each.elapsed)),
                ("Deadline", "nowrap", voice.moment(each.deadline_at, found.zone, year=True)),
                ("Late by", _NUMBER, late),
            )
            written = [cell(text, kind, data_name=name) for name, kind, text in cells]
            yield row([tag("th", broken, scope="row"), *written])
        yield END + "</section>\n"

    def readings(self) -> Iterator[str]:
        heads = [(each, "") for each in ("Tier", "Target", "Printed", "Read as")]
        title = "How each target was read"
        yield section(title) + table(title, "As the tier’s table prints it, and what was counted.", heads)
        what_if = self.file.what_if
        for each in (*self.found.readings, *(what_if.after.readings if what_if else ())):
            prefilled = f", as {each.prefilled_from} has it" if each.prefilled_from else ""
            cells = (cell(each.tier), named(each.name), cell(each.printed, "nowrap"), cell(each.read_as + prefilled))
            yield row(cells)
        yield END + "</section>\n"

    def reading(self) -> Iterator[str]:
        file, voice = self.file, self.voice
        product = voice.PRODUCT.get(file.product, file.product) or "no product recognised"
        said = [
            ("Read as", f"{product}, {voice.SHAPE[file.shape]}"),
            ("Rows", f"{file.rows:,}, of them {len(file.bad):,} set aside"),
            ("Tickets measured", f"{self.found.tickets:,}"),
            ("Columns", "; ".join(f"{field.replace('_', ' ')} from “{header}”" for field, header in file.columns)),
        ]
        if file.opened_later:
            said.append(("Left out", f"{voice.count(file.opened_later, 'ticket')} opened after the instant measured"))
        if file.left_out:
            names = ", ".join(file.left_out[:20]) + (" and more" if len(file.left_out) > 20 else "")
            whole = f"{voice.count(len(file.left_out), 'ticket')} with a bad row in the history: {names}"
            said.append(("Left out whole", whole))
        for field in dict.fromkeys(each.field for each in file.words):
            words = "; ".join(
                f"“{each.word}” {voice.meaning(each.meaning)} ({each.count:,}){', please confirm' if each.confirm else ''}"
                for each in file.words
                if each.field == field
            )
            said.append((f"Words of {field.replace('_', ' ')}", words))
        yield section("What was read") + facts((name, escape(text)) for name, text in said)
        yield (items(each.said for each in file.notes) if file.notes else "") + "</section>\n"

    def bad_rows(self) -> Iterator[str]:
        bad = self.file.bad
        if not bad:
            return
        more = len(bad) - MOST_BAD_ROWS
        yield section(f"{self.voice.count(len(bad), 'row')} set aside", "Not measured, not even in part.")
        rest = [f"and {more:,} more, which are all in the JSON file"] if more > 0 else []
        yield items([*(each.said for each in bad[:MOST_BAD_ROWS]), *rest]) + "</section>\n"


def _direction(compared: Compared) -> str:
    difference = compared.difference
    return "" if not difference else "better" if difference > 0 else "worse"
