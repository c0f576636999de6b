"""What the tests of the pages stand on: a folder for static files, as `collectstatic` leaves one, and nobody locked out."""

import pytest
from django.core.cache import cache
from django.test import override_settings


@pytest.fixture(scope="session", autouse=True)
def a_folder_of_static_files(tmp_path_factory):
    with override_settings(STATIC_ROOT=tmp_path_factory.mktemp("static")):
        yield


@pytest.fixture(autouse=True)
def nobody_is_locked_out():
    """Counts of failed attempts are kept by address, and all tests come from one."""
    cache.clear()
