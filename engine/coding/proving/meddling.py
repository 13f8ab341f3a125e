"""What in changed code reaches for the run of its tests: ends the process, looks for the runner, or writes its report.

Tests and the code they are about run in one process, so no runner can guard itself against code that is out to deceive
it. What such code needs for that is rare in honest code: it is told, counts only with a person's yes, and whoever hides
it from these rules has to write what no reader passes over.
"""

import ast
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

from engine.coding.proving.languages import LONGEST, language_of, line_of, masked, parsed
from engine.coding.proving.protected import protection
from engine.coding.proving.weakening import NO_TEXT, Change, Weakening, WeakeningKind, shortened
from engine.coding.repositories import Language

_MOST = 50
_RUNNERS = {"unittest", "pytest", "_pytest", "pluggy", "doctest", "nose", "milepost_seal"}
_DEEP = {"gc", "ctypes", "_ctypes", "atexit", "builtins", "faulthandler"}
_NAMES = {
    *("_exit", "orig_argv", "__stderr__", "__stdout__", "_getframe", "_current_frames", "currentframe"),
    *("getouterframes", "settrace", "setprofile", "addaudithook", "get_objects", "get_referrers", "get_referents"),
    *("f_back", "f_globals", "f_locals", "__builtins__"),
}
"""Attributes and imported names that say so whatever they are taken from."""
_IN_TESTS = _NAMES | {"atexit"}
"""What has no business in tests either."""
_OF_MODULES = {
    *(("os", name) for name in ("write", "fdopen", "dup2", "abort", "kill", "killpg", "execv", "execve", "execvp")),
    *(("sys", "modules"), ("sys", "meta_path"), ("signal", "raise_signal")),
    *(("inspect", name) for name in ("stack", "trace")),
    *(("traceback", name) for name in ("extract_stack", "format_stack", "walk_stack")),
    *(("object", "__subclasses__"), ("type", "__subclasses__")),
}
_AT_IMPORT = {"argv", "exit", "quit", "SystemExit"}
"""What a program does when it is started; code that only is loaded has no business with it."""
_TELLING = re.compile(
    r"/proc/|\.milepost|MILEPOST_|milepost_seal|--junit|PYTEST|NODE_TEST|NODE_OPTIONS|JEST_WORKER|VITEST|_called_from_test"
)
_TELLING_IN_TESTS = {"/proc/", ".milepost", "MILEPOST_", "milepost_seal"}
_TEXT = {
    Language.JAVASCRIPT: re.compile(
        r"\bprocess\s*\.\s*(?:exit|reallyExit|abort|kill|binding|exitCode)\b|\b(?:globalThis|global)\s*\.\s*\w+\s*="
    ),
    Language.GO: re.compile(r"\bos\.Exit\b|\bsyscall\.\w+|\bruntime\.Goexit\b|\bunsafe\.\w+"),
    Language.RUST: re.compile(r"\bprocess::(?:exit|abort)\b|\blibc::\w+"),
}
_LOADED = {
    Language.JAVASCRIPT: re.compile(r"""['"](?:node:)?(?:test|vm|inspector|worker_threads|module)['"]"""),
    Language.GO: re.compile(r'"testing"|"unsafe"|"syscall"|"test\.\w*"|"\.test"'),
    Language.RUST: re.compile(r"\bextern\s+crate\s+test\b"),
}
_IN_ANY_PYTHON = re.compile(rf"\b(?:{'|'.join(sorted(_NAMES | _RUNNERS))})\b|{_TELLING.pattern}")
"""What stands for the rules where the text is no Python that can be read here, such as one of a newer version."""
_Found = tuple[str, int]
"""What it is, and the line."""


def meddling(changes: Iterable[Change], *, in_tests: bool = False) -> tuple[Weakening, ...]:
    """By path and line, what the new text of changed code has that the old one had not. `in_tests` knows what is
    nothing strange in tests."""
    found: list[Weakening] = []
    for change in sorted(changes, key=lambda one: one.path):
        language = language_of(change.path)
        if change.unread and not in_tests and language is not Language.OTHER:
            found.append(Weakening(path=change.path, line=1, kind=WeakeningKind.UNREADABLE, words=NO_TEXT))
        known = Counter(what for what, _ in _reaches(change.old or "", language))
        told = []
        for what, line in _reaches(change.new or "", language):
            if in_tests and not (what.strip("«»") in _IN_TESTS or any(one in what for one in _TELLING_IN_TESTS)):
                continue
            known[what] -= 1
            if known[what] < 0:
                told.append(Weakening(path=change.path, line=line, kind=WeakeningKind.MEDDLING, words=f"it has {what}"))
        found += islice(told, _MOST)
    return tuple(found)


def _reaches(text: str, language: Language) -> Iterator[_Found]:
    tree = parsed(text) if language is Language.PYTHON else None
    if tree is not None:
        yield from _in_python(tree)
    elif language is Language.PYTHON:
        named = _IN_ANY_PYTHON.finditer(text[:LONGEST])
        yield from (("what can't be read here", 1), *((f"«{one[0]}»", line_of(text, one.start())) for one in named))
    elif language in _TEXT and len(text) > LONGEST:
        yield "more than can be looked at", 1
    elif language in _TEXT:
        code = masked(text, language, strings=False)
        for pattern, where in ((_TEXT[language], masked(text, language)), (_LOADED[language], code), (_TELLING, code)):
            yield from ((f"«{match[0]}»", line_of(text, match.start())) for match in pattern.finditer(where))


def _in_python(tree: ast.Module) -> Iterator[_Found]:
    nodes = [*ast.walk(tree)]
    modules = _modules(nodes)
    for node in nodes:
        yield from ((f"«{what}»", getattr(node, "lineno", 1)) for what in _by_itself(node, modules))
    for node in _at_import(tree.body):
        named = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
        if named in _AT_IMPORT:
            yield f"«{named}» where it is loaded", getattr(node, "lineno", 1)


def _modules(nodes: Iterable[ast.AST]) -> Mapping[str, str]:
    """What the names of imported modules stand for."""
    return {
        alias.asname or alias.name.partition(".")[0]: alias.name if alias.asname else alias.name.partition(".")[0]
        for node in nodes
        if isinstance(node, ast.Import)
        for alias in node.names
    }


def _by_itself(node: ast.AST, modules: Mapping[str, str]) -> Iterator[str]:
    """What one node says, wherever it stands."""
    match node:
        case ast.Import():
            yield from (one.name for one in node.names if one.name.partition(".")[0] in _RUNNERS | _DEEP)
        case ast.ImportFrom(module=str(source)):
            if source.partition(".")[0] in _RUNNERS | _DEEP:
                yield source
            yield from (one.name for one in node.names if one.name in _NAMES or (source, one.name) in _OF_MODULES)
        case ast.Attribute(value=ast.Name(id=owner), attr=name) if (modules.get(owner), name) in _OF_MODULES:
            yield name
        case ast.Attribute(attr=name) | ast.Name(id=name) if name in _NAMES:
            yield name
        case ast.Constant(value=str(words)) if _TELLING.search(words) or _names_test(words):
            yield shortened(words, 40)
        case ast.Call():
            yield from _out_of_sight(node, modules)
        case (
            ast.FunctionDef(name="__eq__" | "__ne__" as name, body=[*_, ast.Return(value=ast.expr() as told)])
            | ast.Assign(targets=[ast.Name(id="__eq__" | "__ne__" as name)], value=ast.Lambda(body=told))
        ) if fault := _fault_of_equality(node, name, told):
            yield fault
        case ast.FunctionDef(name=name) if name.startswith("pytest_"):
            yield name


def _out_of_sight(call: ast.Call, modules: Mapping[str, str]) -> Iterator[str]:
    """Names that are put together while it runs, so that nobody can read what is called."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    first, told = (call.args[0] if call.args else None), [isinstance(one, ast.Constant) for one in call.args]
    if name in ("eval", "exec", "__import__", "import_module") and told[:1] == [False]:
        yield f"{name} of what is no plain text"
    elif name in ("getattr", "setattr", "delattr") and told[1:2] == [False] and getattr(first, "id", "") in modules:
        yield f"{name} on a module, of what is no plain text"
    elif name in ("getattr", "setattr", "delattr") and told[1:2] == [True]:
        attribute = call.args[1]
        yield from (str(one.value) for one in (attribute,) if isinstance(one, ast.Constant) and one.value in _NAMES)


def _names_test(words: str) -> bool:
    """Whether a text is the path of a test, or of what tests stand on."""
    is_code = len(words.split()) == 1 and language_of(words) is not Language.OTHER
    return is_code and protection(words) is not None


def _fault_of_equality(node: ast.AST, name: str, told: ast.expr) -> str:
    """Why an equality compares nothing; empty where it does."""
    named = {one.id for one in ast.walk(told) if isinstance(one, ast.Name)}
    plain = told.value if isinstance(told, ast.Constant) else None
    if not named - {"bool", "int", "any", "all"} and plain is not (name != "__eq__"):
        return "an equality that always comes out the same"
    if not isinstance(node, ast.FunctionDef) or isinstance(told, ast.Constant) or named == {"NotImplemented"}:
        return ""
    own = next((one.arg for one in (*node.args.posonlyargs, *node.args.args)), "")
    looks = any(isinstance(one, ast.Name) and one.id in (own, "super") for one in ast.walk(node))
    return "" if looks else "an equality that never looks at what it has itself"


def _at_import(body: Iterable[ast.stmt]) -> Iterator[ast.AST]:
    """All that runs when a module is loaded: not what is inside functions, nor what only its start runs."""
    waiting: list[ast.AST] = list(body)
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) or _is_start(node):
            continue
        yield node
        waiting += ast.iter_child_nodes(node)


def _is_start(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and any(
        isinstance(one, ast.Name) and one.id == "__name__" for one in ast.walk(node.test)
    )
