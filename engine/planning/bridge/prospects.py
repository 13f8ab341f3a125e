"""What a plan promises: its odds, its cost, how long it takes, and whether it is done in time.

The time is what the forecast will say once the plan is proposed: the same tasks, hands, hours and dice.
"""

from collections.abc import Generator, Sequence

from msgspec.structs import replace

from engine.execution.goal_decisions import number_tasks
from engine.goals import GoalStatus
from engine.planning.bridge.choosing import Candidate
from engine.planning.forecasting.forecast import ends_of
from engine.planning.forecasting.from_goal import Known, posing
from engine.planning.forecasting.learned import known_of
from engine.planning.requests import PlanRequest
from engine.plans import PlannedTask, Prospect, odds_within
from engine.tasks import Estimate

_DIGITS = 3
"""Of an hour: a plan is kept with these."""
_P10, _P50, _P90 = 0.1, 0.5, 0.9


class Prospects:
    """The prospects of the plans that were found for a request; each is worked out once, and only when asked for."""

    def __init__(self, request: PlanRequest) -> None:
        deadline = request.goal.deadline
        self._request = request
        self._left = None if deadline is None else (deadline - request.now).total_seconds() / 3600
        self._made: dict[int, Prospect] = {}

    @property
    def has_deadline(self) -> bool:
        """Whether there is anything to be in time for."""
        return self._left is not None

    def of(self, one: Candidate) -> Generator[None, None, Prospect]:
        """The prospect of a plan, in slices."""
        found = self._made.get(id(one))
        if found is None:
            promised = yield from foreseen(self._request, one.tasks, one.probability, one.cost)
            found = self._made[id(one)] = promised
        return found

    def in_time(self, one: Candidate) -> Generator[None, None, float]:
        """The odds that a plan is done by the deadline if nothing fails; 1 without one."""
        if self._left is None:
            return 1.0
        return odds_within((yield from self.of(one)).ends, self._left)


def foreseen(
    request: PlanRequest, planned: Sequence[PlannedTask], probability: float, cost: float
) -> Generator[None, None, Prospect]:
    """What such tasks promise as the plan of a goal, in slices; odds and cost are as given."""
    tasks = number_tasks(planned, after=request.goal.last_task, position=0, version=request.goal.plan_version + 1)
    goal = replace(
        request.goal,
        status=GoalStatus.PROPOSED,
        tasks={task.number: task for task in tasks.values()},
        blockages={},
        ended_at=None,
    )
    yield
    known = known_of(goal, request.beliefs) if request.beliefs is not None else Known()
    yield
    problem = yield from posing(goal, request.now, known, request.capacities)
    yield
    ends = tuple(round(hours, _DIGITS) for hours in (yield from ends_of(problem, seed=goal.id)))
    low, likely, high = (_quantile(ends, share) for share in (_P10, _P50, _P90))
    return Prospect(
        probability=probability,
        cost=cost,
        hours=Estimate(low=low, likely=likely, high=high),
        ends=ends,
        learned=len(known.durations),
    )


def _quantile(ends: tuple[float, ...], share: float) -> float:
    return ends[round(share * (len(ends) - 1))] if ends else 0.0
