"""What reaches Odoo servers from this process, as the operator allows it."""

from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string

from goodstanding.flows.reach_odoo import Reach, reach_of

_TRIES = 4
_TRIES_WHILE_SOMEBODY_WAITS = 2


def reach(*, soon: bool = False) -> Reach:
    """Return the one way out of this process; `soon` says that somebody waits for the answer, and so it is tried less often.

    The setting `REACH` may name what returns another way in its place.
    """
    if settings.REACH:
        return import_string(settings.REACH)()
    return _guarded(settings.ALLOW_NETWORKS, settings.ALLOW_HTTP, soon)


@cache
def _guarded(networks: str, http: bool, soon: bool) -> Reach:
    return reach_of(networks, http=http, tries=_TRIES_WHILE_SOMEBODY_WAITS if soon else _TRIES)
