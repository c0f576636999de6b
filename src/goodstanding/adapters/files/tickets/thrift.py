"""The compact encoding of Apache Thrift, as far as sizes in Parquet files need it."""

from typing import Any, Final

_DEEPEST: Final = 16
_TRUE, _FALSE, _BYTE, _I16, _I32, _I64, _DOUBLE, _BINARY, _LIST, _SET, _MAP, _STRUCT = range(1, 13)


class ThriftError(ValueError):
    """Bytes that are no such encoding, or one that goes on for ever."""


def read_struct(raw: bytes, at: int, depth: int = 0) -> tuple[dict[int, Any], int]:
    """Return the fields of the struct at a place, by their ids, and the place behind it.

    Whole numbers are int, lists are lists, structs are dicts; texts are bytes. Raises `ThriftError`.
    """
    if depth > _DEEPEST:
        raise ThriftError
    fields: dict[int, Any] = {}
    identifier = 0
    while True:
        head, at = _byte(raw, at)
        if head == 0:
            return fields, at
        kind = head & 0x0F
        if head >> 4:
            identifier += head >> 4
        else:
            identifier, at = _zigzag(raw, at)
        fields[identifier], at = (kind == _TRUE, at) if kind in (_TRUE, _FALSE) else _value(raw, at, kind, depth)


def _value(raw: bytes, at: int, kind: int, depth: int) -> tuple[Any, int]:
    if kind in (_TRUE, _FALSE, _BYTE):
        return _byte(raw, at)
    if kind in (_I16, _I32, _I64):
        return _zigzag(raw, at)
    if kind == _DOUBLE:
        return 0.0, at + 8
    if kind == _BINARY:
        length, at = _varint(raw, at)
        return raw[at : at + length], at + length
    if kind in (_LIST, _SET):
        head, at = _byte(raw, at)
        size = head >> 4
        if size == 15:
            size, at = _varint(raw, at)
        items = []
        for _ in range(size):
            item, at = _value(raw, at, head & 0x0F, depth + 1)
            items.append(item)
        return items, at
    if kind == _STRUCT:
        return read_struct(raw, at, depth + 1)
    raise ThriftError


def _byte(raw: bytes, at: int) -> tuple[int, int]:
    if not 0 <= at < len(raw):
        raise ThriftError
    return raw[at], at + 1


def _varint(raw: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        part, at = _byte(raw, at)
        value |= (part & 0x7F) << shift
        if part < 0x80:
            return value, at
        shift += 7
        if shift > 63:
            raise ThriftError


def _zigzag(raw: bytes, at: int) -> tuple[int, int]:
    value, at = _varint(raw, at)
    return (value >> 1) ^ -(value & 1), at
