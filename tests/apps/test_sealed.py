"""Sealed texts: shown nowhere, opened by any key at hand, and sealed anew without loss (metrics.md G.2 13)."""

import json
import os
import pickle
import sqlite3
import stat
from contextlib import closing

import pytest
from cryptography.fernet import Fernet
from django.core import serializers
from django.db import connection
from django.test import override_settings

from goodstanding.apps.doors import models
from goodstanding.apps.unit.sealed import SealBroken, Sealed, key_id, reseal, sealed_columns
from goodstanding.config import env
from tests.apps.world import World

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()
SECRET = "planted-secret-Zanzibar"


def keys(*given):
    return override_settings(SEAL_KEYS=list(given))


@keys(OLD)
def test_a_sealed_text_shows_itself_nowhere_and_opens():
    sealed = Sealed.of(SECRET)

    assert sealed.open() == SECRET
    for shown in (repr(sealed), str(sealed), f"{sealed}", sealed.token, repr(vars(models.Endpoint(secret=SECRET)))):
        assert SECRET not in shown
    assert SECRET.encode() not in pickle.dumps(sealed)
    assert sealed.key_id == key_id(OLD)


def test_the_first_key_seals_and_all_of_them_open():
    with keys(OLD):
        sealed = Sealed.of(SECRET)

    with keys(NEW, OLD):
        assert (sealed.open(), Sealed.of("x").key_id) == (SECRET, key_id(NEW))


def test_without_its_key_or_changed_by_a_letter_it_does_not_open_and_the_failure_tells_nothing():
    with keys(OLD):
        sealed = Sealed.of(SECRET)
    changed = Sealed(sealed.token[:-6] + ("A" if sealed.token[-6] != "A" else "B") + sealed.token[-5:])

    for given, each in ((NEW, sealed), (OLD, changed), (OLD, Sealed("")), (OLD, Sealed("nonsense"))):
        with keys(given), pytest.raises(SealBroken) as failure:
            each.open()
        assert failure.value.__cause__ is None
        assert sealed.token.partition(".")[2][:20] not in str(failure.value)


def endpoints(count):
    world = World()
    models.Endpoint.objects.bulk_create(
        models.Endpoint(
            partner_id=world.partner.pk, name=f"{number}", secret=f"{SECRET} {number}", made_at=0,
            secret_before=f"before {number}" if number % 2 else None,
        )
        for number in range(count)
    )  # fmt: skip


@pytest.mark.django_db
@keys(OLD)
def test_the_database_holds_no_text_and_rows_read_back_open():
    endpoints(2)

    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM doors_endpoint")
        raw = repr(cursor.fetchall())
    dumped = serializers.serialize("json", models.Endpoint.objects.all())
    found = models.Endpoint.objects.get(name="1")
    models.Endpoint.objects.filter(pk=found.pk).update(secret="changed")

    assert SECRET not in raw + dumped
    assert json.loads(dumped)[0]["fields"]["secret"].startswith(key_id(OLD))
    assert (found.secret.open(), found.secret_before.open()) == (f"{SECRET} 1", "before 1")
    assert models.Endpoint.objects.get(pk=found.pk).secret.open() == "changed"
    assert models.Endpoint.objects.filter(secret_before__isnull=True).count() == 1


@pytest.mark.django_db
def test_a_thousand_rows_are_sealed_anew_and_none_is_lost():
    with keys(OLD):
        endpoints(1_000)

    with keys(NEW, OLD):
        first, second = reseal(), reseal()

    with keys(NEW):
        rows = list(models.Endpoint.objects.order_by("pk"))
        assert [each.secret.open() for each in rows] == [f"{SECRET} {number}" for number in range(1_000)]
        assert [each.secret_before.open() for each in rows if each.secret_before] == [f"before {n}" for n in range(1, 1_000, 2)]
    assert (first, second) == (1_500, 0)


@pytest.mark.django_db
def test_sealing_anew_without_the_key_of_a_row_says_so_and_leaves_it():
    with keys(OLD):
        endpoints(2)
        before = [each.token for each in models.Endpoint.objects.values_list("secret", flat=True)]

    with keys(NEW), pytest.raises(SealBroken, match=key_id(OLD)):
        reseal()

    assert [each.token for each in models.Endpoint.objects.values_list("secret", flat=True)] == before


def test_every_column_of_sealed_texts_is_found_without_being_listed_anywhere():
    assert {(model.__name__, column) for model, column in sealed_columns()} >= {
        ("Endpoint", "secret"), ("Endpoint", "secret_before"),
    }  # fmt: skip


def test_a_key_is_made_at_the_first_start_readable_by_its_owner_alone_and_kept(tmp_path, monkeypatch):
    monkeypatch.delenv("GOODSTANDING_SEAL_KEYS", raising=False)

    first, second = env.seal_keys(tmp_path / "home"), env.seal_keys(tmp_path / "home")

    assert first == second
    assert stat.S_IMODE(os.stat(tmp_path / "home" / "seal-keys").st_mode) == 0o600
    assert os.listdir(tmp_path / "home") == ["seal-keys"]
    assert Fernet(first[0])


def test_the_database_file_and_what_lies_beside_it_is_read_by_its_owner_alone(tmp_path):
    path = tmp_path / "home" / "site.sqlite3"

    env.sqlite(path)
    with closing(sqlite3.connect(path)) as opened:
        opened.executescript("PRAGMA journal_mode=WAL; CREATE TABLE session (key TEXT); INSERT INTO session VALUES ('k');")
        rights = {each.name: stat.S_IMODE(each.stat().st_mode) for each in path.parent.iterdir()}
    env.sqlite(path)

    assert set(rights) == {"site.sqlite3", "site.sqlite3-wal", "site.sqlite3-shm"}
    assert set(rights.values()) == {0o600}
    assert path.stat().st_size > 0


def test_keys_of_the_environment_count_before_the_file_and_a_bad_one_is_named_by_its_place_alone(tmp_path, monkeypatch):
    monkeypatch.setenv("GOODSTANDING_SEAL_KEYS", f"{NEW}, {OLD}")
    assert env.seal_keys(tmp_path) == [NEW, OLD]

    monkeypatch.setenv("GOODSTANDING_SEAL_KEYS", f"{NEW},{SECRET}")
    with pytest.raises(env.EnvironmentProblem, match="key 2") as failure:
        env.seal_keys(tmp_path)
    assert SECRET not in str(failure.value)
    assert NEW not in str(failure.value)
