"""Sealed text: credentials kept as authenticated ciphertext, under keys that lie outside the database (metrics.md G.2 13)."""

import hashlib
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.apps import apps
from django.conf import settings
from django.db import models, transaction
from django.db.models.query_utils import DeferredAttribute

_BATCH: Final = 500
"""Rows a transaction of `reseal`: other writers wait for less than a second."""


class SealBroken(Exception):
    """A sealed text that none of the keys at hand opens: its key is gone, or it was tampered with."""


class Sealed:
    """A text that is shown nowhere: only `open` gives it, and nothing that prints, logs or pickles this does."""

    __slots__ = ("token",)

    def __init__(self, token: str) -> None:
        self.token = token
        """The key's id, a point, and the ciphertext: what the database keeps."""

    @classmethod
    def of(cls, text: str) -> "Sealed":
        """Seal a text with the first key."""
        keys = _keys()
        return cls(f"{key_id(keys[0])}.{_fernet(keys).encrypt(text.encode()).decode('ascii')}")

    @property
    def key_id(self) -> str:
        """Which key it was sealed with."""
        return self.token.partition(".")[0]

    def open(self) -> str:
        """Return the text; raises `SealBroken`."""
        try:
            return _fernet(_keys()).decrypt(self.token.partition(".")[2].encode("ascii")).decode()
        except InvalidToken:
            # Not chained: what is known of the failure holds parts of the ciphertext.
            raise SealBroken(f"no key at hand opens what was sealed with key {self.key_id}") from None

    def __repr__(self) -> str:
        return f"<sealed with key {self.key_id}>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sealed) and other.token == self.token

    def __hash__(self) -> int:
        return hash(self.token)


class _Sealing(DeferredAttribute):
    """Seals a text the moment it is put on a row, so that no row in memory holds it either."""

    def __set__(self, instance: models.Model, value: Any) -> None:
        instance.__dict__[self.field.attname] = Sealed.of(value) if isinstance(value, str) else value


class SealedTextField(models.TextField):
    """A column of sealed texts: given a text it keeps the ciphertext, read it gives a `Sealed`."""

    descriptor_class = _Sealing

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Sealed | None:
        return None if value is None else Sealed(value)

    def to_python(self, value: Any) -> Any:
        return Sealed.of(value) if isinstance(value, str) else value

    def get_prep_value(self, value: Any) -> Any:
        found = self.to_python(value)
        return found.token if isinstance(found, Sealed) else found

    def value_to_string(self, obj: models.Model) -> str:
        return str(self.get_prep_value(self.value_from_object(obj)) or "")


def key_id(key: str) -> str:
    """Return the id of a key: enough to tell keys apart, and of no use to guess one."""
    return hashlib.sha256(key.encode("ascii")).hexdigest()[:8]


def sealed_columns() -> Iterator[tuple[type[models.Model], str]]:
    """Yield every column of sealed texts that the installed apps have."""
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, SealedTextField):
                yield model, field.attname


def reseal() -> int:
    """Seal everything anew that was not sealed with the first key; return how many texts that were.

    May be broken off and begun anew; a text changed meanwhile is left as it is then. Raises `SealBroken` for a text whose
    key is not at hand.
    """
    first = key_id(_keys()[0])
    done = 0
    for model, column in sealed_columns():
        rows, last = model._base_manager.order_by("pk").values_list("pk", column), None
        while batch := list((rows if last is None else rows.filter(pk__gt=last))[:_BATCH]):
            last = batch[-1][0]
            with transaction.atomic():
                for pk, old in batch:
                    if old is not None and old.key_id != first:
                        known = model._base_manager.filter(pk=pk, **{column: old})
                        done += known.update(**{column: Sealed.of(old.open())})
    return done


def _keys() -> tuple[str, ...]:
    return tuple(settings.SEAL_KEYS)


@lru_cache(maxsize=8)
def _fernet(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])
