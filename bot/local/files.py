"""Files in the chats: kept in a folder beside the journal, known by file id, fetched by path."""

import mimetypes
import re
import shutil
import tempfile
import weakref
from dataclasses import replace
from pathlib import Path

from bot.local.messages import FileKind, SimFile, Upload
from bot.local.pictures import picture_size
from bot.local.refusals import (
    bad_request,
    file_is_empty,
    file_is_too_big,
    file_not_found,
    image_process_failed,
    invalid_file_id,
    photo_invalid_dimensions,
    photo_is_too_big,
    request_is_too_large,
    wrong_file_id,
)

MEGABYTE = 1024 * 1024
MAX_UPLOAD = 50 * MEGABYTE
MAX_PHOTO = 10 * MEGABYTE
MAX_DOWNLOAD = 20 * MEGABYTE


class FileStore:
    """The files of one simulator; without a folder it makes a temporary one that goes with it."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self.known: dict[str, SimFile] = {}
        self.count = 0

    @property
    def folder(self) -> Path:
        """Where the files lie; made when first asked for."""
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="milepost-chat-"))
            weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        self._folder.mkdir(parents=True, exist_ok=True)
        return self._folder

    def keep(self, upload: Upload, kind: FileKind) -> SimFile:
        """Save an upload; its size and shape are for the caller to check."""
        self.count += 1
        name = upload.name or "file"
        safe = re.sub(r"[^\w.\-]+", "_", Path(name).name)[-80:].lstrip(".") or "file"
        path = self.folder / f"{self.count:04}-{safe}"
        path.write_bytes(upload.content)
        width, height = picture_size(upload.content) or (0, 0)
        file = SimFile(
            kind=kind,
            file_id=f"{kind.value}-{self.count:08}",
            unique_id=f"u{self.count:08}",
            name=name,
            size=len(upload.content),
            path=path,
            mime_type=mimetypes.guess_type(name)[0] or "application/octet-stream",
            width=width,
            height=height,
        )
        self.known[file.file_id] = file
        return file

    def restore(self, file: SimFile) -> SimFile:
        """Know again a file from the journal, wherever the folder lies by now."""
        file = replace(file, path=self.folder / file.path.name)
        self.known[file.file_id] = file
        self.count = max(self.count, int(file.unique_id.removeprefix("u")))
        return file

    def sent_by_bot(self, given: Upload | str, kind: FileKind) -> SimFile | Upload:
        """What the bot wants to send, checked: a known file or an upload; raises `Refusal`."""
        if isinstance(given, Upload):
            check_upload(given, kind)
            return given
        if not given:
            raise bad_request(f"there is no {kind.value} in the request")
        if given.startswith(("http://", "https://")):
            raise bad_request("failed to get HTTP URL content")
        file = self.known.get(given)
        if file is None:
            raise wrong_file_id()
        if file.kind is not kind:
            raise bad_request(f"can't use file of type {file.kind.value.title()} as {kind.value.title()}")
        return file

    def for_download(self, file_id: str) -> SimFile:
        """The file that `getFile` names; raises `Refusal`."""
        file = self.known.get(file_id)
        if file is None:
            raise invalid_file_id()
        if file.size > MAX_DOWNLOAD:
            raise file_is_too_big()
        return file

    def download(self, file_path: str) -> bytes:
        """The bytes behind a path that `getFile` gave; raises `Refusal`."""
        for file in self.known.values():
            if download_path(file) == file_path and file.size <= MAX_DOWNLOAD and file.path.exists():
                return file.path.read_bytes()
        raise file_not_found()


def download_path(file: SimFile) -> str:
    """The `file_path` of a file."""
    return f"{file.kind.value}s/{file.path.name}"


def check_upload(upload: Upload, kind: FileKind) -> None:
    """Refuse what Telegram refuses: nothing in it, too big, or a photo that is none."""
    if not upload.content:
        raise file_is_empty()
    if len(upload.content) > MAX_UPLOAD:
        raise request_is_too_large()
    if kind is not FileKind.PHOTO:
        return
    if len(upload.content) > MAX_PHOTO:
        raise photo_is_too_big(upload.name, len(upload.content))
    size = picture_size(upload.content)
    if size is None:
        raise image_process_failed()
    width, height = size
    if width + height > 10_000 or min(width, height) * 20 < max(width, height):
        raise photo_invalid_dimensions()
