"""What Telegram refuses, in its own words. Each function names the case and gives the `Refusal` to raise."""

from pydantic import JsonValue

from bot.local.messages import JsonObject


class Refusal(Exception):
    """The Bot API's «no»: `error_code` is also the HTTP status, `parameters` help the caller to do better."""

    def __init__(self, error_code: int, description: str, parameters: JsonObject | None = None) -> None:
        super().__init__(description)
        self.error_code = error_code
        self.description = description
        self.parameters: JsonObject = parameters or {}  # None: there are none

    def body(self) -> JsonObject:
        """The JSON body of the answer."""
        answer: dict[str, JsonValue] = {
            "ok": False,
            "error_code": self.error_code,
            "description": self.description,
        }
        if self.parameters:
            answer["parameters"] = self.parameters
        return answer


class WrongCall(Exception):
    """A mistake in our own program that the real Bot API would let pass silently, such as a misspelt parameter."""


def bad_request(what: str) -> Refusal:
    """A 400 with these words."""
    return Refusal(400, f"Bad Request: {what}")


def unauthorized() -> Refusal:
    """The token is wrong."""
    return Refusal(401, "Unauthorized")


def method_not_found() -> Refusal:
    """There is no such method."""
    return Refusal(404, "Not Found: method not found")


def file_not_found() -> Refusal:
    """There is nothing at this download path."""
    return Refusal(404, "Not Found")


def chat_not_found() -> Refusal:
    """The chat is unknown."""
    return bad_request("chat not found")


def chat_id_is_empty() -> Refusal:
    """No chat was named."""
    return bad_request("chat_id is empty")


def blocked_by_user() -> Refusal:
    """The person blocked the bot."""
    return Refusal(403, "Forbidden: bot was blocked by the user")


def user_deactivated() -> Refusal:
    """The account is gone."""
    return Refusal(403, "Forbidden: user is deactivated")


def cannot_initiate() -> Refusal:
    """The person never wrote first."""
    return Refusal(403, "Forbidden: bot can't initiate conversation with a user")


def kicked(kind: str) -> Refusal:
    """The bot was removed from a group; `kind` is «group» or «supergroup»."""
    return Refusal(403, f"Forbidden: bot was kicked from the {kind} chat")


def migrated(new_chat_id: int) -> Refusal:
    """The group became a supergroup under another id."""
    words = "Bad Request: group chat was upgraded to a supergroup chat"
    return Refusal(400, words, {"migrate_to_chat_id": new_chat_id})


def text_is_empty() -> Refusal:
    """A message without text."""
    return bad_request("message text is empty")


def text_is_too_long() -> Refusal:
    """Over 4096 UTF-16 units after parsing."""
    return bad_request("message is too long")


def caption_is_too_long() -> Refusal:
    """Over 1024 UTF-16 units after parsing."""
    return bad_request("message caption is too long")


def cannot_parse_entities(why: str) -> Refusal:
    """Bad HTML, or a bad list of entities."""
    return bad_request(f"can't parse entities: {why}")


def unsupported_parse_mode() -> Refusal:
    """A parse mode that doesn't exist."""
    return bad_request("unsupported parse_mode")


def button_data_invalid() -> Refusal:
    """Callback data is empty or over 64 bytes."""
    return bad_request("BUTTON_DATA_INVALID")


def button_url_invalid(url: str) -> Refusal:
    """The address of a button can't be one."""
    return bad_request(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")


def button_without_action() -> Refusal:
    """An inline button that does nothing."""
    return bad_request("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")


def reply_not_found() -> Refusal:
    """The message to reply to is gone."""
    return bad_request("message to be replied not found")


def not_modified() -> Refusal:
    """An edit that changes nothing."""
    return bad_request(
        "message is not modified: specified new message content and reply markup are exactly the same as a"
        " current content and reply markup of the message"
    )


def edit_not_found() -> Refusal:
    """The message to edit is gone."""
    return bad_request("message to edit not found")


def cannot_edit() -> Refusal:
    """The message is someone else's, or can't be edited any more."""
    return bad_request("message can't be edited")


def no_text_to_edit() -> Refusal:
    """A file has a caption, no text."""
    return bad_request("there is no text in the message to edit")


def no_caption_to_edit() -> Refusal:
    """A text message has no caption."""
    return bad_request("there is no caption in the message to edit")


def delete_not_found() -> Refusal:
    """The message to delete is gone."""
    return bad_request("message to delete not found")


def cannot_delete() -> Refusal:
    """The message is too old to delete."""
    return bad_request("message can't be deleted for everyone")


def pin_not_found() -> Refusal:
    """The message to pin is gone."""
    return bad_request("message to pin not found")


def unpin_not_found() -> Refusal:
    """The message to unpin is not pinned or gone."""
    return bad_request("message to unpin not found")


def query_is_too_old() -> Refusal:
    """An unknown, old or second answer to a press."""
    return bad_request("query is too old and response timeout expired or query ID is invalid")


def message_too_long_for_toast() -> Refusal:
    """A toast over 200 characters."""
    return bad_request("MESSAGE_TOO_LONG")


def wrong_file_id() -> Refusal:
    """No file has this id."""
    return bad_request("wrong file identifier/HTTP URL specified")


def invalid_file_id() -> Refusal:
    """getFile of an id that doesn't exist."""
    return bad_request("invalid file_id")


def file_is_empty() -> Refusal:
    """A file without a byte."""
    return bad_request("file must be non-empty")


def photo_is_too_big(name: str, size: int) -> Refusal:
    """A photo over 10 MB; `size` in bytes."""
    return bad_request(f'file "{name}" of size {size} bytes is too big for a photo')


def photo_invalid_dimensions() -> Refusal:
    """Width and height together over 10000 pixels, or a side over 20 times the other."""
    return bad_request("PHOTO_INVALID_DIMENSIONS")


def image_process_failed() -> Refusal:
    """A photo that is no picture."""
    return bad_request("IMAGE_PROCESS_FAILED")


def request_is_too_large() -> Refusal:
    """An upload over 50 MB."""
    return Refusal(413, "Request Entity Too Large")


def file_is_too_big() -> Refusal:
    """getFile over 20 MB."""
    return bad_request("file is too big")


def bot_commands_too_much() -> Refusal:
    """More than 100 commands."""
    return bad_request("BOT_COMMANDS_TOO_MUCH")


def bot_command_invalid() -> Refusal:
    """A command that is not 1 to 32 of a-z, 0-9 and _."""
    return bad_request("BOT_COMMAND_INVALID")


def bot_command_description_invalid() -> Refusal:
    """A command's description is not 1 to 256 characters."""
    return bad_request("BOT_COMMAND_DESCRIPTION_INVALID")


def other_poller() -> Refusal:
    """Another getUpdates took over."""
    return Refusal(
        409,
        "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
    )


def webhook_is_active() -> Refusal:
    """Polling while a webhook is set."""
    return Refusal(
        409,
        "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
    )


def too_many_requests(seconds: int) -> Refusal:
    """Too fast."""
    return Refusal(429, f"Too Many Requests: retry after {seconds}", {"retry_after": seconds})


def bad_gateway() -> Refusal:
    """Telegram's own trouble."""
    return Refusal(502, "Bad Gateway")
