"""Files in words: what Telegram takes, whatever a file, its note and its goal are called."""

from collections.abc import Iterator

import pytest

from engine.files import FileId, FileSource, GoalFile, file_name
from engine.goals import GoalStatus, Priority
from engine.records import GoalRow, Outgoing
from engine.values import GoalId, TaskNumber
from handlers.reading.carried import LARGEST_ID, LARGEST_NUMBER
from handlers.views import files
from tests.handlers.views.test_hard_values import CHAT, NAMES, NOW, breaches, goal_of


def kept(name: str, number: int, source: FileSource = FileSource.PERSON) -> GoalFile:
    return GoalFile(
        id=FileId(LARGEST_ID - number),
        goal=GoalId(LARGEST_ID),
        name=file_name(name),
        size=10 ** (number % 9),
        digest="a" * 64,
        source=source,
        task=TaskNumber(LARGEST_NUMBER) if source is FileSource.AGENT else None,
        note=name,
        album="",
        kept_at=NOW,
    )


def row(name: str) -> GoalRow:
    return GoalRow(
        id=GoalId(LARGEST_ID),
        name=name,
        status=GoalStatus.ACTIVE,
        progress=0.5,
        priority=Priority.NORMAL,
        deadline=None,
        open_blockages=0,
        updated_at=NOW,
    )


def every_view(name: str) -> Iterator[Outgoing]:
    goal = goal_of(name, GoalStatus.ACTIVE)
    many = [kept(name, number, source) for number in range(13) for source in FileSource]
    one = many[0]
    yield files.kept(CHAT, goal, [one], more=True)
    yield files.kept(CHAT, goal, many)
    yield files.file_list(goal, [], CHAT)
    yield from (files.file_list(goal, many, CHAT, page) for page in (0, 1, 2, 99))
    yield files.sure_to_remove(goal, one, CHAT)
    yield files.removed(goal, one.name, CHAT)
    yield files.still_kept(goal, one, CHAT)
    yield files.which_goal(CHAT, name, [row(name)] * 20)
    yield files.too_big(CHAT, name)
    yield files.not_fetched(CHAT, name)


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES.keys())
def test_every_message_about_files_is_one_that_telegram_takes(name: str) -> None:
    for shown in every_view(name):
        assert not list(breaches(shown)), shown


def test_a_file_that_is_sent_back_has_a_caption_that_telegram_takes() -> None:
    for name in NAMES.values():
        payload = files.sent_back(goal_of(name, GoalStatus.ACTIVE), kept(name, 1), CHAT).payload
        assert len(str(payload["text"]).encode("utf-16-le")) // 2 <= 1024
        document = payload["document"]
        assert isinstance(document, dict)
        assert document["kept"] == LARGEST_ID - 1


@pytest.mark.parametrize(
    ("size", "told"),
    [(1, "1 byte"), (999, "999 bytes"), (1_000, "1 kB"), (1_250_000, "1.2 MB"), (20_971_520, "21.0 MB")],
)
def test_sizes_are_told_for_people(size: int, told: str) -> None:
    assert files.size_told(size) == told
