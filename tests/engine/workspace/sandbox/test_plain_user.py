"""The same for a plain user, when the tests run as root: there the fences are made in another way."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests.engine.workspace.sandbox.trials import ROOT

HERE = Path(__file__).parent
NOBODY = 65_534
DIFFERENT = (
    "escapes or ends or holds or noticed or bomb or threads or appetite or countless or full_disk or fit or daemon "
    "or plain_files or mounted or side_by_side or network or odd_names or find_what_they_need"
)
"""What may come out otherwise than for root; the rest is the same code."""
SOME = "passwords or nothing_outside or plain_files or bomb"
"""Of that what shows that it works at all, in the default suite; CI tries all."""

# What a plain user may not reach, such as a Python in root's home, is shown to this one process alone.
SHOWN = """
set -eu
stash=$1 closed=$2; shift 2
mount -t tmpfs stash "$stash"
n=0
for needed in $NEEDED; do
    n=$((n + 1)); mkdir "$stash/$n"; mount --bind "$needed" "$stash/$n"
done
for folder in $closed; do mount -t tmpfs -o mode=755 shown "$folder"; done
n=0
for needed in $NEEDED; do
    n=$((n + 1)); mkdir -p "$needed"; mount --bind "$stash/$n" "$needed"
done
unset NEEDED
exec setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=-all --bounding-set=-all "$@"
"""


def closed_folders(paths: list[Path]) -> list[Path]:
    """The outermost folders on the way that others may not pass."""
    found: list[Path] = []
    for path in paths:
        shut = next((one for one in [*reversed(path.parents), path] if not one.stat().st_mode & 0o001), None)
        if shut is not None and shut not in found:
            found.append(shut)
    return found


@pytest.mark.sample(0, in_ci=1)  # two seconds; test_escapes.py has each fence by itself
@pytest.mark.skipif(os.getuid() != 0, reason="these tests run as a plain user anyway")
@pytest.mark.parametrize("chosen", [SOME, pytest.param(DIFFERENT, marks=pytest.mark.long)], ids=["some", "all"])
def test_it_holds_for_a_plain_user(bubblewrap: None, chosen: str) -> None:
    needed = [Path(sys.base_prefix).resolve(), Path(sys.prefix), ROOT]
    closed = closed_folders(needed)
    hidden = [path for path in needed if any(path.is_relative_to(one) for one in closed)]
    with tempfile.TemporaryDirectory() as own, tempfile.TemporaryDirectory() as stash:  # pytest's own are root's
        os.chown(own, NOBODY, NOBODY)
        environment = {
            "PATH": os.environ["PATH"],
            "CI": "true",
            "HOME": own,
            "TMPDIR": own,
            "PYTEST_DEBUG_TEMPROOT": own,
            "PYTHONDONTWRITEBYTECODE": "1",
            "NEEDED": " ".join(map(str, hidden)),
        }
        tests = ("-m", "pytest", "-q", "-p", "no:cacheprovider", str(HERE), f"--ignore={__file__}", "-k", chosen)
        words = ["unshare", "--mount", "sh", "-c", SHOWN, "sh", stash, " ".join(map(str, closed)), sys.executable]
        ran = subprocess.run([*words, *tests], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "passed" in ran.stdout
    assert "skipped" not in ran.stdout
