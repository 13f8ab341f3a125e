"""Reading and listing: numbered lines, ranges, bounds, and what is no text."""

import os

import pytest

from engine.workspace.access.globs import Globs
from engine.workspace.access.refusals import AccessRefused, Refusal
from engine.workspace.access.results import Access, AccessKind, Bounds
from engine.workspace.access.walking import Entry, EntryKind
from tests.engine.workspace.access.places import Place


def test_a_file_is_read_whole_and_recorded(place: Place) -> None:
    place.put("src/a.py", "one\ntwo\n")
    excerpt = place.access().read("src/a.py")
    assert (excerpt.first, excerpt.last, excerpt.total, excerpt.lines) == (1, 2, 2, ("one", "two"))
    assert place.records == [Access(kind=AccessKind.READ, path="src/a.py", bytes=8, lines=2)]


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        (b"", ()),
        (b"\n", ("",)),
        (b"a", ("a",)),
        (b"a\nb", ("a", "b")),
        (b"a\r\nb\r\n", ("a", "b")),
        (b"\xef\xbb\xbfa\n", ("a",)),
        ("a\u2028b\x0cc\x85d\n".encode(), ("a\u2028b\x0cc\x85d",)),
        (b"a\rb\n", ("a\rb",)),
    ],
)
def test_only_a_line_feed_ends_a_line(place: Place, content: bytes, lines: tuple[str, ...]) -> None:
    place.put("a.txt", content)
    assert place.access().read("a.txt").lines == lines


def test_a_range_is_numbered_by_the_file(place: Place) -> None:
    place.put("a.txt", "".join(f"line {number}\n" for number in range(1, 101)))
    excerpt = place.access().read("a.txt", 41, 43)
    assert (excerpt.first, excerpt.lines) == (41, ("line 41", "line 42", "line 43"))
    assert place.access().read("a.txt", 99, 400).lines == ("line 99", "line 100")
    assert place.access().read("a.txt", -5, 1).lines == ("line 1",)


@pytest.mark.parametrize(("first", "last"), [(101, None), (50, 48), (500, 600)])
def test_a_range_that_is_not_there_is_refused_with_the_number_of_lines(
    place: Place, first: int, last: int | None
) -> None:
    place.put("a.txt", "x\n" * 100)
    with pytest.raises(AccessRefused, match="it has 100 lines"):
        place.access().read("a.txt", first, last)


def test_a_long_file_comes_in_parts_that_join(place: Place) -> None:
    text = [f"line {number}" for number in range(1, 2_501)]
    place.put("a.txt", "\n".join(text))
    access, read, first = place.access(), [], 1
    while first <= len(text):
        part = access.read("a.txt", first)
        assert len(part.lines) <= 1_000
        read += part.lines
        first = part.last + 1
    assert read == text


def test_long_lines_are_cut_and_many_of_them_bounded(place: Place) -> None:
    place.put("a.txt", "x" * 5_000 + "\n" + ("y" * 1_999 + "\n") * 99)
    excerpt = place.access().read("a.txt")
    assert excerpt.lines[0] == "x" * 2_000 + " […3,000 more characters]"
    assert 60_000 - 2_000 < sum(map(len, excerpt.lines)) <= 60_000
    assert excerpt.total == 100


def test_a_file_of_the_largest_size_is_read_and_one_byte_more_is_not(place: Place) -> None:
    place.put("a.txt", b"x" * 1_000)
    place.put("b.txt", b"x" * 1_001)
    access = place.access(bounds=Bounds(read_bytes=1_000))
    assert access.read("a.txt").total == 1
    with pytest.raises(AccessRefused) as refused:
        access.read("b.txt")
    assert refused.value.refusal is Refusal.TOO_MUCH
    assert "1,001 bytes" in refused.value.reason


def test_fifty_megabytes_are_listed_and_neither_read_nor_searched_nor_changed(place: Place) -> None:
    with (place.root / "big.bin").open("wb") as file:
        file.truncate(50 * 1024 * 1024)  # sparse: it takes no room, and would take much to read
    access = place.access()
    assert access.list().entries == (Entry(path="big.bin", kind=EntryKind.FILE, size=50 * 1024 * 1024),)
    assert (access.search("x").files, access.search("x").skipped) == (0, 1)
    for attempt in (lambda: access.read("big.bin"), lambda: access.write("big.bin", "x")):
        with pytest.raises(AccessRefused, match="52,428,800 bytes"):
            attempt()
    access.delete("big.bin")
    assert place.files() == {}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"caf\xe9\n", "not UTF-8 .byte 3, line 1"),
        (b"a\nb\n\xff\xfea\0", "no text: there is a NUL at byte 7"),
        ("x".encode("utf-16"), "NUL"),
        (b"\0" * 4_096, "NUL at byte 0"),
        (b"\xed\xa0\x80", "not UTF-8"),
        (b"\xc0\xae\xc0\xae/", "not UTF-8"),
    ],
)
def test_what_is_no_utf8_is_refused_and_stays_as_it_is(place: Place, content: bytes, words: str) -> None:
    place.put("a.txt", content)
    access = place.access()
    for attempt in (lambda: access.read("a.txt"), lambda: access.write("a.txt", "new\n")):
        with pytest.raises(AccessRefused, match=words) as refused:
            attempt()
        assert refused.value.refusal is Refusal.NO_TEXT
    assert place.files() == {"a.txt": content}


def test_what_is_not_there_is_said_to_be_missing(place: Place) -> None:
    place.put("a.txt", "x\n")
    for path in ("b.txt", "a.txt/b", "no/such/folder.txt"):
        with pytest.raises(AccessRefused, match="there is no such file") as refused:
            place.access().read(path)
        assert refused.value.refusal is Refusal.MISSING
    place.put("folder/x", "")
    with pytest.raises(AccessRefused, match="is a folder"):
        place.access().read("folder")


@pytest.mark.parametrize("path", ["./src//a.py", "src/./a.py", "src/a.py/"])
def test_a_path_is_cleaned_before_it_is_used_and_recorded(place: Place, path: str) -> None:
    place.put("src/a.py", "x\n")
    assert place.access().read(path).path == "src/a.py"
    assert place.records[0].path == "src/a.py"


def test_a_tree_is_listed_in_the_order_of_paths_without_what_is_denied(place: Place) -> None:
    for path in ("b/2.py", "b/1.py", "a.py", ".env", ".git/config", ".git/hooks/x", "c/server.pem", "c/d/e.py"):
        place.put(path, "x\n")
    listing = place.access().list()
    paths = [entry.path for entry in listing.entries]
    assert paths == ["a.py", "b", "b/1.py", "b/2.py", "c", "c/d", "c/d/e.py"]
    assert (listing.hidden, listing.unreadable, listing.cut) == (3, 0, False)


@pytest.mark.parametrize(
    ("glob", "paths"),
    [
        ("**", {"a.py", "a.md", "b", "b/a.py", "b/c", "b/c/a.py", "b/c/x.md"}),
        ("*.py", {"a.py", "b/a.py", "b/c/a.py"}),
        ("/*.py", {"a.py"}),
        ("b/*.py", {"b/a.py"}),
        ("b/**/*.py", {"b/a.py", "b/c/a.py"}),
        ("b", {"b", "b/a.py", "b/c", "b/c/a.py", "b/c/x.md"}),
        ("b/c/", {"b/c", "b/c/a.py", "b/c/x.md"}),
        ("**/c/*", {"b/c/a.py", "b/c/x.md"}),
        ("B/C/*.MD", set()),
        ("?.md", {"a.md", "b/c/x.md"}),
        ("[!a].md", {"b/c/x.md"}),
        ("nothing/**", set()),
    ],
)
def test_a_glob_says_what_is_listed(place: Place, glob: str, paths: set[str]) -> None:
    for path in ("a.py", "a.md", "b/a.py", "b/c/a.py", "b/c/x.md"):
        place.put(path, "x\n")
    assert {entry.path for entry in place.access().list(glob).entries} == paths


@pytest.mark.parametrize("glob", ["", "/", "../*", "a/../..", "/etc/../../*", "a\0b", "a\\b"])
def test_a_glob_that_is_none_is_refused(place: Place, glob: str) -> None:
    for attempt in (place.access().list, lambda glob: place.access().search("x", glob)):
        with pytest.raises(AccessRefused):
            attempt(glob)


def test_a_listing_is_cut_where_it_is_said(place: Place) -> None:
    for number in range(30):
        place.put(f"{number:02}.txt", "")
    listing = place.access(bounds=Bounds(listed=10)).list()
    assert [entry.path for entry in listing.entries] == [f"{number:02}.txt" for number in range(10)]
    assert listing.cut


def test_a_folder_of_very_many_names_is_looked_at_in_part(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.workspace.access.walking.MOST_NAMES", 50)
    for number in range(60):
        place.put(f"many/{number:02}.txt", "")
    place.put("then.txt", "")
    listing = place.access().list()
    assert len([entry for entry in listing.entries if entry.path.startswith("many/")]) == 50
    assert listing.entries[-1].path == "then.txt"
    assert listing.cut


def test_names_that_are_no_paths_are_counted_and_not_shown(place: Place) -> None:
    for name in ("a\nb.txt", "a\\b.txt", "\u200b", b"\xff.txt", "\x1b[31m.txt"):
        with open(os.path.join(os.fsencode(place.root), os.fsencode(name)), "w") as file:
            file.write("found\n")
    place.put("good.txt", "found\n")
    listing = place.access().list()
    assert [entry.path for entry in listing.entries] == ["good.txt"]
    assert listing.unreadable == 5
    assert [hit.path for hit in place.access().search("found").hits] == ["good.txt"]


def test_a_tree_nested_deeper_than_any_path_is_listed_to_its_bound(place: Place) -> None:
    descriptor = os.open(place.root, os.O_RDONLY)
    for _ in range(150):
        os.mkdir("d", dir_fd=descriptor)
        below = os.open("d", os.O_RDONLY, dir_fd=descriptor)
        os.close(descriptor)
        descriptor = below
    os.close(descriptor)
    listing = place.access().list()
    assert len(listing.entries) == 100
    assert listing.unreadable == 1


def test_only_what_is_allowed_is_read_listed_and_searched(place: Place) -> None:
    for path in ("src/a.py", "src/keep/secret.py", "docs/a.md"):
        place.put(path, "found\n")
    access = place.access(Globs(allow=("src/**",), deny=("src/keep",)))
    assert [entry.path for entry in access.list().entries if entry.kind is EntryKind.FILE] == ["src/a.py"]
    assert [hit.path for hit in access.search("found").hits] == ["src/a.py"]
    with pytest.raises(AccessRefused, match="settings allow only «src/\\*\\*»"):
        access.read("docs/a.md")
    with pytest.raises(AccessRefused, match="settings deny «src/keep»"):
        access.read("src/keep/secret.py")
    assert [record.path for record in place.records if record.refused] == ["docs/a.md", "src/keep/secret.py"]


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
def test_what_the_machine_forbids_is_refused_in_words(place: Place) -> None:
    place.put("a.txt", "x\n").chmod(0)
    with pytest.raises(AccessRefused, match="permissions don't allow"):
        place.access().read("a.txt")
