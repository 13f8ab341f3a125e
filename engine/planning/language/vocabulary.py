"""What a domain knows by name, and which values and types fit where."""

from collections.abc import Mapping
from dataclasses import dataclass

from engine.planning.language.domain import (
    BUILT_IN_TYPES,
    FLAG,
    NUMBER,
    TEXT,
    Compound,
    ContextKey,
    Domain,
    Method,
    ObjectType,
    Primitive,
    Quantity,
    Relation,
)
from engine.planning.language.terms import Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """The parts of a domain by name. Where a name is taken twice the first one counts."""

    types: Mapping[str, ObjectType]
    relations: Mapping[str, Relation]
    quantities: Mapping[str, Quantity]
    context: Mapping[str, ContextKey]
    tasks: Mapping[str, Compound | Primitive]
    methods_of: Mapping[str, tuple[Method, ...]]
    """By the name of the compound."""

    def knows_type(self, name: str) -> bool:
        """Whether there is such a type."""
        return name in BUILT_IN_TYPES or name in self.types

    def fits(self, value: Value, kind: str) -> bool:
        """Whether a value is of a type. Nothing is of an unknown one."""
        match kind:
            case "flag":
                return isinstance(value, bool)
            case "number":
                return isinstance(value, int | float) and not isinstance(value, bool)
            case "text":
                return isinstance(value, str)
            case _:
                declared = self.types.get(kind)
                return (
                    declared is not None
                    and isinstance(value, str)
                    and (not declared.members or value in declared.members)
                )

    def is_of(self, kind: str, wanted: str) -> bool:
        """Whether all values of a type may stand where another is wanted: every thing is a text besides."""
        return kind == wanted or (wanted == TEXT and kind in self.types)

    def accepts(self, kind: str) -> str:
        """What a place of this type takes, in words."""
        declared = self.types.get(kind)
        if declared is not None and declared.members:
            return f"one of {', '.join(declared.members)}"
        return {FLAG: "true or false", NUMBER: "a number", TEXT: "a text"}.get(kind, f"a {kind}")


def vocabulary_of(domain: Domain) -> Vocabulary:
    """The domain's parts by name."""
    tasks: list[Compound | Primitive] = [*domain.compounds, *domain.primitives]
    methods: dict[str, list[Method]] = {}
    for method in domain.methods:
        methods.setdefault(method.task, []).append(method)
    return Vocabulary(
        types={one.name: one for one in reversed(domain.types)},
        relations={one.name: one for one in reversed(domain.relations)},
        quantities={one.name: one for one in reversed(domain.quantities)},
        context={one.name: one for one in reversed(domain.context)},
        tasks={one.name: one for one in reversed(tasks)},
        methods_of={task: tuple(own) for task, own in methods.items()},
    )


def type_of(value: Value) -> str:
    """The built-in type of a constant."""
    if isinstance(value, bool):
        return FLAG
    return TEXT if isinstance(value, str) else NUMBER
