"""The way out of a process that shows the demo: as the operator allows it, and to the demo's own Odoo within the process."""

from datetime import UTC, datetime
from functools import cache

from django.conf import settings

from goodstanding.flows.play_odoo import ADDRESS, PlayedOdoo
from goodstanding.flows.reach_odoo import Reach, reach_of

_TRIES = 2


@cache
def reach() -> Reach:
    """Return the one way out of this process; the demo's Odoo is made when it is first asked."""
    odoo = PlayedOdoo(lambda: datetime.now(UTC))
    return reach_of(settings.ALLOW_NETWORKS, http=settings.ALLOW_HTTP, tries=_TRIES, inside={ADDRESS: odoo})
