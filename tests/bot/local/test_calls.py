"""Whatever a bot sends along, it gets an answer, a refusal or a «wrong call», and the chat stays whole."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.local.faults import ConnectionLost
from bot.local.limits import FloodLimits
from bot.local.messages import Person
from bot.local.methods.table import METHODS
from bot.local.refusals import Refusal, WrongCall
from bot.local.simulator import Simulator
from engine.clock import SystemClock

ANN = Person(id=7, first_name="Ann")
NAMES = st.sampled_from(sorted({name for method in METHODS.values() for name in method.accepts} - {"timeout"}))
WORDS = st.sampled_from(
    ["", "7", "1", "a", "html", "true", "<b>x</b>", "<b", "{}", "[]", "[1]", '{"a":1}', "typing", "🎯", "id"]
)
KEYS = st.sampled_from(
    [
        "type",
        "offset",
        "length",
        "url",
        "inline_keyboard",
        "keyboard",
        "text",
        "callback_data",
        "message_id",
        "chat_id",
        "command",
        "description",
        "media",
        "copy_text",
        "style",
        "caption",
        "user",
        "unix_time",
        "quote",
    ]
)
KINDS = st.sampled_from(["bold", "text_link", "document", "chat", "default", "commands", "pre", "x"])
SCALARS = st.none() | st.booleans() | st.integers(-3, 9) | st.just(0.5) | WORDS | KINDS
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=8
)


async def attempt(simulator, method, params):
    """What came of a call: an error code, 0 for a wrong call, 200 for an answer."""
    try:
        await simulator.call(method, params)
    except Refusal as refusal:
        return refusal.error_code
    except WrongCall:
        return 0
    return 200


def fresh():
    simulator = Simulator(token="42:TEST", clock=SystemClock(), journal=None, flood=FloodLimits.off())
    simulator.say(ANN, "/start")
    return simulator


@given(st.sampled_from(sorted(METHODS)), st.dictionaries(NAMES, VALUES, max_size=5))
def test_any_parameters_are_answered_or_refused(method, params):
    simulator = fresh()
    accepted = {name: value for name, value in params.items() if name in METHODS[method].accepts}
    given_chat = {"chat_id": 7} if "chat_id" in METHODS[method].accepts else {}

    async def run():
        await simulator.call("sendMessage", {"chat_id": 7, "text": "one"})
        codes = [await attempt(simulator, method, params) for params in (given_chat | accepted, accepted)]
        assert set(codes) <= {0, 200, 400, 403, 404, 409, 413}
        return await simulator.call("getMe", {})

    assert asyncio.run(run())["id"] == 42
    assert [message.id for message in simulator.chat(7)] == sorted(message.id for message in simulator.chat(7))


@given(VALUES, VALUES)
def test_any_entities_and_keyboards_are_taken_or_refused(entities, markup):
    simulator = fresh()
    listed = entities if isinstance(entities, list) else [entities]
    asyncio.run(attempt(simulator, "sendMessage", {"chat_id": 7, "text": "a🎯b", "entities": listed}))
    keyboard = {"inline_keyboard": [[markup]]}
    asyncio.run(attempt(simulator, "sendMessage", {"chat_id": 7, "text": "a", "reply_markup": keyboard}))
    asyncio.run(attempt(simulator, "sendMessage", {"chat_id": 7, "text": "a", "reply_markup": markup}))


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"text": "\ud83d"}, "strings must be encoded in UTF-8"),
        (
            {"text": "a", "reply_markup": '{"inline_keyboard":[[{"text":"\\ud83d"}]]}'},
            "can't parse reply markup JSON object",
        ),
    ],
)
async def test_half_a_sign_is_refused(refused, chat, params, words):
    assert await refused("sendMessage", chat_id=chat, **params) == (400, f"Bad Request: {words}")


async def test_a_closed_simulator_does_nothing_more(simulator, call, chat):
    simulator.close()
    with pytest.raises(ConnectionLost):
        await call("sendMessage", chat_id=chat, text="a")
    assert len(simulator.chat(chat)) == 1
