"""Everything that is built is proven, and no test proves what nobody asked for."""

from tests.trace import proven, wanted


def test_every_built_id_has_a_test_that_proves_it():
    _, built = wanted()
    counts = proven()

    assert [each for each in built if not counts[each]] == []


def test_tests_prove_only_ids_that_are_wanted():
    words, _ = wanted()

    assert set(proven()) - set(words) == set()
