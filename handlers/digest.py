"""/digest and /export: the summary now, and all goals as a file."""

import datetime as dt
import json

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import Message

from engine.goal_engine import GoalEngine as Engine
from engine.records import Handled, Outgoing
from handlers.desk import Desk
from handlers.views.digests import on_request, render_digest
from handlers.views.letters import letter

LOOKING_BACK = dt.timedelta(days=1)
"""How far a digest looks back in a chat that never had one."""


async def digest(message: Message, engine: Engine, desk: Desk) -> Handled:
    """/digest"""
    since = desk.chat.last_digest_at or desk.now - LOOKING_BACK
    values = await engine.digest(desk.here, since)
    return desk.keep(*(on_request(one) for one in render_digest(values, desk.zone)))


async def export(message: Message, engine: Engine, desk: Desk) -> Handled:
    """/export"""
    if message.chat.type != "private":
        return desk.keep(letter(desk.here, "I send exports in private only. Write to me there: /export"))
    goals = await engine.queries.export(desk.here)
    content = json.dumps(goals, ensure_ascii=False, indent=2)
    name = f"milepost-goals-{desk.now:%Y-%m-%d}.json"
    text = "All of this chat's goals, with their tasks and log."
    return desk.keep(Outgoing(chat=desk.here, payload={"document": {"name": name, "content": content}, "text": text}))


def routes() -> Router:
    """Summaries."""
    router = Router(name="digest")
    router.message.register(digest, Command("digest"))
    router.message.register(export, Command("export"))
    return router
