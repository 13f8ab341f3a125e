"""A decomposition that was kept as JSON, read back as the tree and steps that the planner mends."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from msgspec.structs import replace

from engine.goals import Goal
from engine.planning.bridge.known import KnownMethods
from engine.planning.bridge.laying import Layout
from engine.planning.bridge.tree_changes import listed, text_of
from engine.planning.htn.compiling import ROOT
from engine.planning.htn.outcome import FoundPlan, Node, Step, Tree
from engine.planning.htn.state import Row
from engine.planning.language.terms import Value
from engine.planning.orders import in_order
from engine.tasks import ENDED_TASKS, Task, TaskStatus
from engine.values import JsonValue, TaskNumber


class UnreadableTreeError(Exception):
    """The tree is of methods, criteria or tasks that are no longer there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptTree:
    """A decomposition with the tasks of the goal at its leaves."""

    plan: FoundPlan
    """Of all that is in the tree; its figures say nothing, and `after` is what the tasks wait for now."""
    tasks: Mapping[int, Task]
    """By the numbers of the steps; several steps may share one task."""

    @property
    def done(self) -> tuple[Step, ...]:
        """The steps in which nothing more is to happen, in the order in which they ended."""
        ended = [step for step in self.plan.steps if self.tasks[step.number].status in ENDED_TASKS]
        places = {step.number: place for place, step in enumerate(self.plan.steps)}
        far = max((task.ended_at for task in self.tasks.values() if task.ended_at is not None), default=None)
        return tuple(sorted(ended, key=lambda step: (self.tasks[step.number].ended_at or far, places[step.number])))

    def step_of(self, task: TaskNumber) -> int | None:
        """The first step that a task carries out; None where the tree does not know it."""
        return next((number for number, own in self.tasks.items() if own.number == task), None)


def kept_tree(tree: JsonValue, goal: Goal, layout: Layout, known: KnownMethods) -> KeptTree:
    """The tree of a goal that is laid out like this. Raises `UnreadableTreeError` where they don't fit together."""
    reading = _Reading(goal, layout, known)
    try:
        reading.read(tree)
    except (KeyError, ValueError) as error:
        raise UnreadableTreeError(f"the tree does not fit any more: {error!r}") from None
    return KeptTree(plan=reading.plan(), tasks=reading.tasks)


class _Reading:
    """Reads one tree, node after node."""

    def __init__(self, goal: Goal, layout: Layout, known: KnownMethods) -> None:
        self.goal = goal
        self.layout = layout
        self.known = known
        self.nodes: list[Node] = []
        self.tasks: dict[int, Task] = {}

    def read(self, tree: JsonValue) -> None:
        """All nodes, parents before their children."""
        tops = {one.label: one.task for one in self.layout.problem.tasks}
        self.nodes.append(Node(number=0, parent=None, label="", task=ROOT, arguments=(), method=ROOT, values={}))
        waiting = [(0, node) for node in reversed(list(_tops(tree)))]
        while waiting:
            parent, told = waiting.pop()
            label, task = text_of(told, "label"), text_of(told, "task")
            if not (self._is_called_for(parent, label, task) if parent else tops.get(label) == task):
                raise KeyError(f"{label} is no {task}")
            number = len(self.nodes)
            self.nodes.append(self._node(number, parent, told))
            self.nodes[parent] = replace(self.nodes[parent], children=(*self.nodes[parent].children, number))
            waiting.extend((number, child) for child in reversed(listed(told, "children")))

    def _is_called_for(self, parent: int, label: str, task: str) -> bool:
        """Whether the method above still has such a place: libraries change."""
        above = self.nodes[parent]
        own = next(one for one in self.known.ways(above.task) if one.name == above.method)
        return any(one.label == label and one.task == task for one in own.subtasks)

    def _node(self, number: int, parent: int, told: Mapping[str, JsonValue]) -> Node:
        task, method, key = text_of(told, "task"), text_of(told, "method"), text_of(told, "key")
        arguments = _values_of(told.get("arguments"))
        names = [one.name for one in self.known.parameters(task)]
        values: dict[str, Value] = dict(zip(names, arguments, strict=True))
        bound = told.get("bound")
        if isinstance(bound, dict):
            values.update(zip(bound, _values_of(list(bound.values())), strict=True))
        if method:
            if not any(one.name == method for one in self.known.ways(task)):
                raise KeyError(method)
        else:
            self.known.primitive(task)
            self.tasks[number] = self.goal.tasks[TaskNumber(int(key.removeprefix("#")))]
        return Node(
            number=number,
            parent=parent,
            label=text_of(told, "label"),
            task=task,
            arguments=arguments,
            method=method,
            values=values,
        )

    def plan(self) -> FoundPlan:
        """The tree as a plan, its steps in an order in which the tasks can be carried out."""
        numbers = sorted(self.tasks, key=lambda number: (self.tasks[number].position, number))
        steps_of: dict[TaskNumber, list[int]] = {}
        for number in numbers:
            steps_of.setdefault(self.tasks[number].number, []).append(number)
        after = {number: tuple(self._behind(self.tasks[number], steps_of)) for number in numbers}
        place = {number: count for count, number in enumerate(numbers)}
        order = in_order([[place[one] for one in after[number]] for number in numbers])
        steps = tuple(self._step(numbers[count], after, steps_of) for count in order)
        return FoundPlan(
            rank=0, probability=1.0, cost=0.0, hours=0.0, steps=steps, tree=Tree(self.nodes), checkpoints=()
        )

    def _behind(self, task: Task, steps_of: Mapping[TaskNumber, list[int]]) -> Iterator[int]:
        """The steps that a task waits for, through tasks that the tree does not know."""
        waiting, seen = list(task.depends_on), set(task.depends_on)
        while waiting:
            number = waiting.pop(0)
            if number in steps_of:
                yield from steps_of[number]
                continue
            further = [one for one in self.goal.tasks[number].depends_on if one not in seen]
            seen.update(further)
            waiting.extend(further)

    def _step(
        self, number: int, after: Mapping[int, tuple[int, ...]], steps_of: Mapping[TaskNumber, list[int]]
    ) -> Step:
        task, node = self.tasks[number], self.nodes[number]
        only_if = None
        if task.only_if is not None and task.only_if[0] in steps_of:
            only_if = (steps_of[task.only_if[0]][0], task.only_if[1])
        return Step(
            number=number,
            primitive=self.known.primitive(node.task),
            values=node.values,
            context=self.layout.problem.context,
            after=after[number],
            serves=task.criterion,
            only_if=only_if,
        )


def _tops(tree: JsonValue) -> Iterator[Mapping[str, JsonValue]]:
    """The tasks of the problem, as they stand in a tree."""
    if not isinstance(tree, dict):
        raise ValueError("it is no tree")
    clauses = [*(clause for one in listed(tree, "criteria") for clause in listed(one, "clauses"))]
    for clause in (*clauses, *listed(tree, "clauses")):
        yield from listed(clause, "parts")


def _values_of(told: JsonValue) -> Row:
    if not isinstance(told, list):
        raise ValueError("these are no arguments")
    values = [one for one in told if isinstance(one, str | int | float)]
    if len(values) != len(told):
        raise ValueError("these are no arguments")
    return tuple(values)


def is_open(task: Task) -> bool:
    """Whether something is still to happen in it."""
    return task.status not in ENDED_TASKS and task.status is not TaskStatus.SUPERSEDED
