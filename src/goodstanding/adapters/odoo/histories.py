"""Whole histories of tickets, read from a desk: the ticket, its messages and its tracked changes as one record."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, TypeVar

from goodstanding.adapters.mail.markup import text_of_html
from goodstanding.adapters.odoo.connection import Connection
from goodstanding.adapters.odoo.desks import Desk, stage_word
from goodstanding.adapters.odoo.domains import Domain, Leaf
from goodstanding.adapters.odoo.rows import Row
from goodstanding.adapters.odoo.trouble import NoRight, Refused, TooLarge
from goodstanding.adapters.odoo.values import Ref
from goodstanding.core.desk.events import Actor
from goodstanding.core.desk.retell import Kept, Message, Move, Record, Voice

T = TypeVar("T")

LONGEST_TEXT: Final = 10_000
"""Characters of a message that are kept."""
RECENT: Final = timedelta(minutes=20)
"""How far before the one written last the messages of a ticket are remembered by number: twice what each look goes back."""
_CHUNK: Final = 500
_LINKED: Final = re.compile(r'data-oe-id="([0-9]{1,18})"')
_PRIORITIES: Final = {
    "0": ("low", "niedrig", "basso", "bassa", "baja", "bajo", "faible", "basse", "baixa", "laag"),
    "1": ("medium", "normal", "mittel", "medio", "media", "moyenne", "moyen", "média", "gemiddeld"),
    "2": ("high", "hoch", "alto", "alta", "élevée", "haute", "hoog"),
    "3": ("very high", "urgent", "sehr hoch", "molto alta", "muy alta", "très élevée", "muito alta", "zeer hoog"),
}
"""Labels of priorities: a tracked change keeps the label in the language of whoever made it."""


@dataclass(frozen=True, slots=True)
class Rated:
    """A rating that a client gave: its number in the desk, 1 (bad) to 5 (good), what was said, and when."""

    number: int
    score: int
    comment: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """A ticket of a desk with its history.

    `customer` is the company behind its contact, in the desk's name for it, empty where it has none. `closed_at` is when
    the desk says that it was closed. `archived` says that it was put out of sight; merged tickets are too.
    """

    number: int
    name: str
    """What people call it in the desk."""
    record: Record
    title: str
    customer: str
    contact: str
    kind: str
    tags: frozenset[str]
    closed_at: datetime | None
    archived: bool
    written_at: datetime
    recent_messages: tuple[int, ...]
    """The numbers of the message that was written last, of whatever kind, and of those written shortly before it, old ones
    that were changed or moved among them: one that was begun earlier may become visible later."""
    ratings: tuple[Rated, ...] = ()
    team: int | None = None
    """The number of its team there."""

    @property
    def stage(self) -> str:
        """Where it is now, in the desk's word."""
        return self.record.now.get(Kept.STAGE, "")


class Histories:
    """Reads histories in one desk; what tickets share (people, customers, names of fields) is asked once and kept."""

    def __init__(self, connection: Connection, desk: Desk) -> None:
        self.connection, self.desk = connection, desk
        self.fields = connection.fields(desk.model)
        self._people: dict[int, tuple[str, Actor]] = {}
        self._customers: dict[int, str] = {}
        self._users: dict[int, str] = {}
        self._tags: dict[int, str] = {}
        self._choices: Mapping[str, Mapping[str, str]] | None = None
        self._stages = {
            row.id: row.text("name") or "" for row in connection.search_read(desk.stages, (), ("name",), archived=True)
        }
        self._subtypes = {
            row.id: (row.text("res_model"), row.flag("internal"))
            for row in connection.search_read("mail.message.subtype", (), ("res_model", "internal"))
        }
        self._tracked = self._tracked_fields()
        self._bot = self._bots()
        self._rates = connection.may_read("rating.rating")

    @property
    def stages(self) -> Mapping[int, str]:
        """What each stage is called now, by its number."""
        return self._stages

    def read(self, numbers: Sequence[int]) -> tuple[Outside, ...]:
        """Return tickets with all that their desk keeps of them; those that are gone, or not to be seen, are left out.

        Meant for some hundred at a time. Raises `Refused` where the account may not read tracked changes: without them
        nobody can know when a ticket was resolved.
        """
        desk = self.desk
        kept = [name for name in desk.kept if name in self.fields]
        wanted = (
            *kept, "name", "display_name", desk.ref or "id", "create_date", "create_uid", "write_date", "description",
            "partner_name", "partner_email", "tag_ids", desk.category or "id", desk.closed_at, desk.moved_at, "active",
            desk.state or "id",
        )  # fmt: skip
        rows = self._long(desk.model, numbers, wanted, "description")
        if not rows:
            return ()
        messages = self._messages([row.id for row in rows])
        moves = self._moves([message for of_one in messages.values() for message in of_one])
        self._know_customers(row.ref("partner_id") for row in rows)
        self._know_people(row.ref("author_id") for of_one in messages.values() for row in of_one)
        self._know_tags(rows)
        self._know_users(rows)
        merged = self._merged([row for row in rows if self._archived(row)])
        ratings = self._ratings([row.id for row in rows])
        return tuple(
            replace(
                self._outside(row, messages.get(row.id, []), moves, merged.get(row.id)), ratings=tuple(ratings.get(row.id, ()))
            )
            for row in rows
        )

    def _outside(
        self,
        row: Row,
        messages: Sequence[Row],
        moves: Mapping[int, Sequence[Row]],
        merged: tuple[str, datetime] | None,
    ) -> Outside:
        desk, contact = self.desk, row.ref("partner_id")
        opened_at, created_by = _sure(row.instant("create_date")), row.ref("create_uid")
        opening = messages[0] if messages else None
        opener = self._author(opening) if opening is not None else ("", Actor.SYSTEM)
        into, merged_at = merged or ("", None)
        return Outside(
            number=row.id,
            name=self.name(row),
            record=Record(
                ref=str(row.id),
                opened_at=opened_at,
                opened_by=opener[1],
                who=opener[0] or (created_by.name if created_by else ""),
                text=_text(row.text("description")),
                now=self._now(row),
                moves=tuple(self._moved(messages, moves, row)),
                messages=tuple(
                    found
                    for each in messages
                    if not (each is opening and _opened(row, each))
                    if (found := self._message(each, row)) is not None
                ),
                merged_into=into,
                merged_at=merged_at,
            ),
            title=(row.text("name") or "").strip(),
            customer=self._customers.get(contact.id, contact.name) if contact else "",
            contact=(row.text("partner_name") or (contact.name if contact else "") or row.text("partner_email") or "").strip(),
            kind=ref.name if desk.category and (ref := row.ref(desk.category)) is not None else "",
            tags=frozenset(self._tags[each] for each in row.ids("tag_ids") if each in self._tags),
            closed_at=row.instant(desk.closed_at),
            archived=self._archived(row),
            written_at=_sure(row.instant("write_date")),
            recent_messages=_recent(messages),
            team=ref.id if self.desk.team in row and (ref := row.ref(self.desk.team)) is not None else None,
        )

    def name(self, row: Row) -> str:
        """Return what people call a ticket."""
        return (row.text(self.desk.ref) if self.desk.ref else None) or f"#{row.id}"

    def _archived(self, row: Row) -> bool:
        return "active" in row and not row.flag("active")

    def _now(self, row: Row) -> dict[Kept, str]:
        found: dict[Kept, str] = {}
        for name, kept in self.desk.kept.items():
            if name not in row:
                continue
            if kept is Kept.STAGE:
                found[kept] = self._stage_now(row)
            elif kept is Kept.PRIORITY:
                found[kept] = row.text(name) or ""
            elif kept is Kept.CLIENT:
                ref = row.ref(name)
                found[kept] = self._customers.get(ref.id, ref.name) if ref else ""
            elif name == "user_ids":
                found[kept] = self._names_of_users(row.ids(name))
            else:
                ref = row.ref(name)
                found[kept] = ref.name if ref else ""
        return found

    def _stage_now(self, row: Row) -> str:
        ref = row.ref("stage_id")
        state = row.text(self.desk.state) if self.desk.state and self.desk.state in row else None
        return stage_word(self._stages.get(ref.id, ref.name) if ref else "", state)

    # Messages

    def _messages(self, numbers: Sequence[int]) -> dict[int, list[Row]]:
        """Return the messages of tickets by ticket, oldest first."""
        wanted = (
            "res_id", "create_date", "write_date", "date", "message_type", "subtype_id", "is_internal", "author_id",
            "email_from", "body", "subject", "record_name",
        )  # fmt: skip
        found: dict[int, list[Row]] = {}
        after = 0
        while True:
            domain = [
                ("model", "=", self.desk.model), ("res_id", "in", list(numbers)), ("id", ">", after),
                ("message_type", "!=", "user_notification"),
            ]  # fmt: skip
            try:
                rows = self.connection.search_read("mail.message", domain, wanted, order="id", limit=_CHUNK)
            except TooLarge:
                short = self.connection.search_read("mail.message", domain, (), order="id", limit=_CHUNK)
                rows = tuple(sorted(self._long("mail.message", [row.id for row in short], wanted, "body"), key=_number))
            if not rows:
                return found
            # Not even a page that is not full is the last: Odoo takes out of it what the account may not read.
            for row in rows:
                found.setdefault(row.whole("res_id") or 0, []).append(row)
            after = rows[-1].id

    def _long(self, model: str, numbers: Sequence[int], wanted: Sequence[str], text: str) -> tuple[Row, ...]:
        """Read records by number, however long their `text`: those too large for one answer in halves, and one that is too
        large by itself without it."""
        if not numbers:
            return ()
        domain = [("id", "in", list(numbers))]
        try:
            return self.connection.search_read(model, domain, wanted, archived=True)
        except TooLarge:
            if len(numbers) == 1:
                return self.connection.search_read(model, domain, [each for each in wanted if each != text], archived=True)
        half = len(numbers) // 2
        return self._long(model, numbers[:half], wanted, text) + self._long(model, numbers[half:], wanted, text)

    def _message(self, row: Row, ticket: Row) -> Message | None:
        """Return what somebody wrote; None for what the system keeps to itself."""
        voice = self._voice(row)
        if voice is None:
            return None
        if voice is not Voice.NOTE and self._of_a_merger(row, ticket):
            # It answers nobody here: it was said on the other ticket, or says that there was one.
            voice = Voice.NOTE
        who, _ = self._author(row)
        return Message(number=row.id, at=_posted_at(row), voice=voice, who=who, text=_text(row.text("body")))

    def _voice(self, row: Row) -> Voice | None:
        """Tell what a message is by its type, its subtype and who wrote it.

        A person writes `comment`, or `email` that came in. The subtypes of no model are the discussion, which the client
        reads, and the note, which it does not; those of a model tell what became of a ticket, not what somebody said.
        """
        kind, subtype = row.text("message_type"), row.ref("subtype_id")
        model, internal = self._subtypes.get(subtype.id, ("", True)) if subtype else (None, True)
        _, actor = self._author(row)
        public = not internal and not row.flag("is_internal")
        if kind in ("auto_comment", "email_outgoing"):
            return Voice.AUTOMATIC if kind == "email_outgoing" or public else None
        if kind not in ("comment", "email") or model:
            return None
        if actor is Actor.SYSTEM:
            return Voice.AUTOMATIC if public else None
        if not public:
            return Voice.NOTE
        return Voice.CLIENT if actor is Actor.CLIENT else Voice.STAFF

    def _of_a_merger(self, row: Row, into: Row) -> bool:
        """Tell whether a message came over with a ticket that was merged into this one, or is the notice of it.

        Merging moves messages, which keep the name of the ticket they were written on, and posts public comments that link
        the two (measured on 18). Where a database shows tickets by names without their numbers, these tell nothing.
        """
        if self.desk.ref is None:
            return False
        written_on, subject, body = row.text("record_name") or "", row.text("subject") or "", row.text("body") or ""
        ticket = self.name(into)
        numbered = ticket in (into.text("display_name") or "")
        notice = f'data-oe-model="{self.desk.model}"' in body and "data-oe-id=" in body and ticket not in subject
        return notice or (numbered and bool(written_on) and ticket not in written_on)

    def _author(self, row: Row) -> tuple[str, Actor]:
        """Return who wrote a message, and for which side: a stranger who wrote by mail is the client's."""
        author = row.ref("author_id")
        if author is None:
            by = row.text("email_from") or ""
            return by, Actor.CLIENT if by else Actor.SYSTEM
        if author.id in self._bot:
            return author.name, Actor.SYSTEM
        return self._people.get(author.id, (author.name, Actor.CLIENT))

    # Tracked changes

    def _tracked_fields(self) -> dict[int, str]:
        """Return the numbers of the fields that are tracked, with their names; by their labels where numbers are not told."""
        names = [*self.desk.kept, *((self.desk.state,) if self.desk.state else ())]
        try:
            rows = self.connection.search_read(
                "ir.model.fields", [("model", "=", self.desk.model), ("name", "in", names)], ("name",)
            )
        except NoRight as refused:
            raise Refused(
                "The account may not read ir.model.fields in Odoo, so nobody can tell which tracked change is of the stage.",
                advice="Give its group read access to ir.model.fields, mail.tracking.value and mail.message.subtype.",
            ) from refused
        return {row.id: row.text("name") or "" for row in rows}

    def _moves(self, messages: Sequence[Row]) -> dict[int, list[Row]]:
        """Return the tracked changes of messages, by message."""
        found: dict[int, list[Row]] = {}
        wanted = (
            "mail_message_id", "field_id", "old_value_integer", "old_value_char", "new_value_integer", "new_value_char",
        )  # fmt: skip
        numbers = [message.id for message in messages]
        for start in range(0, len(numbers), _CHUNK):
            chunk = numbers[start : start + _CHUNK]
            try:
                rows = self.connection.search_read(
                    "mail.tracking.value", [("mail_message_id", "in", chunk)], wanted, order="id"
                )
            except NoRight as refused:
                raise Refused(
                    "The account may not read tracked changes in Odoo, so nobody can tell when a ticket was resolved.",
                    advice="Give its group read access to mail.tracking.value.",
                ) from refused
            for row in rows:
                message = row.ref("mail_message_id")
                if message is not None:
                    found.setdefault(message.id, []).append(row)
        self._know_customers(
            Ref(number)
            for of_one in found.values()
            for row in of_one
            if self._field(row) == "partner_id"
            for number in (row.whole("old_value_integer"), row.whole("new_value_integer"))
            if number
        )
        return found

    def _field(self, row: Row) -> str:
        ref = row.ref("field_id")
        return self._tracked.get(ref.id, "") if ref else ""

    def _moved(self, messages: Sequence[Row], moves: Mapping[int, Sequence[Row]], ticket: Row) -> Iterable[Move]:
        """Yield a ticket's tracked changes in their order, those of stage and state told as one."""
        changes = [(message, row, self._field(row)) for message in messages for row in moves.get(message.id, ())]
        stage, state = self._beginning(changes, ticket)
        word = stage_word(stage, state)
        # Stage and state that change in one go are one move: what it would have been in between, it never was.
        whole = {message.id: row.id for message, row, name in changes if name in ("stage_id", self.desk.state)}
        for message, row, name in changes:
            who, actor = self._author(message)
            at = _posted_at(message)
            if name in ("stage_id", self.desk.state):
                if name == "stage_id":
                    stage = self._stage(row, "new")
                else:
                    state = self._state(row, "new")
                if whole[message.id] != row.id:
                    continue
                old, word = word, stage_word(stage, state)
                kept, new = Kept.STAGE, word
            elif name in self.desk.kept:
                kept, old, new = self.desk.kept[name], self._value(name, row, "old"), self._value(name, row, "new")
            else:
                continue
            if old != new:
                yield Move(number=row.id, message=message.id, at=at, kept=kept, old=old, new=new, actor=actor, who=who)
        yield from self._untracked(changes, ticket, word)

    def _untracked(self, changes: Sequence[tuple[Row, Row, str]], ticket: Row, word: str) -> Iterable[Move]:
        """Yield the move from where tracked changes end to where a ticket is: imports move tickets and track nothing.

        A ticket that came to where it is before its last tracked change was read before that change was.
        """
        tracked = [message for message, _, name in changes if name in ("stage_id", self.desk.state)]
        now, at = self._stage_now(ticket), ticket.instant(self.desk.moved_at)
        if tracked and now != word and at is not None and at > _posted_at(tracked[-1]):
            last = tracked[-1].id
            yield Move(number=0, message=last, at=at, kept=Kept.STAGE, old=word, new=now, actor=Actor.STAFF, noticed=True)

    def _beginning(self, changes: Sequence[tuple[Row, Row, str]], ticket: Row) -> tuple[str, str | None]:
        """Return the stage and the state that a ticket began with."""
        ref = ticket.ref("stage_id")
        stage = self._stages.get(ref.id, ref.name) if ref else ""
        state = ticket.text(self.desk.state) if self.desk.state and self.desk.state in ticket else None
        for _, row, name in reversed(changes):
            if name == "stage_id":
                stage = self._stage(row, "old")
            elif name and name == self.desk.state:
                state = self._state(row, "old")
        return stage, state

    def _stage(self, row: Row, side: str) -> str:
        number, name = row.whole(f"{side}_value_integer"), row.text(f"{side}_value_char") or ""
        return self._stages.get(number or 0, name)

    def _state(self, row: Row, side: str) -> str | None:
        """Return the key of a task's state: a tracked change keeps its label only."""
        return self._key(self.desk.state or "", row.text(f"{side}_value_char"))

    def _value(self, name: str, row: Row, side: str) -> str:
        text = row.text(f"{side}_value_char") or ""
        if name == "priority":
            return self._key(name, text) or text
        if name == "partner_id":
            return self._customers.get(row.whole(f"{side}_value_integer") or 0, text)
        return text

    def _key(self, name: str, label: str | None) -> str | None:
        """Return the key of a selection's label: Odoo keeps it in the language of whoever made the change."""
        if not label:
            return None
        selection = self.fields[name].selection if name in self.fields else ()
        for key, said in selection:
            if label in (said, key):
                return key
        if self._choices is None:
            self._choices = self.connection.choices(self.desk.model, [each for each in ("priority", self.desk.state) if each])
        if label in self._choices.get(name, {}):
            return self._choices[name][label]
        if name == "priority":
            return next((key for key, labels in _PRIORITIES.items() if label.casefold() in labels), None)
        return None

    # People, customers, tags

    def _know_people(self, refs: Iterable[Ref | None]) -> None:
        new = list(self._unknown("res.partner", refs, self._people, ("name", "partner_share")))
        shared = [row.id for row in new if row.flag("partner_share") or "partner_share" not in row]
        left = self._with_staff_user(shared)
        for row in new:
            client = row.id in shared and row.id not in left
            self._people[row.id] = (row.text("name") or "", Actor.CLIENT if client else Actor.STAFF)

    def _with_staff_user(self, contacts: Sequence[int]) -> frozenset[int]:
        """Return which contacts have, or had, an internal user: those of archived users are shared like any client's."""
        found: set[int] = set()
        for start in range(0, len(contacts), _CHUNK):
            domain = [("partner_id", "in", list(contacts[start : start + _CHUNK]))]
            rows = self.connection.search_read("res.users", domain, ("partner_id", "share"), archived=True)
            found.update(ref.id for row in rows if "share" in row and not row.flag("share") and (ref := row.ref("partner_id")))
        return frozenset(found)

    def _know_customers(self, refs: Iterable[Ref | None]) -> None:
        for row in self._unknown("res.partner", refs, self._customers, ("name", "commercial_partner_id")):
            company = row.ref("commercial_partner_id")
            self._customers[row.id] = (company.name if company else "") or row.text("name") or ""

    def _know_tags(self, rows: Sequence[Row]) -> None:
        field = self.fields.get("tag_ids")
        if field is not None and field.relation:
            numbers = (Ref(number) for row in rows for number in row.ids("tag_ids"))
            for row in self._unknown(field.relation, numbers, self._tags, ("name",)):
                self._tags[row.id] = row.text("name") or ""

    def _unknown(self, model: str, refs: Iterable[Ref | None], known: Mapping[int, T], wanted: Sequence[str]) -> Iterable[Row]:
        numbers = sorted({ref.id for ref in refs if ref is not None} - known.keys())
        for start in range(0, len(numbers), _CHUNK):
            chunk = numbers[start : start + _CHUNK]
            yield from self.connection.search_read(model, [("id", "in", chunk)], wanted, archived=True)

    def _know_users(self, rows: Sequence[Row]) -> None:
        numbers = (Ref(number) for row in rows for number in row.ids("user_ids"))
        for row in self._unknown("res.users", numbers, self._users, ("name",)):
            self._users[row.id] = row.text("name") or ""

    def _names_of_users(self, numbers: Sequence[int]) -> str:
        return ", ".join(sorted(self._users[each] for each in numbers if each in self._users))

    def _bots(self) -> frozenset[int]:
        """Return the contacts that write for the system: the one of user 1, who is no person."""
        rows = self.connection.search_read("res.users", [("id", "=", 1)], ("partner_id",), archived=True)
        return frozenset(ref.id for row in rows if (ref := row.ref("partner_id")) is not None)

    def _ratings(self, numbers: Sequence[int]) -> dict[int, list[Rated]]:
        """Return what clients have rated, by ticket; nothing where Odoo keeps no ratings or the account may not read them.

        Scores are 1, 3 and 5 in Odoo's mails; whatever is no whole number from 1 to 5 is no score.
        """
        if not self._rates:
            return {}
        domain = [
            ("res_model", "=", self.desk.model), ("res_id", "in", list(numbers)), ("consumed", "=", True), ("rating", ">", 0),
        ]  # fmt: skip
        found: dict[int, list[Rated]] = {}
        wanted = ("res_id", "rating", "feedback", "write_date")
        for row in self.connection.search_read("rating.rating", domain, wanted, order="id"):
            rating, at = row.exact("rating"), row.instant("write_date")
            if rating is not None and at is not None and rating == int(rating) and 1 <= rating <= 5:
                said = (row.text("feedback") or "")[:LONGEST_TEXT]
                found.setdefault(row.whole("res_id") or 0, []).append(Rated(row.id, int(rating), said, at))
        return found

    def _merged(self, archived: Sequence[Row]) -> dict[int, tuple[str, datetime]]:
        """Return which of the archived tickets were merged, into which other one and when.

        Merging archives the ticket, moves its messages to the other and leaves there one that links back (measured on 18).
        """
        if self.desk.ref is None or not archived:
            return {}
        # One question for all: to find a message by its body Odoo looks through every one.
        links: list[Leaf] = [("body", "like", f'data-oe-id="{row.id}"') for row in archived]
        domain: Domain = [
            ("model", "=", self.desk.model), ("message_type", "=", "comment"),
            ("body", "like", f'data-oe-model="{self.desk.model}"'), *["|"] * (len(links) - 1), *links,
        ]  # fmt: skip
        found: dict[int, tuple[str, datetime]] = {}
        for message in self.connection.search_read(
            "mail.message", domain, ("res_id", "create_date", "date", "body"), order="id"
        ):
            into = message.whole("res_id") or 0
            named = set(map(int, _LINKED.findall(message.text("body") or "")))
            for row in archived:
                if row.id in named and row.id != into:
                    found[row.id] = (str(into), _posted_at(message))
        return found


def _recent(messages: Sequence[Row]) -> tuple[int, ...]:
    written = {message.id: message.instant("write_date") or _posted_at(message) for message in messages}
    since = max(written.values()) - RECENT if written else None
    return tuple(sorted(number for number, at in written.items() if since is not None and at >= since))


def _posted_at(message: Row) -> datetime:
    """Return when a message was kept. Its own date is what its sender says, and counts only where Odoo kept none, as of
    messages that were written into the database by hand."""
    return _sure(message.instant("create_date") or message.instant("date"))


def _number(row: Row) -> int:
    return row.id


def _opened(ticket: Row, message: Row) -> bool:
    """Tell whether a message is the mail that the ticket was made of: it is its description too, and no reply."""
    body = _text(message.text("body"))
    return message.text("message_type") == "email" and body != "" and body == _text(ticket.text("description"))


def _sure(at: datetime | None) -> datetime:
    if at is None:
        raise Refused(
            "Odoo keeps no creation date of a ticket or message that it was asked for.",
            advice="Look for records without create_date; they were most likely written into the database by hand.",
        )
    return at


def _text(html: str | None) -> str:
    return text_of_html(html)[:LONGEST_TEXT] if html else ""
