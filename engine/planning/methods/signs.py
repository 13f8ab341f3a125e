"""The signs of a subject as they are written: a list of words and phrases, some with a weight."""

from engine.planning.methods.fields import Sheet, items_of, kind_of
from engine.planning.methods.nodes import Node, Scalar, Table
from engine.planning.methods.recognition import Sign, read_sign

_MOST_SIGNS = 300


def read_signs(sheet: Sheet, node: Node) -> tuple[Sign, ...]:
    """The signs in a list; `phrase: 0.5` for one that weighs other than 1."""
    found: list[Sign] = []
    items = [one for item in items_of(node) for one in (item.entries if isinstance(item, Table) else ((item, None),))]
    if len(items) > _MOST_SIGNS:
        sheet.fault(node.line, f"{len(items)} signs", f"{_MOST_SIGNS} at the most")
    for phrase, weight in items[:_MOST_SIGNS]:
        sign = _sign(sheet, phrase, weight)
        if sign is not None:
            found.append(sign)
    return tuple(found)


def _sign(sheet: Sheet, phrase: Node, weight: Node | None) -> Sign | None:
    value = 1.0 if weight is None else weight.value if isinstance(weight, Scalar) else None
    if not isinstance(phrase, Scalar) or isinstance(value, bool) or not isinstance(value, int | float):
        told = kind_of(phrase if weight is None else weight)
        sheet.fault(phrase.line, f"a sign is {told}", "a word or phrase, with «: number» where it weighs other than 1")
        return None
    return sheet.read(phrase.line, lambda text: read_sign(text, float(value)), phrase.text)
