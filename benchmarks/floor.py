"""What the disk allows: one UPDATE and commit after the other, with nothing around it."""

import sqlite3
from contextlib import closing
from pathlib import Path
from time import perf_counter


def commits_per_second(database: Path, commits: int) -> float:
    """Single durable commits a second on this disk, with the settings that Milepost and the peer use."""
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("CREATE TABLE IF NOT EXISTS task (id INTEGER PRIMARY KEY, status TEXT)")
        connection.execute("INSERT OR REPLACE INTO task VALUES (1, 'pending')")
        begin = perf_counter()
        for number in range(commits):
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("UPDATE task SET status = ? WHERE id = 1", (str(number),))
            connection.execute("COMMIT")
        return commits / (perf_counter() - begin)
