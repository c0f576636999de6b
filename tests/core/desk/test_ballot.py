"""A link to answer by is good for one question, for a while, and only as it was made."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodstanding.core.desk.ballot import Expired, Forged, read, sign

KEY = b"a key of the installation's own!"
NOW = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)
QUESTION = UUID("00000000-0000-4000-8000-00000000002a")
UNTIL = NOW + timedelta(days=60)


@given(st.uuids(), st.integers(1, 10**9))
def test_a_link_leads_to_its_question_until_the_second_it_ends(question, seconds):
    until = NOW + timedelta(seconds=seconds)
    token = sign(question, until=until, key=KEY)

    assert read(token, key=KEY, now=until - timedelta(seconds=1)) == question
    with pytest.raises(Expired):
        read(token, key=KEY, now=until)


@given(st.integers(0, 55), st.sampled_from("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"))
def test_a_link_with_any_letter_changed_is_none(place, letter):
    token = sign(QUESTION, until=UNTIL, key=KEY)
    changed = token[:place] + letter + token[place + 1 :]

    if changed != token:
        with pytest.raises(Forged):
            read(changed, key=KEY, now=NOW)


@given(st.text(max_size=120))
def test_whatever_is_no_link_is_forged_and_nothing_worse(text):
    with pytest.raises(Forged):
        read(text, key=KEY, now=NOW)


def test_another_key_another_end_or_another_question_is_another_link():
    token = sign(QUESTION, until=UNTIL, key=KEY)

    with pytest.raises(Forged):
        read(token, key=b"another", now=NOW)
    assert len({token, sign(QUESTION, until=NOW, key=KEY), sign(UUID(int=1), until=UNTIL, key=KEY)}) == 3
    assert token == sign(QUESTION, until=UNTIL, key=KEY)
