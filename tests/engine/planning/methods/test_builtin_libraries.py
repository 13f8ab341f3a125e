"""The libraries that come along are sound, conform to the schema, and lead to plans a person would be glad of."""

import itertools
import json
import re

import pytest
import yaml
from jsonschema import Draft202012Validator

from engine.coding.works.listing import code_works
from engine.coding.works.stand_in import WITHOUT_AUTHOR
from engine.planning.htn.outcome import FoundPlan
from engine.planning.htn.search import Search, Wanted
from engine.planning.language.domain import Problem, Subtask
from engine.planning.language.terms import Value
from engine.planning.methods.documents import FILE_KEYS
from engine.planning.methods.libraries import Libraries, Source, assemble
from engine.planning.methods.networks import METHOD_KEYS, SUBTASK_KEYS
from engine.planning.methods.parts import COMPOUND_KEYS
from engine.planning.methods.schema import schema_text
from engine.planning.methods.sources import builtin_sources
from engine.planning.methods.steps import STEP_KEYS
from engine.planning.methods.works import refused_inputs, unknown_works
from engine.work.builtin import WorkOptions, builtin_registry
from tests.engine.planning.methods.subjects import titles
from tests.engine.planning.methods.test_libraries import LAUNCH

SOURCES = tuple(builtin_sources())
SCHEMA = json.loads(schema_text())


@pytest.fixture(scope="module")
def loaded() -> Libraries:
    return assemble(SOURCES, thorough=True)


@pytest.fixture(scope="module")
def software() -> Libraries:
    return assemble([source for source in SOURCES if source.file in {"goal.yaml", "software.yaml"}])


@pytest.mark.long
def test_all_of_them_are_sound_together_and_nothing_in_them_waits_for_what_never_comes(loaded: Libraries) -> None:
    assert [str(fault) for fault in loaded.faults] == []
    assert {one.name for one in loaded.libraries} >= {"goal", "software"}
    assert [one.file for one in loaded.libraries] == [source.file for source in SOURCES]


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.file)
def test_a_file_is_named_after_its_library(source: Source, loaded: Libraries) -> None:
    assert source.file in {f"{one.name}.yaml" for one in loaded.libraries}


def test_their_works_are_there_and_accept_their_inputs(loaded: Libraries) -> None:
    registry = builtin_registry(WorkOptions())
    for work in (*code_works(None), WITHOUT_AUTHOR):
        registry.add(work)
    works = {name: registry.get(name) for name in registry.names()}
    files = [source.file for source in SOURCES]
    assert [str(fault) for fault in refused_inputs(loaded, files, works)] == []
    assert [str(fault) for fault in unknown_works(loaded, files, works)] == []


class CoreLoader(yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader):  # type: ignore[misc] # either
    """Reads scalars as method files mean them: `yes` and dates are texts."""


CoreLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag.rpartition(":")[2] in {"int", "float", "null"}]
    for first, resolvers in CoreLoader.yaml_implicit_resolvers.items()
}
CoreLoader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("true|false"), list("tf"))


def plain(data: bytes) -> object:
    """A file as any YAML 1.2 program reads it."""
    return yaml.load(data.decode().replace("?", "\ue000"), Loader=CoreLoader)


@pytest.mark.sample(3)
@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.file)
def test_a_file_conforms_to_the_published_schema(source: Source) -> None:
    assert [error.message for error in Draft202012Validator(SCHEMA).iter_errors(plain(source.data))] == []


def test_the_schema_knows_a_library_that_uses_everything_and_is_itself_sound() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert Draft202012Validator(SCHEMA).is_valid(plain(LAUNCH.encode()))


@pytest.mark.parametrize(
    "text",
    [
        "name: My Library",
        "summary: x",
        "name: x\nstepz: {}",
        "name: x\nsteps: {s: {odds: [1]}}",
        "name: x\nsteps: {s: {critical: 'yes'}}",
        "name: x\nmethods: {m: {do: {}}}",
        "name: x\ncompounds: {c: {methods: {m: {order: random}}}}",
        "name: x\ncompounds: {c: {methods: {m: {do: {a: {after: b}}}}}}",
        "name: x\nsigns: [{a: 99}]",
    ],
)
def test_the_schema_refuses_what_the_reader_refuses(text: str) -> None:
    assert not Draft202012Validator(SCHEMA).is_valid(plain(text.encode()))
    assert assemble([Source(file="f", data=text.encode())]).faults


def test_the_schema_has_the_keys_that_the_reader_knows() -> None:
    parts = SCHEMA["$defs"]
    assert set(SCHEMA["properties"]) == set(FILE_KEYS)
    assert set(parts["compound"]["properties"]) == set(COMPOUND_KEYS)
    assert set(parts["method"]["properties"]) == set(METHOD_KEYS)
    assert set(parts["subtask"]["anyOf"][1]["properties"]) == set(SUBTASK_KEYS)
    assert set(parts["step"]["properties"]) == set(STEP_KEYS)


def best(libraries: Libraries, task: str, arguments: tuple[Value, ...], context: dict[str, Value]) -> FoundPlan:
    problem = Problem(context=context, tasks=(Subtask(label="goal", task=task, arguments=arguments, serves=0),))
    search = Search(libraries.domain, problem, Wanted(plans=1))
    while not search.run():
        pass
    assert search.outcome.plans, (task, context)
    return search.outcome.plans[0]


TASKS: dict[str, tuple[Value, ...]] = {
    "implement_feature": ("dark mode",),
    "fix_bug": ("the login crashes",),
    "refactor_code": ("the billing module",),
    "add_tests": ("the parser",),
    "raise_coverage": (90,),
}
SIZES = ("small", "large")
FLAGS = ("has_tests", "works_alone", "model_available", "worked_before", "happens_rarely", "is_hurting")


@pytest.mark.long
@pytest.mark.parametrize("task", TASKS)
def test_there_is_a_plan_whatever_is_known_and_each_change_in_it_is_checked_and_read(
    software: Libraries, task: str
) -> None:
    for chosen, change in itertools.product(({}, *({name: True} for name in FLAGS), dict.fromkeys(FLAGS, True)), SIZES):
        context: dict[str, Value] = {**chosen, "change": change}
        plan = best(software, task, TASKS[task], context)
        names = [step.primitive.name for step in plan.steps]
        assert len(set(names)) == len(names), names
        assert 4 <= len(names) <= 14
        assert 0.35 < plan.probability < 0.95, names
        assert {"let_colleague_read", "let_model_read", "read_own_change"} & set(names), (names, context)
        if "bring_in" in names:
            assert {"run_all_tests", "walk_through"} & set(names), (names, context)


def test_a_bug_with_tests_at_hand_is_fixed_behind_a_test(software: Libraries) -> None:
    assert titles(best(software, "fix_bug", ("login crashes on Safari",), {"has_tests": True})) == [
        "Reproduce it at will: login crashes on Safari",
        "Write a test that fails because of it: login crashes on Safari",
        "Find the lines that cause it, and why: login crashes on Safari",
        "Fix the cause: login crashes on Safari",
        "Run all tests, and try what they don't cover: login crashes on Safari",
        "Look for the same mistake elsewhere: login crashes on Safari",
        "Have a colleague review the change, and fix what they find: login crashes on Safari",
        "Merge the change, and look at it where it is used: login crashes on Safari",
    ]


def test_a_bug_that_hurts_is_relieved_first_and_learnt_from_last(software: Libraries) -> None:
    found = titles(best(software, "fix_bug", ("orders are lost",), {"is_hurting": True}))
    assert found[0] == "Stop the harm: orders are lost"
    assert found[-1] == "Write down what let it through and what would have shown it sooner: orders are lost"


def test_what_has_no_tests_is_pinned_before_it_is_refactored(software: Libraries) -> None:
    found = titles(best(software, "refactor_code", ("the billing module",), {}))
    assert found.index("Pin down what the billing module does today with tests") < found.index(
        "Change the shape of the billing module in small steps, tests green after each"
    )


def test_what_is_large_is_built_in_slices(software: Libraries) -> None:
    found = titles(best(software, "implement_feature", ("billing",), {"change": "large"}))
    assert "Build the thinnest slice of billing that runs from end to end" in found
