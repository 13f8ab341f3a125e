"""The gap that a re-opened task leaves in a plan, and the plan with a new part put into it."""

from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from msgspec.structs import replace as changed

from engine.planning.htn.figures import Figures
from engine.planning.htn.footprints import merged, touch
from engine.planning.htn.outcome import FoundPlan, Node, Reached, Step
from engine.planning.htn.partial_order import PartialOrder
from engine.planning.htn.repair_resuming import SLICE, Doing, Resumption, Slices, doing_of
from engine.planning.language.domain import Domain, Problem, Subtask
from engine.planning.language.templates import render
from engine.planning.language.terms import Variable


class Gap:
    """What is below a task of a plan, and what beside it is still to be done, before it and after it."""

    def __init__(self, plan: FoundPlan, done: frozenset[int]) -> None:
        self.plan = plan
        self.done = done
        self.number = -1
        """The task that is re-opened; -1 before there is one."""
        self.below: set[int] = set()
        """All nodes below it."""
        self.finished: list[Step] = []
        self.newly_finished: list[Step] = []
        """Of the finished steps below it, those that were not below the task re-opened before."""
        self.open: set[int] = set()
        """The unfinished steps below it."""
        self._pending = [step for step in plan.steps if step.number not in done]
        self._kept: list[Step] = []
        self._behind: set[int] = set()
        self._ahead: set[int] = set()

    def widen(self, number: int) -> Slices:
        """Re-open this task, which the one before is below."""
        known = self.below
        self.number = number
        self.below = set(_below(self.plan.tree, number))
        yield
        self.finished = [step for step in self.plan.steps if step.number in self.below and step.number in self.done]
        self.newly_finished = [step for step in self.finished if step.number not in known]
        self.open = {step.number for step in self._pending if step.number in self.below}
        self._kept = [step for step in self._pending if step.number not in self.below]
        yield
        self._behind, self._ahead = set(), set()
        for count, step in enumerate(self._pending):
            if not count % SLICE:
                yield
            if step.number not in self.open and any(one in self.open or one in self._behind for one in step.after):
                self._behind.add(step.number)
        for count, step in enumerate(reversed(self._pending)):
            if not count % SLICE:
                yield
            if step.number in self.open or step.number in self._ahead:
                self._ahead.update(one for one in step.after if one not in self.done and one not in self.open)

    def placements(self) -> Iterator[tuple[Step, ...]]:
        """What stays and is done before the new part: no more than must be, then all that may be."""
        least = tuple(one for one in self._kept if one.number in self._ahead and one.number not in self._behind)
        yield least
        most = tuple(one for one in self._kept if one.number not in self._behind)
        if len(most) > len(least):
            yield most

    def without(self, before: Sequence[Step]) -> tuple[Step, ...]:
        """What stays and is done after the new part."""
        known = {step.number for step in before}
        return tuple(step for step in self._kept if step.number not in known)

    @property
    def entered_after(self) -> frozenset[int]:
        """The unfinished steps outside that the old part came directly after."""
        own = (one for step in self._pending if step.number in self.open for one in step.after)
        return frozenset(one for one in own if one in self._ahead and one not in self._behind)


def _below(tree: Mapping[int, Node], number: int) -> Iterator[int]:
    waiting = list(tree[number].children)
    while waiting:
        one = waiting.pop()
        yield one
        waiting.extend(tree[one].children)


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """A plan with its new part."""

    plan: FoundPlan
    added: tuple[int, ...]
    dropped: tuple[int, ...]


class Joining:
    """Puts one new part into one gap."""

    def __init__(self, domain: Domain, problem: Problem, gap: Gap, part: FoundPlan) -> None:
        self._methods = {one.name: one for one in domain.methods}
        self._primitives = {one.name: one for one in domain.primitives}
        self._problem = problem
        self._gap = gap
        self._part = part
        self._plan = gap.plan
        self._context = part.steps[0].context if part.steps else dict(problem.context)
        self._numbers: dict[int, int] = {}
        """Of the nodes of the part, in the whole."""
        self._claimed: dict[int, Step] = {}
        """The finished steps that the part passes by, by their numbers."""

    def joined(
        self, before: Sequence[Step], after: Sequence[Step], resumption: Resumption
    ) -> Generator[None, None, Joined]:
        """The whole plan: `before`, the new part, `after`."""
        self._number()
        gap = self._gap
        gone = gap.open | {step.number for step in gap.finished if step.number not in self._claimed}
        new = self._new_steps(gap.entered_after)
        yield
        ends = _ends(new) or gap.entered_after
        later = [_moved(step, gone, gap.open, ends) for step in after]
        yield
        edges = yield from _meeting(before, new, later, resumption)
        order = yield from _ordered((*before, *new, *later), edges, gap.done)
        finished = [
            _without(step, gone) for step in self._plan.steps if step.number in gap.done and step.number not in gone
        ]
        yield
        plan = replace(
            self._figures(),
            steps=(*finished, *order),
            tree=self._tree(),
            after={step.number: _left(step, gap.done) for step in order},
            checkpoints=self._checkpoints(gone, ends),
        )
        return Joined(
            plan=plan, added=tuple(step.number for step in new), dropped=tuple(sorted(gap.open.difference(plan.tree)))
        )

    def _number(self) -> None:
        fresh = 1 + max((*self._plan.tree, *self._gap.done))
        finished: dict[Doing, list[Step]] = {}
        for step in reversed(self._gap.finished):
            finished.setdefault(doing_of(step), []).append(step)
        steps = {step.number: step for step in self._part.steps}
        for number in self._part.tree:
            own = finished.get(doing_of(steps[number])) if number in steps else None
            if not number:
                self._numbers[number] = self._gap.number
            elif own:
                claimed = own.pop()
                self._claimed[claimed.number] = claimed
                self._numbers[number] = claimed.number
            else:
                self._numbers[number] = fresh
                fresh += 1

    def _new_steps(self, entered_after: frozenset[int]) -> list[Step]:
        serves, only_if = self._handed_down()
        own = {step.number for step in self._part.steps if self._numbers[step.number] not in self._claimed}
        found: list[Step] = []
        for step in self._part.steps:
            if step.number not in own:
                continue
            after = [self._numbers[one] for one in step.after]
            if own.isdisjoint(step.after):
                after += sorted(entered_after)
            hangs = (self._numbers[step.only_if[0]], step.only_if[1]) if step.only_if is not None else only_if
            found.append(
                changed(
                    step,
                    number=self._numbers[step.number],
                    after=tuple(dict.fromkeys(after)),
                    serves=serves if step.serves is None else step.serves,
                    only_if=hangs,
                )
            )
        return found

    def _handed_down(self) -> tuple[int | None, tuple[int, str] | None]:
        """What all below the re-opened task serves and hangs on, by the tasks above it."""
        tree, way = self._plan.tree, [self._gap.number]
        while (parent := tree[way[-1]].parent) is not None:
            way.append(parent)
        serves: int | None = None
        only_if: tuple[int, str] | None = None
        for number in reversed(way[:-1]):
            above = tree[tree[number].parent or 0]
            subtask = self._subtask(above, tree[number].label)
            if subtask.serves is not None:
                own = subtask.serves
                serves = int(above.values[own.name] if isinstance(own, Variable) else own)
            if subtask.only_if is not None:
                label, option = subtask.only_if.label, subtask.only_if.option
                only_if = (next(one for one in above.children if tree[one].label == label), option)
        return serves, only_if

    def _subtask(self, above: Node, label: str) -> Subtask:
        subtasks = self._problem.tasks if above.parent is None else self._methods[above.method].subtasks
        return next(one for one in subtasks if one.label == label)

    def _tree(self) -> dict[int, Node]:
        """Parents stand before their children."""
        found: dict[int, Node] = {}
        for number, node in self._plan.tree.items():
            if number == self._gap.number:
                found.update((one.number, one) for one in self._new_nodes(node))
            elif number not in self._gap.below:
                found[number] = node
        return found

    def _new_nodes(self, old: Node) -> Iterator[Node]:
        for number, node in self._part.tree.items():
            is_top = node.parent is None
            yield changed(
                node,
                number=self._numbers[number],
                parent=old.parent if node.parent is None else self._numbers[node.parent],
                label=old.label if is_top else node.label,
                children=tuple(self._numbers[one] for one in node.children),
            )

    def _checkpoints(self, gone: set[int], ends: Iterable[int]) -> tuple[Reached, ...]:
        """Those of what stays, with the new part's end for the old one's, and those of the new part."""
        below, kept = self._gap.below, list[Reached]()
        own = {
            render(checkpoint.name, {**self._context, **node.values})
            for node in self._old_nodes()
            if node.parent is not None and node.method
            for checkpoint in self._methods[node.method].checkpoints
        }
        for one in self._plan.checkpoints:
            if one.name in own and below.issuperset(one.steps):
                continue
            steps = [step for step in one.steps if step not in gone]
            kept.append(
                replace(
                    one,
                    steps=tuple(
                        steps if len(steps) == len(one.steps) else {**dict.fromkeys(steps), **dict.fromkeys(ends)}
                    ),
                )
            )
        for one in self._part.checkpoints:
            kept.append(replace(one, steps=tuple(self._numbers[step] for step in one.steps)))
        return tuple(kept)

    def _old_nodes(self) -> Iterator[Node]:
        yield self._plan.tree[self._gap.number]
        yield from map(self._plan.tree.__getitem__, self._gap.below)

    def _figures(self) -> FoundPlan:
        """The old plan with the figures of the new one: the old part's taken out, the new part's put in."""
        figures, odds, plan, part = Figures(self._context), 1.0, self._plan, self._part
        if not self._gap.number:
            return replace(plan, rank=part.rank, probability=part.probability, cost=part.cost, hours=part.hours)
        cost = hours = 0.0
        rank = 0
        for node in self._old_nodes():
            primitive = self._primitives.get(node.task)
            if node.method or primitive is None:
                method = self._methods[node.method]
                own = figures.of_part(method, node.values)
                rank += figures.rank(method, node.values)
            else:
                own = figures.of_part(primitive, node.values)
                rank += figures.rank(primitive, node.values)
            odds *= own.odds
            cost += own.cost
            hours += own.estimate.mean if own.estimate is not None else 0.0
        return replace(
            plan,
            rank=plan.rank - rank + part.rank,
            probability=min(plan.probability / odds * part.probability, 1.0),
            cost=max(plan.cost - cost, 0.0) + part.cost,
            hours=max(plan.hours - hours, 0.0) + part.hours,
        )


def _ends(steps: Sequence[Step]) -> frozenset[int]:
    """Those that none of the others comes after."""
    passed = {one for step in steps for one in step.after}
    return frozenset(step.number for step in steps if step.number not in passed)


def _moved(step: Step, gone: set[int], opened: set[int], ends: Iterable[int]) -> Step:
    """A step that stays, behind the end of the new part where it was behind the old one."""
    if gone.isdisjoint(step.after):
        return step
    kept = [one for one in step.after if one not in gone]
    behind = sorted(ends) if not opened.isdisjoint(step.after) else []
    return changed(step, after=tuple(dict.fromkeys((*kept, *behind))))


def _without(step: Step, gone: set[int]) -> Step:
    """A finished step, which no longer tells of what is gone."""
    if gone.isdisjoint(step.after):
        return step
    return changed(step, after=tuple(one for one in step.after if one not in gone))


def _left(step: Step, done: frozenset[int]) -> tuple[int, ...]:
    """What is still to be done before a step."""
    return step.after if done.isdisjoint(step.after) else tuple(one for one in step.after if one not in done)


def _meeting(
    before: Sequence[Step], new: Sequence[Step], after: Sequence[Step], resumption: Resumption
) -> Generator[None, None, dict[int, list[int]]]:
    """For each step those it comes after because of the facts that steps of the new part and others have in common."""
    prints = {step.number: resumption.footprint(step) for step in new}
    whole = merged(prints.values())
    may_touch = {
        name: touch(resumption.pattern(name), whole) for name in {one.primitive.name for one in (*before, *after)}
    }
    edges: dict[int, list[int]] = {}
    for count, (step, is_before) in enumerate((*((one, True) for one in before), *((one, False) for one in after))):
        if not count % SLICE:
            yield
        if not may_touch[step.primitive.name]:
            continue
        own = resumption.footprint(step)
        if not touch(own, whole):
            continue
        for number, other in prints.items():
            if touch(own, other):
                sooner, later = (step.number, number) if is_before else (number, step.number)
                edges.setdefault(later, []).append(sooner)
    return edges


def _ordered(
    steps: Sequence[Step], edges: Mapping[int, list[int]], done: frozenset[int]
) -> Generator[None, None, list[Step]]:
    """The steps with the edges that are new, brought down to direct ones; what is finished stays where it is told."""
    partial, found = PartialOrder(), list[Step]()
    places: dict[int, int] = {}
    for count, step in enumerate(steps):
        if not count % SLICE:
            yield
        places[step.number] = count
        open_ones = [places[one] for one in (*_left(step, done), *edges.get(step.number, ()))]
        partial.add(count, open_ones)
        direct = tuple(steps[one].number for one in partial.after[count])
        own = (*(one for one in step.after if one in done), *direct) if not done.isdisjoint(step.after) else direct
        found.append(step if own == step.after else changed(step, after=own))
    return found
