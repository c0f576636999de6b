"""Send the mails by which clients are asked: each once, or after a crash again as the same letter."""

import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from goodstanding.adapters.mail import reach
from goodstanding.adapters.mail.compose import Draft, compose
from goodstanding.adapters.mail.imap import Allow
from goodstanding.adapters.mail.smtp import NoSuchRecipient, Server, send, server_of
from goodstanding.adapters.outbound.allowed import Allowed
from goodstanding.adapters.outbound.trouble import Trouble
from goodstanding.apps.desk import queries as desk
from goodstanding.apps.feedback import actions, queries
from goodstanding.apps.feedback.queries import Kind, Question
from goodstanding.apps.tenancy import queries as tenancy
from goodstanding.apps.tenancy.scope import Scope
from goodstanding.core.desk.assess import assess
from goodstanding.core.desk.ballot import sign
from goodstanding.flows.take_letter import name_sent

GOOD_FOR: Final = timedelta(days=60)
"""How long a link is good, and an answer can be changed."""
_GIVEN_UP_AFTER: Final = timedelta(days=2)
_FIRST_WAIT: Final = timedelta(minutes=1)
_LONGEST_WAIT: Final = timedelta(hours=1)
_SCOPE: Final = Scope.everything("to send what clients are asked")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """By which server mail goes out, in whose name, where people reach the product, and what its links are signed with."""

    server: Server
    mail_from: str
    address: str
    key: bytes = field(repr=False)
    allow: Allow
    tls: ssl.SSLContext | None = None

    @classmethod
    def read(cls, url: str, *, mail_from: str, address: str, key: bytes, networks: str) -> "Outgoing":
        """Read what an operator wrote; raises `ValueError` with a sentence for them."""
        return cls(
            server=server_of(url), mail_from=mail_from, address=address, key=key, allow=reach.allowing(Allowed.parse(networks))
        )

    def link(self, question: Question) -> str:
        """Return where somebody answers a question; the same question always has the same link."""
        return f"{self.address}/feedback/{sign(question.public_id, until=good_until(question), key=self.key)}"


@dataclass(frozen=True, slots=True)
class Written:
    """What a mail says."""

    subject: str
    text: str
    html: str


Say = Callable[[Question, str, str], Written]
"""Puts a question in words, given the name of the partner and the link to answer by."""


@dataclass(frozen=True, slots=True)
class Sent:
    """How many mails a turn sent, and the trouble of the server that ended it, if one did."""

    mails: int
    trouble: Trouble | None = None


def good_until(question: Question) -> datetime:
    """Return until when a question can be answered."""
    return question.asked_at + GOOD_FOR


def send_questions(
    outgoing: Outgoing, *, say: Say, clock: Callable[[], datetime], step: Callable[[str], None] = lambda _: None
) -> Sent:
    """Send the mails that are due. What is no longer so, a ticket reopened meanwhile, is not asked any more.

    A mail is claimed, sent, and then kept as sent: after a crash between the two it goes out again under the same
    Message-ID, which mail programs show once. Trouble with an address concerns that mail; trouble with the server ends the
    turn. `step` hears of each step, for tests to interrupt there.
    """
    mails = 0
    for pk in queries.due(clock()):
        question = actions.claim(pk, now=clock())
        if question is None:
            continue
        step("claimed")
        try:
            if not _still_asked(question, clock()):
                actions.withdraw(question.pk)
                continue
            _send(outgoing, question, say, step)
        except NoSuchRecipient as trouble:
            actions.has_failed(question.pk, error=trouble.said, again_at=None)
            continue
        except Trouble as trouble:
            now = clock()
            wait = min(_FIRST_WAIT * 2 ** min(question.tries, 10), _LONGEST_WAIT)
            again_at = now + wait if now - question.asked_at < _GIVEN_UP_AFTER else None
            actions.has_failed(question.pk, error=trouble.said, again_at=again_at)
            return Sent(mails, trouble)
        actions.has_sent(question.pk, now=clock())
        step("kept")
        mails += 1
    return Sent(mails)


def message_id(question: Question, mail_from: str) -> str:
    """Return the name of a question's mail: the same for the same resolution of a ticket, however often it is sent."""
    return f"<{question.public_id}@{mail_from.rpartition('@')[2]}>"


def _send(outgoing: Outgoing, question: Question, say: Say, step: Callable[[str], None]) -> None:
    partner = tenancy.partner(_SCOPE, question.partner)
    terms = queries.terms(_SCOPE, partner=partner.pk)
    link = outgoing.link(question)
    written = say(question, partner.name, link)
    name = message_id(question, outgoing.mail_from)
    message = compose(
        Draft(
            sender=terms.sender or outgoing.mail_from,
            sender_name=" ".join(partner.name.split()),
            recipient=question.address,
            subject=written.subject,
            text=written.text,
            html=written.html,
            message_id=name,
            written_at=question.asked_at,
            unsubscribe=f"{link}/stop",
        )
    )
    if question.ticket is not None:
        # Before it is sent: an answer, or a report that it could not be delivered, may be quicker than the next line.
        name_sent(_SCOPE, partner=partner.pk, names=[(name, question.ticket)])
    step("named")
    send(
        outgoing.server,
        message,
        sender=outgoing.mail_from,
        recipient=question.address,
        allow=outgoing.allow,
        tls=outgoing.tls,
    )
    step("sent")


def _still_asked(question: Question, now: datetime) -> bool:
    terms = queries.terms(_SCOPE, partner=question.partner)
    if queries.refuses(_SCOPE, partner=question.partner, address=question.address):
        return False
    if question.kind is Kind.NPS:
        return terms.asks_to_recommend
    if not terms.asks_after_tickets or question.ticket is None:
        return False
    judged = assess(desk.cases(_SCOPE, [question.ticket])[0], as_of=now, explain=False)
    return judged is not None and not judged.is_open and judged.reopened_count == question.cycle
