"""The house rules that no linter knows: each failure names file, line and what to do."""

import ast
import functools
import gc
import io
import re
import subprocess
import tokenize
from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCE_FOLDERS = ("bot", "engine", "handlers", "storage")
FOLDERS = (*SOURCE_FOLDERS, "tests", "benchmarks")
FILE_LINES, FUNCTION_LINES, MODULES_A_FOLDER, FOLDER_LEVELS, PORTS = 400, 40, 30, 2, 12

VAGUE = {"util", "utils", "helper", "helpers", "common", "misc", "base", "manager", "managers", "service", "services"}

# Dataclasses of the engine that may change, each with the reason why it is no value.
MUTABLE_IN_THE_ENGINE = {
    "_Merging": "a merge under way, filled with what the model says",
    "_Mending": "a session about a repair under way, filled with what the model proposes",
    "_Session": "a reasoning session under way, filled with what the model proposes",
    "Guarded": "pydantic-ai copies a toolset that wraps another one with `replace`, and knows it as a plain dataclass",
    "Slip": "a model's call under way, on which its maker writes what came of it",
    "_Draft": "one goal's part of a batch, filled while it is decided",
    "Reached": "a server's tools for one run, which note whether the server could be reached",
    "BatchUnderWay": "a batch, filled while it is decided and then thrown away",
    "_Attempt": "an attempt under way gets its runner after it is known",
    "AttemptRunner": "a service that keeps the attempts of this process",
    "JobRunner": "a service that keeps the jobs of this process",
    "Crew": "who works on a goal just now, and what they have done",
    "Crews": "a service that keeps the crews of this process",
    "Dispatcher": "a service that shares the slots of this process",
}

# What touches the world outside, and the one place where it may.
HOMES = {
    "os.environ": ("bot/settings.py", "engine/coding/inside/"),  # the latter runs in a sandbox, as a program of its own
    "os.getenv": "bot/settings.py",
    "os.putenv": "bot/settings.py",
    "os.system": "engine/workspace/",
    "os.popen": "engine/workspace/",
    "os.fork": "engine/workspace/",
    "asyncio.create_subprocess_exec": "engine/workspace/",
    "asyncio.create_subprocess_shell": "engine/workspace/",
}

# Put together here, so that this file doesn't break its own rule.
REGISTRIES = [
    ".".join(parts) for parts in (("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("npmjs", "com"))
]
INDEX_OPTIONS = ["--" + name for name in ("index-url", "extra-index-url", "find-links", "trusted-host")]

SUPPRESSION = re.compile(r"#\s*(noqa|type:\s*ignore|pragma|mypy:|ruff:)", re.IGNORECASE)
REASONED = re.compile(
    r"# noqa: [A-Z]+[0-9]+(, [A-Z]+[0-9]+)* - \w.+"
    r"|# type: ignore\[[a-z-]+(, ?[a-z-]+)*\] +# (- )?\w.+"
    r"|# pragma: no (cover|branch) - \w.+"
)

Breaches = Iterator[str]
Function = ast.FunctionDef | ast.AsyncFunctionDef
KINDS = (
    *(ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef),
    *(ast.Import, ast.ImportFrom, ast.Attribute, ast.Call),
)
EMPTY = {ast.Name, ast.Constant, ast.Load, ast.Store, ast.alias}


def modules(folders: Iterable[str] = FOLDERS) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def at(path: Path, line: int, text: str) -> str:
    return f"{name_of(path)}:{line}: {text}"


@functools.cache
def nodes_of(path: Path) -> tuple[ast.AST, ...]:
    """The nodes of the kinds that rules are about, the module itself first."""
    todo: list[ast.AST] = [ast.parse(path.read_text("utf-8"), filename=str(path))]
    for node in todo:  # as `ast.walk` does, in half its time: most nodes are such as nothing is in
        for value in vars(node).values():
            if isinstance(value, list):
                todo += [one for one in value if type(one) not in EMPTY and isinstance(one, ast.AST)]
            elif type(value) not in EMPTY and isinstance(value, ast.AST):
                todo.append(value)
    return tuple(node for node in todo if isinstance(node, KINDS))


def nodes(folders: Iterable[str] = FOLDERS) -> Iterator[tuple[Path, ast.AST]]:
    for path in modules(folders):
        for node in nodes_of(path):
            yield path, node


def tracked_files() -> list[Path]:
    """What is in the repository or about to be: tracked, or new and not ignored."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode != 0:  # unpacked from an archive, or owned by someone else
        places = [path for path in ROOT.iterdir() if path.is_file()] + [ROOT / name for name in (*FOLDERS, ".ci")]
        return [path for place in places for path in (place, *place.rglob("*")) if path.is_file()]
    return [path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file()]


def long_files() -> Breaches:
    for path in modules():
        lines = len(path.read_text("utf-8").splitlines())
        if lines > FILE_LINES:
            yield at(path, lines, f"{lines} lines; split it at {FILE_LINES}")


def long_functions() -> Breaches:
    for path, node in nodes():
        if isinstance(node, Function):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > FUNCTION_LINES:
                yield at(path, node.lineno, f"{node.name} has {lines} lines; {FUNCTION_LINES} are allowed")


def vague_names() -> Breaches:
    for path in modules():
        for part in path.relative_to(ROOT).with_suffix("").parts:
            if VAGUE & set(part.lower().split("_")):
                yield at(path, 1, f"«{part}» says nothing; name what is in it")


def deep_or_full_folders() -> Breaches:
    for path in modules(SOURCE_FOLDERS):
        if len(path.relative_to(ROOT).parts) - 2 > FOLDER_LEVELS:
            yield at(path, 1, f"more than {FOLDER_LEVELS} levels of folders under the top one")
    for folder in {path.parent for path in modules(SOURCE_FOLDERS)}:
        count = len([path for path in folder.glob("*.py") if path.stem != "__init__"])
        if count > MODULES_A_FOLDER:
            yield f"{name_of(folder)}/: {count} modules; group them by subject at {MODULES_A_FOLDER}"


def modules_without_purpose() -> Breaches:
    for path in modules():
        tree = nodes_of(path)[0]
        assert isinstance(tree, ast.Module)
        if (tree.body or path.stem != "__init__") and not ast.get_docstring(tree):
            yield at(path, 1, "a docstring that says what the module is for is missing")


def dataclass_options(node: ast.ClassDef) -> set[str] | None:
    """The options switched on in the class's `@dataclass(…)`; None when it is no dataclass."""
    for decorator in node.decorator_list:
        call = decorator if isinstance(decorator, ast.Call) else None
        if ast.unparse(call.func if call else decorator).rpartition(".")[2] == "dataclass":
            keywords = call.keywords if call else []
            return {str(k.arg) for k in keywords if isinstance(k.value, ast.Constant) and k.value.value is True}
    return None


def changeable_values() -> Breaches:
    for path, node in nodes(["engine"]):
        if isinstance(node, ast.ClassDef) and (options := dataclass_options(node)) is not None:
            missing = {"frozen", "slots", "kw_only"} - options
            if missing and node.name not in MUTABLE_IN_THE_ENGINE:
                yield at(path, node.lineno, f"{node.name} is a value; add {', '.join(sorted(missing))}")


def suppressions_without_reason() -> Breaches:
    for path in modules():
        source = path.read_text("utf-8")
        found = [source[one.start() :].partition("\n")[0] for one in SUPPRESSION.finditer(source)]
        if all(map(REASONED.fullmatch, found)):
            continue  # to tell comments from strings takes long
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            text = token.string
            if token.type == tokenize.COMMENT and SUPPRESSION.match(text) and not REASONED.fullmatch(text):
                yield at(path, token.start[0], f"«{text}»: give its code and the reason behind « - »")


def type_checking_blocks() -> Breaches:
    for path, node in nodes():
        if isinstance(node, ast.ImportFrom) and any(alias.name == "TYPE_CHECKING" for alias in node.names):
            yield at(path, node.lineno, "TYPE_CHECKING hides a cycle; break the cycle")


def untyped_signatures() -> Breaches:
    for path, node in nodes(SOURCE_FOLDERS):
        if not isinstance(node, Function):
            continue
        every = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs, node.args.vararg, node.args.kwarg]
        annotations = [arg.annotation for arg in every if arg is not None] + [node.returns]
        for annotation in filter(None, annotations):
            if any(isinstance(part, ast.Name) and part.id == "Any" for part in ast.walk(annotation)):
                yield at(
                    path, node.lineno, f"{node.name}: «{ast.unparse(annotation)}» says nothing; use object or a type"
                )


def reached_names(node: ast.AST) -> list[str]:
    """What a node reaches for, as `module.name`: `os.environ`, or `environ` taken from `os`."""
    if isinstance(node, ast.Attribute):
        return [ast.unparse(node)]
    if isinstance(node, ast.ImportFrom):
        return [f"{node.module}.{alias.name}" for alias in node.names]
    return []


def _home(name: str) -> str:
    home = HOMES[name]
    return home if isinstance(home, str) else home[0]


def strangers_outside_their_home() -> Breaches:
    for path, node in nodes(SOURCE_FOLDERS):
        for name in reached_names(node):
            if name in HOMES and not name_of(path).startswith(HOMES[name]):
                yield at(path, getattr(node, "lineno", 1), f"{name} belongs in {_home(name)} alone")


def loose_tasks() -> Breaches:
    for path, node in nodes(SOURCE_FOLDERS):
        if isinstance(node, ast.Attribute) and node.attr in ("create_task", "ensure_future"):
            owner = ast.unparse(node.value)
            if owner == "asyncio" or "loop" in owner:
                yield at(path, node.lineno, f"{owner}.{node.attr}: a TaskGroup holds every task")


def ports_elsewhere() -> Breaches:
    protocols = [
        (path, node)
        for path, node in nodes(SOURCE_FOLDERS)
        if isinstance(node, ast.ClassDef) and any(ast.unparse(base).startswith("Protocol") for base in node.bases)
    ]
    for path, node in protocols:
        # the clock stands beside its only form
        if not name_of(path).startswith("engine/ports/") and name_of(path) != "engine/clock.py":
            yield at(path, node.lineno, f"{node.name}: ports live in engine/ports/")
    if len(protocols) > PORTS:
        yield f"engine/ports/: {len(protocols)} protocols; {PORTS} are allowed"


def packages_under_tests() -> Breaches:
    for path in (ROOT / "tests").rglob("__init__.py"):
        yield at(path, 1, "hides the real package of that name; remove it")


def mocks_in_tests() -> Breaches:
    for path, node in nodes(["tests"]):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [getattr(node, "module", None) or "", *(alias.name for alias in node.names)]
            if any(name.split(".")[-1] in ("mock", "pytest_mock") for name in names):
                yield at(path, node.lineno, "fakes, not mocks")


def naps_in_tests() -> Breaches:
    for path, node in nodes(["tests"]):
        if (
            isinstance(node, ast.Call)
            and ast.unparse(node.func) == "asyncio.sleep"
            and ast.unparse(node.args[0]) != "0"
        ):
            yield at(path, node.lineno, "tests never sleep; step a clock or wait for an event")


def imports_of(path: Path, names: Collection[str]) -> set[str]:
    """The modules of ours that a module imports, wherever in it."""
    found: set[str] = set()
    for node in nodes_of(path):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            found.update({node.module, *(f"{node.module}.{alias.name}" for alias in node.names)})
    return found & set(names)


def import_circles() -> Breaches:
    paths = {name_of(path).removesuffix(".py").replace("/", "."): path for path in modules(SOURCE_FOLDERS)}
    left = {name: imports_of(path, paths.keys()) for name, path in paths.items()}
    while loose := [
        name for name in left if not left[name] & left.keys() or not any(name in imported for imported in left.values())
    ]:
        for name in loose:  # a module that imports none of those left, or is imported by none, is in no circle
            del left[name]
    for name, imported in left.items():
        yield at(paths[name], 1, f"is part of a circle of imports with {', '.join(sorted(imported & left.keys()))}")


def registry_addresses() -> Breaches:
    for path in tracked_files():
        for number, line in enumerate(path.read_text("utf-8", errors="replace").splitlines(), start=1):
            for word in (*REGISTRIES, *INDEX_OPTIONS):
                if word in line and path != Path(__file__):
                    yield at(path, number, f"«{word}»: where packages come from is the machine's business")


@pytest.fixture(scope="module", autouse=True)
def trees() -> Iterator[None]:
    """All of them are kept up to the last rule: a collector would look through millions of nodes, and free none."""
    gc.disable()
    yield
    nodes_of.cache_clear()
    gc.enable()


RULES = [
    long_files,
    long_functions,
    vague_names,
    deep_or_full_folders,
    modules_without_purpose,
    changeable_values,
    suppressions_without_reason,
    type_checking_blocks,
    untyped_signatures,
    strangers_outside_their_home,
    loose_tasks,
    ports_elsewhere,
    packages_under_tests,
    mocks_in_tests,
    naps_in_tests,
    import_circles,
    registry_addresses,
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_nothing_breaks_the_rule_on(rule: Callable[[], Breaches]) -> None:
    breaches = list(rule())
    assert not breaches, "\n" + "\n".join(breaches)


def test_constraints_are_plain_versions_of_everything_but_the_project_itself() -> None:
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    assert all(re.fullmatch(r"[A-Za-z0-9_.-]+==[0-9][0-9A-Za-z.]*", line) for line in lines)
    names = [line.partition("==")[0].lower().replace("_", "-") for line in lines]
    assert len(names) == len(set(names))
    assert not {"milepost", "pip", "setuptools"} & set(names)


BAD = (
    """
from typing import Any, TYPE_CHECKING
from dataclasses import dataclass
import os, asyncio

@dataclass(frozen=True)
class Value:
    x: int

def f(x: Any) -> None:
    os.environ["X"]; asyncio.get_event_loop().create_task(x)  # noqa: E702
"""
    + "def g() -> None:\n"
    + "    pass\n" * 41
    + "\n" * 400
)


@pytest.mark.parametrize(
    "rule",
    [
        long_files,
        long_functions,
        vague_names,
        modules_without_purpose,
        changeable_values,
        suppressions_without_reason,
        type_checking_blocks,
        untyped_signatures,
        strangers_outside_their_home,
        loose_tasks,
    ],
    ids=lambda rule: rule.__name__,
)
def test_a_module_that_breaks_every_rule_is_caught_by(
    rule: Callable[[], Breaches], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "engine").mkdir()
    (tmp_path / "engine" / "task_utils.py").write_text(BAD, "utf-8")
    monkeypatch.setitem(globals(), "ROOT", tmp_path)
    assert [breach for breach in rule() if breach.startswith("engine/task_utils.py:")]
