"""`milepost methods`: checks method files, lists the libraries in use, prints the schema of the format."""

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from engine.planning.methods.libraries import Libraries, Library, Source, assemble
from engine.planning.methods.schema import schema_text
from engine.planning.methods.sources import (
    builtin_sources,
    entry_point_sources,
    file_source,
    folder_sources,
)
from engine.planning.methods.works import refused_inputs, unknown_works, works_named
from engine.work.builtin import WorkOptions, builtin_registry
from engine.work.registry import Work


def check(files: Sequence[Path], folders: Iterable[Path]) -> int:
    """Print what is wrong with the files, or what each brings; they may use the words of all other libraries.

    The exit code is 1 when anything is wrong.
    """
    own = tuple({path.resolve(): file_source(path) for path in files}.values())
    names = {source.file for source in own}
    come_along = frozenset(source.file for source in _others(own, builtin_sources()))
    loaded = assemble(
        (*_others(own, (*builtin_sources(), *entry_point_sources(), *folder_sources(folders))), *own),
        trusted=come_along - names,
        thorough=True,
    )
    found = [fault for fault in loaded.faults if fault.file in names]
    works = _works(works_named(loaded, names))
    found += refused_inputs(loaded, names, works)
    for fault in found:
        _say(str(fault))
    for fault in unknown_works(loaded, names, works):
        _say(f"{fault} (not an error)")
    wrong = {fault.file for fault in found}
    for library in loaded.libraries:
        if library.file in names - wrong:
            _say(f"{library.file}: ok: {_counts(library)}")
    left_out = {fault.file for fault in loaded.faults} - names
    if found and left_out:
        _say(f"left out for faults of their own: {', '.join(sorted(left_out))}")
    return 1 if found else 0


def _works(named: frozenset[str]) -> dict[str, Work]:
    """The works by name; those of code goals and other packages only where the built-in ones are not all that is named.

    They would take a fifth of the time, and few files name any.
    """
    registry = builtin_registry(WorkOptions())
    if named - registry.names():
        from engine.coding.works.listing import code_works  # noqa: PLC0415 - only now
        from engine.coding.works.stand_in import WITHOUT_AUTHOR  # noqa: PLC0415 - only now

        for work in (*code_works(None), WITHOUT_AUTHOR):
            registry.add(work)
        registry.load_entry_points()
    return {name: registry.get(name) for name in registry.names()}


def _others(own: Sequence[Source], sources: Iterable[Source]) -> list[Source]:
    """All but those that are checked: a file that lies where libraries are taken from is itself one of them, and so is
    what was installed from it."""
    paths = {source.path.resolve() for source in own if source.path is not None}
    texts = {source.data for source in own}
    return [
        source
        for source in sources
        if source.data not in texts and (source.path is None or source.path.resolve() not in paths)
    ]


def show(folders: Iterable[Path]) -> int:
    """Print all libraries; the exit code is 1 when one is left out."""
    loaded = assemble((*builtin_sources(), *entry_point_sources(), *folder_sources(folders)))
    width = max((len(library.name) for library in loaded.libraries), default=0)
    for library in loaded.libraries:
        _say(f"{library.name:<{width}}  {_counts(library)}  {library.summary}  ({library.file})")
    _say(_sum(loaded))
    for fault in loaded.faults:
        _say(f"left out: {fault}")
    return 1 if loaded.faults else 0


def schema() -> int:
    """Print the JSON Schema of method files."""
    _say(schema_text().rstrip("\n"))
    return 0


def _sum(loaded: Libraries) -> str:
    domain = loaded.domain
    return (
        f"{_count(len(loaded.libraries), 'library', 'libraries')}: {_count(len(domain.compounds), 'compound')}, "
        f"{_count(len(domain.methods), 'method')}, {_count(len(domain.primitives), 'step')}"
    )


def _counts(library: Library) -> str:
    named = ((library.compounds, "compound"), (library.methods, "method"), (library.steps, "step"))
    return ", ".join(_count(number, one) for number, one in named if number) or "words alone"


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"


def _say(line: str) -> None:
    encoding = sys.stdout.encoding
    sys.stdout.write(f"{line}\n".encode(encoding, "backslashreplace").decode(encoding))
