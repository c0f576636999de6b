"""What somebody wrote, apart from the letters they quoted under it and from their signature."""

import re
from typing import Final

_WROTE: Final = re.compile(
    # One line or two: On Tue, 7 Apr 2026 at 09:12, Marta Rizzo <marta@x> wrote:
    r"(?i)^(?:on|am|le|il|el|em|op|den|dne|pe|w dniu|dnia)\b.{5,300}?"
    r"(?:wrote|schrieb|a écrit|ha scritto|escribió|escreveu|schreef|skrev|napsal\(a\)|napisał\(a\)|"
    r"a scris)(?:[^\n]{0,80})?\s?:$"
)
_WROTE_TURNED: Final = re.compile(
    r"(?:\d{4}年.{3,120}(?:写道|寫道|のメール|wrote)\s?[::]?$)|(?:.{3,200}:كتب\s*$)|(?:.{3,200}كتب.{0,40}:$)"
)
_ORIGINAL: Final = re.compile(
    r"(?i)^-{2,}\s*(?:original message|original appointment|ursprüngliche nachricht|message d'origine|messaggio originale|"
    r"mensaje original|mensagem original|oorspronkelijk bericht|ursprungligt meddelande|"
    r"元のメッセージ|الرسالة الأصلية)\s*-{2,}$"
)
_FORWARDED: Final = re.compile(
    r"(?i)^(?:-{2,}\s*)?(?:forwarded message|begin forwarded message|weitergeleitete nachricht|"
    r"anfang der weitergeleiteten nachricht|"
    r"message transféré|début du message transféré|messaggio inoltrato|mensaje reenviado)\s*:?\s*-*$"
)
_HEAD_FROM: Final = re.compile(r"(?i)^\W{0,3}(?:from|von|de|da|van|från|fra|od|差出人|من)\s?\*?:\s?\S")
_HEAD_MORE: Final = re.compile(
    r"(?i)^\W{0,3}(?:sent|date|gesendet|datum|envoyé|inviato|data|enviado|fecha|verzonden|skickat|sendt|送信日時|日付|تاريخ|"
    r"to|an|à|a|para|aan|till|til|宛先|إلى|cc|subject|betreff|objet|oggetto|asunto|assunto|onderwerp|ämne|emne|件名|الموضوع)\s?\*?:"
)
_SIGNATURE: Final = re.compile(
    r"(?i)^(?:--\s?|sent from my .{2,40}|von meinem .{2,40} gesendet|gesendet von .{2,40}|envoyé (?:de|depuis) mon .{2,40}|"
    r"inviato da .{2,40}|enviado desde mi .{2,40}|get outlook for (?:ios|android).{0,80}|outlook für (?:ios|android).{0,80}|"
    r"iPhoneから送信)$"
)
_PASSED_ON: Final = re.compile(r"(?i)^\s*(?:fwd?|wg|tr|i|rv|enc|vb|doorst)\s*:")


def cut(text: str, subject: str = "") -> tuple[str, str]:
    """Return what was written and what stands below it, together the whole text but for blank lines between.

    A letter that passes another one on, one that answers between the lines of what it quotes, and one with nothing above
    what it quotes are left whole: there the quoted lines are what it says.
    """
    lines = text.split("\n")
    mark = None if _PASSED_ON.match(subject) else _quote_starts(lines)
    above = lines if mark is None else lines[:mark]
    sign = _signature_starts(above, whole=mark is None)
    end = len(above) if sign is None else sign
    if not any(line.strip() for line in lines[:end]):
        return text.strip(), ""
    return "\n".join(lines[:end]).strip(), "\n".join(lines[end:]).strip()


def _quote_starts(lines: list[str]) -> int | None:
    for number, line in enumerate(lines):
        said = line.strip()
        if not said:
            continue
        if _FORWARDED.match(said):
            return None
        if _ORIGINAL.match(said) or _is_head(lines, number):
            # The rule that Outlook draws above what it quotes goes with it.
            ruled = number and set(lines[number - 1].strip()) == {"_"}
            return number - 1 if ruled else number
        if _is_said_by(lines, number) or said.startswith(">"):
            return None if _answers_below(lines, number) else number
    return None


def _is_said_by(lines: list[str], number: int) -> bool:
    one = lines[number].strip()
    if len(one) > 400:
        return False
    two = f"{one} {lines[number + 1].strip()[:200]}" if number + 1 < len(lines) else one
    return any(_WROTE.match(each) or _WROTE_TURNED.match(each) for each in (one, two))


def _is_head(lines: list[str], number: int) -> bool:
    """Whether the lines from here are the head of a letter that is quoted without marks: From, Sent, To, Subject."""
    if len(lines[number]) > 400 or not _HEAD_FROM.match(lines[number].strip()):
        return False
    following = [line.strip() for line in lines[number + 1 : number + 6] if line.strip()]
    return sum(bool(_HEAD_MORE.match(line[:40])) for line in following[:4]) >= 2


def _answers_below(lines: list[str], number: int) -> bool:
    """Whether somebody wrote on under what they quote, but for a signature."""
    seen_quote = False
    for place in range(number, len(lines)):
        said = lines[place].strip()
        if said.startswith(">"):
            seen_quote = True
        elif _SIGNATURE.match(said):
            return False
        elif seen_quote and said:
            return True
    return False


def _signature_starts(lines: list[str], *, whole: bool) -> int | None:
    """Where the signature begins: within the last lines, since `--` is also drawn between paragraphs."""
    first = max(0, len(lines) - 25) if whole else 0
    return next(
        (place for place in range(first, len(lines)) if _SIGNATURE.match(lines[place].rstrip("\r")[:200].lstrip())), None
    )
