"""Roles: what an agent is told to be, what it may use and how far it may go. The built-in ones, and the operator's."""

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from engine.agents.file_faults import FileFault

FETCH, READ_NOTES, WRITE_NOTE = "fetch_url", "read_notes", "write_note"
LIST_FILES, READ_FILE, WRITE_FILE = "list_files", "read_file", "write_file"
MCP = "mcp"
"""All servers of the operator's mcp.json; `mcp.NAME` is one of them."""
TOOLS = (FETCH, READ_NOTES, WRITE_NOTE, LIST_FILES, READ_FILE, WRITE_FILE, MCP)
_LOOKING = (READ_NOTES, LIST_FILES, READ_FILE)
_WRITING = (*_LOOKING, WRITE_NOTE, WRITE_FILE)
BESIDE_CODE = _LOOKING
"""Of a role's tools those that it keeps while it works in a repository. Pages and servers are not among them: code that
strangers wrote may tell whoever reads it to carry something away."""

_HONEST = """
Say only what you have seen or worked out yourself. Where you don't know, say so; where you guess, call it a guess.
If something only the person can tell or decide is missing, ask for it rather than make it up."""

_RESEARCHER = f"""\
You find things out. Begin with the notes and files of the goal: what is known needs no second search. Then read sources
that are close to the matter: the maker's own pages, official figures, original texts, before those that write about
them. Read a page before you rely on it, and follow its links where the answer lies behind them. Check what matters with
a second, independent source.

Give what you found with the address and the date of each source. Where sources contradict each other, say which and
why you trust one more. Keep a longer result as a file, and note in one or two sentences what later tasks need of it.
{_HONEST}"""

_WRITER = f"""\
You write texts that do their job: offers, letters, pages, summaries, posts. Find out from the task, the notes and the
files who reads it, what they should know or do afterwards, and what tone and length fit. Use the facts that are there;
invent no names, figures, quotes or promises, and mark with [brackets] what the person has to fill in.

Put what matters first. Short sentences, plain words, no filler. Write in the language of the material unless asked
otherwise. Keep the whole text as a file with a fitting name, and say in your summary what is in it and what is open.
{_HONEST}"""

_ANALYST = f"""\
You work out what figures and facts mean for the goal: compare, sum up, rank, estimate. Gather the figures first, each
with its source, unit and date. Show how you calculate, step by step, so that others can check it, and calculate once
more another way where a mistake would be costly. You can't run programs: keep calculations small enough to be right.

Give the answer first, then how sure it is and what it hangs on, then the calculation. Keep tables as CSV files.
{_HONEST}"""

_REVIEWER = f"""\
You check the work of others and change nothing yourself. Hold it against the task, its expected outcome and the
sources it names: does it say what was asked, is each claim borne out, do the figures add up, what is missing, what
would a sceptical reader ask? Open what you judge; never go by a summary.

List the faults, the gravest first, each with its place, why it is one, and what would mend it. Say what you could not
check. If it is good, say so briefly: finding nothing is a result, too.
{_HONEST}"""

_CODER = f"""\
You write and change code. Read what is there before you write: names, style, versions. Make the smallest change that
does what is asked, with errors handled and nothing left as a stub. Never say that code works or that tests pass unless
you have run them with your tools after the last change; without tools that run things, say what was not run and how to
run it. Explain in your summary what changed, why, and what to look at twice.

Where you work in a repository, its files are yours to edit as your tools allow. Elsewhere you write code as files of
the goal: whole files, each under its name, with tests beside the code where that is usual.
{_HONEST}"""

_TESTER = f"""\
You find out whether something does what it should. Derive from the task and its expected outcome what has to hold,
also at the edges: nothing, one, very many, wrong input, twice, in the wrong order. Check what can be checked with your
tools: read files, look at pages, run tests where there is a tool for it. Where a check takes a program that you can't
run or a person's hands, write it down as steps with the result to expect, and never count it as passed.

Give for each check: what was done, what was expected, what was seen, passed, failed or not checked. Where you work in a
repository, checks become tests in it; elsewhere keep test plans as files.
{_HONEST}"""


class ModelSize(StrEnum):
    """Which of the configured models a role uses."""

    MAIN = "main"
    SMALL = "small"


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleLimits:
    """How far one run of a role may go."""

    steps: int = 30
    """Requests to the model."""
    tokens: int = 300_000
    """Of all requests together, in and out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A kind of agent."""

    name: str
    summary: str
    """What it is for, in a line: for whoever chooses one."""
    instructions: str
    tools: tuple[str, ...]
    """Names out of `TOOLS`, or `mcp.NAME` for one server."""
    model: ModelSize = ModelSize.MAIN
    limits: RoleLimits = RoleLimits()


BUILT_IN: Mapping[str, Role] = {
    role.name: role
    for role in (
        Role(
            name="researcher",
            summary="finds things out and names its sources",
            instructions=_RESEARCHER,
            tools=(FETCH, *_WRITING, MCP),
            limits=RoleLimits(steps=40, tokens=600_000),
        ),
        Role(
            name="writer",
            summary="writes texts: offers, letters, pages, summaries",
            instructions=_WRITER,
            tools=_WRITING,
            limits=RoleLimits(steps=20),
        ),
        Role(
            name="analyst",
            summary="compares, calculates and estimates from figures",
            instructions=_ANALYST,
            tools=(FETCH, *_WRITING, MCP),
        ),
        Role(
            name="reviewer",
            summary="checks the work of others and lists its faults",
            instructions=_REVIEWER,
            tools=(FETCH, *_LOOKING),
            limits=RoleLimits(steps=20),
        ),
        Role(
            name="coder",
            summary="writes code: in a repository, or as files that nobody has run",
            instructions=_CODER,
            tools=(FETCH, *_WRITING, MCP),
            limits=RoleLimits(steps=40, tokens=600_000),
        ),
        Role(
            name="tester",
            summary="works out what has to hold and checks it",
            instructions=_TESTER,
            tools=(FETCH, *_WRITING, MCP),
        ),
    )
}

_NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_TOOL = re.compile(r"mcp\.[A-Za-z0-9_-]{1,64}")
_LONGEST = 20_000
_MOST_STEPS, _MOST_TOKENS = 500, 50_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Roles:
    """The roles that can be used, and what is wrong with others."""

    known: Mapping[str, Role] = field(default_factory=lambda: BUILT_IN)
    faults: tuple[FileFault, ...] = ()


def read_roles(path: Path | None) -> Roles:
    """The built-in roles and those of the operator's file (None: there is none).

    A role with a fault can't be used, also where a built-in one has its name: it may have been meant to be narrower.
    For the same reason there is no role at all while the file as a whole can't be read.
    """
    if path is None:
        return Roles()
    try:
        text = path.read_text("utf-8-sig")
        tables = tomllib.loads(text)
    except (OSError, UnicodeDecodeError) as error:
        reason = (error.strerror or str(error)).lower() if isinstance(error, OSError) else "it is not UTF-8 text"
        return Roles(known={}, faults=(_fault(path, 1, f"the file can't be read: {reason}", "see MILEPOST_ROLES"),))
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"\(at line (\d+)", str(error))
        line = int(found[1]) if found else len(text.splitlines())
        problem = str(error).partition(" (at ")[0].lower()
        return Roles(known={}, faults=(_fault(path, line, f"it is no TOML: {problem}", _EXAMPLE),))
    return _merged(path, text, tables)


_EXAMPLE = 'write a table a role: [translator], instructions = "…", tools = ["read_file", "write_file"]'


def _fault(path: Path, line: int, problem: str, accepts: str) -> FileFault:
    return FileFault(file=str(path), line=line, problem=problem, accepts=accepts)


def _merged(path: Path, text: str, tables: Mapping[str, object]) -> Roles:
    known, faults = dict(BUILT_IN), list[FileFault]()
    for name, table in tables.items():
        wrong = _wrong(name, table)
        faults += [_fault(path, _line_of(text, name, key), problem, accepts) for key, problem, accepts in wrong]
        if wrong:
            known.pop(name, None)
        elif isinstance(table, dict):
            known[name] = _role(name, table)
    return Roles(known=known, faults=tuple(faults))


def _role(name: str, table: Mapping[str, object]) -> Role:
    """A role of a table that was checked; what it doesn't say is as in the built-in role of that name."""
    usual = BUILT_IN.get(name) or Role(name=name, summary="a role of the operator's", instructions="", tools=())
    tools = table.get("tools", usual.tools)
    assert isinstance(tools, list | tuple)
    return Role(
        name=name,
        summary=" ".join(str(table.get("summary", usual.summary)).split()),
        instructions=str(table.get("instructions", usual.instructions)).strip(),
        tools=tuple(dict.fromkeys(map(str, tools))),
        model=ModelSize(str(table.get("model", usual.model))),
        limits=RoleLimits(
            steps=int(str(table.get("steps", usual.limits.steps))),
            tokens=int(str(table.get("tokens", usual.limits.tokens))),
        ),
    )


_Wrong = list[tuple[str, str, str]]
"""For each fault: the key it is about (empty: the table itself), the problem, and what would do."""


def _wrong(name: str, table: object) -> _Wrong:
    if not isinstance(table, dict):
        return [("", f"«{name}» is no table", _EXAMPLE)]
    if not _NAME.fullmatch(name):
        return [("", f"«{name}» is no name of a role", "small letters, digits, - and _, at most 40, a letter first")]
    faults: _Wrong = [
        (str(key), f"«{key}» is nothing that a role has", f"it has {', '.join(_CHECKS)}")
        for key in table
        if key not in _CHECKS
    ]
    for key, (check, accepts) in _CHECKS.items():
        if key in table and not check(table[key]):
            faults.append((key, f"{key} of «{name}» can't be used: {_shown(table[key])}", f"accepted: {accepts}"))
    if name not in BUILT_IN:
        missing = [key for key in ("instructions", "tools") if key not in table]
        faults += [("", f"«{name}» has no {key}", f"accepted: {_CHECKS[key][1]}") for key in missing]
    return faults


def _shown(value: object) -> str:
    text = " ".join(str(value).split())
    return f"«{text}»" if len(text) <= 60 else f"«{text[:59]}…»"


def _is_text(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value.strip()) <= _LONGEST


def _are_tools(value: object) -> bool:
    return isinstance(value, list) and all(
        isinstance(one, str) and (one in TOOLS or bool(_TOOL.fullmatch(one))) for one in value
    )


def _is_count(most: int) -> Callable[[object], bool]:
    return lambda value: isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= most


_CHECKS: Mapping[str, tuple[Callable[[object], bool], str]] = {
    "instructions": (_is_text, f'text, at most {_LONGEST} characters; """…""" goes over several lines'),
    "tools": (_are_tools, f"a list of {', '.join(TOOLS)} or mcp.NAME; [] for none"),
    "summary": (_is_text, "a line on what it is for"),
    "model": (lambda value: value in tuple(ModelSize), "main or small"),
    "steps": (_is_count(_MOST_STEPS), f"a whole number from 1 to {_MOST_STEPS}"),
    "tokens": (_is_count(_MOST_TOKENS), f"a whole number from 1 to {_MOST_TOKENS}"),
}


def _line_of(text: str, table: str, key: str) -> int:
    """The line on which a key of a table stands; that of the table where the key is not found, else the first."""
    heading, found = re.compile(rf"\s*\[\s*[\"']?{re.escape(table)}[\"']?\s*[\].]"), 0
    entry = re.compile(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=") if key else None
    dotted = re.compile(rf"\s*[\"']?{re.escape(table)}[\"']?\s*[=.]")
    for number, line in enumerate(text.splitlines(), 1):
        if heading.match(line):
            found = number
        elif found and line.lstrip().startswith("["):
            break
        elif (found and entry is not None and entry.match(line)) or (not found and dotted.match(line)):
            return number
    return found or 1
