"""What runs for a code goal just now, as its card shows it: the last lines of the output, without its colours."""

import re
from dataclasses import dataclass, replace

from aiogram.utils.formatting import sizeof

from engine.records import Outgoing
from engine.values import JsonValue
from handlers.views.code import unsandboxed
from handlers.views.letters import LIMIT, cut, words

_ESCAPES = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[PX^_][^\x1b]*(?:\x1b\\)?|[ -/]*[0-~])|[\x9b-\x9f]"
)
"""Colours, titles, links and the moves of a cursor."""
_MOST_LINES, _WIDEST = 5, 90


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """What the code work of a goal does now."""

    says: str = ""
    """The last lines of what runs; empty while nothing does."""
    is_unsandboxed: bool = False
    """Whether code runs without a sandbox here."""


def last_lines(output: str) -> tuple[str, ...]:
    """The last lines that say something, each short, and without escape sequences; what was overwritten is left out."""
    plain = _ESCAPES.sub("", output).expandtabs(4).replace("\r\n", "\n")
    told = [words(one.rsplit("\r", 1)[-1].rstrip(), _WIDEST + 2) for one in plain.split("\n")]
    return tuple(cut(one, _WIDEST) for one in told if one)[-_MOST_LINES:]


def with_running(card: Outgoing, running: Running) -> Outgoing:
    """The card with what runs below; as it is where nothing does."""
    shown = "\n".join(last_lines(running.says))
    below = [*([unsandboxed()] if running.is_unsandboxed else []), *(["💻 Running now:", shown] if shown else [])]
    text = str(card.payload.get("text") or "")
    whole = "\n".join([text, "", *below]) if below else text
    if not below or sizeof(whole) > LIMIT:
        return card
    entities = card.payload.get("entities")
    kept: list[JsonValue] = [*entities] if isinstance(entities, list) else []
    if shown:
        kept.append({"type": "pre", "offset": sizeof(whole) - sizeof(shown), "length": sizeof(shown)})
    return replace(card, payload={**card.payload, "text": whole, "entities": kept[-100:]})
