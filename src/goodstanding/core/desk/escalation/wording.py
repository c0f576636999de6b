"""Texts that people edit: named placeholders, replaced once and by nothing that could run (metrics.md G.2 17)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

PLACEHOLDERS: Final[Mapping[str, str]] = {
    "ticket": "the ticket's number",
    "title": "what it is about",
    "client": "the client's name",
    "contact": "who wrote it, or the client where it goes to somebody else",
    "priority": "its priority",
    "assignee": "who it is assigned to",
    "step": "what happened, such as “75 % of resolution used”",
    "why": "the step in a sentence, with what was passed over",
    "level": "the escalation level, counted from 1",
    "promise": "the target and its deadline",
    "progress": "when somebody last worked on it",
    "done": "what the step did",
    "told": "whom the step tells, and as what",
    "resources": "what may help to read",
    "link": "the ticket's page",
    "expected": "by when it should be solved, by the clock",
    "next_contact": "when the client hears again",
    "account_manager": "the account manager's name",
}
"""What a text may name, each with what stands in its place."""

MOST_LETTERS: Final = 8_000
_NAMED: Final = re.compile(r"\{([a-z_]{1,40})\}")


@dataclass(frozen=True, slots=True)
class Template:
    """A subject and a text with placeholders such as `{ticket}`."""

    subject: str
    text: str

    @property
    def names(self) -> frozenset[str]:
        """The placeholders it names, known or not."""
        return frozenset(_NAMED.findall(self.subject) + _NAMED.findall(self.text))


STAFF_MESSAGE: Final = Template(
    "{step}: {ticket} {title}",
    "{why}\n\n"
    "Ticket: {ticket} {title}\nClient: {client}\nPriority: {priority}\nAssigned to: {assignee}\n"
    "Promise: {promise}\nProgress: {progress}\nDone: {done}\nTold: {told}\n{resources}\n{link}",
)
CLIENT_MESSAGE: Final = Template(
    "Your ticket {ticket}: {title}",
    "Dear {contact},\n\n"
    "we want you to know where ticket {ticket}, “{title}”, stands.\n\n"
    "Progress: {progress}\nEscalation level: {level}\nWe now expect: {expected}\n"
    "You hear from us again: {next_contact}\n\n"
    "Your account manager is {account_manager}.\n",
)


def fill(template: Template, values: Mapping[str, str]) -> tuple[str, str]:
    """Return subject and text with each placeholder replaced once.

    A value that looks like a placeholder stays as it is, and so does whatever looks like another template language; a
    placeholder without a value stays to be seen. A subject is one line.
    """
    subject, text = (
        _NAMED.sub(lambda match: values.get(match[1], match[0]), part) for part in (template.subject, template.text)
    )
    return " ".join(subject.split()), re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"
