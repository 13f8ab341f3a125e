"""Where things stand while the search walks: one state, changed in place, with a trail that takes every change back.

Facts are kept a table for each relation, numbers a column for each quantity. The state carries a hash that changes with
each change; equal states have equal hashes, whatever way led to them.
"""

from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from operator import itemgetter
from random import Random
from typing import NamedTuple, TypeAlias

from engine.planning.language.numbers import DIGITS
from engine.planning.language.terms import Value
from engine.planning.slices import run_through, shortened

Row: TypeAlias = tuple[Value, ...]
Rows: TypeAlias = dict[Row, int]
"""Facts with their codes, in the order of insertion, so that nothing depends on how texts are hashed."""
Picker: TypeAlias = Callable[[Row], Row]
"""Takes some values out of a row, in a fixed order."""
CODE_BITS = 60
ROWS_A_SLICE = 1_000
CHANGES_A_SLICE = 1_000


def picker(slots: Iterable[int]) -> Picker:
    """A function that takes the values at these slots out of a row."""
    own = tuple(slots)
    match own:
        case ():
            return lambda row: ()
        case (only,):
            return lambda row: (row[only],)
        case _:
            return itemgetter(*own)


class Index(NamedTuple):
    """Rows by what they hold at some places: by the value itself for a single place, else by the values."""

    places: tuple[int, ...]
    key: Callable[[Row], Value | Row]
    buckets: dict[Value | Row, Rows]


class Changed:
    """Something that the trail can set back."""

    __slots__ = ()

    def restore(self, row: Row) -> None:
        """Take the last change of this row back."""
        raise NotImplementedError


class Table(Changed):
    """The facts of one relation, with an index for each set of places that conditions look facts up by."""

    __slots__ = ("codes", "indexes", "name", "rows", "users")

    def __init__(self, name: str) -> None:
        self.name = name
        self.rows: Rows = {}
        self.codes: dict[Row, int] = {}
        """Of the facts that have ceased to hold, should they hold again."""
        self.indexes: list[Index] = []
        self.users: list[Callable[[], None]] = []
        """Who must be told of a new index, once."""

    def index(self, places: tuple[int, ...]) -> Index:
        """The rows by what they hold at these places, of which there is one at least; kept up to date from now on."""
        return run_through(self.indexed(places))

    def indexed(self, places: tuple[int, ...]) -> Generator[None, None, Index]:
        """The same in slices, between which no row may change."""
        for known in self.indexes:
            if known.places == places:
                return known
        made = Index(places, itemgetter(*places), {})
        for number, (row, code) in enumerate(self.rows.items(), 1):
            if not number % ROWS_A_SLICE:
                yield
            made.buckets.setdefault(made.key(row), {})[row] = code
        self.indexes.append(made)
        for tell in self.users:
            tell()
        self.users.clear()
        return made

    def restore(self, row: Row) -> None:
        """Put the row in or take it out again."""
        code = self.rows.pop(row, 0)
        if code:
            self.codes[row] = code
            for _, key, buckets in self.indexes:
                del buckets[key(row)][row]
        else:
            code = self.rows[row] = self.codes[row]
            for _, key, buckets in self.indexes:
                buckets[key(row)][row] = code


class Column(Changed):
    """The numbers of one quantity."""

    __slots__ = ("before", "codes", "default", "name", "values")

    def __init__(self, name: str, default: float | None) -> None:
        self.name = name
        self.default = default
        self.values: dict[Row, float] = {}
        self.before: list[float | None] = []
        """What stood where each change on the trail was made, None where nothing did."""
        self.codes: dict[tuple[Row, float], int] = {}

    def read(self, row: Row) -> float | None:
        """What it stands at; None where nothing was ever set and there is no default."""
        return self.values.get(row, self.default)

    def restore(self, row: Row) -> None:
        """Set it back to what it was before the last change of all."""
        old = self.before.pop()
        if old is None:
            del self.values[row]
        else:
            self.values[row] = old


class State:
    """All tables and columns, the hash of what they hold, and the trail."""

    __slots__ = ("changed", "code", "columns", "hash", "tables", "trail")

    def __init__(self, tables: dict[str, Table], columns: dict[str, Column], seed: int) -> None:
        self.tables = tables
        self.columns = columns
        self.hash = 0
        self.trail: list[Changed] = []
        """What was changed, in order."""
        self.changed: list[Row] = []
        """The rows that were changed, beside it."""
        self.code: Callable[[], int] = partial(Random(seed).getrandbits, CODE_BITS)  # noqa: S311 - no secret
        """Makes a number that nothing else is named by."""

    def begin_with(self, table: Table, row: Row) -> None:
        """The fact holds from the beginning."""
        table.rows[row] = self.code()

    def change(self, removes: Sequence[tuple[str, Picker]], adds: Sequence[tuple[str, Picker]], row: Row) -> None:
        """Facts of these relations, picked out of the row, hold no longer, or from now on."""
        trail, changed, hashed = self.trail, self.changed, self.hash
        for relation, pick in removes:
            table, fact = self.tables[relation], pick(row)
            code = table.rows.pop(fact, 0)
            if code:
                table.codes[fact] = code
                hashed ^= code
                trail.append(table)
                changed.append(fact)
                for _, key, buckets in table.indexes:
                    del buckets[key(fact)][fact]
        for relation, pick in adds:
            table, fact = self.tables[relation], pick(row)
            if fact in table.rows:
                continue
            code = table.rows[fact] = table.codes.get(fact) or self.code()
            hashed ^= code
            trail.append(table)
            changed.append(fact)
            for _, key, buckets in table.indexes:
                own = key(fact)
                bucket = buckets.get(own)
                if bucket is None:
                    buckets[own] = {fact: code}
                else:
                    bucket[fact] = code
        self.hash = hashed

    def put(self, column: Column, row: Row, value: float) -> None:
        """The quantity stands at this value from now on."""
        old = column.values.get(row)
        value = round(value, DIGITS) + 0.0  # no -0.0
        if old != value:
            if old is not None:
                self.hash ^= self._code_of(column, row, old)
            self.hash ^= self._code_of(column, row, value)
            self.trail.append(column)
            self.changed.append(row)
            column.before.append(old)
            column.values[row] = value

    def _code_of(self, column: Column, row: Row, value: float) -> int:
        key = (row, value)
        code = column.codes.get(key)
        if code is None:
            code = column.codes[key] = self.code()
        return code

    def forget_trail(self) -> Generator[None, None, None]:
        """What is now is the beginning; in slices."""
        yield from shortened(self.trail)
        yield from shortened(self.changed)
        for column in self.columns.values():
            yield from shortened(column.before)

    def rewind(self, mark: int, hashed: int) -> None:
        """Take back all changes after the trail was this long; `hashed` was the hash then."""
        trail, changed = self.trail, self.changed
        while len(trail) > mark:
            trail.pop().restore(changed.pop())
        self.hash = hashed

    def rewound(self, mark: int, hashed: int) -> Generator[None, None, None]:
        """The same in slices. Between them the state is none that ever was."""
        while len(self.trail) > mark:
            self.rewind(max(len(self.trail) - CHANGES_A_SLICE, mark), hashed)
            yield


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What expressions and conditions refer to in one problem, besides their variables."""

    state: State
    context: Mapping[str, Value]
    """With defaults filled in."""
    changing: frozenset[str]
    """The relations and quantities (their names after a `#`) that any step changes."""
