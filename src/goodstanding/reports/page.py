"""A page of HTML that needs nothing else: no script, no other host; light and dark, wide and narrow, fit to print."""

from collections.abc import Iterable, Sequence
from html import escape
from typing import Final

from goodstanding.reports.brand import tokens

STYLE: Final = """
*, *::before, *::after { box-sizing: border-box; }
html { font: 14px/1.45 var(--text); background: var(--paper); color: var(--ink); -webkit-text-size-adjust: 100%; }
body { margin: 0; }
main { max-width: 1120px; margin: 0 auto; padding: 28px 24px 64px; }
h1, h2, p, dl, dd, ul { margin: 0; padding: 0; }
h1 { font-size: 28px; line-height: 1.2; font-weight: 620; letter-spacing: -0.015em; text-wrap: balance; }
h2 { font-size: 16px; line-height: 1.3; font-weight: 620; }
ul { list-style: none; }
.muted { color: var(--muted); }
.small { font-size: 12px; }
.top { display: flex; align-items: center; gap: 8px; font-weight: 640; margin-bottom: 24px; color: var(--muted); }
.top svg { width: 20px; height: 20px; color: var(--accent); flex: none; }
.lead { color: var(--muted); margin-top: 6px; }
.figures { display: flex; flex-wrap: wrap; gap: 1px; background: var(--line); border: 1px solid var(--line);
  border-radius: 6px; overflow: hidden; margin: 20px 0 28px; }
.figures > div { background: var(--raised); padding: 10px 16px; flex: 1 1 160px; min-width: 0; }
.figures dt { font-size: 12px; color: var(--muted); }
.figures dd { font-size: 20px; font-weight: 600; font-variant-numeric: tabular-nums; letter-spacing: -0.01em; }
.figures dd + dd { font-size: 12px; font-weight: 400; color: var(--muted); letter-spacing: 0; }
section { background: var(--raised); border: 1px solid var(--line); border-radius: 6px; margin-top: 16px; overflow: hidden; }
section > h2 { padding: 14px 16px 0; }
section > p { padding: 4px 16px 0; color: var(--muted); max-width: 92ch; }
section > p:last-child, section > ul:last-child { padding-bottom: 14px; }
section > ul { padding: 8px 16px; }
section li { padding: 3px 0; overflow-wrap: anywhere; }
.wrap { overflow-x: auto; margin-top: 8px; }
.wrap:focus-visible { outline: 2px solid var(--accent); outline-offset: -2px; }
table { border-collapse: collapse; width: 100%; }
caption { text-align: left; padding: 4px 16px 2px; font-size: 12px; color: var(--muted); }
th { text-align: left; font-weight: 400; }
thead th { font-size: 12px; font-weight: 520; color: var(--muted); padding: 8px 10px; white-space: nowrap;
  vertical-align: bottom; border-bottom: 1px solid var(--line); }
tbody th, td { padding: 6px 10px; height: 36px; border-bottom: 1px solid var(--line); vertical-align: middle; }
tbody tr:last-child > * { border-bottom: 0; }
tbody tr.same > th { color: var(--muted); font-weight: 400; }
tbody tr.sum > * { font-weight: 560; }
tbody tr:not(.sum) + tr.sum > * { border-top: 2px solid var(--line-strong); }
th:first-child, td:first-child { padding-left: 16px; }
th:last-child, td:last-child { padding-right: 16px; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.name { font-weight: 560; overflow-wrap: anywhere; }
.rate { font-weight: 600; }
.nowrap { white-space: nowrap; font-variant-numeric: tabular-nums; }
td.words { min-width: 180px; overflow-wrap: anywhere; }
.bar { display: block; width: 96px; height: 8px; }
.bar .met { fill: var(--positive); }
.bar .breached { fill: var(--critical); }
.bar .none { fill: none; stroke: var(--line-strong); stroke-dasharray: 3 2; }
.state { display: inline-flex; align-items: center; gap: 6px; white-space: nowrap; font-weight: 520; }
.shape { width: 12px; height: 12px; flex: none; fill: currentcolor; }
.state.met { color: var(--positive); }
.state.breached { color: var(--critical); }
.state.unknown, .state.paused { color: var(--muted); }
.better { color: var(--positive); }
.worse { color: var(--critical); }
.facts { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 6px 16px; padding: 10px 16px 14px; }
.facts dt { color: var(--muted); }
.facts dd { overflow-wrap: anywhere; }
footer { margin-top: 20px; color: var(--muted); font-size: 12px; }
@media screen and (max-width: 720px) {
  main { padding: 20px 12px 48px; }
  h1 { font-size: 20px; }
  .fold { display: none; }
  thead th, thead th.number { white-space: normal; padding-inline: 6px; }
  tbody th, td { padding-inline: 6px; }
  thead th:last-child, thead th.number:last-child { padding-right: 12px; }
  td.nowrap, td.better, td.worse { white-space: normal; }
  th:first-child, td:first-child { padding-left: 12px; }
  th:last-child, td:last-child { padding-right: 12px; }
  .facts { grid-template-columns: minmax(0, 1fr); gap: 0; }
  .facts dd { margin-bottom: 8px; }
  .list thead { display: none; }
  .list, .list caption, .list tbody, .list tr { display: block; }
  .list tr { padding: 8px 16px; border-bottom: 1px solid var(--line); }
  .list tr:last-child { border-bottom: 0; }
  .list tbody th, .list tbody td { display: inline-block; height: auto; min-width: 0; padding: 1px 10px 1px 0; border: 0;
    text-align: left; white-space: normal; }
  .list tbody th { display: block; }
  .list td[data-name]::before { content: attr(data-name) " "; color: var(--muted); font-size: 12px; }
}
@media print {
  :root { color-scheme: light; }
  html { font-size: 9pt; background: #fff; }
  h1 { font-size: 18pt; }
  .figures dd { font-size: 13pt; }
  thead th, thead th.number { white-space: normal; padding-inline: 6px; }
  tbody th, td { padding: 3px 6px; height: auto; }
  thead th:last-child, thead th.number:last-child { padding-right: 16px; }
  .bar { width: 64px; }
  main { max-width: none; padding: 0; }
  section { break-inside: auto; }
  thead { display: table-header-group; }
  tr, .figures > div { break-inside: avoid; }
  h2 { break-after: avoid; }
  .wrap { overflow: visible; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
"""
MARK: Final = (
    '<svg viewBox="0 0 20 20" fill="none" stroke="currentColor" stroke-width="2" aria-hidden="true">'
    '<circle cx="10" cy="10" r="8"/><path d="m6.2 10.4 2.7 2.7 5-5.6"/></svg>'
)


def top(title: str) -> str:
    """Return the beginning of a page up to its content; the policy in it forbids the page to load or run anything."""
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        f"<title>{escape(title)}</title>\n<style>\n{tokens()}{STYLE}</style>\n</head>\n<body>\n<main>\n"
        f'<header>\n<div class="top">{MARK}Goodstanding</div>\n<h1>{escape(title)}</h1>\n'
    )


def tail(said: str) -> str:
    """Return the end of a page."""
    return f"<footer>{escape(said)}</footer>\n</main>\n</body>\n</html>\n"


def tag(name: str, inner: str, kind: str = "", **attributes: str) -> str:
    """Return an element around markup; `kind` is its class, `data_name` the attribute `data-name`."""
    given = {"class": kind, **{key.replace("_", "-"): value for key, value in attributes.items()}}
    written = "".join(f' {key}="{escape(value)}"' for key, value in given.items() if value)
    return f"<{name}{written}>{inner}</{name}>"


def cell(text: str, kind: str = "", **attributes: str) -> str:
    """Return a cell of a table with text."""
    return tag("td", escape(text), kind, **attributes)


def named(text: str, kind: str = "") -> str:
    """Return the cell that names its row."""
    return tag("th", escape(text), kind, scope="row")


def section(title: str, said: str = "") -> str:
    """Return the beginning of a section; `</section>` ends it."""
    return f"<section>\n<h2>{escape(title)}</h2>\n" + (f"<p>{escape(said)}</p>\n" if said else "")


def table(name: str, caption: str, heads: Sequence[tuple[str, str]], kind: str = "") -> str:
    """Return the beginning of a table, its heads as text and class; `END` ends it.

    In a narrow window it scrolls by itself, with the keyboard too; `name` says then what is being scrolled.
    """
    said = tag("caption", escape(caption)) + "\n" if caption else ""
    named_kind = f' class="{kind}"' if kind else ""
    row = "".join(tag("th", escape(text), style, scope="col") for text, style in heads)
    region = f'<div class="wrap" role="region" tabindex="0" aria-label="{escape(name)}">'
    return f"{region}<table{named_kind}>\n{said}<thead><tr>{row}</tr></thead>\n<tbody>\n"


END: Final = "</tbody></table></div>\n"
"""The end of a table."""


def row(cells: Iterable[str], kind: str = "") -> str:
    """Return a row of cells."""
    return tag("tr", "".join(cells), kind) + "\n"


def facts(pairs: Iterable[tuple[str, str]]) -> str:
    """Return a list of names and what they are, the latter as markup."""
    return '<dl class="facts">\n' + "".join(f"<dt>{escape(name)}</dt><dd>{said}</dd>\n" for name, said in pairs) + "</dl>\n"


def tile(name: str, value: str, of: str) -> str:
    """Return a figure with its name and what it is of."""
    return f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd><dd>{escape(of)}</dd></div>\n"


def items(texts: Iterable[str]) -> str:
    """Return a list of sentences."""
    return "<ul>\n" + "".join(f"<li>{escape(text)}</li>\n" for text in texts) + "</ul>\n"
