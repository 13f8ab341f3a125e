"""The fields of a table in a method file: each read as what it must be, and told where it is something else."""

import re
from collections.abc import Callable, Iterable
from typing import TypeVar

from engine.planning.language.scopes import Path
from engine.planning.language.terms import Expression
from engine.planning.methods.arithmetic import read_expression
from engine.planning.methods.faults import FaultList, nearest
from engine.planning.methods.grammar import Unclear, UnknownWord, Words
from engine.planning.methods.nodes import Listing, Node, Scalar, Table

LONGEST_PROSE = 2_000
"""How many signs a title, summary or any other text for people may have."""
MOST_SIGNS = 50_000
"""How many signs of conditions, calls, figures and the like one file may have: every one of them takes its time."""
_Read = TypeVar("_Read")


class Sheet:
    """One file while it is read: its faults, the names its texts may use, and the line of each part of the domain."""

    def __init__(self, faults: FaultList, words: Words) -> None:
        self.faults = faults
        self.words = words
        self.lines: dict[Path, int] = {}
        self.unreadable: set[str] = set()
        self._signs = 0
        self._passed_by = 0

    @property
    def gaps(self) -> int:
        """How much could not be read so far: the faults, told or not, and what only follows from others."""
        return len(self.faults) + self.faults.untold + self._passed_by

    def fault(self, line: int, problem: str, accepts: str) -> None:
        """Note what is wrong."""
        self.faults.add(line, problem, accepts)

    def read(self, line: int, reading: Callable[[str], _Read], text: str) -> _Read | None:
        """What a text says; None when it is unclear or one too many, which is noted."""
        self._signs += len(text)
        if self._signs > MOST_SIGNS:
            if self._signs - len(text) <= MOST_SIGNS:
                problem = f"the conditions, calls and figures have more than {MOST_SIGNS} signs"
                self.fault(line, problem, "fewer; split the file")
            self._passed_by += 1
            return None
        try:
            return reading(text)
        except UnknownWord as error:
            if error.word in self.words.unreadable:
                self._passed_by += 1
            else:
                self.faults.add_unknown(line, error.problem, error.word, error.known)
            return None
        except Unclear as error:
            self.fault(line, error.problem, error.accepts)
            return None

    def declare(self, key: Scalar, reading: Callable[[str], _Read]) -> _Read | None:
        """What a declaration says; of one that is unclear the name is kept as unreadable."""
        found = self.read(key.line, reading, key.text)
        if found is None:
            self.pass_by((key,))
        return found

    def pass_by(self, keys: Iterable[Scalar]) -> None:
        """Declarations that are not read: their names are kept, so that nobody is told that there is no such thing."""
        for key in keys:
            self.unreadable.update(re.findall(r"\w+", key.text.partition("(")[0])[-2:])

    def prose(self, node: Node, what: str) -> str:
        """A text for people, without line breaks at its ends; empty where it is none."""
        if isinstance(node, Scalar):
            text = node.text.strip()
            if len(text) > LONGEST_PROSE:
                self.fault(node.line, f"{what} has {len(text)} signs", f"{LONGEST_PROSE} at the most")
            elif text:
                return text
            else:
                self.fault(node.line, f"{what} is empty", "a text, or leave it out")
            return ""
        self.fault(node.line, f"{what} is {kind_of(node)}", _text_wanted(node))
        return ""

    def proses(self, node: Node, what: str) -> tuple[str, ...]:
        """A list of texts for people; a single one may stand without a list."""
        return tuple(filter(None, (self.prose(item, what) for item in items_of(node))))

    def table(self, node: Node, what: str) -> Table:
        """A table; an empty one where it is something else. What is empty in the file is an empty table."""
        if isinstance(node, Table):
            return node
        if not (isinstance(node, Scalar) and node.value is None):
            self.fault(node.line, f"{what} is {kind_of(node)}", "a table of «key: value»")
        return Table(line=node.line, entries=())

    def figure(self, node: Node, what: str) -> Expression | None:
        """A number or how it is worked out; None where it is unclear."""
        if not isinstance(node, Scalar):
            self.fault(node.line, f"{what} is {kind_of(node)}", "a number, or how to work one out")
            return None
        value = node.value
        if isinstance(value, int | float) and not isinstance(value, bool):
            return value
        return self.read(node.line, lambda text: read_expression(text, self.words), node.text)


class Fields:
    """The entries of one table by key. Keys that there are not are told, with what was meant."""

    def __init__(self, sheet: Sheet, table: Table, known: Iterable[str], what: str) -> None:
        self.sheet = sheet
        self.line = table.line
        self.what = what
        names = frozenset(known)
        self._nodes: dict[str, tuple[Scalar, Node]] = {}
        for key, node in table.entries:
            if key.text not in names:
                sheet.faults.add_unknown(key.line, f"{what} has no «{key.text}»", key.text, names)
            elif isinstance(node, Scalar) and node.value is None and node.plain:
                sheet.fault(key.line, f"«{key.text}» is empty", "a value, or leave it out")
            else:
                self._nodes[key.text] = (key, node)

    def node(self, key: str) -> Node | None:
        """The value under a key; None when it is not there."""
        found = self._nodes.get(key)
        return found[1] if found is not None else None

    def line_of(self, key: str) -> int:
        """The line of a key, or of the table where it is not there."""
        found = self._nodes.get(key)
        return found[0].line if found is not None else self.line

    def text(self, key: str, default: str = "") -> str:
        """A text for people."""
        node = self.node(key)
        return default if node is None else self.sheet.prose(node, f"«{key}»")

    def texts(self, key: str) -> tuple[str, ...]:
        """Texts for people."""
        node = self.node(key)
        return () if node is None else self.sheet.proses(node, f"«{key}»")

    def flag(self, key: str) -> bool:
        """True or false; false when it is not there."""
        node = self.node(key)
        if node is None:
            return False
        value = node.value if isinstance(node, Scalar) else None
        if isinstance(value, bool):
            return value
        self.sheet.fault(node.line, f"«{key}» is {kind_of(node)}", "true or false")
        return False

    def choice(self, key: str, options: Iterable[str], default: str) -> str:
        """One of a few words."""
        node = self.node(key)
        if node is None:
            return default
        names = tuple(options)
        if isinstance(node, Scalar) and node.text in names:
            return node.text
        told = node.text if isinstance(node, Scalar) else kind_of(node)
        close = nearest(told, names)
        accepts = f"did you mean {close}?" if close else " or ".join(names)
        self.sheet.fault(node.line, f"«{key}» is «{told}»", accepts)
        return default

    def figure(self, key: str, default: float) -> Expression:
        """A number or how it is worked out."""
        node = self.node(key)
        found = None if node is None else self.sheet.figure(node, f"«{key}»")
        return default if found is None else found


def items_of(node: Node) -> tuple[Node, ...]:
    """The items of a list; anything else is the only item."""
    return node.items if isinstance(node, Listing) else (node,)


def kind_of(node: Node) -> str:
    """What a node is, in words."""
    match node:
        case Table():
            return "a table"
        case Listing():
            return "a list"
        case Scalar():
            text = node.text.strip()
            return f"«{text}»" if text else "empty"


def _text_wanted(node: Node) -> str:
    if isinstance(node, Table) and node.entries:
        key, value = node.entries[0]
        if isinstance(value, Scalar) and value.value is None:
            return f'a text; one that begins with {{ needs quotes: "{{{key.text}}}"'
        return "a text; one with «: » in it needs quotes"
    return "a text"
