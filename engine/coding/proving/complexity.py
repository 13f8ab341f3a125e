"""How many ways lead through each function: McCabe's number over Python's tree, a rough count for brace languages."""

import ast
import re
from bisect import bisect_left
from collections import deque
from collections.abc import Iterator

from engine.coding.proving.languages import block_ends, line_of, masked, parsed, rule
from engine.coding.repositories import Language

BRANCHES = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.ExceptHandler, ast.IfExp, ast.Assert, ast.match_case)
FUNCTIONS = {
    Language.JAVASCRIPT: rule(
        r"\bfunction\b\s*\*?\s*(\w*)\s*\(|\b(\w+)\s*[:=]\s*(?:async\s+)?(?:\([^()]*\)|\w+)\s*=>\s*\{"
        r"|^[ \t]*(?:(?:static|async|get|set|public|private|protected)\s+)*"
        r"(?!(?:if|for|while|switch|catch|with|return)\b)"
        r"(\w+)\s*\([^()]*\)\s*(?::\s*[\w<>\[\], |]+)?\s*\{",
        re.MULTILINE,
    ),
    Language.GO: rule(r"^func\s+(?:\([^()]*\)\s*)?(\w+)", re.MULTILINE),
    Language.RUST: rule(r"\bfn\s+(\w+)"),
}
DECIDING = {
    Language.JAVASCRIPT: re.compile(r"\b(?:if|for|while|case|catch)\b|&&|\|\||\?\?|\?(?![.?:])"),
    Language.GO: re.compile(r"\b(?:if|for|case)\b|&&|\|\|"),
    Language.RUST: re.compile(r"\b(?:if|for|while|loop)\b|=>|&&|\|\||\?(?=[;.)\s])"),
}


def complexities(text: str, language: Language) -> dict[str, int]:
    """By function, `Class.method` for Python, `name` or `name:line` where one repeats; {} where nothing can be read."""
    found = _python(text) if language is Language.PYTHON else _braces(text, language)
    named: dict[str, int] = {}
    for name, line, number in found:
        named[f"{name}:{line}" if name in named else name] = number
    return named


def _python(text: str) -> Iterator[tuple[str, int, int]]:
    tree = parsed(text)
    queue: deque[tuple[ast.AST, str]] = deque([(tree, "")] if tree is not None else [])
    while queue:
        node, owner = queue.popleft()
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
                name = f"{owner}{child.name}"
                yield name, child.lineno, _ways(child)
                queue.append((child, f"{name}."))
            elif isinstance(child, ast.ClassDef):
                queue.append((child, f"{owner}{child.name}."))
            else:
                queue.append((child, owner))


def _ways(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """One, and one more for each branch; functions inside count for themselves."""
    ways, queue = 1, list(ast.iter_child_nodes(function))
    while queue:
        node = queue.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        if isinstance(node, BRANCHES):
            ways += 1
        elif isinstance(node, ast.BoolOp):
            ways += len(node.values) - 1
        elif isinstance(node, ast.comprehension):
            ways += 1 + len(node.ifs)
        queue += ast.iter_child_nodes(node)
    return ways


def _braces(text: str, language: Language) -> Iterator[tuple[str, int, int]]:
    """From a function's first brace to its last; what is inside another function counts for both."""
    if language not in FUNCTIONS:
        return
    code = masked(text, language)
    ends = block_ends(code)
    deciding = [match.start() for match in DECIDING[language].finditer(code)]
    for match in FUNCTIONS[language].finditer(code):
        opening = match.end() - 1 if code[match.end() - 1] == "{" else _body(code, match.end())
        if opening is not None:
            ways = 1 + bisect_left(deciding, ends[opening]) - bisect_left(deciding, opening)
            name = next(filter(None, match.groups()), "function")
            yield name, line_of(code, match.start()), ways


def _body(code: str, place: int) -> int | None:
    """The brace that opens the body after a function's head; None for a head without one."""
    depth = 0
    for match in re.compile(r"[(){};]").finditer(code, place, place + 5_000):
        sign = match[0]
        depth += {"(": 1, ")": -1}.get(sign, 0)
        if sign == "{" and depth <= 0:
            return match.start()
        if sign in ";}" and depth <= 0:
            return None
    return None
