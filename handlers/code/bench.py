"""The code work of the engine, as handlers ask for it."""

from engine.coding.reports import Footing
from engine.coding.workbench import Workbench
from engine.errors import RefusedError
from engine.goal_engine import GoalEngine as Engine


async def workbench_of(engine: Engine) -> Workbench:
    """The workbench. Raises `RefusedError` (no_code_work) where the operator has set up none."""
    if engine.workbench is None:
        raise RefusedError("no_code_work", "the operator has set up no code work")
    return await engine.workbench.get()


async def fitness_of(engine: Engine) -> Footing | None:
    """Whether code can run here; None where no code work is set up."""
    return await (await engine.workbench.get()).fitness() if engine.workbench is not None else None
