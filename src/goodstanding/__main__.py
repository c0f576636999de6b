"""`goodstanding`, and `python -m goodstanding`: the command line."""

import os

from goodstanding.delivery.cli import main as command


def main() -> None:
    """Name Django's settings, for the commands that need a database, and hand over to the command line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "goodstanding.config.settings")
    command.goodstanding()


if __name__ == "__main__":
    main()
