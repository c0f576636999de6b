"""What the tests of the pages stand on: static files as `collectstatic` leaves them, cheap passwords, and nobody locked out."""

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core.cache import cache
from django.test import override_settings


@pytest.fixture(scope="session", autouse=True)
def a_folder_of_static_files(tmp_path_factory):
    with override_settings(STATIC_ROOT=tmp_path_factory.mktemp("static")):
        yield


class CheapHasher(Argon2PasswordHasher):
    """The hasher of the site without what makes guessing dear, and signing in too."""

    time_cost, memory_cost, parallelism = 1, 8, 1


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords():
    with override_settings(PASSWORD_HASHERS=[f"{CheapHasher.__module__}.{CheapHasher.__name__}"]):
        yield


@pytest.fixture(autouse=True)
def nobody_is_locked_out():
    """Counts of failed attempts are kept by address, and all tests come from one."""
    cache.clear()
