"""Whole plans, as a person would see them. Each file in `expected/` was reviewed by eye: would one be glad to get it?

A file begins with the goal's name and its criteria; below the line are the tasks: number, title, work (× count, ! for
critical), what they come after, and the answer they hang on. They are the plans that people get, by all libraries;
`python -m tests.engine.planning.test_plans_of_goals` writes them anew after a library was changed: read the difference.
"""

import datetime as dt
from pathlib import Path

import pytest
from msgspec import structs

from engine.goals import Goal
from engine.planning.requests import BUILT_IN_WORKS, PlanRequest
from engine.plans import Plan, check_plan
from engine.values import ChatId, GoalId
from engine.work.subgoals import steps_under
from tests.engine.planning.planners import general_planner, planner

NOW = dt.datetime(2026, 1, 14, 11, 0, tzinfo=dt.UTC)
FILES = sorted((Path(__file__).parent / "expected").glob("*.txt"))


def rendered(plan: Plan) -> list[str]:
    """A plan as lines of text."""
    numbers = {task.key: number for number, task in enumerate(plan.tasks, 1)}
    lines = []
    for task in plan.tasks:
        work = task.work + (f" ×{task.target_count}" if task.target_count > 1 else "") + (" !" if task.critical else "")
        after = ", ".join(str(number) for number in sorted(numbers[key] for key in task.after))
        parts = [f"{numbers[task.key]}. {task.title}", work]
        parts += [f"after {after}"] if after else []
        parts += [f"if {numbers[task.only_if[0]]} {task.only_if[1]}"] if task.only_if else []
        lines.append(" | ".join(parts))
    return lines


def asked(name: str, criteria: tuple[str, ...]) -> PlanRequest:
    goal = Goal(id=GoalId(1), name=name, criteria=criteria, chat=ChatId(7), created_at=NOW, updated_at=NOW)
    return PlanRequest(goal=goal, now=NOW, zone="Europe/Berlin", commands=("deploy",))


def plan_of(name: str, criteria: tuple[str, ...]) -> Plan:
    """The plan of the general library alone, for what is promised of it."""
    return general_planner().plan(asked(name, criteria))


def goal_in(path: Path) -> tuple[str, tuple[str, ...], list[str]]:
    """(name, criteria, the lines of the plan) of a file."""
    head, _, tasks = path.read_text(encoding="utf-8").partition("\n---\n")
    name, *criteria = head.splitlines()
    return name, tuple(line.removeprefix("* ") for line in criteria), tasks.splitlines()


def main() -> None:
    """Write all plans anew."""
    for path in FILES:
        name, criteria, _ = goal_in(path)
        lines = [name, *(f"* {text}" for text in criteria), "---", *rendered(planner().plan(asked(name, criteria)))]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")


@pytest.mark.sample(6)
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_goal_gets_the_plan_that_was_found_good(path: Path) -> None:
    name, criteria, lines = goal_in(path)
    plan = planner().plan(asked(name, criteria))
    assert rendered(plan) == lines, "read the difference; if it is better, write the plans anew as told above"
    check_plan(plan.tasks)


def test_there_are_plans_to_compare() -> None:
    assert len(FILES) >= 11


def test_the_inputs_of_each_work_are_what_it_takes() -> None:
    plan = plan_of(
        "Ship it",
        (
            "Monitor for 1 week",
            "API latency under 200 ms",
            "Deploy to live if profitable",
            "https://example.com/health answers 200 and shows «ok»",
            "Run deploy",
            "Launch on Friday",
            "Sub-goal: Marketing: write a plan, find 3 partners",
            "Pay the rent by 1 March",
        ),
    )
    inputs = {
        task.work: dict(task.inputs) for task in plan.tasks if task.work != "person" and "until" not in task.inputs
    }
    below = inputs["subgoal"].pop("plan")
    assert {"Write a plan", "Find 3 partners"} < set(steps_under({"plan": below}))
    assert inputs == {
        "wait": {"seconds": 604_800},
        "measure": {"target": 200.0, "unit": "ms", "at_most": True},
        "decide": {"question": "Is it profitable?", "options": ["Yes", "No"]},
        "http_check": {"url": "https://example.com/health", "status": 200, "contains": "ok"},
        "command": {"command": "deploy"},
        "subgoal": {
            "name": "Marketing",
            "description": "Sub-goal: Marketing: write a plan, find 3 partners",
            "criteria": ["Write a plan", "Find 3 partners"],
        },
    }
    assert {"until": "2026-01-15T23:00:00+00:00"} in [task.inputs for task in plan.tasks]
    rent = next(task for task in plan.tasks if task.title == "Pay the rent by 1 March")
    assert rent.inputs == {"by": "2026-03-01T22:59:00+00:00"}
    assert rent.description == "To be done by Sunday 1 March 2026."


def test_a_measure_carries_its_target_in_what_is_expected() -> None:
    (measure,) = (task for task in plan_of("Grow", ("Achieve 500 signups",)).tasks if task.work == "measure")
    assert (measure.expected.target, measure.expected.unit, measure.expected.at_most) == (500.0, "signups", False)


def test_a_work_that_is_not_known_becomes_a_persons_task() -> None:
    goal = Goal(
        id=GoalId(1), name="x", criteria=("Monitor for 1 week", "Deploy if profitable"), created_at=NOW, updated_at=NOW
    )
    plan = general_planner().plan(PlanRequest(goal=goal, now=NOW, works=frozenset({"person"})))
    assert {task.work for task in plan.tasks} == {"person"}
    assert all(task.only_if is None for task in plan.tasks)


def test_work_that_goes_by_itself_waits_for_a_word_on_what_nothing_in_the_plan_tells() -> None:
    plan = plan_of("Deploy", ("Run deploy once the moon is full",))
    assert rendered(plan) == [
        "1. Confirm: the moon is full | person",
        "2. Run deploy once the moon is full | command ! | after 1",
    ]


def test_the_tree_tells_what_was_read_what_called_for_it_and_which_tasks_came_of_it() -> None:
    plan = plan_of("Grow", ("Achieve 500 signups", "Buy milk, then call mom"))
    milk = {
        "label": "c2.1",
        "task": "any_do_chore",
        "arguments": ["c2.1", "Buy milk"],
        "about": "Do it",
        "method": "any_chore",
        "how": "in one step; it is small",
        "probability": 0.98,
        "children": [
            {
                "label": "do",
                "task": "any_do_small_thing",
                "arguments": ["Buy milk"],
                "probability": 0.98,
                "key": "c2.1-do",
            }
        ],
    }
    assert isinstance(plan.tree, dict)
    assert plan.tree["goal"] == "Grow"
    criteria = plan.tree["criteria"]
    assert isinstance(criteria, list)
    signups, errands = criteria
    assert signups["index"] == 0
    assert signups["text"] == "Achieve 500 signups"
    (clause,) = signups["clauses"]
    parts = clause.pop("parts")
    assert clause == {
        "text": "Achieve 500 signups",
        "kind": "reach",
        "target": 500.0,
        "unit": "signups",
        "at_most": False,
        "tasks": ["c1.1-lead", "c1.1-measure"],
    }
    assert [part["label"] for part in parts] == ["c1.1", "c1.1.measure"]
    assert errands["clauses"][0] == {"text": "Buy milk", "kind": "buy", "tasks": ["c2.1-do"], "parts": [milk]}
    assert errands["clauses"][1]["tasks"] == ["c2.2-do"]


def test_a_long_stretch_is_estimated_by_what_it_says_and_a_count_by_its_parts() -> None:
    plan = plan_of("x", ("Study Spanish for 3 months", "Complete 5 Kaggle competitions", "Monitor for 1 week"))
    likely = {task.title: task.estimate.likely for task in plan.tasks}
    assert likely["Study Spanish for 3 months"] == 2160
    assert likely["Complete 5 Kaggle competitions"] == 300
    assert likely["Monitor for 1 week"] == 168


def test_where_several_ways_part_and_half_of_the_rest_waits_is_critical_but_not_each_link_of_a_chain() -> None:
    plan = plan_of("x", ("Design the app", "Build the app", "Write the help texts after the design", "Launch the app"))
    critical = [task.title for task in plan.tasks if task.critical]
    assert "Have someone review the app and settle changes" in critical
    assert "Collect needs and examples for the app" not in critical


def test_what_alone_carries_a_criterion_or_holds_up_half_of_the_rest_is_critical() -> None:
    plan = plan_of("x", ("Develop MVP", "Monitor for 1 week"))
    assert [(task.title, task.critical) for task in plan.tasks] == [
        ("Write down what the MVP must do", False),
        ("Develop MVP", True),
        ("Test the MVP against that list", False),
        ("Decide what to watch, and at what figure to step in", False),
        ("Monitor for 1 week", True),
        ("Judge what 1 week of monitoring showed", False),
    ]


@pytest.mark.sample(2)
@pytest.mark.parametrize(
    ("text", "work", "inputs"),
    [
        ("word_count", "word_count", {}),
        ("Run word_count", "word_count", {}),
        ("word_count: path=/tmp/a.txt", "word_count", {"path": "/tmp/a.txt"}),
        (
            'Run the work word_count with path="my file.txt", words=300, strict=true, share=0.5',
            "word_count",
            {"path": "my file.txt", "words": 300, "strict": True, "share": 0.5},
        ),
        ("Use word_count in the report", "person", {}),
        ("Run word_counter", "person", {}),
    ],
)
def test_a_work_of_another_package_is_planned_where_a_criterion_names_it(
    text: str, work: str, inputs: dict[str, object]
) -> None:
    goal = Goal(id=GoalId(1), name="Count", criteria=("Write a page", f"Then {text}"), created_at=NOW, updated_at=NOW)
    for criteria in (goal.criteria, ("Write a page", text)):
        asked = PlanRequest(
            goal=structs.replace(goal, criteria=criteria), now=NOW, works=BUILT_IN_WORKS | {"word_count"}
        )
        named = [task for task in general_planner().plan(asked).tasks if task.criterion == 1]
        assert (named[-1].work, named[-1].inputs) == (work, inputs)
        ours = PlanRequest(goal=structs.replace(goal, criteria=criteria), now=NOW)
        assert all(task.work != "word_count" for task in general_planner().plan(ours).tasks)


@pytest.mark.parametrize(
    ("criteria", "first"),
    [
        (("The website has a new look", "https://kites.example answers 200"), "Make sure: the website has a new look"),
        (("https://kites.example answers 200", "Set up the server"), "Give the server a try"),
        (("Buy a domain", "https://kites.example answers 200"), "Buy a domain"),
        (("Build the shop", "https://kites.example answers 200"), "Test the shop against that list"),
        (("Sign 3 sponsors", "https://kites.example answers 200"), ""),
        (("https://kites.example answers 200",), ""),
    ],
)
def test_an_address_is_checked_after_what_is_brought_about_there(criteria: tuple[str, ...], first: str) -> None:
    tasks = plan_of("Sell kites", criteria).tasks
    (check,) = (task for task in tasks if task.work == "http_check")
    assert [task.title for task in tasks if task.key in check.after] == [first] * bool(first)


if __name__ == "__main__":
    main()


def test_a_wait_for_a_day_of_another_year_names_the_year() -> None:
    def waits(now: dt.datetime, zone: str = "UTC") -> list[str]:
        goal = Goal(
            id=GoalId(1), name="Move", criteria=("Sow the beans after 3 March",), created_at=now, updated_at=now
        )
        plan = planner().plan(PlanRequest(goal=goal, now=now, zone=zone))
        return [task.title for task in plan.tasks if task.work == "wait"]

    assert waits(dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)) == ["Wait until Wednesday 3 March 2027"]
    assert waits(dt.datetime(2027, 1, 5, 9, tzinfo=dt.UTC)) == ["Wait until Wednesday 3 March"]
    new_year = dt.datetime(2026, 12, 31, 23, tzinfo=dt.UTC)
    assert waits(new_year, "Europe/Berlin") == ["Wait until Wednesday 3 March"], "it is 2027 there already"
