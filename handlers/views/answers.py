"""What comes of a turn of a conversation, as messages: results and receipts from the ledger, then the model's words."""

from collections.abc import Iterator, Sequence

from aiogram.utils.formatting import Bold, Italic, Text, sizeof

from engine.agents.conversation.reply import Receipt, Reply, Trouble
from engine.agents.conversation.talk import Turn
from engine.records import Outgoing, in_topic
from engine.reporting.result_text import result_text
from engine.reporting.results import Artefact, GoalResult, ResultStatus
from engine.values import JsonValue
from handlers import keyboards
from handlers.views.letters import ENTITIES, LIMIT, cut, edited, letter, line, stacked, under
from handlers.views.markdown import Part, parts_of
from handlers.views.times import plural

MOST_DOCUMENTS = 5
MOST_RECEIPTS = 5
MOST_SIGNS = 1_000_000
"""Of a document."""
_TROUBLES = {
    Trouble.BUDGET: "What the model may still cost today doesn't reach for an answer. /budget day shows and raises it.",
    Trouble.AWAY: "The model can't be reached just now.",
    Trouble.SLOW: "The model took too long.",
    Trouble.USELESS: "The model gave no answer that I could use.",
    Trouble.TOO_LONG: "That is more text than the model takes at once. Send it in parts, or shorter.",
    Trouble.REFUSED: "The model's provider didn't take that. Say it in other words; if it comes again,"
    " `milepost doctor` tells whether the model works.",
    Trouble.UNUSABLE: "The model can't be used as it is set up; `milepost doctor` tells why.",
    Trouble.BROKEN_OFF: "I broke off several times while I was answering that.",
    Trouble.NO_PICTURES: "This model can't look at pictures. Write what it shows.",
    Trouble.NO_VOICE: "This model can't listen to voice messages or other sound. Please write what is said.",
}
_NOTHING = "🧾 Nothing was changed just now; /goals shows how things stand."
_GOES_ON = "NEXT: it goes on by itself, and what comes of it is told here."
_WITHOUT_OFFER = (Trouble.NO_PICTURES, Trouble.NO_VOICE)


def answer_messages(turn: Turn, reply: Reply) -> list[Outgoing]:
    """All that is sent, in order. A message that has shown the answer as it grew becomes its first part."""
    told = [message for result in reply.results for message in _result_messages(turn, result)]
    words = _words(turn, reply) if reply.trouble is None else [_trouble(turn, reply.trouble, reply.receipts)]
    return [in_topic(one, turn.thread) for one in (*told, *words)]


def _words(turn: Turn, reply: Reply) -> list[Outgoing]:
    parts = parts_of(reply.text)
    below: list[Text | str] = [_TROUBLES[one] for one in reply.untaken]
    below += [*_receipt_lines(reply.receipts), *([_NOTHING] if reply.did_nothing else [])]
    if below:
        told = letter(turn.chat, stacked(below)).payload
        entities = told.get("entities")
        receipts = (str(told["text"]), entities if isinstance(entities, list) else [])
        joined = _joined(parts[-1], receipts)
        parts = [*parts, receipts] if joined is None else [*parts[:-1], joined]
    goal = reply.receipts[0].goal if reply.receipts else None
    messages = []
    for text, entities in parts:
        payload: dict[str, JsonValue] = {"text": text, **({"entities": entities} if entities else {})}
        messages.append(Outgoing(chat=turn.chat, payload=payload, goal=goal))
    if turn.chat < 0:  # in a group it is seen whom it answers
        messages[0] = under(messages[0], turn.said[-1].message)
    messages[0] = edited(messages[0], turn.shown)
    return messages


def _joined(one: Part, other: Part) -> Part | None:
    """Two texts as one message; None where it would be too long."""
    begin = sizeof(one[0]) + 2
    if begin + sizeof(other[0]) > LIMIT or len(one[1]) + len(other[1]) > ENTITIES:
        return None
    moved: list[JsonValue] = [
        {**entity, "offset": begin + offset}
        for entity in other[1]
        if isinstance(entity, dict) and isinstance(offset := entity.get("offset"), int)
    ]
    return f"{one[0]}\n\n{other[0]}", [*one[1], *moved]


def _receipt_lines(receipts: Sequence[Receipt]) -> Iterator[Text | str]:
    """What the ledger holds of the goals that an answer deals with."""
    for one in receipts[:MOST_RECEIPTS]:
        counted = f" · {one.completed} of {one.total} tasks done" if one.total else ""
        failed = f", {one.failed} failed" if one.failed else ""
        tasks = "".join(f" · {number}. {status}" for number, status in list(one.tasks.items())[:MOST_RECEIPTS])
        deeds = f" · {', '.join(one.deeds)}" if one.deeds else ""
        head = Text("🧾 ", Bold(f"#{one.goal}"), f" {line(one.name, 80)}: ", Italic(one.status))
        yield Text(head, counted, failed, tasks, deeds)
    if (more := len(receipts) - MOST_RECEIPTS) > 0:
        yield f"🧾 …and {plural(more, 'more goal')}; /goals has them all."


def _trouble(turn: Turn, trouble: Trouble, receipts: Sequence[Receipt]) -> Outgoing:
    """One clear message, with what still works; what was said may become a goal as it does without a model."""
    said = turn.said[-1]
    offers = trouble not in _WITHOUT_OFFER and bool(said.text)
    lines: list[Text | str] = [_TROUBLES[trouble]]
    if trouble not in _WITHOUT_OFFER:
        lines.append("Commands and buttons work as always; /help lists what you can say.")
    lines += _receipt_lines(receipts)
    if offers:
        lines += ["", Bold("Make this a goal?"), Italic(line(said.text, 300))]
    told = letter(turn.chat, stacked(lines), keyboards.offer_buttons(said.message) if offers else ())
    return under(told, said.message)


def _result_messages(turn: Turn, result: GoalResult) -> Iterator[Outgoing]:
    """A goal that was carried out: what came of it, and its documents."""
    go_on = _GOES_ON if result.status is ResultStatus.TIMEOUT else ""
    headline, _, rest = result_text(result, go_on).partition("\n")
    yield letter(turn.chat, Text(Bold(headline), cut(f"\n{rest}", LIMIT - 100)), goal=result.goal)
    documents = [one for one in result.artefacts if one.text or one.file is not None]
    for one in documents[:MOST_DOCUMENTS]:
        yield _document(turn, result, one)
    if len(documents) > MOST_DOCUMENTS:
        more = f"…and {len(documents) - MOST_DOCUMENTS} more documents; /files and /export have them."
        yield letter(turn.chat, more, goal=result.goal)


def _document(turn: Turn, result: GoalResult, made: Artefact) -> Outgoing:
    content = made.text or ""
    caption = f"By task {made.task}" + (" (cut)" if len(content) > MOST_SIGNS else "")
    kept: dict[str, JsonValue] = {"content": content[:MOST_SIGNS]} if made.file is None else {"kept": made.file}
    file: dict[str, JsonValue] = {"name": made.name, **kept}
    return Outgoing(chat=turn.chat, payload={"document": file, "text": caption}, goal=result.goal, silent=True)
