"""The planner that needs no model: it reads the criteria and knows what each kind of doing calls for."""

import datetime as dt
import re
from dataclasses import replace

from engine.goals import Goal
from engine.planning import recipes
from engine.planning.advice import advice_lines
from engine.planning.arranging import arranged
from engine.planning.clauses import MOST_CLAUSES
from engine.planning.drafting import Draft, Place, drafts_of
from engine.planning.moments import zone_of
from engine.planning.ordering import Node, nodes_of
from engine.planning.reading import Moment, Reading, read_criterion
from engine.planning.repair import repaired
from engine.planning.requests import BUILT_IN_WORKS, PlanRequest
from engine.planning.suggestions import whole_goal
from engine.planning.titles import fill
from engine.planning.weights import weighed
from engine.planning.wording import clean, crop
from engine.plans import AdaptationNeed, Plan, PlannedTask, Repair, Trigger
from engine.tasks import Estimate, Expectation
from engine.values import JsonValue

SOURCE = "criteria"
"""What `Plan.source` and `Repair.source` say of this planner."""
_FROM_FRESH = frozenset({Trigger.WORLD_CHANGED, Trigger.REQUESTED})
_ALL_TEXT = 40_000
"""How many characters of criteria are read in all: long lists are read less deeply, never longer."""
_ALL_CLAUSES = 500
"""How many clauses a plan may have in all; each criterion has at least two."""
_NUMBERED = re.compile(r"\s*\(?(\d{1,3})[.)]\s+\S")


class CriteriaPlanner:
    """Plans and repairs by reading. Pure: the same request brings the same plan, and nothing is kept."""

    def plan(self, request: PlanRequest) -> Plan:
        """A plan for a goal. Never fails: what can't be understood becomes one honest task."""
        goal = request.goal
        criteria = read_texts(goal)
        if not any(criteria):
            return self._whole(request)
        moment = _moment(request)
        most = max(2, min(MOST_CLAUSES, _ALL_CLAUSES // len(criteria)))
        own = request.works - BUILT_IN_WORKS
        readings = tuple(
            read_criterion(_without_number(text), moment, request.commands, most, own) for text in criteria
        )
        nodes = nodes_of(readings)
        numbered = len(criteria) > 1 and all(_NUMBERED.match(text) for text in criteria)
        drafts = arranged(nodes, criteria, request.zone, numbered=numbered)
        tasks = weighed(tuple(_fitting(draft, request.works) for draft in drafts))
        return Plan(
            tasks=tasks,
            source=SOURCE,
            reason=_reason(tasks, len(criteria)),
            advice=advice_lines(goal.criteria, goal, tasks, request.now),
            tree=_tree(goal, nodes, tasks),
        )

    def repair(
        self, goal: Goal, need: AdaptationNeed, now: dt.datetime, *, setting: PlanRequest | None = None
    ) -> Repair:
        """How the plan under way is to change; an empty repair when there is no other way. Finished work stays.

        `setting` tells the zone, works and commands for criteria that are new; None means UTC and the built-in works.
        """
        request = replace(setting, goal=goal, now=now) if setting is not None else PlanRequest(goal=goal, now=now)
        fresh = self.plan(request).tasks if need.trigger in _FROM_FRESH else ()
        return repaired(goal, need, fresh, SOURCE)

    def _whole(self, request: PlanRequest) -> Plan:
        """A plan for a goal without criteria, from its name and description."""
        goal = request.goal
        place = Place(prefix="g", criterion=None, words=clean(goal.name) or "the goal", zone=request.zone)
        reading, steps = whole_goal(goal.name, goal.description, _moment(request))
        drafts = drafts_of(reading, place) if not steps else _told(steps, reading, place)
        tasks = weighed(tuple(_fitting(draft, request.works) for draft in drafts))
        return Plan(
            tasks=tasks,
            source=SOURCE,
            reason="There are no success criteria, so the plan follows the name of the goal",
            advice=advice_lines((), goal, tasks, request.now),
            tree={"goal": crop(goal.name, 200), "criteria": [], "tasks": [task.key for task in tasks]},
        )


def read_texts(goal: Goal) -> tuple[str, ...]:
    """The criteria as they are read: cleaned, and shortened where there are very many."""
    share = max(200, min(4096, _ALL_TEXT // max(1, len(goal.criteria))))
    return tuple(clean(text, share) or crop(clean(goal.name), 60) or "This criterion" for text in goal.criteria)


def _moment(request: PlanRequest) -> Moment:
    local = request.now.astimezone(zone_of(request.zone)).replace(tzinfo=None)
    deadline = request.goal.deadline
    days = (deadline - request.now).total_seconds() / 86_400 if deadline is not None else 28.0
    return Moment(local=local, horizon_days=max(7.0, days))


def _without_number(text: str) -> str:
    match = re.match(r"\s*\(?\d{1,3}[.)]\s+(?=\S)", text)
    rest = text[match.end() :] if match else text
    return text if match and re.search(r"(?:^|\s)\(?2[.)]\s", rest) else rest


def _fitting(draft: Draft, works: frozenset[str]) -> Draft:
    """The draft with a work that is known here; without `decide` nobody can choose, so nothing hangs on a choice."""
    task = draft.task
    if task.work not in works:
        task = replace(task, work="person", inputs={})
    if task.only_if is not None and "decide" not in works:
        task = replace(task, only_if=None)
    return replace(draft, task=task)


def _told(steps: tuple[str, ...], reading: Reading, place: Place) -> tuple[Draft, ...]:
    """Steps of a whole goal, one after the other; a star marks the ones that carry it."""
    found: list[Draft] = []
    for number, step in enumerate(steps, 1):
        carries = step.startswith("*")
        hours = _hours_of(step, reading)
        task = PlannedTask(
            key=f"g-{number}",
            title=crop(fill(step.lstrip("*"), reading)),
            after=(found[-1].task.key,) if found else (),
            estimate=Estimate(low=hours / 2, likely=hours, high=hours * 3),
            expected=Expectation(summary=crop(place.words, 200) if carries else ""),
        )
        found.append(Draft(task=task, share=3.0 if carries else 1.0, carries=carries))
    return tuple(found)


def _hours_of(step: str, reading: Reading) -> float:
    doing = next((s.hours[1] for s in recipes.RECIPES.get(reading.kind, (recipes.ONE_STEP,)) if s.carries), 8.0)
    return doing if step.startswith("*") else 3.0


def _reason(tasks: tuple[PlannedTask, ...], criteria: int) -> str:
    width = sum(not task.after for task in tasks)
    start = f"; {width} of them can begin at once" if width > 1 else ""
    return f"{len(tasks)} tasks for {criteria} {'criterion' if criteria == 1 else 'criteria'}{start}"


def _tree(goal: Goal, nodes: tuple[Node, ...], tasks: tuple[PlannedTask, ...]) -> JsonValue:
    keys: dict[str, list[JsonValue]] = {}
    for task in tasks:
        keys.setdefault(task.key.rpartition("-")[0], []).append(task.key)
    criteria: dict[int, list[JsonValue]] = {}
    for node in nodes:
        listed = criteria.setdefault(node.criterion, [])
        listed.append(
            {**_told_reading(node.reading), "tasks": keys.get(f"c{node.criterion + 1}.{len(listed) + 1}", [])}
        )
    return {
        "goal": crop(goal.name, 200),
        "criteria": [
            {"index": index, "text": crop(goal.criteria[index], 300), "clauses": clauses}
            for index, clauses in criteria.items()
        ],
    }


def _told_reading(reading: Reading) -> dict[str, JsonValue]:
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
    return {"text": crop(reading.text, 300), **{name: fact for name, fact in facts.items() if fact is not None}}
