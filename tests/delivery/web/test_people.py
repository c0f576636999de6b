"""People are added with a role and choose their password by a link that works once."""

import html
import re
from email import message_from_bytes
from email.policy import default
from urllib.parse import urlsplit

import pytest
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.test import Client

from goodstanding.apps.tenancy import queries as tenancy
from goodstanding.apps.tenancy.roles import Role
from goodstanding.delivery.web.accounts.adapter import POST
from tests.adapters.mail.smtpserver import posting
from tests.apps.world import EVERYTHING
from tests.delivery.web.site import text_of

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery"
NEW = {"email": "New.Person@example.org", "name": "Nora Ny", "role": "agent"}


def add(browser, **given):
    return text_of(browser.post("/people/add", NEW | given, follow=True))


def link_in(page):
    found = re.search(r'value="(https?://[^"]+/account/password/reset/key/[^"]+)"', page)
    return None if found is None else urlsplit(html.unescape(found.group(1))).path


def choose(browser, link, password=PASSWORD):
    form = browser.get(link, follow=True)
    return browser.post(form.redirect_chain[-1][0], {"password1": password, "password2": password}, follow=True)


def signs_in(email, password=PASSWORD):
    browser = Client()
    answer = browser.post("/account/sign-in", {"login": email, "password": password})
    return browser if answer.status_code == 302 else None


def test_somebody_new_is_added_chooses_a_password_by_the_link_and_signs_in(site):
    page = add(site.browser(Role.PARTNER_ADMIN))
    stranger = Client()

    chosen = choose(stranger, link_in(page))

    assert chosen.status_code == 200
    assert "Password chosen" in text_of(chosen)
    browser = signs_in("new.person@example.org")
    assert browser is not None
    assert "Nora Ny" in text_of(browser.get("/board"))
    assert browser.get("/import").status_code == 403


def test_a_link_that_was_used_is_refused(site):
    link = link_in(add(site.browser(Role.PARTNER_ADMIN)))
    choose(Client(), link)

    again = Client().get(link, follow=True)

    assert "This link has been used or is too old" in text_of(again)
    assert 'name="password1"' not in text_of(again)


def test_a_form_opened_before_the_link_was_used_is_of_no_use_after(site):
    link = link_in(add(site.browser(Role.PARTNER_ADMIN)))
    early = Client()
    form = early.get(link, follow=True).redirect_chain[-1][0]
    choose(Client(), link)

    early.post(form, {"password1": "another long password", "password2": "another long password"}, follow=True)

    assert signs_in("new.person@example.org", "another long password") is None
    assert signs_in("new.person@example.org") is not None


@pytest.mark.parametrize("link", ["/account/password/reset/key/1-abc", "/account/password/reset/key/zzzzzzzzzzzzzz-abc-def"])
def test_a_link_that_was_never_given_is_refused(site, link):
    site.person(Role.PARTNER_ADMIN)

    page = text_of(Client().get(link, follow=True))

    assert "This link has been used or is too old" in page


def test_a_password_that_is_too_easy_is_refused_and_the_link_still_works(site):
    link = link_in(add(site.browser(Role.PARTNER_ADMIN)))

    weak = [text_of(choose(Client(), link, password)) for password in ("short", "password123", "new.person@example.org")]
    chosen = choose(Client(), link)

    assert all('role="alert"' in page for page in weak)
    assert "Password chosen" in text_of(chosen)


def test_the_link_is_shown_once(site):
    browser = site.browser(Role.PARTNER_ADMIN)

    first = add(browser)
    second = text_of(browser.get("/people"))

    assert link_in(first)
    assert link_in(second) is None


def test_the_link_lies_in_the_table_of_sessions_only_sealed(site):
    browser = site.browser(Role.PARTNER_ADMIN)
    browser.post("/people/add", NEW)

    kept = str(dict(browser.session))
    token = urlsplit(link_in(text_of(browser.get("/people")))).path.rpartition("/")[2]

    assert token not in kept


def test_the_link_is_shown_to_nobody_but_who_asked_for_it(site):
    asked, other = site.browser(Role.PARTNER_ADMIN), site.browser(Role.PARTNER_ADMIN)

    asked.post("/people/add", NEW)

    assert link_in(text_of(other.get("/people"))) is None
    assert link_in(text_of(asked.get("/people"))) is not None


def test_who_has_a_password_is_given_a_role_and_no_link(site):
    browser = site.browser(Role.PARTNER_ADMIN)
    choose(Client(), link_in(add(browser)))

    again = add(browser, role="manager")

    assert link_in(again) is None
    person = next(each for each in tenancy.people(EVERYTHING) if each.email == "new.person@example.org")
    assert [role for role, _ in person.roles] == [Role.AGENT, Role.MANAGER]


def test_the_same_role_twice_is_one(site):
    browser = site.browser(Role.PARTNER_ADMIN)

    add(browser)
    add(browser, email="NEW.PERSON@EXAMPLE.ORG")

    person = next(each for each in tenancy.people(EVERYTHING) if each.email == "new.person@example.org")
    assert [role for role, _ in person.roles] == [Role.AGENT]
    assert get_user_model().objects.filter(email__iexact="new.person@example.org").count() == 1


def test_a_clients_person_belongs_to_the_client(site):
    page = add(site.browser(Role.PARTNER_ADMIN), role="client_viewer", client=str(site.kestrel.public_id))

    person = next(each for each in tenancy.people(EVERYTHING) if each.email == "new.person@example.org")
    assert person.roles == ((Role.CLIENT_VIEWER, "Kestrel Outdoor"),)
    assert "Kestrel Outdoor" in page


@pytest.mark.parametrize(
    "wrong",
    [
        {"email": ""},
        {"email": "nobody"},
        {"email": "a@b"},
        {"email": f"{'x' * 260}@example.org"},
        {"role": ""},
        {"role": "emperor"},
        {"name": "x" * 201},
        {"role": "client_viewer"},
        {"role": "client_viewer", "client": "not-a-uuid"},
    ],
)
def test_who_cannot_be_added_is_not_and_the_page_says_why(site, wrong):
    browser = site.browser(Role.PARTNER_ADMIN)
    before = tenancy.people(EVERYTHING)

    page = add(browser, **wrong)

    assert "Not added: " in page
    assert link_in(page) is None
    assert tenancy.people(EVERYTHING) == before


def test_a_client_chosen_for_somebody_of_the_staff_is_left_out(site):
    add(site.browser(Role.PARTNER_ADMIN), role="agent", client=str(site.kestrel.public_id))

    person = next(each for each in tenancy.people(EVERYTHING) if each.email == "new.person@example.org")
    assert person.roles == ((Role.AGENT, "Adriatica Sistemi"),)


def test_people_see_who_is_there_and_only_administrators_are_offered_to_add(site):
    site.person(Role.AGENT, email="ann@example.org")

    agent, admin = (text_of(site.browser(role).get("/people")) for role in (Role.AGENT, Role.PARTNER_ADMIN))

    assert "ann@example.org" in agent
    assert 'action="/people/add"' not in agent
    assert 'action="/people/add"' in admin
    assert "platform_admin" not in admin


def test_somebody_changes_their_password_and_the_old_one_is_over(site):
    choose(Client(), link_in(add(site.browser(Role.PARTNER_ADMIN))))
    browser = signs_in("new.person@example.org")

    browser.post(
        "/account/password",
        {"oldpassword": PASSWORD, "password1": "another long password", "password2": "another long password"},
    )

    assert signs_in("new.person@example.org") is None
    assert signs_in("new.person@example.org", "another long password") is not None


@pytest.fixture
def postman(settings, tmp_path):
    """A mail server as the operator sets it up."""
    with posting(tmp_path, "plain") as (postman, server, _):
        settings.SMTP_URL = f"smtp+plain://127.0.0.1:{server.port}"
        settings.MAIL_FROM, settings.ADDRESS = "desk@adriatica.example", "https://desk.example"
        settings.ALLOW_NETWORKS = "127.0.0.0/8"
        yield postman


def letters(postman):
    """What was sent once the letters under way have arrived."""
    POST.submit(int).result()
    return postman.letters


def test_a_forgotten_password_is_chosen_anew_by_a_link_in_a_mail(site, postman):
    choose(Client(), link_in(add(site.browser(Role.PARTNER_ADMIN))))

    Client().post("/account/password/reset", {"email": "New.Person@example.org"})
    ((sender, recipients, content, _),) = letters(postman)
    text = message_from_bytes(content, policy=default).get_body(("plain",)).get_content()
    link = re.search(r"https://desk\.example(/account/password/reset/key/\S+)", text).group(1)
    choose(Client(), link, "another long password")

    assert (sender, recipients) == ("desk@adriatica.example", ["new.person@example.org"])
    assert signs_in("new.person@example.org", "another long password") is not None


def test_a_link_to_choose_a_new_password_stands_in_no_log(site, postman, caplog, capfd):
    choose(Client(), link_in(add(site.browser(Role.PARTNER_ADMIN))))
    postman.refuses["DATA"] = "554 no"

    Client().post("/account/password/reset", {"email": "new.person@example.org"})

    assert letters(postman) == []
    told = caplog.text + "".join(capfd.readouterr())
    assert "could not be sent" in told
    assert "reset/key" not in told
    assert "new.person" not in told


def test_where_no_mail_goes_out_nobody_waits_for_a_link(site, capfd):
    choose(Client(), link_in(add(site.browser(Role.PARTNER_ADMIN))))

    page = text_of(Client().get("/account/password/reset"))
    asked = text_of(Client().post("/account/password/reset", {"email": "new.person@example.org"}))

    assert "This server sends no mail" in page
    assert "This server sends no mail" in asked
    assert "reset/key" not in "".join(capfd.readouterr())


@pytest.mark.parametrize("spelled", ["new.person@example.org", "New.Person@EXAMPLE.org"])
def test_guesses_are_counted_across_processes(site, spelled):
    choose(Client(), link_in(add(site.browser(Role.PARTNER_ADMIN))))

    for _ in range(5):
        signs_in(spelled, "wrong password")
        # What one process remembers, the next one does not.
        cache.clear()

    assert signs_in("new.person@example.org") is None


def test_guesses_at_other_accounts_lock_nobody_out_but_who_guesses(site, settings):
    settings.PROXIES = 1
    choose(Client(), link_in(add(site.browser(Role.PARTNER_ADMIN))))
    given = {"login": "new.person@example.org", "password": PASSWORD}

    for number in range(10):
        wrong = {"login": f"somebody{number}@example.org", "password": PASSWORD}
        Client().post("/account/sign-in", wrong, headers={"X-Forwarded-For": f"2001:db8::{number}"})
        cache.clear()

    house, elsewhere = (
        Client().post("/account/sign-in", given, headers={"X-Forwarded-For": address}).status_code
        for address in ("2001:db8::ffff", "2001:db8:1::1")
    )
    assert (house, elsewhere) == (200, 302)


def test_whoever_signs_in_often_is_not_taken_for_a_guesser(site):
    choose(Client(), link_in(add(site.browser(Role.PARTNER_ADMIN))))

    assert all(signs_in("new.person@example.org") is not None for _ in range(12))


def test_many_wrong_passwords_are_not_answered_for_ever(site):
    choose(Client(), link_in(add(site.browser(Role.PARTNER_ADMIN))))

    for _ in range(30):
        signs_in("new.person@example.org", "wrong password")

    assert signs_in("new.person@example.org") is None
