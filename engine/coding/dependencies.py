"""What a set-up made: run once for each state of the lock files, kept, and mounted read-only for other commands.

The set-up runs in the sandbox like everything else; what it leaves comes out as an archive, of which nothing can come
to lie elsewhere than in its own folder.
"""

import asyncio
import io
import shutil
import tarfile
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from engine.coding.repositories import SetUp, dependencies_key
from engine.errors import PermanentError, ResourceBlocked, TemporaryError
from engine.workspace.sandbox.commands import SandboxCommand, SandboxResult

_ARCHIVE = ".milepost-made.tar"
_MOST_KEPT = 12
"""States of dependencies that are kept; the longest unused go."""
_SCRIPT = 'archive=$1; shift; folders=$1; shift; "$@" && tar -cf "$archive" $folders'


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

    Raises `PermanentError` when the set-up fails, `ResourceBlocked` when there is no room.
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
    words = ("sh", "-c", _SCRIPT, "set-up", _ARCHIVE, " ".join(asked.set_up.makes), *command.arguments)
    result = await asked.run(replace(command, arguments=words, limits=limits, collect=(_ARCHIVE,)))
    if not result.passed:
        last = "\n".join(result.output.strip().splitlines()[-5:])
        failed = f"the set-up «{asked.set_up.command.line}» failed ({result.ending.value} {result.exit_code}):\n{last}"
        raise TemporaryError(failed) if asked.set_up.command.network else PermanentError(failed)
    archive = result.collected.get(_ARCHIVE)
    if archive is None:
        raise ResourceBlocked("disk", "what the set-up made is more than there is room for; see MILEPOST_CODE_DISK")
    await asyncio.to_thread(_unpack, archive, place)


def _unpack(archive: bytes, place: Path) -> None:
    part = place.with_suffix(".part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True, mode=0o755)
    try:
        with tarfile.open(fileobj=io.BytesIO(archive)) as packed:
            packed.extractall(part, filter="tar")
    except (tarfile.TarError, OSError) as error:
        shutil.rmtree(part, ignore_errors=True)
        raise PermanentError(f"what the set-up made can't be kept: {error}") from error
    part.rename(place)
    kept = sorted((one for one in place.parent.iterdir() if one.is_dir()), key=lambda one: one.stat().st_mtime)
    for old in kept[:-_MOST_KEPT]:
        shutil.rmtree(old, ignore_errors=True)
