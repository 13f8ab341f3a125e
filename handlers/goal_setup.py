"""Setting up a goal: /goal, and the dialogue that asks only what is missing."""

import datetime as dt
import re
from dataclasses import replace

from aiogram import Router
from aiogram.dispatcher.event.bases import SkipHandler
from aiogram.filters import Command, CommandObject
from aiogram.types import CallbackQuery, Message

from engine.commands import Origin
from engine.errors import InvalidInputError
from engine.goal_engine import GoalEngine as Engine
from engine.goals import Priority
from engine.intake import checked_criteria, each_once, said_again
from engine.planning.criteria.changes import ChangeKind, read_traits
from engine.planning.criteria.goal_text import (
    GoalText,
    priority_of,
    read_criteria,
    read_goal,
    read_priority,
    set_apart,
)
from engine.planning.criteria.moments import parse_deadline
from engine.records import Handled, Outgoing
from engine.values import JsonObject
from handlers import keyboards, settings
from handlers.callbacks import SetupDeed, SetupTap
from handlers.desk import SETTING_UP, SINCE, Desk
from handlers.drafts import NAME_LENGTH, Draft, Step, draft_from, draft_of
from handlers.errors import explain
from handlers.gates import InDialogue
from handlers.reading.naming import named_task
from handlers.reading.several import tells_of_several
from handlers.reading.steps import steps_in
from handlers.reading.words import Meaning, is_enough
from handlers.small_talk import SmallTalk, small_talk
from handlers.taps import answer_tap, tapped_message
from handlers.views import setup
from handlers.views.letters import cut, edited, letter, line
from handlers.views.signs import PRIORITY_WORDS
from handlers.views.times import plural
from handlers.views.welcome import zone_words

_POINT = re.compile(r"\s*[-–—•*]\s+\S")
"""How one more point begins while another question is asked."""
_ONE_MORE = "If it is one more point, begin it with «- »."
_NO_ANSWERS = frozenset({SmallTalk.HELP, SmallTalk.HELLO, SmallTalk.THANKS, SmallTalk.COMMAND})
_FEW = 2
"""Words; «5», «yes» and «not yet» are neither a name nor a point."""
_WELCOME = "You're welcome. One thing is still open:"
_HELP = "Answer by button or in your own words. /cancel leaves this, and /help shows what else I understand."


async def set_goal_command(message: Message, command: CommandObject, engine: Engine, desk: Desk) -> Handled:
    """/goal, with all, some or nothing of what a goal needs."""
    return await begin(command.args or "", engine, desk)


async def begin(text: str, engine: Engine, desk: Desk, message: int | None = None) -> Handled:
    """Set up the goal that a text describes; `message` is an offer that becomes the first question (None: none)."""
    said = read_goal(text)
    draft, problems = draft_from(said, desk.update_id), []
    if said.deadline is not None:
        try:
            deadline = parse_deadline(said.deadline, now=desk.now, zone=desk.zone)
            draft = replace(draft, deadline=deadline, deadline_known=True)
            problems.append(_due(draft, desk))
        except InvalidInputError as error:
            problems.append(explain(error))
    try:
        checked_criteria(draft.criteria)
    except InvalidInputError as error:  # said at once: who hears it behind two more questions has to answer them again
        draft = _without(draft, error.field)
        problems.append(explain(error))
    if not problems and said.deadline is None:
        problems.append(_points_of(draft))
    return await go_on(draft, engine, desk, message, problem=" ".join(filter(None, (_left_aside(desk), *problems))))


def is_being_set_up(text: str, message: int | None, desk: Desk) -> bool:
    """Whether the set-up that is open is of the goal that a text describes, or began with this message."""
    found = desk.set_up
    if found is None or found.name != SETTING_UP:
        return False
    named = draft_from(read_goal(text), 0).name
    return found.facts.get(SINCE) == message or (bool(named) and draft_of(found.facts).name == named)


def _points_of(draft: Draft) -> str:
    """Says what was understood where the points came with the name; empty where none did."""
    count = len(each_once(draft.criteria))
    return f"«{line(draft.name, 100)}», with {plural(count, 'point')}." if count and draft.name else ""


def _due(draft: Draft, desk: Desk) -> str:
    """Says how a deadline that came with more was understood."""
    when = setup.deadline_words(draft.deadline, desk.zone, desk.now)
    return f"Kept: by {when}." if when else "Kept: no deadline."


def _left_aside(desk: Desk) -> str:
    """Says that a set-up which was under way gives way to this one; empty when there was none."""
    before = desk.set_up
    name = draft_of(before.facts).name if before is not None and before.name == SETTING_UP else ""
    return f"«{line(name, 100)}» is left aside; nothing was set." if name else ""


async def go_on(draft: Draft, engine: Engine, desk: Desk, message: int | None = None, problem: str = "") -> Handled:
    """Ask what is missing next, in place of `message` when there is one; with nothing missing, set the goal."""
    if draft.step is Step.NOTHING:
        return await _finish(draft, engine, desk, message)
    if draft.step is Step.CRITERIA and not draft.suggestions:
        draft = replace(draft, suggestions=_suggestions(draft))
    question = _question(draft, desk, problem)
    return desk.ask(draft.dialogue(), edited(question, message))


def _suggestions(draft: Draft) -> tuple[str, ...]:
    from engine.planning.criteria.suggestions import suggest_criteria  # noqa: PLC0415 - no start is to wait for it

    return tuple(suggest_criteria(draft.name, draft.description))[:5]


def _question(draft: Draft, desk: Desk, problem: str) -> Outgoing:
    match draft.step:
        case Step.CRITERIA:
            left = [one if one not in draft.criteria else "" for one in draft.suggestions]
            buttons = keyboards.criteria_buttons(left, len(draft.criteria), draft.of)
            asked = setup.ask_criteria(desk.here, draft.name, each_once(draft.criteria), buttons)
            return asked if not problem else _with_problem(problem, asked)
        case Step.DEADLINE:
            zone = None if desk.chat.zone_known else zone_words(desk.zone)
            return setup.ask_deadline(desk.here, problem, zone, draft.of)
        case Step.PRIORITY:
            asked = setup.ask_priority(desk.here, draft.of)
            return asked if not problem else _with_problem(problem, asked)
        case Step.NAME | Step.NOTHING:
            asked = setup.ask_name(desk.here, draft.of)
            return asked if not problem else _with_problem(problem, asked)


def _with_problem(problem: str, asked: Outgoing) -> Outgoing:
    """The remark before the question; its formatting goes, so that no entity is out of place."""
    payload = {name: value for name, value in asked.payload.items() if name != "entities"}
    return replace(asked, payload={**payload, "text": f"{line(problem, 500)}\n\n{payload['text']}"})


async def _finish(draft: Draft, engine: Engine, desk: Desk, message: int | None) -> Handled:
    priority = draft.priority or Priority.NORMAL
    origin = Origin(chat=desk.here, thread=desk.thread, owner=desk.user, cause=desk.cause())
    try:
        goal = await engine.set_goal(
            draft.name, draft.description, draft.criteria, int(priority), draft.deadline, origin=origin
        )
    except InvalidInputError as error:
        return await go_on(_without(draft, error.field), engine, desk, problem=explain(error))
    deadline = setup.deadline_words(draft.deadline, desk.zone, desk.now)
    facts = (draft.name, len(each_once(draft.criteria)), priority)
    told = setup.goal_set(desk.here, goal, facts, deadline, said_again(draft.criteria))
    return desk.close_set_up(draft.of, edited(told, message))


def _without(draft: Draft, field: str) -> Draft:
    """The draft with what can't be used asked again."""
    match field:
        case "criteria":
            return replace(draft, criteria=(), criteria_known=False)
        case "deadline":
            return replace(draft, deadline=None, deadline_known=False)
        case "priority":
            return replace(draft, priority=None)
        case _:
            return replace(draft, name="", description="", suggestions=())


async def answer(message: Message, facts: JsonObject, words: str, engine: Engine, desk: Desk) -> Handled:
    """An answer in words to whatever was asked; further points may follow while later questions are asked. What tells
    how a task stands («2 done») is no name and no point, and about something else."""
    draft = draft_of(facts)
    kind = small_talk(words)
    if kind in _NO_ANSWERS and not is_enough(words):
        return await go_on(draft, engine, desk, problem=_HELP if kind is not SmallTalk.THANKS else _WELCOME)
    if kind is SmallTalk.NOTHING_ASKED and draft.step in (Step.NAME, Step.CRITERIA) and not is_enough(words):
        if _is_of_task(words):
            raise SkipHandler
        if len(words.split()) <= _FEW:
            return await go_on(draft, engine, desk, problem=_HELP)
    corrected = None if draft.step is Step.NAME else await _corrected(draft, words, engine, desk)
    if corrected is not None:
        return corrected
    rest, said = set_apart(words)
    if said.deadline is not None or said.priority is not None:
        return await _labelled(draft, said, rest, engine, desk)
    return await _answer_with(draft, words, engine, desk)


def _is_of_task(words: str) -> bool:
    """Whether they tell how tasks stand that they name by their numbers."""
    if small_talk(words) is not SmallTalk.NOTHING_ASKED:
        return False
    return named_task(words) is not None or ("\n" not in words.strip() and tells_of_several(words))


async def _corrected(draft: Draft, words: str, engine: Engine, desk: Desk) -> Handled | None:
    """What was said already, said otherwise: «make it high priority», «rename it to …», «forget the second one»; None
    for anything else. What names a setting is about that."""
    is_listing = draft.step is Step.CRITERIA
    if not is_listing and settings.named(words, desk) is not None:
        raise SkipHandler
    if traits := {one.kind: one.text or one.when for one in read_traits(words)}:
        urgency = read_priority(traits.get(ChangeKind.PRIORITY, ""))
        name, when = traits.get(ChangeKind.NAME, ""), traits.get(ChangeKind.DEADLINE)
        return await _labelled(draft, GoalText(name=name, deadline=when, priority=urgency), "", engine, desk)
    points = list(enumerate(draft.criteria, start=1))
    dropped = {int(one.number) for one in steps_in(words, points) if one.meaning is Meaning.DROP}
    left = tuple(point for number, point in points if number not in dropped)
    if is_listing or not left or left == draft.criteria:
        return None
    gone = "; ".join(f"«{line(point, 60)}»" for number, point in points if number in dropped)
    return await go_on(replace(draft, criteria=left), engine, desk, problem=f"Left out: {gone}.")


async def _answer_with(draft: Draft, words: str, engine: Engine, desk: Desk) -> Handled:
    """These words as the answer to what is missing first."""
    if draft.step in (Step.DEADLINE, Step.PRIORITY) and _POINT.match(words):
        return await _criteria(draft, words, engine, desk)
    match draft.step:
        case Step.NAME | Step.NOTHING:
            named = draft_from(read_goal(words), draft.of)
            known = replace(draft, name=named.name, description=named.description, suggestions=())
            return await go_on(replace(known, criteria=draft.criteria or named.criteria), engine, desk)
        case Step.CRITERIA:
            return await _criteria(draft, words, engine, desk)
        case Step.DEADLINE:
            try:
                when = "none" if is_enough(words) else words
                deadline = parse_deadline(when, now=desk.now, zone=desk.zone)
            except InvalidInputError as error:
                if _is_of_task(words):
                    raise SkipHandler from None
                return await go_on(draft, engine, desk, problem=f"{explain(error)} {_ONE_MORE}")
            return await go_on(replace(draft, deadline=deadline, deadline_known=True), engine, desk)
        case Step.PRIORITY:
            priority = read_priority(words)
            if priority is None and _is_of_task(words):
                raise SkipHandler
            problem = "" if priority else "I know four: low, normal, high and urgent."
            return await go_on(replace(draft, priority=priority), engine, desk, problem=problem)


async def _labelled(draft: Draft, said: GoalText, rest: str, engine: Engine, desk: Desk) -> Handled:
    """What came with its name («deadline: Friday») is kept whatever was asked, and the rest is the answer."""
    kept = [f"Kept: {PRIORITY_WORDS[said.priority]} priority."] if said.priority is not None else []
    draft = replace(draft, priority=said.priority or draft.priority)
    if said.name:
        draft = replace(draft, name=cut(said.name, NAME_LENGTH), suggestions=())
        kept.insert(0, f"It is called «{line(draft.name, 100)}» now.")
    if said.deadline is not None:
        try:
            deadline = parse_deadline(said.deadline, now=desk.now, zone=desk.zone)
        except InvalidInputError as error:
            if draft.step is Step.CRITERIA:
                draft = replace(draft, criteria=(*draft.criteria, *read_criteria(rest)), criteria_known=bool(rest))
            return await go_on(draft, engine, desk, problem=explain(error))
        draft = replace(draft, deadline=deadline, deadline_known=True)
        kept.append(_due(draft, desk))
    if rest:
        return await _answer_with(draft, rest, engine, desk)
    return await go_on(draft, engine, desk, problem=" ".join(kept))


async def _criteria(draft: Draft, words: str, engine: Engine, desk: Desk) -> Handled:
    if is_enough(words):
        return await go_on(replace(draft, criteria_known=True), engine, desk)
    criteria = (*draft.criteria, *read_criteria(words))
    try:
        checked_criteria(criteria)
    except InvalidInputError as error:
        return await go_on(draft, engine, desk, problem=explain(error))
    kept = f"Kept: {plural(len(criteria), 'point')} now." if draft.criteria_known else ""
    return await go_on(replace(draft, criteria=criteria, criteria_known=True), engine, desk, problem=kept)


async def press(query: CallbackQuery, callback_data: SetupTap, engine: Engine, desk: Desk) -> Handled:
    """An answer by button; one of an older set-up is explained."""
    dialogue = desk.set_up
    draft = draft_of(dialogue.facts) if dialogue is not None and dialogue.name == SETTING_UP else None
    if draft is None or draft.of != callback_data.of or (step := _pressed(draft, callback_data, desk.now)) is None:
        await answer_tap(query, "This question has been answered already. /goal starts a new one.")
        closed = letter(desk.here, "This question is closed. /goals shows your goals, /goal sets a new one.")
        current = draft is not None and draft.of == callback_data.of
        return desk.keep() if current else desk.keep(edited(closed, tapped_message(query)))
    await answer_tap(query)
    return await go_on(step, engine, desk, tapped_message(query))


def _pressed(draft: Draft, tap: SetupTap, now: dt.datetime) -> Draft | None:
    """The draft after the press; None when its question is no longer the one being asked."""
    match tap.deed:
        case SetupDeed.SUGGESTION if draft.step is Step.CRITERIA and tap.value < len(draft.suggestions):
            return replace(draft, criteria=each_once([*draft.criteria, draft.suggestions[tap.value]]))
        case SetupDeed.GO_ON | SetupDeed.SKIP if draft.step is Step.CRITERIA:
            return replace(draft, criteria_known=True)
        case SetupDeed.WEEKS if draft.step is Step.DEADLINE and tap.value <= 520:
            until = now + dt.timedelta(weeks=tap.value) if tap.value else None
            return replace(draft, deadline=until, deadline_known=True)
        case SetupDeed.PRIORITY if draft.step is Step.PRIORITY:
            return replace(draft, priority=priority_of(tap.value))
        case _:
            return None


def routes() -> Router:
    """/goal, the answers and the buttons."""
    router = Router(name="goal_setup")
    router.message.register(set_goal_command, Command("goal"))
    router.message.register(answer, InDialogue(SETTING_UP))
    router.callback_query.register(press, SetupTap.filter())
    return router
