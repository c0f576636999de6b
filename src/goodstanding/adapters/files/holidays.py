"""Public holidays by country and region: dates for a calendar to store, taken from the library once a calendar and year."""

from collections.abc import Iterable
from datetime import date
from difflib import get_close_matches

from holidays import country_holidays
from holidays.holiday_base import HolidayBase
from holidays.registry import COUNTRIES

_LISTED_WHOLE = 20
_CODES = frozenset(code for _, code, *_ in COUNTRIES.values())
"""The library's own list of them opens the rules of every country."""


class UnknownPlace(ValueError):
    """A country or region without known holidays; `field` says which of the two, `near` what was perhaps meant."""

    def __init__(self, field: str, given: str, expected: str, near: tuple[str, ...]) -> None:
        hint = f"; near: {', '.join(near)}" if near else ""
        super().__init__(f"{given!r} is not {expected}{hint}")
        self.field = field
        self.given = given
        self.expected = expected
        self.near = near


class UnknownYear(ValueError):
    """A year for which the holidays of a country are not known; none would be silently taken for a year without any."""


def public_holidays(country: str, subdivision: str | None, years: Iterable[int]) -> dict[date, str]:
    """Return the public holidays of a country, or of one region, in the given years, in order, with their names.

    `country` is an ISO 3166-1 code of two letters, `subdivision` the region's code without the country. A holiday on a
    weekend that the law makes up for on another day gives both days. Names are English where the library has them, else
    in the country's language. Another version of the library may answer otherwise: store the dates (architecture.md).
    Raises `UnknownPlace` and `UnknownYear`.
    """
    if country not in _CODES:
        raise UnknownPlace("country", country, "a country's code of two letters, such as IT", _near_countries(country))
    plain = country_holidays(country)
    if subdivision is not None and subdivision not in plain.subdivisions:
        raise UnknownPlace("subdivision", subdivision, f"a region of {country}", _near_regions(subdivision, plain))
    wanted = sorted(set(years))
    for year in wanted:
        if not plain.start_year <= year <= plain.end_year:
            raise UnknownYear(
                f"holidays of {country} are known from {plain.start_year} to {plain.end_year}, not in {year}: add them by date"
            )
    language = _language(plain)
    found = country_holidays(country, subdiv=subdivision, years=wanted, language=language, categories=("public",))
    return dict(sorted(found.items()))


def _language(plain: HolidayBase) -> str | None:
    """English, American where there is a choice; named, since the library else takes the machine's own language."""
    english = sorted(
        (each for each in plain.supported_languages if each.startswith("en")), key=lambda each: (each != "en_US", each)
    )
    return english[0] if english else plain.default_language


def _near_countries(given: str) -> tuple[str, ...]:
    """Countries by another code of theirs, by their name, or, for two letters, by those letters turned round."""
    text = given.strip().casefold().replace(" ", "_")
    names = {code: name for name, (_, code, *_) in COUNTRIES.items()}
    coded = {alias.casefold(): code for _, code, *aliases in COUNTRIES.values() for alias in (code, *aliases)}
    found = [coded[each] for each in (text, text[::-1]) if each in coded]
    close = get_close_matches(text, names.values(), n=3, cutoff=0.7)
    found += [code for name in close for code, known in names.items() if known == name]
    if not found and len(text) == 2:
        found = sorted(code for code in names if code[0] == text[0].upper())[:_LISTED_WHOLE]
    return tuple(f"{code} ({names[code].replace('_', ' ').title()})" for code in dict.fromkeys(found))


def _near_regions(given: str, plain: HolidayBase) -> tuple[str, ...]:
    """Regions by name or by a code like it; all of them where they are few."""
    named = {name.casefold(): code for name, code in plain.subdivisions_aliases.items()}
    codes = {code.casefold(): code for code in plain.subdivisions}
    text = given.strip().casefold()
    close = get_close_matches(text, [*codes, *named], n=5, cutoff=0.6)
    found = [codes.get(each, named.get(each, "")) for each in close]
    if not found and len(plain.subdivisions) <= _LISTED_WHOLE:
        found = list(plain.subdivisions)
    names = {code: name for name, code in plain.subdivisions_aliases.items()}
    return tuple(f"{code} ({names[code]})" if code in names else code for code in dict.fromkeys(found))
