"""A model's Markdown as messages: whatever it writes, the strict Telegram takes every message of it."""

import asyncio
from dataclasses import replace

import pytest
from aiogram import Bot
from aiogram.utils.formatting import sizeof
from hypothesis import example, given
from hypothesis import strategies as st

from bot.local.limits import FloodLimits
from bot.local.messages import Person
from bot.local.session import SimulatorSession
from bot.local.simulator import Simulator
from bot.requests import post
from engine.agents.conversation.reply import Receipt, Reply, Trouble
from engine.agents.conversation.talk import Said, Turn, TurnId, TurnStatus
from engine.goals import GoalStatus
from engine.records import Outgoing
from engine.reporting.results import Artefact, GoalResult, ResultStatus
from engine.values import Cause, ChatId, GoalId, TaskId, UserId
from handlers.views import markdown
from handlers.views.answers import answer_messages
from handlers.views.markdown import MOST_PARTS, beginning_of, parts_of
from tests.fakes import FakeClock

ANN = Person(id=7, first_name="Ann")
SAID = Said(chat=ChatId(7), user=UserId(7), source=Cause("update:1:0"), message=1, text="What now?")
TURN = Turn(id=TurnId(1), chat=ChatId(7), thread=0, user=UserId(7), status=TurnStatus.OPEN, said=(SAID,))

MARKS = (
    "**", "*", "_", "__", "~~", "`", "```", "```py\n", "\n", "\n\n", "# ", "- ", "1. ", "> ", "|", "|---|", "[", "](",
    ")", "<b>", "</b>", "<", ">", "&lt;", "&", "\\", "||", "![", "http://x.y", "https://e.org/a b", "tg://user?id=1",
    "$x^2$", "\\(", "\\)", "\u200b", "\u202e", "😀", "👨‍👩‍👧", "אב", "\ud83d", "\x00", "\uf8f0", "List<int>",
    "- [x] ", "- [ ] ", "\t", " ",
)  # fmt: skip
marks = st.sampled_from(MARKS)
texts = st.lists(marks | st.text(max_size=12), max_size=60).map("".join)


def in_the_chat(*messages: Outgoing) -> list[str]:
    """The messages as a strict Telegram shows them; it raises where it would refuse one."""

    async def send() -> list[str]:
        simulator = Simulator(
            token="42:TEST", clock=FakeClock(), journal=None, flood=FloodLimits.off(), real=FakeClock()
        )
        simulator.say(ANN, "hello")
        bot = Bot("42:TEST", session=SimulatorSession(simulator))
        for message in messages:
            await post(bot, message, message.chat)
        shown = [one.text for one in simulator.chat(ANN.id) if one.from_bot]
        simulator.close()
        return shown

    return asyncio.run(send())


@given(texts)
@example("**" * 3000)
@example("a" * 5000 + "😀" * 3000)
@example("[x](" + "y" * 5000 + ")")
@example("| a | b |\n|---|---|\n" + "| 1 | 2 |\n" * 900)
@example("<" * 4096)
@example("```\n" + "x\n" * 6000)
def test_telegram_takes_whatever_a_model_writes(text: str) -> None:
    messages = answer_messages(TURN, Reply(text=text))
    assert len(in_the_chat(*messages)) == len(messages) <= MOST_PARTS
    for part, entities in parts_of(text):
        assert 0 < sizeof(part) <= 4096
        ends = [one["offset"] + one["length"] for one in entities]  # type: ignore[index,call-overload,operator] # JSON
        assert all(end <= sizeof(part) for end in ends)
        assert len(entities) <= 100


@given(texts)
def test_the_beginning_of_a_growing_answer_fits_one_message(text: str) -> None:
    assert 0 < sizeof(beginning_of(text)) <= 4096


def test_what_looks_like_a_tag_stays_and_code_stays_as_it_is() -> None:
    [(text, entities)] = parts_of("Use List<int> and `a<b>` and <thing>, **surely**.")
    assert text == "Use List<int> and a<b> and <thing>, surely."
    assert [(one["type"], text[one["offset"] :][: one["length"]]) for one in entities] == [  # type: ignore[index,call-overload,misc] # JSON
        ("code", "a<b>"),
        ("bold", "surely"),
    ]


def test_a_long_answer_is_split_at_a_line_break_and_keeps_its_formatting() -> None:
    parts = parts_of("\n".join(f"Line {number} of **many**" for number in range(400)))
    assert len(parts) == 5
    assert sum(len(entities) for _, entities in parts) == 400  # Telegram keeps a hundred a message
    assert all(text.startswith("Line ") and text.endswith("many") for text, _ in parts)
    assert all(entities for _, entities in parts)


def test_what_the_parser_trips_over_is_sent_plain(monkeypatch: pytest.MonkeyPatch) -> None:
    def trip(text: str) -> list[markdown.Part]:
        raise RuntimeError("the parser tripped")

    monkeypatch.setattr(markdown, "_formatted", trip)
    assert parts_of("**bold** " * 1000)[0][1] == []
    assert "".join(text for text, _ in parts_of("**bold**\n" * 1000)).count("bold") == 1000


RESULT = GoalResult(
    goal=GoalId(3),
    name="Write <a> poem",
    status=ResultStatus.FAILED,
    goal_status=GoalStatus.FAILED,
    progress=0.5,
    execution_time=1.5,
    total=2,
    completed=1,
    failed=1,
    artefacts=(Artefact(name="poem.txt", task=TaskId("3.1"), media_type="text/plain", text="roses\nare red\n"),),
    reasons=("no rhyme was found",),
)


def test_a_result_and_its_documents_come_from_the_ledger_before_the_words() -> None:
    messages = answer_messages(TURN, Reply(text="All went *well*!", results=(RESULT,)))
    assert [sorted(one.payload) for one in messages] == [
        ["entities", "text"],
        ["document", "text"],
        ["entities", "text"],
    ]
    told = str(messages[0].payload["text"])
    assert told.startswith("Goal Execution Failed")
    assert "Completed: 1" in told
    assert "Failed: 1" in told
    assert "no rhyme was found" in told
    assert messages[1].payload["document"] == {"name": "poem.txt", "content": "roses\nare red\n"}
    assert len(in_the_chat(*messages)) == 3


def test_a_receipt_says_what_the_ledger_holds_of_what_was_done() -> None:
    receipt = Receipt(
        goal=GoalId(3),
        name="Poem",
        status="active",
        completed=1,
        failed=1,
        total=4,
        deeds=("started", "task 2 skipped"),
    )
    messages = answer_messages(TURN, Reply(text="There.", receipts=(receipt,)))
    told = "🧾 #3 Poem: active · 1 of 4 tasks done, 1 failed · started, task 2 skipped"
    assert in_the_chat(*messages) == [f"There.\n\n{told}"]
    entities = messages[0].payload["entities"]
    assert [(one["type"], one["offset"], one["length"]) for one in entities] == [  # type: ignore[union-attr,index,call-overload] # JSON
        ("bold", len("There.\n\n") + 3, 2),  # the sign takes two units
        ("italic", len("There.\n\n") + 3 + len("#3 Poem: "), len("active")),
    ]
    long = answer_messages(TURN, Reply(text="x" * 4090, receipts=(receipt,)))
    assert in_the_chat(*long) == ["x" * 4090, told]


def test_of_very_many_receipts_the_first_few_come_and_how_many_more_there_are() -> None:
    receipts = tuple(
        Receipt(goal=GoalId(number), name="P", status="proposed", completed=0, failed=0, total=2, deeds=("created",))
        for number in range(1, 13)
    )
    [shown] = in_the_chat(*answer_messages(TURN, Reply(text="There.", receipts=receipts)))
    assert shown.count("🧾 #") == 5
    assert shown.endswith("🧾 …and 7 more goals; /goals has them all.")


@pytest.mark.parametrize("marks", ["- ", "- > ", "1. ", "> * "])
def test_lists_within_lists_without_end_are_no_deeper_than_anybody_reads(marks: str) -> None:
    [(text, _)] = parts_of(f"Before\n{marks * 400}there\nAfter")
    assert [word for word in ("Before", "there", "After") if word in text] == ["Before", "there", "After"]
    assert len(text) < 300


@pytest.mark.parametrize("code", [">>>>>>> branch", "* * * * * * * * *", "> > > > > > > nested"])
def test_code_that_looks_like_lists_within_lists_stays_as_it_is(code: str) -> None:
    [(text, _)] = parts_of(f"```\n{code}\n```")
    assert text == code


@pytest.mark.parametrize("marks", ["$", "$$\n", "\\(", "\\[ a ", "```\n"])
def test_marks_without_end_are_shown_as_they_are(marks: str) -> None:
    text, entities = parts_of(marks * (30_000 // len(marks)))[0]
    assert text.startswith(marks * 100)
    assert not entities


def test_a_long_answer_with_sums_and_code_keeps_its_formatting() -> None:
    parts = parts_of("The sum \\(a + b\\) is **it**:\n\n```python\nprint(a + b)\n```\n" * 100)
    assert all({"bold", "pre"} <= {str(one["type"]) for one in entities} for _, entities in parts)


def test_what_is_not_ticked_in_a_list_does_not_look_ticked() -> None:
    [(text, _)] = parts_of("- [ ] dig\n- [x] sow")
    assert text == "☐ dig\n✅ sow"


@pytest.mark.parametrize("trouble", Trouble)
def test_every_trouble_is_one_message_that_telegram_takes(trouble: Trouble) -> None:
    [message] = answer_messages(TURN, Reply(trouble=trouble))
    [shown] = in_the_chat(message)
    offers = trouble not in (Trouble.NO_PICTURES, Trouble.NO_VOICE)
    assert ("Make this a goal?" in shown) is offers
    assert ("/help" in shown) is offers


@pytest.mark.parametrize("status", ResultStatus)
def test_a_goal_whose_time_was_up_is_told_to_go_on_by_itself_and_no_other(status: ResultStatus) -> None:
    [told, *_] = in_the_chat(*answer_messages(TURN, Reply(text="hm", results=(replace(RESULT, status=status),))))
    assert ("it goes on by itself" in told) is (status is ResultStatus.TIMEOUT)


def test_what_a_model_takes_none_of_is_told_by_the_bot_below_its_answer() -> None:
    untaken = (Trouble.NO_PICTURES, Trouble.NO_VOICE)
    [shown] = in_the_chat(*answer_messages(TURN, Reply(text="It sounds nice.", untaken=untaken)))
    first, *told = shown.splitlines()
    assert first == "It sounds nice."
    assert [line for line in told if line] == [
        "This model can't look at pictures. Write what it shows.",
        "This model can't listen to voice messages or other sound. Please write what is said.",
    ]


def test_in_a_topic_of_a_group_every_message_goes_there_and_what_was_shown_becomes_the_answer() -> None:
    said = Said(chat=ChatId(-5), user=UserId(7), source=Cause("update:2:0"), message=9, text="What now?", thread=4)
    turn = Turn(id=TurnId(2), chat=ChatId(-5), thread=4, user=UserId(7), status=TurnStatus.OPEN, said=(said,), shown=77)
    first, receipt = answer_messages(
        turn,
        Reply(
            text="There." * 680,
            receipts=(Receipt(goal=GoalId(3), name="P", status="active", completed=0, failed=0, total=0),),
        ),
    )
    assert first.payload["edit"] == 77
    assert receipt.payload["message_thread_id"] == 4
    [alone] = answer_messages(
        Turn(id=TurnId(3), chat=ChatId(-5), thread=4, user=UserId(7), status=TurnStatus.OPEN, said=(said,)),
        Reply(text="There."),
    )
    assert alone.payload["message_thread_id"] == 4
    assert alone.payload["reply_parameters"] == {"message_id": 9, "allow_sending_without_reply": True}
