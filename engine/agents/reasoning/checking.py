"""From a proposal to a plan, or to what is wrong with it in words. Pure: what a model wrote acts only through here."""

import datetime as dt
import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from engine.agents.reasoning.proposals import ProposedPlan, ProposedTask
from engine.agents.reasoning.scoring import TASK_PRIOR, tempered
from engine.coding.works.names import CODE_WORKS
from engine.coordination.merge_step import MERGE
from engine.errors import InvalidInputError
from engine.execution.goal_decisions import executable_order
from engine.goals import Goal
from engine.planning.criteria.numerals import span
from engine.planning.criteria.wording import clean, crop
from engine.planning.quality import Circumstances, Finding, Rule, Severity, purse_of, quality_of
from engine.plans import Plan, PlannedTask, check_plan, find_circle
from engine.tasks import Estimate, Expectation
from engine.values import JsonValue, well_formed
from engine.work.registry import WorkRegistry

SOURCE = "reasoning"
"""What `Plan.source` says of a plan that a model proposed."""
MOST_FAULTS = 12
"""So many are told of one plan: a model mends no more at once."""
_TITLE, _TEXT, _WHY, _INPUTS = 120, 600, 300, 6_000
_LABEL = r"[^\W_](?:[\w-]*[^\W_])?"
_HOSTS = re.compile(
    rf"\b[a-z][a-z0-9+.-]*://(?:[^\s/@]*@)?({_LABEL}(?:\.{_LABEL})*)"  # any name, in an address
    rf"|(?<![\w@.-])((?:{_LABEL}\.)+[^\W\d_]{{2,}})(?![\w-]|\.\w)"  # one with a dot, on its own
    r"|(?<![\w.-])(\d{1,3}(?:\.\d{1,3}){3})(?![\w-]|\.\d)"
)
"""Hosts in words: of addresses, and names such as `garden.example`; a plain word is none."""
_NOT_OFFERED = CODE_WORKS | {"subgoal"}
"""Works that a proposal may not use: a goal under a goal is planned for itself, code is changed by methods."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What proposals are held against."""

    goal: Goal
    now: dt.datetime
    registry: WorkRegistry

    @property
    def works(self) -> tuple[str, ...]:
        """The works that a proposal may use, by name.

        The plan of a sub-goal begins without anybody's look at it, so nothing in it may do harm when it is wrong.
        """
        names = sorted(self.registry.names() - _NOT_OFFERED)
        return tuple(one for one in names if self.goal.parent is None or self.registry.is_repeatable(one))

    @property
    def budget(self) -> float | None:
        """What there is to spend on tasks; None for no limit."""
        return purse_of(self.goal)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """A proposal that can be carried out, as a plan."""

    plan: Plan
    proposal: ProposedPlan


@dataclass(frozen=True, slots=True, kw_only=True)
class Faulty:
    """A proposal that can't, and why: sentences for the model that wrote it."""

    name: str
    faults: tuple[str, ...]


def checked(proposal: ProposedPlan, ground: Ground) -> Sound | Faulty:
    """The proposal as a plan if it is acyclic, made of known works with inputs they can use, covers every criterion,
    and fits the budget and the deadline."""
    name = line_of(proposal.name, 80) or "a plan without a name"
    faults = [*misnamed(proposal.tasks), *unusable(proposal.tasks, ground)]
    if faults:
        return Faulty(name=name, faults=tuple(faults[:MOST_FAULTS]))
    tasks = tuple(planned(task, ground.goal) for task in proposal.tasks)
    try:
        check_plan(tasks)
    except InvalidInputError as error:
        return Faulty(name=name, faults=(error.problem,))
    plan = _plan(proposal, tuple(executable_order(tasks)), ground.goal)
    problems = problems_of(plan, ground)
    if problems:
        return Faulty(name=name, faults=tuple(worded(one, ground.goal) for one in problems[:MOST_FAULTS]))
    return Sound(plan=plan, proposal=proposal)


def problems_of(plan: Plan, ground: Ground) -> Sequence[Finding]:
    """What the check of plans finds wrong with a plan."""
    given = Circumstances(now=ground.now, budget=ground.budget)
    return quality_of(ground.goal, plan, given).at_least(Severity.PROBLEM)


def line_of(text: str, most: int) -> str:
    """What a model wrote, as one harmless line."""
    return crop(clean(well_formed(text), 4 * most), most)


def _named(text: str) -> str:
    """A name that a model gave, as it is told back."""
    return line_of(text, 64)


def misnamed(tasks: Sequence[ProposedTask], there: Collection[str] = ()) -> Iterator[str]:
    """Keys that are missing, taken or unknown, and circles. `there` are names of tasks that are in the plan already."""
    keys = [task.key for task in tasks]
    for key in dict.fromkeys(keys):
        if not key.strip() or not key.isprintable() or key.startswith("#") or len(key) > 64:
            yield f"«{_named(key)}» is no key: use a short name"
        elif keys.count(key) > 1:
            yield f"two tasks have the key «{_named(key)}»"
    for task in tasks:
        for name in dict.fromkeys(task.after):
            if name not in keys and name not in there:
                yield f"task «{_named(task.key)}» is after «{_named(name)}», which is not in the plan"
    circle = find_circle({task.key: tuple(task.after) for task in tasks})
    if circle:
        yield f"these tasks wait for each other in a circle: {' → '.join(map(_named, circle))}"


def unusable(tasks: Sequence[ProposedTask], ground: Ground) -> Iterator[str]:
    """Tasks that nothing could carry out, or that would ask addresses which nobody but the model has named."""
    criteria, known = len(ground.goal.criteria), _hosts(ground.goal)
    for task in tasks:
        named = f"task «{_named(task.key)}»"
        if not line_of(task.title, _TITLE):
            yield f"{named} has no title"
        if task.criterion is not None and not 1 <= task.criterion <= criteria:
            yield f"{named} serves criterion {task.criterion}, but they are numbered 1 to {criteria}"
        if task.work not in ground.works:
            yield f"{named} uses the work «{_named(task.work)}»; there are only: {', '.join(ground.works)}"
            continue
        if len(json.dumps(task.inputs)) > _INPUTS:
            yield f"the inputs of {named} are too long"
            continue
        try:
            ground.registry.get(task.work).check_inputs(task.inputs)
        except InvalidInputError as error:
            yield f"the inputs of {named} don't fit the work «{_named(task.work)}»: {line_of(str(error), 300)}"
        host = _host(task.inputs.get("url"))
        if host and host not in known:
            yield f"{named} asks «{_named(host)}», an address that the goal does not name: let a person look there"
        if task.work == "measure" and task.expected.target is None:
            yield f"{named} measures a number, but expects none: give expected.target"
        if task.work == MERGE and len(set(task.after)) < 2:
            yield f"{named} brings together what others brought: name two or more of them in `after`"


def _host(url: JsonValue) -> str:
    """The host of an address; empty where there is none."""
    try:
        return (urlsplit(url).hostname or "") if isinstance(url, str) else ""
    except ValueError:
        return ""


def _hosts(goal: Goal) -> frozenset[str]:
    """All that might be a host in what is said of the goal."""
    said = "\n".join((goal.name, goal.description, *goal.criteria, json.dumps(dict(goal.metadata))))
    return frozenset(name for found in _HOSTS.findall(said.casefold()) for name in found if name)


def planned(task: ProposedTask, goal: Goal) -> PlannedTask:
    """A proposed task as the engine knows it: cleaned, cut to size, its odds tempered."""
    low, likely, high = sorted((task.hours_low, task.hours_likely, task.hours_high))
    expected = task.expected
    return PlannedTask(
        key=task.key,
        title=line_of(task.title, _TITLE),
        description=clean(well_formed(task.description), _TEXT),
        work=task.work,
        inputs=task.inputs,
        after=tuple(dict.fromkeys(task.after)),
        criterion=task.criterion - 1 if task.criterion is not None and goal.criteria else None,
        critical=task.critical,
        estimate=Estimate(low=low, likely=likely, high=high),
        expected=Expectation(
            summary=line_of(expected.summary, _TEXT),
            target=expected.target,
            unit=line_of(expected.unit, 30),
            at_most=expected.at_most,
        ),
        success=tempered(task.probability, TASK_PRIOR),
        cost=task.cost,
    )


def _plan(proposal: ProposedPlan, tasks: tuple[PlannedTask, ...], goal: Goal) -> Plan:
    return Plan(tasks=tasks, source=SOURCE, tree=_tree(proposal, tasks, goal))


def _tree(proposal: ProposedPlan, tasks: tuple[PlannedTask, ...], goal: Goal) -> JsonValue:
    """Why each task is in the plan, in the form in which decompositions are kept; the model's words marked as such."""
    said = {task.key: line_of(task.why, _WHY) for task in proposal.tasks}
    under: dict[int | None, list[JsonValue]] = {}
    for task in tasks:
        why = f"in the model's words, «{said[task.key]}»" if said[task.key] else "the model gave no reason for it"
        node: dict[str, JsonValue] = {
            "label": task.key,
            "about": task.title,
            "how": why,
            "probability": round(task.success, 4),
            "key": task.key,
        }
        under.setdefault(task.criterion, []).append(node)
    criteria: list[JsonValue] = [
        {"index": index, "text": crop(text, 200), "children": under[index]}
        for index, text in enumerate(goal.criteria)
        if index in under
    ]
    whole: dict[str, JsonValue] = {"clauses": list(under[None])} if None in under else {}
    return {"criteria": criteria, **whole}


def worded(finding: Finding, goal: Goal) -> str:
    """A problem that the check of plans found, for a model to mend."""
    found, bound = finding.found or 0.0, finding.bound or 0.0
    by_rule: Mapping[Rule, str] = {
        Rule.EMPTY: "the plan has no tasks",
        Rule.UNREACHABLE: f"nothing can lead to the tasks {', '.join(finding.tasks)}",
        Rule.DEADLINE: f"even at best it takes {span(found)}, and the deadline is in {span(max(bound, 0.0))}",
        Rule.BUDGET: f"it costs at least {_sum(found)}, and the budget is {_sum(bound)}",
        Rule.EARLY: f"the first of the tasks {', '.join(finding.tasks)} must come after the others",
        Rule.LATE: f"the tasks {', '.join(finding.tasks)} are in the wrong order",
    }
    if finding.criterion is not None and finding.rule in (Rule.UNCOVERED, Rule.UNDONE):
        named = f"criterion {finding.criterion + 1} («{crop(goal.criteria[finding.criterion], 120)}»)"
        if finding.rule is Rule.UNDONE:
            return f"{named} is only prepared or checked: add the task that does what it asks for"
        return f"no task serves {named}: name its number in the task that does"
    return by_rule.get(finding.rule, f"it fails the rule «{finding.rule.value}»")


def _sum(money: float) -> str:
    return f"{money:,.2f}".removesuffix(".00")
