"""A goal's plan mended by its decomposition: the nearest task above what no longer works gets another way."""

from collections.abc import Callable, Generator, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

from engine.goals import Goal
from engine.planning.bridge.candidates import Drawing
from engine.planning.bridge.choosing import Candidate
from engine.planning.bridge.kept_trees import KeptTree, UnreadableTreeError, is_open, kept_tree
from engine.planning.bridge.known import KnownMethods
from engine.planning.bridge.laying import Layout
from engine.planning.bridge.subgoals import PlanningUnder
from engine.planning.bridge.tree_changes import FAILED, GIVEN_UP, aligned, listed, text_of, with_memory
from engine.planning.bridge.trees import TreeTelling
from engine.planning.criteria.wording import crop
from engine.planning.htn.analysis import Analysis
from engine.planning.htn.compiling import Ban
from engine.planning.htn.outcome import Node, Step
from engine.planning.htn.repair import Broken, Mended, Repairing, hopeless_methods, steps_below
from engine.planning.htn.repair_resuming import Doing
from engine.planning.htn.state import Row
from engine.plans import KeptPlan, PlannedTask, Repair, find_circle
from engine.tasks import Task, TaskStatus
from engine.values import JsonValue, TaskNumber

Layouts: TypeAlias = Callable[[], Generator[None, None, list[Layout]]]
_NODES = 4_000
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


class Menders:
    """Looks for other ways in the plan of one goal. `kept` is how the plan came about; `under` plans its sub-goals."""

    def __init__(self, under: PlanningUnder, known: KnownMethods, kept: KeptPlan, layouts: Layouts) -> None:
        request = under.request
        self.request = request
        self._under = under
        self.goal = request.goal
        self.kept = kept
        self.known = known
        self._layouts = layouts
        self._standing: _Standing | None = None  # None before it is asked for, and where the tree can't be read
        self._is_read = False

    def standing(self) -> Generator[None, None, "_Standing | None"]:
        """The kept tree beside the goal as it is laid out today; None where there is none, or they don't fit."""
        if self._is_read:
            return self._standing
        self._is_read = True
        if not isinstance(self.kept.tree, dict):
            return None
        own = aligned(self.kept.tree, self.goal)
        for layout in (yield from self._layouts()):
            try:
                tree = kept_tree(own, self.goal, layout, self.known)
            except UnreadableTreeError:
                continue
            self._standing = _Standing(layout=layout, tree=tree)
            break
        return self._standing

    def instead_of(self, task: Task, why: str) -> Mendings:
        """Another way for what a task that failed was to bring about; None where there is none."""
        standing = yield from self.standing()
        node = standing.tree.step_of(task.number) if standing is not None else None
        if standing is None or node is None:
            return None
        mended = yield from self._mended(standing, node)
        return None if mended is None else (yield from self._told(standing, mended, task.title, why))

    def another_way(self, number: int, why: str) -> Mendings:
        """Another way for a task of the tree itself, and for no task above it; None where there is none."""
        standing = yield from self.standing()
        if standing is None:
            return None
        mended = yield from self._mended(standing, number)
        if mended is None or mended.reopened != number:
            return None
        return (yield from self._told(standing, mended, "", why))

    def drawn(self) -> Generator[None, None, tuple[Candidate, Mapping[str, TaskNumber]] | None]:
        """The plan as it is with all tasks of the tree, and their numbers by their keys; None when it is unreadable."""
        standing = yield from self.standing()
        if standing is None:
            return None
        candidate = (yield from Drawing(self.request, standing.layout, self._under).candidates((standing.tree.plan,)))[
            0
        ]
        return candidate, standing.numbers_of(candidate)

    def begun(self) -> frozenset[int]:
        """The steps of the tree that are under way or over, as far as it was read."""
        own = self._standing.tree.tasks if self._standing is not None else {}
        return frozenset(number for number, task in own.items() if task.status is not TaskStatus.PENDING)

    def no_longer_right(self) -> Mendings:
        """Another way for the first task of the tree whose method could not be chosen any more, by what is known of
        the goal today; None where all is right, or there is no other way."""
        standing = yield from self.standing()
        if standing is None:
            return None
        over = {step.number for step in standing.tree.done}
        hopeless = hopeless_methods(self._analysis(standing), standing.layout.problem)
        yield
        for number, node in standing.tree.plan.tree.items():
            if node.method in hopeless and not over.issuperset(steps_below(standing.tree.plan, number)):
                mending = yield from self.another_way(number, "what it begins with no longer holds")
                if mending is not None:
                    return mending
        return None

    def _mended(self, standing: "_Standing", number: int) -> Generator[None, None, Mended | None]:
        plan = standing.tree.plan
        analysis = self._analysis(standing)
        yield
        broken = Broken(
            plan=plan,
            done=standing.tree.done,
            node=number,
            tried=tuple(self._tried()),
            failed=tuple(self._failed()),
            whole=False,
        )
        try:
            repairing = Repairing(analysis, standing.layout.problem, broken, nodes=_NODES)
        except KeyError:
            return None
        yield
        while not repairing.run():
            yield
        return repairing.outcome

    def _analysis(self, standing: "_Standing") -> Analysis:
        return self.known.reachable(one.task for one in standing.layout.problem.tasks)

    def _tried(self) -> Iterable[Ban]:
        for one in listed(self.kept.tree, GIVEN_UP):
            name, method = text_of(one, "task"), text_of(one, "method")
            if any(way.name == method for way in self.known.ways(name)):
                yield Ban(task=name, arguments=_row(one.get("arguments")), method=method)

    def _failed(self) -> Iterable[Doing]:
        for one in listed(self.kept.tree, FAILED):
            name = text_of(one, "task")
            if self.known.has_step(name):
                yield Doing(task=name, arguments=_row(one.get("arguments")))

    def _told(self, standing: "_Standing", mended: Mended, failed: str, why: str) -> Mendings:
        """The mended plan as a repair of the goal; None where something else hangs on what would go."""
        drawing = Drawing(self.request, standing.layout, self._under)
        after = (yield from drawing.candidates((mended.plan,)))[0]
        change = _Change(standing, mended, after, f"v{self.goal.plan_version + 1}")
        gone = change.gone()
        hangs = any(one.only_if is not None and one.only_if[0] in gone for one in self._staying(gone))
        if hangs or change.loses_what_counts():
            return None
        add = change.added(gone)
        rewire = self._rewired(gone, add)
        if has_circle(self.goal, Repair(supersede=gone, add=add, rewire=rewire)):
            return None
        telling = TreeTelling(self.goal, standing.layout, self.known)
        tree = telling.tree(mended.plan, change.names, {})
        node, old = mended.plan.tree[mended.reopened], standing.tree.plan.tree[mended.reopened]
        about, how = telling.said(node.task, node.values), telling.said(node.method, node.values)
        note = {**_given_up(standing, old), "how": telling.said(old.method, old.values), "step": failed, "why": why}
        steps: list[dict[str, JsonValue]] = [
            {"task": one.task, "arguments": list(one.arguments)} for one in mended.failed
        ]
        ways = [note, *self._below(standing, mended, old)]
        return Mending(
            repair=Repair(
                supersede=gone,
                add=add,
                rewire=rewire,
                tree=with_memory(tree, self.kept.tree, ways, steps),
            ),
            about=about,
            how=how,
            after=after,
            keys=standing.numbers_of(after),
        )

    def _below(self, standing: "_Standing", mended: Mended, old: Node) -> list[dict[str, JsonValue]]:
        """The ways given up on the way up to the task that was re-opened: they are not tried again either."""
        known = set(self._tried()) | {Ban(task=old.task, arguments=old.arguments, method=old.method)}
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


def _given_up(standing: "_Standing", node: Node) -> dict[str, JsonValue]:
    return {
        "path": list(standing.path(node.number)),
        "task": node.task,
        "arguments": list(node.arguments),
        "method": node.method,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Standing:
    """The kept tree of a goal, and the goal as it is laid out today."""

    layout: Layout
    tree: KeptTree

    def path(self, number: int) -> tuple[JsonValue, ...]:
        """The labels down to a node, from the clause on."""
        found: list[JsonValue] = []
        at: int | None = number
        while at:
            found.append(self.tree.plan.tree[at].label)
            at = self.tree.plan.tree[at].parent
        return tuple(reversed(found))

    def numbers_of(self, candidate: Candidate) -> dict[str, TaskNumber]:
        """The tasks of the tree by the keys that they have in a drawing."""
        own = self.tree.tasks
        return {key: own[number].number for number, key in candidate.keys.items() if number in own}


class _Change:
    """A mended plan beside the tasks of the goal."""

    def __init__(self, standing: _Standing, mended: Mended, after: Candidate, mark: str) -> None:
        self._tasks = standing.tree.tasks
        self._mended = mended
        self._drawn = {task.key: task for task in after.tasks}
        self._steps: dict[int, Step] = {step.number: step for step in mended.plan.steps}
        kept = {key: f"#{number}" for key, number in standing.numbers_of(after).items()}
        self._by_key = {key: kept.get(key, f"{mark}-{key}") for key in self._drawn}
        self.names = {number: self._by_key[key] for number, key in after.keys.items()}
        """What the tree calls the task of each step."""

    def gone(self) -> tuple[TaskNumber, ...]:
        """The tasks that nothing in the plan stands for any more."""
        staying = {own.number for number, own in self._tasks.items() if number in self._steps}
        dropped = {self._tasks[number].number for number in self._mended.dropped if is_open(self._tasks[number])}
        return tuple(sorted(dropped - staying))

    def loses_what_counts(self) -> bool:
        """Whether something critical is finished that has no place in the new part: that is as good as done then, and
        to do it in another way would be to do it again."""
        return any(
            own.critical and own.status is TaskStatus.COMPLETED and number not in self._steps
            for number, own in self._tasks.items()
        )

    def added(self, gone: tuple[TaskNumber, ...]) -> tuple[PlannedTask, ...]:
        """The new tasks. Together they weigh as much as those that go, and wait for what those waited for."""
        by_number = {own.number: own for own in self._tasks.values()}
        new = [task for key, task in self._drawn.items() if not self._by_key[key].startswith("#")]
        keys = {self._by_key[task.key] for task in new}
        outside = sorted({one for number in gone for one in by_number[number].depends_on if one not in gone})
        weight = sum(by_number[number].weight for number in gone)
        drawn = sum(task.weight for task in new)
        found = []
        for task in new:
            after = [self._by_key[key] for key in task.after]
            if keys.isdisjoint(after):
                after += [f"#{number}" for number in outside]
            hangs = (self._by_key[task.only_if[0]], task.only_if[1]) if task.only_if is not None else None
            found.append(
                replace(
                    task,
                    key=self._by_key[task.key],
                    after=tuple(dict.fromkeys(after)),
                    only_if=hangs,
                    weight=task.weight * weight / drawn if weight and drawn else task.weight,
                )
            )
        return tuple(found)


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
