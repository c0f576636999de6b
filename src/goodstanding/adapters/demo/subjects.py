"""What tickets are about: every subject with its usual priorities and what mends it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from goodstanding.adapters.demo.subjects_business import BUSINESS
from goodstanding.adapters.demo.subjects_technical import APPLICATION, DEVELOPMENT, INFRASTRUCTURE


@dataclass(frozen=True, slots=True)
class Subject:
    """One thing that goes wrong or is wished for; `title` and `fix` hold slots in braces that a ticket fills."""

    title: str
    kind: str
    """The kind of support (requirements ESC-6)."""
    topic: str
    ranks: tuple[int, ...]
    """How urgent it usually is, 1 the most."""
    fix: str

    @property
    def talk(self) -> str:
        """How people talk about it: as of its topic, or as of something wished for."""
        return "wish" if self.ranks == (4,) else self.topic

    @property
    def voice(self) -> str:
        """How staff talks about it: as of its kind of support, or as of something wished for."""
        return "wish" if self.ranks == (4,) else self.kind


def _subjects(kind: str, text: str) -> Iterator[Subject]:
    topic = ""
    found: Subject | None = None
    for line in text.splitlines():
        if line.startswith("   ") and found is not None:
            found = replace(found, fix=f"{found.fix} {line.strip()}".strip())
            continue
        if found is not None:
            yield found
            found = None
        if line.startswith("# "):
            topic = line[2:]
        else:
            ranks, title = line.split(maxsplit=1)
            found = Subject(title, kind, topic, tuple(map(int, ranks)), "")
    if found is not None:
        yield found


SUBJECTS: Final = (
    *_subjects("functional", BUSINESS),
    *_subjects("application", APPLICATION),
    *_subjects("development", DEVELOPMENT),
    *_subjects("infrastructure", INFRASTRUCTURE),
)

TOPICS: Final = tuple(dict.fromkeys(subject.topic for subject in SUBJECTS))

_OUTAGE_FIX: Final = (
    "The database server had run out of connections after a runaway report. Service is back; the report is limited and "
    "the pool enlarged."
)

OUTAGE: Final = tuple(
    Subject(title, "infrastructure", "hosting", (1, 2), _OUTAGE_FIX)
    for title in (
        "Odoo does not open, 502 Bad Gateway",
        "Nobody can log in",
        "System down?",
        "Cannot reach Odoo since a few minutes ago",
        "Error 502 on every page",
        "Odoo very slow, then a time-out",
        "Orders cannot be entered, the page keeps loading",
        "'Connection lost, trying to reconnect'",
        "The system does not answer in {city}",
        "Blank page after signing in",
        "Urgent: system not reachable",
        "Invoices cannot be printed, no connection",
    )
)
"""How one outage reads in the mails of many people; the first is the ticket that the others come to."""
