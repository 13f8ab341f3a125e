"""The names of the works of code goals, of the parts that are written for one, and of the proofs that judge one."""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Final

OPEN, CREATE, MODIFY, RUN_TESTS, RUN_LINTER = "open_workspace", "create_file", "modify_file", "run_tests", "run_linter"
BUILD, VALIDATE, PROVE, COMMIT, PUSH = "build", "validate", "prove", "git_commit", "git_push"
PULL_REQUEST, HAND_IN, WRITE = "open_pull_request", "hand_in_code", "write_code"
CODE_WORKS = frozenset({
    OPEN, CREATE, MODIFY, RUN_TESTS, RUN_LINTER, BUILD, VALIDATE, PROVE, COMMIT, PUSH, PULL_REQUEST, HAND_IN, WRITE,
})  # fmt: skip


class Part(StrEnum):
    """Which part of a code goal is written or handed in."""

    TEST = "test"
    """A test that shows the bug."""
    ACCEPTANCE = "acceptance"
    """Tests that say when the feature is there."""
    CHANGE = "change"
    """The code itself."""
    TESTS = "tests"
    """Tests for code that is there."""


class Proof(StrEnum):
    """What is to be proven, by the kind of the goal."""

    FIX = "fix_bug"
    FEATURE = "implement_feature"
    REFACTORING = "refactor_code"
    TESTS = "add_tests"
    READ = "read"
    """No test can be run: what else can look at it does, and a person reads it."""


SAID: Mapping[str, str] = {
    Proof.FIX: "Fix the bug: {}",
    Proof.FEATURE: "Implement {}",
    Proof.REFACTORING: "Refactor {}",
    Proof.TESTS: "Add tests for {}",
}
"""How a goal of each kind is said, so that a plan knows the large task by its words."""

_AS_CODE: Final = r"`([\w.]+)(?:\(\))?`|([\w.]+)\(\)|\b([A-Za-z_]\w*(?:\.\w+)+)\b|\b([A-Za-z]\w*_\w+)\b"
CALLED: Final = re.compile(rf"{_AS_CODE}|\b(?:function|method|class)\s+(\w+)")
"""What can only be a name in code."""
_NO_BUG: Final = r"(?:bed|june|shield|stink|stomach|travel|tummy)\s"
_BUG: Final = rf"fix\s+(?:(?:an?|the|this)\s+)?(?:(?!{_NO_BUG})[\w-]+\s+){{0,2}}bugs?(?![\w-])"
_FEATURE: Final = r"implement\s+(?:(?:an?|the|this)\s+)?features?(?![\w-])"
_OF_CODE: Final = re.compile(
    rf"\W*(?:please\s+)?(?:(?:{_BUG}|{_FEATURE})(?=\W*$|\s*:|\s+#?\d|\s+(?:that|where|when)\b|(?<=bug)\s+in\b)"
    rf"|(?:{_BUG}|{_FEATURE}|refactor\b|add\s+(?:\w+\s+)?tests?\s+(?:for|to)\b).*?(?:{_AS_CODE}"
    r"|\b(?:code|codebase|modules?|functions?|parsers?|apis?|endpoints?|backend|frontend)\b))"
    r"|\W*(?:please\s+)?add\s+(?:unit|integration|regression)\s+tests?\s+(?:for|to)\b",
    re.IGNORECASE | re.DOTALL,
)
"""Many a thing has bugs, features and tests; code is what is said to, or is called as only code is."""


def is_of_code(name: str) -> bool:
    """Whether a goal's name can hardly be about anything but code."""
    return _OF_CODE.match(name) is not None


_COMPLAINT: Final = re.compile(
    r"(?P<thing>(?:(?!(?:that|which|what|who|how|because|since|so|where|when|if|to|until|it|we|you|they|there)\b)\S+\s+){1,6})"
    r"(?:is|are|was|were|has|have|isn['’]t|aren['’]t|hasn['’]t|haven['’]t|needs?|looks?|lacks?)\s+\S.*",
    re.IGNORECASE | re.DOTALL,
)


def thing_of(kind: str, about: str) -> str:
    """What is to be refactored or tested, of a sentence that says what is wrong with it: «shop.py is too long»."""
    found = _COMPLAINT.fullmatch(about) if kind in (Proof.REFACTORING, Proof.TESTS) else None
    return about if found is None else found["thing"].strip(" ,:;")
