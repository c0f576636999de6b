"""What is posted to rooms says what was written, and nothing in it becomes a mention, a link or a format of theirs."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodstanding.adapters.chat.saying import SLACK_BYTES, TEAMS_BYTES, slack_body, teams_body


@given(st.text(max_size=200), st.text(max_size=400))
def test_slack_finds_no_mark_of_its_own_in_what_people_wrote(subject, text):
    said = json.loads(slack_body(subject, text))["text"]

    assert not {"<", ">"} & set(said)


def test_a_mention_of_everybody_is_only_a_text_in_slack():
    said = json.loads(slack_body("T-1 <!channel>", "a & b <https://x.example|click>"))["text"]

    assert said == "*T-1 &lt;!channel&gt;*\na &amp; b &lt;https://x.example|click&gt;"


def test_teams_shows_a_card_with_the_subject_first_and_each_line_as_it_was_written():
    told = json.loads(teams_body("T-1 *now*", "one\n\n[two](https://x.example)"))

    (attachment,) = told["attachments"]
    texts = [each["text"] for each in attachment["content"]["body"]]
    assert (told["type"], attachment["contentType"]) == ("message", "application/vnd.microsoft.card.adaptive")
    assert texts == ["T-1 \\*now\\*", "one", "\\[two\\]\\(https://x.example\\)"]


def test_the_items_of_a_list_are_one_text_of_a_card():
    told = json.loads(teams_body("T-1", "2 messages:\n\n- A-1\n- A-2\n\nThe board"))

    texts = [each["text"] for each in told["attachments"][0]["content"]["body"]]
    assert texts == ["T-1", "2 messages:", "- A-1\r- A-2", "The board"]


def test_the_page_names_how_much_fits():
    page = (Path(__file__).parents[3] / "docs" / "delivery.md").read_text(encoding="utf-8")

    assert f"{SLACK_BYTES:,} for Slack and {TEAMS_BYTES:,} for Teams" in page


LIMIT = {slack_body: SLACK_BYTES, teams_body: TEAMS_BYTES}


@pytest.mark.parametrize("body", LIMIT)
@pytest.mark.parametrize("letter", ["x", "é", "票", "<", "*", "\\", "&", "\x01", "\U0001f514"])
def test_a_text_that_is_too_long_is_cut_by_the_bytes_that_are_sent(body, letter):
    one_line = body("T-1", letter * 200_000)
    lines = [f"{number} {letter * 80}" for number in range(3_000)]
    many_lines = body("T-1", "\n".join([*lines, "The board: https://desk.example/board"]))

    assert len(one_line) <= LIMIT[body]
    assert "…" in one_line.decode()
    assert LIMIT[body] - 1_000 < len(many_lines) <= LIMIT[body]
    assert " more lines" in many_lines.decode()
    assert "https://desk.example/board" in many_lines.decode()


@pytest.mark.parametrize("body", LIMIT)
def test_what_is_left_out_is_counted(body):
    said = body("T-1", "\n".join(f"- A-{number} {'x' * 100}" for number in range(1_000))).decode()

    shown = said.count("- A-")
    assert f"… and {1_000 - shown} more lines" in said
    assert "- A-999 " in said
    assert shown > 100


def test_slack_is_not_sent_half_a_mark():
    said = json.loads(slack_body("T-1", "<" * 200_000))["text"]

    assert set(said.removeprefix("*T-1*\n").removesuffix("…").split(";")) == {"&lt", ""}
