"""A measurement as JSON: everything, exact, in a shape that stays (docs/measure.md, The JSON file)."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from fractions import Fraction
from itertools import islice
from typing import Any, Final

from goodstanding.core.clocks.plain import calendar_to_plain
from goodstanding.core.figures.comparison import Compared, Comparison
from goodstanding.core.figures.figures import Compliance
from goodstanding.core.figures.measurement import BreachedClock, KeyFigure, Measurement, Row, key_figures
from goodstanding.core.figures.numbers import Rating, Share, Spread
from goodstanding.reports.measured import MeasuredFile, TierUsed

VERSION: Final = 1
"""Fields may be added within a version; none is renamed, taken away or given another meaning."""
_CHUNK: Final = 4_096


def measurement_json(file: MeasuredFile) -> Iterator[str]:
    """Yield the measurement as JSON text, in pieces, because there may be a million breaches.

    Instants are UTC, durations whole seconds. A share has its parts, its exact value as a fraction and a percentage
    rounded down to hundredths; a mean or median its exact seconds as a fraction and the nearest whole second. What nobody
    can know is null.
    """
    head = {
        "version": VERSION,
        "as_of": _instant(file.measurement.as_of),
        "as_of_newest": file.as_of_newest,
        "zone": file.measurement.zone,
        "file": _file(file),
        "hours": {"name": file.hours, "calendar": calendar_to_plain(file.calendar)},
        "tiers": [_tier(each) for each in file.tiers],
        "by_rank": {name: dict(read) for name, read in file.by_rank.items()},
        "bad_rows": [
            {"line": bad.line, "column": bad.column, "value": bad.value, "reason": bad.reason, "said": bad.said}
            for bad in file.bad
        ],
        "measurement": _measurement(file.measurement),
        "what_if": None if file.what_if is None else _what_if(file.what_if, file.what_if_tier),
    }
    text = json.dumps(head, ensure_ascii=False, indent=1)
    yield text.removesuffix("\n}") + ',\n "breaches": ['
    rows = file.measurement.breaches.rows()
    before = "\n"
    while batch := list(islice(rows, _CHUNK)):
        yield before + ",\n".join(f"  {json.dumps(_breach(each), ensure_ascii=False)}" for each in batch)
        before = ",\n"
    yield "\n ]\n}\n"


def _file(file: MeasuredFile) -> dict[str, Any]:
    return {
        "name": file.source,
        "product": file.product,
        "shape": file.shape,
        "rows": file.rows,
        "tickets": file.measurement.tickets,
        "newest": _instant(file.newest),
        "columns": dict(file.columns),
        "words": [
            {"field": each.field, "word": each.word, "meaning": each.meaning, "count": each.count, "confirm": each.confirm}
            for each in file.words
        ],
        "notes": [
            {"code": each.code, "count": each.count, "column": each.column, "values": list(each.values), "said": each.said}
            for each in file.notes
        ],
        "left_out": list(file.left_out),
        "opened_later": file.opened_later,
        "unmeasured": sorted(file.measurement.unmeasured),
    }


def _tier(tier: TierUsed) -> dict[str, Any]:
    return {"key": tier.key, "name": tier.name, "family": tier.family, "version": tier.version}


def _measurement(found: Measurement) -> dict[str, Any]:
    return {
        "tickets": found.tickets,
        "readings": [
            {
                "tier": each.tier,
                "name": each.name,
                "printed": each.printed,
                "read_as": each.read_as,
                "prefilled_from": each.prefilled_from or None,
            }
            for each in found.readings
        ],
        "totals": [group for row in [found.totals] for group in _groups(row)],
        **{
            f"by_{dimension}": [group for row in rows for group in _groups(row)]
            for dimension, rows in (
                ("priority", found.by_priority),
                ("tier", found.by_tier),
                ("client", found.by_client),
                ("month", found.by_month),
            )
        },
        "figures": {each.name: _figure(each) for each in key_figures(found)},
    }


def _groups(row: Row) -> list[dict[str, Any]]:
    return [
        {
            "name": row.name or None,
            "clock": str(group.clock),
            **_compliance(group.compliance),
            "open_time": _spread(group.elapsed),
        }
        for group in row.clocks
    ]


def _compliance(found: Compliance) -> dict[str, Any]:
    return {
        "met": found.met,
        "breached": found.breached,
        "rate": _share(found.rate),
        "undecided": {str(state): number for state, number in found.left_out.items()},
    }


def _figure(figure: KeyFigure) -> dict[str, Any] | None:
    match figure.value:
        case Share():
            return _share(figure.value)
        case Spread():
            return _spread(figure.value)
        case Rating():
            return {"mean": _exact(figure.value.mean), "answers": _share(figure.value.answers)}
        case None:
            return None


def _share(share: Share) -> dict[str, Any]:
    value = share.value
    return {
        "part": share.part,
        "whole": share.whole,
        "exact": None if value is None else str(value),
        "percent": None if value is None else (value * 10_000).__floor__() / 100,
    }


def _spread(spread: Spread) -> dict[str, Any]:
    return {
        "count": spread.count,
        "total_seconds": spread.total,
        "mean": _exact(spread.mean),
        "median": _exact(spread.median),
        "p90_seconds": spread.p90,
    }


def _exact(value: Fraction | None) -> dict[str, Any] | None:
    return None if value is None else {"exact": str(value), "rounded": round(value)}


def _breach(breach: BreachedClock) -> dict[str, Any]:
    promised = breach.promised
    return {
        "ref": breach.ref,
        "client": breach.client,
        "priority": breach.priority,
        "tier": breach.tier,
        "clock": str(breach.clock),
        "target": None if promised is None or promised.amount is None else str(promised.amount),
        "slot": None if promised is None else promised.slot,
        "elapsed_seconds": breach.elapsed.days * 86_400 + breach.elapsed.seconds,
        "deadline_at": _instant(breach.deadline_at),
        "stopped_at": None if breach.stopped_at is None else _instant(breach.stopped_at),
        "late_by_seconds": breach.late_by.days * 86_400 + breach.late_by.seconds,
    }


def _what_if(found: Comparison, tier: TierUsed | None) -> dict[str, Any]:
    return {
        "tier": None if tier is None else _tier(tier),
        "totals": [_compared(each) for each in found.totals],
        "by_priority": [_compared(each) for each in found.by_priority],
        "tickets": {"before": _share(found.before.figures.tickets), "after": _share(found.after.figures.tickets)},
        "worse": found.worse,
        "better": found.better,
        "changed": [{"before": str(was), "after": str(now), "tickets": number} for (was, now), number in found.changed.items()],
        "measurement": _measurement(found.after),
    }


def _compared(found: Compared) -> dict[str, Any]:
    difference = found.difference
    return {
        "name": found.name,
        "clock": str(found.clock),
        "before": None if found.before is None else _compliance(found.before),
        "after": None if found.after is None else _compliance(found.after),
        "difference": None if difference is None else {"exact": str(difference), "points": float(round(difference * 100, 2))},
    }


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
