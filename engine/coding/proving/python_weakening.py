"""Weakened Python tests: two versions of a module compared function by function."""

import ast
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from engine.coding.proving.languages import parsed
from engine.coding.proving.python_additions import added_to, in_other_order, newly_bound, put_around
from engine.coding.proving.python_tests import (
    Part,
    Step,
    arguments,
    bound,
    called,
    catches,
    expressions,
    parts,
    read,
    replacements,
    skips,
    stored,
)
from engine.coding.proving.weakening import Finding, WeakeningKind, shortened

HIDING = {"pytestmark", "collect_ignore", "collect_ignore_glob", "__test__", "load_tests"}
Parts = dict[str, Part]


def python_findings(old_text: str | None, new_text: str | None) -> Iterator[Finding]:
    """What the new text of a test module no longer tells; None: the file is not there."""
    old, new = (ast.Module(body=[], type_ignores=[]) if text is None else parsed(text) for text in (old_text, new_text))
    if new is None:
        yield Finding(line=1, kind=WeakeningKind.UNREADABLE, words="it is no longer readable Python")
        return
    if old is None:
        return  # it said nothing before
    before, after = parts(old), parts(new)
    bodies: dict[tuple[str, ...], list[Part]] = {}
    for name, part in after.items():
        if name not in before:
            bodies.setdefault(_body(part), []).append(part)
    for name, part in before.items():
        if name in after:
            yield from _changed(part, after[name])
        else:
            yield from _gone(part, bodies.get(_body(part), []), new_text or "")
    yield from _hooks(before, after)
    yield from put_around(before, after)
    yield from _stand_ins(before.values(), {name for name, _ in bound(new) - bound(old)}, after)


def python_moved(test: str, old_text: str, new_text: str) -> bool:
    """The test of that name stands in the new text and says no less there than it did in the old one."""
    old, new = parsed(old_text), parsed(new_text)
    before, after = (parts(tree).get(test) if tree is not None else None for tree in (old, new))
    return before is not None and after is not None and after.is_test and not any(_changed(before, after))


def _body(part: Part) -> tuple[str, ...]:
    return tuple(step.text for step in part.steps)


def _gone(part: Part, twins: list[Part], new_text: str) -> Iterator[Finding]:
    """A function that is not there by its name; `twins` are new ones with the same statements."""
    last = part.name.rpartition("::")[2]
    if not part.is_test:
        if any(step.is_check for step in part.steps) and not twins:
            yield _at(
                part.line, WeakeningKind.REMOVED_CHECK, f"«{part.name}», which checks something, is gone", gone=True
            )
    elif any(one.is_test for one in twins):
        return  # it has another name
    elif twins:
        words = f"the test «{part.name}» is now «{twins[0].name}», which no runner finds"
        yield _at(twins[0].line, WeakeningKind.HIDDEN_TEST, words)
    elif comment := _comment_with(f"def {last}(", new_text):
        yield _at(comment, WeakeningKind.COMMENTED_OUT, f"the test «{part.name}» is commented out")
    else:
        words = f"the test «{part.name}» is gone"
        yield Finding(line=part.line, kind=WeakeningKind.REMOVED_TEST, words=words, gone=True, test=part.name)


def _comment_with(words: str, text: str) -> int | None:
    return next(
        (n for n, line in enumerate(text.splitlines(), 1) if line.lstrip().startswith("#") and words in line), None
    )


def _at(line: int, kind: WeakeningKind, words: str, gone: bool = False) -> Finding:
    return Finding(line=line, kind=kind, words=words, gone=gone)


def _changed(old: Part, new: Part) -> Iterator[Finding]:
    where = f"«{new.name}»" if new.name else "the module"
    for line, word in _more(skips(old), skips(new)):
        yield _at(line, WeakeningKind.SKIPPED, f"{where} has a new «{word}»")
    for line, word in _more(catches(old), catches(new)):
        yield _at(line, WeakeningKind.CAUGHT, f"{where} now catches failures («{shortened(word)}»)")
    for line, word in _more(replacements(old), replacements(new)):
        yield _at(line, WeakeningKind.REPLACED, f"{where} now replaces code: «{shortened(word)}»")
    if new.conditions > old.conditions:
        yield _at(new.line, WeakeningKind.CONDITION, f"{where} is now defined under a condition only")
    yield from _signature(old, new, where)
    yield from in_other_order(old, new, where)
    yield from newly_bound(old, new, where)
    ones, others = (replace(one, steps=_single_imports(one.steps)) for one in (old, new))
    yield from _steps(ones, others, where)


def _more(old: list[tuple[int, str]], new: list[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """Those of the new ones that are not among the old ones, whatever their lines."""
    left = Counter(word for _, word in old)
    for line, word in new:
        if left[word] > 0:
            left[word] -= 1
        else:
            yield line, word


def _signature(old: Part, new: Part, where: str) -> Iterator[Finding]:
    kept = [ast.unparse(one) for one in old.decorators]
    added = [one for one in new.decorators if ast.unparse(one) not in kept]
    texts = [ast.unparse(one) for one in new.decorators]
    for decorator in old.decorators:
        text = ast.unparse(decorator)
        if text in texts:
            continue
        grown = next((one for one in added if _grew(decorator, one)), None)
        if grown is not None:
            added.remove(grown)
        else:
            is_case = called(decorator) == "parametrize"
            words = f"cases of {where} changed: «@{shortened(text)}»" if is_case else f"«@{shortened(text)}» is gone"
            yield _at(new.line, WeakeningKind.CHANGED_CHECK if is_case else WeakeningKind.CHANGED_STEP, words)
    for one in added:
        yield _at(one.lineno, WeakeningKind.CHANGED_STEP, f"{where} has a new «@{shortened(ast.unparse(one))}»")
    if old.node is not None and new.node is not None:
        if type(old.node) is not type(new.node):
            yield _at(new.line, WeakeningKind.HIDDEN_TEST, f"{where} changed between plain and async")
        if not arguments(old) <= arguments(new) or _defaults(old) != _defaults(new):
            yield _at(new.line, WeakeningKind.CHANGED_STEP, f"{where} takes other arguments")


def _defaults(part: Part) -> list[str]:
    assert part.node is not None
    return [ast.unparse(one) for one in (*part.node.args.defaults, *part.node.args.kw_defaults) if one is not None]


def _grew(old: ast.AST, new: ast.AST) -> bool:
    """The same, but that lists in it have got more entries."""
    if type(old) is not type(new):
        return False
    if isinstance(old, ast.List | ast.Tuple | ast.Set) and isinstance(new, ast.List | ast.Tuple | ast.Set):
        return not Counter(map(ast.dump, old.elts)) - Counter(map(ast.dump, new.elts))
    if isinstance(old, ast.Dict) and isinstance(new, ast.Dict):
        pairs = [
            Counter(
                (ast.dump(key) if key else "", ast.dump(value)) for key, value in zip(d.keys, d.values, strict=True)
            )
            for d in (old, new)
        ]
        return not pairs[0] - pairs[1]
    if isinstance(old, ast.Call | ast.Assign | ast.AnnAssign | ast.keyword):
        ones, others = list(ast.iter_child_nodes(old)), list(ast.iter_child_nodes(new))
        return len(ones) == len(others) and all(
            ast.dump(one) == ast.dump(other) or _grew(one, other) for one, other in zip(ones, others, strict=True)
        )
    return ast.dump(old) == ast.dump(new)


def _single_imports(old: Sequence[Step]) -> tuple[Step, ...]:
    """Each imported name as a step of its own, so that one more of them changes no step."""
    single: list[Step] = []
    for step in old:
        node = step.node
        if isinstance(node, ast.Import | ast.ImportFrom):
            for alias in node.names:
                alone = (
                    ast.Import(names=[alias])
                    if isinstance(node, ast.Import)
                    else ast.ImportFrom(module=node.module, names=[alias], level=node.level)
                )
                single.append(Step(line=step.line, text=ast.unparse(alone), conditions=step.conditions, node=node))
        else:
            single.append(step)
    return tuple(single)


def _steps(old: Part, new: Part, where: str) -> Iterator[Finding]:
    missing, added = _difference(old.steps, new.steps), _difference(new.steps, old.steps)
    for step in missing:
        yield from _missing(step, added, where)
    yield from _bound_by_more(old.steps, new.steps, where)
    yield from added_to(old, new, added, where)


def _difference(ones: Iterable[Step], others: Iterable[Step]) -> list[Step]:
    left = Counter(step.text for step in others)
    different = []
    for step in ones:
        if left[step.text] > 0:
            left[step.text] -= 1
        else:
            different.append(step)
    return different


def _missing(step: Step, added: list[Step], where: str) -> Iterator[Finding]:
    """A statement that is no longer there as it was; its successor is taken out of `added`."""
    successor = next((one for one in added if _succeeds(step, one)), None)
    if successor is not None:
        added.remove(successor)
    text = shortened(step.text)
    if step.is_check and successor is None:
        yield _at(step.line, WeakeningKind.REMOVED_CHECK, f"{where} no longer checks «{text}»", gone=True)
    elif step.is_check and successor is not None:
        empty = always_holds(successor.node)
        kind = WeakeningKind.EMPTY_CHECK if empty else WeakeningKind.CHANGED_CHECK
        words = (
            f"{where} checked «{text}» and now {'always holds' if empty else 'checks'}: «{shortened(successor.text)}»"
        )
        yield _at(successor.line, kind, words)
    elif successor is None:
        yield _at(step.line, WeakeningKind.CHANGED_STEP, f"{where} no longer has «{text}»", gone=True)
    elif not _grew(step.node, successor.node):
        words = f"{where}: «{text}» became «{shortened(successor.text)}»"
        yield _at(successor.line, WeakeningKind.CHANGED_STEP, words)


def _succeeds(old: Step, new: Step) -> bool:
    if old.is_check or new.is_check:
        return old.is_check and new.is_check
    return type(old.node) is type(new.node) and stored(old.node) == stored(new.node)


def _bound_by_more(old: Sequence[Step], new: Sequence[Step], where: str) -> Iterator[Finding]:
    """Statements with the same text that now stand in more blocks, which may keep them from running or failing."""
    before: dict[str, list[int]] = {}
    for step in old:
        before.setdefault(step.text, []).append(step.conditions)
    for levels in before.values():
        levels.sort(reverse=True)
    for step in sorted(new, key=lambda one: -one.conditions):
        levels = before.get(step.text, [])
        if not levels:
            continue
        if step.conditions > levels.pop(0):
            words = f"{where} has «{shortened(step.text)}» only inside another block now"
            yield _at(step.line, WeakeningKind.CONDITION, words)


def always_holds(node: ast.stmt) -> bool:
    """Such as `assert True`, `assert x == x`, `assert x or True`, `assertEqual(x, x)`, `raises(Exception)`."""
    if isinstance(node, ast.Assert):
        return _true(node.test)
    for one in expressions(node):
        if not isinstance(one, ast.Call):
            continue
        name, texts = called(one), [ast.unparse(argument) for argument in one.args]
        if (name in ("assertTrue", "assertIsNotNone") and one.args and _true(one.args[0])) or (
            name in ("assertEqual", "assertIs") and len(texts) > 1 and texts[0] == texts[1]
        ):
            return True
        if name in ("raises", "assertRaises") and texts[:1] in (["Exception"], ["BaseException"]):
            return True
    return False


def _true(node: ast.expr) -> bool:
    match node:
        case ast.Constant(value=value):
            return bool(value)
        case ast.Tuple(elts=elements) | ast.List(elts=elements):
            return bool(elements)
        case ast.BoolOp(op=ast.Or(), values=values):
            return any(map(_true, values))
        case ast.BoolOp(op=ast.And(), values=values):
            return all(map(_true, values))
        case ast.UnaryOp(op=ast.Not(), operand=ast.Constant(value=value)):
            return not value
        case ast.Compare(left=left, ops=[ast.Eq() | ast.Is() | ast.LtE() | ast.GtE()], comparators=[right]):
            return ast.dump(left) == ast.dump(right)
        case ast.NamedExpr(value=value):
            return _true(value)
    return False


def _hooks(before: Parts, after: Parts) -> Iterator[Finding]:
    """What reaches into the runner, in new files too."""
    classes = {name.partition("::")[0] for name in before if "::" in name}
    for name, part in after.items():
        last = name.rpartition("::")[2]
        if name in before:
            continue
        if last.startswith("pytest_") or last == "load_tests":
            yield _at(part.line, WeakeningKind.RUNNER, f"«{last}» is a new hook into the runner")
        elif part.is_fixture and any("autouse" in ast.unparse(one) for one in part.decorators):
            yield _at(part.line, WeakeningKind.RUNNER, f"the new fixture «{last}» is put around every test by itself")
        elif last in ("__init__", "__new__") and name.partition("::")[0] in classes:
            yield _at(
                part.line, WeakeningKind.HIDDEN_TEST, f"with «{name}» pytest no longer finds the tests of its class"
            )
    old_names = {name for step in before[""].steps for name in stored(step.node)}
    tests = {name.rpartition("::")[2] for name in before if before[name].is_test}
    for step in after[""].steps:
        for name in stored(step.node) - old_names:
            if name in HIDING or name in tests:
                yield _at(step.line, WeakeningKind.HIDDEN_TEST, f"«{shortened(step.text)}» keeps tests from the runner")
        if isinstance(step.node, ast.Delete):
            yield _at(step.line, WeakeningKind.HIDDEN_TEST, f"«{shortened(step.text)}» takes something away")


def _stand_ins(before: Iterable[Part], names: set[str], after: Parts) -> Iterator[Finding]:
    """New meanings, on the module's level, of names that tests already used."""
    used = {name for part in before if part.is_test or part.is_fixture for name in read(part) | arguments(part)}
    for name in sorted(names & used):
        line = after[name].line if name in after else 1
        yield _at(line, WeakeningKind.REPLACED, f"«{name}», which tests use, means something new in this module")
