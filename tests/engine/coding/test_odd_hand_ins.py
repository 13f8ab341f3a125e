"""What git can't work with in something handed in is told to whoever sent it, and waited for by nobody; what is the
repository's own trouble is waited for."""

import hashlib
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.agents.breaker import Position
from engine.blockages import BlockageKind
from engine.coding.reports import HandIn
from engine.execution.hand_ins import why_handed_back
from engine.goals import Goal
from engine.tasks import TaskStatus
from engine.values import Cause
from engine.workspace.git.commands import Answer, Call, Git, Located
from engine.workspace.git.errors import GitBusy, GitSlow
from tests.engine.coding.shop import CURE, RED_TEST, WRONG, Life, git

TEST = next(iter(RED_TEST.values()))
BY = "Ann <ann@shop.example> 1700000000 +0000"
NOTHING = "1" * 40


class Store:
    """Writes into a repository what git itself would not."""

    def __init__(self, shop: Path) -> None:
        self.git = shop / ".git"
        self.head, self.tree = (git(shop, "rev-parse", name).strip() for name in ("HEAD", "HEAD^{tree}"))

    def place(self, name: str) -> Path:
        return self.git / "objects" / name[:2] / name[2:]

    def keep(self, kind: str, body: bytes) -> str:
        raw = f"{kind} {len(body)}\0".encode() + body
        name = hashlib.sha1(raw, usedforsecurity=False).hexdigest()
        self.place(name).parent.mkdir(exist_ok=True)
        if not self.place(name).exists():
            self.place(name).write_bytes(zlib.compress(raw))
        return name

    def blob(self, text: bytes = TEST) -> str:
        return self.keep("blob", text)

    def files(self, *entries: tuple[str, bytes, str]) -> str:
        told = (mode.encode() + b" " + name + b"\0" + bytes.fromhex(of) for mode, name, of in entries)
        return self.keep("tree", b"".join(told))

    def commit(self, tree: str, parent: str = "") -> str:
        lines = (f"tree {tree}", f"parent {parent or self.head}", f"author {BY}", f"committer {BY}", "", "Odd", "")
        return self.keep("commit", "\n".join(lines).encode())

    def spoil(self, name: str) -> str:
        self.place(name).chmod(0o644)
        self.place(name).write_bytes(b"spoilt")
        return name


def one_file(store: Store, blob: str, mode: str = "100644", name: bytes = b"test_total.py") -> str:
    return store.commit(store.files((mode, name, blob)))


ODD: dict[str, Callable[[Store], str]] = {
    "a file": Store.blob,
    "files": lambda store: store.tree,
    "nothing": lambda _: NOTHING,
    "no commit yet": lambda _: "0" * 40,
    "a name of another length": lambda _: "6" * 64,
    "a commit that is spoilt": lambda store: store.spoil(store.commit(store.tree)),
    "a commit without files": lambda store: store.commit(NOTHING),
    "a commit without its parent": lambda store: store.commit(store.tree, NOTHING),
    "a commit on a file": lambda store: store.commit(store.tree, store.blob()),
    "a file in place of all files": lambda store: store.commit(store.blob()),
    "a file that is not there": lambda store: one_file(store, NOTHING),
    "a file that is spoilt": lambda store: one_file(store, store.spoil(store.blob(b"x = 1\n"))),
    "a file that is a folder": lambda store: one_file(store, store.tree),
    "a folder that is a file": lambda store: one_file(store, store.blob(), "40000"),
    "a file without a name": lambda store: one_file(store, store.blob(), name=b""),
    "a name with a folder in it": lambda store: one_file(store, store.blob(), name=b"a/test_total.py"),
    "half a list of files": lambda store: store.commit(store.keep("tree", b"100644 test_total.py\0abc")),
    "a file that was not there for a commit": lambda store: store.commit(store.tree, one_file(store, NOTHING)),
}


def points(shop: Path, to: str) -> HandIn:
    (shop / ".git" / "refs" / "heads" / "odd").write_text(f"{to}\n")
    return HandIn(branch="odd")


async def tried(life: Life, hand_in: HandIn, cause: str = "sent") -> Goal:
    waiting = life.waiting(await life.goal())
    await life.executor.take_in_code(life.id, waiting.number, hand_in, Cause(cause))
    return await life.go_on()


@pytest.mark.sample(3, in_ci=9)
@pytest.mark.parametrize("odd", ODD)
async def test_a_branch_that_git_can_not_work_with_comes_back_and_nobody_waits_for_it(
    life: Life, shop: Path, odd: str
) -> None:
    goal = await tried(life, points(shop, ODD[odd](Store(shop))))
    why = why_handed_back(life.waiting(goal))
    assert "git can't work with the branch «odd»" in why
    assert "Mend that, or send the change as a patch" in why
    assert not goal.blockages
    benches = await life.benches()
    async with benches.open(goal) as bench:
        assert await bench.changed() == ()
    assert benches.breaker_for(bench.repository.id).position is Position.CLOSED
    goal = await tried(life, HandIn(files=RED_TEST), "sent again")
    assert life.waiting(goal).inputs["part"] == "change"


async def test_where_the_repository_itself_is_spoilt_what_was_handed_in_waits_for_it(life: Life, shop: Path) -> None:
    number, store = life.waiting(await life.goal()).number, Store(shop)
    kept = git(shop, "show", "HEAD:shop.py").encode()
    name = git(shop, "rev-parse", "HEAD:shop.py").strip()
    store.spoil(name)
    await life.executor.take_in_code(life.id, number, points(shop, NOTHING), Cause("sent"))
    goal = await blocked(life, number)
    assert [one.kind for one in goal.blockages.values()] == [BlockageKind.RESOURCE]
    store.place(name).unlink()
    store.blob(kept)
    await life.executor.retry_task(life.id, number)
    assert "git can't work with the branch" in why_handed_back(life.waiting(await life.go_on()))


async def blocked(life: Life, number: int) -> Goal:
    while (goal := await life.goal()).task(number).status is not TaskStatus.BLOCKED:
        await life.executor.carry_goal(life.id, 0.2)
    return goal


async def test_a_merge_without_end_comes_back_and_a_lock_is_waited_for(
    life: Life, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Git.on_files

    def failing(error: Exception) -> Callable[..., object]:
        async def on_files(self: Git, repository: Located, call: Call) -> Answer:
            if call.words[0] == "merge-tree":
                raise error
            return await real(self, repository, call)

        return on_files

    git(shop, "branch", "odd")
    monkeypatch.setattr(Git, "on_files", failing(GitSlow("«git merge-tree» did not end within 120 s")))
    goal = await tried(life, HandIn(branch="odd"))
    assert "did not end within 120 s" in why_handed_back(life.waiting(goal))
    monkeypatch.setattr(Git, "on_files", failing(GitBusy("git is busy elsewhere")))
    waiting = life.waiting(goal).number
    await life.executor.take_in_code(life.id, waiting, HandIn(branch="odd"), Cause("again"))
    assert [one.kind for one in (await blocked(life, waiting)).blockages.values()] == [BlockageKind.RESOURCE]


async def test_where_room_is_made_for_a_hand_in_and_git_fails_it_is_waited_for_and_not_left_half_made(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    await life.hand_in(HandIn(files=RED_TEST))
    goal = await life.hand_in(HandIn(patch=WRONG))
    async with (await life.benches()).open(goal) as bench:
        files = bench.worktree.path
    real, fails = Git.on_files, [True]

    async def on_files(self: Git, repository: Located, call: Call) -> Answer:
        if fails and call.words[0] == "read-tree" and call.tree == files:
            fails.clear()
            raise GitSlow("«git read-tree» did not end within 600 s")
        return await real(self, repository, call)

    monkeypatch.setattr(Git, "on_files", on_files)
    await life.executor.take_in_code(life.id, life.waiting(goal).number, HandIn(patch=CURE), Cause("sent"))
    await life.executor.carry_goal(life.id, 30.0)  # no longer: after a minute it is looked at again, and goes on
    goal = await life.goal()
    assert not fails
    assert [one.kind for one in goal.blockages.values()] == [BlockageKind.RESOURCE]
