"""The outbox, the channels, the inbox and how people are told, as they are seen and used (ESC-5)."""

import csv
import io
import re
from datetime import timedelta

import pytest
from django.urls import reverse

from goodstanding.apps.outbox import actions, leases, models, queries
from goodstanding.apps.outbox.queries import Channel, State
from goodstanding.apps.tenancy import queries as tenancy
from goodstanding.apps.tenancy.models import Membership
from goodstanding.apps.tenancy.roles import Role
from tests.apps.world import EVERYTHING
from tests.delivery.web.site import HTMX, Site, text_of

pytestmark = pytest.mark.django_db


def said(browser, at, **data):
    return text_of(browser.post(at, data, follow=True) if data else browser.get(at))


def in_inbox(site, person, number=1, **fields):
    """Deliver a message to somebody's inbox."""
    site.told_of(number, recipient=person, channel=Channel.INBOX, **fields)
    claimed = leases.claim("inbox", most=50, until=site.now, now=site.now)
    for each in claimed.loads:
        leases.has_sent(each.message.pk, name=claimed.name, address="inbox", now=site.now)


def many_in_inbox(site, person, number, **fields):
    """Deliver messages to somebody's inbox, each written a minute after the one before."""
    for place in range(number):
        written = site.now - timedelta(minutes=number - place)
        site.told_of(place, recipient=person, channel=Channel.INBOX, subject=f"Told {place}.", written_at=written, **fields)
    claimed = leases.claim("inbox", most=1_000, until=site.now, now=site.now)
    for each in claimed.loads:
        leases.has_sent(each.message.pk, name=claimed.name, address="inbox", now=site.now)


def listed(page):
    """The numbers of the messages on a page, in order."""
    return [int(number) for number in re.findall(r">Told (\d+)\.", page)]


def person_of(browser):
    return int(browser.session["_auth_user_id"])


@pytest.mark.proves("ESC-5")
def test_what_could_not_be_delivered_comes_first_and_says_why():
    site = Site()
    site.given_up("old", subject="Lost one", written_at=site.now)
    site.told_of("new", subject="Newer one", written_at=site.now)

    page = said(site.browser(Role.AGENT), "/outbox")

    assert "1 message could not be delivered" in page
    assert page.index("Lost one") < page.index("Newer one")
    assert "Nobody here." in page


def test_what_the_filter_lists_is_exported_with_what_went_with_another_and_no_cell_is_a_formula():
    site = Site()
    site.given_up("a", subject="=1+1", client=site.kestrel.pk)
    for number in range(2):
        site.told_of(number, subject=f"Folded {number}", fold="outage", written_at=site.now - timedelta(minutes=number + 1))
    claimed = leases.claim("email", most=50, until=site.now, now=site.now)
    leases.has_sent(claimed.loads[0].message.pk, name=claimed.name, address="rosa@ferrante.example", now=site.now)
    browser = site.browser(Role.AGENT)

    def exported(query=""):
        text = text_of(browser.get(f"/outbox.csv{query}"))
        return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))

    rows = exported()

    assert [(each["Subject"], each["State"], each["To"]) for each in rows] == [
        ("'=1+1", "Not delivered", "rosa@ferrante.example"),
        ("Folded 0", "Sent", "rosa@ferrante.example"),
        ("Folded 1", "Sent", "rosa@ferrante.example"),
    ]
    assert rows[0]["Written"] == f"{site.now:%Y-%m-%dT%H:%M:%SZ}"
    assert rows[0]["Error"] == "Nobody here."
    assert rows[1]["Sent"] == f"{site.now:%Y-%m-%dT%H:%M:%SZ}"
    assert [each["Subject"] for each in exported("?state=dead")] == ["'=1+1"]
    assert [each["Subject"] for each in exported(f"?client={site.kestrel.public_id}")] == ["'=1+1"]
    assert f'href="/outbox.csv?client={site.kestrel.public_id}"' in said(browser, f"/outbox?client={site.kestrel.public_id}")


def test_what_would_go_to_an_endpoint_that_is_off_is_not_sent_again_in_vain():
    site = Site()
    room, _ = site.endpoint()
    lost = site.given_up(channel=room.channel, recipient=str(room.public_id), client=None)
    actions.switch_endpoint(EVERYTHING, room.public_id, on=False)

    page = said(site.browser(), reverse("send_again", args=[lost.public_id]), again="yes")

    assert f"Not sent again: “{room.name}” is switched off: switch it on first." in page
    assert queries.message(EVERYTHING, lost.public_id).state is State.DEAD


@pytest.mark.parametrize(
    ("ahead", "state", "says"),
    [
        (0, {}, "goes out within seconds"),
        (9, {}, "held by quiet hours until <time"),
        (1, {"fold": "digest daily"}, "gathered, goes out <time"),
        (1, {"tries": 2}, "tried next <time"),
    ],
)
def test_a_message_that_waits_says_what_for(ahead, state, says):
    site = Site()
    kept = site.told_of(not_before=site.now + timedelta(hours=ahead))
    models.Message.objects.filter(pk=kept.pk).update(**state)

    page = said(site.browser(), reverse("outbox_message", args=[kept.public_id]))

    assert says in page


def test_a_message_waits_for_its_way_while_that_is_held():
    site = Site()
    kept = site.told_of()
    leases.hold(kept.route, until=site.now + timedelta(minutes=4), said="mail.example does not answer.", now=site.now)

    page = said(site.browser(), reverse("outbox_message", args=[kept.public_id]))

    assert "waits for E-mail, tried next <time" in page
    assert "within seconds" not in page


def test_filters_stand_in_the_address_and_find_by_state_channel_client_and_words():
    site = Site()
    site.given_up("a", subject="Alpha")
    site.told_of("b", subject="Beta", client=site.kestrel.pk, recipient="ugo@kestrel.example")
    browser = site.browser()

    def listed(query):
        page = said(browser, f"/outbox?{query}")
        return {word for word in ("Alpha", "Beta") if f">{word}</a>" in page}

    assert listed("") == {"Alpha", "Beta"}
    assert listed("state=dead") == {"Alpha"}
    assert listed("channel=slack") == set()
    assert listed(f"client={site.kestrel.public_id}") == {"Beta"}
    assert listed("q=UGO@") == {"Beta"}
    assert listed("state=nonsense&channel=&client=x&page=x") == {"Alpha", "Beta"}


@pytest.mark.proves("ESC-5")
def test_a_message_shows_its_attempts_and_is_sent_again_by_a_click():
    site = Site()
    kept = site.given_up()
    browser = site.browser(Role.TEAM_LEAD)
    there = reverse("outbox_message", args=[kept.public_id])

    before = said(browser, there)
    after = said(browser, reverse("send_again", args=[kept.public_id]), now="yes")
    twice = said(browser, reverse("send_again", args=[kept.public_id]), now="yes")

    assert "Given up" in before
    assert "rosa@ferrante.example" in before
    assert "Send again" in before
    assert "It is sent again within seconds" in after
    assert "only what was given up" in twice
    assert queries.message(EVERYTHING, kept.public_id).state is State.WAITING


def test_all_that_was_given_up_by_a_channel_is_sent_again_at_once():
    site = Site()
    for number in range(3):
        site.given_up(number)
    browser = site.browser(Role.TEAM_LEAD)

    other = said(browser, reverse("send_all_again"), channel="slack")
    mine = said(browser, reverse("send_all_again"), channel="email")

    assert "0 messages are sent again" in other
    assert "3 messages are sent again" in mine
    assert set(models.Message.objects.values_list("state", flat=True)) == {"waiting"}


def test_what_is_folded_is_found_with_its_leader_and_says_where_it_went():
    site = Site()
    first, second = (site.told_of(number, fold="outage") for number in range(2))
    leases.claim("email", most=50, until=site.now, now=site.now)
    browser = site.browser()

    listed = said(browser, "/outbox")
    part = said(browser, reverse("outbox_message", args=[second.public_id]))

    assert "and 1 more with it" in listed
    assert reverse("outbox_message", args=[second.public_id]) not in listed
    assert f'<a href="{reverse("outbox_message", args=[first.public_id])}">Told 0</a>' in part


def test_a_route_in_trouble_is_named_with_its_reason_and_next_try():
    site = Site()
    kept, _ = site.endpoint("War room")
    leases.hold(f"webhook:{kept.public_id}", until=site.now.replace(year=site.now.year + 1), said="It is down.", now=site.now)
    browser = site.browser()

    assert "“War room”</b> has taken no messages since" in said(browser, "/outbox")
    assert "In trouble" in said(browser, "/channels")


def test_a_secret_is_shown_once_and_an_address_never():
    site = Site()
    browser = site.browser()
    given = {"channel": "webhook", "name": "Bridge", "address": "https://hooks.example/planted-part"}

    made = said(browser, "/channels/add", **given)
    later = said(browser, "/channels")

    (secret,) = re.findall(r'value="(whsec_[^"]+)"', made)
    assert secret not in later
    assert "planted-part" not in made + later
    assert "hooks.example" in later


def test_an_endpoint_may_be_for_the_tickets_of_one_client_of_ours_alone():
    site, others = Site(), Site("baltica", "Baltica ERP")
    browser = site.browser()
    given = {"channel": "webhook", "address": "https://hooks.example/x"}

    made = said(browser, "/channels/add", **given, name="Theirs", client=str(site.ferrante.public_id))
    strange = said(browser, "/channels/add", **given, name="Strange", client=str(others.ferrante.public_id))
    own = {"channel": "sms", "address": "ntfys://ntfy.example/x", "person": str(tenancy.people(EVERYTHING)[0].public_id)}
    telephone = said(browser, "/channels/add", **own, name="Own", client=str(site.ferrante.public_id))

    assert "for Casa Ferrante alone" in made
    assert "there is no such client" in strange
    assert "it is no client&#39;s" in telephone
    assert list(models.Endpoint.objects.values_list("name", "client_id")) == [("Theirs", site.ferrante.pk)]


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"channel": "webhook", "name": "x", "address": "http://127.0.0.1/"}, "Not set up"),
        ({"channel": "nonsense", "name": "x", "address": "https://hooks.example/"}, "choose the kind"),
        ({"channel": "webhook", "name": "", "address": "https://hooks.example/"}, "give it a name"),
        ({"channel": "sms", "name": "x", "address": "json://localhost"}, "no address of a service that is offered"),
        ({"channel": "sms", "name": "x", "address": "twilio://x", "person": "nobody"}, "choose the kind"),
    ],
)
def test_what_cannot_be_set_up_says_why(given, reason):
    page = said(Site().browser(), "/channels/add", **given)

    assert reason in page
    assert f'value="{given["name"]}"' in page


def test_an_address_that_was_refused_goes_back_into_its_field_in_an_answer_that_nobody_keeps():
    site = Site()
    browser, kept = site.browser(), site.endpoint()[0]
    given = {"channel": "webhook", "name": "", "address": "https://hooks.example/planted-part"}
    moved_at = reverse("move_channel", args=[kept.public_id])

    refused, moved = browser.post("/channels/add", given), browser.post(moved_at, {"address": "http://127.0.0.1/planted-part"})
    later = said(browser, "/channels")

    for answer, address in ((refused, given["address"]), (moved, "http://127.0.0.1/planted-part")):
        assert answer.status_code == 422
        assert answer["Cache-Control"] == "private, no-store"
        assert text_of(answer).count(f'value="{address}"') == 1
    assert re.search(r"<details [^>]*open><summary>Another address</summary><div [^>]*>Not changed:", text_of(moved))
    assert "planted-part" not in later
    assert queries.endpoint(EVERYTHING, kept.public_id).address.open() == "https://hooks.example/secretpart"


def test_two_endpoints_of_one_kind_and_name_are_refused_but_for_different_clients():
    site = Site()
    browser = site.browser()
    given = {"channel": "webhook", "name": "Bridge", "address": "https://hooks.example/x"}
    ferrante, kestrel = ({"client": str(each.public_id)} for each in (site.ferrante, site.kestrel))

    for each in ({}, {"channel": "slack"}, ferrante, kestrel):
        said(browser, "/channels/add", **given | each)
    refused = [said(browser, "/channels/add", **given | {"name": " bridge "} | each) for each in ({}, ferrante)]

    for page in refused:
        assert "Not set up: there is “Bridge” of this kind already" in page
    assert models.Endpoint.objects.count() == 4


@pytest.mark.parametrize(
    ("working", "failing", "off", "heading"),
    [
        (0, 0, 0, "Messages go to mailboxes and inboxes"),
        (1, 0, 0, "1 endpoint takes messages"),
        (2, 0, 0, "2 endpoints take messages"),
        (1, 3, 1, "1 of 5 endpoints takes messages"),
        (0, 1, 0, "The endpoint takes no messages"),
        (0, 1, 1, "None of 2 endpoints takes messages"),
    ],
)
def test_only_endpoints_that_work_are_counted(working, failing, off, heading):
    site = Site()
    made = [site.endpoint(name=f"Room {number}")[0] for number in range(working + failing + off)]
    for each in made[:failing]:
        models.Route.objects.create(name=each.channel.route(str(each.public_id)), failures=1, error="It is gone.")
    models.Endpoint.objects.filter(public_id__in=[each.public_id for each in made[failing : failing + off]]).update(is_on=False)

    page = said(site.browser(), "/channels")

    assert f"<h1>{heading}</h1>" in page


def test_trying_a_channel_leads_to_the_message_on_its_way():
    site = Site()
    kept, _ = site.endpoint()
    browser = site.browser()

    to_endpoint = said(browser, reverse("try_channel", args=[kept.public_id]), now="yes")
    to_me = said(browser, reverse("try_own_channel"), channel="email")

    assert "This is a test" in to_endpoint
    assert "by Webhook" in to_endpoint
    assert "by E-mail" in to_me
    assert models.Message.objects.get(channel="email").person_id == person_of(browser)


def test_an_endpoint_is_switched_moved_and_its_secret_changed():
    site = Site()
    kept, _ = site.endpoint()
    browser = site.browser()

    off = said(browser, reverse("switch_endpoint", args=[kept.public_id]), on="no")
    said(browser, reverse("switch_endpoint", args=[kept.public_id]), on="yes")
    moved = said(browser, reverse("move_channel", args=[kept.public_id]), address="https://other.example/x")
    rotated = said(browser, reverse("rotate_channel", args=[kept.public_id]), now="yes")

    assert "is off" in off
    assert "other.example" in moved
    assert "whsec_" in rotated
    assert "the secret before signs until" in rotated
    assert queries.endpoint(EVERYTHING, kept.public_id).is_on


def test_an_inbox_counts_what_is_new_until_it_is_read():
    site = Site()
    browser = site.browser(Role.AGENT)
    for number in range(3):
        in_inbox(site, person_of(browser), number, text="No reply since 09:12")

    page = said(browser, "/inbox")
    first = models.Message.objects.filter(channel="inbox").first().public_id
    one = said(browser, reverse("read_inbox"), message=str(first))
    all_of_them = said(browser, reverse("read_inbox"), all="yes")

    assert "3 messages are new" in page
    assert "Inbox, 3 new" in page
    assert "2 messages are new" in one
    assert "Nothing new" in all_of_them
    assert "No reply since 09:12" in all_of_them


def test_an_inbox_of_many_messages_has_pages_and_who_reads_on_one_stays_there():
    site = Site()
    browser = site.browser(Role.AGENT)
    many_in_inbox(site, person_of(browser), 150)
    oldest = models.Message.objects.get(subject="Told 0.").public_id

    first, second, third = (said(browser, f"/inbox?page={page}") for page in ("nonsense", 2, 3))
    after_reading = said(browser, reverse("read_inbox"), message=str(oldest), page="2")

    assert [listed(page) for page in (first, second, third)] == [list(range(149, 49, -1)), list(range(49, -1, -1)), []]
    assert 'href="/inbox?page=2" rel="next"' in first
    assert ('href="/inbox" rel="prev"' in second, 'rel="next"' in second) == (True, False)
    assert "Nothing as old as that" in third
    assert "149 messages are new" in after_reading
    assert listed(after_reading) == listed(second)


def test_of_many_messages_told_together_an_inbox_shows_some_says_how_many_more_and_leads_to_all():
    site = Site()
    browser, other = site.browser(Role.AGENT), site.browser(Role.AGENT)
    many_in_inbox(site, person_of(browser), 131, fold="outage")
    address = f"/inbox?message={models.Message.objects.get(leader=None).public_id}"

    page = said(browser, "/inbox")
    first, second = said(browser, address), said(browser, f"{address}&page=2")

    assert "131 messages: Told 0." in page
    assert (listed(page), f'<a href="{address}">and 110 more</a>' in page) == (list(range(21)), True)
    assert (listed(first), listed(second)) == (list(range(101)), list(range(101, 131)))
    assert f'href="{address}&amp;page=2" rel="next"' in first
    assert [other.get(each).status_code for each in (address, "/inbox?message=x")] == [404, 404]


def test_one_message_of_an_inbox_has_a_page_with_its_text():
    site = Site()
    browser = site.browser(Role.AGENT)
    in_inbox(site, person_of(browser), text="No reply since 09:12")

    page = said(browser, f"/inbox?message={models.Message.objects.get().public_id}")

    assert "No reply since 09:12" in page


def test_what_went_with_a_message_of_the_outbox_has_pages():
    site = Site()
    many_in_inbox(site, site.person(Role.AGENT), 131, fold="outage")
    browser, address = site.browser(), reverse("outbox_message", args=[models.Message.objects.get(leader=None).public_id])

    first, second = (said(browser, f"{address}?page={number}").partition("went with it")[2] for number in (1, 2))

    assert "130 messages went with it" in said(browser, address)
    assert (listed(first), listed(second)) == (list(range(1, 101)), list(range(101, 131)))
    assert f'href="{address}?page=2" rel="next"' in first


@pytest.mark.proves("PORTAL-3")
def test_the_bell_is_asked_for_alone_and_costs_nothing_while_nothing_comes():
    site = Site()
    browser = site.browser(Role.AGENT)
    in_inbox(site, person_of(browser))

    first = browser.get("/inbox", **HTMX)
    same = browser.get("/inbox", **HTMX, HTTP_IF_NONE_MATCH=first["ETag"])
    in_inbox(site, person_of(browser), 2)
    more = browser.get("/inbox", **HTMX, HTTP_IF_NONE_MATCH=first["ETag"])

    assert "Inbox, 1 new" in text_of(first)
    assert "<main" not in text_of(first)
    assert (same.status_code, same.content) == (304, b"")
    assert (more.status_code, "Inbox, 2 new" in text_of(more)) == (200, True)


def test_who_was_staff_and_reads_for_a_client_now_sees_none_of_what_staff_were_told():
    site = Site()
    browser = site.browser(Role.AGENT)
    me = person_of(browser)
    in_inbox(site, me, 1, subject="Our objective has passed", kind="escalation.warned")
    in_inbox(site, me, 2, subject="Expected on Monday", kind="client.escalation")
    Membership.objects.filter(person_id=me).update(role=Role.CLIENT_VIEWER, client_id=site.ferrante.pk)

    page = said(browser, "/inbox")

    assert "1 message is new" in page
    assert "Expected on Monday" in page
    assert "Our objective" not in page


def test_nobody_sees_or_reads_what_is_in_somebody_elses_inbox():
    site = Site()
    mine, other = site.browser(Role.AGENT), site.browser(Role.AGENT)
    in_inbox(site, person_of(mine), subject="For one alone")
    kept = models.Message.objects.get()

    page = said(other, "/inbox")
    said(other, reverse("read_inbox"), message=str(kept.public_id))

    assert "For one alone" not in page
    assert "Your inbox is empty" in page
    kept.refresh_from_db()
    assert kept.read_at is None


def test_people_choose_how_they_are_told_and_find_it_chosen():
    site = Site()
    browser = site.browser(Role.AGENT)

    kept = said(browser, "/inbox/preferences", **{"escalation.email": "daily"})
    wrong = said(browser, "/inbox/preferences", **{"escalation.email": "never"})

    assert '<option value="daily" selected>' in kept
    assert "choose one of the ways that are offered" in wrong
    assert list(models.Preference.objects.values_list("person_id", "how")) == [(person_of(browser), "daily")]


def test_what_people_wrote_is_text_on_every_page():
    site = Site()
    hostile = "<script>alert(1)</script>{{7*7}}"
    browser = site.browser()
    kept = site.given_up(subject=hostile, text=hostile, recipient="rosa@ferrante.example")
    site.endpoint(hostile)
    in_inbox(site, person_of(browser), 2, subject=hostile, text=hostile)

    pages = [said(browser, at) for at in ("/outbox", "/channels", "/inbox", reverse("outbox_message", args=[kept.public_id]))]

    assert not any("<script>alert" in page for page in pages)
    assert all("{{7*7}}" in page for page in pages)
