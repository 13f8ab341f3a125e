"""YAML as values that keep their lines: scalars, lists and tables, read without recursion and within bounds.

Only what data needs is understood: no anchors, aliases or tags, one document, no key twice. Plain `yes`, `no`, `on` and
dates are texts; true, false, null and numbers are themselves. All that is wrong goes into a `FaultList`.
"""

import re
from dataclasses import dataclass
from typing import TypeAlias

import yaml

from engine.planning.methods.faults import FaultList
from engine.values import JsonValue

MOST_BYTES = 400_000
MOST_NODES = 25_000
DEEPEST = 24
"""How deep lists and tables may be nested."""
_LOADER = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
_UNREADABLE = re.compile("[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\uf900-\ufffd\U00010000-\U0010ffff]")
_VARIABLE = re.compile(r"\?(?=[^\W\d])")
_STAND_IN = "\ue000"
"""Stands for the `?` of a variable while YAML is read: YAML 1.1 takes no `?` into a plain text between [ and ]."""
_WHOLE = re.compile(r"[-+]?\d{1,15}")
_FRACTION = re.compile(r"[-+]?(?:\d{1,15}\.\d{0,15}|\.\d{1,15}|\d{1,15}(?:\.\d{0,15})?[eE][-+]?\d{1,2})")
_CONSTANTS: dict[str, bool | None] = {"true": True, "false": False, "null": None, "~": None, "": None}
_NO_KEY = object()
_ACCEPTS = "YAML: «key: value», a line each, with a colon behind the key, indented by blanks"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scalar:
    """A text as it was written."""

    line: int
    text: str
    plain: bool
    """Whether it stands without quotes, so that it may be a number, true, false or null."""

    @property
    def value(self) -> None | bool | int | float | str:
        """What it stands for."""
        if not self.plain:
            return self.text
        if self.text in _CONSTANTS:
            return _CONSTANTS[self.text]
        if _WHOLE.fullmatch(self.text):
            return int(self.text)
        return float(self.text) if _FRACTION.fullmatch(self.text) else self.text


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A list of nodes."""

    line: int
    items: tuple["Node", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Keys with their nodes, in the order of the file; no key comes twice."""

    line: int
    entries: tuple[tuple[Scalar, "Node"], ...]


Node: TypeAlias = Scalar | Listing | Table


def read_nodes(data: bytes, faults: FaultList) -> Node | None:
    """The one document of a file; None when it can't be read to its end, which `faults` then tells."""
    text = _decoded(data, faults)
    if text is None:
        return None
    lines = text.split("\n")
    tree = _Tree(faults, len(lines))
    try:
        for event in yaml.parse(_VARIABLE.sub(_STAND_IN, text), Loader=_LOADER):
            if not tree.take(event):
                return None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = min(mark.line + 1, len(lines)) if mark is not None else 1
        said = (error.problem or error.context or "this is no YAML").replace(_STAND_IN, "?")
        faults.add(line, said, _hint(lines[line - 1]))
        return None
    except yaml.YAMLError as error:
        faults.add(1, f"this is no YAML: {error}", _ACCEPTS)
        return None
    if tree.root is None:
        faults.add(1, "the file is empty", "a library with name, summary, compounds, methods and steps")
    return tree.root


def json_of(node: Node) -> JsonValue:
    """A node as plain data. As deep as the node itself, at most `DEEPEST`."""
    match node:
        case Scalar():
            return node.value
        case Listing():
            return [json_of(item) for item in node.items]
        case Table():
            return {key.text: json_of(item) for key, item in node.entries}


def _decoded(data: bytes, faults: FaultList) -> str | None:
    if len(data) > MOST_BYTES:
        line = data.count(b"\n", 0, MOST_BYTES) + 1
        faults.add(line, f"the file has {len(data)} bytes", f"{MOST_BYTES} at the most; split it into several files")
        return None
    try:
        text = data.removeprefix(b"\xef\xbb\xbf").decode("utf-8")
    except UnicodeDecodeError as error:
        faults.add(data.count(b"\n", 0, error.start) + 1, "this is no UTF-8 text", "a text file in UTF-8")
        return None
    unreadable = _UNREADABLE.search(text)
    if unreadable is not None:
        line = text.count("\n", 0, unreadable.start()) + 1
        faults.add(line, f"the sign U+{ord(unreadable[0]):04X} can't be used", "signs that can be read")
        return None
    return text


class _Tree:
    """Puts nodes together from the events of the parser."""

    def __init__(self, faults: FaultList, last_line: int) -> None:
        self.root: Node | None = None  # None until the document ends
        self._last_line = last_line
        self._faults = faults
        self._open: list[_Open] = []
        self._count = 0

    def take(self, event: yaml.Event) -> bool:
        """Use one event; False when a bound is passed and reading must stop."""
        line = min(event.start_mark.line + 1, self._last_line) if event.start_mark is not None else 1
        match event:
            case yaml.ScalarEvent():
                self._refuse_extras(event, line)
                text = event.value.replace(_STAND_IN, "?")
                self._refuse_unreadable(text, line)
                plain = not event.style and event.implicit[0]
                return self._counted(line) and self._put(Scalar(line=line, text=text, plain=plain))
            case yaml.AliasEvent():
                self._faults.add(line, f"*{event.anchor} stands for something else", "write it out")
                return self._put(Scalar(line=line, text="", plain=True))
            case yaml.SequenceStartEvent() | yaml.MappingStartEvent():
                self._refuse_extras(event, line)
                self._open.append(_Open(line, isinstance(event, yaml.MappingStartEvent)))
                return self._counted(line)
            case yaml.SequenceEndEvent() | yaml.MappingEndEvent():
                return self._put(self._open.pop().closed())
            case yaml.DocumentStartEvent() if self.root is not None:
                self._faults.add(line, "a second document begins here", "one document a file")
                return False
            case _:
                return True

    def _counted(self, line: int) -> bool:
        self._count += 1
        if len(self._open) > DEEPEST:
            self._faults.add(line, "nested too deeply", f"{DEEPEST} levels at the most")
            return False
        if self._count > MOST_NODES:
            self._faults.add(line, "the file is too large", f"{MOST_NODES} values at the most; split it")
            return False
        return True

    def _refuse_extras(self, event: yaml.NodeEvent, line: int) -> None:
        if event.anchor is not None:
            self._faults.add(line, f"&{event.anchor} names a value", "write it out where it is needed")
        tag = getattr(event, "tag", None)
        if tag not in {None, "!"}:
            self._faults.add(line, f"«{tag}» makes a value something else", "values without tags")

    def _refuse_unreadable(self, text: str, line: int) -> None:
        """What can't stand in the file can't be brought in by an escape either."""
        found = _UNREADABLE.search(text)
        if found is not None:
            self._faults.add(line, f"the sign U+{ord(found[0]):04X} can't be used", "signs that can be read")

    def _put(self, node: Node) -> bool:
        if not self._open:
            self.root = node
        else:
            self._open[-1].put(node, self._faults)
        return True


class _Open:
    """A list or table that is not read to its end yet."""

    def __init__(self, line: int, is_table: bool) -> None:
        self._line = line
        self._is_table = is_table
        self._items: list[Node] = []
        self._entries: list[tuple[Scalar, Node]] = []
        self._key: object = _NO_KEY
        self._seen: dict[str, int] = {}

    def put(self, node: Node, faults: FaultList) -> None:
        """One more item, key or value."""
        if not self._is_table:
            self._items.append(node)
        elif self._key is _NO_KEY:
            self._key = self._usable_key(node, faults)
        else:
            if isinstance(self._key, Scalar):
                self._entries.append((self._key, node))
            self._key = _NO_KEY

    def _usable_key(self, node: Node, faults: FaultList) -> Scalar | None:
        if not isinstance(node, Scalar):
            faults.add(node.line, "a list or table can't be a key", "a word; put a text that begins with { in quotes")
            return None
        if node.text in self._seen:
            faults.add(node.line, f"«{node.text}» is there already, in line {self._seen[node.text]}", "each key once")
            return None
        self._seen[node.text] = node.line
        return node

    def closed(self) -> Node:
        """The finished node."""
        if self._is_table:
            return Table(line=self._line, entries=tuple(self._entries))
        return Listing(line=self._line, items=tuple(self._items))


_HINTS = (
    (re.compile(r"\t"), "indent with blanks, not with tabs"),
    (re.compile(r"\(\w+\s*:"), "the type before the name: «tester(person who)»"),
    (re.compile(r"(?:^|:\s|-\s)\s*\{"), 'quotes around a text that begins with {: "{thing} runs"'),
    (re.compile(r"(?:^|:\s|-\s)\s*[>|*&!%@`]"), "quotes around a text that begins with such a sign"),
    (re.compile(r"(?:^|:\s|-\s)\s*(?:\"[^\"]*\"|'[^']*')\s*\S"), "quotes around the whole of the text"),
    (re.compile(r":\s.*:\s"), "quotes around a text with «: » in it"),
)


def _hint(line: str) -> str:
    """What would do instead of a line that is no YAML, guessed from the usual slips."""
    return next((accepts for pattern, accepts in _HINTS if pattern.search(line[:400])), _ACCEPTS)
