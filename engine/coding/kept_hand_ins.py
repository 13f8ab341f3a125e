"""Keeps what people hand in until it was tried: a file each, on the disk before anybody is told so."""

import base64
import hashlib
import json
import os
from collections.abc import Collection
from pathlib import Path

from engine.coding.reports import HandIn
from engine.values import Cause, GoalId, JsonObject, JsonValue, TaskNumber


class KeptHandIns:
    """The hand-ins below a folder. Each call waits for the disk."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, about: tuple[GoalId, TaskNumber, str], hand_in: HandIn, cause: Cause) -> str:
        """Keep it, and return the name it has; the same of the same cause is one. `about` ends with a mark of the goal,
        by which it is told from one of the same number in other books."""
        goal, task, mark = about
        content = _written(hand_in)
        told = hashlib.sha256(f"{cause}\0".encode() + content).hexdigest()[:32]
        name = f"{goal}.{task}.{told}{mark and f'.{mark}'}"
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = self._folder / f"{name}.part"
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.rename(self._folder / name)
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        return name

    def find(self, name: str) -> HandIn | None:
        """What was kept under a name; None where it is gone, or damaged."""
        try:
            return _read((self._folder / name).read_bytes())
        except (OSError, ValueError, KeyError, AttributeError, TypeError):
            return None

    def names(self) -> dict[str, GoalId]:
        """All that is kept, with the goal that it is for."""
        if not self._folder.is_dir():
            return {}
        found = (place.name for place in self._folder.iterdir())
        return {name: GoalId(int(name.partition(".")[0])) for name in found if name.partition(".")[0].isdecimal()}

    def drop(self, names: Collection[str]) -> None:
        """Let go of what was tried."""
        for name in names:
            (self._folder / name).unlink(missing_ok=True)


def mark_in(name: str) -> str:
    """The mark of the goal in a name; empty where it has none."""
    return name.split(".")[3] if name.count(".") == 3 else ""


def _written(hand_in: HandIn) -> bytes:
    files: dict[str, JsonValue] = {path: _packed(content) for path, content in hand_in.files.items()}
    told: JsonObject = {"branch": hand_in.branch, "patch": _packed(hand_in.patch), "files": files}
    return json.dumps(told, sort_keys=True).encode("utf-8", "surrogatepass")


def _packed(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")


def _read(content: bytes) -> HandIn:
    told = json.loads(content)
    files = {path: base64.b64decode(packed) for path, packed in told["files"].items()}
    return HandIn(branch=told["branch"], patch=base64.b64decode(told["patch"]), files=files)
