"""A Python test file taken apart: its functions with their statements, checks, and what may keep them from running."""

import ast
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

Function = ast.FunctionDef | ast.AsyncFunctionDef
BROAD = {"AssertionError", "Exception", "BaseException", "Failed"}
SKIPS = {"skip", "skipif", "skipIf", "skipUnless", "xfail", "expectedFailure", "skipTest", "SkipTest", "importorskip"}
REPLACING = {"patch", "setattr", "setitem", "Mock", "MagicMock", "AsyncMock", "create_autospec", "spy", "stub"}
EXPECTING = {"raises", "warns", "deprecated_call", "fail"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A statement, or the head of a compound one. `conditions`: how many blocks (if, for, with, try …) it stands in."""

    line: int
    text: str
    conditions: int
    node: ast.stmt
    owner: str = ""  # of what stands in a class outside of its functions: `Class::`

    @property
    def is_check(self) -> bool:
        return is_check(self.node)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A function of a test file, or what stands outside of functions (name "")."""

    name: str
    line: int
    steps: tuple[Step, ...]
    decorators: tuple[ast.expr, ...] = ()
    conditions: int = 0
    is_test: bool = False
    is_fixture: bool = False
    node: Function | None = None  # None: the module


def called(node: ast.expr) -> str:
    """The last part of what is named or called: `pytest.mark.skip(…)` → skip."""
    inner = node.func if isinstance(node, ast.Call) else node
    if isinstance(inner, ast.Attribute):
        return inner.attr
    return inner.id if isinstance(inner, ast.Name) else ""


def expressions(node: ast.stmt) -> Iterator[ast.AST]:
    """Everything in a statement but the statements inside it."""
    queue: list[ast.AST] = [child for child in ast.iter_child_nodes(node) if not isinstance(child, ast.stmt)]
    while queue:
        one = queue.pop()
        yield one
        queue += [child for child in ast.iter_child_nodes(one) if not isinstance(child, ast.stmt)]


def calls(node: ast.stmt) -> list[str]:
    return [called(one) for one in expressions(node) if isinstance(one, ast.Call)]


def is_check(node: ast.stmt) -> bool:
    """An assertion, or a call that asserts or expects an exception."""
    if isinstance(node, ast.Assert):
        return True
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return False
    return any(name.lower().startswith("assert") or name in EXPECTING for name in calls(node))


def _head(node: ast.stmt) -> str:
    """A statement's text without its body."""
    if isinstance(node, ast.If | ast.While):
        return f"{type(node).__name__.lower()} {ast.unparse(node.test)}"
    if isinstance(node, ast.For | ast.AsyncFor):
        return f"for {ast.unparse(node.target)} in {ast.unparse(node.iter)}"
    if isinstance(node, ast.With | ast.AsyncWith):
        return "with " + ", ".join(ast.unparse(item) for item in node.items)
    if isinstance(node, ast.Try | ast.TryStar):
        caught = [ast.unparse(handler.type) if handler.type else "all" for handler in node.handlers]
        return f"try, except {', '.join(caught) or 'nothing'}"
    if isinstance(node, ast.Match):
        return f"match {ast.unparse(node.subject)}"
    if isinstance(node, Function):
        return f"def {node.name}({ast.unparse(node.args)})"
    return f"class {node.name}" if isinstance(node, ast.ClassDef) else ast.unparse(node)


def _bodies(node: ast.stmt) -> list[tuple[list[ast.stmt], int]]:
    """The statements inside a statement, and by how many conditions more they are bound."""
    if isinstance(node, ast.If | ast.For | ast.AsyncFor | ast.While):
        return [(node.body, 1), (node.orelse, 1)]
    if isinstance(node, ast.With | ast.AsyncWith):
        return [(node.body, 1)]
    if isinstance(node, ast.Try | ast.TryStar):
        handlers = [(handler.body, 1) for handler in node.handlers]
        return [(node.body, 1), *handlers, (node.orelse, 1), (node.finalbody, 0)]
    if isinstance(node, ast.Match):
        return [(case.body, 1) for case in node.cases]
    return [(node.body, 1)] if isinstance(node, Function | ast.ClassDef) else []


def _says_nothing(node: ast.stmt) -> bool:
    """A docstring, another text that only stands there, or `pass`."""
    return isinstance(node, ast.Pass) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))


def steps(body: Sequence[ast.stmt], conditions: int = 0) -> Iterator[Step]:
    """Statements in their order, compound ones followed by what is in them; texts that only stand there left out."""
    for node in body:
        if _says_nothing(node):
            continue
        yield Step(line=node.lineno, text=_head(node), conditions=conditions, node=node)
        for inner, more in _bodies(node):
            yield from steps(inner, conditions + more)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where a definition stands: in which class, under how many conditions, and whether tests are looked for there."""

    owner: str = ""
    conditions: int = 0
    collects: bool = True


def parts(tree: ast.Module) -> dict[str, Part]:
    """The functions of a module by `Class::name`, the last of a name as it is the one that runs, and the rest as ""."""
    found: dict[str, Part] = {}
    loose: list[Step] = []
    _collect(tree.body, _Place(), found, loose)
    found[""] = Part(name="", line=1, steps=tuple(loose))
    return found


def _collect(body: Sequence[ast.stmt], place: _Place, found: dict[str, Part], loose: list[Step]) -> None:
    for node in body:
        if isinstance(node, Function):
            name = f"{place.owner}{node.name}"
            found[name] = _part(name, node, place)
        elif isinstance(node, ast.ClassDef):
            bases = ", ".join(map(ast.unparse, (*node.bases, *node.keywords)))
            put_on = "".join(f"@{ast.unparse(one)} " for one in node.decorator_list)
            line = f"{put_on}class {place.owner}{node.name}({bases})"
            loose.append(Step(line=node.lineno, text=line, conditions=place.conditions, node=node))
            collects = place.collects and ("test" in node.name.lower() or "Test" in bases)
            owner = f"{place.owner}{node.name}::"
            _collect(node.body, replace(place, owner=owner, collects=collects), found, loose)
        elif inner := _bodies(node):
            loose.append(Step(line=node.lineno, text=_head(node), conditions=place.conditions, node=node))
            for one, more in inner:
                _collect(one, replace(place, conditions=place.conditions + more), found, loose)
        elif not _says_nothing(node):
            text = f"{place.owner}{ast.unparse(node)}"
            loose.append(Step(line=node.lineno, text=text, conditions=place.conditions, node=node, owner=place.owner))


def _part(name: str, node: Function, place: _Place) -> Part:
    return Part(
        name=name,
        line=node.lineno,
        steps=tuple(steps(node.body)),
        decorators=tuple(node.decorator_list),
        conditions=place.conditions,
        is_test=node.name.startswith("test") and place.collects,
        is_fixture=any(called(one) == "fixture" for one in node.decorator_list),
        node=node,
    )


def skips(part: Part) -> list[tuple[int, str]]:
    """Lines and words of what skips a part or expects it to fail: decorators, marks of cases, calls, raises."""
    found: list[tuple[int, str]] = []
    for decorator in part.decorators:
        found += _skipping(decorator.lineno, ast.walk(decorator))
    for step in part.steps:
        found += _skipping(step.line, expressions(step.node))
    return found


def _skipping(line: int, nodes: Iterable[ast.AST]) -> list[tuple[int, str]]:
    named = [called(one) for one in nodes if isinstance(one, ast.Attribute | ast.Name)]
    return [(line, name) for name in named if name in SKIPS]


def catches(part: Part) -> list[tuple[int, str]]:
    """Handlers that would swallow a failed assertion, and `suppress(…)` of such."""
    found = []
    for step in part.steps:
        if isinstance(step.node, ast.Try | ast.TryStar):
            for handler in step.node.handlers:
                names = _named(handler.type) if handler.type else BROAD
                if names & BROAD:
                    found.append((handler.lineno, ast.unparse(handler.type) if handler.type else "everything"))
        found += [
            (step.line, "suppressed")
            for one in expressions(step.node)
            if isinstance(one, ast.Call) and called(one) == "suppress" and {called(arg) for arg in one.args} & BROAD
        ]
    return found


def replacements(part: Part) -> list[tuple[int, str]]:
    """Calls and decorators that put something else in the place of code."""
    found = [(one.lineno, ast.unparse(one)) for one in part.decorators if replaces(one)]
    for step in part.steps:
        found += [
            (step.line, ast.unparse(one))
            for one in expressions(step.node)
            if isinstance(one, ast.Call) and replaces(one)
        ]
    return found


def replaces(node: ast.expr) -> bool:
    """Whether it is a call, or a decorator, that puts something else in the place of code while a test runs."""
    if called(node) in REPLACING:
        return True
    inner = node.func if isinstance(node, ast.Call) else node
    return isinstance(inner, ast.Attribute) and called(inner.value) == "patch"  # patch.object, patch.dict


def _named(node: ast.expr) -> set[str]:
    return {called(one) for one in ast.walk(node) if isinstance(one, ast.expr)}


def bound(tree: ast.Module) -> set[tuple[str, str]]:
    """The names that a module's own level gives a meaning to, each with the import that does it, or ""."""
    names: set[tuple[str, str]] = set()
    for step in steps(tree.body):
        node = step.node
        if isinstance(node, ast.Import | ast.ImportFrom):
            source = (node.module or "") if isinstance(node, ast.ImportFrom) else "import"
            names |= {
                ((alias.asname or alias.name).partition(".")[0], f"{source} {alias.name}") for alias in node.names
            }
        elif isinstance(node, Function | ast.ClassDef):
            names.add((node.name, ""))
        else:
            names |= {(name, "") for name in stored(node)}
    return names


def stored(node: ast.stmt) -> set[str]:
    """The names that a statement itself sets."""
    return {one.id for one in expressions(node) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)}


def arguments(part: Part) -> set[str]:
    """The names that a function takes: of a test those of its fixtures."""
    if part.node is None:
        return set()
    every = part.node.args
    return {one.arg for one in (*every.posonlyargs, *every.args, *every.kwonlyargs)}


def read(part: Part) -> set[str]:
    """The names a function reads and does not set itself."""
    loaded = {
        one.id
        for step in part.steps
        for one in expressions(step.node)
        if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Load)
    }
    return loaded - {name for step in part.steps for name in stored(step.node)}


_Meaning = tuple[str, str, bool, ast.AST]
"""What a name is given: the name, the import it comes from (empty for none), whether it can only be code, the place."""


def misnomers(tree: ast.Module, tested: Collection[str]) -> Iterator[ast.AST]:
    """What gives another meaning to a name that was imported to be tested, so that something else is called by it.

    `tested` has names of functions and classes, and of modules after a «/».
    """
    outer: dict[str, str] = {}
    for scope in ast.walk(tree):
        if not isinstance(scope, ast.Module | Function):
            continue
        meanings = [*_meanings(scope)]
        last = {source: source.rpartition(".")[2] for _, source, _, _ in meanings}
        own = {name: one for name, one, _, _ in reversed(meanings) if last[one] in tested or f"/{last[one]}" in tested}
        homes = outer | own
        outer = homes if scope is tree else outer
        used = {one.func.id for one in ast.walk(scope) if isinstance(one, ast.Call) and isinstance(one.func, ast.Name)}
        for name, source, is_code, node in meanings:
            is_other = name in homes and not _is_same(source, homes[name]) and (is_code or name in used)
            if is_other or (name == "*" and any(not one.startswith(f"{source}.") for one in own.values())):
                yield node


def _meanings(scope: ast.Module | Function) -> Iterator[_Meaning]:
    """What a module or function gives to names itself, not inside other functions and classes."""
    if isinstance(scope, Function):
        yield from ((one.arg, "", False, one) for one in ast.walk(scope.args) if isinstance(one, ast.arg))
    waiting: list[ast.AST] = list(reversed(scope.body))
    while waiting:
        node = waiting.pop()
        if isinstance(node, Function | ast.ClassDef):
            yield node.name, "", True, node
        else:
            yield from _given_by(node)
            waiting += reversed([*ast.iter_child_nodes(node)])


def _given_by(node: ast.AST) -> Iterator[_Meaning]:
    match node:
        case ast.Import():
            for one in node.names:
                top = one.name.partition(".")[0]
                yield one.asname or top, one.name if one.asname else top, True, node
        case ast.ImportFrom():
            source = node.module or ""
            for one in node.names:
                whole = source if one.name == "*" else f"{source}.{one.name}".strip(".")
                yield one.asname or one.name, whole, True, node
        case ast.Name(id=name, ctx=ast.Store()):
            yield name, "", False, node
        case ast.Assign(targets=places, value=ast.Lambda() | ast.Name()):
            yield from ((one.id, "", True, node) for one in places if isinstance(one, ast.Name))


def _is_same(source: str, home: str) -> bool:
    """Whether both are the same thing, one perhaps by a longer way."""
    return bool(source) and (source == home or source.endswith(f".{home}") or home.endswith(f".{source}"))
