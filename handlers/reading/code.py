"""What people write about code goals: what is to be done, what they hand in, what becomes of the branch. Pure."""

import re
from dataclasses import dataclass, field
from enum import StrEnum

from engine.coding.works.names import SAID, thing_of
from engine.coding.works.said import asked_beside, split_off
from engine.planning.criteria.goal_text import read_goal
from handlers.code.callbacks import CodeDeed


class CodeKind(StrEnum):
    """What a code goal does, by the name of the large task that plans know it by."""

    FIX = "fix_bug"
    FEATURE = "implement_feature"
    REFACTORING = "refactor_code"
    TESTS = "add_tests"


COMMANDS = {
    "fix": CodeKind.FIX,
    "feature": CodeKind.FEATURE,
    "refactor": CodeKind.REFACTORING,
    "tests": CodeKind.TESTS,
}
"""The commands that set such goals."""
_NAMES = {**SAID, CodeKind.FIX: "Fix: {}"}
"""What such a goal is called; its first criterion is in the words that a plan knows."""
_SAID_TWICE = {
    CodeKind.FIX: r"(?:please )?(?:fix|solve|debug)(?: (?:the |a |this )?(?:bug|problem|issue)"
    r"(?: that|:| in| with)?)?:?|(?:the |a )?bug:",
    CodeKind.FEATURE: r"(?:please )?(?:implement|add|build|develop|make)|feature:",
    CodeKind.REFACTORING: r"(?:please )?(?:refactor|clean up|simplify|restructure|rewrite)",
    CodeKind.TESTS: r"(?:please )?(?:(?:add|write) )?(?:more |unit |some )?(?:tests? )?(?:for|of|to)|cover",
}
"""What the command has said already."""
_EXAMPLES = re.compile(r"(?:acceptance(?: examples?| criteria)?|examples?)\s*:\s*", re.I)


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeText:
    """What a message says of a code goal."""

    about: str
    """In one line, such as «totals are wrong»; empty when nothing was said."""
    description: str = ""
    acceptance: tuple[str, ...] = field(default=())
    """Examples that say when a feature is there."""
    deadline: str | None = None
    """The words after «deadline:»; None when nothing was said about it."""
    priority: int | None = None
    """None when nothing was said about it."""


def read_code_goal(text: str, kind: CodeKind) -> CodeText:
    """The first line says what is to be done; the others describe it, or are a feature's examples, one a line."""
    said = read_goal(text)
    rest = [one for one in said.description.splitlines() if one.strip()]
    about = _without_command(said.name, kind)
    if kind is CodeKind.FEATURE:
        told = [_EXAMPLES.sub("", one, count=1).strip() for one in (*rest, *said.criteria)]
        rest, examples = [], tuple(one for one in told if one)
    else:
        rest, examples = [*rest, *said.criteria], ()
    thing = thing_of(kind, about)
    rest = rest if thing == about else [about, *rest]
    return CodeText(
        about=thing,
        description="\n".join(rest),
        acceptance=examples,
        deadline=said.deadline,
        priority=None if said.priority is None else int(said.priority),
    )


def _without_command(name: str, kind: CodeKind) -> str:
    """«fix the bug that totals are wrong» after /fix as «totals are wrong»."""
    if _is_said_in_full(kind, name):
        return name.strip().rstrip(" .!")
    found = re.match(rf"(?:{_SAID_TWICE[kind]})(?:\s+|$)", name, re.I)
    left = name[found.end() :] if found is not None else name
    return left.strip().rstrip(" .!") if left.strip() else name.strip()


def goal_name(kind: CodeKind, about: str) -> str:
    """What such a goal is called."""
    return about if _is_said_in_full(kind, about) else _NAMES[kind].format(about)


def first_criterion(kind: CodeKind, about: str) -> str:
    """What must hold, in the words that a plan knows the large task by."""
    return about if _is_said_in_full(kind, about) else SAID[kind].format(about)


def _is_said_in_full(kind: CodeKind, about: str) -> bool:
    """Whether a change is said sign for sign, so that «Implement» in front of it would only be in the way."""
    return kind is CodeKind.FEATURE and asked_beside(split_off(about)[0]) is not None


# What is handed in.


_PATCH = re.compile(r"^(?:diff --git |--- \S.*\n\+\+\+ \S|Index: \S.*\n=+\n--- )", re.M)
_CODE_FENCE = re.compile(r"```[a-z]*\n(?P<patch>.*?)\n?```", re.S)
_BRANCH_NAME = r"[«\"'“`]?(?P<branch>[A-Za-z0-9][\w./+#@=-]{0,199})[»\"'”`]?"
_SAYS = r"(?:it'?s|it is|they'?re|they are|i'?m|the (?:test|fix|change|code)s? (?:is|are)|please)"
_DEED = r"(?:done|ready|take|use|see|look at)"
_BRANCH = re.compile(
    rf"(?:{_SAYS} )?(?:{_DEED}[:,]? )?(?:{_SAYS} )?(?:(?:on|in|from) )?(?:my |the |our )?"
    rf"(?:(?:git )?branch(?: is| called| named)?(?: ?[:=])? {_BRANCH_NAME}"
    rf"|{_BRANCH_NAME.replace('branch>', 'other>')} branch)[.! ]*",
    re.I,
)
_BRANCH_WITHIN = re.compile(
    r"\bbranch,?(?: is| called| named)?(?: ?[:=])? [«\"'“`]?(?P<branch>[A-Za-z0-9][\w.+#@=]*[-/_][\w./+#@=-]*)"
)
"""A name among other words, which can be no other word."""
_NOT_HANDED = re.compile(
    r"\?|\b(?:not|no|never|problem|wrong|broken|should|shall|if|when|once|can|could|will|later|tomorrow|until|before|after"
    r"|new|create|delete|discard|remove|rename|rebase|merge|push)\b|n['’]t\b",
    re.I,
)
"""What is said of a branch with these hands nothing in."""
_MADE = r"(?:pushed|put|made|committed|finished|completed|wrote|written|fixed|solved|did|done)"
_HANDED = re.compile(
    r"^(?:please |so,? |now |just )?(?:use|take|try|see)\b|\bmy branch\b|\bhave a look\b|\bhere(?:['’]s| is)\b"
    rf"|\b(?:i|we)(?:['’]ve| have)?(?: just| now)? {_MADE}\b"
    rf"|^(?:all |just |now )?{_MADE}(?: it| them| that| all| everything)?,? (?:on|in|to|see|branch)\b"
    r"|\bbranch \S+ is(?: now| all)? (?:ready|done|finished|complete)\W*$"
    r"|\b(?:it|all|everything|(?:fix|cure|code|change|test|work|result|patch|solution)(?:e?s)?)"
    r"(?:['’](?:s|re)| is| are| was| were)(?: all| now| there| ready| done| pushed)?,? (?:on|in|to)\b"
    r"|\bhas (?:it|all|everything|the (?:fix|cure|code|changes?|tests?|work|results?|patch|solution))\b",
    re.I,
)
"""What hands one in; words that say neither are about a branch, and hand in nothing."""
_MOST_WORDS = 15
_NO_NAMES = frozenset({"my", "the", "a", "of", "own", "is", "it", "on", "in", "for", "from", "this", "that", "new"})


def patch_in(text: str) -> str:
    """The patch that somebody pasted, with its last line ended; empty where there is none."""
    fenced = _CODE_FENCE.search(text)
    inner = fenced["patch"] if fenced is not None else text
    return f"{inner.rstrip(chr(10))}\n" if _PATCH.search(inner) else ""


def is_patch(name: str, content: bytes) -> bool:
    """Whether a document is a patch rather than a file of the repository, by its name or how it begins."""
    if name.lower().endswith((".patch", ".diff")):
        return True
    if "." in name and not name.lower().endswith((".txt", ".mbox")):
        return False
    return bool(_PATCH.search(content[:20_000].decode("utf-8", "replace")))


def branch_in(text: str, *, asked: bool = False) -> str:
    """The branch that somebody names («branch fix-totals», «it's on the fix-totals branch»); empty for none.

    Where it was `asked` for, a name that can be no other word will do.
    """
    said = " ".join(text.split())
    found = _BRANCH.fullmatch(said)
    within = _BRANCH_WITHIN.findall(said)
    hands_in = len(said.split()) <= _MOST_WORDS and _HANDED.search(said) and not _NOT_HANDED.search(said)
    if found is None and len(within) == 1 and hands_in:
        return str(within[0]).rstrip(".")
    if found is None:
        bare = re.fullmatch(_BRANCH_NAME, said) if asked else None
        return bare["branch"] if bare is not None and re.search(r"[-/_]", bare["branch"]) else ""
    name = str(found["branch"] or found["other"] or "").rstrip(".,!")
    return "" if name.casefold() in _NO_NAMES else name


def is_all_sent(text: str) -> bool:
    """Whether somebody says that all files have come."""
    said = text.strip(" .!").lower()
    return bool(
        re.fullmatch(
            r"(?:yes|ok(?:ay)?|done|ready|go|take (?:it|them)|hand (?:it|them) in|use (?:it|them)"
            r"|(?:that'?s|that is|this is|those are) (?:all|it|everything)(?: of (?:it|them))?|all (?:sent|there))",
            said,
        )
    )


# What becomes of the branch.


_IT = r"(?: (?:it|this|that|the (?:branch|change|changes|work|commit|commits)|them))?"
_WORDS: tuple[tuple[CodeDeed, str], ...] = (
    (CodeDeed.DIFF, r"(?:show|send|see|view)(?: me)? (?:the |a )?(?:diff|changes?|patch)|(?:the )?diff"
     r"|what (?:has |was )?changed"),
    (CodeDeed.PULL, r"(?:(?:open|make|create)(?: me)? (?:a |an |the )?)?(?:(?:pull|merge) request|pr|mr)"),
    (CodeDeed.PUSH, rf"push{_IT}(?: now| please| to \w+)?"),
    (CodeDeed.KEEP, r"keep (?:it|the branch|this|that|them)|keep"),
    (CodeDeed.DISCARD, r"(?:discard|throw away|bin|scrap)(?: (?:it|the branch|this|that|the changes?|them))?"
     r"|throw (?:it|this|that) away|delete the branch"),
    (CodeDeed.UNDO, r"undo (?:the )?discard|(?:restore|bring back)(?: it| the branch)?|bring (?:it|the branch) back"),
    (CodeDeed.REBASE, rf"rebase{_IT}(?: please)?"),
    (CodeDeed.REPORT, r"(?:show|send)(?: me)? (?:the )?report|(?:the )?report"),
)  # fmt: skip
_NUMBERED = re.compile(r"(?P<words>.+?)(?: of| for| in)?(?: goal)? #?(?P<goal>\d{1,15})[.! ]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchWish:
    """What somebody wants done with a branch."""

    deed: CodeDeed
    goal: int | None = None
    """None where no goal was named."""


def branch_wish(text: str) -> BranchWish | None:
    """«show the diff», «push it», «discard it», «discard the branch of goal 7»; None for all else."""
    said = re.sub(r"^(?:please|ok(?:ay)?|yes),? |,? please$", "", " ".join(text.lower().split()).strip(" .!?"))
    for words, goal in ((said, None), _with_goal(said)):
        for deed, pattern in _WORDS:
            if words and re.fullmatch(pattern, words):
                return BranchWish(deed=deed, goal=goal)
    return None


def _with_goal(said: str) -> tuple[str, int | None]:
    found = _NUMBERED.fullmatch(said)
    return (found["words"], int(found["goal"])) if found is not None else ("", None)
