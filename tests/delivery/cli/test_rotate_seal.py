"""The command that seals credentials anew."""

import pytest
from click.testing import CliRunner
from cryptography.fernet import Fernet
from django.test import override_settings

from goodstanding.apps.doors.models import Endpoint
from goodstanding.apps.unit.sealed import key_id
from goodstanding.delivery.cli.keeping import rotate_seal
from tests.delivery.web.site import Site

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


@pytest.mark.django_db
def test_credentials_are_sealed_with_the_first_key_and_the_command_says_how_many():
    with override_settings(SEAL_KEYS=[OLD]):
        _, secret = Site().hook()

    with override_settings(SEAL_KEYS=[NEW, OLD]):
        answer = CliRunner().invoke(rotate_seal)

    with override_settings(SEAL_KEYS=[NEW]):
        kept = Endpoint.objects.get().secret
        assert (kept.key_id, kept.open()) == (key_id(NEW), secret)
    assert answer.output == "1 credential sealed anew; all are sealed with the first key now.\n"


@pytest.mark.django_db
def test_a_missing_key_is_named_and_what_to_do_is_said():
    with override_settings(SEAL_KEYS=[OLD]):
        Site().hook()

    with override_settings(SEAL_KEYS=[NEW]):
        answer = CliRunner().invoke(rotate_seal)

    assert answer.exit_code == 1
    assert key_id(OLD) in answer.output
    assert "Put that key back" in answer.output


def test_a_new_key_is_printed_and_can_be_used():
    answer = CliRunner().invoke(rotate_seal, ["--new-key"])

    assert Fernet(answer.output.strip())
