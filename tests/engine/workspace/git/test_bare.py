"""A bare repository tells of itself by the files of its branch, and nothing of it is laid out or run."""

from pathlib import Path

from engine.coding.detecting import Listing, detect, wanted
from engine.workspace.git.bare import with_files
from engine.workspace.git.commands import Git
from engine.workspace.surveying import survey
from tests.engine.workspace.git import repositories


def a_bare_clone(repository: Path) -> Path:
    for path, text in {"tests/test_shop.py": "import pytest\n", "src/deep/far.py": "", "node_modules/a.js": ""}.items():
        (repository / path).parent.mkdir(parents=True, exist_ok=True)
        (repository / path).write_text(text)
    (repository / "pyproject.toml").write_text("[tool.pytest.ini_options]\n")
    (repository / "setup.py").symlink_to("/etc/hostname")
    repositories.commit_all(repository, "Tests")
    bare = repository.with_name("bare.git")
    repositories.git(repository, "clone", "--quiet", "--bare", str(repository), str(bare))
    return bare


async def test_its_commands_are_detected_as_those_of_a_checkout_are(git: Git, repository: Path) -> None:
    bare = a_bare_clone(repository)
    before = repositories.fingerprint(bare)
    found = await with_files(git, await survey(bare, wanted), wanted)
    assert {"pyproject.toml", "tests/test_shop.py"} <= set(found.files)
    assert not {"src/deep/far.py", "node_modules/a.js"} & set(found.files)
    assert "setup.py" not in found.texts
    test = detect(Listing(files=found.files, texts=found.texts)).test
    assert test is not None
    assert "pytest" in test.words
    assert repositories.fingerprint(bare) == before


async def test_one_that_git_can_tell_nothing_of_is_left_as_it_was_found(git: Git, tmp_path: Path) -> None:
    repositories.git(tmp_path, "init", "--quiet", "--bare", "empty.git")
    found = await survey(tmp_path / "empty.git", wanted)
    assert await with_files(git, found, wanted) == found
