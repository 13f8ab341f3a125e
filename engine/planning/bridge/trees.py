"""The decomposition of a plan as JSON: what called for each task and by which method, down to the keys of the tasks.

A tree is `{"goal", "criteria": [{"index", "text", "clauses": [clause]}]}`, or `{"goal", "clauses"}` for a goal without
criteria. A clause tells what was read in it, lists the keys of its `tasks`, and holds its `parts`, which are nodes. A
node is a compound with `label` (within its parent), `task`, `arguments`, `about` (what it is for), `method`, `how` (the
method's summary), `bound` (what else the method gave a value), `probability` and `children` in their order; or a step
with `label`, `task`, `arguments`, `probability` and the `key` of its task in the plan.

Where something was learned, a step has `learned`: the `cases` behind it, whether they are of this very way (`own`), the
odds `before` and the `hours` that it takes; and a compound has `avoided`: the ways that went notably worse than their
library promised, each with `how`, `probability`, `before` and `cases`.

That of a plan that was mended has `given_up` besides, as `tree_changes` says.
"""

import math
from collections.abc import Generator, Iterable, Iterator, Mapping

from engine.goals import Goal
from engine.planning.bridge.drafting import A_SLICE
from engine.planning.bridge.known import KnownMethods
from engine.planning.bridge.laying import Layout
from engine.planning.bridge.taught import Learned, Taught
from engine.planning.bridge.units import Unit
from engine.planning.criteria.reading import Reading
from engine.planning.criteria.wording import crop
from engine.planning.htn.figures import Figures
from engine.planning.htn.outcome import FoundPlan, Node
from engine.planning.language.templates import render
from engine.planning.language.terms import Value
from engine.values import JsonValue

_LONGEST, _LONGEST_ARGUMENT = 300, 4_000


class TreeTelling:
    """Tells the trees of the plans of one layout."""

    def __init__(self, goal: Goal, layout: Layout, known: KnownMethods, lessons: Taught | None = None) -> None:
        self._goal = goal
        self._layout = layout
        self._known = known
        self._lessons = lessons
        self._figures = Figures(layout.problem.context)

    def tree(
        self, plan: FoundPlan, keys: Mapping[int, str], learned: Mapping[str, Learned]
    ) -> Generator[None, None, JsonValue]:
        """The tree of a plan, in slices.

        `keys` are those of the tasks, by the numbers of the steps; `learned` is what was learned of them, by key.
        """
        nodes: dict[int, dict[str, JsonValue]] = {}
        odds: dict[int, float] = {}
        for number in reversed(list(plan.tree)):  # parents stand before their children
            node = plan.tree[number]
            lesson = learned.get(keys.get(number, ""))
            own = self._odds(node) if lesson is None else lesson.odds
            odds[number] = own * math.prod(odds[child] for child in node.children)
            told = nodes[number] = self._node(node, nodes, odds[number], keys.get(number))
            told.update(self._lesson(node, lesson))
            if not len(nodes) % A_SLICE:
                yield
        yield
        tops = {plan.tree[number].label: number for number in plan.tree[0].children} if plan.tree else {}
        return {"goal": crop(self._goal.name, 200), **self._criteria(tops, nodes)}

    def _criteria(self, tops: Mapping[str, int], nodes: Mapping[int, dict[str, JsonValue]]) -> dict[str, JsonValue]:
        criteria: dict[int | None, list[JsonValue]] = {}
        for unit in self._layout.units:
            own = [nodes[tops[label]] for label in unit.labels if label in tops]
            keys: list[JsonValue] = list(dict.fromkeys(key for node in own for key in _keys_of(node)))
            clause: dict[str, JsonValue] = {**told_reading(unit.reading), "tasks": keys, "parts": list(own)}
            criteria.setdefault(unit.place.criterion, []).append(clause)
        told: list[JsonValue] = [
            {"index": index, "text": crop(self._goal.criteria[index], _LONGEST), "clauses": clauses}
            for index, clauses in criteria.items()
            if index is not None
        ]
        return {"criteria": told, **({"clauses": criteria[None]} if None in criteria else {})}

    def _odds(self, node: Node) -> float:
        return self._figures.odds(self._known.odds(node.method or node.task), node.values)

    def _node(
        self, node: Node, nodes: Mapping[int, dict[str, JsonValue]], odds: float, key: str | None
    ) -> dict[str, JsonValue]:
        told: dict[str, JsonValue] = {
            "label": node.label,
            "task": node.task,
            "arguments": [_short(value) for value in node.arguments],
            "probability": round(odds, 4),
        }
        if key is not None:
            told["key"] = key
        if node.method:
            if node.parent is not None and (bound := self._bound(node)):
                told["bound"] = bound
            told["about"] = self.said(node.task, node.values)
            told["method"] = node.method
            told["how"] = self.said(node.method, node.values)
            told["children"] = [nodes[child] for child in node.children]
        return told

    def _lesson(self, node: Node, lesson: Learned | None) -> dict[str, JsonValue]:
        if lesson is not None:
            points = lesson.estimate
            hours: list[JsonValue] = [round(one, 3) for one in (points.low, points.likely, points.high)]
            before, cases = round(lesson.before, 4), round(lesson.cases, 2)
            return {"learned": {"cases": cases, "own": lesson.by_own, "before": before, "hours": hours}}
        avoided = list(self._avoided(node)) if self._lessons is not None and node.method else []
        return {"avoided": avoided} if avoided else {}

    def _avoided(self, node: Node) -> Iterator[JsonValue]:
        for way in self._known.ways(node.task):
            one = self._lessons.standing(way) if self._lessons is not None and way.name != node.method else None
            if one is not None and one.is_worse:
                yield {
                    "how": self.said(way.name, node.values),
                    "probability": round(one.odds, 4),
                    "before": round(one.before, 4),
                    "cases": round(one.cases, 2),
                }

    def _bound(self, node: Node) -> dict[str, JsonValue]:
        """What its method gave values besides the task's own parameters."""
        own = {one.name for one in self._known.parameters(node.task)}
        return {name: _short(value) for name, value in node.values.items() if name not in own}

    def said(self, name: str, values: Mapping[str, Value]) -> str:
        """The summary of a compound or method with its values in it."""
        summary = self._known.summaries.get(name, "")
        return crop(render(summary, {**self._layout.problem.context, **values}), _LONGEST)


def _short(value: Value) -> JsonValue:
    """The value as it is, so that the same task can be planned again; only what is senselessly long is cut."""
    return value[:_LONGEST_ARGUMENT] if isinstance(value, str) else value


def _keys_of(node: Mapping[str, JsonValue]) -> Iterable[str]:
    waiting: list[JsonValue] = [dict(node)]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            key, children = one.get("key"), one.get("children")
            if isinstance(key, str):
                yield key
            waiting.extend(reversed(children if isinstance(children, list) else []))


def told_reading(reading: Reading) -> dict[str, JsonValue]:
    """What was read in a clause, without what it does not say."""
    facts: dict[str, JsonValue] = {
        "kind": reading.kind.value,
        "count": reading.count.number if reading.count else None,
        "target": reading.target.value if reading.target else None,
        "unit": reading.target.unit if reading.target else None,
        "at_most": reading.target.at_most if reading.target else None,
        "seconds": reading.seconds,
        "url": reading.url.url if reading.url else None,
        "condition": reading.clause.condition or None,
        "after": reading.clause.after or None,
        "before": reading.clause.before or None,
        "by": reading.by.date.isoformat() if reading.by else None,
        "not_before": reading.not_before.date.isoformat() if reading.not_before else None,
    }
    return {"text": crop(reading.text, _LONGEST), **{name: fact for name, fact in facts.items() if fact is not None}}


def unit_of(unit: Unit) -> str:
    """What a clause is called where plans are compared."""
    return crop(unit.reading.text, 50)
