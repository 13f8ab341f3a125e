"""The experimenter's side of the served simulator: people's deeds, what they see, faults and limits, as JSON.

POST `/control/<deed>` with the deed's arguments: say, press, file, edit, delete, block, unblock, fault, clear, flood.
GET `/control/history?chat_id=7`, `/control/state`, `/control/events?after=0`. A wrong one gets 400 with `error`.
"""

import base64
import binascii
from collections import deque
from collections.abc import Callable

from aiohttp import web
from pydantic import JsonValue, TypeAdapter, ValidationError

from bot.local.events import SimEvent
from bot.local.faults import Fault
from bot.local.limits import FloodLimits
from bot.local.messages import FileKind, JsonObject, Person, SimChat, SimMessage
from bot.local.simulator import Simulator

_PERSON = TypeAdapter(Person)
_FAULT = TypeAdapter(Fault)
_FLOOD = TypeAdapter(FloodLimits)
_MESSAGE = TypeAdapter(SimMessage)
_CHATS = TypeAdapter(tuple[SimChat, ...])
_EVENT: TypeAdapter[SimEvent] = TypeAdapter(SimEvent)
KEPT_EVENTS = 100_000

Deed = Callable[[Simulator, JsonObject], JsonValue]


class Control:
    """What the control endpoints know: the simulator, and its events, numbered from 1."""

    def __init__(self, simulator: Simulator) -> None:
        self.simulator = simulator
        self.events: deque[JsonObject] = deque(maxlen=KEPT_EVENTS)
        self._count = 0
        simulator.listen(self._hear)

    def _hear(self, event: SimEvent) -> None:
        self._count += 1
        details: JsonValue = _EVENT.dump_python(event, mode="json")
        self.events.append({"number": self._count, "event": type(event).__name__, "details": details})

    def state(self) -> JsonObject:
        """Counts and lists that tell whether the bot is done."""
        simulator = self.simulator
        commands: list[JsonValue] = [list(pair) for pair in simulator.commands()]
        return {
            "pending_updates": simulator.pending_updates(),
            "events": self._count,
            "faults_waiting": len(simulator.faults.rules),
            "faults_met": simulator.faults.met,
            "commands": commands,
            "chats": _CHATS.dump_python(tuple(simulator.chats()), mode="json"),
        }

    def history(self, chat_id: int) -> list[JsonValue]:
        """All messages of a chat, with `from_bot` beside their fields."""
        return [
            _MESSAGE.dump_python(message, mode="json") | {"from_bot": message.from_bot}
            for message in self.simulator.chat(chat_id)
        ]


def _user(body: JsonObject) -> Person:
    return _PERSON.validate_python(body.get("user"))


def _text(body: JsonObject, name: str, default: str | None = None) -> str:
    value = body.get(name, default)  # None: must be there
    if not isinstance(value, str):
        raise ValueError(f"«{name}» is a string")
    return value


def _number(body: JsonObject, name: str) -> int:
    value = body.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError(f"«{name}» is a whole number")
    return value


def _number_or_none(body: JsonObject, name: str) -> int | None:
    """A whole number; None when it is missing."""
    return None if body.get(name) is None else _number(body, name)


def _say(simulator: Simulator, body: JsonObject) -> JsonValue:
    place, reply_to = _number_or_none(body, "chat_id"), _number_or_none(body, "reply_to")
    return simulator.say(_user(body), _text(body, "text"), chat_id=place, reply_to=reply_to)


def _press(simulator: Simulator, body: JsonObject) -> JsonValue:
    """By `message_id` and `data`, or by `label`: the newest button that carries it."""
    chat_id = _number(body, "chat_id")
    if "label" not in body:
        return simulator.press(_user(body), chat_id, _number(body, "message_id"), _text(body, "data"))
    label = _text(body, "label")
    for message in reversed(simulator.chat(chat_id)):
        for button in (button for row in message.buttons for button in row):
            if button.text == label and button.data is not None:
                return simulator.press(_user(body), chat_id, message.id, button.data)
    raise ValueError(f"there is no button «{label}» in chat {chat_id}")


def _file(simulator: Simulator, body: JsonObject) -> JsonValue:
    """`content` is base64."""
    try:
        content = base64.b64decode(_text(body, "content"), validate=True)
    except binascii.Error as error:
        raise ValueError("«content» is base64") from error
    kind = FileKind(_text(body, "kind", "document"))
    name, caption = _text(body, "name"), _text(body, "caption", "")
    return simulator.send_file(_user(body), name, content, caption=caption, kind=kind.value)


def _edit(simulator: Simulator, body: JsonObject) -> JsonValue:
    where = _number(body, "chat_id"), _number(body, "message_id")
    return simulator.edit(_user(body), *where, _text(body, "text"))


def _delete(simulator: Simulator, body: JsonObject) -> JsonValue:
    simulator.delete(_number(body, "chat_id"), _number(body, "message_id"))
    return None


def _fault(simulator: Simulator, body: JsonObject) -> JsonValue:
    simulator.faults.add(_FAULT.validate_python(body))
    return None


def _clear(simulator: Simulator, body: JsonObject) -> JsonValue:
    del body  # it says nothing
    simulator.faults.clear()
    return None


def _flood(simulator: Simulator, body: JsonObject) -> JsonValue:
    simulator.set_flood_limits(_FLOOD.validate_python(body))
    return None


DEEDS: dict[str, Deed] = {
    "say": _say,
    "press": _press,
    "file": _file,
    "edit": _edit,
    "delete": _delete,
    "block": lambda simulator, body: simulator.block(_user(body)),
    "unblock": lambda simulator, body: simulator.unblock(_user(body)),
    "fault": _fault,
    "clear": _clear,
    "flood": _flood,
}


def add_control(app: web.Application, simulator: Simulator) -> None:
    """Add the control endpoints to an application."""
    control = Control(simulator)

    async def act(request: web.Request) -> web.StreamResponse:
        deed = DEEDS.get(request.match_info["deed"])
        if deed is None:
            return web.json_response({"error": f"no deed; there are {', '.join(DEEDS)}"}, status=404)
        try:
            body = await request.json() if request.can_read_body else {}
            if not isinstance(body, dict):
                raise ValueError("the body is an object")
            return web.json_response({"result": deed(simulator, body)})
        except (ValueError, ValidationError) as error:
            return web.json_response({"error": str(error)}, status=400)

    async def look(request: web.Request) -> web.StreamResponse:
        try:
            match request.match_info["what"]:
                case "state":
                    return web.json_response(control.state())
                case "history":
                    return web.json_response(control.history(int(request.query.get("chat_id", "0"))))
                case "events":
                    after = int(request.query.get("after", "0"))
                    newer = [event for event in control.events if int(str(event["number"])) > after]
                    return web.json_response(newer)
                case _:
                    return web.json_response({"error": "look at state, history or events"}, status=404)
        except ValueError as error:
            return web.json_response({"error": str(error)}, status=400)

    app.router.add_post("/control/{deed}", act)
    app.router.add_get("/control/{what}", look)
