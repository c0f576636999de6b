"""Signatures of webhooks: known answers, other people's vectors, ten thousand forgeries."""

import base64
import hashlib
import hmac
import json
import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodstanding.adapters.outbound.signature import (
    NotSigned,
    Why,
    read_secret,
    sign,
    verify,
    verify_slack,
    verify_teams,
    write_secret,
)

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
SECRET, OLD, OTHER = (bytes([number]) * 32 for number in (1, 2, 3))
BODY = b'{"event":"ticket.opened","id":7}'
SLACK = "8f742231b10e8888abcd99yyyzzz85a5"
TEAMS = base64.b64encode(bytes(range(32))).decode()


def signed(body=BODY, at=NOW, secrets=(SECRET,), message="msg_2f7"):
    return sign(secrets, message=message, sent_at=at, body=body)


def slack(body=BODY, at=NOW, secret=SLACK):
    seconds = str(int(at.timestamp()))
    found = hmac.new(secret.encode(), b"v0:" + seconds.encode() + b":" + body, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": seconds, "X-Slack-Signature": f"v0={found}"}


def teams(body=BODY, secret=TEAMS):
    found = hmac.new(base64.b64decode(secret), body, hashlib.sha256).digest()
    return {"Authorization": f"HMAC {base64.b64encode(found).decode()}"}


def why(call):
    with pytest.raises(NotSigned) as caught:
        call()
    return caught.value.why


def test_the_published_example_of_standard_webhooks_has_its_published_signature():
    # The specification's libraries share this vector; its secret is of 24 bytes, which ours may not be, hence by hand.
    secret = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    body = b'{"test": 2432232314}'
    by_hand = hmac.new(secret, b"msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330." + body, hashlib.sha256).digest()

    assert base64.b64encode(by_hand).decode() == "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="

    long = secret + b"12345678"
    at = datetime.fromtimestamp(1614265330, UTC)
    found = sign([long], message="msg_p5jXN8AQM9LWM0D4loKWxJek", sent_at=at, body=body)
    again = hmac.new(long, b"msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330." + body, hashlib.sha256).digest()
    assert found == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": f"v1,{base64.b64encode(again).decode()}",
    }


def test_the_published_example_of_slack_is_accepted():
    body = (
        b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V"
        b"&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text="
        b"&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
        b"&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
    )
    headers = {
        "X-Slack-Request-Timestamp": "1531420618",
        "X-Slack-Signature": "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
    }

    verify_slack(SLACK, headers, body, now=datetime.fromtimestamp(1531420618, UTC))


@given(st.binary(max_size=200), st.integers(-300, 300))
def test_what_is_signed_is_accepted_within_five_minutes(body, seconds):
    headers = signed(body)

    assert verify([SECRET], headers, body, now=NOW + timedelta(seconds=seconds)) == "msg_2f7"
    assert verify([OTHER, SECRET], {name.title(): value for name, value in headers.items()}, body, now=NOW) == "msg_2f7"
    verify_slack(SLACK, slack(body), body, now=NOW + timedelta(seconds=seconds))
    verify_teams(TEAMS, teams(body), body)


@pytest.mark.parametrize(
    ("seconds", "reason"), [(301, Why.TOO_OLD), (86_400, Why.TOO_OLD), (-301, Why.TOO_NEW), (-86_400, Why.TOO_NEW)]
)
def test_what_was_signed_long_ago_or_in_the_future_is_not(seconds, reason):
    now = NOW + timedelta(seconds=seconds)

    assert why(lambda: verify([SECRET], signed(), BODY, now=now)) == reason
    assert why(lambda: verify_slack(SLACK, slack(), BODY, now=now)) == reason


def test_while_a_secret_changes_either_side_may_be_ahead():
    both = signed(secrets=(SECRET, OLD))

    assert len(both["webhook-signature"].split(" ")) == 2
    assert verify([SECRET], both, BODY, now=NOW) == verify([OLD], both, BODY, now=NOW)
    assert verify([SECRET, OLD], signed(secrets=(OLD,)), BODY, now=NOW)
    assert why(lambda: verify([SECRET], signed(secrets=(OLD,)), BODY, now=NOW)) == Why.WRONG
    assert why(lambda: verify([OTHER], both, BODY, now=NOW)) == Why.WRONG


def test_signatures_of_other_versions_beside_ours_do_no_harm():
    headers = signed()
    headers["webhook-signature"] = f"v1a,abc v2,def {headers['webhook-signature']}"

    assert verify([SECRET], headers, BODY, now=NOW)
    headers["webhook-signature"] = headers["webhook-signature"].replace("v1,", "v2,")
    assert why(lambda: verify([SECRET], headers, BODY, now=NOW)) == Why.WRONG


def test_without_a_secret_nothing_is_accepted():
    empty = base64.b64encode(hmac.new(b"", f"msg_2f7.{int(NOW.timestamp())}.".encode() + BODY, hashlib.sha256).digest())

    assert why(lambda: verify([], {**signed(), "webhook-signature": f"v1,{empty.decode()}"}, BODY, now=NOW)) == Why.WRONG
    for call in (
        lambda: verify([b""], signed(), BODY, now=NOW),
        lambda: verify_slack("", slack(secret=""), BODY, now=NOW),
        lambda: verify_teams("", teams(secret=""), BODY),
        lambda: verify_teams("not base64!", teams(), BODY),
        lambda: sign([], message="msg", sent_at=NOW, body=BODY),
        lambda: sign([SECRET[1:]], message="msg", sent_at=NOW, body=BODY),
    ):
        with pytest.raises(ValueError, match="secret"):
            call()


@pytest.mark.parametrize("message", ["", "msg.1", "msg 1", "msg\n", "é", "x" * 256])
def test_an_id_that_could_be_read_two_ways_is_neither_sent_nor_accepted(message):
    with pytest.raises(ValueError, match="id of a webhook"):
        signed(message=message)
    assert why(lambda: verify([SECRET], {**signed(), "webhook-id": message}, BODY, now=NOW)) == Why.MALFORMED


def test_the_border_between_id_time_and_body_cannot_be_moved():
    seconds = str(int(NOW.timestamp()))
    headers = signed(body=f"{seconds}.rest".encode())

    moved = {**headers, "webhook-id": f"msg_2f7.{seconds}"}

    assert why(lambda: verify([SECRET], moved, b"rest", now=NOW)) == Why.MALFORMED


@pytest.mark.parametrize("missing", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_each_header_is_needed_once(missing):
    headers = signed()
    value = headers.pop(missing)

    assert why(lambda: verify([SECRET], headers, BODY, now=NOW)) == Why.MISSING
    twice = {**headers, missing: value, missing.upper(): value}
    assert why(lambda: verify([SECRET], twice, BODY, now=NOW)) == Why.MALFORMED


@pytest.mark.parametrize("seconds", ["", "x", "-1", "+1", "1e9", "1.5", " 1", "1 ", "１", "9" * 13, "0x10", "1_0"])
def test_a_time_is_whole_seconds_and_nothing_else(seconds):
    assert why(lambda: verify([SECRET], {**signed(), "webhook-timestamp": seconds}, BODY, now=NOW)) == Why.MALFORMED
    assert why(lambda: verify_slack(SLACK, {**slack(), "X-Slack-Request-Timestamp": seconds}, BODY, now=NOW)) == Why.MALFORMED


def test_a_list_of_guesses_is_not_gone_through():
    headers = {**signed(), "webhook-signature": " ".join(["v1,AAAA"] * 8 + [signed()["webhook-signature"]])}

    assert why(lambda: verify([SECRET], headers, BODY, now=NOW)) == Why.MALFORMED


@given(st.binary(min_size=32, max_size=64))
def test_a_secret_survives_being_copied(secret):
    assert read_secret(write_secret(secret)) == secret


@pytest.mark.parametrize(
    "text", ["", "whsec_", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_!"]
)
def test_a_text_that_is_no_secret_is_refused(text):
    with pytest.raises(ValueError, match="secret"):
        read_secret(text)
    with pytest.raises(ValueError, match="32 bytes"):
        write_secret(b"x" * 31)


def mutated(dice, headers, body):
    """A request that differs from a signed one in some byte of a header's value or of the body."""
    names = [None, *headers]
    headers, changed = dict(headers), body
    for _ in range(dice.choice([1, 1, 1, 2, 5])):
        name = dice.choice(names)
        raw = bytearray(changed if name is None else headers[name].encode("latin-1"))
        at = dice.randrange(len(raw) + 1)
        kind = dice.randrange(4)
        if kind == 0 and at < len(raw):
            raw[at] ^= 1 << dice.randrange(8)
        elif kind == 1:
            raw[at:at] = dice.randbytes(dice.randint(1, 3))
        elif kind == 2:
            del raw[at : at + dice.randint(1, 4)]
        else:
            raw[at:] = b"" if dice.random() < 0.5 else raw[:at]
        if name is None:
            changed = bytes(raw)
        else:
            headers[name] = raw.decode("latin-1")
    return headers, changed


def accepted(call):
    try:
        call()
    except NotSigned:
        return False
    return True


def test_of_ten_thousand_mutated_requests_none_is_accepted():
    dice = random.Random(20261125)
    schemes = [
        (signed(), lambda headers, body: verify([SECRET, OLD], headers, body, now=NOW)),
        (signed(secrets=(SECRET, OLD)), lambda headers, body: verify([SECRET, OLD], headers, body, now=NOW)),
        (slack(), lambda headers, body: verify_slack(SLACK, headers, body, now=NOW)),
        (teams(), lambda headers, body: verify_teams(TEAMS, headers, body)),
    ]
    tried = let_in = 0

    while tried < 10_000:
        original, check = schemes[tried % 4]
        headers, body = mutated(dice, original, BODY)
        # Beside a good signature there may be others, spoilt ones too: that is what several are for.
        whole = original.get("webhook-signature", "x").split(" ")
        left = headers.get("webhook-signature", "").split(" ")
        same = body == BODY and all(headers[name] == original[name] for name in original if name != "webhook-signature")
        if same and (headers == original or not set(whole).isdisjoint(left)):
            continue
        tried += 1
        let_in += accepted(lambda: check(headers, body))  # noqa: B023  called at once

    assert (tried, let_in) == (10_000, 0)
    assert all(accepted(lambda: check(headers, BODY)) for headers, check in schemes)  # noqa: B023  called at once


def test_a_body_written_anew_is_not_the_body_that_was_signed():
    again = json.dumps(json.loads(BODY)).encode()

    assert again != BODY
    assert why(lambda: verify([SECRET], signed(), again, now=NOW)) == Why.WRONG
    assert why(lambda: verify_teams(TEAMS, teams(), again)) == Why.WRONG


def test_another_spelling_of_the_same_base64_is_not_accepted():
    headers = signed()
    found = headers["webhook-signature"]
    assert found.endswith("=")
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    other = found[:-2] + alphabet[alphabet.index(found[-2]) ^ 1] + "="
    assert base64.b64decode(other[3:]) == base64.b64decode(found[3:])

    assert why(lambda: verify([SECRET], {**headers, "webhook-signature": other}, BODY, now=NOW)) == Why.WRONG


@pytest.mark.parametrize("value", ["", "HMAC ", "Bearer abc", "hmac é", "HMAC \ud800"])
def test_authorization_of_another_kind_is_not_teams(value):
    assert why(lambda: verify_teams(TEAMS, {"authorization": value}, BODY)) == Why.WRONG
    assert why(lambda: verify_teams(TEAMS, {}, BODY)) == Why.MISSING
