"""Words of people, made fit to be handled."""

import unicodedata

import pytest

from engine.planning.criteria.wording import clean, the

TURNERS = frozenset("\u061c\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
PLANES = [
    *range(0x10000),  # the one that nearly all writing is in
    *(first + n for first in range(0x10000, 0x110000, 0x10000) for n in (0, 1, 0xFFFD, 0xFFFE, 0xFFFF)),
]


def is_unseen(sign: str) -> bool:
    """Whether it is a control character, half of a pair or of some font alone, or turns the writing round."""
    return sign in TURNERS or unicodedata.category(sign) in {"Cc", "Cs", "Co"}


def test_signs_that_cannot_be_seen_are_left_out_and_all_others_stay() -> None:
    signs = [chr(number) for number in PLANES]
    cleaned = set(clean("".join(signs), limit=len(signs)))
    assert not [sign for sign in cleaned if is_unseen(sign) and sign != "\n"]
    lost = [sign for sign in signs if sign not in cleaned and not is_unseen(sign)]
    assert all(sign.isspace() for sign in lost), "blanks become plain ones"


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("buy\u00a0 the  milk ", "buy the milk"),
        ("one\r\n\n two\x00", "one\ntwo"),
        ("a\u202eb\ue000c\x85d\te", "abcde"),
    ],
)
def test_runs_of_blanks_and_empty_lines_go_and_line_breaks_stay(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


@pytest.mark.parametrize(
    ("thing", "with_article"),
    [
        ("chapter 5", "chapter 5"),
        ("ch. 1", "ch. 1"),
        ("Chapter 5 of the book", "Chapter 5 of the book"),
        ("plan B", "plan B"),
        ("5 chapters", "the 5 chapters"),
        ("top 5", "the top 5"),
        ("version 2 manual", "the version 2 manual"),
        ("a blog", "the blog"),
    ],
)
def test_what_carries_a_number_of_its_own_takes_no_article(thing: str, with_article: str) -> None:
    assert the(thing) == with_article
