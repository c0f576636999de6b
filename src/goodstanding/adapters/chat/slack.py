"""What Slack sends: envelopes of its Events API as JSON, and slash commands as forms."""

import re
from dataclasses import replace
from datetime import datetime
from html import unescape
from typing import Any, Final
from urllib.parse import parse_qsl

from goodstanding.adapters.chat.post import Challenge, NoPost, Post, Read, Unreadable
from goodstanding.adapters.chat.reading import (
    address,
    instant_of_ts,
    lines,
    name_of,
    name_or_none,
    part,
    parts,
    tree,
    word,
)
from goodstanding.core.desk.posts import PostKind, Service

_SAID: Final = frozenset({"", "file_share", "thread_broadcast", "me_message", "bot_message"})
"""Subtypes that somebody said; all others tell of the channel, such as who joined it."""
_MARK: Final = re.compile(r"<([^<>|]{1,3000})(?:\|([^<>]{0,3000}))?>")


def read_slack(body: bytes, content_type: str, *, sent_at: datetime) -> Read:
    """Return what a request of Slack is, whose signature was checked: a message, a challenge, or nothing of ours.

    A message event is one of `message` (with its subtypes) or `app_mention`; both are told of one message where an app has
    asked for both, and have one id. `sent_at` is the signed time of the request, which is when a slash command was typed.
    Raises `Unreadable`, and nothing else (docs/chat.md; docs.slack.dev, Events API and slash commands).
    """
    if content_type == "application/x-www-form-urlencoded":
        return _command(body, sent_at)
    envelope = tree(body)
    kind = word(envelope, "type")
    if kind == "url_verification":
        return Challenge(name_of(envelope, "challenge"))
    event = part(envelope, "event")
    if kind != "event_callback" or word(event, "type") not in ("message", "app_mention"):
        return NoPost(word(event, "type") or kind)
    return _event(envelope, event)


def _event(envelope: dict[str, Any], event: dict[str, Any]) -> Read:
    subtype = word(event, "subtype")
    told, before = part(event, "message"), part(event, "previous_message")
    ours = [name_or_none(each, "user_id") for each in parts(envelope, "authorizations") if each.get("is_bot") is True]
    if subtype == "message_changed" and word(told, "subtype") != "tombstone":
        if told.get("text") == before.get("text"):
            # A link that was unfolded, or a reply that was counted: nobody changed what they wrote.
            return NoPost("message_changed")
        edited = name_or_none(part(told, "edited"), "ts") or name_of(event, "event_ts")
        changed = _said(envelope, event, told, ours)
        return replace(changed, id=f"{changed.about}.edited.{edited}", kind=PostKind.EDITED, at=instant_of_ts(edited))
    if subtype in ("message_deleted", "message_changed"):
        # A message with replies leaves a tombstone where it stood.
        gone = name_of(event, "deleted_ts") if subtype == "message_deleted" else name_of(told, "ts")
        was = _said(envelope, event, {**before, "ts": gone}, ours)
        at, bot = instant_of_ts(name_of(event, "event_ts")), bool(before.get("bot_id"))
        return replace(was, id=f"{gone}.deleted", kind=PostKind.DELETED, at=at, text="", bot=bot)
    if subtype not in _SAID:
        return NoPost(subtype)
    said = _said(envelope, event, event, ours)
    return replace(said, asks=True) if word(event, "type") == "app_mention" else said


def _said(envelope: dict[str, Any], event: dict[str, Any], said: dict[str, Any], ours: list[str]) -> Post:
    ts, team = name_of(said, "ts"), name_of(envelope, "team_id")
    raw = said.get("text")
    raw = raw if isinstance(raw, str) else ""
    thread, profile = name_or_none(said, "thread_ts"), part(said, "user_profile")
    sender = name_or_none(said, "user") or name_or_none(said, "bot_id")
    bot = bool(said.get("bot_id")) or word(said, "subtype") == "bot_message" or not sender or sender in ours
    if thread and thread != ts:
        instant_of_ts(thread)
    home = name_or_none(said, "user_team") or name_or_none(said, "team") or team
    return Post(
        service=Service.SLACK,
        team=team,
        channel=name_of(event, "channel"),
        id=ts,
        about=ts,
        kind=PostKind.WRITTEN,
        at=instant_of_ts(ts),
        sender=sender,
        sender_name=word(profile, "real_name") or word(profile, "display_name"),
        # Of another organisation's people this one cannot vouch for anything.
        sender_address=address(profile, "email") if home == team else "",
        thread="" if thread == ts else thread,
        text="\n".join(each for each in (_plain(raw, ours), _files(said)) if each),
        asks=any(f"<@{each}>" in raw for each in ours if each),
        bot=bot,
    )


def _command(body: bytes, sent_at: datetime) -> Post | NoPost:
    try:
        pairs = parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=100)
    except ValueError as error:
        raise Unreadable("A command of Slack is no form.") from error
    form: dict[str, Any] = dict(pairs)
    if "payload" in form or "command" not in form:
        return NoPost("a button")
    # Slack gives a command no time and no place among the messages; its trigger is its own.
    name = f"command.{name_of(form, 'trigger_id')}"
    return Post(
        service=Service.SLACK,
        team=name_of(form, "team_id"),
        channel=name_of(form, "channel_id"),
        id=name,
        about=name,
        kind=PostKind.WRITTEN,
        at=sent_at,
        sender=name_of(form, "user_id"),
        sender_name=word(form, "user_name"),
        text=_plain(form.get("text", ""), []),
        asks=True,
    )


def _plain(raw: str, ours: list[str]) -> str:
    """A text of Slack as people read it: marks in their own words, our own name left out."""

    def read(mark: re.Match[str]) -> str:
        what, label = mark[1], mark[2] or ""
        if what[0] == "@":
            return "" if what[1:] in ours else f"@{label or what[1:]}"
        if what[0] == "#":
            return f"#{label or what[1:]}"
        if what[0] == "!":
            return label or f"@{what[1:].split('^')[0]}"
        return f"{label} ({what})" if label and label not in what else what

    return lines(unescape(_MARK.sub(read, raw[:200_000])))


def _files(said: dict[str, Any]) -> str:
    named = [word(each, "name") or word(each, "title") or "a file" for each in parts(said, "files")]
    return "\n".join(f"{name} is in Slack." for name in named)
