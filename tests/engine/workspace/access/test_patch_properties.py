"""Patches of random trees and texts, as git and difflib make them, turn one into the other to the byte."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from engine.workspace.access.refusals import AccessRefused
from tests.engine.workspace.access.places import Place, one_file
from tests.examples import examples


def git(folder: Path, *words: str) -> str:
    """What git says; it reads no settings of whoever runs this."""
    nothing = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null", "HOME": str(folder)}
    command = ["git", "-c", "core.autocrlf=false", "-c", "core.safecrlf=false", *words]
    ended = subprocess.run(command, cwd=folder, env=os.environ | nothing, capture_output=True, check=True)
    return ended.stdout.decode()


names = st.sampled_from(["a.txt", "b.txt", "d/a.txt", "d/e/x y.txt", "é.txt", 'q"uote.txt', "b", "d"])
lines = st.lists(st.sampled_from(["a", "b", "c", "", " x", "-- y", "++ z", "é", "\\ no"]), max_size=25)
bodies = st.builds(
    lambda lines, end, last: end.join(lines) + (end if last else ""),
    lines,
    st.sampled_from(["\n", "\n", "\n", "\r\n"]),
    st.booleans(),
)


def possible(tree: dict[str, tuple[str, bool]]) -> bool:
    """Whether no name is both a file's and a folder's; from one tree to the next it may be."""
    return "d" not in tree or not any(path.startswith("d/") for path in tree)


trees = st.dictionaries(names, st.tuples(bodies, st.booleans()), max_size=5).filter(possible)


def lay_out(root: Path, tree: dict[str, tuple[str, bool]]) -> None:
    for path, (text, runs) in tree.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode())
        file.chmod(0o755 if runs else 0o644)


def laid_out(root: Path) -> dict[str, tuple[str, bool]]:
    files = [path for path in root.rglob("*") if path.is_file()]
    return {
        path.relative_to(root).as_posix(): (path.read_bytes().decode(), bool(path.stat().st_mode & 0o100))
        for path in files
    }


@given(data=st.data(), old=trees)
@examples(60)
def test_what_git_makes_of_two_trees_turns_one_into_the_other(
    new_place: Callable[[], Place], data: st.DataObject, old: dict[str, tuple[str, bool]]
) -> None:
    new = data.draw(trees | _moved(old), label="new")
    place = new_place()
    lay_out(place.outside / "a", old)
    lay_out(place.outside / "b", new)
    (place.outside / "a").mkdir(exist_ok=True)
    (place.outside / "b").mkdir(exist_ok=True)
    lay_out(place.root, old)
    options = data.draw(st.sampled_from([[], ["-M"], ["-M", "-C", "--find-copies-harder"], ["-B", "-M"], ["-U1"]]))
    git(place.outside, "init", "-q", "--bare", "store")
    trees_of = [_tree_of(place.outside, name) for name in "ab"]
    patch = git(place.outside / "store", "diff", *options, "--text", *trees_of)
    if old == new:
        assert patch == ""
        return
    place.access().apply(patch)
    assert laid_out(place.root) == new


def _moved(old: dict[str, tuple[str, bool]]) -> st.SearchStrategy[dict[str, tuple[str, bool]]]:
    """The same contents under other names, some changed a little."""
    if not old:
        return st.just({})
    contents = st.sampled_from(list(old.values()))
    changed = st.builds(lambda file, more: (file[0] + more, file[1]), contents, st.sampled_from(["", "", "new\n"]))
    return st.dictionaries(names, changed, max_size=5).filter(possible)


def _tree_of(around: Path, name: str) -> str:
    """The name of git's tree of a folder."""
    options = ["--git-dir", str(around / "store"), "--work-tree", str(around / name)]
    (around / "store/index").unlink(missing_ok=True)
    git(around, *options, "add", "--all")
    return git(around, *options, "write-tree").strip()


@given(old=bodies, new=bodies, above=lines)
@examples(150)
def test_what_difflib_makes_of_two_texts_turns_one_into_the_other_also_further_down(
    new_place: Callable[[], Place], old: str, new: str, above: list[str]
) -> None:
    if old == new:
        return
    place = new_place()
    place.put("a.txt", old)
    place.access().apply(one_file(old, new))
    assert place.files() == {"a.txt": new.encode()}
    moved = "".join(f"above {number}\n" for number in range(len(above)))
    place.put("a.txt", moved + old)
    before = place.files()
    try:
        place.access().apply(one_file(old, new))
    except AccessRefused:
        assert place.files() == before
    else:
        assert sorted(place.files()["a.txt"]) == sorted((moved + new).encode())
