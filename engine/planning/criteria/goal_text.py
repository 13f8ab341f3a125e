"""A whole goal in one message: name, criteria, deadline, priority. Pure."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

from engine.goals import Priority
from engine.planning.criteria.dates import DAY
from engine.planning.criteria.moments import DURATION_PATTERN, parse_duration

_CRITERION = re.compile(r"^\s*(?:[-*•–—▪◦☐]|\[[ x]?\]|\(?\d{1,3}[.):](?!\d))\s*(?P<text>\S.*)$", re.I)
_LABEL = re.compile(
    r"^\s*(?P<label>deadline|due|by|until|priority|prio|(?:success )?criteria|done when|description|about|why)"
    r"\s*:\s*(?P<text>.*)$",
    re.I,
)
_BY = re.compile(
    r"\s*(?:[-*•–—▪◦☐]\s*)?(?P<text>(?:by|until|till|before|(?:the )?deadline|due|in|within|not? later than)"
    r" (?:the )?(?P<day>.{2,40}?))[! ]*",
    re.I,
)
"""A line that may say nothing but by when."""
_LENGTH = re.compile(DURATION_PATTERN, re.I)
_LONGEST_CRITERION = 120
_ENOUGH_BESIDE = 3
"""So many parts between semicolons are a list; two may be one thing and what is done with it."""
_BETWEEN = re.compile(r"(?:&(?:#\d{1,6}|lt|gt|amp|quot|apos|nbsp);|[^;])+")
_WISH = re.compile(
    r"(?:(?:hi|hello|please)[,! ]+)?(?:i(?:'d|’d| would)? (?:really )?(?:want|like|love|need|plan|hope|wish) to"
    r"|i(?:'m|’m| am) going to|my goal is to|the goal is to|(?:please )?help me(?: to)?)\s+(?=\S)",
    re.I,
)
_PRIORITIES: dict[str, Priority] = {
    "low": Priority.LOW, "1": Priority.LOW, "unimportant": Priority.LOW, "minor": Priority.LOW,
    "normal": Priority.NORMAL, "2": Priority.NORMAL, "medium": Priority.NORMAL, "default": Priority.NORMAL,
    "skip": Priority.NORMAL, "usual": Priority.NORMAL,
    "high": Priority.HIGH, "3": Priority.HIGH, "important": Priority.HIGH,
    "urgent": Priority.URGENT, "4": Priority.URGENT, "critical": Priority.URGENT, "asap": Priority.URGENT,
    "highest": Priority.URGENT, "very high": Priority.URGENT,
    "very important": Priority.URGENT, "very urgent": Priority.URGENT, "most important": Priority.URGENT,
}  # fmt: skip


_UNIMPORTANT = re.compile(r"not (?:so |that |very |too |really |particularly )?(?:important|urgent|high)")
_NO_MATTER = re.compile(
    r"(?:i )?(?:don'?t (?:know|care|mind)|no idea)|(?:i'?m )?not sure|dunno|idk|whatever|any|none|no"
    r"|you (?:decide|choose)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalText:
    """What a message says about a goal."""

    name: str
    description: str = ""
    criteria: tuple[str, ...] = ()
    deadline: str | None = None
    """The words after «deadline:»; None when nothing was said about it."""
    priority: Priority | None = None
    """None when nothing (or nothing readable) was said about it."""


def read_goal(text: str) -> GoalText:
    """The goal that a message describes. Its first plain line is the name; other plain lines describe it,
    or are the criteria where they look like a list. On a line alone they may all stand between «;»."""
    plain: list[str] = []
    criteria: list[str] = []
    labels: dict[str, str] = {}
    under_criteria = False
    for written in _one_a_line(text):
        label = _LABEL.match(written)
        listed = _CRITERION.match(written)
        if label is not None:
            name = _label(label["label"])
            under_criteria = name == "criteria"
            if under_criteria:
                criteria += read_criteria(label["text"])
            else:
                labels[name] = label["text"].strip()
        elif plain and "deadline" not in labels and (when := by_when(written)):
            labels["deadline"] = when
        elif listed is not None and plain:
            criteria.append(listed["text"].strip())
        elif under_criteria:
            criteria += read_criteria(written)
        elif written.strip():
            plain.append(written.strip())
    if not criteria and (_is_list(plain[1:]) or (len(plain) == 2 and len(_beside(plain[1])) >= _ENOUGH_BESIDE)):
        criteria, plain = [*read_criteria("\n".join(plain[1:]))], plain[:1]
    return GoalText(
        name=_plain_name(plain[0]) if plain else "",
        description="\n".join([*plain[1:], *([labels["description"]] if labels.get("description") else [])]),
        criteria=tuple(criteria),
        deadline=labels.get("deadline"),
        priority=read_priority(labels.get("priority", "")),
    )


def by_when(line: str) -> str:
    """The words of a line that says nothing but by when: «by the end of June», «- in 2 weeks»; empty for others."""
    found = _BY.fullmatch(line)
    if found is None:
        return ""
    days = (found["day"], found["day"].rstrip("."))
    return found["text"] if any(DAY.fullmatch(one) or _is_long(one) for one in days) else ""


def _is_long(text: str) -> bool:
    """Whether it is a length of days: «in 50 minutes» says how fast something is done, and is a point of its own."""
    length = parse_duration(text) if _LENGTH.fullmatch(text) else None
    return length is not None and length >= dt.timedelta(days=1)


def _one_a_line(text: str) -> list[str]:
    """The lines of a text; of a single one that lists a goal's parts («Garden: dig; sow; water», «Dig; due: Friday»)
    those, with the goal's name first."""
    lines = [one for one in text.splitlines() if one.strip()]
    parts = _beside(lines[0]) if len(lines) == 1 else []
    has_labels = any(_LABEL.match(one) for one in parts)
    is_list = len(parts) >= _ENOUGH_BESIDE and all(len(one) <= _LONGEST_CRITERION for one in parts)
    if not is_list and not has_labels:
        return lines
    labels = [one for one in parts if (found := _LABEL.match(one)) and _label(found["label"]) != "criteria"]
    points = [one for one in parts if one not in labels]
    head = points.pop(0) if points and not _LABEL.match(points[0]) else ""
    name, colon, first = head.partition(": ")
    if colon and name.strip() and first.strip():
        head, points = name, [first, *points]
    points = [_LABEL.sub(r"\g<text>", one) for one in points]  # «criteria: dig; sow»
    return [one for one in (head, *(["criteria:"] if points else []), *points, *labels) if one]


def _beside(written: str) -> list[str]:
    """What stands between the semicolons of a line; one that ends a sign of HTML is none."""
    return [one.strip() for one in _BETWEEN.findall(written) if one.strip()]


def set_apart(text: str) -> tuple[str, GoalText]:
    """A text without its lines that say a deadline or a priority, and what those say."""
    left: list[str] = []
    deadline: str | None = None
    priority: Priority | None = None
    for written in text.splitlines():
        label = _LABEL.match(written)
        named = _label(label["label"]) if label is not None else ""
        if label is not None and named == "deadline":
            deadline = label["text"].strip()
        elif label is not None and named == "priority" and (read := read_priority(label["text"])) is not None:
            priority = read
        elif deadline is None and (when := by_when(written)):
            deadline = when
        else:
            left.append(written)
    return "\n".join(left).strip(), GoalText(name="", deadline=deadline, priority=priority)


def is_list_alone(text: str) -> bool:
    """Whether a text is nothing but points, so that what they belong to was said before: plain words above points name
    a goal of their own."""
    lines = [one for one in text.splitlines() if one.strip()]
    points = [one for one in lines if _CRITERION.match(one)]
    if points and lines[0] is not points[0] and _LABEL.match(lines[0]) is None:
        return False
    listed = bool(lines) and len(points) == len(lines)
    listed = listed and (len(lines) > 1 or not lines[0].lstrip(" (")[0].isdigit())  # «2: no paint» is about a task
    under = bool(lines) and (label := _LABEL.match(lines[0])) is not None and _label(label["label"]) == "criteria"
    return listed or under or _is_list([one.strip() for one in lines]) or len(_beside(text)) >= _ENOUGH_BESIDE


def _is_list(lines: Sequence[str]) -> bool:
    """Whether plain lines are criteria, one a line, rather than a description: several, short, and no sentences."""
    return len(lines) > 1 and all(len(one) <= _LONGEST_CRITERION and not one.endswith((".", ":", "…")) for one in lines)


def _plain_name(written: str) -> str:
    """«I want to learn chess» as «Learn chess»."""
    wish = _WISH.match(written)
    rest = written[wish.end() :] if wish is not None else written
    return rest[:1].upper() + rest[1:] if wish is not None else written


def _label(written: str) -> str:
    label = written.lower()
    if label in ("deadline", "due", "by", "until"):
        return "deadline"
    if label in ("priority", "prio"):
        return "priority"
    return "criteria" if label in ("criteria", "success criteria", "done when") else "description"


def read_priority(text: str) -> Priority | None:
    """The priority that words name; None when they name none."""
    said = re.sub(r"\b(?:priority|prio|it'?s|it is|quite|rather|pretty|just)\b", " ", text.lower()).strip(" .!")
    said = " ".join(said.split())
    if _UNIMPORTANT.fullmatch(said):
        return Priority.LOW
    return Priority.NORMAL if _NO_MATTER.fullmatch(said) else _PRIORITIES.get(said)


def priority_of(value: int) -> Priority:
    """The priority of a button's value; normal for one that doesn't exist."""
    return Priority(value) if value in tuple(Priority) else Priority.NORMAL


def read_criteria(text: str) -> tuple[str, ...]:
    """Criteria, one a line, without their bullets and numbers; three or more on a single line may stand between «;»."""
    found: list[str] = []
    lines = text.strip().splitlines()
    beside = _beside(lines[0]) if len(lines) == 1 else []
    for written in beside if len(beside) >= _ENOUGH_BESIDE else lines:
        listed = _CRITERION.match(written)
        one = (listed["text"] if listed is not None else written).strip()
        if one:
            found.append(one)
    return tuple(found)
