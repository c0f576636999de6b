"""Files checked by their JSON Schema, with every problem told to people: what was expected, what was found, on which line."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from importlib import resources
from typing import Any, Final

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from jsonschema.protocols import Validator
from jsonschema.validators import extend

from goodstanding.adapters.files.yaml12 import Document, Problem, shown

EXPECTED: Final = "x-expected"
"""The annotation in which a schema says what it expects, in words; other validators pass over it."""

_TYPES: Final = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "fields",
}


def _pattern(_: Validator, pattern: str, instance: object, __: Mapping[str, Any]) -> Iterator[ValidationError]:
    """Match as JSON Schema says, by ECMA-262: there `$` is the end, in Python also the place before a last line break."""
    if isinstance(instance, str) and not re.search(pattern.replace("$", r"\Z"), instance):
        yield ValidationError(f"{instance!r} does not match {pattern!r}")


_Validator: Final = extend(Draft202012Validator, {"pattern": _pattern})  # type: ignore[no-untyped-call]  # untyped in its stubs


@cache
def schema(name: str) -> Mapping[str, Any]:
    """Return the JSON Schema (draft 2020-12) in the package file `name`."""
    text = resources.files("goodstanding.adapters.files").joinpath(name).read_text(encoding="utf-8")
    found: Mapping[str, Any] = json.loads(text)
    return found


def problems(document: Document, name: str) -> tuple[Problem, ...]:
    """Return all that the schema in the package file `name` has against a document, in the order of its lines.

    A field is named once, also when it offends in several ways.
    """
    found: dict[str, Problem] = {}
    for error in _Validator(dict(schema(name))).iter_errors(document.data):
        for problem in _told(document, error, schema(name)):
            found.setdefault(problem.field, problem)
    return tuple(sorted(found.values(), key=lambda each: (each.line, each.field)))


def near(given: object, known: Iterable[str]) -> str:
    """Return the hint `did you mean …?` for a text close to a known one, whatever its capitals; else nothing."""
    written = {each.casefold(): each for each in known}
    close = get_close_matches(str(given).casefold(), written, n=1, cutoff=0.6)
    return f"did you mean {written[close[0]]}?" if close else ""


def _told(document: Document, error: ValidationError, root: Mapping[str, Any]) -> Iterator[Problem]:
    where = _field(error)
    rules = error.schema if isinstance(error.schema, dict) else {}
    match error.validator:
        case "additionalProperties":
            known = list(rules["properties"])
            for key in document.at(where):
                if key not in known:
                    inner = f"{where}.{key}" if where else key
                    yield document.problem(inner, f"one of {', '.join(known)}", repr(key), hint=near(key, known), key=True)
        case "required":
            for key in rules["required"]:
                if key not in document.at(where):
                    yield _missing(document, where, key, rules, root)
        case "dependentRequired":
            given = document.at(where)
            for key in sorted({each for part, needs in rules["dependentRequired"].items() if part in given for each in needs}):
                if key not in given:
                    yield _missing(document, where, key, rules, root)
        case "enum":
            known = [str(each) for each in rules["enum"]]
            yield document.problem(where, f"one of {', '.join(known)}", hint=near(error.instance, known))
        case "not":
            yield document.problem(where, _expected(rules, root), key=True)
        case _:
            yield document.problem(where, _expected(rules, root), shown(error.instance))


def _missing(document: Document, where: str, key: str, rules: Mapping[str, Any], root: Mapping[str, Any]) -> Problem:
    inner = f"{where}.{key}" if where else key
    return document.problem(inner, _expected(rules.get("properties", {}).get(key, {}), root), "nothing")


def _field(error: ValidationError) -> str:
    where = ""
    for step in error.absolute_path:
        where += f"[{step}]" if isinstance(step, int) else f".{step}" if where else str(step)
    return where


def _expected(rules: Mapping[str, Any], root: Mapping[str, Any]) -> str:
    """What a part of the schema says it expects; else what its type is; `$ref` is followed."""
    if EXPECTED in rules:
        return str(rules[EXPECTED])
    if "$ref" in rules:
        return _expected(root["$defs"][rules["$ref"].removeprefix("#/$defs/")], root)
    if "enum" in rules:
        return f"one of {', '.join(map(str, rules['enum']))}"
    return _TYPES.get(str(rules.get("type")), "a value")
