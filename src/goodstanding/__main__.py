"""`goodstanding`, and `python -m goodstanding`: the command line."""

import gc
import os
from typing import Final

from goodstanding.delivery.cli import main as command

_COLLECT_AFTER: Final = 50_000
"""New objects between two looks for cycles: judging makes values by the million and hardly a cycle among them, and looking
through them at Python's own pace took a sixth of the time that a history needs to be taken in."""


def main() -> None:
    """Name Django's settings, for the commands that need a database, and hand over to the command line."""
    gc.set_threshold(_COLLECT_AFTER, 20, 20)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "goodstanding.config.settings")
    command.goodstanding()


if __name__ == "__main__":
    main()
