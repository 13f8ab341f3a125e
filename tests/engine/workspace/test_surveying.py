"""Looking at a folder that is to be a repository: no link leads out, nothing is run, and what is read is bounded."""

import os
import socket
from collections.abc import Sequence
from pathlib import Path

import pytest

from engine.errors import InvalidInputError
from engine.workspace import surveying
from engine.workspace.surveying import LARGEST_TEXT, place_within, resolved_roots, survey


def made(folder: Path, *, head: str = "ref: refs/heads/main\n", bare: bool = False) -> Path:
    """A repository as git lays it out, with nothing in it yet."""
    git = folder if bare else folder / ".git"
    for name in ("objects", "refs/heads"):
        (git / name).mkdir(parents=True)
    (git / "HEAD").write_text(head)
    return folder


def all_of(files: Sequence[str]) -> Sequence[str]:
    return files


async def test_files_are_listed_two_levels_deep_and_those_wanted_are_read(tmp_path: Path) -> None:
    root = made(tmp_path / "shop")
    for name in ("a.txt", "src/b.py", "src/deep/c.py", "node_modules/d.js", ".github/workflows/ci.yml", ".env"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(f"this is {name}")
    found = await survey(root, lambda files: [one for one in files if one == "src/b.py"])
    assert found.path == root
    assert found.files == (".env", "a.txt", "src/b.py")
    assert found.texts == {"src/b.py": "this is src/b.py"}
    assert (found.head, found.is_bare) == ("main", False)


async def test_what_is_a_repository_of_its_own_in_it_is_passed_by(tmp_path: Path) -> None:
    root = made(tmp_path / "shop")
    made(root / "cloned")
    (root / "sub").mkdir()
    (root / "sub" / ".git").write_text("gitdir: ../.git/modules/sub\n")
    for name in ("cloned/test_a.py", "sub/test_b.py", "test_c.py"):
        (root / name).write_text("")
    assert (await survey(root, all_of)).files == ("test_c.py",)


async def test_a_link_is_neither_listed_nor_read_wherever_it_stands(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "package.json").write_text("s3cret")
    root = made(tmp_path / "shop")
    (root / "package.json").symlink_to(secret / "package.json")
    (root / "src").symlink_to(secret)
    (root / "lib").mkdir()
    (root / "lib" / "x.json").symlink_to(secret / "package.json")
    found = await survey(root, lambda _: ["package.json", "src/package.json", "lib/x.json"])
    assert (found.files, found.texts) == ((), {})


async def test_what_becomes_a_link_after_it_was_listed_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("s3cret")
    root = made(tmp_path / "shop")
    (root / "a.txt").write_text("plain")

    def swapped(files: Sequence[str]) -> Sequence[str]:
        (root / "a.txt").unlink()
        (root / "a.txt").symlink_to(tmp_path / "secret")
        return files

    found = await survey(root, swapped)
    assert found.files == ("a.txt",)
    assert found.texts == {}


async def test_pipes_sockets_and_folders_are_not_read_and_large_files_only_in_part(tmp_path: Path) -> None:
    root = made(tmp_path / "s")
    os.mkfifo(root / "pipe")
    (root / "folder.toml").mkdir()
    (root / "large").write_bytes(b"\xff" * (LARGEST_TEXT + 9))
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(root / "socket"))
        found = await survey(root, lambda _: ["pipe", "folder.toml", "socket", "large", "gone"])
    assert found.files == ("large",)
    assert found.texts == {"large": "\ufffd" * LARGEST_TEXT}


async def test_no_more_files_are_listed_than_are_of_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(surveying, "MOST_FILES", 3)
    root = made(tmp_path / "shop")
    for number in range(9):
        (root / f"{number}.txt").touch()
    assert (await survey(root, all_of)).files == ("0.txt", "1.txt", "2.txt")


async def test_a_bare_repository_has_no_files_to_look_at(tmp_path: Path) -> None:
    root = made(tmp_path / "shop.git", bare=True, head="ref: refs/heads/trunk\n")
    found = await survey(root, all_of)
    assert (found.is_bare, found.head, found.files) == (True, "trunk", ())


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read all")
async def test_branches_that_may_not_be_read_are_as_if_there_were_none(tmp_path: Path) -> None:
    root = made(tmp_path / "shop", head="a" * 40)
    (root / ".git" / "refs").chmod(0)
    assert (await survey(root, all_of)).head == ""
    (root / ".git" / "refs").chmod(0o755)


async def test_without_a_branch_that_is_checked_out_the_usual_one_is_named(tmp_path: Path) -> None:
    detached = "a" * 40
    root = made(tmp_path / "loose", head=detached)
    assert (await survey(root, all_of)).head == ""
    (root / ".git" / "refs" / "heads" / "master").write_text(detached)
    assert (await survey(root, all_of)).head == "master"
    (root / ".git" / "packed-refs").write_text(f"# pack-refs\n{detached} refs/heads/main\n")
    assert (await survey(root, all_of)).head == "main"


@pytest.mark.parametrize("kind", ["gone", "file", "plain", "worktree", "linked", "half", "leading", "real/.git"])
async def test_what_is_no_repository_of_its_own_is_refused_with_what_would_be(tmp_path: Path, kind: str) -> None:
    real = made(tmp_path / "real")
    (tmp_path / "file").touch()
    for name in ("plain", "worktree", "linked", "half/.git"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "worktree" / ".git").write_text(f"gitdir: {real}/.git/worktrees/x\n")
    (tmp_path / "linked" / ".git").symlink_to(real / ".git")
    (tmp_path / "half" / ".git" / "HEAD").write_text("ref: refs/heads/main")
    (made(tmp_path / "leading") / ".git" / "commondir").write_text(f"{real}/.git\n")
    with pytest.raises(InvalidInputError) as caught:
        await survey(tmp_path / kind, all_of)
    assert caught.value.accepts.startswith("name ")


def test_a_place_is_below_a_root_whether_it_is_written_in_full_or_not(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    for folder in (one / "shop" / "deep", two / "site"):
        folder.mkdir(parents=True)
    roots = [one, two, tmp_path / "gone"]
    assert place_within(str(one / "shop"), roots) == one / "shop"
    assert place_within("shop/deep", roots) == one / "shop" / "deep"
    assert place_within("site", roots) == two / "site"
    assert place_within(str(one / "shop" / ".." / "shop"), roots) == one / "shop"
    assert resolved_roots(roots) == [one, two]


@pytest.mark.parametrize(
    "written",
    ["/etc", "../outside", "shop/../../outside", "out", "shop/out", "file", "loop", "a\x00b", "~", "gone", "one2"],
)
def test_what_leads_out_of_the_roots_is_refused_in_the_words_for_what_is_not_there(
    tmp_path: Path, written: str
) -> None:
    root = tmp_path / "one"
    (root / "shop").mkdir(parents=True)
    for outside in ("outside", "one2"):
        (tmp_path / outside).mkdir()
    (root / "out").symlink_to(tmp_path / "outside")
    (root / "shop" / "out").symlink_to("/")
    (root / "file").touch()
    (root / "loop").symlink_to("loop")
    roots = [root]
    if written == "one2":
        written = str(tmp_path / "one2")  # a name that begins like the root's
    with pytest.raises(InvalidInputError) as caught:
        place_within(written, roots)
    assert caught.value.problem == f"there is no folder «{written[:100]}» that may be added"
    assert str(root) in caught.value.accepts


def test_a_root_that_is_a_link_holds_what_it_leads_to(tmp_path: Path) -> None:
    real = tmp_path / "real"
    (real / "shop").mkdir(parents=True)
    (tmp_path / "link").symlink_to(real)
    assert place_within(str(tmp_path / "link" / "shop"), [tmp_path / "link"]) == real / "shop"
    assert place_within(str(real / "shop"), [tmp_path / "link"]) == real / "shop"


async def test_no_handle_is_left_open(tmp_path: Path) -> None:
    root = made(tmp_path / "shop")
    (root / "src").mkdir()
    (root / "src" / "a.py").write_text("x")
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(50):
        await survey(root, lambda _: ["src/a.py", "src/gone", "gone/x", "src"])
    assert len(os.listdir("/proc/self/fd")) <= before + 1


async def test_whether_there_is_a_commit_is_told(tmp_path: Path) -> None:
    root = made(tmp_path / "shop")
    git = root / ".git"
    assert not (await survey(root, all_of)).has_commits
    (git / "refs" / "heads" / "work").write_text("0" * 40)
    assert (await survey(root, all_of)).has_commits
    (git / "refs" / "heads" / "work").unlink()
    (git / "packed-refs").write_text(f"{'0' * 40} refs/heads/main\n")
    assert (await survey(root, all_of)).has_commits
    (git / "packed-refs").unlink()
    (git / "HEAD").write_text("0" * 40)
    assert (await survey(root, all_of)).has_commits
