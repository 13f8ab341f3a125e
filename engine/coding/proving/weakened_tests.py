"""The changes of a goal's test files, and what in them makes the tests weaker."""

from collections.abc import Iterable
from itertools import islice

from engine.coding.proving.languages import language_of
from engine.coding.proving.python_weakening import python_findings, python_moved
from engine.coding.proving.text_weakening import text_findings
from engine.coding.proving.weakening import (
    Change,
    Finding,
    Weakening,
    placed,
    sorted_findings,
    unreadable,
)
from engine.coding.repositories import Language

MOST_FINDINGS = 200  # of one file: whoever reads so many needs no more


def weakened(changes: Iterable[Change]) -> tuple[Weakening, ...]:
    """Findings in changed test files, by path and line. A test that moved from one of them to another is not gone."""
    every = sorted(changes, key=lambda change: change.path)
    found: list[Weakening] = []
    for change in every:
        findings = sorted_findings(_findings(change))
        left = [one for one in findings if one.test is None or not _moved(one.test, change, every)]
        found += [placed(change.path, one) for one in left]
    return tuple(found)


def _findings(change: Change) -> list[Finding]:
    if not change.differs:
        return []
    if finding := unreadable(change):
        return [finding]
    language = language_of(change.path)
    if language is Language.PYTHON:
        return list(islice(python_findings(change.old, change.new), MOST_FINDINGS))
    return list(islice(text_findings(language, change.old, change.new), MOST_FINDINGS))


def _moved(test: str, source: Change, every: list[Change]) -> bool:
    """Another file of the same language has got that test, which it did not have, with no fewer of its lines."""
    for change in every:
        name, old, new = test.rpartition("::")[2], source.old or "", change.new or ""
        language = language_of(source.path)
        if change.path == source.path or name not in new or name in (change.old or ""):
            continue
        if language is Language.PYTHON and python_moved(test, old, new):
            return True
        if language is not Language.PYTHON and language is language_of(change.path):
            return not _findings(Change(path=source.path, old=_test_text(old, test), new=new))
    return False


def _test_text(text: str, test: str) -> str:
    """The lines of one test: from the one that names it to the next that is indented no deeper."""
    lines = text.splitlines()
    at = next((at for at, line in enumerate(lines) if test in line), 0)
    indent = len(lines[at]) - len(lines[at].lstrip()) if lines else 0
    end = at + 1
    while end < len(lines) and (not lines[end].strip() or len(lines[end]) - len(lines[end].lstrip()) > indent):
        end += 1
    first = at
    while first > 0 and lines[first - 1].lstrip().startswith(("@", "#[")):
        first -= 1
    closing = lines[end : end + 1] if end < len(lines) and lines[end].strip()[:1] in ("}", ")") else []
    picked = [*lines[first:end], *closing]
    return "\n".join(line[indent:] if line[:indent].isspace() or not indent else line for line in picked) + "\n"
