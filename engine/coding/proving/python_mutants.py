"""Edits that break Python code: operators, conditions, constants, returned values, statements left out."""

import ast
import bisect
import io
import re
import tokenize
from collections import deque
from collections.abc import Iterator
from itertools import pairwise

from engine.coding.proving.languages import parsed
from engine.coding.proving.source_edits import SourceEdit, became, removed

COMPARED = {
    "<": ("<=", ">="),
    "<=": ("<", ">"),
    ">": (">=", "<="),
    ">=": (">", "<"),
    "==": ("!=",),
    "!=": ("==",),
}
CALCULATED = {
    "+": "-",
    "-": "+",
    "*": "+",
    "/": "*",
    "//": "*",
    "%": "*",
    "**": "*",
    "<<": ">>",
    ">>": "<<",
    "&": "|",
    "|": "&",
    "^": "&",
}
TALK = {"print", "debug", "info", "warning", "warn", "error", "exception", "log"}  # leaving it out breaks nothing
SKIPPED = (ast.JoinedStr,)  # before Python 3.12 nodes in there don't know their place


def python_edits(text: str) -> Iterator[SourceEdit]:
    """Every edit that is thinkable, in the order of the tree; () for a text that is no Python.

    Each makes another program of it; whether that one parses is for the caller to try.
    """
    tree = parsed(text)
    if tree is None or re.search(r"\f|\r(?!\n)", text):  # the parser and the tokenizer count such lines differently
        return
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    except (tokenize.TokenError, SyntaxError):
        return
    finder = _Finder(text, tokens)
    queue: deque[ast.AST] = deque([tree])
    while queue:
        node = queue.popleft()
        if not _is_idle(node):
            yield from finder.edits(node)
            queue += _children(node)


def _is_idle(node: ast.AST) -> bool:
    """Code that does nothing while tests run, or whose place is unknown."""
    if isinstance(node, ast.If):
        test = ast.unparse(node.test)
        return "TYPE_CHECKING" in test or "__name__" in test
    if isinstance(node, ast.Assign):
        return any(isinstance(target, ast.Name) and target.id == "__all__" for target in node.targets)
    return isinstance(node, SKIPPED)


def _children(node: ast.AST) -> list[ast.AST]:
    """What is inside, without annotations: they mean nothing at run time."""
    kept: list[ast.AST] = []
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "type_comment"):
            continue
        kept += [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, ast.AST)]
    return kept


class _Finder:
    """Knows where lines and tokens begin, in signs of the text."""

    def __init__(self, text: str, tokens: list[tokenize.TokenInfo]) -> None:
        self._text = text
        self._lines = text.split("\n")
        self._starts = [0]
        for line in self._lines:
            self._starts.append(self._starts[-1] + len(line) + 1)
        words = [one for one in tokens if one.type in (tokenize.OP, tokenize.NAME)]
        self._words = [(self._starts[row - 1] + column, word.string) for word in words for row, column in [word.start]]
        self._places = [place for place, _ in self._words]

    def _place(self, row: int, column: int) -> int:
        """The parser counts columns in bytes of UTF-8."""
        line = self._lines[row - 1]
        signs = column if line.isascii() else len(line.encode()[:column].decode("utf-8", "ignore"))
        return self._starts[row - 1] + signs

    def _span(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        assert node.end_lineno is not None and node.end_col_offset is not None  # noqa: PT018 - one fact: it was parsed
        return self._place(node.lineno, node.col_offset), self._place(node.end_lineno, node.end_col_offset)

    def _edit(self, span: tuple[int, int], new: str, line: int, words: str = "") -> SourceEdit:
        told = words or became(line, self._text[span[0] : span[1]], new)
        return SourceEdit(start=span[0], end=span[1], new=new, line=line, words=told)

    def _between(self, left: ast.expr, right: ast.expr) -> list[tuple[int, str]]:
        """The words and signs between two expressions, without brackets."""
        first, last = self._span(left)[1], self._span(right)[0]
        found = self._words[bisect.bisect_left(self._places, first) : bisect.bisect_left(self._places, last)]
        return [(place, word) for place, word in found if word not in "()"]

    def edits(self, node: ast.AST) -> Iterator[SourceEdit]:
        match node:
            case ast.Compare():
                yield from self._comparisons(node)
            case ast.BinOp():
                yield from self._arithmetic(node)
            case ast.AugAssign():
                yield from self._augmented(node)
                yield from self._left_out(node)
            case ast.BoolOp():
                yield from self._joined(node)
            case ast.UnaryOp(op=ast.Not()):
                yield from self._affirmed(node)
            case ast.Constant():
                yield from self._constants(node)
            case ast.If() | ast.While() | ast.Return() | ast.Break() | ast.Continue():
                yield from self._ways(node)
            case ast.Expr() | ast.Raise() | ast.Delete():
                yield from self._left_out(node)

    def _comparisons(self, node: ast.Compare) -> Iterator[SourceEdit]:
        operands = [node.left, *node.comparators]
        for left, right in pairwise(operands):
            found = self._between(left, right)
            if not found:
                continue
            words = " ".join(word for _, word in found)
            span = (found[0][0], found[-1][0] + len(found[-1][1]))
            line = self._line(span[0])
            opposite = {"in": "not in", "not in": "in", "is": "is not", "is not": "is"}.get(words)
            for new in (opposite,) if opposite else COMPARED.get(words, ()):
                yield self._edit(span, new, line)

    def _line(self, place: int) -> int:
        return bisect.bisect_right(self._starts, place)

    def _arithmetic(self, node: ast.BinOp) -> Iterator[SourceEdit]:
        if isinstance(node.left, ast.Constant) and isinstance(node.left.value, str | bytes):
            return  # a format or a joined text
        for place, word in self._between(node.left, node.right):
            if new := CALCULATED.get(word):
                yield self._edit((place, place + len(word)), new, self._line(place))

    def _augmented(self, node: ast.AugAssign) -> Iterator[SourceEdit]:
        for place, word in self._between(node.target, node.value):
            if word.endswith("=") and (new := CALCULATED.get(word[:-1])):
                yield self._edit((place, place + len(word)), f"{new}=", self._line(place))

    def _joined(self, node: ast.BoolOp) -> Iterator[SourceEdit]:
        new = "or" if isinstance(node.op, ast.And) else "and"
        for left, right in pairwise(node.values):
            for place, word in self._between(left, right):
                if word in ("and", "or"):
                    yield self._edit((place, place + len(word)), new, self._line(place))

    def _affirmed(self, node: ast.UnaryOp) -> Iterator[SourceEdit]:
        span = self._span(node)[0], self._span(node.operand)[0]
        if self._text[span[0] : span[1]].strip() == "not":
            yield self._edit(span, "", node.lineno, removed(node.lineno, "not"))

    def _ways(self, node: ast.If | ast.While | ast.Return | ast.Break | ast.Continue) -> Iterator[SourceEdit]:
        """Where the control goes: conditions turned round, nothing returned, one way out of a loop for the other."""
        match node:
            case ast.If(test=test) | ast.While(test=test) if not isinstance(test, ast.Constant):
                span = self._span(test)
                yield self._edit(span, f"not ({self._text[span[0] : span[1]]})", node.lineno)
            case ast.Return(value=ast.expr() as value) if ast.unparse(value) != "None":
                yield self._edit(self._span(value), "None", node.lineno)
            case ast.Break() | ast.Continue():
                yield self._edit(self._span(node), "continue" if isinstance(node, ast.Break) else "break", node.lineno)
            case _:
                pass

    def _constants(self, node: ast.Constant) -> Iterator[SourceEdit]:
        match node.value:
            case bool():
                yield self._edit(self._span(node), str(not node.value), node.lineno)
            case int():
                if abs(node.value) < 10**15:
                    for new in (node.value + 1, node.value - 1):
                        yield self._edit(self._span(node), str(new) if new >= 0 else f"({new})", node.lineno)
            case float() if node.value + 1 != node.value:
                yield self._edit(self._span(node), repr(node.value + 1), node.lineno)

    def _left_out(self, node: ast.stmt) -> Iterator[SourceEdit]:
        """A statement replaced by `pass`, where that means something."""
        if isinstance(node, ast.Expr):
            call = node.value.value if isinstance(node.value, ast.Await) else node.value
            if not isinstance(call, ast.Call) or ast.unparse(call.func).rpartition(".")[2] in TALK:
                return
        span = self._span(node)
        yield self._edit(span, "pass", node.lineno, removed(node.lineno, self._text[span[0] : span[1]]))
