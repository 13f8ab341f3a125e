"""A repository is looked at without a trace, and what can't be worked with is told with what to do."""

import os
import shutil
from pathlib import Path

import pytest

from engine.workspace.git.commands import Answer, Call, Git
from engine.workspace.git.errors import RepositoryRefused, ToolMissing
from engine.workspace.git.inspecting import inspect, locate
from tests.engine.workspace.git.repositories import fingerprint, plant
from tests.engine.workspace.git.repositories import git as person


async def test_a_checkout_is_described_and_left_byte_for_byte(git: Git, repository: Path) -> None:
    (repository / "run.sh").touch()
    before = fingerprint(repository)
    state = await inspect(git, repository)
    assert fingerprint(repository) == before
    assert state.refusal is None
    assert (state.bare, state.branch, state.base, state.branches) == (False, "main", "main", ("main",))
    assert state.commit == person(repository, "rev-parse", "HEAD")
    assert (state.changed, state.untracked, state.files) == (1, 1, 5)
    assert (state.submodules, state.hooks, state.programs, state.remotes) == ((), (), (), ())
    (note,) = state.notes
    assert "1 changed and 1 new files" in note


async def test_what_is_planted_is_named_and_not_run(git: Git, repository: Path, tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    plant(repository, canary)
    (repository / ".gitattributes").write_bytes(b"* filter=evil diff=evil\n")
    before = fingerprint(repository)
    state = await inspect(git, repository)
    assert {"pre-commit", "post-checkout", "reference-transaction"} <= set(state.hooks)
    assert {"core.fsmonitor", "filter.evil.clean", "core.sshcommand", "credential.helper"} <= set(state.programs)
    assert "user.name" not in state.programs
    assert state.refusal is None
    assert any("Hooks are not run" in note and "more" in note for note in state.notes)
    assert fingerprint(repository) == before
    assert not canary.exists()


async def test_hooks_that_the_settings_hold_are_switched_off_by_name(
    git: Git, repository: Path, tmp_path: Path
) -> None:
    (tmp_path / "more").write_text('[hook "a=b.c"]\n\tcommand = true\n\tenabled = true\n', "utf-8")
    person(repository, "config", "hook.evil.event", "reference-transaction")
    person(repository, "config", "include.path", str(tmp_path / "more"))
    located = await locate(git, repository)
    for name in ("evil", "a=b.c"):
        assert (await git.on_references(located, Call(words=("config", f"hook.{name}.enabled")))).line == "false"
    assert "hook.evil.event" in (await inspect(git, repository)).programs


@pytest.mark.parametrize("inside", [".git", "."])
async def test_a_repository_that_leads_to_another_one_is_none(
    git: Git, repository: Path, tmp_path: Path, inside: str
) -> None:
    folder = tmp_path / "leading"
    for name in ("objects", "refs"):
        (folder / inside / name).mkdir(parents=True)
    (folder / inside / "HEAD").write_text("ref: refs/heads/main\n", "utf-8")
    (folder / inside / "commondir").write_text(f"{repository}/.git\n", "utf-8")
    with pytest.raises(RepositoryRefused) as refused:
        await locate(git, folder)
    assert refused.value.code == "no_repository"


async def test_a_bare_clone_has_no_checkout_to_speak_of(git: Git, repository: Path, tmp_path: Path) -> None:
    person(tmp_path, "clone", "--quiet", "--bare", str(repository), "bare.git")
    state = await inspect(git, tmp_path / "bare.git")
    assert (state.bare, state.base, state.changed, state.untracked) == (True, "main", None, None)
    assert state.refusal is None
    assert state.remotes == ("origin",)


async def test_of_a_detached_head_work_starts_from_its_commit(git: Git, repository: Path) -> None:
    person(repository, "checkout", "--quiet", "--force", "--detach", "HEAD~1")
    state = await inspect(git, repository)
    assert state.branch is None
    assert state.base == state.commit == person(repository, "rev-parse", "main~1")


async def test_work_never_starts_from_a_branch_of_ours(git: Git, repository: Path) -> None:
    person(repository, "checkout", "--quiet", "-b", "milepost/7-fix")
    state = await inspect(git, repository)
    assert (state.branch, state.base) == ("milepost/7-fix", "main")


@pytest.mark.long
async def test_submodules_are_named(git: Git, repository: Path, template: Path) -> None:
    person(repository, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(template), "library")
    person(repository, "commit", "--quiet", "--message", "With a library", "--", ".gitmodules", "library")
    state = await inspect(git, repository)
    assert (state.submodules, state.files) == (("library",), 6)
    assert any("stay empty folders" in note and "library" in note for note in state.notes)


async def test_an_empty_repository_is_refused_with_what_to_do(git: Git, tmp_path: Path) -> None:
    person(tmp_path, "init", "--quiet", "--initial-branch=main", "empty")
    state = await inspect(git, tmp_path / "empty")
    assert (state.commit, state.branch, state.base, state.files) == (None, "main", None, 0)
    assert state.refusal is not None
    assert state.refusal.code == "empty"
    assert "first commit" in state.refusal.remedy


async def test_a_partial_clone_is_refused(git: Git, repository: Path, tmp_path: Path) -> None:
    person(repository, "config", "uploadpack.allowFilter", "true")
    person(tmp_path, "clone", "--quiet", "--filter=blob:none", "--no-checkout", f"file://{repository}", "partial")
    state = await inspect(git, tmp_path / "partial")
    assert state.refusal is not None
    assert state.refusal.code == "partial"


@pytest.mark.parametrize("place", [".", "nowhere", "project/src", "project/README.md"])
async def test_what_is_not_the_top_of_a_repository_is_refused(
    git: Git, repository: Path, tmp_path: Path, place: str
) -> None:
    with pytest.raises(RepositoryRefused) as refused:
        await inspect(git, tmp_path / place)
    assert refused.value.code in ("no_repository", "no_folder")
    assert refused.value.remedy


async def test_a_repository_that_holds_milepost_itself_is_refused(repository: Path, clock) -> None:
    inside = Git(repository / "data", clock)
    with pytest.raises(RepositoryRefused) as refused:
        await inspect(inside, repository)
    assert refused.value.code == "holds_milepost"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
async def test_root_does_not_lock_the_owner_out_of_a_repository(git: Git, repository: Path) -> None:
    os.chown(repository / ".git" / "objects", 12345, 12345)
    with pytest.raises(RepositoryRefused, match="belongs to user 12345") as refused:
        await inspect(git, repository)
    assert refused.value.how == "run Milepost as that user"


async def test_a_machine_without_git_is_told_so(git: Git, repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.workspace.git.commands.shutil.which", lambda *_, **__: None)
    with pytest.raises(ToolMissing, match="«git» is not installed"):
        await inspect(git, repository)


async def test_names_that_are_not_utf8_are_counted_like_others(git: Git, repository: Path) -> None:
    (repository / os.fsdecode(b"latin-\xe9.txt")).write_bytes(b"x")
    assert (await inspect(git, repository)).untracked == 2


async def test_a_repository_is_asked_for_once_until_another_or_another_kind_is_at_its_place(
    git: Git, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    discover = git.discover

    async def counted(path: Path, call: Call) -> Answer:
        asked.append(path)
        return await discover(path, call)

    monkeypatch.setattr(git, "discover", counted)
    first = await locate(git, repository)
    (repository / "README.md").write_bytes(b"changed\n")
    person(repository, "commit", "--quiet", "--all", "--message", "More")
    assert await locate(git, repository) == first
    assert len(asked) == 1
    person(repository, "config", "core.bare", "true")
    assert (await locate(git, repository)).bare
    repository.rename(repository.with_name("elsewhere"))
    with pytest.raises(RepositoryRefused, match="there is no folder"):
        await locate(git, repository)
    person(repository.parent, "init", "--quiet", "--object-format=sha256", str(repository))
    assert (await locate(git, repository)).object_format == "sha256"
    shutil.rmtree(repository / ".git")
    with pytest.raises(RepositoryRefused, match="not the top folder of a git repository"):
        await locate(git, repository)


async def test_a_repository_given_to_somebody_else_meanwhile_is_refused_though_it_is_known(
    git: Git, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await locate(git, repository)
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(RepositoryRefused) as refused:
        await locate(git, repository)
    assert refused.value.code == "not_writable"
