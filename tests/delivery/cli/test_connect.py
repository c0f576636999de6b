"""`goodstanding connect`: an Odoo tried from the terminal, its exit codes, and a secret that is nowhere to be seen."""

from datetime import UTC, datetime, timedelta

import pytest

from goodstanding.apps.instances import queries
from tests.apps.world import EVERYTHING, World
from tests.delivery.cli.exports import run
from tests.odoos import ADDRESS, ADMINS_KEY, BASIC_KEY, DOWN, HERE, KEY, desk

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def an_odoo(settings):
    settings.REACH = "tests.odoos.reach"
    HERE.odoos = {ADDRESS: desk(datetime.now(UTC), tickets=2)}


@pytest.fixture
def secret(tmp_path):
    """Write a secret to a file of its own."""

    def written(text):
        path = tmp_path / "secret"
        path.write_text(f"{text}\n")
        return path

    return written


def test_an_account_that_reads_what_is_needed_is_good(secret):
    found = run("connect", f"{ADDRESS}/web", "--login", "auditor", "--secret-file", secret(KEY), "--key-name", "goodstanding")

    assert found.exit_code == 0
    assert "Odoo 18.0 answers, with OCA helpdesk and project tasks" in found.stdout
    assert f"{ADDRESS}, database desk, over JSON-RPC, signed in as auditor" in found.stdout
    assert "Key: goodstanding ends" in found.stdout
    assert KEY not in found.output
    assert queries.instances(EVERYTHING) == ()


def test_what_cannot_be_read_is_named_with_the_steps_to_an_account_that_can(secret):
    found = run("connect", ADDRESS, "--login", "basic", "--secret-file", secret(BASIC_KEY))

    assert found.exit_code == 1
    assert "when stages and people changed (mail.tracking.value)" in found.stdout
    assert "  1. Switch on developer mode" in found.stdout


def test_an_administrators_key_works_and_is_warned_of(secret):
    found = run("connect", ADDRESS, "--login", "admin", "--secret-file", secret(ADMINS_KEY))

    assert found.exit_code == 0
    assert "! This account is an administrator." in found.stdout
    assert "Models for following tickets: helpdesk.ticket, helpdesk.ticket.stage" in found.stdout


def test_a_key_that_ends_soon_is_warned_of(secret):
    HERE.odoos[ADDRESS] = desk(datetime.now(UTC), tickets=1, ends_in=timedelta(days=9, hours=1))

    found = run("connect", ADDRESS, "--login", "auditor", "--secret-file", secret(KEY), "--key-name", "goodstanding")

    assert "! Key ends in 9 d" in found.stdout


@pytest.mark.parametrize(
    ("address", "given", "said"),
    [
        (DOWN, KEY, "does not answer"),
        (ADDRESS, "wrong", "Odoo does not accept this login with this secret."),
        ("ftp://odoo.example", KEY, "This is not an address."),
    ],
)
def test_without_a_connection_it_says_why_and_what_to_do(secret, address, given, said):
    found = run("connect", address, "--login", "auditor", "--secret-file", secret(given))

    assert found.exit_code == 3
    assert said in found.stderr
    assert KEY not in found.output


def test_an_address_inside_is_refused_unless_an_operator_allows_its_network(secret, settings):
    settings.REACH, settings.ALLOW_NETWORKS, settings.ALLOW_HTTP = "", "", True

    found = run("connect", "http://127.0.0.1:8069", "--login", "auditor", "--secret-file", secret(KEY))

    assert found.exit_code == 3
    assert "GOODSTANDING_ALLOW_NETWORKS" in found.stderr


def test_the_secret_comes_from_a_pipe_too():
    found = run("connect", ADDRESS, "--login", "auditor", "--secret-file", "-", stdin=f"{KEY}\n")

    assert found.exit_code == 0


def test_where_nobody_can_be_asked_it_says_which_option_is_missing(secret):
    without_secret = run("connect", ADDRESS, "--login", "auditor")
    without_login = run("connect", ADDRESS, "--secret-file", secret(KEY))
    empty = run("connect", ADDRESS, "--login", "auditor", "--secret-file", secret(""))

    assert [each.exit_code for each in (without_secret, without_login, empty)] == [2, 2, 2]
    assert "--secret-file" in without_secret.stderr
    assert "--login" in without_login.stderr
    assert "There is no secret" in empty.stderr


def test_a_secret_is_no_argument():
    assert run("connect", ADDRESS, "--secret", KEY).exit_code == 2


def test_kept_it_is_a_clients_sealed_and_kept_once(secret):
    world = World()
    given = ("connect", ADDRESS, "--login", "auditor", "--secret-file", secret(KEY), "--save", "--client", "casa ferrante")

    found, again = run(*given, "--name", "Ferrante's Odoo"), run(*given)

    kept = queries.instances(EVERYTHING)
    assert found.exit_code == 0
    assert "Kept as “Ferrante's Odoo”, Casa Ferrante." in found.stdout
    assert [(each.name, each.client, each.database, each.url) for each in kept] == [
        ("Ferrante's Odoo", world.ferrante.pk, "desk", ADDRESS)
    ]
    assert kept[0].secret.open() == KEY
    assert again.exit_code == 2
    assert "connected already" in again.stderr


def test_nothing_is_kept_for_a_partner_or_client_that_is_not_there(secret):
    World()
    given = ("connect", ADDRESS, "--login", "auditor", "--secret-file", secret(KEY), "--save")

    client, partner = run(*given, "--client", "Nobody"), run(*given, "--partner", "nobody")

    assert (client.exit_code, partner.exit_code) == (2, 2)
    assert "has no client named “Nobody”" in client.stderr
    assert queries.instances(EVERYTHING) == ()
