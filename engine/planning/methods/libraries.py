"""All method libraries together: one domain to plan with, and what each of them knows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.planning.knowables import Knowable, Saying
from engine.planning.language.domain import Domain
from engine.planning.language.terms import Value
from engine.planning.methods.documents import read_document
from engine.planning.methods.faults import Fault, FaultList
from engine.planning.methods.parts import Part, read_part, words_of
from engine.planning.methods.recognition import (
    ENOUGH,
    Asked,
    Hint,
    Phrase,
    Shelf,
    Subject,
    Topic,
    context_of,
    shelved,
    tasks_asked_for,
    topics_of,
)
from engine.planning.methods.union import Union

LOOKED_UP = frozenset({"whole_goal", "deadline_days", "in_repository", "has_test_command", "tree_is_dirty"})
"""Keys of the context that the planner finds out by itself: nobody need say them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A method file that was found: its contents, or why it could not be read."""

    file: str
    """What errors call it."""
    data: bytes = b""
    problem: str = ""
    """Empty where it could be read."""
    path: Path | None = None
    """Where it lies; None for what is no file of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """What one file brings."""

    name: str
    file: str
    summary: str
    subject: Subject
    phrases: tuple[Phrase, ...]
    shelf: Shelf
    """The same, by their words."""
    hints: tuple[Hint, ...]
    comes_along: bool
    """False for what an operator or another package added: of two that say as much of a text, theirs is meant."""
    compounds: int
    methods: int
    steps: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Libraries:
    """All libraries that are sound; those that are not are left out, with what is wrong in `faults`."""

    domain: Domain
    libraries: tuple[Library, ...]
    places: Mapping[tuple[str, str], tuple[str, int]]
    """File and line of each member of the domain, by its list and name: `("methods", "beta_first")`."""
    faults: tuple[Fault, ...] = ()

    def topics(self, text: str) -> tuple[Topic, ...]:
        """The libraries whose subject a text is of, the strongest first."""
        return topics_of(text, (one.subject for one in self.libraries))

    def context(self, text: str) -> dict[str, Value]:
        """The keys of the context that a text tells: `happens_rarely` where it says «now and then»."""
        return context_of(text, (hint for one in self.libraries for hint in one.hints))

    def knowables(self) -> tuple[Knowable, ...]:
        """What may be known of a goal, with the words that say so; not what is looked up or counted."""
        hints = [hint for one in self.libraries for hint in one.hints]
        members = {one.name: one.members for one in self.domain.types}
        return tuple(
            Knowable(
                name=key.name,
                kind=key.type,
                summary=key.summary,
                members=members.get(key.type, ()),
                sayings=tuple(
                    Saying(phrase=sign.phrase, value=hint.value)
                    for hint in hints
                    if hint.key == key.name
                    for sign in hint.signs
                    if sign.weight >= ENOUGH
                ),
            )
            for key in self.domain.context
            if key.name not in LOOKED_UP
        )

    def asked_for(self, text: str, topics: Iterable[Topic]) -> tuple[Asked, ...]:
        """The tasks that a text asks for, as libraries of these topics (and of no subject in particular) know it."""
        names = {one.name for one in topics}
        eligible = [one for one in self.libraries if not one.subject.signs or one.name in names]
        eligible.sort(key=lambda one: one.comes_along)
        return tasks_asked_for(text, [one.shelf for one in eligible])


def assemble(sources: Sequence[Source], *, trusted: frozenset[str] = frozenset(), thorough: bool = False) -> Libraries:
    """One domain of all files that are sound. Earlier files win where two claim one name.

    Files that need one that is left out are left out as well. What `trusted` files bring is not checked: a test has
    found them sound. They come before all others, and are read with their own words: what others declare can't change
    what they say. With `thorough` a file is no sound one either when a condition in it can never hold.
    """
    faults: list[Fault] = [_unread(source) for source in sources if source.problem]
    documents = [read_document(source.file, source.data) for source in sources if not source.problem]
    first = [one for one in documents if one.file in trusted]
    known = {one.file: read_part(one, words) for words in [words_of(first)] for one in first}
    while True:
        words = words_of(documents)
        parts = [known.get(one.file) or read_part(one, words) for one in documents]
        union = Union(parts)
        found = _faults_of(parts, union, _Strictness(trusted=trusted, thorough=thorough))
        if not found:
            break
        broken = {fault.file for fault in found}
        faults.extend(found)
        documents = [one for one in documents if one.file not in broken]
    libraries = tuple(_library(part, comes_along=part.document.file in trusted) for part in parts)
    return Libraries(
        domain=union.domain,
        libraries=libraries,
        places=union.places(),
        faults=tuple(sorted(faults, key=_by_place)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Strictness:
    trusted: frozenset[str]
    thorough: bool


def _faults_of(parts: Sequence[Part], union: Union, how: _Strictness) -> list[Fault]:
    if any(part.document.file not in how.trusted for part in parts):
        union.check(how.trusted, thorough=how.thorough)
    own = {part.document.file: [*part.document.faults, *part.faults] for part in parts}
    spoilt = {file for file, faults in own.items() if faults}
    # What a spoilt file does to others is known only when it is gone.
    shared = [fault for fault in union.faults if not spoilt or fault.file in spoilt]
    untold = {part.document.file: part.document.untold + part.untold for part in parts}
    return _told([*(fault for faults in own.values() for fault in faults), *shared], untold)


def _told(faults: Iterable[Fault], untold: Mapping[str, int]) -> list[Fault]:
    """Each fault once, and no more of one file than anybody reads."""
    lists: dict[str, FaultList] = {}
    for fault in faults:
        lists.setdefault(fault.file, FaultList(fault.file)).add(fault.line, fault.problem, fault.accepts)
    for file, one in lists.items():
        one.untold += untold[file]
    return [fault for one in lists.values() for fault in one.told_with_rest()]


def _by_place(fault: Fault) -> tuple[str, int]:
    return fault.file, fault.line


def _unread(source: Source) -> Fault:
    return Fault(file=source.file, line=1, problem=source.problem, accepts="a file that can be read")


def _library(part: Part, *, comes_along: bool) -> Library:
    document = part.document
    return Library(
        name=document.name,
        file=document.file,
        summary=document.summary,
        subject=Subject(name=document.name, signs=document.signs),
        phrases=part.phrases,
        shelf=shelved(part.phrases),
        hints=tuple(hint for one in document.declared for hint in one.hints),
        comes_along=comes_along,
        compounds=len(part.compounds),
        methods=len(part.methods),
        steps=len(part.primitives),
    )
