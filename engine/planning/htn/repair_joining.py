"""The gap that a re-opened task leaves in a plan, and the plan with a new part put into it."""

from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from itertools import chain

from msgspec.structs import replace as changed

from engine.planning.htn.figures import Figures
from engine.planning.htn.footprints import NOTHING, Footprint, merged, touch
from engine.planning.htn.outcome import FoundPlan, Node, Reached, Step, Tree, before_it, placed
from engine.planning.htn.partial_order import PartialOrder
from engine.planning.htn.repair_resuming import SLICE, Doing, Resumption, Slices, doing_of
from engine.planning.language.domain import Domain, Problem, Subtask
from engine.planning.language.templates import render
from engine.planning.language.terms import Variable
from engine.planning.slices import emptied, grown_old, portions


class Gap:
    """What is below a task of a plan, and what beside it is still to be done, before it and after it."""

    def __init__(self, plan: FoundPlan, done: Set[int]) -> None:
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
        self.entered_after: set[int] = set()
        """The unfinished steps outside that the old part came directly after."""
        self._kept: list[Step] = []
        self._behind: set[int] = set()
        self._ahead: set[int] = set()

    def widen(self, number: int) -> Slices:
        """Re-open this task, which the one before is below."""
        known = self.below
        self.number, self.below = number, set()
        for numbers in portions(_below(self.plan.tree, number)):
            self.below.update(numbers)
            yield
        self.finished, self.newly_finished, self.open, self._kept = [], [], set(), []
        self._behind, self._ahead, self.entered_after = set(), set(), set()
        yield from grown_old(len(self.plan.steps))
        for steps in portions(self.plan.steps):
            finished = [step for step in steps if step.number in self.below and step.number in self.done]
            self.finished += finished
            self.newly_finished += [step for step in finished if step.number not in known]
            pending = [step for step in steps if step.number not in self.done]
            self.open.update(step.number for step in pending if step.number in self.below)
            self._kept += [step for step in pending if step.number not in self.below]
            yield
        yield from self._look_around()

    def _look_around(self) -> Slices:
        """What stays comes behind what is open, or ahead of it, or neither."""
        done, opened, behind, ahead = self.done, self.open, self._behind, self._ahead
        for steps in portions(self.plan.steps):
            for step in steps:
                stays = step.number not in done and step.number not in opened
                if stays and any(one in opened or one in behind for one in step.after):
                    behind.add(step.number)
            yield
        for steps in portions(reversed(self.plan.steps)):
            for step in steps:
                if step.number in opened or step.number in ahead:
                    ahead.update(one for one in step.after if one not in done and one not in opened)
            yield
        for steps in portions(self.plan.steps):
            own = (one for step in steps if step.number in opened for one in step.after)
            self.entered_after.update(one for one in own if one in ahead and one not in behind)
            yield

    def before(self, *, as_much_as_may_be: bool) -> Generator[None, None, list[Step]]:
        """What stays and is done before the new part: no more than must be, or all that may be."""
        found: list[Step] = []
        for steps in portions(self._kept):
            own = steps if as_much_as_may_be else [one for one in steps if one.number in self._ahead]
            found += [one for one in own if one.number not in self._behind]
            yield
        return found

    def without(self, before: Sequence[Step]) -> Generator[None, None, list[Step]]:
        """What stays and is done after the new part."""
        known, found = set[int](), list[Step]()
        for steps in portions(before):
            known.update(step.number for step in steps)
            yield
        for steps in portions(self._kept):
            found += [step for step in steps if step.number not in known]
            yield
        return found


def _below(tree: Tree, number: int) -> Iterator[int]:
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
        self._numbers: list[int] = []
        """Of the nodes of the part, in the whole."""
        self._claimed: set[int] = set()
        """The finished steps that the part passes by."""

    def joined(
        self, before: Sequence[Step], after: Sequence[Step], resumption: Resumption
    ) -> Generator[None, None, Joined]:
        """The whole plan: `before`, the new part, `after`."""
        yield from self._number()
        gap = self._gap
        gone = yield from self._gone()
        new = yield from self._new_steps(gap.entered_after)
        ends = (yield from _ends(new)) or gap.entered_after
        later, whole = list[Step](), list[Step]()
        yield from grown_old(len(self._plan.steps))
        for steps in portions(after):
            later += [_moved(step, gone, gap.open, ends) for step in steps]
            yield
        edges = yield from _meeting(before, new, later, resumption)
        order = yield from _ordered((*before, *new, *later), edges, gap.done)
        for steps in portions(self._plan.steps):
            whole += [_without(step, gone) for step in steps if step.number in gap.done and step.number not in gone]
            yield
        whole += order
        tree = yield from self._tree()
        yield
        figures = yield from self._figures()
        checkpoints = yield from self._checkpoints(gone, ends)
        plan = replace(figures, steps=tuple(whole), tree=tree, done=gap.done, checkpoints=checkpoints)
        return Joined(plan=plan, added=tuple(step.number for step in new), dropped=tuple(sorted(gap.open)))

    def _number(self) -> Slices:
        highest = 0
        for numbers in portions(chain(self._plan.tree, self._gap.done)):
            highest = max(highest, *numbers)
            yield
        finished: dict[Doing, list[int]] = {}
        for steps in portions(reversed(self._gap.finished), SLICE):
            for step in steps:
                finished.setdefault(doing_of(step), []).append(step.number)
            yield
        for nodes in portions(self._part.tree.nodes, SLICE):
            for node in nodes:
                own = finished.get(doing_of(node)) if not node.method else None
                if not node.number:
                    self._numbers.append(self._gap.number)
                elif own:
                    self._numbers.append(own.pop())
                    self._claimed.add(self._numbers[-1])
                else:
                    self._numbers.append(highest := highest + 1)
            yield

    def _gone(self) -> Generator[None, None, set[int]]:
        """The steps that have no place in the whole any more."""
        found = set[int]()
        for numbers in portions(chain(self._gap.open, (step.number for step in self._gap.finished))):
            found.update(one for one in numbers if one not in self._claimed)
            yield
        return found

    def _new_steps(self, entered_after: Set[int]) -> Generator[None, None, list[Step]]:
        serves, only_if = self._handed_down()
        own, found = set[int](), list[Step]()
        for steps in portions(self._part.steps):
            own.update(step.number for step in steps if self._numbers[step.number] not in self._claimed)
            yield
        for count, step in enumerate(self._part.steps):
            if not count % SLICE:
                yield
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

    def _tree(self) -> Generator[None, None, Tree]:
        """Parents stand before their children."""
        found: list[Node] = []
        yield from grown_old(len(self._plan.tree))
        for nodes in portions(self._plan.tree.nodes):
            for node in nodes:
                if node.number == self._gap.number:
                    for new in portions(self._new_nodes(node), SLICE):
                        found += new
                        yield
                elif node.number not in self._gap.below:
                    found.append(node)
            yield
        return (yield from placed(found))

    def _new_nodes(self, old: Node) -> Iterator[Node]:
        for node in self._part.tree.nodes:
            is_top = node.parent is None
            yield changed(
                node,
                number=self._numbers[node.number],
                parent=old.parent if node.parent is None else self._numbers[node.parent],
                label=old.label if is_top else node.label,
                children=tuple(self._numbers[one] for one in node.children),
            )

    def _checkpoints(self, gone: set[int], ends: Iterable[int]) -> Generator[None, None, tuple[Reached, ...]]:
        """Those of what stays, with the new part's end for the old one's, and those of the new part."""
        below, own, kept = self._gap.below, set[str](), list[Reached]()
        for count, node in enumerate(self._old_nodes()):
            if not count % SLICE:
                yield
            if node.parent is not None and node.method:
                for checkpoint in self._methods[node.method].checkpoints:
                    own.add(render(checkpoint.name, {**self._context, **node.values}))
        for count, one in enumerate(self._plan.checkpoints):
            if not count % SLICE:
                yield
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
        for count, one in enumerate(self._part.checkpoints):
            if not count % SLICE:
                yield
            kept.append(replace(one, steps=tuple(self._numbers[step] for step in one.steps)))
        return tuple(kept)

    def _old_nodes(self) -> Iterator[Node]:
        yield self._plan.tree[self._gap.number]
        yield from map(self._plan.tree.__getitem__, self._gap.below)

    def _figures(self) -> Generator[None, None, FoundPlan]:
        """The old plan with the figures of the new one: the old part's taken out, the new part's put in."""
        figures, odds, plan, part = Figures(self._context), 1.0, self._plan, self._part
        if not self._gap.number:
            return replace(plan, rank=part.rank, probability=part.probability, cost=part.cost, hours=part.hours)
        cost = hours = 0.0
        rank = 0
        for count, node in enumerate(self._old_nodes()):
            if not count % SLICE:
                yield
            what = self._methods[node.method] if node.method else self._primitives[node.task]
            own = figures.of_part(what, node.values)
            rank += figures.rank(what, node.values)
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


def _ends(steps: Sequence[Step]) -> Generator[None, None, set[int]]:
    """Those that none of the others comes after; each stands behind those it comes after."""
    found = set[int]()
    for some in portions(steps):
        for step in some:
            found.difference_update(step.after)
            found.add(step.number)
        yield
    return found


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


def _meeting(
    before: Sequence[Step], new: Sequence[Step], after: Sequence[Step], resumption: Resumption
) -> Generator[None, None, dict[int, list[int]]]:
    """For each step those it comes after because of the facts that steps of the new part and others have in common."""
    edges: dict[int, list[int]] = {}
    if not before and not after:
        return edges
    prints, whole = dict[int, Footprint](), NOTHING
    for some in portions(new, SLICE):
        own_prints = {step.number: resumption.footprint(step) for step in some}
        whole = merged([whole, *own_prints.values()])
        prints.update(own_prints)
        yield
    may_touch: dict[str, bool] = {}
    for count, step in enumerate(chain(before, after)):
        if not count % SLICE:
            yield
        name = step.primitive.name
        if name not in may_touch:
            may_touch[name] = touch(resumption.pattern(name), whole)
        if not may_touch[name]:
            continue
        own = resumption.footprint(step)
        if not touch(own, whole):
            continue
        for number, other in prints.items():
            if touch(own, other):
                sooner, later = (step.number, number) if count < len(before) else (number, step.number)
                edges.setdefault(later, []).append(sooner)
    return edges


def _ordered(
    steps: Sequence[Step], edges: Mapping[int, list[int]], done: Set[int]
) -> Generator[None, None, list[Step]]:
    """The steps with the edges that are new, brought down to direct ones; what is finished stays where it is told."""
    partial, found = PartialOrder(), list[Step]()
    places: dict[int, int] = {}
    yield from grown_old(len(steps))
    for count, step in enumerate(steps):
        if not count % SLICE:
            yield
        places[step.number] = count
        open_ones = [places[one] for one in (*before_it(step, done), *edges.get(step.number, ()))]
        partial.add(count, open_ones)
        direct = tuple(steps[one].number for one in partial.after[count])
        own = (*(one for one in step.after if one in done), *direct) if not done.isdisjoint(step.after) else direct
        found.append(step if own == step.after else changed(step, after=own))
    yield from partial.forget()
    yield from emptied(places)
    return found
