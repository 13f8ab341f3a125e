"""Which steps of a methods' plan an agent does, where there is a model: what is research, writing, analysis or review
by its nature. What is done with hands, decided, or said to people stays with people. Pure, and a planner around it.
"""

import datetime as dt
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from msgspec import structs

from engine.agents.working.joining import merged_again, with_merges, without_merges
from engine.goals import Goal
from engine.money_commands import AGENT
from engine.plans import AdaptationNeed, KeptPlan, Plan, PlannedTask, Repair
from engine.ports import Planner
from engine.tasks import Task, TaskStatus
from engine.work.subgoals import PLAN, kept_plan, plan_under, whose

T = TypeVar("T", PlannedTask, Task)

PERSON, SUBGOAL = "person", "subgoal"
RESEARCHER, WRITER, ANALYST, REVIEWER = "researcher", "writer", "analyst", "reviewer"

_SOME = r"(?:\w+ )?"
_TEXTS = (
    "report|proposal|offer|pitch|brief|invitation|runbook|story|store page|message|words|survey|interview guide|page|"
    "summary|announcement|press release|job ad|article|essay|post|newsletter|letter|email|e-mail|text|abstract|guide|"
    "description|overview|faq|manual|documentation|white ?paper|case study|business plan|concept|speech|agenda"
)
_NATURES: Sequence[tuple[str, str]] = (
    (RESEARCHER, r"research\b|investigate\b|look up\b"),
    (RESEARCHER, rf"collect (?:{_SOME}(?:options|examples|figures|facts|sources)|what speaks for)\b"),
    (RESEARCHER, r"collect for .+: what people must get done"),
    (RESEARCHER, r"find out (?:what (?!is wrong)|how|which|about|who)\b"),
    (RESEARCHER, r"find (?:the facts|published|the authority's|(?:\w+ )?sources)\b"),
    (
        RESEARCHER,
        r"list (?:ten|five|twenty|possible|\d+) (?:\w+ )?(?:journalists|places|publishers|sources|examples)\b",
    ),
    (RESEARCHER, r"list what people (?:pay|use)\b"),
    (
        RESEARCHER,
        r"compare (?:five things people use|three brokers|ways to|\w+ (?:providers|tools|products|competitors))\b",
    ),
    (RESEARCHER, r"look at (?:thirty|twenty|ten|what did well)\b"),
    (RESEARCHER, r"write down search words\b"),
    (WRITER, rf"(?:write|draft) (?:the|a|an|one|our|up the) (?:\w+ )?(?:{_TEXTS})\b"),
    (WRITER, r"(?:draft|outline|summari[sz]e)\b"),
    (WRITER, r"write (?:the|a) first draft of\b"),
    (WRITER, r"write on one page (?:what|why)\b"),
    (ANALYST, r"(?:analy[sz]e (?!the data)|estimate|calculate|evaluate)\b"),
    (ANALYST, r"list what it will cost\b|work out what .+ will cost\b"),
)
_OF_SOMETHING_MADE: Sequence[tuple[str, str]] = (
    (REVIEWER, r"(?:proofread|review)\b"),
    (WRITER, r"(?:revise|sum up)\b"),
    (ANALYST, r"compare (?:the|both|three|all)\b|analy[sz]e the data\b"),
)
"""The same for what works on something that was made before: only where an agent made that."""
_VERBS_OF_PEOPLE = (
    "ask|call|tell|visit|talk|phone|meet|sign|pay|buy|order|book|register|hire|send|post|submit|deploy|publish|choose|"
    "pick|settle|decide|fix|try|strike|prepare|gather|find whom|show|present"
)
_OTHERS = "whoever|people|users?|one|two|three|him|her|them|friends?|family|the (?:team|family|others|teacher|doctor)"
_PEOPLES = re.compile(
    r"\b(?:you|your|yourself|aloud|by hand|on paper|without (?:notes|stopping|mending)|a (?:day|week|month)|portion)\b"
    rf"|\b(?:fixed hour|interviews?|trial|by trying|with (?:{_OTHERS})|for the (?:date|day|time))\b"
    rf"|(?:\band|\bthen|[,;]) (?:then )?(?:{_VERBS_OF_PEOPLE})\b",
    re.I,
)
"""What a person's hands, voice, mind or choice is needed for."""
_NOT_TEXTS = re.compile(
    r"\b(?:code|tests?|script|program|quer(?:y|ies)|schema|backtest\w*|slides|prototype|guest list)\b"
    r"|\b(?:chapters?|songs?|poems?|novel|book|exam|diary|journal|thesis|dissertation|vows?)\b",
    re.I,
)
"""What has to run, or to be the person's own."""

_TIME = frozenset({"study hours"})
"""What a task takes of a person that an agent has of its own; anything else it needs stays with people."""


def handed_over(tasks: Sequence[PlannedTask], goal: Goal) -> tuple[PlannedTask, ...]:
    """The same tasks; those that are an agent's by nature have it for their work. What is somebody else's stays so."""
    if whose(goal.metadata):
        return tuple(tasks)
    return _handed(tasks, {f"#{task.number}" for task in goal.tasks.values() if task.work == AGENT})


def _handed(tasks: Sequence[PlannedTask], agents: set[str]) -> tuple[PlannedTask, ...]:
    """The same. `agents` are the names of tasks that are an agent's already."""
    done: list[PlannedTask] = []
    for task in tasks:  # in the order of the plan: what is made comes before what is made of it
        role = _role(task, any(key in agents for key in task.behind))
        if role:
            agents.add(task.key)
        done.append(replace(task, work=AGENT, inputs={"role": role}) if role else _with_steps(task, _handed_below))
    return tuple(done)


def _handed_below(tasks: Sequence[PlannedTask]) -> tuple[PlannedTask, ...]:
    return with_merges(_handed(tasks, set()))


def _with_steps(task: T, change: Callable[[Sequence[PlannedTask]], Sequence[PlannedTask]]) -> T:
    """A task that is a goal of its own, and nobody else's, with other steps in the plan that it brings along."""
    plan = plan_under(task.inputs) if task.work == SUBGOAL and not whose(task.inputs) else None
    steps = tuple(change(plan.tasks)) if plan is not None else ()
    if plan is None or steps == plan.tasks:
        return task
    inputs = {**task.inputs, PLAN: kept_plan(replace(plan, tasks=steps))}
    return replace(task, inputs=inputs) if isinstance(task, PlannedTask) else structs.replace(task, inputs=inputs)


def _role(task: PlannedTask, of_agents: bool) -> str:
    """The role that a task is for; empty where it is a person's. `of_agents`: whether it builds on an agent's work."""
    is_plain = task.work == PERSON and not task.inputs and task.target_count == 1
    if not is_plain or not _TIME.issuperset(task.resources) or task.expected.target is not None:
        return ""
    title = task.title.strip().lower()
    if _PEOPLES.search(title) or _NOT_TEXTS.search(title):
        return ""
    natures = (*_NATURES, *_OF_SOMETHING_MADE) if of_agents else _NATURES
    return next((role for role, words in natures if re.match(words, title)), "")


def taken_back(goal: Goal) -> Goal:
    """The goal as the methods know it: what they planned for a person, and an agent does, is a person's."""
    tasks = {number: _persons(task, goal) for number, task in goal.tasks.items()}
    return goal if tasks == goal.tasks else structs.replace(goal, tasks=tasks)


def _persons(task: Task, goal: Goal) -> Task:
    if task.work != AGENT or not task.method:
        return _with_steps(task, _persons_below)
    # one attempt and no retry: fresh ones would not help, which the methods can't tell of a person's task
    is_hopeless = task.status is TaskStatus.FAILED and task.attempts == 1 and goal.chat is not None
    return structs.replace(task, work=PERSON, inputs={}, revivals=max(task.revivals, int(is_hopeless)))


def _persons_below(tasks: Sequence[PlannedTask]) -> Sequence[PlannedTask]:
    return [
        replace(task, work=PERSON, inputs={}) if task.work == AGENT else _with_steps(task, _persons_below)
        for task in without_merges(tasks)
    ]


class HandingPlanner:
    """The plans of another planner, with agents' steps handed to them, and a merge where several bring what one thing
    is made of. For use where there is a model."""

    def __init__(self, own: Planner) -> None:
        """`own` plans as if there were none."""
        self._own = own

    async def plan(self, goal: Goal, now: dt.datetime, zone: str) -> Plan:
        """A plan for the goal's criteria."""
        made = await self._own.plan(goal, now, zone)
        return replace(
            _handed_plan(made, goal), alternatives=tuple(_handed_plan(one, goal) for one in made.alternatives)
        )

    async def repair(self, goal: Goal, need: AdaptationNeed, kept: KeptPlan, now: dt.datetime, zone: str) -> Repair:
        """What is to change so that the goal can still be reached."""
        made = await self._own.repair(taken_back(goal), need, kept, now, zone)
        return merged_again(replace(made, add=handed_over(made.add, goal)), goal)


def _handed_plan(plan: Plan, goal: Goal) -> Plan:
    """The plan with its agents' steps, and why it is as it is with those that are more now."""
    tasks = with_merges(handed_over(plan.tasks, goal))
    more = len(tasks) - len(plan.tasks)
    if not more or not plan.reason:
        return replace(plan, tasks=tasks)
    told = "one more brings" if more == 1 else f"{more} more bring"
    return replace(plan, tasks=tasks, reason=f"{plan.reason}; {told} together what agents find")
