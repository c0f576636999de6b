"""The worker's loop: every turn it does what time and people have made due, and nothing that fails stops it."""

import os
import random
import socket
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final
from uuid import UUID

import structlog
from django.conf import settings
from django.db import close_old_connections, connections

from goodstanding.apps.instances.queries import looks_due
from goodstanding.apps.outbox.queries import Load
from goodstanding.delivery import words_of_escalation, words_of_feedback
from goodstanding.delivery.carriers import to_endpoints, to_people
from goodstanding.delivery.outgoing import outgoing
from goodstanding.delivery.reach import reach
from goodstanding.delivery.words import standing_note
from goodstanding.flows import play_demo
from goodstanding.flows.ask_clients import ask_after_tickets, ask_to_recommend
from goodstanding.flows.deliver_messages import Circumstances, deliver_messages
from goodstanding.flows.escalate import begin, escalate
from goodstanding.flows.follow_tickets import follow_tickets
from goodstanding.flows.forget import forget
from goodstanding.flows.play_odoo import ADDRESS, PlayedOdoo
from goodstanding.flows.reach_odoo import Reach
from goodstanding.flows.read_mailboxes import read_mailboxes
from goodstanding.flows.reassess import follow_time
from goodstanding.flows.send_questions import send_questions
from goodstanding.flows.work import work
from goodstanding.flows.write_back import write_back

TURN: Final = 2.0
"""Seconds between turns: a clock that falls due is seen within as many."""
FOLLOWERS: Final = 4
"""Odoo servers that are read at the same time: so many may be slow before one that is not has to wait."""
MAILERS: Final = 3
"""Letters that are handed over at the same time: most of what one takes is waiting for the server's word."""
POSTERS: Final = 3
"""Endpoints that are written to at the same time: so many may be slow before one that is not has to wait."""
_ASK_EVERY: Final = timedelta(seconds=15)
_DEMO_EVERY: Final = timedelta(seconds=10)
_FORGET_EVERY: Final = timedelta(minutes=10)
_CHANCE: Final = random.SystemRandom()
_BEGIN_EVERY: Final = timedelta(minutes=1)

log = structlog.get_logger("goodstanding.worker")


def now() -> datetime:
    """Return this moment in UTC."""
    return datetime.now(UTC)


class Worker:
    """One worker; any number of them may run beside each other.

    Time, steps, long work, mailboxes, questions to clients and the demo have a thread each, mail that goes out, endpoints and
    Odoo servers some between them, so that neither an import of an hour nor a server that does not answer keeps a deadline
    waiting.
    """

    def __init__(self, *, demo: bool = False, way: Reach | None = None) -> None:
        """`demo` lets the demo go on too; `way` is how Odoo servers are reached, by default as the operator allows it."""
        self.name = f"{socket.gethostname()}:{os.getpid()}"
        self.reach = way or reach()
        self.say = words_of_escalation.sayer(settings.ADDRESS)
        self.odoo: PlayedOdoo | None = None
        if demo:
            self.odoo = PlayedOdoo(now)
            self.reach = Reach(self.reach.sender, {**self.reach.inside, ADDRESS: self.odoo})
        self.demo_due = self.forget_due = self.ask_due = self.begin_due = now()
        self.stopping = threading.Event()

    def run(self) -> None:
        """Take turns until told to stop; what is being done is finished first."""
        turns = [
            ("steps", self.escalate),
            ("long work", self.do_runs),
            ("mailboxes", self.read_mail),
            ("questions", self.ask_clients),
        ]
        turns += [(f"messages {number}", self.deliver) for number in range(1, MAILERS + 1)]
        turns += [(f"posts {number}", self.deliver_posts) for number in range(1, POSTERS + 1)]
        turns += [(f"odoo {number}", self.follow_odoo) for number in range(1, FOLLOWERS + 1)]
        turns += [("demo", self.play)] if self.odoo is not None else []
        beside = [threading.Thread(target=self._beside, args=(turn,), name=name) for name, turn in turns]
        for each in beside:
            each.start()
        self.repeat(self.follow_time)
        for each in beside:
            each.join()

    def repeat(self, turn: Callable[[], bool]) -> None:
        """Take turns of one kind, at once again while there is more to do."""
        while not self.stopping.is_set():
            close_old_connections()
            if not turn():
                self.stopping.wait(TURN)

    def _beside(self, turn: Callable[[], bool]) -> None:
        """Take turns in a thread of its own, whose connection to the database ends with it."""
        try:
            self.repeat(turn)
        finally:
            connections.close_all()

    def follow_time(self) -> bool:
        """Do what time has made due; return whether more may be waiting."""
        busy = self.one("time", lambda: follow_time(now=now()).judged > 0)
        if now() >= self.forget_due:
            self.one("forgetting", lambda: forget(now=now()) > 0)
            self.forget_due = now() + _FORGET_EVERY
        return busy

    def escalate(self) -> bool:
        """Take the steps that are due; return whether more may be waiting."""
        if now() >= self.begin_due:
            self.one("beginning to escalate", lambda: begin(now=now()) > 0)
            self.begin_due = now() + _BEGIN_EVERY
        return self.one("steps", self._escalate)

    def _escalate(self) -> bool:
        swept = escalate(now=now(), say=self.say)
        for ticket, said in swept.troubled:
            log.warning("steps not taken", ticket=ticket, error=said)
        return swept.tickets > 0

    def ask_clients(self) -> bool:
        """Ask clients how satisfied they are, where their partner wants it; without a mail server nobody is asked."""
        if now() < self.ask_due:
            return False
        self.ask_due = now() + _ASK_EVERY
        return self.one("asking clients", self._ask_clients)

    def _ask_clients(self) -> bool:
        by = outgoing()
        if by is not None:
            ask_after_tickets(now=now())
            ask_to_recommend(now=now())
            sent = send_questions(by, say=words_of_feedback.written, clock=now)
            if sent.trouble is not None:
                log.warning("mail does not go out", said=sent.trouble.said, advice=sent.trouble.advice)
        return False

    def deliver(self) -> bool:
        """Deliver what is due to people's mailboxes and inboxes; return whether more may be."""
        return self.one("messages", lambda: deliver_messages(to_people(), self._by()) > 0)

    def deliver_posts(self) -> bool:
        """Deliver what is due to endpoints, where a slow one keeps its thread waiting; return whether more may be."""
        return self.one("posts", lambda: deliver_messages(to_endpoints(self.reach, now), self._by()) > 0)

    def _by(self) -> Circumstances:
        return Circumstances(clock=now, chance=_CHANCE.random, pause=self._pause, fault=self._faulty)

    def _pause(self, seconds: float) -> bool:
        return self.stopping.wait(seconds)

    def _faulty(self, load: Load, error: Exception) -> None:
        log.error("a message could not be sent for a fault of ours", message=str(load.message.public_id), exc_info=error)

    def do_runs(self) -> bool:
        """Do one run, if one is due; return whether there was one."""
        return self.one("runs", self._do_run)

    def read_mail(self) -> bool:
        """Read the mailboxes that are due; return whether more letters may be waiting."""
        return self.one("mail", self._read_mail)

    def _read_mail(self) -> bool:
        visits = read_mailboxes(clock=now)
        for each in visits:
            if each.error is not None:
                log.warning("mailbox not read", address=each.mailbox.address, error=type(each.error).__name__)
        return any(each.more for each in visits)

    def _do_run(self) -> bool:
        done = work(worker=self.name, clock=now)
        if done is not None and done.error is not None:
            log.warning("run failed", run=str(done.run.public_id), name=done.run.name, error=type(done.error).__name__)
        return done is not None

    def follow_odoo(self) -> bool:
        """Look at one Odoo server whose turn it is; return whether there was one.

        One whose look fails holds up none of the others: its next turn comes later than theirs.
        """
        return any(self.one("following", partial(self._follow, each)) for each in looks_due(now()))

    def _follow(self, instance: UUID) -> bool:
        found = follow_tickets(instance, reach=self.reach, clock=now)
        if found is None:
            return False
        trouble = found.trouble
        if found.through:
            trouble = write_back(instance, reach=self.reach, say=standing_note).trouble or trouble
        if trouble is not None:
            log.warning("trouble with Odoo", instance=str(instance), error=type(trouble).__name__)
        return True

    def play(self) -> bool:
        """Let the demo go on if that is due; return that it need not go on at once."""
        if self.odoo is not None and now() >= self.demo_due:
            odoo = self.odoo
            self.one("demo", lambda: play_demo.top_up(now=now(), odoo=odoo) > 0)
            self.demo_due = now() + _DEMO_EVERY
        return False

    def one(self, what: str, do: Callable[[], bool]) -> bool:
        """Do one kind of work; whatever goes wrong in it is told, and the others go on."""
        try:
            return do()
        except Exception:
            log.exception("a turn failed", what=what)
            return False
