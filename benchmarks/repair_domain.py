"""A project as a planning problem of any size: phases of modules, each built, tested and brought out in one of several
ways, with people who are busy and things that must be there before they are needed."""

from engine.planning.language.domain import (
    Compound,
    Domain,
    Method,
    Order,
    Primitive,
    Problem,
    Relation,
    Subtask,
    ThreePoints,
    fact,
    parameters,
)
from engine.planning.language.terms import Add, Condition, Holds, Term, Variable

STEPS_A_MODULE = 9
_MODULE, _BEFORE, _WHO = Variable(name="module"), Variable(name="before"), Variable(name="who")


def _step(name: str, needs: str = "", makes: str = "", odds: float = 0.98) -> Primitive:
    """A step about a module, which may need that something is there and brings something about."""
    conditions: tuple[Condition, ...] = (Holds(relation=needs, arguments=(_MODULE,)),) if needs else ()
    return Primitive(
        name=name,
        parameters=parameters("module"),
        preconditions=conditions,
        effects=(Add(relation=makes, arguments=(_MODULE,)),) if makes else (),
        probability=odds,
        estimate=ThreePoints(low=1, likely=2, high=5),
    )


def _sub(task: str, *arguments: Term) -> Subtask:
    return Subtask(label=task, task=task, arguments=arguments or (_MODULE,))


PROJECT = Domain(
    name="project of modules",
    relations=(
        *(
            Relation(name=name, parameters=parameters("module"))
            for name in ("sketched", "agreed", "built", "checked", "proven", "written", "out")
        ),
        Relation(name="after", parameters=parameters("module", "before")),
        Relation(name="knows", parameters=parameters("who", "module")),
    ),
    compounds=tuple(
        Compound(name=name, parameters=parameters("module"))
        for name in ("bring_out", "design", "make", "prove", "ship")
    ),
    primitives=(
        _step("sketch", makes="sketched"),
        _step("agree", "sketched", "agreed"),
        _step("build_alone", "agreed", "built", 0.95),
        Primitive(
            name="build_with",
            parameters=parameters("module", "who"),
            preconditions=(Holds(relation="agreed", arguments=(_MODULE,)),),
            effects=(Add(relation="built", arguments=(_MODULE,)),),
            probability=0.97,
            estimate=ThreePoints(low=1, likely=2, high=5),
        ),
        _step("buy", "agreed", "built", 0.9),
        _step("review", "built", "checked"),
        _step("test", "checked", "proven"),
        _step("try_out", "checked", "proven", 0.9),
        _step("write_down", "built", "written"),
        _step("announce", "written"),
        _step("roll_out", "proven", "out"),
        _step("hand_over", "out"),
    ),
    methods=(
        Method(
            name="in_turn",
            task="bring_out",
            preconditions=(
                Holds(relation="after", arguments=(_MODULE, _BEFORE)),
                Holds(relation="out", arguments=(_BEFORE,)),
            ),
            subtasks=(_sub("design"), _sub("make"), _sub("prove"), _sub("ship")),
        ),
        Method(name="drawn", task="design", subtasks=(_sub("sketch"), _sub("agree"))),
        Method(
            name="with_one_who_knows",
            task="make",
            preconditions=(Holds(relation="knows", arguments=(_WHO, _MODULE)),),
            subtasks=(_sub("build_with", _MODULE, _WHO), _sub("review")),
        ),
        Method(name="alone", task="make", subtasks=(_sub("build_alone"), _sub("review"))),
        Method(name="bought", task="make", subtasks=(_sub("buy"), _sub("review"))),
        Method(
            name="tested",
            task="prove",
            subtasks=(_sub("test"), _sub("write_down")),
            order=Order.PARALLEL,
        ),
        Method(name="tried", task="prove", subtasks=(_sub("try_out"), _sub("write_down")), probability=0.95),
        Method(name="rolled_out", task="ship", subtasks=(_sub("announce"), _sub("roll_out"), _sub("hand_over"))),
    ),
)


def project(steps: int) -> Problem:
    """A project of so many steps or a few more: its modules come out one after the other."""
    modules = [f"m{number}" for number in range(1, -(-steps // STEPS_A_MODULE) + 1)]
    facts = [fact("out", "m0")]
    for before, module in zip(["m0", *modules], modules, strict=False):
        facts.append(fact("after", module, before))
        if int(module[1:]) % 3:
            facts.append(fact("knows", f"p{int(module[1:]) % 7}", module))
    return Problem(
        facts=tuple(facts),
        tasks=tuple(Subtask(label=module, task="bring_out", arguments=(module,)) for module in modules),
        order=Order.SEQUENTIAL,
    )
