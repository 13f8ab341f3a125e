"""Whatever people, works, crashes and planners do in whatever order: a goal stays sound, its marks come in order."""

import datetime as dt
from collections.abc import Callable
from contextlib import suppress

from hypothesis import HealthCheck, assume, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from engine.blockages import FITTING_STRATEGIES, BlockageKind
from engine.decisions import Decision, Moment
from engine.errors import (
    DependencyBlocked,
    ExternalBlocked,
    InvalidInputError,
    NotFoundError,
    PermanentError,
    RefusedError,
    ResourceBlocked,
    TemporaryError,
)
from engine.events import tasks_of
from engine.execution import adaptation, blocking, by_hand, goal_decisions, task_decisions, watching
from engine.execution.failures import Failure, FailureKind, classify
from engine.execution.jobs import wants_job
from engine.execution.resources import Capacity, Stock
from engine.execution.timing import deadline_due, goal_moment, moved_wakeups, task_moment
from engine.goals import Goal, GoalStatus
from engine.planning.requests import PlanRequest
from engine.plans import AdaptationNeed, Plan, PlannedTask, Repair, Trigger
from engine.tasks import Outcome
from engine.values import TaskNumber
from tests.engine.lives import BOOT, JUDGING, Life, check_sound, new_goal, planned
from tests.engine.planning.planners import general_planner
from tests.examples import tries

OPTIONS = ["left", "right"]
INPUTS: dict[str, dict[str, object]] = {
    "run": {},
    "person": {},
    "measure": {},
    "wait": {"seconds": 3600},
    "decide": {"options": OPTIONS},
    "http_check": {"url": "https://example.org"},
}
numbers = st.integers(1, 9)


@st.composite
def plans(draw: st.DrawFn) -> tuple[PlannedTask, ...]:
    """Up to six tasks; each may depend on earlier ones and hang on an earlier choice."""
    made: list[PlannedTask] = []
    for place in range(draw(st.integers(1, 6))):
        work = draw(st.sampled_from(["run", "run", "run", "person", "decide", "wait", "measure", "http_check"]))
        deciders = [task.key for task in made if task.work == "decide"]
        keys = [task.key for task in made]
        made.append(
            planned(
                f"t{place}",
                *(draw(st.lists(st.sampled_from(keys), unique=True, max_size=2)) if keys else ()),
                work=work,
                inputs=INPUTS[work],
                weight=draw(st.sampled_from([0.0, 0.1, 1.0, 2.5])),
                critical=draw(st.booleans()),
                resources=draw(st.sampled_from([(), ("gpu",)])),
                target_count=draw(st.sampled_from([1, 1, 4])) if work in ("run", "person") else 1,
                only_if=draw(st.tuples(st.sampled_from(deciders), st.sampled_from(OPTIONS)) | st.none())
                if deciders
                else None,
                checkpoint=draw(st.sampled_from(["", "", "Half way there"])),
            )
        )
    return tuple(made)


class GoalLife(RuleBasedStateMachine):
    """Commands in any order; refused ones change nothing."""

    @initialize(
        tasks=plans(), chat=st.sampled_from([100, 100, None]), days=st.sampled_from([None, 2, 30]), go=st.booleans()
    )
    def begin(self, tasks: tuple[PlannedTask, ...], chat: int | None, days: int | None, go: bool) -> None:
        goal = new_goal(chat=chat)
        deadline = goal.created_at + dt.timedelta(days=days) if days else None
        self.life = Life(new_goal(chat=chat, deadline=deadline))
        first = moved_wakeups(None, self.life.goal, self.life.goal.tasks.keys())
        self.wakeups = {subject: at for subject, at in first.items() if at is not None}
        self.try_to(goal_decisions.plan_made(Plan(tasks=tasks, source="test")))
        if go:
            self.try_to(goal_decisions.adopt(None))

    def try_to(self, decision: Decision) -> None:
        before, events = self.life.goal, []
        with suppress(RefusedError, InvalidInputError, NotFoundError):
            events = self.life.do(decision)
        after = self.life.goal
        for subject, at in moved_wakeups(before, after, tasks_of(events, before, after)).items():
            if at is None:
                self.wakeups.pop(subject)  # one that was never there must not be taken away
            else:
                self.wakeups[subject] = at
        assert after.revision >= before.revision
        assert (after == before) or after.revision > before.revision

    @rule()
    def adopt(self) -> None:
        self.try_to(goal_decisions.adopt(None))

    @rule(number=numbers, own=st.booleans())
    def execute(self, number: int, own: bool) -> None:
        self.try_to(by_hand.execute(TaskNumber(number), own_work=own))

    @rule(number=numbers)
    def start(self, number: int) -> None:
        self.try_to(task_decisions.start(TaskNumber(number), BOOT, 60.0))

    @rule()
    def start_all(self) -> None:
        for number in list(self.life.goal.tasks):
            self.try_to(task_decisions.start(number, BOOT, 60.0))

    @rule(
        which=st.integers(0, 5),
        end=st.sampled_from(["done", "temporary", "permanent", "resource", "external", "dependency", "short", "lost"]),
        missing=st.lists(numbers.map(TaskNumber), max_size=2),
    )
    def end_attempt(self, which: int, end: str, missing: list[TaskNumber]) -> None:
        running = [task for task in self.life.goal.tasks.values() if task.lease is not None]
        assume(running)
        task = running[which % len(running)]
        assert task.lease is not None
        errors: dict[str, Exception] = {
            "temporary": TemporaryError("hiccup"),
            "permanent": PermanentError("no way"),
            "resource": ResourceBlocked("disk", "it is full"),
            "external": ExternalBlocked("a key"),
            "dependency": DependencyBlocked(tuple(missing), "not there"),
        }
        ends: dict[str, Callable[[], Decision]] = {
            "done": lambda: task_decisions.attempt_completed(task.number, task.lease, Outcome(summary="ok")),  # type: ignore[arg-type]  # checked above
            "short": lambda: task_decisions.attempt_failed(
                task.number,
                task.lease,  # type: ignore[arg-type]  # checked above
                Failure(
                    kind=FailureKind.TEMPORARY,
                    message="short",
                    outcome=Outcome(summary="short", deviation=0.6),
                ),
                JUDGING,
            ),
            "lost": lambda: task_decisions.attempt_lost(task.number, task.lease, repeatable=which % 2 == 0),  # type: ignore[arg-type]  # checked above
        }
        if end in errors:
            self.try_to(task_decisions.attempt_failed(task.number, task.lease, classify(errors[end]), JUDGING))
        else:
            self.try_to(ends[end]())

    @rule(number=numbers)
    def do_by_hand(self, number: int) -> None:
        self.try_to(task_decisions.done_by_person(number, "by hand"))

    @rule(number=numbers, count=st.integers(0, 5))
    def count(self, number: int, count: int) -> None:
        self.try_to(task_decisions.counted(number, count))

    @rule(number=numbers, option=st.sampled_from(OPTIONS))
    def choose(self, number: int, option: str) -> None:
        self.try_to(task_decisions.chosen(number, option))

    @rule(number=numbers, deviation=st.sampled_from([0.0, 0.2, 0.9]))
    def measure(self, number: int, deviation: float) -> None:
        outcome = Outcome(summary="a number", value=1, deviation=deviation)
        self.try_to(task_decisions.measured(number, outcome, 0.3))

    @rule(number=numbers)
    def skip(self, number: int) -> None:
        self.try_to(task_decisions.skipped(number, ""))

    @rule(number=numbers)
    def restore(self, number: int) -> None:
        self.try_to(task_decisions.restored([number]))

    @rule(number=numbers)
    def retry(self, number: int) -> None:
        self.try_to(task_decisions.retried(number))

    @rule(number=numbers)
    def postpone(self, number: int) -> None:
        self.try_to(task_decisions.postponed(number, self.life.now + dt.timedelta(hours=3)))

    @rule(number=numbers)
    def report_problem(self, number: int) -> None:
        self.try_to(blocking.problem(number, "there is a hole"))

    @rule(number=numbers, answer=st.sampled_from(["", "here it is"]))
    def resolve(self, number: int, answer: str) -> None:
        self.try_to(blocking.resolve(number, answer))

    @rule(number=numbers, hours=st.sampled_from([-1, 5, 50]))
    def say_until_when_it_is_in_the_way(self, number: int, hours: int) -> None:
        until = self.life.now + dt.timedelta(hours=hours)
        self.try_to(blocking.put_off(number, "he is back then", until))

    @rule(kind=st.sampled_from(BlockageKind), place=st.integers(0, 3))
    def set_strategy(self, kind: BlockageKind, place: int) -> None:
        fitting = FITTING_STRATEGIES[kind]
        self.try_to(goal_decisions.set_strategy(kind, fitting[place % len(fitting)]))

    @rule()
    def pause_or_resume(self) -> None:
        if self.life.goal.status is GoalStatus.PAUSED:
            self.try_to(goal_decisions.resume(""))
        else:
            self.try_to(goal_decisions.pause(""))

    @rule(rare=st.integers(0, 4), how=st.sampled_from([goal_decisions.cancel, goal_decisions.fail]))
    def end(self, rare: int, how: Callable[[str], Decision]) -> None:
        assume(rare == 0)
        self.try_to(how("enough"))

    @rule()
    def reopen(self) -> None:
        self.try_to(goal_decisions.reopen("once more"))

    @rule()
    def add(self) -> None:
        assume(len(self.life.goal.tasks) < 9)
        self.try_to(goal_decisions.add_task("One more"))

    @rule(number=numbers)
    def drop(self, number: int) -> None:
        self.try_to(goal_decisions.drop_task(number))

    @rule()
    def ask_for_another_plan(self) -> None:
        need = AdaptationNeed(reason="asked", trigger=Trigger.REQUESTED, since=self.life.now)
        self.try_to(adaptation.request(need))

    @rule(number=numbers, hours=st.sampled_from([0.05, 3.0]))
    def notice_an_overrun(self, number: int, hours: float) -> None:
        before = self.life.goal
        self.try_to(watching.overran(TaskNumber(number), likely=hours / 2, most=hours))
        self.try_to(watching.overran(TaskNumber(number), likely=hours / 2, most=hours))
        assert len(self.life.told(adaptation.e.TaskOverran)) <= sum(1 for _ in before.tasks) * max(
            1, before.plan_version
        )

    @rule(odds=st.sampled_from([0.2, 0.7]))
    def doubt_the_deadline(self, odds: float) -> None:
        goal = self.life.goal
        assume(goal.deadline is not None)
        assert goal.deadline is not None
        doubt = watching.Doubt(version=goal.plan_version, deadline=goal.deadline, odds=odds, likely=goal.deadline)
        self.try_to(watching.deadline_doubtful(doubt))
        told = [event.version for event in self.life.told(adaptation.e.DeadlineDoubtful)]  # type: ignore[union-attr]  # of that kind
        assert len(told) == len(set(told)), "twice of one plan version"

    @rule(number=numbers)
    def see_a_check_turn(self, number: int) -> None:
        found = Outcome(summary="it answers no more", deviation=1.0)
        self.try_to(watching.check_flipped(TaskNumber(number), found))

    @rule(count=st.sampled_from([0, 1]))
    def change_the_resources(self, count: int) -> None:
        stock = Stock(capacities={"gpu": Capacity(count=count)})
        self.try_to(watching.resources_changed(stock, 300.0))

    @rule(number=numbers)
    def lack_a_resource(self, number: int) -> None:
        def decide(goal: Goal, moment: Moment) -> list[adaptation.e.Event]:
            task = goal.tasks.get(TaskNumber(number))
            if task is None or not goal.can_start(task, moment.now) or goal.status is not GoalStatus.ACTIVE:
                return []
            return Stock(capacities={"gpu": Capacity(count=0)}).block(goal, task, "gpu", moment, 300.0)

        self.try_to(decide)

    @rule(data=st.data(), honest=st.booleans())
    def repair(self, data: st.DataObject, honest: bool) -> None:
        goal = self.life.goal
        assume(wants_job(goal) and goal.adapting is not None)
        assert goal.adapting is not None
        made = (
            general_planner().repair(PlanRequest(goal=goal, now=self.life.now), goal.adapting)
            if honest
            else self.wild_repair(data, goal)
        )
        self.try_to(adaptation.repaired(made, goal.adapting, goal.plan_version))

    def wild_repair(self, data: st.DataObject, goal: Goal) -> Repair:
        some = st.lists(st.sampled_from(sorted(goal.tasks)), unique=True, max_size=3)
        return Repair(
            reset=tuple(data.draw(some)),
            supersede=tuple(data.draw(some)),
            add=(planned("extra", *(f"#{n}" for n in data.draw(some)), checkpoint="Mended"),)
            if len(goal.tasks) < 9
            else (),
            rewire={n: tuple(f"#{m}" for m in data.draw(some)) for n in data.draw(some)},
            grows=data.draw(st.booleans()),
        )

    @rule(yes=st.booleans())
    def answer_the_proposal(self, yes: bool) -> None:
        goal = self.life.goal
        assume(goal.proposed_version is not None)
        assert goal.proposed_version is not None
        proposed = self.life.told(adaptation.e.RepairProposed)[-1]
        assert isinstance(proposed, adaptation.e.RepairProposed)
        accept = adaptation.accepted(proposed.repair, proposed.need, goal.proposed_version)
        self.try_to(accept if yes else adaptation.rejected(goal.proposed_version))

    @rule(hours=st.sampled_from([0.1, 2, 30]))
    def pass_time(self, hours: float) -> None:
        self.life.pass_time(hours=hours)
        for number in list(self.life.goal.tasks):
            self.try_to(task_decisions.came_due(number))
        self.try_to(deadline_due)

    @invariant()
    def it_is_sound(self) -> None:
        check_sound(self.life.goal)

    @invariant()
    def each_mark_came_once_and_in_order(self) -> None:
        marks = self.life.marks()
        assert marks == [10, 25, 50, 75, 100][: len(marks)]
        own = [mark.task for mark in self.life.reached() if not mark.percent]
        assert len(own) == len(set(own))

    @invariant()
    def wakeups_are_those_that_a_fresh_look_would_find(self) -> None:
        goal = self.life.goal
        fresh = {f"goal:{goal.id}": goal_moment(goal)}
        if not goal.has_ended:
            fresh |= {f"task:{goal.id}.{n}": task_moment(task) for n, task in goal.tasks.items()}
        assert self.wakeups == {subject: at for subject, at in fresh.items() if at is not None}

    @invariant()
    def every_blockage_has_a_story(self) -> None:
        raised = {event.blockage.number for event in self.life.told(adaptation.e.BlockageRaised)}  # type: ignore[union-attr]  # of that kind
        ended = [event.number for event in self.life.told(adaptation.e.BlockageResolved)]  # type: ignore[union-attr]  # of that kind
        assert len(ended) == len(set(ended))
        assert raised - set(ended) == set(self.life.goal.blockages)


GoalLife.TestCase.settings = settings(
    max_examples=tries(12), stateful_step_count=40, suppress_health_check=list(HealthCheck)
)
TestRandomLives = GoalLife.TestCase
