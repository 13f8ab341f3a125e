"""Messages about files of goals. Names come from outside: each stands on one line."""

from collections.abc import Sequence
from dataclasses import replace

from aiogram.utils.formatting import Bold, Text

from engine.files import LARGEST_FILE, MEGABYTE, FileSource, GoalFile
from engine.goals import Goal
from engine.records import GoalRow, Outgoing
from engine.values import ChatId
from handlers import keyboards
from handlers.callbacks import FileDeed, FileTap, GoalDeed, GoalTap, Listing, PageTap
from handlers.views.letters import few, letter, line

FILES_A_PAGE = 10


def size_told(size: int) -> str:
    """A number of bytes for people."""
    if size < 1_000:
        return f"{size} byte{'' if size == 1 else 's'}"
    return f"{size / 1_000:.0f} kB" if size < 1_000_000 else f"{size / 1_000_000:.1f} MB"


def kept(chat: ChatId, goal: Goal, files: Sequence[GoalFile], *, more: bool = False) -> Outgoing:
    """Files are with a goal now. With `more`, others that were sent with them follow, of which only trouble is told."""
    named = few([f"{line(file.name, 100)} ({size_told(file.size)})" for file in files])
    rest = " What you sent along with it goes there, too, unless I say otherwise." if more else ""
    use = f"Its tasks can use {'it' if len(files) == 1 and not more else 'them'}."
    body = Text(f"📎 Kept {named} with ", Bold(line(goal.name)), f".{rest} {use}")
    return letter(
        chat, body, [[keyboards.button("All its files", GoalTap(deed=GoalDeed.FILES, goal=goal.id))]], goal.id
    )


def file_list(goal: Goal, files: Sequence[GoalFile], chat: ChatId, page: int = 0) -> Outgoing:
    """A page of a goal's files, the newest first, with a button each that sends it."""
    if not files:
        text = "It has no files yet. Send one as a reply to a message about it, or with its number as the caption."
        return letter(chat, Text(Bold("Files"), f" · {line(goal.name, 150)}\n\n{text}"), (), goal.id)
    pages = (len(files) - 1) // FILES_A_PAGE + 1
    page = min(page, pages - 1)
    shown = list(reversed(files))[page * FILES_A_PAGE : (page + 1) * FILES_A_PAGE]
    lines = [f"📎 {line(file.name, 100)}, {size_told(file.size)}, {_brought(file)}{_note(file)}" for file in shown]
    rows = [
        [keyboards.button(file.name, FileTap(deed=FileDeed.SEND, goal=goal.id, file=file.id)) for file in pair]
        for pair in (shown[at : at + 2] for at in range(0, len(shown), 2))
    ]
    turn = keyboards.page_buttons(PageTap(listing=Listing.FILES, goal=goal.id, at=page), pages)
    body = Text(Bold("Files"), f" · {line(goal.name, 150)}\n\n" + "\n".join(lines))
    return letter(chat, body, [*rows, turn], goal.id)


def _brought(file: GoalFile) -> str:
    if file.source is FileSource.PERSON:
        return "from you"
    return f"from task {file.task}" if file.task is not None else "written for you"


def _note(file: GoalFile) -> str:
    return f": {line(file.note, 80)}" if file.note else ""


def sent_back(goal: Goal, file: GoalFile, chat: ChatId) -> Outgoing:
    """The file itself; its content is read when it leaves."""
    remove = keyboards.button("Take it off the goal", FileTap(deed=FileDeed.REMOVE, goal=goal.id, file=file.id))
    words = letter(chat, f"{line(file.name, 100)} · {line(goal.name)}", [[remove]], goal.id)
    return replace(words, payload={**words.payload, "document": {"name": file.name, "kept": file.id}})


def sure_to_remove(goal: Goal, file: GoalFile, chat: ChatId) -> Outgoing:
    """Asks before a file goes."""
    rows = [
        [
            keyboards.button("Take it off", FileTap(deed=FileDeed.REMOVE_YES, goal=goal.id, file=file.id)),
            keyboards.button("Keep it", FileTap(deed=FileDeed.KEEP, goal=goal.id, file=file.id)),
        ]
    ]
    body = Text(f"Take {line(file.name, 100)} off ", Bold(line(goal.name)), "? Its tasks can't use it then.")
    return letter(chat, body, rows, goal.id)


def removed(goal: Goal, name: str, chat: ChatId) -> Outgoing:
    """A file has gone."""
    return letter(chat, f"{line(name, 100)} is no longer with «{line(goal.name)}».", (), goal.id)


def still_kept(goal: Goal, file: GoalFile, chat: ChatId) -> Outgoing:
    """A file stays."""
    return letter(chat, f"📎 {line(file.name, 100)} stays with «{line(goal.name)}».", (), goal.id)


def which_goal(chat: ChatId, name: str, rows: Sequence[GoalRow]) -> Outgoing:
    """Asks which goal a file belongs to."""
    question = f"Which goal does {line(name, 100)} belong to? Its number or a button is enough."
    return letter(chat, question, keyboards.goal_choice(rows, GoalDeed.FILE))


def too_big(chat: ChatId, name: str) -> Outgoing:
    """A file that Telegram doesn't hand to bots."""
    text = f"{line(name, 100)} is too big: I can take files of up to {LARGEST_FILE // MEGABYTE} MB."
    return letter(chat, text)


def not_fetched(chat: ChatId, name: str) -> Outgoing:
    """A file that Telegram would not hand over."""
    return letter(chat, f"I couldn't get {line(name, 100)} from Telegram. Please send it once more.")
