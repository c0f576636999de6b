"""The ticket page explains every clock in words and as a picture, whatever has happened to it (CLOCK-3, CLOCK-6, CLOCK-8)."""

import html
import re
from datetime import timedelta
from itertools import pairwise

import pytest
from django.urls import reverse

from goodstanding.apps.desk import actions as desk
from goodstanding.apps.desk import queries
from goodstanding.apps.desk.values import BoardFilter
from goodstanding.apps.tenancy import actions as tenancy
from goodstanding.apps.tenancy.roles import Role
from goodstanding.core.clocks.amounts import Amount
from goodstanding.core.clocks.presets import preset
from goodstanding.core.desk.events import Actor
from goodstanding.core.desk.policy import ClockKind, Policy, Reopening, ReopenMode, Target, TargetRule
from tests.apps.world import EVERYTHING, LONG_AGO, NOW
from tests.delivery.web.site import Site, text_of

pytestmark = pytest.mark.django_db

P1, P2, P3 = ({"priority": name} for name in ("P1", "P2", "P3"))
CLIENT = {"actor": Actor.CLIENT}


def rules(**amounts):
    """Rules for every ticket: a clock and its amount, None for a promise of no clock."""
    return tuple(
        TargetRule(clock=ClockKind(clock), target=Target(None if amount is None else Amount.parse(amount)))
        for clock, amount in amounts.items()
    )


def served(site, name, *, until_at=None, calendar=None, **policy):
    """A client under a policy of its own."""
    tier = desk.publish_tier(
        EVERYTHING, partner=site.partner.pk, key=name.lower(), name=name, family="support_plan",
        policy=Policy(name=name, **policy), text=name, effective_from=LONG_AGO, now=NOW,
    )  # fmt: skip
    made = tenancy.set_up_client(EVERYTHING, partner=site.partner.pk, name=f"{name} client", zone="UTC")
    desk.assign(
        EVERYTHING, client=made.pk, tier_version=tier.public_id, calendar_version=(calendar or site.always).public_id,
        from_at=LONG_AGO, until_at=until_at,
    )  # fmt: skip
    return made


def page_of(site, ref, *happenings, role=Role.TEAM_LEAD, **fields):
    ticket = site.told(ref, *happenings, **fields)
    answer = site.browser(role).get(reverse("ticket", args=[ticket]))
    assert answer.status_code == 200
    return html.unescape(text_of(answer))


def strips(page):
    """The pictures: what each says to who cannot see it, and its stretches as kind, place and width in hundredths."""
    found = []
    for label, drawing in re.findall(r'<svg class="strip" role="img" aria-label="([^"]*)">(.*?)</svg>', page, re.DOTALL):
        parts = re.findall(r'<rect class="(\w+)" x="([\d.]+)%"[^>]* width="([\d.]+)%"', drawing)
        found.append((label, [(kind, float(x), float(width)) for kind, x, width in parts]))
    return found


def kinds(page, number=0):
    return [kind for kind, _, _ in strips(page)[number][1]]


def states(page):
    """The states of the clocks, by shape and word."""
    part = page.split('id="clocks"', 1)[1].split("</section>", 1)[0]
    return re.findall(r'data-state="(\w+)">.*?<span class="word">([^<]+)</span>', part)


def drawn_well(page):
    for _, parts in strips(page):
        assert parts
        assert parts[0][1] == 0
        assert abs(sum(width for _, _, width in parts) - 100) < 0.5
        for (_, x, width), (_, following, _) in pairwise(parts):
            assert abs(x + width - following) < 0.02
        assert all(width > 0 for _, _, width in parts)


@pytest.mark.proves("CLOCK-3")
def test_a_clock_that_runs_says_when_it_is_due_and_shows_what_is_left():
    page = page_of(Site(), "T1", ("opened", 0.25, P1))

    assert states(page) == [("running", "On track"), ("running", "On track")]
    label, _ = strips(page)[0]
    assert re.match(r"First response: Due .* UTC; 1[56] min of 1 h used, 4[45] min of service left", label)
    assert kinds(page) == ["counted", "ahead"]
    drawn_well(page)


@pytest.mark.proves("CLOCK-3")
def test_a_clock_of_which_three_quarters_are_used_is_at_risk():
    page = page_of(Site(), "T1", ("opened", 0.8, P1))

    assert states(page)[0] == ("at_risk", "At risk")


@pytest.mark.proves("CLOCK-3")
def test_a_ticket_opened_this_very_second_has_its_clocks():
    site = Site()
    address = reverse("ticket", args=[site.told("T1", ("opened", 0, P1))])
    browser = site.browser(Role.AGENT)

    pages = [html.unescape(text_of(browser.get(address))) for _ in range(2)]

    for page in pages:
        assert states(page) == [("running", "On track"), ("running", "On track")]
        assert kinds(page)[-1] == "ahead"
        drawn_well(page)


@pytest.mark.proves("CLOCK-3")
@pytest.mark.parametrize(("role", "hours", "said"), [
    (Role.AGENT, 50, True), (Role.AGENT, 20, False), (Role.CLIENT_ADMIN, 50, False),
])  # fmt: skip
def test_staff_see_how_long_nobody_has_done_anything_on_an_open_ticket(role, hours, said):
    site = Site()
    ticket = site.told("Q-1", ("opened", 90, P3), ("staff_replied", hours))
    browser = site.browser(role, client=site.ferrante if role is Role.CLIENT_ADMIN else None)

    page = text_of(browser.get(reverse("ticket", args=[ticket])))

    assert ("Nobody has done anything on it for 2 d 2 h" in page) is said


def test_a_clock_that_was_met_says_what_it_had_to_spare():
    page = page_of(Site(), "T1", ("opened", 3, P1), ("staff_replied", 2.5), ("resolved", 1))

    assert states(page) == [("met", "Met"), ("met", "Met")]
    assert re.match(r"First response: Met .*30 min of 1 h used, 30 min to spare", strips(page)[0][0])
    assert "counted" in kinds(page)
    drawn_well(page)


@pytest.mark.proves("CLOCK-3", "CLOCK-8")
def test_a_clock_that_broke_its_promise_shows_the_time_over_apart():
    page = page_of(Site(), "T1", ("opened", 3, P1), ("assigned", 2.9, {"assignee": "Marta Rizzo"}))

    assert states(page)[0] == ("breached", "Breached")
    assert kinds(page) == ["counted", "over"]
    assert "Marta Rizzo was responsible at the breach" in page
    counted, over = strips(page)[0][1]
    assert over[2] == pytest.approx(2 * counted[2], rel=0.01)
    drawn_well(page)


@pytest.mark.proves("CLOCK-3")
def test_a_clock_stopped_late_says_by_how_much():
    page = page_of(Site(), "T1", ("opened", 3, P1), ("staff_replied", 1.5))

    said = next(label for label, _ in strips(page) if label.startswith("First response"))
    assert re.search(r"Breached .*; stopped .*, 30 min late; 1 h 30 min of 1 h used", said)


@pytest.mark.proves("CLOCK-4")
def test_a_paused_clock_has_no_deadline_but_what_is_left_and_why():
    page = page_of(
        Site(),
        "T1",
        ("opened", 3, P1),
        ("staff_replied", 2.9),
        ("waiting", 2, {"owner": "customer", "reason": "a sample document"}),
    )

    assert ("paused", "Paused") in states(page)
    label, parts = next((label, parts) for label, parts in strips(page) if label.startswith("Resolution"))
    assert re.search(r"Paused since .*1 h of 4 h used, 3 h of service left", label)
    assert "Due" not in label
    assert [kind for kind, _, _ in parts][:2] == ["counted", "paused"]
    assert "waiting on client: a sample document" in page
    drawn_well(page)


@pytest.mark.proves("CLOCK-6")
def test_a_reopened_ticket_shows_its_first_outcome_and_the_time_it_was_resolved():
    page = page_of(Site(), "T1", ("opened", 5, P1), ("staff_replied", 4.9), ("resolved", 4), ("reopened", 2))

    label, parts = next((label, parts) for label, parts in strips(page) if label.startswith("Resolution"))
    assert re.search(r"3 h( 1 min)? of 4 h used", label)
    assert [kind for kind, _, _ in parts] == ["counted", "paused", "counted", "ahead"]
    assert "resolved, until it was reopened" in page
    assert re.search(r"The first resolution, .*, was met", page)
    drawn_well(page)


@pytest.mark.proves("CLOCK-6")
def test_a_reopening_after_the_window_counts_as_a_ticket_of_its_own():
    site = Site()
    client = served(
        site, "Window", rules=rules(response="1 h", resolution="4 h"), reopening=Reopening(window=timedelta(hours=10))
    )

    page = page_of(site, "T1", ("opened", 40, P1), ("staff_replied", 39.9), ("resolved", 39), ("reopened", 1), client=client)

    assert "counts as a new ticket" in page
    assert len(strips(page)) >= 3
    drawn_well(page)


@pytest.mark.proves("CLOCK-6")
def test_a_reopening_in_a_new_cycle_has_a_second_clock():
    site = Site()
    client = served(site, "Cycles", rules=rules(response="1 h", resolution="4 h"), reopening=Reopening(ReopenMode.NEW_CYCLE))

    page = page_of(site, "T1", ("opened", 40, P1), ("staff_replied", 39.9), ("resolved", 39), ("reopened", 1), client=client)

    assert "Resolution 2" in page
    drawn_well(page)


def test_a_merged_ticket_says_into_which():
    page = page_of(Site(), "T1", ("opened", 3, P3), ("merged", 1, {"into": "T-77"}))

    assert "Merged into T-77" in page
    assert ("cancelled", "Called off") in states(page)


def test_a_cancelled_ticket_says_so():
    page = page_of(Site(), "T1", ("opened", 3, P3), ("cancelled", 1, {"reason": "opened twice"}))

    assert "Cancelled" in page
    assert "opened twice" in page
    assert ("cancelled", "Called off") in states(page)


def test_a_ticket_that_no_promise_covers_says_so_and_draws_nothing():
    site = Site()

    unknown = page_of(site, "T1", ("opened", 3, {"priority": "P9"}))
    unserved = page_of(site, "T2", ("opened", 3, P1), client=site.client("Unserved", promised=False))

    assert ("No rule of the client's tier gives this clock a target" in unknown, "No promise covers" in unknown) == (
        True,
        False,
    )
    assert ("No rule of the client's tier" in unserved, "No promise covers this ticket" in unserved) == (False, True)
    for page in (unknown, unserved):
        assert {state for state, _ in states(page)} == {"not_covered"}
        assert strips(page) == []


def test_a_tier_that_promises_no_clock_says_so():
    site = Site()
    client = served(site, "Silent", rules=rules(response="1 h", resolution=None))

    page = page_of(site, "T1", ("opened", 0.5, P1), client=client)

    assert ("none", "No clock") in states(page)
    assert "The tier promises no clock for this ticket" in page
    assert len(strips(page)) == 1


def test_a_clock_whose_stop_the_source_does_not_tell_is_not_measured():
    page = page_of(Site(), "T1", ("opened", 3, P1), ("resolved", 1), unmeasured=frozenset({ClockKind.RESPONSE}))

    assert ("not_measured", "Not measured") in states(page)
    assert "neither met nor breached" in page
    drawn_well(page)


def test_a_clock_that_ran_when_the_service_ended_says_so():
    site = Site()
    client = served(site, "Ended", rules=rules(response="3 h", resolution="8 h"), until_at=site.now - timedelta(hours=1))

    page = page_of(site, "T1", ("opened", 2, P1), client=client)

    assert {state for state, _ in states(page)} == {"ended"}
    assert "service ended" in page
    drawn_well(page)


@pytest.mark.proves("CLOCK-3")
def test_every_exchange_has_a_clock_of_its_own_where_the_tier_promises_next_responses():
    site = Site()
    client = served(site, "Chatty", rules=rules(response="1 h", next_response="30 min", resolution="80 h"))

    page = page_of(
        site, "T1",
        ("opened", 20, P1), ("staff_replied", 19.5), ("client_replied", 15, CLIENT), ("staff_replied", 14.8),
        ("client_replied", 10, CLIENT), ("staff_replied", 9), ("client_replied", 0.2, CLIENT),
        client=client,
    )  # fmt: skip

    named = [label.split(":")[0] for label, _ in strips(page)]
    assert sorted(named) == ["First response", "Next response", "Next response 2", "Next response 3", "Resolution"]
    said = {label.split(":")[0]: label for label, _ in strips(page)}
    assert "Met" in said["Next response"]
    assert "Breached" in said["Next response 2"]
    assert "Due" in said["Next response 3"]
    drawn_well(page)


@pytest.mark.proves("CLOCK-5")
def test_a_raise_that_lands_past_its_target_says_that_the_change_broke_it():
    page = page_of(Site(), "T1", ("opened", 3, P3), ("priority_changed", 1, P1))

    assert "by a change that landed past its target" in page
    drawn_well(page)


def test_hundreds_of_stretches_are_drawn_and_told_within_bounds():
    site = Site()
    office = desk.publish_calendar(
        EVERYTHING, partner=site.partner.pk, name="Lunch", calendar=preset("business", "Europe/Rome"), text="l",
        holidays_until=2028, now=NOW,
    )  # fmt: skip
    client = served(site, "Patient", rules=rules(response="1 h", resolution="1000 h"), calendar=office)
    waits = []
    for number in range(150):
        waits += [("waiting", 8_000 - number * 50, {"owner": "customer"}), ("resumed", 7_990 - number * 50)]

    page = page_of(site, "T1", ("opened", 8_100, P1), ("staff_replied", 8_099), *waits, client=client)

    assert max(len(parts) for _, parts in strips(page)) > 300
    assert re.search(r"And \d+ stretches more", page)
    assert len(page) < 1_500_000
    drawn_well(page)


def test_the_story_tells_who_did_what_in_order_with_inner_notes_marked():
    page = page_of(
        Site(), "T1",
        ("opened", 9, P1 | CLIENT | {"text": "It does not print"}),
        ("noted", 8, {"public": False, "text": "ask Jonas"}),
        ("assigned", 7, {"assignee": "Aisha Khan", "team": "hosting"}),
        ("staff_replied", 6, {"text": "We look at it"}),
        ("priority_changed", 5, P2),
        ("resolved", 4, {"text": "Turned it on"}),
    )  # fmt: skip

    story = page.split('id="story"', 1)[1]
    told = [
        story.index(text) for text in ("It does not print", "ask Jonas", "Aisha Khan", "We look at it", "to P2", "Turned it on")
    ]
    assert told == sorted(told)
    assert "inner note" in story


def test_a_correction_is_shown_beside_what_it_corrects():
    page = page_of(
        Site(), "T1", ("opened", 9, P1), ("staff_replied", 8, {"text": "sent to somebody else"}),
        ("noted", 7, {"supersedes": "1", "text": "the reply was not ours"}),
    )  # fmt: skip

    assert "sent to somebody else" in page
    assert re.search(r'class="[^"]*replaced', page)


@pytest.mark.proves("CLOCK-8")
def test_a_waiver_is_granted_with_reason_and_name_and_takes_the_clock_out_of_compliance():
    site = Site()
    ticket = site.told("T1", ("opened", 3, P1), ("staff_replied", 1.5))
    address = reverse("ticket", args=[ticket])
    browser = site.browser(Role.TEAM_LEAD)
    before = queries.lately(EVERYTHING, now=site.now + timedelta(minutes=1)).response[0]

    page = text_of(browser.post(f"{address}/waive", {"clock": "response", "reason": "their own outage"}, follow=True))

    after = queries.lately(EVERYTHING, now=site.now + timedelta(minutes=1)).response[0]
    assert "The breach stays in the record" in page
    assert "their own outage" in page
    assert "Team_Lead" in page
    assert (before.breached, after.breached, after.met) == (1, 0, 0)
    assert queries.board(EVERYTHING, BoardFilter(), now=site.now).rows[0].breaches == 1


@pytest.mark.proves("CLOCK-8")
def test_all_clocks_of_a_ticket_are_waived_at_once_where_none_is_named():
    site = Site()
    ticket = site.told("T1", ("opened", 30, P1), ("staff_replied", 20), ("resolved", 10))

    site.browser(Role.TEAM_LEAD).post(reverse("waive", args=[ticket]), {"clock": "", "reason": "their own outage"})

    found = queries.lately(EVERYTHING, now=site.now + timedelta(minutes=1))
    assert (found.response[0].breached, found.resolution[0].breached) == (0, 0)


@pytest.mark.proves("CLOCK-8")
@pytest.mark.parametrize(
    "wrong",
    [{"reason": ""}, {"reason": "  "}, {"clock": "everything"}, {"clock": "RESPONSE"}, {"clock": "response,resolution"}],
)
def test_a_waiver_without_a_reason_or_for_no_clock_there_is_is_refused(wrong):
    site = Site()
    ticket = site.told("T1", ("opened", 3, P1), ("staff_replied", 1.5))
    given = {"clock": "response", "reason": "their own outage"} | wrong

    page = text_of(site.browser(Role.TEAM_LEAD).post(reverse("waive", args=[ticket]), given, follow=True))

    assert "Not waived: " in page
    assert queries.lately(EVERYTHING, now=site.now + timedelta(minutes=1)).response[0].breached == 1


def test_a_ticket_that_could_not_be_judged_is_shown_all_the_same():
    site = Site()
    ticket = site.told("T1", ("opened", 1, P1), ("client_changed", 0.5, {"client": "nobody"}))

    answer = site.browser(Role.AGENT).get(reverse("ticket", args=[ticket]))

    assert answer.status_code == 200


def test_a_ticket_whose_clocks_cannot_be_read_says_why_instead_of_breaking():
    page = page_of(Site(), "T1", ("opened", 24 * 366 * 60, P1))

    assert "T1 could not be judged" in page
    assert "outside the years 1970 to 2099" in page


def test_times_are_told_in_the_zone_that_counts():
    site = Site()
    rome = desk.publish_calendar(
        EVERYTHING, partner=site.partner.pk, name="Rome", calendar=preset("24/7", "Asia/Tokyo"), text="t",
        holidays_until=2028, now=NOW,
    )  # fmt: skip
    client = served(site, "Tokyo", rules=rules(response="1 h", resolution="4 h"), calendar=rome)

    page = page_of(site, "T1", ("opened", 0.5, P1), client=client)

    assert "JST" in strips(page)[0][0]
