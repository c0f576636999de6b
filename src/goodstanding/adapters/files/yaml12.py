"""YAML 1.2 as people write it: read with the line of every field, refused where it could be read two ways; and written."""

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
    StreamStartEvent,
)
from ruamel.yaml.representer import RoundTripRepresenter

MOST_BYTES: Final = 262_144
"""A file of promises has some thousand bytes; more is a mistake or an attack."""
MOST_LEVELS: Final = 32

UNKEPT: Final = re.compile("[\0\ud800-\udfff]")
"""What no database keeps as text: escapes can name it where the file itself may not hold it."""
_NULL: Final = frozenset({"", "~", "null", "Null", "NULL"})
_BOOLEANS: Final = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INTEGER: Final = re.compile(r"[-+]?[0-9]{1,18}")
_DECIMAL: Final = re.compile(r"[-+]?[0-9]{1,18}\.[0-9]{1,18}")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in a file, for the person who wrote it: where, what was expected, what was found."""

    path: str
    line: int
    """Counted from 1."""
    field: str
    """Such as `priorities.P1.response` or `rules[0].target`; empty for the file as a whole."""
    expected: str
    found: str
    hint: str = ""
    kind: str = "error"
    """`error` keeps the file from being read; `unclear` and `warning` do not."""

    def __str__(self) -> str:
        place = f"{self.path}, line {self.line}" + (f", {self.field}" if self.field else "")
        return f"{place}: expected {self.expected}; found {self.found}" + (f" ({self.hint})" if self.hint else "")


class FileError(ValueError):
    """A file that cannot be read as what it should be; it lists every problem found, the first one first."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems

    @property
    def path(self) -> str:
        """The file."""
        return self.problems[0].path

    @property
    def line(self) -> int:
        """The line of the first problem, counted from 1."""
        return self.problems[0].line

    @property
    def field(self) -> str:
        """The field of the first problem."""
        return self.problems[0].field


@dataclass(frozen=True, slots=True)
class Document:
    """What a file says: plain values, and the line of every key and value by field name.

    Numbers without a point are int, numbers with one are `Decimal`, so that money and percentages stay exact; dates and
    times are text. Keys are always text.
    """

    path: str
    data: Any
    key_lines: Mapping[str, int]
    value_lines: Mapping[str, int]

    def line(self, where: str, *, key: bool = False) -> int:
        """Return the line of a field's value, or of its key; where the field is missing, of the key that should hold it."""
        lines = self.key_lines if key else self.value_lines
        while where and where not in lines:
            where = where[: max(where.rfind("."), where.rfind("["), 0)]
            lines = {**self.value_lines, **self.key_lines}
        return lines.get(where, 1)

    def problem(
        self, where: str, expected: str, found: str | None = None, *, hint: str = "", kind: str = "error", key: bool = False
    ) -> Problem:
        """Return a problem of a field; `found` is what the field holds unless it is given."""
        return Problem(self.path, self.line(where, key=key), where, expected, found or shown(self.at(where)), hint, kind)

    def at(self, where: str) -> Any:
        """Return what a field holds, or None when there is no such field."""
        value = self.data
        for step in re.findall(r"[^.\[\]]+", where):
            if isinstance(value, list) and step.isdecimal() and int(step) < len(value):
                value = value[int(step)]
            elif isinstance(value, dict):
                value = value.get(step)
            else:
                return None
        return value


def shown(value: object) -> str:
    """Write a value for the person who wrote it: `'4d'`, `the number 24`, `a list`, `nothing`."""
    match value:
        case None:
            return "nothing"
        case bool():
            return "true" if value else "false"
        case int() | Decimal():
            return f"the number {value}"
        case str():
            return repr(value if len(value) <= 60 else value[:59] + "…")
        case list():
            return "a list" if value else "an empty list"
        case dict():
            return f"fields ({', '.join(map(str, value))})" if value else "no fields"
        case _:
            return str(value)


def read(source: str | Path, *, name: str = "") -> Document:
    """Read YAML 1.2 from a file, or from text, which messages call `name`.

    One document, at most 256 KiB of UTF-8. Refused with the line, because people read them otherwise than machines do:
    two keys of one name, tags, anchors and aliases, a second document, other versions of YAML. Raises `FileError`.
    """
    path, text = _text(source, name)
    return _Reader(path).read(text)


def _text(source: str | Path, name: str) -> tuple[str, str]:
    if isinstance(source, str):
        path, raw = name or "text", source.encode("utf-8", "surrogatepass")
    else:
        path = name or str(source)
        try:
            with source.open("rb") as file:
                raw = file.read(MOST_BYTES + 1)
        except OSError as error:
            raise FileError(Problem(path, 1, "", "a file that can be read", error.strerror or type(error).__name__)) from error
    if len(raw) > MOST_BYTES:
        raise FileError(Problem(path, 1, "", f"at most {MOST_BYTES} bytes", "more"))
    try:
        return path, raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise FileError(Problem(path, line, "", "text in UTF-8", f"the byte {raw[error.start]:#04x}")) from error


@dataclass
class _Reader:
    """Builds plain values from the parser's events, which know their lines and have expanded nothing yet."""

    path: str
    key_lines: dict[str, int] = field(default_factory=dict)
    value_lines: dict[str, int] = field(default_factory=dict)

    def read(self, text: str) -> Document:
        try:
            return Document(self.path, self._document(iter(_parser().parse(text))), self.key_lines, self.value_lines)
        except MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line = mark.line + 1 if mark else 1
            raise self._refused(line, "", "YAML", " ".join((error.problem or "something else").split())) from error
        except YAMLError as error:
            # A character that YAML forbids: the reader knows its position only.
            line = text.count("\n", 0, getattr(error, "position", 0) or 0) + 1
            raise self._refused(line, "", "YAML", "a character that YAML does not allow") from error

    def _document(self, events: Iterator[Event]) -> Any:
        value: Any = None
        seen = False
        for event in events:
            match event:
                case StreamStartEvent() | StreamEndEvent() | DocumentEndEvent():
                    pass
                case DocumentStartEvent():
                    if seen:
                        raise self._refused(_line(event), "", "one document", "a second one, after ---")
                    if event.version not in (None, (1, 2)):
                        raise self._refused(_line(event), "", "YAML 1.2", "another version")
                    seen = True
                case _:
                    value = self._value(event, events, "", 0)
        return value

    def _value(self, event: Event, events: Iterator[Event], where: str, level: int) -> Any:
        self.value_lines[where] = _line(event)
        self._plain(event, where)
        if level > MOST_LEVELS:
            raise self._refused(_line(event), "", f"at most {MOST_LEVELS} levels", "more")
        match event:
            case ScalarEvent():
                return _scalar(event)
            case SequenceStartEvent():
                items: list[Any] = []
                while not isinstance(item := next(events), SequenceEndEvent):
                    items.append(self._value(item, events, f"{where}[{len(items)}]", level + 1))
                return items
            case _:
                return self._mapping(events, where, level)

    def _mapping(self, events: Iterator[Event], where: str, level: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while not isinstance(key := next(events), MappingEndEvent):
            self._plain(key, where)
            if not isinstance(key, ScalarEvent):
                raise self._refused(_line(key), where, "a name before the colon", "a list or fields")
            name = str(key.value)
            inner = f"{where}.{name}" if where else name
            if name in found:
                raise self._refused(_line(key), inner, "each name once", f"it again, first on line {self.key_lines[inner]}")
            self.key_lines[inner] = _line(key)
            found[name] = self._value(next(events), events, inner, level + 1)
        return found

    def _plain(self, event: Event, where: str) -> None:
        """Refuse what YAML can do and people would not see: references elsewhere and types by name."""
        if isinstance(event, AliasEvent):
            raise self._refused(_line(event), where, "the value itself", f"a reference, *{event.anchor}")
        if isinstance(event, NodeEvent) and event.anchor is not None:
            raise self._refused(_line(event), where, "the value itself", f"an anchor, &{event.anchor}")
        if isinstance(event, ScalarEvent | SequenceStartEvent | MappingStartEvent) and event.tag is not None:
            raise self._refused(_line(event), where, "a plain value", "a tag, !…", hint="put text in quotes")
        if isinstance(event, ScalarEvent) and (odd := UNKEPT.search(str(event.value))):
            raise self._refused(_line(event), where, "text that can be kept", f"the character U+{ord(odd[0]):04X}")

    def _refused(self, line: int, where: str, expected: str, found: str, *, hint: str = "") -> FileError:
        return FileError(Problem(self.path, line, where, expected, found, hint))


def _line(event: Event) -> int:
    return int(event.start_mark.line) + 1


def _scalar(event: ScalarEvent) -> Any:
    """Resolve a scalar by the core schema of YAML 1.2; what looks like nothing else is text, `22:00` and `NO` too."""
    text = str(event.value)
    if not event.implicit[0]:
        return text
    if text in _NULL:
        return None
    if text in _BOOLEANS:
        return _BOOLEANS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _DECIMAL.fullmatch(text):
        return Decimal(text)
    return text


def _parser() -> YAML:
    return YAML(typ="safe", pure=True)


def inline(values: Mapping[str, Any]) -> CommentedMap:
    """Return fields that `write` puts on one line: `{amount: 1 bd, printed: 24 h}`."""
    fields = CommentedMap(values)
    fields.fa.set_flow_style()
    return fields


def inline_list(values: list[Any]) -> CommentedSeq:
    """Return a list that `write` puts on one line: `[customer, supplier]`."""
    items = CommentedSeq(values)
    items.fa.set_flow_style()
    return items


def write(data: Mapping[str, Any]) -> str:
    """Write plain values as YAML 1.2 that `read` gives back; a `date` is written bare and comes back as text."""
    yaml = YAML(typ="rt", pure=True)
    yaml.Representer = _Representer
    # The library's emitter breaks long quoted text where reading does not put it together again: no line is broken.
    yaml.width = MOST_BYTES
    yaml.indent(mapping=2, sequence=4, offset=2)
    out = io.StringIO()
    yaml.dump(dict(data), out)
    return out.getvalue()


_SIMPLE: Final = re.compile(r"\w[\w %/.,;:()'+–…-]*")


class _Representer(RoundTripRepresenter):
    """Writes `Decimal`, which the library leaves out, and quotes text that its emitter would write wrongly bare."""

    def represent_exactly(self, value: Decimal) -> Any:
        text = format(value, "f")
        return self.represent_scalar(f"tag:yaml.org,2002:{'float' if '.' in text else 'int'}", text)

    def represent_text(self, value: str) -> Any:
        return self.represent_scalar("tag:yaml.org,2002:str", value, style=None if _SIMPLE.fullmatch(value) else '"')


_Representer.add_representer(Decimal, _Representer.represent_exactly)
_Representer.add_representer(str, _Representer.represent_text)
