"""What an operator adds to the libraries is used: for goals of any subject, and before what comes along."""

from collections.abc import Sequence

import pytest

from engine.planning.method_planner import MethodPlanner
from engine.planning.methods.sources import load_libraries
from engine.planning.why import why_plan
from tests.engine.planning.test_plans_of_goals import asked

OWN = """
name: ours
summary: How we do it
facts:
  heated(what): It is hot enough to work with
compounds:
  forge(what):
    phrases: ["forge {what}"]
    methods:
      forge_when_hot:
        do: {a: hammer(?what)}
  polish(what):
    phrases: ["polish {what}"]
    methods:
      polish_twice:
        do: {a: wipe(?what), b: shine(?what)}
  our_backtest(what):
    phrases: ["backtest {what}"]
    methods:
      on_the_farm:
        do: {a: farm_backtest(?what)}
steps:
  hammer(what): {title: "Hammer {what}", when: heated(?what)}
  heat(what): {title: "Heat {what}", effects: heated(?what)}
  wipe(what): {title: "Wipe {what}"}
  shine(what): {title: "Make {what} shine"}
  farm_backtest(what): {title: "Run {what} on the farm"}
"""


@pytest.fixture(scope="module")
def planner(tmp_path_factory: pytest.TempPathFactory) -> MethodPlanner:
    folder = tmp_path_factory.mktemp("methods")
    (folder / "ours.yaml").write_text(OWN)
    return MethodPlanner(load_libraries((folder,), entry_points=False))


def titles(planner: MethodPlanner, name: str, *criteria: str) -> Sequence[str]:
    return [task.title for task in planner.plan(asked(name, criteria)).tasks]


@pytest.mark.long  # test_general_library.py has the one that comes along
def test_one_of_no_subject_in_particular_serves_goals_of_which_nothing_else_is_known(planner: MethodPlanner) -> None:
    made = titles(planner, "Old things", "Polish the brass", "Fetch the ladder")
    assert made == ["Wipe the brass", "Make the brass shine", "Fetch the ladder"]


def test_a_plan_without_what_a_library_knows_says_so_where_that_led_nowhere(planner: MethodPlanner) -> None:
    criteria, told = ("Forge the hinge", "Fetch the ladder"), "led to no plan for all of it, so this is a general one"
    plan = planner.plan(asked("Old things", criteria))
    assert [task.title for task in plan.tasks] == ["Forge the hinge", "Fetch the ladder"], "nothing in it heats"
    assert told in why_plan(plan)[0]
    assert told not in why_plan(planner.plan(asked("Old things", criteria[1:])))[0]


def test_of_two_that_know_the_same_words_what_was_added_is_meant(planner: MethodPlanner) -> None:
    made = titles(planner, "A momentum strategy", "Develop strategy logic", "Backtest on 2 years of data")
    assert "Run on 2 years of data on the farm" in made
