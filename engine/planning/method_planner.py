"""The planner that needs no model: it reads the criteria, and knows methods for what they ask for."""

import itertools
from collections.abc import Generator
from dataclasses import dataclass, replace
from functools import partial

from engine.planning.bridge.candidates import Drawing
from engine.planning.bridge.choosing import Candidate, best_of, offered, wants_more
from engine.planning.bridge.circumstances import context_of
from engine.planning.bridge.differences import Choice, done_otherwise, reason_of
from engine.planning.bridge.doing_without import closed_for
from engine.planning.bridge.known import KnownMethods
from engine.planning.bridge.laying import Knowing, Layout, lay_out, lay_out_whole, subjects_of
from engine.planning.bridge.mending import Menders, MendingMeans
from engine.planning.bridge.prospects import Prospects
from engine.planning.bridge.solving import Solving
from engine.planning.bridge.subgoals import PlanningUnder, with_large_parts
from engine.planning.bridge.taught import Taught, taught
from engine.planning.bridge.texts import Clauses, read_clauses
from engine.planning.bridge.trees import TreeTelling, unit_of
from engine.planning.bridge.whole import whole_part
from engine.planning.criteria.advice import NO_CRITERIA, advising
from engine.planning.criteria.nodes import LONG_LIST
from engine.planning.htn.outcome import Outcome
from engine.planning.methods.libraries import Libraries
from engine.planning.repairs.repair import repairing
from engine.planning.requests import PlanRequest
from engine.planning.slices import run_through
from engine.planning.unchanged import with_equals_kept
from engine.plans import LETTERS, NOTHING_KEPT, AdaptationNeed, KeptPlan, Plan, Repair

SOURCE = "methods"
"""What `Plan.source` and `Repair.source` say of this planner."""
_PLANNED_BY, _LONG = (Knowing.POSSIBLE, Knowing.NOTHING), (Knowing.NOTHING,)
"""What libraries of a subject are asked for, one after the other until there is a plan; nothing for long lists."""
_WITHOUT_CRITERIA = "There are no success criteria, so the plan follows the name of the goal"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """What the search found for a goal."""

    layout: Layout
    solving: Solving
    outcome: Outcome
    clauses: Clauses | None = None
    """None for a goal without criteria."""
    is_general: bool = False
    """Whether what libraries know of its subject led to no plan for all of it."""


class MethodPlanner:
    """Plans and repairs by method libraries. Pure: the same request brings the same plan, and nothing is kept.

    `planning` and `repairing` come in slices, so that whoever runs an event loop can go on with it in between; `plan`
    and `repair` run them to their end.
    """

    def __init__(self, libraries: Libraries) -> None:
        self.libraries = libraries
        self._known = KnownMethods(libraries)

    def plan(self, request: PlanRequest) -> Plan:
        """A plan for a goal, with alternatives. Never fails: what can't be understood becomes one honest task."""
        return run_through(self.planning(request))

    def repair(self, request: PlanRequest, need: AdaptationNeed, kept: KeptPlan = NOTHING_KEPT) -> Repair:
        """How the plan under way is to change; an empty repair when there is no other way. Finished work stays."""
        return run_through(self.repairing(request, need, kept))

    def repairing(
        self, request: PlanRequest, need: AdaptationNeed, kept: KeptPlan = NOTHING_KEPT
    ) -> Generator[None, None, Repair]:
        """`repair`, in slices."""
        means = MendingMeans(known=self._known, lessons=self._lessons(request), layouts=self._layouts)
        menders = Menders(PlanningUnder(request, self.planning), kept, means)
        repair = yield from repairing(menders, need, partial(self.planning, request))
        return replace(with_equals_kept(request.goal, repair), source=SOURCE)

    def planning(self, request: PlanRequest) -> Generator[None, None, Plan]:
        """`plan`, in slices."""
        found = yield from self._by_criteria(request) if request.goal.criteria else self._whole(request)
        return (yield from self._made(request, found))

    def _layouts(self, request: PlanRequest) -> Generator[None, None, list[Layout]]:
        """The goal as a problem, with what libraries know of its subject and without."""
        found: list[Layout] = []
        kinds = tuple(Knowing) if closed_for(context_of(request, self._known), self._known) else _PLANNED_BY
        if not request.goal.criteria:
            for knowing in kinds:
                found.append(self._laid_out_whole(request, knowing))
                yield
            return found
        clauses = yield from read_clauses(request)
        for knowing in kinds if len(clauses.nodes) <= LONG_LIST else _LONG:
            layout = yield from self._laid_out(request, clauses, knowing)
            found.append(layout)
        return found

    def _laid_out(self, request: PlanRequest, clauses: Clauses, knowing: Knowing) -> Generator[None, None, Layout]:
        subject = subjects_of(request, self._known, knowing)
        yield
        layout = yield from lay_out(request, clauses, subject)
        yield
        return layout

    def _laid_out_whole(self, request: PlanRequest, knowing: Knowing) -> Layout:
        subject = subjects_of(request, self._known, knowing)
        reading, part = whole_part(request, subject)
        return lay_out_whole(request, reading, part, subject)

    def _by_criteria(self, request: PlanRequest) -> Generator[None, None, _Found]:
        clauses, tried = (yield from read_clauses(request)), list[Layout]()
        for knowing in _PLANNED_BY if len(clauses.nodes) <= LONG_LIST else _LONG:
            layout = yield from self._laid_out(request, clauses, knowing)
            tried.append(layout)
            solving, outcome = yield from self._likeliest(request, layout)
            if outcome.plans and {step.serves for step in outcome.plans[0].steps} >= set(range(len(clauses.texts))):
                break
        is_general = layout.problem != tried[0].problem
        return _Found(layout=layout, solving=solving, outcome=outcome, clauses=clauses, is_general=is_general)

    def _whole(self, request: PlanRequest) -> Generator[None, None, _Found]:
        """For a goal without criteria: from its name and description."""
        for knowing in _PLANNED_BY:
            layout = self._laid_out_whole(request, knowing)
            yield
            solving, outcome = yield from self._likeliest(request, layout)
            if outcome.plans and outcome.plans[0].steps:
                break
        return _Found(layout=layout, solving=solving, outcome=outcome)

    def _likeliest(self, request: PlanRequest, layout: Layout) -> Generator[None, None, tuple[Solving, Outcome]]:
        """The likeliest plans that do without what is gone; with it, where there is no way without."""
        solving = Solving(layout, self._known, self._lessons(request))
        outcome = yield from solving.likeliest()
        if not outcome.plans and layout.gone:
            solving = Solving(replace(layout, gone=frozenset()), self._known, self._lessons(request))
            outcome = yield from solving.likeliest()
        return solving, outcome

    def _lessons(self, request: PlanRequest) -> Taught | None:
        """What was learned, for whose goal it is; None where nothing was."""
        beliefs = request.beliefs
        return None if beliefs is None or beliefs.is_empty else taught(self._known, beliefs, request.goal.owner)

    def _made(self, request: PlanRequest, found: _Found) -> Generator[None, None, Plan]:
        """The plan to go by, with the alternatives to it."""
        lessons = self._lessons(request)
        prospects = Prospects(request)
        candidates = yield from self._candidates(request, found, prospects)
        best = yield from best_of(candidates, prospects.in_time)
        shown = (best, *offered(best, candidates))
        telling = TreeTelling(request.goal, found.layout, self._known, lessons)
        names = {label: unit_of(unit) for unit in found.layout.units for label in unit.labels}
        apart: dict[tuple[int, int], str] = {}
        for here, there in itertools.permutations(range(len(shown)), 2):
            apart[here, there] = done_otherwise(shown[here], shown[there], telling, names)
            yield
        if len(shown) > 2 and apart[1, 0] == apart[2, 0]:  # nobody could tell them apart
            shown = shown[:2]
        plans: list[Plan] = []
        for place, one in enumerate(shown):
            others = {LETTERS[other]: apart[place, other] for other in range(len(shown)) if other != place}
            prospect = yield from prospects.of(one)
            tree = yield from telling.tree(one.found, one.keys, one.learned)
            yield
            plan = Plan(
                tasks=one.tasks,
                source=SOURCE,
                tree=tree,
                prospect=prospect,
                difference=others.get(LETTERS[0], ""),
                letter=LETTERS[place],
                beside=others,
            )
            plans.append((yield from with_large_parts(request, plan)))
            yield
        reason = yield from _reason(request, _Picked(best=best, likeliest=candidates[0], prospects=prospects), found)
        yield
        advice = yield from _advice(request, found)
        return replace(plans[0], reason=reason, advice=advice, alternatives=tuple(plans[1:]))

    def _candidates(
        self, request: PlanRequest, found: _Found, prospects: Prospects
    ) -> Generator[None, None, list[Candidate]]:
        """The likeliest plans, and some that save time where those may be late or leave nothing to choose."""
        lessons = self._lessons(request)
        drawing = Drawing(request, found.layout, PlanningUnder(request, self.planning), lessons)
        candidates = yield from drawing.candidates(found.outcome.plans)
        if not (yield from wants_more(candidates, prospects.in_time)):
            return candidates
        others = yield from found.solving.lean(drawing.holding_up(candidates[0]))
        return drawing.ranked([*candidates, *(yield from drawing.candidates(others))])


def _advice(request: PlanRequest, found: _Found) -> Generator[None, None, tuple[str, ...]]:
    clauses = found.clauses
    if clauses is None:
        return NO_CRITERIA
    pairs = ((clauses.nodes[first].criterion, clauses.nodes[then].criterion) for first, then in clauses.order.refused)
    return (yield from advising(request.goal.criteria, clauses.readings, frozenset(pairs)))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Picked:
    """The plan that was taken, beside the likeliest to work out."""

    best: Candidate
    likeliest: Candidate
    prospects: Prospects


def _reason(request: PlanRequest, picked: _Picked, found: _Found) -> Generator[None, None, str]:
    if not request.goal.criteria:
        return _WITHOUT_CRITERIA
    in_time = None
    if picked.prospects.has_deadline:
        others = yield from picked.prospects.in_time(picked.likeliest)
        in_time = (others, (yield from picked.prospects.in_time(picked.best)))
    return reason_of(
        Choice(
            ways=found.solving.ways,
            likeliest=picked.likeliest,
            best=picked.best,
            in_time=in_time,
            criteria=len(request.goal.criteria),
            gap=found.outcome.gap,
            is_general=found.is_general,
        )
    )
