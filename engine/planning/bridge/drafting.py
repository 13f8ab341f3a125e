"""Steps that the planner found as tasks of a plan: their keys and words, and what the person said put on them."""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, replace

from msgspec import Struct
from msgspec.structs import replace as changed

from engine.planning.bridge.known import flattened
from engine.planning.bridge.laying import Layout
from engine.planning.bridge.milestones import Reached
from engine.planning.bridge.parts import Part, Role
from engine.planning.bridge.saying import dated, timed
from engine.planning.bridge.units import Unit
from engine.planning.criteria.wording import capitalised, crop, lowered
from engine.planning.htn.outcome import FoundPlan, Step
from engine.planning.language.terms import Absent, Add, Holds
from engine.plans import PlannedTask
from engine.tasks import Estimate, Expectation
from engine.values import JsonObject, JsonValue
from engine.work.subgoals import WHOSE

_DOING, _AHEAD, _ONCE = "do", "ahead", "once"
"""Labels that say something of a step: that it is what was asked for; that it may go on beside what comes before; that
it is done once for all clauses that call for it in the same place."""
_SHORTEST = 0.001
A_SLICE = 20
"""Tasks that are made before somebody else has a turn."""
_LISTS = frozenset({"options", "criteria"})
"""Inputs that are lists; the method language hands them over as lines of one text."""


class Ties(Struct, frozen=True, kw_only=True, gc=False):
    """The relations that tie a step to others, whatever its method says of order."""

    adds: frozenset[str] = frozenset()
    wants: frozenset[str] = frozenset()
    """Of these some fact must hold, or none may, before it can be done."""
    denies: frozenset[str] = frozenset()
    """Of these none may hold."""


class Draft(Struct, frozen=True, kw_only=True, gc=False):
    """A task with what the plan needs to weigh and place it. What it comes after is told beside it."""

    task: PlannedTask
    label: str
    """Of the part in the problem that it belongs to."""
    role: Role
    share: float = 1.0
    carries: bool = False
    """Whether its criterion stands and falls with it."""
    insists: bool = False
    """Whether a library of its subject calls it critical."""
    does: bool = False
    """Whether it is what was asked for, or the last of it."""
    ahead: bool = False
    """Whether it can go on beside what comes before its clause."""
    ties: Ties = Ties()
    once: bool = False
    """Whether once is enough for all clauses that call for the very same."""
    own: tuple[str, tuple[object, ...]] = ("", ())
    """The step and its arguments."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafted:
    """The tasks of one plan, in its order."""

    drafts: tuple[Draft, ...]
    keys: Mapping[int, str]
    """Their keys, by the numbers of the steps."""
    after: Mapping[str, tuple[str, ...]]
    """By key: those of its own part that each follows."""
    only_if: Mapping[str, tuple[str, str]]
    """By key: the question and the answer that it hangs on, where it hangs on one."""
    reached: tuple[Reached, ...] = ()
    """The checkpoints that several of the tasks reach together."""


class _Spot(Struct, frozen=True, kw_only=True, gc=False):
    """Where a step stands in the tree."""

    top: int
    """Number of the task of the problem that it came of."""
    label: str
    path: tuple[str, ...]
    """The labels on the way down to it."""
    method: str
    is_last: bool
    """Whether it carries its part because nothing else in it does."""


class Drafting:
    """Makes tasks of steps. What several plans share is made once."""

    def __init__(self, layout: Layout) -> None:
        self._places: dict[str, tuple[Unit, Part]] = {
            unit.label(part): (unit, part) for unit in layout.units for part in unit.parts
        }
        self._made: dict[tuple[object, ...], Draft] = {}

    def drafted(self, plan: FoundPlan) -> Generator[None, None, Drafted]:
        """The tasks of a plan, in slices."""
        spots = self._spots(plan)
        yield
        keys: dict[int, str] = {}
        taken: dict[str, int] = {}
        drafts: list[Draft] = []
        after: dict[str, tuple[str, ...]] = {}
        only_if: dict[str, tuple[str, str]] = {}
        for number, step in enumerate(plan.steps, 1):
            if not number % A_SLICE:
                yield
            spot = spots[step.number]
            key = self._key(spot, taken)
            keys[step.number] = key
            drafts.append(self._draft(step, spot, key))
            after[key] = tuple(keys[other] for other in step.after if spots[other].top == spot.top)
            if step.only_if is not None:
                only_if[key] = (keys[step.only_if[0]], step.only_if[1])
        names = {keys[reached.steps[0]]: reached.name for reached in plan.checkpoints if len(reached.steps) == 1}
        named = tuple(_checkpointed(draft, names) for draft in drafts) if names else tuple(drafts)
        shared = tuple(
            Reached(name=one.name, keys=tuple(keys[number] for number in one.steps))
            for one in plan.checkpoints
            if len(one.steps) > 1
        )
        return Drafted(drafts=named, keys=keys, after=after, only_if=only_if, reached=shared)

    def _spots(self, plan: FoundPlan) -> dict[int, _Spot]:
        tops: dict[int, int] = {}
        paths: dict[int, tuple[str, ...]] = {0: ()}
        last: dict[int, int] = {}
        for number, node in plan.tree.items():
            if node.parent is not None:
                is_top = node.parent == 0
                tops[number] = number if is_top else tops[node.parent]
                paths[number] = () if is_top else (*paths[node.parent], node.label)
        carried = {tops[step.number] for step in plan.steps if step.primitive.critical}
        for step in plan.steps:
            last[tops[step.number]] = step.number
        found = {}
        for step in plan.steps:
            top = tops[step.number]
            parent = plan.tree[step.number].parent or 0
            found[step.number] = _Spot(
                top=top,
                label=plan.tree[top].label,
                path=paths[step.number],
                method=plan.tree[parent].method if parent else "",
                is_last=top not in carried and last[top] == step.number,
            )
        return found

    def _key(self, spot: _Spot, taken: dict[str, int]) -> str:
        unit, part = self._places[spot.label]
        key = f"{unit.place.prefix}-{'-'.join(spot.path) or part.name or _DOING}"
        number = taken[key] = taken.get(key, 0) + 1
        return key if number == 1 else f"{key}.{number}"

    def _draft(self, step: Step, spot: _Spot, key: str) -> Draft:
        arguments = tuple(step.values.values())
        name = (key, step.primitive.name, arguments, spot.method, spot.is_last)
        made = self._made.get(name)
        if made is None:
            made = self._made[name] = self._make(step, spot, key, arguments)
        return made

    def _make(self, step: Step, spot: _Spot, key: str, arguments: tuple[object, ...]) -> Draft:
        unit, part = self._places[spot.label]
        is_part_of_doing = part.role is Role.DOING
        has_figure = any(one.role is Role.FIGURE for one in unit.parts)
        does = is_part_of_doing and (spot.path[-1:] == (_DOING,) if not part.library else step.primitive.critical)
        carries = part.role is Role.FIGURE or (
            is_part_of_doing and not has_figure and (step.primitive.critical or spot.is_last)
        )
        says_it = carries or (does and not part.library)
        expected = _expected(step, unit, part, carries=carries) if says_it else _told(step)
        task = _plain_task(step, unit, (key, spot.method), expected)
        if does:
            task = dated(task, unit.reading, unit.place)
            resources = tuple(dict.fromkeys((*task.resources, *unit.place.resources)))
            task = replace(task, resources=resources) if resources != task.resources else task
        if does and not part.library:
            task = _own_work(task, part, unit)
            task = timed(task, unit.reading) if task.work == "person" else task
        is_general = is_part_of_doing and not part.library
        return Draft(
            task=_measuring(task),
            label=spot.label,
            role=part.role,
            share=step.weight,
            carries=carries,
            insists=bool(part.library) and step.primitive.critical,
            does=does,
            ahead=is_part_of_doing and spot.path[-1:] == (_AHEAD,) and _can_be_earlier(step),
            ties=_ties(step),
            once=is_general and (spot.path == (_ONCE,) or has_figure),
            own=(step.primitive.name, arguments),
        )


def _can_be_earlier(step: Step) -> bool:
    """Whether it needs nothing that another step brings about, and undoes and counts nothing."""
    return not step.primitive.preconditions and all(isinstance(one, Add) for one in step.primitive.effects)


def _ties(step: Step) -> Ties:
    primitive = step.primitive
    flat = tuple(flattened(primitive.preconditions))
    return Ties(
        adds=frozenset(one.relation for one in primitive.effects if isinstance(one, Add)),
        wants=frozenset(one.relation for one in flat if isinstance(one, Holds | Absent)),
        denies=frozenset(one.relation for one in flat if isinstance(one, Absent)),
    )


def _plain_task(step: Step, unit: Unit, called: tuple[str, str], expected: Expectation) -> PlannedTask:
    """The task of a step as its library has it. `called` are its key, and the method that calls for it."""
    (key, method), estimate = called, step.estimate
    return PlannedTask(
        key=key,
        title=crop(capitalised(step.title)) or crop(unit.place.words) or "This step",
        description=crop(step.description, 500),
        work=step.primitive.work,
        inputs=_inputs(step.inputs),
        criterion=unit.place.criterion,
        estimate=estimate if estimate.low >= _SHORTEST else _at_least(estimate, _SHORTEST),
        resources=tuple(need.resource for need in step.needs),
        expected=expected,
        target_count=step.target_count,
        checkpoint=crop(capitalised(step.checkpoint)),
        success=step.probability,
        cost=step.cost,
        method=method,
    )


def _at_least(estimate: Estimate, hours: float) -> Estimate:
    return Estimate(low=max(estimate.low, hours), likely=max(estimate.likely, hours), high=max(estimate.high, hours))


def _told(step: Step) -> Expectation:
    """What should come out, as the library of a step has it."""
    own = step.expected
    summary = crop(_listed([one for one in (own.summary, *step.checks) if one]), 400)
    return Expectation(summary=summary, target=own.target, unit=own.unit, at_most=own.at_most)


def _measuring(task: PlannedTask) -> PlannedTask:
    """A measure gets what it is to reach among its inputs, which libraries say only as what is expected."""
    wanted = task.expected
    if task.work != "measure" or wanted.target is None:
        return task
    own: dict[str, JsonValue] = {"target": float(wanted.target), "unit": wanted.unit, "at_most": wanted.at_most}
    return replace(task, inputs={**own, **task.inputs})


def _inputs(inputs: JsonObject) -> dict[str, JsonValue]:
    found: dict[str, JsonValue] = {}
    for name, value in inputs.items():
        if name in _LISTS and isinstance(value, str):
            found[name] = [line for line in value.split("\n") if line]
        elif name != "contains" or value:
            found[name] = value
    return found


def _own_work(task: PlannedTask, part: Part, unit: Unit) -> PlannedTask:
    """The task done by the work, or by the person, that the clause names, where it names one."""
    subgoal = unit.reading.subgoal
    if subgoal is not None and subgoal.whose and task.work == "subgoal":
        return replace(task, inputs={**task.inputs, WHOSE: subgoal.whose})
    own = unit.reading.own_work
    if own is None or part.task != "any_run_named_work":
        return task
    return replace(task, work=own[0], inputs=dict(own[1]))


def _listed(sentences: Sequence[str]) -> str:
    """Sentences as one."""
    return "; ".join([*sentences[:1], *map(lowered, sentences[1:])])


def _expected(step: Step, unit: Unit, part: Part, *, carries: bool) -> Expectation:
    """What carries a criterion is expected to bring what the criterion says, in its own words."""
    words = crop(unit.place.words, 200)
    own, target = step.expected, unit.reading.target
    if part.role is Role.FIGURE and target is not None:
        return Expectation(summary=words, target=target.value, unit=target.unit, at_most=target.at_most)
    told = _listed(step.checks) if carries else ""
    named = target.unit if target is not None and target.value == own.target else ""  # «subscribers», say
    return Expectation(
        summary=f"{words} – {told}" if told else words, target=own.target, unit=own.unit or named, at_most=own.at_most
    )


def _checkpointed(draft: Draft, names: Mapping[str, str]) -> Draft:
    """The draft with the milestone of its method, where it alone reaches it."""
    name = names.get(draft.task.key)
    return draft if not name else changed(draft, task=replace(draft.task, checkpoint=crop(capitalised(name))))
