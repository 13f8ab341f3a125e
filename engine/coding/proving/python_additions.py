"""What was added to Python tests and takes something from those that were there: no line of theirs is gone, and yet."""

import ast
import unittest
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from engine.coding.proving.python_tests import EXPECTING, Part, Step, arguments, calls, expressions, read, stored
from engine.coding.proving.weakening import Finding, WeakeningKind, shortened

ENDING = {"exit", "_exit", "abort", "quit"}
_AROUND = {
    *(f"{word}_{what}" for word in ("setup", "teardown") for what in ("module", "function", "class", "method")),
    *("setUpModule", "tearDownModule", "setup", "teardown"),
}
"""Functions that pytest and unittest run before and after tests because of their names."""
_OF_TEST_CASES = frozenset(dir(unittest.TestCase)) - {"maxDiff", "longMessage"}
_CHANGING = {
    *("append", "extend", "insert", "pop", "remove", "clear", "sort", "reverse", "update", "setdefault", "popitem"),
    *("add", "discard", "setattr", "delattr", "__setattr__", "__setitem__", "exec", "eval", "globals", "vars"),
}


def added_to(old: Part, new: Part, added: Sequence[Step], where: str) -> Iterator[Finding]:
    """Of the statements that a function, or the module, has got those that bear upon what was there."""
    known, started, last = _known(old, new), _only_when_started(new), _last_of(old, new)
    in_loop = any(isinstance(step.node, ast.For | ast.AsyncFor | ast.While) for step in old.steps)
    for step in added:
        if id(step.node) in started:
            continue
        bears = old.node is None or step.line <= last or (in_loop and step.conditions > 0)
        own = bool(step.owner)  # of a class, which may set up what is its own
        bearing = _bearing(step, known, is_new=own or not old.steps) if bears else ()
        found = [*(() if own else _ending(step)), *bearing]
        for kind, words in found[:1]:
            yield Finding(line=step.line, kind=kind, words=f"{where} {words}: «{shortened(step.text)}»")
    yield from _expected_elsewhere(old, new, where)


def _known(old: Part, new: Part) -> set[str]:
    """The names that mean something to what was there; for a new module those that it has from elsewhere."""
    if not old.steps:
        return {name for step in new.steps for name in _imported(step.node)}
    if old.node is None:
        return {name for step in old.steps if not step.owner for name in stored(step.node) | _imported(step.node)}
    return read(old) | {name for step in old.steps for name in stored(step.node)}


def _imported(node: ast.stmt) -> set[str]:
    names = node.names if isinstance(node, ast.Import | ast.ImportFrom) else []
    return {(one.asname or one.name).partition(".")[0] for one in names}


def _last_of(old: Part, new: Part) -> int:
    """The line of the last statement that was there: what comes after it bears upon nothing."""
    before = Counter(step.text for step in old.steps)
    return max((step.line for step in new.steps if before[step.text] > 0), default=0)


def _only_when_started(part: Part) -> set[int]:
    """Statements under `if __name__ == "__main__"`, which no runner comes to."""
    starts = (
        step.node for step in part.steps if isinstance(step.node, ast.If) and "__name__" in ast.unparse(step.node.test)
    )
    return {id(one) for start in starts for one in ast.walk(start)}


def _ending(step: Step) -> Iterator[tuple[WeakeningKind, str]]:
    node = step.node
    if isinstance(node, ast.Return | ast.Break | ast.Continue) or ENDING & set(calls(node)):
        yield WeakeningKind.EARLY_END, "now may end early"
    if any(isinstance(one, ast.Yield | ast.YieldFrom) for one in expressions(node)):
        yield WeakeningKind.HIDDEN_TEST, "is a generator now, of which a runner runs nothing"


def _bearing(step: Step, known: set[str], *, is_new: bool) -> Iterator[tuple[WeakeningKind, str]]:
    node = step.node
    if step.is_check:
        return
    if changed := _changed_parts(node) & known if is_new else _changed_parts(node):
        yield WeakeningKind.REPLACED, f"changes what is in «{', '.join(sorted(changed))}»"
    if is_new:
        return  # nothing was there that the rest could bear upon
    if isinstance(node, ast.ImportFrom) and any(one.name == "*" for one in node.names):
        yield WeakeningKind.REPLACED, "may get other meanings of its names"
    if anew := stored(node) & known:
        yield WeakeningKind.CHANGED_STEP, f"sets «{', '.join(sorted(anew))}» anew"
    if _is_call(node) or _CHANGING & set(calls(node)):
        yield WeakeningKind.CHANGED_STEP, "now does more before what was there"


def _changed_parts(node: ast.stmt) -> set[str]:
    """What a statement sets an attribute or an entry of."""
    places = (one for one in expressions(node) if isinstance(one, ast.Attribute | ast.Subscript))
    return {_root(one) for one in places if isinstance(one.ctx, ast.Store | ast.Del)}


def _root(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ast.unparse(node)


def _is_call(node: ast.stmt) -> bool:
    inner = node.value if isinstance(node, ast.Expr) else None
    return isinstance(inner.value if isinstance(inner, ast.Await) else inner, ast.Call)


def _expected_elsewhere(old: Part, new: Part, where: str) -> Iterator[Finding]:
    """`with pytest.raises(…)` around more than before: the new statement may raise instead of the old one."""
    before: dict[str, set[str]] = {}
    for text, inside in _expecting(old):
        before.setdefault(text, set()).update(inside)
    for text, inside in _expecting(new):
        known = before.get(text, set())
        for words in sorted(inside.keys() - known) if inside.keys() & known else ():  # else it is all new
            told = f"{where} has more in «{shortened(text)}» now, which may do what it expects"
            told = f"{told}: «{shortened(words)}»"
            yield Finding(line=inside[words].lineno, kind=WeakeningKind.CHANGED_CHECK, words=told)


def _expecting(part: Part) -> Iterator[tuple[str, Mapping[str, ast.stmt]]]:
    """What expects an exception, with the statements in it by their texts."""
    for step in part.steps:
        if isinstance(step.node, ast.With | ast.AsyncWith) and any(
            name in EXPECTING or name.lower().startswith("assert") for name in calls(step.node)
        ):
            yield step.text, {ast.unparse(one): one for one in step.node.body}


def in_other_order(old: Part, new: Part, where: str) -> Iterator[Finding]:
    """The same statements of a test or fixture in another order: a check that stands before the deed says nothing."""
    if old.node is None:
        return
    ones, others = ([step for step in part.steps if not _imported(step.node)] for part in (old, new))
    both = Counter(step.text for step in ones) & Counter(step.text for step in others)
    kept = [_kept(steps, both) for steps in (ones, others)]
    for was, now in zip(*kept, strict=True):
        if was.text != now.text:
            words = (
                f"{where} does the same in another order: «{shortened(now.text)}» comes before «{shortened(was.text)}»"
            )
            yield Finding(line=now.line, kind=WeakeningKind.CHANGED_STEP, words=words)
            return


def _kept(steps: Iterable[Step], wanted: Counter[str]) -> list[Step]:
    left, kept = Counter(wanted), []
    for step in steps:
        if left[step.text] > 0:
            left[step.text] -= 1
            kept.append(step)
    return kept


def newly_bound(old: Part, new: Part, where: str) -> Iterator[Finding]:
    """A new argument, and so a fixture, by the name of what the function used before."""
    for name in sorted((arguments(new) - arguments(old)) & read(old)):
        words = f"{where} takes «{name}» as an argument now, which it used before"
        yield Finding(line=new.line, kind=WeakeningKind.REPLACED, words=words)


def put_around(before: Mapping[str, Part], after: Mapping[str, Part]) -> Iterator[Finding]:
    """Functions and attributes that a runner, or the tests that were there, come upon by their names."""
    used = _used(before)
    for name, part in after.items():
        owner, _, last = name.rpartition("::")
        if name and name not in before and owner in used:
            yield from _found_by_name(part.line, last, owner, used[owner])
    there = Counter(step.text for step in before[""].steps)
    bound = {name for step in before[""].steps for name in stored(step.node) | _imported(step.node)}
    for step in after[""].steps:
        owner = step.owner.removesuffix("::")
        if owner in used and there[step.text] == 0:
            for last in sorted((stored(step.node) | _imported(step.node)) - (set() if owner else bound)):
                yield from _found_by_name(step.line, last, owner, used[owner])


def _used(before: Mapping[str, Part]) -> dict[str, set[str]]:
    """For each class that holds tests, and "" for the module, the names that its functions find in it."""
    used = {name.rpartition("::")[0]: set[str]() for name, part in before.items() if part.is_test}
    for name, part in before.items():
        owner = name.rpartition("::")[0]
        if owner in used and part.node is not None:
            used[owner] |= arguments(part) if owner else read(part) - arguments(part)
            of_self = (one for one in ast.walk(part.node) if isinstance(one, ast.Attribute) and owner)
            used[owner] |= {
                one.attr for one in of_self if isinstance(one.value, ast.Name) and one.value.id in ("self", "cls")
            }
    return used


def _found_by_name(line: int, name: str, owner: str, used: set[str]) -> Iterator[Finding]:
    if name in ("__init__", "__new__", "__test__"):
        return  # told already: they keep a class from the runner
    is_inherited = name in _OF_TEST_CASES or (name.startswith("__") and name.endswith("__"))
    if name in _AROUND or (owner and is_inherited):
        where = f"the tests of «{owner}»" if owner else "every test of the module"
        words = f"the new «{name}» is run around {where}, or in place of what a runner knows by that name"
        yield Finding(line=line, kind=WeakeningKind.RUNNER, words=words)
    elif name in used:
        where = f"the tests of «{owner}» use" if owner else "tests used before"
        words = f"«{name}», which {where}, means something new there"
        yield Finding(line=line, kind=WeakeningKind.REPLACED, words=words)
