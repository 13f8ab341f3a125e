"""What passes between Milepost and the warden of a sandbox: an order one way, frames the other."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace

KIND, SIZE = 1, 8
"""A frame begins with a letter and a length in so many digits."""
AT_ONCE = "--file=- --blocking-factor=128"
"""How tar packs and unpacks: as much at a time as a pipe holds, for each end of it waits for the other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What the warden watches over; seconds and bytes, of all processes together."""

    setup: float
    wall: float
    cpu: float
    memory: int
    held: int
    """What its processes and its disks may take of the machine's memory together."""
    processes: int
    output: int
    kept: int
    collected: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """All that the warden needs to know of a run."""

    arguments: list[str]
    environment: dict[str, str]
    tree: str
    over: str | None
    """A folder whose files are copied over those of the tree; None for none."""
    exclude: list[str]
    """Places in the tree that are not copied, for something is mounted there."""
    data: dict[str, str]
    """What is to be read from which descriptor; bytes as Latin-1."""
    output: str | None
    scratch: str | None
    """Without a sandbox: the folder in which to make one for the run, None in a sandbox."""
    bounds: Bounds
    waits: bool = False
    """Whether the command waits, its files laid out, until Milepost writes the end of one more line."""

    def packed(self) -> bytes:
        """As one line."""
        return json.dumps(asdict(self)).encode() + b"\n"

    def with_work(self, folder: str) -> "Order":
        """The same, told where it works."""
        return replace(self, environment={**self.environment, "SANDBOX_WORK": folder})

    @classmethod
    def unpacked(cls, line: bytes) -> "Order":
        """Made from such a line."""
        fields = json.loads(line)
        waits = fields["waits"] and not line.endswith(b"\n\n")  # that line may be there already
        return cls(**{**fields, "bounds": Bounds(**fields["bounds"]), "waits": waits})


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """How a run ended, as the warden tells it."""

    ending: str
    """A value of `Ending`, or `lost` when it was never ready, `stopped` when Milepost wanted an end, `short` when the
    machine had no memory left."""
    exit_code: int
    cut: bool
    seconds: float
    cpu: float
    memory: int
    is_counted: bool = False
    """Whether the kernel counted what it computed, as a whole."""
    is_kept: bool = True
    """Whether the file for its output has all of it."""
    trouble: str = ""
    """Why it was never ready: copy, unpack, full, folder, or late; empty when nothing is known."""
    files: tuple[int, ...] = ()
    """The numbers of the files that were brought back, in the order of their frames."""


def frame(kind: str, content: bytes) -> bytes:
    """A frame as it is written."""
    return f"{kind}{len(content):0{SIZE}}".encode() + content


class Frames:
    """Reads frames from pieces as they come."""

    def __init__(self) -> None:
        self._ahead = bytearray()

    def take(self, chunk: bytes) -> Iterator[tuple[str, bytes]]:
        """The frames that are whole now, each by its letter and content."""
        self._ahead += chunk
        while len(self._ahead) >= KIND + SIZE:
            end = KIND + SIZE + int(self._ahead[KIND : KIND + SIZE])
            if len(self._ahead) < end:
                return
            found = chr(self._ahead[0]), bytes(self._ahead[KIND + SIZE : end])
            del self._ahead[:end]
            yield found
