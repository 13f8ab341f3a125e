"""What a set-up made: run once for each state of the lock files, kept, and mounted read-only for other commands.

The set-up runs in the sandbox like everything else; what it leaves comes out as an archive, of which nothing can come
to lie elsewhere than in its own folder.
"""

import asyncio
import io
import shutil
import tarfile
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from engine.coding.outputs import shown
from engine.coding.repositories import DEPENDENCIES, SetUp, dependencies_key
from engine.errors import ExternalBlocked, PermanentError, ResourceBlocked, TemporaryError
from engine.workspace.sandbox.commands import SandboxCommand, SandboxResult

_ARCHIVE, _WENT = ".milepost-made.tar", ".milepost-went"
_MOST_KEPT = 12
"""States of dependencies that are kept; the longest unused go."""
_SCRIPT = """archive=$1 went=$2 folders=$3; shift 3
"$@" || exit
: > "$went"
for folder in $folders; do [ ! -d "$folder" ] || echo "$folder"; done | tar -cf "$archive" -T -"""
"""Packs those of the folders that are there, once the set-up itself has gone through."""
_MEND = "say under /repo how dependencies are fetched («setup: …»), and then that it is resolved"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetUpRun:
    """A set-up that is approved, and how it would be run."""

    home: Path
    """Where what set-ups made is kept."""
    set_up: SetUp
    lock_files: Mapping[str, bytes]
    order: SandboxCommand
    seconds: float
    run: Callable[[SandboxCommand], Awaitable[SandboxResult]]
    making: dict[str, asyncio.Lock]
    """Held, by key, while something is made: whoever wants the same waits for it."""


async def kept_or_made(asked: SetUpRun) -> Mapping[str, Path]:
    """Where the folders of the set-up are kept, by their places in the tree; made now where they are not yet.

    Raises `ExternalBlocked` when the set-up fails or leaves none of its folders (`TemporaryError` for one that needs
    the network), `ResourceBlocked` when there is no room.
    """
    key = dependencies_key(asked.set_up, asked.lock_files)
    place = asked.home / key
    async with asked.making.setdefault(key, asyncio.Lock()):
        if not place.is_dir():
            await _make(asked, place)
        await asyncio.to_thread(place.touch)
    return {folder: place / folder for folder in asked.set_up.makes if (place / folder).is_dir()}


async def _make(asked: SetUpRun, place: Path) -> None:
    command = asked.order
    limits = replace(
        command.limits, wall=asked.seconds, cpu=2 * asked.seconds, collected=max(command.limits.disk // 2, 1)
    )
    if any(" " in folder or folder.startswith("-") for folder in asked.set_up.makes):
        raise PermanentError("a folder with a blank in its name can't be kept; name another under /repo")
    folders, line = asked.set_up.makes, asked.set_up.command.line
    words = ("sh", "-c", _SCRIPT, "set-up", _ARCHIVE, _WENT, " ".join(folders), *command.arguments)
    result = await asked.run(replace(command, arguments=words, limits=limits, collect=(_WENT, _ARCHIVE)))
    if _WENT not in result.collected:
        failed = f"the set-up «{line}» failed ({result.ending.value} {result.exit_code}):\n{shown(result.output)}"
        raise TemporaryError(failed) if asked.set_up.command.network else ExternalBlocked(failed, how=_MEND)
    archive = result.collected.get(_ARCHIVE)
    if archive is None or not result.passed:
        told = "what the set-up made is more than there is room for; see MILEPOST_CODE_DISK"
        raise ResourceBlocked("disk", told if result.passed else f"{told}\n{shown(result.output)}")
    missing = await asyncio.to_thread(_unpack, archive, place, folders)
    if missing:
        how = f"name the folders that it fills under /repo, such as «folders: {DEPENDENCIES}»; then say it is resolved"
        raise ExternalBlocked(f"the set-up «{line}» went through, but made no «{missing[0]}»", how=how)


def _unpack(archive: bytes, place: Path, folders: Sequence[str]) -> Sequence[str]:
    """Lay out what was made. Returns the folders that are missing; then nothing is kept."""
    part = place.with_suffix(".part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True, mode=0o755)
    try:
        with tarfile.open(fileobj=io.BytesIO(archive)) as packed:
            packed.extractall(part, filter="tar")
    except (tarfile.TarError, OSError) as error:
        shutil.rmtree(part, ignore_errors=True)
        raise PermanentError(f"what the set-up made can't be kept: {error}") from error
    if missing := [one for one in folders if not (part / one).is_dir()]:
        shutil.rmtree(part, ignore_errors=True)
        return missing
    part.rename(place)
    kept = sorted((one for one in place.parent.iterdir() if one.is_dir()), key=lambda one: one.stat().st_mtime)
    for old in kept[:-_MOST_KEPT]:
        shutil.rmtree(old, ignore_errors=True)
    return ()
