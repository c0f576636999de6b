"""The guide is true: every example in docs/api.md is sent as it stands, and answered as it says."""

import json
import re
import shlex
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.test import Client

from goodstanding.apps.doors.queries import OFFERED
from goodstanding.apps.tenancy.roles import May
from goodstanding.core.clocks.clock import second_of
from goodstanding.delivery.api.v1.events import KINDS
from tests.delivery.api.callers import sign
from tests.delivery.web.site import Site

GUIDE = (Path(__file__).parents[3] / "docs" / "api.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^\$ (curl .*)\n(\d{3}) (.*)$", GUIDE, re.MULTILINE)


def parsed(command, known):
    """The request that a curl command sends; what stands for something is put in, also within single quotes."""
    for name, value in known.items():
        command = command.replace(f"${name}", value)
    words = iter(shlex.split(command)[1:])
    method, url, headers, body = "get", "", {}, None
    for word in words:
        if word == "-X":
            method = next(words).lower()
        elif word == "-H":
            name, _, value = next(words).partition(": ")
            headers[name] = value
        elif word == "-d":
            body = next(words)
        elif word != "-s":
            url = word
    assert "$" not in url, url
    return method, urlsplit(url), headers, body


def holds(answer, said, where="answer"):
    """Assert that an answer holds all that is said of it; of lists, the first items."""
    if isinstance(said, dict):
        for name, value in said.items():
            assert name in answer, f"{where} has no {name}"
            holds(answer[name], value, f"{where}.{name}")
    elif isinstance(said, list):
        assert len(answer) >= len(said), where
        for number, value in enumerate(said):
            holds(answer[number], value, f"{where}.{number}")
    else:
        assert answer == said, where


@pytest.mark.django_db
def test_every_example_is_answered_as_the_guide_says():
    site = Site()
    hook, secret = site.hook()
    known = {"SITE": "https://desk.example", "KEY": site.key(OFFERED)[1], "CLIENT": str(site.ferrante.public_id),
             "HOOK": str(hook.public_id), "ID": "msg_2Lh9", "AT": str(second_of(datetime.now(UTC)))}  # fmt: skip
    browser = Client()

    for command, status, said in EXAMPLES:
        method, url, headers, body = parsed(command, known)
        if "hooks" in url.path:
            headers["webhook-signature"] = sign(secret, known["ID"], known["AT"], body.encode())
        sent = {} if body is None else {"data": body, "content_type": "application/json"}
        address = f"{url.path}?{url.query}" if url.query else url.path
        answer = getattr(browser, method)(address, **sent, headers=headers)

        assert answer.status_code == int(status), (command, answer.content)
        holds(answer.json(), json.loads(said), command[:80])
        if method == "post" and url.path.endswith("/tickets"):
            known["TICKET"] = answer.json()["id"]

    assert len(EXAMPLES) > 15


def test_the_guide_names_every_scope_and_every_kind_of_event():
    scopes = re.findall(r"^\| `(\w+)` \| (?!`)", GUIDE.partition("## What holds")[0], re.MULTILINE)
    kinds = GUIDE.partition("| kind | its own fields |")[2].partition("\n\n")[0]

    assert [May(each) for each in scopes] == list(OFFERED)
    assert {each for row in kinds.splitlines()[2:] for each in re.findall(r"`(\w+)`", row.split("|")[1])} == KINDS
