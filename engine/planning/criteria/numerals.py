"""Numbers as people write them: «20», «1,000», «10k», «three», «a dozen»."""

import re

NUMBER_WORDS: dict[str, int] = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17,
    "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60,
    "seventy": 70, "eighty": 80, "ninety": 90, "a hundred": 100, "one hundred": 100, "a thousand": 1000,
    "one thousand": 1000, "a dozen": 12, "half a dozen": 6, "dozen": 12,
}  # fmt: skip

WORD_PATTERN = "|".join(sorted(NUMBER_WORDS, key=len, reverse=True))
DIGIT_PATTERN = r"\d{1,3}(?:[,\u2009\u202f\u00a0']\d{3})+(?:\.\d{1,4})?|\d{1,9}(?:\.\d{1,4})?"

_SIZES = {"k": 1_000.0, "m": 1_000_000.0, "mio": 1_000_000.0, "million": 1_000_000.0, "bn": 1e9, "b": 1e9}
_GROUPING = re.compile(r"[,\u2009\u202f\u00a0']")


def value_of(digits: str, size: str = "") -> float:
    """The number that digits or a number word mean, times its size («10», «k» → 10000).

    Raises `ValueError` for what is no number.
    """
    word = NUMBER_WORDS.get(" ".join(digits.lower().split()))
    number = float(word) if word is not None else float(_GROUPING.sub("", digits))
    return number * _SIZES.get(size.strip().lower(), 1.0)


def shown(number: float) -> str:
    """A number for a title: whole ones without a point, large ones with thousands marked."""
    return f"{int(number):,}" if number == int(number) and abs(number) < 1e15 else f"{number:,.10g}"
