"""What makes tests say less than before, found in the old and the new text of test files.

Meant to be strict: an honest change of a test is found too, and a person may approve it. Adding tests, or checks to
tests, is no weakening.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from engine.coding.proving.languages import LONGEST, language_of
from engine.coding.repositories import Language


class WeakeningKind(StrEnum):
    REMOVED_TEST = "removed test"
    COMMENTED_OUT = "commented out"
    HIDDEN_TEST = "hidden from the runner"
    SKIPPED = "skipped"
    REMOVED_CHECK = "removed check"
    CHANGED_CHECK = "changed check"
    EMPTY_CHECK = "check that always holds"
    CHANGED_STEP = "changed step"
    CONDITION = "only under a condition"
    CAUGHT = "failure caught"
    REPLACED = "code under test replaced"
    READ = "code under test read as a text"
    EARLY_END = "ends early"
    RUNNER = "hook into the runner"
    UNREADABLE = "unreadable"
    MEDDLING = "reach for the test run"
    KNOWN = "answer known beforehand"


@dataclass(frozen=True, slots=True, kw_only=True)
class Weakening:
    """One finding. `line` counts in the new text, or in the old one where the thing is gone (`gone`)."""

    path: str
    line: int
    kind: WeakeningKind
    words: str
    gone: bool = False

    @property
    def told(self) -> str:
        """Such as «tests/test_x.py:12: the check «assert a == 1» is gone»."""
        return f"{self.path}:{self.line}: {self.words}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A file before and after; None: it is not there."""

    path: str
    old: str | None
    new: str | None
    is_named: bool = False
    """Whether the repository's test command or its terms name the file, so that it is a test whatever it is called."""
    unread: str = ""
    """What names what is there now where that is no text in UTF-8, or too long, or a link; then `new` is None."""

    @property
    def differs(self) -> bool:
        """Whether there is a difference that could be looked at, or one that could not."""
        return self.old != self.new or bool(self.unread)


NO_TEXT = "it is no text in UTF-8 that could be looked at"


def shortened(text: str, most: int = 100) -> str:
    """Code for a sentence: on one line, cut at `most` signs."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1] + "…"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A weakening before its file is known."""

    line: int
    kind: WeakeningKind
    words: str
    gone: bool = False
    test: str | None = None  # the test that is gone, for one that only moved to another file; None: none is


def sorted_findings(findings: Iterable[Finding]) -> list[Finding]:
    """By line, each said once."""
    unique = {(one.line, one.kind, one.words): one for one in findings}
    return sorted(unique.values(), key=lambda one: (one.gone, one.line, one.kind.value, one.words))


def placed(path: str, finding: Finding) -> Weakening:
    return Weakening(path=path, line=finding.line, kind=finding.kind, words=finding.words, gone=finding.gone)


def unreadable(change: Change) -> Finding | None:
    """A file that was readable and no longer is; None: nothing of the kind."""
    if change.unread:
        return Finding(line=1, kind=WeakeningKind.UNREADABLE, words=NO_TEXT)
    if change.new is not None and len(change.new) > LONGEST:
        return Finding(line=1, kind=WeakeningKind.UNREADABLE, words="the file is too long to be looked at")
    if change.old is not None and change.new is None and language_of(change.path) is Language.OTHER:
        return Finding(line=1, kind=WeakeningKind.REMOVED_TEST, words="the file is gone", gone=True)
    return None
