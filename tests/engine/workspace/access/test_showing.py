"""The small texts that a model gets: numbered lines, and a word on what was left out."""

from engine.workspace.access.editing import Edit
from engine.workspace.access.results import Bounds
from engine.workspace.access.showing import shown_changes, shown_excerpt, shown_hits, shown_listing
from tests.engine.workspace.access.places import Place


def test_a_whole_file_is_shown_with_its_numbers_alone(place: Place) -> None:
    place.put("a.py", "one\n\n\tthree")
    assert shown_excerpt(place.access().read("a.py")) == "1\tone\n2\t\n3\t\tthree"
    place.put("empty.py", "")
    assert shown_excerpt(place.access().read("empty.py")) == "empty.py is empty."


def test_a_part_says_what_is_next(place: Place) -> None:
    place.put("a.py", "one\ntwo\nthree\n")
    assert shown_excerpt(place.access().read("a.py", 1, 2)) == "1\tone\n2\ttwo\n(Lines 1 to 2 of 3; line 3 is next.)"
    assert shown_excerpt(place.access().read("a.py", 3)) == "3\tthree\n(Lines 3 to 3 of 3.)"


def test_a_listing_tells_kinds_sizes_and_what_is_left_out(place: Place) -> None:
    place.put("b/c.py", "x" * 1_234)
    place.put(".env", "x")
    place.put("bad\\name", "x")
    (place.root / "link").symlink_to("b")
    shown = shown_listing(place.access().list())
    assert shown == (
        "b/\nb/c.py (1,234 bytes)\nlink (link, not followed)\n"
        "(1 entry kept out by the repository's settings; 1 entry with names that can't be used.)"
    )
    cut = shown_listing(place.access(bounds=Bounds(listed=1)).list())
    assert cut.startswith("b/\n(only the first 1 are shown; ask for fewer with a glob")
    assert shown_listing(place.access().list("*.rs")).startswith("Nothing fits.")


def test_a_listing_of_long_paths_is_cut_to_what_fits(place: Place) -> None:
    for number in range(400):
        place.put(f"{'x' * 200}{number:03}", "")
    shown = shown_listing(place.access().list())
    assert 50_000 < len(shown) < 61_000
    assert "only the first 2" in shown


def test_hits_are_shown_with_path_and_number(place: Place) -> None:
    place.put("b/c.py", "one\ntwo: x\n")
    place.put("d.bin", b"\0")
    place.put("e.bin", b"\0")
    assert shown_hits(place.access().search("two")) == (
        "b/c.py:2: two: x\n(2 files not searched: no UTF-8 text, too large, or no plain file.)"
    )
    assert shown_hits(place.access().search("four", "*.py")) == "Nothing was found in 1 file."


def test_a_search_that_was_cut_says_how_to_go_on(place: Place) -> None:
    place.put("a.txt", "x\n" * 10 + "a" * 60 + "b\n")
    assert "search for something rarer" in shown_hits(place.access(bounds=Bounds(found=3)).search("x"))
    hits = place.access(bounds=Bounds(search_seconds=0.2)).search("(a+)+$", regex=True)
    assert "took too long; use a plain text or a simpler pattern" in shown_hits(hits)


def test_changes_are_shown_file_by_file(place: Place) -> None:
    place.put("a.py", "x\n")
    place.put("b.py", "x\n")
    access = place.access()
    made = (
        access.edit([Edit(path="a.py", old_text="x", new_text="y\nz")])
        + access.write("c.py", "x\n")
        + access.delete("b.py")
    )
    assert shown_changes(made) == "changed a.py (2 lines)\nadded c.py (1 line)\nremoved b.py"
