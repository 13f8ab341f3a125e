"""What a model has left in a goal's files when it gave up and a person takes over, so that they are told."""

from engine.coding.bench import Bench
from engine.coding.benches import Benches
from engine.coding.works.evidence import changed_texts, own_tests
from engine.coding.works.names import Part
from engine.tasks import Task
from engine.values import GoalId, TaskNumber
from engine.workspace.git.reading import changes


async def left_behind(benches: Benches, goal_id: GoalId, number: TaskNumber) -> tuple[str, ...]:
    """Files with changes of a model's that nothing has proven, under a task that waits for a person's code."""
    goal = await benches.sources.ledger.goal(goal_id)
    async with benches.open(goal) as bench:
        return await left_in(bench, goal.task(number))


async def left_in(bench: Bench, task: Task) -> tuple[str, ...]:
    """Files that differ from the last commit. New tests that a change is to pass are no such thing: they were tried."""
    tried = own_tests(await changed_texts(bench)) if task.inputs.get("part") == Part.CHANGE else ()
    return tuple(sorted(one.path for one in await changes(bench.edges.git, bench.worktree) if one.path not in tried))
