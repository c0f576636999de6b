"""Connecting an Odoo, saying what its stages mean, following its tickets, and what the pages say of it meanwhile."""

import html
import re
from datetime import timedelta

import pytest
from django.urls import reverse

from goodstanding.apps.desk import queries as standings
from goodstanding.apps.desk.values import TicketFilter
from goodstanding.apps.instances import queries
from goodstanding.apps.tenancy import queries as tenancy
from goodstanding.apps.tenancy.roles import Role
from goodstanding.flows.follow_tickets import follow_tickets
from tests.apps.world import EVERYTHING
from tests.delivery.web.site import HTMX, Site, text_of
from tests.odoos import ADDRESS, ADMINS_KEY, BASIC_KEY, DOWN, HERE, KEY, accounts, desk

pytestmark = pytest.mark.django_db

GIVEN = {"address": f"{ADDRESS}/odoo/action-12", "database": "", "login": "auditor", "secret": KEY, "key_name": "goodstanding",
         "name": "Our desk", "client": ""}  # fmt: skip
STAGES = {
    "stage:New": "opened",
    "stage:In Progress": "progress",
    "stage:Awaiting": "waiting:customer",
    "stage:With the vendor": "waiting:supplier",
    "stage:Done": "resolved",
    "stage:Cancelled": "cancelled",
}
CHOSEN = {"desk": "oca", "priority:0": "P4", "priority:1": "P3", "priority:2": "P2", "priority:3": "P1"} | STAGES


class Firm(Site):
    """A site with an Odoo that it can reach."""

    def __init__(self, settings, **odoo):
        super().__init__()
        self.odoo = desk(self.now, **odoo)
        self.world = HERE
        self.world.odoos = {ADDRESS: self.odoo}
        settings.REACH = "tests.odoos.reach"
        self.manager = self.browser(Role.MANAGER)

    def connect(self, **given):
        self.manager.post("/odoo/connect", GIVEN | {"connect": "1"} | given)
        return self.instance

    @property
    def instance(self):
        return queries.instances(EVERYTHING)[0]

    def follow(self, **given):
        self.manager.post(self.address("following"), CHOSEN | given)

    def look(self):
        return follow_tickets(self.instance.public_id, reach=self.world.reach, clock=lambda: self.now + timedelta(seconds=10))

    def address(self, name="connection"):
        return reverse(name, args=[self.instance.public_id])

    def tickets_of(self, client):
        rows, _ = standings.ticket_list(EVERYTHING, TicketFilter(client=client.public_id), now=self.now, limit=99)
        return len(rows)

    def page(self, name="connection", **options):
        return plain(self.manager.get(self.address(name), **options))


def plain(answer):
    """What a page says, without its markup."""
    return " ".join(re.sub(r"<[^>]+>", " ", html.unescape(text_of(answer))).split())


@pytest.fixture
def firm(settings):
    return Firm(settings)


def test_without_a_connection_the_list_says_how_to_make_one(firm):
    page = plain(firm.manager.get("/odoo"))

    assert "No Odoo is connected" in page
    assert "Connect your helpdesk" in page


def test_trying_says_which_odoo_answers_what_its_account_reads_and_how_a_smaller_one_is_made_and_keeps_nothing(firm):
    page = plain(firm.manager.post("/odoo/connect", GIVEN | {"try": "1"}))

    assert "Odoo 18.0 answers, with OCA helpdesk and project tasks" in page
    assert f"{ADDRESS}, database desk, over JSON-RPC. Nothing is kept yet." in page
    assert "Sees 12 tickets and 0 project tasks, archived ones among them" in page
    assert "goodstanding ends" in page
    assert "Enter 365 as the API Keys maximum duration of the group" in page
    assert queries.instances(EVERYTHING) == ()


def test_an_administrator_is_warned_of(firm):
    page = plain(firm.manager.post("/odoo/connect", GIVEN | {"try": "1", "login": "admin", "secret": ADMINS_KEY}))

    assert "This account is an administrator." in page
    assert "make an account that can only read" in page


def test_what_an_account_cannot_read_is_said_by_what_it_is_for(firm):
    page = plain(firm.manager.post("/odoo/connect", GIVEN | {"try": "1", "login": "basic", "secret": BASIC_KEY}))

    tickets, health = page.split("Following tickets")[1].split("Health scans")
    assert "Cannot read" in tickets
    assert "when stages and people changed mail.tracking.value" in tickets
    assert "scheduled actions ir.cron" in health
    assert "sees not one" in page


@pytest.mark.parametrize("button", ["try", "connect"])
def test_what_was_typed_is_there_again_but_for_the_secret(firm, button):
    given = GIVEN | {"address": DOWN, "name": "Ours & theirs", "client": str(firm.kestrel.public_id), button: "1"}

    page = text_of(firm.manager.post("/odoo/connect", given))

    assert "does not answer" in plain(firm.manager.post("/odoo/connect", given))
    for value in (DOWN, "auditor", "goodstanding", "Ours &amp; theirs"):
        assert f'value="{value}"' in page
    assert f'value="{firm.kestrel.public_id}" selected' in page
    assert KEY not in page


def test_by_htmx_only_what_was_found_comes_back_and_the_form_stays_as_it_is(firm):
    answer = text_of(firm.manager.post("/odoo/connect", GIVEN | {"try": "1"}, **HTMX))

    assert "Odoo 18.0 answers" in answer
    assert "<form" not in answer
    assert "<html" not in answer


def test_connecting_by_htmx_leads_to_the_page_of_the_connection(firm):
    answer = firm.manager.post("/odoo/connect", GIVEN | {"connect": "1"}, **HTMX)

    assert answer["HX-Redirect"] == firm.address()
    assert firm.instance.name == "Our desk"


def test_wrong_credentials_are_told_with_what_to_do(firm):
    page = plain(firm.manager.post("/odoo/connect", GIVEN | {"connect": "1", "secret": "wrong"}))

    assert "Odoo does not accept this login with this secret." in page
    assert "Check the login and the API key or password." in page
    assert queries.instances(EVERYTHING) == ()


def test_a_database_is_connected_once(firm):
    firm.connect()

    page = plain(firm.manager.post("/odoo/connect", GIVEN | {"connect": "1"}))

    assert "This database is connected already" in page
    assert len(queries.instances(EVERYTHING)) == 1


def test_a_field_that_holds_too_much_is_refused_before_anybody_is_asked(firm):
    page = plain(firm.manager.post("/odoo/connect", GIVEN | {"connect": "1", "login": "x" * 201}))

    assert "The login has more than 200 letters" in page


def test_the_secret_stands_on_no_page_whatever_is_done(firm):
    asked = [
        firm.manager.post("/odoo/connect", GIVEN | {"try": "1"}),
        firm.manager.post("/odoo/connect", GIVEN | {"address": DOWN, "try": "1"}),
        firm.manager.post("/odoo/connect", GIVEN | {"secret": KEY, "login": "nobody", "connect": "1"}),
        firm.manager.post("/odoo/connect", GIVEN | {"connect": "1"}, follow=True),
        firm.manager.post(firm.address("change_access"), {"login": "nobody", "secret": ADMINS_KEY}, follow=True),
        firm.manager.post(firm.address("examine"), follow=True),
        firm.manager.get("/odoo"),
        firm.manager.get(firm.address()),
        firm.manager.get(firm.address("following")),
    ]

    told = [text_of(each) for each in asked]
    assert [place for place, text in enumerate(told) if KEY in text or ADMINS_KEY in text] == []
    assert [place for place, text in enumerate(told) if firm.instance.secret.token in text] == []
    assert KEY not in repr(firm.instance)


def test_a_key_is_warned_of_from_thirty_days_before_its_end(settings):
    firm = Firm(settings, ends_in=timedelta(days=31))
    firm.connect()
    before = firm.page() + plain(firm.manager.get("/odoo"))
    firm.odoo.set_account(accounts(firm.now, ends_in=timedelta(days=29, hours=1))[0], at=firm.now)

    firm.manager.post(firm.address("examine"))

    assert "Key ends" not in before
    assert "Key ends in 29 d" in firm.page()
    assert "Key ends in 29 d" in plain(firm.manager.get("/odoo"))


def test_the_stages_of_a_desk_are_shown_with_their_tickets_and_what_they_most_likely_mean(firm):
    firm.connect()

    page = text_of(firm.manager.get(firm.address("following")))

    rows = re.findall(r'<td class="lines" id="stage-\d+">(.*?)</tr>', page, re.DOTALL)
    found = {
        re.match(r"[\w ]+\w", row)[0]: (
            re.search(r'class="number">(\d+)', row)[1],
            re.search(r'value="([\w:]+)" selected', row)[1],
            "please confirm" in row,
        )
        for row in rows
    }
    assert found == {
        "New": ("3", "opened", False),
        "In Progress": ("0", "progress", False),
        "Awaiting": ("0", "waiting:partner", True),
        "With the vendor": ("3", "progress", True),
        "Done": ("3", "resolved", False),
        "Cancelled": ("3", "cancelled", False),
    }


def test_a_choice_tells_the_newest_tickets_anew(firm):
    firm.connect()
    address = firm.address("preview_following")

    work = plain(firm.manager.get(address, CHOSEN | {"stage:With the vendor": "progress"}, **HTMX))
    waits = plain(firm.manager.get(address, CHOSEN, **HTMX))

    assert "set it waiting on supplier" not in work
    assert "set it waiting on supplier" in waits
    assert "The 10 tickets changed last, told by this" in waits
    assert "Nordhavn Rederi AS waits for a client" in waits


def test_the_preview_counts_the_chosen_priorities_team_and_client(firm):
    firm.connect()
    address = firm.address("preview_following")

    page = plain(
        firm.manager.get(
            address,
            CHOSEN | {"priority:0": "P1", "team": "1", "fallback": str(firm.kestrel.public_id)},
            **HTMX,
        )
    )

    assert "The 6 tickets changed last" in page
    assert "opened the ticket as P1" in page
    assert "waits for a client" not in page


def test_what_was_chosen_is_kept_and_shown_again(firm):
    firm.connect()

    firm.follow(team=["2"], since="2026-01-05", fallback=str(firm.kestrel.public_id), write_back="yes")

    kept = firm.instance.following
    assert kept.on
    assert kept.write_back
    assert kept.teams == (2,)
    assert kept.client_fallback == firm.kestrel.pk
    assert kept.since.isoformat() == "2026-01-04T23:00:00+00:00"
    assert kept.stages["Awaiting"] == {"kind": "waiting", "owner": "customer"}
    assert kept.priorities == {"0": "P4", "1": "P3", "2": "P2", "3": "P1"}
    page = text_of(firm.manager.get(firm.address("following")))
    assert 'value="2026-01-05"' in page
    assert 'name="team" value="2" checked' in page
    assert 'name="write_back" value="yes" checked' in page
    assert "please confirm" not in page


def test_a_day_that_is_none_is_told_and_nothing_chosen_is_lost(firm):
    firm.connect()

    page = text_of(firm.manager.post(firm.address("following"), CHOSEN | {"since": "soon", "stage:Awaiting": "closed"}))

    assert "is no day" in page
    assert firm.instance.following is None
    assert re.search(r'name="stage:Awaiting".*?value="closed" selected', page, re.DOTALL)


def test_switching_write_back_on_takes_how_tickets_stand_as_told_already(firm):
    firm.connect(client=str(firm.ferrante.public_id))
    firm.follow()
    firm.look()

    firm.follow(write_back="yes")

    known = queries.still_there(EVERYTHING, firm.instance.following.pk)
    told = {row.ref for row in standings.of_source(EVERYTHING, partner=firm.instance.partner, source=firm.instance.source)}
    assert told
    assert {each.ref for each in known if each.noted} == told


def test_write_back_is_off_unless_somebody_switches_it_on(firm):
    firm.connect()

    firm.follow()

    assert not firm.instance.following.write_back
    assert "no: nothing is changed in Odoo" in firm.page()


def test_the_first_reading_shows_how_far_it_is_and_then_that_all_is_well(firm):
    firm.connect()
    firm.follow()
    waiting = firm.page(**HTMX)

    firm.look()

    done = firm.page(**HTMX)
    assert "Never looked" in waiting
    assert "First reading: 0 tickets so far" in waiting
    assert "On track" in done
    assert "Tickets followed 12" in done
    assert "First reading" not in done


def test_a_customer_that_waits_is_named_and_its_tickets_come_in(firm):
    firm.connect()
    firm.follow()
    firm.look()
    before = firm.page()

    firm.manager.post(firm.address("name_customer"), {"customer": "Nordhavn Rederi AS", "client": str(firm.kestrel.public_id)})
    firm.look()

    assert "6 tickets wait: which client is it?" in before
    assert "3 tickets wait: which client is it?" in firm.page()
    assert firm.tickets_of(firm.kestrel) == 6


def test_a_customer_that_waits_is_set_up_as_a_new_client(firm):
    firm.connect()
    firm.follow()
    firm.look()

    firm.manager.post(firm.address("name_customer"), {"customer": "Nordhavn Rederi AS", "new": "1"})
    firm.look()

    made = next(each for each in tenancy.clients(EVERYTHING) if each.name == "Nordhavn Rederi AS")
    assert made.zone == "Europe/Rome"
    assert firm.tickets_of(made) == 3


def test_no_client_is_made_of_a_customer_that_nobody_waits_for(firm):
    firm.connect()
    firm.follow()

    answer = firm.manager.post(firm.address("name_customer"), {"customer": "Nobody Ltd", "new": "1"})

    assert answer.status_code == 404
    assert "Nobody Ltd" not in {each.name for each in tenancy.clients(EVERYTHING)}


def test_who_runs_the_hosting_names_customers_but_sets_up_no_clients(firm):
    firm.connect()
    firm.follow()
    firm.look()
    hosting = firm.browser(Role.HOSTING)

    page = text_of(hosting.get(firm.address()))
    answer = hosting.post(firm.address("name_customer"), {"customer": "Nordhavn Rederi AS", "new": "1"})

    assert "Is this client" in page
    assert "Set up as a new client" not in page
    assert answer.status_code == 403


def test_following_stops_and_goes_on_with_what_was_chosen(firm):
    firm.connect()
    firm.follow(write_back="yes")
    firm.look()

    firm.manager.post(firm.address("switch_following"), {"on": "no"})
    stopped, page = firm.instance.following, firm.page()
    firm.manager.post(firm.address("switch_following"), {"on": "yes"})

    assert (stopped.on, stopped.look_at) == (False, None)
    assert "Stopped" in page
    again = firm.instance.following
    assert again.on
    assert again.caught_up
    assert again.stages == stopped.stages
    assert again.write_back


def test_reading_everything_again_begins_at_once_and_takes_nothing_twice(firm):
    firm.connect()
    firm.follow()
    firm.look()

    firm.manager.post(firm.address("read_again"))

    assert firm.instance.following.cursor == {}
    assert firm.look().new_events == 0


def test_trouble_stands_on_the_pages_with_what_to_do_about_it(firm):
    firm.connect()
    firm.follow()
    firm.odoo.revoke("auditor", "goodstanding", at=firm.now)
    firm.look()

    listed, page = plain(firm.manager.get("/odoo")), firm.page()

    assert "1 Odoo connection, 1 in trouble" in listed
    for text in (listed, page):
        assert "In trouble" in text
        assert "Odoo does not accept this login with this secret." in text
        assert "Check the login and the API key or password." in text


def test_while_an_odoo_is_down_its_stages_cannot_be_chosen_and_the_page_says_why(firm):
    firm.connect()
    firm.world.odoos.clear()

    page = firm.page("following")

    assert "does not answer" in page
    assert "Try again" in page


def test_better_credentials_are_kept_and_worse_ones_are_not(firm):
    firm.connect()

    worse = plain(firm.manager.post(firm.address("change_access"), {"login": "auditor", "secret": "no"}, follow=True))
    better = plain(firm.manager.post(firm.address("change_access"), {"login": "basic", "secret": BASIC_KEY}, follow=True))

    assert "Not changed, the known credentials are kept: Odoo does not accept" in worse
    assert "The credentials work and are kept." in better
    assert firm.instance.login == "basic"
    assert firm.instance.secret.open() == BASIC_KEY


def test_a_connection_goes_when_its_name_is_typed_and_says_before_what_goes_with_it(firm):
    firm.connect()
    firm.follow()
    firm.look()
    page = firm.page()

    refused = plain(firm.manager.post(firm.address("remove"), {"name": "our"}, follow=True))
    still = firm.instance.name
    firm.manager.post(firm.address("remove"), {"name": "Our desk"})

    assert "6 tickets taken in from it stay" in page
    assert "3 open tickets among them will hear no more from Odoo" in page
    assert "6 tickets that wait for a client are forgotten" in page
    assert "Not removed: type the name of the connection" in refused
    assert still == "Our desk"
    assert queries.instances(EVERYTHING) == ()
    assert firm.tickets_of(firm.ferrante) == 3


def test_a_connection_is_renamed(firm):
    firm.connect()

    firm.manager.post(firm.address("rename"), {"name": "Helpdesk of Rome"})
    firm.manager.post(firm.address("rename"), {"name": " "})

    assert firm.instance.name == "Helpdesk of Rome"


def test_the_steps_to_a_smaller_account_stay_at_hand_with_the_models_it_is_to_read(firm):
    firm.connect(login="admin", secret=ADMINS_KEY)

    page = firm.page()

    assert "How to make an account that can only read" in page
    assert "Enter 365 as the API Keys maximum duration of the group" in page
    assert "Models for following tickets helpdesk.ticket , helpdesk.ticket.stage" in page


def test_who_may_only_look_is_offered_nothing_to_change(firm):
    firm.connect()
    agent = firm.browser(Role.AGENT)

    listed, page = text_of(agent.get("/odoo")), text_of(agent.get(firm.address()))

    assert "/odoo/connect" not in listed
    for name in ("examine", "change_access", "rename", "remove", "following"):
        assert firm.address(name) not in page
