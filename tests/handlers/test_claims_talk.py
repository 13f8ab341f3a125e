"""What a work brings and only words can check, in a chat: the person sees it beside what was expected, and decides."""

from engine.goals import GoalStatus
from engine.plans import PlannedTask
from engine.tasks import Expectation, Judgement, Outcome, Task, TaskStatus
from engine.work.registry import Work, WorkContext, WorkResult
from tests.handlers.conftest import Talk

FIND = PlannedTask(key="find", title="Find sources", work="find_out", expected=Expectation(summary="three sources"))


class Finder:
    """A work that finds one source more each time."""

    def __init__(self) -> None:
        self.found = 0

    def work(self) -> Work:
        return Work(name="find_out", summary="Finds out", run=self.run, claims=True)

    async def run(self, context: WorkContext) -> WorkResult:
        self.found += 1
        return Outcome(summary=f"{self.found} found", value=f"{self.found} <b>sources</b> 🌱")


class Doubter:
    """A judge that never knows."""

    async def judge(self, goal: object, task: Task) -> Judgement:
        return Judgement(deviation=0.0, confidence=0.3, reason="I can't open the links")


async def test_the_person_sees_what_came_out_and_says_that_it_will_do(talk: Talk) -> None:
    talk.engine.registry.add(Finder().work())
    talk.engine.reason_with(talk.planner, Doubter().judge)
    await talk.with_tasks(FIND)
    asked = talk.with_text("Find sources")
    assert "It is done, and this came out: 1 <b>sources</b> 🌱" in asked.text
    assert "Expected was: three sources" in asked.text
    assert "I am not sure that it is what you want: I can't open the links" in asked.text
    await talk.press("Done", message=asked)
    goal = await talk.goal()
    assert goal.status is GoalStatus.COMPLETED
    assert "In its words: «I can't open the links»" in await talk.say(f"/why {goal.id}.1")


async def test_without_a_model_the_person_is_asked_and_a_problem_has_it_tried_again(talk: Talk) -> None:
    talk.engine.registry.add(Finder().work())
    await talk.with_tasks(FIND)
    asked = talk.with_text("Find sources")
    assert "I am not sure that it is what you want: only a look at it can tell." in asked.text
    await talk.say("problem: three, not one", reply_to=asked.id)
    task = (await talk.goal()).task(1)
    assert (task.status, task.last_error) == (TaskStatus.PENDING, "fell short: three, not one")
    talk.clock.advance(hours=1)
    await talk.engine.serve_wakeups()
    await talk.settle()
    assert "2 <b>sources</b> 🌱" in talk.newest().text
