"""Holds the acceptance ids against the tests that prove them; `make trace` prints what no test proves."""

import ast
import sys
import tomllib
from collections import Counter
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent


def wanted():
    """Every acceptance id with its words, and those that are built."""
    listed = tomllib.loads((ROOT / "docs" / "acceptance.toml").read_text(encoding="utf-8"))
    words = dict(listed["wanted"]) | {each: group for group, ids in listed["groups"].items() for each in ids}
    return words, listed["built"]


@cache
def proven():
    """How many tests prove each id, read from the tests' marks without running them."""
    counts = Counter()
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                for mark in node.decorator_list:
                    if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.proves":
                        counts.update(ast.literal_eval(each) for each in mark.args)
    return counts


def main():
    words, built = wanted()
    counts = proven()
    for each in built:
        print(f"{each:<12} {counts[each]:>4} tests  {words[each]}")
    unproven = [each for each in built if not counts[each]]
    ahead = [each for each in words if each not in built]
    print(f"\n{len(built) - len(unproven)} of {len(built)} built ids are proven; {len(ahead)} are still to be built:")
    print(", ".join(each + (f" ({counts[each]} tests)" if counts[each] else "") for each in ahead))
    if unproven:
        print(f"\nNo test proves {', '.join(unproven)}")
    return 1 if unproven else 0


if __name__ == "__main__":
    sys.exit(main())
