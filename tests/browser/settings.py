"""The product's own settings, with the tests' clock behind the middleware that reads the real one."""

from goodstanding.config import settings as product
from goodstanding.config.settings import *  # noqa: F403 - all of them

MIDDLEWARE = [*product.MIDDLEWARE, "tests.browser.clock.Clock"]

REACH = "tests.browser.odoos.reach"
"""The Odoos in memory that the pages can be connected to."""


class FromModels:
    """Says of every app that it has no migrations: tables made from the models are there seven seconds sooner."""

    def __contains__(self, app):
        return True

    def __getitem__(self, app):
        return None


MIGRATION_MODULES = FromModels()
