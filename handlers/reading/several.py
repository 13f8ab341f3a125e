"""Whether words tell what becomes of several tasks at once («1 and 3 done», «1 done 2 done»), or of another. Pure."""

import re
from collections.abc import Collection, Sequence
from dataclasses import replace

from handlers.reading.naming import Named, named_task, named_together, said_of
from handlers.reading.words import Asked, Meaning, Said, blockage_words, is_moment_alone, is_plain_answer, task_words

_DEEDS = frozenset({Meaning.DONE, Meaning.SKIP, Meaning.LATER, Meaning.PROBLEM, Meaning.NOTE})
"""What can be said of a task by its number, without a number of its own in it."""
_AND = r"\n|(?:[,;!/&+]|(?<!\d)\.){1,3} (?:(?:and|then|but) )*| (?:(?:and|then|but) )+"
_A_NUMBER = r"(?:task )?#?\d"
_BESIDE = (
    re.compile(r"\n"),
    re.compile(_AND, re.I),
    re.compile(rf"{_AND}|[,;] ?(?={_A_NUMBER})|(?<![:=–—-])(?<!\btask) (?={_A_NUMBER})", re.I),
    re.compile(rf"{_AND}|(?<=\d)[.,;!/&+]{{0,3}} (?=[^\W\d])", re.I),
)
"""Where what is said of another task begins: on a line of its own, behind a sign or an «and», before a number («1 done
2 done»), behind one («done 1 skip 2»)."""
_LONGEST = 1_000
"""Signs; longer texts tell more than that."""
_MARK = re.compile(r"(#?\d{1,6})[.)] ")
_COURTESY = re.compile(r"[.,;! ]+(?:thanks?(?: you)?|thx|cheers|please)[.! ]*$", re.I)
_AN_HOUR = re.compile(r"\b(?:at|until|till|to|by|after)$", re.I)
_TOO = re.compile(r"(?:too|also|as well|likewise)[.! ]*", re.I)


def deed_in(words: str, asked: Asked) -> Said | None:
    """What is to become of a task by these words; None when they don't surely say it."""
    said = task_words(words, asked)
    return said if said.meaning in _DEEDS and is_plain_answer(said, words) else None


def is_deed(words: str) -> bool:
    """Whether words surely say what becomes of a task, or that what was in its way is gone."""
    if deed_in(words, Asked()) is not None:
        return True
    freed = blockage_words(words)
    return freed.meaning is Meaning.RESOLVED and is_plain_answer(freed, words)


def tells_of_several(text: str, titles: Sequence[str] = ()) -> bool:
    """Whether a text tells that of several tasks, named by their numbers or by their `titles`."""
    together = _together(text)
    return bool(together and is_deed(together[0].words)) or bool(_parts(text, titles))


def named_each(text: str) -> tuple[Named, ...]:
    """The tasks of which a text tells that names each by its number, with what it says of it; empty for none."""
    if together := _together(text):
        return together
    found: list[Named] = []
    for part in _parts(text):
        named = _named(_MARK.sub(r"\1 ", part, count=1))
        if named is None:
            return ()
        is_same = found and _TOO.fullmatch(named.words)
        found.append(replace(named, words=found[-1].words) if is_same else named)
    return tuple(found)


def _together(text: str) -> tuple[Named, ...]:
    return named_together(_COURTESY.sub("", text) if len(text) <= _LONGEST else text)


def _parts(text: str, titles: Sequence[str] = ()) -> Sequence[str]:
    """What a text tells of one task after the other; empty where it is not surely that."""
    lines = "\n".join(" ".join(one.split()) for one in text.splitlines() if one.strip())
    if len(lines) > _LONGEST:
        return ()
    lines = _COURTESY.sub("", lines)
    spoken = lines.casefold()
    near = [one for one in titles if one.rstrip(" .!").casefold() in spoken]  # each that is read takes a pattern
    ways = (way.split(lines) for way in _BESIDE)
    found = (parts for parts in ways if len(parts) > 1 and all(_tells(one, near) for one in parts))
    return next(found, ())


def tells_of_another(text: str, goal: int, numbers: Collection[int]) -> bool:
    """Whether a text surely tells what becomes of a task («2 done») that is none of these of a goal's, or of several:
    then it is no answer to what was asked about those."""
    named = _named(text)
    if named is not None and is_deed(named.words):
        return named.goal not in (None, goal) or named.task not in numbers
    return tells_of_several(text)


def _named(text: str) -> Named | None:
    """The task that a text names; the hour in «Friday at 6» and «remind me at 9» is none."""
    named = named_task(text)
    return None if named is None or is_moment_alone(text) or _AN_HOUR.search(named.words) else named


def _tells(part: str, titles: Sequence[str]) -> bool:
    named = _named(_MARK.sub(r"\1 ", part, count=1))
    words = named.words if named is not None else next(filter(None, (said_of(part, one) for one in titles)), "")
    return bool(words) and (_TOO.fullmatch(words) is not None or is_deed(words))
