"""Which steps of a plan an agent does: what is its own by nature, and nothing of people's."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

import pytest
from msgspec import structs

from engine.agents.working.handing import HandingPlanner, handed_over, taken_back
from engine.agents.working.joining import merged_again, with_merges, without_merges
from engine.goals import Goal
from engine.plans import NOTHING_KEPT, AdaptationNeed, Plan, PlannedTask, Repair, Trigger
from engine.tasks import Expectation, Task
from engine.values import GoalId, JsonObject, TaskNumber
from engine.work.subgoals import PLAN, kept_plan, plan_under
from tests.scenarios.goal_plans import WISHES

NOW = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
GOAL = Goal(id=GoalId(1), name="Any", created_at=NOW, updated_at=NOW)


def role(title: str, **more: object) -> str:
    [task] = handed_over([PlannedTask(key="a", title=title, **more)], GOAL)  # type: ignore[arg-type]  # a test's own
    return str(task.inputs["role"]) if task.work == "agent" else ""


@pytest.mark.parametrize(
    ("title", "wanted"),
    [
        ("Research the market for solar roofs", "researcher"),
        ("Find the facts on heat pumps that answer these questions, and note where from", "researcher"),
        ("Compare three brokers: costs per trade, markets, interface, safety of the money", "researcher"),
        ("Write the report on heat pumps: answer first, then why, then what is not known", "writer"),
        ("Draft a press release for the fair", "writer"),
        ("Write the first draft of the landing page", "writer"),
        ("Estimate what the move will cost", "analyst"),
    ],
)
def test_research_writing_and_analysis_are_an_agents(title: str, wanted: str) -> None:
    assert role(title) == wanted


@pytest.mark.parametrize(
    "title",
    [
        "Visit three places at the hour it will be, and ask for offers with all extras",
        "Book the venue, with day, hours, price and cancelling in writing",
        "Choose a caterer",
        "Write to ten people a day, each with a reason why it is for them",
        "Write the code for single sign-on",
        "Write tests that fail without the feature",
        "Write the guest list in three rings: must, would like, could",
        "Write down what the place must have, and how you get there and home again",
        "Run 5 km",
        "Get three offers for the photographer, and call one former client of each",
        "Review the drafts with people who will use it",
        "Find out about the exam: topics by weight, date, fee; then register",
        "Find out what is wrong with the sink",
        "Write a page a day for the thesis while the data come in",
        "Proofread the text: names, figures, references, spelling",
        "Practise aloud",
        "Research by trial lessons with two teachers",
    ],
)
def test_what_takes_hands_a_choice_or_people_stays_with_people(title: str) -> None:
    assert role(title) == ""


def test_what_works_on_a_text_is_an_agents_only_where_an_agent_wrote_it() -> None:
    write = PlannedTask(key="w", title="Write the report on peat")
    proof = PlannedTask(key="p", title="Proofread the report: names, figures", after=("w",))
    alone = PlannedTask(key="q", title="Proofread the contract")
    done = handed_over([write, proof, alone], GOAL)
    assert [task.work for task in done] == ["agent", "agent", "person"]
    assert done[1].inputs == {"role": "reviewer"}


def test_what_is_counted_measured_has_works_or_needs_of_its_own_is_left_alone() -> None:
    title = "Write the post for the blog"
    assert role(title) == "writer"
    assert role(title, target_count=5) == ""
    assert role(title, work="wait") == ""
    assert role(title, inputs={"a": 1}) == ""
    assert role(title, resources=("a reviewer",)) == ""
    assert role(title, resources=("study hours",)) == "writer"
    assert role(title, expected=Expectation(summary="posts", target=3.0)) == ""


def test_what_is_somebody_elses_goal_is_not_taken_from_them() -> None:
    theirs = structs.replace(GOAL, metadata={"whose": "@anna"})
    tasks = [PlannedTask(key="a", title="Research the market")]
    assert handed_over(tasks, theirs)[0].work == "person"
    assert handed_over(tasks, GOAL)[0].work == "agent"


def a_part(*steps: PlannedTask, **more: str) -> PlannedTask:
    inputs = {"name": "The fair", "criteria": ["The fair is done"], PLAN: kept_plan(Plan(tasks=steps, source="x"))}
    return PlannedTask(key="s", title="The fair", work="subgoal", inputs={**inputs, **more}, method="parts")


WRITE = PlannedTask(key="w", title="Write the report on peat", method="any")
PROOF = PlannedTask(key="p", title="Proofread the report: names, figures", after=("w",), method="any")
BOOK = PlannedTask(key="b", title="Book a stand", method="any")


def steps_of(task: PlannedTask | Task) -> list[PlannedTask]:
    plan = plan_under(task.inputs)
    assert plan is not None
    return list(plan.tasks)


def test_the_steps_of_a_part_that_is_a_goal_of_its_own_are_handed_over_too_however_deep() -> None:
    [done] = handed_over([a_part(WRITE, PROOF, BOOK, a_part(WRITE))], GOAL)
    write, proof, book, below = steps_of(done)
    assert [(one.work, one.inputs) for one in (write, proof, book)] == [
        ("agent", {"role": "writer"}),
        ("agent", {"role": "reviewer"}),
        ("person", {}),
    ]
    assert steps_of(below)[0].work == "agent"
    assert {**done.inputs, PLAN: None} == {**a_part().inputs, PLAN: None}


def test_the_steps_of_somebody_elses_part_stay_theirs() -> None:
    theirs = a_part(WRITE, whose="@anna")
    assert handed_over([theirs], GOAL) == (theirs,)


def test_a_part_of_which_no_step_is_an_agents_stays_as_it_is() -> None:
    for part in (a_part(BOOK), replace(a_part(BOOK), inputs={"name": "The fair"})):
        assert handed_over([part], GOAL)[0] is part


def test_methods_see_the_plan_of_a_part_as_they_made_it() -> None:
    part = a_part(WRITE, PROOF, BOOK)
    [done] = handed_over([part], GOAL)
    task = Task(number=TaskNumber(1), title=done.title, work=done.work, inputs=done.inputs, method=done.method)
    seen = taken_back(structs.replace(GOAL, tasks={task.number: task})).tasks[task.number]
    assert seen.inputs == part.inputs


@pytest.mark.long  # all goals that are planned for tests
def test_nothing_else_of_a_plan_changes_and_every_goal_keeps_work_for_people() -> None:
    for wish in WISHES:
        done = handed_over(wish.plan.tasks, wish.goal)
        assert [task.key for task in done] == [task.key for task in wish.plan.tasks]
        for before, after in zip(wish.plan.tasks, done, strict=True):
            if after.work == "agent":
                assert before.work == "person"
                assert set(after.inputs) == {"role"}
                assert (after.title, after.after, after.estimate, after.critical) == (
                    before.title,
                    before.after,
                    before.estimate,
                    before.critical,
                )
            elif after.work == "subgoal":
                assert replace(after, inputs={}) == replace(before, inputs={})
            else:
                assert after == before
        assert any(task.work == "person" for task in done)


FIND, ASK = PlannedTask(key="f", title="Research prices"), PlannedTask(key="r", title="Research the rules")
SUM_UP = PlannedTask(key="o", title="Write a summary of both", after=("f", "r"), criterion=1)


def shape(tasks: Sequence[PlannedTask]) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(task.key, task.work, task.after) for task in tasks]


def test_where_one_thing_is_made_of_what_several_agents_bring_a_step_merges_that_first() -> None:
    done = with_merges(handed_over([FIND, ASK, SUM_UP, replace(WRITE, after=("r", "f"))], GOAL))
    assert shape(done) == [
        ("f", "agent", ()),
        ("r", "agent", ()),
        ("o-merge", "merge", ("f", "r")),
        ("o", "agent", ("f", "r", "o-merge")),
        ("w", "agent", ("r", "f", "o-merge")),
    ]
    merge = done[2]
    assert (merge.criterion, merge.weight, merge.inputs) == (1, 0.0, {})
    assert merge.title == "Bring together what is known for «Write a summary of both»"
    assert without_merges(done) == handed_over([FIND, ASK, SUM_UP, replace(WRITE, after=("r", "f"))], GOAL)


@pytest.mark.parametrize(
    "last",
    [
        replace(SUM_UP, after=("f",)),  # one result is no two
        PlannedTask(key="o", title="Book the hall", after=("f", "r")),  # nothing is made of them
        PlannedTask(key="o", title="Choose a hall", after=("f", "b")),  # only one is an agent's
        PlannedTask(key="o", title="A day later", work="wait", after=("f", "r")),
    ],
)
def test_nothing_is_merged_where_nothing_becomes_one(last: PlannedTask) -> None:
    tasks = handed_over([FIND, ASK, BOOK, last], GOAL)
    assert with_merges(tasks) == tasks


def test_a_person_who_chooses_by_what_agents_found_has_it_merged_and_a_step_that_may_not_come_leaves_it_out() -> None:
    choose = PlannedTask(key="c", title="Choose a hall", after=("f", "r"), only_if=("d", "yes"))
    merge = with_merges(handed_over([FIND, ASK, choose], GOAL))[2]
    assert (merge.work, merge.only_if) == ("merge", ("d", "yes"))


def test_a_part_gets_its_merges_too_and_methods_see_it_without_them() -> None:
    part = a_part(*(replace(one, method="any") for one in (FIND, ASK, SUM_UP)))
    [done] = handed_over([part], GOAL)
    assert [one.work for one in steps_of(done)] == ["agent", "agent", "merge", "agent"]
    task = Task(number=TaskNumber(1), title=done.title, work=done.work, inputs=done.inputs, method=done.method)
    assert taken_back(structs.replace(GOAL, tasks={task.number: task})).tasks[task.number].inputs == part.inputs


def a_goal_with_a_merge() -> Goal:
    def task(number: int, work: str, *after: int) -> Task:
        inputs: JsonObject = {"role": "writer"} if work == "agent" else {}
        deps = tuple(map(TaskNumber, after))
        return Task(number=TaskNumber(number), title="Write a summary", work=work, inputs=inputs, depends_on=deps)

    tasks = [task(1, "agent"), task(2, "agent"), task(3, "merge", 1, 2), task(4, "agent", 1, 2, 3)]
    return structs.replace(GOAL, tasks={one.number: one for one in tasks})


def test_a_repair_keeps_the_merge_that_is_there_and_takes_away_one_that_nobody_waits_for() -> None:
    goal, four = a_goal_with_a_merge(), TaskNumber(4)
    again = replace(SUM_UP, work="agent", after=("#1", "#2"))
    kept = merged_again(Repair(add=(again,), supersede=(four,)), goal)
    assert shape(kept.add) == [("o", "agent", ("#1", "#2", "#3"))]
    assert kept.supersede == (four,)
    assert merged_again(Repair(rewire={four: ("#1", "#2")}), goal).rewire == {four: ("#1", "#2", "#3")}
    assert merged_again(Repair(supersede=(four,)), goal).supersede == (four, TaskNumber(3))
    assert merged_again(Repair(), goal) == Repair()


def test_a_repair_with_a_new_source_merges_anew() -> None:
    more = PlannedTask(key="n", title="Research the taxes", work="agent")
    rewire = {TaskNumber(4): ("#1", "#2", "n")}
    made = merged_again(Repair(add=(more,), rewire=rewire), a_goal_with_a_merge())
    [_, merge] = made.add
    assert (merge.work, merge.after) == ("merge", ("#1", "#2", "n"))
    assert made.rewire == {TaskNumber(4): ("#1", "#2", "n", merge.key)}
    assert made.supersede == (TaskNumber(3),)


class _Own:
    """Remembers the goal it was shown."""

    shown: Goal | None = None

    async def plan(self, goal: Goal, now: dt.datetime, zone: str) -> Plan:
        task = PlannedTask(key="a", title="Research the market")
        return Plan(tasks=(task,), source="test", alternatives=(Plan(tasks=(task, task), source="test"),))

    async def repair(self, goal: Goal, need: AdaptationNeed, kept: object, now: dt.datetime, zone: str) -> Repair:
        self.shown = goal
        return Repair(add=(PlannedTask(key="b", title="Draft the offer"),), summary="more")


async def test_why_a_plan_is_as_it_is_counts_the_steps_that_merge_too() -> None:
    class Known(_Own):
        async def plan(self, goal: Goal, now: dt.datetime, zone: str) -> Plan:
            others = (Plan(tasks=(FIND,), source="test", reason="one task"),)
            return Plan(tasks=(FIND, ASK, SUM_UP), source="test", reason="3 tasks for 2 criteria", alternatives=others)

    plan = await HandingPlanner(Known()).plan(GOAL, NOW, "UTC")
    assert plan.reason == "3 tasks for 2 criteria; one more brings together what agents find"
    assert plan.alternatives[0].reason == "one task"


async def test_plans_alternatives_and_repairs_are_handed_over_and_the_methods_see_their_own_tasks() -> None:
    own = _Own()
    planner = HandingPlanner(own)
    plan = await planner.plan(GOAL, NOW, "UTC")
    assert [task.work for one in (plan, *plan.alternatives) for task in one.tasks] == ["agent"] * 3
    done = Task(number=TaskNumber(1), title="Research", work="agent", inputs={"role": "researcher"}, method="any")
    asked = Task(number=TaskNumber(2), title="By a program", work="agent", inputs={"role": "writer"})
    goal = structs.replace(GOAL, tasks={done.number: done, asked.number: asked})
    need = AdaptationNeed(reason="", trigger=Trigger.REQUESTED, deviation=1.0, task=None, since=NOW)
    repair = await planner.repair(goal, need, NOTHING_KEPT, NOW, "UTC")
    assert repair.add[0].work == "agent"
    assert own.shown is not None
    assert (own.shown.tasks[done.number].work, own.shown.tasks[done.number].inputs) == ("person", {})
    assert own.shown.tasks[asked.number].work == "agent", "what nobody's method planned is as it was asked for"
    assert taken_back(GOAL) is GOAL
