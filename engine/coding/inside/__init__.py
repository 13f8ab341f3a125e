"""What is taken into the sandbox beside the code under test, and runs there under the repository's own Python."""

import tempfile
from pathlib import Path

_SEAL = "milepost_seal.py"


def laid_inside(home: Path) -> Path:
    """The folder of it, laid where anybody may read it: inside a sandbox it is another user who does."""
    folder = home / "inside"
    if (content := Path(__file__).with_name(_SEAL).read_bytes()) != _content(folder / _SEAL):
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o755)
        descriptor, part = tempfile.mkstemp(dir=folder)  # several runs may come to this at once
        with open(descriptor, "wb") as file:
            file.write(content)
        Path(part).chmod(0o644)
        Path(part).replace(folder / _SEAL)
    return folder


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        return b""
