"""A mail server pipes letters in and is told what to do with each by the exit code; a mailbox is set up in one line."""

import pytest
from click.testing import CliRunner

from goodstanding.apps.post import models, queries
from goodstanding.apps.tenancy import actions as tenancy
from goodstanding.apps.tickets import models as tickets
from goodstanding.delivery.cli.main import goodstanding
from tests.adapters.mail.corpus import OOO_SIEVE, letter
from tests.apps.world import EVERYTHING, World

pytestmark = pytest.mark.django_db


def world():
    made = World()
    tenancy.add_contact(EVERYTHING, client=made.ferrante.pk, address="@ferrante.example")
    return made


def pipe(message, *more):
    return CliRunner().invoke(goodstanding, ["take-mail", "--partner", "adriatica", *more], input=message)


@pytest.mark.proves("CLOCK-1")
def test_a_letter_that_is_piped_in_is_taken_once():
    world()

    first, again = pipe(letter()), pipe(letter())

    assert (first.exit_code, first.output.strip()) == (0, "opened")
    assert (again.exit_code, again.output.strip()) == (0, "known already")
    assert tickets.Ticket.objects.count() == 1


def test_what_is_ignored_or_held_was_taken_all_the_same_so_that_the_mail_server_lets_go_of_it():
    world()

    assert (pipe(OOO_SIEVE).output.strip(), pipe(letter(sender="a@b.example")).output.strip()) == ("ignored", "held")
    assert models.Letter.objects.count() == 2


@pytest.mark.parametrize(
    "message", [b"", b"\r\n\r\n", b"Subject: x\r\n\r\n" + b"x" * (26 << 20)], ids=["none", "blank", "huge"]
)
def test_what_is_no_letter_goes_back_to_its_sender(message):
    world()

    found = pipe(message)

    assert found.exit_code == 65
    assert not models.Letter.objects.exists()


def test_a_name_that_is_wrong_makes_the_mail_server_wait_and_loses_nothing():
    world()

    assert pipe(letter(), "--mailbox", "nobody@adriatica.example").exit_code == 75
    assert CliRunner().invoke(goodstanding, ["take-mail", "--partner", "nobody"], input=letter()).exit_code == 75
    assert not models.Letter.objects.exists()


@pytest.mark.django_db(databases=[])
def test_a_database_that_is_away_makes_the_mail_server_wait(django_db_blocker):
    with django_db_blocker.block():
        found = pipe(letter())

    assert found.exit_code == 75
    assert found.output.startswith("Not taken yet (")


def add(*more, **options):
    return CliRunner().invoke(goodstanding, ["add-mailbox", "support@adriatica.example", *more], **options)


def test_a_mailbox_is_set_up_and_its_password_asked_for():
    world()

    found = add("--host", "imap.adriatica.example", "--client", "casa-ferrante", "--priority", "P2", input="s3cret\n")

    assert found.exit_code == 0, found.output
    assert "s3cret" not in found.output
    [made] = queries.mailboxes(EVERYTHING)
    assert (made.settings.login, made.client_name, made.settings.priority) == (
        "support@adriatica.example",
        "Casa Ferrante",
        "P2",
    )
    assert queries.secret_of(EVERYTHING, made.pk) == "s3cret"
    assert made.next_look_at is not None


def test_a_mailbox_without_a_server_takes_what_is_piped_in():
    world()

    found = add()

    assert "take-mail --partner adriatica" in found.output
    assert pipe(letter(), "--mailbox", "support@adriatica.example").exit_code == 0
    assert tickets.Ticket.objects.get().source == "mail:support@adriatica.example"


@pytest.mark.parametrize(
    ("more", "words"),
    [(["--client", "nobody"], "there is no client"), (["--after", "move"], "name the folder"), (["--port", "0"], "a port is")],
)
def test_a_mailbox_that_cannot_be_is_refused_with_what_to_do(more, words):
    world()

    found = add(*more)

    assert found.exit_code == 1
    assert words in found.output


def test_an_address_is_set_up_once():
    world()

    add()

    assert "is set up already" in add().output
