"""What a refactoring is to make better, as numbers: size, complexity, duplicates, findings of the linter."""

import io
import re
import tokenize
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from engine.coding.proving.complexity import complexities
from engine.coding.proving.languages import LONGEST, language_of, masked
from engine.coding.repositories import Language

WINDOW = 50  # tokens that have to be alike, some six lines
TOKEN = re.compile(r"[A-Za-z_]\w*|\d[\w.]*|\"[^\"\n]*\"|'[^'\n]*'|`[^`]*`|[^\w\s]")
QUIET = {tokenize.COMMENT, tokenize.NL, tokenize.ENCODING, tokenize.ENDMARKER, tokenize.NEWLINE}


class Measure(StrEnum):
    SIZE = "lines of code"
    COMPLEXITY = "complexity of the most complex function"
    TOTAL_COMPLEXITY = "complexity of all functions"
    DUPLICATES = "duplicated lines"
    LINT = "findings of the linter"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """Of a set of files. `functions`: complexity by `path::name`."""

    size: int
    functions: Mapping[str, int]
    duplicates: int
    lint: int | None = None  # None: no linter ran

    def of(self, which: Measure) -> int | None:
        """The number; None: it was not measured. The less the better, each of them."""
        match which:
            case Measure.SIZE:
                return self.size
            case Measure.COMPLEXITY:
                return max(self.functions.values(), default=0)
            case Measure.TOTAL_COMPLEXITY:
                return sum(self.functions.values())
            case Measure.DUPLICATES:
                return self.duplicates
            case Measure.LINT:
                return self.lint


@dataclass(frozen=True, slots=True, kw_only=True)
class Improvement:
    held: bool
    words: str


def measure(files: Mapping[str, str], lint: int | None = None) -> Measures:
    """Numbers for files, text by path. A file longer than 400,000 signs counts with its lines only."""
    readable = {path: text for path, text in files.items() if len(text) <= LONGEST}
    functions = {
        f"{path}::{name}": number
        for path, text in readable.items()
        for name, number in complexities(text, language_of(path)).items()
    }
    size = sum(len(code_lines(text, language_of(path))) for path, text in files.items())
    return Measures(size=size, functions=functions, duplicates=duplicated_lines(readable), lint=lint)


def improved(before: Measures, after: Measures, which: Measure) -> Improvement:
    """Whether the number fell, and in words such as «lines of code: 120 before, 90 after»."""
    old, new = before.of(which), after.of(which)
    if old is None or new is None:
        return Improvement(held=False, words=f"{which.value}: not measured")
    return Improvement(held=new < old, words=f"{which.value}: {old} before, {new} after")


def code_lines(text: str, language: Language) -> set[int]:
    """Numbers of the lines that hold more than blanks and comments."""
    if language is Language.PYTHON and len(text) <= LONGEST:
        return {row for _, row in _python_tokens(text)}
    code = masked(text, language, strings=False) if len(text) <= LONGEST else text
    return {number for number, line in enumerate(code.split("\n"), start=1) if line.strip()}


def _python_tokens(text: str) -> list[tuple[str, int]]:
    """Tokens and their lines, as far as the text is Python; a text of several lines counts on each of them."""
    found: list[tuple[str, int]] = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type not in QUIET and token.string.strip():
                found += [(token.string if at == 0 else "", token.start[0] + at) for at in range(_rows(token))]
    except (tokenize.TokenError, SyntaxError):
        pass  # what was read up to there counts
    return found


def _rows(token: tokenize.TokenInfo) -> int:
    return token.end[0] - token.start[0] + 1


def _tokens(text: str, language: Language) -> list[tuple[str, int]]:
    if language is Language.PYTHON:
        return [(word, row) for word, row in _python_tokens(text) if word]
    code = masked(text, language, strings=False)
    return [(match[0], row) for row, line in enumerate(code.split("\n"), start=1) for match in TOKEN.finditer(line)]


def duplicated_lines(files: Mapping[str, str]) -> int:
    """Lines that lie in a run of 50 tokens which stands somewhere else too; names and values may differ."""
    first_seen: dict[int, tuple[str, int]] = {}
    marked: set[tuple[str, int]] = set()
    for path in sorted(files):
        language = language_of(path)
        if language is Language.OTHER:
            continue
        tokens = _tokens(files[path], language)
        kinds = [_normal(word) for word, _ in tokens]
        rows = [row for _, row in tokens]
        done = 0  # tokens before it are marked already
        for at in range(len(tokens) - WINDOW + 1):
            key = hash(tuple(kinds[at : at + WINDOW]))
            seen = first_seen.setdefault(key, (path, at))
            if seen[0] != path or at - seen[1] >= WINDOW:
                marked.update((path, row) for row in rows[max(at, done) : at + WINDOW])
                done = at + WINDOW
    return len(marked)


def _normal(word: str) -> str:
    """Names, numbers and texts by their kind; words of the language and signs as they are."""
    if word in KEYWORDS:
        return word
    if word[0].isdigit():
        return "0"
    if word[-1] in "\"'`":
        return "text"
    return "name" if word[0].isalpha() or word[0] == "_" else word


KEYWORDS = frozenset(
    {
        *("and", "as", "async", "await", "break", "case", "catch", "class", "const", "continue", "def", "default"),
        *(
            "defer",
            "del",
            "elif",
            "else",
            "enum",
            "except",
            "export",
            "finally",
            "fn",
            "for",
            "from",
            "func",
            "function",
        ),
        *("go", "if", "impl", "import", "in", "interface", "is", "lambda", "let", "loop", "match", "mod", "mut", "new"),
        *("not", "or", "pass", "pub", "raise", "range", "return", "select", "self", "static", "struct", "super"),
        *("switch", "this", "throw", "trait", "try", "type", "use", "var", "while", "with", "yield"),
    }
)
