"""Searching: literal and by pattern, in bounded time and size whatever the pattern or the files are."""

import contextlib
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.workspace.access import searching
from engine.workspace.access.matcher import lines_found
from engine.workspace.access.refusals import AccessRefused, Refusal
from engine.workspace.access.results import Access, AccessKind, Bounds, Hit, SearchEnd
from tests.engine.workspace.access.places import Place
from tests.examples import examples

SOON = Bounds(search_seconds=0.5)


def found(hits) -> list[tuple[str, int, str]]:
    return [(hit.path, hit.line, hit.text) for hit in hits.hits]


def test_a_text_is_found_with_path_line_and_text_and_recorded(place: Place) -> None:
    place.put("b/c.py", "one\n  two (x) [y]\nthree\n")
    place.put("a.py", "(x) [y]\nand (x) [y] again (x) [y]")
    hits = place.access().search("(x) [y]")
    assert found(hits) == [
        ("a.py", 1, "(x) [y]"),
        ("a.py", 2, "and (x) [y] again (x) [y]"),
        ("b/c.py", 2, "  two (x) [y]"),
    ]
    assert (hits.files, hits.skipped, hits.end) == (2, 0, SearchEnd.WHOLE)
    assert place.records == [Access(kind=AccessKind.SEARCH, path="**", bytes=hits.bytes, lines=3)]
    assert hits.bytes == sum(map(len, place.files().values()))


@pytest.mark.sample(4)
@pytest.mark.parametrize(
    ("pattern", "lines"),
    [
        ("^def ", [1, 4]),
        (r"return \w+$", [2, 5]),
        (r"\breturn\b", [2, 5]),
        ("^$", [3]),
        ("(?i)DEF", [1, 4]),
        (r"first.*:\n", [1]),
        (r":\n    return", [1, 4]),
        (".", [1, 2, 4, 5]),
        ("", None),
        (r"\A", [1]),
        ("nothing", []),
    ],
)
def test_a_pattern_is_matched_line_by_line(place: Place, pattern: str, lines: list[int] | None) -> None:
    place.put("a.py", "def first(a):\n    return a\n\ndef last(b):\n    return b\n")
    if lines is None:
        with pytest.raises(AccessRefused, match="at least one character"):
            place.access().search(pattern, regex=True)
    else:
        assert [hit.line for hit in place.access().search(pattern, regex=True).hits] == lines


def test_case_counts_unless_it_is_said_not_to(place: Place) -> None:
    place.put("a.py", "Value\nvalue\nVALUE\n")
    assert len(place.access().search("value").hits) == 1
    assert len(place.access().search("value", any_case=True).hits) == 3


def test_line_ends_and_a_mark_make_no_difference(place: Place) -> None:
    place.put("a.py", b"\xef\xbb\xbfone\r\ntwo\r\n")
    access = place.access()
    assert found(access.search("^one$", regex=True)) == [("a.py", 1, "one")]
    assert found(access.search("one\ntwo")) == [("a.py", 1, "one")]


def test_only_files_that_fit_the_glob_are_searched(place: Place) -> None:
    for path in ("a.py", "src/a.py", "src/a.md"):
        place.put(path, "found\n")
    assert [hit.path for hit in place.access().search("found", "src/**/*.py").hits] == ["src/a.py"]


def test_what_is_no_text_or_too_large_is_skipped_and_counted(place: Place) -> None:
    place.put("a.bin", b"found\0")
    place.put("b.txt", b"found\xff")
    place.put("c.txt", b"found" * 1_000)
    place.put("d.txt", b"found")
    hits = place.access(bounds=Bounds(read_bytes=1_000)).search("found")
    assert ([hit.path for hit in hits.hits], hits.files, hits.skipped) == (["d.txt"], 1, 3)


HOSTILE = {
    "nested repeats": "(a+)+$",
    "alternatives that overlap": "(a|aa)+$",
    "a reference back": r"(a*)*\1c",
    "looking ahead": "(?=(a+)+$)x|(a+)+$",
    "many optional parts": "a?" * 60 + "a" * 60,
}


@pytest.mark.sample(2)
@pytest.mark.parametrize("pattern", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_pattern_ends_in_time_with_what_was_found_before(place: Place, pattern: str) -> None:
    place.put("b.txt", "a" * 59 + "b\n")
    hits = place.access(bounds=Bounds(search_seconds=0.2)).search(pattern, regex=True)
    assert hits.end is SearchEnd.SECONDS
    assert hits.hits == ()


@pytest.mark.long
def test_what_was_found_before_a_pattern_took_too_long_is_kept(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "_BATCH", 1)
    place.put("a.txt", "aaa\n")
    place.put("b.txt", "a" * 60 + "b\n")
    hits = place.access(bounds=SOON).search("(a+)+$", regex=True)
    assert (found(hits), hits.end) == ([("a.txt", 1, "aaa")], SearchEnd.SECONDS)


@pytest.mark.sample(3)
@pytest.mark.parametrize(
    "pattern", ["(", "[a", "*", "(?P<x>", r"\8", "a{99999999999}", "(?<=a+)b", "(" * 900 + ")" * 900]
)
def test_a_pattern_that_is_none_is_refused_with_the_reason(place: Place, pattern: str) -> None:
    place.put("a.txt", "aaa\n")
    with pytest.raises(AccessRefused, match="the pattern can't be used") as refused:
        place.access().search(pattern, regex=True)
    assert refused.value.refusal is Refusal.BAD_PATTERN
    assert place.records[-1].refused


def test_a_pattern_that_takes_more_memory_than_there_is_to_be_is_refused(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "_MEMORY", 64 * 1024 * 1024)
    place.put("a.txt", "ab" * 900_000 + "\n")
    with pytest.raises(AccessRefused, match="it is too large"):
        place.access().search("((a)(b))*c", regex=True)


def test_a_pattern_is_never_an_option_or_a_command(place: Place) -> None:
    place.put("a.txt", "--help $(touch x) `id`\n")
    access = place.access()
    for text in ("--help", "$(touch x)", "`id`", '"', "\\", "\\n"):
        assert len(access.search(text).hits) == (text in "--help $(touch x) `id`")
    assert list(place.files()) == ["a.txt"]


def test_a_search_shows_so_many_lines_and_says_that_there_are_more(place: Place) -> None:
    place.put("a.txt", "x\n" * 30)
    place.put("b.txt", "x\n" * 30)
    hits = place.access(bounds=Bounds(found=10)).search("x")
    assert ([hit.line for hit in hits.hits], hits.end) == (list(range(1, 11)), SearchEnd.FOUND)
    exactly = place.access(bounds=Bounds(found=60)).search("x")
    assert (len(exactly.hits), exactly.end) == (60, SearchEnd.WHOLE)


def test_a_search_goes_through_so_many_bytes_and_says_that_there_are_more(place: Place) -> None:
    for number in range(10):
        place.put(f"{number}.txt", "x" * 100)
    hits = place.access(bounds=Bounds(searched_bytes=350)).search("x")
    assert (hits.files, hits.end) == (3, SearchEnd.BYTES)


def test_a_search_that_looks_at_so_many_names_says_that_there_are_more(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.workspace.access.walking.MOST_SEEN", 5)
    for number in range(10):
        place.put(f"{number}.txt", "x" * 100)
    hits = place.access().search("x")
    assert (hits.files, hits.end) == (5, SearchEnd.NAMES)


def test_a_long_line_is_shown_around_what_was_found(place: Place) -> None:
    place.put("a.txt", "a" * 10_000 + "found" + "b" * 10_000 + "\n")
    (hit,) = place.access().search("found").hits
    assert re.fullmatch("…a+foundb+…", hit.text)
    assert len(hit.text) == 302


def test_many_files_are_searched_in_batches_and_none_is_lost(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "_BATCH", 50)
    for number in range(40):
        place.put(f"{number:02}.txt", f"number {number}\n" * 3)
    hits = place.access().search(r"number \d+$", regex=True)
    assert found(hits) == [(f"{n:02}.txt", line, f"number {n}") for n in range(40) for line in (1, 2, 3)]


@pytest.mark.long
def test_no_process_is_left_however_a_search_ends(place: Place) -> None:
    place.put("a.txt", "a" * 60 + "b\n")
    access = place.access(bounds=SOON)
    before = children()
    for pattern in ("a", "(a+)+$", "("):
        try:
            access.search(pattern, regex=True)
        except AccessRefused:
            assert pattern == "("
        assert children() == before


def children() -> set[str]:
    """The numbers of this process's own ones, ended ones that nobody waited for among them."""
    found = set()
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if entry.name.isdecimal():
                parent = (entry / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()[1]
                found |= {entry.name} if parent == str(os.getpid()) else set()
    return found


def test_a_matcher_whose_input_closes_ends_by_itself() -> None:
    program = Path(searching.__file__).with_name("matcher.py")
    with subprocess.Popen(
        [sys.executable, "-I", "-S", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        start = b'{"pattern": "a", "any_case": false, "seconds": 9, "memory": 1073741824, "longest": 9, "most": 9}\n'
        answer, _ = process.communicate(start, timeout=20)
    assert (answer, process.returncode) == (b"[]\n", 0)


@pytest.mark.long  # a second of the processor
def test_a_matcher_ends_itself_when_its_processor_time_is_used_up() -> None:
    program = Path(searching.__file__).with_name("matcher.py")
    start = b'{"pattern": "(a+)+$", "any_case": false, "seconds": 1, "memory": 1073741824, "longest": 9, "most": 9}\n'
    with subprocess.Popen(
        [sys.executable, "-I", "-S", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        process.communicate(start + b'["' + b"a" * 60 + b'b"]\n', timeout=20)
    assert process.returncode < 0


@given(
    text=st.text(alphabet="ab\n", max_size=30),
    pattern=st.sampled_from(["a", "b$", "^a", "ab", "a.", "^$", "[^b]", "a*"]),
)
@examples(200)
def test_the_lines_found_are_those_that_each_would_be_found_in_alone(text: str, pattern: str) -> None:
    lines = text.split("\n")
    lines = lines[:-1] if len(lines) > 1 and not lines[-1] else lines
    ended = re.compile(pattern, re.MULTILINE)
    expected = [
        (number, line)
        for number, line in enumerate(lines, 1)
        if ended.search(line) or _at_end(pattern, line, number, lines, text)
    ]
    assert lines_found(ended, text, 100) == expected


def _at_end(pattern: str, line: str, number: int, lines: list[str], text: str) -> bool:
    """Whether a class that takes anything takes the line end, too."""
    return pattern == "[^b]" and (number < len(lines) or text.endswith("\n"))


@given(sought=st.text(alphabet="a.*[\\", min_size=1, max_size=3), text=st.text(alphabet="a.*[\\\n", max_size=30))
@examples(10)
def test_a_plain_text_means_itself_alone(new_place: Callable[[], Place], sought: str, text: str) -> None:
    place = new_place()
    place.put("a.txt", text)
    expected = [Hit(path="a.txt", line=n, text=line) for n, line in enumerate(text.split("\n"), 1) if sought in line]
    assert list(place.access().search(sought).hits) == expected
