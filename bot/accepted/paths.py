"""The settings that are paths. One that the system can't even look at (nobody's home, too long, closed) is refused."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
"""Signs that would break the one line in which a path is told, or the terminal that shows it."""


def _such(holds: Callable[[Path], bool], otherwise: str) -> Callable[[Path], Path]:
    """Takes a path, the home in it put in, if that holds of it. Raises `ValueError`."""

    def checked(value: Path) -> Path:
        if _CONTROL.search(str(value)) is not None:
            raise ValueError("no path that can be shown")
        try:
            expanded = value.expanduser()
            is_such = holds(expanded)
        except (OSError, RuntimeError) as error:  # `expanduser` raises the latter
            raise ValueError("no path that can be used") from error
        if not is_such:
            raise ValueError(otherwise)
        return expanded

    return checked


absolute = _such(Path.is_absolute, "no absolute path")
"""A path that means the same wherever the bot is started."""
folder = _such(Path.is_dir, "no folder")
"""A folder that is there."""

AbsoluteSetting = Annotated[Path, AfterValidator(absolute)]
FolderSetting = Annotated[Path, AfterValidator(folder)]
FileSetting = Annotated[Path, AfterValidator(_such(Path.is_file, "no file"))]
NewFileSetting = Annotated[Path, AfterValidator(_such(lambda one: one.is_file() or not one.exists(), "no file"))]
