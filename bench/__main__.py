"""`python -m bench [NAME …]`: run the benchmarks, all or some, and print their figures beside the goals."""

import subprocess
import sys
from importlib import import_module

NAMES = ("clock", "report", "board", "ingest", "files", "escalation", "kills")


def main(wanted: list[str]) -> int:
    """Run each benchmark in a process of its own, so that none finds warm what another one needed."""
    missed = [name for name in wanted or NAMES if subprocess.call([sys.executable, "-m", "bench", "--one", name])]
    print("\nAll goals met." if not missed else f"\nGoals missed in: {', '.join(missed)}.")
    return 1 if missed else 0


def one(name: str) -> int:
    """Run one benchmark here."""
    module = import_module(f"bench.{name}")
    print(f"\n{module.__doc__.splitlines()[0]} CPU time of this process and medians of rounds in turn, unless said.\n")
    missed = 0
    for row in module.run():
        mark = {True: "met", False: "MISSED", None: ""}[row.good]
        missed += row.good is False
        print(f"  {row.what:<74} {row.figure:>14}  {row.goal:<14} {mark}", flush=True)
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(one(sys.argv[2]) if sys.argv[1:2] == ["--one"] else main(sys.argv[1:]))
