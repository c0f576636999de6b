"""A million rows measured end to end by the command: wall seconds and peak memory, of CSV and of Parquet."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import polars as pl

from bench.timing import Row, at_most

ROWS = 1_000_000


def run() -> Iterator[Row]:
    """Yield the rows of the command."""
    with tempfile.TemporaryDirectory() as folder:
        table = _table()
        csv, parquet = Path(folder) / "tickets.csv", Path(folder) / "tickets.parquet"
        written = pl.col("Created at", "First response at", "Solved at").dt.strftime("%Y-%m-%d %H:%M:%S+00:00")
        table.with_columns(written).write_csv(csv)
        table.write_parquet(parquet)
        for path, goal in ((csv, 15), (parquet, 5)):
            seconds, peak = _measure(path)
            yield at_most(
                f"goodstanding measure, {ROWS:,} rows, {path.suffix[1:]}, {path.stat().st_size >> 20} MiB: wall",
                seconds,
                goal,
                " s",
            )
            yield at_most("    peak memory", peak / 2**30, 2, " GiB")


def _table() -> pl.DataFrame:
    noise = np.random.default_rng(11)
    begin = int(datetime(2024, 1, 1, tzinfo=UTC).timestamp())
    opened = noise.integers(begin, begin + 2 * 365 * 86_400, ROWS)
    answered = opened + noise.exponential(3 * 3_600, ROWS).astype(np.int64)
    solved = answered + noise.exponential(2 * 86_400, ROWS).astype(np.int64)

    def instants(seconds: np.ndarray) -> pl.Series:
        return pl.Series(seconds * 1_000_000).cast(pl.Datetime("us", "UTC"))

    return pl.DataFrame(
        {
            "Ticket": pl.Series(np.arange(ROWS)).cast(pl.String),
            "Subject": pl.Series(noise.integers(0, 400, ROWS))
            .cast(pl.String)
            .map_elements(lambda n: f"Trouble number {n}", pl.String),
            "Client": pl.Series(noise.integers(0, 40, ROWS)).cast(pl.String).map_elements(lambda n: f"Client {n}", pl.String),
            "Priority": noise.choice(["Urgent", "High", "Medium", "Low"], ROWS, p=[0.05, 0.2, 0.5, 0.25]),
            "Team": noise.choice(["functional", "hosting", "development"], ROWS),
            "Agent": noise.choice(["Marta Rizzo", "Jonas Lund", "Aisha Khan"], ROWS),
            "Created at": instants(opened),
            "First response at": instants(answered),
            "Solved at": instants(solved),
        }
    )


def _measure(path: Path) -> tuple[float, int]:
    """Run the command as people do and return its wall seconds and its peak memory in bytes."""
    command = [sys.executable, "-m", "goodstanding", "measure", str(path), "--tier", "gold", "--calendar", "business",
               "--zone", "Europe/Rome", "--no-input"]  # fmt: skip
    begun = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert process.stderr is not None
    said = process.stderr.read().decode()
    _, status, usage = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status) != 0:
        raise RuntimeError(f"measure failed: {said}")
    return time.perf_counter() - begun, usage.ru_maxrss * 1024
