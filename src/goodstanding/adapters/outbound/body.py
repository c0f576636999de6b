"""The body of an answer, measured and decompressed while it arrives."""

import zlib
from collections.abc import Iterable, Iterator
from typing import Final

from goodstanding.adapters.outbound.limits import Limits
from goodstanding.adapters.outbound.reasons import Stopped, Why

_PIECE: Final = 256 * 1024
_GZIP: Final = zlib.MAX_WBITS | 16


def read_body(chunks: Iterable[bytes], coding: str, limits: Limits) -> bytes:
    """Return a body as it was before it was compressed; `coding` is its Content-Encoding.

    At no moment is more held than `limits.body_bytes` and one piece. Raises `Stopped` for a body too large on the wire or
    unpacked, and for a coding that was not asked for or does not hold what it says.
    """
    coding = coding.strip().lower()
    arriving = _within(chunks, limits.wire_bytes, Why.TOO_LARGE)
    if coding in ("", "identity"):
        return b"".join(_within(arriving, limits.body_bytes, Why.TOO_LARGE_UNPACKED))
    if coding not in ("gzip", "x-gzip"):
        raise Stopped(Why.NOT_UNPACKED)
    return b"".join(_within(_unpacked(arriving), limits.body_bytes, Why.TOO_LARGE_UNPACKED))


def _within(chunks: Iterable[bytes], most: int, why: Why) -> Iterator[bytes]:
    seen = 0
    for chunk in chunks:
        seen += len(chunk)
        if seen > most:
            raise Stopped(why)
        yield chunk


def _unpacked(chunks: Iterable[bytes]) -> Iterator[bytes]:
    member = zlib.decompressobj(_GZIP)
    begun = False
    for chunk in chunks:
        rest = chunk
        while rest:
            if member.eof:
                member = zlib.decompressobj(_GZIP)
            begun = True
            try:
                yield member.decompress(rest, _PIECE)
            except zlib.error:
                raise Stopped(Why.NOT_UNPACKED) from None
            rest = member.unused_data if member.eof else member.unconsumed_tail
    if begun and not member.eof:
        raise Stopped(Why.NOT_UNPACKED)
