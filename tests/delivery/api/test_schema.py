"""The API does what its document says, whatever is sent: schemathesis over every operation, in this process."""

import io
import json
import os
import warnings
from uuid import uuid4

import pytest
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import override_settings
from hypothesis import HealthCheck, Phase, given, seed, settings

from goodstanding.core.clocks.clock import second_of
from tests.databases import few
from tests.delivery.api.callers import key_of, sign
from tests.delivery.api.test_access import ROUTES, SIGNED, document
from tests.delivery.web.site import Site

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import schemathesis
    from schemathesis.checks import CHECKS

pytestmark = pytest.mark.django_db

SEEDED, EXAMPLES = 2026, int(os.environ.get("GOODSTANDING_SCHEMA_EXAMPLES") or len(few(range(8), 4)))
LEFT_OUT = {
    # A reference is refused for what no schema can say: a client that is none, a time that has not come.
    "positive_data_acceptance",
    # What these two ask about is asked of every route in test_access.
    "ignored_auth", "use_after_free",
}  # fmt: skip
"""Checks of schemathesis that are not asked."""
UNTIL_ONE_IS_TAKEN = 12
"""So many messages it takes until one is in order: each has several parts, and is refused for any of them."""


@pytest.fixture(scope="module")
def schema(django_db_setup, django_db_blocker):
    """The document without its word on keys: every call here carries a good one."""
    with django_db_blocker.unblock():
        known = json.loads(json.dumps(document()))
    del known["components"]["securitySchemes"]
    for methods in known["paths"].values():
        for each in methods.values():
            each.pop("security", None)
    return schemathesis.openapi.from_dict(known)


@pytest.fixture(scope="module")
def there(once_a_module):
    """What calls are about: a key, a way in for webhooks with its secret, when it was made, and what an address can name."""
    site = Site()
    ticket = site.told("A-1", ("opened", 3, {"priority": "P1"}), ("staff_replied", 2))
    hook, secret = site.hook()
    known = {"ticket_id": str(ticket), "client_id": str(site.ferrante.public_id), "endpoint_id": str(hook.public_id)}
    return key_of(site), secret, site.now, known


@pytest.fixture
def application(a_folder_of_static_files):
    """The application as a server has it, but for letting go of the connection that the test's transaction is in."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield get_wsgi_application()
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def signing(application, secret, now):
    """The application with a sender before it that signs every message anew, whatever it says."""

    def answer(environ, start_response):
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        message, timestamp = uuid4().hex, str(second_of(now))
        signed = {"ID": message, "TIMESTAMP": timestamp, "SIGNATURE": sign(secret, message, timestamp, body)}
        given = {f"HTTP_WEBHOOK_{name}": value for name, value in signed.items()}
        return application(environ | given | {"wsgi.input": io.BytesIO(body)}, start_response)

    return answer


CASES = [(name, mode) for name in (*ROUTES, *SIGNED) for mode in schemathesis.GenerationMode]
NOTHING_TO_SEND_WRONG = ("get_me", schemathesis.GenerationMode.NEGATIVE)


@pytest.mark.parametrize(
    ("name", "mode"), [each for each in CASES if each != NOTHING_TO_SEND_WRONG], ids=lambda each: getattr(each, "value", each)
)
@override_settings(API_KEY_PER_MINUTE=1_000_000, API_PARTNER_PER_MINUTE=1_000_000)
def test_nothing_that_is_sent_breaks_an_operation_or_is_answered_unlike_the_document(schema, application, there, name, mode):
    key, secret, now, known = there
    headers = {"Authorization": f"Bearer {key}"}
    good = mode is schemathesis.GenerationMode.POSITIVE
    app = signing(application, secret, now) if good and name in SIGNED else application
    checks = [check for check in CHECKS.get_all() if check.__name__ not in LEFT_OUT]
    sent = []

    @seed(SEEDED)
    @settings(
        max_examples=max(EXAMPLES, UNTIL_ONE_IS_TAKEN) if good and name in SIGNED else EXAMPLES,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=schema.find_operation_by_id(name).as_strategy(generation_mode=mode))
    def send(case):
        # What is well made goes mostly to what is there, the rest wherever it was meant to.
        if good and len(sent) % 4:
            case.path_parameters = {key: known[key] for key in case.path_parameters}
            for each in case.body if isinstance(case.body, list) else [case.body]:
                if isinstance(each, dict) and "title" in each:
                    each["client"] = known["client_id"]
        answer = case.call(headers=headers, app=app)
        # Too large is a refusal too, which schemathesis does not know.
        asked = [each for each in checks if answer.status_code != 413 or each.__name__ != "negative_data_rejection"]
        case.validate_response(answer, checks=asked, headers=headers)
        sent.append(answer.status_code)

    send()

    assert not good or any(status < 300 for status in sent), sent
