"""A task or a goal that somebody names in their own words: «1.4 done», «skip 3», «the second», «call Maria». Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_ID = r"#?(?:(?P<goal>\d{1,15})\.)?(?P<task>\d{1,6})"
_BEFORE = re.compile(rf"(?:task )?{_ID}(?: is| was)?(?: ?[:=,–—-])? ?(?P<words>[^\d.,:=%/ ].*)", re.I | re.S)
_BEHIND = re.compile(
    rf"(?P<words>\D{{2,30}}?)(?: with| task| number| no\.?)* {_ID}(?:[.!]*| ?[:,–—-] ?(?P<more>\D.*))", re.I | re.S
)
_NUMBER = r"(?:task )?#?\d{1,6}(?:\.\d{1,6})?"
_NUMBERS = rf"{_NUMBER}(?:(?:, | ?[&+] ?| and |, and | ){_NUMBER})+"
_FROM_TO = r"\d{1,6}(?: ?[–-] ?| to )\d{1,6}|\d{1,2}(?:,\d{1,2})+"
"""«1-3», «1,2,3»: behind a word these may as well be hours or a day."""
_SEVERAL = re.compile(
    rf"(?:both |tasks? |steps? |numbers? )*(?P<before>{_NUMBERS}|{_FROM_TO})(?: are| is| were| have been| both)*"
    r"(?: ?[:–—-])? (?P<said>[^\W\d].*|✅|👍)"
    rf"|(?P<ahead>\D{{2,30}}?)(?: with| tasks?| numbers?)*:? (?P<behind>{_NUMBERS})[.!]*",
    re.I,
)
_ALONE = re.compile(rf"(?:task |goal |number |no\. ?|the )?{_ID}[.!]*", re.I)
_NUMBERED = re.compile(r"(?P<sure>goal\s*#?|#)?(?P<goal>\d{1,16})(?P<mark>[:.,)]?)(?:\s+(?P<rest>.*))?", re.S | re.I)
_MOST_BETWEEN = 50
_SHORTEST = 3
"""Letters that a begin needs before it names something."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Words about a task that they name by its number."""

    goal: int | None
    """None where only the task's number was said."""
    task: int
    words: str
    """What was said about it."""


def named_goal(text: str) -> tuple[int, bool, str] | None:
    """The number that the words behind a command begin with («7 …», «#7 …», «7: …», «goal 7 …»), whether it can only
    be a goal's, and the rest of them; None where they begin otherwise."""
    found = _NUMBERED.fullmatch(text.strip())
    if found is None:
        return None
    rest = (found["rest"] or "").strip()
    return int(found["goal"]), bool(found["sure"] or found["mark"] == ":" or (found["mark"] and rest)), rest


def named_task(text: str) -> Named | None:
    """The task a text names, and what it says about it: «1.4 done», «done 4», «problem 4: no paint»; None for none."""
    said = " ".join(text.split())
    found = _BEFORE.fullmatch(said) or _BEHIND.fullmatch(said)
    if found is None:
        return None
    more = found.groupdict().get("more")
    words = f"{found['words'].strip()}{': ' + more if more else ''}"
    return Named(goal=int(found["goal"]) if found["goal"] else None, task=int(found["task"]), words=words)


def named_together(text: str) -> tuple[Named, ...]:
    """The tasks that a text names by their numbers to say the same of each («1 and 3 done»); empty for none."""
    found = _SEVERAL.fullmatch(" ".join(text.split()))
    if found is None:
        return ()
    words = (found["said"] or found["ahead"]).strip()
    numbers = _counted_up(found["before"] or found["behind"])
    return tuple(Named(goal=goal, task=task, words=words) for goal, task in dict.fromkeys(numbers))


def _counted_up(numbers: str) -> list[tuple[int | None, int]]:
    """The goal, where it is said, and the number of each task: of «1-3» the one between, too."""
    span = re.fullmatch(r"(\d+)(?: ?[–-] ?| to )(\d+)", numbers)
    if span is not None and 0 < int(span[2]) - int(span[1]) < _MOST_BETWEEN:
        return [(None, task) for task in range(int(span[1]), int(span[2]) + 1)]
    found = re.findall(r"(?:(\d+)\.)?(\d+)", numbers)
    return [(int(goal) if goal else None, int(task)) for goal, task in found]


def said_of(text: str, title: str) -> str:
    """What a text says of the task with this title («call Maria: done», «skip Buy milk»); empty for nothing."""
    said, named = " ".join(text.split()), rf"[«\"“]?{re.escape(' '.join(title.split()).rstrip(' .!'))}[»\"”]?"
    found = re.fullmatch(rf"{named}(?: (?:is|was|has been))?(?: ?[:,;–—-])? (?P<words>.+)", said, re.I)
    found = found or re.fullmatch(rf"(?P<words>\w[\w'’ ]{{2,30}}?)(?: with| on)?:? {named}[.!]*", said, re.I)
    return found["words"] if found is not None else ""


def picked(text: str, choices: Sequence[tuple[str, str]]) -> tuple[int, ...]:
    """Which of some choices, each an id («4», «1.4») and a title, a text names: by id, or by how its title begins.

    Several places where they can't be told apart, none where it names nothing of them.
    """
    said = " ".join(text.split())
    number = _ALONE.fullmatch(said)
    if number is not None:
        named = f"{number['goal']}.{number['task']}" if number["goal"] else number["task"]
        return tuple(at for at, (name, _) in enumerate(choices) if named in (name, name.rpartition(".")[2]))
    plain = _plain(said)
    if not plain:  # signs alone name what is called just so, and nothing else
        return tuple(at for at, (_, title) in enumerate(choices) if " ".join(title.split()) == said)
    whole = tuple(at for at, (_, title) in enumerate(choices) if _plain(title) == plain)
    if whole or len(plain) < _SHORTEST:
        return whole
    return tuple(at for at, (_, title) in enumerate(choices) if _plain(title).startswith(plain))


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[^\w\s]", " ", text.casefold()).split())
