"""Several method files as one domain, and the way back from a part of the domain to file and line."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass
from typing import TypeAlias, TypeVar

from engine.planning.language.checking import find_flaws
from engine.planning.language.domain import (
    BUILT_IN_TYPES,
    Compound,
    ContextKey,
    Domain,
    Method,
    ObjectType,
    Parameter,
    Primitive,
    Quantity,
    Relation,
)
from engine.planning.language.hopeless import find_hopeless
from engine.planning.language.scopes import Flaw, Path
from engine.planning.language.terms import Variable
from engine.planning.methods.declarations import Declaration
from engine.planning.methods.faults import MOST_FAULTS, MOST_HINTS, Fault, nearest
from engine.planning.methods.goal_facts import TOLD
from engine.planning.methods.networks import UNREADABLE
from engine.planning.methods.parts import Part

NAME = "milepost"
Member: TypeAlias = Declaration | Compound | Primitive | Method
_Kind = TypeVar("_Kind", ObjectType, Relation, Quantity, ContextKey, Compound, Primitive, Method)
_VARIABLE = re.compile(r"\?(\w+) has no value here")
_MENTION = re.compile(r"\{(\w+)\} is mentioned")
_FOLLOW_UP = re.compile(r"\?|\{|.* decides nothing$")
"""Flaws that may come from a condition or subtask of the same method that could not be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Origin:
    """Where a member of the domain comes from."""

    part: Part
    local: tuple[str, int]
    """List and number in a domain of that file alone."""
    line: int

    def __str__(self) -> str:
        return f"{self.part.document.file}:{self.line}"


class Union:
    """One domain of several files. Of what is there twice the first one counts, and the second is a fault."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self.faults: list[Fault] = []
        self._members: dict[str, list[tuple[Member, _Origin]]] = {}
        self._robbed = {name for part in parts for name in part.robbed}
        self._taken: dict[tuple[str, str], tuple[Member | None, _Origin]] = {}
        self._unreadable = frozenset[str]().union(*(part.document.unreadable for part in parts))
        for part in parts:
            self._add(part)
        self.domain = Domain(
            name=NAME,
            types=self._of("types", ObjectType),
            relations=self._of("relations", Relation),
            quantities=self._of("quantities", Quantity),
            context=self._of("context", ContextKey),
            compounds=self._of("compounds", Compound),
            primitives=self._of("primitives", Primitive),
            methods=self._of("methods", Method),
        )

    def places(self) -> dict[tuple[str, str], tuple[str, int]]:
        """File and line of each member of the domain, by the domain's list that it is in and its name."""
        return {
            (kind, member.name): (origin.part.document.file, origin.line)
            for kind, members in self._members.items()
            for member, origin in members
        }

    def check(self, trusted: frozenset[str] = frozenset(), *, thorough: bool = False) -> None:
        """Add what is wrong with the domain as a whole to the faults, but for what `trusted` files bring.

        With `thorough` also conditions that can never hold, once all else is right.
        """
        told: dict[str, int] = {}
        sound = self._brought_by(trusted)
        flaws = find_flaws(self.domain, sound)
        if thorough and not flaws:
            flaws = tuple(find_hopeless(self.domain, TOLD, sound))
        for flaw in flaws:
            origin = self._origin_of(flaw.path)
            file = origin.part.document.file
            if told.get(file, 0) < MOST_FAULTS and not self._follows(flaw, origin):
                told[file] = told.get(file, 0) + 1
                accepts = self._accepts(flaw) if told[file] <= MOST_HINTS else flaw.accepts
                self._fault(origin, flaw.problem, accepts, self._line_of(flaw.path, origin))

    def _brought_by(self, files: frozenset[str]) -> frozenset[Path]:
        return frozenset(
            (kind, place)
            for kind, members in self._members.items()
            for place, (_, origin) in enumerate(members)
            if origin.part.document.file in files
        )

    def _of(self, kind: str, wanted: type[_Kind]) -> tuple[_Kind, ...]:
        return tuple(member for member, _ in self._members.get(kind, ()) if isinstance(member, wanted))

    def _add(self, part: Part) -> None:
        document = part.document
        if document.name:
            self._claim("library", document.name, None, _Origin(part=part, local=("name", 0), line=document.line))
        for declared in document.declared:
            value = declared.value
            origin = _Origin(part=part, local=(_kind_of(value), 0), line=declared.line)
            if isinstance(value, ObjectType) and value.name in BUILT_IN_TYPES:
                self._fault(origin, f"the type {value.name} is there already", "another name")
            else:
                self._put(value, "type" if isinstance(value, ObjectType) else "name", origin)
        tasks: tuple[tuple[Member, ...], ...] = (part.compounds, part.primitives, part.methods)
        for family, members in zip(("task", "task", "method"), tasks, strict=True):
            for place, member in enumerate(members):
                local = (_kind_of(member), place)
                self._put(member, family, _Origin(part=part, local=local, line=part.lines[local]))

    def _put(self, member: Member, family: str, origin: _Origin) -> None:
        if self._claim(family, member.name, member, origin):
            self._members.setdefault(_kind_of(member), []).append((member, origin))
        elif isinstance(member, Method):
            self._robbed.add(member.task)

    def _claim(self, family: str, name: str, member: Member | None, origin: _Origin) -> bool:
        """Whether the name is free. The same declaration twice is no fault, and there once."""
        first = self._taken.setdefault((family, name), (member, origin))
        if first[1] is origin:
            return True
        if family not in {"name", "type"}:
            problem = f"there is a {family} {name} already, at {first[1]}"
            self._fault(origin, problem, "another name; all libraries share one set of names")
        elif first[0] != member:
            self._fault(origin, f"{name} is declared otherwise at {first[1]}", "the same declaration, or another name")
        return False

    def _fault(self, origin: _Origin, problem: str, accepts: str, line: int | None = None) -> None:
        file = origin.part.document.file
        self.faults.append(Fault(file=file, line=line or origin.line, problem=problem, accepts=accepts))

    def _origin_of(self, path: Path) -> _Origin:
        place = path[1]
        assert isinstance(place, int), path
        return self._members[str(path[0])][place][1]

    def _line_of(self, path: Path, origin: _Origin) -> int:
        """The line of the nearest place that is known."""
        local = (*origin.local, *path[2:])
        lines = origin.part.lines
        ways = (local[:end] for end in range(len(local), 1, -1))
        return next((lines[way] for way in ways if way in lines), origin.line)

    def _follows(self, flaw: Flaw, origin: _Origin) -> bool:
        """Whether a flaw only follows from something that could not be read, which is told already."""
        if origin.local in origin.part.damaged and _FOLLOW_UP.match(flaw.problem):
            return True
        value = _value_at(self.domain, flaw.path)
        if isinstance(value, Compound):
            return value.name in self._robbed
        return isinstance(value, str) and (value in self._unreadable or value == UNREADABLE)

    def _accepts(self, flaw: Flaw) -> str:
        """What would do, with what was meant where a name is misspelt."""
        word, known = self._misspelt(flaw)
        close = nearest(word, sorted(known)) if word else ""
        return f"did you mean {close}?" if close else flaw.accepts

    def _misspelt(self, flaw: Flaw) -> tuple[str, frozenset[str]]:
        """The name that is not known, and those that are; empty where the flaw is another."""
        variable, mention = _VARIABLE.match(flaw.problem), _MENTION.match(flaw.problem)
        if variable is not None or mention is not None:
            own = frozenset(_variables_in(self._members[str(flaw.path[0])][int(flaw.path[1])][0]))
            compound = _value_at(self.domain, (*flaw.path[:2], "task"))
            own |= {one.name for each in self.domain.compounds if each.name == compound for one in each.parameters}
            if mention is not None:
                return mention[1], own | {one.name for one in self.domain.context}
            return (variable[1], own - {variable[1]}) if variable is not None else ("", own)
        value = _value_at(self.domain, flaw.path)
        if isinstance(value, Parameter):
            return value.type, frozenset(one.name for one in self.domain.types) | BUILT_IN_TYPES
        return (value, self._known_at(flaw.path)) if isinstance(value, str) else ("", frozenset())

    def _known_at(self, path: Path) -> frozenset[str]:
        """The names that fit a field."""
        domain = self.domain
        match path[-1]:
            case "task" if len(path) == 3:
                return frozenset(one.name for one in domain.compounds)
            case "task":
                return frozenset(one.name for one in domain.compounds) | {one.name for one in domain.primitives}
            case "relation":
                return frozenset(one.name for one in domain.relations) | {one.name for one in domain.context}
            case "quantity":
                return frozenset(one.name for one in domain.quantities)
            case "key":
                return frozenset(one.name for one in domain.context)
            case "type":
                return frozenset(one.name for one in domain.types) | BUILT_IN_TYPES
            case _:
                return frozenset()


def _kind_of(member: Member) -> str:
    """The list of a domain that it belongs in."""
    match member:
        case ObjectType():
            return "types"
        case Relation():
            return "relations"
        case Quantity():
            return "quantities"
        case ContextKey():
            return "context"
        case Compound():
            return "compounds"
        case Primitive():
            return "primitives"
        case Method():
            return "methods"


def _value_at(value: object, path: Path) -> object:
    """What a path leads to; None where it leads nowhere."""
    for step in path:
        if isinstance(step, str):
            value = getattr(value, step, None)
        elif isinstance(value, tuple) and step < len(value):
            value = value[step]
        else:
            return None
    return value


def _variables_in(value: object) -> Iterator[str]:
    """The names of all variables and parameters anywhere in a member of the domain."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Variable | Parameter):
            yield one.name
        elif isinstance(one, tuple):
            waiting.extend(one)
        elif is_dataclass(one):
            waiting.extend(getattr(one, part.name) for part in fields(one))
