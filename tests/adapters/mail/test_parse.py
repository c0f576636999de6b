"""Any bytes give a letter or say why not, and a letter says what a person would read in it."""

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goodstanding.adapters.mail.letter import Failure, LeftOutBecause, Letter, Limits, Unreadable
from goodstanding.adapters.mail.markup import text_of_html
from goodstanding.adapters.mail.parse import read, read_head
from goodstanding.core.desk.letters import LetterKind
from tests.adapters.mail import corpus
from tests.adapters.mail.corpus import letter, raw

OWN = frozenset({"support@adriatica.example"})


def names(found):
    return [each.name for each in found]


def test_a_letter_of_outlook_is_read_without_what_it_quotes():
    found = read(corpus.OUTLOOK, own=OWN)

    assert (found.sender.email, found.sender.name) == ("anna@ferrante.example", "Anna Ferrante")
    assert found.subject == "RE: Landed costs [#M-1042]"
    assert found.text == "It is still wrong: 12 € too much.\n\nAnna"
    assert found.below.startswith("____")
    assert "Please try again." in found.below
    assert found.answered == ("<one@adriatica.example>",)
    assert found.received_at == datetime(2026, 4, 7, 7, 12, 9, tzinfo=UTC)
    assert found.kind is LetterKind.LETTER


def test_a_letter_of_gmail_names_everybody_it_went_to():
    found = read(corpus.GMAIL)

    assert found.text == "Yes, that was it."
    assert [each.email for each in found.recipients] == [
        "support@adriatica.example", "lea@kestrel.example", "per@kestrel.example",
    ]  # fmt: skip
    assert found.cc[1].name == "Holm, Per"
    assert found.answered == ("<two@kestrel.example>", "<one@adriatica.example>")
    assert found.date == datetime(2026, 4, 7, 7, 12, 31, tzinfo=UTC)


def test_a_letter_of_apple_mail_is_read_in_its_letters():
    found = read(corpus.APPLE)

    assert found.sender.name == "Jürgen Müller"
    assert found.subject == "Rechnung lässt sich nicht drucken"
    assert found.text == "Seit heute früh geht nichts."
    assert "Bitte prüfen." in found.below


def test_answers_between_the_lines_of_what_is_quoted_are_kept_where_they_stand():
    found = read(corpus.THUNDERBIRD)

    assert found.text.splitlines()[1:] == ["> Which order?", "P00042", "> Which supplier?", "Nordhavn"]
    assert found.below.splitlines() == ["--", "Anna Ferrante", "Casa Ferrante srl"]


@pytest.mark.parametrize(
    ("message", "sender", "subject", "text"),
    [
        (corpus.GERMAN, "Klärwerk", "Größe fällt aus", "Größe, Maß – geprüft: 12 €"),
        (corpus.FRENCH, "Félix", "Facture erronée", "La facture est erronée."),
        (corpus.ARABIC, "أحمد", "فاتورة", "الفاتورة لا تطبع"),
        (corpus.JAPANESE, "田中", "請求書", "請求書が印刷できません"),
        (corpus.RAW_HEADERS, "Søren", "Lagerføring æøå", "Hej"),
    ],
    ids=["German", "French", "Arabic", "Japanese", "raw bytes in headers"],
)
def test_letters_are_read_in_the_writing_they_were_written_in(message, sender, subject, text):
    found = read(message)

    assert (found.sender.name, found.subject, found.text) == (sender, subject, text)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        *(
            (name, "letter")
            for name in ("OUTLOOK", "GMAIL", "APPLE", "THUNDERBIRD", "FORWARDED", "SMIME", "INVITATION", "NESTED")
        ),
        *((name, "auto_reply") for name in corpus.EVERY if name.startswith("OOO_")),
        ("READ_RECEIPT", "auto_reply"),
        ("ALERT", "notice"),
        ("NEWSLETTER", "list"),
        *((name, "bounce") for name in ("POSTFIX", "EXCHANGE", "GMAIL_BOUNCE", "QMAIL", "DELAYED")),
    ],
)
def test_the_kind_of_a_message_is_told_by_its_headers(name, kind):
    assert read(corpus.EVERY[name], own=OWN).kind == kind


@pytest.mark.parametrize("message", [letter(sender="support@adriatica.example"), letter(head="X-Goodstanding-Message: 7\n")])
def test_what_we_sent_ourselves_is_known_when_it_comes_back(message):
    assert read(message, own=OWN).kind is LetterKind.LOOP


@pytest.mark.parametrize(
    ("name", "status", "reason"),
    [
        ("POSTFIX", "5.1.1", "550 5.1.1 <gone@ferrante.example>: Recipient address rejected: User unknown"),
        ("EXCHANGE", "5.2.2", "554 5.2.2 mailbox full"),
        ("GMAIL_BOUNCE", "5.1.1", "550-5.1.1 The email account that you tried to reach does not exist."),
    ],
)
def test_a_bounce_says_whom_it_is_about_and_which_message(name, status, reason):
    assert read(corpus.EVERY[name], own=OWN).failure == Failure(
        "gone@ferrante.example", status, reason, "<ours1@adriatica.example>", True
    )


def test_a_bounce_without_a_report_still_names_the_message():
    found = read(corpus.QMAIL).failure

    assert (found.message_id, found.status) == ("<ours1@adriatica.example>", "5.1.1")


def test_a_delay_is_no_failure_yet():
    assert read(corpus.DELAYED).failure.final is False


def test_what_is_passed_on_is_left_whole():
    found = read(corpus.FORWARDED)

    assert "I cannot pay." in found.text
    assert found.below == ""


def test_html_alone_is_read_as_text_without_scripts_and_styles():
    found = read(corpus.HTML_ONLY)

    assert found.text == "It is <broken> & late.\n\n- one\n- two"
    assert "Which one?" in found.below
    assert "alert" not in found.text + found.below


def test_a_signature_over_a_letter_is_no_attachment():
    found = read(corpus.SMIME)

    assert (found.text, found.attachments) == ("Signed words.", ())


def test_an_invitation_is_kept_as_a_file_beside_its_words():
    found = read(corpus.INVITATION)

    assert found.text == "Shall we talk?"
    assert [(each.name, each.type) for each in found.attachments] == [("attachment-1.ics", "text/calendar")]


def test_what_only_outlook_can_open_is_kept_as_it_came():
    [found] = read(corpus.WINMAIL).attachments

    assert (found.name, found.content) == ("winmail.dat", b"x" * 30)


def test_parts_within_parts_give_their_words_once_and_every_file():
    found = read(corpus.NESTED)

    assert found.text == "Words."
    assert names(found.attachments) == ["shot.png", "attachment-2.eml", "Angébot 2026.pdf"]
    assert b"Inner words." in found.attachments[1].content


def mixed(*files):
    """A letter with files, each a name and its content."""
    parts = "".join(
        f'--m\nContent-Type: application/octet-stream\nContent-Disposition: attachment; filename="{name}"\n\n{content}\n'
        for name, content in files
    )
    return raw(
        "From: a@ferrante.example\nMessage-ID: <m@x>\nContent-Type: multipart/mixed; boundary=m\n\n"
        f"--m\nContent-Type: text/plain\n\nSee files.\n{parts}--m--\n"
    )


def test_files_beyond_the_limits_are_left_out_and_named():
    limits = Limits(attachments=2, attachment=10, attachments_together=12)

    found = read(mixed(("a", "12345678"), ("b", "x" * 11), ("c", "12345678"), ("d", "1"), ("e", "1")), limits=limits)

    assert names(found.attachments) == ["a", "d"]
    assert [(each.name, each.because) for each in found.left_out] == [
        ("b", LeftOutBecause.TOO_LARGE), ("c", LeftOutBecause.TOO_LARGE_TOGETHER), ("e", LeftOutBecause.TOO_MANY),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\\\Users\\\\x.pdf", "x.pdf"),
        ("a\u202efdp.exe", "a fdp.exe"),
        ("x" * 300 + ".pdf", "x" * 100 + ".pdf"),
        ("...", "attachment-1.octetstrea"),
    ],
)
def test_the_name_of_a_file_leads_nowhere(said, kept):
    assert names(read(mixed((said, "x"))).attachments) == [kept]


@pytest.mark.proves("CLOCK-1")
def test_a_letter_without_a_name_gets_the_same_one_by_whatever_way_it_comes():
    plain = letter(message_id="")
    by_another_way = (
        b"Received: from elsewhere; Tue, 7 Apr 2026 10:00:00 +0000\r\nReturn-Path: <anna@ferrante.example>\r\n" + plain
    )

    one, other, different = read(plain), read(by_another_way), read(letter("Other words.", message_id=""))

    assert one.derived
    assert one.message_id == other.message_id != different.message_id


@pytest.mark.parametrize(
    "subject",
    ["=?utf-8?Q?Hello=0D=0ABcc:_victim@x.example?=", "=?utf-8?B?SGVsbG8NCkJjYzogdmljdGltQHguZXhhbXBsZQ==?="],
)
def test_line_ends_hidden_in_a_subject_or_a_name_never_come_out(subject):
    found = read(letter(subject=subject, sender=f"{subject} <anna@ferrante.example>"))

    assert "Bcc" in found.subject
    assert not any(end in text for text in (found.subject, found.sender.name) for end in "\r\n\0")


HOSTILE = {
    "no bytes of a header": b"\x00\xff\xfe" * 500,
    "NUL everywhere": letter("a\0b").replace(b"Printer", b"Pri\0nter"),
    "an unknown charset": letter().replace(b"utf-8", b"x-klingon"),
    "a charset that is none": letter().replace(b"utf-8", b"idna"),
    "a charset that unpacks": letter().replace(b"utf-8", b"zip"),
    "a broken content type": letter().replace(b"text/plain; charset=utf-8", b'text/; charset="; boundary==?'),
    "a huge header": letter(head=f"X-Long: {'x' * 2_000_000}\n"),
    "a hundred thousand recipients": letter(to=", ".join(f"a{n}@x.example" for n in range(100_000))),
    "a header folded a hundred thousand times": letter(head="X-Long: a" + "\n b" * 100_000 + "\n"),
    "comments within comments": letter(sender="(" * 5_000 + " <anna@ferrante.example>"),
    "encoded words without end": letter(subject="=?utf-8?q?=?=" * 5_000),
    "broken base64": letter().replace(b"charset=utf-8\r\n", b"charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n"),
    "an encoding nobody knows": letter().replace(
        b"charset=utf-8\r\n", b"charset=utf-8\r\nContent-Transfer-Encoding: rot13\r\n"
    ),
    "a date out of this world": letter().replace(b"07 Apr 2026", b"99 Apr 99999"),
    "tags without end": letter("<" * 200_000).replace(b"text/plain", b"text/html"),
    "comments without end": letter("<!-" * 100_000).replace(b"text/plain", b"text/html"),
    "multipart without parts": letter().replace(b"text/plain; charset=utf-8", b"multipart/mixed"),
    "a boundary that is empty": letter().replace(b"text/plain; charset=utf-8", b'multipart/mixed; boundary=""'),
    "bare line feeds": letter().replace(b"\r\n", b"\n"),
    "bare carriage returns": letter().replace(b"\r\n", b"\r"),
    "a message id that injects": letter(message_id="<a\r b@x>"),
    "letters no text has": letter().replace(b"Printer", "\ud800".encode("utf-8", "surrogatepass")),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_bytes_give_a_letter_that_can_be_kept(name):
    found = read(HOSTILE[name], own=OWN)

    said = [found.message_id, found.subject, found.text, found.sender.name, found.sender.email, *found.answered]
    assert found.message_id
    assert len(found.message_id) <= 1000
    for each in said:
        each.encode()
        assert "\0" not in each
        assert "\r" not in each


def deep(levels):
    head = "From: a@b.example\nMessage-ID: <deep@x>\n"
    opening = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(levels))
    return raw(f"{head}{opening}Content-Type: text/plain\n\nDeep.\n")


@pytest.mark.parametrize(
    "message",
    [b"", b"\r\n\r\n", b"\0" * 50, deep(25), deep(5_000), letter("\n" * 1_600_000), mixed(*[("a", "1")] * 600)],
    ids=["nothing", "blank lines", "only NUL", "too deep", "far too deep", "too many lines", "too many parts"],
)
def test_what_no_mail_program_makes_is_refused_and_says_so(message):
    with pytest.raises(Unreadable) as told:
        read(message)

    assert told.value.said.endswith(".")
    assert not told.value.again


def test_a_letter_within_twenty_others_is_still_read():
    assert read(deep(19)).text == "Deep."


def test_a_message_larger_than_the_limit_is_refused_but_its_head_can_be_read():
    with pytest.raises(Unreadable, match="larger than"):
        read(letter("x" * 2_000), limits=Limits(message=1_000))

    assert read_head(letter().partition(b"\r\n\r\n")[0]).subject == "Printer"


@settings(max_examples=150)
@given(st.binary(max_size=400))
def test_any_bytes_are_a_letter_or_are_refused(message):
    with suppress(Unreadable):
        assert isinstance(read(message, own=OWN), Letter)


@settings(max_examples=200)
@given(
    st.sampled_from([value for value in corpus.EVERY.values() if len(value) < 20_000]),
    st.lists(st.tuples(st.integers(0, 5_000), st.integers(0, 40), st.binary(max_size=12)), min_size=1, max_size=8),
)
def test_letters_that_were_damaged_are_letters_or_are_refused(message, damages):
    broken = bytearray(message)
    for at, gone, put in damages:
        broken[at : at + gone] = put

    try:
        found = read(bytes(broken), own=OWN)
    except Unreadable:
        return
    for said in (found.text, found.subject):
        assert said.encode().decode() == said
        assert "\x00" not in said


@settings(max_examples=150)
@given(st.text(alphabet="<>/!-ab\"'= &;", max_size=200))
def test_any_html_gives_text(html):
    assert isinstance(text_of_html(html), str)
