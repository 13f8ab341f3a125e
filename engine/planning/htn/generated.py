"""Functions written for one place of one problem: what is done at every step of a search, as the few lines it comes to.

They are written once for a domain, and for each problem put on its ground: names stand for its tables and numbers then.
A condition that asks whether a fact is there becomes one line, a step the lines that change its tables: nothing is
looked up or called on the way that is the same each time. The text has only whole numbers and names that are made
here; all values, whoever they come from, are handed in beside it. Functions whose text is the same share their code,
so that in the long run hardly any is compiled.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from functools import lru_cache
from typing import Final, TypeAlias

from engine.planning.htn.state import Ground, Row

MOST_KEPT = 4_096
"""Texts whose code is kept: many times those of all methods that come along."""
LOOKS_A_FUNCTION = 50
"""So many things are looked at in the time that it takes to write one."""
_INDENT = "    "
Find: TypeAlias = Callable[[Ground], object]
"""Finds what a name stands for in one problem."""
_Make: TypeAlias = Callable[[Sequence[object], object], Callable[..., object]]


class Written:
    """A function that was written, for every problem of a domain."""

    __slots__ = ("_finds", "_make", "_values")

    def __init__(self, make: _Make, values: Iterable[object], finds: Iterable[tuple[int, Find]]) -> None:
        self._make = make
        self._values = tuple(values)
        self._finds = tuple(finds)

    def on(self, ground: Ground, own: object = None) -> Callable[..., object]:
        """The function for one problem. `own` is what its `own` lines ask."""
        values = list(self._values)
        for place, find in self._finds:
            values[place] = find(ground)
        return self._make(values, own)


class Text:
    """What functions over rows of one kind have in common: the names that their lines use.

    `v3` is the value at slot 3 of the row; constants, which come first in each row, and whatever else is handed in have
    names that begin with a `k`.
    """

    def __init__(self, constants: Row = (), within: "Text | None" = None) -> None:
        """`within` is the text with whose functions the ones of this text are called."""
        self.constants: Final = constants
        self.lookups: dict[tuple[str, tuple[int, ...]], None] = {} if within is None else within.lookups
        """The indexes that are looked facts up by: relations, and places in their facts."""
        self._values: list[object] = []
        self._finds: dict[int, Find] = {}
        self._names: dict[Hashable, str] = {}

    def name(self, value: object) -> str:
        """What stands for a value."""
        return self._named(id(value), value)

    def found(self, key: Hashable, find: Find) -> str:
        """What stands for that which `find` finds in each problem; `key` tells it from all else of this text."""
        name = self._named(key, None)
        self._finds[int(name[1:])] = find
        return name

    def _named(self, key: Hashable, value: object) -> str:
        known = self._names.get(key)
        if known is None:
            known = self._names[key] = f"k{len(self._values)}"
            self._values.append(value)
        return known

    def value(self, slot: int) -> str:
        """The value at a slot."""
        return self.name(self.constants[slot]) if slot < len(self.constants) else f"v{slot}"

    def row(self, slots: Iterable[int]) -> str:
        """The values at these slots, as a row."""
        return row_of(map(self.value, slots))

    def whole(self, size: int) -> str:
        """All of a row that has so many slots."""
        return self.row(range(size))

    def arguments(self, size: int) -> str:
        """What the values of a row are assigned to that comes without its constants."""
        return _targets(f"v{slot}" for slot in range(len(self.constants), size))

    def targets(self, size: int) -> str:
        """What the values of a whole row are assigned to."""
        own = len(self.constants)
        return _targets("_" if slot < own else f"v{slot}" for slot in range(size))

    def function(self, parameters: str, lines: Sequence[str], own: Sequence[str] = ()) -> Written:
        """The function with these lines. Those in `own` take what differs from shape to shape, once for all calls."""
        head = f"{_targets(self._names.values())} = values" if self._values else "pass"
        text = ["def make(values, own):", *indented([head, *own, f"def made({parameters}):"])]
        text += [*indented(lines, 2), f"{_INDENT}return made"]
        return Written(_maker("\n".join(text)), self._values, self._finds.items())


def indented(lines: Iterable[str], depth: int = 1) -> list[str]:
    """The lines of an inner block."""
    return [_INDENT * depth + line for line in lines]


def row_of(values: Iterable[str]) -> str:
    """A row of these values."""
    own = list(values)
    return f"({own[0]},)" if len(own) == 1 else f"({', '.join(own)})"


def _targets(names: Iterable[str]) -> str:
    return "".join(f"{name}, " for name in names).rstrip()


@lru_cache(maxsize=MOST_KEPT)
def _maker(text: str) -> _Make:
    made: dict[str, _Make] = {}
    exec(compile(text, "(generated)", "exec"), {}, made)  # noqa: S102 - numbers and names made above, nothing else
    return made["make"]
