"""`milepost export`: all goals of a chat as JSON, also while the bot is running."""

import asyncio
import json
import sys
from pathlib import Path

from bot import log
from bot.settings import Settings
from engine.errors import StoreError
from engine.values import ChatId, JsonValue
from storage.reading import open_for_reading


def main(settings: Settings, chat: int, output: Path | None) -> int:
    """Write the chat's goals to `output` (None: standard output); the exit code."""
    log.set_up(settings.log_level, json_lines=settings.log_format == "json", secret=settings.secrets)
    try:
        exported = asyncio.run(_read(settings.database, ChatId(chat)))
        text = json.dumps(exported, ensure_ascii=False, indent=2) + "\n"
        if output is None:
            sys.stdout.buffer.write(text.encode())
        else:
            output.write_text(text, "utf-8")
    except StoreError as error:
        sys.stderr.write(f"milepost: {error}\n")
        return 1
    except OSError as error:
        place = output if output is not None else "standard output"
        sys.stderr.write(f"milepost: {place} can't be written ({(error.strerror or str(error)).lower()})\n")
        return 1
    if isinstance(exported, dict) and not exported.get("goals"):
        sys.stderr.write(f"milepost: chat {chat} has no goals in {settings.database}\n")
    return 0


async def _read(database: Path, chat: ChatId) -> JsonValue:
    async with open_for_reading(database) as queries:
        return await queries.export(chat)
