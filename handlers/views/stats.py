"""/stats as a message: how right the predictions were."""

import datetime as dt

from aiogram.utils.formatting import Bold, Text

from engine.planning.learning.record import TrackRecord
from engine.records import Outgoing
from engine.values import ChatId
from handlers.views.letters import letter, line, stacked
from handlers.views.track_record import chapters


def stats_message(chat: ChatId, record: TrackRecord, zone: str, now: dt.datetime) -> Outgoing:
    """The track record of a chat."""
    lines: list[Text | str] = []
    for number, chapter in enumerate(chapters(record, zone, now)):
        lines += [Text("📊 ", Bold(chapter.title))] if number == 0 else ["", Bold(chapter.title)]
        lines += [line(one, 400) for one in chapter.lines]
    return letter(chat, stacked(lines))
