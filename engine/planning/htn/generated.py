"""Functions written for one place of one problem: what is done at every step of a search, as the few lines it comes to.

A condition that asks whether a fact is there becomes one line, a step the lines that change its tables: nothing is
looked up or called on the way that is the same each time. The text has only whole numbers and names that are made
here; all values, whoever they come from, are handed in beside it. Functions whose text is the same share their code,
so that in the long run hardly any is compiled.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Final

from engine.planning.htn.state import Row

MOST_KEPT = 4_096
"""Texts whose code is kept: many times those of all methods that come along."""
LOOKS_A_FUNCTION = 50
"""So many things are looked at in the time that it takes to write one."""
_INDENT = "    "


class Text:
    """What functions over rows of one kind have in common: the names that their lines use.

    `v3` is the value at slot 3 of the row; constants, which come first in each row, and whatever else is handed in have
    names that begin with a `k`.
    """

    def __init__(self, constants: Row = ()) -> None:
        self.constants: Final = constants
        self._values: list[object] = []
        self._names: dict[int, str] = {}

    def name(self, value: object) -> str:
        """What stands for a value."""
        known = self._names.get(id(value))
        if known is None:
            known = self._names[id(value)] = f"k{len(self._values)}"
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

    def function(self, parameters: str, lines: Sequence[str]) -> Callable[..., object]:
        """The function with these lines."""
        head = f"{_targets(self._names.values())} = values" if self._values else "pass"
        text = [f"def make(values):\n{_INDENT}{head}\n{_INDENT}def made({parameters}):"]
        text += [f"{_INDENT * 2}{line}" for line in lines]
        text.append(f"{_INDENT}return made")
        return _maker("\n".join(text))(self._values)


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
def _maker(text: str) -> Callable[[Sequence[object]], Callable[..., object]]:
    made: dict[str, Callable[[Sequence[object]], Callable[..., object]]] = {}
    exec(compile(text, "(generated)", "exec"), {}, made)  # noqa: S102 - numbers and names made above, nothing else
    return made["make"]
