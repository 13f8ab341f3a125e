"""Edits: exact and unique, all or none, with line ends, marks and modes kept, and errors that say where to look."""

import os
import stat
from collections.abc import Callable

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from engine.workspace.access.editing import Edit
from engine.workspace.access.refusals import AccessRefused, Refusal
from engine.workspace.access.results import Access, AccessKind, Bounds, Changed, ChangeKind
from engine.workspace.access.text import FileText, Replacement, file_text
from tests.engine.workspace.access.places import Place
from tests.examples import examples

PROGRAM = """def first(values):
    for value in values:
        return value
    return None


def last(values):
    for value in values:
        pass
    return value
"""


def edit(old: str, new: str, path: str = "a.py") -> Edit:
    return Edit(path=path, old_text=old, new_text=new)


def test_an_edit_changes_what_it_names_and_is_recorded(place: Place) -> None:
    place.put("a.py", PROGRAM)
    changed = place.access().edit([edit("    return None\n", "    raise ValueError\n")])
    after = PROGRAM.replace("return None", "raise ValueError")
    assert place.files() == {"a.py": after.encode()}
    assert changed == (Changed(path="a.py", kind=ChangeKind.CHANGED, bytes=len(after), lines=10),)
    assert place.records == [Access(kind=AccessKind.EDIT, path="a.py", bytes=len(after), lines=10)]


def test_several_edits_of_several_files_are_made_at_once(place: Place) -> None:
    place.put("a.py", "one\ntwo\nthree\n")
    place.put("b/c.py", "four\n")
    edits = [edit("three", "3"), edit("four", "4", "b/c.py"), edit("one", "1\n1")]
    assert [one.path for one in place.access().edit(edits)] == ["a.py", "b/c.py"]
    assert place.files() == {"a.py": b"1\n1\ntwo\n3\n", "b/c.py": b"4\n"}


def test_edits_mean_the_file_as_it_was_whatever_others_leave(place: Place) -> None:
    place.put("a.py", "x = 1\ny = 2\n")
    place.access().edit([edit("x = 1", "y = 2"), edit("y = 2", "x = 1")])
    assert place.files() == {"a.py": b"y = 2\nx = 1\n"}


def test_one_bad_edit_keeps_all_from_being_made(place: Place) -> None:
    place.put("a.py", PROGRAM)
    place.put("b.py", "x\n")
    before = place.files()
    edits = [edit("x", "y", "b.py"), edit("None", "0"), edit("    return nothing\n", "")]
    with pytest.raises(AccessRefused, match="edit 3 of 3") as refused:
        place.access().edit(edits)
    assert refused.value.refusal is Refusal.BAD_EDIT
    assert place.files() == before
    assert [(record.path, bool(record.refused)) for record in place.records] == [("a.py", True)]


def test_text_that_is_nearly_there_is_shown_with_its_line_and_where_it_parts(place: Place) -> None:
    place.put("a.py", PROGRAM)
    with pytest.raises(AccessRefused) as refused:
        place.access().edit([edit("def last(values):\n    for item in values:\n        pass\n", "")])
    reason = refused.value.reason
    assert "Nearest is line 7; line 8 differs from «    for item in values:»" in reason
    assert "7\tdef last(values):\n8\t    for value in values:\n9\t        pass" in reason


def test_text_that_differs_only_in_its_blanks_is_said_to(place: Place) -> None:
    place.put("a.py", PROGRAM)
    with pytest.raises(AccessRefused, match="Nearest is line 4; line 4 differs only in its blanks"):
        place.access().edit([edit("\treturn None\n", "")])


def test_a_single_line_that_is_like_another_is_found(place: Place) -> None:
    place.put("a.py", "".join(f"value_{number} = {number}\n" for number in range(500)) + "total = sum(values)\n")
    with pytest.raises(AccessRefused, match="Nearest is line 501"):
        place.access().edit([edit("total = sum(value)", "")])


def test_text_that_is_like_nothing_is_said_to_be(place: Place) -> None:
    place.put("a.py", PROGRAM)
    with pytest.raises(AccessRefused, match="Nothing in its 10 lines is like it"):
        place.access().edit([edit("@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@", "")])
    place.put("empty.py", "")
    with pytest.raises(AccessRefused, match="The file is empty"):
        place.access().edit([edit("x", "y", "empty.py")])


def test_text_that_is_there_more_than_once_is_told_with_its_lines(place: Place) -> None:
    place.put("a.py", PROGRAM)
    with pytest.raises(AccessRefused, match="more than once, at lines 2, 8; add lines around it"):
        place.access().edit([edit("    for value in values:\n", "")])
    place.put("b.py", "x\n" * 5_000)
    with pytest.raises(AccessRefused, match="at lines 1, 2, 3, 4, 5, 6, 7, 8 and more"):
        place.access().edit([edit("x", "y", "b.py")])


def test_places_that_overlap_count_as_two(place: Place) -> None:
    place.put("a.py", "aaa\n")
    with pytest.raises(AccessRefused, match="more than once"):
        place.access().edit([edit("aa", "b")])
    assert place.files() == {"a.py": b"aaa\n"}


def test_edits_that_overlap_are_refused_and_those_that_touch_are_not(place: Place) -> None:
    place.put("a.py", "one\ntwo\nthree\n")
    with pytest.raises(AccessRefused, match="edits 2 and 1 overlap at line 2; make them one edit"):
        place.access().edit([edit("two\nthree", "x"), edit("one\ntwo", "y")])
    place.access().edit([edit("one\n", "1\n"), edit("two\n", "2\n")])
    assert place.files() == {"a.py": b"1\n2\nthree\n"}


@pytest.mark.parametrize(
    ("edits", "code", "words"),
    [
        ([], Refusal.NOTHING, "nothing to change"),
        ([edit("", "x")], Refusal.BAD_EDIT, "old_text is empty"),
        ([edit("one", "one")], Refusal.BAD_EDIT, "are the same"),
        ([edit("one\ntwo", "one\r\ntwo")], Refusal.BAD_EDIT, "are the same"),
        ([edit("one", "\ud800")], Refusal.NO_TEXT, "half a character"),
        ([edit("one", "\0")], Refusal.NO_TEXT, "NUL"),
        ([edit("one", "x" * 200)], Refusal.TOO_MUCH, "at most 100 are written"),
        ([edit("x", "y", "no.py")], Refusal.MISSING, "no such file"),
    ],
)
def test_an_edit_that_makes_no_sense_is_refused(place: Place, edits: list[Edit], code: Refusal, words: str) -> None:
    place.put("a.py", "one\ntwo\n")
    with pytest.raises(AccessRefused, match=words) as refused:
        place.access(bounds=Bounds(read_bytes=100)).edit(edits)
    assert refused.value.refusal is code
    assert place.files() == {"a.py": b"one\ntwo\n"}
    assert len(place.records) == 1


@pytest.mark.parametrize("bounds", [Bounds(changed_files=2), Bounds(changed_bytes=8)])
def test_too_much_at_once_is_refused_as_a_whole(place: Place, bounds: Bounds) -> None:
    for name in "abc":
        place.put(f"{name}.py", "old\n")
    with pytest.raises(AccessRefused, match="at once"):
        place.access(bounds=bounds).edit([edit("old", "new", f"{name}.py") for name in "abc"])
    assert set(place.files().values()) == {b"old\n"}


@pytest.mark.parametrize(
    ("before", "old", "new", "after"),
    [
        (b"a\r\nb\r\nc\r\n", "a\nb\n", "a\nx\nb\n", b"a\r\nx\r\nb\r\nc\r\n"),
        (b"a\r\nb\r\n", "a\r\nb", "b\r\na", b"b\r\na\r\n"),
        (b"a\nb\n", "a\r\nb", "a\r\nx\r\nb", b"a\nx\nb\n"),
        (b"a\nb\r\nc\r\nd\r\n", "a\nb\nc\n", "a\nX\nc\n", b"a\nX\r\nc\r\nd\r\n"),
        (b"a\nb\nc\r\nd\n", "c\nd", "c\nnew\nd", b"a\nb\nc\r\nnew\nd\n"),
        (b"a\nb", "b", "c", b"a\nc"),
        (b"a\nb", "a", "x", b"x\nb"),
        (b"a\r\nb", "b", "b\nc", b"a\r\nb\r\nc"),
        (b"a\n", "a\n", "a", b"a"),
        (b"a", "a", "", b""),
        (b"\xef\xbb\xbfa\r\nb\r\n", "a\n", "x\n", b"\xef\xbb\xbfx\r\nb\r\n"),
        (b"\xef\xbb\xbfa\n", "a\n", "", b"\xef\xbb\xbf"),
        ("é\n日本\n".encode(), "日", "月", "é\n月本\n".encode()),
        (b"a\x0cb\n\x0cc\n", "\x0cc", "c", b"a\x0cb\nc\n"),
    ],
)
def test_line_ends_marks_and_a_missing_last_line_end_are_kept(
    place: Place, before: bytes, old: str, new: str, after: bytes
) -> None:
    place.put("a.py", before)
    place.access().edit([edit(old, new)])
    assert place.files() == {"a.py": after}


@pytest.mark.parametrize("mode", [0o644, 0o755, 0o600, 0o664, 0o444, 0o4755])
def test_mode_bits_are_kept_but_those_that_run_as_another(place: Place, mode: int) -> None:
    place.put("a.py", "x\n").chmod(mode)
    place.access().edit([edit("x", "y")])
    assert stat.S_IMODE((place.root / "a.py").stat().st_mode) == mode & 0o777


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files to others")
def test_a_file_of_another_owner_stays_theirs(place: Place) -> None:
    os.chown(place.put("a.py", "x\n"), 12_345, 54_321)
    place.access().edit([edit("x", "y")])
    status = (place.root / "a.py").stat()
    assert (status.st_uid, status.st_gid) == (12_345, 54_321)


def test_whoever_has_the_old_file_open_goes_on_seeing_all_of_it(place: Place) -> None:
    with place.put("a.py", "old\n" * 1_000).open() as file:
        first = file.readline()
        place.access().edit([edit("old\n" * 1_000, "new\n")])
        assert first + file.read() == "old\n" * 1_000
    assert place.files() == {"a.py": b"new\n"}


@pytest.mark.long  # over a second
def test_a_search_for_the_nearest_lines_is_bounded_whatever_the_file_is(place: Place) -> None:
    place.put("a.py", ("a" * 200 + "\n") * 9_000)
    place.put("b.py", "x\n" * 900_000)
    place.put("c.py", "ab" * 900_000)
    for path, old in (("a.py", ("a" * 199 + "b\n") * 500), ("b.py", "x\ny\n" * 500), ("c.py", "ba" * 100_000 + "x")):
        with pytest.raises(AccessRefused, match="not in the file"):
            place.access().edit([edit(old, "", path)])


texts = st.text(alphabet="ab \né\u2028\x0c", max_size=30)


@st.composite
def stretches_in(draw: st.DrawFn) -> tuple[str, str]:
    """A text, and a stretch of it that is not empty."""
    before = draw(st.text(alphabet="ab \né\u2028\x0c", min_size=1, max_size=30))
    start = draw(st.integers(0, len(before) - 1))
    return before, before[start : start + draw(st.integers(1, 6))]


@given(stretch=stretches_in(), new=texts, crlf=st.booleans(), mark=st.booleans())
@examples(200)
def test_a_unique_text_is_replaced_as_plain_replacement_would(
    stretch: tuple[str, str], new: str, crlf: bool, mark: bool
) -> None:
    before, old = stretch
    assume(old != new)
    content = (("\ufeff" if mark else "") + before.replace("\n", "\r\n" if crlf else "\n")).encode()
    text = file_text("a.py", content)
    place = before.find(old)
    after = text.replaced([Replacement(start=place, end=place + len(old), text=new)])
    expected = before[:place] + new + before[place + len(old) :]
    ends = "\r\n" if crlf and "\n" in before else "\n"
    assert after.content == (("\ufeff" if mark else "") + expected.replace("\n", ends)).encode()


@given(
    lines=st.lists(st.tuples(st.sampled_from(["a", "b", "", "é"]), st.sampled_from(["\n", "\r\n"])), max_size=8),
    cuts=st.lists(st.tuples(st.integers(0, 4), st.integers(1, 4), texts), max_size=3),
)
@examples(200)
def test_bytes_outside_the_replaced_stretches_are_kept_also_with_mixed_line_ends(
    lines: list[tuple[str, str]], cuts: list[tuple[int, int, str]]
) -> None:
    written = "".join(line + end for line, end in lines)
    text = FileText(written=written, marked=False)
    seen = text.seen
    stretches: list[Replacement] = []
    at = 0
    for gap, length, new in cuts:
        start = at + gap
        if start >= len(seen):
            break
        at = min(start + length, len(seen))
        stretches.append(Replacement(start=start, end=at, text=new))
    after = text.replaced(stretches)
    expected, kept = "", 0
    for one in stretches:
        expected += seen[kept : one.start] + one.text
        kept = one.end
    assert after.seen == expected + seen[kept:]
    if stretches:
        assert after.written.startswith(_written(written, stretches[0].start))
        assert after.written.endswith(written[len(_written(written, stretches[-1].end)) :])


def _written(written: str, places: int) -> str:
    """What stands before so many places of the text as it is seen."""
    at = 0
    for _ in range(places):
        at += 2 if written.startswith("\r\n", at) else 1
    return written[:at]


@given(data=st.data())
@examples(40)
def test_random_edits_are_all_made_or_none(new_place: Callable[[], Place], data: st.DataObject) -> None:
    place = new_place()
    files = data.draw(st.dictionaries(st.sampled_from(["a", "b/c", "d"]), texts, min_size=1, max_size=3), label="files")
    for path, text in files.items():
        place.put(path, text)
    edits = data.draw(
        st.lists(st.builds(Edit, path=st.sampled_from(list(files)), old_text=_parts(files), new_text=texts))
    )
    before = place.files()
    expected = _reference(files, edits)
    try:
        place.access().edit(edits)
    except AccessRefused:
        assert expected is None
        assert place.files() == before
        assert sum(bool(record.refused) for record in place.records) == 1
    else:
        assert expected is not None
        assert place.files() == {path: text.encode() for path, text in expected.items()}
    assert not [name for name in os.listdir(place.root) if name.startswith(".milepost")]


def _parts(files: dict[str, str]) -> st.SearchStrategy[str]:
    """Texts that are often in one of the files."""
    whole = st.sampled_from(list(files.values()))
    return st.one_of(
        texts, st.builds(lambda text, start, end: text[start:end], whole, st.integers(0, 9), st.integers(0, 30))
    )


def _reference(files: dict[str, str], edits: list[Edit]) -> dict[str, str] | None:
    """What the edits should make of the files, letter by letter; None when they should be refused."""
    if not edits:
        return None
    taken: dict[str, list[str | None]] = {path: list(text) for path, text in files.items()}
    owner: dict[tuple[str, int], int] = {}
    for number, one in enumerate(edits):
        text, old = files[one.path], one.old_text
        starts = [at for at in range(len(text)) if old and text[at : at + len(old)] == old]
        if len(starts) != 1 or old == one.new_text:
            return None
        for at in range(starts[0], starts[0] + len(old)):
            if (one.path, at) in owner:
                return None
            owner[one.path, at] = number
            taken[one.path][at] = one.new_text if at == starts[0] else ""
    return {path: "".join(letter or "" for letter in letters) for path, letters in taken.items()}
