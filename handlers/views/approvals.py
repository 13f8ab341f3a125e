"""What runs ask before they do something: the words, the arguments, the buttons, and what became of it."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aiogram.utils.formatting import Bold, Code, Italic, Text

from engine.agents.runs.facts import Approval, ApprovalKind, ApprovalStatus
from engine.goals import Goal
from engine.records import Outgoing, in_topic
from engine.reporting.notices import Notice
from engine.values import ChatId, GoalId, JsonObject, JsonValue, TaskNumber
from handlers import keyboards
from handlers.callbacks import ApprovalDeed, ApprovalTap
from handlers.views.letters import Sheet, edited, letter, line, sentence, stacked, words
from handlers.views.times import moment, plural

APPROVE, DENY = "Approve", "Deny"
DONE, AGAIN, LEAVE = "It is done", "Do it again", "Leave it"
MOST_ARGUMENTS = 12
_LONGEST_ARGUMENT = 300
_SHOWN = 1_600
"""UTF-16 units that all arguments may take together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question with what is needed to word it."""

    id: int
    digest: str
    kind: ApprovalKind
    tool: str
    words: str
    arguments: JsonObject
    chat: ChatId
    goal: GoalId | None
    task: TaskNumber | None
    thread: int | None
    expires_at: dt.datetime | None
    """None where a notice does not say."""


def of_notice(notice: Notice) -> Asked | None:
    """The question that a notice puts; None for one that this Milepost does not understand."""
    facts = notice.facts
    number, thread, arguments = facts.get("approval"), facts.get("thread"), facts.get("arguments")
    if not isinstance(number, int) or facts.get("kind") not in set(ApprovalKind):
        return None
    return Asked(
        id=number,
        digest=str(facts.get("digest") or ""),
        kind=ApprovalKind(str(facts.get("kind"))),
        tool=str(facts.get("tool") or ""),
        words=str(facts.get("words") or ""),
        arguments=arguments if isinstance(arguments, dict) else {},
        chat=notice.chat,
        goal=notice.goal,
        task=notice.task,
        thread=thread if isinstance(thread, int) else None,
        expires_at=_moment(facts.get("expires_at")),
    )


def of_approval(asked: Approval) -> Asked:
    """A question as it is kept, of a run that has a chat."""
    return Asked(
        id=asked.id,
        digest=asked.digest,
        kind=asked.kind,
        tool=asked.tool,
        words=asked.words,
        arguments=asked.arguments,
        chat=asked.chat or ChatId(0),
        goal=asked.goal,
        task=asked.task,
        thread=asked.thread,
        expires_at=asked.expires_at,
    )


def _moment(value: JsonValue) -> dt.datetime | None:
    try:
        found = dt.datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None


def question_message(asked: Asked, goal: Goal | None, zone: str, now: dt.datetime) -> Outgoing:
    """The question with its buttons; `goal` is what it serves, None where it serves none or that is gone."""
    is_doubt = asked.kind is ApprovalKind.DOUBT
    title = "I was cut off in the middle of this" if is_doubt else "May I do this?"
    lines: list[Text | str] = [
        Text("⚠️ " if is_doubt else "🔐 ", Bold(title)),
        sentence(words(asked.words, 700)) or "–",
        *_arguments(asked),
        *_place(asked, goal),
        "",
        *_how(asked, zone, now),
    ]
    return in_topic(letter(asked.chat, stacked(lines), _buttons(asked), asked.goal), asked.thread)


def _how(asked: Asked, zone: str, now: dt.datetime) -> list[Text | str]:
    until = f" The question stands until {moment(asked.expires_at, zone, now)}." if asked.expires_at is not None else ""
    if asked.kind is ApprovalKind.DOUBT:
        return [f"Please look whether it took effect: I won't do it twice unasked.{until}"]
    return [f"Or reply «deny», with the reason if there is one.{until}"]


def _arguments(asked: Asked) -> list[Text | str]:
    """The tool and what it would be given, in full as far as that fits."""
    told: list[Text | str] = [Text("Tool: ", Code(line(asked.tool, 80)))]
    room, given = _SHOWN, list(asked.arguments.items())
    for place, (name, value) in enumerate(given):
        shown = words(value if isinstance(value, str) else _plain(value), _LONGEST_ARGUMENT) or "–"
        room -= len(shown)
        if place == MOST_ARGUMENTS or room < 0:
            return [*told, f"…and {plural(len(given) - place, 'more argument')}"]
        told.append(Text(line(name, 60), ": ", Italic(shown)))
    return told


def _plain(value: JsonValue) -> str:
    if isinstance(value, list):
        return ", ".join(_plain(one) for one in value)
    if isinstance(value, dict):
        return "; ".join(f"{name}: {_plain(one)}" for name, one in value.items())
    if value is None or isinstance(value, bool):
        return {None: "–", True: "yes", False: "no"}[value]
    return str(value)


def _place(asked: Asked, goal: Goal | None) -> list[Text | str]:
    if goal is None:
        return []
    task = goal.tasks.get(asked.task) if asked.task is not None else None
    named = [f"Task: {line(task.title, 200)}"] if task is not None else []
    return [f"Goal: {line(goal.name, 200)}", *named]


def _buttons(asked: Asked) -> keyboards.Rows:
    def tap(label: str, deed: ApprovalDeed) -> keyboards.Button:
        return keyboards.button(label, ApprovalTap(deed=deed, approval=asked.id, digest=asked.digest[:16]))

    if asked.kind is ApprovalKind.DOUBT:
        first = [tap(DONE, ApprovalDeed.DONE), tap(AGAIN, ApprovalDeed.APPROVE)]
        return [first, [tap(LEAVE, ApprovalDeed.DENY)]]
    return [[tap(APPROVE, ApprovalDeed.APPROVE), tap(DENY, ApprovalDeed.DENY)]]


_SETTLED: Mapping[ApprovalKind, Mapping[ApprovalStatus, str]] = {
    ApprovalKind.CONSENT: {
        ApprovalStatus.APPROVED: "✅ Approved",
        ApprovalStatus.DENIED: "✖️ Not done: you said no",
    },
    ApprovalKind.DOUBT: {
        ApprovalStatus.APPROVED: "✅ It is done once more",
        ApprovalStatus.DONE: "✅ It counts as done",
        ApprovalStatus.DENIED: "✖️ Left as it is",
    },
}
_CLOSED = {
    ApprovalStatus.EXPIRED: "⌛ Not done: nobody had answered in time",
    ApprovalStatus.WITHDRAWN: "✖️ No longer needed",
    ApprovalStatus.OPEN: "🔐 It waits for your answer",
}


def settled_message(approval: Approval, beside: str = "") -> Outgoing:
    """What became of a question; takes the place of its message. `beside` is said below."""
    return _settled(of_approval(approval), approval.status, approval.note, beside)


def _settled(asked: Asked, status: ApprovalStatus, note: str, beside: str = "") -> Outgoing:
    title = _SETTLED[asked.kind].get(status) or _CLOSED.get(status, "✅ Settled")
    lines: list[Text | str] = [Bold(title), sentence(words(asked.words, 700)) or "–"]
    if note:
        lines.append(Text("Your words: ", Italic(words(note, 500))))
    if beside:
        lines += ["", beside]
    return letter(asked.chat, stacked(lines), (), asked.goal)


def of_settled(notice: Notice) -> Outgoing | None:
    """What became of a question, in place of the message that put it, if one did; None for a notice that puts one."""
    asked, message, status = of_notice(notice), notice.facts.get("message"), notice.facts.get("status")
    if asked is None or status not in set(ApprovalStatus):
        return None
    settled = _settled(asked, ApprovalStatus(str(status)), str(notice.facts.get("note") or ""))
    return in_topic(edited(settled, message if isinstance(message, int) else None), asked.thread)


def list_message(chat: ChatId, asked: Sequence[Approval]) -> Outgoing:
    """The head of /approvals: how many there are, or that there is none."""
    if not asked:
        return letter(chat, "Nothing waits for your yes.")
    items = [f"• {line(one.words, 150)}" for one in asked]
    return letter(
        chat, Sheet(head=[Text("🔐 ", Bold(f"{plural(len(asked), 'question')} for you"))], items=items).text()
    )


def unclear_message(approval: Approval) -> Outgoing:
    """Words that answer nothing."""
    told = (
        "Reply «it is done», «do it again» or «leave it», please."
        if approval.kind is ApprovalKind.DOUBT
        else "Reply «approve», or «deny» with the reason if there is one, please."
    )
    return letter(approval.chat or ChatId(0), told, (), approval.goal)
