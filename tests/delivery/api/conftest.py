"""What the tests of the API stand on: a folder for static files, and an allowance that nobody has used."""

import pytest
from django.test import override_settings


@pytest.fixture(scope="session", autouse=True)
def a_folder_of_static_files(tmp_path_factory):
    with override_settings(STATIC_ROOT=tmp_path_factory.mktemp("static")):
        yield
