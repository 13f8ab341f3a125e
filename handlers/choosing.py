"""Which goals are meant: the one that a command names, the only one, a question; or all that are alive."""

from collections.abc import Sequence

from engine.errors import EngineError, NotFoundError, RefusedError
from engine.goal_engine import GoalEngine as Engine
from engine.goals import Goal
from engine.records import GoalRow
from engine.values import GoalId
from handlers.callbacks import GoalDeed
from handlers.desk import Desk
from handlers.gates import own_goal
from handlers.reading.carried import LARGEST_ID
from handlers.reading.naming import named_goal

MOST = 20
"""Goals to choose from by button."""
_PAGE = 200
_LOOKS = frozenset({
    GoalDeed.OPEN, GoalDeed.TASKS, GoalDeed.LOG, GoalDeed.FORECAST, GoalDeed.NOTE, GoalDeed.WHY, GoalDeed.COST,
    GoalDeed.SPENT, GoalDeed.FILES,
})  # fmt: skip
"""What can be done with a goal that has ended; those under way come first."""


class GoalUnclearError(EngineError):
    """A command could be about several goals, or there is none; `deed` and `text` are kept for the answer."""

    def __init__(self, rows: Sequence[GoalRow], deed: GoalDeed, text: str) -> None:
        super().__init__("which goal?")
        self.rows = rows
        self.deed = deed
        self.text = text


async def goal_meant(args: str | None, engine: Engine, desk: Desk, deed: GoalDeed) -> tuple[Goal, str]:
    """The goal that a command's arguments (None without any) are about, and the rest of them.

    Raises `GoalUnclearError` when it has to be asked for, `NotFoundError` or `RefusedError` for a number that is none
    of this person's goals.
    """
    text = (args or "").strip()
    numbered = named_goal(text)
    if numbered is not None and 0 < numbered[0] <= LARGEST_ID:
        number, is_sure, rest = numbered
        try:
            return await own_goal(engine, desk, number), rest
        except (NotFoundError, RefusedError):
            if not rest or is_sure:
                raise  # «7» or «7: …» can only have meant a goal; «7 people came» is a text
    rows = await goals_to_choose(engine, desk, deed)
    if len(rows) != 1:
        raise GoalUnclearError(rows, deed, text)
    return await own_goal(engine, desk, rows[0].id), text


async def goals_to_choose(engine: Engine, desk: Desk, deed: GoalDeed) -> Sequence[GoalRow]:
    """The goals that a command which names none can be about."""
    rows = await _theirs(engine, desk, ended=deed is GoalDeed.REOPEN)
    return rows if rows or deed not in _LOOKS else await _theirs(engine, desk, ended=True)


async def _theirs(engine: Engine, desk: Desk, *, ended: bool) -> Sequence[GoalRow]:
    """In a group, not those of the others."""
    return await engine.queries.goals_of(desk.here, ended=ended, offset=0, limit=MOST, owner=desk.user)


async def living_goals(engine: Engine, desk: Desk) -> tuple[Goal, ...]:
    """All goals that this person has in this chat and that have not ended, those that serve another behind it."""
    found: dict[GoalId, Goal] = {}
    offset = 0
    while rows := await engine.queries.goals_of(desk.here, ended=False, offset=offset, limit=_PAGE, owner=desk.user):
        for row in rows:
            found |= {one.id: one for one in await engine.family(row.id) if one.id not in found}
        offset += len(rows)
    return tuple(one for one in found.values() if not one.has_ended)
