"""What one transaction writes: rows gathered by statement, run in an order that keeps foreign keys whole."""

import sqlite3
from collections import defaultdict
from collections.abc import Sequence

from engine.errors import InvalidInputError
from storage.connections import SqlRow
from storage.encoding import mended


class Script(defaultdict[str, list[SqlRow]]):
    """Rows by statement. One `executemany` a statement is what makes a batch cheap."""

    def __init__(self) -> None:
        super().__init__(list)

    def run(self, connection: sqlite3.Connection, order: Sequence[str]) -> None:
        """Run everything, in the order given; every statement added is in it.

        Raises `InvalidInputError` for a whole number that no column holds.
        """
        assert self.keys() <= set(order), "a statement that nobody put in order"
        for sql in order:
            rows = self.get(sql)
            if rows:
                run_many(connection, sql, rows)


def run_many(connection: sqlite3.Connection, sql: str, rows: Sequence[SqlRow]) -> None:
    """`executemany` that takes any text: half characters, which work functions do return, are replaced."""
    left = iter(rows)
    try:
        try:
            connection.executemany(sql, left)
        except UnicodeEncodeError:  # the rows before the one that it stumbled over are written
            rest = list(left)
            connection.executemany(sql, mended(rows[len(rows) - len(rest) - 1 :]))
    except OverflowError as error:
        raise InvalidInputError("number", "it is too large to be kept", "use one below 2^63") from error
