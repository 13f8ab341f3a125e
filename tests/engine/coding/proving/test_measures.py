"""Size, complexity and duplicates, with numbers that can be counted by hand."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.coding.proving.complexity import complexities
from engine.coding.proving.languages import language_of, masked
from engine.coding.proving.measures import Measure, code_lines, duplicated_lines, improved, measure
from engine.coding.repositories import Language

PYTHON = '''"""A module."""


class Shop:
    def price(self, items, discount=None):
        # a comment
        total = 0
        for item in items:  # 1
            if item.free and not item.gift or item.broken:  # 3
                continue
            total += item.price if item.price else 1  # 1
        try:
            return total
        except ValueError:  # 1
            return sum(x for x in items if x)  # 2

    def empty(self):
        def inner():
            while True:
                pass
        return inner
'''


def test_each_branch_of_a_python_function_counts_once() -> None:
    assert complexities(PYTHON, Language.PYTHON) == {"Shop.price": 9, "Shop.empty": 1, "Shop.empty.inner": 2}


@pytest.mark.parametrize(
    ("language", "text", "numbers"),
    [
        (
            Language.JAVASCRIPT,
            "function a(x) { if (x && y) { return 'if (x)'; } } // if\nconst b = (x) => { return x ? 1 : 2; };\n"
            "class C {\n  m(x) { for (;;) { if (x) {} } }\n}\n",
            {"a": 3, "b": 2, "m": 3},
        ),
        (
            Language.GO,
            "func A(x int) int {\n\tif x > 0 || x < -9 {\n\t}\n\tfor {\n\t}\n}\nfunc (s *S) B() {}\n",
            {"A": 4, "B": 1},
        ),
        (
            Language.RUST,
            "fn a(x: u8) -> R { match x { 1 => 2, _ => 3 } }\nimpl A { pub fn b(&self) { x()?; } }\n",
            {"a": 3, "b": 2},
        ),
        (Language.OTHER, "if if if", {}),
    ],
)
def test_brace_languages_are_counted_outside_of_strings_and_comments(
    language: Language, text: str, numbers: dict[str, int]
) -> None:
    assert complexities(text, language) == numbers


def test_size_leaves_out_blank_lines_and_comments() -> None:
    assert len(code_lines("# a\n\nx = 1  # b\ny = '''\n# no comment\n'''\n", Language.PYTHON)) == 4
    assert len(code_lines("// a\n\n/* b\n c */\nlet x = '// d';\n", Language.JAVASCRIPT)) == 1


BLOCK = "def {}({}):\n    {} = 0\n" + "".join(
    f"    {{}} = f{n}({{}}, {n}) + {n}\n".replace("{}", "x") for n in range(6)
)


def test_a_copy_with_other_names_and_values_is_a_duplicate_and_one_text_alone_is_none() -> None:
    one = BLOCK.format("first", "a", "a")
    other = BLOCK.format("second", "b", "b").replace("x", "y").replace("1", "7")
    assert duplicated_lines({"a.py": one}) == 0
    assert duplicated_lines({"a.py": one, "b.py": other}) >= 7
    assert duplicated_lines({"a.py": one + "\n\n" + other}) >= 7
    assert duplicated_lines({"a.py": one, "b.md": other}) == 0


def test_what_became_better_is_told_with_both_numbers() -> None:
    before, after = (measure({"a.py": text}, lint) for text, lint in ((PYTHON, 3), ("x = 1\n", None)))
    assert improved(before, after, Measure.SIZE).words == f"lines of code: {before.size} before, 1 after"
    assert improved(before, after, Measure.SIZE).held
    assert improved(before, after, Measure.COMPLEXITY).words.endswith("9 before, 0 after")
    assert not improved(before, before, Measure.TOTAL_COMPLEXITY).held
    assert improved(before, after, Measure.LINT).words == "findings of the linter: not measured"
    assert not improved(before, after, Measure.LINT).held
    assert improved(before, measure({}, 1), Measure.LINT).held


@given(st.text(max_size=100), st.sampled_from(["a.py", "a.js", "a.go", "a.rs", "a.md"]))
def test_any_text_has_measures_and_blanking_it_keeps_every_place(text: str, path: str) -> None:
    found = measure({path: text})
    assert 0 <= found.size <= text.count("\n") + 1 + text.count("\r") + text.count("\f")
    blank = masked(text, language_of(path))
    assert (len(blank), blank.count("\n")) == (len(text), text.count("\n"))


@pytest.mark.long
def test_this_project_is_measured_as_its_linter_does() -> None:
    folder = Path(__file__).parents[4] / "engine" / "coding" / "proving"
    found = measure({path.name: path.read_text("utf-8") for path in folder.glob("*.py")})
    assert found.of(Measure.COMPLEXITY) <= 25  # type: ignore[operator]  # measured; bools and comprehensions count here too
    assert found.functions["reading.py::read_report"] >= 4
