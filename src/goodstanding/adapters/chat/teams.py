"""What an outgoing webhook of Microsoft Teams sends: one activity of the Bot Framework for each message that mentions it."""

import re
from typing import Any, Final

from goodstanding.adapters.chat.post import NoPost, Post, Read, Unreadable
from goodstanding.adapters.chat.reading import address, instant, lines, name_of, name_or_none, part, parts, tree, word
from goodstanding.adapters.mail.markup import text_of_html
from goodstanding.core.desk.posts import PostKind, Service

_KINDS: Final = {"message": PostKind.WRITTEN, "messageUpdate": PostKind.EDITED, "messageDelete": PostKind.DELETED}
_AT: Final = re.compile(r"<at\b[^<>]{0,300}>[^<>]{0,300}</at>", re.IGNORECASE)
_TAG: Final = re.compile(r"<[a-zA-Z/]")
_THREAD: Final = ";messageid="


def read_teams(body: bytes) -> Read:
    """Return the message that an activity of Teams is, whose signature was checked; what is none is `NoPost`.

    The thread stands in the conversation's id (`…;messageid=…`), else in `replyToId`. Mentions of the webhook are left out of
    the text, and every message asks, since Teams sends no others. Raises `Unreadable`, and nothing else (docs/chat.md;
    learn.microsoft.com, outgoing webhooks, and the Bot Framework's activity schema).
    """
    activity = tree(body)
    kind = _KINDS.get(word(activity, "type"))
    if kind is None:
        return NoPost(word(activity, "type"))
    sender, data = part(activity, "from"), part(activity, "channelData")
    channel, _, in_place = name_of(part(activity, "conversation"), "id").partition(_THREAD)
    about, at = name_of(activity, "id"), instant(activity, "timestamp")
    thread = in_place or name_or_none(activity, "replyToId")
    if not channel:
        raise Unreadable("A message of Teams has no conversation.")
    suffix = {PostKind.WRITTEN: "", PostKind.EDITED: f".edited.{int(at.timestamp())}", PostKind.DELETED: ".deleted"}[kind]
    return Post(
        service=Service.TEAMS,
        team=name_or_none(part(data, "tenant"), "id") or name_of(part(activity, "conversation"), "tenantId"),
        channel=channel,
        id=about + suffix,
        about=about,
        kind=kind,
        at=at,
        # The directory's id is the person's everywhere; the other one is this webhook's own for them.
        sender=name_or_none(sender, "aadObjectId") or name_of(sender, "id"),
        sender_name=word(sender, "name"),
        sender_address=_address(sender),
        thread="" if thread == about else thread,
        text="" if kind is PostKind.DELETED else _text(activity),
        asks=True,
        bot=word(sender, "role") == "bot" or name_or_none(sender, "id").startswith("28:"),
    )


def _address(sender: dict[str, Any]) -> str:
    """The name somebody signs in by. A guest's is made up from an address that nobody here has checked."""
    found = address(sender, "userPrincipalName")
    return "" if "#ext#" in found else found


def _text(activity: dict[str, Any]) -> str:
    raw = activity.get("text")
    said = _AT.sub("", raw[:200_000]) if isinstance(raw, str) else ""
    said = said.replace("&nbsp;", " ")
    if word(activity, "textFormat") == "xml" or _TAG.search(said):
        said = text_of_html(said)
    # The text is told again as HTML among the attachments; what has a name of its own is a file.
    named = [word(each, "name") for each in parts(activity, "attachments") if word(each, "name")]
    return "\n".join(each for each in (lines(said), *(f"{name} is in Teams." for name in named)) if each)
