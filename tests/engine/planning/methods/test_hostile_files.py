"""Hostile method files end with an error that names the line, after little work: counted in calls, not in seconds."""

import functools
import sys
from collections.abc import Callable
from types import FrameType

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from engine.planning.methods import nodes
from engine.planning.methods.faults import MOST_FAULTS
from engine.planning.methods.libraries import Libraries, Source, assemble
from engine.planning.methods.sources import builtin_sources
from tests.engine.planning.methods.marked import WORDS
from tests.examples import examples

MOST_CALLS = 3_000_000
"""About a second at the most on a slow machine; a library of usual size takes a tenth."""


def assembled(data: bytes) -> Libraries:
    return assemble((*WORDS, Source(file="f.yaml", data=data)), thorough=True)


def counted(run: Callable[[], Libraries]) -> Libraries:
    """What comes out; an error as soon as too many functions were called for it."""
    count = 0

    def count_call(frame: FrameType, event: str, argument: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}
        if count > MOST_CALLS:
            sys.setprofile(None)
            raise AssertionError(f"more than {MOST_CALLS} calls")

    sys.setprofile(count_call)
    try:
        return run()
    finally:
        sys.setprofile(None)


def many(count: int, head: str, line: Callable[[int], str], tail: str = "") -> str:
    return head + "".join(map(line, range(count))) + tail


TASKS = "name: x\ncompounds:\n  a(b):\n    methods:\n"
STEPS = "steps:\n  s(b):\n"
HOSTILE = {
    "1,000 methods": many(1000, TASKS, lambda n: f"      m{n}:\n        do: {{a: s(?b), b: s(?b)}}\n", STEPS),
    "a circle": many(
        300,
        "name: x\ncompounds:\n",
        lambda n: f"  c{n}:\n    methods:\n      m{n}:\n        do: {{a: c{(n + 1) % 300}}}\n",
    ),
    "laughs of steps": many(
        299,
        "name: x\ncompounds:\n",
        lambda n: f"  c{n}:\n    methods:\n      m{n}:\n        do: {{a: c{n + 1}, b: c{n + 1}}}\n",
        "  c299:\n    methods:\n      m299:\n        do: {a: s}\nsteps:\n  s:\n",
    ),
    "itself": TASKS + "      m:\n        do: {a: a(?b)}\n",
    "unknown tasks": many(500, TASKS, lambda n: f"      m{n}:\n        do: {{a: t{n}(?b), b: u{n}(?b)}}\n"),
    "unknown facts": many(900, "name: x\nsteps:\n", lambda n: f"  s{n}(b):\n    when: [f{n} ?b, g{n} ?b]\n"),
    "unknown words among many": many(
        200, "name: x\nfacts:\n", lambda n: f"  a_rather_long_name_of_a_fact_{n}(b): x\n", "steps:\n"
    )
    + many(900, "", lambda n: f"  s{n}(b):\n    when: [a_rather_long_name_of_a_fict_{n} ?b]\n"),
    "all from binding": many(
        500,
        TASKS,
        lambda n: (
            f"      m{n}:\n        when:\n" + "".join(f"        - let ?a{i} = ?a{i + 1}\n" for i in range(9, 0, -1))
        ),
        STEPS,
    ),
    "ways in ways": TASKS
    + "      m:\n        when:\n"
    + many(39, "", lambda n: f"        - or: [or: [or: ['f ?a{n} or f ?b{n}']]]\n")
    + STEPS,
    "deep lists": "name: x\nsteps:\n  s:\n    inputs: {a: " + "[" * 5000 + "]" * 5000 + "}\n",
    "deep tables": "name: x\n" + "".join(" " * n + "a:\n" for n in range(600)),
    "deep conditions": TASKS
    + "      m:\n        when:\n"
    + "".join(" " * (10 + n) + "- or:\n" for n in range(0, 40, 2)),
    "a deep sum": f"name: x\nsteps:\n  s:\n    odds: {'(1 - ' * 100}1{')' * 100}\n",
    "a long difference": f"name: x\nsteps:\n  s:\n    odds: {'1 - ' * 140}1\n",
    "huge numbers": f"name: x\nsteps:\n  s:\n    odds: {'9' * 300}\n    cost: 1e99\n    count: {'9' * 10000}\n",
    "huge exponents": "name: x\nsteps:\n  s:\n    odds: 1e999\n    estimate: 1-2-9999999w\n",
    "a huge text": f"name: x\nsummary: {'a' * 390_000}\n",
    "a huge file": "name: x\n" + "# comment\n" * 60_000,
    "a line of keys": "name: x\n" + "{a: " * 90_000,
    "many anchors": "name: x\n" + many(9000, "", lambda n: f"k{n}: &a{n} [x]\n"),
    "laughter": "name: x\na: &a [x, x]\n" + "".join(f"b{n}: &b{n} [*a, *a, *a]\n" for n in range(3000)),
    "many values": "name: x\nsteps:\n  s:\n    inputs: [" + "1," * 100_000 + "]\n",
    "many documents": "name: x\n---\n" * 5000,
    "many subtasks": many(5000, TASKS + "      m:\n        do:\n", lambda n: f"          l{n}: s(?b)\n", STEPS),
    "every pair": TASKS
    + "      m:\n        do:\n"
    + many(
        100,
        "",
        lambda n: (
            f"          l{n}:\n            task: s(?b)\n            after: [{','.join(f'l{i}' for i in range(n))}]\n"
        ),
    )
    + "        odds: 3\n"
    + STEPS,
    "many conditions": many(3000, "name: x\nsteps:\n  s(b):\n    when:\n", lambda n: f"    - f{n} ?b\n"),
    "many effects": many(3000, "name: x\nsteps:\n  s(b):\n    effects:\n", lambda n: f"    - f{n} ?b\n"),
    "many parameters": f"name: x\nsteps:\n  s({', '.join(f'a{n}' for n in range(90))}):\n",
    "many keys": many(20_000, "name: x\n", lambda n: f"k{n}: 1\n"),
    "many braces": f"name: x\nsteps:\n  s:\n    title: '{'{a}' * 600}'\n",
    "many signs": many(30_000, "name: x\nsigns:\n", lambda n: f"- s{n}\n"),
    "conditions side by side": many(
        1000,
        "name: x\nnumbers:\n  n: y\nsteps:\n",
        lambda n: f"  s{n}:\n    when: {' and '.join(f'n>{k}' for k in range(38))}\n",
    ),
    "choices beside conditions": many(
        1000,
        "name: x\nnumbers:\n  n: y\nsteps:\n",
        lambda n: (
            f"  s{n}:\n    when:\n"
            f"    - {' and '.join(f'n>{k}' for k in range(19))}\n    - {' or '.join(f'n>{k}' for k in range(19))}\n"
        ),
    ),
    "facts that never meet": many(
        900,
        "name: x\nfacts:\n  f(a, b, c): y\nsteps:\n",
        lambda n: (
            f"  s{n}:\n    when: {' and '.join(f'f({n},{k},c)' for k in range(20))}\n    effects: f({n + 1},1,1)\n"
        ),
    ),
    "tabs": "name: x\n" + "\t\n" * 50_000 + "\tx",
    "quotes": "name: x\nsummary: '" + "''" * 150_000,
    "controls": "name: x\nsummary: \x07",
    "half of a pair": "name: x\nsummary: \ud800",
}


SLOW = {
    "unknown words among many",
    "all from binding",
    "conditions side by side",
    "choices beside conditions",
    "many signs",
}
"""Half a second and more each: they are for the long tests. «facts that never meet», as slow, stands for them."""


@functools.cache
def read(kind: str) -> Libraries:
    """What comes of a hostile file, after few enough calls."""
    return counted(lambda: assembled(HOSTILE[kind].encode("utf-8", "surrogatepass")))


@pytest.mark.sample(2, in_ci=9)
@pytest.mark.parametrize(
    "kind", [pytest.param(kind, marks=[pytest.mark.long] if kind in SLOW else []) for kind in HOSTILE]
)
def test_a_hostile_file_ends_with_an_error_that_names_the_line(kind: str) -> None:
    data, loaded = HOSTILE[kind].encode("utf-8", "surrogatepass"), read(kind)
    assert [one.name for one in loaded.libraries] == ["goal"]
    assert 0 < len(loaded.faults) <= MOST_FAULTS + 1
    lines = data.count(b"\n") + 1
    assert all(fault.file == "f.yaml" and 1 <= fault.line <= lines for fault in loaded.faults)


@pytest.mark.parametrize(
    ("kind", "line", "words"),
    [
        ("1,000 methods", 1005, "the file has 1000 methods; 500 at the most"),
        ("a circle", 3, "c0 never comes to an end"),
        ("itself", 3, "a never comes to an end"),
        ("laughs of steps", 3, "c0 comes to more than 100,000 steps"),
        ("unknown tasks", 6, "there is no task t0"),
        ("deep lists", 4, "nested too deeply"),
        ("a huge file", 40_000, "bytes; 400000 at the most"),
    ],
)
def test_the_error_is_about_what_is_hostile(kind: str, line: int, words: str) -> None:
    faults = read(kind).faults
    assert any(words in str(fault) and abs(fault.line - line) < 2 for fault in faults), list(map(str, faults))[:3]


@pytest.mark.long
def test_hostile_files_are_no_harder_without_the_c_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nodes, "_LOADER", yaml.SafeLoader)
    for kind in ("deep lists", "deep tables", "laughter", "a line of keys", "itself"):
        loaded = assembled(HOSTILE[kind].encode())
        assert loaded.faults, kind


@pytest.mark.long
def test_both_yaml_readers_read_the_built_in_files_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    sources = [source for source in builtin_sources() if source.file in {"goal.yaml", "software.yaml"}]
    fast = assemble(sources).domain
    monkeypatch.setattr(nodes, "_LOADER", yaml.SafeLoader)
    assert assemble(sources).domain == fast


@given(st.binary(max_size=300))
def test_any_bytes_are_a_library_or_errors_with_lines(data: bytes) -> None:
    judged(data)


SCRAPS = st.sampled_from(
    (
        *("name", "summary", "signs", "types", "facts", "numbers", "context", "compounds", "methods", "steps", "title"),
        *("when", "effects", "do", "each", "only_if", "after", "odds", "cost", "estimate", "target", "needs", "count"),
        *(
            "built(thing)",
            "not",
            "?x",
            "or",
            "and",
            "let",
            "=",
            "3",
            "-",
            "{x}",
            "[",
            "]",
            "{",
            "}",
            ":",
            ",",
            "#",
            "'",
        ),
        *('"', "|", ">", "&", "*", "!!int", "---", "...", "true", "null", "1-2-3h", "x(?a)", "at least", "", " ", "\t"),
    )
)
SHAPES = st.recursive(
    st.one_of(SCRAPS, st.integers(), st.floats(), st.booleans(), st.none(), st.text(max_size=8)),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(SCRAPS, inner, max_size=5)),
    max_leaves=30,
)


@examples(12)
@given(st.dictionaries(SCRAPS, SHAPES, max_size=8))
def test_any_data_is_a_library_or_errors_with_lines(data: dict[str, object]) -> None:
    judged(yaml.safe_dump({"name": "x", **data}, allow_unicode=True).encode("utf-8", "replace"))


@given(st.lists(st.lists(SCRAPS, max_size=6).map(" ".join), max_size=20).map("\n".join))
def test_any_lines_are_a_library_or_errors_with_lines(text: str) -> None:
    judged(text.encode())


SAMPLE = next(source.data for source in builtin_sources() if source.file == "software.yaml").decode()[:9000]
LINES = SAMPLE[: SAMPLE.rindex("\n")].split("\n")


@examples(12)
@given(
    st.integers(0, len(LINES) - 1), st.integers(0, 80), st.sampled_from(["cut", "drop", "twice", "swap", "put"]), SCRAPS
)
def test_a_damaged_library_is_a_library_or_errors_with_lines(line: int, place: int, damage: str, scrap: str) -> None:
    changed = list(LINES)
    match damage:
        case "cut":
            changed[line] = changed[line][:place]
        case "drop":
            del changed[line]
        case "twice":
            changed.insert(line, changed[line])
        case "swap":
            changed[line], changed[line - 1] = changed[line - 1], changed[line]
        case _:
            changed[line] = changed[line][:place] + scrap + changed[line][place:]
    judged("\n".join(changed).encode())


def judged(data: bytes) -> None:
    """A file is in the domain, or it is out and each fault has a line of it."""
    loaded = assembled(data)
    lines = data.count(b"\n") + data.count(b"\r") + 1
    if loaded.faults:
        assert len(loaded.libraries) == 1
        assert all(1 <= fault.line <= lines and fault.problem and fault.accepts for fault in loaded.faults)
    else:
        assert len(loaded.libraries) == 2
