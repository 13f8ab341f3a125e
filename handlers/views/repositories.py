"""Messages about repositories. A command is always shown in whole: who allows it has to see it as it is run."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from aiogram.utils.formatting import Bold, Code, Text
from msgspec import ValidationError, convert

from engine.coding.reports import RepositoryTried, Trial
from engine.coding.repositories import (
    EVERYTHING,
    Command,
    CommandKind,
    Language,
    PushPolicy,
    Repository,
    SetUp,
    Terms,
)
from engine.records import Outgoing
from engine.values import ChatId, JsonObject
from handlers import keyboards
from handlers.callbacks import RepositoryTap, SetUpTap
from handlers.reading.repositories import ONLINE, RepositoryDeed
from handlers.views.code import unsandboxed
from handlers.views.letters import Sheet, few, letter, line, sentence, stacked, words

_LANGUAGES = {
    Language.PYTHON: "Python",
    Language.JAVASCRIPT: "JavaScript",
    Language.TYPESCRIPT: "TypeScript",
    Language.GO: "Go",
    Language.RUST: "Rust",
    Language.OTHER: "another language",
}
_KINDS = {
    CommandKind.TEST: "Tests",
    CommandKind.LINT: "Linter",
    CommandKind.BUILD: "Build",
    CommandKind.SET_UP: "Set-up",
}
_SAID = {
    CommandKind.TEST: "the tests",
    CommandKind.LINT: "the linter",
    CommandKind.BUILD: "the build",
    CommandKind.SET_UP: "the set-up",
}
_KEPT_OUT = "secrets, git's files and those of build servers, unless you allow them by name"
_PATTERNS_SHOWN = 300
"""UTF-16 units of a list of patterns on a page."""
_ROWS = (
    ((RepositoryDeed.TEST, "Tests"), (RepositoryDeed.LINT, "Linter"), (RepositoryDeed.BUILD, "Build")),
    ((RepositoryDeed.SET_UP, "Set-up"), (RepositoryDeed.FOLDERS, "Its folders"), (RepositoryDeed.NETWORK, "Network")),
    ((RepositoryDeed.ALLOW, "May change"), (RepositoryDeed.DENY, "But never"), (RepositoryDeed.NEW_FILES, "New files")),
)
_QUESTIONS = {
    RepositoryDeed.TEST: "How are the tests run? A command such as «pytest -q», or «none».",
    RepositoryDeed.LINT: "How is the code checked? A command such as «ruff check .», or «none».",
    RepositoryDeed.BUILD: "How is it built? A command such as «make all», or «none».",
    RepositoryDeed.SET_UP: "How are the dependencies fetched? A command such as «npm ci», or «none». It has the"
    " network, and runs once you have approved it.",
    RepositoryDeed.FOLDERS: "Which folders does the set-up fill? What is in them is kept for all later runs, such as"
    " «node_modules».",
    RepositoryDeed.ALLOW: "Which files may be changed? «everything», or patterns such as «src/**, tests/**»; «+docs/**»"
    " adds one, «-docs/**» takes one away.",
    RepositoryDeed.DENY: "Which files may never be read or changed? Patterns such as «**/.env*, secrets/**»;"
    " «+secrets/**» adds one, «-secrets/**» takes one away, and «usual» brings back those it began with.",
    RepositoryDeed.TEST_FILES: "Which files are tests beside those that are called so? Patterns such as"
    " «checks/**, *_check.py»; «+…» adds one, «-…» takes one away, and «none» leaves it to their names. What is a test"
    " is not changed without your yes.",
    RepositoryDeed.NEW_FILES: "Where do new files go? A folder such as «src», or «.» for the repository itself.",
    RepositoryDeed.BASE: "Which branch does work start from? A name such as «main».",
    RepositoryDeed.NAME: "What shall I call it? Letters, digits, «.», «-» and «_».",
}


def repository_list(
    chat: ChatId, repositories: Sequence[Repository], faults: Mapping[str, str], roots: Sequence[Path]
) -> Outgoing:
    """All repositories that a person may use, a button each, and how to add one."""
    items: list[Text | str] = [Text("📦 ", Bold(line(one.name, 60)), f" · {_gist(one)}") for one in repositories]
    items += [f"⚠️ {line(name, 60)} can't be used: {line(problem, 200)}." for name, problem in faults.items()]
    none = ["None yet."] if not items else []
    buttons = [_button(line(one.name, 40), RepositoryDeed.OPEN, one) for one in repositories]
    sheet = Sheet(head=[Bold("Repositories"), "", *none], items=items, foot=["", _how_to_add(roots)])
    return letter(chat, sheet.text(), keyboards.in_rows(buttons[:96], 2))


def _how_to_add(roots: Sequence[Path]) -> Text | str:
    if not roots:
        return (
            "Whoever runs this bot lists repositories in MILEPOST_REPOSITORIES, and names the folders whose"
            " repositories may be added here in MILEPOST_REPOSITORY_ROOTS."
        )
    told = line(", ".join(str(root) for root in roots), 300)
    return Text("To add one from ", told, ": ", Code("/repo add PATH"), " or ", Code("/repo add PATH NAME"))


def how_to_add(chat: ChatId, roots: Sequence[Path]) -> Outgoing:
    """Says how one is added."""
    return letter(chat, stacked(["Which one?", _how_to_add(roots)]) if roots else _how_to_add(roots))


def _gist(repository: Repository) -> str:
    terms = repository.terms
    tests = "tests known" if terms.test is not None else "no test command"
    waits = terms.set_up is not None and not terms.set_up.is_approved
    return f"{_LANGUAGES[terms.language]}, {tests}{', set-up to approve' if waits else ''}"


def repository_page(chat: ChatId, repository: Repository, note: str = "") -> Outgoing:
    """On what terms code work goes on in a repository, and what changes each; `note` says what has just happened."""
    terms = repository.terms
    whose = "listed by whoever runs this bot" if repository.is_the_operators else "added by you"
    lines: list[Text | str] = [*([line(note, 300), ""] if note else []), Text("📦 ", Bold(line(repository.name, 60)))]
    lines += [f"{line(str(repository.path), 200)} · {_LANGUAGES[terms.language]} · {whose}", "", *_commands(terms), ""]
    lines += [
        f"May change: {_patterns(terms.allow)}",
        f"But never: {_denied(terms.deny)}",
        f"Test files: {_test_files(terms.test_files)}",
        f"New files: {'the repository itself' if terms.new_files == '.' else line(terms.new_files, 100)}",
        f"Base branch: {line(terms.base, 100) if terms.base else 'not known, say which'}",
        f"Push: {'each one after your yes' if terms.push is PushPolicy.ASK else 'never'}",
        "",
        "Change it by button, or reply with words such as «test: pytest -q» or «allow: src/**, tests/**».",
    ]
    return letter(chat, stacked(lines), _page_buttons(repository))


def being_tried(begun: bool) -> str:
    """What is said beside a change whose commands are being tried; nothing where none is."""
    return " I try it once, and tell you what comes." if begun else ""


def command_tried(chat: ChatId, facts: JsonObject) -> Outgoing:
    """What came of a repository's command on the base as it is, by the facts of the notice."""
    name = Bold(line(str(facts.get("name")), 60))
    try:
        of = convert(facts, RepositoryTried)
    except ValidationError:  # written by another Milepost
        return letter(chat, Text("📦 ", name, ": Try the tests under /repo says how they stand."))
    tap = RepositoryTap(deed=RepositoryDeed.OPEN, repository=of.repository, revision=of.revision)
    trial = of.trial
    told: list[Text | str] = [words(of.why, 1_500)] if trial is None else _came(trial)
    lines = [Text("📦 ", name, ": ", _tried_head(trial)), *told]
    if trial is not None and not trial.sandboxed:
        lines.append(unsandboxed())
    return letter(chat, stacked(lines), [[keyboards.button("Show the repository", tap)]])


def _tried_head(trial: Trial | None) -> str:
    if trial is None:
        return "I could not try its commands"
    sign = "✋" if trial.remedy else "✅" if trial.fine else "⚠️"
    return f"{sign} I tried {_SAID[trial.kind]} as things are"


def _came(trial: Trial) -> list[Text | str]:
    told: list[Text | str] = [words(sentence(trial.words), 1_500)]
    if trial.remedy:
        return [*told, sentence(words(f"{trial.remedy}; then I try it again.", 600))]
    if trial.fine:
        return told
    if trial.red:
        told.append(f"Red: {few([line(one, 100) for one in trial.red])}.")
    return [*told, "Work can begin: what is so already does not count against a change."]


def _commands(terms: Terms) -> Iterator[Text | str]:
    yield _command_line(CommandKind.TEST, terms.test, "not known, say how")
    yield _command_line(CommandKind.LINT, terms.lint, "none")
    yield _command_line(CommandKind.BUILD, terms.build, "none")
    set_up = terms.set_up
    yield _command_line(CommandKind.SET_UP, set_up.command if set_up is not None else None, "none needed")
    if set_up is not None:
        yield f"    fills {_patterns(set_up.makes)}; {_approval(set_up)}"


def _command_line(kind: CommandKind, command: Command | None, without: str) -> Text | str:
    if command is None:
        return f"{_KINDS[kind]}: {without}"
    online = " (with the network)" if command.network else ""
    return Text(f"{_KINDS[kind]}: ", Code(command.line), online)


def _approval(set_up: SetUp) -> str:
    return "approved ✅" if set_up.is_approved else "not approved yet: tests run without what it fetches"


def _patterns(patterns: Sequence[str]) -> str:
    if not patterns:
        return "nothing"
    if tuple(patterns) == (EVERYTHING,):
        return "everything"
    return line(", ".join(patterns), _PATTERNS_SHOWN)


def _test_files(patterns: Sequence[str]) -> str:
    """Beside those that their names tell."""
    return f"as their names say{f', and {_patterns(patterns)}' if patterns else ''}"


def _denied(patterns: Sequence[str]) -> str:
    """What is denied without anybody's word, unless it is allowed by name, and what somebody denied besides."""
    return line(", ".join((_KEPT_OUT, *patterns)), _PATTERNS_SHOWN + len(_KEPT_OUT))


def _button(label: str, deed: RepositoryDeed, repository: Repository) -> keyboards.Button:
    tap = RepositoryTap(deed=deed, repository=repository.id, revision=repository.revision)
    return keyboards.button(label, tap)


def _page_buttons(repository: Repository) -> keyboards.Rows:
    terms = repository.terms
    rows = [[_button(label, deed, repository) for deed, label in row if _is_there(deed, terms)] for row in _ROWS]
    if terms.set_up is not None and not terms.set_up.is_approved:
        approve = SetUpTap(repository=repository.id, digest=terms.set_up.digest)
        rows.insert(0, [keyboards.button("Approve the set-up", approve)])
    push = (
        (RepositoryDeed.PUSH_NEVER, "Never push")
        if terms.push is PushPolicy.ASK
        else (
            RepositoryDeed.PUSH_ASK,
            "Push after my yes",
        )
    )
    test_files = _button("Test files", RepositoryDeed.TEST_FILES, repository)
    base = _button("Base branch", RepositoryDeed.BASE, repository)
    rows.append([test_files, base, _button(push[1], push[0], repository)])
    own = [_button("Detect again", RepositoryDeed.DETECT, repository)]
    if terms.test is not None:
        own.append(_button("Try the tests", RepositoryDeed.TRY, repository))
    if not repository.is_the_operators:
        own += [
            _button("Rename", RepositoryDeed.NAME, repository),
            _button("Remove", RepositoryDeed.REMOVE, repository),
        ]
    return [*rows, own, [keyboards.button("All repositories", RepositoryTap(deed=RepositoryDeed.LIST))]]


def _is_there(deed: RepositoryDeed, terms: Terms) -> bool:
    """Whether there is anything to change by it."""
    match deed:
        case RepositoryDeed.FOLDERS:
            return terms.set_up is not None
        case RepositoryDeed.NETWORK:
            return any(terms.command(kind) is not None for kind in CommandKind)
        case _:
            return True


def ask_part(chat: ChatId, repository: Repository, deed: RepositoryDeed, of: int) -> Outgoing:
    """Asks for one thing of a repository in words, and tells how it is now."""
    lines = [
        Text(Bold(line(repository.name, 60)), f": {_QUESTIONS[deed]}"),
        Text("Now: ", _part(repository, deed)),
    ]
    return letter(chat, stacked(lines), keyboards.leave_button(of))


def _part(repository: Repository, deed: RepositoryDeed) -> Text | str:
    terms = repository.terms
    match deed:
        case RepositoryDeed.FOLDERS:
            return line(", ".join(terms.set_up.makes), 2_500) if terms.set_up is not None else "none"
        case RepositoryDeed.ALLOW:
            return line(", ".join(terms.allow), 2_500)
        case RepositoryDeed.DENY:
            return line(", ".join(terms.deny), 2_500) if terms.deny else "nothing"
        case RepositoryDeed.TEST_FILES:
            return line(", ".join(terms.test_files), 2_500) if terms.test_files else "as their names say"
        case RepositoryDeed.NEW_FILES:
            return line(terms.new_files, 200)
        case RepositoryDeed.BASE:
            return line(terms.base, 200) if terms.base else "not known"
        case RepositoryDeed.NAME:
            return line(repository.name, 60)
        case _:
            kind = CommandKind(deed.value)
            command = terms.command(kind)
            return Code(command.line) if command is not None else "none"


def network_page(chat: ChatId, repository: Repository) -> Outgoing:
    """Which commands have the network, and a switch for each."""
    lines: list[Text | str] = [
        Text(Bold(line(repository.name, 60)), ": which commands may reach the network?"),
        "The sandbox keeps the rest off it. A test that has it can send out whatever it can read there.",
        "",
    ]
    rows = []
    for kind in CommandKind:
        command = repository.terms.command(kind)
        if command is not None:
            lines.append(f"{_KINDS[kind]}: {'with the network' if command.network else 'without'}")
            online, offline = ONLINE[kind]
            label = f"{_KINDS[kind]}: {'take it away' if command.network else 'allow it'}"
            rows.append([_button(label, offline if command.network else online, repository)])
    return letter(chat, stacked(lines), [*rows, [_button("Back", RepositoryDeed.OPEN, repository)]])


def sure_to_remove(chat: ChatId, repository: Repository) -> Outgoing:
    """Asks before a repository goes."""
    rows = [
        [
            _button("Remove it", RepositoryDeed.REMOVE_YES, repository),
            _button("Keep it", RepositoryDeed.OPEN, repository),
        ]
    ]
    body = Text("Remove ", Bold(line(repository.name, 60)), " from my list? Its files and branches stay as they are.")
    return letter(chat, body, rows)


def removed(chat: ChatId, repository: Repository) -> Outgoing:
    """A repository has gone from the list."""
    again = Code(f"/repo add {line(str(repository.path), 300)}")
    return letter(chat, Text(Bold(line(repository.name, 60)), " is off my list. To have it back: ", again))


def not_understood(chat: ChatId, repository: Repository) -> Outgoing:
    """Words about a repository that say nothing to change."""
    text = (
        f"I don't see what to change about {line(repository.name, 60)}. Say it as «test: pytest -q»; I know test, lint,"
        " build, setup, folders, allow, deny, test files, new files, base, name and push."
    )
    return letter(chat, text)
