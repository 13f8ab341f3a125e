"""What the files of a bare repository tell: it has none laid out, so git is asked for those of its branch."""

from dataclasses import replace

from engine.errors import WorkError
from engine.workspace.git.commands import Git
from engine.workspace.git.inspecting import locate
from engine.workspace.git.reading import contents_at, files_at
from engine.workspace.git.worktrees import base_commit
from engine.workspace.surveying import LARGEST_TEXT, Survey, Wanted, told_of


async def with_files(git: Git, found: Survey, wanted: Wanted) -> Survey:
    """The survey of a bare repository with the files of the branch that work starts from; without any where git can't
    tell them."""
    try:
        located = await locate(git, found.path)
        commit = await base_commit(git, located, found.head)
        files = told_of(await files_at(git, located, commit))
        contents = await contents_at(git, located, commit, wanted(files))
    except (WorkError, OSError):
        return found
    texts = {path: content[:LARGEST_TEXT].decode("utf-8", "replace") for path, content in contents.items()}
    return replace(found, files=files, texts=texts)
