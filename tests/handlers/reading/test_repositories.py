"""What people write about a repository: read as it is meant, never wider than it was said."""

from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.coding.repositories import Command, CommandKind, Language, PushPolicy, SetUp, Terms
from engine.errors import InvalidInputError
from handlers.reading.repositories import (
    ONLINE,
    SWITCHES,
    RepositoryDeed,
    Said,
    altered,
    read_said,
    switched,
)

D = RepositoryDeed
NPM = SetUp(command=Command(words=("npm", "ci"), network=True), makes=("node_modules",), approved="x")
TERMS = Terms(
    language=Language.JAVASCRIPT,
    test=Command(words=("npm", "test"), network=True),
    set_up=NPM,
    allow=("src/**", "docs/**"),
    deny=("a", "b"),
)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("test: pytest -q", [(D.TEST, "pytest -q")]),
        ("  The Tests :  pytest -q ", [(D.TEST, "pytest -q")]),
        ("linter = ruff check .", [(D.LINT, "ruff check .")]),
        ("set-up: npm ci", [(D.SET_UP, "npm ci")]),
        ("dependencies: npm ci", [(D.SET_UP, "npm ci")]),
        ("allow: src/**, tests/**", [(D.ALLOW, "src/**, tests/**")]),
        ("never: .env", [(D.DENY, ".env")]),
        ("base branch: main", [(D.BASE, "main")]),
        ("new files: src", [(D.NEW_FILES, "src")]),
        ("push: never", [(D.PUSH_ASK, "never")]),
        ("rename: shop", [(D.NAME, "shop")]),
        ("test: a\nbuild: b", [(D.TEST, "a"), (D.BUILD, "b")]),
        ("test: env A=1 make: x", [(D.TEST, "env A=1 make: x")]),
    ],
)
def test_each_line_says_what_it_is_about(text: str, said: list[tuple[RepositoryDeed, str]]) -> None:
    assert [(one.deed, one.words) for one in read_said(text)] == said


@pytest.mark.parametrize("text", ["", "thanks", "test", "test:", "color: red", "test: a\nthanks", "the thing: x"])
def test_words_that_say_nothing_to_change_say_nothing(text: str) -> None:
    assert not read_said(text)


def after(deed: RepositoryDeed, words: str, terms: Terms = TERMS) -> Terms:
    return altered(terms, Said(deed=deed, words=words))


def problem(deed: RepositoryDeed, words: str, terms: Terms = TERMS) -> str:
    with pytest.raises(InvalidInputError) as caught:
        after(deed, words, terms)
    return caught.value.problem


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("pytest -q", ("pytest", "-q")),
        ("`pytest -q`", ("pytest", "-q")),
        ("python -m pytest -k 'a b'", ("python", "-m", "pytest", "-k", "a b")),
        ("pytest —maxfail=1 -k “a b”", ("pytest", "--maxfail=1", "-k", "a b")),
        ("make a—b", ("make", "a—b")),
    ],
)
def test_a_command_is_read_as_in_a_terminal_and_as_a_phone_writes_it(text: str, words: tuple[str, ...]) -> None:
    test = after(D.TEST, text).test
    assert test == Command(words=words, network=True), "the network stays as it was"
    lint = after(D.LINT, text).lint
    assert lint == Command(words=words, network=False), "and is not given unasked"


@pytest.mark.parametrize("word", ["none", "None.", "nothing", "-", "no"])
def test_a_command_may_go(word: str) -> None:
    assert after(D.TEST, word).test is None
    assert after(D.SET_UP, word).set_up is None


def test_a_quotation_mark_left_open_is_told() -> None:
    assert problem(D.BUILD, "echo 'a") == "a quotation mark is not closed"


def test_another_set_up_keeps_its_folders_and_is_not_approved_by_the_old_yes() -> None:
    approved = replace(TERMS, set_up=replace(NPM, approved=NPM.digest))
    other = after(D.SET_UP, "npm install", approved).set_up
    assert other is not None
    assert other.makes == NPM.makes
    assert other.command == Command(words=("npm", "install"), network=True)
    assert not other.is_approved
    more = after(D.FOLDERS, "+dist", approved).set_up
    assert more is not None
    assert (more.makes, more.is_approved) == (("node_modules", "dist"), False)


@pytest.mark.parametrize(
    ("language", "folder"),
    [(Language.PYTHON, ".venv"), (Language.TYPESCRIPT, "node_modules"), (Language.OTHER, ".milepost-deps")],
)
def test_a_first_set_up_has_the_network_and_the_usual_folder(language: Language, folder: str) -> None:
    made = after(D.SET_UP, "make deps", Terms(language=language)).set_up
    assert made == SetUp(command=Command(words=("make", "deps"), network=True), makes=(folder,))


@pytest.mark.parametrize(
    ("words", "folder"),
    [
        ("python3 -m pip install --target .milepost-deps pytest", ".milepost-deps"),
        ("pip3 install -t deps pytest", "deps"),
        ("uv pip install --target=libs pytest", "libs"),
    ],
)
def test_a_set_up_that_names_its_folder_fills_that_and_python_looks_there(words: str, folder: str) -> None:
    first = after(D.SET_UP, words, Terms(language=Language.PYTHON, environment={"PYTHONPATH": "src"}))
    assert first.set_up is not None
    assert (first.set_up.makes, first.environment) == ((folder,), {"PYTHONPATH": f"src:{folder}"})
    assert after(D.SET_UP, words, first) == first
    assert after(D.SET_UP, words, TERMS).environment == {"PYTHONPATH": folder}
    assert after(D.SET_UP, "none", first).set_up is None


@pytest.mark.parametrize("words", ["tar -t x", "pip install --target", "pip install -r requirements.txt"])
def test_a_set_up_that_names_no_folder_fills_the_usual_one(words: str) -> None:
    made = after(D.SET_UP, words, Terms(language=Language.PYTHON))
    assert made.set_up is not None
    assert (made.set_up.makes, made.environment) == ((".venv",), {})


def test_folders_without_a_set_up_are_refused() -> None:
    assert "no set-up" in problem(D.FOLDERS, "x", Terms())


@pytest.mark.parametrize(
    ("words", "allow"),
    [
        ("everything", ("**",)),
        ("all", ("**",)),
        ("lib/**", ("lib/**",)),
        ("src/**, tests/** docs\nREADME.md", ("src/**", "tests/**", "docs", "README.md")),
        ('"my docs/**", x', ("my docs/**", "x")),
        ("+tests/**", ("src/**", "docs/**", "tests/**")),
        ("-docs/** +lib", ("src/**", "lib")),
        ("-docs/** lib", ("-docs/**", "lib")),
    ],
)
def test_files_that_may_be_changed_are_written_anew_or_one_by_one(words: str, allow: tuple[str, ...]) -> None:
    assert after(D.ALLOW, words).allow == allow


def test_files_that_may_not_are_written_the_same_way_and_the_usual_ones_come_back() -> None:
    assert after(D.DENY, "+c").deny == ("a", "b", "c")
    assert after(D.DENY, "-a").deny == ("b",)
    assert after(D.DENY, "nothing").deny == ()
    assert after(D.DENY, "the usual ones").deny == ()
    assert "not in the list" in problem(D.DENY, "-x")
    assert "no pattern" in problem(D.DENY, " , ,")


def test_files_that_are_tests_are_named_besides_what_their_names_say() -> None:
    assert after(D.TEST_FILES, "checks/**, *_check.py").test_files == ("checks/**", "*_check.py")
    assert after(D.TEST_FILES, "none").test_files == ()
    assert [(one.deed, one.words) for one in read_said("test files: +checks/**\ntests: make check")] == [
        (D.TEST_FILES, "+checks/**"),
        (D.TEST, "make check"),
    ]


def test_folder_branch_and_push_are_plain_words() -> None:
    assert after(D.NEW_FILES, "`src`").new_files == "src"
    assert after(D.BASE, "“trunk”").base == "trunk"
    assert after(D.PUSH_ASK, "never").push is PushPolicy.NEVER
    assert after(D.PUSH_ASK, "ask me").push is PushPolicy.ASK
    assert "neither" in problem(D.PUSH_ASK, "always")


def test_a_name_is_no_term() -> None:
    assert after(D.NAME, "x") == TERMS


@given(st.sampled_from(RepositoryDeed), st.text())
def test_any_words_are_read_or_refused(deed: RepositoryDeed, words: str) -> None:
    with suppress(InvalidInputError):
        assert isinstance(after(deed, words), Terms)


def test_each_switch_changes_one_thing_and_has_a_way_back() -> None:
    full = replace(TERMS, lint=Command(words=("x",)), build=Command(words=("y",)))
    for kind, (online, offline) in ONLINE.items():
        on, off = switched(full, online).command(kind), switched(full, offline).command(kind)
        assert on is not None
        assert off is not None
        assert (on.network, off.network) == (True, False)
        others = [one for one in CommandKind if one is not kind]
        assert [switched(full, online).command(one) for one in others] == [full.command(one) for one in others]
    assert switched(full, D.PUSH_NEVER).push is PushPolicy.NEVER
    assert switched(switched(full, D.PUSH_NEVER), D.PUSH_ASK).push is PushPolicy.ASK
    assert len(SWITCHES) == 10


def test_the_network_for_a_command_that_there_is_not_changes_nothing() -> None:
    for online, offline in ONLINE.values():
        assert switched(Terms(), online) == switched(Terms(), offline) == Terms()
