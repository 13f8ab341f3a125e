"""Repositories in the chat: added below the roots alone, changed in words, approved to the word, removed once."""

from pathlib import Path

import pytest

from bot.local.events import CallbackAnswered
from engine.coding.options import CodeOptions, ListedRepository
from engine.coding.registry import Repositories
from engine.coding.repositories import Command, PushPolicy, Repository
from engine.coding.workspaces import Workspace
from engine.values import GoalId, UserId
from handlers.errors import REFUSALS
from tests.handlers.conftest import ANN, BEN, Talk

PACKAGE = '{"scripts": {"test": "jest", "lint": "eslint ."}, "devDependencies": {"jest": "1"}}'


def made(folder: Path, package: str = PACKAGE) -> Path:
    for part in (".git/objects", ".git/refs/heads"):
        (folder / part).mkdir(parents=True)
    (folder / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    (folder / ".git" / "refs" / "heads" / "main").write_text("0" * 40)
    (folder / "package.json").write_text(package)
    return folder


@pytest.fixture
def code(talk: Talk, tmp_path: Path) -> Path:
    """A root with a repository, `web`, in it; another one, `api`, is the operator's."""
    made(tmp_path / "private" / "api")
    made(tmp_path / "code" / "web")
    listed = ListedRepository(name="api", path=tmp_path / "private" / "api")
    options = CodeOptions(listed=(listed,), roots=(tmp_path / "code",))
    talk.engine.repositories = Repositories(talk.database.workspaces, talk.clock, options)
    return tmp_path / "code"


async def of(talk: Talk, name: str = "web") -> Repository:
    return next(one for one in await talk.engine.repositories.of(UserId(ANN.id)) if one.name == name)


def toasts(talk: Talk) -> list[str]:
    heard: list[str] = []
    talk.simulator.listen(lambda event: heard.append(event.text) if isinstance(event, CallbackAnswered) else None)
    return heard


async def test_without_settings_the_chat_says_what_to_set(talk: Talk) -> None:
    told = await talk.say("/repo")
    assert told.startswith("Repositories\n\nNone yet.")
    assert "MILEPOST_REPOSITORY_ROOTS" in told
    assert "MILEPOST_REPOSITORIES" in told
    assert await talk.say("/repo add /srv/shop") == REFUSALS["no_roots"]


async def test_one_is_added_by_its_path_and_the_list_has_a_button_for_each(talk: Talk, code: Path) -> None:
    told = await talk.say(f"/repo add {code / 'web'}")
    assert told.startswith("Added. This is what it tells of itself:\n\n📦 web\n")
    assert "Tests: npm test\nLinter: npm run lint\nBuild: none\nSet-up: npm install --no-package-lock" in told
    listed = await talk.say("/repo")
    assert "📦 api · JavaScript, tests known, set-up to approve\n📦 web · JavaScript" in listed
    assert talk.labels() == ["api", "web"]
    assert (await talk.press("web")).startswith("📦 web\n")
    assert "Repositories" in await talk.press("All repositories")


async def test_a_path_may_have_blanks_and_a_name_of_its_own(talk: Talk, code: Path) -> None:
    made(code / "my shop")
    assert "📦 store" in await talk.say('/repo add "my shop" store')
    assert "more than a path and a name" in await talk.say("/repo add my old shop")
    assert "quotation mark" in await talk.say('/repo add "my shop')
    assert (await talk.say("/repo add")).startswith("Which one?\nTo add one from ")


@pytest.mark.sample(2)
@pytest.mark.parametrize("path", ["/etc", "../private/api", "link", "gone", "plain"])
async def test_what_lies_elsewhere_or_is_no_repository_is_refused_with_a_way_out(
    talk: Talk, code: Path, path: str
) -> None:
    (code / "link").symlink_to(code.parent / "private" / "api")
    (code / "plain").mkdir()
    told = await talk.say(f"/repo add {path}")
    assert told.startswith("I can't use that: ")
    assert "You could name one" in told
    assert [one.name for one in await talk.engine.repositories.of(UserId(ANN.id))] == ["api"]


async def test_a_repository_without_a_commit_is_not_added_and_what_to_do_is_told(talk: Talk, code: Path) -> None:
    (code / "web" / ".git" / "refs" / "heads" / "main").unlink()
    told = await talk.say("/repo add web")
    assert "web has no commit yet, and work starts from one" in told
    assert "make a first commit, an empty one will do" in told
    assert [one.name for one in await talk.engine.repositories.of(UserId(ANN.id))] == ["api"]


async def test_an_update_that_is_handled_again_after_a_crash_adds_one(talk: Talk, code: Path) -> None:
    talk.simulator.say(ANN, "/repo add web")
    raw = await talk.simulator.call("getUpdates", {"offset": talk.offset})
    assert isinstance(raw, list)
    for _ in range(2):
        handled = await talk.handle(raw[0])
        assert handled is not None
        assert "📦 web" in str(handled.replies[0].payload["text"])
    assert [one.name for one in await talk.engine.repositories.of(UserId(ANN.id))] == ["api", "web"]


@pytest.mark.sample(4)
@pytest.mark.parametrize(
    ("button", "words", "shown"),
    [
        ("Tests", "npm run test:ci", "Tests: npm run test:ci\n"),
        ("Linter", "none", "Linter: none\n"),
        ("Build", "make all", "Build: make all\n"),
        ("Set-up", "npm ci", "Set-up: npm ci (with the network)\n"),
        ("Its folders", "node_modules, dist", "fills node_modules, dist; not approved"),
        ("May change", "src/**, tests/**", "May change: src/**, tests/**\n"),
        ("But never", "secrets/**", "unless you allow them by name, secrets/**\n"),
        ("New files", "src", "New files: src\n"),
        ("Base branch", "develop", "Base branch: develop\n"),
        ("Rename", "site", "📦 site\n"),
        ("Tests", "lint: make lint\nbase: trunk", "Base branch: trunk\n"),
    ],
)
async def test_each_thing_is_changed_by_a_button_and_words(
    talk: Talk, code: Path, button: str, words: str, shown: str
) -> None:
    await talk.say("/repo add web")
    asked = await talk.press(button)
    assert asked.startswith("web: ")
    assert "\nNow: " in asked
    told = await talk.say(words)
    assert told.startswith("Kept.\n\n📦 ")
    assert shown in told
    assert await talk.dialogue() is None


async def test_words_of_no_use_leave_the_question_open(talk: Talk, code: Path) -> None:
    await talk.say("/repo add web")
    await talk.press("Tests")
    told = await talk.say("cd x && make")
    assert told.startswith("I can't use that: no shell reads a command")
    assert "You could write several steps into a script" in told
    assert "Tests: make" in await talk.say("make")


async def test_a_question_can_be_left(talk: Talk, code: Path) -> None:
    await talk.say("/repo add web")
    await talk.press("Tests")
    await talk.press("Never mind")
    await talk.press("Tests")
    await talk.say("/cancel")
    assert (await of(talk)).revision == 1


async def test_a_reply_to_the_page_changes_it_without_a_question(talk: Talk, code: Path) -> None:
    await talk.say("/repo add web")
    page = talk.newest()
    told = await talk.say("deny: +secrets/**\npush: never", reply_to=page.id)
    assert (
        "But never: secrets, git's files and those of build servers, unless you allow them by name, secrets/**\n"
        in told
    )
    assert "Push: never\n" in told
    assert "I don't see what to change about web" in await talk.say("thanks", reply_to=page.id)
    assert "is not in the list" in await talk.say("deny: -nowhere", reply_to=page.id)


async def test_a_reply_to_a_list_of_several_is_about_none(talk: Talk, code: Path) -> None:
    await talk.say("/repo add web")
    await talk.say("/repo")
    assert "Kept" not in await talk.say("test: make", reply_to=talk.newest().id)
    assert (await of(talk)).terms.test == Command(words=("npm", "test"))


async def test_the_command_shows_and_changes_one_by_its_name(talk: Talk, code: Path) -> None:
    assert (await talk.say("/repo API")).startswith("📦 api\n")
    assert "Tests: make test\n" in await talk.say("/repo api test: make test")
    assert "I don't see what to change" in await talk.say("/repo api do something")
    assert "There is no repository «nope» (any more). /repo lists what there is." in await talk.say("/repo nope")
    assert "Remove api" in await talk.say("/repo remove api")


async def test_a_set_up_is_approved_once_to_the_word(talk: Talk, code: Path) -> None:
    await talk.say("/repo add web")
    old = talk.newest()
    _, data = talk.button("Approve the set-up")
    assert "approved ✅" in await talk.press("Approve the set-up")
    await talk.press("Set-up")
    told = await talk.say("npm ci --force")
    assert "not approved yet" in told
    heard = toasts(talk)
    await talk.press_data(data, old)
    assert heard == ["Things have moved on since this message; here is how they stand."]
    set_up = (await of(talk)).terms.set_up
    assert set_up is not None
    assert not set_up.is_approved
    assert "not approved yet" in next(one for one in talk.simulator.chat(ANN.id) if one.id == old.id).text


async def test_the_network_is_given_to_one_command_and_taken_away(talk: Talk, code: Path) -> None:
    await talk.say("/repo add web")
    await talk.press("Network")
    assert "Tests: with the network\nLinter: without" in await talk.press("Tests: allow it")
    assert "Tests: without" in await talk.press("Tests: take it away")
    assert (await talk.press("Back")).startswith("📦 web")


async def test_a_set_up_that_loses_the_network_is_to_be_approved_anew(talk: Talk, code: Path) -> None:
    await talk.say("/repo add web")
    await talk.press("Approve the set-up")
    await talk.press("Network")
    await talk.press("Set-up: take it away")
    assert "not approved yet" in await talk.press("Back")


async def test_pushing_is_switched_in_place(talk: Talk, code: Path) -> None:
    await talk.say("/repo add web")
    assert "Push: never" in await talk.press("Never push")
    assert (await of(talk)).terms.push is PushPolicy.NEVER
    assert "Push: each one after your yes" in await talk.press("Push after my yes")


async def test_a_stale_button_changes_nothing_and_shows_how_things_stand(talk: Talk, code: Path) -> None:
    await talk.say("/repo add web")
    old = talk.newest()
    await talk.say("base: trunk", reply_to=old.id)
    heard = toasts(talk)
    for label in ("Never push", "Detect again"):
        _, data = talk.button(label, talk.with_text("Base branch: main") if label == "Never push" else None)
        await talk.press_data(data.rpartition(":")[0] + ":1", old)
    assert heard == ["Things have moved on since this message; here is how they stand."] * 2
    assert "Base branch: trunk" in next(one for one in talk.simulator.chat(ANN.id) if one.id == old.id).text
    assert (await of(talk)).terms.push is PushPolicy.ASK


async def test_detecting_again_takes_new_commands_and_leaves_the_rest(talk: Talk, code: Path) -> None:
    await talk.say("/repo add web")
    await talk.say("deny: x", reply_to=talk.newest().id)
    (code / "web" / "package.json").write_text('{"scripts": {"test": "x", "build": "y"}}')
    told = await talk.press("Detect again", message=talk.with_text("Kept."))
    assert "Build: npm run build\nSet-up: none needed" in told
    assert "unless you allow them by name, x\n" in told


async def test_a_repository_that_is_gone_from_the_disk_is_told_kindly(talk: Talk, code: Path) -> None:
    await talk.say("/repo add web")
    (code / "web").rename(code / "old")
    heard = toasts(talk)
    await talk.press("Detect again")
    (told,) = heard
    assert told.startswith("I can't use that: there is no folder")


async def test_removing_asks_first_and_happens_once(talk: Talk, code: Path) -> None:
    await talk.say("/repo add web")
    await talk.press("Remove")
    assert (await talk.press("Keep it")).startswith("📦 web")
    asked = await talk.press("Remove")
    assert asked == "Remove web from my list? Its files and branches stay as they are."
    message, data = talk.button("Remove it")
    assert await talk.press("Remove it") == f"web is off my list. To have it back: /repo add {code / 'web'}"
    heard = toasts(talk)
    await talk.press_data(data, message)
    assert heard == ["There is no repository 2 (any more). /repo lists what there is."]
    assert (code / "web" / "package.json").exists()
    assert "📦 web" in await talk.say("/repo add web")


async def test_nothing_is_removed_while_a_goal_works_in_it(talk: Talk, code: Path) -> None:
    goal = await talk.set_goal("Fix the login")
    await talk.say("/repo add web")
    repository = (await of(talk)).id
    workspace = Workspace(
        goal=GoalId(goal.id), repository=repository, branch="milepost/1-x", base="main", base_commit="", path=Path("/x")
    )
    assert await talk.database.workspaces.keep(workspace, talk.clock.now()) is not None
    await talk.press("Remove")
    heard = toasts(talk)
    await talk.press("Remove it")
    assert heard == [REFUSALS["repository_in_use"]]
    assert (await of(talk)).id == repository


async def test_nobody_else_opens_changes_approves_or_removes_a_person_s_repository(talk: Talk, code: Path) -> None:
    await talk.say("/repo add web")
    page, before = talk.newest(), await of(talk)
    for label in ("Tests", "Never push", "Network", "Detect again", "Remove", "Approve the set-up"):
        _, data = talk.button(label, page)
        await talk.press_data(data, page, person=BEN)
        await talk.press_data(data.replace(":remove:", ":remove1:"), page, person=BEN)
    assert await of(talk) == before
    assert "web" not in await talk.say("/repo", person=BEN, chat=BEN.id)
    assert "There is no repository «web»" in await talk.say("/repo web test: x", person=BEN, chat=BEN.id)


async def test_the_operator_s_is_everybody_s_to_change_and_nobody_s_to_remove(talk: Talk, code: Path) -> None:
    await talk.say("/repo api", person=BEN, chat=BEN.id)
    page = talk.newest(BEN.id)
    assert "listed by whoever runs this bot" in page.text
    assert not {"Remove", "Rename"} & set(talk.labels(page))
    await talk.say("base: trunk", person=BEN, chat=BEN.id, reply_to=page.id)
    assert (await of(talk, "api")).terms.base == "trunk"
    assert "its name stays" in await talk.say("/repo api name: mine")
    await talk.press_data(f"r:remove1:{(await of(talk, 'api')).id}:1", page, person=BEN)
    assert not (await of(talk, "api")).is_removed


async def test_a_button_of_a_repository_that_never_was_is_answered(talk: Talk, code: Path) -> None:
    await talk.say("/repo")
    heard = toasts(talk)
    for deed in ("open", "test", "net", "push0", "detect", "remove", "remove1"):
        await talk.press_data(f"r:{deed}:99:1", talk.newest())
    assert set(heard) == {"There is no repository 99 (any more). /repo lists what there is."}
    assert len(heard) == 7


async def test_a_name_that_is_taken_is_told(talk: Talk, code: Path) -> None:
    made(code / "deep" / "web")
    await talk.say("/repo add web")
    assert await talk.say("/repo add deep/web") == REFUSALS["repository_named"]
    assert await talk.say("/repo add web other") == REFUSALS["repository_known"]
    assert "📦 web2" in await talk.say("/repo add deep/web web2")


async def test_what_an_operator_lists_and_is_not_there_is_told(talk: Talk, tmp_path: Path) -> None:
    options = CodeOptions(listed=(ListedRepository(name="gone", path=tmp_path / "gone"),))
    talk.engine.repositories = Repositories(talk.database.workspaces, talk.clock, options)
    assert f"⚠️ gone can't be used: there is no folder {tmp_path / 'gone'}." in await talk.say("/repo")


async def test_help_and_words_lead_to_it(talk: Talk, code: Path) -> None:
    assert "/repo – Repositories that code goals may work in" in await talk.say("/help")
    assert "Repositories" in await talk.say("/repos")
    assert "Perhaps /repo?" in await talk.say("/repository")


async def test_a_goal_that_is_being_set_up_is_not_left_by_a_look_at_a_repository(talk: Talk, code: Path) -> None:
    await talk.say("/repo add web")
    page = talk.newest()
    await talk.say("/goal Learn chess")
    await talk.say("base: trunk", reply_to=page.id)
    assert "By when" in await talk.say("Win 3 games")
