"""Bot API methods that fetch updates, and those that would have them pushed."""

from pydantic import JsonValue

from bot.local.messages import JsonObject
from bot.local.methods.table import method
from bot.local.parameters import Params
from bot.local.refusals import Refusal, bad_request, webhook_is_active
from bot.local.updates import Poll
from bot.local.world import World

LONGEST_POLL = 50  # seconds


@method("getUpdates", "offset limit timeout allowed_updates")
async def get_updates(world: World, params: Params) -> JsonValue:
    """Confirm what lies before `offset`, then hand out what waits, or wait for it."""
    if world.settings.get("webhook"):
        raise webhook_is_active()
    _allow(world, params)
    turn = world.updates.begin()
    world.confirm(params.integer("offset"))
    limit = params.integer("limit", 100)
    poll = Poll(
        offset=params.integer("offset"),
        limit=limit if 1 <= limit <= 100 else 100,
        timeout=float(min(LONGEST_POLL, max(0, params.integer("timeout")))),
    )
    bodies: list[JsonValue] = list(await world.updates.fetch(poll, turn))
    return bodies


def _allow(world: World, params: Params) -> None:
    """Keep to the kinds of updates asked for, until others are asked for."""
    allowed = params.json("allowed_updates")
    if allowed is None:
        return
    if not isinstance(allowed, list):
        raise bad_request("can't parse allowed updates JSON object")
    kinds = tuple(str(kind) for kind in allowed)
    if kinds != world.updates.allowed:
        world.updates.allowed = kinds
        names: list[JsonValue] = list(kinds)
        world.put_setting("allowed_updates", names)


@method(
    "setWebhook",
    "url certificate ip_address max_connections allowed_updates drop_pending_updates secret_token",
)
def set_webhook(world: World, params: Params) -> JsonValue:
    """Remember a webhook (an empty URL takes it away); nothing is pushed, but polling is refused."""
    url = params.text("url")
    if url and not url.startswith("https://"):
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    _allow(world, params)
    if url:
        words = "Conflict: terminated by setWebhook request"
        world.updates.end_poll(Refusal(409, words))
    return _put_webhook(world, params, url)


@method("deleteWebhook", "drop_pending_updates")
def delete_webhook(world: World, params: Params) -> JsonValue:
    """Take the webhook away."""
    return _put_webhook(world, params, "")


def _put_webhook(world: World, params: Params, url: str) -> JsonValue:
    if world.settings.get("webhook", "") != url:
        world.put_setting("webhook", url)
    if params.boolean("drop_pending_updates") and world.updates.waiting:
        world.confirm(world.updates.waiting[-1].update_id + 1)
    return True


@method("getWebhookInfo")
def get_webhook_info(world: World, params: Params) -> JsonValue:
    """The webhook, and how many updates wait."""
    del params  # it has none
    info: JsonObject = {
        "url": world.settings.get("webhook", ""),
        "has_custom_certificate": False,
        "pending_update_count": world.updates.pending(),
    }
    if world.updates.allowed:
        kinds: list[JsonValue] = list(world.updates.allowed)
        info["allowed_updates"] = kinds
    return info
