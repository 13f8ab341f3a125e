"""A database as a first start leaves it: its schema is made once for all tests of a process, and copied for each."""

import datetime as dt
import functools
import tempfile
from pathlib import Path

from storage.connections import connect
from storage.migrations import migrate, shipped


def fresh_database(path: Path) -> Path:
    """Put an empty database at `path`, unless there is one; tests of the making itself do without."""
    if not path.exists():
        path.write_bytes(_empty())
    return path


@functools.cache
def _empty() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "milepost.db")
        connection = connect(path)
        migrate(connection, path, shipped(), dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
        connection.close()
        return path.read_bytes()
