"""The map: a YAML file in which a person says what the columns and words of a ticket file mean."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, TypeVar

from goodstanding.adapters.files.tickets.asking import DATE_ORDERS, NUMBER_UNITS, ImportMap, valid_zone
from goodstanding.adapters.files.tickets.fields import Field, Shape
from goodstanding.adapters.files.tickets.words import EVENT_KINDS, Meaning, plain
from goodstanding.adapters.files.yaml12 import Document, FileError, Problem, read, shown
from goodstanding.core.desk.events import Actor, EventKind, PauseOwner
from goodstanding.core.desk.states import STATE_KINDS

_PRIORITY: Final = re.compile(r"[PS][1-4]")
_PARTS: Final = ("columns", "states", "events", "priorities", "dates", "numbers", "zone", "shape", "sheet")
_FIELDS: Final = tuple(field.value for field in Field)
_T = TypeVar("_T")
_E = TypeVar("_E", bound=StrEnum)


def read_map(path: Path) -> ImportMap:
    """Read a map of columns and words.

    `columns: {ticket: Ref, opened: Created On, first_response: null}`, `states: {Parked: {event: waiting, owner:
    customer}, Testing: progress}`, `events` alike, `priorities: {Urgent: P1}`, `dates: dmy`, `numbers: milliseconds`,
    `zone: Europe/Rome`, `shape: updates`, `sheet: Tickets`. Raises `FileError`, which names file, line and field of
    everything wrong at once.
    """
    document = read(path)
    reader = _Reader(document)
    found = reader.map()
    if reader.problems:
        raise FileError(*reader.problems)
    return found


@dataclass
class _Reader:
    """Turns the document into a map and gathers what is wrong with it."""

    document: Document
    problems: list[Problem] = field(default_factory=list)

    def map(self) -> ImportMap:
        data = self.document.data
        if not isinstance(data, dict):
            self.wrong("", "fields such as columns, dates and zone")
            return ImportMap()
        for name in data:
            if name not in _PARTS:
                self.wrong(name, f"one of {', '.join(_PARTS)}", name, key=True)
        states = self.words("states", self.state)
        return ImportMap(
            columns=self.columns(),
            states=states,
            events=self.words("events", self.event),
            priorities=self.words("priorities", self.priority),
            dates=self.choice("dates", {order: order for order in DATE_ORDERS}),
            numbers=self.choice("numbers", {unit: unit for unit in NUMBER_UNITS}),
            zone=self.zone(),
            shape=self.choice("shape", {shape.value: shape for shape in Shape}),
            sheet=self.text("sheet"),
            path=self.document.path,
            lines=dict(self.document.key_lines),
        )

    def wrong(self, where: str, expected: str, found: str | None = None, *, key: bool = False) -> None:
        self.problems.append(self.document.problem(where, expected, found and repr(found), key=key))

    def part(self, name: str) -> Mapping[str, Any]:
        value = self.document.data.get(name)
        if value is not None and not isinstance(value, dict):
            self.wrong(name, "names, each with what it means")
            return {}
        return value or {}

    def columns(self) -> Mapping[Field, str | None]:
        found: dict[Field, str | None] = {}
        for name, header in self.part("columns").items():
            where = f"columns.{name}"
            if name not in _FIELDS:
                self.wrong(where, f"one of {', '.join(_FIELDS)}", name, key=True)
            elif header is None or isinstance(header, str):
                found[Field(name)] = header
            elif isinstance(header, int) and not isinstance(header, bool):
                found[Field(name)] = str(header)
            else:
                self.wrong(where, "the header of a column, or nothing")
        return found

    def words(self, part: str, read_one: Callable[[str, Any], _T | None]) -> Mapping[str, _T]:
        found: dict[str, _T] = {}
        for word, value in self.part(part).items():
            meaning = read_one(f"{part}.{word}", value)
            if meaning is not None:
                found[plain(word)] = meaning
        return found

    def priority(self, where: str, value: Any) -> str | None:
        if value is None:
            return ""
        if isinstance(value, str) and _PRIORITY.fullmatch(value):
            return value
        self.wrong(where, "P1 to P4, S1 to S4, or nothing")
        return None

    def state(self, where: str, value: Any) -> Meaning | None:
        return self.meaning(where, value, STATE_KINDS)

    def event(self, where: str, value: Any) -> Meaning | None:
        return self.meaning(where, value, EVENT_KINDS)

    def meaning(self, where: str, value: Any, kinds: tuple[EventKind, ...]) -> Meaning | None:
        given = {"event": value} if isinstance(value, str) else value
        if not isinstance(given, dict):
            self.wrong(where, f"one of {', '.join(kinds)}, or fields event and owner")
            return None
        before = len(self.problems)
        inside = isinstance(value, dict)
        for name in given:
            if name not in ("event", "owner", "actor", "public"):
                self.wrong(f"{where}.{name}", "one of event, owner, actor, public", name, key=True)
        kind = self.member(f"{where}.event" if inside else where, given.get("event"), kinds)
        owner = self.member(f"{where}.owner", given["owner"], tuple(PauseOwner)) if "owner" in given else None
        actor = self.member(f"{where}.actor", given["actor"], tuple(Actor)) if "actor" in given else None
        public = given.get("public")
        if public is not None and not isinstance(public, bool):
            self.wrong(f"{where}.public", "true or false")
        if kind is EventKind.WAITING and owner is None:
            self.wrong(where, f"an owner, one of {', '.join(PauseOwner)}")
        if kind is not None and kind is not EventKind.WAITING and owner is not None:
            self.wrong(f"{where}.owner", f"no owner, since {kind} waits on nobody")
        if kind is None or len(self.problems) > before:
            return None
        return Meaning(kind, owner, actor=actor, public=public)

    def member(self, where: str, value: Any, known: tuple[_E, ...]) -> _E | None:
        for one in known:
            if value == one.value:
                return one
        self.wrong(where, f"one of {', '.join(known)}", shown(value) if value is None else str(value))
        return None

    def choice(self, name: str, known: Mapping[str, _T]) -> _T | None:
        value = self.document.data.get(name)
        if value is None:
            return None
        if isinstance(value, str) and value in known:
            return known[value]
        self.wrong(name, f"one of {', '.join(known)}")
        return None

    def text(self, name: str) -> str | None:
        value = self.document.data.get(name)
        if value is None or isinstance(value, str):
            return value
        self.wrong(name, "text")
        return None

    def zone(self) -> str | None:
        name = self.text("zone")
        if name is None:
            return None
        try:
            return valid_zone(name)
        except ValueError:
            self.wrong("zone", "a time zone such as Europe/Rome")
            return None
