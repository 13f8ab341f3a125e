"""What somebody says has changed about a goal: followed where it can be told, asked about where it can't be taken back,
and honestly left alone where it can't be told.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from aiogram import F, Router
from aiogram.dispatcher.event.bases import SkipHandler
from aiogram.filters import Filter
from aiogram.types import CallbackQuery, Message

from engine.absences import Absence, absences
from engine.commands import UNCHANGED, GoalEdit
from engine.errors import InvalidInputError, NotFoundError, RefusedError
from engine.execution.lost_resources import lacking, needing
from engine.goal_engine import GoalEngine as Engine
from engine.goals import Goal
from engine.planning.criteria.changes import ORDERS, Change, ChangeKind, Heard, may_be_of_resource, read_changes
from engine.planning.criteria.moments import ACCEPTED, parse_deadline
from engine.planning.knowables import knowables_of
from engine.records import Dialogue, Handled
from engine.tasks import ENDED_TASKS, Task
from engine.values import Cause, GoalId, JsonObject
from handlers import keyboards
from handlers.callbacks import GoalDeed, GoalTap, read_tap
from handlers.choosing import GoalUnclearError, goals_to_choose, living_goals
from handlers.desk import Desk, number_in
from handlers.gates import InDialogue, Injected, is_command, own_goal, subject_of
from handlers.reading.delays import worded
from handlers.reading.words import is_no, is_yes
from handlers.taps import answer_tap, tapped_message
from handlers.views import changes as views
from handlers.views.letters import edited, letter, line

TOLD = "told_changes"
_NEEDS_NOBODY = frozenset({"decide", "measure", "subgoal"})
"""Works of tasks that nobody can simply have done: said to be done already, they are left out."""


async def follow(goal: Goal, words: str, engine: Engine, desk: Desk, *, keep: bool = False) -> Handled | None:
    """Do what follows from what was said; None where nothing in it is a fact. With `keep` it is a note, too, that may
    mean no more than itself: then whoever wrote it is asked first."""
    heard, carrying = await _heard(words, goal, engine, desk)
    if not heard.changes:
        return None
    if keep:
        await engine.add_note(goal.id, words, cause=desk.cause())
        return _ask(goal, words, desk, views.ask_to_follow(goal, heard))
    doubtful = [change for change in heard.changes if change.is_doubtful]
    if doubtful:
        return _ask(goal, words, desk, views.ask_figures(goal, doubtful))
    await carrying.out(heard)
    done = [change for change in heard.changes if change.kind is ChangeKind.DONE]
    if done:
        carrying.told.append(views.ask_done(goal, done, [_open(goal, change) for change in done]))
        return _ask(goal, "; ".join(change.said for change in done), desk, "\n".join(carrying.told))
    return desk.end(letter(desk.here, "\n".join(carrying.told), keyboards.see_goal(goal.id), goal.id))


async def follow_resource(words: str, engine: Engine, desk: Desk) -> Handled | None:
    """What somebody says, of no goal by name, of a resource that goals of theirs need; None where it says none."""
    if not may_be_of_resource(words):
        return None
    goals = await living_goals(engine, desk)
    heard = read_changes(words, goals[0], _resources_of(goals, desk.now)) if goals else Heard()
    if not heard.is_clear or any(one.kind not in (ChangeKind.AWAY, ChangeKind.BACK) for one in heard.changes):
        return None
    carrying = _Carrying(goal=goals[0], engine=engine, desk=desk, sharing=goals)
    await carrying.out(heard)
    return desk.end(letter(desk.here, "\n".join(carrying.told)))


async def ask_of_goals(words: str, engine: Engine, desk: Desk) -> Handled | None:
    """What somebody says of a goal that they don't name: asked about, since it may be about none. None where it would
    change none; where it would change several, which is meant."""
    goals, known = await living_goals(engine, desk), await knowables_of(engine.planner)
    resources = _resources_of(goals, desk.now)
    heard = {goal.id: (goal, read_changes(words, goal, resources, known)) for goal in goals}
    fitting = {number: one for number, one in heard.items() if one[1].is_clear}
    if not fitting:
        return None
    rows = [row for row in await goals_to_choose(engine, desk, GoalDeed.REPLAN) if row.id in fitting]
    if len(rows) > 1:
        raise GoalUnclearError(rows, GoalDeed.REPLAN, words)
    goal, said = fitting[rows[0].id] if rows else next(iter(fitting.values()))
    return _ask(goal, words, desk, views.ask_whether_changed(goal, said), guessed=True)


async def _sharing(words: str, goal: Goal, engine: Engine, desk: Desk) -> tuple[Goal, ...]:
    """The goals that share resources with this one, itself first; only itself where the words say nothing of any."""
    if not may_be_of_resource(words):
        return (goal,)
    return (goal, *(one for one in await living_goals(engine, desk) if one.id != goal.id))


def _resources_of(goals: Iterable[Goal], now: dt.datetime) -> set[str]:
    """What the goals need, or go without because it is away."""
    needed = {name for goal in goals for task in goal.tasks.values() for name in task.resources}
    return needed.union(*(absences(goal, now) for goal in goals))


def _ask(goal: Goal, words: str, desk: Desk, question: str, *, guessed: bool = False) -> Handled:
    """`guessed`: it was not said which goal is meant."""
    yes = keyboards.button("Yes", GoalTap(deed=GoalDeed.FACTS_YES, goal=goal.id))
    asked = letter(desk.here, question, [[yes], *keyboards.leave_button(desk.update_id)], goal.id)
    return desk.ask(Dialogue(name=TOLD, facts={"goal": goal.id, "text": words, "guessed": guessed}), asked)


def _open(goal: Goal, change: Change) -> list[Task]:
    return [t for t in goal.live_tasks if t.criterion == change.criterion and t.status not in ENDED_TASKS]


@dataclass(slots=True, kw_only=True)
class _Carrying:
    """One text that is being followed, with what was done about it so far."""

    goal: Goal
    engine: Engine
    desk: Desk
    sharing: tuple[Goal, ...]
    """The goals that a resource is shared by, this one first."""
    told: list[str] = field(default_factory=list)
    commands: int = 0

    async def out(self, heard: Heard) -> None:
        """Follow everything but what is said to be done: that is asked about."""
        edits = await self._edit(heard.changes)
        for change in heard.changes:
            if change.kind is ChangeKind.AWAY:
                await self._away(change)
            elif change.kind is ChangeKind.BACK:
                await self._back(change.name)
        await self._order([change for change in heard.changes if change.kind in ORDERS], is_early=edits)
        for sentence in heard.unclear:
            await self.engine.add_note(self.goal.id, sentence, cause=self._cause())
            self.told.append(views.unclear(sentence))

    def _cause(self) -> Cause:
        self.commands += 1
        return self.desk.cause(self.commands)

    def _causes(self) -> dict[GoalId, Cause]:
        """One for each goal, touched or not: after a crash fewer may be left to touch, and each must have its own."""
        return {one.id: self._cause() for one in self.sharing}

    async def _edit(self, changes: tuple[Change, ...]) -> bool:
        """Criteria, deadline and what is known, in one step; says whether the plan has to follow."""
        goal, desk = self.goal, self.desk
        criteria = views.criteria_after(goal, changes)
        known: JsonObject = {change.name: change.value for change in changes if change.kind is ChangeKind.KNOWN}
        ends = {
            change.name: self._moment(change.when)
            for change in changes
            if change.kind is ChangeKind.KNOWN and change.when
        }
        dates = [change.when for change in changes if change.kind is ChangeKind.DEADLINE]
        until = parse_deadline(dates[-1], now=desk.now, zone=desk.zone) if dates else UNCHANGED
        if criteria == () and goal.criteria:
            raise RefusedError("last_criterion", "it is all that is left of the goal")
        new = criteria if criteria != goal.criteria else None
        edit = replace(views.traits_of(changes), criteria=new, deadline=until, known=known, known_until=ends)
        if edit != GoalEdit():
            newest = await self.engine.edit_goal(goal.id, edit, cause=self._cause())
            self.told += views.edited_goal(newest, goal, changes, desk.zone, desk.now)
        else:
            self.told += views.edited_goal(goal, goal, changes, desk.zone, desk.now)
        return criteria != goal.criteria or bool(known)

    def _moment(self, said: str) -> dt.datetime:
        """Raises `InvalidInputError` for what is no date, or over."""
        found = worded(said, self.desk.now, self.desk.zone)
        if found is None or found <= self.desk.now:
            problem = "is no date that I can read" if found is None else "is over already"
            raise InvalidInputError("date", f"«{said}» {problem}", ACCEPTED)
        return found

    async def _away(self, change: Change) -> None:
        until = self._moment(change.when) if change.when else None
        absence = Absence(until=until, without=change.for_good)
        causes = self._causes()
        newest = [
            await self.engine.miss_resource(one.id, change.name, absence, cause=causes[one.id]) for one in self.sharing
        ]
        touched = [now for one, now in zip(self.sharing, newest, strict=True) if needing(one, change.name)]
        self.told.append(views.resource_away(touched, change.name, until, self.desk.zone, self.desk.now))

    async def _back(self, name: str) -> None:
        missing = [one for one in self.sharing if lacking(one, name) or name in absences(one, self.desk.now)]
        self.told.append(views.resource_back(missing, name))
        causes = self._causes()
        for one in missing:
            await self.engine.regain_resource(one.id, name, cause=causes[one.id])

    async def _order(self, orders: list[Change], *, is_early: bool) -> None:
        if not orders:
            return
        if is_early or self.goal.adapting is not None:  # one change of the plan after the other
            self.told.append(views.order_later(orders))
            return
        reason = "; ".join(change.said for change in orders)
        await self.engine.request_adaptation(self.goal.id, reason, cause=self._cause())
        self.told.append(views.reordering(self.goal))


async def _heard(words: str, goal: Goal, engine: Engine, desk: Desk) -> tuple[Heard, _Carrying]:
    """What was said of a goal, and what will follow it."""
    sharing = await _sharing(words, goal, engine, desk)
    heard = read_changes(words, goal, _resources_of(sharing, desk.now), await knowables_of(engine.planner))
    return heard, _Carrying(goal=goal, engine=engine, desk=desk, sharing=sharing)


async def take_yes(message: Message, facts: JsonObject, words: str, engine: Engine, desk: Desk) -> Handled:
    """«yes» or «no» to what was said; other words may be about something else."""
    goal, text = await own_goal(engine, desk, number_in(facts, "goal")), str(facts.get("text") or "")
    if is_no(words):
        own = f" If «{line(text, 80)}» is a goal of its own, send it behind /goal." if facts.get("guessed") else ""
        return desk.end(letter(desk.here, f"«{line(goal.name)}» stays as it is.{own}"))
    if not is_yes(words):
        raise SkipHandler
    return await _agreed(goal, text, engine, desk)


async def press_yes(query: CallbackQuery, goal: Goal, engine: Engine, desk: Desk) -> Handled:
    """The same by button."""
    kept = desk.dialogue_of(TOLD)
    if kept is None or kept.facts.get("goal") != goal.id:
        raise RefusedError("outdated", "that question is settled")
    await answer_tap(query)
    handled = await _agreed(goal, str(kept.facts.get("text") or ""), engine, desk)
    first, *rest = handled.replies
    return desk.end(edited(first, tapped_message(query)), *rest)


async def _agreed(goal: Goal, words: str, engine: Engine, desk: Desk) -> Handled:
    """Follow what was said, and count as done what was said to be."""
    heard, carrying = await _heard(words, goal, engine, desk)
    await carrying.out(heard)
    tasks = [t for change in heard.changes if change.kind is ChangeKind.DONE for t in _open(goal, change)]
    for number, task in enumerate(tasks, start=carrying.commands + 1):
        cause = desk.cause(number)
        if task.work in _NEEDS_NOBODY:
            await engine.skip_task(goal.id, task.number, views.DONE_ALREADY, cause=cause)
        else:
            await engine.complete_task(goal.id, task.number, views.DONE_ALREADY, cause=cause)
    told = [*carrying.told, *([views.counted_done(tasks)] if tasks else [])]
    return desk.end(letter(desk.here, "\n".join(told) or "Nothing had to change.", (), goal.id))


class OnCard(Filter):
    """A reply, in words, to a message about a goal as a whole, such as its card."""

    async def __call__(self, message: Message, engine: Engine, desk: Desk) -> Injected:
        """Hand over the `goal` and the `words`."""
        replied = message.reply_to_message
        if not message.text or is_command(message) or replied is None or replied.reply_markup is None:
            return False
        if subject_of(message) is not None:
            return False
        taps = [read_tap(one.callback_data or "") for row in replied.reply_markup.inline_keyboard for one in row]
        goals = {tap.goal for tap in taps if isinstance(tap, GoalTap)}
        if len(goals) != 1:
            return False
        try:
            return {"goal": await own_goal(engine, desk, goals.pop()), "words": message.text}
        except (NotFoundError, RefusedError):
            return False  # somebody else's card: whatever was said is no fact of theirs


async def reply(message: Message, goal: Goal, words: str, engine: Engine, desk: Desk) -> Handled:
    """A fact in reply to a card; other words may be about something else."""
    handled = await follow(goal, words, engine, desk)
    if handled is None:
        raise SkipHandler
    return handled


def routes() -> Router:
    """Facts that were said."""
    router = Router(name="changes")
    router.message.register(take_yes, InDialogue(TOLD))
    router.message.register(reply, OnCard())
    router.callback_query.register(press_yes, GoalTap.filter(F.deed == GoalDeed.FACTS_YES))
    return router
