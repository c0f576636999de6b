"""The few methods of Odoo that this connector calls; all but one read, and anything else never leaves the house."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

READS: Final[Mapping[str, tuple[str, ...]]] = {
    "check_access_rights": ("operation", "raise_exception"),
    "context_get": (),
    "fields_get": (),
    "formatted_read_group": ("domain",),
    "has_access": ("operation",),
    "has_group": ("group_ext_id",),
    "read": (),
    "read_group": ("domain", "fields", "groupby"),
    "search_count": ("domain",),
    "search_read": ("domain",),
}
"""Methods that change nothing, each with the arguments that travel by position over the older interfaces: their names
differ between versions (search_count takes `args` up to 15, `domain` later)."""

_MODEL: Final = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)*")
"""Names of models become a part of an address in JSON-2."""

NOTE: Final = "message_post"
"""The one method that writes: posting a message, as an internal note."""


@dataclass(frozen=True, slots=True)
class Call:
    """A method call on a model, with named arguments; `ids` are the records it is called on, None for the model itself."""

    model: str
    method: str
    arguments: Mapping[str, object]
    ids: tuple[int, ...] | None = None

    def __post_init__(self) -> None:
        """Raise `ForbiddenCall` for a method that is not on the list and for what is no model, before anything is sent."""
        if (self.method not in READS and self.method != NOTE) or not _MODEL.fullmatch(self.model):
            raise ForbiddenCall(f"{self.model}.{self.method}")

    @property
    def again(self) -> bool:
        """Whether calling twice does no harm."""
        return self.method in READS


class ForbiddenCall(Exception):
    """This product asked for a method that it must not call: a mistake of its own, and never sent."""
