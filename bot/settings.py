"""What the operator may choose: read once at the start from the environment and `.env`, checked, then frozen.

This is the only module that reads the environment. `.env.example` explains every setting with its unit,
default and reason, and a test keeps the two equal.
"""

import difflib
import io
import json
import os
import re
import sys
import zoneinfo
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated

import platformdirs
from dotenv import dotenv_values
from dotenv.parser import Binding, parse_stream
from pydantic import (
    AnyHttpUrl,
    BeforeValidator,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
)
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.accepted.code import NamesSetting, RepositoriesSetting, RootsSetting
from bot.accepted.paths import AbsoluteSetting, FileSetting, FolderSetting, NewFileSetting
from bot.accepted.resources import ResourcesSetting
from bot.log import LogFormat, LogLevel, redact
from bot.models.settings import (
    KeySetting,
    ModelSetting,
    ModelsSetting,
    PricesSetting,
    SafeToolsSetting,
    TakesSetting,
    cap_of,
    keys_of,
    passwords_in,
)
from engine.agents.names import ACCEPTS
from engine.agents.options import ModelOptions
from engine.agents.tools.options import ToolOptions
from engine.coding.options import MEGABYTE, CodeLimits, CodeOptions, outside_environment

PREFIX = "MILEPOST_"
# Read by the test suite itself; a bot started by a test must not call it a mistake.
TEST_PREFIX = "MILEPOST_TEST_"
ENV_FILE = ".env"
_SHOWN = 60
_TOKEN = re.compile(r"\d+:[A-Za-z0-9_-]+")


class SettingsError(Exception):
    """The start can't go on: a setting is wrong. Its text is one line for the operator, without secrets."""


def _json(text: str) -> object:
    try:
        parsed: object = json.loads(text)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    return parsed


def _json_or_commas(value: object) -> object:
    if not isinstance(value, str):
        return value
    text = value.strip()
    if text.startswith("["):
        return _json(text)
    return [part.strip() for part in text.split(",") if part.strip()]


def _json_object(value: object) -> object:
    return _json(value) if isinstance(value, str) else value


def _upper(value: object) -> object:
    return value.strip().upper() if isinstance(value, str) else value


def _lower(value: object) -> object:
    return value.strip().lower() if isinstance(value, str) else value


OwnerId = Annotated[int, Field(gt=0, lt=2**52)]  # Telegram promises ids of at most 52 significant bits
Argument = Annotated[str, Field(pattern=r"^[^\x00]*$")]
Words = Annotated[tuple[Argument, ...], Field(min_length=1)]
CommandName = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]


class Settings(BaseSettings):
    """All settings of Milepost. Each field's `description` says what is accepted, for the operator's eyes."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=ENV_FILE,
        env_file_encoding="utf-8-sig",
        env_ignore_empty=True,
        enable_decoding=False,  # each setting reads its own form
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    bot_token: SecretStr | None = Field(
        default=None,  # None: there is no bot at Telegram yet; only the local chat works
        description="a token from @BotFather, digits, a colon, then letters, digits, - and _",
    )
    owner_ids: Annotated[tuple[OwnerId, ...], BeforeValidator(_json_or_commas)] = Field(
        default=(),
        description="Telegram user ids, whole numbers with commas between them",
    )
    database: NewFileSetting = Field(
        default_factory=lambda: platformdirs.user_data_path("milepost", appauthor=False) / "milepost.db",
        description="the path of a file, in a folder that may be written",
    )
    telegram_api: AnyHttpUrl | None = Field(
        default=None,  # None: Telegram's own servers
        description="the address of a Bot API server, http:// or https://",
    )
    workers: int = Field(default=4, ge=1, le=64, description="a whole number from 1 to 64")
    resources: ResourcesSetting = Field(
        default={},
        description="names and how many there are, gpu=1, licence=2; one that is away: gpu=0@2026-12-01T09:00+01:00",
    )
    max_retries: int = Field(default=3, ge=1, le=20, description="a whole number from 1 to 20")
    adaptation_threshold: float = Field(default=0.3, ge=0.0, le=1.0, description="a number from 0 to 1")
    monitoring_interval: float = Field(
        default=300.0, ge=1.0, le=86_400.0, description="seconds, a number from 1 to 86400"
    )
    task_timeout: float = Field(default=3600.0, ge=1.0, le=604_800.0, description="seconds, a number from 1 to 604800")
    timezone: str = Field(default="UTC", description="a time zone's name such as Europe/Berlin")
    log_level: Annotated[LogLevel, BeforeValidator(_upper)] = Field(
        default=LogLevel.INFO, description="DEBUG, INFO, WARNING or ERROR"
    )
    log_format: Annotated[LogFormat, BeforeValidator(_lower)] = Field(
        default=LogFormat.TEXT, description="text or json"
    )
    commands: Annotated[dict[CommandName, Words], BeforeValidator(_json_object)] = Field(
        default={},
        description='a JSON object of names and argument lists, {"backup": ["/usr/bin/backup", "--all"]}',
    )
    methods: FolderSetting | None = Field(
        default=None,  # None: the methods that come with Milepost and with installed packages alone
        description="the path of a folder with method files, *.yaml",
    )
    allow_private_addresses: bool = Field(default=False, description="true or false")
    unsandboxed: bool = Field(default=False, description="true or false")
    model: ModelSetting | None = Field(
        default=None,  # None: Milepost plans by its methods alone and takes commands, not talk
        description=ACCEPTS,
    )
    model_fallbacks: ModelsSetting = Field(default=(), description=f"{ACCEPTS}, with commas between them")
    model_small: ModelSetting | None = Field(default=None, description=ACCEPTS)  # None: the main one does it, too
    model_url: AnyHttpUrl | None = Field(
        default=None,  # None: the provider's own servers
        description="the address of a server, http:// or https://",
    )
    model_key: KeySetting | None = Field(
        default=None,  # None: a server of one's own may need none
        description="a key, or one for each provider: openai=KEY, anthropic=KEY",
    )
    model_prices: PricesSetting = Field(
        default={}, description="dollars for a million tokens in and out, openai:my-model=0.15/0.60, with commas"
    )
    model_timeout: float = Field(default=120.0, ge=1.0, le=3600.0, description="seconds, a number from 1 to 3600")
    model_answer: int = Field(default=8000, ge=256, le=200_000, description="tokens, a whole number from 256 to 200000")
    model_takes: TakesSetting = Field(default=None, description="pictures, voice, both with a comma, or nothing")
    goal_budget: float | None = Field(default=2.0, ge=0.0, le=1e6, description="dollars, a number from 0 on")
    goal_tokens: int | None = Field(default=None, ge=0, le=10**12, description="tokens, a whole number from 0 on")
    day_budget: float | None = Field(default=5.0, ge=0.0, le=1e6, description="dollars, a number from 0 on")
    day_tokens: int | None = Field(default=None, ge=0, le=10**12, description="tokens, a whole number from 0 on")
    roles: FileSetting | None = Field(default=None, description="the path of a TOML file")  # None: the built-in ones
    mcp: FileSetting | None = Field(default=None, description="the path of an mcp.json")  # None: no servers
    mcp_safe: SafeToolsSetting = Field(
        default=(), description="names of tools, server.tool or server.*, with commas between them"
    )
    repositories: RepositoriesSetting = Field(
        default=(), description="names and absolute paths, shop=/srv/shop, site=~/site, each name once"
    )
    repository_roots: RootsSetting = Field(
        default=(), description="absolute paths of folders that are there, with commas between them"
    )
    worktrees: AbsoluteSetting | None = Field(
        default=None,  # None: beside the database
        description="the absolute path of a folder, which is made where it is not there",
    )
    code_time_limit: float = Field(default=3600.0, ge=1.0, le=604_800.0, description="seconds, from 1 to 604800")
    code_command_limit: float = Field(default=600.0, ge=1.0, le=86_400.0, description="seconds, from 1 to 86400")
    code_setup_limit: float = Field(default=1800.0, ge=1.0, le=86_400.0, description="seconds, from 1 to 86400")
    code_memory: int = Field(default=2048, ge=64, le=1_048_576, description="megabytes, from 64 to 1048576")
    code_disk: int = Field(default=4096, ge=64, le=1_048_576, description="megabytes, from 64 to 1048576")
    code_processes: int = Field(default=256, ge=8, le=32_768, description="a whole number from 8 to 32768")
    code_docker: bool = Field(default=False, description="true or false")
    push_environment: NamesSetting = Field(
        default=(), description="names of environment variables, GITHUB_TOKEN, with commas between them"
    )

    @field_validator("bot_token")
    @classmethod
    def _token_has_its_form(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not _TOKEN.fullmatch(value.get_secret_value()):
            raise ValueError("not a token")
        return value

    @field_validator("timezone")
    @classmethod
    def _zone_is_known(cls, value: str) -> str:
        try:
            return zoneinfo.ZoneInfo(value).key
        except (OSError, ValueError, zoneinfo.ZoneInfoNotFoundError) as error:
            raise ValueError("an unknown zone") from error

    @property
    def models(self) -> ModelOptions | None:
        """What is to be known of models; None without one."""
        if self.model is None:
            return None
        return ModelOptions(
            main=self.model,
            fallbacks=self.model_fallbacks,
            small=self.model_small,
            url=None if self.model_url is None else str(self.model_url),
            keys={} if self.model_key is None else keys_of(self.model_key),
            prices=self.model_prices,
            timeout=self.model_timeout,
            most_tokens=self.model_answer,
            takes=self.model_takes,
            a_goal=cap_of(self.goal_budget, self.goal_tokens),
            a_day=cap_of(self.day_budget, self.day_tokens),
        )

    @property
    def tools(self) -> ToolOptions:
        """What is to be known of agents and their tools; `${NAME}` in mcp.json never stands for a setting of ours."""
        return ToolOptions(
            roles=self.roles,
            mcp=self.mcp,
            mcp_safe=self.mcp_safe,
            allow_private_addresses=self.allow_private_addresses,
            environment={name: value for name, value in os.environ.items() if not name.upper().startswith(PREFIX)},
        )

    @property
    def code(self) -> CodeOptions:
        """What is to be known of code work."""
        limits = CodeLimits(
            goal=self.code_time_limit,
            command=self.code_command_limit,
            set_up=self.code_setup_limit,
            memory=self.code_memory * MEGABYTE,
            disk=self.code_disk * MEGABYTE,
            processes=self.code_processes,
        )
        return CodeOptions(
            listed=self.repositories,
            roots=self.repository_roots,
            worktrees=self.worktrees or self.database.with_name(f"{self.database.name}-worktrees"),
            limits=limits,
            unsandboxed=self.unsandboxed,
            docker=self.code_docker,
            outside=outside_environment(os.environ, self.push_environment),
        )

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        """The time zone that new chats start with."""
        return zoneinfo.ZoneInfo(self.timezone)

    @property
    def method_folders(self) -> tuple[Path, ...]:
        """Folders with method files of the operator's own."""
        return () if self.methods is None else (self.methods,)

    @property
    def token(self) -> str | None:
        """The bot's token in the clear, for the session alone; None when there is none."""
        return self.bot_token.get_secret_value() if self.bot_token is not None else None

    @property
    def secrets(self) -> tuple[str, ...]:
        """The bot's token, the keys of models and the password in their address, in the clear, to be taken out of all
        that is shown."""
        keys = [] if self.model_key is None else keys_of(self.model_key).values()
        login = () if self.model_url is None else passwords_in(str(self.model_url))
        return tuple(one for one in (self.token, *keys, *login) if one)


def load(database: Path | None = None) -> Settings:
    """Read and check everything; `database` wins over what is set, None leaves it.

    Raises `SettingsError`: one line, the setting's name and what it accepts.
    """
    written = _written(_read_env_file())
    _refuse_unknown(written)
    if database is not None:
        written[f"{PREFIX}DATABASE"] = str(database)
    try:
        return Settings() if database is None else Settings(database=database)
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=False)
        raise SettingsError("; ".join(_explain(detail, written) for detail in _first_of_each(details))) from None


def load_or_exit(database: Path | None = None) -> Settings:
    """The settings; a wrong one ends the process with its one line on stderr and exit code 2 (wrong use)."""
    try:
        return load(database)
    except SettingsError as error:
        sys.stderr.write(f"milepost: {error}\n")
        raise SystemExit(2) from error


def _read_env_file() -> Mapping[str, str | None]:
    """The names and values of `.env` in the working directory; empty when there is no such file."""
    try:
        text = Path(ENV_FILE).read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return {}
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        raise SettingsError(f"{ENV_FILE} can't be read ({reason}); mend or remove it") from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"{ENV_FILE} is not UTF-8 text; write it anew with NAME=value on each line") from error
    for binding in parse_stream(io.StringIO(text)):
        if _is_garbled(binding):
            raise SettingsError(f"{ENV_FILE}, line {_line(binding)}: accepted is NAME=value, a comment or nothing")
    return dotenv_values(stream=io.StringIO(text))


def _is_garbled(binding: Binding) -> bool:
    return binding.error or (binding.key is not None and binding.value is None)


def _line(binding: Binding) -> int:
    """The number of the line in question: a binding may begin with the empty lines above it."""
    text = binding.original.string
    return binding.original.line + text[: len(text) - len(text.lstrip())].count("\n")


def _written(env_file: Mapping[str, str | None]) -> dict[str, str]:
    """What was set, by upper-case name; the environment wins over `.env`, and empty counts as not set."""
    merged = [*env_file.items(), *os.environ.items()]
    return {name.upper(): value for name, value in merged if value and name.upper().startswith(PREFIX)}


def _refuse_unknown(names: Iterable[str]) -> None:
    known = [PREFIX + name.upper() for name in Settings.model_fields]
    for name in sorted(names):
        if name in known or name.startswith(TEST_PREFIX):
            continue
        close = difflib.get_close_matches(name.removeprefix(PREFIX), [one.removeprefix(PREFIX) for one in known], n=1)
        hint = f"did you mean {PREFIX}{close[0]}?" if close else f"known are {', '.join(known)}"
        raise SettingsError(f"{_shown(name)} is no setting of Milepost; {hint}")


def _first_of_each(details: Iterable[ErrorDetails]) -> list[ErrorDetails]:
    first: dict[object, ErrorDetails] = {}
    for detail in details:
        first.setdefault(detail["loc"][0], detail)
    return list(first.values())


def _explain(detail: ErrorDetails, written: Mapping[str, str]) -> str:
    field = str(detail["loc"][0])
    name, info = PREFIX + field.upper(), Settings.model_fields[field]
    secret = field in ("bot_token", "model_key")
    got = "not accepted (its value is not shown)" if secret else f"«{_shown(written.get(name, ''))}»"
    return f"{name} is {got}; accepted: {info.description}"


def _shown(value: str) -> str:
    """A value on one line, not too long, without what looks like a token or a password in an address."""
    text = re.sub(r"//[^/@\s]*@", "//***@", redact(value))
    text = "".join(char if char.isprintable() else " " for char in text)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
