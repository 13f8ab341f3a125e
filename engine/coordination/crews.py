"""Crews at work: who is there for which goal, asked by the dispatcher whenever it gives out slots.

A crew is a hint of this process: what it has begun is in the ledger, with the agent's name in each lease. Whoever
called it together does so again after a crash.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from engine.coordination.agents import Agent, asked_of, skill_of
from engine.coordination.assignment import Part, Record, chosen
from engine.errors import RefusedError
from engine.goals import Goal
from engine.tasks import Task
from engine.values import GoalId, TaskNumber
from engine.work.registry import WorkFunction


@dataclass(slots=True, kw_only=True)
class Crew:
    """The agents that do the parts of one goal, and of the goals that serve it."""

    agents: tuple[Agent, ...]
    target: TaskNumber | None = None
    """The task whose parts are done; None for all of the goal."""
    function: WorkFunction | None = None
    """Does each part of the goal itself in place of its own work; None to leave them theirs."""
    odds: Callable[[Goal, Task], float] = lambda goal, task: task.success
    """The chance that a task works, by what was learned."""
    track: dict[tuple[str, str], Record] = field(default_factory=dict)
    """What its agents have done, by name and skill; grows with each try."""
    parts: dict[tuple[GoalId, TaskNumber], Part] = field(default_factory=dict)
    """What was looked at so far."""
    above: "Crew | None" = None
    """The one that was called together, where this is how it works on a goal that serves its own; else None."""

    def share(self, goal: Goal) -> Collection[TaskNumber]:
        """The goal's tasks that it does."""
        return goal.tasks.keys() if self.target is None else leading_to(goal, self.target)

    def can_do(self, task: Task) -> bool:
        """Whether anybody of it could do the task, slots aside."""
        asked = asked_of(task)
        return any(agent.can(asked) for agent in self.agents)


@dataclass(slots=True, kw_only=True)
class Crews:
    """All crews of this process, by the goals that they work on."""

    _by_goal: dict[GoalId, Crew] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self._by_goal)

    @contextmanager
    def at_work(self, goal: GoalId, crew: Crew) -> Iterator[None]:
        """Within it the crew does the goal's parts. Raises `RefusedError` where another one does."""
        if goal in self._by_goal:
            raise RefusedError("already_executing", f"the parts of goal {goal} are being executed already")
        self._by_goal[goal] = crew
        try:
            yield
        finally:
            self._by_goal = {
                one: its for one, its in self._by_goal.items() if its is not crew and its.above is not crew
            }

    def of(self, goal: Goal) -> Crew | None:
        """The crew that works on a goal, or on the one it serves; None where none does."""
        found = self._by_goal.get(goal.id)
        if found is None and goal.parent is not None:
            above = self._by_goal.get(goal.parent.goal)
            if above is not None:
                found = self._by_goal[goal.id] = _serving(above)
        return found

    def is_limited(self, goal: Goal) -> bool:
        """Whether only some of a goal's tasks are done by its crew."""
        crew = self.of(goal)
        return crew is not None and crew.target is not None

    def covered(self, goal: Goal) -> Collection[TaskNumber]:
        """The goal's tasks that a crew does; it gets to know them."""
        crew = self.of(goal)
        if crew is None:
            return ()
        mine = crew.share(goal)
        for number in mine:
            if (goal.id, number) not in crew.parts:
                task = goal.tasks[number]
                odds = crew.odds(goal, task)
                crew.parts[goal.id, number] = Part(skill=skill_of(task), asked=asked_of(task), odds=odds)
        return mine

    def covers(self, goal: Goal, number: TaskNumber) -> bool:
        """Whether a crew does the task."""
        crew = self.of(goal)
        return crew is not None and number in crew.share(goal)

    def function_for(self, goal: Goal, number: TaskNumber) -> WorkFunction | None:
        """What does the task in place of its own work; None for its own."""
        crew = self.of(goal)
        if crew is None or crew.function is None:
            return None
        return crew.function if number in crew.share(goal) else None

    def agent_for(self, goal: GoalId, number: TaskNumber, load: Mapping[str, int]) -> Agent | None:
        """Who does the task now; None where nobody can just now, or no crew does it."""
        crew = self._by_goal.get(goal)
        part = crew.parts.get((goal, number)) if crew is not None else None
        return chosen(part, crew.agents, load, crew.track) if crew is not None and part is not None else None

    def lets_start(self, goal: GoalId, number: TaskNumber, load: Mapping[str, int]) -> bool:
        """Whether a task may begin: somebody is free for it, or no crew has a say in it."""
        crew = self._by_goal.get(goal)
        if crew is None or (goal, number) not in crew.parts:
            return True
        return self.agent_for(goal, number, load) is not None

    def ended(self, goal: GoalId, number: TaskNumber, agent: str, *, worked: bool) -> None:
        """A try of an agent's is over."""
        crew = self._by_goal.get(goal)
        part = crew.parts.get((goal, number)) if crew is not None else None
        if crew is not None and part is not None:
            old = crew.track.get((agent, part.skill), Record())
            new = replace(old, worked=old.worked + worked, failed=old.failed + (not worked))
            crew.track[agent, part.skill] = new


def _serving(crew: Crew) -> Crew:
    """The same crew as it works on a goal that serves its own: on all of it, by the tasks' own works."""
    return Crew(agents=crew.agents, odds=crew.odds, track=crew.track, parts=crew.parts, above=crew.above or crew)


def leading_to(goal: Goal, target: TaskNumber) -> frozenset[TaskNumber]:
    """A task and all that it waits for, directly or not."""
    found: set[TaskNumber] = set()
    left = [target]
    while left:
        number = left.pop()
        task = goal.tasks.get(number)
        if number not in found and task is not None:
            found.add(number)
            left += task.depends_on
    return frozenset(found)
