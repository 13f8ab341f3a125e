"""A person as the author: a patch, files or a branch are taken over, once they are what the task asks for.

All of it is tried in a copy first, and only what holds there comes into the worktree, in one go. A chat's is kept
first, and tried by an attempt of its task; a program waits for what comes of it.
"""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import PurePosixPath

from engine import events as e
from engine.coding.answers import approved_paths, denied_paths
from engine.coding.bench import Bench
from engine.coding.benches import Benches
from engine.coding.kept_hand_ins import mark_in
from engine.coding.leftovers import left_in
from engine.coding.proving.verdicts import listed
from engine.coding.proving.weakening import Change
from engine.coding.refusals import CodeRefused
from engine.coding.reports import HandIn
from engine.coding.works.evidence import changed_texts, lay_tests_ahead, sources_of
from engine.coding.works.gates import missing
from engine.coding.works.names import Part
from engine.decisions import Decision, Moment
from engine.errors import (
    EngineError,
    ExternalBlocked,
    HandedBack,
    InvalidInputError,
    NotFoundError,
    RefusedError,
    ResourceBlocked,
    TemporaryError,
    WorkError,
)
from engine.execution.hand_ins import (
    AS_IT_IS,
    Start,
    awaiting_code,
    chosen_start,
    left_by_model,
    taken_in,
    takes_over,
    to_try,
)
from engine.goals import Goal
from engine.tasks import Outcome, Task
from engine.values import Cause, GoalId, JsonObject, TaskNumber
from engine.workspace.access.code_access import CodeAccess
from engine.workspace.access.refusals import Refusal
from engine.workspace.access.results import Bounds
from engine.workspace.escaping import shown_name
from engine.workspace.git.committing import check_paths
from engine.workspace.git.errors import GitFailed, GitSlow
from engine.workspace.git.fitness import try_out
from engine.workspace.git.laying_out import trial
from engine.workspace.git.reading import compare, diff
from engine.workspace.git.rebasing import fork_of, merged_with, take_over, tree_of
from engine.workspace.git.states import put, with_files_of

_MOST_PATCH = 5 * 1024 * 1024
_MISFITS = frozenset({Refusal.PATCH_MISFIT, Refusal.IN_THE_WAY, "conflicts"})
"""What comes doesn't fit the files as they are; it may fit without the change that was turned down."""
_MOST_TRIES = 3
"""Of one hand-in, where something is busy."""


async def handed_in(benches: Benches, about: tuple[GoalId, TaskNumber], hand_in: HandIn, cause: Cause) -> Goal:
    """Take it over and have the task done. Raises `RefusedError` with plain reasons; nothing of it is kept then."""
    goal_id, number = about
    ledger = benches.sources.ledger
    if (led := await ledger.led_to(cause)) is not None:
        return await ledger.goal(led)
    goal = await ledger.goal(goal_id)
    task = awaiting_code(goal, number)
    _check(hand_in)
    try:
        outcome = await _taken_over(benches, (goal, task), hand_in, cause)
    except WorkError as error:
        raise CodeRefused("not_taken", str(error)) from error
    return (await ledger.change(goal_id, _done(number, outcome), cause, once=True)).goal


async def kept_to_try(benches: Benches, about: tuple[GoalId, TaskNumber], hand_in: HandIn, cause: Cause) -> Goal:
    """Keep it, and have an attempt of the task try it. Whatever becomes of this process, it is tried, and once.

    Raises `RefusedError` (being_tried, not_waiting, not_kept, …) or `InvalidInputError`; nothing of it is kept then.
    """
    goal_id, number = about
    _check(hand_in)
    async with benches.keeping:  # nothing is swept before its task knows of it
        if await benches.sources.ledger.led_to(cause) is None:
            awaiting_code(await benches.sources.ledger.goal(goal_id), number)
        of = (goal_id, number, await mark_of(benches, goal_id))
        try:
            name = await asyncio.to_thread(benches.kept.keep, of, hand_in, cause)
        except OSError as error:
            told = f"what you sent could not be kept ({error.strerror}); send it again once that is mended"
            raise CodeRefused("not_kept", told) from error
        decision = taken_in(number, name, _by(hand_in))
        return (await benches.sources.ledger.change(goal_id, decision, cause, once=True)).goal


async def tried(benches: Benches, goal_id: GoalId, task: Task) -> Outcome:
    """An attempt at what was handed in. Raises `HandedBack` with plain reasons, and nothing of it is kept then."""
    goal = await benches.sources.ledger.goal(goal_id)
    name = to_try(task)
    hand_in = await asyncio.to_thread(benches.kept.find, name)
    if hand_in is None:
        raise HandedBack("what you sent is not on the disk any more; please send it once more")
    limits = benches.edges.limits
    try:
        async with asyncio.timeout(2 * limits.command + limits.set_up):
            return await _taken_over(benches, (goal, task), hand_in, Cause(name))
    except TimeoutError:
        raise HandedBack("its tests did not come to an end in time; send fewer at once, or shorter ones") from None
    except (ExternalBlocked, ResourceBlocked):
        raise  # it is tried again once that is there
    except TemporaryError as error:
        if task.attempts < _MOST_TRIES:
            raise
        raise HandedBack(f"{error}; please send it once more in a moment") from error
    except (RefusedError, InvalidInputError, WorkError) as error:
        raise HandedBack(str(error)) from error


async def sweep(benches: Benches) -> None:
    """Let go of what was tried, and of what nobody waits for any more."""
    async with benches.keeping:
        kept = await asyncio.to_thread(benches.kept.names)
        wanted: set[str] = set()
        for goal_id in set(kept.values()):
            of_goal = {name for name, of in kept.items() if of == goal_id}
            try:
                goal = await benches.sources.ledger.goal(goal_id)
            except NotFoundError:  # it is in other books
                wanted |= of_goal
                continue
            mark = await mark_of(benches, goal_id)
            theirs = (name for name in of_goal if mark_in(name) not in ("", mark))  # of that number in other books
            wanted.update(theirs)
            wanted.update(to_try(task) for task in goal.tasks.values() if not goal.has_ended)
        await asyncio.to_thread(benches.kept.drop, kept.keys() - wanted)


async def mark_of(benches: Benches, goal: GoalId) -> str:
    """What tells a goal's hand-ins from those of the same number in other books: its worktree is no other's."""
    workspace = await benches.sources.store.workspace(goal)
    return "" if workspace is None else hashlib.sha256(bytes(workspace.path)).hexdigest()[:8]


def _check(hand_in: HandIn) -> None:
    if sum(map(bool, (hand_in.patch, hand_in.files, hand_in.branch))) > 1:
        raise InvalidInputError("hand_in", "that is more than one thing", "a patch, or files, or the name of a branch")


def _done(number: TaskNumber, outcome: Outcome) -> Decision:
    def decide(goal: Goal, moment: Moment) -> Sequence[e.Event]:
        del moment
        awaiting_code(goal, number)
        return [e.TaskCompleted(task=number, outcome=outcome)]

    return decide


async def _taken_over(benches: Benches, about: tuple[Goal, Task], hand_in: HandIn, cause: Cause) -> Outcome:
    goal, task = about
    async with benches.open(goal, task.number) as bench:
        mark = _Mark(bench, task, hand_in, cause)
        before = state = await bench.state()
        place = ""
        if await mark.is_there(before):
            await _refuse_unless_it_is_so(bench, about, await changed_texts(bench))
        else:
            state, place = await _brought(bench, about, hand_in, mark, before)
        git, worktree = bench.edges.git, bench.worktree
        differs = await asyncio.gather(*(compare(git, worktree, old, state) for old in (worktree.base, before)))
        paths, came = (sorted(change.path for change in changed) for changed in differs)
    summary = f"Handed in: {listed(came or paths)}{place}"
    return Outcome(summary=summary, value={"paths": [*paths], "by": _by(hand_in)}, by_person=True)


@asynccontextmanager
async def _told_apart(bench: Bench, hand_in: HandIn) -> AsyncIterator[None]:
    """While it is tried or brought. Where git fails, it is for what was handed in if the repository is fit without it.

    Raises `CodeRefused` then: no wait would help. Else the error stays what it is, and is waited for. Nothing but the
    hand-in itself may be laid meanwhile: files that are half another state's would stay so.
    """
    try:
        yield
    except (GitFailed, GitSlow) as error:
        git, worktree = bench.edges.git, bench.worktree
        try:
            await try_out(git, worktree.repository, worktree.base, await bench.head())
            await bench.state()
        except (WorkError, OSError):
            raise error from None
        what = f"the branch «{hand_in.branch}»" if hand_in.branch else "it"
        said = "; ".join(line.removeprefix("fatal: ") for line in str(error).splitlines()[-2:]).rstrip(".")
        told = f"git can't work with {what}, though it can with the repository: {said}"
        other = "as files" if hand_in.patch else "as a patch"
        raise CodeRefused("git_can_not", f"{told}. Mend that, or send the change {other}") from error


async def _brought(
    bench: Bench, about: tuple[Goal, Task], hand_in: HandIn, mark: "_Mark", before: str
) -> tuple[str, str]:
    """Try it, and bring it into the worktree, whose files are in the state `before`. Returns the state that they are in
    then, and words for what had to go."""
    async with _told_apart(bench, hand_in):
        start, state, place = await _fitting(bench, about, hand_in, mark, before)
    if start != before:
        await put(bench.edges.git, bench.worktree, start)
    try:
        async with _told_apart(bench, hand_in):
            await _bring(bench, hand_in, bench.code, start, theirs=True)
    except EngineError:
        await put(bench.edges.git, bench.worktree, before)
        raise
    return state, place


async def _fitting(
    bench: Bench, about: tuple[Goal, Task], hand_in: HandIn, mark: "_Mark", before: str
) -> tuple[str, str, str]:
    """Try it in a copy. Returns the state that it fits, that which the files are to be in, and words for what has to
    go."""
    start = await mark.begun_from() or await _start(bench, about, hand_in, before)
    try:
        return start, await _tried_on(start, bench, about, hand_in, mark), ""
    except RefusedError as error:
        if error.code not in _MISFITS or (clean := await _without_unproven(bench, about[1])) == start:
            raise
        try:
            state = await _tried_on(clean, bench, about, hand_in, mark)
        except RefusedError as second:
            raise (error if second.code in _MISFITS else second) from None
    return clean, state, ", in place of what was there and is not proven"


async def _tried_on(start: str, bench: Bench, about: tuple[Goal, Task], hand_in: HandIn, mark: "_Mark") -> str:
    """Try it in a copy of that state, and write down that it is to be laid there. Returns the name that the files have
    then. Raises `RefusedError`."""
    git, repository = bench.edges.git, bench.worktree.repository
    is_first = start == await tree_of(git, repository, bench.worktree.base)
    if is_first and about[1].inputs.get("part") != Part.CHANGE:
        lay_tests_ahead(bench, _placed(bench, hand_in.files))
    copy = await trial(git, bench.worktree, start)
    access = CodeAccess(copy, bench.globs, bench.journal.touched, Bounds(linked=True))
    await _bring(bench, hand_in, access, start)
    state = await bench.state_of(copy)
    texts = await bench.texts_of(state, copy)
    await check_paths(git, bench.worktree, tuple(change.path for change in texts))
    await _refuse_unless_it_is_so(bench, about, texts)
    if state == start and hand_in != HandIn() and not sources_of(texts):
        raise CodeRefused("nothing_new", "it brings nothing that is not there already, and the code is as it was")
    await mark.make(start, state)
    return state


async def _without_unproven(bench: Bench, task: Task) -> str:
    """The last commit with the new tests that were taken: what a person's own diff is most likely made against."""
    return await _without(bench, await left_in(bench, task))


async def _start(bench: Bench, about: tuple[Goal, Task], hand_in: HandIn, now: str) -> str:
    """The state that it is laid on: the files as they are now, but for what a model left and nobody wants to keep."""
    goal, task = about
    left = left_by_model(task)
    if left is None and takes_over(goal, task):  # it came before anybody has looked
        left = await left_in(bench, task)
    if not left or chosen_start(task) is Start.KEPT or hand_in == HandIn():
        return now
    return await _without(bench, left)


async def _without(bench: Bench, paths: Sequence[str]) -> str:
    """The files as they are now, but with these as they were committed last."""
    return await with_files_of(bench.edges.git, bench.worktree, await bench.head(), paths)


def _by(hand_in: HandIn) -> str:
    if hand_in.branch:
        return f"branch {hand_in.branch}"
    return "patch" if hand_in.patch else "files" if hand_in.files else AS_IT_IS


async def _refuse_unless_it_is_so(bench: Bench, about: tuple[Goal, Task], texts: Sequence[Change]) -> None:
    goal, task = about
    if turned_down := denied_paths(goal, texts):
        told = f"it has changes to tests that were turned down: {', '.join(map(shown_name, sorted(turned_down)[:5]))}"
        raise CodeRefused("turned_down", f"{told}; leave those as they are")
    reasons = await missing(bench, Part(str(task.inputs.get("part"))), texts, approved_paths(goal, texts))
    if reasons:
        raise CodeRefused("not_what_is_wanted", "; ".join(reasons))


class _Mark:
    """Says that a hand-in comes into the worktree, so that one that was cut off there is brought in whole, and once."""

    def __init__(self, bench: Bench, task: Task, hand_in: HandIn, cause: Cause) -> None:
        told = hashlib.sha256(_bytes(f"{cause}\0{task.number}\0{hand_in.branch}\0") + hand_in.patch)
        for path, content in sorted(hand_in.files.items()):
            told.update(_bytes(f"\0{path}\0{len(content)}\0") + content)
        self._digest = told.hexdigest()
        self._is_branch = bool(hand_in.branch)
        self._file = bench.edges.outputs_of(bench.workspace) / "handed.json"

    async def is_there(self, now: str) -> bool:
        """Whether just this was to be brought, and the files are as they would be then."""
        kept = await asyncio.to_thread(self._read)
        return kept.get("digest") == self._digest and kept.get("state") == now

    async def begun_from(self) -> str:
        """The state that just this was being laid on when it was cut off; empty where it was not begun.

        A branch comes over commit by commit, and goes on from where it got to.
        """
        kept = await asyncio.to_thread(self._read)
        begun = kept.get("digest") == self._digest and not self._is_branch
        return str(kept.get("start") or "") if begun else ""

    async def make(self, start: str, state: str) -> None:
        """Write down what is to be brought, what it is laid on, and what the files will be."""
        kept = json.dumps({"digest": self._digest, "start": start, "state": state})
        self._file.parent.mkdir(parents=True, exist_ok=True)
        await asyncio.to_thread(self._file.write_text, kept, "utf-8")

    def _read(self) -> JsonObject:
        try:
            found = json.loads(self._file.read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")  # a program may hand in any name


async def _bring(bench: Bench, hand_in: HandIn, access: CodeAccess, start: str, *, theirs: bool = False) -> None:
    """Apply it to that state. With `theirs` a branch is taken over with its commits where that can be done."""
    if hand_in.branch:
        is_clean = start == await tree_of(bench.edges.git, bench.worktree.repository, await bench.head())
        await _bring_branch(bench, hand_in.branch, access, is_clean=is_clean, theirs=theirs)
    elif hand_in.patch:
        await asyncio.to_thread(access.apply, hand_in.patch)
    else:
        await asyncio.to_thread(_write, access, _placed(bench, hand_in.files))


async def _bring_branch(bench: Bench, branch: str, access: CodeAccess, *, is_clean: bool, theirs: bool) -> None:
    git, base = bench.edges.git, bench.workspace.base
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
