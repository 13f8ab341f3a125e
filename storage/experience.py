"""What finished tasks and answered questions teach, read from the log, the tasks and the blockages.

A run of a task goes from its first start (or the begin of its wait) to the moment when it was done or given up. It
begins anew when the task was reset, or when an attempt was lost with the process. What was blocked meanwhile has no
duration, and the time in which its goal was paused or had ended is left out.
"""

import datetime as dt
import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter

from engine.coding.works.names import HAND_IN
from engine.planning.learning.experience import AT_ONCE, Answer, Experience, History, Step, doing_of
from engine.tasks import WaitingFor
from engine.values import ChatId, UserId
from storage.connections import Reader
from storage.encoding import object_from_json, parse_estimate, parse_outcome, parse_time, time_text

MOST_GOALS = 2_000
"""The goals in which something happened last; what lies behind them weighs little by then."""
MOST_RUNS = 5_000
"""The newest runs: more would take seconds to weigh and hardly change a figure."""

_HOUR = dt.timedelta(hours=1)
_PAUSES = frozenset({"goal_paused", "goal_completed", "goal_failed", "goal_cancelled"})
_GOES_ON = frozenset({"goal_resumed", "goal_reopened"})
_BEGINS = frozenset({"task_started", "task_waiting"})
_BREAKS = frozenset({"task_reset", "task_blocked", "attempt_lost"})
_ENDS = frozenset({"task_completed", "task_failed"})
_EVENTS = ", ".join(f"'{name}'" for name in sorted(_PAUSES | _GOES_ON | _BEGINS | _BREAKS | _ENDS))

_GOALS = "SELECT id, owner, chat FROM executor_goals WHERE updated_at > ? ORDER BY updated_at DESC, id DESC LIMIT ?"
_TASKS = "SELECT number, work, title, method, inputs, success, estimate, actual_outcome FROM goal_tasks WHERE goal = ?"
_LOG = (
    "SELECT task, event, at, CASE WHEN event = 'task_waiting' THEN details END FROM goal_execution_log"  # noqa: S608 - our own names
    f" WHERE goal = ? AND event IN ({_EVENTS}) ORDER BY sequence"
)
_QUESTIONS = """
SELECT g.owner, g.chat, b.raised_at, b.resolved_at, b.resolution_attempts
FROM goal_blockages AS b JOIN executor_goals AS g ON g.id = b.goal
WHERE b.blockage_type = 'external' AND b.from_whom IN ('you', '') AND b.resolved_at > ? AND g.owner IS NOT NULL
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Goal:
    """Whose a goal is, and where it is reported."""

    owner: UserId | None  # None for goals of a program, as is `chat`
    chat: ChatId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _End:
    """A run as the log tells it."""

    task: int
    worked: bool
    hours: float | None  # None where nobody saw it begin
    at: dt.datetime
    waited: WaitingFor | None  # None for what ran by itself


@dataclass(slots=True, kw_only=True)
class _Run:
    """A run under way."""

    began: dt.datetime | None = None
    waits: WaitingFor | None = None


async def read_history(reader: Reader, since: dt.datetime) -> History:
    """All that ended after a moment, of all chats: the newest `MOST_RUNS`, oldest end first. Raises `StoreError`."""
    return await reader.snapshot(lambda connection: _history(connection, since))


def _history(connection: sqlite3.Connection, since: dt.datetime) -> History:
    experiences: list[Experience] = []
    answers = list(_blockage_answers(connection, since))
    for number, owner, chat in connection.execute(_GOALS, (time_text(since), MOST_GOALS)).fetchall():
        ends = [end for end in _ends(connection, number) if end.at > since]
        goal = _Goal(owner=owner, chat=chat)
        for found in _of_goal(connection, number, goal, ends) if ends else ():
            if isinstance(found, Answer):
                answers.append(found)
            else:
                experiences.append(found)
    experiences.sort(key=attrgetter("ended_at"))
    answers.sort(key=attrgetter("at"))
    return History(experiences=tuple(experiences[-MOST_RUNS:]), answers=tuple(answers[-MOST_RUNS:]))


def _ends(connection: sqlite3.Connection, goal: int) -> Iterator[_End]:
    """The ends of all runs of a goal's tasks, oldest first."""
    runs: dict[int, _Run] = {}
    pauses: list[tuple[dt.datetime, dt.datetime]] = []
    paused: dt.datetime | None = None  # since when; None while it goes on
    for task, event, text, details in connection.execute(_LOG, (goal,)):
        at = parse_time(text)
        if event in _PAUSES:
            paused = paused or at
        elif event in _GOES_ON:
            if paused is not None:
                pauses.append((paused, at))
            paused = None
        elif event in _BEGINS:
            run = runs.setdefault(task, _Run())
            run.began = run.began or at
            run.waits = _waiting_for(details)
        elif event in _BREAKS:
            runs.pop(task, None)
        else:
            run = runs.pop(task, _Run())
            still = [*pauses, (paused, at)] if paused is not None else pauses
            hours = None if run.began is None else _elapsed(run.began, at, still)
            yield _End(task=task, worked=event == "task_completed", hours=hours, at=at, waited=run.waits)


def _waiting_for(details: str | None) -> WaitingFor | None:
    waiting = object_from_json(details)["waiting"] if details else None
    if not isinstance(waiting, dict) or waiting.get("claim"):  # a look at what a work brought is no work of a person's
        return None
    what = WaitingFor(str(waiting["what"]))
    return None if what in (WaitingFor.JUDGEMENT, WaitingFor.APPROVAL) else what


def _elapsed(began: dt.datetime, ended: dt.datetime, pauses: Sequence[tuple[dt.datetime, dt.datetime]]) -> float:
    """Hours from begin to end, without what of the pauses lies between."""
    spent = ended - began
    for paused, resumed in pauses:
        spent -= max(min(resumed, ended) - max(paused, began), dt.timedelta())
    return max(spent / _HOUR, 0.0)


def _of_goal(
    connection: sqlite3.Connection, number: int, goal: _Goal, ends: Sequence[_End]
) -> Iterator[Experience | Answer]:
    tasks = {row[0]: row[1:] for row in connection.execute(_TASKS, (number,))}
    for end in ends:
        work, title, method, inputs, success, estimate, outcome = tasks[end.task]
        if end.waited is WaitingFor.DECISION:
            if end.worked and end.hours is not None and goal.owner is not None:
                yield Answer(person=goal.owner, hours=end.hours, at=end.at, chat=goal.chat)
            continue
        if end.waited in (WaitingFor.TIME, WaitingFor.SUBGOAL) or not _tells_of(work, end, outcome):
            continue
        persons = end.waited is not None or work == HAND_IN or (work == "person" and end.hours is None)
        step = Step(work=work, title=title, method=method, inputs=object_from_json(inputs))
        yield Experience(
            doing=doing_of(step, goal.owner if persons else None),
            success=success,
            estimate=parse_estimate(estimate),
            worked=end.worked,
            hours=None if persons and end.hours is not None and end.hours < AT_ONCE else end.hours,
            ended_at=end.at,
            chat=goal.chat,
        )


def _tells_of(work: str, end: _End, outcome: str | None) -> bool:
    """Whether an end tells something of its work: what a person did in a program's stead does not."""
    if not end.worked or end.waited is not None or work in ("person", HAND_IN):
        return True
    brought = parse_outcome(outcome)
    return brought is None or not brought.by_person


def _blockage_answers(connection: sqlite3.Connection, since: dt.datetime) -> Iterator[Answer]:
    """Questions of blockages that a person answered in words or by pressing «It is resolved»."""
    for owner, chat, raised, resolved, tried in connection.execute(_QUESTIONS, (time_text(since),)):
        if any(attempt["what"] == "you" for attempt in json.loads(tried)):
            at = parse_time(resolved)
            yield Answer(person=owner, hours=max((at - parse_time(raised)) / _HOUR, 0.0), at=at, chat=chat)
