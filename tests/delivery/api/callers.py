"""Callers of the API in tests: a site with keys for every role, and a client that speaks JSON."""

import base64
import hashlib
import hmac
import json
from datetime import timedelta
from itertools import count

from django.test import Client

from goodstanding.apps.doors import models
from goodstanding.apps.doors.queries import OFFERED, digest_of
from goodstanding.apps.tenancy import actions as tenancy
from goodstanding.apps.tenancy.roles import Role
from goodstanding.core.clocks.clock import second_of
from tests.apps.world import EVERYTHING

_numbers = count(1)


def key_of(site, role=Role.PARTNER_ADMIN, *, scopes=OFFERED, client=None, lasts=timedelta(days=90), made=None):
    """The text of a new key; roles that may not make keys themselves are given one by a direct row."""
    person = (
        site.person(role, email=f"{role.value}{next(_numbers)}@keys.example",
                    client=client or (site.ferrante if role in (Role.CLIENT_ADMIN, Role.CLIENT_VIEWER) else None))
        if role is not Role.PLATFORM_ADMIN else platform()
    )  # fmt: skip
    text = f"gs_test{next(_numbers):036d}"
    made = made or site.now
    models.Key.objects.create(
        partner_id=site.partner.pk, person_id=person, name=f"{role} key", prefix=text[:8], digest=digest_of(text),
        scopes=sorted(scopes), made_at=second_of(made), expires_at=second_of(made + lasts),
    )  # fmt: skip
    return text


def platform():
    return tenancy.set_up_person(
        EVERYTHING, email=f"platform{next(_numbers)}@keys.example", name="Platform", role=Role.PLATFORM_ADMIN
    )


class Caller:
    """Calls with a key, sends and reads JSON."""

    def __init__(self, key=None, prefix="/api/v1"):
        self.client, self.key, self.prefix = Client(raise_request_exception=False), key, prefix

    def headers(self, more):
        return ({"Authorization": f"Bearer {self.key}"} if self.key else {}) | {
            name.replace("_", "-"): value for name, value in more.items()
        }

    def get(self, path, query=None, **headers):
        return self.client.get(self.prefix + path, query or {}, headers=self.headers(headers))

    def post(self, path, body, **headers):
        sent = body if isinstance(body, bytes | str) else json.dumps(body)
        return self.client.post(self.prefix + path, sent, content_type="application/json", headers=self.headers(headers))


def caller(site, role=Role.PARTNER_ADMIN, **given):
    """A caller with a new key of that role."""
    return Caller(key_of(site, role, **given))


def sign(secret, message, timestamp, body):
    """A signature by the book: written anew here, so that ours and this one check each other."""
    key = base64.b64decode(secret[len("whsec_") :])
    mac = hmac.new(key, f"{message}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(mac).decode()}"


def send(hook, secret, body, *, message="msg_1", at=None, signature=None):
    """Send a webhook; `at` is when it says it was sent."""
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    timestamp = str(second_of(at)) if hasattr(at, "year") else str(at)
    return Client(raise_request_exception=False).post(
        f"/api/v1/hooks/{hook.public_id}", sent, content_type="application/json",
        headers={"webhook-id": message, "webhook-timestamp": timestamp,
                 "webhook-signature": signature or sign(secret, message, timestamp, sent)},
    )  # fmt: skip
