"""How a plan is to be changed, in somebody's own words: several steps at once, by number or by name. Pure."""

import itertools
import re
from collections.abc import Sequence

from engine.planning.criteria.wording import subjects
from handlers.reading.naming import picked
from handlers.reading.words import Meaning, Said, step_in

_MOST = 50
"""Steps that are read at once."""
_NUMBER = r"(?:tasks? |numbers? |no\.? ?)?#?(\d{1,6})"
_NEXT = r"(?: ?, ?(?:and )?| ?& ?| ?\+ ?| and )"
_RANGE = re.compile(r"#?(\d{1,6}) ?(?:-|–|—|to|until|through) ?#?(\d{1,6})", re.I)
_LIST = re.compile(rf"{_NUMBER}(?:{_NEXT}{_NUMBER})*", re.I)
_DROP = re.compile(r"(?:please )?(?P<verb>drop|forget(?: about)?|remove|delete|take out) (?P<what>.+?)[.! ]*", re.I)
_SKIP = re.compile(r"(?:please )?(?:without|skip|no) (.+?)[.! ]*", re.I)
"""Of numbers alone: «skip the sugar» may be anything."""
_MOVE = re.compile(
    r"(?:please )?(?:move|put|do) (?P<what>.+?) (?:(?P<side>before|after|behind|above|below) (?P<other>.+?)"
    r"|(?:to (?:the )?)?(?P<end>first|last|top|end|start|beginning|front))[.! ]*",
    re.I,
)
_REWORD = re.compile(r"(?:please )?(?:reword|rename|rephrase|change) (?P<what>.+?)(?: to| as|:| =) (?P<title>.+)", re.I)
_SWAP = re.compile(r"(?:please )?(?:swap|exchange|switch) (?P<what>.+?) (?:and|with|for) (?P<other>.+?)[.! ]*", re.I)
_PLACES = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "last")
_PLACE = re.compile(rf"(?:the )?({'|'.join(_PLACES)})(?: one| task| step| point)?", re.I)
_BETWEEN = re.compile(r"\s*(?:\n|;)\s*|(?:\s*,\s*|\s+)(?:and )?then |\s*,\s*(?:and )?| and ", re.I)
_POINT = re.compile(r"\s*(?:[-–—•*]|\d{1,2}[.)]) +")
_SIDES = {"behind": "after", "above": "before", "below": "after"}
_ENDS = {"top": "first", "start": "first", "beginning": "first", "front": "first", "end": "last"}
_QUOTES = "«»\"“”' "


def steps_in(text: str, tasks: Sequence[tuple[int, str]]) -> tuple[Said, ...]:
    """What is to become of the tasks of a plan, given as numbers and titles in its order; empty for none of it.

    «drop 3 and 5», «drop 2-4», «add Feed the cat; drop 1», «move the priming before the sanding», «swap 1 and 2».
    """
    parts = _parts(text, tasks)
    if len(parts) > 1:
        return tuple(itertools.chain(*parts))
    steps = _one(" ".join(text.split()), tasks)
    return _added(text) if [one.meaning for one in steps] == [Meaning.ADD] else steps


def _added(text: str) -> tuple[Said, ...]:
    """A task for each line: «add Feed the cat», «add these:» with a list behind it."""
    first, *more = text.strip().splitlines()
    said = step_in(" ".join(_POINT.sub("", first).split()))
    named = said.text if said is not None and not (more and first.rstrip().endswith(":")) else ""
    return added((named, *more))


def added(lines: Sequence[str]) -> tuple[Said, ...]:
    """A task for each line that has words."""
    titles = (_POINT.sub("", one).strip() for one in lines)
    return tuple(Said(meaning=Meaning.ADD, text=one) for one in titles if one)[:_MOST]


def numbers_a_task(steps: Sequence[Said], text: str) -> bool:
    """Whether one of the steps is about a task that the text names by its number."""
    return any(one.meaning is not Meaning.ADD and str(int(one.number)) in re.findall(r"\d+", text) for one in steps)


def _parts(text: str, tasks: Sequence[tuple[int, str]]) -> list[tuple[Said, ...]]:
    """The steps between «;», lines, «then» and «and», if each of them is one by itself; as few cuts as that takes."""
    found: list[tuple[Said, ...]] = []
    rest, begin = text.strip(), 0
    cuts = [*((one.start(), one.end()) for one in _BETWEEN.finditer(rest)), (len(rest), len(rest))][:_MOST]
    for start, end in cuts:
        steps = _one(" ".join(rest[begin:start].split()), tasks)
        follows = not rest[end:] or _begins(rest[end:])
        if steps and follows:
            found.append(steps)
            begin = end
    return found if begin >= len(rest) else []


def _begins(text: str) -> bool:
    """Whether words begin as a step does: «add …», «drop …», «5: …»."""
    verb = r"(?:please )?(?:add|insert|drop|remove|delete|take out|move|put|reword|rename|rephrase|swap)\b"
    return re.match(rf"{verb}|(?:task )?#?\d{{1,6}} ?[:=] ?\S", text, re.I) is not None


def _one(said: str, tasks: Sequence[tuple[int, str]]) -> tuple[Said, ...]:
    plain = step_in(said)
    if plain is not None:
        return (plain,)
    drop = _DROP.fullmatch(said)
    skip = _SKIP.fullmatch(said)
    if drop is not None or skip is not None:
        numbers = _dropped(drop, tasks) if drop is not None else numbers_in(skip[1] if skip is not None else "")
        return tuple(Said(meaning=Meaning.DROP, number=float(one)) for one in numbers)
    if (move := _MOVE.fullmatch(said)) is not None:
        return _moved(move, tasks)
    if (swap := _SWAP.fullmatch(said)) is not None:
        return _swapped(swap, tasks)
    if (reword := _REWORD.fullmatch(said)) is not None:
        what, title = tasks_named(reword["what"], tasks), reword["title"].strip(_QUOTES)
        is_one = len(what) == 1 and bool(title)
        return (Said(meaning=Meaning.REWORD, number=float(what[0]), text=title),) if is_one else ()
    return ()


def _dropped(drop: re.Match[str], tasks: Sequence[tuple[int, str]]) -> tuple[int, ...]:
    """The tasks to drop; none where the words are a task's own: «remove the wallpaper» may say that it be done."""
    named, begin = tasks_named(drop["what"], tasks), f"{drop['verb']} ".casefold()
    its_own = not numbers_in(drop["what"]) and any(
        number in named and title.casefold().startswith(begin) for number, title in tasks
    )
    return () if its_own else named


def _moved(move: re.Match[str], tasks: Sequence[tuple[int, str]]) -> tuple[Said, ...]:
    what = tasks_named(move["what"], tasks)
    if len(what) != 1:
        return ()
    if move["end"]:
        end = move["end"].lower()
        return (Said(meaning=Meaning.MOVE, number=float(what[0]), place=_ENDS.get(end, end)),)
    side, other = move["side"].lower(), tasks_named(move["other"], tasks)
    if len(other) != 1 or other == what:
        return ()
    return (Said(meaning=Meaning.MOVE, number=float(what[0]), place=f"{_SIDES.get(side, side)} {other[0]}"),)


def _swapped(swap: re.Match[str], tasks: Sequence[tuple[int, str]]) -> tuple[Said, ...]:
    pair = (*tasks_named(swap["what"], tasks), *tasks_named(swap["other"], tasks))
    places = {number: at for at, (number, _) in enumerate(tasks, start=1)}
    if len(set(pair)) != 2 or not all(one in places for one in pair):
        return ()
    first, second = sorted(pair, key=places.__getitem__)
    return (
        Said(meaning=Meaning.MOVE, number=float(first), place=f"to {places[second]}"),
        Said(meaning=Meaning.MOVE, number=float(second), place=f"to {places[first]}"),
    )


def untold_task(text: str, tasks: Sequence[tuple[int, str]]) -> str:
    """What a step calls a task that can't be told, though the other one in it can be («move the cake before the ice»,
    with two about ice); empty for none."""
    said = " ".join(text.split())
    found = _MOVE.fullmatch(said) or _SWAP.fullmatch(said)
    if found is None or not found["other"]:
        return ""
    known = {number for number, _ in tasks}
    sides = (found["what"], found["other"])
    untold = [one for one in sides if len(named := tasks_named(one, tasks)) != 1 or named[0] not in known]
    return untold[0] if len(untold) == 1 else ""


def numbers_in(words: str) -> tuple[int, ...]:
    """The numbers of a list: «3 and 5», «1, 2 & 4», «tasks 2-4»; empty for anything else."""
    said = re.sub(r"^(?:the )?(?:tasks?|numbers?) ", "", " ".join(words.split()), flags=re.I)
    span = _RANGE.fullmatch(said)
    if span is not None and 0 <= int(span[2]) - int(span[1]) < _MOST:
        return tuple(range(int(span[1]), int(span[2]) + 1))
    found = tuple(dict.fromkeys(int(one) for one in re.findall(r"\d{1,6}", said))) if _LIST.fullmatch(said) else ()
    return found[:_MOST]


def tasks_named(words: str, tasks: Sequence[tuple[int, str]]) -> tuple[int, ...]:
    """The tasks that words name, by numbers or by name, each surely; empty where one of them is none, or unclear."""
    numbers = numbers_in(words)
    if numbers:
        return numbers
    whole = _by_place(words, tasks) or _by_name(words, tasks)
    if whole is not None:
        return (whole,)
    parts = [_by_name(one, tasks) for one in re.split(r",(?: and)? | and ", words)]
    known = tuple(dict.fromkeys(one for one in parts if one is not None))
    return known if len(known) == len(parts) > 1 else ()


def _by_place(words: str, tasks: Sequence[tuple[int, str]]) -> int | None:
    """The task at the place that is said, as they are shown: «the second one», «the last»; None for no such place."""
    place = _PLACE.fullmatch(" ".join(words.split()))
    if place is None:
        return None
    at = _PLACES.index(place[1].lower()) if place[1].lower() != _PLACES[-1] else len(tasks) - 1
    return tasks[at][0] if 0 <= at < len(tasks) else None


def _by_name(words: str, tasks: Sequence[tuple[int, str]]) -> int | None:
    """The task with that title, or that begins so, or the only one that has all the words; None for none of them."""
    name = words.strip(_QUOTES + ".,")
    places = picked(name, [(str(number), title) for number, title in tasks])
    if len(places) == 1:
        return tasks[places[0]][0]
    wanted = subjects(re.sub(r"^(?:the )?tasks? (?:with |about |to )?", "", name, flags=re.I))
    having = [number for number, title in tasks if wanted and wanted <= subjects(title)]
    return having[0] if len(having) == 1 else None
