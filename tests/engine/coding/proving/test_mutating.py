"""Code broken on purpose: always broken, always readable, the same every time."""

import ast
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.coding.proving.languages import masked
from engine.coding.proving.mutants import Fate, Mutant, Wanted, fate, mutants
from engine.coding.proving.reports import Case, Cause, Outcome, ReportKind, TestReport
from engine.coding.repositories import Language

CODE = '''"""Doc with 3 < 4."""
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    LIMIT = 1


def größe(items, b: "int < 3" = 1):
    """Says 5."""
    if not items and (b <
        2) or "é" in items:
        items.append(-3)
        print("no need to break this")
        return items[0] + 1
    for x in range(3):
        if x is not None:
            break
    b += 1
    return f"{b + 1}"
'''


def all_of(text: str, language: Language = Language.PYTHON, lines: set[int] | None = None) -> tuple[Mutant, ...]:
    return mutants("a.py", text, language, Wanted(limit=1_000, lines=lines))


def test_each_kind_of_edit_is_made_where_it_stands() -> None:
    words = {mutant.words for mutant in all_of(CODE)}
    assert {
        "line 10: «not» removed",
        "line 10: «and» became «or»",
        "line 10: «<» became «<=»",
        "line 11: «2» became «3»",
        "line 11: «in» became «not in»",
        "line 12: «items.append(-3)» removed",
        "line 14: «+» became «-»",
        "line 14: «items[0] + 1» became «None»",
        "line 16: «is not» became «is»",
        "line 17: «break» became «continue»",
        "line 18: «+=» became «-=»",
    } <= words
    assert not any(mutant.line in (1, 5, 9, 13) for mutant in all_of(CODE)), "what does nothing in a test was broken"
    assert not any("int" in mutant.words for mutant in all_of(CODE))


def test_only_lines_that_ran_are_broken_and_the_limit_holds() -> None:
    assert {mutant.line for mutant in all_of(CODE, lines={14, 18})} == {14, 18}
    few = mutants("a.py", CODE, Language.PYTHON, Wanted(limit=4))
    assert len({mutant.line for mutant in few}) == 4, "no line gets its second before every line has its first"
    assert mutants("a.py", CODE, Language.PYTHON, Wanted(limit=0)) == ()


def test_the_choice_follows_from_the_seed() -> None:
    one, again, other = (mutants("a.py", CODE, Language.PYTHON, Wanted(limit=5, seed=seed)) for seed in (1, 1, 2))
    assert one == again
    assert one != other


SOURCES = sorted((Path(__file__).parents[4] / "engine").rglob("*.py"))


@pytest.mark.long
@settings(max_examples=15, deadline=None)
@given(st.sampled_from(SOURCES), st.integers(0, 99))
def test_mutants_of_real_code_parse_and_are_other_programs(path: Path, seed: int) -> None:
    text = path.read_text("utf-8")
    for mutant in mutants(path.name, text, Language.PYTHON, Wanted(limit=5, seed=seed)):
        assert ast.dump(ast.parse(mutant.text)) != ast.dump(ast.parse(text))
        changed = [
            at
            for at, pair in enumerate(zip(text.split("\n"), mutant.text.split("\n"), strict=False))
            if len({*pair}) > 1
        ]
        assert changed[0] + 1 >= mutant.line


PIECES = st.sampled_from(
    [
        "a",
        "b",
        "1",
        "0.5",
        "'é'",
        "not ",
        "(",
        ")",
        " < ",
        " == ",
        " and ",
        " + ",
        " // ",
        " if ",
        " else ",
        "[",
        "]",
        ", ",
        "f'{a + 1}'",
    ]
)


@given(st.lists(PIECES, max_size=12).map("".join), st.sampled_from(["\n", "\r\n"]))
def test_mutants_of_any_expression_parse_and_differ(expression: str, newline: str) -> None:
    text = newline.join(["# größe", "def f(a, b):", f"    return {expression}", ""])
    for mutant in all_of(text):
        assert ast.dump(ast.parse(mutant.text)) != ast.dump(ast.parse(text))


@given(st.text(max_size=60))
def test_text_that_is_no_code_is_left_alone_or_broken_soundly(text: str) -> None:
    for language in Language:
        for mutant in all_of(text, language):
            assert mutant.text != text


@pytest.mark.parametrize(
    ("language", "text", "words"),
    [
        (
            Language.JAVASCRIPT,
            "const f = (a) => a <= 0 && a !== 2 ? 'a < b' : -a + 1; // a < 3\nfor (let i = 0; i < 9; i++) {}\n",
            {
                "«<=» became «<»",
                "«&&» became «||»",
                "«!==» became «===»",
                "«+» became «-»",
                "«++» became «--»",
                "«9» became «10»",
            },
        ),
        (
            Language.GO,
            "func F(a int) bool {\n\treturn a >= 2 || true\n}\n",
            {"«>=» became «>»", "«true» became «false»"},
        ),
        (
            Language.RUST,
            "fn f(a: Vec<u8>) -> bool {\n    let x: [u8; 4] = y;\n    a.len() > 2\n}\n",
            {"«>» became «>=»"},
        ),
    ],
)
def test_other_languages_are_broken_outside_of_strings_comments_and_types(
    language: Language, text: str, words: set[str]
) -> None:
    found = all_of(text, language)
    assert words <= {mutant.words.partition(": ")[2] for mutant in found}
    code = masked(text, language)
    for mutant in found:
        assert masked(mutant.text, language) != code, "a comment or a string was changed"
    assert not any("[u8; 5]" in mutant.text or ("=> " not in mutant.text and "=> " in text) for mutant in found)


def test_the_tests_that_rust_keeps_beside_its_code_are_not_broken() -> None:
    assert all_of("fn f() -> i64 { 1 }\n#[cfg(test)]\nmod tests { fn t() { assert!(1 < 2); } }\n", Language.RUST) == ()


def red(cause: Cause) -> TestReport:
    case = Case(id="a", outcome=Outcome.FAILED, cause=cause)
    return TestReport(kind=ReportKind.JUNIT, exit_code=1, cases=(case,))


def test_a_mutant_is_caught_by_a_red_test_or_a_hang_and_not_by_failing_to_build() -> None:
    green = TestReport(kind=ReportKind.JUNIT, exit_code=0, cases=(Case(id="a", outcome=Outcome.PASSED),))
    assert fate(green) is Fate.SURVIVED
    assert fate(red(Cause.ASSERTION)) is Fate.CAUGHT
    assert fate(red(Cause.COLLECTION)) is Fate.INVALID
    assert fate(TestReport(kind=ReportKind.CARGO, exit_code=101, faults=("it does not build",))) is Fate.INVALID
    assert fate(TestReport(kind=ReportKind.JUNIT, exit_code=1, stopped="60 s were over")) is Fate.CAUGHT
