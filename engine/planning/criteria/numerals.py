"""Numbers as people write them: «20», «1,000», «10k», «three», «a dozen», «3x/week»; and as they are told: lengths of
time, odds."""

import re

NUMBER_WORDS: dict[str, int] = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17,
    "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60,
    "seventy": 70, "eighty": 80, "ninety": 90, "a hundred": 100, "one hundred": 100, "a thousand": 1000,
    "one thousand": 1000, "a million": 1_000_000, "one million": 1_000_000, "half a million": 500_000,
    "a dozen": 12, "half a dozen": 6, "dozen": 12,
}  # fmt: skip
_TIMES = {"dozen": 12, "hundred": 100, "thousand": 1000, "million": 1_000_000}
_ONES = "two|three|four|five|six|seven|eight|nine"
_ALONE = "|".join(sorted(NUMBER_WORDS, key=len, reverse=True))
_TENS = r"(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)"
_SMALL = rf"(?:{_TENS}[ -](?:one|{_ONES})\b|{_ALONE})"
WORD_PATTERN = (
    rf"(?:(?:(?:one|{_ONES})\sand\sa\shalf(?=\s(?:thousand|million))|{_SMALL})(?:\s(?:{'|'.join(_TIMES)})\b)*"
    rf"(?:(?:(?<=hundred)|(?<=thousand))\sand\s{_SMALL}\b)?)"
)
"""«Twelve», «thirty-five», «four thousand», «two hundred and ten», «one and a half million»."""
DIGIT_PATTERN = r"\d{1,3}(?:[,\u2009\u202f\u00a0']\d{3})+(?:\.\d{1,4})?|\d{1,9}(?:\.\d{1,4})?"

MAY_COUNT = re.compile(rf"\d|\b{WORD_PATTERN}\b", re.I)
"""Found in every text with a number: most texts have none, and to look closer at every letter takes long."""
MAY_RECUR = re.compile(r"\b(?:a|per|each|every)\s|(?:dai|week|month)ly\b", re.I)
"""The same of what says how often something is done."""

_SIZES = {"k": 1_000.0, "m": 1_000_000.0, "mio": 1_000_000.0, "million": 1_000_000.0, "bn": 1e9, "b": 1e9}
_GROUPING = re.compile(r"[,\u2009\u202f\u00a0']")


def value_of(digits: str, size: str = "") -> float:
    """The number that digits or a number word mean, times its size («10», «k» → 10000).

    Raises `ValueError` for what is no number.
    """
    word = _value_of_words(" ".join(digits.lower().replace("-", " ").split()))
    number = word if word is not None else float(_GROUPING.sub("", digits))
    return number * _SIZES.get(size.strip().lower(), 1.0)


def _value_of_words(said: str) -> float | None:
    """What number words mean; None for what are none."""
    known = 1 if said == "one" else NUMBER_WORDS.get(said)
    if known is not None:
        return float(known)
    if " and " in said and " and a half" not in said:
        return sum(_value_of_words(part) or 0.0 for part in said.split(" and "))
    if said.endswith(" and a half"):
        return (_value_of_words(said.removesuffix(" and a half")) or 0.0) + 0.5
    first, _, last = said.rpartition(" ")
    ahead = _value_of_words(first) if first else None
    if ahead is None:
        return None
    return ahead * _TIMES[last] if last in _TIMES else ahead + 1 if last == "one" else ahead + NUMBER_WORDS.get(last, 0)


def shown(number: float) -> str:
    """A number for a title: whole ones without a point, large ones with thousands marked."""
    return f"{int(number):,}" if number == int(number) and abs(number) < 1e15 else f"{number:,.10g}"


def span(hours: float) -> str:
    """A length of time in the unit that fits: «20 minutes», «5 hours», «3 days», «2 weeks»."""
    for size, name in ((24.0 * 21, 24.0 * 7), (36.0, 24.0)):
        if hours >= size:
            number = round(hours / name)
            return f"{number} {'week' if name > 24 else 'day'}{'' if number == 1 else 's'}"
    if hours < 0.75:
        minutes = max(1, round(hours * 60))
        return f"{minutes} minute{'' if minutes == 1 else 's'}"
    number = max(1, round(hours))
    return f"{number} hour{'' if number == 1 else 's'}"


def percent(odds: float) -> str:
    """Odds in whole per cent; no plan is sure, and none is hopeless."""
    return "under 1 %" if odds < 0.01 else f"{min(99, round(odds * 100))} %"


_SLASHED = re.compile(r"\b(?P<n>\d{1,2})\s?(?:x|times)\s?/\s?(?P<unit>day|week|month)\b", re.I)


def spelled_out(text: str) -> str:
    """A rhythm in words: «3x/week» → «3 times a week»."""
    return _SLASHED.sub(r"\g<n> times a \g<unit>", text) if "/" in text else text
