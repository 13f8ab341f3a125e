"""A goal's plan mended by its decomposition: the nearest task above what no longer works gets another way."""

from collections.abc import Callable, Collection, Generator, Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TypeAlias

from msgspec.structs import replace as changed

from engine.goals import Goal
from engine.planning.bridge.candidates import Drawing
from engine.planning.bridge.choosing import Candidate
from engine.planning.bridge.kept_trees import UnreadableTreeError, is_open, kept_tree
from engine.planning.bridge.known import KnownMethods
from engine.planning.bridge.laying import Layout
from engine.planning.bridge.mended_tasks import MendedTasks, Standing
from engine.planning.bridge.solving import analysed_for
from engine.planning.bridge.subgoals import PlanningUnder
from engine.planning.bridge.taught import Taught
from engine.planning.bridge.tree_changes import FAILED, GIVEN_UP, aligned, listed, text_of, with_memory
from engine.planning.bridge.trees import TreeTelling
from engine.planning.criteria.wording import crop
from engine.planning.htn.analysis import Analysis
from engine.planning.htn.compiling import Ban
from engine.planning.htn.outcome import FoundPlan, Node
from engine.planning.htn.repair import Broken, Mended, Repairing, hopeless_in, steps_below
from engine.planning.htn.repair_resuming import Doing
from engine.planning.htn.state import Row
from engine.planning.language.terms import Value
from engine.planning.reopening import is_begun
from engine.planning.requests import PlanRequest
from engine.planning.unchanged import with_equals_kept
from engine.plans import KeptPlan, PlannedTask, Repair, find_circle
from engine.tasks import Task, TaskStatus
from engine.values import JsonValue, TaskNumber

Layouts: TypeAlias = Callable[[PlanRequest], Generator[None, None, list[Layout]]]
_NODES = 4_000
_NO_LONGER = "what it begins with no longer holds"
Mendings: TypeAlias = Generator[None, None, "Mending | None"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mending:
    """Another way for a part of the plan, as a repair."""

    repair: Repair
    about: str
    """What the part is for, in the words of its library; may be empty."""
    how: str
    """How it is gone about now; may be empty."""
    after: Candidate
    """The plan as it would be, with all tasks of the tree, finished ones too."""
    keys: Mapping[str, TaskNumber]
    """The tasks that there are already, by their keys in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MendingMeans:
    """What plans are mended with, whichever they are."""

    known: KnownMethods
    lessons: Taught | None
    """What was learned, for whose goal it is; None for the libraries' own figures."""
    layouts: Layouts


class Menders:
    """Looks for other ways in the plan of one goal. `kept` is how the plan came about; `under` plans its sub-goals."""

    def __init__(self, under: PlanningUnder, kept: KeptPlan, means: MendingMeans) -> None:
        request = under.request
        self.request = request
        self._under = under
        self.goal = request.goal
        self.kept = kept
        self._means = means
        self.known = means.known
        self._standing: Standing | None = None  # None before it is asked for, and where the tree can't be read
        self._is_read = False
        self._analysed: Analysis | None = None  # None before it is asked for

    def standing(self) -> Generator[None, None, Standing | None]:
        """The kept tree beside the goal as it is laid out today; None where there is none, or they don't fit."""
        if self._is_read:
            return self._standing
        self._is_read = True
        if not isinstance(self.kept.tree, dict):
            return None
        own = aligned(self.kept.tree, self.goal)
        for layout in (yield from self._means.layouts(self.request)):
            try:
                tree = kept_tree(own, self.goal, layout, self.known)
            except UnreadableTreeError:
                continue
            self._standing = Standing(layout=layout, tree=tree)
            break
        return self._standing

    def instead_of(self, task: Task, why: str) -> Mendings:
        """Another way for what a task that failed was to bring about; None where there is none."""
        standing = yield from self.standing()
        node = standing.tree.step_of(task.number) if standing is not None else None
        if standing is None or node is None:
            return None
        return (yield from self._other_way(standing, node, _Why(step=task.title, why=why)))

    def beside(self, task: Task, why: str) -> Mendings:
        """Another way for the task of the tree right above a step, for none above that; None where there is none."""
        standing = yield from self.standing()
        node = standing.tree.step_of(task.number) if standing is not None else None
        above = standing.tree.plan.tree[node].parent if standing is not None and node is not None else None
        return None if above is None else (yield from self.another_way(above, why))

    def without(self, task: Task, name: str) -> Mendings:
        """Another way for what a task was to bring about that lacks a resource; None where there is none.

        Once it is back, the way that needed it may be gone again.
        """
        standing = yield from self.standing()
        node = standing.tree.step_of(task.number) if standing is not None else None
        if standing is None or node is None:
            return None
        return (yield from self._other_way(standing, node, _Why(step=task.title, why=f"«{name}» is away", needs=name)))

    def of(self, goal: Goal, kept: KeptPlan) -> "Menders":
        """The same for the goal as it would be."""
        return Menders(self._under.of(goal), kept, self._means)

    def _other_way(self, standing: Standing, node: int, why: "_Why") -> Mendings:
        mended = yield from self._mended(standing, node)
        return None if mended is None else (yield from self._told(standing, mended, why))

    def another_way(self, number: int, why: str) -> Mendings:
        """Another way for a task of the tree itself, and for no task above it; None where there is none."""
        standing = yield from self.standing()
        if standing is None:
            return None
        mended = yield from self._mended(standing, number)
        if mended is None or mended.reopened != number:
            return None
        return (yield from self._told(standing, mended, _Why(why=why)))

    def drawn(self) -> Generator[None, None, tuple[Candidate, Mapping[str, TaskNumber]] | None]:
        """The plan as it is with all tasks of the tree, and their numbers by their keys; None when it is unreadable."""
        standing = yield from self.standing()
        if standing is None:
            return None
        drawn = yield from self._drawing(standing).candidates((standing.tree.plan,))
        return drawn[0], standing.numbers_of(drawn[0])

    def _drawing(self, standing: Standing) -> Drawing:
        return Drawing(self.request, standing.layout, self._under, self._means.lessons)

    def begun(self) -> frozenset[int]:
        """The steps of the tree that are under way or over, as far as it was read."""
        own = self._standing.tree.tasks if self._standing is not None else {}
        return frozenset(number for number, task in own.items() if task.status is not TaskStatus.PENDING)

    def criteria_by_deadline(self) -> Generator[None, None, frozenset[int | None]]:
        """The criteria, as their tasks carry them, for which something that is left hangs on the days that there are:
        it has a way that is open only with so many, or so few."""
        standing = yield from self.standing()
        if standing is None:
            return frozenset()
        plan, over = standing.tree.plan, {step.number for step in standing.tree.done}
        return frozenset(
            standing.tree.tasks[step].criterion
            for number, node in plan.tree.items()
            if node.task in self.known.by_deadline
            for step in steps_below(plan, number)
            if step not in over
        )

    def no_longer_right(self, left: Collection[TaskNumber] = (), *, is_begun_left: bool = False) -> Mendings:
        """Another way for the first task of the tree whose method could not be chosen any more, or a step of which
        could not be taken, by what is known of the goal today; None where all is right, or there is no other way. What
        has tasks that are to be `left` as they are is passed by; with `is_begun_left`, so is what has begun."""
        standing = yield from self.standing()
        if standing is None:
            return None
        for node in (yield from self._unfit(standing, {})):
            tasks = [standing.tree.tasks[step] for step in steps_below(standing.tree.plan, node.number)]
            if (is_begun_left and any(map(is_begun, tasks))) or any(task.number in left for task in tasks):
                continue
            if node.method:
                mending = yield from self.another_way(node.number, _NO_LONGER)
            elif node.parent is not None:
                mending = yield from self._other_way(standing, node.parent, _Why(why=_NO_LONGER))
            else:
                continue
            if mending is not None:
                return mending
        return None

    def unfit(
        self, otherwise: Mapping[str, Value | None] = MappingProxyType({})
    ) -> Generator[None, None, frozenset[TaskNumber]]:
        """What is left of the tasks whose method could not be chosen any more, or that could not be done so, by what is
        known of the goal today; were the facts in `otherwise` like that (None: as the goal itself says)."""
        standing = yield from self.standing()
        if standing is None:
            return frozenset()
        plan, over = standing.tree.plan, {step.number for step in standing.tree.done}
        return frozenset(
            standing.tree.tasks[step].number
            for node in (yield from self._unfit(standing, otherwise))
            for step in steps_below(plan, node.number)
            if step not in over
        )

    def _unfit(self, standing: Standing, otherwise: Mapping[str, Value | None]) -> Generator[None, None, list[Node]]:
        """The tasks of the tree that could not be gone about like that any more and are not over."""
        plan, over = standing.tree.plan, {step.number for step in standing.tree.done}
        context = {**standing.layout.problem.context, **otherwise}
        problem = replace(
            standing.layout.problem, context={name: value for name, value in context.items() if value is not None}
        )
        hopeless = hopeless_in((yield from self._analysis(standing)), problem)
        yield
        return [
            node
            for number, node in plan.tree.items()
            if (node.method in hopeless.methods or (not node.method and node.task in hopeless.steps))
            and not over.issuperset(steps_below(plan, number))
        ]

    def _mended(self, standing: Standing, number: int) -> Generator[None, None, Mended | None]:
        plan = standing.tree.plan
        analysis = yield from self._analysis(standing)
        yield
        broken = Broken(
            plan=plan,
            done=standing.tree.done,
            node=number,
            tried=tuple(self._tried(standing)),
            failed=tuple(self._failed()),
            whole=False,
        )
        try:
            repairing = Repairing(analysis, standing.layout.problem, broken, nodes=_NODES)
            while not repairing.run():
                yield
        except KeyError:
            return None
        mended = repairing.outcome
        return None if mended is None else replace(mended, plan=self._as_in_libraries(mended.plan))

    def _as_in_libraries(self, plan: FoundPlan) -> FoundPlan:
        """The plan with the libraries' own figures: what was learned is laid over them by whoever asks."""
        steps = tuple(changed(step, primitive=self.known.primitive(step.primitive.name)) for step in plan.steps)
        return replace(plan, steps=steps)

    def _analysis(self, standing: Standing) -> Generator[None, None, Analysis]:
        if self._analysed is None:
            self._analysed = yield from analysed_for(standing.layout, self.known, self._means.lessons)
        return self._analysed

    def _tried(self, standing: Standing) -> Iterable[Ban]:
        for one in listed(self.kept.tree, GIVEN_UP):
            name, method = text_of(one, "task"), text_of(one, "method")
            needed = text_of(one, "without")
            is_back = bool(needed) and standing.layout.gone.isdisjoint({needed})
            if not is_back and any(way.name == method for way in self.known.ways(name)):
                yield Ban(task=name, arguments=_row(one.get("arguments")), method=method)

    def _failed(self) -> Iterable[Doing]:
        for one in listed(self.kept.tree, FAILED):
            name = text_of(one, "task")
            if self.known.has_step(name):
                yield Doing(task=name, arguments=_row(one.get("arguments")))

    def _told(self, standing: Standing, mended: Mended, why: "_Why") -> Mendings:
        """The mended plan as a repair of the goal; None where something else hangs on what would go."""
        after = (yield from self._drawing(standing).candidates((mended.plan,)))[0]
        change = MendedTasks(standing, mended, after, f"v{self.goal.plan_version + 1}")
        gone = change.gone()
        hangs = any(one.only_if is not None and one.only_if[0] in gone for one in self._staying(gone))
        if hangs or change.loses_what_counts():
            return None
        add = change.added(gone)
        repair = Repair(supersede=gone, add=add, rewire=self._rewired(gone, add))
        if has_circle(self.goal, repair):
            return None
        telling = TreeTelling(self.goal, standing.layout, self.known, self._means.lessons)
        learned = {change.name_of(key): one for key, one in after.learned.items()}
        tree = yield from telling.tree(mended.plan, change.names, learned)
        node, old = mended.plan.tree[mended.reopened], standing.tree.plan.tree[mended.reopened]
        about, how = telling.said(node.task, node.values), telling.said(node.method, node.values)
        return Mending(
            repair=with_equals_kept(
                self.goal,
                replace(
                    repair, tree=self._remembering(tree, standing, mended, (why, telling.said(old.method, old.values)))
                ),
            ),
            about=about,
            how=how,
            after=after,
            keys=standing.numbers_of(after),
        )

    def _remembering(
        self, tree: JsonValue, standing: Standing, mended: Mended, given_up: tuple["_Why", str]
    ) -> JsonValue:
        """The tree with what was given up, and why: the way of the task that was re-opened, told in words, those below
        it, and the steps that failed."""
        old, (why, how) = standing.tree.plan.tree[mended.reopened], given_up
        note = {**_given_up(standing, old), "how": how, "step": why.step, "why": why.why}
        ways = [note, *self._below(standing, mended, old)]
        if why.needs:  # the steps themselves have not failed
            return with_memory(tree, self.kept.tree, [{**one, "without": why.needs} for one in ways], ())
        steps: list[dict[str, JsonValue]] = [
            {"task": one.task, "arguments": list(one.arguments)} for one in mended.failed
        ]
        return with_memory(tree, self.kept.tree, ways, steps)

    def _below(self, standing: Standing, mended: Mended, old: Node) -> list[dict[str, JsonValue]]:
        """The ways given up on the way up to the task that was re-opened: they are not tried again either."""
        known = set(self._tried(standing)) | {Ban(task=old.task, arguments=old.arguments, method=old.method)}
        return [
            {"path": [], "task": one.task, "arguments": list(one.arguments), "method": one.method}
            for one in mended.tried
            if one not in known
        ]

    def _staying(self, gone: tuple[TaskNumber, ...]) -> list[Task]:
        return [task for task in self.goal.tasks.values() if task.number not in gone and is_open(task)]

    def _rewired(self, gone: tuple[TaskNumber, ...], add: tuple[PlannedTask, ...]) -> dict[TaskNumber, tuple[str, ...]]:
        """What waited for the old part waits for the end of the new one; for what the old one waited for if it is
        empty."""
        followed = {name for task in add for name in task.behind}
        ends = [task.key for task in add if task.key not in followed]
        ends = ends or [f"#{one}" for one in self._outside(gone)]
        return {
            task.number: tuple(dict.fromkeys((*(f"#{one}" for one in task.depends_on if one not in gone), *ends)))
            for task in self._staying(gone)
            if not set(gone).isdisjoint(task.depends_on)
        }

    def _outside(self, gone: tuple[TaskNumber, ...]) -> list[TaskNumber]:
        own = {one for number in gone for one in self.goal.tasks[number].depends_on if one not in gone}
        return sorted(own)


def _row(told: JsonValue) -> Row:
    return tuple(one for one in told if isinstance(one, str | int | float)) if isinstance(told, list) else ()


def _given_up(standing: Standing, node: Node) -> dict[str, JsonValue]:
    return {
        "path": list(standing.path(node.number)),
        "task": node.task,
        "arguments": list(node.arguments),
        "method": node.method,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Why:
    """Why a way is given up."""

    why: str
    step: str = ""
    """The title of the task that did not work; empty for none."""
    needs: str = ""
    """The resource that it can't do without; empty for none."""


def titles_of(add: Iterable[PlannedTask]) -> str:
    """The new tasks in short: «A», «B» and 2 more."""
    titles = [f"«{crop(task.title, 60)}»" for task in add]
    if len(titles) <= 3:
        return ", ".join(titles)
    return f"{', '.join(titles[:2])} and {len(titles) - 2} more"


def has_circle(goal: Goal, repair: Repair) -> bool:
    """Whether tasks would wait for each other."""
    graph = {f"#{task.number}": tuple(f"#{number}" for number in task.depends_on) for task in goal.tasks.values()}
    graph.update({f"#{number}": after for number, after in repair.rewire.items()})
    graph.update({task.key: task.behind for task in repair.add})
    return bool(find_circle(graph))
