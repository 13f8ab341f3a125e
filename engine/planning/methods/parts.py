"""What one method file brings to the domain, read with the names of all files at hand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from engine.planning.language.domain import Compound, ContextKey, Method, Primitive, Quantity, Relation
from engine.planning.language.scopes import Path
from engine.planning.methods.documents import MOST_METHODS, Document, Written, methods_under
from engine.planning.methods.faults import Fault, FaultList
from engine.planning.methods.fields import Fields, Sheet
from engine.planning.methods.grammar import Words
from engine.planning.methods.networks import Place, read_method
from engine.planning.methods.nodes import Node, Scalar, Table
from engine.planning.methods.recognition import Phrase, read_phrase, without_these
from engine.planning.methods.steps import read_step

COMPOUND_KEYS = ("summary", "phrases", "unless", "methods")
_MOST_PHRASES = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The tasks and methods of one file, and where each stands in it."""

    document: Document
    compounds: tuple[Compound, ...] = ()
    primitives: tuple[Primitive, ...] = ()
    methods: tuple[Method, ...] = ()
    phrases: tuple[Phrase, ...] = ()
    lines: Mapping[Path, int] = field(default_factory=dict)
    """By paths as in a domain of this file alone."""
    faults: tuple[Fault, ...] = ()
    """What can be told from the file and the names of all files."""
    untold: int = 0
    """How many more faults there are."""
    robbed: frozenset[str] = frozenset()
    """Compounds of which a method could not be read, so that they may seem to have none."""
    damaged: frozenset[tuple[str, int]] = frozenset()
    """Tasks and methods, as («methods», number), of which something could not be read."""


def words_of(documents: Sequence[Document]) -> Words:
    """The names that the texts of all these files may use."""
    values = [one.value for document in documents for one in document.declared]
    return Words(
        context=frozenset(one.name for one in values if isinstance(one, ContextKey)),
        numbers=frozenset(one.name for one in values if isinstance(one, Quantity)),
        facts=frozenset(one.name for one in values if isinstance(one, Relation)),
        unreadable=frozenset[str]().union(*(document.unreadable for document in documents)),
    )


def read_part(document: Document, words: Words) -> Part:
    """Read the tasks and methods of one file."""
    reading = _Reading(document, words)
    for written in document.compounds:
        reading.compound(written)
    for key, node in document.methods:
        reading.method(key, node, None)
    for written in document.steps:
        reading.step(written)
    return reading.part()


class _Reading:
    """Gathers what is read, and notes where faults came up meanwhile."""

    def __init__(self, document: Document, words: Words) -> None:
        self._document = document
        self._sheet = Sheet(FaultList(document.file), words)
        self._compounds: list[Compound] = []
        self._primitives: list[Primitive] = []
        self._methods: list[Method] = []
        self._phrases: list[Phrase] = []
        self._damaged: set[tuple[str, int]] = set()
        self._robbed: set[str] = set()

    def compound(self, written: Written) -> None:
        """One compound with the methods under it."""
        signature, sheet = written.signature, self._sheet
        fields = Fields(sheet, written.table, COMPOUND_KEYS, f"the compound {written.key.text}")
        path: Path = ("compounds", len(self._compounds))
        summary = fields.text("summary")
        phrases = fields.texts("phrases")
        unless = without_these(fields.texts("unless"))
        node = fields.node("methods")
        if node is not None:
            sheet.table(node, "«methods»")
        if signature is not None:
            sheet.lines |= {path: written.key.line, (*path, "summary"): fields.line_of("summary")}
            self._compounds.append(Compound(name=signature.name, parameters=signature.parameters, summary=summary))
            for text in phrases[:_MOST_PHRASES]:
                self._phrase(text, self._compounds[-1], unless, fields.line_of("phrases"))
        for key, inner in methods_under(written):
            self.method(key, inner, signature.name if signature is not None else "")

    def _phrase(self, text: str, compound: Compound, unless: frozenset[str], line: int) -> None:
        name, parameters, library = compound.name, compound.parameters, self._document.name
        phrase = self._sheet.read(line, lambda told: read_phrase(told, name, parameters, library), text)
        if phrase is not None:
            self._phrases.append(replace(phrase, unless=unless))

    def method(self, key: Scalar, node: Node, compound: str | None) -> None:
        """One method; one of a compound that can't be read is looked at for its faults alone."""
        before = self._sheet.gaps
        if len(self._methods) >= MOST_METHODS:  # the document has told so
            self._robbed.add(compound or _target_of(node))
            return
        path: Path = ("methods", len(self._methods))
        self._sheet.lines[path] = key.line
        table = self._sheet.table(node, f"the method {key.text}")
        method = read_method(self._sheet, Place(name=key, compound=compound, path=path), table)
        if method is None and compound:
            self._robbed.add(compound)
        elif method is not None and compound != "":
            self._note(("methods", len(self._methods)), before)
            self._methods.append(method)

    def step(self, written: Written) -> None:
        """One step."""
        before = self._sheet.gaps
        if written.signature is not None:
            path: Path = ("primitives", len(self._primitives))
            self._sheet.lines[path] = written.key.line
            primitive = read_step(self._sheet, written.signature, written.table, path)
            self._note(("primitives", len(self._primitives)), before)
            self._primitives.append(primitive)

    def _note(self, place: tuple[str, int], before: int) -> None:
        if self._sheet.gaps > before:
            self._damaged.add(place)

    def part(self) -> Part:
        """All of it."""
        return Part(
            document=self._document,
            compounds=tuple(self._compounds),
            primitives=tuple(self._primitives),
            methods=tuple(self._methods),
            phrases=tuple(self._phrases),
            lines=self._sheet.lines,
            faults=self._sheet.faults.told(),
            untold=self._sheet.faults.untold,
            robbed=frozenset(self._robbed),
            damaged=frozenset(self._damaged),
        )


def _target_of(method: Node) -> str:
    """The name of what a method is for, as it says itself; empty where it does not."""
    entries = method.entries if isinstance(method, Table) else ()
    told = next((node for key, node in entries if key.text == "for"), None)
    return told.text.partition("(")[0].strip() if isinstance(told, Scalar) else ""
