"""Tiers and calendars are published from what people write, as versions that never change (TIER-6, TIER-8)."""

from datetime import timedelta

import pytest

from goodstanding.apps.desk import queries
from goodstanding.apps.tenancy.roles import Role
from goodstanding.apps.unit import Conflict, Forbidden, NotFound
from goodstanding.flows import publish_calendar as calendars
from goodstanding.flows import publish_tier as tiers
from tests.apps.world import EVERYTHING, LONG_AGO, NOW, World

pytestmark = pytest.mark.django_db

CALENDAR = "zone: Europe/Rome\nweek: {mon: ['09:00-13:00', '14:00-18:00']}\nholidays: {country: IT}\n"
GOLD = tiers.text_of(next(each for each in tiers.shipped() if each.key == "gold"))


def published(world, text=GOLD, scope=EVERYTHING, effective_from=LONG_AGO, **more):
    return tiers.publish_tier(scope, partner=world.partner.pk, text=text, effective_from=effective_from, now=NOW, **more)


def versions(world, key):
    (tier,) = {each.tier for each in queries.tiers(world.scope()) if each.key == key}
    return queries.tier_versions(EVERYTHING, tier)


@pytest.mark.proves("TIER-8")
def test_what_is_wrong_in_a_tier_is_told_with_line_and_field_and_nothing_is_published():
    world = World()
    wrong = GOLD.replace("P1:", "P1x:", 1)
    line = next(number for number, each in enumerate(wrong.splitlines(), 1) if "P1x" in each)

    checked = tiers.check(wrong, name="tier")

    assert checked.tier is None
    assert ("tier", line) in [(each.path, each.line) for each in checked.problems]
    with pytest.raises(ValueError, match="P1x"):
        published(world, wrong)
    assert len(versions(world, "gold")) == 1


@pytest.mark.proves("TIER-6")
def test_a_changed_tier_is_a_new_version_and_the_old_one_stays_as_it_was():
    world = World()
    first = published(world, GOLD, note="as agreed")
    second = published(world, GOLD.replace("1 h", "30 min", 1), effective_from=NOW)

    assert (second.number, first.number) == (3, 2)
    assert queries.tier_version(EVERYTHING, first.public_id) == first
    assert first.text == GOLD
    assert [each.number for each in versions(world, "gold")] == [3, 2, 1]


@pytest.mark.proves("TIER-6")
def test_the_same_tier_again_is_the_same_version():
    world = World()

    first, again = published(world), published(world, effective_from=NOW)

    assert again == first


def test_a_version_keeps_who_published_it_when_and_why():
    world = World()
    version = published(world, scope=world.scope(Role.MANAGER), note="new year, new times")

    assert (version.published_by, version.published_at, version.note) == ("Manager", NOW, "new year, new times")


def test_publishing_needs_the_right_and_the_partner():
    ours, theirs = World(), World("baltica", "Baltica ERP")

    with pytest.raises(Forbidden):
        published(ours, scope=ours.scope(Role.TEAM_LEAD))
    with pytest.raises(NotFound):
        published(ours, scope=theirs.scope())
    with pytest.raises(Forbidden):
        calendars.publish_calendar(ours.scope(Role.TEAM_LEAD), partner=ours.partner.pk, name="Rome", text=CALENDAR, now=NOW)
    with pytest.raises(NotFound):
        calendars.publish_calendar(theirs.scope(), partner=ours.partner.pk, name="Rome", text=CALENDAR, now=NOW)


@pytest.mark.proves("TIER-1")
def test_the_catalogue_is_published_once():
    world = World("baltica", "Baltica ERP")

    first = tiers.publish_catalogue(EVERYTHING, partner=world.partner.pk, effective_from=LONG_AGO, now=NOW)
    again = tiers.publish_catalogue(
        EVERYTHING, partner=world.partner.pk, effective_from=LONG_AGO - timedelta(days=366), now=NOW
    )

    assert again == first
    assert {each.key for each in first} == {each.key for each in tiers.shipped()}


def test_the_catalogue_leaves_a_tier_that_the_partner_has_changed_as_it_is():
    ours, theirs = World(), World("baltica", "Baltica ERP")
    own = published(ours, GOLD.replace("1 h", "30 min", 1), effective_from=NOW)

    found = tiers.publish_catalogue(EVERYTHING, partner=ours.partner.pk, effective_from=LONG_AGO, now=NOW)

    assert next(each for each in found if each.key == "gold") == own
    assert [each.key for each in queries.tiers(theirs.scope())] == ["gold"]


def test_the_catalogue_is_published_for_no_partner_out_of_scope():
    ours, theirs = World(), World("baltica", "Baltica ERP")

    with pytest.raises(NotFound):
        tiers.publish_catalogue(theirs.scope(), partner=ours.partner.pk, effective_from=LONG_AGO, now=NOW)


def test_a_version_before_the_one_it_follows_is_refused():
    world = World()
    published(world, effective_from=NOW)

    with pytest.raises(Conflict):
        published(world, GOLD.replace("1 h", "30 min", 1), effective_from=LONG_AGO)


@pytest.mark.proves("TIER-5")
def test_a_calendar_is_kept_with_the_holidays_of_the_years_around_it():
    world = World()

    version = calendars.publish_calendar(EVERYTHING, partner=world.partner.pk, name="Rome", text=CALENDAR, now=NOW)

    _, calendar = queries.calendar_version(EVERYTHING, version.public_id)
    years = {on.year for on in calendar.holidays}
    assert years == set(range(NOW.year - calendars.YEARS_BACK, NOW.year + calendars.YEARS_AHEAD + 1))
    assert (version.holidays_until, version.text, version.zone) == (max(years), CALENDAR, "Europe/Rome")


@pytest.mark.proves("TIER-5")
def test_a_calendar_published_again_is_the_same_version_until_something_counts_otherwise():
    world = World()
    asked = {"partner": world.partner.pk, "name": "Rome", "now": NOW}

    first = calendars.publish_calendar(EVERYTHING, text=CALENDAR, **asked)
    again = calendars.publish_calendar(EVERYTHING, text=CALENDAR + "# said otherwise\n", **asked)
    changed = calendars.publish_calendar(EVERYTHING, text=CALENDAR.replace("18:00", "17:00"), **asked)

    assert again == first
    assert (changed.number, changed.calendar) == (2, first.calendar)
    assert queries.calendar_version(EVERYTHING, first.public_id)[0] == first


def test_what_is_wrong_in_a_calendar_is_told_with_line_and_field():
    checked = calendars.check("zone: Europe/Rome\nweek:\n  mon: ['18:00-09:61']\n", now=NOW, name="calendar")

    assert checked.calendar is None
    assert [(each.path, each.line) for each in checked.problems] == [("calendar", 3)]
    assert "mon" in checked.problems[0].field


@pytest.mark.parametrize("name", ["business", "extended", "18/7", "24/7"])
def test_a_preset_reads_back_as_it_was_written(name):
    world = World()
    text = calendars.preset_text(name, "Europe/Oslo")

    version = calendars.publish_calendar(EVERYTHING, partner=world.partner.pk, name=name, text=text, now=NOW)

    assert version.zone == "Europe/Oslo"
    assert calendars.check(text, now=NOW).problems == ()
