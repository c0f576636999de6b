"""What every test stands on: hypothesis at a steady pace, static files without a build, and worlds built once for many."""

import gc
import os

import pytest
from django.db import transaction
from django.test import override_settings
from hypothesis import HealthCheck, settings

# As the command line has it, for the same reason.
gc.set_threshold(50_000, 20, 20)

# The whole suite has ten minutes on two cores; `HYPOTHESIS_PROFILE=thorough make test` looks harder and takes its time.
# What the second run asks again of another database it asks with fewer examples.
for profile, examples in (("steady", 50), ("again", 15), ("thorough", 1_000)):
    settings.register_profile(profile, deadline=None, max_examples=examples, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("again" if os.environ.get("DATABASE_URL") else "steady"))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Let a file's tests run in one process, and those of some folders too: what they share is then built once."""
    for item in items:
        folder = item.path.parent
        item.add_marker(pytest.mark.xdist_group(folder.name if folder.name in ("browser", "demo") else str(item.path)))


@pytest.fixture(scope="session", autouse=True)
def plain_static_files():
    """Pages name their static files without the manifest that `collectstatic` makes."""
    plain = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    with override_settings(STORAGES=plain):
        yield


@pytest.fixture(scope="module")
def once_a_module(django_db_setup, django_db_blocker):
    """What is built within lasts for the tests of a module, each of which is undone as ever, and is undone after them."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)
