"""What holds for every plan, whatever is written in the criteria."""

import datetime as dt
import functools
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.goals import Goal
from engine.planning.criteria.suggestions import suggest_criteria
from engine.planning.requests import BUILT_IN_WORKS, PlanRequest
from engine.planning.why import why_task
from engine.plans import Plan, PlannedTask, check_plan
from engine.values import GoalId
from tests.engine.planning.planners import general_planner, planner
from tests.examples import examples
from tests.hanging import no_hang

NOW = dt.datetime(2026, 1, 14, 11, 0, tzinfo=dt.UTC)
PIECES = (
    "Develop MVP",
    "test it with 20 beta users",
    "if profitable",
    "otherwise",
    "then",
    "after the launch",
    "before 1 March",
    "https://x.org answers 200",
    "Monitor for 1 week",
    "and",
    ",",
    ".",
    ";",
    "1.",
    "2.",
    "«quoted»",
    "at least 95 %",
    "$10k",
    "on Friday",
    "in 2 weeks",
    "finally",
    "first,",
    "unless",
    "Choose A or B",
    "run deploy",
    "as its own goal:",
    "3 times a week",
    "for 8 weeks",
    "\n- ",
    "->",
    "it",
    "everyone is happy",
    "Buy",
    "milk",
    "Read",
    "books",
    "deploy",
    "🎉",
    "שלום",
    "план",
)
criterion = st.one_of(st.text(max_size=200), st.lists(st.sampled_from(PIECES), max_size=12).map(" ".join))
deadlines = st.one_of(st.none(), st.integers(-10, 400).map(lambda days: NOW + dt.timedelta(days=days)))


def plan_of(criteria: tuple[str, ...], *, name: str = "A goal", deadline: dt.datetime | None = None) -> Plan:
    goal = Goal(id=GoalId(1), name=name, criteria=criteria, deadline=deadline, created_at=NOW, updated_at=NOW)
    return general_planner().plan(PlanRequest(goal=goal, now=NOW, zone="Asia/Kolkata", commands=("deploy",)))


def check_inputs(task: PlannedTask) -> None:
    inputs = task.inputs
    match task.work:
        case "person":
            assert set(inputs) <= {"by"}
        case "wait":
            assert set(inputs) in ({"seconds"}, {"until"})
            if "seconds" in inputs:
                assert isinstance(inputs["seconds"], int)
                assert inputs["seconds"] > 0
            else:
                assert dt.datetime.fromisoformat(str(inputs["until"])).utcoffset() == dt.timedelta(0)
        case "measure":
            assert isinstance(inputs["target"], float)
            assert isinstance(inputs["unit"], str)
            assert isinstance(inputs["at_most"], bool)
        case "decide":
            assert str(inputs["question"]).strip()
            assert isinstance(inputs["options"], list)
            assert len(inputs["options"]) >= 2
            assert all(isinstance(option, str) and option.strip() for option in inputs["options"])
        case "http_check":
            assert str(inputs["url"]).lower().startswith(("http://", "https://"))
            assert inputs["status"] in range(100, 600)
        case "command":
            assert inputs == {"command": "deploy"}
        case "subgoal":
            assert str(inputs["name"]).strip()
            assert isinstance(inputs["criteria"], list)
        case other:
            pytest.fail(f"no such work: {other}")


def check_whole(plan: Plan, criteria: tuple[str, ...]) -> None:
    check_plan(plan.tasks)
    done: set[str] = set()
    options = {task.key: task.inputs["options"] for task in plan.tasks if task.work == "decide"}
    for task in plan.tasks:
        assert done.issuperset(task.after), "the tasks come in an order that can be carried out"
        done.add(task.key)
        assert task.title.strip()
        assert len(task.title) <= 120
        assert "\n" not in task.title
        assert task.work in BUILT_IN_WORKS
        assert 0 < task.estimate.low <= task.estimate.likely <= task.estimate.high
        assert 1 <= task.target_count <= 520
        assert task.weight > 0
        check_inputs(task)
        if task.only_if is not None:
            choices = options[task.only_if[0]]
            assert isinstance(choices, list)
            assert task.only_if[1] in choices
    served = Counter(task.criterion for task in plan.tasks)
    assert set(served) == (set(range(len(criteria))) if criteria else {None})
    assert sum(task.weight for task in plan.tasks) == pytest.approx(max(1, len(criteria)))


@examples(20)
@given(st.lists(criterion, max_size=8).map(tuple), st.text(max_size=60), deadlines)
def test_any_text_becomes_a_plan_that_can_be_carried_out(
    criteria: tuple[str, ...], name: str, deadline: dt.datetime | None
) -> None:
    plan = plan_of(criteria, name=name, deadline=deadline)
    check_whole(plan, criteria)
    assert all(len(line) < 500 for line in plan.advice)


@functools.cache
def phrases() -> list[tuple[str, str]]:
    """What people would say to ask for the compounds of each library: (library, criterion)."""
    found = []
    for library in planner().libraries.libraries:
        for phrase in library.phrases:
            words = {f"{{{one.name}}}": "4" if one.type == "number" else "the old thing" for one in phrase.parameters}
            found.append((library.name, " ".join(words.get(part, part) for part in phrase.parts)))
    return found


@functools.cache
def names() -> dict[str, str]:
    """For each library a name of a goal that is of its subject."""
    return {one.name: " ".join(sign.phrase for sign in one.subject.signs) for one in planner().libraries.libraries}


@examples(8)
@given(st.data())
def test_any_mix_of_subjects_becomes_a_plan_that_can_be_carried_out(data: st.DataObject) -> None:
    asked = data.draw(st.lists(st.sampled_from(phrases()), min_size=1, max_size=6))
    others = data.draw(st.lists(st.sampled_from(PIECES), max_size=2))
    name = " ".join(dict.fromkeys(names()[library] for library, _ in asked))
    criteria = (*(text for _, text in asked), *others)
    days = data.draw(st.one_of(st.none(), st.integers(1, 400)))
    goal = Goal(
        id=GoalId(1),
        name=name[:4000],
        criteria=criteria,
        deadline=None if days is None else NOW + dt.timedelta(days=days),
        metadata=data.draw(st.sampled_from([{}, {"budget": 500}, {"budget": 20_000, "has_codebase": True}])),
        created_at=NOW,
        updated_at=NOW,
    )
    plan = planner().plan(PlanRequest(goal=goal, now=NOW, zone="Asia/Kolkata", commands=("deploy",)))
    for one in (plan, *plan.alternatives):
        check_whole(one, criteria)
        assert one.prospect is not None
        assert 0 < one.prospect.probability <= 1
        assert sum(task.cost for task in one.tasks) <= max(one.prospect.cost, 0.0) + 1e-6
        assert all(why_task(one, task.key) for task in one.tasks)


@examples(8)
@given(st.lists(criterion, max_size=5).map(tuple))
def test_the_same_goal_gets_the_same_plan(criteria: tuple[str, ...]) -> None:
    assert plan_of(criteria) == plan_of(criteria)


@given(st.text(max_size=200), st.text(max_size=200))
def test_suggestions_for_any_name_are_three_to_six_short_lines(name: str, description: str) -> None:
    found = suggest_criteria(name, description)
    assert 3 <= len(found) <= 6
    assert len(set(found)) == len(found)
    assert all(0 < len(text) <= 120 for text in found)


HOSTILE = {
    "one long word": ("a" * 4096,),
    "small words": ("a " * 2048,),
    "ands": ("build a, and " * 300,),
    "ifs": ("if " * 1300,),
    "dots": ("." * 4096,),
    "emoji": ("🎉" * 4000,),
    "addresses": ("https://" * 500,),
    "open quotes": ("«" * 4096,),
    "thens": ("then build it " * 280,),
    "afters": ("x after " * 500,),
    "numbers": ("1. a 2. b 3. c " * 270,),
    "blanks": ("a" + " " * 4000 + "b",),
    "durations": ("for 1 week " * 370,),
    "dates": ("1 March " * 500,),
    "turned round": ("\u202eabc" * 1000,),
    "lines": ("\n- do it" * 500,),
    "digits": ("1,000" * 800,),
    "dots and letters": ("a." * 2000 + "com is up",),
    "nothing": ("", "   ", "\n", "\x00"),
    "200 alike": ("Develop MVP",) * 200,
    "200 in a row": tuple(f"Design thing{n} and build thing{n}, then test it if good {n}" for n in range(200)),
    "200 long": tuple(f"Build the app and test it {n}, then deploy it; monitor for 1 week. " * 60 for n in range(200)),
    "200 senseless": tuple(f"1 and by after if for 1 week, https:// « {n}" * 90 for n in range(200)),
}

SLOW = ("200 long", "200 senseless")
"""Of 800,000 signs, and several seconds: «200 in a row» stands for them."""


@pytest.mark.sample(3, in_ci=8)
@pytest.mark.parametrize(
    "criteria",
    [
        pytest.param(criteria, id=kind, marks=[pytest.mark.long] if kind in SLOW else [])
        for kind, criteria in HOSTILE.items()
    ],
)
def test_hostile_criteria_become_a_plan(criteria: tuple[str, ...]) -> None:
    general_planner()  # it reads its libraries once
    with no_hang():
        plan = plan_of(criteria)
    check_whole(plan, criteria)
    assert len(plan.tasks) <= 2400


def test_two_clauses_that_share_a_question_which_names_one_of_them_are_both_planned() -> None:
    criteria = ("Test it if the rework pays off. Rework it if the rework pays off",)
    goal = Goal(id=GoalId(1), name="Rework", criteria=criteria, created_at=NOW, updated_at=NOW)
    tasks = general_planner().plan(PlanRequest(goal=goal, now=NOW)).tasks
    check_plan(tasks)
    assert {"Test it", "Rework it"} <= {task.title for task in tasks}


@pytest.mark.parametrize("word", ["Then", "After that,", "Afterwards", "Finally"])
@pytest.mark.parametrize("doing", ["set the next date", "frobnicate the widget", "Überweise das Geld"])
def test_an_order_word_counts_also_before_a_verb_that_nobody_knows(word: str, doing: str) -> None:
    criteria = ("Paint the wall", f"{word} {doing}")
    goal = Goal(id=GoalId(1), name="Swap", criteria=criteria, created_at=NOW, updated_at=NOW)
    last = general_planner().plan(PlanRequest(goal=goal, now=NOW)).tasks[-1]
    assert last.criterion == 1
    assert last.after
