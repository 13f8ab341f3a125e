"""Patches that want out of the tree or into what is denied: refused, with all that comes with them."""

import os

import pytest

from engine.workspace.access.refusals import AccessRefused, Refusal
from tests.engine.workspace.access.places import SECRET, Place

HOSTILE_PATCHES = {
    "a new symbolic link": (
        "diff --git a/l b/l\nnew file mode 120000\n--- /dev/null\n+++ b/l\n@@ -0,0 +1 @@\n+/etc/passwd\n"
        "\\ No newline at end of file\n"
    ),
    "a file that becomes a link": "diff --git a/src/a.py b/src/a.py\nold mode 100644\nnew mode 120000\n",
    "a link whose aim changes": (
        "diff --git a/l b/l\nindex 1234567..89abcde 120000\n--- a/l\n+++ b/l\n@@ -1 +1 @@\n-x\n+/etc/passwd\n"
    ),
    "a link that is removed": "diff --git a/l b/l\ndeleted file mode 120000\n"
    "--- a/l\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n",
    "a new submodule": (
        "diff --git a/sub b/sub\nnew file mode 160000\nindex 0000000..1234567\n--- /dev/null\n+++ b/sub\n"
        "@@ -0,0 +1 @@\n"
        "+Subproject commit 1234567\n"
    ),
    "a submodule that moves on": (
        "diff --git a/sub b/sub\nindex 1234567..89abcde 160000\n--- a/sub\n+++ b/sub\n@@ -1 +1 @@\n"
        "-Subproject commit 1234567\n+Subproject commit 89abcde\n"
    ),
    "a file that runs as its owner": "diff --git a/src/a.py b/src/a.py\nold mode 100644\nnew mode 104755\n",
    "a device": "diff --git a/d b/d\nnew file mode 020666\n",
    "a rename onto a hook": (
        "diff --git a/src/a.py b/.git/hooks/pre-commit\nsimilarity index 100%\nrename from src/a.py\n"
        "rename to .git/hooks/pre-commit\n"
    ),
    "a rename onto a hook in disguise": (
        "diff --git a/src/a.py b/.GIT/hooks/pre-commit\nsimilarity index 100%\nrename from src/a.py\n"
        "rename to .g\u200cit/hooks/pre-commit\n"
    ),
    "a rename out of the tree": "diff --git a/src/a.py b/../a.py\nrename from src/a.py\nrename to ../a.py\n",
    "a rename of what is outside": "diff --git a/../secret.txt b/x\nrename from ../secret.txt\nrename to x\n",
    "a copy of a secret": "diff --git a/.env b/x.txt\nsimilarity index 100%\ncopy from .env\ncopy to x.txt\n",
    "a copy of what is outside": "diff --git a/x b/y\ncopy from ../secret.txt\ncopy to y\n",
    "a copy of an absolute path": "diff --git a/x b/y\ncopy from /etc/passwd\ncopy to y\n",
    "a new file in git's folder": (
        "diff --git a/.git/config b/.git/config\nnew file mode 100644\n--- /dev/null\n+++ b/.git/config\n"
        "@@ -0,0 +1 @@\n+x\n"
    ),
    "a quoted path with a NUL": 'diff --git "a/x\\000y" "b/x\\000y"\nnew file mode 100644\n',
    "a quoted path with a line break": ('--- /dev/null\n+++ "b/x\\ny"\n@@ -0,0 +1 @@\n+x\n'),
    "a quoted path that goes up": '--- /dev/null\n+++ "b/\\056\\056/x"\n@@ -0,0 +1 @@\n+x\n',
    "a quoted path to git": '--- /dev/null\n+++ "b/\\056git/config"\n@@ -0,0 +1 @@\n+x\n',
    "a quoted path that is not UTF-8": '--- /dev/null\n+++ "b/\\377"\n@@ -0,0 +1 @@\n+x\n',
    "two names for one change": "diff --git a/ok.txt b/ok.txt\n--- a/ok.txt\n+++ b/.git/config\n@@ -0,0 +1 @@\n+x\n",
    "an absolute path": "--- /dev/null\n+++ /etc/cron.d/x\n@@ -0,0 +1 @@\n+x\n",
    "an absolute path behind a prefix": "--- /dev/null\n+++ b//etc/x/../../../x\n@@ -0,0 +1 @@\n+x\n",
    "a workflow": "--- /dev/null\n+++ b/.github/workflows/x.yml\n@@ -0,0 +1 @@\n+x\n",
    "through a link": "--- /dev/null\n+++ b/door/x\n@@ -0,0 +1 @@\n+x\n",
    "a link's own name": "--- a/door\n+++ b/door\n@@ -1 +1 @@\n-x\n+y\n",
    "a binary change": "diff --git a/x b/x\nindex 1..2 100644\nGIT binary patch\nliteral 1\nIcmZ1\n",
    "a binary change that is only told": "diff --git a/x b/x\nBinary files a/x and b/x differ\n",
}


@pytest.mark.parametrize("patch", HOSTILE_PATCHES.values(), ids=HOSTILE_PATCHES.keys())
def test_a_hostile_patch_is_refused_with_all_that_comes_with_it(place: Place, patch: str) -> None:
    place.put("src/a.py", "x\n")
    place.put(".env", SECRET)
    (place.root / "door").symlink_to(place.outside)
    before, around = place.files(), sorted(os.listdir(place.outside))
    harmless = (
        "diff --git a/src/a.py b/src/a.py\nindex 1..2 100644\n--- a/src/a.py\n+++ b/src/a.py\n@@ -1 +1 @@\n-x\n+y\n"
    )
    for text in (patch, harmless + patch, patch + harmless):
        with pytest.raises(AccessRefused) as refused:
            place.access().apply(text)
        assert refused.value.refusal is not Refusal.PATCH_MISFIT, "it was refused for a small reason only"
        assert place.records[-1].refused == refused.value.reason
    assert place.files() == before
    assert sorted(os.listdir(place.outside)) == around
    place.access().apply(harmless)
    assert place.files()["src/a.py"] == b"y\n"
