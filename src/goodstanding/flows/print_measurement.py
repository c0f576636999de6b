"""Print a measured file: as JSON, as a workbook, as a page."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Final

from goodstanding.core.commerce.tier import Tier
from goodstanding.flows.measure import Measured
from goodstanding.reports.measured import BadRow, MeasuredFile, Noticed, TierUsed, WordRead
from goodstanding.reports.measurement_html import measurement_html
from goodstanding.reports.measurement_json import measurement_json
from goodstanding.reports.measurement_xlsx import measurement_xlsx
from goodstanding.reports.voice import Voice

PRINTERS: Final[Mapping[str, Callable[[MeasuredFile, Voice], Iterable[str] | bytes]]] = {
    "json": lambda file, _: measurement_json(file),
    "xlsx": measurement_xlsx,
    "html": measurement_html,
}


def print_measurement(measured: Measured, kind: str, path: Path, *, source: str, voice: Voice) -> None:
    """Write a report of one of the kinds of `PRINTERS` in the words of `voice`; raises `OSError` where it cannot."""
    printed = PRINTERS[kind](reported(measured, source=source, voice=voice), voice)
    if isinstance(printed, bytes):
        path.write_bytes(printed)
        return
    with path.open("w", encoding="utf-8", newline="\n") as out:
        out.writelines(printed)


def reported(measured: Measured, *, source: str, voice: Voice) -> MeasuredFile:
    """Return what reports are given; `source` is the file's name as people know it."""
    file = measured.file
    names = [tier.name for tier in measured.tiers]
    return MeasuredFile(
        source=source,
        product=file.product,
        shape=file.shape.value,
        rows=file.rows,
        columns=tuple((field.value, header) for field, header in file.mapping.items()),
        words=tuple(WordRead(each.field.value, each.word, each.meaning, each.count, each.confirm) for each in file.words),
        notes=tuple(
            Noticed(each.code.value, each.count, each.column, tuple(each.values), voice.note(each)) for each in file.notes
        ),
        bad=tuple(
            BadRow(each.line, each.column, each.value, each.reason, voice.fault(each, names)) for each in measured.set_aside
        ),
        left_out=tuple(file.left_out),
        newest=file.newest,
        as_of_newest=measured.as_of_newest,
        opened_later=measured.opened_later,
        hours=measured.promised.hours.name,
        calendar=measured.calendar,
        tiers=tuple(map(_used, measured.tiers)),
        by_rank=measured.by_rank,
        measurement=measured.measurement,
        what_if=measured.what_if,
        what_if_tier=None if measured.promised.what_if is None else _used(measured.promised.what_if),
    )


def _used(tier: Tier) -> TierUsed:
    return TierUsed(tier.key, tier.name, tier.family.value, tier.version)
