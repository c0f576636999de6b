"""Forget what nobody can ask for again: kept answers, receipts of webhooks, and allowances that are whole."""

from datetime import datetime

from goodstanding.apps.doors import actions
from goodstanding.apps.tenancy.scope import Scope


def forget(*, now: datetime) -> int:
    """Remove what is too old; return how many rows that were."""
    return actions.forget(Scope.everything("time has passed"), now=now)
