"""What holds for all tests: where their files are, what the garbage collector may skip, how examples are tried.

No example of a property is judged by its time, and CI tries the same ones on the same code.
"""

import gc
import ipaddress
import os
import shutil
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.examples import USUAL, leave_samples, tries
from tests.tables import one_test

settings.register_profile(
    "milepost",
    max_examples=tries(USUAL),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=bool(os.environ.get("CI")),
)
settings.load_profile("milepost")

IN_MEMORY = Path("/dev/shm")
ROOM = 2**29
"""Bytes that must be free there; a test's files go when it has passed."""

# Every commit of every test waits for the disk, and none of them is there to survive a power cut.
if IN_MEMORY.is_dir() and os.access(IN_MEMORY, os.W_OK) and shutil.disk_usage(IN_MEMORY).free > ROOM:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(IN_MEMORY))

# Nothing here speaks TLS, and each client of a model would read the certificates of the world first: there are none.
os.environ.pop("SSL_CERT_FILE", None)
os.environ["SSL_CERT_DIR"] = str(Path(__file__).parent)

# They share what is costly to make within one process; that is to be one process, and work is stolen from the end.
FIRST = (
    *("tests/scenarios/", "tests/test_house_rules.py"),
    *("tests/bot/test_doctor_on_tools.py", "tests/engine/agents/tools/test_mcp.py"),
)

gc.disable()


def _stays_here(event: str, facts: tuple[object, ...]) -> None:
    """No test reaches anything but this machine, whatever it calls."""
    if event != "socket.connect" or not isinstance(facts[1], tuple):
        return
    host = str(facts[1][0])
    try:
        is_here = ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:  # a name
        is_here = host == "localhost"
    if not is_here:
        raise OSError(f"a test wants to reach {host}")


sys.addaudithook(_stays_here)


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: tests wait for processes that they start. Each imports and collects for itself."""
    return len(os.sched_getaffinity(0)) + 1 if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@pytest.hookimpl(tryfirst=True)
def pytest_pycollect_makeitem(collector: pytest.Collector, name: str, obj: object) -> pytest.Item | None:
    """A table of plain cases is one test, unless one of its rows is asked for."""
    config = collector.config
    asks_for_rows = config.option.keyword or any("[" in one for one in config.args)
    if asks_for_rows or not isinstance(collector, pytest.Module) or not name.startswith("test_") or not callable(obj):
        return None
    table = one_test(obj)
    return pytest.Function.from_parent(collector, name=name, callobj=table) if table else None


@pytest.hookimpl(tryfirst=True)  # before `-m` looks at the marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the processes of xdist, which each begin with a part of the list, not both make the same."""
    items.sort(key=lambda item: not item.nodeid.startswith(FIRST))
    leave_samples(items)


def pytest_collection_finish() -> None:
    """A million objects of modules and types, which stay for good, are looked at by no collection, now or later.

    The others are looked at less often than usual: what reference counts don't free can wait, at a tenth of the time.
    """
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)
    gc.enable()
