"""What is posted to rooms: the bodies that incoming webhooks of Slack and Microsoft Teams take."""

import json
from typing import Any, Final

SLACK_LETTERS: Final = 38_000
"""Slack cuts texts at 40,000 characters; ours say where to read on."""
TEAMS_LETTERS: Final = 18_000
"""A message of Teams has 28 KB, and a letter may take several bytes."""
_MORE: Final = "…"


def slack_body(subject: str, text: str) -> bytes:
    """Return a message for an incoming webhook of Slack as JSON; nothing in it is a mention or a link of Slack's own.

    Of the control characters only `&`, `<` and `>` need to be told apart (docs.slack.dev, formatting text).
    """
    said = f"*{_slack(subject)}*\n{_slack(text)}"
    return json.dumps({"text": _cut(said, SLACK_LETTERS), "unfurl_links": False}, ensure_ascii=False).encode()


def teams_body(subject: str, text: str) -> bytes:
    """Return a message for a workflow of Teams as JSON: an adaptive card whose texts hold no Markdown of theirs.

    Workflows take a message with one attachment, and so do the older incoming webhooks (learn.microsoft.com, incoming webhooks
    with Workflows).
    """
    lines = [_teams(subject), *(_teams(each) for each in _cut(text, TEAMS_LETTERS).split("\n") if each.strip())]
    blocks: list[dict[str, Any]] = [{"type": "TextBlock", "text": each, "wrap": True} for each in lines]
    blocks[0] |= {"weight": "Bolder", "size": "Medium"}
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": blocks,
    }
    content = {"contentType": "application/vnd.microsoft.card.adaptive", "content": card}
    return json.dumps({"type": "message", "attachments": [content]}, ensure_ascii=False).encode()


def _slack(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _teams(text: str) -> str:
    escaped = text
    for mark in "\\*_[]()~`#":
        escaped = escaped.replace(mark, f"\\{mark}")
    return escaped


def _cut(text: str, letters: int) -> str:
    return text if len(text) <= letters else text[: letters - 1] + _MORE
