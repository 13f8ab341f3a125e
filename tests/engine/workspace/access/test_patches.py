"""Patches: what git or diff make of two trees is applied to the byte, or refused as a whole with the line at fault."""

import stat

import pytest

from engine.workspace.access.globs import Globs
from engine.workspace.access.refusals import AccessRefused, Refusal
from engine.workspace.access.results import Access, AccessKind, Bounds, ChangeKind
from tests.engine.workspace.access.places import Place, one_file

GIT_HEAD = "diff --git a/c.txt b/c.txt\nindex 1..2 100644\n--- a/c.txt\n+++ b/c.txt\n"
TEN = "".join(f"line {number}\n" for number in range(1, 11))


def test_a_patch_of_one_file_is_applied_and_recorded(place: Place) -> None:
    place.put("a.txt", TEN)
    after = TEN.replace("line 5\n", "five\nand a half\n")
    changed = place.access().apply(one_file(TEN, after))
    assert place.files() == {"a.txt": after.encode()}
    assert [(one.path, one.kind, one.lines) for one in changed] == [("a.txt", ChangeKind.CHANGED, 11)]
    assert place.records == [Access(kind=AccessKind.PATCH, path="a.txt", bytes=len(after), lines=11)]


def test_a_patch_may_come_as_bytes_with_a_letter_around_it(place: Place) -> None:
    place.put("a.txt", TEN)
    letter = "From 1234 Mon Sep 17 00:00:00 2001\nSubject: [PATCH] x\n\n--- \n a.txt | 1 +\n 1 file changed\n\n"
    patch = letter + one_file(TEN, TEN + "é\n") + "-- \n2.39.5\n\n"
    place.access().apply(patch.encode())
    assert place.files() == {"a.txt": f"{TEN}é\n".encode()}


def test_lines_may_have_moved_and_the_hunks_after_them_with_them(place: Place) -> None:
    old = "".join(f"{number}\n" for number in range(100)) + "same\n" * 30
    new = old.replace("20\n", "twenty\n") + "end\n"
    place.put("a.txt", "above\n" * 7 + old)
    place.access().apply(one_file(old, new))
    assert place.files() == {"a.txt": b"above\n" * 7 + new.encode()}


def test_lines_that_stand_at_several_places_are_not_guessed(place: Place) -> None:
    patch = one_file("a\nb\nc\n" * 9, "a\nb\nc\n" * 4 + "a\nB\nc\n" + "a\nb\nc\n" * 4)
    place.put("a.txt", "x\n" + "a\nb\nc\n" * 9)
    before = place.files()
    with pytest.raises(AccessRefused, match="more than once \\(lines 3, 6, 9, 12, 15\\)") as refused:
        place.access().apply(patch)
    assert refused.value.refusal is Refusal.PATCH_MISFIT
    assert place.files() == before


def test_lines_that_stand_where_the_patch_says_are_taken_although_they_are_elsewhere_too(place: Place) -> None:
    old, new = "a\nb\nc\n" * 9, "a\nb\nc\n" * 4 + "a\nB\nc\n" + "a\nb\nc\n" * 4
    place.put("a.txt", old)
    place.access().apply(one_file(old, new))
    assert place.files() == {"a.txt": new.encode()}


def test_there_is_no_fuzz(place: Place) -> None:
    place.put("a.txt", TEN.replace("line 3\n", "LINE 3\n"))
    before = place.files()
    with pytest.raises(AccessRefused, match="Nearest is line 2; line 3 differs") as refused:
        place.access().apply(one_file(TEN, TEN.replace("line 5\n", "five\n")))
    assert refused.value.refusal is Refusal.PATCH_MISFIT
    assert "the hunk of line 3" in refused.value.reason
    assert place.files() == before


def test_new_lines_without_any_around_them_are_not_placed_by_their_number(place: Place) -> None:
    place.put("a.txt", TEN)
    with pytest.raises(AccessRefused, match="no old line that would tell"):
        place.access().apply("--- a/a.txt\n+++ b/a.txt\n@@ -3,0 +4 @@\n+new\n")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a\nb", "a\nc"),
        ("a\nb", "a\nb\n"),
        ("a\nb\n", "a\nb"),
        ("a", "a\nb"),
        ("a\r\nb\r\nc\r\n", "a\r\nX\r\nc\r\n"),
        ("a\r\nb", "a\r\nb\r\n"),
        ("a\r\nb\nc\n", "a\r\nb\r\nc\n"),
        ("a\nb\n", "a\r\nb\r\n"),
        ("a\rb\n", "a\rc\n"),
        ("\ufeffa\nb\n", "\ufeffa\nc\n"),
        ("", "x\n"),
        ("x\n", ""),
        ("-- x\n++ y\n", "++ x\n-- y\n"),
        ("@@ -1 +1 @@\n", "diff --git a/x b/x\n"),
        ("\n\n\n", "\n\nx\n\n"),
        (" \n", "  \n"),
        ("\\ No newline at end of file\n", "\\ x\n"),
        ("a\u2028b\x0cc\x85\n", "a\u2028b\x0cc\x85d\n"),
    ],
)
def test_every_byte_is_as_the_patch_says(place: Place, old: str, new: str) -> None:
    place.put("a.txt", old)
    place.access().apply(one_file(old, new))
    assert place.files() == {"a.txt": new.encode()}


def test_a_missing_line_end_must_be_missing_in_the_file_too(place: Place) -> None:
    place.put("a.txt", "a\nb\n")
    with pytest.raises(AccessRefused, match="not in the file"):
        place.access().apply(one_file("a\nb", "a\nc"))
    place.put("a.txt", "a\nb")
    with pytest.raises(AccessRefused, match="not in the file"):
        place.access().apply(one_file("a\nb\n", "a\nc\n"))


def test_a_patch_with_other_line_ends_than_the_file_is_applied_in_the_files_own(place: Place) -> None:
    old, new = "a\nb\nc\n", "a\nX\nY\nc\n"
    place.put("crlf.txt", old.replace("\n", "\r\n"))
    place.put("lf.txt", old)
    converted = one_file(old, new, "lf.txt").replace("\n", "\r\n")
    place.access().apply(one_file(old, new, "crlf.txt"))
    place.access().apply(converted)
    place.put("half.txt", old)
    place.access().apply(one_file(old.replace("\n", "\r\n"), new.replace("\n", "\r\n"), "half.txt"))
    crlf = new.replace("\n", "\r\n").encode()
    assert place.files() == {"crlf.txt": crlf, "lf.txt": new.encode(), "half.txt": new.encode()}


def test_a_patch_that_was_converted_on_its_way_fits_a_file_with_such_line_ends(place: Place) -> None:
    old, new = "a\r\nb\r\nc\r\n", "a\r\nX\r\nc\r\n"
    place.put("a.txt", old)
    place.access().apply(one_file("a\nb\nc\n", "a\nX\nc\n").replace("\n", "\r\n"))
    assert place.files() == {"a.txt": new.encode()}


COMINGS_AND_GOINGS = """\
diff --git a/old.txt b/old.txt
deleted file mode 100644
index 3367afd..0000000
--- a/old.txt
+++ /dev/null
@@ -1 +0,0 @@
-old
diff --git a/deep/new.sh b/deep/new.sh
new file mode 100755
index 0000000..3e75765
--- /dev/null
+++ b/deep/new.sh
@@ -0,0 +1 @@
+new
diff --git a/empty with blanks.txt b/empty with blanks.txt
new file mode 100644
index 0000000..e69de29
diff --git a/run.sh b/run.sh
old mode 100644
new mode 100755
diff --git a/plain.sh b/plain.sh
old mode 100755
new mode 100644
index 587be6b..975fbec
--- a/plain.sh
+++ b/plain.sh
@@ -1 +1 @@
-x
+y
"""


def test_files_come_and_go_with_modes(place: Place) -> None:
    place.put("old.txt", "old\n")
    place.put("run.sh", "x\n")
    place.put("plain.sh", "x\n").chmod(0o755)
    changed = place.access().apply(COMINGS_AND_GOINGS)
    assert place.files() == {
        "deep/new.sh": b"new\n",
        "empty with blanks.txt": b"",
        "run.sh": b"x\n",
        "plain.sh": b"y\n",
    }
    modes = {path: bool((place.root / path).stat().st_mode & stat.S_IXUSR) for path in place.files()}
    assert modes == {"deep/new.sh": True, "empty with blanks.txt": False, "run.sh": True, "plain.sh": False}
    kinds = {one.path: one.kind.value for one in changed}
    assert (kinds["old.txt"], kinds["deep/new.sh"], kinds["run.sh"]) == ("removed", "added", "changed")


def test_files_are_renamed_and_copied_with_and_without_changes(place: Place) -> None:
    place.put("a.sh", TEN).chmod(0o755)
    place.put("b.txt", TEN)
    patch = """\
diff --git a/b.txt b/copy of b.txt
similarity index 100%
copy from b.txt
copy to copy of b.txt
diff --git a/a.sh b/deep/c.sh
similarity index 90%
rename from a.sh
rename to deep/c.sh
index 0000001..0000002 100755
--- a/a.sh
+++ b/deep/c.sh
@@ -1,3 +1,3 @@
-line 1
+one
 line 2
 line 3
"""
    place.access().apply(patch)
    one = TEN.replace("line 1\n", "one\n").encode()
    assert place.files() == {"b.txt": TEN.encode(), "copy of b.txt": TEN.encode(), "deep/c.sh": one}
    assert (place.root / "deep/c.sh").stat().st_mode & stat.S_IXUSR


def test_two_files_may_change_places(place: Place) -> None:
    place.put("a", "1\n")
    place.put("b", "2\n")
    move = "diff --git a/{0} b/{1}\nsimilarity index 100%\nrename from {0}\nrename to {1}\n"
    place.access().apply(move.format("a", "b") + move.format("b", "a"))
    assert place.files() == {"a": b"2\n", "b": b"1\n"}


def test_a_series_of_patches_is_applied_one_upon_the_other(place: Place) -> None:
    first, second, third = TEN, TEN.replace("line 1\n", "one\n"), TEN.replace("line 1\n", "uno\n")
    place.put("a.txt", first)
    place.access().apply(one_file(first, second) + one_file(second, third))
    assert place.files() == {"a.txt": third.encode()}
    letters = (
        f"From 1\nSubject: x\n\n{one_file(third, second)}-- \n2.3\n\nFrom 2\nSubject: y\n\n{one_file(second, first)}"
    )
    place.access().apply(letters)
    assert place.files() == {"a.txt": first.encode()}


@pytest.mark.parametrize(
    ("header", "path"),
    [
        ("--- a/src/a.txt\n+++ b/src/a.txt\n", "src/a.txt"),
        ("--- src/a.txt\n+++ src/a.txt\n", "src/a.txt"),
        ("--- ./src/a.txt\n+++ ./src/a.txt\n", "src/a.txt"),
        ("--- a/a.txt\n+++ a/a.txt\n", "a/a.txt"),
        ("--- i/src/a.txt\n+++ w/src/a.txt\n", "src/a.txt"),
        ("--- b/src/a.txt\n+++ a/src/a.txt\n", "src/a.txt"),
        (
            "--- project-1.0/src/a.txt\t2024-01-01 10:00:00 +0100\n+++ project/src/a.txt\t2024-01-02 10:00:00\n",
            "src/a.txt",
        ),
        ("--- a.txt.orig\t2024-01-01 10:00:00\n+++ a.txt\t2024-01-01 10:00:00\n", "a.txt"),
        ("--- a/with blanks.txt\t\n+++ b/with blanks.txt\t\n", "with blanks.txt"),
        ('--- "a/\\303\\251 \\"x\\".txt"\n+++ "b/\\303\\251 \\"x\\".txt"\n', 'é "x".txt'),
        ("--- a/日本.txt\n+++ b/日本.txt\n", "日本.txt"),
        ("diff --git a/x b.txt b/x b.txt\nindex 1..2 100644\n--- a/x b.txt\t\n+++ b/x b.txt\t\n", "x b.txt"),
        ("diff --git x/y x/y\nindex 1..2\n--- x/y\n+++ x/y\n", "x/y"),
        ("Index: a.txt\n====\n--- a.txt\t(revision 1)\n+++ a.txt\t(working copy)\n", "a.txt"),
    ],
)
def test_paths_are_read_in_all_the_ways_they_are_written(place: Place, header: str, path: str) -> None:
    place.put(path, "x\n")
    place.access().apply(f"{header}@@ -1 +1 @@\n-x\n+y\n")
    assert place.files() == {path: b"y\n"}


def test_a_file_that_diff_dates_to_the_beginning_of_time_is_new_or_gone(place: Place) -> None:
    never = "\t1970-01-01 01:00:00.000000000 +0100"
    place.put("gone.txt", "x\n")
    place.access().apply(
        f"diff -ruN a/new.txt b/new.txt\n--- a/new.txt{never}\n+++ b/new.txt\t2024-01-01 10:00:00\n@@ -0,0 +1 @@\n+x\n"
        f"--- a/gone.txt\t2024-01-01 10:00:00\n+++ b/gone.txt{never}\n@@ -1 +0,0 @@\n-x\n"
    )
    assert place.files() == {"new.txt": b"x\n"}


@pytest.mark.parametrize(
    ("patch", "words"),
    [
        ("", "no change of a file in it"),
        ("please fix the bug\n", "no change of a file in it"),
        ("@@ -1 +1 @@\n-x\n+y\n", "line 1 of the patch: a hunk, and no file"),
        ("--- a/a.txt\n+++ b/a.txt\n", "a hunk should follow"),
        ("--- a/a.txt\n+++ b/a.txt\n@@ -1,2 +1,2 @@\n-x\n+y\n", "fewer lines than its header says; the patch ends"),
        ("--- a/a.txt\n+++ b/a.txt\n@@ -1,2 +1,2 @@\n-x\n+y\nhello\n", "line 6 of the patch: .* «hello» follows"),
        ("--- a/a.txt\n+++ b/a.txt\n@@ -1 +1 @@\n-x\n+y\n z\n", "line 6 of the patch: .*more lines"),
        ("--- a/a.txt\n+++ b/a.txt\n@@ -1 +1,3 @@\n-x\n-x\n+y\n+z\n+z\n", "2 old and 3 new lines, .* says 1 and 3"),
        ("--- /dev/null\n+++ /dev/null\n@@ -1 +1 @@\n-x\n+y\n", "doesn't say which file"),
        ("diff --git a/x b/y\n", "different files, or none"),
        ("diff --git a/x b/y\nrename from x\n", "doesn't say which file"),
        ("diff --git a/a.txt b/a.txt\n--- a/a.txt\n+++ b/b.txt\n@@ -1 +1 @@\n-x\n+y\n", "different files"),
        ("diff --cc a.txt\nindex 1,2..3\n--- a/a.txt\n+++ b/a.txt\n@@@ -1,1 -1,1 +1,1 @@@\n", "merge's combined diff"),
        ("Binary files a/x.png and b/x.png differ\n", "binary file can't be taken over; leave it out"),
        ('--- "a/x\n+++ "b/x\n@@ -1 +1 @@\n-x\n+y\n', "quoted path has no end"),
        ("--- a/a.txt\n+++ b/a.txt\n@@ -9999999999 +1 @@\n-x\n+y\n", "a hunk should follow"),
    ],
)
def test_a_patch_that_can_not_be_read_is_refused_with_its_line(place: Place, patch: str, words: str) -> None:
    place.put("a.txt", "x\n")
    with pytest.raises(AccessRefused, match=words) as refused:
        place.access().apply(patch)
    assert refused.value.refusal is Refusal.BAD_PATCH
    assert place.files() == {"a.txt": b"x\n"}


@pytest.mark.parametrize(
    ("patch", "code", "words"),
    [
        (
            "--- a/no.txt\n+++ b/no.txt\n@@ -1 +1 @@\n-x\n+y\n",
            Refusal.MISSING,
            "no such file, and the patch changes it",
        ),
        ("--- /dev/null\n+++ b/a.txt\n@@ -0,0 +1 @@\n+y\n", Refusal.IN_THE_WAY, "there is a file already"),
        (
            "diff --git a/a.txt b/b.txt\nrename from a.txt\nrename to b.txt\n",
            Refusal.IN_THE_WAY,
            "there is a file already",
        ),
        ("--- a/b.txt\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n", Refusal.PATCH_MISFIT, "more lines than the patch shows"),
        (
            "diff --git a/b.txt b/b.txt\ndeleted file mode 100644\n",
            Refusal.PATCH_MISFIT,
            "more lines than the patch shows",
        ),
        ("--- a/bad.txt\n+++ b/bad.txt\n@@ -1 +1 @@\n-x\n+y\n", Refusal.NO_TEXT, "not UTF-8"),
        ("--- a/a.txt\n+++ b/a.txt\n@@ -1 +1 @@\n-x\n+y\0\n", Refusal.NO_TEXT, "NUL"),
        ("diff --git a/a.txt b/a.txt\nold mode 100755\nnew mode 100644\n", Refusal.NOTHING, "nothing to change"),
        ("--- /dev/null\n+++ b/folder\n@@ -0,0 +1 @@\n+x\n", Refusal.NO_FILE, "folder"),
    ],
)
def test_a_patch_that_does_not_fit_is_refused_as_a_whole(place: Place, patch: str, code: Refusal, words: str) -> None:
    place.put("a.txt", "x\n")
    place.put("b.txt", "x\ny\n")
    place.put("c.txt", "x\n")
    place.put("bad.txt", b"x\xff\n")
    place.put("folder/x", "")
    before = place.files()
    harmless = "" if code is Refusal.NOTHING else GIT_HEAD + "@@ -1 +1 @@\n-x\n+y\n"
    for text in (patch, harmless + patch, patch + harmless):
        with pytest.raises(AccessRefused, match=words) as refused:
            place.access().apply(text)
        assert refused.value.refusal is code
        assert place.files() == before
        assert place.records[-1].refused


def test_a_patch_of_denied_or_too_many_files_is_refused_as_a_whole(place: Place) -> None:
    patch = "".join(f"--- /dev/null\n+++ b/{name}.txt\n@@ -0,0 +1 @@\n+x\n" for name in "abc")
    with pytest.raises(AccessRefused, match="settings deny «B\\.txt»"):
        place.access(Globs(deny=("B.txt",))).apply(patch)
    with pytest.raises(AccessRefused, match="3 files are changed at once; at most 2"):
        place.access(bounds=Bounds(changed_files=2)).apply(patch)
    assert place.files() == {}
    place.access().apply(patch)
    assert len(place.files()) == 3


def test_a_patch_that_is_no_utf8_is_refused_with_its_line(place: Place) -> None:
    with pytest.raises(AccessRefused, match="line 4 of the patch is not UTF-8"):
        place.access().apply(b"--- /dev/null\n+++ b/a\n@@ -0,0 +1 @@\n+\xff\n")


@pytest.mark.long
def test_a_patch_made_to_take_long_is_judged_in_time(place: Place) -> None:
    place.put("a.txt", "a\n" * 400_000)
    sought = "-a\n" * 100_000 + "-b\n"
    with pytest.raises(AccessRefused, match="not in the file"):
        place.access().apply(f"--- a/a.txt\n+++ b/a.txt\n@@ -7,100001 +7,0 @@\n{sought}")
    twice = "".join(f"@@ -{at},3 +{at},2 @@\n-a\n a\n a\n" for at in range(1, 3_000, 5))
    place.access().apply(f"--- a/a.txt\n+++ b/a.txt\n{twice}")
    assert place.files() == {"a.txt": b"a\n" * (400_000 - 600)}
