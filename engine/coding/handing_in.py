"""A person as the author: a patch, files or a branch are taken over, once they are what the task asks for.

All of it is tried in a copy first, and only what holds there comes into the worktree, in one go.
"""

import asyncio
import hashlib
import json
import shutil
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path, PurePosixPath

from engine import events as e
from engine.coding.bench import Bench
from engine.coding.benches import Benches
from engine.coding.proving.weakening import Change
from engine.coding.refusals import CodeRefused
from engine.coding.reports import HandIn
from engine.coding.works.evidence import changed_texts
from engine.coding.works.gates import missing
from engine.coding.works.names import HAND_IN, Part
from engine.decisions import Decision, Moment
from engine.errors import InvalidInputError, WorkError
from engine.execution.blocking import open_task
from engine.goals import Goal
from engine.tasks import Outcome, Task, TaskStatus
from engine.values import Cause, GoalId, JsonObject, TaskNumber
from engine.workspace.access.code_access import CodeAccess
from engine.workspace.escaping import shown_name
from engine.workspace.git.reading import diff
from engine.workspace.git.rebasing import fork_of, merged_with, take_over
from engine.workspace.git.worktrees import export

_MOST_PATCH = 5 * 1024 * 1024


async def handed_in(benches: Benches, about: tuple[GoalId, TaskNumber], hand_in: HandIn, cause: Cause) -> Goal:
    """Take it over and have the task done. Raises `RefusedError` with plain reasons; nothing of it is kept then."""
    goal_id, number = about
    ledger = benches.sources.ledger
    if (led := await ledger.led_to(cause)) is not None:
        return await ledger.goal(led)
    goal = await ledger.goal(goal_id)
    task = _waiting(goal, number)
    _check(hand_in)
    try:
        outcome = await _taken_over(benches, goal, task, hand_in)
    except WorkError as error:
        raise CodeRefused("not_taken", str(error)) from error
    return (await ledger.change(goal_id, _done(number, outcome), cause, once=True)).goal


def _waiting(goal: Goal, number: int) -> Task:
    task = open_task(goal, number)
    if task.work != HAND_IN:
        raise CodeRefused("not_handed_in", f"«{task.title}» asks for no code")
    if task.status is not TaskStatus.WAITING:
        raise CodeRefused("not_waiting", f"«{task.title}» does not wait for you now")
    return task


def _check(hand_in: HandIn) -> None:
    if sum(map(bool, (hand_in.patch, hand_in.files, hand_in.branch))) > 1:
        raise InvalidInputError("hand_in", "that is more than one thing", "a patch, or files, or the name of a branch")


def _done(number: TaskNumber, outcome: Outcome) -> Decision:
    def decide(goal: Goal, moment: Moment) -> Sequence[e.Event]:
        del moment
        _waiting(goal, number)
        return [e.TaskCompleted(task=number, outcome=outcome)]

    return decide


async def _taken_over(benches: Benches, goal: Goal, task: Task, hand_in: HandIn) -> Outcome:
    async with benches.open(goal, task.number) as bench:
        mark = _Mark(bench, task, hand_in)
        if not await mark.is_there():
            async with _copy(bench) as copy:
                await _bring(bench, hand_in, _access(bench, copy))
                texts = await _texts_in(bench, copy)
                await _refuse_unless_it_is_so(bench, task, texts)
                await mark.make(copy)
            await _bring(bench, hand_in, bench.code, theirs=True)
        else:
            await _refuse_unless_it_is_so(bench, task, await changed_texts(bench))
        paths = sorted(change.path for change in await bench.changed())
    told = ", ".join(map(shown_name, paths[:5])) + (f" and {len(paths) - 5} more" if len(paths) > 5 else "")
    return Outcome(summary=f"Handed in: {told}", value={"paths": [*paths], "by": _by(hand_in)}, by_person=True)


def _by(hand_in: HandIn) -> str:
    if hand_in.branch:
        return f"branch {hand_in.branch}"
    return "patch" if hand_in.patch else "files" if hand_in.files else "what is there"


async def _refuse_unless_it_is_so(bench: Bench, task: Task, texts: Sequence[Change]) -> None:
    reasons = await missing(bench, Part(str(task.inputs.get("part"))), texts)
    if reasons:
        raise CodeRefused("not_what_is_wanted", "; ".join(reasons))


class _Mark:
    """Says that a hand-in has come into the worktree, so that one that was cut off there is not brought twice."""

    def __init__(self, bench: Bench, task: Task, hand_in: HandIn) -> None:
        told = hashlib.sha256(f"{task.number}\0{hand_in.branch}\0".encode() + hand_in.patch)
        for path, content in sorted(hand_in.files.items()):
            told.update(f"\0{path}\0{len(content)}\0".encode() + content)
        self._bench = bench
        self._digest = told.hexdigest()
        self._file = bench.edges.logs / f"{bench.workspace.goal}.handed.json"

    async def is_there(self) -> bool:
        """Whether just this was to be brought, and the files are as they would be then."""
        kept = await asyncio.to_thread(self._read)
        return kept.get("digest") == self._digest and kept.get("state") == await self._bench.state()

    async def make(self, copy: Path) -> None:
        """Write down what is to be brought, and what the files will be."""
        kept = json.dumps({"digest": self._digest, "state": await self._bench.state_of(copy)})
        self._file.parent.mkdir(parents=True, exist_ok=True)
        await asyncio.to_thread(self._file.write_text, kept, "utf-8")

    def _read(self) -> JsonObject:
        try:
            found = json.loads(self._file.read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}


@asynccontextmanager
async def _copy(bench: Bench) -> AsyncIterator[Path]:
    """The files as they are now, in a folder that goes at the end."""
    laid = await export(bench.edges.git, bench.worktree, await bench.state())
    place = laid.with_name("trial")
    await asyncio.to_thread(shutil.rmtree, place, ignore_errors=True)
    laid.rename(place)
    try:
        yield place
    finally:
        await asyncio.to_thread(shutil.rmtree, place, ignore_errors=True)


def _access(bench: Bench, copy: Path) -> CodeAccess:
    return CodeAccess(copy, bench.globs, bench.journal.touched)


async def _texts_in(bench: Bench, copy: Path) -> Sequence[Change]:
    """All that differs from the base in a copy of the worktree."""
    return await bench.texts_between(await bench.state_of(copy), copy)


async def _bring(bench: Bench, hand_in: HandIn, access: CodeAccess, *, theirs: bool = False) -> None:
    """Apply it. With `theirs` a branch is taken over with its commits where that can be done."""
    if hand_in.branch:
        await _bring_branch(bench, hand_in.branch, access, theirs=theirs)
    elif hand_in.patch:
        await asyncio.to_thread(access.apply, hand_in.patch)
    else:
        await asyncio.to_thread(_write, access, _placed(bench, hand_in.files))


async def _bring_branch(bench: Bench, branch: str, access: CodeAccess, *, theirs: bool) -> None:
    git, base, is_clean = bench.edges.git, bench.workspace.base, not await bench.uncommitted()
    if theirs and is_clean:
        came = await take_over(git, bench.worktree, branch, base, bench.globs.permits)
        _refuse_conflicts(came.conflicts)
        return
    since, tip = await fork_of(git, bench.worktree, branch, base)
    if is_clean:
        tip, conflicts = await merged_with(git, bench.worktree, branch)
        _refuse_conflicts(conflicts)
        since = await bench.head()
    patch = await diff(git, bench.worktree, since, tip, most=_MOST_PATCH)
    if patch.cut:
        raise CodeRefused("too_much", f"«{branch}» changes more than can be taken over at once")
    if patch.content:
        await asyncio.to_thread(access.apply, patch.content)


def _refuse_conflicts(paths: Sequence[str]) -> None:
    if paths:
        raise CodeRefused("conflicts", f"it does not fit what is there: {', '.join(map(shown_name, paths[:5]))}")


def _placed(bench: Bench, files: Mapping[str, bytes]) -> Mapping[str, str]:
    """Texts by path; a new file without a folder goes where the repository keeps such files."""
    found = {}
    for path, content in files.items():
        there = (bench.worktree.path / path).is_file() or "/" in path
        place = path if there else (PurePosixPath(bench.repository.terms.new_files) / path).as_posix()
        try:
            found[place] = content.decode()
        except UnicodeDecodeError:
            raise CodeRefused("no_utf8_text", f"«{shown_name(path)}» is no text in UTF-8") from None
    return found


def _write(access: CodeAccess, files: Mapping[str, str]) -> None:
    for path, content in files.items():
        access.write(path, content)
