"""What chats send is read as it is meant, and whatever else comes is refused without a crash (CLOCK-1)."""

import json
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodstanding.adapters.chat.links import Place, read_link
from goodstanding.adapters.chat.post import Challenge, NoPost, Post, Unreadable
from goodstanding.adapters.chat.slack import read_slack
from goodstanding.adapters.chat.teams import read_teams
from goodstanding.core.desk.posts import PostKind
from tests.adapters.chat.said import (
    BOT,
    TEAMS_CHANNEL,
    TENANT,
    activity,
    body_of,
    command,
    deleted,
    edited,
    envelope,
    message,
)

SENT = datetime(2026, 11, 18, 12, tzinfo=UTC)
JSON, FORM = "application/json", "application/x-www-form-urlencoded"


def slack(event, **fields):
    return read_slack(body_of(envelope(event, **fields)), JSON, sent_at=SENT)


def teams(**fields):
    return read_teams(body_of(activity(**fields)))


def test_slacks_challenge_is_read():
    body = body_of({"token": "x", "challenge": "3eZbrw1aB", "type": "url_verification"})

    assert read_slack(body, JSON, sent_at=SENT) == Challenge("3eZbrw1aB")


def test_a_message_and_the_mention_that_tells_of_it_have_one_name():
    said = slack(message(f"<@{BOT}> help"))
    mentioned = slack(message(f"<@{BOT}> help") | {"type": "app_mention"})

    assert (
        (said.id, said.text, said.asks) == (mentioned.id, mentioned.text, mentioned.asks) == ("1795000000.000100", "help", True)
    )
    assert said.at == datetime.fromtimestamp(1795000000, UTC).replace(microsecond=100)
    assert (said.thread, said.kind, said.bot) == ("", PostKind.WRITTEN, False)


def test_a_reply_names_its_thread_and_the_message_it_began_with_names_none():
    assert slack(message(ts="1795000009.000000", thread_ts="1795000000.000100")).thread == "1795000000.000100"
    assert slack(message(thread_ts="1795000000.000100")).thread == ""


@pytest.mark.parametrize(
    "fields",
    [{"bot_id": "B1"}, {"subtype": "bot_message", "bot_id": "B1", "user": None}, {"subtype": "bot_message"}, {"user": BOT}],
)
def test_what_a_program_says_is_known_as_such(fields):
    assert slack(message(**fields)).bot


@pytest.mark.parametrize("subtype", ["channel_join", "channel_topic", "message_replied", "pinned_item"])
def test_what_nobody_said_is_no_post(subtype):
    assert isinstance(slack(message(subtype=subtype)), NoPost)
    assert isinstance(slack({"type": "reaction_added", "user": "U1"}), NoPost)


def test_edits_and_deletions_name_the_message_they_are_about():
    changed = slack(edited("Never mind", ts="1795000000.000100", at="1795000050.000000"))
    gone = slack(deleted(ts="1795000000.000100", at="1795000060.000000"))
    tomb = slack(edited("This message was deleted.", ts="1795000000.000100", at="1795000060.000000", subtype="tombstone"))

    assert (changed.kind, changed.about, changed.text) == (PostKind.EDITED, "1795000000.000100", "Never mind")
    assert (gone.kind, gone.about, gone.text) == (PostKind.DELETED, "1795000000.000100", "")
    assert (tomb.kind, tomb.id) == (PostKind.DELETED, gone.id)
    assert len({changed.id, gone.id, changed.about}) == 3


def test_a_link_that_unfolds_is_no_edit():
    assert isinstance(slack(edited("same", ts="1795000000.000100", at="1795000050.000000", before="same")), NoPost)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("a &lt;b&gt; &amp; c", "a <b> & c"),
        ("<@U7|jonas> in <#C1|sales>, <!here>", "@jonas in #sales, @here"),
        (
            "see <https://x.example/a|the page> and <https://y.example>",
            "see the page (https://x.example/a) and https://y.example",
        ),
        ("one\r\ntwo\x00\u202e", "one\ntwo"),
    ],
)
def test_slacks_marks_are_read_as_people_read_them(raw, text):
    assert slack(message(raw)).text == text


def test_the_address_of_somebody_of_another_organisation_is_not_believed():
    own = message(user_profile={"real_name": "Anna", "email": "Anna@Ferrante.example"}, user_team="T123ABC456")

    assert slack(own).sender_address == "anna@ferrante.example"
    assert slack(own | {"user_team": "T999"}).sender_address == ""


def test_a_command_is_a_message_that_asks():
    said = read_slack(command("Printer &amp; more"), FORM, sent_at=SENT)

    assert (said.channel, said.sender, said.sender_name, said.text) == ("C123ABC456", "U1", "anna", "Printer & more")
    assert (said.at, said.asks, said.thread) == (SENT, True, "")
    assert isinstance(read_slack(b"payload=%7B%7D", FORM, sent_at=SENT), NoPost)


def test_a_message_of_teams_is_read_without_the_mention():
    said = teams(text="<at>Service desk</at>&nbsp;It prints <b>nothing</b>.<br>Help")

    assert (said.channel, said.team, said.sender, said.sender_name) == (TEAMS_CHANNEL, TENANT, "aad-anna", "Anna")
    assert said.text == "It prints nothing.\nHelp"
    assert (said.thread, said.asks, said.at) == ("", True, datetime(2026, 11, 18, 11, 59, 0, 123000, UTC))


def test_a_thread_of_teams_stands_in_its_conversation_or_in_what_it_answers():
    assert teams(number="2", thread="1").thread == "1"
    assert teams(number="2", conversation={"id": TEAMS_CHANNEL}, replyToId="1").thread == "1"
    assert teams(number="1", conversation={"id": TEAMS_CHANNEL}).thread == ""


def test_a_guests_name_at_teams_is_no_address():
    who = {"id": "29:1", "name": "Anna"}

    assert teams(**{"from": who | {"userPrincipalName": "Anna@Ferrante.example"}}).sender_address == "anna@ferrante.example"
    assert teams(**{"from": who | {"userPrincipalName": "anna_f.example#EXT#@a.example"}}).sender_address == ""


@pytest.mark.parametrize(
    "link",
    [
        "https://app.slack.com/client/T123ABC456/C123ABC456",
        "https://app.slack.com/client/T123ABC456/C123ABC456/thread/C1-1",
        "T123ABC456/C123ABC456",
    ],
)
def test_a_channel_of_slack_is_known_by_its_link(link):
    assert read_link(link) == Place("slack", "T123ABC456", "C123ABC456")


def test_a_channel_of_teams_is_known_by_its_link():
    link = (
        f"https://teams.microsoft.com/l/channel/19%3a253b1f341670408fb6fe51050b6e5ceb%40thread.tacv2/Support?tenantId={TENANT}"
    )

    assert read_link(link) == Place("teams", TENANT, TEAMS_CHANNEL, "Support")


@pytest.mark.parametrize(
    "link",
    [
        "", "x", "http://[", "https://ferrante.slack.com/archives/C123ABC456", "https://evil.example/client/T1AA/C1AA",
        "https://teams.microsoft.com/l/channel/19%3ax/General", "https://app.slack.com/client/T123ABC456",
    ],
)  # fmt: skip
def test_what_is_no_link_to_a_channel_is_refused(link):
    with pytest.raises(Unreadable):
        read_link(link)


SHAPES = [
    envelope(message()), envelope(edited("y", ts="1.0", at="2.0")), envelope(deleted(ts="1.0", at="2.0")), activity(),
    {"type": "url_verification", "challenge": "x"},
]  # fmt: skip
ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["\ud800", "a\0b", "9" * 99]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


def places(found, path=()):
    for name, value in found.items():
        yield (*path, name)
        if isinstance(value, dict):
            yield from places(value, (*path, name))


@st.composite
def mangled(draw):
    """Something a chat sends, with one or two places changed to anything at all."""
    shape = json.loads(json.dumps(draw(st.sampled_from(SHAPES))))
    for _ in range(draw(st.integers(1, 2))):
        *way, last = draw(st.sampled_from(list(places(shape))))
        inner = shape
        for name in way:
            inner = inner[name] if isinstance(inner.get(name), dict) else {}
        inner[last] = draw(ANYTHING)
    return json.dumps(shape).encode()


@given(st.one_of(mangled(), st.binary(max_size=200), ANYTHING.map(lambda each: json.dumps(each).encode())))
def test_whatever_comes_is_a_post_or_a_trouble_and_never_a_crash(body):
    for read in (
        lambda: read_slack(body, JSON, sent_at=SENT),
        lambda: read_slack(body, FORM, sent_at=SENT),
        lambda: read_teams(body),
    ):
        try:
            found = read()
        except Unreadable:
            continue
        assert isinstance(found, Post | Challenge | NoPost)
        if isinstance(found, Post):
            assert found.at.tzinfo is UTC
            assert all((found.id, found.about, found.channel, found.team))
            told = "".join((found.text, found.sender, found.sender_name, found.sender_address, found.id, found.thread))
            assert "\0" not in told
            told.encode()


@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"a":' * 50_000, b"1" * 10_000, b"\xff\xfe", b"{}", b"null", b"payload"])
def test_bodies_that_break_parsers_are_refused(body):
    for read in (lambda: read_slack(body, JSON, sent_at=SENT), lambda: read_teams(body)):
        with suppress(Unreadable):
            assert isinstance(read(), NoPost)
