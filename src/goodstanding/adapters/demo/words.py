"""The messages of a ticket's life: what clients, staff and the desk itself write, put together from lists."""

from collections.abc import Container, Mapping
from random import Random
from typing import Final

from goodstanding.adapters.demo.words_topics import TOPICS

RECEIPT: Final = (
    "Thank you for your message. It is filed as {ref}; please keep the number in the subject when you write about it.",
)
HELLO: Final = ("Hello, ", "Good morning, ", "Dear team, ", "Hi, ", "")
OPENING: Final = (
    "we have the following: {said}",
    "could you look at this, please? {said}",
    "as in the subject: {said}",
    "here is something new since today: {said}",
    "we need your help with this: {said}",
)
WISH: Final = (
    "we would like to ask for this: {said}",
    "one for the list: {said}",
    "could this be done? {said}",
)
BY_PHONE: Final = (
    "Taken on the phone from {contact}: {said}",
    "{contact} called. {said}",
    "Call from {contact}, filed for them: {said}",
)
URGENCY: Final[Mapping[int, tuple[str, ...]]] = {
    1: (
        "Nobody can work, please call us at once.",
        "We are standing still, this is urgent.",
        "Customers are waiting. Please treat it as an emergency.",
    ),
    2: (
        "Several people are held up, we need it today.",
        "We have no good way around it, please look soon.",
        "It holds up the whole department.",
    ),
    3: (
        "We can work around it for now.",
        "It is not dramatic, but it costs us time every day.",
        "Please let us know what you need from us.",
        "Thank you in advance.",
    ),
    4: ("No hurry.", "Whenever it fits your plan.", "It would be nice to have it this month.", "Thanks!"),
}
FIRST: Final[Mapping[str, tuple[str, ...]]] = {
    "functional": (
        "Thank you, {first}. I can see it in your database and am following the entry back to where it began.",
        "Good day {first}, I have repeated it with a test record. I will come back to you with the cause.",
        "Thank you for the details. I am comparing the settings with those of last month.",
    ),
    "application": (
        "Thank you, {first}. I am looking at it now.",
        "Good day {first}, I see the same with a test user. I will write as soon as I know more.",
        "Received, thank you. It looks like a setting; I am checking which.",
    ),
    "development": (
        "Thank you, {first}. I am reading the code of that part and will say today what it takes.",
        "Good day {first}, I can repeat it on staging. A correction is in the works.",
        "Thank you for the description, that is clear. I will put it in the next deployment.",
    ),
    "infrastructure": (
        "We see it too and are on the server now.",
        "Thank you, {first}. Monitoring shows the same; I am looking at the logs.",
        "Received. I have the graphs of the last day in front of me and will report shortly.",
    ),
    "wish": (
        "Thank you, {first}. That can be done; I have planned it and will write when it can be tried.",
        "Good day {first}, gladly. It is on our list for this week.",
        "Thank you, noted. I will write when it is in place.",
        "Thank you, {first}. I am taking care of it.",
    ),
}
ASK_FIRST: Final = ("Thank you, {first}. ", "Good day {first}. ", "Thank you for writing. ")
WAITS_ON_CLIENT: Final = (
    "asked for details",
    "waiting for an answer",
    "waiting for approval",
    "waiting for a test by the client",
)
REMINDER: Final = (
    "May I remind you of our question? As soon as we have your answer we go on.",
    "We have not heard from you yet. Is the question still clear?",
    "A short reminder: we wait for your answer before we go on.",
)
NUDGE: Final = (
    "Is there any news on this?",
    "Could you tell us when we can count on it?",
    "Our management asks how far this is.",
    "It happened twice more today, for your information.",
)
NUDGE_ANSWER: Final = (
    "We are on it. The cause is found; I expect to have it in place soon.",
    "Thank you for asking. It is being tested, I will write as soon as it is through.",
    "Yes: one check is left, then it goes live.",
)
KEEP_GOING: Final = ("All right, we wait for your message.", "Fine, thank you.", "Understood, take the time you need.")
NO_ANSWER_NEEDED: Final = "Only an acknowledgement, nothing to answer."
NOTES: Final[Mapping[str, tuple[str, ...]]] = {
    "functional": (
        "Same setting as at another client in spring, see the internal page on it.",
        "Checked with the accountant's list: only these entries are concerned.",
        "The user had the wrong company selected, but that does not explain all of it.",
        "Compared with a fresh database: there it works.",
    ),
    "application": (
        "Nothing in the server log. It is a matter of rights or filters.",
        "The user's language differs from the template's, perhaps that is why.",
        "Tried with the demo user: cannot be repeated there.",
    ),
    "development": (
        "Reproduced with a unit test. The fix is small, the data needs a script.",
        "Estimate: three hours with test and deployment.",
        "The override misses a call to super, since the last refactoring.",
        "Branch is pushed, review asked.",
    ),
    "infrastructure": (
        "Load was fine, connections were not: 97 of 100 in use.",
        "The provider's status page is green.",
        "Log shows the first error nine minutes before the mail.",
    ),
    "wish": (
        "Small change, no quotation needed.",
        "Done for another client in spring, can be taken over.",
        "Within the hours of the month.",
    ),
}
PROGRESS: Final[Mapping[str, tuple[str, ...]]] = {
    "functional": (
        "Cause found, correcting the data.",
        "Corrected on staging, client may look.",
        "Half of the records are done.",
    ),
    "application": ("Cause found: a setting.", "Tested with two users, both fine.", "Template corrected, test print made."),
    "development": (
        "In development.",
        "In review.",
        "On staging, ready to be tried.",
        "Merged, goes out with tonight's deployment.",
    ),
    "infrastructure": ("Service is stable, looking for the cause.", "Restart planned.", "Change made, watching the graphs."),
    "wish": ("Prepared on staging.", "Shown to the client, small changes to come.", "Ready, goes live tonight."),
}
HANDOVER: Final[Mapping[str, tuple[str, ...]]] = {
    "application": (
        "Looks like rights or filters: handed to application support.",
        "Application support knows this screen better.",
    ),
    "functional": ("It is about the process, not about the screen: handed to the consultants.", "The consultants set this up."),
    "development": (
        "Not a matter of settings: handed to development.",
        "Comes from one of our own modules, development takes it.",
    ),
    "hosting": ("The log points to the server: handed to hosting.", "Hosting knows this part better."),
}
SUPPLIER: Final[Mapping[str, tuple[str, ...]]] = {
    "bank": ("waiting for the bank's support",),
    "pos": ("waiting for the provider of the terminals",),
    "shop": ("waiting for the payment provider", "waiting for the carrier's interface team"),
    "einvoice": ("waiting for an answer of the authority's help desk",),
    "custom": ("waiting for the publisher of the module",),
    "integration": ("waiting for the carrier's interface team", "waiting for the marketplace's support"),
    "performance": ("waiting for the hosting provider",),
    "hosting": ("waiting for the hosting provider",),
    "mail": ("waiting for the mail provider",),
    "": ("waiting for Odoo's own support", "waiting for the publisher of a module"),
}
"""By topic; the empty one is for all others."""
SUPPLIER_BACK: Final = ("The supplier has answered, we go on.", "Answer received from the supplier.")
AGREED: Final = (
    "deployment agreed for a quiet evening",
    "agreed to wait for the month's closing",
    "training session with the client agreed",
    "agreed to do it after the stocktaking",
)
AGREED_BACK: Final = ("The agreed day has come.", "Going on as agreed.")
RAISED: Final = (
    "Raised from {old} to {new}: more people are affected than it seemed at first.",
    "Raised from {old} to {new} after a call with {first}.",
    "{new} instead of {old}: there is no way around it after all.",
)
LOWERED: Final = (
    "Lowered from {old} to {new}: a way around has been found.",
    "Lowered from {old} to {new} with {first}'s consent.",
)
RESOLVED: Final = ("{fix}", "{fix} Please tell us if you still see it.", "Done. {fix}", "{fix} Thank you for your patience.")
SILENT: Final = "We close this for now, as we have not heard from you. Simply answer and we go on."
THANKS: Final = (
    "Thank you, works.",
    "Perfect, thanks a lot!",
    "Thanks {staff}, that was quick.",
    "Confirmed, all fine again. Thank you.",
    "Great, thank you. Have a nice day.",
)
AGAIN: Final = (
    "Unfortunately it has come back. Same message as before.",
    "Sorry, with a second example it still happens: see the screenshot.",
    "It worked for a while, now it is the same again.",
    "Almost: for {user} it still does not work.",
)
REOPENED: Final = "Reopened by the client's answer."
AGAIN_FIRST: Final = (
    "Sorry about that, {first}. I am looking at it again right away.",
    "Thank you for telling us. The first correction did not cover this case.",
)
AGAIN_FIXED: Final = (
    "The second case is covered too now. We checked it with your example.",
    "There was a second cause: a cached value. It is cleared, and the correction stays.",
    "Corrected for {user} as well; the others were checked.",
)
CLOSED: Final = "Closed by itself a week after the resolution."
WITHDRAWN: Final = (
    ("Please forget it, {user} had found the reason already.", "withdrawn by the client"),
    ("This is no longer needed, we do it another way now.", "no longer needed"),
    ("Sorry, wrong address: this was meant for our own IT.", "sent to the desk by mistake"),
)
MERGED: Final = "The same as {into}; we go on there."
SAME_AGAIN: Final = ("the same as my colleague wrote: {said}", "I see this too: {said}", "we had this as well: {said}")
OUTAGE_FIRST: Final = "Service is interrupted for everybody at {client}. We are working on it and report every 20 minutes."
OUTAGE_NEWS: Final = (
    "The database refuses new connections. We are freeing them.",
    "A first restart has not helped; the second engineer has joined.",
    "Service is coming back, some users can already work.",
)
OUTAGE_OTHERS: Final = "This is part of the interruption we are working on, see {into}. We write again when it is over."
OUTAGE_OVER: Final = "The interruption is over. Please sign in again; a report with the cause follows."
MISLOGGED: Final = "logged with the wrong time, corrected by the team lead"
MISTYPED: Final = "wrong priority chosen, corrected"


def _read(text: str) -> dict[str, tuple[list[str], list[tuple[str, list[str]]]]]:
    found: dict[str, tuple[list[str], list[tuple[str, list[str]]]]] = {}
    more: list[str] = []
    asks: list[tuple[str, list[str]]] = []
    for line in text.splitlines():
        mark, words = line[0], line[2:]
        if mark == "#":
            more, asks = [], []
            found[words] = (more, asks)
        elif mark == "+":
            more.append(words)
        elif mark == "?":
            asks.append((words, []))
        else:
            asks[-1][1].append(words)
    return found


_OF: Final = _read(TOPICS)


def first_mail(dice: Random, topic: str, rank: int) -> str:
    """Return a client's first mail about a topic, with slots to fill."""
    parts = [dice.choice(HELLO) + dice.choice(WISH if topic == "wish" else OPENING)]
    if dice.random() < 0.75:
        parts.append(dice.choice(_OF[topic][0]))
    parts.append(dice.choice(URGENCY[rank]))
    text = " ".join(parts)
    return text[0].upper() + text[1:]


def first_call(dice: Random, topic: str, rank: int) -> str:
    """Return what staff writes down of a call."""
    parts = (dice.choice(BY_PHONE), dice.choice(_OF[topic][0]), dice.choice(URGENCY[rank]) if rank < 3 else "")
    return " ".join(part for part in parts if part)


def exchange(dice: Random, topic: str, asked: Container[str] = ()) -> tuple[str, str]:
    """Return a question of the staff's about a topic, other than those asked already, and an answer to it."""
    known = _OF[topic][1]
    question, answers = dice.choice([each for each in known if each[0] not in asked] or known)
    return question, dice.choice(answers)
