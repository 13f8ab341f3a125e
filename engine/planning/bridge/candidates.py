"""Plans that were found, as the tasks that they would be."""

from collections.abc import Generator, Iterable

from engine.planning.bridge.arranging import arranged
from engine.planning.bridge.choosing import Candidate
from engine.planning.bridge.drafting import Drafted, Drafting
from engine.planning.bridge.laying import Layout
from engine.planning.bridge.prospects import pace_of, prospect_of
from engine.planning.bridge.solving import Holding
from engine.planning.bridge.weights import weighed
from engine.planning.htn.outcome import FoundPlan
from engine.planning.requests import PlanRequest

_BY_PEOPLE = frozenset({"person", "decide"})
"""Works that keep a person busy for as long as they take."""


class Drawing:
    """Draws up plans that were found; those that are the same once more are left out."""

    def __init__(self, request: PlanRequest, layout: Layout) -> None:
        deadline = request.goal.deadline
        self._request = request
        self._layout = layout
        self._left = (deadline - request.now).total_seconds() / 3600 if deadline is not None else None
        self._drafting = Drafting(layout)
        self._seen: set[tuple[str, ...]] = set()

    def candidates(self, plans: Iterable[FoundPlan]) -> Generator[None, None, list[Candidate]]:
        """The plans with their tasks and prospects, in their order."""
        found: list[Candidate] = []
        for plan in plans:
            drafted = self._drafting.drafted(plan)
            steps = tuple(sorted(draft.task.title for draft in drafted.drafts))
            if steps not in self._seen:
                self._seen.add(steps)
                found.append(self._candidate(plan, drafted))
                yield
        return found

    def _candidate(self, plan: FoundPlan, drafted: Drafted) -> Candidate:
        now = self._request.now
        graph = arranged(self._layout, drafted, plan)
        tasks = weighed(graph, drafted, self._request.works)
        pace = pace_of(tasks, now)
        return Candidate(
            found=plan,
            tasks=tasks,
            keys={number: graph.instead.get(key, key) for number, key in drafted.keys.items()},
            prospect=prospect_of(tasks, plan.probability, plan.cost, now),
            pace=pace,
            work=sum(task.estimate.mean for task in tasks if task.work in _BY_PEOPLE),
            in_time=pace.odds_within(self._left),
        )

    def holding_up(self, best: Candidate) -> Holding:
        """What holds up the end of a plan."""
        tops = {unit.place.prefix: unit for unit in self._layout.units}
        units = {tops[key.partition("-")[0]].place.prefix for key in best.pace.path}
        tasks = frozenset(part.task for prefix in units for part in tops[prefix].parts)
        return Holding(tasks=tasks, hours=best.pace.mean, cost=best.prospect.cost)
