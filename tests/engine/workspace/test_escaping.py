"""Names and diffs are shown as what they are: no sign in them turns round, hides or overwrites what is beside it."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.coding.journal import Journal
from engine.coding.proving.verdicts import listed
from engine.workspace.access.globs import Globs
from engine.workspace.access.results import Access, AccessKind
from engine.workspace.access.showing import shown_changes, shown_excerpt, shown_hits, shown_listing
from engine.workspace.escaping import shown_name, shown_text
from engine.workspace.git.commands import Git
from engine.workspace.git.errors import PathsRefused, UncommittedChanges
from engine.workspace.git.reading import changes, diff, snapshot
from engine.workspace.git.worktrees import ensure
from tests.engine.workspace.access.places import made_place
from tests.engine.workspace.git.repositories import make_template
from tests.fakes import FakeClock

TURNED = "invoice\u202egnp.py"
SHOWN = "invoice\\u202egnp.py"
TURNING = [chr(code) for code in (0x61C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))]


@pytest.mark.parametrize("sign", [*TURNING, "\x1b", "\r", "\x85", "\u2028", "\udc80", "\x00", "\x08"])
def test_a_sign_that_is_not_seen_and_works_stands_as_its_escape(sign: str) -> None:
    escape = sign.encode("unicode_escape", "surrogatepass").decode()
    assert shown_name(f"a{sign}b") == f"a{escape}b"
    assert shown_text(f"+a{sign}b\n") == f"+a{escape}b\n"


def test_what_people_write_stays_as_it_is() -> None:
    for name in ("src/main.py", "ünï/コード.txt", "שלום.py", "a b.py", "👩.txt"):
        assert shown_name(name) == name
        assert shown_text(f"+\t{name}\n") == f"+\t{name}\n"
    assert shown_text("-one\r\n+two\r\n+👨\u200d👩\n") == "-one\r\n+two\r\n+👨\u200d👩\n"


@given(st.text())
def test_nothing_that_is_shown_turns_the_line(text: str) -> None:
    assert shown_name(text).isprintable()
    shown = shown_text(text)
    assert not {*shown} & {*TURNING, "\x1b", "\x7f", "\u2029"}
    assert "\r" not in shown.replace("\r\n", "")
    assert shown.count("\n") == text.count("\n")


def test_what_an_access_tells_has_names_as_they_may_be_shown(tmp_path: Path) -> None:
    place = made_place(tmp_path)
    access = place.access(Globs())
    changed = access.write(f"{TURNED}/{TURNED}", "found\n")
    for told in (
        shown_changes(changed),
        shown_listing(access.list()),
        shown_hits(access.search("found")),
        shown_excerpt(access.read(f"{TURNED}/{TURNED}", 1, 0)),
    ):
        assert "\u202e" not in told
    assert f"{SHOWN}/{SHOWN}" in shown_changes(changed)
    journal = Journal(None)
    journal.touched(Access(kind=AccessKind.WRITE, path=TURNED))
    (event,) = journal.written_down()(None, None)  # type: ignore[arg-type]  # it asks nothing of them
    assert SHOWN in event.summary  # type: ignore[union-attr]  # it is about code


def test_what_is_refused_and_what_fails_is_named_as_it_may_be_shown() -> None:
    assert str(PathsRefused({TURNED: "is no file"})) == f"«{SHOWN}» is no file"
    assert SHOWN in str(UncommittedChanges((TURNED,)))
    assert listed([TURNED, "b.py"]) == f"{SHOWN}, b.py"


async def test_a_diff_shows_what_is_there_and_its_bytes_stay(tmp_path: Path) -> None:
    git = Git(tmp_path / "milepost", FakeClock())
    repository = make_template(tmp_path / "project")
    worktree = (await ensure(git, repository, "milepost/7-x", "main")).worktree
    (worktree.path / TURNED).write_text("access = 'user\u202e \u2066// only admins\u2069 \u2066'\n\x1b[2J\n", "utf-8")
    patch = await diff(git, worktree, worktree.base, await snapshot(git, worktree))
    assert f"+++ b/{SHOWN}" in patch.text
    assert "+access = 'user\\u202e \\u2066// only admins\\u2069 \\u2066'" in patch.text
    assert "\\x1b[2J" in patch.text
    assert TURNED.encode() in patch.content
    assert [change.path for change in await changes(git, worktree)] == [TURNED]
