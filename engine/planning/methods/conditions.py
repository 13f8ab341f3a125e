"""How conditions and effects are written: `built ?thing`, `not at(?x, home)`, `budget >= 500`, `budget -= 5`."""

from engine.planning.language.terms import (
    Absent,
    Add,
    AllOf,
    Amount,
    AnyOf,
    Bind,
    Compare,
    Comparison,
    Condition,
    Effect,
    Expression,
    Given,
    Holds,
    Increase,
    Remove,
    SetTo,
    Term,
    Variable,
)
from engine.planning.methods.arithmetic import negative, take_expression
from engine.planning.methods.grammar import (
    Call,
    Cursor,
    Kind,
    Unclear,
    Words,
    take_arguments,
    take_term,
    word_value,
)

_WANTED = "a condition, such as «built ?thing», «not built ?thing», «has_tests», «budget >= 500» or «let ?n = 2 * ?m»"
_EFFECT = "an effect, such as «built ?thing», «not built ?thing», «budget -= 500» or «stock(home) = 3»"
_OPPOSITES = {"=": "!=", "==": "!=", "!=": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}


def read_conditions(text: str, words: Words) -> tuple[Condition, ...]:
    """The conditions in one text, all of which must hold. `and` binds closer than `or`. Raises `Unclear`."""
    ways = [tuple(_read_one(atom, words) for atom in _split(group, "and")) for group in _split(Cursor(text), "or")]
    if len(ways) == 1:
        return ways[0]
    return (AnyOf(conditions=tuple(all_of(way) for way in ways)),)


def all_of(conditions: tuple[Condition, ...]) -> Condition:
    """Several conditions as one."""
    return conditions[0] if len(conditions) == 1 else AllOf(conditions=conditions)


def read_effect(text: str, words: Words) -> Effect:
    """One effect. Raises `Unclear`."""
    cursor = Cursor(text)
    sign = _outer_sign(cursor, "=", "+=", "-=")
    if sign is None:
        removes = cursor.skip("not")
        fact = _take_fact(cursor, _EFFECT)
        _refuse_context(fact.name, words)
        if fact.name in words.numbers:
            raise Unclear(f"{fact.name} is a number", f"«{fact.name} = 3», «{fact.name} += 1» or «{fact.name} -= 1»")
        return (Remove if removes else Add)(relation=fact.name, arguments=fact.arguments)
    target = _take_fact(cursor.part(0, sign), _EFFECT)
    _refuse_context(target.name, words)
    cursor.place = sign + 1
    value = take_expression(cursor, words)
    cursor.need_end(_EFFECT)
    match cursor.tokens[sign].text:
        case "=":
            return SetTo(quantity=target.name, arguments=target.arguments, value=value)
        case "+=":
            return Increase(quantity=target.name, arguments=target.arguments, by=value)
        case _:
            return Increase(quantity=target.name, arguments=target.arguments, by=negative(value))


def _refuse_context(name: str, words: Words) -> None:
    if name in words.context:
        raise Unclear(f"{name} belongs to the context, which no step changes", "a fact or a number")


def _split(cursor: Cursor, word: str) -> list[Cursor]:
    """The texts between this word, where it stands outside parentheses."""
    cuts, depth = [-1], 0
    for place, token in enumerate(cursor.tokens):
        depth += _step_of(token.text) if token.kind is Kind.SIGN else 0
        if token.kind is Kind.WORD and token.text == word and not depth:
            cuts.append(place)
    cuts.append(len(cursor.tokens))
    return [cursor.part(cuts[number] + 1, end) for number, end in enumerate(cuts[1:])]


def _step_of(sign: str) -> int:
    return {"(": 1, ")": -1}.get(sign, 0)


def _outer_sign(cursor: Cursor, *signs: str) -> int | None:
    """Where one of these signs stands outside parentheses; None when none does."""
    depth = 0
    for place, token in enumerate(cursor.tokens):
        if token.kind is Kind.SIGN:
            depth += _step_of(token.text)
            if token.text in signs and not depth:
                return place
    return None


def _read_one(cursor: Cursor, words: Words) -> Condition:
    if cursor.skip("let"):
        variable = cursor.take(_WANTED)
        if variable.kind is not Kind.VARIABLE:
            raise Unclear(f"«{variable.text}» is no variable in «{cursor.text}»", "«let ?name = …»")
        cursor.need("=")
        value = take_expression(cursor, words)
        cursor.need_end(_WANTED)
        return Bind(variable=Variable(name=variable.text[1:]), value=value)
    negated = cursor.skip("not")
    sign = _outer_sign(cursor, *_OPPOSITES)
    if sign is not None:
        if negated:
            raise Unclear(f"«not» can't stand before «{cursor.tokens[sign].text}»", _opposite(cursor, sign))
        return _compare(cursor, sign, words)
    fact = _take_fact(cursor, _WANTED)
    if fact.name in words.context:
        if fact.arguments:
            raise Unclear(f"{fact.name} is a key of the context and takes no arguments", f"«{fact.name}» alone")
        return Compare(left=Given(key=fact.name), comparison=Comparison.IS, right=not negated)
    if fact.name in words.numbers:
        raise Unclear(f"{fact.name} is a number", f"compare it, such as «{fact.name} > 0»")
    return (Absent if negated else Holds)(relation=fact.name, arguments=fact.arguments)


def _opposite(cursor: Cursor, sign: int) -> str:
    told = [token.text for token in cursor.tokens[cursor.place :]]
    told[sign - cursor.place] = _OPPOSITES[cursor.tokens[sign].text]
    return f"«{' '.join(told)}»"


def _take_fact(cursor: Cursor, wanted: str) -> Call:
    """`name`, `name(arg, arg)` or `name arg arg`, up to the end."""
    name = cursor.take(wanted)
    if name.kind is not Kind.WORD:
        raise Unclear(f"«{name.text}» can't stand there in «{cursor.text}»", wanted)
    if cursor.sees("("):
        arguments = take_arguments(cursor)
        cursor.need_end(wanted)
        return Call(name=name.text, arguments=arguments)
    found: list[Term] = []
    while cursor.next is not None:
        found.append(take_term(cursor))
    return Call(name=name.text, arguments=tuple(found))


def _compare(cursor: Cursor, sign: int, words: Words) -> Compare:
    written = cursor.tokens[sign].text
    comparison = Comparison.IS if written == "==" else Comparison(written)
    left = cursor.part(cursor.place, sign)
    right = cursor.part(sign + 1, len(cursor.tokens))
    equal = comparison in {Comparison.IS, Comparison.IS_NOT}
    return Compare(
        left=_side(left, words, may_be_text=False),
        comparison=comparison,
        right=_side(right, words, may_be_text=equal),
    )


def _side(cursor: Cursor, words: Words, *, may_be_text: bool) -> Expression:
    only = cursor.tokens[0] if len(cursor.tokens) == 1 else None
    if only is not None and only.kind is Kind.WORD:
        if only.text in words.context:
            return Given(key=only.text)
        if only.text in words.numbers:
            return Amount(quantity=only.text)
        if may_be_text:
            return word_value(only.text)
    found = take_expression(cursor, words)
    cursor.need_end(_WANTED)
    return found
