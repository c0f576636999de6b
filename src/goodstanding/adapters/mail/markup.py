"""HTML into plain text, one pass over it however it is broken; and our own plain text into HTML."""

import re
from collections.abc import Iterator
from html import escape, unescape
from typing import Final

_LONGEST: Final = 1_000_000
"""Characters looked at; letters with more are written by machines."""
_NAME: Final = re.compile(r"/?[a-zA-Z][a-zA-Z0-9:-]*")
_SPACE: Final = re.compile(r"[ \t\r\n\f\v\u00a0]+")
_LINK: Final = re.compile(r"https://[^\s<>\"']{1,1500}[^\s<>\"'.,;:!?)\]]")
_UNSEEN: Final = frozenset({"script", "style", "head", "title", "template", "noscript", "svg", "math", "object", "xml"})
_BLOCKS: Final = frozenset(
    {"p", "div", "tr", "table", "ul", "ol", "li", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "section", "article", "hr",
     "header", "footer", "address", "dl", "dt", "dd", "blockquote", "center", "form", "fieldset"}
)  # fmt: skip


def text_of_html(html: str) -> str:
    """Return what HTML says as lines of text; quoted blocks are led by `>` as in plain letters. Never fails, never fetches."""
    lines: list[str] = []
    line: list[str] = []
    quoted = 0

    def end(*, always: bool = False) -> None:
        said = _SPACE.sub(" ", "".join(line)).strip()
        line.clear()
        if said or (always and lines and lines[-1].strip("> ")):
            lines.append("> " * quoted + said)

    for tag, text in _pieces(html[:_LONGEST]):
        if not tag:
            line.append(unescape(text))
        elif tag == "br":
            end(always=True)
        elif tag == "blockquote":
            end()
            quoted = min(quoted + 1, 20)
        elif tag == "/blockquote":
            end()
            quoted = max(quoted - 1, 0)
        elif tag in ("td", "th"):
            line.append(" ")
        elif tag.removeprefix("/") in _BLOCKS:
            end()
            if tag in ("p", "/p") and lines and lines[-1].strip("> "):
                lines.append("> " * quoted)
            if tag == "li":
                line.append("- ")
            if tag == "hr":
                lines.append("> " * quoted + "________________________________")
    end()
    return "\n".join(lines).strip()


def html_of_text(text: str) -> str:
    """Return plain text as a page for mail programs: its lines as they are, https addresses as links, nothing else alive."""
    lines, at = list[str](), 0
    for found in _LINK.finditer(text):
        address = escape(found[0], quote=True)
        lines += [escape(text[at : found.start()]), f'<a href="{address}">{address}</a>']
        at = found.end()
    body = "".join([*lines, escape(text[at:])]).replace("\n", "<br>\n")
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"></head>'
        f'<body style="font:15px/1.5 system-ui,sans-serif;color:#17191e">{body}</body></html>'
    )


def _pieces(html: str) -> Iterator[tuple[str, str]]:
    """Yield tags by name (`/p` closes) and the text between them; what is not shown is passed over."""
    lower, at = html.lower(), 0
    while at < len(html):
        start = html.find("<", at)
        if start < 0:
            yield "", html[at:]
            return
        if start > at:
            yield "", html[at:start]
        if html.startswith("<!--", start):
            end = html.find("-->", start + 4)
            if end < 0:
                return
            at = end + 3
            continue
        name = _NAME.match(html, start + 1)
        if name is None and html[start + 1 : start + 2] not in ("!", "?"):
            yield "", "<"
            at = start + 1
            continue
        end = html.find(">", start + 1)
        if end < 0:
            return
        at = end + 1
        if name is None:
            continue
        tag = name[0].lower()
        if tag in _UNSEEN and html[end - 1] != "/":
            close = lower.find(f"</{tag}", at)
            if close < 0:
                # Never closed: a browser would show nothing of the rest, a reader wants it.
                continue
            at = close
            continue
        yield tag, ""
