"""Where method files come from: those that come along, folders of the operator, and other packages.

Another package names its files in its own `pyproject.toml`, as a text resource or a function that returns the text::

    [project.entry-points."milepost.methods"]
    gardening = "my_package:gardening.yaml"      # the file gardening.yaml in my_package
    brewing = "my_package.methods:brewing"        # a function without arguments that returns YAML
"""

import functools
import logging
import stat
from collections.abc import Iterable, Iterator
from importlib import resources
from importlib.metadata import EntryPoint
from pathlib import Path

from engine.planning.methods.libraries import Libraries, Source, assemble
from engine.planning.methods.nodes import MOST_BYTES

logger = logging.getLogger(__name__)

GROUP = "milepost.methods"
"""The entry point group in which other packages name their method files."""
MOST_FILES = 200
"""How many files of one folder are read."""
_SUFFIXES = (".yaml", ".yml")
_PACKAGE = "engine.planning.methods"


def load_libraries(folders: Iterable[Path] = (), *, entry_points: bool = True) -> Libraries:
    """All libraries: built-in ones, those of other packages, those in the folders.

    What is broken is left out, logged and listed in `faults`. Takes some tenths of a second: call it in a thread. Those
    that come along are read once a process where there are no others.
    """
    others = (*(entry_point_sources() if entry_points else ()), *folder_sources(folders))
    loaded = _assembled(others) if others else _those_that_come_along()
    for fault in loaded.faults:
        logger.warning("left out a method library: %s", fault)
    return loaded


@functools.lru_cache(maxsize=1)
def _those_that_come_along() -> Libraries:
    return _assembled(())


def _assembled(others: tuple[Source, ...]) -> Libraries:
    built_in = tuple(builtin_sources())
    return assemble((*built_in, *others), trusted=frozenset(source.file for source in built_in))


def builtin_sources() -> Iterator[Source]:
    """The files that come along, `goal.yaml` first: the others use its words."""
    folder = resources.files(_PACKAGE) / "library"
    files = [file for file in folder.iterdir() if file.name.endswith(_SUFFIXES)]
    for file in sorted(files, key=lambda one: (one.name != "goal.yaml", one.name)):
        yield Source(file=file.name, data=file.read_bytes(), path=file if isinstance(file, Path) else None)


def folder_sources(folders: Iterable[Path]) -> Iterator[Source]:
    """The YAML files in some folders, by name. A folder that is not there has none."""
    for folder in folders:
        try:
            found = sorted(path for path in folder.iterdir() if path.suffix in _SUFFIXES)
        except FileNotFoundError:
            continue
        except OSError as error:
            yield Source(file=str(folder), problem=f"the folder can't be read ({_reason(error)})")
            continue
        yield from map(file_source, found[:MOST_FILES])
        if len(found) > MOST_FILES:
            yield Source(file=str(folder), problem=f"there are {len(found)} files, {MOST_FILES} are read")


def file_source(path: Path) -> Source:
    """One file; no more of it is read than a library may have."""
    try:
        if not stat.S_ISREG(path.stat().st_mode) and not path.is_dir():  # a pipe would keep whoever opens it waiting
            return Source(file=str(path), problem="the file can't be read (it is a device or a pipe)")
        with path.open("rb") as file:
            return Source(file=str(path), data=file.read(MOST_BYTES + 1), path=path)
    except OSError as error:
        return Source(file=str(path), problem=f"the file can't be read ({_reason(error)})")


def entry_point_sources() -> Iterator[Source]:
    """What installed packages name under `milepost.methods`."""
    from importlib.metadata import entry_points  # noqa: PLC0415 - costs 30 ms that only this call should pay

    for entry in sorted(entry_points(group=GROUP), key=lambda one: one.name):
        yield _entry_source(entry)


def _entry_source(entry: EntryPoint) -> Source:
    package = entry.dist.name if entry.dist is not None else "an unknown package"
    file = f"{package}: {entry.name}"
    try:
        if entry.attr.endswith(_SUFFIXES):
            found = resources.files(entry.module).joinpath(entry.attr)
            return Source(file=file, data=found.read_bytes(), path=found if isinstance(found, Path) else None)
        loaded = entry.load()
        text = loaded() if callable(loaded) else loaded
    except (Exception, SystemExit) as error:  # a stranger's module may do anything when it is imported
        return Source(file=file, problem=f"it can't be loaded ({type(error).__name__}: {error})")
    if isinstance(text, str):
        return Source(file=file, data=text.encode("utf-8", "replace"))
    return Source(file=file, problem=f"it is {type(text).__name__} and no text")


def _reason(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()
