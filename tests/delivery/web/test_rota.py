"""Who is told, on the pages: the rota with its uncovered hours, contact roles, offices and absences (ESC-7, ESC-8)."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth import get_user_model

from goodstanding.adapters.files.escalation import shipped_plan
from goodstanding.apps.desk import actions as desk
from goodstanding.apps.escalation import actions, queries
from goodstanding.apps.escalation.actions import NewTurn
from goodstanding.apps.journal import queries as journal
from goodstanding.apps.journal.values import JournalFilter
from goodstanding.apps.tenancy.roles import Role
from goodstanding.core.clocks.amounts import Amount
from goodstanding.core.desk.escalation.people import uncovered
from goodstanding.core.desk.policy import WALL, ClockKind, Policy, Target, TargetRule
from goodstanding.delivery.web.desk.rota_picture import picture, spell
from goodstanding.flows.look_ahead import look_ahead
from tests.apps.world import EVERYTHING, LONG_AGO
from tests.delivery.web.site import Site, text_of

pytestmark = pytest.mark.django_db

PEOPLE = "/escalation/people"
ROLES, OFFICES, ABSENCES = f"{PEOPLE}/roles", f"{PEOPLE}/offices", f"{PEOPLE}/absences"
ROME = ZoneInfo("Europe/Rome")
MIDNIGHT = {"hour": 0, "minute": 0, "second": 0, "microsecond": 0}


class Firm(Site):
    """A site with two of the staff, Nadia and Marta, and its pages in the zone of Rome."""

    def __init__(self):
        super().__init__()
        self.nadia, self.marta = self.named("Nadia Kravos", Role.AGENT), self.named("Marta Bressan", Role.TEAM_LEAD)
        self.today = self.now.astimezone(ROME).replace(**MIDNIGHT)

    def named(self, name, role):
        pk = self.person(role, email=f"{name.split()[0].lower()}@{self.partner.key}.example")
        get_user_model().objects.filter(pk=pk).update(name=name)
        return pk

    def id_of(self, pk):
        return str(next(each.person for each in queries.seats(EVERYTHING, partner=self.partner.pk) if each.pk == pk))

    def on(self, days, hour=0):
        """A time of day so many days from today, on the clocks of Rome."""
        return (self.today + timedelta(days=days)).replace(hour=hour)

    def typed(self, person, start, end, **more):
        return {"person": self.id_of(person), "from": f"{start:%Y-%m-%dT%H:%M}", "until": f"{end:%Y-%m-%dT%H:%M}"} | more

    def on_call(self, person, start, end, deputy=None):
        actions.plan_turns(
            EVERYTHING, partner=self.partner.pk, turns=[NewTurn(person, deputy, start, end)], now=self.now
        )  # fmt: skip
        return self.turns()[-1].public_id

    def turns(self):
        return queries.turns(EVERYTHING, partner=self.partner.pk, since=self.now)

    def hold(self, role, person, **more):
        return actions.hold_role(EVERYTHING, partner=self.partner.pk, role=role, person=person, now=self.now, **more)

    def plan(self):
        actions.publish_plan(EVERYTHING, partner=self.partner.pk, plan=shipped_plan(), now=self.now - timedelta(days=1))

    def around_the_clock(self):
        """A client that is promised a target of wall time."""
        promised = Policy(
            name="Night",
            rules=tuple(
                TargetRule(clock=clock, target=Target(Amount.parse("1 h"), WALL), priority="P1")
                for clock in (ClockKind.RESPONSE, ClockKind.RESOLUTION)
            ),
        )
        tier = desk.publish_tier(
            EVERYTHING, partner=self.partner.pk, key="night", name="Night watch", family="support_plan", policy=promised,
            text="night 1", effective_from=LONG_AGO, now=LONG_AGO,
        )  # fmt: skip
        client = self.client("Ospedale", promised=False)
        desk.assign(
            EVERYTHING, client=client.pk, tier_version=tier.public_id, calendar_version=self.always.public_id, from_at=LONG_AGO
        )

    def whom(self, address):
        """The cell of a role that says who would be told now, by role."""
        page = text_of(self.browser(Role.MANAGER).get(address))
        rows = re.findall(r'<th scope="row"><b>(.*?)</b>.*?</th>\s*<td>.*?</td>\s*<td>(.*?)</td>', page, re.DOTALL)
        return {name: " ".join(re.sub(r"<[^>]+>", " ", cell).split()) for name, cell in rows}


@pytest.fixture
def firm():
    return Firm()


@pytest.fixture
def lead(firm):
    return firm.browser(Role.TEAM_LEAD)


def heading(answer):
    return re.search(r"<h1>(.*?)</h1>", text_of(answer), re.DOTALL)[1]


@pytest.mark.proves("ESC-7")
def test_hours_that_nobody_covers_are_told_beforehand_and_the_danger_where_a_tier_promises_them(firm, lead):
    firm.on_call(firm.nadia, firm.on(-1), firm.on(3, 20))
    firm.on_call(firm.marta, firm.on(4, 9), firm.on(20))
    gap = spell(firm.on(3, 20), firm.on(4, 9), "Europe/Rome", firm.now)

    plain = lead.get(PEOPLE)
    firm.around_the_clock()
    promised = lead.get(PEOPLE)

    hours = (firm.on(4, 9).astimezone(UTC) - firm.on(3, 20).astimezone(UTC)) // timedelta(hours=1)
    assert heading(plain) == f"{hours} h of the next two weeks are uncovered"
    assert "Nadia Kravos is on call now" in text_of(plain)
    assert gap in text_of(plain)
    assert "No promise in force has a target around the clock" in text_of(plain)
    assert "Night watch promises Ospedale targets around the clock" in text_of(promised)
    assert "reaches nobody who is on call" in text_of(promised)


@pytest.mark.proves("ESC-7")
def test_a_gap_is_filled_from_where_it_is_told_and_then_the_page_says_covered(firm, lead):
    firm.on_call(firm.nadia, firm.on(-1), firm.on(3, 20))
    firm.on_call(firm.marta, firm.on(4, 9), firm.on(20))
    gap = f"from={firm.on(3, 20):%Y-%m-%dT%H%%3A%M}&amp;until={firm.on(4, 9):%Y-%m-%dT%H%%3A%M}#from"

    page = text_of(lead.get(PEOPLE))
    answer = lead.post(f"{PEOPLE}/turns/add", firm.typed(firm.nadia, firm.on(3, 20), firm.on(4, 9)), follow=True)

    assert gap in page
    assert heading(answer) == "Covered around the clock for two weeks"
    assert "1 turn planned" in text_of(answer)


@pytest.mark.proves("ESC-7")
@pytest.mark.parametrize("day", [datetime(2026, 3, 25, 12, tzinfo=UTC), datetime(2026, 10, 21, 12, tzinfo=UTC)])
def test_the_picture_draws_what_is_uncovered_to_scale_where_clocks_change(firm, day):
    weeks = [NewTurn(firm.nadia, None, day + timedelta(days=n), day + timedelta(days=n, hours=19)) for n in range(-1, 16)]
    actions.plan_turns(EVERYTHING, partner=firm.partner.pk, turns=weeks, now=day)
    ahead = look_ahead(EVERYTHING, partner=firm.partner.pk, zone="Europe/Rome", now=day)

    drawn = picture(ahead, zone="Europe/Rome", now=day)

    def at(x):
        return ahead.start + (ahead.end - ahead.start) * (x / 100)

    found = [(at(bar.x), at(bar.x + bar.width)) for bar in drawn.lines[0].bars]
    wanted = uncovered(ahead.roster, day, ahead.end)
    assert len(found) == len(wanted) > 12
    assert all(
        abs(one - other) < timedelta(minutes=1)
        for pair in zip(found, wanted, strict=True)
        for one, other in zip(*pair, strict=True)
    )
    assert len(drawn.days) == 14
    odd = {each.name: each.width for each in drawn.days if abs(each.width - 100 / 14) > 0.1}
    assert list(odd) == ["Sun 29" if day.month == 3 else "Sun 25"]
    assert {at(each.x).astimezone(ROME).replace(second=0, microsecond=0).hour for each in drawn.days[1:]} <= {0, 23}


def test_a_week_that_repeats_goes_round_the_people_with_the_next_one_as_deputy(firm, lead):
    typed = firm.typed(firm.nadia, firm.on(1, 9), firm.on(8, 9), deputy="next", weeks="3", then2=firm.id_of(firm.marta))

    answer = lead.post(f"{PEOPLE}/turns/add", typed, follow=True)
    again = lead.post(f"{PEOPLE}/turns/add", typed, follow=True)

    assert "3 turns planned" in text_of(answer)
    assert "Nothing is new" in text_of(again)
    assert [(each.name, each.deputy_name) for each in firm.turns()] == [
        ("Nadia Kravos", "Marta Bressan"), ("Marta Bressan", "Nadia Kravos"), ("Nadia Kravos", "Marta Bressan"),
    ]  # fmt: skip
    assert {each.from_at.astimezone(ROME).hour for each in firm.turns()} == {9}


def test_turns_that_overlap_are_told_and_not_refused(firm, lead):
    firm.on_call(firm.marta, firm.on(1, 9), firm.on(8, 9))

    answer = text_of(lead.post(f"{PEOPLE}/turns/add", firm.typed(firm.nadia, firm.on(7), firm.on(9)), follow=True))

    assert "It overlaps with Marta Bressan" in answer
    assert answer.count(">overlaps<") == 2


@pytest.mark.proves("ESC-7")
def test_planning_somebody_twice_or_while_they_are_away_says_what_becomes_of_it(firm, lead):
    firm.on_call(firm.nadia, firm.on(1, 9), firm.on(8, 9))
    for person, days in ((firm.nadia, (9, 11)), (firm.marta, (10, 11))):
        actions.be_away(
            EVERYTHING, partner=firm.partner.pk, person=person, from_at=firm.on(days[0]), until_at=firm.on(days[1]),
            now=firm.now,
        )  # fmt: skip

    def said(start, end, **more):
        return text_of(lead.post(f"{PEOPLE}/turns/add", firm.typed(firm.nadia, start, end, **more), follow=True))

    own = said(firm.on(7), firm.on(9))
    alone = said(firm.on(9, 5), firm.on(9, 23))
    half = said(firm.on(9, 6), firm.on(11, 5), deputy=firm.id_of(firm.marta))
    both = said(firm.on(10, 4), firm.on(10, 9), deputy=firm.id_of(firm.marta))
    weekly = said(firm.on(20), firm.on(30), weeks="2")

    hers = spell(firm.on(1, 9), firm.on(8, 9), "Europe/Rome", firm.now)
    assert f"It overlaps with a turn of the same person, Nadia Kravos, {hers}: who has two at once is told once." in own
    assert "while both are on call" not in own
    gone = spell(firm.on(9, 5), firm.on(9, 23), "Europe/Rome", firm.now)
    assert f"Nadia Kravos is away {gone}: nobody stands in." in alone
    assert "Marta Bressan stands in for some of it, and is away for the rest." in half
    assert "Marta Bressan, the deputy, is away as well, so nobody stands in." in both
    assert ">Away for all of it, nobody stands in<" in alone
    assert ">Away for some of it, Marta Bressan stands in for some of it, and is away for the rest<" in half
    assert ">Away for all of it, Marta Bressan, the deputy, is away as well, so nobody stands in<" in both
    assert "These turns overlap each other: who has two of them at once is told once." in weekly


def test_a_turn_that_is_over_is_refused_where_it_is_planned_and_where_one_is_changed(firm, lead):
    turn = firm.on_call(firm.nadia, firm.on(1, 9), firm.on(8, 9))
    past = firm.typed(firm.nadia, firm.on(-9), firm.on(-2), deputy="")

    planned = text_of(lead.post(f"{PEOPLE}/turns/add", past | {"weeks": "3"}))
    changed = text_of(lead.post(f"{PEOPLE}/turns/{turn}", past))

    for page in (planned, changed):
        assert 'id="until-wrong" role="alert">This is over already: only who is on call now or will be' in page
    assert len(queries.turns(EVERYTHING, partner=firm.partner.pk, since=firm.on(-30))) == 1


def test_a_turn_longer_than_two_weeks_is_asked_about_once_and_its_year_told(firm, lead):
    long = firm.typed(firm.nadia, firm.on(1, 9), firm.on(366, 9))
    other = firm.typed(firm.nadia, firm.on(1, 9), firm.on(100, 9))
    these = f"{long['from']} {long['until']}"

    asked = lead.post(f"{PEOPLE}/turns/add", long)
    again = lead.post(f"{PEOPLE}/turns/add", other | {"meant": these})
    too_long = text_of(lead.post(f"{PEOPLE}/turns/add", firm.typed(firm.nadia, firm.on(1, 9), firm.on(376, 9))))
    two_weeks = lead.post(f"{PEOPLE}/turns/add", firm.typed(firm.marta, firm.on(2, 9), firm.on(16, 9)), follow=True)
    meant = text_of(lead.post(f"{PEOPLE}/turns/add", long | {"meant": these}, follow=True))
    turn = next(each for each in firm.turns() if each.person == firm.nadia)
    given = lead.post(f"{PEOPLE}/turns/{turn.public_id}", long | {"person": firm.id_of(firm.marta), "deputy": ""})
    moved = lead.post(f"{PEOPLE}/turns/{turn.public_id}", other | {"deputy": ""})

    assert asked.status_code == 422
    assert "This is 365 days long: is that meant?" in text_of(asked)
    assert f'name="meant" value="{these}" aria-describedby="meant-wrong"' in text_of(asked)
    assert f'value="{long["until"]}"' in text_of(asked)
    assert "This is 99 days long: is that meant?" in text_of(again)
    assert "This is 375 days long, and a turn lasts a year at most: is the year right?" in too_long
    assert "1 turn planned" in text_of(two_weeks)
    last = firm.on(366, 9)
    assert f"1 turn planned, until {last:%a} {last.day} {last:%b} {last.year} 09:00" in meant
    assert meant.count(f"{last:%b} {last.year} 09:00") == 2
    assert given.status_code == 302
    assert "This is 99 days long: is that meant?" in text_of(moved)


def test_a_spell_names_a_year_once_and_only_where_it_is_not_this_one():
    def said(start, end, now):
        return spell(*(datetime(*each, 9, tzinfo=ROME) for each in (start, end)), "Europe/Rome", datetime(*now, tzinfo=ROME))

    assert said((2026, 7, 6), (2026, 7, 13), (2026, 7, 1)) == "Mon 6 Jul 09:00 – Mon 13 Jul 09:00 CEST"
    assert said((2026, 12, 28), (2027, 1, 4), (2026, 7, 1)) == "Mon 28 Dec 09:00 – Mon 4 Jan 2027 09:00 CET"
    assert said((2026, 12, 28), (2027, 1, 4), (2027, 1, 2)) == "Mon 28 Dec 2026 09:00 – Mon 4 Jan 09:00 CET"
    assert said((2027, 7, 5), (2027, 7, 12), (2026, 7, 1)) == "Mon 5 Jul 09:00 – Mon 12 Jul 2027 09:00 CEST"


def test_what_is_wrong_with_a_turn_is_said_at_its_field_and_nothing_typed_is_lost(firm, lead):
    wrong = firm.typed(firm.nadia, firm.on(8, 9), firm.on(1, 9), deputy=firm.id_of(firm.nadia), weeks="60")

    answer = lead.post(f"{PEOPLE}/turns/add", wrong)
    missing = text_of(lead.post(f"{PEOPLE}/turns/add", {"person": "x", "from": "soon", "until": "", "then2": "y"}))
    skipped = lead.post(f"{PEOPLE}/turns/add", {**wrong, "from": "2027-03-28T02:30", "until": "2027-03-28T09:00"})

    page = text_of(answer)
    assert answer.status_code == 422
    for name, said in (("until", "ends after it begins"), ("deputy", "their own deputy"), ("weeks", "from 1 to 52")):
        assert re.search(rf'id="{name}-wrong" role="alert">[^<]*{said}', page)
        assert re.search(rf'name="{name}"[^>]*aria-invalid="true"', page)
    assert f'value="{wrong["from"]}"' in page
    assert 'value="60"' in page
    assert '<details class="fold-out" open>' in page
    assert "“soon” is no date and time" in missing
    assert "Write a day and a time" in missing
    assert missing.count("Choose somebody from the list.") == 2
    assert "02:30 did not exist that day in Europe/Rome" in text_of(skipped)
    assert firm.turns() == ()


def test_a_turn_is_changed_and_what_was_left_as_it_stood_stays_to_the_second(firm, lead):
    odd = firm.on(1, 9).astimezone(UTC) + timedelta(seconds=7)
    turn = firm.on_call(firm.nadia, odd, firm.on(8, 9))
    address = f"{PEOPLE}/turns/{turn}"

    form = text_of(lead.get(address))
    answer = lead.post(address, firm.typed(firm.marta, odd.astimezone(ROME), firm.on(9, 9), deputy=""), follow=True)

    assert "Nadia Kravos is on call" in form
    assert "Marta Bressan is on call" in text_of(answer)
    (kept,) = firm.turns()
    assert (kept.name, kept.from_at, kept.until_at) == ("Marta Bressan", odd, firm.on(9, 9))
    assert lead.post(address, firm.typed(firm.marta, firm.on(3), firm.on(2), deputy="")).status_code == 422


def test_what_was_removed_is_put_back_with_one_button_once(firm, lead):
    turn = firm.on_call(firm.nadia, firm.on(1, 9), firm.on(8, 9), deputy=firm.marta)
    before = firm.turns()[0]

    removed = text_of(lead.post(f"{PEOPLE}/turns/{turn}/remove", follow=True))
    elsewhere = text_of(lead.get(ABSENCES))
    gone = firm.turns()
    back = text_of(lead.post(f"{PEOPLE}/put-back", follow=True))
    again = text_of(lead.post(f"{PEOPLE}/put-back", follow=True))

    assert "Nadia Kravos’s turn" in removed
    assert "Put it back" in removed
    assert "Put it back" not in elsewhere
    assert gone == ()
    assert "Put back as it was." in back
    assert "Nothing is left to put back" in again
    (kept,) = firm.turns()
    assert (kept.name, kept.deputy_name, kept.from_at) == (before.name, before.deputy_name, before.from_at)


def test_whoever_removes_something_comes_back_to_the_button_that_puts_it_back(firm):
    boss, day = firm.browser(Role.MANAGER), firm.on(3)
    turn, role = firm.on_call(firm.nadia, firm.on(1, 9), firm.on(8, 9)), firm.hold("team_lead", firm.marta)
    absence = actions.be_away(
        EVERYTHING, partner=firm.partner.pk, person=firm.nadia, from_at=day, until_at=day + timedelta(days=1), now=firm.now
    )  # fmt: skip

    for page, removed in ((PEOPLE, f"turns/{turn}"), (ABSENCES, absence), (ROLES, role)):
        answer = boss.post(f"{page}/{removed}/remove")

        assert answer["Location"] == f"{page}#put-back"
        assert '<button class="button" id="put-back">' in text_of(boss.get(page))


def test_what_somebody_has_set_anew_meanwhile_is_not_put_back_over_it(firm, lead):
    boss, day = firm.browser(Role.MANAGER), firm.on(5)
    role = firm.hold("team_lead", firm.marta)
    boss.post(f"{ROLES}/{role}/remove")
    firm.hold("team_lead", firm.marta, deputy=firm.nadia)
    away = {"person": firm.id_of(firm.nadia), "from": f"{day:%Y-%m-%d}"}
    lead.post(f"{ABSENCES}/add", away | {"until": f"{day + timedelta(days=9):%Y-%m-%d}"})
    (absence,) = queries.absences(EVERYTHING, partner=firm.partner.pk, since=firm.now)
    lead.post(f"{ABSENCES}/{absence.public_id}/remove")
    lead.post(f"{ABSENCES}/add", away | {"until": f"{day:%Y-%m-%d}"})

    told = [text_of(each.post(f"{PEOPLE}/put-back", follow=True)) for each in (boss, lead)]

    assert "Not put back: somebody has given it again meanwhile." in told[0]
    assert "Not put back: somebody has noted it again meanwhile." in told[1]
    assert [each.deputy for each in queries.holdings(EVERYTHING, partner=firm.partner.pk)] == [firm.nadia]
    (kept,) = queries.absences(EVERYTHING, partner=firm.partner.pk, since=firm.now)
    assert kept.until_at - kept.from_at <= timedelta(hours=25)


def test_what_somebody_else_may_do_only_is_not_put_back_by_whoever_may_not(firm):
    boss = firm.browser(Role.MANAGER)
    role = firm.hold("team_lead", firm.marta)

    removed = text_of(boss.post(f"{ROLES}/{role}/remove", follow=True))
    boss.post(f"{PEOPLE}/put-back")

    assert "Marta Bressan is no longer team lead." in removed
    assert [each.name for each in queries.holdings(EVERYTHING, partner=firm.partner.pk)] == ["Marta Bressan"]


@pytest.mark.proves("ESC-8")
def test_a_role_that_the_plan_asks_for_and_nobody_holds_is_marked_with_who_would_be_told_instead(firm):
    firm.plan()
    firm.hold("manager", firm.marta)
    firm.hold("engineering_lead", firm.nadia)

    told = firm.whom(ROLES)
    title = heading(firm.browser(Role.MANAGER).get(ROLES))

    assert title == "6 roles that the plan needs are empty"
    assert told["VP"] == "Nobody holds it Instead: Marta Bressan nobody holds the role"
    assert told["Team lead"].startswith("Nobody holds it Instead: Nadia Kravos")
    assert told["Manager"] == "Marta Bressan"
    assert told["Support lead"].startswith("Marta Bressan nobody holds the role")


@pytest.mark.proves("ESC-8")
def test_who_would_be_told_is_asked_for_a_client_and_a_team(firm):
    firm.plan()
    firm.hold("team_lead", firm.marta)
    firm.hold("team_lead", firm.nadia, team="hosting")
    firm.hold("manager", firm.nadia, client=firm.ferrante.pk)
    it_lead = {"role": "client_it_lead", "address": "it@ferrante.example", "client": firm.ferrante.pk}
    actions.hold_role(EVERYTHING, partner=firm.partner.pk, **it_lead, now=firm.now)

    general, hosting = firm.whom(ROLES), firm.whom(f"{ROLES}?team=hosting")
    ferrante, kestrel = (firm.whom(f"{ROLES}?client={each.public_id}") for each in (firm.ferrante, firm.kestrel))

    it = next(name for name in general if name.endswith("IT lead"))
    assert (general["Team lead"], hosting["Team lead"]) == ("Marta Bressan", "Nadia Kravos")
    assert (ferrante["Manager"], ferrante[it]) == ("Nadia Kravos", "it@ferrante.example")
    assert general[it] == "Nobody for 1 client Kestrel Outdoor"
    assert "reaches nobody" in kestrel[it]


@pytest.mark.proves("ESC-8")
def test_a_role_is_given_with_a_deputy_changed_and_told_in_the_journal(firm):
    boss = firm.browser(Role.MANAGER)
    typed = {"role": "team_lead", "holder": firm.id_of(firm.marta), "deputy": firm.id_of(firm.nadia), "team": "hosting"}

    given = text_of(boss.post(f"{ROLES}/give", typed, follow=True))
    (held,) = queries.holdings(EVERYTHING, partner=firm.partner.pk)
    form = text_of(boss.get(f"{ROLES}/{held.public_id}"))
    changed = text_of(
        boss.post(f"{ROLES}/{held.public_id}", {"holder": firm.id_of(firm.nadia), "deputy": ""}, follow=True)
    )  # fmt: skip

    assert "Marta Bressan is team lead of team hosting, Nadia Kravos the deputy." in given
    assert "Nadia Kravos is the deputy" in form
    assert "Nadia Kravos is team lead of team hosting." in changed
    rows, _ = journal.entries(firm.admin(), JournalFilter())
    assert [each.name for each in rows] == ["team lead, team hosting"] * 2
    shown = text_of(firm.browser(Role.PARTNER_ADMIN).get("/settings/journal?about=role"))
    assert "changed who holds the contact role" in shown


@pytest.mark.proves("ESC-8")
def test_giving_a_role_says_what_becomes_of_the_deputy_and_of_whoever_holds_it_already(firm):
    boss = firm.browser(Role.MANAGER)
    lucia, gone = firm.named("Lucia Doria", Role.AGENT), firm.named("Olmo Gallo", Role.AGENT)
    firm.hold("team_lead", gone)
    get_user_model().objects.filter(pk=gone).update(is_active=False)

    def said(holder, deputy=None):
        typed = {"role": "team_lead", "holder": firm.id_of(holder), "deputy": firm.id_of(deputy) if deputy else ""}
        return text_of(boss.post(f"{ROLES}/give", typed, follow=True))

    first, again = said(firm.marta, firm.nadia), said(firm.marta, firm.nadia)
    other, without, anew = said(firm.marta, lucia), said(firm.marta), said(firm.marta, firm.nadia)
    second, third = said(lucia), said(firm.nadia)

    assert "Marta Bressan is team lead, Nadia Kravos the deputy.</div>" in first
    assert "Nothing has changed: Marta Bressan was team lead already." in again
    assert "Marta Bressan was team lead already; Lucia Doria is the deputy now instead of Nadia Kravos." in other
    assert "Marta Bressan was team lead already; Lucia Doria is no longer the deputy, and nobody is." in without
    assert "Marta Bressan was team lead already; Nadia Kravos is the deputy now." in anew
    assert "Lucia Doria is team lead. Marta Bressan holds this role too: both are told." in second
    assert "Nadia Kravos is team lead. 2 others hold this role too: all of them are told." in third


@pytest.mark.proves("ESC-8")
def test_a_team_is_offered_as_tickets_and_plans_spell_it_and_an_unknown_one_is_told(firm):
    boss = firm.browser(Role.MANAGER)
    firm.plan()
    firm.told("A-1", ("opened", 2, {"team": "Invoicing"}))
    firm.told("A-2", ("opened", 2, {"team": "migration"}), ("resolved", 1), ("closed", 1))

    def said(team, holder=firm.marta):
        typed = {"role": "senior_agent", "holder": firm.id_of(holder), "deputy": "", "team": team}
        return text_of(boss.post(f"{ROLES}/give", typed, follow=True))

    spelt, closed, wrong = said(" invoicing"), said("migration"), said("hostinng")
    strange = said("Zoo", firm.nadia)

    offered = re.search(r'<datalist id="teams">(.*?)</datalist>', strange, re.DOTALL)[1]
    assert re.findall(r'value="([^"]+)"', offered) == ["Invoicing", "application", "development", "functional", "hosting"]
    assert "Marta Bressan is senior agent of team Invoicing." in spelt
    for page in (spelt, closed):
        assert "No ticket is of a team" not in page
    assert "No ticket is of a team hostinng yet, and no plan in force names it. If hosting is meant, remove it" in wrong
    assert "No ticket is of a team Zoo yet, and no plan in force names it. It leads to them once there is one." in strange
    assert strange.count("no ticket of it is open") == 3


@pytest.mark.proves("ESC-8")
def test_why_a_role_leads_to_none_of_its_own_is_told_as_it_is(firm):
    firm.plan()
    firm.hold("manager", firm.marta)
    firm.hold("support_lead", firm.nadia, team="hosting")
    firm.hold("team_lead", firm.nadia)
    before, after = firm.now - timedelta(days=1), firm.now + timedelta(days=1)

    none, other, mine = (firm.whom(f"{ROLES}{asked}") for asked in ("", "?team=application", "?team=hosting"))
    actions.be_away(
        EVERYTHING, partner=firm.partner.pk, person=firm.nadia, from_at=before, until_at=after, now=firm.now
    )  # fmt: skip
    away = firm.whom(ROLES)

    assert none["Support lead"].endswith("nobody holds the role for a ticket of no team")
    assert other["Support lead"].endswith("nobody holds the role for a ticket of team application")
    assert mine["Support lead"] == "Nadia Kravos"
    assert away["Team lead"] == "Marta Bressan whoever holds the role is away"
    assert "Now would be told, of a ticket of no team</th>" in text_of(firm.browser(Role.MANAGER).get(ROLES))


@pytest.mark.proves("ESC-8")
def test_somebody_at_a_client_holds_its_role_as_a_person_where_they_sign_in(firm):
    boss = firm.browser(Role.MANAGER)
    rosa = firm.person(Role.CLIENT_ADMIN, email="rosa@ferrante.example", client=firm.ferrante)
    typed = {
        "client_role": "client_it_lead", "of_client": str(firm.ferrante.public_id), "address": "Rosa@ferrante.example",
        "deputy_address": "it@ferrante.example",
    }  # fmt: skip

    boss.post(f"{ROLES}/give", typed)
    (held,) = queries.holdings(EVERYTHING, partner=firm.partner.pk)
    form = text_of(boss.get(f"{ROLES}/{held.public_id}"))
    boss.post(f"{ROLES}/{held.public_id}", {"address": "new@ferrante.example", "deputy_address": "rosa@ferrante.example"})

    assert (held.person, held.deputy_name) == (rosa, "it@ferrante.example")
    assert 'value="rosa@ferrante.example"' in form
    (held,) = queries.holdings(EVERYTHING, partner=firm.partner.pk)
    assert (held.name, held.deputy) == ("new@ferrante.example", rosa)


def test_what_is_wrong_with_a_role_is_said_at_its_field_and_nothing_typed_is_lost(firm):
    boss = firm.browser(Role.MANAGER)
    me, ferrante = firm.id_of(firm.marta), str(firm.ferrante.public_id)

    own = text_of(boss.post(f"{ROLES}/give", {"role": "vp", "holder": me, "deputy": me, "client": ferrante, "team": "x"}))
    none = text_of(boss.post(f"{ROLES}/give", {"role": "client_it_lead", "holder": "x", "deputy": "y", "client": "z"}))
    it_lead = {"client_role": "client_it_lead", "of_client": ferrante}
    address = text_of(boss.post(f"{ROLES}/give", it_lead | {"address": "anna"}))
    ours = text_of(
        boss.post(f"{ROLES}/give", it_lead | {"address": "it@ferrante.example", "deputy_address": "MARTA@adriatica.example"})
    )

    for page, name, said in (
        (own, "deputy", "their own deputy"), (own, "team", "for a client or for a team"), (none, "role", "Choose a role"),
        (none, "holder", "Choose somebody"), (none, "client", "Choose a client"), (address, "address", "e-mail address"),
        (ours, "deputy_address", "This is the address of Marta Bressan, who is one of us"),
    ):  # fmt: skip
        assert re.search(rf'id="{name}-wrong" role="alert">[^<]*{said}', page), name
    assert f'value="{ferrante}" selected' in own
    assert 'value="anna"' in address
    assert queries.holdings(EVERYTHING, partner=firm.partner.pk) == ()


def test_an_office_is_set_up_filled_changed_and_removed_by_its_name(firm, lead):
    hours, always = str(firm.calendar.calendar), str(firm.always.calendar)

    empty = lead.get(OFFICES)
    lead.post(f"{OFFICES}/add", {"name": "Trieste", "calendar": hours})
    (office,) = queries.offices(EVERYTHING, partner=firm.partner.pk)
    lead.post(
        f"{PEOPLE}/seats",
        {"person": firm.id_of(firm.nadia), "office": office.public_id, "skills": ["infrastructure", "development"]},
    )
    lead.post(f"{OFFICES}/{office.public_id}", {"name": "Trieste centro", "calendar": always})
    full = text_of(lead.get(OFFICES))
    unsure = text_of(lead.post(f"{OFFICES}/{office.public_id}/remove", {"name": "Trieste"}, follow=True))
    kept = queries.offices(EVERYTHING, partner=firm.partner.pk)
    lead.post(f"{OFFICES}/{office.public_id}/remove", {"name": "trieste centro"})

    assert heading(empty) == "No office yet: nobody has quiet hours"
    assert "Its people are told of steps while it is open" in text_of(empty)
    assert "Trieste centro is open now" in full
    assert "1 person then has no quiet hours and is told at any hour" in full
    assert "Development, Infrastructure" in re.sub(r"\s+", " ", full)
    assert "write the office’s name, Trieste centro, to remove it" in unsure
    assert len(kept) == 1
    assert queries.offices(EVERYTHING, partner=firm.partner.pk) == ()
    assert {each.office for each in queries.seats(EVERYTHING, partner=firm.partner.pk)} == {None}


def test_what_is_wrong_with_an_office_is_said_where_it_was_typed(firm, lead):
    hours = str(firm.calendar.calendar)
    for name in ("Trieste", "Udine"):
        lead.post(f"{OFFICES}/add", {"name": name, "calendar": hours})
    trieste, udine = queries.offices(EVERYTHING, partner=firm.partner.pk)

    nameless = text_of(lead.post(f"{OFFICES}/add", {"name": " ", "calendar": "x"}))
    double = text_of(lead.post(f"{OFFICES}/{udine.public_id}", {"name": "Trieste", "calendar": hours}))
    other = text_of(lead.post(f"{OFFICES}/add", {"name": "Trieste", "calendar": str(firm.always.calendar)}))

    assert 'id="name-wrong" role="alert">Give the office a name' in nameless
    assert 'id="calendar-wrong" role="alert">Choose a calendar' in nameless
    assert f'id="name-{udine.public_id}-wrong" role="alert">There is another office Trieste' in double
    assert 'id="name-wrong" role="alert">There is an office Trieste already' in other
    assert queries.office(EVERYTHING, trieste.public_id).calendar == firm.calendar.calendar


@pytest.mark.proves("ESC-7")
def test_an_absence_tells_at_once_what_it_leaves_uncovered_and_what_a_deputy_covers(firm, lead):
    firm.on_call(firm.nadia, firm.on(-1), firm.on(30))
    firm.hold("team_lead", firm.nadia)
    days = {"from": f"{firm.on(2):%Y-%m-%d}", "until": f"{firm.on(2):%Y-%m-%d}"}
    gap = spell(firm.on(2), firm.on(3), "Europe/Rome", firm.now)

    alone = text_of(lead.post(f"{ABSENCES}/add", {"person": firm.id_of(firm.nadia)} | days, follow=True))
    rota = text_of(lead.get(PEOPLE))
    (absence,) = queries.absences(EVERYTHING, partner=firm.partner.pk, since=firm.now)
    lead.post(f"{ABSENCES}/{absence.public_id}/remove")
    other = lead.post(
        f"{ABSENCES}/add", {"person": firm.id_of(firm.marta), "from_time": "09:00", "until_time": "12:30"} | days, follow=True
    )

    assert f"That leaves uncovered: {gap}" in alone
    assert f"Uncovered {gap}" in alone
    assert "1 role without a deputy" in alone
    assert gap in rota
    assert "leaves no hour of the rota uncovered" in text_of(other)
    (absence,) = queries.absences(EVERYTHING, partner=firm.partner.pk, since=firm.now)
    assert (absence.from_at, absence.until_at) == (firm.on(2, 9), firm.on(2, 12) + timedelta(minutes=30))


def test_whole_days_away_are_those_of_where_somebody_works(firm, lead):
    get_user_model().objects.filter(pk=firm.nadia).update(zone="Pacific/Auckland")
    day = f"{firm.on(5):%Y-%m-%d}"

    lead.post(f"{ABSENCES}/add", {"person": firm.id_of(firm.nadia), "from": day, "until": day})

    (absence,) = queries.absences(EVERYTHING, partner=firm.partner.pk, since=firm.now)
    there = [at.astimezone(ZoneInfo("Pacific/Auckland")) for at in (absence.from_at, absence.until_at)]
    assert [f"{each:%H:%M}" for each in there] == ["00:00", "00:00"]
    assert f"{there[0]:%Y-%m-%d}" == day


def test_an_absence_is_told_as_it_was_typed_with_the_zone_where_somebody_works(firm, lead):
    get_user_model().objects.filter(pk=firm.nadia).update(zone="Pacific/Auckland")
    me = {"person": firm.id_of(firm.nadia)}
    days = [f"{firm.now.year + years}-{day}" for years, day in ((1, "11-26"), (1, "12-26"), (2, "01-03"))]
    said = [f"{at:%a} {at.day} {at:%b %Y}" for at in map(datetime.fromisoformat, days)]

    noted = text_of(lead.post(f"{ABSENCES}/add", me | {"from": days[0], "until": days[1]}, follow=True))
    lead.post(f"{ABSENCES}/add", me | {"from": days[2], "until": days[2], "from_time": "09:00", "until_time": "12:30"})
    page = text_of(lead.get(ABSENCES))
    (absence, _) = queries.absences(EVERYTHING, partner=firm.partner.pk, since=firm.now)
    removed = text_of(lead.post(f"{ABSENCES}/{absence.public_id}/remove", follow=True))

    spoken = f"{said[0]} – {said[1]}, whole days in Pacific/Auckland"
    assert f"Nadia Kravos is away {spoken}; that leaves no hour" in noted
    assert [each for day in said[:2] for each in re.findall(rf'title="(\w+) [^"]*">{day}</time>', page)] == [
        f"{absence.from_at.astimezone(ROME):%a}", f"{absence.until_at.astimezone(ROME):%a}",
    ]  # fmt: skip
    assert f">{said[2]} 09:00 NZDT</time>" in page
    assert f">{said[2]} 12:30 NZDT</time>" in page
    assert page.count("in Pacific/Auckland</span>") == 2
    assert f"Nadia Kravos is no longer away {spoken}." in removed


def test_a_day_that_has_no_midnight_is_a_whole_day_all_the_same(firm, lead):
    get_user_model().objects.filter(pk=firm.nadia).update(zone="Africa/Cairo")

    lead.post(f"{ABSENCES}/add", {"person": firm.id_of(firm.nadia), "from": "2027-04-30", "until": "2027-04-30"})

    (absence,) = queries.absences(EVERYTHING, partner=firm.partner.pk, since=firm.now)
    # At midnight the clocks there go on to 01:00.
    assert absence.until_at - absence.from_at == timedelta(hours=23)
    assert "whole days in Africa/Cairo" in text_of(lead.get(ABSENCES))


def test_what_is_wrong_with_an_absence_is_said_at_its_field_and_nothing_typed_is_lost(firm, lead):
    me = {"person": firm.id_of(firm.nadia)}

    backwards = text_of(lead.post(f"{ABSENCES}/add", me | {"from": "2031-05-05", "until": "2031-05-01"}))
    over = text_of(lead.post(f"{ABSENCES}/add", me | {"from": "2020-05-01", "until": "2020-05-05"}))
    nonsense = text_of(lead.post(f"{ABSENCES}/add", {"from": "soon", "until": "2031-05-01", "until_time": "late"}))

    assert 'id="until-wrong" role="alert">An absence ends after it begins.' in backwards
    assert 'value="2031-05-05"' in backwards
    assert 'id="until-wrong" role="alert">This is over already' in over
    assert 'id="from-wrong" role="alert">Write a day' in nonsense
    assert 'id="person-wrong"' in nonsense
    assert queries.absences(EVERYTHING, partner=firm.partner.pk, since=firm.now) == ()


def test_who_may_not_change_anything_is_shown_all_of_it_without_a_form(firm):
    agent = firm.browser(Role.AGENT)
    firm.who_is_told()

    pages = [text_of(agent.get(each)) for each in (PEOPLE, ROLES, OFFICES, ABSENCES)]

    for page in pages:
        main = page.partition("<main")[2]
        assert 'method="post"' not in main
        assert "Nadia" in main


def test_a_partner_that_has_set_up_nothing_is_told_what_will_appear(firm):
    lead = firm.browser(Role.TEAM_LEAD)

    rota, roles, away = lead.get(PEOPLE), lead.get(ROLES), lead.get(ABSENCES)

    assert heading(rota) == "Nobody is on call yet"
    assert "No turn is planned" in text_of(rota)
    assert "There is no office either, so nothing waits" in text_of(rota)
    assert heading(roles) == "No plan tells anybody yet"
    assert heading(away) == "Nobody is away now"
