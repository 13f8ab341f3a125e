"""What holds for repositories: what can be said of them, what a yes is bound to, and what dependencies are known by."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.coding.checking import (
    LONGEST_COMMAND,
    checked_branch,
    checked_folder,
    checked_name,
    checked_patterns,
    checked_set_up,
    checked_terms,
    checked_words,
    name_like,
)
from engine.coding.repositories import (
    ALWAYS_DENIED,
    Command,
    CommandKind,
    SetUp,
    Terms,
    dependencies_key,
)
from engine.errors import InvalidInputError

NPM = SetUp(command=Command(words=("npm", "ci"), network=True), makes=("node_modules",))


def test_a_yes_to_a_set_up_is_bound_to_its_words_its_folders_and_the_network() -> None:
    approved = replace(NPM, approved=NPM.digest)
    assert approved.is_approved
    assert not NPM.is_approved
    others = [
        replace(approved, command=Command(words=("npm", "ci", "--force"), network=True)),
        replace(approved, command=Command(words=("npm ci",), network=True)),
        replace(approved, command=Command(words=("npm", "ci"), network=False)),
        replace(approved, makes=("node_modules", "src")),
    ]
    assert not any(one.is_approved for one in others)
    assert len({one.digest for one in [NPM, *others]}) == 5


def test_dependencies_are_others_when_the_set_up_or_a_lock_file_is() -> None:
    lock = {"package-lock.json": b"{}"}
    key = dependencies_key(NPM, lock)
    assert len(key) == 64
    assert dependencies_key(replace(NPM, approved="x"), dict(lock)) == key
    assert dependencies_key(NPM, {"package-lock.json": b"{} "}) != key
    assert dependencies_key(NPM, {"yarn.lock": b"{}"}) != key
    assert dependencies_key(NPM, {}) != key
    assert dependencies_key(replace(NPM, makes=("x",)), lock) != key


def test_names_and_contents_of_lock_files_can_not_be_shifted_into_each_other() -> None:
    assert dependencies_key(NPM, {"a": b"bc", "d": b""}) != dependencies_key(NPM, {"a": b"b", "cd": b""})


def test_what_git_obeys_is_denied_whatever_a_person_says() -> None:
    assert Terms(deny=()).denied == ALWAYS_DENIED


def test_each_command_is_found_by_its_kind() -> None:
    test, lint, build = (Command(words=(word,)) for word in ("pytest", "ruff", "make"))
    terms = Terms(test=test, lint=lint, build=build, set_up=NPM)
    assert [terms.command(kind) for kind in CommandKind] == [test, lint, build, NPM.command]
    assert [Terms().command(kind) for kind in CommandKind] == [None] * 4


@pytest.mark.parametrize("name", ["shop", "Shop-API_2.0", "7", "a" * 40])
def test_a_name_of_letters_digits_and_a_few_signs_is_kept(name: str) -> None:
    assert checked_name(name) == name


@pytest.mark.parametrize("name", ["", " ", "-x", ".git", "a b", "a/b", "a" * 41, "ä", "x\n"])
def test_any_other_name_is_refused(name: str) -> None:
    with pytest.raises(InvalidInputError):
        checked_name(name)


@given(st.text())
def test_any_text_has_a_name_that_is_like_it(text: str) -> None:
    assert checked_name(name_like(text))


@pytest.mark.parametrize(
    ("text", "name"),
    [("shop", "shop"), ("My Shop!", "My-Shop"), ("été", "t"), ("...", "repository"), ("-a-", "a"), ("", "repository")],
)
def test_a_folder_s_name_becomes_the_nearest_name(text: str, name: str) -> None:
    assert name_like(text) == name


@pytest.mark.parametrize("words", [("pytest", "-q"), ("sh", "-c", "a && b"), ("grep", "a|b"), ("env", "A=1", "make")])
def test_a_command_is_words_that_are_run_as_they_stand(words: tuple[str, ...]) -> None:
    assert checked_words(words) == words


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        ((), "no program"),
        ((" ",), "no program"),
        (("a", "&&", "b"), "no shell"),
        (("a;", "b"), "no shell"),
        (("a", "|", "b"), "no shell"),
        (("a", ">", "b"), "no shell"),
        (("CI=1", "npm", "test"), "sets a variable"),
        (("echo", "a\u202eb"), "can't be shown"),
        (("echo", "a\nb"), "can't be shown"),
        (("echo", "a\x00"), "can't be shown"),
        (("x" * (LONGEST_COMMAND + 1),), "at most"),
        (("'" * 120,), "at most"),
        (("👍" * 251,), "at most"),
    ],
)
def test_what_only_a_shell_could_run_or_nobody_could_read_is_refused_with_a_way_out(
    words: tuple[str, ...], problem: str
) -> None:
    with pytest.raises(InvalidInputError, match=problem) as caught:
        checked_words(words)
    assert caught.value.accepts


def test_patterns_are_kept_once_and_in_order() -> None:
    assert checked_patterns(["src/**", "tests/*.py", "src/**", "a b/?"], "allow") == ("src/**", "tests/*.py", "a b/?")


@pytest.mark.parametrize(
    "pattern", ["", " ", "/etc/**", "~/x", "../x", "a/../../b", "a\\b", "a\x00", "x" * 201, " a", "a\u200b"]
)
def test_patterns_and_folders_that_lead_out_or_can_not_be_shown_are_refused(pattern: str) -> None:
    with pytest.raises(InvalidInputError):
        checked_patterns([pattern], "deny")
    with pytest.raises(InvalidInputError):
        checked_folder(pattern)


def test_a_pattern_is_no_folder_and_fifty_patterns_are_enough() -> None:
    with pytest.raises(InvalidInputError, match="is a pattern"):
        checked_folder("src/*")
    with pytest.raises(InvalidInputError, match="too many"):
        checked_patterns([f"a{n}" for n in range(51)], "deny")


@pytest.mark.parametrize(
    ("text", "kept"), [("src", "src"), ("src/", "src"), ("./a//b", "a/b"), (".", "."), ("./", ".")]
)
def test_a_folder_is_kept_in_its_plain_form(text: str, kept: str) -> None:
    assert checked_folder(text) == kept


@pytest.mark.parametrize("name", ["main", "feature/login", "v1.2", "milepost/7-fix", "ü"])
def test_a_branch_that_git_takes_is_kept(name: str) -> None:
    assert checked_branch(name) == name


@pytest.mark.parametrize(
    "name",
    ["", "-x", "/a", "a/", "a//b", "a..b", "a b", "a~1", "a^", "a:b", "a?", "a*", "a[", "a\\b", "a.lock", "x.lock/y",
     ".a", "a/.b", "a.", "@", "a@{1}", "a\x7f", "x" * 201],
)  # fmt: skip
def test_a_branch_that_git_would_not_take_is_refused(name: str) -> None:
    with pytest.raises(InvalidInputError):
        checked_branch(name)


@pytest.mark.parametrize("makes", [(), ("x",) * 9, (".",), ("../x",), ("/x",), ("a/..",), (".git",), ("a/.GIT/hooks",)])
def test_a_set_up_fills_folders_inside_the_repository(makes: tuple[str, ...]) -> None:
    with pytest.raises(InvalidInputError):
        checked_set_up(replace(NPM, makes=makes))


def test_all_terms_are_checked_together() -> None:
    good = Terms(test=Command(words=("pytest",)), set_up=NPM, base="main", new_files="src/", allow=("src/**",))
    assert checked_terms(good) == replace(good, new_files="src")
    for bad in (
        replace(good, test=Command(words=())),
        replace(good, lint=Command(words=("a", "|", "b"))),
        replace(good, build=Command(words=("\n",))),
        replace(good, set_up=replace(NPM, makes=())),
        replace(good, allow=()),
        replace(good, allow=("/x",)),
        replace(good, deny=("..",)),
        replace(good, new_files=""),
        replace(good, base="a b"),
    ):
        with pytest.raises(InvalidInputError):
            checked_terms(bad)


def test_a_command_line_reads_back_as_its_words() -> None:
    assert Command(words=("python3", "-c", "print('a b')")).line == "python3 -c 'print('\"'\"'a b'\"'\"')'"
