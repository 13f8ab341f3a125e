"""A plan that broke in the middle is mended where it broke: what is finished stays finished, what stays stays as it is,
and there is a way exactly when trying everything finds one."""

import random
from collections import Counter
from collections.abc import Iterator, Sequence

from hypothesis import given
from hypothesis import strategies as st

from engine.planning.htn.outcome import FoundPlan, Step
from engine.planning.htn.repair import Broken, Mended, Repairing
from engine.planning.htn.repair_resuming import Doing, doing_of
from engine.planning.htn.search import Wanted
from tests.engine.planning.htn.random_domains import OBJECTS, Case, Maker
from tests.engine.planning.htn.reference import LARGEST, Reference, Todo, World, head, replaced
from tests.engine.planning.htn.test_best_plans import searched
from tests.engine.planning.htn.test_plan_graphs import ancestors, random_order, steps_below
from tests.examples import ROUNDS, examples

SEEDS = st.integers(min_value=0, max_value=1_000_000)
_MOST_POPS = 4_000
Given = tuple[Case, Broken]


def broken(seed: int) -> Given:
    """A plan of a random domain, carried out up to a random point where a step fails."""
    dice = random.Random(seed)
    while True:
        case = Maker(dice.randrange(10**9)).case()
        plans = [plan for plan in searched(case, Wanted(plans=3, nodes=500)).plans if len(plan.steps) > 1]
        if plans:
            return case, broken_at_random(dice, dice.choice(plans))


def broken_at_random(dice: random.Random, plan: FoundPlan) -> Broken:
    order = random_order(plan.after, dice)
    place = dice.randrange(len(order))
    steps = {step.number: step for step in plan.steps}
    return Broken(plan=plan, done=tuple(steps[number] for number in order[:place]), node=order[place])


def repaired(case: Case, own: Broken, slices: int = 1_000_000) -> Mended | None:
    repairing = Repairing(case.domain, case.problem, own)
    repairing.run(slices)
    return repairing.outcome


def world_after(case: Case, steps: Sequence[Step]) -> World:
    reference = Reference(case.domain, case.problem, OBJECTS)
    world = reference.start()
    for step in steps:
        later = reference.after(step.primitive, step.values, world)
        assert later is not None
        world = later
    return world


def mended(seed: int) -> tuple[Case, Broken, Mended]:
    """The first of several breaks that can be mended; by default one is left where it takes long to find no way."""
    dice = random.Random(seed)
    while True:
        case, own = broken(dice.randrange(10**9))
        found = repaired(case, own) if ROUNDS else repaired(case, own, slices=300)
        if found is not None:
            return case, own, found


@given(SEEDS)
@examples(2)
def test_finished_work_is_never_lost_nor_done_again(seed: int) -> None:
    _, own, found = mended(seed)
    done = {step.number for step in own.done}
    before = {step.number: step for step in own.plan.steps}
    after = {step.number: step for step in found.plan.steps}
    assert done.isdisjoint(found.dropped)
    assert done.isdisjoint(found.added)
    for number in done & after.keys():
        assert (after[number].primitive, after[number].values) == (before[number].primitive, before[number].values)
    # a finished step below the task that was re-opened either has a place in the new part, or none there is the same
    new = Counter(doing_of(after[number]) for number in found.added)
    assert not any(new[doing_of(before[number])] for number in done - after.keys())


@given(SEEDS)
@examples(2)
def test_nothing_but_what_is_below_the_re_opened_task_changes(seed: int) -> None:
    _, own, found = mended(seed)
    old, new = own.plan, found.plan
    below = nodes_below(old, found.reopened)
    assert {number: node for number, node in old.tree.items() if number not in below and number != found.reopened} == {
        number: node
        for number, node in new.tree.items()
        if number in old.tree and number not in below and number != found.reopened
    }
    assert new.tree[found.reopened].arguments == old.tree[found.reopened].arguments
    assert set(found.dropped) == {step.number for step in old.steps if step.number in below} - {
        step.number for step in (*own.done, *new.steps)
    }
    assert own.node in found.dropped
    steps = {step.number: step for step in new.steps}
    for step in old.steps:
        if step.number not in below:
            kept = steps[step.number]
            assert (kept.primitive, kept.values, kept.serves, kept.only_if) == (
                step.primitive,
                step.values,
                step.serves,
                step.only_if,
            )


def nodes_below(plan: FoundPlan, number: int) -> set[int]:
    children = plan.tree[number].children
    return set(children).union(*(nodes_below(plan, child) for child in children))


@given(SEEDS)
@examples(2)
def test_what_is_left_can_be_carried_out_from_where_things_stand_in_any_order_of_its_graph(seed: int) -> None:
    case, own, found = mended(seed)
    reference = Reference(case.domain, case.problem, OBJECTS)
    start = world_after(case, own.done)
    steps = {step.number: step for step in found.plan.steps}
    assert set(found.plan.after) == steps.keys() - {step.number for step in own.done}
    dice, ends = random.Random(seed), set()
    for order in ([*found.plan.after], *(random_order(found.plan.after, dice) for _ in range(5))):
        world = start
        for number in order:
            later = reference.after(steps[number].primitive, steps[number].values, world)
            assert later is not None, f"{steps[number].title} can't be done"
            world = later
        ends.add(world)
    assert len(ends) == 1


@given(SEEDS)
@examples(2)
def test_what_stays_keeps_the_order_it_had(seed: int) -> None:
    _, own, found = mended(seed)
    old, new = ancestors(own.plan.after), ancestors(found.plan.after)
    for number in new.keys() & old.keys():
        assert old[number] & new.keys() <= new[number]
    # what all of the old part came after, all of the new part comes after, and the other way round
    gone = set(found.dropped)
    for number in found.added:
        assert set.intersection(*(old[one] for one in gone)) & new.keys() <= new[number]
    for number in new.keys() & old.keys():
        if gone <= old[number]:
            assert set(found.added) <= new[number]


@given(SEEDS)
@examples(2)
def test_no_edge_of_what_is_left_follows_from_others(seed: int) -> None:
    _, _, found = mended(seed)
    behind = ancestors(found.plan.after)
    for before in found.plan.after.values():
        assert not any(one in behind[other] for one in before for other in before)


@given(SEEDS)
@examples(2)
def test_the_tree_is_one_that_the_methods_allow_and_another_one_than_before(seed: int) -> None:
    case, own, found = mended(seed)
    methods, tree = {one.name: one for one in case.domain.methods}, found.plan.tree
    leaves = {number for number, node in tree.items() if not node.method}
    assert leaves == {step.number for step in found.plan.steps}
    seen: set[int] = set()
    for number, node in tree.items():
        assert node.number == number
        assert node.parent is None or node.parent in seen  # parents stand before their children
        seen.add(number)
        assert all(tree[child].parent == number for child in node.children)
        if node.method and node.parent is not None:
            assert methods[node.method].task == node.task
    if found.reopened:
        assert tree[found.reopened].method != own.plan.tree[found.reopened].method
    failed = next(doing_of(step) for step in own.plan.steps if step.number == own.node)
    fresh = {step.number: doing_of(step) for step in found.plan.steps if step.number in found.added}
    assert failed not in fresh.values()
    assert failed in found.failed


@given(SEEDS)
@examples(2)
def test_there_is_a_repair_exactly_when_trying_everything_finds_one_and_at_the_nearest_task(seed: int) -> None:
    case, own = broken(seed)
    try:
        expected = Trying(case, own).nearest()
    except TimeoutError:
        return
    found = repaired(case, own)
    assert (None if found is None else found.reopened) == expected


@given(SEEDS)
@examples(2)
def test_a_plan_that_was_mended_can_break_again(seed: int) -> None:
    case, own, found = mended(seed)
    dice = random.Random(seed)
    left = random_order(found.plan.after, dice)
    if not left:
        return
    steps = {step.number: step for step in found.plan.steps}
    place = dice.randrange(len(left))
    done = (*own.done, *(steps[number] for number in left[:place]))
    again = repaired(case, Broken(plan=found.plan, done=done, node=left[place], tried=found.tried, failed=found.failed))
    if again is None:
        return
    assert set(found.tried) <= set(again.tried)
    assert {step.number for step in done}.isdisjoint((*again.dropped, *again.added))
    assert not {doing_of(step) for step in again.plan.steps if step.number in again.added} & set(again.failed)
    reference = Reference(case.domain, case.problem, OBJECTS)
    world: World | None = world_after(case, done)
    own_steps = {step.number: step for step in again.plan.steps}
    for number in again.plan.after:
        assert world is not None
        world = reference.after(own_steps[number].primitive, own_steps[number].values, world)
    assert world is not None


@given(SEEDS)
@examples(2)
def test_the_same_break_brings_the_same_repair(seed: int) -> None:
    assert mended(seed) == mended(seed)


class Trying:
    """Every way to go on, found without the planner: which task above the failed step is the nearest that has one."""

    def __init__(self, case: Case, own: Broken) -> None:
        self.reference = Reference(case.domain, case.problem, OBJECTS)
        self.methods = case.domain.methods
        self.own = own
        self.plan = own.plan
        self.done = {step.number for step in own.done}
        self.start = world_after(case, own.done)
        self.behind = ancestors(own.plan.after)
        self.failed = next(doing_of(step) for step in own.plan.steps if step.number == own.node)
        self.banned: set[tuple[str, tuple[object, ...], str]] = set()
        self.pops = 0

    def nearest(self) -> int | None:
        number: int | None = self.plan.tree[self.own.node].parent
        while number is not None:
            node = self.plan.tree[number]
            if number:
                self.banned.add((node.task, node.arguments, node.method))
            if any(self.works(number, before) for before in self.placements(number)):
                return number
            number = node.parent
        return None

    def placements(self, number: int) -> Iterator[list[Step]]:
        below = steps_below(self.plan, number)
        opened = below - self.done
        kept = [one for one in self.plan.steps if one.number not in self.done | below]
        behind = {one.number for one in kept if self.behind[one.number] & opened}
        ahead = set().union(*(self.behind[one] for one in opened)) - behind
        yield [one for one in kept if one.number in ahead]
        yield [one for one in kept if one.number not in behind]

    def works(self, number: int, before: Sequence[Step]) -> bool:
        below = steps_below(self.plan, number)
        world: World | None = self.start
        for step in before:
            world = self.reference.after(step.primitive, step.values, world) if world is not None else None
        if world is None:
            return False
        gone = self.done | below | {one.number for one in before}
        after = [one for one in self.plan.steps if one.number not in gone]
        finished = Counter(doing_of(step) for step in self.plan.steps if step.number in below & self.done)
        node = self.plan.tree[number]
        first = frozenset([Todo((), node.task, node.arguments, frozenset())])
        if not number:
            top = Todo((), "", (), frozenset())
            first = frozenset(self.reference.network(top, self.reference.problem, {}, world))
        return self.can_be_done(world, first, finished, after)

    def can_be_done(self, world: World, todo: frozenset[Todo], finished: Counter[Doing], after: Sequence[Step]) -> bool:
        waiting = [(world, todo, frozenset(finished.items()))]
        seen = set(waiting)
        while waiting:
            world, todo, left = waiting.pop()
            self.pops += 1
            if self.pops > _MOST_POPS or len(todo) > LARGEST:
                raise TimeoutError
            if not todo and self.goes_on(world, after):
                return True
            for one in todo:
                if not one.before:
                    for further in self.further(one, todo, world, Counter(dict(left))):
                        if further not in seen:
                            seen.add(further)
                            waiting.append(further)
        return False

    def goes_on(self, world: World, after: Sequence[Step]) -> bool:
        later: World | None = world
        for step in after:
            later = self.reference.after(step.primitive, step.values, later) if later is not None else None
        return later is not None

    def further(
        self, one: Todo, todo: frozenset[Todo], world: World, left: Counter[Doing]
    ) -> Iterator[tuple[World, frozenset[Todo], frozenset[tuple[Doing, int]]]]:
        reference = self.reference
        names = reference.parameters[one.task]
        primitive = reference.primitives.get(one.task)
        if primitive is None:
            for method in self.methods:
                if method.task != one.task or (one.task, one.arguments, method.name) in self.banned:
                    continue
                env = head(method, names, one.arguments)
                for full in reference.ways(method.preconditions, env, world) if env is not None else ():
                    yield world, replaced(todo, one, reference.network(one, method, full, world)), items(left)
            return
        doing = Doing(task=one.task, arguments=one.arguments)
        if left[doing]:
            yield world, replaced(todo, one, []), items(left - Counter([doing]))
        elif doing != self.failed:
            later = reference.after(primitive, dict(zip(names, one.arguments, strict=True)), world)
            if later is not None:
                yield later, replaced(todo, one, []), items(left)


def items(left: Counter[Doing]) -> frozenset[tuple[Doing, int]]:
    return frozenset((doing, count) for doing, count in left.items() if count)
