"""Weakened tests in JavaScript, Go and Rust, by conservative rules on their text."""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from engine.coding.proving.languages import block_ends, line_of, masked, rule
from engine.coding.proving.weakening import Finding, WeakeningKind, shortened
from engine.coding.repositories import Language

_ = rule


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rules:
    """`test` finds a test, its name in the first group that matched; the others find what their names say."""

    test: re.Pattern[str]
    skip: re.Pattern[str]
    check: re.Pattern[str]
    replace: re.Pattern[str]
    catch: re.Pattern[str]
    end: re.Pattern[str]
    all_lines: bool = True
    """Whether each line counts; else, where code and its tests share a file, only those that speak of what is so."""


_ENDS = r"\bprocess\.exit\b|\bos\.Exit\b|\bprocess::exit\b|(?m:^\s*return\s*;?\s*$)|\breturn;"
RULES = {
    Language.JAVASCRIPT: _Rules(
        test=_(r"""(?<![\w.])(?:it|test|specify)(?:\.\w+)*\s*\(\s*(?:"([^"\n]*)"|'([^'\n]*)'|`([^`\n]*)`)"""),
        skip=_(
            r"(?<![\w.])(?:(?:it|test|describe|suite|context|specify)\s*\.\s*(?:skip|only|todo|failing|skipIf|runIf|fails)"
            r"|xit|xtest|xdescribe|fit|fdescribe)\b|\b(?:skip|todo|only)\s*:\s*(?!false)|\bt\.(?:skip|todo)\s*\(|this\.skip\s*\("
        ),
        check=_(r"\bexpect\s*[(.]|\bassert\w*\s*[(.]|\.should\b|\bt\.(?:is|deepEqual|true|false|throws|equal|ok)\s*\("),
        replace=_(
            r"\b(?:jest|vi|vitest)\s*\.\s*(?:mock|doMock|spyOn|fn)\b|\bsinon\b|\bmock\.(?:method|fn|module)\b|\bproxyquire\b"
            r"|\b(?:expect|assert|it|test)(?:\.\w+)*\s*=(?![=>])|\b(?:global|globalThis)\.\w+\s*=(?!=)"
            r"|\bObject\.(?:assign|definePropert\w+)\s*\(|\bexpect\.extend\b|\brequire\.cache\b"
            r"|(?<![\w.])(?:before|after)(?:Each|All)?\s*\("
        ),
        catch=_(r"\bcatch\b"),
        end=_(_ENDS),
    ),
    Language.GO: _Rules(
        test=_(r"""\bfunc\s+((?:Test|Fuzz|Example)\w*)\s*\(|\bt\.Run\(\s*"([^"\n]*)\""""),
        skip=_(r"\bt\.Skip(?:f|Now)?\s*\(|\btesting\.Short\s*\("),
        check=_(
            r"\bt\.(?:Error|Errorf|Fatal|Fatalf|Fail|FailNow)\s*\(|\b(?:assert|require|is|qt)\.\w+\s*\(|\bcmp\.Diff\s*\("
        ),
        replace=_(r"\bgomock\b|\bmonkey\.Patch\b|\bfunc\s+(?:init|TestMain)\s*\("),
        catch=_(r"\brecover\s*\("),
        end=_(_ENDS),
    ),
    Language.RUST: _Rules(
        test=_(r"#\[\s*(?:\w+::)*test\b[^\]]*\]\s*(?:#\[[^\]\n]{0,200}\]\s*){0,9}(?:pub\s+)?(?:async\s+)?fn\s+(\w+)"),
        skip=_(r"#\[\s*(?:ignore|should_panic|cfg)\b[^\]]*\]|#\[\s*cfg_attr\b[^\]]*\]"),
        check=_(r"\b(?:debug_)?assert\w*!|\bpanic!|\bunreachable!|\.unwrap\(\)|\.expect\("),
        replace=_(r"\bmockall\b|\bautomock\b"),
        catch=_(r"\bcatch_unwind\b"),
        end=_(_ENDS),
        all_lines=False,
    ),
}
GO_BUILDS = _(r"^//\s*(?:go:build|\+build)\b[^\n]*", re.MULTILINE)  # what the compiler is told stands in comments
TRUE_CHECK = _(
    r"assert\w*!?\(\s*true\s*[,)]|expect\(\s*(true|1)\s*\)|assert\.ok\(\s*(true|1)\s*\)"
    r"|\((\w+)\s*,\s*\3\s*\)|expect\((\w+)\)\.to\w*\(\4\)"
)


IMPORTED = _(r"^(?:import|use|(?:const|let|var)\b[^=]{0,200}=\s*require)\b[^'\"\n]{0,400}")
EXPECTED = _(r"\b(?:expected|want|wanted|exp|cases|tests)\w*\s*(?::=|=|:)", re.IGNORECASE)
_OF_IMPORTS = {"import", "const", "let", "var"}
SET = _(r"(?:^|[;{(]\s*|\b(?:const|let|var)\s+)(\w+)\s*(?::=|=(?![=>]))")


def text_findings(language: Language, old_text: str | None, new_text: str | None) -> Iterator[Finding]:
    """What the new text of a test file no longer tells; None: the file is not there."""
    rules = RULES.get(language)
    if rules is None or old_text is None:
        return
    new_text = new_text or ""
    old, new = (masked(text, language, strings=False) for text in (old_text, new_text))
    yield from _tests(rules, old, new, new_text)
    bare_old, bare_new = (masked(text, language) for text in (old_text, new_text))
    for pattern, kind, words in (
        (rules.replace, WeakeningKind.REPLACED, "code is now replaced"),
        (rules.catch, WeakeningKind.CAUGHT, "failures are now caught"),
        (rules.end, WeakeningKind.EARLY_END, "a test now may end early"),
    ):
        yield from _more(pattern, bare_old, bare_new, (kind, words))
    yield from _more(rules.skip, bare_old, bare_new, (WeakeningKind.SKIPPED, "tests are now left out"))
    if language is Language.GO:
        yield from _more(GO_BUILDS, old_text, new_text, (WeakeningKind.SKIPPED, "the file is left out of builds"))
    yield from _checks(rules, old, new)
    yield from _conditions(rules, bare_old, bare_new, new)


def _names(rules: _Rules, text: str) -> dict[str, int]:
    return {_test_name(match): match.start() for match in rules.test.finditer(text)}


def _test_name(match: re.Match[str]) -> str:
    return next(filter(None, match.groups()), "")


def _tests(rules: _Rules, old: str, new: str, raw: str) -> Iterator[Finding]:
    before, after = _names(rules, old), _names(rules, new)
    counted, left = (Counter(map(_test_name, rules.test.finditer(text))) for text in (old, new))
    for name, place in before.items():
        if name in after:
            if left[name] < counted[name]:
                yield _gone(old, place, f"a test «{shortened(name)}» is gone; there were {counted[name]}", name)
        elif name in raw and name not in new:
            line = line_of(raw, raw.index(name))
            yield Finding(
                line=line, kind=WeakeningKind.COMMENTED_OUT, words=f"the test «{shortened(name)}» is commented out"
            )
        else:
            kind = WeakeningKind.HIDDEN_TEST if name and name in new else WeakeningKind.REMOVED_TEST
            words = "is no longer found by the runner" if kind is WeakeningKind.HIDDEN_TEST else "is gone"
            gone = _gone(old, place, f"the test «{shortened(name)}» {words}", name)
            yield (
                gone
                if kind is WeakeningKind.REMOVED_TEST
                else Finding(line=line_of(new, new.index(name)), kind=kind, words=gone.words)
            )


def _gone(old: str, place: int, words: str, test: str) -> Finding:
    return Finding(line=line_of(old, place), kind=WeakeningKind.REMOVED_TEST, words=words, gone=True, test=test)


def _more(pattern: re.Pattern[str], old: str, new: str, told: tuple[WeakeningKind, str]) -> Iterator[Finding]:
    left = Counter(" ".join(match[0].split()) for match in pattern.finditer(old))
    for match in pattern.finditer(new):
        text = " ".join(match[0].split())
        if left[text] > 0:
            left[text] -= 1
        else:
            place = match.end() - len(match[0].lstrip())
            yield Finding(line=line_of(new, place), kind=told[0], words=f"{told[1]}: «{shortened(text)}»")


def _checks(rules: _Rules, old: str, new: str) -> Iterator[Finding]:
    """Lines that are no longer there as they were, and new ones that set anew what a test that was there uses."""
    before, after = _lines(rules, old), _lines(rules, new)
    added = _without(after, before)
    for one in _without(before, after):
        if not _still_imported(one[1], new):
            yield from _changed_line(one, added)
    yield from _set_anew(rules, old, new, frozenset(line for line, _, _ in added))


def _still_imported(line: str, new: str) -> bool:
    """Whether all that a line imports is still imported from there: other names may have come to it."""
    match = IMPORTED.match(line)
    if match is None:
        return False
    sources, names = re.findall(r"""['"][^'"]*['"]""", line), {*re.findall(r"\w+", match[0])} - _OF_IMPORTS
    lines = (one for one in new.splitlines() if all(source in one for source in sources))
    return any(names <= {*re.findall(r"\w+", one)} for one in lines)


def _set_anew(rules: _Rules, old: str, new: str, fresh: frozenset[int]) -> Iterator[Finding]:
    """Of the lines that are new those that set, inside a test that was there, something that old lines name."""
    known, ends, used = _names(rules, old), block_ends(new), {*re.findall(r"\w+", old)}
    lasts: dict[int, int] = {}  # by the first line of a test its last one, or that of one around it
    last = 0
    for name, place in sorted(_names(rules, new).items(), key=lambda one: one[1]):
        opening = new.find("{", place)
        if name in known and opening >= 0:
            last = max(last, line_of(new, ends[opening]))
            lasts[line_of(new, place)] = last
    firsts = [*lasts]
    for number, line in enumerate(new.splitlines(), start=1):
        at = bisect_left(firsts, number) - 1
        found = SET.search(line.strip()) if number in fresh and at >= 0 and number < lasts[firsts[at]] else None
        if found is not None and found[1] in used:
            words = f"a test that was there sets «{found[1]}» anew: «{shortened(line)}»"
            yield Finding(line=number, kind=WeakeningKind.CHANGED_STEP, words=words)


def _without(ones: list[tuple[int, str, bool]], others: list[tuple[int, str, bool]]) -> list[tuple[int, str, bool]]:
    left = Counter(text for _, text, _ in others)
    kept = []
    for one in ones:
        if left[one[1]] > 0:
            left[one[1]] -= 1
        else:
            kept.append(one)
    return kept


def _changed_line(old: tuple[int, str, bool], added: list[tuple[int, str, bool]]) -> Iterator[Finding]:
    line, text, is_check = old
    known = [one for one in added if one[2] == is_check and one[1].split("(")[0] == text.split("(")[0]]
    if not known:
        kind = WeakeningKind.REMOVED_CHECK if is_check else WeakeningKind.CHANGED_STEP
        yield Finding(line=line, kind=kind, words=f"«{shortened(text)}» is gone", gone=True)
        return
    successor = known[0]
    added.remove(successor)
    kind = WeakeningKind.CHANGED_CHECK if is_check else WeakeningKind.CHANGED_STEP
    if TRUE_CHECK.search(successor[1]) and not TRUE_CHECK.search(text):
        kind = WeakeningKind.EMPTY_CHECK
    words = f"«{shortened(text)}» became «{shortened(successor[1])}»"
    yield Finding(line=successor[0], kind=kind, words=words)


def _lines(rules: _Rules, text: str) -> list[tuple[int, str, bool]]:
    """Number, text and whether it checks, of the lines that say something."""
    found = []
    for number, raw in enumerate(text.splitlines(), start=1):
        line = " ".join(raw.split()).rstrip(",;")
        is_check = bool(rules.check.search(line))
        if is_check or (re.search(r"\w", line) if rules.all_lines else EXPECTED.search(line)):
            found.append((number, line, is_check))
    return found


def _conditions(rules: _Rules, old: str, new: str, shown: str) -> Iterator[Finding]:
    """`if (false) { … }` and the like around checks that stood free before."""
    pattern = _(r"\bif\s*\(?\s*(?:false|0)\s*\)?\s*\{")
    ends = block_ends(new)
    for match in list(pattern.finditer(new))[len(pattern.findall(old)) :]:
        inside = shown[match.end() : ends[match.end() - 1]]
        if rules.check.search(inside) or rules.test.search(inside):
            line = line_of(new, match.start())
            yield Finding(line=line, kind=WeakeningKind.CONDITION, words="what follows never runs: «if false»")
