"""What is posted to rooms: the bodies that incoming webhooks of Slack and Microsoft Teams take."""

import json
from collections.abc import Callable, Sequence
from typing import Any, Final

SLACK_BYTES: Final = 38_000
"""Slack cuts texts at 40,000 characters, as they are sent; a character has at least one byte."""
TEAMS_BYTES: Final = 27_000
"""A message of Teams has 28 KB, with what a workflow puts around it."""
_LONGEST_SUBJECT: Final = 500
_LONGEST_LINE: Final = 4_000
"""To so many characters a line is cut where not everything fits."""
_ITEM: Final = "- "


def slack_body(subject: str, text: str) -> bytes:
    """Return a message for an incoming webhook of Slack as JSON; nothing in it is a mention or a link of Slack's own.

    Of the control characters only `&`, `<` and `>` need to be told apart (docs.slack.dev, formatting text). It has at most
    `SLACK_BYTES`: lines that do not fit are left out and counted, the last one stays, since it says where to read on.
    """
    head = f"*{_slack(_cut(subject, _LONGEST_SUBJECT))}*"

    def body(lines: Sequence[str]) -> bytes:
        return _json({"text": "\n".join([head, *map(_slack, lines)]), "unfurl_links": False})

    return _fitted(text.rstrip().split("\n"), body, SLACK_BYTES)


def teams_body(subject: str, text: str) -> bytes:
    """Return a message for a workflow of Teams as JSON: an adaptive card whose texts hold no Markdown of theirs but lists.

    Workflows take a message with one attachment, and so do the older incoming webhooks (learn.microsoft.com, incoming webhooks
    with Workflows). It has at most `TEAMS_BYTES`, as for Slack; the items of a list are one text.
    """
    head = {"type": "TextBlock", "text": _teams(_cut(subject, _LONGEST_SUBJECT)), "wrap": True}

    def body(lines: Sequence[str]) -> bytes:
        blocks = [{"type": "TextBlock", "text": each, "wrap": True} for each in _blocks(lines)]
        card = {
            "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
            "type": "AdaptiveCard",
            "version": "1.4",
            "body": [head | {"weight": "Bolder", "size": "Medium"}, *blocks],
        }
        content = {"contentType": "application/vnd.microsoft.card.adaptive", "content": card}
        return _json({"type": "message", "attachments": [content]})

    return _fitted([each for each in text.split("\n") if each.strip()], body, TEAMS_BYTES)


def _blocks(lines: Sequence[str]) -> list[str]:
    """The texts of a card: a line each, but the items of a list together (learn.microsoft.com, text features of cards)."""
    blocks: list[str] = []
    before = ""
    for line in lines:
        if line.startswith(_ITEM) and before.startswith(_ITEM):
            blocks[-1] += f"\r{_teams(line)}"
        else:
            blocks.append(_teams(line))
        before = line
    return blocks


def _fitted(lines: Sequence[str], body: Callable[[Sequence[str]], bytes], most: int) -> bytes:
    """The body with as many of the first lines as fit into so many bytes, how many are left out, and the last line."""
    whole = body(lines)
    if len(whole) <= most:
        return whole
    cut = [_cut(each, _LONGEST_LINE) for each in lines]
    first, last = cut[:-1], cut[-1:]

    def with_first(count: int) -> bytes:
        left = sum(bool(each.strip()) for each in first[count:])
        more = [f"… and {left} more {'line' if left == 1 else 'lines'}"] if left else []
        return body([*first[:count], *more, *last])

    fits, fits_not = 0, len(first) + 1
    while fits_not - fits > 1:
        middle = (fits + fits_not) // 2
        fits, fits_not = (middle, fits_not) if len(with_first(middle)) <= most else (fits, middle)
    return with_first(fits)


def _json(told: dict[str, Any]) -> bytes:
    return json.dumps(told, ensure_ascii=False).encode()


def _slack(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _teams(text: str) -> str:
    escaped = text
    for mark in "\\*_[]()~`#":
        escaped = escaped.replace(mark, f"\\{mark}")
    return escaped


def _cut(text: str, letters: int) -> str:
    return text if len(text) <= letters else text[: letters - 1] + "…"
