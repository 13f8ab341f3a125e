"""Reads the operator's mcp.json: which servers there are and how they are started. Imports no pydantic-ai.

The file has the form that desktop programs use: {"mcpServers": {"NAME": {"command": …, "args": […], "env": {…}}}}, or
{"url": …, "headers": {…}} for a server that runs already. `${NAME}` stands for a variable of the environment.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from engine.agents.file_faults import FileFault

OURS = "MILEPOST_"
"""What begins like this is Milepost's own; tokens and keys are among it, so no server gets any of it."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}")
_VARIABLE = re.compile(r"\$\{([^}:]+)(?::-([^}]*))?\}")
_EXAMPLE = 'write {"mcpServers": {"files": {"command": "mcp-files", "args": ["/srv/papers"]}}}'
_KEYS = frozenset({"command", "args", "env", "cwd", "url", "headers"})
_IGNORED = frozenset({"type", "transport", "disabled", "description", "timeout", "autoApprove", "alwaysAllow"})
"""Keys of other programs; a server that is disabled there is so here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class McpServer:
    """A server: a program to start, or an address to reach."""

    name: str
    command: str = ""
    """Empty for one that is reached by its address."""
    args: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict, repr=False)
    """What it gets besides HOME, PATH and the like."""
    cwd: str | None = None
    """None: where Milepost runs."""
    url: str = ""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def prefix(self) -> str:
        """What the names of its tools begin with, for a model. No other server's begin like this."""
        return f"mcp_{self.name.replace('_', '-')}"


@dataclass(frozen=True, slots=True, kw_only=True)
class McpServers:
    """The servers that can be tried, and what is wrong with others."""

    servers: tuple[McpServer, ...] = ()
    faults: tuple[FileFault, ...] = ()


def read_servers(path: Path | None, environment: Mapping[str, str]) -> McpServers:
    """The servers of the file (None: there is none). `environment` is what `${NAME}` may stand for."""
    if path is None:
        return McpServers()
    try:
        text = path.read_text("utf-8-sig")
        found: object = json.loads(text)
    except json.JSONDecodeError as error:
        return _only(path, error.lineno, f"it is no JSON: {error.msg.lower()}", _EXAMPLE)
    except (OSError, UnicodeDecodeError, RecursionError) as error:
        reason = (error.strerror or str(error)).lower() if isinstance(error, OSError) else "it is no usable text"
        return _only(path, 1, f"the file can't be read: {reason}", "see MILEPOST_MCP")
    servers = found.get("mcpServers") if isinstance(found, dict) else None
    if not isinstance(servers, dict):
        return _only(path, 1, "there are no servers in it", _EXAMPLE)
    return _checked(path, text, servers, environment)


def _only(path: Path, line: int, problem: str, accepts: str) -> McpServers:
    return McpServers(faults=(FileFault(file=str(path), line=line, problem=problem, accepts=accepts),))


class _WrongEntry(Exception):
    """A server that can't be used."""

    def __init__(self, key: str, problem: str, accepts: str) -> None:
        super().__init__(problem)
        self.key, self.problem, self.accepts = key, problem, accepts


def _checked(path: Path, text: str, entries: Mapping[str, object], environment: Mapping[str, str]) -> McpServers:
    servers: dict[str, McpServer] = {}
    faults: list[FileFault] = []
    for name, entry in entries.items():
        try:
            server = _server(name, entry, environment)
            if server is not None and server.prefix in servers:
                raise _WrongEntry("", f"«{name}» is too like «{servers[server.prefix].name}»", "choose another name")
        except _WrongEntry as wrong:
            line = _line_of(text, name, wrong.key)
            faults.append(FileFault(file=str(path), line=line, problem=wrong.problem, accepts=wrong.accepts))
        else:
            if server is not None:
                servers[server.prefix] = server
    return McpServers(servers=tuple(servers.values()), faults=tuple(faults))


def _server(name: str, entry: object, environment: Mapping[str, str]) -> McpServer | None:
    """The server of an entry; None for one that is switched off."""
    if not _NAME.fullmatch(name):
        raise _WrongEntry("", f"«{name[:60]}» is no name of a server", "letters, digits, - and _, at most 32")
    if not isinstance(entry, dict):
        raise _WrongEntry("", f"«{name}» is no object", _EXAMPLE)
    for key in entry.keys() - _KEYS - _IGNORED:
        raise _WrongEntry(key, f"«{key}» is nothing that a server has", f"it has {', '.join(sorted(_KEYS))}")
    if entry.get("disabled") is True:
        return None
    if ("command" in entry) == ("url" in entry):
        raise _WrongEntry("", f"«{name}» needs a command or a url, one of both", _EXAMPLE)
    filled = _Filled(name, entry, environment)
    url = filled.text("url")
    if url and not url.startswith(("http://", "https://")):
        raise _WrongEntry("url", f"the url of «{name}» is no web address", "accepted: http://… or https://…")
    return McpServer(
        name=name,
        command=filled.text("command"),
        args=filled.texts("args"),
        env=filled.pairs("env"),
        cwd=filled.text("cwd") or None,
        url=url,
        headers=filled.pairs("headers"),
    )


class _Filled:
    """An entry whose texts are read with their variables filled in."""

    def __init__(self, name: str, entry: Mapping[str, object], environment: Mapping[str, str]) -> None:
        self._name, self._entry, self._environment = name, entry, environment

    def text(self, key: str) -> str:
        """A text; empty where there is none."""
        if key not in self._entry:
            return ""
        value = self._entry[key]
        if not isinstance(value, str) or not value.strip():
            raise self._wrong(key, "a text")
        return self._fill(key, value)

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts."""
        value = self._entry.get(key, [])
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise self._wrong(key, "a list of texts")
        return tuple(self._fill(key, one) for one in value)

    def pairs(self, key: str) -> dict[str, str]:
        """An object of texts."""
        value = self._entry.get(key, {})
        if not isinstance(value, dict) or not all(isinstance(one, str) for one in value.values()):
            raise self._wrong(key, "an object of texts")
        return {name: self._fill(key, one) for name, one in value.items()}

    def _wrong(self, key: str, accepts: str) -> _WrongEntry:
        return _WrongEntry(key, f"{key} of «{self._name}» can't be used", f"accepted: {accepts}")

    def _fill(self, key: str, text: str) -> str:
        def value(match: re.Match[str]) -> str:
            name, default = match[1], match[2]
            if name.upper().startswith(OURS):
                reason = f"${{{name}}} in {key} of «{self._name}» is Milepost's own and is not passed on"
                raise _WrongEntry(key, reason, "use a variable of another name")
            found = self._environment.get(name) or default
            if found is None:
                accepts = f"set {name}, or write ${{{name}:-a value}}"
                raise _WrongEntry(key, f"${{{name}}} in {key} of «{self._name}» is not set", accepts)
            return found

        return _VARIABLE.sub(value, text)


def _line_of(text: str, name: str, key: str) -> int:
    """The line on which a key of a server's entry stands; else that of the entry, else the first."""
    lines: Sequence[str] = text.splitlines()
    entry = next((at for at, line in enumerate(lines) if f"{json.dumps(name)}" in line), None)
    if entry is None:
        return 1
    within = (at for at in range(entry, len(lines)) if key and f'"{key}"' in lines[at])
    return next(within, entry) + 1
