"""How tasks get blocked and how that ends: raise, try the strategy of the kind, ask, resolve. Pure."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence

from msgspec.structs import replace

from engine import events as e
from engine.absences import absences
from engine.blockages import Blockage, BlockageKind, ResolutionAttempt, Strategy
from engine.decisions import Decision, Moment
from engine.errors import InvalidInputError, NotFoundError, RefusedError
from engine.execution.failures import Failure
from engine.goals import Goal
from engine.plans import AdaptationNeed, Trigger, find_circle
from engine.tasks import ENDED_TASKS, Task, TaskStatus
from engine.values import BlockageNumber, TaskNumber

PLAN_STRATEGIES = (Strategy.ADAPT, Strategy.REORDER)
"""Strategies that end in a change of the plan."""
LOOK_FIRST = "See whether it took effect. If not, press «It is resolved» to run it again; else leave it out."
"""How a person helps with what was cut off and must not run twice."""
NO_WAY = "no other way is known"
"""What a blockage was tried in vain with last, where a person is asked what is to change."""
WORDLESS = "you asked for it"
"""Why another plan is made that a person wanted without a word."""
_ASKED_ANEW = 3
LONGEST_WAIT = 1800.0
"""Seconds between two looks for what stays away, which are ever farther apart; what is known to come later is later."""
LOOKS_ALONE, LOOKS_A_DAY = 53, 48
"""After so many looks in vain, a day of them, a person is told what would help; then once a day."""
FRUITLESS_ADAPTATIONS = 3
"""After so many adaptations in a row without progress a person is asked instead."""


def raised(goal: Goal, task: Task | None, kind: BlockageKind, moment: Moment, **facts: str) -> Blockage:
    """A new blockage with the goal's strategy for its kind. `facts`: description, needed, from_whom, how."""
    strategy = goal.strategy(kind) if task is not None else Strategy.ASK  # for a goal as a whole only people can speak
    if strategy is Strategy.SKIP and task is not None and task.critical:
        strategy = Strategy.ASK
    return Blockage(
        number=BlockageNumber(goal.last_blockage + 1),
        task=task.number if task is not None else None,
        kind=kind,
        description=facts.get("description", ""),
        needed=facts.get("needed", ""),
        from_whom=facts.get("from_whom", ""),
        how=facts.get("how", ""),
        strategy=strategy,
        raised_at=moment.now,
    )


def tried(blockage: Blockage, moment: Moment, what: str, result: str) -> e.ResolutionTried:
    """One thing tried against a blockage."""
    return e.ResolutionTried(number=blockage.number, attempt=ResolutionAttempt(at=moment.now, what=what, result=result))


def on_resource(goal: Goal, task: Task, failure: Failure, moment: Moment, wait: float) -> list[e.Event]:
    """Pause the task and look again after `wait` seconds, ever more of them, unless the goal's strategy says otherwise.

    A budget that was reached does not come back by waiting, but for a day's: a person is asked for more.
    """
    blockage = raised(goal, task, BlockageKind.RESOURCE, moment, description=failure.message, needed=failure.resource)
    if blockage.strategy is not Strategy.WAIT and not (failure.shortage and blockage.strategy is Strategy.ASK):
        return _by_strategy(goal, task, blockage, failure, moment)
    if failure.shortage is not None:
        asked = replace(blockage, strategy=Strategy.ASK, shortage=failure.shortage, from_whom="you")
        return [e.TaskBlocked(task=task.number, due_at=failure.until), e.BlockageRaised(blockage=asked)]
    waits = task.history.waits if task.history.waited_for == failure.resource else 0
    if waits >= LOOKS_ALONE and (waits - LOOKS_ALONE) % LOOKS_A_DAY == 0 and goal.chat is not None:
        told = f"I have looked {waits} times, and go on looking. Mend it, then press «It is resolved»"
        blockage = replace(blockage, how=f"{told}, and I look at once. Or leave the task out.")
    due = moment.now + dt.timedelta(seconds=max(wait, 1.0, min(wait * 2.0 ** min(waits, 20), LONGEST_WAIT)))
    return [
        e.TaskBlocked(task=task.number, due_at=due),
        e.BlockageRaised(blockage=blockage),
        tried(blockage, moment, "wait", f"until {due:%Y-%m-%d %H:%M} UTC"),
    ]


def on_external(goal: Goal, task: Task, failure: Failure, moment: Moment) -> list[e.Event]:
    """Ask for what only somebody outside can give."""
    blockage = raised(
        goal,
        task,
        BlockageKind.EXTERNAL,
        moment,
        description=failure.message,
        needed=failure.needed or failure.message,
        from_whom=failure.from_whom or "you",
        how=failure.how,
    )
    if blockage.strategy is not Strategy.ASK:
        return _by_strategy(goal, task, blockage, failure, moment)
    return [e.TaskBlocked(task=task.number), e.BlockageRaised(blockage=blockage)]


def on_dependency(goal: Goal, task: Task, failure: Failure, moment: Moment) -> list[e.Event]:
    """Run what is missing first. Where that would be a circle, the plan is adapted."""
    missing = tuple(n for n in failure.missing if n in goal.tasks and n != task.number)
    blockage = raised(goal, task, BlockageKind.DEPENDENCY, moment, description=failure.message)
    if blockage.strategy is not Strategy.REORDER:
        return _by_strategy(goal, task, blockage, failure, moment)
    depends_on = tuple(sorted({*task.depends_on, *missing}))
    graph = {str(t.number): tuple(map(str, t.depends_on)) for t in goal.tasks.values()}
    circle = find_circle({**graph, str(task.number): tuple(map(str, depends_on))})
    if circle or not any(_helps(goal, task, n) for n in missing):
        why = "they would wait for each other" if circle else "what is missing has run already, or never will"
        return [
            e.TaskFailed(task=task.number, error=failure.message),
            e.BlockageRaised(blockage=blockage),
            tried(blockage, moment, "reorder", why),
        ]
    names = ", ".join(f"«{goal.tasks[n].title}»" for n in missing)
    return [
        e.TaskBlocked(task=task.number),
        e.BlockageRaised(blockage=blockage),
        tried(blockage, moment, "reorder", f"runs after {names}"),
        e.TaskRewired(task=task.number, depends_on=depends_on),
        *_run_again(goal, missing, why=f"«{task.title}» needs it"),
        e.BlockageResolved(number=blockage.number, resolution=f"reordered: runs after {names}"),
        e.TaskReset(task=task.number, why="reordered"),
    ]


def _helps(goal: Goal, task: Task, missing: TaskNumber) -> bool:
    """Whether waiting for a task could bring what is missing. One that was waited for before has had its turn."""
    final = goal.tasks[missing].status in (TaskStatus.COMPLETED, TaskStatus.SUPERSEDED)
    return missing not in task.depends_on and not final


def _run_again(goal: Goal, missing: Sequence[TaskNumber], why: str) -> list[e.Event]:
    """Tasks that had been given up or left out get another turn."""
    again = [n for n in missing if goal.tasks[n].status in (TaskStatus.SKIPPED, TaskStatus.FAILED)]
    resolved = [e.BlockageResolved(number=b.number, resolution=why) for n in again for b in goal.blockages_of(n)]
    return [*resolved, *(e.TaskReset(task=n, why=why) for n in again)]


def on_error(goal: Goal, task: Task, failure: Failure, moment: Moment) -> list[e.Event]:
    """No tries are left, or trying again would not help: the plan is adapted, or a person asked."""
    blockage = raised(goal, task, BlockageKind.ERROR, moment, description=failure.message)
    return _by_strategy(goal, task, blockage, failure, moment)


def _by_strategy(goal: Goal, task: Task, blockage: Blockage, failure: Failure, moment: Moment) -> list[e.Event]:
    failed = e.TaskFailed(task=task.number, error=failure.message, outcome=failure.outcome)
    never_began = task.status is TaskStatus.PENDING  # a resource is away: nothing was tried, so nothing failed
    begun: list[e.Event] = [
        e.TaskBlocked(task=task.number) if never_began else failed,
        e.BlockageRaised(blockage=blockage),
    ]
    if task.attempts:  # a number that a person reported took none
        tries = f"{task.attempts} {'attempt' if task.attempts == 1 else 'attempts'}"
        begun.append(tried(blockage, moment, tries, failure.message))
    if blockage.strategy is Strategy.SKIP:
        return [
            *begun,
            e.TaskSkipped(task=task.number, why=failure.message),
            e.BlockageResolved(number=blockage.number, resolution="left out, as you set for such blockages"),
        ]
    return begun


def unanswered(goal: Goal, moment: Moment) -> list[e.Event]:
    """What a failed task that nothing was done about calls for: an adaptation, or after too many a person.

    A proposal that is only for what was foreseen gives way to it; any other one is waited for.
    """
    if goal.adapting is not None or (goal.proposed_version is not None and not goal.has_foreseen_proposal):
        return []
    for blockage in goal.blockages.values():
        if blockage.task is None or blockage.strategy not in PLAN_STRATEGIES:
            continue
        task = goal.tasks[blockage.task]
        if task.status not in (TaskStatus.FAILED, TaskStatus.BLOCKED):
            continue
        if goal.fruitless >= FRUITLESS_ADAPTATIONS and not is_lost(blockage, task):
            return give_up(goal, blockage, moment, f"{goal.fruitless} changes of the plan brought nothing")
        is_gone = is_lost(blockage, task)
        fell_short = task.outcome is not None and task.outcome.deviation > 0
        need = AdaptationNeed(
            reason=f"«{task.title}»: {blockage.description}",
            trigger=Trigger.RESOURCE_LOST if is_gone else Trigger.DEVIATION if fell_short else Trigger.TASK_FAILED,
            deviation=task.outcome.deviation if task.outcome is not None and fell_short else 1.0,
            task=task.number,
            since=moment.now,
        )
        return [*_withdrawn(goal, task), e.AdaptationNeeded(need=need)]
    return []


def is_lost(blockage: Blockage, task: Task) -> bool:
    """Whether it is for want of a resource of the task's that the goal is to do without."""
    waits = blockage.kind is BlockageKind.RESOURCE and blockage.strategy is Strategy.ADAPT
    return waits and task.status is TaskStatus.BLOCKED and blockage.needed in task.resources


def _withdrawn(goal: Goal, task: Task) -> list[e.Event]:
    if goal.proposed_version is None:
        return []
    return [e.RepairRejected(version=goal.proposed_version, withdrawn=f"«{task.title}» needs another plan first")]


def give_up(goal: Goal, blockage: Blockage, moment: Moment, why: str) -> list[e.Event]:
    """No plan helps. In a chat the person is asked, with all that was tried since the last progress; a program's goal
    fails with a critical task, or goes on without."""
    last = tried(blockage, moment, "adapt", why)
    begun: list[e.Event] = [last]
    task = goal.tasks[blockage.task] if blockage.task is not None else None
    if goal.chat is None:
        begun.append(e.BlockageResolved(number=blockage.number, resolution=f"given up: {why}"))
        if task is not None and task.critical:
            begun.append(e.GoalFailed(reason=f"the critical task «{task.title}» failed: {blockage.description}"))
        return begun
    title = f"«{task.title}»" if task is not None else f"«{goal.name}»"
    question = replace(
        blockage,
        number=BlockageNumber(goal.last_blockage + 1),
        kind=BlockageKind.EXTERNAL,
        needed=f"{title} can't go on by itself: {blockage.description}",
        from_whom="you",
        how="Mend the cause and press «It is resolved», or leave the task out, re-plan, or stop the goal.",
        strategy=Strategy.ASK,
        raised_at=moment.now,
        tried=(*goal.in_vain, *blockage.tried, last.attempt),
    )
    handed = e.BlockageResolved(number=blockage.number, resolution="handed to you")
    return [*begun, handed, e.BlockageRaised(blockage=question)]


def ask_what_is_to_change(goal: Goal, wish: str, moment: Moment) -> Iterator[e.Event]:
    """Ask anew about what a person was asked about already, with all that was tried: another plan was wanted (`wish`
    says why), and no other way is left."""
    stuck = (TaskStatus.FAILED, TaskStatus.BLOCKED)
    asked = [
        one
        for one in goal.blockages.values()
        if one.asks_person
        if one.task is not None and goal.tasks[one.task].status in stuck
    ]
    for place, blockage in enumerate(asked[:_ASKED_ANEW], start=1):
        said = "" if wish in (blockage.description, WORDLESS) else f"«{wish}»: "
        last = tried(blockage, moment, "adapt", f"{said}{NO_WAY}")
        before = dict.fromkeys((*goal.in_vain, *blockage.tried))
        history = (*(one for one in before if one.result != last.attempt.result), last.attempt)
        yield last
        yield e.BlockageResolved(number=blockage.number, resolution="asked anew")
        number = BlockageNumber(goal.last_blockage + place)
        yield e.BlockageRaised(blockage=replace(blockage, number=number, raised_at=moment.now, tried=history))


def in_doubt(goal: Goal, cut_off: Iterable[TaskNumber], moment: Moment) -> Iterator[e.Event]:
    """Tasks that were cut off and must not run twice are not run again before a person has answered.

    They are pending, or reset by the events before.
    """
    message = "it was cut off while it ran, and nobody knows how far it came"
    for place, number in enumerate(cut_off, start=1):
        facts = {"description": message, "needed": message, "from_whom": "you", "how": LOOK_FIRST}
        blockage = raised(goal, goal.tasks[number], BlockageKind.EXTERNAL, moment, **facts)
        yield e.TaskBlocked(task=number, doubtful=True)
        # whatever the strategy: only a person can know whether it took effect
        numbered = BlockageNumber(goal.last_blockage + place)
        yield e.BlockageRaised(blockage=replace(blockage, number=numbered, strategy=Strategy.ASK))


def problem(number: int, text: str) -> Decision:
    """A person says that a task can't go on."""

    def decide(goal: Goal, moment: Moment) -> Sequence[e.Event]:
        task = open_task(goal, number)
        if task.status is TaskStatus.BLOCKED:
            raise RefusedError("blocked_already", f"«{task.title}» is known to be blocked")
        blockage = raised(goal, task, BlockageKind.EXTERNAL, moment, description=text, needed=text, from_whom="you")
        begun: list[e.Event] = [] if task.status is TaskStatus.FAILED else [e.TaskBlocked(task=task.number)]
        begun.append(e.BlockageRaised(blockage=blockage))
        if blockage.strategy is Strategy.SKIP:
            begun.append(e.TaskSkipped(task=task.number, why=text))
        return begun

    return decide


def resolve(number: int, answer: str) -> Decision:
    """A person says that a blockage is gone, perhaps with what was asked for; its task may go on."""

    def decide(goal: Goal, moment: Moment) -> Sequence[e.Event]:
        if goal.has_ended:
            raise RefusedError("goal_ended", f"«{goal.name}» is {goal.status} already")
        blockage = goal.blockages.get(BlockageNumber(number))
        if blockage is None and not 0 < number <= goal.last_blockage:
            raise NotFoundError("blockage", f"{goal.id}:{number}")
        if blockage is None:
            raise RefusedError("already_resolved", "this was resolved already")
        if blockage.task is None and goal.deadline_grace is not None:
            raise RefusedError("needs_date", f"«{goal.name}» needs another deadline; its old one has passed")
        attempt = tried(blockage, moment, "you", answer or "it is resolved")
        done: list[e.Event] = [
            attempt,
            e.BlockageResolved(number=blockage.number, resolution=answer or "resolved by you"),
        ]
        if answer:
            done.append(e.NoteAdded(note=answer))
        if blockage.kind is BlockageKind.RESOURCE and blockage.needed in absences(goal, moment.now):
            done.append(e.ResourceRegained(name=blockage.needed))
        if blockage.task is not None:
            done += freed(goal, blockage.task, besides=blockage.number, why="its blockage was resolved")
        return done

    return decide


def put_off(number: int, answer: str, until: dt.datetime) -> Decision:
    """A person says until when something is in the way: its task goes on by itself then, and nobody is asked before."""

    def decide(goal: Goal, moment: Moment) -> Sequence[e.Event]:
        blockage = goal.blockages.get(BlockageNumber(number))
        task = goal.tasks.get(blockage.task) if blockage is not None and blockage.task is not None else None
        if blockage is None or task is None or task.status not in (TaskStatus.BLOCKED, TaskStatus.FAILED):
            return resolve(number, answer)(goal, moment)
        if until <= moment.now:
            raise InvalidInputError("time", "that moment has passed", "name one that is still to come")
        if task.lost:  # it must not run twice, so no day answers how far it came
            return [e.NoteAdded(note=answer)]
        waiting = replace(
            blockage,
            number=BlockageNumber(goal.last_blockage + 1),
            kind=BlockageKind.EXTERNAL,
            strategy=Strategy.WAIT,
            description=f"{blockage.description}; {answer}",
            raised_at=moment.now,
            tried=(*blockage.tried, tried(blockage, moment, "you", answer).attempt),
        )
        return [
            e.BlockageResolved(number=blockage.number, resolution=answer),
            e.NoteAdded(note=answer),
            e.TaskReset(task=task.number, why=answer),
            e.TaskBlocked(task=task.number, due_at=until),
            e.BlockageRaised(blockage=waiting),
        ]

    return decide


def freed(goal: Goal, number: TaskNumber, *, besides: BlockageNumber | None, why: str) -> list[e.Event]:
    """The task goes back to pending if nothing else holds it up."""
    task = goal.tasks[number]
    others = [b for b in goal.blockages_of(number) if b.number != besides]
    if others or task.status not in (TaskStatus.BLOCKED, TaskStatus.FAILED):
        return []
    return [e.TaskReset(task=number, why=why)]


def open_task(goal: Goal, number: int) -> Task:
    """A task that something can still be done about. Raises `RefusedError` or `NotFoundError`."""
    if goal.has_ended:
        raise RefusedError("goal_ended", f"«{goal.name}» is {goal.status} already")
    task = goal.task(number)
    if task.status in ENDED_TASKS:
        raise RefusedError("task_ended", f"«{task.title}» is {task.status} already")
    if goal.started_at is None:
        raise RefusedError("goal_not_started", f"«{goal.name}» was not started yet")
    return task
