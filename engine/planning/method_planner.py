"""The planner that needs no model: it reads the criteria, and knows methods for what they ask for."""

import itertools
from collections.abc import Generator
from dataclasses import dataclass, replace
from functools import partial

from engine.coding.options import REPOSITORY
from engine.coding.works.said import split_off
from engine.planning.bridge.candidates import Drawing
from engine.planning.bridge.choosing import Candidate, best_of, offered, wants_more
from engine.planning.bridge.differences import Choice, done_otherwise, reason_of
from engine.planning.bridge.doing_without import closed_for
from engine.planning.bridge.known import KnownMethods
from engine.planning.bridge.laying import Knowing, Layout, lay_out, lay_out_whole, subjects_of
from engine.planning.bridge.mending import Menders, MendingMeans
from engine.planning.bridge.prospects import Prospects
from engine.planning.bridge.solving import Solving
from engine.planning.bridge.subgoals import PlanningUnder, with_large_parts
from engine.planning.bridge.taught import Taught, taught
from engine.planning.bridge.texts import read_texts, reading_moment
from engine.planning.bridge.trees import TreeTelling, unit_of
from engine.planning.bridge.units import without_number
from engine.planning.bridge.whole import whole_part
from engine.planning.criteria.advice import advice_lines
from engine.planning.criteria.clauses import MOST_CLAUSES
from engine.planning.criteria.nodes import LONG_LIST, Node, nodes_of
from engine.planning.criteria.reading import Moment, Reading, read_criterion
from engine.planning.criteria.said_order import with_days
from engine.planning.htn.outcome import Outcome
from engine.planning.methods.libraries import Libraries
from engine.planning.repairs.repair import repairing
from engine.planning.requests import BUILT_IN_WORKS, PlanRequest
from engine.planning.slices import run_through
from engine.planning.unchanged import with_equals_kept
from engine.plans import LETTERS, NOTHING_KEPT, AdaptationNeed, KeptPlan, Plan, Repair

SOURCE = "methods"
"""What `Plan.source` and `Repair.source` say of this planner."""
_ALL_CLAUSES = 500
"""How many clauses a plan may have in all; each criterion has at least two."""
_PLANNED_BY, _LONG = (Knowing.POSSIBLE, Knowing.NOTHING), (Knowing.NOTHING,)
"""What libraries of a subject are asked for, one after the other until there is a plan; nothing for long lists."""
_WITHOUT_CRITERIA = "There are no success criteria, so the plan follows the name of the goal"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """What the search found for a goal."""

    layout: Layout
    solving: Solving
    outcome: Outcome


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
        criteria = read_texts(request.goal)
        found = yield from self._by_criteria(request, criteria) if any(criteria) else self._whole(request)
        return (yield from self._made(request, found))

    def _layouts(self, request: PlanRequest) -> Generator[None, None, list[Layout]]:
        """The goal as a problem, with what libraries know of its subject and without."""
        criteria = read_texts(request.goal)
        found: list[Layout] = []
        kinds = tuple(Knowing) if closed_for(request, self._known) else _PLANNED_BY
        if not any(criteria):
            for knowing in kinds:
                found.append(self._laid_out_whole(request, knowing))
                yield
            return found
        nodes = yield from _read(request, criteria)
        for knowing in kinds if len(nodes) <= LONG_LIST else _LONG:
            layout = yield from self._laid_out(request, nodes, knowing)
            found.append(layout)
        return found

    def _laid_out(
        self, request: PlanRequest, nodes: tuple[Node, ...], knowing: Knowing
    ) -> Generator[None, None, Layout]:
        subject = subjects_of(request, self._known, knowing)
        yield
        layout = yield from lay_out(request, nodes, read_texts(request.goal), subject)
        yield
        return layout

    def _laid_out_whole(self, request: PlanRequest, knowing: Knowing) -> Layout:
        subject = subjects_of(request, self._known, knowing)
        reading, part = whole_part(request, subject)
        return lay_out_whole(request, reading, part, subject)

    def _by_criteria(self, request: PlanRequest, criteria: tuple[str, ...]) -> Generator[None, None, _Found]:
        nodes = yield from _read(request, criteria)
        for knowing in _PLANNED_BY if len(nodes) <= LONG_LIST else _LONG:
            layout = yield from self._laid_out(request, nodes, knowing)
            solving, outcome = yield from self._likeliest(request, layout)
            if outcome.plans and {step.serves for step in outcome.plans[0].steps} >= set(range(len(criteria))):
                break
        return _Found(layout=layout, solving=solving, outcome=outcome)

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
            plan = Plan(
                tasks=one.tasks,
                source=SOURCE,
                tree=telling.tree(one.found, one.keys, one.learned),
                prospect=prospect,
                difference=others.get(LETTERS[0], ""),
                letter=LETTERS[place],
                beside=others,
            )
            plans.append((yield from with_large_parts(request, plan)))
            yield
        reason = yield from _reason(request, _Picked(best=best, likeliest=candidates[0], prospects=prospects), found)
        yield
        advice = advice_lines(request.goal.criteria, reading_moment(request))
        yield
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
        )
    )


def _clauses(
    text: str, request: PlanRequest, moment: Moment, bounds: tuple[int, frozenset[str]]
) -> tuple[Reading, ...]:
    """What a criterion says, clause by clause; in a repository what is to become of a change is told apart from it."""
    found: list[Reading] = []
    for part in split_off(text) if REPOSITORY in request.goal.metadata else (text,):
        last = max((one.clause.step for one in found), default=-1)
        read = read_criterion(part, moment, request.commands, *bounds)
        found += [replace(one, clause=replace(one.clause, step=one.clause.step + last + 1)) for one in read]
    return tuple(found)


def _read(request: PlanRequest, criteria: tuple[str, ...]) -> Generator[None, None, tuple[Node, ...]]:
    moment = reading_moment(request)
    most = max(2, min(MOST_CLAUSES, _ALL_CLAUSES // len(criteria)))
    own = request.works - BUILT_IN_WORKS
    readings: list[tuple[Reading, ...]] = []
    for text in criteria:
        readings.append(_clauses(without_number(text), request, moment, (most, own)))
        yield
    nodes = nodes_of(tuple(readings))
    yield
    return with_days(nodes, moment)
