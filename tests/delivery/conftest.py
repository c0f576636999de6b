"""What tests of the doors stand on: a world built once for many tests, and a database that several threads can share."""

import pytest
from django.db import connections, transaction


@pytest.fixture(scope="module")
def once_a_module(django_db_setup, django_db_blocker):
    """What is built within lasts for the tests of a module, each of which is undone as ever, and is undone after them."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


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
