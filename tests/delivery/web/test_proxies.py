"""Behind a proxy of the operator's: https ends there, and each caller is known by the address it asked the proxy from."""

import os
import subprocess
import sys

import pytest
from django.test import Client, override_settings

from goodstanding.apps.tenancy import actions as tenancy
from goodstanding.apps.tenancy.roles import Role
from tests.apps.world import EVERYTHING

GIVEN = {"login": "agent@example.org", "password": "a long enough password"}
ASKING = """
import django
django.setup()
from django.test import Client
for scheme in ("http", "https"):
    answer = Client().get("/account/sign-in", headers={"Host": "localhost", "X-Forwarded-Proto": scheme})
    print(answer.status_code, answer.get("Location", ""))
"""


@pytest.fixture
def agent(site):
    tenancy.set_password(EVERYTHING, site.person(Role.AGENT, email=GIVEN["login"]), GIVEN["password"])


def signs_in(*addresses):
    answer = Client().post("/account/sign-in", GIVEN, headers={"X-Forwarded-For": ", ".join(addresses)})
    return answer.status_code == 302


def fails_often(*addresses):
    for number in range(30):
        wrong = {"login": f"somebody{number}@example.org", "password": "wrong password"}
        Client().post("/account/sign-in", wrong, headers={"X-Forwarded-For": ", ".join(addresses)})


@pytest.mark.django_db
@override_settings(PROXIES=1)
def test_who_guesses_passwords_through_the_proxy_locks_out_nobody_else(agent):
    fails_often("203.0.113.7")

    assert not signs_in("203.0.113.7")
    assert signs_in("203.0.113.8")


@pytest.mark.django_db
@override_settings(PROXIES=1)
def test_an_address_that_the_caller_made_up_counts_for_nothing(agent):
    fails_often("203.0.113.7")

    assert not signs_in("203.0.113.8", "203.0.113.7")


@pytest.mark.django_db
@override_settings(PROXIES=2)
def test_of_two_proxies_the_first_says_who_asked(agent):
    fails_often("203.0.113.7", "198.51.100.1")

    assert not signs_in("203.0.113.7", "198.51.100.2")
    assert signs_in("203.0.113.8", "198.51.100.1")


@pytest.mark.django_db
def test_without_a_proxy_nobody_says_who_asked_but_the_connection(agent):
    fails_often("203.0.113.7")

    assert not signs_in("203.0.113.8")


@pytest.mark.parametrize(
    ("proxies", "answers"),
    [("1", ["301 https://localhost/account/sign-in", "200"]), ("0", ["301 https://localhost/account/sign-in"] * 2)],
)
def test_what_came_by_https_to_the_proxy_is_not_sent_there_again(tmp_path, proxies, answers):
    wanted = {"GOODSTANDING_HOME": str(tmp_path), "GOODSTANDING_HTTPS": "true", "GOODSTANDING_DEBUG": "true"}
    settings = {"DJANGO_SETTINGS_MODULE": "goodstanding.config.settings", "GOODSTANDING_PROXIES": proxies}

    asked = subprocess.run(
        [sys.executable, "-c", ASKING], env=os.environ | wanted | settings, capture_output=True, text=True, check=True
    )

    assert [each.strip() for each in asked.stdout.splitlines()] == answers
