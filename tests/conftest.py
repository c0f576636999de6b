"""What every test stands on: hypothesis at a steady pace, and static files without a build."""

import pytest
from django.test import override_settings
from hypothesis import HealthCheck, settings

settings.register_profile("steady", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("steady")


@pytest.fixture(scope="session", autouse=True)
def plain_static_files():
    """Pages name their static files without the manifest that `collectstatic` makes."""
    plain = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    with override_settings(STORAGES=plain):
        yield
