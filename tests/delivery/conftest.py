"""What tests of the doors stand on: a site built once a module, and a database that several threads can share."""

from copy import deepcopy

import pytest
from django.db import connections

from tests.delivery.web.site import Site


@pytest.fixture(scope="module")
def built(once_a_module):
    """A site with nothing in it; modules that need more build their own."""
    return Site()


@pytest.fixture
def site(built):
    """A site as it was built, whatever the tests before did with it."""
    return deepcopy(built)


@pytest.fixture
def shared_database(transactional_db, tmp_path):
    """The database of the tests; SQLite's, which lies in memory and lets one thread in at a time, as a file instead."""
    kept = connections["default"]
    if kept.vendor != "sqlite":
        yield
        return
    named = connections.settings["default"]["NAME"]
    connections.settings["default"]["NAME"] = str(tmp_path / "site.sqlite3")
    file = connections.create_connection("default")
    kept.ensure_connection()
    file.ensure_connection()
    kept.connection.backup(file.connection)
    connections["default"] = file
    try:
        yield
    finally:
        file.close()
        connections["default"] = kept
        connections.settings["default"]["NAME"] = named
