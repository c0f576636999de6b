"""The address that a ticket's contact names, and never another one (requirements ESC-4)."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from goodstanding.core.desk.contacts import address_in, is_address


@pytest.mark.parametrize(
    ("contact", "address"),
    [
        ("Anna Neri <Anna.Neri@ferrante.example>", "anna.neri@ferrante.example"),
        ("anna@ferrante.example", "anna@ferrante.example"),
        ("Anna (anna@ferrante.example), purchasing", "anna@ferrante.example"),
        ("'anna@ferrante.example'", "anna@ferrante.example"),
        ("mail: anna@ferrante.example.", "anna@ferrante.example"),
        ("mailto:anna@ferrante.example", "anna@ferrante.example"),
        ("Anna <anna@ferrante.example> or ANNA@ferrante.example", "anna@ferrante.example"),
        ("o'neil+shop@ferrante.example", "o'neil+shop@ferrante.example"),
        # Two people, and nobody to choose between them.
        ("anna@ferrante.example, rosa@ferrante.example", ""),
        ("anna@ferrante.example rosa@ferrante.example", ""),
        ("Anna Neri", ""),
        ("", ""),
        # What follows would each be a stranger's mailbox, were it cut out.
        ("Jürg Müller <müller@ferrante.example>", ""),
        ("Jürg Müller ‹müller@ferrante.example›", ""),
        ("o’neil@ferrante.example", ""),
        ("ö'neil@ferrante.example", ""),
        ("first,last@ferrante.example", ""),
        ("anna@mail.münchen.example", ""),
        ("anna@ferrante.example.münchen", ""),
        ('"anna neri"@ferrante.example', ""),
        ("anna@ferrante@stranger.example", ""),
        ("anna@localhost", ""),
    ],
)
def test_a_contact_s_address_is_taken_whole_or_not_at_all(contact, address):
    assert address_in(contact) == address


@pytest.mark.proves("ESC-4")
@given(
    st.text(st.characters(exclude_categories=["Cs", "Zs", "Zl", "Zp", "Cc"], exclude_characters='<>"([:;'), max_size=4),
    st.text(st.characters(exclude_categories=["Cs", "Zs", "Zl", "Zp", "Cc"], exclude_characters=">\")].,;:!?'"), max_size=4),
)
@example("", "")
@example("ü", "")
@example("", "ü")
def test_an_address_that_goes_on_to_either_side_is_no_other_one(before, after):
    found = address_in(f"Rosa <{before}anna@ferrante.example{after}>")

    whole = f"{before}anna@ferrante.example{after}".lower()
    assert found in ("", whole, whole.removeprefix("'"))
    assert not found or is_address(found)
