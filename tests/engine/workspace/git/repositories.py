"""Repositories for the tests of git: made once as a template and copied, hostile in every way git offers."""

import hashlib
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "HOME": "/nonexistent",
    "LANG": "C.UTF-8",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_ALLOW_PROTOCOL": "file",
}
BRANCH = "milepost/7-fix-the-sum"
"""A goal's."""
FILES = {
    "README.md": b"# A project\n",
    "src/main.py": b"def add(a, b):\n    return a - b\n",
    "src/crlf.txt": b"one\r\ntwo\r\nthree\r\n",
    "run.sh": b"#!/bin/sh\necho hello\n",
    ".gitignore": b"build/\n*.log\n",
}


def git(folder: Path, *words: str) -> str:
    """Run git as a person does, with the person's own settings in force."""
    done = subprocess.run(["git", *words], cwd=folder, env=ENVIRONMENT, capture_output=True, check=False)
    assert done.returncode == 0, (words, done.stderr)
    return os.fsdecode(done.stdout).removesuffix("\n")


def make_template(folder: Path) -> Path:
    """A small project with two commits."""
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "config", "user.name", "Ada")
    git(folder, "config", "user.email", "ada@example.org")
    for name, content in FILES.items():
        place = folder / name
        place.parent.mkdir(exist_ok=True)
        place.write_bytes(content)
    (folder / "run.sh").chmod(0o755)
    commit_all(folder, "First")
    (folder / "README.md").write_bytes(b"# A project\n\nIt adds.\n")
    commit_all(folder, "Second")
    return folder


def commit_all(folder: Path, message: str) -> str:
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", message)
    return git(folder, "rev-parse", "HEAD")


def fingerprint(folder: Path, *, leave_out: Callable[[str], bool] = lambda name: False) -> dict[str, str]:
    """Every file under a folder with its mode and a digest of its bytes; links by where they lead."""
    found = {}
    for place in sorted(folder.rglob("*")):
        name = str(place.relative_to(folder))
        if leave_out(name):
            continue
        if place.is_symlink():
            found[name] = f"link {os.readlink(place)}"
        elif place.is_file():
            found[name] = f"{place.stat().st_mode:o} {hashlib.sha256(place.read_bytes()).hexdigest()}"
    return found


OURS = (".git/objects/", ".git/refs/heads/milepost/", ".git/logs/refs/heads/milepost/", ".git/worktrees/",
        ".git/refs/milepost/", ".git/refs/remotes/", ".git/logs/refs/remotes/")  # fmt: skip


def of_the_person(folder: Path) -> dict[str, str]:
    """All of a checkout and its git folder but what Milepost may add: objects, its branches, its worktrees."""
    return fingerprint(folder, leave_out=lambda name: name.startswith(OURS))


PROGRAM = "PROGRAM"
SETTINGS = {
    "core.fsmonitor": PROGRAM,
    "core.sshCommand": PROGRAM,
    "core.pager": PROGRAM,
    "core.editor": PROGRAM,
    "diff.external": PROGRAM,
    "diff.evil.command": PROGRAM,
    "diff.evil.textconv": PROGRAM,
    "merge.evil.driver": PROGRAM,
    "filter.evil.smudge": PROGRAM,
    "filter.evil.clean": PROGRAM,
    "filter.evil.process": PROGRAM,
    "filter.evil.required": "true",
    "gpg.program": PROGRAM,
    "commit.gpgSign": "true",
    "credential.helper": f"!{PROGRAM}",
    "alias.read-tree": f"!{PROGRAM}",
    "alias.update-ref": f"!{PROGRAM}",
    "protocol.ext.allow": "always",
    "uploadpack.packObjectsHook": PROGRAM,
    "remote.evil.url": f"ext::{PROGRAM}",
    "remote.evil.receivepack": PROGRAM,
    "core.alternateRefsCommand": PROGRAM,
    "core.autocrlf": "true",
    "trailer.milepost-goal.command": PROGRAM,
    "log.showSignature": "true",
    "hook.evil.command": PROGRAM,
    "hook.evil.event": "reference-transaction",
}
"""Settings by which git might run the program."""


def plant(repository: Path, canary: Path) -> None:
    """Name a program wherever git might run one; each leaves the canary. What it takes lies beside the canary."""
    program = canary.parent / "planted.sh"
    program.write_text(f"#!/bin/sh\necho \"$0 $*\" >> '{canary}'\ncat\n", "utf-8")
    program.chmod(0o755)
    hooks = repository / ".git" / "hooks"
    hooks.mkdir(exist_ok=True)
    for name in (
        *("post-checkout", "pre-commit", "commit-msg", "prepare-commit-msg", "post-commit", "pre-push", "pre-rebase"),
        *("reference-transaction", "post-index-change", "post-merge", "post-rewrite", "fsmonitor-watchman"),
        *("pre-auto-gc", "pre-applypatch", "pre-merge-commit"),
    ):
        shutil.copy(program, hooks / name)
    planted = str(program)
    for name, value in SETTINGS.items():
        git(repository, "config", name, value.replace(PROGRAM, planted))
    git(repository, "config", "core.hooksPath", str(hooks))
    git(repository, "config", "core.attributesFile", str(canary.parent / "attributes"))
    (canary.parent / "attributes").write_text("* filter=evil diff=evil merge=evil\n", "utf-8")
    (repository / ".git" / "info").mkdir(exist_ok=True)
    (repository / ".git" / "info" / "attributes").write_text("*.md filter=evil diff=evil merge=evil text\n", "utf-8")
