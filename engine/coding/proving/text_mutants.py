"""Edits that break JavaScript, Go and Rust, found by signs that mean the same wherever they stand in code.

Only operators with blanks around them count: without a parser nobody knows a generic's bracket from «less than».
"""

import re
from collections.abc import Iterator

from engine.coding.proving.languages import line_of, masked
from engine.coding.proving.source_edits import SourceEdit, became
from engine.coding.repositories import Language

OPERATORS: dict[str, tuple[str, ...]] = {
    "<=": ("<", ">"),
    ">=": (">", "<"),
    "<": ("<=", ">="),
    ">": (">=", "<="),
    "===": ("!==",),
    "!==": ("===",),
    "==": ("!=",),
    "!=": ("==",),
    "&&": ("||",),
    "||": ("&&",),
    "+": ("-",),
    "-": ("+",),
    "*": ("+",),
    "/": ("*",),
    "%": ("*",),
    "+=": ("-=",),
    "-=": ("+=",),
    "*=": ("+=",),
}
OPERATOR = re.compile(
    r"(?<=[\w)\]\"'` ]) ("
    + "|".join(re.escape(one) for one in sorted(OPERATORS, key=len, reverse=True))
    + r") (?=[^=\s])"
)
BOOLEAN = re.compile(r"(?<![\w.])(true|false)(?!\w)")
NUMBER = re.compile(r"(?<![\w.])(\d{1,12})(?![\w.])")
STEP = re.compile(r"(?<=\w)(\+\+|--)(?!\w)")
# Lines on which these signs mean types, addresses or the compiler's business.
APART = re.compile(
    r"^\s*(?:import\b|export\s+(?:type|interface)\b|package\b|use\b|mod\b|#|type\b|interface\b|struct\b|enum\b|impl\b|trait\b"
    r"|(?:pub(?:\([^)]*\))?\s+)?(?:const\s+|async\s+|unsafe\s+)*fn\b|func\b|static\b|const\s+\w+\s*:|case\b.*:$|var\s+\w+\s+\[)"
)


def text_edits(text: str, language: Language) -> Iterator[SourceEdit]:
    """Edits in code; () for a language without rules, and nothing in the tests that Rust keeps beside its code."""
    if language in (Language.OTHER, Language.PYTHON):
        return
    code = masked(text, language)
    if language is Language.RUST and (tests := re.search(r"#\[cfg\(test\)\]", code)):
        code = code[: tests.start()]
    place = 0
    for row in code.splitlines(keepends=True):
        if not APART.match(row):
            yield from _in_line(row, place, text, language)
        place += len(row)


def _in_line(row: str, place: int, text: str, language: Language) -> Iterator[SourceEdit]:
    for match in OPERATOR.finditer(row):
        if language is Language.JAVASCRIPT or match[1] not in ("===", "!=="):
            for new in OPERATORS[match[1]]:
                yield _edit(text, place + match.start(1), match[1], new)
    for match in BOOLEAN.finditer(row):
        yield _edit(text, place + match.start(1), match[1], "false" if match[1] == "true" else "true")
    for match in STEP.finditer(row):
        yield _edit(text, place + match.start(1), match[1], "--" if match[1] == "++" else "++")
    for match in NUMBER.finditer(row):
        if match[1] == str(int(match[1])) and not _names_a_type(row, match.end()):
            yield _edit(text, place + match.start(1), match[1], str(int(match[1]) + 1))


def _names_a_type(row: str, end: int) -> bool:
    """`[u8; 4]` and `[4]int`: another number is another type, and doesn't build."""
    return bool(re.match(r"\][\w*\[]", row[end:])) or (
        row[end : end + 1] == "]" and ";" in row[:end].rpartition("[")[2]
    )


def _edit(text: str, start: int, old: str, new: str) -> SourceEdit:
    line = line_of(text, start)
    return SourceEdit(start=start, end=start + len(old), new=new, line=line, words=became(line, old, new))
