"""Bytes into text: whatever a message says about its letters, and whatever they turn out to be."""

import codecs
import re
from typing import Final

_TEXT: Final = re.compile(
    r"utf-8(-sig)?|utf-16(-le|-be)?|utf-32(-le|-be)?|utf-7|ascii|iso8859-\d+|cp\d+|koi8-[rut]|mac-\w+|big5(hkscs)?|"
    r"gb2312|gbk|gb18030|hz|euc_\w+|euc-\w+|shift_jis\w*|iso2022_\w+|tis-620|ptcp154|johab|kz1048"
)
"""Codecs that are charsets. The others Python knows (idna, zip, rot13, escapes) have no business in a message."""
_MEANT: Final = {
    # Labels that servers write and no codec bears, and those under which more travels than they allow.
    "ascii": "cp1252", "us-ascii": "cp1252", "iso-8859-1": "cp1252", "latin1": "cp1252", "latin-1": "cp1252",
    "gb2312": "gb18030", "gb_2312-80": "gb18030", "x-gbk": "gb18030", "gbk": "gb18030", "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949", "shift_jis": "cp932", "x-sjis": "cp932", "iso-8859-8-i": "iso-8859-8", "iso-8859-8-e": "iso-8859-8",
    "iso-8859-6-i": "iso-8859-6", "unicode-1-1-utf-7": "utf-7", "x-mac-roman": "mac-roman", "iso-8859-9": "cp1254",
    "tis-620": "cp874", "iso-8859-11": "cp874", "windows-874": "cp874",
}  # fmt: skip


def text_of(content: bytes, charset: str | None) -> str:
    """Return bytes as text by their charset, where it is one and fits; else as UTF-8, else as Windows Western. Never fails."""
    for name in ("utf-8", charset) if _is_vague(charset) else (charset, "utf-8"):
        codec = _codec(name)
        if codec is None:
            continue
        try:
            return content.decode(codec)
        except ValueError:
            # UnicodeError is one; some codecs raise their own.
            continue
    named = _codec(charset)
    return content.decode(named, "replace") if named and not _is_vague(charset) else content.decode("cp1252", "replace")


def _is_vague(charset: str | None) -> bool:
    """Whether a label says nothing: programs write ASCII and mean what they had."""
    return (charset or "ascii").strip().lower() in {"ascii", "us-ascii", "unknown-8bit", "x-unknown", "default"}


def _codec(charset: str | None) -> str | None:
    if not charset or len(charset) > 40:
        return None
    wanted = charset.strip().strip("\"'").lower()
    try:
        found = codecs.lookup(_MEANT.get(wanted, wanted)).name
    except (LookupError, ValueError):
        return None
    return found if _TEXT.fullmatch(found) else None
