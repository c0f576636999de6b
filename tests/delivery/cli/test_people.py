"""The operator gives people accounts and roles, also those whose account is another firm's."""

import pytest
from click.testing import CliRunner
from django.contrib.auth import get_user_model

from goodstanding.apps.tenancy import queries
from goodstanding.apps.tenancy.roles import Role
from goodstanding.delivery.cli.main import goodstanding
from tests.apps.world import EVERYTHING, World

pytestmark = pytest.mark.django_db


def add(*arguments, stdin=None):
    return CliRunner().invoke(goodstanding, ["add-person", "pia@example.org", "--name", "Pia", *arguments], input=stdin)


def roles():
    (person,) = [each for each in queries.people(EVERYTHING) if each.email == "pia@example.org"]
    return person.roles


def test_a_person_of_a_client_of_two_partners_is_added_to_the_second_and_keeps_the_password():
    World()
    World("boravento", "Boravento")
    viewer = ("--role", "client_viewer", "--client", "casa ferrante")
    add(*viewer, "--partner", "Adriatica", stdin="a long password\na long password\n")

    second = add(*viewer, "--partner", "Boravento", "--keep-password")

    assert (second.exit_code, second.output) == (0, "pia@example.org can sign in.\n")
    assert roles() == ((Role.CLIENT_VIEWER, "Casa Ferrante"), (Role.CLIENT_VIEWER, "Casa Ferrante"))
    assert get_user_model().objects.get(email="pia@example.org").check_password("a long password")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--role", "client_viewer", "--partner", "Adriatica", "--client", "Nobody"), "no client 'Nobody'"),
        (("--role", "client_viewer", "--partner", "Adriatica"), "belongs to a client"),
        (("--role", "boss", "--partner", "Adriatica"), "boss"),
    ],
)
def test_who_cannot_be_added_is_not_and_is_told_why(arguments, says):
    World()

    refused = add(*arguments, "--password", "a long password")

    assert refused.exit_code == 1
    assert says in refused.output
    assert not get_user_model().objects.exists()
