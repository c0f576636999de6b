"""The words of the mails by which clients are asked, and of their pages."""

from fractions import Fraction
from html import escape
from typing import Final

from goodstanding.apps.feedback.queries import SCORES, Kind, Question
from goodstanding.flows.send_questions import Written

SCORE: Final = {1: "Very bad", 2: "Bad", 3: "Fair", 4: "Good", 5: "Very good"}
_LONGEST_TITLE: Final = 120
_BUTTON: Final = (
    "display:inline-block;min-width:20px;padding:8px 12px;border:1px solid #83878d;border-radius:6px;color:#17191e;"
    "text-decoration:none;text-align:center"
)
_SMALL: Final = "font-size:12px;color:#595f6b"


def title_of(question: Question) -> str:
    """Name the ticket in a line: its reference and title, without what breaks lines."""
    shown = "".join(letter if letter.isprintable() else " " for letter in f"{question.ref} {question.title}")
    shown = " ".join(shown.split())
    return shown if len(shown) <= _LONGEST_TITLE else f"{shown[: _LONGEST_TITLE - 1]}…"


def asks(question: Question, firm: str) -> str:
    """Ask the question in a sentence."""
    if question.kind is Kind.NPS:
        return f"How likely are you to recommend {firm} to a colleague?"
    return "How did we do?"


def written(question: Question, firm: str, link: str) -> Written:
    """Write the mail for a question: one link a score, and one that ends the asking."""
    scores = SCORES[question.kind]
    if question.kind is Kind.NPS:
        subject, opening = f"Would you recommend {firm}?", "One question, one click: 0 is not at all likely, 10 very likely."
    else:
        subject = f"Resolved: {title_of(question)}"
        opening = f"Your ticket {title_of(question)} is resolved. One question, one click:"
    named = [(f"{score}  {SCORE[score]}" if question.kind is Kind.CSAT else str(score), score) for score in scores]
    ending = (
        "If it is not solved, simply answer this mail or write to us as before."
        if question.kind is Kind.CSAT
        else "Nobody is asked this more than twice a year."
    )
    text = "\n".join(
        [
            opening, "", asks(question, firm), "", *(f"{name}: {link}?score={score}" for name, score in named), "",
            "The link opens a page; your answer counts when you press its button.", ending, "",
            firm, "", f"Do not ask me again: {link}/stop", "",
        ]
    )  # fmt: skip
    cells = "".join(
        f'<td style="padding:0 6px 6px 0"><a href="{escape(link)}?score={score}" style="{_BUTTON}">{score}</a></td>'
        for score in scores
    )
    low, high = ("not at all likely", "very likely") if question.kind is Kind.NPS else (SCORE[1].lower(), SCORE[5].lower())
    html = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"></head>'
        '<body style="font:15px/1.5 system-ui,sans-serif;color:#17191e">'
        f"<p>{escape(opening)}</p><p><b>{escape(asks(question, firm))}</b></p>"
        f'<table role="presentation" style="border-collapse:collapse"><tr>{cells}</tr></table>'
        f'<p style="color:#595f6b">{scores[0]} is {low}, {scores[-1]} {high}. '
        "The link opens a page; your answer counts when you press its button.</p>"
        f"<p>{escape(ending)}</p><p>{escape(firm)}</p>"
        f'<p style="{_SMALL}"><a href="{escape(link)}/stop" style="{_SMALL}">Do not ask me again</a></p>'
        "</body></html>"
    )
    return Written(subject, text, html)


def mean(value: Fraction | None, *, places: int = 1) -> str:
    """Write a mean rating, rounded down so that nothing looks better than it is; nothing is `no data`."""
    if value is None:
        return "no data"
    scaled = value.numerator * 10**places // value.denominator
    return f"{scaled // 10**places}.{scaled % 10**places:0{places}d}"


def signed(value: Fraction | None) -> str:
    """Write a net promoter score as a whole number with its sign, rounded down; nothing is `no data`."""
    if value is None:
        return "no data"
    whole = value.numerator // value.denominator
    return f"{whole:+d}".replace("-", "−") if whole else "0"
