"""What tests of the doors stand on: a database that several threads can share."""

import pytest
from django.db import connections


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
