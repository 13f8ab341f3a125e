"""Conditions as they are written in method files, for those who are told about them."""

from engine.planning.language.terms import (
    Absent,
    AllOf,
    Amount,
    AnyOf,
    Arithmetic,
    Bind,
    Compare,
    Comparison,
    Condition,
    Expression,
    Given,
    Holds,
    Operator,
    Term,
    Variable,
)


def written(condition: Condition) -> str:
    """A condition as a text: `not at(?x, home)`, `budget >= 500`."""
    match condition:
        case Holds():
            return _call(condition.relation, condition.arguments)
        case Absent():
            return f"not {_call(condition.relation, condition.arguments)}"
        case Compare(left=Given(), comparison=Comparison.IS, right=bool()):
            return _value(condition.left) if condition.right else f"not {_value(condition.left)}"
        case Compare():
            return f"{_value(condition.left)} {condition.comparison} {_value(condition.right)}"
        case Bind():
            return f"let ?{condition.variable.name} = {_value(condition.value)}"
        case AllOf():
            return " and ".join(map(written, condition.conditions))
        case AnyOf():
            return " or ".join(map(written, condition.conditions))


def _call(name: str, arguments: tuple[Term, ...]) -> str:
    return f"{name}({', '.join(map(_value, arguments))})" if arguments else name


def _value(value: Expression) -> str:
    match value:
        case Variable():
            return f"?{value.name}"
        case Given():
            return value.key
        case Amount():
            return _call(value.quantity, value.arguments)
        case Arithmetic(operator=Operator.LEAST | Operator.MOST):
            return f"{value.operator}({', '.join(map(_value, value.operands))})"
        case Arithmetic():
            return f"({f' {value.operator} '.join(map(_value, value.operands))})"
        case bool():
            return str(value).lower()
        case float():
            return f"{value:g}"
        case _:
            return str(value)
