"""Tools of a conversation that only look: goals, files, reasons, forecasts, costs. Imports pydantic-ai."""

from typing import Annotated

from pydantic import Field

from engine.agents.conversation.hands import Context, GoalNumber, Hands, Told, goal_in_short, told
from engine.agents.tools.file_lines import file_line
from engine.agents.tools.files import file_list, file_text
from engine.planning.criteria.wording import clean
from engine.reasons import why_goal, why_task_of
from engine.values import JsonValue

_MOST_LINES = 16
_MOST_LOGGED = 20
_MOST_FILES = 20


class Looking:
    """What can be looked up."""

    def __init__(self, hands: Hands) -> None:
        self._hands = hands

    async def list_goals(self, ctx: Context, ended: bool = False) -> Told:
        """The person's goals in this chat, each on a line: those that live, or those that have ended."""
        goals = await self._hands.living(ctx.deps, ended=ended)
        return {"goals": [goal_in_short(goal) for goal in goals]}

    async def show_goal(self, ctx: Context, goal: GoalNumber) -> Told:
        """A goal with its tasks, what each waits for, what is in the way, its files, and what happened last."""
        found = await self._hands.goal(ctx.deps, goal)
        log = await self._hands.engine.queries.log(found.id, before=None, limit=_MOST_LOGGED)
        lately: list[JsonValue] = [f"{row.at:%Y-%m-%d %H:%M} UTC {row.event}" for row in log]
        kept = await self._hands.engine.files.of(found.id)
        files: list[JsonValue] = [file_line(one) for one in kept[-_MOST_FILES:]]
        return told(found, in_full=True, happened_lately=lately, files=files)

    async def list_files(self, ctx: Context, goal: GoalNumber) -> str:
        """The files that are kept with a goal, with what was said about them: documents that the person sent, and what
        agents wrote."""
        found = await self._hands.goal(ctx.deps, goal)
        return await file_list(self._hands.engine.files, found.id)

    async def read_file(
        self,
        ctx: Context,
        goal: GoalNumber,
        name: Annotated[str, Field(description="the file's name, as list_files shows it")],
        start: Annotated[int, Field(description="the character to begin with; a long file comes in parts")] = 0,
    ) -> str:
        """Read a file that is kept with a goal, as text; PDFs too."""
        found = await self._hands.goal(ctx.deps, goal)
        return await file_text(self._hands.engine.files, found.id, name, start)

    async def why(
        self,
        ctx: Context,
        goal: GoalNumber,
        task: Annotated[int | None, Field(description="a task's number within the goal; none for the plan")] = None,
    ) -> Told:
        """Why a goal's plan is as it is, or why a task is in it."""
        found = await self._hands.goal(ctx.deps, goal)
        queries = self._hands.engine.queries
        if task is None:
            lines = await why_goal(queries, found, ctx.deps.now())
        else:
            _, one = await self._hands.task(ctx.deps, f"{goal}.{task}")
            lines = await why_task_of(queries, found, one)
        reasons: list[JsonValue] = [clean(line, 600) for line in lines[:_MOST_LINES]]
        return told(found, reasons=reasons)

    async def forecast(self, ctx: Context, goal: GoalNumber) -> Told:
        """When a goal will be done, and how likely its deadline holds."""
        found = await self._hands.goal(ctx.deps, goal)
        forecast = await self._hands.engine.forecaster.forecast(found, newest=True)
        if forecast is None or forecast.end is None:
            return told(found, forecast="nothing can be foreseen: it has ended, or has no plan")
        zone = await self._hands.zone(ctx.deps)
        end = forecast.end
        return told(
            found,
            done_by={
                "early (1 in 10)": f"{end.p10.astimezone(zone):%Y-%m-%d %H:%M}",
                "even odds": f"{end.p50.astimezone(zone):%Y-%m-%d %H:%M}",
                "late (9 in 10)": f"{end.p90.astimezone(zone):%Y-%m-%d %H:%M}",
            },
            odds_that_the_deadline_holds=forecast.deadline_odds,
            odds_that_it_works_out=forecast.success_odds,
            matters_most=[f"{found.id}.{one.task}" for one in forecast.matters[:5]],
        )

    async def costs(self, ctx: Context, goal: GoalNumber) -> Told:
        """What a goal has cost so far and its budget, in dollars and tokens, and the same of the chat's day."""
        found = await self._hands.goal(ctx.deps, goal)
        of_goal = await self._hands.engine.costs_of(found.id)
        today = await self._hands.engine.costs_today(ctx.deps.chat)
        return told(
            found,
            spent=str(of_goal.spent),
            budget=str(of_goal.account.cap),
            spent_today=str(today.spent),
            budget_of_a_day=str(today.account.cap),
        )
