"""What tests put in the place of code, in new tests too: of the runner, of a module for good, or of what was changed.

A new test takes nothing from those that were there, and yet: one that brings its own version of what it is about says
nothing of that, and one that leaves another version in a module, or in the runner, decides about the tests after it.
What a test puts in the place of something else for as long as it runs, such as a network, is no such thing.
"""

import ast
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import islice
from pathlib import PurePosixPath

from engine.coding.proving.languages import LONGEST, block_ends, language_of, line_of, masked, parsed
from engine.coding.proving.protected import protection
from engine.coding.proving.python_tests import Function, called, misnomers, replaces
from engine.coding.proving.weakening import Change, Weakening, WeakeningKind, shortened
from engine.coding.repositories import Language

_MOST = 50
_RUNNERS = {"unittest", "pytest", "_pytest", "pluggy"}
_DATA = {"os.environ", "sys.argv", "sys.path", "sys.stdin", "sys.stdout", "sys.stderr"}
"""What is no code, though a module has it."""
_UNDER = {"__class__", "__dict__", "__code__", "__globals__", "__closure__", "__defaults__", "pluginmanager"}
"""Ways around the front of a thing."""
_LOOKS = {"open", "read_text", "read_bytes", "exists", "is_file", "getsource", "getsourcelines"}
_WRITES = {"write_text", "write_bytes", "unlink", "remove", "copy", "copyfile", "move", "rename"}
_SLOTS = {"dependency_overrides", "config"}
"""Attributes of applications that are made to be set: what FastAPI takes for a dependency, Flask's settings."""
_PUTTING = {"__setattr__", "__setitem__", "update", "setdefault", "register"}
_DOUBLES = {"Mock", "MagicMock", "AsyncMock", "create_autospec"}
"""They stand for something, and replace nothing by themselves."""
_STAND_INS = {
    Language.JAVASCRIPT: re.compile(
        r"\b(?:jest|vi|vitest)\s?\.\s?(?:mock|doMock|spyOn)\b|\bmock\.(?:method|module)\b|\bsinon\b|\bproxyquire\b"
    ),
    Language.GO: re.compile(r"\bmonkey\.Patch"),
}
"""What replaces something that is named on its line."""
_FOR_GOOD = {
    Language.JAVASCRIPT: re.compile(
        r"(?<![\w.])(?<!\bconst )(?<!\bvar )(?<!\blet )(?:expect|assert|it|test|describe)(?:\.\w+)*\s?=(?![=>])"
        r"|\brequire\.cache\b|\bprototype\.\w+\s?=(?![=>])"
        r"|\b(?:global|globalThis)\.(?:expect|assert|it|test|describe)\b\s?=(?!=)"
        r"|\bObject\.(?:assign|definePropert\w+)\s?\(\s?(?:expect|assert|it|test|require|global|globalThis)\b"
    ),
    Language.GO: re.compile(r"\bfunc\s+(?:init|TestMain)\s?\("),
    Language.RUST: re.compile(r"\bmacro_rules!\s?(?:(?:debug_)?assert\w*|panic|unreachable)\b"),
}
_LOOKS_IN_TEXT = re.compile(
    r"\b(?:readFile(?:Sync)?|existsSync|writeFile(?:Sync)?|ReadFile|WriteFile|read_to_string|fs::write)\b|\binclude_str!"
)
_TEMPORARY = re.compile(r"(?:tmp|tempfile$|temp_?dir|temporary|mkdtemp|mkstemp|gettempdir)", re.I)
_TEMPORARY_IN_TEXT = re.compile(r"\b(?:\w*mkdtemp\w*|MkdirTemp|tmp_?dir|temp_?dir)\b", re.I)
_SET_TO_TEMPORARY = re.compile(rf"\b(\w+)(?:,\s?\w+)?\s?:?=(?![=>])[^=;\n]*{_TEMPORARY_IN_TEXT.pattern}", re.I)
_DEFINED = {
    Language.JAVASCRIPT: re.compile(
        r"\bfunction\s?\*?\s?(\w+)|\bclass\s+(\w+)"
        r"|\b(\w+)\s?[:=]\s?(?:async\s?)?(?:function\b|\([^()\n]{0,200}\)\s?=>|\w+\s?=>)"
        r"|^[ \t]+(?:(?:async|static|get|set)\s+){0,3}(?!(?:if|for|while|switch|catch)\b)(\w+)"
        r"\s?\([^()\n]{0,200}\)\s?\{",
        re.MULTILINE,
    ),
    Language.GO: re.compile(r"\bfunc\s+(?:\([^()\n]{0,200}\)\s?)?(\w+)"),
}
"""Functions and classes, their names in the first group that matched."""
_UNREAD = "?"
"""Stands for a name that is put together while a test runs."""
_Found = tuple[int, WeakeningKind, str]
"""The line, what it is, and the words."""


def replacing(tests: Iterable[Change], sources: Iterable[Change]) -> tuple[Weakening, ...]:
    """By path and line, what changed tests put in the place of code and did not before. `sources` is the change that
    they are to prove."""
    touched: dict[Language, set[str]] = {}
    for change in sources:
        names = touched.setdefault(language_of(change.path), set())
        names |= _changed_names(change)
        names.add(f"/{PurePosixPath(change.path).stem}")  # a stand-in may be for the whole file
    found: list[Weakening] = []
    for change in sorted(tests, key=lambda one: one.path):
        names = touched.get(language_of(change.path), set())
        known = Counter(words for _, _, words in _found_in(change.path, change.old, names))
        told = []
        for line, kind, words in _found_in(change.path, change.new, names):
            known[words] -= 1
            if known[words] < 0:
                told.append(Weakening(path=change.path, line=line, kind=kind, words=words))
        found += islice(told, _MOST)
    return tuple(found)


def _found_in(path: str, text: str | None, touched: Collection[str]) -> Iterable[_Found]:
    language = language_of(path)
    if not text or len(text) > LONGEST:
        return ()
    if language is not Language.PYTHON:
        return _in_text(text, language, touched)
    tree = parsed(text)
    return () if tree is None else sorted(_in_python(tree, touched), key=lambda one: one[0])


def _changed_names(change: Change) -> set[str]:
    """The functions and classes that a change has written or rewritten."""
    old, new = (_defined(change.path, text or "") for text in (change.old, change.new))
    return {name for name, texts in new.items() if texts != old.get(name)}


def _defined(path: str, text: str) -> Mapping[str, Counter[str]]:
    """The texts of functions and classes, by their names."""
    language, found = language_of(path), dict[str, Counter[str]]()
    tree = parsed(text) if language is Language.PYTHON else None
    for node in ast.walk(tree) if tree is not None else ():
        if isinstance(node, Function | ast.ClassDef):
            found.setdefault(node.name, Counter())[ast.unparse(node)] += 1
    if (pattern := _DEFINED.get(language)) is not None and len(text) <= LONGEST:
        code = masked(text, language)
        ends = block_ends(code)
        for match in pattern.finditer(code):
            opening = code.find("{", match.end() - 1, match.end() + 300)
            end = ends.get(opening) or code.find("\n", match.end())
            name = next(filter(None, match.groups()), "")
            found.setdefault(name, Counter())[text[match.start() : end]] += 1
    return found


def _in_text(text: str, language: Language, touched: Collection[str]) -> Iterator[_Found]:
    code = masked(text, language)
    if (for_good := _FOR_GOOD.get(language)) is not None:
        for match in for_good.finditer(code):
            told = f"«{shortened(match[0])}» decides about the tests around it"
            yield line_of(code, match.start()), WeakeningKind.RUNNER, told
    yield from _of_files(code, text, touched)
    if (stand_ins := _STAND_INS.get(language)) is not None and touched:
        names = "|".join(map(re.escape, sorted(touched)))
        named, is_set = re.compile(rf"(?:\b|(?=/))({names})\b"), re.compile(rf"\.\s?({names})\s?=(?![=>])")
        for number, (line, whole) in enumerate(zip(code.splitlines(), text.splitlines(), strict=False), start=1):
            found = named.search(whole) if stand_ins.search(line) else is_set.search(line)
            if found is not None:
                yield number, WeakeningKind.REPLACED, _of_the_change(found[1].removeprefix("/"), whole)


def _of_files(code: str, text: str, touched: Collection[str]) -> Iterator[_Found]:
    """Lines that look at how a file of the change is written."""
    stems = "|".join(re.escape(one[1:]) for one in sorted(touched) if one.startswith("/"))
    named = re.compile(rf"(?<![\w-])(?:{stems})\.(?:[cm]?[jt]sx?|go|rs)\b")
    own = "|".join({_TEMPORARY_IN_TEXT.pattern, *(rf"\b{match[1]}\b" for match in _SET_TO_TEMPORARY.finditer(code))})
    elsewhere = re.compile(own, re.I)
    for number, (line, whole) in enumerate(zip(code.splitlines(), text.splitlines(), strict=False), start=1):
        is_look = _LOOKS_IN_TEXT.search(line) is not None and elsewhere.search(line) is None
        if stems and is_look and (found := named.search(whole)) is not None:
            yield number, WeakeningKind.READ, _looks_at(found[0], whole)


def _of_the_change(name: str, text: str) -> str:
    what = f"«{name}», which this change has written" if name != _UNREAD else "what can't be told here"
    return f"a test replaces {what}: «{shortened(text)}»"


def _in_python(tree: ast.Module, touched: Collection[str]) -> Iterator[_Found]:
    modules, set_to = _modules(tree), dict(_values(tree))
    for node in ast.walk(tree):
        found = [*_hooks(node)]
        if isinstance(node, ast.Call) and _puts(node, modules, touched):
            found.append(_for_good(node))
        elif isinstance(node, ast.Call) and replaces(node):
            found += _while_it_runs(node, modules, touched)
        elif not isinstance(node, ast.Call):
            found += map(_for_good, _set_by(node, modules, touched))
        if isinstance(node, ast.Call):
            found += _at_files(node, set_to, touched)
        yield from ((getattr(node, "lineno", 1), kind, words) for kind, words in found)
    yield from ((getattr(one, "lineno", 1), *_for_good(one)) for one in misnomers(tree, touched))


def _hooks(node: ast.AST) -> Iterator[tuple[WeakeningKind, str]]:
    match node:
        case ast.FunctionDef(name=name) if name.startswith("pytest_") and name != "pytest_generate_tests":
            yield WeakeningKind.RUNNER, f"«{name}» is a hook into the runner"
        case ast.Name(id="pytest_plugins", ctx=ast.Store()):
            yield WeakeningKind.RUNNER, "«pytest_plugins» is a hook into the runner"


def _for_good(place: ast.AST) -> tuple[WeakeningKind, str]:
    text = f"def {place.name}" if isinstance(place, Function) else ast.unparse(place).partition("\n")[0]
    return WeakeningKind.REPLACED, f"something else is left in the place of code: «{shortened(text)}»"


def _values(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    """What names are set to, anywhere."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            yield from ((_name_of(one), node.value) for one in node.targets)
        elif isinstance(node, ast.withitem) and node.optional_vars is not None:
            yield _name_of(node.optional_vars), node.context_expr


def _name_of(node: ast.AST) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def _is_temporary(place: ast.expr, set_to: Mapping[str, ast.expr]) -> bool:
    """Whether a place is in a folder of the test's own, as far as names tell."""
    waiting, seen = [place], set[str]()
    while waiting:
        names = {_name_of(one) for one in ast.walk(waiting.pop())}
        if any(_TEMPORARY.match(name) for name in names):
            return True
        waiting += [set_to[name] for name in (names & set_to.keys()) - seen]
        seen |= names
    return False


def _at_files(
    call: ast.Call, set_to: Mapping[str, ast.expr], touched: Collection[str]
) -> Iterator[tuple[WeakeningKind, str]]:
    """Looks at how the code is written, which says nothing of what it does, and writes to code or tests."""
    name, parts = called(call), [*ast.walk(call)]
    if name not in _LOOKS | _WRITES:
        return
    said = {one.id for one in parts if isinstance(one, ast.Name)}
    parts += [one for known in said & set_to.keys() for one in ast.walk(set_to[known])]
    if _is_temporary(call, set_to):
        return
    paths = {one.value for one in parts if isinstance(one, ast.Constant) and isinstance(one.value, str)}
    files = {one for one in paths if language_of(one) is not Language.OTHER}
    code = {one for one in files if f"/{PurePosixPath(one).stem}" in touched}
    code |= (said | _attributes(call)) & {*touched} if name.startswith("getsource") else set()
    tests = {one for one in files if protection(one) is not None} if name in _WRITES | {"open"} else set()
    if tests or (code and name in _WRITES):
        yield WeakeningKind.REPLACED, f"a test writes to «{min(tests | code)}»: «{shortened(ast.unparse(call))}»"
    elif code:
        yield WeakeningKind.READ, _looks_at(min(code), ast.unparse(call))


def _looks_at(name: str, text: str) -> str:
    return f"a test looks at how «{name}» is written, and not at what it does: «{shortened(text)}»"


def _while_it_runs(
    call: ast.Call, modules: Mapping[str, str], touched: Collection[str]
) -> Iterator[tuple[WeakeningKind, str]]:
    """What a test replaces until it is over: a part of the runner, a module, or what it is to prove."""
    if name := _target(call, modules, touched):
        yield WeakeningKind.REPLACED, _of_the_change(name, ast.unparse(call))
    for one in call.args[:1]:
        source = str(one.value) if isinstance(one, ast.Constant) else _source(one, modules)
        if source.partition(".")[0] in _RUNNERS:
            yield WeakeningKind.RUNNER, f"a test replaces a part of the runner: «{shortened(ast.unparse(call))}»"
        elif source == "sys.modules" and not _only_takes_away(call):
            yield WeakeningKind.REPLACED, f"a test replaces a module: «{shortened(ast.unparse(call))}»"


def _only_takes_away(call: ast.Call) -> bool:
    """Whether modules only are not there for a while, as where a package is not installed."""
    laid = call.args[1] if len(call.args) > 1 else None
    values = laid.values if isinstance(laid, ast.Dict) else call.args[2:3]
    return bool(values) and all(isinstance(one, ast.Constant) and one.value is None for one in values)


def _modules(tree: ast.Module) -> dict[str, str]:
    """What names stand for that were imported, or set to something that was: a dotted name each. Tests are among it."""
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {
                one.asname or one.name.partition(".")[0]: one.name if one.asname else one.name.partition(".")[0]
                for one in node.names
            }
        elif isinstance(node, ast.ImportFrom):
            found |= {one.asname or one.name: f"{node.module or ''}.{one.name}" for one in node.names}
        elif isinstance(node, ast.ClassDef) and any(getattr(one, "name", "").startswith("test") for one in node.body):
            found[node.name] = node.name  # a test that changes another is no better
    while True:
        more = {name: source for name, source in _set_to(tree, found) if name not in found}
        if not more:
            return found
        found |= more


def _set_to(tree: ast.Module, known: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.NamedExpr) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            values = [node.value]
        elif isinstance(node, ast.For):
            targets, values = [node.target], node.iter.elts if isinstance(node.iter, ast.Tuple | ast.List) else []
        else:
            continue
        source = next(filter(None, (_source(value, known) for value in values)), "")
        yield from ((one.id, source) for one in targets if source and isinstance(one, ast.Name))


def _source(node: ast.expr, known: Mapping[str, str]) -> str:
    """The dotted name of what is taken from a module as it is; empty for what was made, by a call above all."""
    match node:
        case ast.Name(id=name):
            return known.get(name, "")
        case ast.Attribute(value=value, attr=name):
            return f"{found}.{name}" if (found := _source(value, known)) else ""
        case ast.Subscript(value=value):
            return _source(value, known)
        case ast.Call(args=[first, *_]) if called(node) in ("type", "vars", "getattr"):
            return _source(first, known) or ("a class" if called(node) == "type" else "")
        case ast.Call(args=[ast.Constant(value=str(name)), *_]) if called(node) in ("import_module", "__import__"):
            return name
        case ast.Call() if called(node) in ("import_module", "__import__"):
            return "a module"
    return ""


def _set_by(node: ast.AST, modules: Mapping[str, str], touched: Collection[str]) -> Iterator[ast.AST]:
    """Places in modules that a statement sets to what may be code, so that it stays when the test is over."""
    match node:
        case ast.Assign(targets=places, value=value):
            pass
        case ast.AugAssign(target=target, value=value) | ast.AnnAssign(target=target, value=ast.expr() as value):
            places = [target]
        case ast.For(target=target, iter=value) | ast.AsyncFor(target=target, iter=value):
            places = [target]
        case ast.withitem(optional_vars=ast.expr() as target, context_expr=value):
            places = [target]
        case _:
            return
    for place in (inner for one in places for inner in ast.walk(one)):
        if isinstance(place, ast.Attribute | ast.Subscript) and isinstance(place.ctx, ast.Store):
            is_touched = isinstance(place, ast.Attribute) and place.attr in touched
            if _is_of_module(place, modules) and (
                is_touched or not (_is_plain(value) or _is_slot(place, value, touched))
            ):
                yield place


def _is_slot(place: ast.expr, value: ast.expr, touched: Collection[str]) -> bool:
    """Whether an application is told what to work with where it is asked for that, and not by what the change wrote."""
    named = {one.id for one in ast.walk(place) if isinstance(one, ast.Name)}
    if isinstance(place, ast.Attribute) and isinstance(value, ast.Dict):
        named |= {one.id for key in value.keys if key is not None for one in ast.walk(key) if isinstance(one, ast.Name)}
    return bool(_SLOTS & _attributes(place)) and not (named | _attributes(place)) & {*touched}


def _is_of_module(place: ast.expr, modules: Mapping[str, str]) -> bool:
    source = _source(place, modules)
    is_data = any(source == one or source.startswith(f"{one}.") for one in _DATA)
    return (bool(source) and not is_data) or bool(_UNDER & _attributes(place))


def _attributes(node: ast.AST) -> set[str]:
    return {one.attr for one in ast.walk(node) if isinstance(one, ast.Attribute)}


def _is_plain(node: ast.expr) -> bool:
    """Whether it is data that stands there as it is, so that it can't be code."""
    return all(
        isinstance(one, ast.Constant | ast.List | ast.Tuple | ast.Dict | ast.Set | ast.UnaryOp | ast.unaryop | ast.Load)
        for one in ast.walk(node)
    )


def _puts(call: ast.Call, modules: Mapping[str, str], touched: Collection[str]) -> bool:
    """Whether a call sets something in a module, or does what nobody can read."""
    name, at = called(call), call.func
    if isinstance(at, ast.Name):
        is_data = all(map(_is_plain, call.args[2:])) and _last(call.args[1:2]) not in touched
        return name == "exec" or (
            name == "setattr" and any(_is_of_module(one, modules) for one in call.args[:1]) and not is_data
        )
    if not isinstance(at, ast.Attribute) or name not in _PUTTING:
        return False
    is_inner = bool(_UNDER & _attributes(at)) or _source(at.value, modules) == "sys.modules"
    is_inner = is_inner or (isinstance(at.value, ast.Call) and called(at.value) == "vars")
    return is_inner or (name == "__setattr__" and any(_is_of_module(one, modules) for one in call.args[:1]))


def _last(nodes: Iterable[ast.expr]) -> str:
    """The last part of the first of them, where that is plain text."""
    for node in nodes:
        return node.value.rpartition(".")[2] if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
    return ""


def _target(call: ast.Call, modules: Mapping[str, str], touched: Collection[str]) -> str:
    """What of the change a call replaces; empty for nothing of it."""
    wanted = call.args[:2] or [one.value for one in call.keywords if one.arg in ("target", "attribute", "name")]
    if called(call) in _DOUBLES or not wanted:
        return ""
    is_text = isinstance(wanted[0], ast.Constant)
    last = _last(wanted[:1] if is_text else wanted[1:2])
    if not last and not is_text and _source(wanted[0], modules) and touched:
        return _UNREAD
    owner = {one.id for one in ast.walk(wanted[0]) if isinstance(one, ast.Name)} | _attributes(wanted[0])
    names = owner if last.startswith("__") else {last}
    return next(iter(sorted(names & set(touched))), "")
