"""Notes and files as tools: of the goal of the run alone, marked as data, and a repeat does nothing twice."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic_ai.exceptions import ToolFailed

from engine.agents.runs.facts import RunFacts
from engine.agents.tools import files as files_tools
from engine.agents.tools.files import LONGEST_WRITTEN, MOST, files_toolset
from engine.agents.tools.notes import GoalNotes, notes_toolset
from engine.files import FileSource, NewFile, ReadTexts
from engine.goals import GoalStatus
from engine.records import ProgressRow
from engine.values import Cause, GoalId, TaskNumber
from storage.database import Database, open_database
from tests.engine.agents.tools.calling import FACTS, NOW, called
from tests.fresh_database import fresh_database
from tests.storage.conftest import StillClock
from tests.storage.made_goals import created, plain_goal

OTHER = replace(FACTS, goal=GoalId(2))
TALK = replace(FACTS, goal=None, task=None)


class Notes:
    """The notes of goals, kept once a cause as the ledger does."""

    def __init__(self) -> None:
        self.kept: dict[tuple[GoalId, Cause], str] = {}

    async def of(self, goal: GoalId) -> list[ProgressRow]:
        texts = [text for (named, _), text in self.kept.items() if named == goal]
        return [ProgressRow(at=NOW, progress=0.1, status=GoalStatus.ACTIVE, note=text) for text in ("", *texts)]

    async def add(self, goal: GoalId, text: str, cause: Cause) -> None:
        self.kept.setdefault((goal, cause), text)


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with open_database(fresh_database(tmp_path / "m.db"), clock=StillClock()) as opened:
        await opened.ledger.commit(created(plain_goal(1), plain_goal(2)))
        yield opened


async def test_a_note_is_kept_once_under_its_author_and_read_as_data() -> None:
    notes = Notes()
    tools = notes_toolset(GoalNotes(of=notes.of, add=notes.add))
    assert await called(tools, "read_notes") == "Nothing was noted yet."
    for _ in range(2):
        assert await called(tools, "write_note", text=" The price is 10. ") == "Noted."
    await called(tools, "write_note", call_id="call-2", text="And 12 in May.")
    assert list(notes.kept.values()) == ["the agent of task 3: The price is 10.", "the agent of task 3: And 12 in May."]
    told = (await called(tools, "read_notes")).split("\n")
    assert told[0] == "From the notes of this goal:"
    assert told[2].endswith("the agent of task 3: And 12 in May.")
    assert await called(tools, "read_notes", OTHER) == "Nothing was noted yet."


@pytest.mark.parametrize("text", ["", "  ", "x" * 2_001])
async def test_a_note_that_is_none_is_refused(text: str) -> None:
    notes = Notes()
    with pytest.raises(ToolFailed, match="1 to 2000"):
        await called(notes_toolset(GoalNotes(of=notes.of, add=notes.add)), "write_note", text=text)
    assert not notes.kept


async def test_files_are_listed_read_and_written_for_the_goal_of_the_run_alone(database: Database) -> None:
    sent = NewFile(
        goal=GoalId(1), name="offer.txt", content="Two tons\nfor 10 €".encode(), source=FileSource.PERSON, note="of May"
    )
    await database.files.keep(sent, NOW)
    tools = files_toolset(database.files)
    assert await called(tools, "write_file", name="../report.md", content="# Done") == "Kept as «report.md», 6 bytes."
    listed = await called(tools, "list_files")
    assert "- offer.txt (text/plain, 19 bytes, sent by the person): of May" in listed
    assert "- report.md (text/markdown, 6 bytes, written by task 3)" in listed
    assert "[data " in listed
    told = await called(tools, "read_file", name="OFFER.txt")
    assert told.startswith("From the file «offer.txt», sent by the person:\n[data ")
    assert "Two tons\nfor 10 €" in told
    assert await called(tools, "list_files", OTHER) == "This goal has no files yet."
    with pytest.raises(ToolFailed, match=r"has no file «report\.md»"):
        await called(tools, "read_file", OTHER, name="report.md")


async def test_writing_again_replaces_ones_own_file_and_nobody_else_s(database: Database) -> None:
    tools = files_toolset(database.files)
    other = replace(FACTS, task=TaskNumber(4))
    await called(tools, "write_file", name="report.md", content="one")
    await called(tools, "write_file", name="report.md", content="two")
    assert "«report (2).md»" in await called(tools, "write_file", other, name="report.md", content="three")
    assert "\ntwo\n" in await called(tools, "read_file", name="report.md")
    assert len(await database.files.of(GoalId(1))) == 2


async def test_a_long_file_comes_in_parts_and_too_long_a_one_is_refused(database: Database) -> None:
    tools = files_toolset(database.files)
    await called(tools, "write_file", name="long.txt", content="x" * MOST + "y" * 9)
    assert f"go on with start={MOST}" in await called(tools, "read_file", name="long.txt")
    assert "\nyyyyyyyyy\n" in await called(tools, "read_file", name="long.txt", start=MOST)
    with pytest.raises(ToolFailed, match="write it in parts"):
        await called(tools, "write_file", name="longer.txt", content="x" * (LONGEST_WRITTEN + 1))


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("old.txt", "Grüße".encode("cp1252"), "Grüße"),
        ("marked.csv", "a;ä".encode("utf-8-sig"), "\na;ä\n"),
        ("wide.txt", "Grüße".encode("utf-16"), "Grüße"),
        ("page.html", b"<script>x</script><p>Hello <b>you</b>", "\nHello you\n"),
    ],
)
async def test_texts_of_other_makes_are_read(database: Database, name: str, content: bytes, told: str) -> None:
    await database.files.keep(NewFile(goal=GoalId(1), name=name, content=content, source=FileSource.PERSON), NOW)
    assert told in await called(files_toolset(database.files), "read_file", name=name)


async def test_what_is_no_text_is_said(database: Database) -> None:
    png = NewFile(goal=GoalId(1), name="a.png", content=b"\x89PNG\r\n\x00\xff", source=FileSource.PERSON)
    await database.files.keep(png, NOW)
    with pytest.raises(ToolFailed, match="is image/png, which can't be read as text"):
        await called(files_toolset(database.files), "read_file", name="a.png")


async def test_a_lost_content_fails_the_call_and_not_the_run(database: Database, tmp_path: Path) -> None:
    await called(files_toolset(database.files), "write_file", name="a.txt", content="a")
    for path in (tmp_path / "m.db-files").rglob("*"):
        if path.is_file():
            path.unlink()
    with pytest.raises(ToolFailed, match="can't be read"):
        await called(files_toolset(database.files), "read_file", name="a.txt")


@pytest.mark.parametrize("name", ["read_notes", "write_note", "list_files", "read_file", "write_file"])
async def test_a_talk_about_no_goal_has_no_notes_and_files(database: Database, name: str) -> None:
    notes = Notes()
    arguments = {
        "write_note": {"text": "x"}, "read_file": {"name": "x"}, "write_file": {"name": "x", "content": "x"},
    }  # fmt: skip
    tools = files_toolset(database.files) if "file" in name else notes_toolset(GoalNotes(of=notes.of, add=notes.add))
    facts: RunFacts = TALK
    with pytest.raises(ToolFailed, match="about no goal"):
        await called(tools, name, facts, **arguments.get(name, {}))


async def test_a_pdf_is_taken_apart_once_however_many_parts_of_it_are_read(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken_apart: list[bytes] = []

    async def taking_apart(content: bytes) -> str:
        taken_apart.append(content)
        return content.decode() * MOST

    monkeypatch.setattr(files_tools, "pdf_text", taking_apart)
    tools = files_toolset(database.files)
    for name in ("a.pdf", "b.pdf"):
        new = NewFile(goal=GoalId(1), name=name, content=f"%PDF-{name}".encode(), source=FileSource.PERSON)
        await database.files.keep(new, NOW)
    for start in (0, MOST, 2 * MOST):
        assert "%PDF-a" in await called(tools, "read_file", name="a.pdf", start=start)
        assert "%PDF-b" in await called(tools, "read_file", name="b.pdf", start=start)
    assert taken_apart == [b"%PDF-a.pdf", b"%PDF-b.pdf"]


async def test_texts_that_were_read_are_let_go_of_when_there_are_too_many() -> None:
    read: list[str] = []

    async def reading() -> str:
        read.append("again")
        return "long text"

    texts = ReadTexts(most=20)
    for digest in ("a", "b", "a", "c", "b"):
        assert await texts.of(digest, reading) == "long text"
    assert len(read) == 4, "of three that don't fit together, the one that was not asked for the longest has gone"
    assert await ReadTexts(most=1).of("a", reading) == "long text"
