"""XML-RPC as bytes: calls written, answers read with entities, document types and depth refused."""

import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from html import escape
from typing import Final
from xml.parsers import expat

from goodstanding.adapters.odoo.bodies import MAX_BYTES, MAX_DEPTH, Json, too_deep, too_large
from goodstanding.adapters.odoo.trouble import Unexpected

_WHOLE: Final = range(-(2**31), 2**31)
_SCALARS: Final = frozenset({"int", "i4", "i8", "boolean", "string", "double", "nil", "base64", "dateTime.iso8601"})


@dataclass(frozen=True, slots=True)
class Fault:
    """An error that came back; its text may be a whole traceback and is never shown or kept."""

    code: Json
    text: str = field(repr=False)


def write_call(method: str, arguments: Sequence[object]) -> bytes:
    """Return a method call as an XML-RPC body. None is written as false, as which Odoo takes it."""
    params = "".join(f"<param>{_value(each)}</param>" for each in arguments)
    return f"<?xml version='1.0'?><methodCall><methodName>{method}</methodName><params>{params}</params></methodCall>".encode()


def _value(value: object) -> str:
    if value is None or value is False:
        inside = "<boolean>0</boolean>"
    elif value is True:
        inside = "<boolean>1</boolean>"
    elif isinstance(value, int):
        inside = f"<int>{value}</int>" if value in _WHOLE else f"<double>{value}</double>"
    elif isinstance(value, Decimal | float):
        inside = f"<double>{value}</double>"
    elif isinstance(value, str):
        inside = f"<string>{escape(_without_controls(value), quote=False)}</string>"
    elif isinstance(value, Mapping):
        members = "".join(f"<member><name>{escape(str(key))}</name>{_value(each)}</member>" for key, each in value.items())
        inside = f"<struct>{members}</struct>"
    elif isinstance(value, Sequence):
        inside = f"<array><data>{''.join(map(_value, value))}</data></array>"
    else:
        raise TypeError(type(value).__name__)
    return f"<value>{inside}</value>"


def _without_controls(text: str) -> str:
    """Leave out what XML cannot hold."""
    return "".join(each for each in text if each >= " " or each in "\t\n\r")


def read_answer(body: bytes) -> "Json | Fault":
    """Return what an XML-RPC body says: the value of its one parameter, or the fault.

    Raises `Unexpected` for a body that is no XML-RPC answer, declares a document type or entities, nests deeper than
    `MAX_DEPTH` levels of values or is larger than `MAX_BYTES` (metrics.md G.2 10).
    """
    if len(body) > MAX_BYTES:
        raise too_large()
    reader = _Reader()
    parser = expat.ParserCreate(namespace_separator=None)
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    parser.ExternalEntityRefHandler = _refuse
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.characters
    try:
        parser.Parse(body, True)
    except (expat.ExpatError, ValueError, IndexError, InvalidOperation):
        raise _broken() from None
    if reader.fault:
        told = reader.result
        if not isinstance(told, dict) or "faultCode" not in told:
            raise _broken()
        text = told.get("faultString")
        return Fault(told["faultCode"], text if isinstance(text, str) else "")
    if not reader.params:
        raise _broken()
    return reader.result


def _broken() -> Unexpected:
    return Unexpected("Odoo's answer is broken XML.")


def _refuse(*_: object) -> int:
    raise Unexpected("Odoo's answer declares a document type or entities, which is not read.")


class _Reader:
    """Builds values while the parser walks through the elements."""

    def __init__(self) -> None:
        self.result: Json = None
        self.fault = self.params = False
        self._open: list[list[Json] | dict[str, Json]] = []
        self._names: list[str] = []
        self._text: list[str] = []
        self._typed = False

    def start(self, name: str, _: dict[str, str]) -> None:
        """An element opens."""
        self._text = []
        if name == "fault":
            self.fault = True
        elif name == "params":
            self.params = True
        elif name == "value":
            self._typed = False
        elif name in ("array", "struct"):
            if len(self._open) >= MAX_DEPTH:
                raise too_deep()
            self._open.append([] if name == "array" else {})

    def characters(self, text: str) -> None:
        """Text comes between elements."""
        self._text.append(text)

    def end(self, name: str) -> None:
        """An element closes."""
        if name in _SCALARS:
            self._put(_scalar(name, "".join(self._text)))
        elif name in ("array", "struct"):
            self._put(self._open.pop())
        elif name == "name":
            self._names.append("".join(self._text))
        elif name == "member":
            self._names.pop()
        elif name == "value" and not self._typed:
            self._put("".join(self._text))
        elif name == "value":
            # What follows inside the enclosing value has had its type.
            pass
        self._text = []

    def _put(self, value: Json) -> None:
        self._typed = True
        if not self._open:
            self.result = value
            return
        around = self._open[-1]
        if isinstance(around, list):
            around.append(value)
        else:
            around[self._names[-1]] = value


def _scalar(kind: str, text: str) -> Json:
    if kind in ("int", "i4", "i8"):
        return int(text)
    if kind == "boolean":
        return {"0": False, "1": True}[text] if text in ("0", "1") else _not(kind)
    if kind == "double":
        number = Decimal(text.strip())
        return number if number.is_finite() else _not(kind)
    if kind == "nil":
        return None
    if kind == "base64":
        return binascii.a2b_base64(text).decode("utf-8", "replace")
    return text


def _not(kind: str) -> Json:
    raise ValueError(kind)
