"""What came of a fact that somebody told, in words: what it moves, what is asked first, what could not be told."""

import datetime as dt
from collections.abc import Sequence

from engine.absences import absences
from engine.commands import GoalEdit
from engine.execution.lost_resources import lacking, needing
from engine.goals import Goal, Priority
from engine.intake import each_once
from engine.passing_facts import passing
from engine.planning.criteria.changes import TRAITS, Change, ChangeKind, Heard
from engine.tasks import Task
from handlers.views.letters import few, line
from handlers.views.signs import PRIORITY_WORDS
from handlers.views.times import moment, plural

_MOST_GOALS = 8
DONE_ALREADY = "you said that it is done already"
UNDERSTOOD = (
    "I understand, for instance: «customers want the pricing page first», «the logo before the texts», «we no longer "
    "need the logo», «we also need a French version», «300 signups instead of 500», «the logo is done already», «the "
    "deadline is Friday», «make it high priority», «rename it to …», «the gpu is gone until Friday», «the office is "
    "closed until 3 December»."
)


def criteria_after(goal: Goal, changes: Sequence[Change]) -> tuple[str, ...]:
    """The criteria without those that fall away, in their new words, and with those that are new."""
    gone = {change.criterion for change in changes if change.kind is ChangeKind.DROP}
    words = {change.criterion: change.text for change in changes if change.kind is ChangeKind.REWORD}
    kept = [words.get(index, text) for index, text in enumerate(goal.criteria) if index not in gone]
    return each_once([*kept, *(change.text for change in changes if change.kind is ChangeKind.ADD)])


def edited_goal(newest: Goal, before: Goal, changes: Sequence[Change], zone: str, now: dt.datetime) -> list[str]:
    """What changed about the goal itself, fact by fact."""
    found: list[str] = []
    for change in changes:
        match change.kind:
            case ChangeKind.DROP:
                text = line(before.criteria[change.criterion or 0], 150)
                found.append(f"➖ No longer wanted: «{text}». What was done for it stays.")
            case ChangeKind.REWORD if change.text in before.criteria:
                found.append(f"«{line(change.text, 150)}» is what it says already.")
            case ChangeKind.REWORD:
                text, now_says = line(before.criteria[change.criterion or 0], 150), line(change.text, 150)
                found.append(f"✏️ «{text}» is now «{now_says}». I'm working out what follows.")
            case ChangeKind.ADD if change.text in before.criteria:
                found.append(f"«{line(change.text, 150)}» is among the criteria already.")
            case ChangeKind.ADD:
                found.append(f"➕ New: «{line(change.text, 150)}». I'm working out what it takes.")
            case ChangeKind.DEADLINE:
                until = moment(newest.deadline, zone, now) if newest.deadline is not None else "none any more"
                found.append(f"📅 The deadline: {until}.")
            case ChangeKind.KNOWN:
                end = passing(newest.metadata).get(change.name) if change.when else None
                until = moment(end.until, zone, now) if end is not None else ""
                found.append(f"🧭 {_known(change, until)}")
            case ChangeKind.NAME | ChangeKind.PRIORITY:
                found.append(_trait(newest, change.kind))
            case _:
                continue
    return found


def _trait(newest: Goal, kind: ChangeKind) -> str:
    if kind is ChangeKind.NAME:
        return f"✏️ It is called «{line(newest.name, 150)}» now."
    return f"🎚 It has {PRIORITY_WORDS[newest.priority]} priority now."


def traits_of(changes: Sequence[Change]) -> GoalEdit:
    """The name and the priority that were said."""
    names = [change.text for change in changes if change.kind is ChangeKind.NAME]
    urgencies = [Priority[change.text.upper()] for change in changes if change.kind is ChangeKind.PRIORITY]
    return GoalEdit(name=names[-1] if names else None, priority=urgencies[-1] if urgencies else None)


def _known(change: Change, until: str) -> str:
    fact = f"«{line(change.text, 150)}»"
    when = f" until {until}" if until else ""
    match change.value:
        case True:
            told = f"Noted: {fact} holds{when}."
        case False:
            told = f"Noted: {fact} does not hold{when}."
        case _:
            told = f"Noted: {fact} is {line(str(change.value), 60)}{when}."
    if until:
        return f"{told} What rests on it waits until then, or is done in another way where that would be too late."
    return f"{told} What has not begun is planned anew where that makes a difference."


def resource_away(goals: Sequence[Goal], name: str, until: dt.datetime | None, zone: str, now: dt.datetime) -> str:
    """Which tasks of which goals wait for a resource, and until when; and which goals are to do without it."""
    named = line(name, 60)
    without = [one for one in goals if (away := absences(one, now).get(name)) is not None and away.without]
    waiting = [one for one in goals if one not in without]
    if not goals:
        return f"Nothing that is still to begin needs «{named}», so nothing has to wait. I'll keep it in mind."
    found: list[str] = []
    if waiting:
        when = f"until {moment(until, zone, now)}" if until is not None else f"until you say «{named} is back»"
        count, told = _of_goals(waiting, name)
        ever = "" if until is not None else f" Should it never be back, say «{named} is gone for good»."
        waits = "waits" if count == 1 else "wait"
        found.append(f"🚧 {plural(count, 'task')} {waits} for «{named}» {when}: {told}. The rest goes on.{ever}")
    if without:
        count, told = _of_goals(without, name)
        why = "is gone for good" if until is None else f"is back {moment(until, zone, now)}, too late for the deadline"
        tasks = f"{plural(count, 'task')} that {'needs' if count == 1 else 'need'} it: {told}"
        found.append(f"🚧 «{named}» {why}. I'm looking for another way for {tasks}. The rest goes on.")
    return "\n".join(found)


def resource_back(before: Sequence[Goal], name: str) -> str:
    """Which tasks of which goals may go on."""
    waited = [goal for goal in before if lacking(goal, name)]
    if not waited:
        return f"Good. Nothing was waiting for «{line(name, 60)}»."
    return f"▶️ «{line(name, 60)}» is back: {_of_goals(waited, name)[1]} may go on."


def _of_goals(goals: Sequence[Goal], name: str) -> tuple[int, str]:
    """How many tasks need a resource, and which; of several goals, by goal."""
    tasks = [needing(goal, name) for goal in goals]
    told = [_titles(own) for own in tasks]
    if len(goals) > 1:
        told = [f"{one} in «{line(goal.name, 60)}»" for one, goal in zip(told, goals, strict=True)]
    more = f"; and in {plural(len(told) - _MOST_GOALS, 'more goal')}" if len(told) > _MOST_GOALS else ""
    return sum(map(len, tasks)), "; ".join(told[:_MOST_GOALS]) + more


def reordering(goal: Goal) -> str:
    """That the order is being changed; the difference comes with the plan."""
    return f"🗺 I'm changing the order of «{line(goal.name)}». What is done or under way stays as it is."


def order_later(orders: Sequence[Change]) -> str:
    """That the order has to wait for another change of the plan."""
    said = "; ".join(line(change.said, 100) for change in orders)
    return f"The plan is being changed just now; say «{said}» once more when the new one is there."


def unclear(sentence: str) -> str:
    """What could not be told, and that it is kept."""
    return f"🤔 I could not tell what this changes: «{line(sentence, 200)}». It is kept as a note."


def looked_at_all() -> str:
    """The same where the whole plan is looked at instead."""
    told = "I could not tell from your words what this changes, so I look at all of it; they are kept as a note."
    return f"{told} {UNDERSTOOD}"


def ask_done(goal: Goal, changes: Sequence[Change], tasks: Sequence[Sequence[Task]]) -> str:
    """Whether what is open of a criterion that is said to be done is to be counted as done."""
    found = []
    for change, some in zip(changes, tasks, strict=True):
        text = line(goal.criteria[change.criterion or 0], 100)
        if some:
            found.append(f"«{text}»: {plural(len(some), 'task')} still open ({_titles(some)}).")
        else:
            found.append(f"«{text}»: nothing is open.")
    return "\n".join([*found, "Shall I count all of it as done? That can't be taken back."])


def ask_figures(goal: Goal, changes: Sequence[Change]) -> str:
    """Whether figures are what criteria shall say now, in all."""
    pairs = [(line(goal.criteria[one.criterion or 0], 150), line(one.text, 150)) for one in changes]
    return "\n".join(f"«{before}»: shall it be «{after}», in all, from now on?" for before, after in pairs)


def ask_to_follow(goal: Goal, heard: Heard) -> str:
    """Whether a note is more than a note."""
    kept = f"📝 Kept with «{line(goal.name)}». It sounds as if something has changed: "
    follow = "Shall I change it?" if all(one.kind in TRAITS for one in heard.changes) else "Shall the plan follow?"
    return f"{kept}{_said(heard)}. {follow}"


def ask_whether_changed(goal: Goal, heard: Heard) -> str:
    """Whether what was said of no goal by name is about this one."""
    follows = "it is changed" if all(one.kind in TRAITS for one in heard.changes) else "its plan follows"
    return f"Is this about «{line(goal.name)}»? {_said(heard)}. With «yes» {follows}."


def _said(heard: Heard) -> str:
    return f"«{'; '.join(line(change.said, 150) for change in heard.changes)}»"


def counted_done(tasks: Sequence[Task]) -> str:
    """What was counted as done."""
    return f"✅ Counted as done: {_titles(tasks)}."


def _titles(tasks: Sequence[Task]) -> str:
    return few([f"«{line(task.title, 60)}»" for task in tasks], 3)
