"""Writing messages, each once."""

import base64
import secrets
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet

from goodstanding.apps.outbox import models, queries
from goodstanding.apps.outbox.queries import DIGEST, TO_ENDPOINTS, TO_PEOPLE, Channel, Endpoint, Message, NewMessage, State
from goodstanding.apps.tenancy import queries as tenancy
from goodstanding.apps.tenancy.roles import May
from goodstanding.apps.tenancy.scope import Scope
from goodstanding.apps.unit import Conflict, NotFound, together
from goodstanding.apps.unit.bulk import insert_new
from goodstanding.core.clocks.clock import moment, second_if, second_of
from goodstanding.core.desk.contacts import is_address
from goodstanding.core.outgoing.digests import How, group_of, next_digest

LONGEST_SUBJECT: Final = 300
LONGEST_KEY: Final = 200
LONGEST_NAME: Final = 120
LONGEST_GROUP: Final = 60
CHANGE_OVER: Final = timedelta(days=3)
"""How long a webhook is signed with the secret before as well, for the other side to change over."""
_COLUMNS: Final = ("public_id", "partner", "client", "ticket", "key", "kind", "channel", "person", "address", "route", "fold",
                   "subject", "text", "html", "details", "written_at", "state", "good_until", "due_at", "since_at", "claim",
                   "parts", "tries", "losses", "error")  # fmt: skip
_Wanted = Mapping[tuple[int, str, str], tuple[How, str]]
"""How people want messages, with the zone they said they live in, by person, kind and channel."""
_GATHERED: Final = frozenset({How.HOURLY, How.DAILY})


def put(scope: Scope, messages: Iterable[NewMessage], *, now: datetime) -> int:
    """Write messages that are not written yet; return how many were new. Within the caller's transaction.

    What somebody wants in the inbox alone is there once, by however many channels one call tells them the same. What goes to
    somebody's telephone is a message to each that they have.
    Raises `NotFound` for a partner outside the scope and `Conflict` for a recipient that the channel cannot have.
    """
    given = list(messages)
    for each in given:
        _own(scope, each.partner)
    wanted = _wanted(scope, given)
    telephones = _telephones(scope, given)
    homes = _homes(scope, given, wanted)
    told = _once_in_inboxes(given, wanted)
    rows = [row for each in told for row in _rows(each, wanted, homes, telephones, now)]
    return insert_new(models.Message, _COLUMNS, rows)


def _once_in_inboxes(messages: Sequence[NewMessage], wanted: _Wanted) -> Iterator[NewMessage]:
    """Yield messages but for those that would say in an inbox what another of them says there."""
    there = {_saying(each) for each in messages if each.channel is Channel.INBOX}
    for each in messages:
        if _wish(each, wanted)[0] is How.INBOX:
            if _saying(each) in there:
                continue
            there.add(_saying(each))
        yield each


def _saying(message: NewMessage) -> tuple[object, ...]:
    """What is told to whom, whatever the channel."""
    to = (message.partner, message.recipient)
    return (*to, message.kind, message.ticket, message.subject, message.text, message.written_at)


def _wish(message: NewMessage, wanted: _Wanted) -> tuple[How, str]:
    """How whoever a message goes to wants it, with the zone they said they live in."""
    person = message.recipient if isinstance(message.recipient, int) else 0
    return wanted.get((person, group_of(message.kind), message.channel.value), (How.AT_ONCE, ""))


def _wanted(scope: Scope, messages: Sequence[NewMessage]) -> _Wanted:
    """How those who are written to want it."""
    people = {each.recipient for each in messages if isinstance(each.recipient, int) and each.channel in queries.CHOSEN}
    if not people:
        return {}
    rows = models.Preference.objects.filter(person_id__in=people).exclude(how=How.AT_ONCE)
    found = rows.values_list("person_id", "group", "channel", "how", "person__zone")
    return {(person, group, channel): (How(how), zone) for person, group, channel, how, zone in found}


def _homes(scope: Scope, messages: Sequence[NewMessage], wanted: _Wanted) -> dict[int, str]:
    """The zones of partners by whose clock something is gathered: who has said none of their own lives in their partner's."""
    at = {each.partner for each in messages for how, zone in [_wish(each, wanted)] if how in _GATHERED and not zone}
    return {partner: tenancy.partner(scope, partner).zone for partner in at}


def _telephones(scope: Scope, messages: Sequence[NewMessage]) -> dict[tuple[int, int], list[str]]:
    """The telephones of those who are to be reached by them, the oldest first, by partner and person."""
    people = {each.recipient for each in messages if each.channel is Channel.SMS and isinstance(each.recipient, int)}
    if not people:
        return {}
    rows = scope.limit(models.Endpoint.objects.filter(person_id__in=people, channel=Channel.SMS, is_on=True), client=None)
    found: dict[tuple[int, int], list[str]] = {}
    for partner, person, public_id in rows.order_by("pk").values_list("partner_id", "person_id", "public_id"):
        found.setdefault((partner, person or 0), []).append(str(public_id))
    return found


def send_again(scope: Scope, public_id: UUID, *, now: datetime) -> Message:
    """Have a message that was given up tried again, with all that is folded into it.

    Raises `NotFound` outside the scope, and `Conflict` for one that was not given up and for one to what is switched off.
    """
    scope.demand(May.SEND_AGAIN)
    known = queries.message(scope, public_id)
    if known.channel in queries.TO_ENDPOINTS and known.address:
        off = scope.limit(models.Endpoint.objects.filter(public_id=known.address, is_on=False), client=None).first()
        if off is not None:
            raise Conflict(f"“{off.name}” is switched off: switch it on first")
    if _send_again(models.Message.objects.filter(pk=known.leader or known.pk), now) == 0:
        raise Conflict("only what was given up can be sent again")
    return queries.message(scope, public_id)


def send_all_again(scope: Scope, channel: Channel | None, *, now: datetime) -> int:
    """Have everything tried again that was given up, by one channel or all; return how many messages that is."""
    scope.demand(May.SEND_AGAIN)
    rows = scope.limit(models.Message.objects.filter(state=State.DEAD), client=None)
    return _send_again(rows if channel is None else rows.filter(channel=channel), now)


def read(scope: Scope, public_id: UUID | None, *, now: datetime) -> int:
    """Keep that the person of a scope has read a message in their inbox, or with None all; return how many were new to them."""
    mine = models.Message.objects.filter(person_id=scope.person, channel=Channel.INBOX, read_at=None)
    rows = scope.limit(mine if public_id is None else mine.filter(public_id=public_id))
    return rows.update(read_at=second_of(now)) if scope.person is not None else 0


def _send_again(leaders: "QuerySet[models.Message]", now: datetime) -> int:
    at = second_of(now)
    with together():
        pks = list(leaders.filter(state=State.DEAD, leader=None).values_list("pk", flat=True))
        parts = models.Message.objects.filter(leader_id__in=pks, state=State.DEAD)
        parts.update(state=State.FOLDED, error="")
        again = models.Message.objects.filter(pk__in=pks, state=State.DEAD)
        return again.update(state=State.WAITING, due_at=at, since_at=at, tries=0, losses=0, claim="", error="")


def prefer(scope: Scope, *, group: str, channel: Channel, how: How) -> None:
    """Keep how the person of a scope wants messages of a kind by a channel; what is written from now on follows it."""
    if scope.person is None:
        raise Conflict("nobody is signed in")
    if channel not in queries.CHOSEN or group in queries.UNCHOSEN or not 0 < len(group) <= LONGEST_GROUP:
        raise Conflict("nobody chooses about these messages")
    models.Preference.objects.update_or_create(
        person_id=scope.person, group=group, channel=channel, defaults={"how": how}
    )  # fmt: skip


def add_endpoint(
    scope: Scope,
    *,
    partner: int,
    channel: Channel,
    name: str,
    address: str,
    shown: str,
    person: int | None = None,
    client: UUID | None = None,
    now: datetime,
) -> tuple[Endpoint, str]:
    """Keep where messages go; return it, and the secret that a webhook is signed with, which is shown this once.

    One of a client's is told of that client's tickets alone. Raises `Conflict` without a name and for a channel that has no
    endpoints, `NotFound` for a partner or client outside the scope.
    """
    scope.demand(May.SET_CHANNELS)
    _own(scope, partner)
    if channel not in TO_ENDPOINTS:
        raise Conflict(f"{channel} reaches people, not endpoints")
    if not name.strip() or len(name) > LONGEST_NAME:
        raise Conflict(f"give it a name of at most {LONGEST_NAME} letters")
    known = person is None or tenancy.reachable(scope, partner=partner, people=[person])
    if not known or (person is not None and channel is not Channel.SMS):
        raise Conflict("only a telephone can be somebody's own, who has a role here")
    if person is not None and client is not None:
        raise Conflict("somebody's own telephone is told of all that is theirs: it is no client's")
    owner = None if client is None else tenancy.client(scope, client)
    if owner is not None and owner.partner != partner:
        raise NotFound("there is no such client")
    secret = _new_secret() if channel is Channel.WEBHOOK else ""
    row = models.Endpoint.objects.create(
        partner_id=partner, channel=channel, name=name.strip(), address=address, shown=shown[:254], secret=secret or None,
        person_id=person, client_id=None if owner is None else owner.pk, made_by_id=scope.person, made_at=second_of(now),
    )  # fmt: skip
    return queries.endpoint(scope, row.public_id), secret


def move_endpoint(scope: Scope, public_id: UUID, *, address: str, shown: str) -> Endpoint:
    """Give an endpoint another address; what waits for it goes there."""
    scope.demand(May.SET_CHANNELS)
    known = queries.endpoint(scope, public_id)
    models.Endpoint.objects.filter(pk=known.pk).update(address=address, shown=shown[:254])
    return queries.endpoint(scope, public_id)


def rotate_endpoint(scope: Scope, public_id: UUID, *, now: datetime) -> tuple[Endpoint, str]:
    """Sign with a new secret, which is shown this once, and for some days with the one before as well.

    Raises `Conflict` for an endpoint that signs nothing, or whose secret somebody else is changing.
    """
    scope.demand(May.SET_CHANNELS)
    known = queries.endpoint(scope, public_id)
    if known.secret is None:
        raise Conflict("only webhooks are signed")
    secret = _new_secret()
    done = models.Endpoint.objects.filter(pk=known.pk, secret=known.secret).update(
        secret=secret, secret_before=known.secret, before_until=second_of(now + CHANGE_OVER)
    )
    if not done:
        raise Conflict("somebody else has changed this secret meanwhile")
    return queries.endpoint(scope, public_id), secret


def switch_endpoint(scope: Scope, public_id: UUID, *, on: bool) -> Endpoint:
    """Begin or stop to send to an endpoint; what it is sent while it is off is given up, and can be sent again."""
    scope.demand(May.SET_CHANNELS)
    known = queries.endpoint(scope, public_id)
    with together():
        models.Endpoint.objects.filter(pk=known.pk).update(is_on=on, closed_because="", closed_at=None)
        route = known.channel.route(str(known.public_id))
        models.Route.objects.filter(pk=route).update(failures=0, failing_since=None, held_until=None, error="")
    return queries.endpoint(scope, public_id)


def close_endpoint(scope: Scope, public_id: UUID, *, because: str, now: datetime) -> bool:
    """Switch an endpoint off that takes nothing any more; return whether this call did it."""
    rows = models.Endpoint.objects.filter(public_id=public_id, is_on=True)
    rows = scope.limit(rows, client=None)
    return rows.update(is_on=False, closed_because=because[:300], closed_at=second_of(now)) == 1


def _new_secret() -> str:
    return f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode('ascii')}"


def _own(scope: Scope, partner: int) -> None:
    if scope.partners is not None and partner not in scope.partners:
        raise NotFound("there is no such partner")


def _rows(
    message: NewMessage,
    wanted: _Wanted,
    homes: Mapping[int, str],
    telephones: Mapping[tuple[int, int], Sequence[str]],
    now: datetime,
) -> Iterator[tuple[Any, ...]]:
    """A message as it is kept; one to the telephones of somebody as many times as they have some."""
    person, address = _recipient(message)
    channel, fold = message.channel, message.fold
    how, zone = _wish(message, wanted)
    if how is How.INBOX:
        channel = Channel.INBOX
    addresses: Sequence[str] = [address]
    if person is not None and channel is Channel.SMS:
        # Without one the outbox says what is missing.
        addresses = telephones.get((message.partner, person), [""])
    at = second_of(message.written_at)
    due, good_until = max(at, second_of(now)), second_if(message.good_until)
    if how in _GATHERED:
        gathered = second_of(next_digest(how, at=moment(due), zone=zone or homes[message.partner]))
        # What would not be true any more by then is told at once.
        if good_until is None or gathered < good_until:
            due, fold = gathered, f"{DIGEST}{how}"
    # Both are waited for, and neither begins when the other ends: what the night holds is no day late for a digest.
    due = max(due, second_if(message.not_before) or 0)
    subject, text, html = (
        _clean(" ".join(message.subject.split()))[:LONGEST_SUBJECT],
        _clean(message.text),
        _clean(message.html),
    )
    for number, to in enumerate(addresses):
        key = message.key if number == 0 else _key_of(message.key, to)
        yield (
            uuid.uuid4(), message.partner, message.client, message.ticket, key, message.kind, channel.value,
            person, to, channel.route(to), fold, subject, text, html, dict(message.details), at, State.WAITING.value,
            good_until, due, due, "", 0, 0, 0, "",
        )  # fmt: skip


def _key_of(key: str, telephone: str) -> str:
    """The key of a message to another telephone than the first: the same for the same message, and as long as a key may be."""
    return f"{key[: LONGEST_KEY - 37]}:{uuid.uuid5(UUID(telephone), key)}"


def _recipient(message: NewMessage) -> tuple[int | None, str]:
    """The person, or the address, that a message goes to."""
    to = message.recipient
    if isinstance(to, int):
        if message.channel not in TO_PEOPLE:
            raise Conflict(f"nobody has an address of their own at {message.channel}: it goes to an endpoint")
        return to, ""
    if message.channel is Channel.EMAIL and is_address(to.strip()):
        return None, to.strip()
    if message.channel in (Channel.EMAIL, Channel.INBOX):
        raise Conflict(f"{to!r} is nobody that {message.channel} reaches")
    try:
        return None, str(uuid.UUID(to))
    except ValueError:
        raise Conflict(f"{to!r} is no endpoint") from None


def _clean(text: str) -> str:
    # PostgreSQL keeps no NUL.
    return text.replace("\0", "")
