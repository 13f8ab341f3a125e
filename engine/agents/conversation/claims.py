"""Whether an answer claims what no tool has said: that something is done, started, cancelled, created. Pure.

An answer is a proposal like all that a model writes. What the tools returned in the turn is what it may say of goals
and tasks; anything else is sent back, and replaced by the plain facts when it comes again.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Final

from engine.agents.conversation.claim_words import (
    ABOUT_ONE,
    ASSURANCES,
    CLAIMS,
    CONDITIONS,
    EVERYTHING,
    GOAL_ID,
    GOAL_WORDS,
    NEGATIONS,
    NUMBERED,
    NUMBERS,
    SPEAKER,
    TASK_NUMBER,
    TASK_WORDS,
    THINGS,
    Claim,
)
from engine.agents.conversation.known import CARRIED_OUT, DROPPED, SETS, Deed, GoalFact, Known, Subject, TaskFact
from engine.agents.conversation.telling import is_foreign, tells
from engine.goals import ENDED_GOALS, GoalStatus
from engine.tasks import TaskStatus
from engine.values import GoalId, TaskNumber

_SHOWS = frozenset({"show_settings", "show_goal", "list_goals", "costs", "why", "forecast"})
"""Tools that show what is no status of a goal: settings, budgets, deadlines."""
_GOAL_FITS: Final[Mapping[Claim, frozenset[str]]] = {
    Claim.DONE: frozenset({GoalStatus.COMPLETED}),
    Claim.FAILED: frozenset({GoalStatus.FAILED}),
    Claim.CANCELLED: frozenset({GoalStatus.CANCELLED}),
    Claim.STARTED: frozenset({GoalStatus.ACTIVE, GoalStatus.BLOCKED, GoalStatus.COMPLETED}),
    Claim.PAUSED: frozenset({GoalStatus.PAUSED}),
    Claim.RESUMED: frozenset({GoalStatus.ACTIVE, GoalStatus.BLOCKED}),
    Claim.CREATED: frozenset(GoalStatus),
    Claim.ENDED: frozenset({GoalStatus.COMPLETED, GoalStatus.CANCELLED, GoalStatus.FAILED, GoalStatus.PAUSED}),
}
_TASK_FITS: Final[Mapping[Claim, frozenset[str]]] = {
    Claim.DONE: frozenset({TaskStatus.COMPLETED}),
    Claim.FAILED: frozenset({TaskStatus.FAILED}),
    Claim.CANCELLED: frozenset({TaskStatus.SUPERSEDED, TaskStatus.SKIPPED}),
    Claim.STARTED: frozenset({TaskStatus.RUNNING, TaskStatus.WAITING, TaskStatus.COMPLETED}),
    Claim.CREATED: frozenset(TaskStatus),
    Claim.SKIPPED: frozenset({TaskStatus.SKIPPED}),
    Claim.ENDED: frozenset({TaskStatus.COMPLETED, TaskStatus.FAILED, TaskStatus.SKIPPED, TaskStatus.SUPERSEDED}),
}
_BORNE_OUT: Final[Mapping[str, frozenset[str]]] = {
    Claim.CREATED: frozenset({Claim.CREATED, CARRIED_OUT}),
    Claim.STARTED: frozenset({Claim.STARTED, CARRIED_OUT}),
    Claim.CANCELLED: frozenset({Claim.CANCELLED, DROPPED}),
    Claim.SKIPPED: frozenset({Claim.SKIPPED, DROPPED}),
    Claim.ENDED: frozenset({Claim.DONE, Claim.FAILED, Claim.CANCELLED, Claim.SKIPPED, Claim.PAUSED, DROPPED}),
}
"""What was done, and so may be said; of all other claims only what goes by their own name."""
_SHORT = 4
"""Signs from which on a name in an answer surely means its goal or task."""
_ACKNOWLEDGED: Final = re.compile(
    r"(?:(?:ok(?:ay)?|all|alles|done|erledigt|gemacht|✅|☑️?|listo|hecho|готово|fait)\W*)+", re.I
)
_MOST_MEANT = 3
"""Goals that an answer may mean when it names none; of more, nobody can say."""
_BARE = 3
"""Words of a clause that says nothing else: «Done!»"""
_MARKED: Final = re.compile(r"\ue0f0([gt])(\d+)(?:\.(\d+))?\ue0f1")
_TASK_ID: Final = re.compile(r"(?<![A-Za-z\d_.])#?(\d{1,9})\.(\d{1,4})(?![\w.]*\d)")
_SENTENCES: Final = re.compile(r"(?<=[.!?…])\s+|\n+|(?<=[。！？])")
_CLAUSES: Final = re.compile(
    r"[,;:–—|]\s|\s(?:because|since|weil|porque|perché|omdat|потому что|and|but|while|whereas"
    r"|though|und|aber|et|mais|y|pero|e|ma|mas|en|maar|и|но)\s"
)
_COUNT: Final = re.compile(
    rf"\b({'|'.join(NUMBERS)}|\d{{1,4}})(?:\s*(?:/|of|out of|von|sur|de|из)\s*(?:the\s+)?\w+)?\s+(?:\w+\s+)?"
    rf"(?:{TASK_WORDS})\b"
    r"|\b(\d{1,4})\s*/\s*\d{1,4}\b"
    rf"|\b({'|'.join(NUMBERS)}|\d{{1,4}})\s+(?:out\s+)?of\s+(?:{'|'.join(NUMBERS)}|\d{{1,4}})\b(?!\s*%)"
    rf"|^\s*({'|'.join(one for one in NUMBERS if one.isalpha())})\s+(?:is|are|was|were|has|have)\b",
    re.IGNORECASE,
)
_COUNT_OF_GOALS: Final = re.compile(
    rf"(?<!\bof )(?<!\bof your )(?<!\bof the )(?<![#\w])({'|'.join(NUMBERS)}|\d{{1,4}})"
    rf"(?:\s+(?:out\s+)?of\s+\w+(?:\s+\w+)?)?\s+(?:\w+\s+)?(?:{GOAL_WORDS})\b",
    re.IGNORECASE,
)
"""«Five goals», «five of the goals»; not the twenty of «of your twenty goals»."""
_SHARE: Final = re.compile(r"(\d{1,3}(?:[.,]\d+)?)\s*%")
_QUOTED: Final = re.compile(r"`[^`\n]*`|«[^»\n]*»|“[^”\n]*”|\"[^\"\n]*\"|^>.*$", re.M)

_STATED: Final = re.compile(
    r"(\b(?:is|are|was|were|ist|sind|est|está|è|é|tasks?|goals?)\s)[`«“\"]([#\d.]+|[^\W\d_]+(?: [^\W\d_]+)?)[`»”\"]",
    re.IGNORECASE,
)
"""A status or a number in quotation marks is said all the same."""
_UNSEEN: Final = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")


def false_claims(text: str, known: Known) -> list[str]:
    """The sentences of an answer that claim what no tool has said."""
    return [_unmarked(one, known).strip() for one in _said(text, known) if any(_faults(one, known))]


def sound_part(text: str, known: Known) -> str:
    """The beginning of a growing answer that may be shown: whole sentences, up to the first that claims too much."""
    end, within = 0, {found.end() for found in NUMBERED.finditer(text)}
    for border in _SENTENCES.finditer(text):
        if border.end() in within:
            continue
        if false_claims(text[end : border.start()], known):
            break
        end = border.end()
    return text[:end].rstrip()


def spoken_of(text: str, known: Known) -> list[Subject]:
    """The goals and tasks that an answer names, in any language and whatever it says of them, questions aside; where it
    tells of goals and names none, those that were looked at, or else those under way."""
    parts = _said(text, known)
    named = [one for part in parts for one in _subjects(part, known) if one[0] in known.goals]
    living = [goal for goal, fact in known.goals.items() if fact.status not in ENDED_GOALS]
    meant = known.looked_at or living
    if not named and len(meant) <= _MOST_MEANT and tells_of_something(text, known):
        return [(goal, None) for goal in meant if goal in known.goals]
    return list(dict.fromkeys(named))


def tells_of_something(text: str, known: Known) -> bool:
    """Whether an answer tells how things stand, or that something was done, whatever it is. Broad on purpose: what it
    finds is not sent back, only set beside the ledger's own words."""
    sentences = [_MARKED.sub(" ", part) for part in _said(text, known)]
    return any(is_foreign(one) or any(map(tells, _CLAUSES.split(ASSURANCES.sub(" ", one)))) for one in sentences)


def _said(text: str, known: Known) -> list[str]:
    """The sentences of an answer with marks in place of names, questions left out."""
    return [
        one
        for one in _SENTENCES.split(_with_marks(text, known))
        if not one.rstrip(" *_`»“”\"'").endswith(("?", "？", "؟"))
    ]


def _with_marks(text: str, known: Known) -> str:
    """The text with each name of a goal or task as a mark, so that a word in a name claims nothing."""
    text = _STATED.sub(r"\1 \2", _UNSEEN.sub("", text))
    names = [(fact.name, f"\ue0f0g{goal}\ue0f1") for goal, fact in known.goals.items()]
    names += [
        (task.title, f"\ue0f0t{goal}.{number}\ue0f1")
        for goal, fact in known.goals.items()
        for number, task in fact.tasks.items()
    ]
    for name, mark in sorted(names, key=lambda one: -len(one[0])):
        if len(name) >= _SHORT:
            text = re.sub(re.escape(name), mark, text, flags=re.IGNORECASE)
    return NUMBERED.sub(r"\1 ", _QUOTED.sub(lambda found: found[0] if _MARKED.search(found[0]) else " ", text))


def _unmarked(text: str, known: Known) -> str:
    def name(found: re.Match[str]) -> str:
        goal = known.goals[GoalId(int(found[2]))]
        return goal.name if found[3] is None else goal.tasks[TaskNumber(int(found[3]))].title

    return _MARKED.sub(name, text)


def _faults(sentence: str, known: Known) -> Iterator[Claim]:
    """The claims of a sentence that nothing bears out. Subjects without a claim wait for the next clause's."""
    waiting: list[Subject] = []
    for clause in _CLAUSES.split(sentence):
        if _COUNT.search(clause):  # it is said of so many tasks, and not of the one before it
            waiting = [(goal, None) for goal, _ in waiting]
        subjects = [*waiting, *_subjects(clause, known)]
        claims = list(_claims(_MARKED.sub(" ", clause), is_about_one=bool(subjects)))
        if any(words.search(clause) for words in (*CLAIMS.values(), *(ABOUT_ONE.values() if subjects else ()))):
            waiting = []
            yield from (claim for claim in claims if not _holds(claim, subjects, clause, known))
        else:
            waiting = [] if CONDITIONS.search(clause) else subjects  # «it waits for you» says all there is to say of it


def _bears(deed: Deed, claim: Claim) -> bool:
    return deed.claim in _BORNE_OUT.get(claim, (claim,))


def _claims(clause: str, *, is_about_one: bool) -> Iterator[Claim]:
    """What a clause claims; where it names no goal or task, something in it must stand for one."""
    clause = ASSURANCES.sub(" ", clause)
    if CONDITIONS.search(clause):
        return
    for claim, words in CLAIMS.items():
        found = words.search(clause)
        if found is None and is_about_one and claim in ABOUT_ONE:
            found = ABOUT_ONE[claim].search(clause)
        if found is None or NEGATIONS.search(clause[: found.end()]):
            continue
        if is_about_one or _is_meant(claim, clause, clause[: found.end()]):
            yield claim


def _is_meant(claim: Claim, clause: str, before: str) -> bool:
    """Whether talk of no goal in particular is about goals at all: «finished cards sell well» is not."""
    if claim is Claim.CREATED:
        return THINGS.search(clause) is not None
    if claim in (Claim.SET, Claim.ENDED):  # their words name what they are about
        return True
    is_bare = len(re.findall(r"\w+|[✅☑🎉]", clause)) <= _BARE
    return is_bare or any(words.search(before) for words in (THINGS, SPEAKER, EVERYTHING, _COUNT, _SHARE))


def _subjects(clause: str, known: Known) -> Iterator[Subject]:
    rest = clause
    for found in _MARKED.finditer(clause):
        yield GoalId(int(found[2])), None if found[3] is None else TaskNumber(int(found[3]))
    for found in _TASK_ID.finditer(rest):
        yield GoalId(int(found[1])), TaskNumber(int(found[2]))
    rest = _TASK_ID.sub(" ", rest)
    for found in TASK_NUMBER.finditer(rest):
        number = TaskNumber(int(found[1]))
        of = [goal for goal, fact in known.goals.items() if number in fact.tasks]
        yield (of[0] if len(of) == 1 else GoalId(0)), number
    for found in GOAL_ID.finditer(TASK_NUMBER.sub(" ", rest)):
        yield GoalId(int(found[1] or found[2])), None


def _holds(claim: Claim, subjects: Sequence[Subject], clause: str, known: Known) -> bool:
    if claim is Claim.SET:
        return bool(known.tools & (SETS if SPEAKER.search(clause) else SETS | _SHOWS))
    tasks = [(goal, number) for goal, number in subjects if number is not None]
    if tasks:
        return all(_task_fits(claim, goal, number, known) for goal, number in tasks)
    if any(goal not in known.goals for goal, _ in subjects):
        return False
    if not _goals_counted(claim, clause, known):
        return False
    goals = [known.goals[goal] for goal, _ in subjects] or list(known.goals.values())
    counted = _counted(claim, clause, goals)
    if counted is not None:
        return counted
    if subjects:
        return all(_goal_fits(claim, goal, known, whole=bool(EVERYTHING.search(clause))) for goal, _ in subjects)
    return _something_fits(claim, clause, known)


def _goals_counted(claim: Claim, clause: str, known: Known) -> bool:
    """Whether a number of goals to which something was done in this turn is right; one of others nobody can say."""
    told = _COUNT_OF_GOALS.search(clause)
    done = {deed.goal for deed in known.deeds if _bears(deed, claim)}
    if told is None or not done:
        return True
    left_out = ENDED_GOALS if claim is Claim.CREATED else frozenset()
    fits = _GOAL_FITS.get(claim, frozenset()) - left_out  # «you have six goals set up» tells of older ones, too
    return _number(told[1]) in (len(done), sum(goal.status in fits for goal in known.goals.values()))


def _number(word: str) -> int:
    return NUMBERS[word.lower()] if word.lower() in NUMBERS else int(word)


def _counted(claim: Claim, clause: str, goals: Sequence[GoalFact]) -> bool | None:
    """Whether a number of tasks, or a share, is that of a goal; None where the clause names none."""
    share = _SHARE.search(clause)
    if share is not None and claim is Claim.DONE:
        return any(abs(float(share[1].replace(",", ".")) - 100 * goal.progress) <= 1 for goal in goals)
    told = _COUNT.search(clause)
    if told is None:
        return None
    count = _number(next(filter(None, told.groups())))
    fits = _TASK_FITS.get(claim, frozenset())
    counts = [sum(task.status in fits for task in goal.tasks.values()) for goal in goals]
    return count in counts or count == sum(counts)


def _task_fits(claim: Claim, goal: GoalId, number: TaskNumber, known: Known) -> bool:
    if not goal:  # a number that tasks of several goals have, or none
        of = [one for one, fact in known.goals.items() if number in fact.tasks]
        return any(_task_fits(claim, one, number, known) for one in of)
    fact = known.goals.get(goal)
    task = fact.tasks.get(number) if fact is not None else None
    if any(deed.goal == goal and deed.task == number and _bears(deed, claim) for deed in known.deeds):
        return True
    return task is not None and task.status in _TASK_FITS.get(claim, frozenset())


def _goal_fits(claim: Claim, goal: GoalId, known: Known, *, whole: bool) -> bool:
    fact = known.goals[goal]
    if claim is Claim.DONE and whole and _unfinished(fact):
        return False
    if any(deed.goal == goal and deed.task is None and _bears(deed, claim) for deed in known.deeds):
        return True
    if fact.status in _GOAL_FITS.get(claim, frozenset()):
        return True
    # «some tasks of #7 failed» is about its tasks, whose statuses the tool gave
    return claim in (Claim.FAILED, Claim.SKIPPED) and any(t.status in _TASK_FITS[claim] for t in fact.tasks.values())


def _unfinished(fact: GoalFact) -> bool:
    return fact.status != GoalStatus.COMPLETED and any(
        task.status not in (TaskStatus.COMPLETED, TaskStatus.SUPERSEDED) for task in fact.tasks.values()
    )


def _something_fits(claim: Claim, clause: str, known: Known) -> bool:
    """A claim about nothing in particular: something that a tool said must bear it out."""
    if any(_bears(deed, claim) for deed in known.deeds):
        return not (claim is Claim.DONE and EVERYTHING.search(clause)) or not _any_unfinished(known)
    if claim is Claim.DONE and _ACKNOWLEDGED.fullmatch(clause.strip(" *_`.!…")):
        return bool(known.deeds) and not any(
            _has_failed(known.goals[g].tasks.values()) for g in known.touched if g in known.goals
        )
    if claim is Claim.DONE and EVERYTHING.search(clause) and _any_unfinished(known):
        return False
    if claim is Claim.CREATED:
        return False
    goals = known.goals.values()
    fits = _GOAL_FITS.get(claim, frozenset())
    of_tasks = _TASK_FITS.get(claim, frozenset())
    return any(goal.status in fits or any(task.status in of_tasks for task in goal.tasks.values()) for goal in goals)


def _any_unfinished(known: Known) -> bool:
    touched: Collection[GoalId] = known.touched or known.goals
    return any(
        known.goals[goal].status != GoalStatus.COMPLETED or _has_failed(known.goals[goal].tasks.values())
        for goal in touched
        if goal in known.goals
    )


def _has_failed(tasks: Iterable[TaskFact]) -> bool:
    return any(task.status == TaskStatus.FAILED for task in tasks)


def plain_facts(known: Known) -> str:
    """What the tools have said, in plain words: the answer in place of one that claims otherwise."""
    goals = known.touched or tuple(known.goals)[:5]
    lines = [line for goal in goals if goal in known.goals for line in _fact_lines(goal, known.goals[goal])]
    if not lines:
        return "I can't back up what I was about to say. /goals shows how everything stands."
    return "\n".join(["This is how it stands:", *lines])


def _fact_lines(goal: GoalId, fact: GoalFact) -> Iterator[str]:
    live = [task for task in fact.tasks.values() if task.status not in (TaskStatus.SUPERSEDED, TaskStatus.SKIPPED)]
    done = sum(task.status == TaskStatus.COMPLETED for task in live)
    counted = f", {done} of {len(live)} tasks completed" if live else ""
    yield f"- #{goal} «{fact.name}»: {fact.status}{counted}"
    for number, task in fact.tasks.items():
        if task.status == TaskStatus.FAILED:
            yield f"  - {goal}.{number} «{task.title}» failed{f': {task.error}' if task.error else ''}"
