"""Signed messages: what was signed is taken, and nothing else is (metrics.md G.2 12)."""

import base64
import random
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest

from goodstanding.adapters.webhook.signature import BadSignature, signature, verify

NOW = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)
SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
OTHER = "whsec_" + base64.b64encode(bytes(32)).decode()
BODY = b'{"ref": "INC-7"}'


def signed(secret=SECRET, message="msg_1", at=NOW, body=BODY):
    timestamp = str(int(at.timestamp()))
    mac = f"v1,{signature(secret, message, timestamp, body)}"
    return {"webhook-id": message, "webhook-timestamp": timestamp, "webhook-signature": mac}


def test_the_published_example_of_standard_webhooks_is_signed_as_it_says():
    found = signature(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", b'{"test": 2432232314}'
    )

    assert found == "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_signed_message_is_taken_and_named():
    assert verify([SECRET], signed(), BODY, NOW) == "msg_1"


def test_while_secrets_change_both_are_good_and_any_of_several_signatures_counts():
    old = signed()
    both = old | {"webhook-signature": f"v1a,xyz v1,AAAA {old['webhook-signature']}"}

    assert verify([OTHER, SECRET], old, BODY, NOW) == verify([SECRET], both, BODY, NOW) == "msg_1"


@pytest.mark.parametrize(
    ("seconds", "taken"), [(0, True), (300, True), (301, False), (-300, True), (-301, False), (1e6, False)]
)
def test_a_message_is_good_for_three_hundred_seconds(seconds, taken):
    headers = signed(at=NOW - timedelta(seconds=seconds))

    if taken:
        assert verify([SECRET], headers, BODY, NOW) == "msg_1"
    else:
        with pytest.raises(BadSignature):
            verify([SECRET], headers, BODY, NOW)


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp", "webhook-signature"])
@pytest.mark.parametrize("value", ["", "x" * 300, "ü", "1 2", "-1", "v1,", "v1,ü", "v2,abc", None])
def test_a_header_that_is_missing_or_malformed_is_refused(name, value):
    headers = {key: each for key, each in signed().items() if key != name}
    headers |= {} if value is None else {name: value}

    with pytest.raises(BadSignature):
        verify([SECRET], headers, BODY, NOW)


def mutated(dice, headers, body):
    """The message with one byte of it changed, added or left out, somewhere."""
    place = dice.choice(["body", *headers])
    old = body if place == "body" else headers[place].encode()
    at, byte = dice.randrange(len(old)), dice.randrange(0x21, 0x7F)
    new = dice.choice([old[:at] + bytes([byte]) + old[at + 1 :], old[:at] + bytes([byte]) + old[at:], old[:at] + old[at + 1 :]])
    if new == old:
        return None
    return (headers, new) if place == "body" else (headers | {place: new.decode()}, body)


def test_of_ten_thousand_mutated_messages_none_is_taken():
    dice, taken, tried = random.Random(7), [], 0

    while tried < 10_000:
        changed = mutated(dice, signed(), BODY)
        if changed is None:
            continue
        tried += 1
        with suppress(BadSignature):
            taken.append((verify([SECRET], *changed, NOW), changed))

    assert taken == []
