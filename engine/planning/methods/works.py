"""Whether the works that steps name are there, and can do something with their inputs."""

from collections.abc import Collection, Iterator, Mapping

from engine.errors import InvalidInputError
from engine.planning.language.domain import Primitive
from engine.planning.language.templates import mentions_within
from engine.planning.methods.faults import Fault, did_you_mean
from engine.planning.methods.libraries import Libraries
from engine.values import JsonObject
from engine.work.registry import Work

COMMAND = "command"
"""Which commands there are is the operator's business: a library may name one that is not listed here."""


def refused_inputs(loaded: Libraries, files: Collection[str], works: Mapping[str, Work]) -> Iterator[Fault]:
    """Steps of these files with inputs that their work refuses. Texts that mention values can't be judged and pass."""
    for step in _steps_of(loaded, files):
        work = works.get(step.work)
        if work is None or work.name == COMMAND or any(mentions_within(dict(step.inputs))):
            continue
        problem, accepts = _refusal(work, step.inputs)
        if problem:
            yield _fault(loaded, step, f"the work {work.name} refuses the inputs of {step.name}: {problem}", accepts)


def unknown_works(loaded: Libraries, files: Collection[str], works: Mapping[str, Work]) -> Iterator[Fault]:
    """Steps of these files whose work is not there, so that a person will do them."""
    for step in _steps_of(loaded, files):
        if step.work not in works:
            problem = f"there is no work {step.work} here, so a person will do {step.name}"
            yield _fault(loaded, step, problem, did_you_mean(step.work, works))


def works_named(loaded: Libraries, files: Collection[str]) -> frozenset[str]:
    """The names of all works that steps of these files name."""
    return frozenset(step.work for step in _steps_of(loaded, files))


def _steps_of(loaded: Libraries, files: Collection[str]) -> Iterator[Primitive]:
    return (step for step in loaded.domain.primitives if loaded.places["primitives", step.name][0] in files)


def _refusal(work: Work, inputs: JsonObject) -> tuple[str, str]:
    try:
        work.check_inputs(inputs)
    except InvalidInputError as error:
        return f"{error.field}: {error.problem}", error.accepts
    return "", ""


def _fault(loaded: Libraries, step: Primitive, problem: str, accepts: str) -> Fault:
    file, line = loaded.places["primitives", step.name]
    return Fault(file=file, line=line, problem=problem, accepts=accepts)
