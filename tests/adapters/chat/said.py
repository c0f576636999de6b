"""What Slack and Teams send, as their documents show it, and signed by the book: written anew, so that ours is checked."""

import base64
import hashlib
import hmac
import json
from urllib.parse import urlencode

SLACK_SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
TEAMS_SECRET = base64.b64encode(b"teams shows this key only once..").decode()
TENANT = "72f988bf-86f1-41af-91ab-2d7cd011db47"
TEAMS_CHANNEL = "19:253b1f341670408fb6fe51050b6e5ceb@thread.tacv2"
BOT = "U0BOT"


def envelope(event, **fields):
    return {
        "token": "ZZZZZZWSxiZZZ2yIvs3peJ", "team_id": "T123ABC456", "api_app_id": "A123ABC456", "event": event,
        "type": "event_callback", "event_id": "Ev123ABC456", "event_time": 1795000000,
        "authorizations": [{"enterprise_id": None, "team_id": "T123ABC456", "user_id": BOT, "is_bot": True}],
    } | fields  # fmt: skip


def message(text="It prints nothing.", *, user="U1", ts="1795000000.000100", **fields):
    return {
        "type": "message", "channel": "C123ABC456", "user": user, "text": text, "ts": ts, "event_ts": ts,
        "channel_type": "channel",
    } | fields  # fmt: skip


def edited(text, *, ts, at, before="It prints nothing.", user="U1", **fields):
    told = {"type": "message", "user": user, "text": text, "ts": ts, "edited": {"user": user, "ts": at}} | fields
    return {
        "type": "message", "subtype": "message_changed", "hidden": True, "channel": "C123ABC456", "ts": at, "event_ts": at,
        "message": told, "previous_message": told | {"text": before},
    }  # fmt: skip


def deleted(*, ts, at, user="U1", **fields):
    return {
        "type": "message", "subtype": "message_deleted", "hidden": True, "channel": "C123ABC456", "ts": at, "event_ts": at,
        "deleted_ts": ts, "previous_message": {"type": "message", "user": user, "text": "x", "ts": ts} | fields,
    }  # fmt: skip


def command(text="It prints nothing.", **fields):
    return urlencode(
        {
            "token": "gIkuvaNzQIHg97ATvDxqgjtO", "team_id": "T123ABC456", "team_domain": "ferrante", "channel_id": "C123ABC456",
            "channel_name": "support", "user_id": "U1", "user_name": "anna", "command": "/ticket", "text": text,
            "response_url": "https://hooks.slack.com/commands/1/5678", "trigger_id": "13345224609.738474920.8088930838d88f",
            "api_app_id": "A123456",
        } | fields
    ).encode()  # fmt: skip


def activity(
    text="<at>Service desk</at> It prints nothing.", *, number="1795000000000", thread="", who="Anna", at="", **fields
):
    return {
        "type": "message", "id": number, "timestamp": at or "2026-11-18T11:59:00.123Z", "channelId": "msteams",
        "serviceUrl": "https://smba.trafficmanager.net/emea/",
        "from": {"id": f"29:1{who}", "name": who, "aadObjectId": f"aad-{who}".lower()},
        "conversation": {
            "isGroup": True, "conversationType": "channel", "id": f"{TEAMS_CHANNEL};messageid={thread or number}",
            "tenantId": TENANT,
        },
        "text": text, "textFormat": "plain", "attachments": [{"contentType": "text/html", "content": "<div>the same</div>"}],
        "entities": [{"type": "clientInfo", "locale": "en-US"}],
        "channelData": {"teamsChannelId": TEAMS_CHANNEL, "tenant": {"id": TENANT}},
    } | fields  # fmt: skip


def body_of(told):
    return told if isinstance(told, bytes) else json.dumps(told).encode()


def slack_headers(body, at, secret=SLACK_SECRET):
    seconds = str(int(at.timestamp()))
    mac = hmac.new(secret.encode(), b"v0:" + seconds.encode() + b":" + body, hashlib.sha256).hexdigest()
    return {"x-slack-request-timestamp": seconds, "x-slack-signature": f"v0={mac}"}


def teams_headers(body, secret=TEAMS_SECRET):
    mac = hmac.new(base64.b64decode(secret), body, hashlib.sha256).digest()
    return {"authorization": f"HMAC {base64.b64encode(mac).decode()}"}
