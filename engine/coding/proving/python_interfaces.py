"""The public names of a Python module with their signatures, from its tree."""

import ast
from collections.abc import Collection, Iterator, Sequence

from engine.coding.proving.languages import parsed

Function = ast.FunctionDef | ast.AsyncFunctionDef
_DEFINED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
CALLED_BY_PYTHON = {
    *("__init__", "__call__", "__enter__", "__exit__", "__iter__", "__next__", "__getitem__", "__len__", "__getattr__"),
    *("__setitem__", "__delitem__", "__contains__", "__eq__", "__lt__", "__hash__", "__bool__", "__add__"),
    *("__aenter__", "__aexit__", "__aiter__", "__anext__", "__await__"),
}
_KINDS = {"staticmethod", "classmethod", "property", "setter", "contextmanager", "asynccontextmanager"}
"""Decorators that change how something is used."""


def python_interface(text: str, *, is_package: bool = False) -> dict[str, str] | None:
    """Functions, classes with methods and attributes, constants, and what `__all__` names; None: it is no Python.

    What a package's own file imports it offers, too.
    """
    tree = parsed(text)
    if tree is None:
        return None
    listed = _listed(tree)
    found: dict[str, str] = {}
    _take(tree.body, "", found)
    found = {**(_handed_on(tree) if is_package else {}), **found}
    if listed is None:
        return {name: told for name, told in found.items() if _is_public(name)}
    kept = {name: told for name, told in found.items() if name.partition(".")[0] in listed and _is_public(name, listed)}
    return {**{name: name for name in sorted(listed)}, **kept, "__all__": ", ".join(sorted(listed))}


def _handed_on(tree: ast.Module) -> dict[str, str]:
    """What is imported, wherever it comes from; of all that a module has only its name is known."""
    named = [(one.asname or one.name, node.module or "") for node in _imports(tree) for one in node.names]
    return {name if name != "*" else f"* of {source}": name for name, source in named if source != "__future__"}


def _imports(tree: ast.Module) -> list[ast.ImportFrom]:
    return [node for node in tree.body if isinstance(node, ast.ImportFrom)]


def taken_from(text: str) -> Iterator[tuple[str, str]]:
    """What a module imports under its own name, each with the last part of the module that it comes from."""
    tree = parsed(text)
    for node in _imports(tree) if tree is not None else ():
        source = (node.module or "").rpartition(".")[2]
        yield from ((one.name, source) for one in node.names if one.asname in (None, one.name))


def lines_defined(text: str, names: Collection[str]) -> set[int]:
    """The lines of the functions, methods and classes of those names; none where the text has none of them."""
    tree = parsed(text)
    found = [node for node in ast.walk(tree) if isinstance(node, _DEFINED)] if tree is not None else []
    return {
        line
        for node in found
        if node.name in names
        for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }


def _is_public(name: str, listed: set[str] | None = None) -> bool:
    first, *rest = name.split(".")
    hidden = [part for part in ([] if listed else [first]) + rest if part.startswith("_")]
    return all(part in CALLED_BY_PYTHON for part in hidden)


def _listed(tree: ast.Module) -> set[str] | None:
    """The texts in `__all__`; None: the module has none that can be read."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and any(
            isinstance(one, ast.Name) and one.id == "__all__" for one in node.targets
        ):
            value = node.value
            if isinstance(value, ast.List | ast.Tuple):
                return {str(one.value) for one in value.elts if isinstance(one, ast.Constant)}
    return None


def _take(body: Sequence[ast.stmt], owner: str, found: dict[str, str]) -> None:
    for node in body:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                found[owner + node.name] = _signature(owner, node)
            case ast.ClassDef():
                bases = ", ".join(ast.unparse(one) for one in (*node.bases, *node.keywords))
                found[owner + node.name] = (
                    f"class {owner}{node.name}({bases})" if bases else f"class {owner}{node.name}"
                )
                _take(node.body, f"{owner}{node.name}.", found)
            case ast.Assign():
                for target in node.targets:
                    _name(target, owner, "", found)
            case ast.AnnAssign():
                default = " = …" if node.value is not None and owner else ""
                _name(node.target, owner, f": {ast.unparse(node.annotation)}{default}", found)
            case ast.If() | ast.Try() | ast.TryStar():
                _take([*node.body, *node.orelse], owner, found)
                for handler in getattr(node, "handlers", ()):
                    _take(handler.body, owner, found)
            case _:
                pass


def _name(target: ast.expr, owner: str, told: str, found: dict[str, str]) -> None:
    for one in ast.walk(target):
        if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store) and one.id != "__all__":
            found[owner + one.id] = f"{owner}{one.id}{told}"


def _signature(owner: str, node: Function) -> str:
    """With decorators that change how it is used; defaults count, for callers may leave such arguments out."""
    kinds = [ast.unparse(one) for one in node.decorator_list]
    prefix = "".join(f"@{one} " for one in kinds if one.rpartition(".")[2] in _KINDS)
    returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    awaited = "async " if isinstance(node, ast.AsyncFunctionDef) else ""
    yields = " that yields" if _is_generator(node) else ""
    return f"{prefix}{awaited}{owner}{node.name}({ast.unparse(node.args)}){returns}{yields}"


def _is_generator(node: Function) -> bool:
    waiting: list[ast.AST] = [*node.body]
    while waiting:
        one = waiting.pop()
        if isinstance(one, ast.Yield | ast.YieldFrom):
            return True
        if not isinstance(one, Function | ast.Lambda | ast.ClassDef):
            waiting += ast.iter_child_nodes(one)
    return False
