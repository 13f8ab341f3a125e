"""The languages whose text is read here, and their comments and strings told from their code.

Python is read by its own parser. The others are read by conservative rules on a text of the same length in which
comments and the insides of strings are blank, so that places stay what they are.
"""

import ast
import functools
import re
import warnings

from engine.coding.repositories import Language

LONGEST = 400_000  # signs; a longer file is nothing a person wrote
DEEPEST = 150
_LONGEST_NUMBER = 14_000  # bits; Python writes none down that is longer than 4,300 digits


SUFFIXES = {
    **dict.fromkeys((".py", ".pyi"), Language.PYTHON),
    **dict.fromkeys((".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".mts", ".cts"), Language.JAVASCRIPT),
    ".go": Language.GO,
    ".rs": Language.RUST,
}

_COMMENTS = r"//[^\n]*|/\*.*?(?:\*/|\Z)"
_DOUBLE = r'"(?:\\.|[^"\\\n])*"?'
_SINGLE = r"'(?:\\.|[^'\\\n])*'?"
_BACK = r"`(?:\\.|[^`\\])*`?"
_REGEX = r"(?<=[(,=:\[!&|?{};])[ \t]*/(?![/*])(?:\\.|\[(?:\\.|[^\]\\\n]){0,200}\]|[^/\\\n\[]){1,400}/[a-z]*"
_PIECES = {
    Language.JAVASCRIPT: re.compile(f"{_COMMENTS}|{_DOUBLE}|{_SINGLE}|{_BACK}|{_REGEX}", re.DOTALL),
    Language.GO: re.compile(rf"{_COMMENTS}|{_DOUBLE}|{_SINGLE}|`[^`]*`?", re.DOTALL),
    Language.RUST: re.compile(
        rf'{_COMMENTS}|\bb?r(#*)".*?(?:"\1|\Z)|b?"(?:\\.|[^"\\])*"?|b?\'(?:\\[^\n\']*\'?|[^\'\\\n])\'', re.DOTALL
    ),
}


@functools.lru_cache(maxsize=65_536)
def language_of(path: str) -> Language:
    """What a file is read as, by its name; TypeScript is read as JavaScript."""
    stem, dot, ending = path.rpartition("/")[2].rpartition(".")
    return SUFFIXES.get(f"{dot}{ending.lower()}", Language.OTHER) if stem else Language.OTHER


def masked(text: str, language: Language, *, strings: bool = True) -> str:
    """The text with blanks for comments and, with `strings`, for the insides of strings; as long as before."""
    pieces = _PIECES.get(language)
    if pieces is None:
        return text

    def blank(match: re.Match[str]) -> str:
        piece = match[0]
        comment = piece.startswith(("//", "/*"))
        if not comment and not strings:
            return piece
        empty = re.sub(r"[^\n]", " ", piece)
        return empty if comment or len(piece) < 2 else piece[0] + empty[1:-1] + piece[-1]

    return pieces.sub(blank, text)


def parsed(text: str) -> ast.Module | None:
    """A Python module's tree; None when the text is none, or longer or deeper than anything a person writes, or has
    a number in it that is."""
    if len(text) > LONGEST:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about odd strings in it, which are not ours
            tree = ast.parse(text.encode())  # as bytes: what its first line says of its encoding counts, as it runs
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    level: list[ast.AST] = [tree]
    for _ in range(DEEPEST):
        level = [child for node in level for child in ast.iter_child_nodes(node)]
        if any(isinstance(node, ast.Constant) and _is_endless(node.value) for node in level):
            return None
        if not level:
            return tree
    return None


def _is_endless(value: object) -> bool:
    return isinstance(value, int) and value.bit_length() > _LONGEST_NUMBER


def line_of(text: str, place: int) -> int:
    """The number, from 1, of the line that the place lies on."""
    return text.count("\n", 0, place) + 1


def rule(pattern: str, flags: re.RegexFlag = re.NOFLAG) -> re.Pattern[str]:
    """A pattern in which runs of blanks are bounded: a hostile text of nothing but blanks must not cost an hour."""
    return re.compile(pattern.replace(r"\s*", r"\s{0,99}").replace(r"\s+", r"\s{1,99}"), flags)


def block_ends(code: str) -> dict[int, int]:
    """For each `{` of a masked text the place after its `}`; where that is missing, the text's end."""
    ends: dict[int, int] = {}
    opened: list[int] = []
    for match in re.finditer(r"[{}]", code):
        if match[0] == "{":
            opened.append(match.start())
        elif opened:
            ends[opened.pop()] = match.end()
    return ends | dict.fromkeys(opened, len(code))
