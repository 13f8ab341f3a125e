"""How numbers are written in method files: `3`, `?n`, `deadline_days`, `stock(home) - 2 * ?n`, `min(?a, 30)`."""

from engine.planning.language.terms import Amount, Arithmetic, Expression, Given, Operator, Variable
from engine.planning.methods.grammar import (
    Cursor,
    Kind,
    Token,
    Unclear,
    UnknownWord,
    Words,
    number_of,
    take_arguments,
    word_value,
)

_DEEPEST = 20
_WANTED = "a number, ?variable, a declared name, or + - * / min(…) max(…) of them"


def read_expression(text: str, words: Words) -> Expression:
    """A whole text as an expression. Raises `Unclear`."""
    cursor = Cursor(text)
    found = take_expression(cursor, words)
    cursor.need_end(_WANTED)
    return found


def take_expression(cursor: Cursor, words: Words, depth: int = 0) -> Expression:
    """As much of the text as is one expression."""
    if depth > _DEEPEST:
        raise Unclear("nested too deeply", f"{_DEEPEST} levels at the most")
    found = _take_product(cursor, words, depth)
    while cursor.sees("+", "-"):
        sign = Operator(cursor.take(_WANTED).text)
        found = _combined(sign, found, _take_product(cursor, words, depth))
    return found


def _take_product(cursor: Cursor, words: Words, depth: int) -> Expression:
    found = _take_operand(cursor, words, depth)
    while cursor.sees("*", "/"):
        sign = Operator(cursor.take(_WANTED).text)
        found = _combined(sign, found, _take_operand(cursor, words, depth))
    return found


def _combined(operator: Operator, left: Expression, right: Expression) -> Arithmetic:
    """Long sums and products stay flat: they may be longer than expressions may be deep."""
    flat = operator in {Operator.PLUS, Operator.TIMES} and isinstance(left, Arithmetic) and left.operator is operator
    before = left.operands if flat and isinstance(left, Arithmetic) else (left,)
    return Arithmetic(operator=operator, operands=(*before, right))


def _take_operand(cursor: Cursor, words: Words, depth: int) -> Expression:
    if cursor.skip("("):
        inner = take_expression(cursor, words, depth + 1)
        cursor.need(")")
        return inner
    if cursor.skip("-"):
        return negative(_take_operand(cursor, words, _deeper(depth)))
    token = cursor.take(_WANTED)
    match token.kind:
        case Kind.NUMBER:
            return number_of(token)
        case Kind.VARIABLE:
            return Variable(name=token.text[1:])
        case Kind.TEXT:
            return token.text[1:-1]
        case Kind.WORD:
            return _named(cursor, words, token, depth)
        case _:
            raise Unclear(f"«{token.text}» can't stand there in «{cursor.text}»", _WANTED)


def negative(value: Expression) -> Expression:
    """The opposite of a number."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return -value
    return Arithmetic(operator=Operator.MINUS, operands=(0, value))


def _deeper(depth: int) -> int:
    if depth >= _DEEPEST:
        raise Unclear("nested too deeply", f"{_DEEPEST} levels at the most")
    return depth + 1


def _named(cursor: Cursor, words: Words, token: Token, depth: int) -> Expression:
    name = token.text
    if cursor.sees("("):
        if name not in {"min", "max"}:
            return Amount(quantity=name, arguments=take_arguments(cursor))
        return Arithmetic(operator=Operator(name), operands=_take_operands(cursor, words, depth))
    if name in words.context:
        return Given(key=name)
    if name in words.numbers:
        return Amount(quantity=name)
    if name in {"true", "false"}:
        return word_value(name)
    if name in words.facts:
        raise Unclear(f"«{name}» is a fact and no number", _WANTED)
    raise UnknownWord(f"there is no number or context key {name}", name, words.context | words.numbers)


def _take_operands(cursor: Cursor, words: Words, depth: int) -> tuple[Expression, ...]:
    cursor.need("(")
    found = [take_expression(cursor, words, _deeper(depth))]
    while cursor.skip(","):
        found.append(take_expression(cursor, words, _deeper(depth)))
    cursor.need(")")
    return tuple(found)
