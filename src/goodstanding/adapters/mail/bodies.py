"""The parts of a message: the text a person reads, and the files that hang on it, within limits."""

import re
from collections.abc import Iterator
from email.message import Message
from typing import Final

from goodstanding.adapters.mail.charsets import text_of
from goodstanding.adapters.mail.headers import Part, attempt, clean, clean_lines, decoded
from goodstanding.adapters.mail.letter import Attachment, LeftOut, LeftOutBecause, Limits, Unreadable
from goodstanding.adapters.mail.markup import text_of_html

_PROOFS: Final = frozenset({"application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature"})
"""Signatures of a letter: they say nothing without the very bytes they sign."""
_UNFIT: Final = re.compile(r'[:*?"<>|]+')
_FLOWED: Final = re.compile(r"(?<=[^\s-]) \n(?![>\s])")


def parts_of(message: Part, depth: int) -> Iterator[Part]:
    """Yield the parts that are no containers, in their order; of alternatives the one that reads best as text.

    An attached message is one part, whatever it holds. Raises `Unreadable` where parts lie deeper than `depth`.
    """
    if depth < 0:
        raise Unreadable("A letter has parts within parts beyond what any mail program makes.")
    inner = attempt(message.get_payload, None)
    main = attempt(message.get_content_maintype, "text")
    if main != "multipart" or not isinstance(inner, list):
        yield message
        return
    held = [each for each in inner if isinstance(each, Message)]
    if attempt(message.get_content_subtype, "") == "alternative":
        held = _best(held)
    for part in held:
        yield from parts_of(part, depth - 1)


def _best(held: list[Part]) -> list[Part]:
    """Of alternatives, plain text before HTML; what is neither, such as an invitation, stays beside it."""
    plain = [each for each in held if _is(each, "text/plain") and _content(each).strip()]
    other = [each for each in held if not _is(each, "text/plain") and not _is(each, "text/html", "multipart/related")]
    rich = [each for each in held if _is(each, "text/html", "multipart/related")]
    if plain:
        # Pictures and files are often tied to the rich form of a text.
        tied = [part for each in rich if _is(each, "multipart/related") for part in _inner(each) if not _is(part, "text/html")]
        return plain[:1] + tied + other
    return rich[-1:] + other


def text_in(parts: list[Part], longest: int) -> str:
    """Return the text of a letter: its plain parts, and HTML as text where a part is nothing else."""
    said = []
    for part in parts:
        if not _is_text(part):
            continue
        # Marks, spaces and line ends that are dropped take room too, but not without end.
        text = _text(part)[: 5 * longest]
        if _is(part, "text/html"):
            text = text_of_html(text)
        elif "flowed" in _format(part):
            text = _FLOWED.sub(" ", text.replace("\r\n", "\n"))
        if text.strip():
            said.append(clean_lines(text, longest).strip("\n"))
    return "\n\n".join(said)[:longest]


def _format(part: Part) -> str:
    """Return how a part says its lines are broken, in small letters; empty where it does not say."""
    return clean(attempt(lambda: str(part.get_param("format") or ""), "")).lower()


def attachments_in(parts: list[Part], limits: Limits) -> tuple[tuple[Attachment, ...], tuple[LeftOut, ...]]:
    """Return the files of a letter within the limits, and those that were left out."""
    kept: list[Attachment] = []
    left: list[LeftOut] = []
    room = limits.attachments_together
    for part in parts:
        kind = attempt(part.get_content_type, "application/octet-stream")
        if _is_text(part) or kind in _PROOFS:
            continue
        content = _content(part)
        name = _name(part, kind, len(kept) + len(left) + 1)
        because = None
        if len(kept) >= limits.attachments:
            because = LeftOutBecause.TOO_MANY
        elif len(content) > limits.attachment:
            because = LeftOutBecause.TOO_LARGE
        elif len(content) > room:
            because = LeftOutBecause.TOO_LARGE_TOGETHER
        if because is None:
            room -= len(content)
            kept.append(Attachment(name, kind[:100], content))
        else:
            left.append(LeftOut(name, len(content), because))
    return tuple(kept), tuple(left)


def _is_text(part: Part) -> bool:
    """Whether it is to be read where it stands, rather than a file."""
    if not _is(part, "text/plain", "text/html"):
        return False
    return attempt(part.get_content_disposition, None) != "attachment" and not attempt(part.get_filename, None)


def _is(part: Part, *kinds: str) -> bool:
    return attempt(part.get_content_type, "") in kinds


def _inner(part: Part) -> list[Part]:
    found = attempt(part.get_payload, None)
    return [each for each in found if isinstance(each, Message)] if isinstance(found, list) else []


def _content(part: Part) -> bytes:
    held = _inner(part)
    if held:
        # A message that is attached: its own bytes again.
        return attempt(held[0].as_bytes, b"")
    found = attempt(lambda: part.get_payload(decode=True), None)
    return found if isinstance(found, bytes) else b""


def _text(part: Part) -> str:
    charset = attempt(lambda: part.get_param("charset"), None)
    return text_of(_content(part), clean(charset) if isinstance(charset, str) else attempt(part.get_content_charset, None))


def _name(part: Part, kind: str, number: int) -> str:
    """Return a file's name without any path, or one that is made for it."""
    said = attempt(part.get_filename, None)
    name = _UNFIT.sub("_", re.split(r"[\\/]", decoded(str(said or "")))[-1]).strip(". ")
    if name:
        stem, dot, ending = name.rpartition(".")
        return name if len(name) <= 120 else (f"{stem[:100]}.{ending[:15]}" if dot else name[:120])
    endings = {
        "text/calendar": "ics",
        "message/rfc822": "eml",
        "application/ms-tnef": "dat",
        "text/html": "html",
        "text/plain": "txt",
    }
    sub = re.sub(r"[^a-z0-9]+", "", kind.rpartition("/")[2])[:10]
    return f"attachment-{number}.{endings.get(kind, sub or 'bin')}"
