"""The page of the escalation matrix: read, changed row by row or as YAML, rehearsed, published (requirements ESC-1, ESC-2)."""

import html
import re
from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest
from django.http import QueryDict
from django.urls import reverse

from goodstanding.adapters.files.escalation import dump_plan, load_plan, shipped_plan
from goodstanding.apps.escalation import actions, queries
from goodstanding.apps.outbox.queries import Channel
from goodstanding.apps.runs import queries as runs
from goodstanding.apps.runs.queries import RunState
from goodstanding.apps.tenancy import queries as tenancy
from goodstanding.apps.tenancy.roles import Role
from goodstanding.core.desk.escalation.plan import FALL_BACK, Goal
from goodstanding.delivery import words
from goodstanding.delivery.web.desk.plan_form import fields_of, read, sheet_of
from goodstanding.delivery.words_of_rehearsals import worded
from goodstanding.flows.publish_plan import check_fields
from goodstanding.flows.rehearse_plan import Asked, rehearse_plan
from goodstanding.flows.work import work
from tests.apps.world import EVERYTHING
from tests.delivery.web.site import HTMX, Site, text_of

pytestmark = pytest.mark.django_db

CHANGE = "/escalation/change"
MATRIX = replace(shipped_plan(), steps=tuple(step for step in shipped_plan().steps if step.goal is Goal.CONTRACT))
"""The seven rows of ESC-1."""
TIGHTER = load_plan("steps:\n  - {step: response-20, clock: response, at: 20 %, do: [notify], tell: [team_lead, vp]}\n")


@pytest.fixture
def site():
    made = Site()
    actions.publish_plan(EVERYTHING, partner=made.partner.pk, plan=MATRIX, now=made.now - timedelta(days=20))
    return made


@pytest.fixture
def browser(site):
    return site.browser(Role.MANAGER)


def form(page):
    """What a browser sends of the page's form when nothing is changed."""
    body = page[page.index('class="planning"') :]
    found = {}

    def add(name, value):
        found.setdefault(html.unescape(name), []).append(html.unescape(value))

    for tag in re.findall(r"<input\b[^>]*>", body):
        kept = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if "name" in kept and (kept.get("type") != "checkbox" or re.search(r"\schecked\b", tag)):
            add(kept["name"], kept.get("value", ""))
    for name, inner in re.findall(r'<select[^>]*\bname="([^"]+)"[^>]*>(.*?)</select>', body, re.DOTALL):
        choices = re.findall(r'<option value="([^"]*)"([^>]*)>', inner)
        add(name, next((value for value, more in choices if "selected" in more), choices[0][0]))
    for name, inner in re.findall(r'<textarea[^>]*\bname="([^"]+)"[^>]*>(.*?)</textarea>', body, re.DOTALL):
        add(name, inner.removeprefix("\n").replace("\n", "\r\n"))
    return found


def opened(browser, query=""):
    return form(text_of(browser.get(CHANGE + query)))


def send(browser, fields, act, **changes):
    return browser.post(CHANGE, fields | changes | {"act": act})


def newest(site, tier=None, client=None):
    rows = queries.plan_rows(EVERYTHING, partner=site.partner.pk)
    return next(each for each in rows if (each.tier, each.client) == (tier, client))


def work_off(site):
    """Do the runs that pages have asked for, however slowly they were asked."""
    while work(worker="w", clock=lambda: site.now + timedelta(hours=1)):
        pass


@pytest.mark.proves("ESC-1")
def test_the_matrix_is_read_in_words_with_its_versions_and_the_roles_nobody_holds(site, browser):
    site.staff = actions.hold_role(
        EVERYTHING, partner=site.partner.pk, role="team_lead", person=site.person(Role.TEAM_LEAD), now=site.now
    )
    actions.publish_plan(EVERYTHING, partner=site.partner.pk, plan=TIGHTER, now=site.now, note="Sooner")

    page = html.unescape(text_of(browser.get("/escalation")))
    older = text_of(browser.get(f"/escalation?version={queries.plan_rows(EVERYTHING)[1].public_id}"))

    assert "1 step in force, 1 role held by nobody" in page
    assert "Nobody holds this role" in page
    assert "Team lead, VP" in page
    assert "New: First response at 20 %" in page
    assert "Gone: Resolution at 150 %" in page
    assert ": Sooner" in page
    assert "Raise to a queue (development), draft a client message" in older
    assert "The newest is version 2" in older
    assert text_of(browser.get(f"/escalation/versions/{newest(site).public_id}.yaml")) == dump_plan(TIGHTER)


@pytest.mark.proves("ESC-2")
def test_an_old_version_says_from_when_until_when_and_is_published_again(site, browser):
    actions.publish_plan(EVERYTHING, partner=site.partner.pk, plan=TIGHTER, now=site.now - timedelta(days=3), note="Sooner")
    first = queries.plan_rows(EVERYTHING)[1]
    began, ended = (words.moment(site.now - timedelta(days=days), site.partner.zone, year=True) for days in (20, 3))

    old = text_of(browser.get(f"/escalation?version={first.public_id}"))
    again = html.unescape(re.search(r'class="button first" href="([^"]*)"', old)[1])
    page = html.unescape(text_of(browser.get(again)))
    published = send(browser, form(page), "publish")

    assert "7 steps, no longer in force" in old
    assert f"Version 1, in force from {began} until {ended}" in re.sub("<[^>]*>", "", old)
    assert "Publish this version again" in old
    assert "Change</a>" not in old
    assert "This is version 1 again, as it was. Against version 2, which is in force: new: First response at 50 %" in page
    assert published.status_code == 302
    made = newest(site)
    assert (made.number, made.plan, made.note) == (3, MATRIX, "Version 1 again")


def test_an_old_version_is_published_over_a_newer_one_only_when_that_was_seen(site, browser):
    actions.publish_plan(EVERYTHING, partner=site.partner.pk, plan=TIGHTER, now=site.now - timedelta(days=3))
    fields = opened(browser, f"?version={queries.plan_rows(EVERYTHING)[1].public_id}")
    other = replace(TIGHTER, call="https://meet.example/now")
    actions.publish_plan(EVERYTHING, partner=site.partner.pk, plan=other, now=site.now)

    answer = send(browser, fields, "publish")

    assert answer.status_code == 409
    assert "version 3 was published meanwhile" in html.unescape(text_of(answer))


def test_a_plan_of_its_own_leads_back_to_the_one_that_would_apply_without_it(site, browser):
    for whose in ({"client": site.ferrante.public_id}, {"tier": site.tier.tier}):
        actions.publish_plan(EVERYTHING, partner=site.partner.pk, plan=TIGHTER, now=site.now - timedelta(days=1), **whose)
    clients = html.unescape(text_of(browser.get(f"/escalation?client={site.ferrante.public_id}")))
    tiers = html.unescape(text_of(browser.get(f"/escalation?tier={site.tier.tier}")))
    everyones = text_of(browser.get("/escalation"))
    key = f"client:{site.ferrante.public_id}"

    asked = browser.post(CHANGE, {"whose": key, "seen": f"{key} 1", "mode": "yaml", "act": "rehearse_back"})
    rehearsed = html.unescape(text_of(browser.get(asked["Location"])))

    assert "Go back to Gold’s plan" in clients
    assert "Go back to everyone’s plan" in tiers
    assert "Go back to" not in everyones
    assert "Go back to Gold’s plan" in rehearsed
    assert newest(site, client=site.ferrante.public_id).plan == TIGHTER


@pytest.mark.proves("ESC-1")
def test_what_happens_to_a_priority_of_a_client_is_read_in_the_order_of_time(site, browser):
    steps = (
        "{step: late, clock: resolution, at: 90 %, do: [notify], tell: [vp]}",
        "{step: soon, clock: resolution, at: 20 %, do: [notify], tell: [vp], priorities: [P1]}",
        "{step: other, clock: resolution, at: 30 %, do: [notify], tell: [vp], priorities: [P2, P3]}",
        "{step: first, clock: response, at: 70 %, do: [notify], tell: [vp]}",
    )
    own = load_plan("steps:\n" + "".join(f"  - {each}\n" for each in steps))
    actions.publish_plan(EVERYTHING, partner=site.partner.pk, plan=own, tier=site.tier.tier, now=site.now)

    page = html.unescape(text_of(browser.get(f"/escalation?of={site.ferrante.public_id}&priority=P1")))
    nobody = browser.get(f"/escalation?of={Site('baltica', 'Baltica ERP').ferrante.public_id}")

    assert "Casa Ferrante is escalated by the plan of its tier, Gold, of which 3 steps are for P1." in page
    assert re.findall(r">(after [^<]*)<", page) == ["after 42 min of 1 h", "after 48 min of 4 h", "after 3 h 36 min of 4 h"]
    assert re.findall(r'data-name="At"[^>]*><b>([^<]*)</b>', page) == ["70 %", "20 %", "90 %"]
    assert nobody.status_code == 404


def test_who_may_only_read_it_is_offered_no_change(site):
    page = text_of(site.browser(Role.AGENT).get("/escalation"))

    assert "7 steps in force" in page
    assert CHANGE not in page


def test_without_a_plan_the_page_says_how_one_comes_about():
    browser = Site().browser(Role.MANAGER)

    page = text_of(browser.get("/escalation"))

    assert "Begin with the matrix that ships" in page
    assert check_fields(fields_of(read(as_posted(opened(browser))))).plan == shipped_plan()


def as_posted(fields):
    made = QueryDict(mutable=True)
    for name, values in fields.items():
        made.setlist(name, values)
    return made


def test_a_form_that_is_sent_as_it_came_is_the_same_plan(browser):
    answer = send(browser, opened(browser), "publish")

    assert answer.status_code == 302
    assert [each.number for each in queries.plan_rows(EVERYTHING)] == [1]


@pytest.mark.proves("ESC-2")
def test_a_row_is_changed_in_words_and_published(site, browser):
    changes = {
        "s0-amount": "1", "s0-unit": "h", "s0-condition": "not_assigned", "s0-do": ["alert", "call"],
        "s0-tell": ["vp", "agent"],
        "s0-queue": "development", "s0-client": "send", "s0-by": ["sms"], "s0-priorities": ["P1"], "s0-hold": "ignore",
        "call": "https://meet.example/now", "note": "Sooner", "objective": "40", "message-subject": "Look: {ticket}",
    }  # fmt: skip

    answer = send(browser, opened(browser), "publish", **changes)

    assert answer.status_code == 302
    made = newest(site)
    step = made.plan.steps[0]
    assert (made.number, made.note, made.published_by) == (2, "Sooner", "Manager")
    assert step.left == timedelta(hours=1)
    assert (step.condition, step.hold, step.send, step.queue) == ("not_assigned", False, True, "development")
    assert (step.actions, step.channels, step.priorities) == (("alert", "raise", "draft", "call"), ("sms",), {"P1"})
    assert step.tell == ("agent", "vp")
    assert (made.plan.objective.numerator, made.plan.objective.denominator) == (2, 5)
    assert made.plan.message.subject == "Look: {ticket}"
    assert made.plan.steps[1:] == MATRIX.steps[1:]


@pytest.mark.proves("ESC-2")
def test_a_step_tells_rooms_that_are_set_up_and_says_of_others_that_they_are_not(site, browser):
    site.endpoint(name="On call", channel=Channel.SLACK)
    offered = html.unescape(text_of(browser.get(CHANGE)))

    send(browser, opened(browser), "publish", **{"s0-by": ["email", "slack/On call", "teams", "fax", "email/x y"]})
    refused = newest(site).number
    send(browser, opened(browser), "publish", **{"s0-by": ["teams", "email", "slack/On call"]})

    assert "<span>“On call” (Slack)</span>" in offered
    assert "<span>Microsoft Teams, not set up yet</span>" in offered
    assert refused == 1
    assert newest(site).plan.steps[0].channels == ("teams", "email", "slack/On call")
    # What was chosen before comes first, so that a form that is sent as it came changes nothing.
    assert opened(browser)["s0-by"] == ["teams", "email", "slack/On call"]
    assert "Microsoft Teams, E-mail, “On call” (Slack)" in html.unescape(text_of(browser.get("/escalation")))


@pytest.mark.parametrize(
    ("changes", "place", "said"),
    [
        ({"s1-amount": "soon"}, "steps[1].at", "Write a share such as 75"),
        ({"s1-tell": []}, "steps[1].tell", "Tick at least one role."),
        ({"s3-condition": "no_response"}, "steps[3].if", "“no response” belongs to a response clock"),
        ({"s1-key": "response-50"}, "steps[1].step", "Two steps are named response-50"),
        ({"s0-quiet_for": "a while"}, "steps[0].quiet_for", "Write an open time such as 30 min"),
        ({"s2-client": "draft", "s2-unit": "objective"}, "steps[2].tell", "An internal objective is seen by staff only"),
        ({"s0-do": ["call"]}, "steps[0].do", "needs the plan to say where people meet"),
        ({"team-development": ""}, "steps[4].queue", "No queue owns development"),
        ({"objective": "500"}, "objective", "The objective is a share"),
        ({"r0-url": "ftp://x"}, "resources[0].url", "https://"),
        ({"message-text": "{nobody}"}, "message", "There is no placeholder {nobody}"),
        ({"client_message-subject": " "}, "client_message.subject", "Write a subject of one line."),
        ({"fall_back": []}, "fall_back", "Keep at least one role."),
    ],
)
def test_what_is_wrong_is_told_at_its_field_and_nothing_typed_is_lost(site, browser, changes, place, said):
    fields = opened(browser)

    answer = send(browser, fields, "publish", **changes, note="Mine")

    page = html.unescape(text_of(answer))
    found = re.search(rf'id="{re.escape(place)}-wrong"[^>]*>([^<]*)<', page)
    assert found, place
    assert said in found[1]
    assert f'href="#{place}-wrong"' in page
    sent = {name: values if isinstance(values, list) else [values] for name, values in (fields | changes).items()} | {
        "note": ["Mine"]
    }
    again = form(text_of(answer))
    lost = {
        name
        for name, values in sent.items()
        if [each.strip() for each in again.get(name, [])] != [each.strip() for each in values]
    }
    assert lost <= {"csrfmiddlewaretoken"}
    assert newest(site).number == 1


def test_parts_that_contradict_each_other_are_told_all_at_once(browser):
    changes = {
        "s0-do": ["call"], "s2-key": "response-50", "s3-queue": "infrastructure", "team-infrastructure": "",
        "objective": "150 %",
    }  # fmt: skip

    page = html.unescape(text_of(send(browser, opened(browser), "publish", **changes)))

    assert "4 things to mend" in page
    places = ["steps[0].do", "steps[2].step", "steps[3].queue", "objective"]
    assert re.findall(r'<li><a href="#([^"]*)-wrong">', page) == places
    assert all(page.count(f'id="{place}-wrong"') == 1 for place in places)


def test_what_is_to_mend_is_listed_in_the_order_of_the_page_and_has_the_focus(browser):
    changes = {
        "message-subject": " ", "call": "\n", "fall_back": [], "r0-url": " ", "objective": "a lot", "s2-tell": [],
        "s2-amount": "soon", "s1-quiet_for": "a while", "s1-do": [],
    }  # fmt: skip

    page = html.unescape(text_of(send(browser, opened(browser), "publish", **changes)))

    assert re.findall(r'<li><a href="#([^"]*)-wrong">', page) == [
        "steps[1].quiet_for", "steps[1].do", "steps[2].at", "steps[2].tell", "objective", "resources[0].url", "fall_back",
        "message.subject",
    ]  # fmt: skip
    assert re.search(r'<div class="note error"[^>]* tabindex="-1" autofocus><p><b>Not published yet: 8 things', page)
    assert page.count("autofocus") == 1


def test_a_form_that_came_back_says_that_it_is_not_kept_and_has_its_acts_at_its_foot_too(browser):
    fresh = text_of(browser.get(CHANGE))
    added = text_of(send(browser, opened(browser), "add"))

    assert "data-unkept" in fresh
    assert 'data-unkept="changed"' not in fresh
    assert 'data-unkept="changed"' in added
    for act in ("publish", "rehearse", "check", "add"):
        assert fresh.count(f'value="{act}"') == (3 if act == "check" else 2), act


def test_rows_are_added_moved_and_removed_by_buttons_alone(browser):
    fields = opened(browser)

    added = form(text_of(send(browser, fields, "add")))
    moved = form(text_of(send(browser, added | {"s7-amount": ["90"], "s7-key": [""]}, "up:7")))
    removed = form(text_of(send(browser, moved, "remove:0")))
    resources = form(text_of(send(browser, removed, "add-resource")))
    roles = form(text_of(send(browser, resources, "down-role:0")))
    fewer = form(text_of(send(browser, roles, "remove-role:1")))
    more = form(text_of(send(browser, fewer, "add-role", add_role="agent")))

    assert "s7-clock" not in fields
    assert added["s7-amount"] == [""]
    assert (moved["s6-amount"], moved["s7-amount"]) == (["90"], ["150"])
    assert removed["s5-amount"] == ["90"]
    assert removed["s0-key"] == ["response-75"]
    assert resources["r1-url"] == [""]
    assert roles["fall_back"][:2] == ["senior_agent", "agent"]
    assert "agent" not in fewer["fall_back"]
    assert more["fall_back"][-1] == "agent"
    assert "autofocus" in text_of(send(browser, fields, "add"))


def test_the_table_and_the_yaml_are_two_views_of_one_plan(site, browser):
    as_text = form(text_of(send(browser, opened(browser), "yaml", **{"s0-amount": "60"})))
    broken = text_of(
        send(browser, as_text, "table", text="steps:\n  - {step: a, clock: lunch, at: 5 %, do: [alert], tell: [vp]}\n")
    )
    table = form(text_of(send(browser, as_text, "table", text=dump_plan(TIGHTER))))
    unfinished = form(text_of(send(browser, opened(browser), "yaml", **{"s0-amount": "soon"})))

    assert "at: 60 %" in as_text["text"][0]
    assert "Line 2, steps[0].clock:" in broken
    assert form(broken)["mode"] == ["yaml"]
    assert (table["mode"], table["s0-amount"], table["s0-tell"]) == (["table"], ["20"], ["team_lead", "vp"])
    assert "soon" in unfinished["text"][0]
    assert send(browser, as_text, "export").headers["Content-Disposition"] == 'attachment; filename="escalation.yaml"'


def test_somebody_else_s_version_is_told_and_published_over_only_when_seen(site, browser):
    fields = opened(browser)
    actions.publish_plan(EVERYTHING, partner=site.partner.pk, plan=TIGHTER, now=site.now)

    first = send(browser, fields, "publish", **{"s0-amount": "45"})
    page = html.unescape(text_of(first))
    again = send(browser, form(text_of(first)), "publish")

    assert first.status_code == 409
    assert "Not published: version 2 was published meanwhile (new: First response at 20 %" in page
    assert again.status_code == 302
    assert (newest(site).number, newest(site).plan.steps[0].share) == (3, MATRIX.steps[0].share * 45 / 50)


def test_a_plan_that_stands_for_somebody_else_is_not_replaced_unseen(site, browser):
    own = actions.publish_plan(EVERYTHING, partner=site.partner.pk, plan=TIGHTER, client=site.ferrante.public_id, now=site.now)
    fields = opened(browser) | {"whose": f"client:{site.ferrante.public_id}"}

    first = html.unescape(text_of(send(browser, fields, "publish")))
    kept = newest(site, client=site.ferrante.public_id)
    again = send(browser, form(first), "publish")

    assert "Not published yet." in first
    assert "Casa Ferrante has a plan of its own: version 1" in first
    assert "<li>Gone: First response at 20 %</li>" in first
    assert kept.public_id == own.public_id
    assert again.status_code == 302
    assert newest(site, client=site.ferrante.public_id).plan == MATRIX


@pytest.mark.parametrize("act", ["choose", "check", "add", "yaml", "preview"])
def test_whatever_is_asked_for_a_plan_that_would_take_another_s_place_says_so(site, browser, act):
    actions.publish_plan(EVERYTHING, partner=site.partner.pk, plan=TIGHTER, client=site.ferrante.public_id, now=site.now)
    fields = opened(browser) | {"whose": f"client:{site.ferrante.public_id}"}

    page = html.unescape(text_of(send(browser, fields, act, **{"s0-amount": "45", "note": "Sooner"})))

    assert "Change the matrix for Casa Ferrante" in page
    assert "Casa Ferrante has a plan of its own: version 1" in page
    assert form(page)["note"] == ["Sooner"]


def test_a_plan_that_is_the_other_s_already_takes_no_place(site, browser):
    actions.publish_plan(EVERYTHING, partner=site.partner.pk, plan=MATRIX, client=site.ferrante.public_id, now=site.now)

    answer = send(browser, opened(browser) | {"whose": f"client:{site.ferrante.public_id}"}, "publish")

    assert answer.status_code == 302
    assert newest(site, client=site.ferrante.public_id).number == 1


def test_a_rehearsal_says_whose_plan_publishing_it_would_replace_and_what_that_changes(site, browser):
    actions.publish_plan(EVERYTHING, partner=site.partner.pk, plan=TIGHTER, client=site.ferrante.public_id, now=site.now)
    fields = opened(browser) | {"whose": f"client:{site.ferrante.public_id}"}

    page = html.unescape(text_of(browser.get(send(browser, fields, "rehearse")["Location"])))

    assert "in the place of version 1 of Casa Ferrante’s plan" in page
    assert "<li>Gone: First response at 20 %</li>" in page


def test_who_is_chosen_brings_their_plan_unless_something_was_changed(site, browser):
    actions.publish_plan(EVERYTHING, partner=site.partner.pk, plan=TIGHTER, client=site.ferrante.public_id, now=site.now)
    own = {"whose": f"client:{site.ferrante.public_id}"}
    fields = opened(browser)

    theirs = html.unescape(text_of(browser.post(CHANGE, fields | own | {"note": "Mine"})))
    back = html.unescape(text_of(browser.post(CHANGE, form(theirs) | {"whose": "everyone"})))
    changed = html.unescape(text_of(browser.post(CHANGE, fields | own | {"s0-amount": "45"})))
    none = html.unescape(
        text_of(browser.post(CHANGE, fields | {"whose": f"client:{site.kestrel.public_id}", "s0-amount": "45"}))
    )
    published = send(browser, form(theirs), "publish", **{"s0-amount": "25"})

    assert (form(theirs)["s0-amount"], form(theirs)["note"]) == (["20"], ["Mine"])
    assert "This is Casa Ferrante’s plan, version 1." in theirs
    assert "Casa Ferrante, has its own</option>" in theirs
    assert form(back)["s6-amount"] == fields["s6-amount"]
    assert form(changed)["s0-amount"] == ["45"]
    assert "Casa Ferrante has a plan of its own: version 1" in changed
    assert "nothing changes there until it is published" in none
    assert published.status_code == 302
    assert newest(site, client=site.ferrante.public_id).plan.steps[0].share == Fraction(1, 4)


def test_a_plan_without_steps_says_for_whom_nothing_is_escalated_and_asks_for_the_name(site, browser):
    for client, ref in ((site.ferrante, "F-1"), (site.kestrel, "K-1"), (site.kestrel, "K-2")):
        site.take(site.incoming(ref, ("opened", 1, {"priority": "P3"}), client=client))
    actions.publish_plan(EVERYTHING, partner=site.partner.pk, plan=TIGHTER, client=site.ferrante.public_id, now=site.now)
    fields = {name: values for name, values in opened(browser).items() if not re.match(r"s[0-9]+-", name)}

    looked = html.unescape(text_of(send(browser, fields, "check")))
    asked = html.unescape(text_of(send(browser, fields, "publish", note="Away with it", sure="yes")))
    kept = newest(site).number
    published = send(browser, form(asked), "publish", sure=" Everyone ")

    others = sum(each.partner == site.partner.pk for each in tenancy.clients(EVERYTHING)) - 1
    assert f"This escalates nothing for {others} client" in looked
    assert "2 open tickets" in looked
    assert "In order" not in looked
    assert "Not published yet. This escalates nothing" in asked
    assert "Write “everyone” to publish it" in asked
    assert form(asked)["note"] == ["Away with it"]
    assert kept == 1
    assert published.status_code == 302
    assert newest(site).plan.steps == ()


def test_the_steps_of_one_client_are_taken_away_by_its_name(site, browser):
    query = f"?client={site.ferrante.public_id}"
    fields = {name: values for name, values in opened(browser, query).items() if not re.match(r"s[0-9]+-", name)}

    asked = html.unescape(text_of(send(browser, fields, "publish", sure="everyone")))
    published = send(browser, form(asked), "publish", sure="casa ferrante")

    assert "This escalates nothing for 1 client, 0 open tickets." in asked
    assert published.status_code == 302
    assert newest(site, client=site.ferrante.public_id).plan.steps == ()


@pytest.mark.proves("ESC-2")
@pytest.mark.parametrize("kind", ["tier", "client"])
def test_a_tier_or_a_client_gets_a_plan_of_its_own_and_gives_it_back(site, browser, kind):
    public_id, name = (site.tier.tier, "Gold") if kind == "tier" else (site.ferrante.public_id, "Casa Ferrante")
    whose = {kind: public_id}
    page = text_of(browser.get(f"{CHANGE}?{kind}={public_id}"))
    send(browser, form(page), "publish", **{"s0-amount": "30"})
    read_again = text_of(browser.get(f"/escalation?{kind}={public_id}"))
    own = newest(site, **whose)

    shown = send(browser, opened(browser, f"?{kind}={public_id}"), "rehearse_back")
    work_off(site)
    rehearsed = text_of(browser.get(shown["Location"]))
    back = browser.post(CHANGE, form_below(rehearsed) | {"act": "take_back"})

    assert "Begun as a copy of the common matrix" in page
    assert own.plan.steps[0].share * 100 == 30
    assert name in read_again
    assert "Against everyone’s: First response at 50 %: at 50 % → 30 %" in html.unescape(read_again)
    assert "own plan taken back" in rehearsed
    assert back.status_code == 302
    assert newest(site, **whose).plan is None
    assert newest(site).number == 1


def form_below(page):
    """The form of a rehearsal, which goes on from it."""
    return form(page[page.index('class="acts below"') :].replace('class="acts below"', 'class="planning"', 1))


@pytest.mark.proves("ESC-2")
def test_a_plan_is_rehearsed_over_last_month_and_published_from_there(site, browser):
    ticket = site.told("F-1", ("opened", 30, {"priority": "P1", "received_at": site.now - timedelta(hours=30)}))
    fields = opened(browser)

    asked = send(browser, fields, "rehearse", **{"s0-amount": "30", "note": "Sooner"})
    waiting = text_of(browser.get(asked["Location"]))
    work_off(site)
    page = html.unescape(text_of(browser.get(asked["Location"])))
    changing = form(text_of(browser.post(CHANGE, form_below(page) | {"act": "table"})))
    published = browser.post(CHANGE, form_below(page) | {"act": "publish"})

    part = text_of(browser.get(asked["Location"], **HTMX))

    assert "A worker takes it up" in waiting
    assert "1 ticket would have gone otherwise" in part
    assert "1 ticket would have gone otherwise" in page
    assert reverse("ticket", args=[ticket]) in page
    assert "First response at 30 %" in page
    assert (changing["s0-amount"], changing["note"]) == (["30"], ["Sooner"])
    assert published.status_code == 302
    assert (newest(site).number, newest(site).note) == (2, "Sooner")


def test_a_rehearsal_names_steps_as_each_plan_has_them_with_zone_and_reason(site, browser):
    known = {"received_at": site.now - timedelta(hours=30)}
    site.told("F-1", ("opened", 30, {"priority": "P1"} | known), ("staff_replied", 29.4, known))

    asked = send(browser, opened(browser), "rehearse", **{"s3-amount": "40"})
    work_off(site)
    page = html.unescape(text_of(browser.get(asked["Location"])))
    before, now = re.findall(r'data-name="(?:As in force|With this plan)">(.*?)</td>', page, re.DOTALL)

    assert '<th scope="row">Resolution at 50 % → 40 %</th>' in page
    assert "Resolution at 50 %" in before
    assert "Resolution at 40 %" in now
    assert "Resolution at 40 %" not in before
    assert re.search(r"fired <time[^>]*>[^<]* UTC</time>", before)


def test_a_rehearsal_of_before_sides_kept_names_of_their_own_is_still_shown(site, browser):
    site.told("F-1", ("opened", 30, {"priority": "P1", "received_at": site.now - timedelta(hours=30)}))
    asked = send(browser, opened(browser), "rehearse", **{"s3-amount": "40"})["Location"]
    work_off(site)
    found = deepcopy(runs.run(EVERYTHING, asked.rstrip("/").rpartition("/")[2]).result)
    found["names"], _ = (side.pop("names") for side in found["sides"])
    for each in found["differing"]:
        for did in (*each["sides"][0], *each["sides"][1]):
            del did["planned"], did["reason"]

    told = worded(found, None)

    assert "Resolution at 50 %" in [name for name, _ in told["rows"]]
    assert "Resolution at 50 %" in [did["name"] for did in told["differing"][0][1][0]]


def test_a_step_that_is_skipped_in_a_rehearsal_says_why(site, browser):
    known = {"received_at": site.now - timedelta(hours=30)}
    site.told("F-1", ("opened", 30, {"priority": "P1"} | known), ("staff_replied", 28.7, known))
    asked = send(browser, opened(browser), "rehearse", **{"s3-amount": "40"})
    work_off(site)

    page = html.unescape(text_of(browser.get(asked["Location"])))

    assert re.search(r"skipped <time[^>]*>[^<]* UTC</time>: somebody had worked on it", page)


def test_the_run_of_a_rehearsal_says_what_came_of_it_and_leads_to_it(site, browser):
    site.told("F-1", ("opened", 30, {"priority": "P1", "received_at": site.now - timedelta(hours=30)}))
    asked = send(browser, opened(browser), "rehearse", **{"s0-amount": "30"})["Location"]
    work_off(site)
    run = f"/runs/{asked.rstrip('/').rpartition('/')[2]}"

    mine, an_agents = text_of(browser.get(run)), text_of(site.browser(Role.AGENT).get(run))

    assert "1 ticket; 1 would have gone otherwise" in mine
    assert f'href="{asked}"' in mine
    assert "1 ticket; 1 would have gone otherwise" in an_agents
    assert f'href="{asked}"' not in an_agents


def test_the_largest_matrix_is_sent_as_a_table(site, browser):
    step = MATRIX.steps[-1]
    many = replace(
        MATRIX,
        steps=tuple(
            replace(step, key=f"s{number}", share=Fraction(number + 1, 10), tell=(*FALL_BACK,)) for number in range(60)
        ),
        resources=MATRIX.resources * 100,
    )
    actions.publish_plan(EVERYTHING, partner=site.partner.pk, plan=many, now=site.now)

    answer = send(browser, opened(browser), "publish", note="Once more", **{"s0-amount": "5"})

    assert answer.status_code == 302
    assert newest(site).plan.steps[0].share == Fraction(1, 20)


def test_a_rehearsal_shows_what_the_flow_finds(site, browser):
    site.told("F-1", ("opened", 30, {"priority": "P1", "received_at": site.now - timedelta(hours=30)}))
    asked = send(browser, opened(browser) | {"mode": ["yaml"], "text": [dump_plan(TIGHTER)]}, "rehearse")
    run = runs.run(EVERYTHING, asked["Location"].rstrip("/").rpartition("/")[2])

    work_off(site)

    found = rehearse_plan(EVERYTHING, Asked(partner=site.partner.pk, plan=TIGHTER), upto=run.requested_at)
    kept = runs.run(EVERYTHING, run.public_id)
    assert kept.state is RunState.DONE
    assert kept.result == found.plain() | {"sides": kept.result["sides"]}
    assert [side["steps"] for side in kept.result["sides"]] == [side["steps"] for side in found.plain()["sides"]]
    assert found.differ == 1


@pytest.mark.proves("ESC-4")
def test_the_texts_are_filled_with_a_real_ticket(site, browser):
    site.told(
        "F-7",
        ("opened", 30, {"priority": "P1", "received_at": site.now - timedelta(hours=30)}),
        title="Invoices",
        contact="Anna <anna@ferrante.example>",
    )
    changes = {"message-subject": "Look: {ticket} {title}", "client_message-text": "Dear {contact}, level {level} {not closed"}

    page = html.unescape(text_of(send(browser, opened(browser), "preview", **changes)))

    assert "Look: F-7 Invoices" in page
    assert "Dear Anna, level 4 {not closed" in page
    assert "to anna@ferrante.example" in page


def test_a_plan_of_another_partner_is_out_of_sight(browser):
    theirs = Site("baltica", "Baltica ERP")
    row = actions.publish_plan(
        EVERYTHING, partner=theirs.partner.pk, plan=TIGHTER, client=theirs.ferrante.public_id, now=theirs.now
    )
    run = theirs.run("rehearse_plan", plan=None, tier=None, client=None)

    answers = [
        browser.get(f"/escalation?client={theirs.ferrante.public_id}").status_code,
        browser.get(f"{CHANGE}?client={theirs.ferrante.public_id}").status_code,
        browser.get(f"{CHANGE}?tier={theirs.tier.tier}").status_code,
        browser.get(f"/escalation/versions/{row.public_id}.yaml").status_code,
        browser.get(f"/escalation/rehearsals/{run.public_id}").status_code,
        browser.post(CHANGE, {"whose": f"client:{theirs.ferrante.public_id}", "act": "publish"}).status_code,
    ]

    assert answers == [404] * 6


def test_every_shipped_plan_survives_the_form():
    assert check_fields(fields_of(sheet_of(shipped_plan()))).plan == shipped_plan()
    assert check_fields(fields_of(sheet_of(TIGHTER))).plan == TIGHTER
