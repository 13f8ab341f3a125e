"""What somebody says has changed, as facts; and what is left in their own words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from engine.goals import Goal
from engine.planning.criteria import changes
from engine.planning.criteria.changes import Change, ChangeKind, criterion_meant, may_be_of_resource, read_changes
from engine.planning.knowables import Knowable, Saying
from tests.engine.lives import Life, planned

CRITERIA = ("Build the pricing page", "Design the logo", "Launch on Product Hunt", "Reach 500 signups")
K = ChangeKind
CODE, MODEL = "There is code already", "A language model may be asked"
FACTS = (
    Knowable(name="has_codebase", kind="flag", summary=CODE, sayings=(Saying(phrase="repo", value=True),)),
    Knowable(name="model_available", kind="flag", summary=MODEL),
)


def shop() -> Goal:
    tasks = [planned(f"t{n}", criterion=n, resources=("gpu",) if n == 1 else ()) for n in range(4)]
    return replace(Life.started(*tasks).goal, criteria=CRITERIA)


@pytest.mark.parametrize(
    ("said", "kind", "criterion", "other"),
    [
        ("customers want the pricing page first", K.FIRST, 0, None),
        ("the editor wants the pricing page first", K.FIRST, 0, None),
        ("Ann wants the pricing page first", K.FIRST, 0, None),
        ("The customers now want to have the pricing page first.", K.FIRST, 0, None),
        ("start with the logo", K.FIRST, 1, None),
        ("the logo comes first!", K.FIRST, 1, None),
        ("first do the logo", K.FIRST, 1, None),
        ("Signups are top priority now", K.FIRST, 3, None),
        ("criterion 3 first", K.FIRST, 2, None),
        ("do the logo last", K.LAST, 1, None),
        ("the logo can wait until the end", K.LAST, 1, None),
        ("the logo before the pricing page", K.BEFORE, 1, 0),
        ("The launch must come before the logo", K.BEFORE, 2, 1),
        ("the pricing page goes after the launch", K.BEFORE, 2, 0),
        ("we no longer need the logo", K.DROP, 1, None),
        ("we don't need the logo any more", K.DROP, 1, None),
        ("drop the logo", K.DROP, 1, None),
        ("The launch is no longer needed", K.DROP, 2, None),
        ("the pricing page is already done", K.DONE, 0, None),
        ("the logo is finished", K.DONE, 1, None),
        ("we already have the logo", K.DONE, 1, None),
    ],
)
def test_what_a_sentence_says_of_a_criterion(said: str, kind: K, criterion: int, other: int | None) -> None:
    heard = read_changes(said, shop())
    assert heard.is_clear
    (change,) = heard.changes
    assert (change.kind, change.criterion, change.other) == (kind, criterion, other)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("we also need a French version", (K.ADD, "A French version", "", True)),
        ("customers want a dark mode too", (K.ADD, "A dark mode", "", True)),
        ("the deadline is Friday", (K.DEADLINE, "Friday", "", True)),
        ("The deadline has moved to 1 March", (K.DEADLINE, "1 March", "", True)),
        ("the deadline was changed to in 2 weeks", (K.DEADLINE, "in 2 weeks", "", True)),
        ("move the deadline to Friday 18:00", (K.DEADLINE, "Friday 18:00", "", True)),
        ("all must be done by 2026-12-24", (K.DEADLINE, "2026-12-24", "", True)),
        ("the gpu is gone until Friday", (K.AWAY, "Friday", "gpu", True)),
        ("the GPU is broken", (K.AWAY, "", "gpu", True)),
        ("we lost the gpu for 3 days", (K.AWAY, "3 days", "gpu", True)),
        ("the gpu is back", (K.BACK, "", "gpu", True)),
        ("the gpu works again", (K.BACK, "", "gpu", True)),
        ("we have a codebase now", (K.KNOWN, CODE, "has_codebase", True)),
        ("there is no model", (K.KNOWN, MODEL, "model_available", False)),
        ("the model is gone", (K.KNOWN, MODEL, "model_available", False)),
        ("we have no repo any more", (K.KNOWN, CODE, "has_codebase", False)),
    ],
)
def test_what_a_sentence_says_beside_the_criteria(said: str, expected: tuple[K, str, str, bool]) -> None:
    heard = read_changes(said, shop(), facts=FACTS)
    assert heard.is_clear
    (change,) = heard.changes
    assert (change.kind, change.text or change.when, change.name, change.value) == expected


@pytest.mark.parametrize(
    ("said", "criterion", "now"),
    [
        ("change criterion 2 to: Design the logo and the favicon", 1, "Design the logo and the favicon"),
        ("criterion 4 is now «Reach 300 signups»", 3, "Reach 300 signups"),
        ("#4: reach 300 signups", None, ""),
        ("change the logo to design a mascot", 1, "Design a mascot"),
        ("replace the logo with draw a mascot", None, ""),
        ("replace the logo by a logo with a mascot", 1, "A logo with a mascot"),
        ("instead of Product Hunt we launch on Hacker News", 2, "Launch on Hacker News"),
        ("We now want to launch on Hacker News instead of on Product Hunt.", 2, "Launch on Hacker News"),
        ("we need 300 signups instead of 500", 3, "Reach 300 signups"),
        ("300 instead of 500", 3, "Reach 300 signups"),
        ("9 instead of 500", 3, "Reach 9 signups"),
        ("300 instead of 700", None, ""),
        ("change the logo to blue", None, ""),
        ("change the spaceship to build a rocket", None, ""),
    ],
)
def test_a_criterion_gets_other_words_where_they_make_one(said: str, criterion: int | None, now: str) -> None:
    heard = read_changes(said, shop())
    found = [(one.kind, one.criterion, one.text) for one in heard.changes]
    assert found == ([] if criterion is None else [(K.REWORD, criterion, now)])
    assert heard.is_clear == (criterion is not None)


@pytest.mark.parametrize(
    ("said", "now"),
    [
        ("1 instead of 2", "Hire 1 mechanics by May"),
        ("1 mechanic instead of 2", "Hire 1 mechanic by May"),
        ("we need 3 mechanics instead of 2", "Hire 3 mechanics by May"),
        ("3 good ones instead of 2", "Hire 3 mechanics by May"),
    ],
)
def test_a_figure_of_one_digit_is_one_and_what_is_counted_goes_along(said: str, now: str) -> None:
    goal = replace(shop(), criteria=("Rent 20 shelves", "Hire 2 mechanics by May"))
    assert [(one.criterion, one.text) for one in read_changes(said, goal).changes] == [(1, now)]


@pytest.mark.parametrize(
    ("said", "value", "when"),
    [
        ("the office is closed until 3 December", False, "3 December"),
        ("Until Friday there is no office", False, "Friday"),
        ("until next week, the office is shut", False, "next week"),
        ("the office is open for 2 weeks", True, "2 weeks"),
        ("the office is closed", False, ""),
    ],
)
def test_a_fact_may_be_told_with_its_end(said: str, value: bool, when: str) -> None:
    heard = read_changes(said, shop(), facts=[Knowable(name="office_open", kind="flag"), *FACTS])
    (change,) = heard.changes
    assert (change.kind, change.name, change.value, change.when) == (K.KNOWN, "office_open", value, when)


def test_a_criterion_and_a_resource_are_meant_before_what_may_be_known_of_a_goal() -> None:
    logo = Knowable(name="has_logo", kind="flag")
    assert read_changes("the logo is there", shop(), facts=[logo]).changes[0].kind is K.DONE
    assert read_changes("we have no logo", shop(), facts=[logo]).changes[0].kind is K.KNOWN
    gpu = Knowable(name="has_gpu", kind="flag")
    assert read_changes("the gpu is gone", shop(), facts=[gpu]).changes[0].kind is K.AWAY


@pytest.mark.parametrize(
    "said",
    [
        "",
        "The shop has closed",
        "Anna is ill",
        "do it first",
        "we no longer need the spaceship",
        "the printer is gone until Friday",
        "is the logo done?",
        "the logo before the logo",
        "we also need it",
        "it works again",
        "the plan is bad",
        "first things first",
        "x" * 601,
    ],
)
def test_what_can_not_be_told_is_left_alone(said: str) -> None:
    assert read_changes(said, shop()).changes == ()


def test_several_sentences_are_several_facts_and_what_is_unclear_among_them_is_told() -> None:
    heard = read_changes("Customers want the pricing page first. We no longer need the logo; Anna is ill", shop())
    assert [change.kind for change in heard.changes] == [K.FIRST, K.DROP]
    assert heard.unclear == ("Anna is ill",)
    assert not heard.is_clear


def test_words_that_fit_several_criteria_alike_mean_none() -> None:
    goal = replace(shop(), criteria=("Build the shop page", "Build the team page"))
    assert criterion_meant("the page", goal) is None
    assert criterion_meant("the team page", goal) == 1
    assert criterion_meant("number 2", goal) == 1
    assert criterion_meant("number 3", goal) is None


def test_a_criterion_is_known_by_what_its_tasks_are_called_too() -> None:
    tasks = (planned("a", criterion=0, title="Collect sketches"), planned("b", criterion=1, title="Write texts"))
    goal = replace(Life.started(*tasks).goal, criteria=("The look is settled", "The words are settled"))
    assert criterion_meant("the sketches", goal) == 0


@given(st.text(max_size=80), st.sampled_from(["{} first", "{} before {}", "we also need {}", "drop {}", "{}"]))
def test_whatever_is_said_a_fact_is_about_what_is_there(words: str, form: str) -> None:
    goal = shop()
    for change in read_changes(form.format(words, words), goal, facts=FACTS).changes:
        assert isinstance(change, Change)
        assert change.criterion is None or 0 <= change.criterion < len(goal.criteria)
        assert change.name in ("", "gpu", "has_codebase", "model_available")


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("the gpu is gone for good", (K.AWAY, "gpu", "", True)),
        ("The gpu is gone forever!", (K.AWAY, "gpu", "", True)),
        ("we lost the gpu for good", (K.AWAY, "gpu", "", True)),
        ("the gpu will never come back", (K.AWAY, "gpu", "", True)),
        ("the gpu is not coming back", (K.AWAY, "gpu", "", True)),
        ("we no longer have the gpu", (K.AWAY, "gpu", "", True)),
        ("we don't have the gpu any more", (K.AWAY, "gpu", "", True)),
        ("we don't have the gpu", (K.AWAY, "gpu", "", False)),
        ("the gpu is gone for 3 days", (K.AWAY, "gpu", "3 days", False)),
        ("the people to talk to are away until Friday", (K.AWAY, "people to talk to", "Friday", False)),
        ("the gpu is in use until Friday", (K.AWAY, "gpu", "Friday", False)),
        ("Until 3 December the gpu is under repair", (K.AWAY, "gpu", "3 December", False)),
        ("until Friday, we have no gpu", (K.AWAY, "gpu", "Friday", False)),
        ("our people to talk to are back", (K.BACK, "people to talk to", "", False)),
    ],
)
def test_a_resource_is_away_for_a_while_or_for_good(said: str, expected: tuple[ChangeKind, str, str, bool]) -> None:
    (change,) = read_changes(said, shop(), ["people to talk to"]).changes
    assert (change.kind, change.name, change.when, change.for_good) == expected
    assert may_be_of_resource(said)


@pytest.mark.parametrize("said", ["the fridge is gone for good", "the model is gone until Friday", "is the gpu gone?"])
def test_of_what_nobody_shares_nothing_is_said(said: str) -> None:
    assert read_changes(said, shop()).changes == ()


def test_words_about_something_else_are_not_about_resources() -> None:
    assert not may_be_of_resource("customers want the pricing page first. The deadline is Friday")


def test_a_long_list_is_not_read_in_each_way_to_cut_it(monkeypatch: pytest.MonkeyPatch) -> None:
    parts: list[str] = []
    read = changes._read

    def counted(part: str, goal: Goal, names: dict[str, str]) -> Change | None:
        parts.append(part)
        return read(part, goal, names)

    monkeypatch.setattr(changes, "_read", counted)
    read_changes("rename it to " + "a, " * 150, shop())
    assert len(parts) < 300
