"""Words of people as the planner handles them: cleaned, cut to size, compared, and put into a sentence again."""

import functools
import re

TITLE_LIMIT = 120
"""The longest title of a task, in characters."""

_UNSEEN = re.compile(
    r"[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff\ue000-\uf8ff\U000f0000-\U000ffffd\U00100000-\U0010fffd"  # Cc, Cs, Co
    r"\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]"  # those that turn the writing round
)
_SPACES = re.compile(r"[ \t\r\f\v\u00a0\u2000-\u200a\u202f\u205f\u3000]+")
_WORD = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*")
_SUFFIXES = ("ations", "ation", "ments", "ment", "ings", "ing", "ers", "ies", "ied", "ed", "es", "s", "e")
_SHORTEST_STEM = {"ers": 4, "ies": 3, "ied": 3, "e": 4}


def word_set(text: str) -> frozenset[str]:
    """The words of a table that is written as a text."""
    return frozenset(text.split())


_DETERMINERS = word_set(
    """the this that these those my our your his her its their all each every both some any no another one's"""
)
_PRONOUNS = word_set("everything everyone everybody something someone somebody anything nothing")
_STOP = word_set(
    """a an the this that these those my our your his her its their of on in at to for with from by and or as is
    are be it them we i you they has have had will shall can could should would must may do does did done not no
    all any some each every into onto over under than then so such very really just also up out off via per
    using about new complete completed finish finished finally first next last ready least most more less"""
)


def clean(text: str, limit: int = 4096) -> str:
    """The text without signs that can't be seen or turn the writing round; line breaks stay, runs of blanks don't."""
    lines = (_SPACES.sub(" ", line).strip() for line in _UNSEEN.sub("", text[: limit * 2]).split("\n"))
    return "\n".join(line for line in lines if line)[:limit].strip()


def crop(text: str, limit: int = TITLE_LIMIT) -> str:
    """The text in one line of at most `limit` characters, cut between words where that is possible."""
    return bounded(" ".join(text.split()), limit)


def bounded(text: str, limit: int) -> str:
    """The text, its lines as they are, in at most `limit` characters; cut between words where that is possible."""
    text = text.strip("\n").rstrip()
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    space = max(cut.rfind(" "), cut.rfind("\n"))
    return (cut[:space] if space > limit * 0.6 else cut).rstrip(" \n,;:–-") + "…"


def capitalised(text: str) -> str:
    """The text with a capital first letter, unless it looks like a name with a form of its own («iPhone»)."""
    has_form = text[1:2].isupper() or text[1:2].isdigit() or text[:4].lower() in {"http", "www."}
    return text if not text or has_form else text[0].upper() + text[1:]


def lowered(text: str) -> str:
    """The text as it reads inside a sentence: a small first letter, but «MVP …» and «I …» stay."""
    first = text.split(" ", 1)[0]
    return text if any(sign.isupper() for sign in first[1:]) or first == "I" else text[:1].lower() + text[1:]


def words(text: str) -> list[str]:
    """The words of a text, in lower case."""
    return [word.lower() for word in _WORD.findall(text)]


_NUMBERED = re.compile(r"(?!top|first|last|next|best)\w+\.? (?:\d[\d.]*|[A-Z])(?= of\b| and\b| to\b|$)")


def the(thing: str) -> str:
    """A thing with the article that fits: «MVP» → «the MVP», «a blog» → «the blog»; «Anna's course», «plan B» stay."""
    if thing.lower() in {"it", "them", "this", "one"}:
        return "it" if thing.lower() == "one" else thing.lower()
    parts = thing.split(" ")
    first = parts[0].lower()
    if first in {"a", "an", "one"} and len(parts) > 1:
        return "the " + " ".join(parts[1:])
    if first in _DETERMINERS | _PRONOUNS or not thing or not thing[0].isalpha():
        return thing if not thing[:1].isdigit() else f"the {thing}"
    if any(part.endswith(("'s", "’s")) for part in parts[:3]) or _NUMBERED.match(thing):
        return thing
    is_name = all(part[:1].isupper() and not part[1:].isupper() for part in parts if part[:1].isalpha())
    return thing if is_name else f"the {thing}"


def _bare(word: str) -> str:
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= _SHORTEST_STEM.get(suffix, 3):
            stem = word[: -len(suffix)]
            return stem[:-1] if suffix in {"ing", "ed", "er"} and stem[-1:] == stem[-2:-1] else stem
    return word


_NO_FORMS = frozenset({"shopping", "foundation", "foundations"})
"""Look like forms of another word and mean something else: who goes shopping has no shop."""


@functools.lru_cache(maxsize=8192)
def stem(word: str) -> str:
    """A word cut down so that its forms compare equal: «deployment», «deployed» and «deploy» are one."""
    word = word.removesuffix("'s").removesuffix("’s")
    return (word if word in _NO_FORMS else _bare(word))[:40]


def subjects(text: str) -> frozenset[str]:
    """The stems of the words that carry meaning."""
    return frozenset(stem(word) for word in words(text) if word not in _STOP and not word.isdigit())
