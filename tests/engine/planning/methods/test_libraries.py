"""Method files become one domain: a file says what the same domain says in Python, and several files add up."""

import textwrap

import engine.planning.methods
from engine.planning.language.domain import (
    Checkpoint,
    Compound,
    ContextKey,
    ExpectedOutcome,
    Method,
    Need,
    ObjectType,
    OnlyIf,
    Order,
    Primitive,
    Quantity,
    Relation,
    Subtask,
    ThreePoints,
    parameters,
)
from engine.planning.language.terms import (
    AllOf,
    AnyOf,
    Arithmetic,
    Given,
    Increase,
    Operator,
    absent,
    add,
    amount,
    compare,
    holds,
    terms,
)
from engine.planning.methods.libraries import Libraries, Source, assemble
from tests.engine.planning.methods.marked import WORDS, load

LAUNCH = """
name: party
summary: Bringing a product to its first users
signs: [product hunt, landing page: 0.5, rocket: -1]
types:
  person: any
  size: [small, "no"]
facts:
  built(thing): The thing exists
  tester(person who): Someone who will try it
numbers:
  cash = unknown: Left
  stock(thing, place) = 5: What there is
context:
  flag has_testers = false: People who will try it are known
  size change = small: How large
compounds:
  start(thing):
    summary: Launch {thing}
    methods:
      beta_first:
        summary: Let some people try it first
        when: deadline_days >= 21 or has_testers
        odds: 0.95
        cost: 2 * deadline_days
        do:
          build: build(?thing)
          try:
            task: let_try(?thing, ?who)
            each: tester ?who
            each_order: sequential
            after: build
          choose:
            task: decide_start(?thing)
            after: [try]
          go:
            task: publish(?thing)
            only_if: choose = Go on
            serves: 2
        checkpoints:
          try: The beta of {thing} is over
      straight_out:
        order: parallel
        do:
          build: build("web")
          go: publish(?thing)
  build(thing):
    methods:
      build_the_web:
        for: build(web)
        do: {code: decide_start(site)}
methods:
  build_it_all:
    for: build(?what)
    when: [not built ?what, {or: [cash >= 5000, {and: [has_codebase, change = "no"]}]}]
    do:
      code: decide_start(?what)
      start: retro
steps:
  retro:
  decide_start(thing):
    title: Is {thing} good enough?
    work: decide
    inputs: {options: [Go on, No], deep: [1, 2.5, true, null, {x: "{thing}"}]}
    estimate: 10-30-240min
  let_try(thing, person who):
    title: "{who} tries {thing}"
    when: built ?thing
    needs: ["{who}", room]
    target: at most deadline_days days
    count: 3
  publish(thing):
    title: Publish {thing}
    description: >
      Two lines
      that are one.
    expected: It is out
    checks: [A stranger can reach it, It is quick]
    effects:
      - built ?thing
      - cash -= 500
    needs: {gpu: 2}
    estimate: {low: 1, likely: 2d, high: 9 * deadline_days}
    odds: 0.9
    cost: 500
    weight: 2
    critical: true
    checkpoint: "{thing} is public"
"""


def test_declarations_say_what_they_say_in_python() -> None:
    loaded = load(LAUNCH)
    assert [str(fault) for fault in loaded.faults] == []
    domain = loaded.domain
    assert domain.types == (ObjectType(name="person"), ObjectType(name="size", members=("small", "no")))
    assert Relation(name="tester", parameters=parameters("who: person")) in domain.relations
    assert Quantity(name="cash", default=None) in domain.quantities
    assert Quantity(name="stock", parameters=parameters("thing", "place"), default=5.0) in domain.quantities
    assert ContextKey(name="has_testers", type="flag", default=False) in domain.context
    assert ContextKey(name="change", type="size", default="small") in domain.context
    assert domain.compounds == (
        Compound(name="start", parameters=parameters("thing"), summary="Launch {thing}"),
        Compound(name="build", parameters=parameters("thing")),
    )


def test_a_method_says_what_the_same_method_says_in_python() -> None:
    days = Given(key="deadline_days")
    assert load(LAUNCH).domain.methods[0] == Method(
        name="beta_first",
        task="start",
        summary="Let some people try it first",
        preconditions=(AnyOf(conditions=(compare(days, ">=", 21), compare(Given(key="has_testers"), "=", True))),),
        probability=0.95,
        cost=Arithmetic(operator=Operator.TIMES, operands=(2, days)),
        order=Order.PAIRS,
        pairs=(("build", "try"), ("try", "choose"), ("choose", "go")),
        checkpoints=(Checkpoint(name="The beta of {thing} is over", after="try"),),
        subtasks=(
            Subtask(label="build", task="build", arguments=terms("?thing")),
            Subtask(
                label="try",
                task="let_try",
                arguments=terms("?thing", "?who"),
                each=(holds("tester", "?who"),),
                each_order=Order.SEQUENTIAL,
            ),
            Subtask(label="choose", task="decide_start", arguments=terms("?thing")),
            Subtask(
                label="go",
                task="publish",
                arguments=terms("?thing"),
                only_if=OnlyIf(label="choose", option="Go on"),
                serves=2,
            ),
        ),
    )


def test_short_methods_say_what_they_say_in_python() -> None:
    go = Subtask(label="go", task="publish", arguments=terms("?thing"))
    web = Subtask(label="build", task="build", arguments=("web",))
    code = Subtask(label="code", task="decide_start", arguments=("site",))
    has_code = compare(Given(key="has_codebase"), "=", True)
    rich = compare(amount("cash"), ">=", 5000)
    no = compare(Given(key="change"), "=", "no")
    assert load(LAUNCH).domain.methods[1:] == (
        Method(name="straight_out", task="start", order=Order.PARALLEL, subtasks=(web, go)),
        Method(name="build_the_web", task="build", arguments=("web",), subtasks=(code,)),
        Method(
            name="build_it_all",
            task="build",
            arguments=terms("?what"),
            preconditions=(
                absent("built", "?what"),
                AnyOf(conditions=(rich, AllOf(conditions=(has_code, no)))),
            ),
            subtasks=(
                Subtask(label="code", task="decide_start", arguments=terms("?what")),
                Subtask(label="start", task="retro"),
            ),
        ),
    )


def test_a_step_says_what_the_same_step_says_in_python() -> None:
    steps = {one.name: one for one in load(LAUNCH).domain.primitives}
    days = Given(key="deadline_days")
    assert steps["retro"] == Primitive(name="retro")
    assert steps["publish"] == Primitive(
        name="publish",
        parameters=parameters("thing"),
        title="Publish {thing}",
        description="Two lines that are one.",
        effects=(add("built", "?thing"), Increase(quantity="cash", by=-500)),
        expected=ExpectedOutcome(summary="It is out", checks=("A stranger can reach it", "It is quick")),
        needs=(Need(resource="gpu", amount=2),),
        estimate=ThreePoints(low=1, likely=48, high=steps["publish"].estimate.high),
        probability=0.9,
        cost=500,
        weight=2,
        critical=True,
        checkpoint="{thing} is public",
    )
    assert steps["let_try"] == Primitive(
        name="let_try",
        parameters=parameters("thing", "who: person"),
        title="{who} tries {thing}",
        preconditions=(holds("built", "?thing"),),
        expected=ExpectedOutcome(target=days, unit="days", at_most=True),
        needs=(Need(resource="{who}"), Need(resource="room")),
        target_count=3,
    )
    assert steps["decide_start"].inputs == {"options": ["Go on", "No"], "deep": [1, 2.5, True, None, {"x": "{thing}"}]}


def test_yes_no_and_dates_are_words_and_only_true_and_false_are_flags() -> None:
    loaded = load("name: x\nsteps:\n  a:\n    inputs: {o: [Yes, no, on, 2020-01-01, 0x1f, 1_000, true, 'true', ~]}\n")
    (step,) = loaded.domain.primitives
    assert step.inputs == {"o": ["Yes", "no", "on", "2020-01-01", "0x1f", "1_000", True, "true", None]}


def both(*texts: str) -> Libraries:
    files = [Source(file=f"{number}.yaml", data=text.encode()) for number, text in enumerate(texts, start=1)]
    return assemble((*WORDS, *files))


ONE = """name: one
facts:
  done(thing): x
compounds:
  make(thing):
    methods:
      make_it:
        do: {a: act(?thing)}
steps:
  act(thing):
    effects: [done ?thing]
"""


def test_a_library_adds_ways_to_a_compound_of_another() -> None:
    more = "name: two\nmethods:\n  make_twice:\n    for: make(?it)\n    do: {a: act(?it), b: act(?it)}\n"
    loaded = both(ONE, more)
    assert not loaded.faults
    assert [(one.name, one.task) for one in loaded.domain.methods] == [("make_it", "make"), ("make_twice", "make")]
    assert [(one.name, one.compounds, one.methods, one.steps) for one in loaded.libraries[1:]] == [
        ("one", 1, 1, 1),
        ("two", 0, 1, 0),
    ]


def test_the_same_declaration_in_two_libraries_is_one() -> None:
    loaded = both(
        ONE, "name: two\nfacts:\n  done(thing): Said otherwise\nsteps:\n  other(thing):\n    when: done ?thing\n"
    )
    assert not loaded.faults
    assert [one.name for one in loaded.domain.relations] == ["topic", "asked", "done"]


def test_a_clash_names_both_places_and_leaves_the_later_file_out() -> None:
    loaded = both(ONE, "name: two\nfacts:\n  done(a, b): x\nsteps:\n  act(b):\n")
    assert [str(fault) for fault in loaded.faults] == [
        "2.yaml:3: done is declared otherwise at 1.yaml:3; the same declaration, or another name",
        "2.yaml:5: there is a task act already, at 1.yaml:10; another name; all libraries share one set of names",
    ]
    assert [one.name for one in loaded.libraries] == ["goal", "one"]


def test_what_needs_a_library_that_is_left_out_is_left_out_too_and_nothing_else() -> None:
    user = "name: two\nmethods:\n  make_twice:\n    for: make(?it)\n"
    loaded = both(ONE.replace("act(?thing)", "atc(?thing)"), user, "name: three\nsteps:\n  rest:\n")
    assert [str(fault) for fault in loaded.faults] == [
        "1.yaml:8: there is no task atc; did you mean act?",
        "2.yaml:4: make is not declared; the name of a compound task",
    ]
    assert [one.name for one in loaded.libraries] == ["goal", "three"]


def test_a_broken_file_takes_no_names_from_a_sound_one() -> None:
    loaded = both("name: broken\nfacts:\n  done: x\nsteps:\n  act(thing):\n    titel: x\n", ONE)
    assert [one.name for one in loaded.libraries] == ["goal", "one"]
    assert {fault.file for fault in loaded.faults} == {"1.yaml"}


def test_a_label_without_after_starts_at_once_where_another_has_one() -> None:
    text = "name: x\ncompounds:\n  m:\n    methods:\n      w: {do: {a: s, b: {task: s, after: []}}}\nsteps:\n  s:\n"
    (method,) = load(text).domain.methods
    assert (method.order, method.pairs) == (Order.PAIRS, ())


def test_a_choice_comes_before_what_hangs_on_it_even_side_by_side() -> None:
    text = (
        "name: x\ncompounds:\n  m:\n    methods:\n      w:\n        order: parallel\n        do:\n          a: s\n"
        "          b: {task: s, only_if: a = Go}\nsteps:\n  s: {work: decide, inputs: {options: [Go, No]}}\n"
    )
    (method,) = load(text).domain.methods
    assert (method.order, method.pairs) == (Order.PAIRS, (("a", "b"),))


def test_the_amount_without_parentheses_is_the_same() -> None:
    text = "name: x\nnumbers:\n  cash: x\nsteps:\n  s:\n    when: cash > 3\n  t:\n    when: cash() > 3\n"
    first, second = load(text).domain.primitives
    assert first.preconditions == second.preconditions == (compare(amount("cash"), ">", 3),)


def test_the_example_in_the_documentation_is_a_library() -> None:
    lines = (
        (engine.planning.methods.__doc__ or "").split("A library is one YAML file::\n\n")[1].split("\n\nA step has")[0]
    )
    loaded = load(textwrap.dedent(lines))
    assert [str(fault) for fault in loaded.faults] == []
    assert {one.name for one in loaded.domain.methods} == {"with_kettle", "from_a_machine"}
    assert loaded.context("We have an electric kettle") == {"has_kettle": True}
