"""Every planted weakening is found, and what only adds is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.coding.proving.interfaces import public_interface
from engine.coding.proving.languages import language_of
from engine.coding.proving.weakened_tests import MOST_FINDINGS, weakened
from engine.coding.proving.weakening import Change, Weakening, WeakeningKind
from tests.hanging import no_hang

K = WeakeningKind
OLD = '''"""Tests of adding."""
import unittest

import pytest
from calc import add

CASES = [1, 2]


@pytest.mark.parametrize("a", [1, 2, 3])
def test_param(a):
    """It adds one."""
    result = add(a, 1)
    assert result == a + 1


class TestMore:
    def test_raises(self):
        with pytest.raises(ValueError):
            add(None, 1)
        assert add(1, 1) == pytest.approx(2, rel=1e-9)


class Old(unittest.TestCase):
    def test_equal(self):
        expected = 4
        self.assertEqual(add(2, 2), expected)


@pytest.fixture
def data():
    return {"a": 1}


def test_data(data):
    assert add(data["a"], 1) == 2
'''

PLANTED = [
    ("assert result == a + 1", "assert True", K.EMPTY_CHECK),
    ("assert result == a + 1", "assert result == result", K.EMPTY_CHECK),
    ("assert result == a + 1", "assert result == a + 1 or True", K.EMPTY_CHECK),
    ("assert result == a + 1", "assert (result == a + 1, 'a tuple')", K.EMPTY_CHECK),
    ("assert result == a + 1", "assert result", K.CHANGED_CHECK),
    ("assert result == a + 1", "assert result >= a", K.CHANGED_CHECK),
    ("assert result == a + 1", "assert result == a + 2", K.CHANGED_CHECK),
    ("assert result == a + 1", "pass", K.REMOVED_CHECK),
    ("    assert result == a + 1", "    # assert result == a + 1", K.REMOVED_CHECK),
    ("assert result == a + 1", "result == a + 1", K.REMOVED_CHECK),
    ("    assert result == a + 1", "    if a > 5:\n        assert result == a + 1", K.CONDITION),
    ("    assert result == a + 1", "    for a in []:\n        assert result == a + 1", K.CONDITION),
    ("    assert result == a + 1", "    def later():\n        assert result == a + 1", K.CONDITION),
    (
        "    assert result == a + 1",
        "    try:\n        assert result == a + 1\n    except AssertionError:\n        pass",
        K.CAUGHT,
    ),
    (
        "    assert result == a + 1",
        "    import contextlib\n    with contextlib.suppress(Exception):\n        assert result == a + 1",
        K.CAUGHT,
    ),
    ("    result = add(a, 1)\n", "    result = add(a, 1)\n    result = a + 1\n", K.CHANGED_STEP),
    ("    result = add(a, 1)\n", "    result = a + 1\n", K.CHANGED_STEP),
    ("    result = add(a, 1)\n", "    return\n    result = add(a, 1)\n", K.EARLY_END),
    ("    result = add(a, 1)\n", "    result = add(a, 1)\n    import os; os._exit(0)\n", K.EARLY_END),
    ("    result = add(a, 1)\n", "    pytest.skip('later')\n    result = add(a, 1)\n", K.SKIPPED),
    ("@pytest.mark.param", "@pytest.mark.skip\n@pytest.mark.param", K.SKIPPED),
    ("@pytest.mark.param", "@pytest.mark.xfail(strict=False)\n@pytest.mark.param", K.SKIPPED),
    ("[1, 2, 3]", "[1, 2, pytest.param(3, marks=pytest.mark.skip)]", K.SKIPPED),
    ("[1, 2, 3]", "[1, 2]", K.CHANGED_CHECK),
    ("def test_param(a):", "def check_param(a):", K.HIDDEN_TEST),
    ("def test_param(a):", "async def test_param(a):", K.HIDDEN_TEST),
    ("def test_param(a):", "def test_param(a=1):", K.CHANGED_STEP),
    ("class TestMore:", "class More:", K.HIDDEN_TEST),
    ("class TestMore:", "class TestMore:\n    __test__ = False\n", K.HIDDEN_TEST),
    ("class TestMore:", "class TestMore:\n    def __init__(self):\n        pass\n", K.HIDDEN_TEST),
    ("class TestMore:", "@pytest.mark.skip\nclass TestMore:", K.SKIPPED),
    ("ValueError", "Exception", K.EMPTY_CHECK),
    ("rel=1e-9", "rel=0.9", K.CHANGED_CHECK),
    ("expected = 4", "expected = 5", K.CHANGED_STEP),
    ("self.assertEqual(add(2, 2), expected)", "self.assertEqual(expected, expected)", K.EMPTY_CHECK),
    ("self.assertEqual(add(2, 2), expected)", "self.assertTrue(add(2, 2))", K.CHANGED_CHECK),
    ("(unittest.TestCase)", "", K.CHANGED_STEP),
    ('return {"a": 1}', 'return {"a": 2}', K.CHANGED_STEP),
    ("CASES = [1, 2]", "CASES = [1]", K.CHANGED_STEP),
    ("CASES = [1, 2]", "CASES = [1, 2]\npytestmark = pytest.mark.skip", K.HIDDEN_TEST),
    ("CASES = [1, 2]", "CASES = [1, 2]\npytest.importorskip('nothing')", K.SKIPPED),
    ("from calc import add", "from fake import add", K.CHANGED_STEP),
    ("CASES = [1, 2]", "CASES = [1, 2]\ndef add(a, b):\n    return a + b", K.REPLACED),
    ("CASES = [1, 2]", "CASES = [1, 2]\nadd = lambda a, b: a + b", K.REPLACED),
    (
        "def test_param(a):",
        "def test_param(a, monkeypatch):\n    monkeypatch.setattr('calc.add', lambda a, b: a + 1)",
        K.REPLACED,
    ),
    ("@pytest.mark.param", "@unittest.mock.patch('calc.add')\n@pytest.mark.param", K.REPLACED),
    ("@pytest.fixture\n", "@pytest.fixture(autouse=True)\ndef sly():\n    pass\n\n\n@pytest.fixture\n", K.RUNNER),
    ("CASES = [1, 2]", "CASES = [1, 2]\ndef pytest_runtest_makereport(item):\n    pass", K.RUNNER),
    ("def test_data(data):\n", "if CASES == []:\n  def test_data(data):\n  ", K.CONDITION),
    ("def test_data(data):\n    assert", "# def test_data(data):\n#    assert", K.COMMENTED_OUT),
    ('def test_data(data):\n    assert add(data["a"], 1) == 2\n', "", K.REMOVED_TEST),
    ("== 2\n", "== 2\n\n\ndef test_data(data):\n    pass\n", K.REMOVED_CHECK),
    ("== 2\n", "== 2\n\n\ntest_data = None\n", K.HIDDEN_TEST),
    ("== 2\n", "== 2\n\n\ndel test_data\n", K.HIDDEN_TEST),
    ("== 2\n", "== 2\n}", K.UNREADABLE),
]


def found(old: str | None, new: str | None, path: str = "tests/test_calc.py") -> tuple[Weakening, ...]:
    return weakened([Change(path=path, old=old, new=new)])


def kinds(old: str | None, new: str | None, path: str = "tests/test_calc.py") -> list[WeakeningKind]:
    return [one.kind for one in found(old, new, path)]


def test_a_finding_tells_file_line_and_words() -> None:
    (one,) = found(OLD, OLD.replace("assert result == a + 1", "assert True"))
    assert one.told == (
        "tests/test_calc.py:14: «test_param» checked «assert result == a + 1» and now always holds: «assert True»"
    )


ADDITIONS = [
    ("[1, 2, 3]", "[1, 2, 3, 4]"),
    ("CASES = [1, 2]", "CASES = [1, 2, 3]"),
    ("from calc import add", "from calc import add, sub"),
    ("from calc import add", "from __future__ import annotations\nfrom calc import add\nfrom other import thing"),
    ("    assert result == a + 1", "    assert result == a + 1\n    assert result > a"),
    ('    """It adds one."""', '    """It adds one, in other words."""'),
    ("    assert result == a + 1", "    # why\n    assert (result ==\n            a + 1)"),
    ("def test_param(", "def test_of_another_name("),
    ("class TestMore:", "class TestMore:\n    def test_new(self):\n        assert add(0, 0) == 0\n"),
    ("@pytest.fixture\n", "@pytest.fixture\ndef other():\n    return 3\n\n\n@pytest.fixture\n"),
    (
        "== 2\n",
        "== 2\n\n\n@pytest.mark.skip\ndef test_b():\n    try:\n        pass\n    except Exception:\n        return\n",
    ),
]


@pytest.mark.parametrize(("was", "becomes"), ADDITIONS)
def test_what_only_adds_or_words_otherwise_is_no_weakening(was: str, becomes: str) -> None:
    assert OLD.count(was) >= 1
    assert found(OLD, OLD.replace(was, becomes, 1)) == ()


NEW_TEST = st.builds(
    "def test_new_{}({}):\n    value = add({}, 1)\n    assert value {} {}\n".format,
    st.integers(0, 10**6), st.sampled_from(["", "data"]), st.integers(),
    st.sampled_from(["==", ">", "in"]), st.integers(),
)  # fmt: skip


@given(st.lists(NEW_TEST, max_size=4), st.booleans())
def test_any_tests_added_before_or_after_are_no_weakening(tests: list[str], before: bool) -> None:
    added = "\n\n".join(tests)
    new = OLD.replace("CASES = [1, 2]", f"CASES = [1, 2]\n\n{added}\n") if before else f"{OLD}\n\n{added}"
    assert found(OLD, new) == ()
    assert found(None, new) == ()


@given(st.data())
def test_any_check_that_is_taken_out_is_found(data: st.DataObject) -> None:
    lines = OLD.splitlines(keepends=True)
    at = data.draw(st.sampled_from([at for at, line in enumerate(lines) if "assert" in line]))
    indent = lines[at][: len(lines[at]) - len(lines[at].lstrip())]
    assert found(OLD, "".join([*lines[:at], f"{indent}pass\n", *lines[at + 1 :]]))


def test_a_test_that_moved_to_another_file_is_not_gone_and_one_that_lost_its_check_on_the_way_is() -> None:
    moved = 'def test_data(data):\n    assert add(data["a"], 1) == 2\n'
    rest = OLD.replace(moved, "")
    other = "from calc import add\n\n\n"
    there = [
        Change(path="tests/test_a.py", old=OLD, new=rest),
        Change(path="tests/test_b.py", old=None, new=other + moved),
    ]
    assert weakened(there) == ()
    hollow = Change(path="tests/test_b.py", old=None, new=other + "def test_data(data):\n    pass\n")
    assert [one.kind for one in weakened([there[0], hollow])] == [K.REMOVED_TEST]


def test_a_deleted_file_loses_every_test_and_a_hook_in_a_new_one_is_told() -> None:
    gone = {one.words for one in found(OLD, None) if one.kind is K.REMOVED_TEST}
    assert gone == {
        f"the test «{name}» is gone" for name in ("test_param", "TestMore::test_raises", "Old::test_equal", "test_data")
    }
    assert kinds(None, "def pytest_collection_modifyitems(items):\n    items.clear()\n") == [K.RUNNER]
    assert kinds("x", None, "tests/data.snap") == [K.REMOVED_TEST]


JS = """const { add } = require('../calc');
describe('adding', () => {
  it('adds', () => {
    const expected = 3;
    expect(add(1, 2)).toBe(expected); // really
  });
  test("minus", () => { assert.strictEqual(add(-1, 2), 1) });
});
"""
GO = """package calc
import "testing"
func TestAdd(t *testing.T) {
\twant := 3
\tif got := Add(1, 2); got != want {
\t\tt.Errorf("got %d", got)
\t}
}
func TestMinus(t *testing.T) { assert.Equal(t, 1, Add(-1, 2)) }
"""
RUST = """fn double(a: i64) -> i64 { a * 2 }
#[cfg(test)]
mod tests {
    use super::*;
    #[test]
    fn adds() {
        assert_eq!(add(1, 2), 3);
    }
    #[test]
    #[should_panic]
    fn panics() { add(i64::MAX, 1); }
}
"""
OTHERS = [
    ("a.test.js", JS, "it('adds'", "it.skip('adds'", K.SKIPPED),
    ("a.test.js", JS, "describe('adding'", "xdescribe('adding'", K.SKIPPED),
    ("a.test.js", JS, "it('adds'", "it.only('adds'", K.SKIPPED),
    ("a.test.js", JS, "it('adds'", "it.todo('adds'", K.SKIPPED),
    ("a.test.js", JS, "it('adds'", "fit('adds'", K.HIDDEN_TEST),
    ("a.test.js", JS, "    expect(add(1, 2)).toBe(expected); // really\n", "", K.REMOVED_CHECK),
    ("a.test.js", JS, "    expect(add", "    // expect(add", K.REMOVED_CHECK),
    ("a.test.js", JS, ".toBe(expected)", ".toBeDefined()", K.CHANGED_CHECK),
    ("a.test.js", JS, "expect(add(1, 2)).toBe(expected)", "expect(true).toBe(true)", K.EMPTY_CHECK),
    ("a.test.js", JS, "expected = 3", "expected = 4", K.CHANGED_STEP),
    ("a.test.js", JS, '  test("minus"', '  // test("minus"', K.COMMENTED_OUT),
    ("a.test.js", JS, '  test("minus", () => { assert.strictEqual(add(-1, 2), 1) });\n', "", K.REMOVED_TEST),
    ("a.test.js", JS, "    expect(", "    return;\n    expect(", K.EARLY_END),
    ("a.test.js", JS, "    expect(", "    if (false) {}\n    try {} catch {}\n    expect(", K.CAUGHT),
    (
        "a.test.js",
        JS,
        "    expect(add(1, 2)).toBe(expected);",
        "    if (false) { expect(add(1, 2)).toBe(expected); }",
        K.CONDITION,
    ),
    ("a.test.js", JS, "describe(", "jest.mock('../calc');\ndescribe(", K.REPLACED),
    ("a_test.go", GO, "\twant := 3", "\tt.Skip()\n\twant := 3", K.SKIPPED),
    ("a_test.go", GO, "want := 3", "want := 4", K.CHANGED_STEP),
    ("a_test.go", GO, "\t\tt.Errorf", "\t\tt.Logf", K.REMOVED_CHECK),
    ("a_test.go", GO, "func TestAdd(", "func testAdd(", K.REMOVED_TEST),
    ("a_test.go", GO, "package calc", "//go:build never\n\npackage calc", K.SKIPPED),
    ("a_test.go", GO, "Equal(t, 1,", "Equal(t, 2,", K.CHANGED_CHECK),
    ("a_test.go", GO, "got != want", "got != got", K.CHANGED_STEP),
    ("a_test.go", GO, "\twant := 3", "\tAdd := func(a, b int) int { return 3 }\n\twant := 3", K.CHANGED_STEP),
    ("a.test.js", JS, "require('../calc')", "require('./fake')", K.CHANGED_STEP),
    ("a.test.js", JS, "    expect(add", "    add = () => 3;\n    expect(add", K.CHANGED_STEP),
    ("a.test.js", JS, "'adding', () =>", "'adding', function () { return }, () =>", K.CHANGED_STEP),
    ("lib.rs", RUST, "    #[test]\n    fn adds", "    #[test]\n    #[ignore]\n    fn adds", K.SKIPPED),
    ("lib.rs", RUST, "    #[test]\n    fn adds", "    fn adds", K.HIDDEN_TEST),
    ("lib.rs", RUST, "assert_eq!(add(1, 2), 3)", "assert!(true)", K.REMOVED_CHECK),
    ("lib.rs", RUST, "assert_eq!(add(1, 2), 3)", "assert_eq!(add(1, 2), 4)", K.CHANGED_CHECK),
    ("lib.rs", RUST, "        assert_eq", "        return;\n        assert_eq", K.EARLY_END),
]


@pytest.mark.parametrize(
    ("path", "old", "was", "becomes", "kind"), [*(("tests/test_calc.py", OLD, *one) for one in PLANTED), *OTHERS]
)
def test_a_planted_weakening_is_found(path: str, old: str, was: str, becomes: str, kind: WeakeningKind) -> None:
    assert was in old
    assert kind in kinds(old, old.replace(was, becomes, 1), path)


@pytest.mark.parametrize(
    ("path", "old", "added"),
    [
        (
            "a.test.js",
            JS,
            "test('more', () => { expect(add(0, 0)).toBe(0) });\n// it.skip is bad\nconst text = 'it.skip(';\n",
        ),
        ("a_test.go", GO, 'func TestMore(t *testing.T) { if Add(0, 0) != 0 { t.Fatal("t.Skip()") } }\n'),
        ("lib.rs", RUST, "// #[ignore]\n#[cfg_x]\nmod more { #[test] fn zero() { assert_eq!(add(0, 0), 0); } }\n"),
    ],
)
def test_tests_added_in_another_language_are_no_weakening(path: str, old: str, added: str) -> None:
    assert found(old, old + added, path) == ()
    assert found(None, old + added, path) == ()
    assert found(old, old, path) == ()


@pytest.mark.parametrize(
    ("path", "old", "was", "becomes"),
    [
        ("a.test.js", JS, "const { add } =", "const { add, sub } ="),
        (
            "a.test.js",
            JS,
            "  test(",
            "  test('more', () => { const more = add(0, 0); expect(more).toBe(0) });\n  test(",
        ),
        ("a.test.js", JS, "    expect(add", "    expect(add(2, 2)).toBe(4);\n    const more = 4;\n    expect(add"),
        ("a_test.go", GO, 'import "testing"\n', 'import (\n\t"fmt"\n\t"testing"\n)\n'),
        ("lib.rs", RUST, "a * 2", "a + a"),
    ],
)
def test_what_comes_to_tests_in_another_language_is_no_weakening(path: str, old: str, was: str, becomes: str) -> None:
    assert was in old
    assert found(old, old.replace(was, becomes, 1), path) == ()


@given(st.text(max_size=80), st.text(max_size=80), st.sampled_from(["a.py", "a.js", "a.go", "a.rs", "a.txt"]))
def test_texts_of_any_kind_are_looked_at_without_harm(old: str, new: str, path: str) -> None:
    assert found(old, old, path) == ()
    assert len(found(old, new, path)) <= MOST_FINDINGS


def test_huge_and_deep_texts_are_told_and_not_read() -> None:
    for text in ("#" * 2_000_000, f"x = {'(' * 500}1{')' * 500}", f"x = {'-' * 5000}1", f"x = 0x{'f' * 5000}"):
        assert kinds(OLD, text) == [K.UNREADABLE]
    assert len(found("".join(f"def test_{n}(): assert {n}\n" for n in range(400)), "")) == MOST_FINDINGS


@pytest.mark.sample(1, in_ci=6)
@pytest.mark.parametrize("path", ["a.js", "a.go", "a.rs", "a.py"])
@pytest.mark.parametrize("piece", ["=/[", "#[test]", "const (\n", "export function f(", "it('a'", "{"])
def test_a_text_made_to_hang_a_reader_is_looked_at(piece: str, path: str) -> None:
    text = piece * (60_000 // len(piece))
    with no_hang():
        found(text, text[:-9], path)
        public_interface(text, language_of(path))
