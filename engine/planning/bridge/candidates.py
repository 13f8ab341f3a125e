"""Plans that were found, as the tasks that they would be."""

import datetime as dt
from collections.abc import Generator, Iterable, Mapping
from dataclasses import replace

from engine.planning.bridge.arranging import arranged
from engine.planning.bridge.choosing import Candidate
from engine.planning.bridge.drafting import Drafted, Drafting
from engine.planning.bridge.laying import Layout
from engine.planning.bridge.milestones import with_milestones
from engine.planning.bridge.paces import pace_of
from engine.planning.bridge.solving import Holding
from engine.planning.bridge.subgoals import PlanningUnder, odds_under
from engine.planning.bridge.taught import Learned, Taught, in_all
from engine.planning.bridge.weights import Made, weighed
from engine.planning.htn.outcome import FoundPlan
from engine.planning.requests import PlanRequest
from engine.plans import PlannedTask
from engine.tasks import Estimate

_BY_PEOPLE = frozenset({"person", "decide"})
"""Works that keep a person busy for as long as they take."""


class Drawing:
    """Draws up plans that were found; those that are the same once more are left out."""

    def __init__(
        self, request: PlanRequest, layout: Layout, under: PlanningUnder, lessons: Taught | None = None
    ) -> None:
        self._request = request
        self._layout = layout
        self._lessons = lessons
        self._drafting = Drafting(layout)
        self._under = under
        self._seen: set[tuple[str, ...]] = set()
        self._weighed: Made = {}

    def candidates(self, plans: Iterable[FoundPlan]) -> Generator[None, None, list[Candidate]]:
        """The plans with their tasks and figures, the likeliest by all that is known first."""
        found: list[Candidate] = []
        for plan in plans:
            drafted = yield from self._drafting.drafted(plan)
            steps = tuple(sorted(draft.task.title for draft in drafted.drafts))
            if steps not in self._seen:
                self._seen.add(steps)
                yield
                found.append((yield from self._candidate(plan, drafted)))
            yield
        return self.ranked(found)

    def ranked(self, candidates: list[Candidate]) -> list[Candidate]:
        """The likeliest first, by what was learned too; else as the search ranked them."""
        if self._lessons is None:
            return candidates
        return sorted(candidates, key=lambda one: -one.probability)

    def _candidate(self, plan: FoundPlan, drafted: Drafted) -> Generator[None, None, Candidate]:
        now = self._request.now
        graph = yield from arranged(self._layout, drafted, plan)
        yield
        placed = yield from weighed(graph, drafted, self._request.works, self._weighed)
        waited = tuple(_awaited(task, now) for task in placed)
        yield
        bare = with_milestones(waited, drafted.reached, graph.instead)
        yield
        tasks = yield from self._under.planned(bare)
        learned = self._learned(tasks)
        yield
        lived = tuple(
            replace(task, estimate=learned[task.key].estimate) if task.key in learned else task for task in tasks
        )
        keys = {number: graph.instead.get(key, key) for number, key in drafted.keys.items()}
        odds = in_all(plan.probability, (learned[key] for key in keys.values() if key in learned))
        odds *= odds_under(bare, tasks)
        cost = plan.cost + sum(new.cost - old.cost for old, new in zip(bare, tasks, strict=True))
        yield
        return Candidate(
            found=plan,
            tasks=tasks,
            keys=keys,
            probability=odds,
            cost=cost,
            pace=pace_of(lived, now, self._request.capacities),
            work=sum(task.estimate.mean for task in lived if task.work in _BY_PEOPLE),
            learned=learned,
        )

    def _learned(self, tasks: Iterable[PlannedTask]) -> Mapping[str, Learned]:
        """What was learned of the tasks, by their keys."""
        if self._lessons is None:
            return {}
        found = ((task.key, self._lessons.of_task(task)) for task in tasks)
        return {key: one for key, one in found if one is not None}

    def holding_up(self, best: Candidate) -> Holding:
        """What holds up the end of a plan."""
        tops = {unit.place.prefix: unit for unit in self._layout.units}
        units = {tops[key.partition("-")[0]].place.prefix for key in best.pace.path}
        tasks = frozenset(part.task for prefix in units for part in tops[prefix].parts)
        return Holding(tasks=tasks, hours=best.pace.mean, cost=best.cost)


def _awaited(task: PlannedTask, now: dt.datetime) -> PlannedTask:
    """The task with the time there is until the day that it waits for, where it waits for one."""
    if task.until is None:
        return task
    hours = max(0.1, (task.until - now).total_seconds() / 3600)
    return replace(task, estimate=Estimate(low=0.1, likely=hours, high=hours))
