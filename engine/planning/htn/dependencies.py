"""Who must come before whom because of what they look at and change.

Each fact goes through phases: it holds, it doesn't, it holds again. Whoever needs a phase comes after the step that
opened it; whoever changes the fact comes after all who were part of the phase before. A number has a phase for each
change of kind: readings may change places among themselves, and so may increases. So every order that keeps to the
dependencies leads to the same state, and every condition that held still does.
"""

from collections.abc import Generator, Sequence
from enum import Enum

from msgspec import Struct

from engine.planning.htn.accesses import Accesses, Changes, Glance
from engine.planning.htn.hierarchy import Hierarchy
from engine.planning.htn.state import Row
from engine.planning.slices import emptied


class _Kind(Enum):
    HOLDS = 1
    ABSENT = 2
    READ = 3
    GROWN = 4
    SET = 5


class _Phase(Struct, gc=False):
    """A stretch of the plan in which a fact or number is used in one way."""

    kind: _Kind
    barrier: int | None
    """Comes after all of the phase before; None when there was nobody."""
    opener: int | None = None
    """Who began it, and so made a fact so; None when it was so from the beginning."""
    members: Sequence[int] = ()
    writers: Sequence[int] = ()


_FEW = 4


def _with(own: Sequence[int], event: int) -> Sequence[int]:
    """With one more. A few are kept as a tuple: in this the garbage collector has nothing to look through."""
    if isinstance(own, list):
        own.append(event)
        return own
    return (*own, event) if len(own) < _FEW else [*own, event]


class Dependencies:
    """Tells, event by event in the order of the plan, which events and joints each one must come after."""

    def __init__(self, hierarchy: Hierarchy) -> None:
        self._hierarchy = hierarchy
        self._phases: dict[str, dict[Row, _Phase]] = {}
        self._glances: dict[str, list[tuple[Glance, Row, int]]] = {}

    def forget(self) -> Generator[None, None, None]:
        """Be done with it, in slices."""
        for phases in self._phases.values():
            yield from emptied(phases)

    def look(self, event: int, accesses: Accesses, row: Row) -> list[int]:
        """The event looks at this: what it must come after for it."""
        found: list[int] = []
        for table, pick in accesses.present:
            self._need(table, pick(row), _Kind.HOLDS, event, found)
        for table, pick in accesses.missing:
            self._need(table, pick(row), _Kind.ABSENT, event, found)
        for column, pick in accesses.numbers:
            self._use(column, pick(row), _Kind.READ, event, found)
        for glance in accesses.glances:
            key = glance.pick(row)
            for fact, phase in self._phases.get(glance.where, {}).items():
                if _is_seen(glance, key, fact):
                    found.extend(phase.writers)
                    if phase.kind is _Kind.READ and phase.barrier is not None:
                        found.append(phase.barrier)
            self._glances.setdefault(glance.where, []).append((glance, key, event))
        return found

    def change(self, event: int, changes: Changes, row: Row) -> list[int]:
        """The event changes this: what it must come after for it."""
        found: list[int] = []
        added = [(table, pick(row)) for table, pick in changes.adds]
        for table, pick in changes.removes:
            fact = pick(row)
            if (table, fact) not in added:
                self._make(table, fact, _Kind.ABSENT, event, found)
        for table, fact in added:
            self._make(table, fact, _Kind.HOLDS, event, found)
        for column, pick in changes.sets:
            self._use(column, pick(row), _Kind.SET, event, found)
        for column, pick in changes.grows:
            self._use(column, pick(row), _Kind.GROWN, event, found)
        return found

    def _need(self, table: str, fact: Row, kind: _Kind, event: int, found: list[int]) -> None:
        phases = self._phases.setdefault(table, {})
        phase = phases.get(fact)
        if phase is None:
            phase = phases[fact] = _Phase(kind, None)
        assert phase.kind is kind
        phase.members = _with(phase.members, event)
        if phase.opener is not None:
            found.append(phase.opener)

    def _make(self, table: str, fact: Row, kind: _Kind, event: int, found: list[int]) -> None:
        phases = self._phases.setdefault(table, {})
        phase = phases.get(fact)
        if phase is None or phase.kind is not kind:
            phase = phases[fact] = self._next(phase, kind, event, found)
            phase.opener = event
        elif phase.barrier is not None and phase.opener != event:
            found.append(phase.barrier)
        phase.members = _with(phase.members, event)
        phase.writers = _with(phase.writers, event)
        self._heed_glances(table, fact, event, found)

    def _use(self, column: str, key: Row, kind: _Kind, event: int, found: list[int]) -> None:
        phases = self._phases.setdefault(column, {})
        phase = phases.get(key)
        if phase is None or phase.kind is not kind or kind is _Kind.SET:
            phase = phases[key] = self._next(phase, kind, event, found)
        elif phase.barrier is not None and phase.opener != event:
            found.append(phase.barrier)
        phase.members = _with(phase.members, event)
        if kind is not _Kind.READ:
            phase.writers = _with(phase.writers, event)
            self._heed_glances(column, key, event, found)

    def _next(self, phase: _Phase | None, kind: _Kind, event: int, found: list[int]) -> _Phase:
        """The phase after this one, begun by the event."""
        if phase is None or not phase.members:
            return _Phase(kind, None)
        found.extend(phase.members)
        begun = _Phase(kind, self._hierarchy.joint(list(dict.fromkeys(phase.members))))
        begun.opener = event
        return begun

    def _heed_glances(self, where: str, key: Row, event: int, found: list[int]) -> None:
        for glance, seen, other in self._glances.get(where, ()):
            if _is_seen(glance, seen, key):
                found.append(other)


def _is_seen(glance: Glance, key: Row, fact: Row) -> bool:
    return all(fact[place] == value for place, value in zip(glance.places, key, strict=True))
