"""The column that a mailbox's password is kept in: sealed on its way to the database, opened on its way out."""

import base64
import hashlib
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.db import models


class SecretField(models.TextField):
    """A text that the database holds sealed; one sealed by a key that is gone reads as empty."""

    def get_prep_value(self, value: Any) -> str:
        """Seal on the way in."""
        return _key().encrypt(str(value).encode()).decode() if value else ""

    def from_db_value(self, value: str | None, *_: Any) -> str:
        """Open on the way out."""
        try:
            return _key().decrypt(value.encode()).decode() if value else ""
        except InvalidToken:
            return ""

    def deconstruct(self) -> tuple[Any, ...]:
        """To the database it is a text like any other, so no migration knows how it is sealed."""
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.TextField", args, kwargs


def _key() -> Fernet:
    made = hashlib.blake2b(settings.SECRET_KEY.encode(), digest_size=32, person=b"post.secret").digest()
    return Fernet(base64.urlsafe_b64encode(made))
