"""Ways out of a tree, and ways to what is denied in it: none of them leads anywhere, and each is recorded."""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from engine.errors import PermanentError
from engine.workspace.access import beneath
from engine.workspace.access.code_access import CodeAccess
from engine.workspace.access.editing import Edit
from engine.workspace.access.globs import Globs
from engine.workspace.access.refusals import AccessRefused, Refusal
from tests.engine.workspace.access.places import SECRET, Place

MARK = "written by the attacker\n"

BAD_PATHS = {
    "up": "../secret.txt",
    "up from a folder": "src/../../secret.txt",
    "up and back": "src/../src/a.py",
    "far up": "../" * 40 + "etc/passwd",
    "absolute": "/etc/passwd",
    "absolute with two slashes": "//etc/passwd",
    "home": "~/.ssh/config",
    "backslashes": "..\\secret.txt",
    "a drive": "C:\\secret.txt",
    "NUL at the end": "src/a.py\0",
    "NUL to cut the path short": "src/a.py\0.txt",
    "a line break": "src/a\n.py",
    "a carriage return": "src/a\r.py",
    "an escape": "src/\x1b[2Ja.py",
    "a line separator": "src/a\u2028.py",
    "half a character": "src/\udcff.py",
    "a long name": "a" * 256,
    "a long name in bytes": "é" * 128,
    "a long path": "a/" * 2_000 + "b",
    "deep nesting": "a/" * 101 + "b",
    "nothing": "",
    "the root": ".",
    "the root with slashes": ".//./",
    "dots that look like up": "․․/secret.txt",
    "full-width dots": "．．/secret.txt",
    "dots and a space": ".. /secret.txt",
    "dots and something invisible": "..\u200b/secret.txt",
    "a slash that is none": "..／secret.txt",
    "a name of invisible characters": "src/\u200b\u200d",
}

DISGUISES = {
    "plain": ".git/config",
    "the file of a worktree": ".git",
    "upper case": ".GIT/config",
    "mixed case": ".Git/hooks/pre-commit",
    "nested": "vendor/lib/.git/hooks/pre-commit",
    "with a dot in front": "./.git/config",
    "with two slashes": ".git//config",
    "trailing dot": ".git./config",
    "trailing blanks": ".git  /config",
    "trailing dots and blanks": ".git . ./config",
    "a stream": ".git::$INDEX_ALLOCATION/config",
    "a short name": "git~1/config",
    "full width": "．ｇｉｔ/config",
    "a one-dot leader": "․git/config",
    "zero-width non-joiner": ".g\u200cit/config",
    "zero-width joiner": ".gi\u200dt/config",
    "a byte order mark": "\ufeff.git/config",
    "right to left": ".gi\u202et/config",
    "a soft hyphen": ".g\u00adit/config",
    "a variation selector": ".git\ufe0f/config",
    "a filler": ".gi\u3164t/config",
    "small capitals of mathematics": ".𝐠𝐢𝐭/config",
    "circled letters": ".ⓖⓘⓣ/config",
    "a tag character": ".git\U000e0020/config",
    "attributes, which run filters": ".gitattributes",
    "modules": ".GitModules",
}


def attempts(access: CodeAccess, path: str) -> Iterator[Callable[[], object]]:
    """Every way to touch a path."""
    yield lambda: access.read(path)
    yield lambda: access.write(path, MARK)
    yield lambda: access.edit([Edit(path=path, old_text="secret", new_text=MARK)])
    yield lambda: access.delete(path)
    yield lambda: access.apply(f"--- a/{path}\n+++ b/{path}\n@@ -1 +1 @@\n-{SECRET}+{MARK}")
    yield lambda: access.apply(f"--- /dev/null\n+++ b/{path}\n@@ -0,0 +1 @@\n+{MARK}")


def assert_all_refused(place: Place, path: str, codes: set[Refusal], globs: Globs | None = None) -> None:
    before = place.files()
    for attempt in attempts(place.access(globs), path):
        with pytest.raises(AccessRefused) as refused:
            attempt()
        assert refused.value.refusal in codes, refused.value.reason
        assert place.records[-1].refused == refused.value.reason
        assert SECRET.strip() not in refused.value.reason
    assert place.files() == before


@pytest.mark.parametrize("path", BAD_PATHS.values(), ids=BAD_PATHS.keys())
def test_a_path_that_is_none_is_refused_however_it_is_touched(place: Place, path: str) -> None:
    place.put("src/a.py", "x\n")
    # In a patch, a line break or a tab ends the path, so another one is meant, which is not there.
    assert_all_refused(place, path, {Refusal.BAD_PATH, Refusal.BAD_PATCH, Refusal.MISSING} - _unless_cut_short(path))


def _unless_cut_short(path: str) -> set[Refusal]:
    return set() if any(char in path for char in "\n\r") else {Refusal.MISSING}


@pytest.mark.parametrize("path", DISGUISES.values(), ids=DISGUISES.keys())
def test_what_belongs_to_git_is_refused_in_every_disguise(place: Place, path: str) -> None:
    place.put(".git", "gitdir: /elsewhere\n") if path == ".git" else place.put(".git/config", SECRET)
    assert_all_refused(place, path, {Refusal.DENIED})


@pytest.mark.parametrize("path", [path for path in DISGUISES.values() if path not in (".gitattributes", ".GitModules")])
def test_no_allow_glob_opens_git_itself(place: Place, path: str) -> None:
    globs = Globs(allow=("**", ".git", ".git/**", "**/.git/**", ".git*", "*", "git~1", path))
    assert_all_refused(place, path, {Refusal.DENIED}, globs)


@pytest.mark.parametrize(
    "path", [".env", ".ENV.local", "deploy/prod.env", "keys/server.pem", "id_rsa", "ID_ED25519.pub"]
)
def test_secrets_are_refused_in_any_case(place: Place, path: str) -> None:
    place.put(path, SECRET)
    assert_all_refused(place, path, {Refusal.DENIED})


@pytest.mark.parametrize(
    "path",
    [
        *(".github/workflows/ci.yml", ".gitlab-ci.yml", ".circleci/config.yml", "Jenkinsfile"),
        *(".forgejo/workflows/ci.yml", ".semaphore/semaphore.yml"),
    ],
)
def test_what_a_build_server_would_run_is_refused(place: Place, path: str) -> None:
    place.put(path, SECRET)
    assert_all_refused(place, path, {Refusal.DENIED})


@pytest.mark.parametrize(
    "path",
    [".husky/pre-commit", "lefthook.yml", "web/.vscode/tasks.json", ".devcontainer.json"],
)
def test_what_the_persons_own_git_or_editor_would_run_is_refused(place: Place, path: str) -> None:
    assert_all_refused(place, path, {Refusal.DENIED})


def test_a_link_to_a_file_outside_is_refused(place: Place) -> None:
    (place.root / "link.txt").symlink_to(place.outside / "secret.txt")
    assert_all_refused(place, "link.txt", {Refusal.NO_FILE})
    assert (place.root / "link.txt").is_symlink()


def test_a_link_to_a_file_inside_is_refused_as_well(place: Place) -> None:
    place.put("real.txt", SECRET)
    (place.root / "link.txt").symlink_to("real.txt")
    assert_all_refused(place, "link.txt", {Refusal.NO_FILE})


def test_a_dangling_link_is_not_written_through(place: Place) -> None:
    (place.root / "link.txt").symlink_to(place.outside / "new.txt")
    assert_all_refused(place, "link.txt", {Refusal.NO_FILE})
    assert not (place.outside / "new.txt").exists()


def test_a_link_to_a_folder_outside_is_refused(place: Place) -> None:
    (place.root / "folder").symlink_to(place.outside)
    assert_all_refused(place, "folder/secret.txt", {Refusal.OUTSIDE})
    assert_all_refused(place, "folder/new/deep.txt", {Refusal.OUTSIDE})
    assert not (place.outside / "new").exists()


def test_a_link_to_a_folder_is_listed_and_searched_as_a_link_alone(place: Place) -> None:
    (place.root / "folder").symlink_to(place.outside)
    (place.root / "link.txt").symlink_to(place.outside / "secret.txt")
    listing = place.access().list()
    assert [(entry.path, entry.kind.value) for entry in listing.entries] == [("folder", "link"), ("link.txt", "link")]
    found = place.access().search("secret")
    assert (found.hits, found.skipped) == ((), 2)


@pytest.mark.parametrize("way", ["/proc/self/root", "/proc/self/cwd", "/proc/self/fd", "/dev/fd"])
def test_a_magic_link_of_proc_is_refused(place: Place, way: str) -> None:
    (place.root / "magic").symlink_to(way)
    assert_all_refused(place, f"magic{place.outside}/secret.txt", {Refusal.OUTSIDE})


def test_even_a_root_in_proc_lets_no_magic_link_out() -> None:
    records: list[object] = []
    access = CodeAccess(Path(f"/proc/{os.getpid()}"), Globs(), records.append)
    for path in ("root/etc/passwd", "cwd/pyproject.toml", "exe"):
        with pytest.raises(AccessRefused) as refused:
            access.read(path)
        assert refused.value.refusal in (Refusal.OUTSIDE, Refusal.NO_FILE)


def test_a_tree_that_is_itself_a_link_is_not_opened(place: Place) -> None:
    (place.outside / "alias").symlink_to(place.root)
    with pytest.raises(PermanentError):
        CodeAccess(place.outside / "alias", Globs(), place.records.append).list()


def test_a_hard_link_to_a_file_outside_is_neither_read_nor_overwritten(place: Place) -> None:
    os.link(place.outside / "secret.txt", place.root / "harmless.txt")
    access = place.access()
    for attempt in list(attempts(access, "harmless.txt")):
        with contextlib.suppress(AccessRefused):
            attempt()
    assert (place.outside / "secret.txt").read_text() == SECRET
    assert [record.refused for record in place.records if record.kind == "read"] != [""]
    os.link(place.outside / "secret.txt", place.root / "again.txt")
    assert access.search("secret").hits == ()


def test_deleting_a_hard_link_removes_the_name_alone(place: Place) -> None:
    os.link(place.outside / "secret.txt", place.root / "harmless.txt")
    place.access().delete("harmless.txt")
    assert (place.outside / "secret.txt").read_text() == SECRET
    assert not (place.root / "harmless.txt").exists()


def test_pipes_and_sockets_are_refused_at_once(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo(place.root / "pipe")
    assert_all_refused(place, "pipe", {Refusal.NO_FILE})
    monkeypatch.chdir(place.root)  # a socket's path is short
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind("plug")
        assert_all_refused(place, "plug", {Refusal.NO_FILE})
    assert place.access().search("x").skipped == 2


@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes devices")
def test_devices_are_refused(place: Place) -> None:
    try:
        os.mknod(place.root / "zero", 0o20666, os.makedev(1, 5))
    except PermissionError:
        pytest.skip("this machine lets nobody make devices")
    assert_all_refused(place, "zero", {Refusal.NO_FILE})


ON_A_MOUNT = """
import sys
from pathlib import Path
from engine.workspace.access.code_access import CodeAccess
from engine.workspace.access.globs import Globs
from engine.workspace.access.refusals import AccessRefused, Refusal
access = CodeAccess(Path(sys.argv[1]), Globs(), lambda record: None)
assert (Path(sys.argv[1]) / "mounted/secret.txt").read_text(), "the mount is not there"
for attempt in (lambda: access.read("mounted/secret.txt"), lambda: access.write("mounted/new.txt", "x"),
                lambda: access.delete("mounted/secret.txt")):
    try:
        attempt()
    except AccessRefused as refused:
        assert refused.refusal is Refusal.OUTSIDE, refused
    else:
        sys.exit("it got through")
assert access.search("secret").hits == ()
print("held")
"""


def test_a_mount_inside_the_tree_is_not_entered(place: Place) -> None:
    (place.root / "mounted").mkdir()
    (place.outside / "far").mkdir()
    (place.outside / "far/secret.txt").write_text(SECRET)
    if shutil.which("unshare") is None:
        pytest.skip("no unshare here")
    script = 'mount --bind "$1" "$2" && exec "$3" -c "$4" "$5"'
    words = [place.outside / "far", place.root / "mounted", sys.executable, ON_A_MOUNT, place.root]
    ended = subprocess.run(
        ["unshare", "--map-root-user", "--mount", "sh", "-c", script, "sh", *map(str, words)],
        cwd=Path(__file__).parents[4],
        capture_output=True,
        text=True,
        check=False,
    )
    if "unshare" in ended.stderr or "mount:" in ended.stderr:
        pytest.skip("this machine lets nobody mount")
    assert ended.stdout == "held\n", ended.stderr
    assert (place.outside / "far/secret.txt").read_text() == SECRET
    assert not (place.outside / "far/new.txt").exists()


def test_a_submodule_is_read_and_not_written(place: Place) -> None:
    place.put("sub/.git", "gitdir: ../.git/modules/sub\n")
    place.put("sub/deep/a.py", "x\n")
    assert place.access().read("sub/deep/a.py").lines == ("x",)
    with pytest.raises(AccessRefused, match="another repository, that of «sub»"):
        place.access().write("sub/deep/a.py", "y\n")
    with pytest.raises(AccessRefused, match="another repository"):
        place.access().delete("sub/deep/a.py")
    assert place.files()["sub/deep/a.py"] == b"x\n"


BARE = {"HEAD": "ref: refs/heads/main\n", "objects/info/packs": "\n", "refs/heads/main": "0\n"}


def bare(folder: str, **others: str) -> dict[str, str]:
    return {f"{folder}{name}": text for name, text in {**BARE, **others}.items()}


@pytest.mark.parametrize("folder", ["", "evil/", "src/deep/evil/", "Ev\u200bil/"])
@pytest.mark.parametrize("last", [*BARE, "head", "HEAD."])
def test_no_bare_repository_is_made_whichever_file_comes_last(place: Place, folder: str, last: str) -> None:
    access = place.access()
    name = "HEAD" if last.casefold().startswith("head") else last
    for one, text in bare(folder).items():
        if one != f"{folder}{name}":
            access.write(one, text)
    before = place.files()
    with pytest.raises(AccessRefused, match=r"git takes .* for a repository"):
        access.write(f"{folder}{last}", BARE[name])
    assert place.files() == before


def test_no_bare_repository_is_made_by_one_patch_or_with_objects_elsewhere(place: Place) -> None:
    patch = "".join(
        f"--- /dev/null\n+++ b/{path}\n@@ -0,0 +1 @@\n+{text.strip() or 'x'}\n" for path, text in bare("evil/").items()
    )
    with pytest.raises(AccessRefused, match="git takes «evil» for a repository"):
        place.access().apply(patch)
    place.access().write("worse/commondir", "../elsewhere\n")
    with pytest.raises(AccessRefused, match="git takes «worse» for a repository"):
        place.access().write("worse/HEAD", BARE["HEAD"])
    assert place.files() == {"worse/commondir": b"../elsewhere\n"}


def test_a_bare_repository_that_is_there_is_read_and_not_changed(place: Place) -> None:
    for path, text in bare("fixtures/evil.git/", config="[core]\n\tbare = true\n").items():
        place.put(path, text)
    before, access = place.files(), place.access()
    assert access.read("fixtures/evil.git/config").lines[0] == "[core]"
    tries: list[Callable[[], object]] = [
        lambda: access.write("fixtures/evil.git/config", "[core]\n\tfsmonitor = ./planted\n"),
        lambda: access.write("fixtures/evil.git/hooks/post-checkout", "#!/bin/sh\n"),
        lambda: access.delete("fixtures/evil.git/HEAD"),
        lambda: access.edit([Edit(path="fixtures/evil.git/config", old_text="true", new_text="false")]),
    ]
    for attempt in tries:
        with pytest.raises(AccessRefused, match=r"git takes «fixtures/evil\.git» for a repository"):
            attempt()
    assert place.files() == before
    access.write("fixtures/README.md", "beside it all is as ever\n")
    access.write("objects/HEAD/refs.txt", "names alone make nothing\n")


def test_without_the_kernels_help_nothing_is_touched(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    place.put("a.py", "x\n")
    monkeypatch.setattr(beneath, "_OPENAT2", 9_999)  # a call that no kernel has
    with pytest.raises(PermanentError, match="openat2"):
        place.access().read("a.py")
    with pytest.raises(PermanentError, match="openat2"):
        place.access().write("a.py", "y\n")
    assert place.files() == {"a.py": b"x\n"}
    assert "openat2" in place.records[-1].refused


@pytest.mark.parametrize(("system", "machine"), [("darwin", "arm64"), ("linux", "alpha")])
def test_on_a_system_whose_calls_are_not_known_nothing_is_touched(
    place: Place, monkeypatch: pytest.MonkeyPatch, system: str, machine: str
) -> None:
    known = os.uname()
    monkeypatch.setattr(beneath.sys, "platform", system)
    monkeypatch.setattr(beneath.os, "uname", lambda: os.uname_result((*known[:4], machine)))
    with pytest.raises(PermanentError, match="openat2"):
        place.access().list()


def test_a_kernel_that_lets_paths_out_is_not_trusted(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beneath, "_BENEATH", 0)
    with pytest.raises(PermanentError, match="doesn't keep paths inside"):
        place.access().list()
