"""The demo's partner and clients: complete, different from each other, and promised what the catalogue has."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from goodstanding.adapters.demo.cast import HISTORY_DAYS, PARTNER, PEOPLE, TEAMS
from goodstanding.adapters.demo.clients import CLIENTS
from goodstanding.adapters.files.tiers import catalogue
from goodstanding.core.clocks.clock import clock_of
from tests.adapters.demo.worlds import YEARS, calendar_of

ROLES = {"manager", "team_lead", "agent", "account_manager", "finance", "partner_admin", "executive"}


def is_open(key, year, month, day, hour):
    calendar = calendar_of(key)
    at = datetime(year, month, day, hour, 30, tzinfo=calendar.tz)
    return clock_of(calendar).is_open(int(at.timestamp()))


def test_every_role_of_a_partner_is_played_and_every_team_has_somebody():
    assert {person.role for person in PEOPLE} == ROLES
    assert {person.team for person in PEOPLE} - {""} == set(TEAMS.values())
    assert all(person.email.endswith(".example") for person in PEOPLE)
    assert len({person.email for person in PEOPLE}) == len(PEOPLE)
    assert PARTNER.domain.endswith(".example")


def test_twelve_clients_differ_in_name_zone_and_tier():
    assert len({client.key for client in CLIENTS}) == len({client.code for client in CLIENTS}) == len(CLIENTS) == 12
    assert len({client.zone for client in CLIENTS}) >= 8
    tiers = {promise.tier for client in CLIENTS for promise in client.promises}
    assert tiers == {"bronze", "silver", "gold", "platinum", "light", "active"}
    assert tiers <= {tier.key for tier in catalogue()}


def test_every_client_has_contacts_at_a_domain_that_nobody_owns():
    for client in CLIENTS:
        assert 2 <= len(client.contacts) <= 4
        assert all(contact.email.endswith(f"@{client.domain}") for contact in client.contacts)
        assert client.domain.endswith(".example")
        assert client.named in {"", *(person.name for person in PEOPLE)}


def test_promises_cover_the_whole_history_and_one_client_changes_tier_half_way():
    for client in CLIENTS:
        days = [0, *(promise.until_day for promise in client.promises)]
        assert [promise.from_day for promise in client.promises] == days[:-1]
        assert days[-1] is None
    changed = [client for client in CLIENTS if len(client.promises) > 1]
    assert [[promise.tier for promise in client.promises] for client in changed] == [["silver", "gold"]]
    assert changed[0].promises[0].until_day == HISTORY_DAYS // 2


def test_calendars_can_be_read_and_keep_the_zone_of_their_client():
    assert all(calendar_of(client.key).zone == client.zone for client in CLIENTS)


def test_lunch_breaks_night_shifts_and_other_weeks_are_served():
    assert not is_open("pellerin", 2026, 3, 11, 12)
    assert is_open("pellerin", 2026, 3, 13, 23)  # Friday night, for the lorries
    assert is_open("pellerin", 2026, 3, 14, 5)
    assert not is_open("pellerin", 2026, 3, 12, 23)
    assert is_open("nakheel-wadi", 2026, 3, 15, 9)  # a Sunday
    assert not is_open("nakheel-wadi", 2026, 3, 13, 9)  # a Friday
    assert is_open("suvarnika", 2026, 3, 14, 10)  # a Saturday
    assert is_open("tussock", 2026, 3, 15, 3)


def test_holidays_are_those_of_country_and_region():
    assert not is_open("carsina", 2026, 11, 3, 10)  # San Giusto, in Trieste only
    assert is_open("ferrandis", 2026, 11, 3, 10)
    assert not is_open("brackwell", 2026, 5, 25, 10)  # spring bank holiday


def test_the_own_closure_in_august_is_there_in_every_year():
    for year in YEARS:
        assert not is_open("ferrandis", year, 8, 14, 10)
        begins = calendar_of("ferrandis").closed[year - YEARS.start].start.date()
        assert begins.weekday() == 0
        assert date(year, 8, 4) < begins < date(year, 8, 12)


def test_somebody_of_every_client_is_at_work_on_an_ordinary_wednesday():
    for client in CLIENTS:
        morning = datetime(2026, 3, 11, 10, 30, tzinfo=ZoneInfo(client.zone))
        assert clock_of(client.working_hours).is_open(int(morning.timestamp()))
