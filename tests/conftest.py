"""What holds for all tests: where their files are, what the garbage collector may skip, how examples are tried.

No example of a property is judged by its time, and CI tries the same ones on the same code.
"""

import gc
import os
import shutil
from pathlib import Path

from hypothesis import settings

settings.register_profile("milepost", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("milepost")

IN_MEMORY = Path("/dev/shm")
ROOM = 2**29
"""Bytes that must be free there; a test's files go when it has passed."""

# Every commit of every test waits for the disk, and none of them is there to survive a power cut.
if IN_MEMORY.is_dir() and os.access(IN_MEMORY, os.W_OK) and shutil.disk_usage(IN_MEMORY).free > ROOM:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(IN_MEMORY))

gc.disable()


def pytest_collection_finish() -> None:
    """A million objects of modules and types, which stay for good, are looked at by no later collection."""
    gc.collect()
    gc.freeze()
    gc.enable()
