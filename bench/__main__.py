"""`python -m bench [NAME …]`: run the benchmarks, all or some, and print their figures beside the goals."""

import sys
from importlib import import_module

NAMES = ("clock", "report", "board", "ingest", "files")


def main(wanted: list[str]) -> int:
    missed = 0
    for name in wanted or NAMES:
        module = import_module(f"bench.{name}")
        print(f"\n{module.__doc__.splitlines()[0]}\n")
        for row in module.run():
            mark = {True: "met", False: "MISSED", None: ""}[row.good]
            missed += row.good is False
            print(f"  {row.what:<74} {row.figure:>14}  {row.goal:<14} {mark}", flush=True)
    print(
        f"\n{'All goals met' if not missed else f'{missed} goals missed'}. CPU time of this process, medians of rounds in turn."
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
