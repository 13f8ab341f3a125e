"""What happens around a command, where it runs: the tree is unpacked, the command runs, files are brought back.

It is a shell script, for a shell, tar and util-linux are where bubblewrap is, and Milepost's Python may not be. It is
trusted. The environment tells it the folder to work in and the name of our own namespace of processes. With all laid
out it waits for a line on descriptor 9. It tells the warden on descriptor 3, which the command does not get either:
`ready` as the command starts, `file INDEX SIZE` and so many bytes, `ended FREE` with the free blocks of its disk; or
why it gives up.
"""

import math
import shlex
from pathlib import PurePosixPath

from engine.errors import PermanentError
from engine.workspace.sandbox.commands import Limits, SandboxCommand
from engine.workspace.sandbox.order import AT_ONCE

WORK = PurePosixPath("/work")
"""Where the one writable disk of a sandbox is."""
TREE = WORK / "tree"
SETUP_FAILED = 70


def within(path: str, what: str) -> str:
    """A path within the tree in its plain form. Raises `PermanentError` for one that leads out of it."""
    plain = PurePosixPath(path)
    if plain.is_absolute() or ".." in plain.parts or "\0" in path:
        raise PermanentError(f"{what} «{path}» is not within the tree")
    return str(plain)


def mounted_at(place: str) -> PurePosixPath:
    """Where a mount is inside. Raises `PermanentError` for a place that leads elsewhere than it seems to."""
    path = PurePosixPath(place)
    if not path.is_absolute():
        return TREE / within(place, "the mount")
    if ".." in path.parts or len(path.parts) < 2 or "\0" in place:
        raise PermanentError(f"nothing can be mounted at «{place}»")
    return path


def script(command: SandboxCommand, *, fenced: bool, user: int | None) -> str:
    """The shell script that runs its arguments as the command.

    `fenced` when it runs among processes of its own: all others are then killed before files are brought back. `user`
    is the one to become, None to stay who one is.
    """
    limits = command.limits
    start = within(command.directory, "the folder")
    lines = [
        "set -u",
        "say() { printf '%s\\n' \"$1\" >&3; }",
        'free() { stat --file-system --format=%a "$work"; }',
        f'give_up() {{ say "$1"; exit {SETUP_FAILED}; }}',
        "work=$SANDBOX_WORK outside=$SANDBOX_OUTSIDE",
        "unset SANDBOX_WORK SANDBOX_OUTSIDE",
        ': "${HOME:=$work/home}" "${TMPDIR:=$work/tmp}"',
        "export HOME TMPDIR",
        'tree="$work/tree"',
        *([] if fenced else [_FOLDERS]),
        *([f"chown {user}:{user} {_folders(command)}"] if user is not None else []),
        f'{_becoming(user)} tar --extract {AT_ONCE} --directory="$tree" --no-same-owner || give_up "unpack $(free)"',
        *([] if fenced else _linking(command)),
        f'cd -- "$tree"/{shlex.quote(start)} || give_up folder',
        "read -r _ <&9; exec 9<&-",
        "{ echo 1000 >/proc/self/oom_score_adj; } 2>/dev/null",  # the first to go, should the machine's memory end
        "inside=$(readlink /proc/self/ns/pid)",
        "say ready",
        f'prlimit {_bounds(limits, fenced=fenced)} {_becoming(user)} -- "$@" </dev/null 3>&-',
        "status=$?",
        "exec 2>/dev/null",
        *([_KILL_THE_REST] if fenced else []),
        *_bringing_back(command),
        'say "ended $(free)"',
        "exit $status",
    ]
    return "\n".join(lines)


_FOLDERS = 'mkdir -p "$tree" "$work/home" && mkdir -m 1777 "$work/tmp" || give_up copy'
"""Bubblewrap makes them by itself."""
_KILL_THE_REST = 'if [ "$inside" != "$outside" ]; then kill -s KILL -- -1; fi'
"""Only where the process numbers are the sandbox's own: elsewhere these would be all processes of the machine."""


def started(command: SandboxCommand) -> list[str]:
    """The words that start the command with its variables. They hold for it alone: the script may still be root, and
    by a PATH or an LD_PRELOAD would run what lies in the tree."""
    return ["env", "--", *(f"{name}={value}" for name, value in command.environment.items()), *command.arguments]


def _linking(command: SandboxCommand) -> list[str]:
    """Where nothing can be mounted, links stand for what is."""
    lines = []
    for place, source in command.mounts.items():
        if not PurePosixPath(place).is_absolute():
            at = f'"$tree"/{shlex.quote(within(place, "the mount"))}'
            lines.append(f'mkdir -p "$(dirname -- {at})" && ln -s {shlex.quote(str(source.absolute()))} {at}')
        elif PurePosixPath(place) != PurePosixPath(source):
            raise PermanentError(f"without a sandbox {source} can't be at {place}")
    return lines


def _folders(command: SandboxCommand) -> str:
    """Those that are there before the tree is, and are to be the command's: the way to each mount in it among them."""
    ways = {at for place in command.mounts for at in mounted_at(place).parents if at.is_relative_to(TREE)}
    return shlex.join(map(str, sorted({WORK / "home", TREE, *ways})))


def _becoming(user: int | None) -> str:
    if user is None:
        return ""
    return f"setpriv --reuid={user} --regid={user} --clear-groups --inh-caps=-all"


def _bounds(limits: Limits, *, fenced: bool) -> str:
    """Each process's own limits. Those of all together are the warden's to watch."""
    seconds = math.ceil(limits.cpu)
    bounds = {
        "cpu": f"{seconds}:{seconds + 1}",
        "data": f"{limits.memory}",  # not the address space, of which Go, Node and sanitizers reserve any amount
        "fsize": f"{limits.disk}",
        "core": "0",
        "nofile": "1024",
        "memlock": "65536",
        "rtprio": "0",
    }
    if fenced:  # elsewhere all processes of the same user count, too
        bounds["nproc"] = f"{limits.processes}"
    return " ".join(f"--{name}={bound}" for name, bound in bounds.items())


def _bringing_back(command: SandboxCommand) -> list[str]:
    """Plain files only, at the very place that was named: no link on the way, so none outside the tree is read."""
    if not command.collect:
        return []
    paths = [within(path, "the file to collect") for path in command.collect]
    return [
        'cd -- "$tree" && base=$(pwd -P)',
        f"left={command.limits.collected}",
        "bring() {",
        '  [ -f "$2" ] && [ -r "$2" ] && [ "$(realpath -- "$2")" = "$base/$2" ] || return 0',
        '  size=$(stat --format=%s -- "$2") && [ "$size" -le "$left" ] || return 0',
        "  left=$((left - size))",
        '  say "file $1 $size" && cat -- "$2" >&3',
        "}",
        *(f"bring {index} {shlex.quote(path)}" for index, path in enumerate(paths)),
    ]
