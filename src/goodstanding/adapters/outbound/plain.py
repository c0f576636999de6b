"""What people wrote as a text that a service shows as it is: nothing in it becomes a mention or a link of theirs."""

import re
from typing import Final

_DISCORD: Final = re.compile(r"(https?://[^\s<>]+)|([\\*_~`|<>\[\]#@])")
_GCHAT: Final = str.maketrans("<>", "‹›")


def plain_for_discord(text: str) -> str:
    """Return a text with all that Discord reads as its own behind a backslash; bare addresses stay, and are what they say.

    Discord tells nobody who is not named beside the text, whatever stands in it (docs.discord.com, allowed mentions).
    """
    return _DISCORD.sub(lambda found: found[1] or f"\\{found[2]}", text)


def plain_for_gchat(text: str) -> str:
    """Return a text in which Google Chat finds no `<users/all>` and no link under another name.

    It knows no way to escape and shows entities as they are written, so look-alikes stand for what opens and closes its
    marks (developers.google.com, formatting messages).
    """
    return text.translate(_GCHAT).replace("](", "] (")
