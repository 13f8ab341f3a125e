"""The log: one line a record on stderr, as text or JSON, with the ids of what it is about, and never a token or key.

Whoever handles an update or a task binds its ids once with `bind`; the engine, which may not know this
module, passes them as `extra={"goal": …, "task": …}`. The formatters show both, the record's own ids winning.
"""

import contextlib
import contextvars
import datetime as dt
import json
import logging
import re
import sys
from collections.abc import Collection, Iterator, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import TextIO, TypeAlias

# Before this pattern stands no digit, so that the token in «/bot123:abc/getMe» is found too.
_TOKEN_LIKE = re.compile(r"(?<!\d)\d{5,}:[A-Za-z0-9_-]{20,}")
_REDACTED = "<token>"
# Keys of model providers, as most of them write theirs.
_KEY_LIKE = re.compile(r"(?<![A-Za-z0-9])(?:sk-(?=[A-Za-z_-]*[0-9])[A-Za-z0-9_-]{16,}|AIza[A-Za-z0-9_-]{20,})")
_REDACTED_KEY = "<key>"
_SHORTEST = 8
"""Characters from which on a configured secret is looked for: a shorter one stands in many words."""

Secrets: TypeAlias = "str | Collection[str] | None"
"""What never is to be shown; None for nothing."""
_IDS: contextvars.ContextVar[Mapping[str, int | str]] = contextvars.ContextVar("ids", default=MappingProxyType({}))
# What every record carries; anything else on it was given as `extra`.
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
# Libraries that tell each tick or each update at INFO, which we tell ourselves, with ids.
_CHATTY = ("aiogram", "aiosqlite", "apscheduler", "asyncio", "tzlocal")


class LogLevel(StrEnum):
    """How much the log tells."""

    DEBUG = "DEBUG"
    INFO = "INFO"
    WARNING = "WARNING"
    ERROR = "ERROR"


class LogFormat(StrEnum):
    """How a line of the log looks."""

    TEXT = "text"
    JSON = "json"


@contextlib.contextmanager
def bind(
    *, goal: int | str | None = None, task: int | str | None = None, update: int | str | None = None
) -> Iterator[None]:
    """Every record written inside, in this task and those it starts, carries these ids; None adds nothing."""
    given = {"goal": goal, "task": task, "update": update}
    known = {name: value for name, value in given.items() if value is not None}
    token = _IDS.set({**_IDS.get(), **known})
    try:
        yield
    finally:
        _IDS.reset(token)


def redact(text: str, secret: Secrets = None) -> str:
    """The text without the secrets, and without anything that looks like a bot's token or a provider's key."""
    for one in _known(secret):
        text = text.replace(one, _REDACTED)
    return _KEY_LIKE.sub(_REDACTED_KEY, _TOKEN_LIKE.sub(_REDACTED, text))


def mask(text: str, secret: Secrets = None) -> str:
    """The same with a dot for each character, so that what points into the text still points right."""
    for one in _known(secret):
        text = text.replace(one, "•" * len(one))
    for pattern in (_TOKEN_LIKE, _KEY_LIKE):
        text = pattern.sub(lambda found: "•" * len(found[0]), text)
    return text


def _known(secret: Secrets) -> list[str]:
    """The secrets, the longest first: one may hold another."""
    if not secret:
        return []
    given = [secret] if isinstance(secret, str) else [one for one in secret if len(one) >= _SHORTEST]
    return sorted(given, key=len, reverse=True)


def fields(record: logging.LogRecord) -> dict[str, object]:
    """The ids and other extras of a record, by name; empty ones left out."""
    extra = {name: value for name, value in vars(record).items() if name not in _STANDARD}
    return {name: value for name, value in {**_IDS.get(), **extra}.items() if value is not None}


def _moment(record: logging.LogRecord) -> str:
    return dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class SafeFormatter(logging.Formatter):
    """What both formats share: whatever the record and its trace say, the secret is taken out last."""

    def __init__(self, secret: Secrets = None) -> None:
        super().__init__()
        self._secret = secret

    def format(self, record: logging.LogRecord) -> str:
        """One record, made safe."""
        return redact(self.compose(record), self._secret)

    def compose(self, record: logging.LogRecord) -> str:
        """The record in this format, before redaction."""
        raise NotImplementedError

    def traces(self, record: logging.LogRecord) -> dict[str, str]:
        """The trace of the error and of the stack, as far as the record has them."""
        found = {}
        if record.exc_info:
            found["error"] = self.formatException(record.exc_info)
        if record.stack_info:
            found["stack"] = self.formatStack(record.stack_info)
        return found


class TextFormatter(SafeFormatter):
    """`2026-03-01T12:00:00.000Z INFO    engine.ledger: committed goal=7 task=2`, traces on lines below."""

    def compose(self, record: logging.LogRecord) -> str:
        """One line, and the traces below it."""
        ids = "".join(f" {name}={_on_one_line(value)}" for name, value in fields(record).items())
        line = f"{_moment(record)} {record.levelname:<7} {record.name}: {_on_one_line(record.getMessage())}{ids}"
        return "\n".join([line, *self.traces(record).values()])


class JsonFormatter(SafeFormatter):
    """One JSON object a line: time, level, logger, message, ids, and the traces as `error` and `stack`."""

    def compose(self, record: logging.LogRecord) -> str:
        """One object; what JSON doesn't know is written as text."""
        entry = {
            **fields(record),
            "time": _moment(record),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **self.traces(record),
        }
        return json.dumps(entry, ensure_ascii=False, default=str)


def _on_one_line(value: object) -> str:
    """A person's text can't forge a line of the log."""
    return str(value).replace("\r", "\\r").replace("\n", "\\n")


def set_up(level: str, *, json_lines: bool = False, secret: Secrets = None, stream: TextIO | None = None) -> None:
    """Send the process's log to `stream` (None: stderr) from `level` on, in place of what was set up before.

    `secret` (the bot's token, the keys of models) never reaches the stream.
    """
    handler = logging.StreamHandler(stream if stream is not None else sys.stderr)
    handler.setFormatter(JsonFormatter(secret) if json_lines else TextFormatter(secret))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    logging.captureWarnings(capture=True)
    for name in _CHATTY:
        quiet = logging.NOTSET if level == "DEBUG" else max(logging.WARNING, root.level)
        logging.getLogger(name).setLevel(quiet)
