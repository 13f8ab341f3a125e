"""Goals are recognised by their words: what they are about, what they tell of the context, and what they ask for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.planning.language.domain import Parameter, parameters
from engine.planning.language.terms import Value
from engine.planning.methods.grammar import Unclear
from engine.planning.methods.libraries import Libraries, assemble
from engine.planning.methods.recognition import (
    Asked,
    Hint,
    Phrase,
    Sign,
    Subject,
    context_of,
    read_phrase,
    shelved,
    tasks_asked_for,
    topics_of,
)
from engine.planning.methods.sources import builtin_sources

SUBJECTS = (
    Subject(
        name="trading",
        signs=(
            Sign(phrase="backtest"),
            Sign(phrase="paper trading"),
            Sign(phrase="strategy", weight=0.5),
            Sign(phrase="profitable", weight=0.5),
            Sign(phrase="marketing strategy", weight=-1),
        ),
    ),
    Subject(name="software", signs=(Sign(phrase="bug"), Sign(phrase="unit tests"))),
    Subject(name="general"),
)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Backtest on 2 years of data", ["trading"]),
        ("Backtesting, then PAPER  trading", ["trading"]),
        ("A profitable strategy", ["trading"]),
        ("A strategy", []),
        ("Backtested marketing strategy", []),
        ("Fix 3 bugs in the backtest", ["software", "trading"]),
        ("Write a unit test", ["software"]),
        ("Write about units. Tests follow", ["software"]),
        ("Paper for trading cards", []),
        ("", []),
        ("…", []),
    ],
)
def test_a_text_is_of_the_subjects_whose_signs_it_shows(text: str, names: list[str]) -> None:
    assert sorted(one.name for one in topics_of(text, SUBJECTS)) == names


def test_the_strongest_subject_comes_first_and_a_sign_counts_once() -> None:
    topics = topics_of("backtest, backtest, backtest; paper trading; a bug", SUBJECTS)
    assert [(one.name, one.score) for one in topics] == [("trading", 2.0), ("software", 1.0)]


def test_weak_signs_that_add_up_to_one_are_enough_in_spite_of_rounding() -> None:
    tenths = Subject(name="t", signs=tuple(Sign(phrase=word, weight=0.1) for word in "abcdefghij"))
    assert topics_of("a b c d e f g h i j", (tenths,))


def test_the_context_takes_the_value_with_the_strongest_signs() -> None:
    hints = (
        Hint(key="rare", value=True, signs=(Sign(phrase="now and then"),)),
        Hint(key="size", value="large", signs=(Sign(phrase="rewrite"), Sign(phrase="system", weight=0.5))),
        Hint(key="size", value="small", signs=(Sign(phrase="typo"),)),
    )
    assert context_of("It crashes now and then", hints) == {"rare": True}
    assert context_of("Rewrite the system, and fix a typo", hints) == {"size": "large"}
    assert context_of("The system", hints) == {}


def phrase(text: str, *names: str) -> Phrase:
    own = parameters(*names)
    return read_phrase(text, text.split(maxsplit=1)[0].strip("{}"), own, "lib")


@pytest.mark.parametrize(
    ("written", "names", "text", "values"),
    [
        ("fix {bug}", ["bug"], "Fix the login crash.", ("the login crash",)),
        ("fix {bug}", ["bug"], "Fixing the login crash", ("the login crash",)),
        ("fix {bug}", ["bug"], "Fix", None),
        ("fix {bug}", ["bug"], "Please fix it", None),
        ("add tests for {x}", ["x"], "Add tests for the API", ("the API",)),
        ("{n} sign-ups", ["n: number"], "500 sign-ups", (500,)),
        ("{n} sign-ups", ["n: number"], "Many sign-ups", None),
        ("reach {n} % coverage", ["n: number"], "Reach 92.5% coverage", (92.5,)),
        (
            "move {what} to {place}",
            ["place", "what"],
            "Move the shop to the new server",
            ("the new server", "the shop"),
        ),
        ("move {what} to {place}", ["place", "what"], "Move to Berlin", None),
        ("move {what} to {place} by {day}", ["what", "place", "day"], "Move it to B by Friday", ("it", "B", "Friday")),
        ("{what} is done", ["what"], "All of it is done", ("All of it",)),
        ("{what} is done", ["what"], "What is done is done", ("What is done",)),
        ("tidy up", [], "Tidy up!", ()),
        ("tidy up", [], "Tidy up the shed", None),
    ],
)
def test_a_phrase_takes_values_from_a_text(
    written: str, names: list[str], text: str, values: tuple[Value, ...] | None
) -> None:
    found = tasks_asked_for(text, [shelved((phrase(written, *names),))])
    assert found == (() if values is None else (Asked(task=found[0].task, arguments=values, library="lib"),))


def test_the_phrase_that_says_most_of_the_text_comes_first() -> None:
    phrases = (phrase("add {x}", "x"), read_phrase("add tests for {x}", "tests", parameters("x"), "lib"))
    assert [one.task for one in tasks_asked_for("Add tests for the API", [shelved(phrases)])] == ["tests", "add"]


@pytest.mark.parametrize(
    "text", ["fix", "{bug}", "fix {bug} {bug}", "fix {bug} of {bug}", "fix ({bug})", "fix {it}", ""]
)
def test_a_phrase_must_have_words_and_each_parameter_once(text: str) -> None:
    with pytest.raises(Unclear):
        read_phrase(text, "fix", (Parameter(name="bug"),), "lib")


@given(st.lists(st.sampled_from(["a", "b", "to", "the", "7", "x"]), max_size=30).map(" ".join))
def test_any_text_fits_or_does_not_and_values_are_parts_of_it(text: str) -> None:
    phrases = (phrase("a {x} to {y} b {z}", "x", "y", "z"), phrase("b {x} the", "x"), phrase("{x} to {y}", "x", "y"))
    for asked in tasks_asked_for(text, [shelved(phrases)]):
        assert all(isinstance(value, str) and value and value in text for value in asked.arguments)


@pytest.fixture(scope="module")
def libraries() -> Libraries:
    return assemble([source for source in builtin_sources() if source.file in {"goal.yaml", "software.yaml"}])


@pytest.mark.parametrize(
    ("text", "task", "arguments"),
    [
        ("Fix the bug that the login crashes", "fix_bug", ("the login crashes",)),
        (
            "Fix the bug that parse() loses [the last] sign (again).",
            "fix_bug",
            ("parse() loses [the last] sign (again)",),
        ),
        ("Refactor (parse)", "refactor_code", ("parse",)),
        ("Fix bug: the login crashes", "fix_bug", ("the login crashes",)),
        ("Implement feature: dark mode in the app", "implement_feature", ("dark mode in the app",)),
        ("Implement support for dark mode in the app", "implement_feature", ("dark mode in the app",)),
        ("Refactor the legacy code of the billing module", "refactor_code", ("the legacy code of the billing module",)),
        ("Refactor module A", "refactor_code", ("module A",)),
        ("Add unit tests for the parser", "add_tests", ("the parser",)),
        ("At least 95 % test coverage", "raise_coverage", (95,)),
    ],
)
def test_software_goals_are_recognised(
    libraries: Libraries, text: str, task: str, arguments: tuple[Value, ...]
) -> None:
    topics = libraries.topics(text)
    assert [one.name for one in topics] == ["software"]
    first = libraries.asked_for(text, topics)[0]
    assert (first.task, first.arguments) == (task, arguments)


@pytest.mark.parametrize(
    "text",
    [
        "Pass the driving test",
        "Fix the garden fence",
        "Implement feedback",
        "Have blood tests done",
        "Learn Spanish in a class",
        "Master Deep Learning: implement CNN from scratch, read Goodfellow's book",
        "Design UI mockups; Develop MVP; User testing with 20 beta users; Launch on Product Hunt; Achieve 500 signups",
        "Write a dress code for the wedding",
    ],
)
def test_other_goals_are_not_taken_for_software(libraries: Libraries, text: str) -> None:
    topics = libraries.topics(text)
    assert topics == ()
    assert libraries.asked_for(text, topics) == ()


@pytest.mark.parametrize(
    ("text", "context"),
    [
        ("Fix the bug that it crashes now and then", {"happens_rarely": True}),
        ("Hotfix for the outage", {"is_hurting": True}),
        ("Export no longer works since the update", {"worked_before": True}),
        ("Rewrite the billing module of my side project", {"change": "large", "works_alone": True}),
        ("Fix the bug", {}),
    ],
)
def test_the_words_of_a_goal_tell_its_context(libraries: Libraries, text: str, context: dict[str, Value]) -> None:
    assert libraries.context(text) == context
