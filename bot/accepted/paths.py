"""The settings that are paths. One that the system can't even look at (nobody's home, too long, closed) is refused."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator


@contextmanager
def _as_refusal() -> Iterator[None]:
    try:
        yield
    except (OSError, RuntimeError) as error:  # `expanduser` raises the latter
        raise ValueError("no path that can be used") from error


@_as_refusal()
def absolute(value: Path) -> Path:
    """A path that means the same wherever the bot is started. Raises `ValueError`."""
    expanded = value.expanduser()
    if not expanded.is_absolute():
        raise ValueError("no absolute path")
    return expanded


@_as_refusal()
def folder(value: Path) -> Path:
    """A folder that is there. Raises `ValueError`."""
    expanded = value.expanduser()
    if not expanded.is_dir():
        raise ValueError("no folder")
    return expanded


@_as_refusal()
def _file(value: Path) -> Path:
    expanded = value.expanduser()
    if not expanded.is_file():
        raise ValueError("no file")
    return expanded


@_as_refusal()
def _file_to_come(value: Path) -> Path:
    expanded = value.expanduser()
    if expanded.exists() and not expanded.is_file():
        raise ValueError("no file")
    return expanded


AbsoluteSetting = Annotated[Path, AfterValidator(absolute)]
FolderSetting = Annotated[Path, AfterValidator(folder)]
FileSetting = Annotated[Path, AfterValidator(_file)]
NewFileSetting = Annotated[Path, AfterValidator(_file_to_come)]
