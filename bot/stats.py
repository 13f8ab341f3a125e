"""`milepost stats`: how right the predictions were, as text or JSON, also while the bot is running."""

import asyncio
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from bot import log
from bot.settings import Settings
from engine.clock import Clock, SystemClock
from engine.errors import StoreError
from engine.planning.learning.calibration import Calibration
from engine.planning.learning.record import Scope, TrackRecord, track_record
from engine.values import ChatId, JsonValue
from handlers.views.track_record import chapters
from storage.reading import open_for_reading


def main(settings: Settings, chat: int | None, *, as_json: bool, clock: Clock | None = None) -> int:
    """Print the track record of a chat (None: of everything); the exit code."""
    log.set_up(settings.log_level, json_lines=settings.log_format == "json", secret=settings.secrets)
    clock = clock or SystemClock()
    scope = Scope(everything=True) if chat is None else Scope(chat=ChatId(chat))
    try:
        record = asyncio.run(_read(settings.database, scope, clock))
    except StoreError as error:
        sys.stderr.write(f"milepost: {error}\n")
        return 1
    text = json.dumps(_figures(record), indent=2) if as_json else "\n".join(_lines(record, settings, clock))
    sys.stdout.buffer.write(f"{text}\n".encode())
    return 0


async def _read(database: Path, scope: Scope, clock: Clock) -> TrackRecord:
    async with open_for_reading(database) as queries:
        return await track_record(queries, scope, clock.now())


def _lines(record: TrackRecord, settings: Settings, clock: Clock) -> Iterator[str]:
    for number, chapter in enumerate(chapters(record, settings.timezone, clock.now())):
        if number:
            yield ""
        yield chapter.title
        yield from chapter.lines


def _figures(record: TrackRecord) -> JsonValue:
    """All figures: shares from 0 to 1, null where there are no cases."""
    return {
        "since": record.since.isoformat() if record.since is not None else None,
        **_calibration(record.overall),
        "works": {name: _calibration(found) for name, found in record.works.items()},
    }


def _calibration(found: Calibration) -> dict[str, JsonValue]:
    figures: dict[str, JsonValue] = asdict(found)
    return figures
