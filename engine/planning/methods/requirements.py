"""What must hold, as it is written under `when` and `each`: one text, or a list of texts, `or` and `and`."""

from engine.planning.language.scopes import Path
from engine.planning.language.terms import AnyOf, Bind, Condition
from engine.planning.methods.conditions import all_of, read_conditions
from engine.planning.methods.fields import Sheet, items_of, kind_of
from engine.planning.methods.nodes import Listing, Node, Scalar, Table

_MOST_CONDITIONS, _MOST_LETS, _DEEPEST = 40, 10, 3
_WANTED = "a text, or a table with «or:» or «and:» and a list of conditions"


def read_requirements(sheet: Sheet, node: Node | None, path: Path) -> tuple[Condition, ...]:
    """The conditions of one field, all of which must hold; `path` leads to them in the domain. None: there are none."""
    if node is None:
        return ()
    reading = _Reading(sheet)
    found: list[Condition] = []
    for item in items_of(node):
        for condition in reading.conditions(item, 0):
            sheet.lines[(*path, len(found))] = item.line
            found.append(condition)
        if reading.full:
            break
    return tuple(found)


class _Reading:
    """Counts what it reads: working out which variables are bound is no matter of course for hundreds of conditions."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self._count = 0
        self._lets = 0
        self.full = False

    def conditions(self, node: Node, depth: int) -> tuple[Condition, ...]:
        """The conditions in one item of a list."""
        match node:
            case Scalar():
                return self._text(node)
            case Listing():
                self._sheet.fault(node.line, "a list inside a list of conditions", _WANTED)
                return ()
            case Table():
                return tuple(one for key, value in node.entries for one in self._nested(key, value, depth))

    def _text(self, node: Scalar) -> tuple[Condition, ...]:
        if not node.text.strip():
            self._sheet.fault(node.line, "a condition is empty", _WANTED)
            return ()
        found = self._sheet.read(node.line, lambda text: read_conditions(text, self._sheet.words), node.text) or ()
        self._count += sum(word in {"or", "and"} for word in node.text.split()) + 1
        self._lets += sum(isinstance(one, Bind) for one in found)
        if not self.full and (self._count > _MOST_CONDITIONS or self._lets > _MOST_LETS):
            self.full = True
            self._sheet.fault(
                node.line, "too many conditions", f"{_MOST_CONDITIONS} at the most, {_MOST_LETS} of them with «let»"
            )
        return () if self.full else found

    def _nested(self, key: Scalar, node: Node, depth: int) -> tuple[Condition, ...]:
        if key.text not in {"or", "and"}:
            self._sheet.fault(key.line, f"a condition can't be {kind_of(key)} with a colon", _WANTED)
            return ()
        if depth >= _DEEPEST:
            self._sheet.fault(key.line, "conditions are nested too deeply", f"{_DEEPEST} levels at the most")
            return ()
        if self.full:
            return ()
        nothing = isinstance(node, Scalar) and not node.text.strip()
        items = () if nothing else items_of(node)
        if not items:
            self._sheet.fault(key.line, f"«{key.text}» has nothing to choose from", "a list of conditions")
        ways = [found for item in items if (found := self.conditions(item, depth + 1))]
        if key.text == "and":
            return tuple(one for way in ways for one in way)
        return (AnyOf(conditions=tuple(all_of(way) for way in ways)),) if ways else ()
