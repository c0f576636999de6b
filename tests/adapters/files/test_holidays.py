"""Public holidays: the dates of a country and region, in English, and places that are not known refused with near ones."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goodstanding.adapters.files.holidays import UnknownPlace, UnknownYear, public_holidays

ITALY_2026 = {
    "2026-01-01": "New Year's Day",
    "2026-01-06": "Epiphany",
    "2026-04-05": "Easter Sunday",
    "2026-04-06": "Easter Monday",
    "2026-04-25": "Liberation Day",
    "2026-05-01": "Labor Day",
    "2026-06-02": "Republic Day",
    "2026-08-15": "Assumption Of Mary Day",
    "2026-12-08": "Immaculate Conception",
    "2026-12-25": "Christmas Day",
    "2026-12-26": "Saint Stephen's Day",
}


@pytest.mark.proves("TIER-5")
def test_the_holidays_of_italy_are_those_of_its_calendar_with_english_names() -> None:
    found = public_holidays("IT", None, [2026])

    assert {on.isoformat(): name for on, name in found.items()}.items() >= ITALY_2026.items()
    assert date(2026, 6, 29) not in found
    assert date(2026, 11, 1) in found


@pytest.mark.proves("TIER-5")
@pytest.mark.parametrize(
    ("country", "region", "on"),
    [
        ("IT", "RM", "2026-06-29"),
        ("DE", "BY", "2026-01-06"),
        ("ES", "CT", "2026-09-11"),
        ("US", "MA", "2026-04-20"),
        ("FR", "57", "2026-12-26"),
    ],
)
def test_a_region_has_holidays_that_its_country_has_not(country: str, region: str, on: str) -> None:
    everywhere, there = public_holidays(country, None, [2026]), public_holidays(country, region, [2026])

    assert date.fromisoformat(on) in there
    assert date.fromisoformat(on) not in everywhere


@pytest.mark.proves("TIER-5")
def test_only_public_holidays_are_taken() -> None:
    # Valentine's Day is one of the library's unofficial days of the United States.
    assert date(2026, 2, 14) not in public_holidays("US", None, [2026])


@pytest.mark.parametrize(
    ("country", "name"), [("SA", "National Day Holiday"), ("FR", "National Day"), ("JP", "New Year's Day")]
)
def test_names_are_english_where_the_library_has_them(country: str, name: str) -> None:
    assert name in public_holidays(country, None, [2026]).values()


@pytest.mark.parametrize("language", ["it_IT", "th"])
def test_names_do_not_depend_on_the_language_of_the_machine(monkeypatch: pytest.MonkeyPatch, language: str) -> None:
    monkeypatch.setenv("LANGUAGE", language)

    assert public_holidays("IT", None, [2026])[date(2026, 4, 6)] == "Easter Monday"


@pytest.mark.proves("TIER-5")
@settings(deadline=None)
@given(
    st.sampled_from([("IT", "RM"), ("DE", "BY"), ("US", None), ("GB", "SCT"), ("AU", "NSW"), ("IN", None), ("SA", None)]),
    st.lists(st.integers(2015, 2035), min_size=1, max_size=4),
)
def test_a_year_has_the_same_holidays_whatever_other_years_are_asked_for(
    place: tuple[str, str | None], years: list[int]
) -> None:
    together = public_holidays(*place, years)
    apart = [public_holidays(*place, [year]) for year in sorted(set(years))]

    assert list(together.items()) == [pair for year in apart for pair in year.items()]
    assert list(together) == sorted(together)
    assert {on.year for on in together} == set(years)


def test_what_was_given_out_is_plain_data_that_nothing_grows_later() -> None:
    found = public_holidays("IT", None, [2026])

    assert type(found) is dict
    assert date(2027, 1, 1) not in found
    assert len(found) == len(public_holidays("IT", None, [2026]))


@pytest.mark.proves("TIER-5")
@pytest.mark.parametrize(
    ("country", "near"),
    [
        ("it", ("IT (Italy)",)),
        ("ITA", ("IT (Italy)",)),
        ("TI", ("IT (Italy)",)),
        ("Itly", ("IT (Italy)",)),
        ("Germany", ("DE (Germany)",)),
        ("UK", ("GB (United Kingdom)",)),
        ("", ()),
    ],
)
def test_an_unknown_country_is_refused_with_the_near_ones(country: str, near: tuple[str, ...]) -> None:
    with pytest.raises(UnknownPlace) as refused:
        public_holidays(country, None, [2026])

    assert (refused.value.field, refused.value.given, refused.value.near) == ("country", country, near)
    assert all(each in str(refused.value) for each in near)


@pytest.mark.proves("TIER-5")
@pytest.mark.parametrize(
    ("country", "region", "near"),
    [("IT", "Roma", "RM (Roma)"), ("IT", "rm", "RM (Roma)"), ("DE", "Bayren", "BY (Bayern)"), ("DE", "QQ", "BE (Berlin)")],
)
def test_an_unknown_region_is_refused_with_the_near_ones(country: str, region: str, near: str) -> None:
    with pytest.raises(UnknownPlace, match=f"is not a region of {country}") as refused:
        public_holidays(country, region, [2026])

    assert refused.value.field == "subdivision"
    assert near in refused.value.near


def test_a_country_without_regions_has_none_to_name() -> None:
    with pytest.raises(UnknownPlace) as refused:
        public_holidays("SA", "01", [2026])

    assert refused.value.near == ()


@pytest.mark.parametrize("year", [1700, 2500])
def test_a_year_without_known_holidays_is_refused_and_not_taken_for_one_without_any(year: int) -> None:
    with pytest.raises(UnknownYear, match=rf"not in {year}: add them by date"):
        public_holidays("IT", None, [2026, year])


def test_no_years_have_no_holidays() -> None:
    assert public_holidays("IT", None, []) == {}
