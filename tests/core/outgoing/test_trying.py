"""What fails is tried again after a wait that grows, and not for ever (docs/delivery.md)."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodstanding.core.outgoing.trying import FIRST_WAIT, GIVEN_UP_AFTER, LONGEST_HOLD, LONGEST_WAIT, next_try, wait_after

NOW = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)
CHANCES = st.floats(0, 1)


@given(st.integers(1, 10_000), CHANCES)
def test_the_wait_lies_between_half_its_bound_and_the_whole(failures, chance):
    bound = min(FIRST_WAIT * 2 ** (failures - 1), LONGEST_WAIT) if failures < 20 else LONGEST_WAIT

    assert bound / 2 <= wait_after(failures, chance=chance) <= bound


def test_what_failed_together_does_not_come_back_together():
    assert wait_after(5, chance=0.1) < wait_after(5, chance=0.9)


@pytest.mark.proves("ESC-5")
@given(st.lists(CHANCES, min_size=200, max_size=200))
def test_it_ends_with_a_try_72_hours_after_the_first_and_none_later(chances):
    at, tries = NOW, [NOW]
    for failures, chance in enumerate(chances, 1):
        found = next_try(failures, since=NOW, now=at, chance=chance)
        if found is None:
            break
        assert found > at
        at = found
        tries.append(at)

    assert tries[-1] == NOW + GIVEN_UP_AFTER == NOW + timedelta(hours=72)


@given(st.integers(1, 50), CHANCES, st.timedeltas(timedelta(), timedelta(days=400)))
def test_what_the_other_side_asks_for_is_waited_but_not_for_ever(failures, chance, asked):
    ours = wait_after(failures, chance=chance, longest=LONGEST_HOLD)

    found = wait_after(failures, chance=chance, longest=LONGEST_HOLD, asked=asked)

    assert found == max(ours, min(asked, LONGEST_WAIT))


def test_without_a_failure_there_is_nothing_to_wait_for():
    with pytest.raises(ValueError, match="failure"):
        wait_after(0, chance=0.5)
