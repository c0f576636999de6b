"""Carry messages by mail: many letters by one connection, threaded by ticket, so that answers find it."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import datetime
from email.message import EmailMessage
from typing import Final
from uuid import UUID

from goodstanding.adapters.mail.compose import Draft, compose
from goodstanding.adapters.mail.imap import Patience
from goodstanding.adapters.mail.markup import html_of_text
from goodstanding.adapters.mail.smtp import LetterRefused, Line, LineLost, NoSuchRecipient, NotNow, connected
from goodstanding.adapters.outbound.trouble import Refused, Trouble
from goodstanding.apps.outbox.queries import Load
from goodstanding.apps.post import queries as post
from goodstanding.apps.tenancy import queries as tenancy
from goodstanding.apps.tenancy.scope import Scope
from goodstanding.apps.tickets import queries as tickets
from goodstanding.flows.audience import Audience
from goodstanding.flows.deliver_messages import Concern, Failed
from goodstanding.flows.send_questions import Outgoing, Written
from goodstanding.flows.take_letter import name_sent

PATIENCE: Final = Patience(connect=5.0, answer=15.0, visit=30.0)
"""What one letter may take of a lease."""
LETTERS: Final = 100
"""By one connection: servers end those that go on for ever."""
_SCOPE: Final = Scope.everything("to send mail")

Say = Callable[[Load], Written]
"""Puts a message, and all that is folded into it, in the words of a letter."""


class MailCarrier:
    """Hands messages to the operator's mail server; without one, `missing` says why nothing goes out."""

    def __init__(self, outgoing: Outgoing | None, *, say: Say, missing: str = "", patience: Patience = PATIENCE) -> None:
        self._outgoing, self._say, self._missing, self._patience = outgoing, say, missing, patience
        self._stack = ExitStack()
        self._line: Line | None = None
        self._audience = Audience()
        self._partners: dict[int, str] = {}
        self._answers_to: dict[int, str] = {}

    def begin(self, loads: Sequence[Load]) -> None:
        """Look up who these go to, and name them, so that an answer quicker than our own notes finds its ticket."""
        if self._outgoing is None:
            return
        self._audience.look_up(loads)
        by_partner: dict[int, list[Load]] = {}
        for each in loads:
            by_partner.setdefault(each.message.partner, []).append(each)
        for partner, theirs in by_partner.items():
            self._partners[partner] = tenancy.partner(_SCOPE, partner).name
            self._answers_to[partner] = min(post.own_addresses(_SCOPE, partner=partner), default="")
            about = {each.message.public_id: ticket for each in theirs if (ticket := ticket_of(each)) is not None}
            pks = tickets.pks_by_public_id(_SCOPE, about.values())
            names = [(self._name(public_id), pks[ticket]) for public_id, ticket in about.items() if ticket in pks]
            name_sent(_SCOPE, partner=partner, names=names)

    def carry(self, load: Load) -> str:
        """Hand a letter over and return the address it went to; raises `Failed`."""
        message = load.message
        if self._outgoing is None:
            raise Failed(self._missing or "No mail server is set up.", Concern.WAY, address=message.address)
        to_person = message.person is not None or not message.address
        address = self._audience.person(load).email if to_person else message.address
        try:
            letter = compose(self._draft(self._outgoing, load, address))
        except Trouble as trouble:
            raise Failed(trouble.said, Concern.RECIPIENT, address=address) from trouble
        try:
            self._send(self._outgoing, letter, address)
        except Trouble as trouble:
            concern = self._concern(trouble)
            answered = concern is Concern.RECIPIENT and self._line is not None
            raise Failed(trouble.said, concern, address=address, answered=answered) from trouble
        return address

    def end(self) -> None:
        """Say goodbye to the server."""
        self._line = None
        self._stack.close()

    def give_up(self, route: str, *, since: datetime, now: datetime) -> None:
        """Nothing to be done: there is one server, and the outbox shows what it does."""

    def _send(self, outgoing: Outgoing, letter: EmailMessage, address: str) -> None:
        line = self._open(outgoing)
        try:
            line.send(letter, sender=outgoing.mail_from, recipient=address)
        except LineLost:
            self.end()
            if line.letters == 0:
                raise
            # Servers end connections that have done their part; nothing of this letter was handed over.
            self._open(outgoing).send(letter, sender=outgoing.mail_from, recipient=address)

    def _open(self, outgoing: Outgoing) -> Line:
        if self._line is not None and (not self._line.is_open or self._line.letters >= LETTERS):
            self.end()
        if self._line is None:
            way = connected(outgoing.server, allow=outgoing.allow, tls=outgoing.tls, patience=self._patience)
            self._line = self._stack.enter_context(way)
        return self._line

    def _concern(self, trouble: Trouble) -> Concern:
        if isinstance(trouble, NoSuchRecipient | LetterRefused):
            return Concern.RECIPIENT
        if isinstance(trouble, NotNow):
            return Concern.MESSAGE
        if self._line is None:
            return Concern.WAY
        self.end()
        return Concern.WAY if isinstance(trouble, Refused) else Concern.PERHAPS_WAY

    def _draft(self, outgoing: Outgoing, load: Load, address: str) -> Draft:
        message = load.message
        written, ticket = self._say(load), ticket_of(load)
        return Draft(
            sender=outgoing.mail_from,
            sender_name=" ".join(self._partners[message.partner].split()),
            recipient=address,
            subject=written.subject,
            text=written.text,
            html=written.html or html_of_text(written.text),
            message_id=self._name(message.public_id),
            written_at=message.written_at,
            reply_to=self._answers_to[message.partner],
            thread="" if ticket is None else f"<ticket.{ticket}@{_domain(outgoing)}>",
        )

    def _name(self, public_id: UUID) -> str:
        return "" if self._outgoing is None else f"<{public_id}@{_domain(self._outgoing)}>"


def ticket_of(load: Load) -> UUID | None:
    """Return the ticket that a letter is about; None where it is about several or none."""
    about = {each.ticket for each in load.every}
    return about.pop() if len(about) == 1 else None


def _domain(outgoing: Outgoing) -> str:
    return outgoing.mail_from.rpartition("@")[2]
