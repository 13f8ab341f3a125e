"""The transcript: each change once, in its last state, in the order it began."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

from bot.local.events import (
    CallbackAnswered,
    ChatAction,
    MessageDeleted,
    MessageEdited,
    MessagePinned,
    MessageSent,
    PersonSaid,
)
from bot.local.messages import FileKind, Person, SimButton, SimFile, SimMessage
from bot.local.script.transcript import Transcript, said

ANNA = Person(id=1, first_name="Anna")
NOW = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)


def button(label: str) -> SimButton:
    return SimButton(text=label, action="callback_data", value=label)


def message(number: int, text: str, *rows: str) -> SimMessage:
    buttons = tuple(tuple(button(label) for label in row.split(",")) for row in rows)
    return SimMessage(id=number, chat_id=1, date=NOW, text=text, buttons=buttons)


def answer(text: str, *, alert: bool = False, url: str | None = None) -> CallbackAnswered:
    return CallbackAnswered(query_id="1", chat_id=1, message_id=1, person=ANNA, text=text, alert=alert, url=url)


def test_a_message_is_told_with_its_rows_of_buttons_and_indented_lines() -> None:
    transcript = Transcript(1)
    transcript.hear(MessageSent(message=message(1, "The plan:\n1. Read", "Start,Change", "Cancel")))
    assert transcript.take() == ["bot: The plan:\n     1. Read\n     [Start] [Change]\n     [Cancel]"]
    assert transcript.take() == []


def test_many_edits_of_a_message_are_told_once_in_the_last_state() -> None:
    transcript = Transcript(1)
    first, last = message(1, "10 %", "Stop"), message(1, "100 %")
    transcript.hear(MessageEdited(before=first, message=message(1, "50 %")))
    transcript.hear(MessageSent(message=message(2, "News")))
    transcript.hear(MessageEdited(before=message(1, "50 %"), message=last))
    assert transcript.take() == ["bot (edited): 100 %", "bot: News"]


def test_a_new_message_that_is_edited_at_once_is_told_as_new() -> None:
    transcript = Transcript(1)
    transcript.hear(MessageSent(message=message(1, "0 %")))
    transcript.hear(MessageEdited(before=message(1, "0 %"), message=message(1, "5 %")))
    assert transcript.take() == ["bot: 5 %"]


def test_edits_that_end_where_they_began_are_not_told() -> None:
    transcript = Transcript(1)
    transcript.hear(MessageEdited(before=message(1, "a"), message=message(1, "b")))
    transcript.hear(MessageEdited(before=message(1, "b"), message=message(1, "a")))
    assert transcript.take() == []


def test_buttons_that_have_served_go_without_a_word_and_others_are_an_edit() -> None:
    transcript = Transcript(1)
    transcript.hear(MessageEdited(before=message(1, "a", "Yes"), message=message(1, "a")))
    assert transcript.take() == []
    transcript.hear(MessageEdited(before=message(1, "a", "Yes"), message=message(1, "a", "No")))
    transcript.hear(MessageEdited(before=message(2, "b", "Yes"), message=message(2, "c")))
    assert transcript.take() == ["bot (edited): a\n     [No]", "bot (edited): c"]


def test_deletions_are_told_for_known_messages_only() -> None:
    transcript = Transcript(1)
    transcript.hear(MessageSent(message=message(1, "brief")))
    transcript.hear(MessageDeleted(message=message(1, "brief")))
    transcript.hear(MessageDeleted(message=message(2, "an old message that is longer than forty characters")))
    assert transcript.take() == ["bot (deleted): an old message that is longer than fort…"]


def test_toasts_alerts_and_addresses_are_told_and_empty_answers_are_not() -> None:
    transcript = Transcript(1)
    for event in (answer("Done!"), answer(""), answer("Sure?", alert=True), answer("", url="https://example.org")):
        transcript.hear(event)
    assert transcript.take() == ["toast: Done!", "alert: Sure?", "(opens https://example.org)"]


def test_other_chats_people_pins_and_typing_are_not_told() -> None:
    transcript = Transcript(1)
    mine = replace(message(1, "hello"), sender=ANNA)
    transcript.hear(MessageSent(message=replace(message(1, "x"), chat_id=2)))
    transcript.hear(replace(answer("Done!"), chat_id=2))
    transcript.hear(PersonSaid(message=mine, update_id=1))
    transcript.hear(MessageDeleted(message=mine))
    transcript.hear(MessagePinned(message=message(1, "x"), pinned=True))
    transcript.hear(MessageSent(message=replace(message(3, ""), service="pinned 1")))
    transcript.hear(ChatAction(chat_id=1, action="typing"))
    assert transcript.take() == []


def test_a_file_is_named_with_size_and_place() -> None:
    file = SimFile(
        kind=FileKind.DOCUMENT,
        file_id="f",
        unique_id="u",
        name="goals.json",
        size=1234,
        path=Path("/data/1-goals.json"),
        mime_type="application/json",
    )
    transcript = Transcript(1)
    transcript.hear(MessageSent(message=replace(message(1, "All yours"), file=file)))
    transcript.hear(MessageSent(message=replace(message(2, ""), file=replace(file, kind=FileKind.PHOTO, size=12))))
    assert transcript.take() == [
        "bot: [file: goals.json, 1.2 kB, /data/1-goals.json]\n     All yours",
        "bot: [photo: goals.json, 12 B, /data/1-goals.json]",
    ]


def test_the_person_speaks_in_lines_too() -> None:
    assert said("one\ntwo") == "you: one\n     two"
