"""What is posted to rooms says what was written, and nothing in it becomes a mention, a link or a format of theirs."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodstanding.adapters.chat.saying import SLACK_LETTERS, TEAMS_LETTERS, slack_body, teams_body


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


@pytest.mark.parametrize("body", [slack_body, teams_body])
def test_a_text_that_is_too_long_is_cut_and_not_refused(body):
    said = body("T-1", "x" * 200_000)

    assert len(said) < max(SLACK_LETTERS, TEAMS_LETTERS) + 1_000
    assert "…" in json.loads(said)["text"] if body is slack_body else "…" in said.decode()
