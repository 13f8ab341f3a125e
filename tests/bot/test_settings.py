"""Settings: defaults, every kind of mistake in one line that names the setting, and no secret in sight."""

import os
import re
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot import settings as module
from bot.log import redact
from bot.models.settings import keys_of
from bot.settings import PREFIX, Settings, SettingsError, load, load_or_exit
from engine.agents.conversation.talk import FileKind
from engine.agents.names import ModelName, Provider
from engine.agents.prices import Price
from engine.coding.options import MEGABYTE, CodeLimits, ListedRepository

TOKEN = "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
ROOT = Path(__file__).parents[2]


def _model(provider: str, name: str) -> ModelName:
    return ModelName(provider=Provider(provider), name=name)


def _price(tokens_in: float, tokens_out: float) -> Price:
    return Price(tokens_in=round(tokens_in * 1e6), tokens_out=round(tokens_out * 1e6))


def _listed(name: str, path: str) -> ListedRepository:
    return ListedRepository(name=name, path=Path(path))


@pytest.fixture(autouse=True)
def clean_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty working directory and an environment without our names."""
    for name in [name for name in os.environ if name.upper().startswith(PREFIX)]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def failure(monkeypatch: pytest.MonkeyPatch, **values: str) -> str:
    for name, value in values.items():
        monkeypatch.setenv(PREFIX + name, value)
    with pytest.raises(SettingsError) as caught:
        load()
    text = str(caught.value)
    assert "\n" not in text
    return text


def test_without_anything_set_the_defaults_hold() -> None:
    settings = load()
    assert settings.token is None
    assert settings.owner_ids == ()
    assert settings.database.name == "milepost.db"
    assert (settings.workers, settings.max_retries, settings.adaptation_threshold) == (4, 3, 0.3)
    assert (settings.monitoring_interval, settings.task_timeout) == (300, 3600)
    assert settings.zone.key == "UTC"
    assert settings.commands == {}
    assert settings.allow_private_addresses is False


def test_settings_can_not_be_changed_after_the_start() -> None:
    with pytest.raises(ValueError, match="frozen"):
        load().workers = 5  # type: ignore[misc]  # the point of the test


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("OWNER_IDS", "1, 22,333", (1, 22, 333)),
        ("OWNER_IDS", "[1, 22]", (1, 22)),
        ("OWNER_IDS", "7", (7,)),
        ("LOG_LEVEL", "debug", "DEBUG"),
        ("LOG_FORMAT", "JSON", "json"),
        ("TIMEZONE", "Europe/Berlin", "Europe/Berlin"),
        ("COMMANDS", '{"backup": ["/bin/backup", "--all"]}', {"backup": ("/bin/backup", "--all")}),
        ("ALLOW_PRIVATE_ADDRESSES", "true", True),
        ("MONITORING_INTERVAL", "2.5", 2.5),
        ("WORKERS", "", 4),
        ("MODEL", "openai:gpt-5-mini", ModelName(provider=Provider.OPENAI, name="gpt-5-mini")),
        ("MODEL_FALLBACKS", "ollama:a, Anthropic:b", (_model("ollama", "a"), _model("anthropic", "b"))),
        ("MODEL_TAKES", "pictures, Voice", frozenset({FileKind.PICTURE, FileKind.VOICE})),
        ("MODEL_TAKES", "nothing", frozenset()),
        ("REPOSITORIES", "shop=/srv/a b, Site=/x", (_listed("shop", "/srv/a b"), _listed("Site", "/x"))),
        ("REPOSITORY_ROOTS", "/, /usr,", (Path("/"), Path("/usr"))),
        ("WORKTREES", "/not/there/yet", Path("/not/there/yet")),
        ("CODE_MEMORY", "64", 64),
        ("MODEL_PRICES", "openai:x=0.15/0.60, ollama:y=1", {"openai:x": _price(0.15, 0.6), "ollama:y": _price(1, 1)}),
    ],
)
def test_each_form_of_a_value_is_read(monkeypatch: pytest.MonkeyPatch, name: str, value: str, expected: object) -> None:
    monkeypatch.setenv(PREFIX + name, value)
    assert getattr(load(), name.lower()) == expected


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OWNER_IDS", "me"),
        ("OWNER_IDS", "[1,"),
        ("OWNER_IDS", "-5"),
        ("OWNER_IDS", "[" * 100_000),
        ("DATABASE", "."),
        ("DATABASE", "/dev/null"),
        ("TELEGRAM_API", "localhost:8081"),
        ("WORKERS", "0"),
        ("MODEL", "gpt-5"),
        ("MODEL", "openai:"),
        ("MODEL", "azure:gpt-5"),
        ("MODEL", "openai:two words"),
        ("MODEL_FALLBACKS", "openai:a, b"),
        ("MODEL_PRICES", "openai:x"),
        ("MODEL_PRICES", "openai:x=-1"),
        ("MODEL_PRICES", "openai:x=nan"),
        ("MODEL_URL", "localhost:1"),
        ("GOAL_BUDGET", "-1"),
        ("WORKERS", "many"),
        ("MAX_RETRIES", "2.5"),
        ("ADAPTATION_THRESHOLD", "1.1"),
        ("ADAPTATION_THRESHOLD", "nan"),
        ("MONITORING_INTERVAL", "5 minutes"),
        ("TASK_TIMEOUT", "-1"),
        ("TASK_TIMEOUT", "inf"),
        ("TIMEZONE", "Mars/Olympus"),
        ("TIMEZONE", "../../etc/passwd"),
        ("TIMEZONE", "Europe"),
        ("LOG_LEVEL", "loud"),
        ("LOG_FORMAT", "xml"),
        ("COMMANDS", "backup --all"),
        ("COMMANDS", '{"backup": "backup --all"}'),
        ("COMMANDS", '{"backup": []}'),
        ("COMMANDS", '{"a b": ["x"]}'),
        ("ALLOW_PRIVATE_ADDRESSES", "perhaps"),
        ("REPOSITORIES", "/srv/shop"),
        ("REPOSITORIES", "shop="),
        ("REPOSITORIES", "shop=srv/shop"),
        ("REPOSITORIES", "a b=/srv/shop"),
        ("REPOSITORIES", "shop=/a, SHOP=/b"),
        ("REPOSITORY_ROOTS", "code"),
        ("REPOSITORY_ROOTS", "/nowhere/at/all"),
        ("WORKTREES", "worktrees"),
        ("CODE_TIME_LIMIT", "0"),
        ("CODE_MEMORY", "2 GB"),
        ("CODE_PROCESSES", "1"),
        ("ROLES", "/nowhere/roles.toml"),
        ("MCP", "/"),
        ("MCP_SAFE", "search"),
        ("MCP_SAFE", "files.read, *"),
    ],
)
def test_a_bad_value_is_refused_with_its_name_itself_and_what_is_accepted(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    text = failure(monkeypatch, **{name: value})
    assert text.startswith(f"{PREFIX}{name} is «{value[:50]}")
    assert str(Settings.model_fields[name.lower()].description) in text
    assert len(text) < 300


@pytest.mark.parametrize("name", ["DATABASE", "METHODS", "ROLES", "MCP", "REPOSITORY_ROOTS"])
@pytest.mark.parametrize("path", ["~nobody-of-that-name/x", "/tmp/" + "x" * 300])
def test_a_path_that_cant_even_be_looked_at_is_refused_as_well(
    monkeypatch: pytest.MonkeyPatch, name: str, path: str
) -> None:
    assert failure(monkeypatch, **{name: path}).startswith(f"{PREFIX}{name} is «{path[:50]}")


@pytest.mark.parametrize("name", ["DATABASE", "WORKTREES"])
def test_a_path_that_would_break_the_line_it_is_told_in_is_refused(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    assert failure(monkeypatch, **{name: "/tmp/a\nb"}).startswith(f"{PREFIX}{name} is «/tmp/a b»")


@pytest.mark.parametrize("name", ["REPOSITORIES", "WORKTREES"])
def test_a_home_of_nobody_is_refused(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    path = "x=~nobody-of-that-name/x" if name == "REPOSITORIES" else "~nobody-of-that-name/x"
    assert failure(monkeypatch, **{name: path}).startswith(f"{PREFIX}{name} is «{path}»")


@pytest.mark.parametrize("token", ["nonsense-secret", "12345:with space", "abc:" + TOKEN, f"{TOKEN}\n{TOKEN}"])
def test_a_bad_token_is_refused_without_being_shown(monkeypatch: pytest.MonkeyPatch, token: str) -> None:
    text = failure(monkeypatch, BOT_TOKEN=token)
    assert text.startswith("MILEPOST_BOT_TOKEN is not accepted")
    assert "secret" not in text
    assert "AAHdq" not in text


def test_a_token_never_shows_in_the_settings_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MILEPOST_BOT_TOKEN", TOKEN)
    settings = load()
    assert settings.token == TOKEN
    assert "AAHdq" not in f"{settings!r} {settings} {settings.model_dump()} {settings.model_dump_json()}"


def test_a_token_in_the_wrong_place_is_not_shown_either(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "AAHdq" not in failure(monkeypatch, OWNER_IDS=TOKEN)


def test_a_password_in_an_address_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "hunter2" not in failure(monkeypatch, TELEGRAM_API="ftp://me:hunter2@example.org")


def test_several_mistakes_are_told_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    text = failure(monkeypatch, WORKERS="x", TIMEZONE="y")
    assert "MILEPOST_WORKERS" in text
    assert "MILEPOST_TIMEZONE" in text


def test_an_unknown_name_is_refused_with_the_likely_one(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "did you mean MILEPOST_WORKERS?" in failure(monkeypatch, WORKER="3")


def test_an_unknown_name_in_the_file_is_refused_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("MILEPOST_SHINY=1\nOTHER=2\n")
    assert "MILEPOST_SHINY is no setting" in failure(monkeypatch)


def test_names_of_the_test_suite_and_of_others_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MILEPOST_TEST_ROUNDS", "3")
    monkeypatch.setenv("MILESTONE", "3")
    load()


def test_the_file_is_read_and_the_environment_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("\ufeff# mine\nexport MILEPOST_WORKERS=7\nmilepost_max_retries='2'\n", "utf-8")
    monkeypatch.setenv("MILEPOST_MAX_RETRIES", "5")
    settings = load()
    assert (settings.workers, settings.max_retries) == (7, 5)


def test_a_bad_value_in_the_file_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("MILEPOST_WORKERS=lots\n")
    assert "MILEPOST_WORKERS is «lots»" in failure(monkeypatch)


@pytest.mark.parametrize("text", ["\n\nthis is no setting\n", "\n# x\nMILEPOST_WORKERS\n", "A=1\nB=2\n'x"])
def test_a_garbled_line_of_the_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    (tmp_path / ".env").write_text(text)
    assert ".env, line 3:" in failure(monkeypatch)


def test_a_file_that_is_no_text_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_bytes(b"MILEPOST_WORKERS=\xff\xfe")
    assert ".env is not UTF-8" in failure(monkeypatch)


def test_a_file_that_can_not_be_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").mkdir()
    assert ".env can't be read (is a directory)" in failure(monkeypatch)


def test_a_mistake_ends_the_start_with_one_line_and_code_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MILEPOST_WORKERS", "x")
    with pytest.raises(SystemExit) as caught:
        load_or_exit()
    assert caught.value.code == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("milepost: MILEPOST_WORKERS is «x»")
    assert err.count("\n") == 1


def test_the_home_folder_is_understood_in_the_database_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MILEPOST_DATABASE", "~/goals.db")
    assert load().database == Path.home() / "goals.db"
    assert load(Path("~/other.db")).database == Path.home() / "other.db"
    assert load(None) == load()


def test_what_is_said_of_code_work_reaches_the_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MILEPOST_DATABASE", str(tmp_path / "goals.db"))
    assert load().code.worktrees == tmp_path / "goals.db-worktrees"
    assert load().code.limits == CodeLimits()
    written = {
        "REPOSITORIES": "x=/x", "WORKTREES": "~/trees", "CODE_MEMORY": "64", "CODE_DISK": "65", "CODE_PROCESSES": "8",
        "CODE_TIME_LIMIT": "1", "CODE_COMMAND_LIMIT": "2", "CODE_SETUP_LIMIT": "3",
    }  # fmt: skip
    for name, value in written.items():
        monkeypatch.setenv(PREFIX + name, value)
    code = load().code
    assert code.listed == (_listed("x", "/x"),)
    assert code.worktrees == Path.home() / "trees"
    assert code.limits == CodeLimits(goal=1, command=2, set_up=3, memory=64 * MEGABYTE, disk=65 * MEGABYTE, processes=8)


def test_the_example_file_names_every_setting_once_in_order_with_its_reason() -> None:
    text = (ROOT / ".env.example").read_text("utf-8")
    names = re.findall(rf"^#({PREFIX}\w+)=", text, re.MULTILINE)
    assert names == [PREFIX + name.upper() for name in Settings.model_fields]
    for block in text.strip().split("\n\n")[1:]:
        *comment, setting = block.split("\n")
        assert setting.startswith("#MILEPOST_"), block
        assert len(" ".join(comment)) > 60, f"a reason is missing: {block}"
        assert all(line.startswith("# ") for line in comment)


def test_the_example_file_uncommented_is_the_defaults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (ROOT / ".env.example").read_text("utf-8")
    values = dict(re.findall(rf"^#({PREFIX}\w+)=(.*)$", text, re.MULTILINE))
    for name, field in Settings.model_fields.items():
        shown = values[PREFIX + name.upper()]
        assert (shown == "") == (field.default in (None, ()) or field.default_factory is not None), name
    (tmp_path / ".env").write_text(re.sub(rf"^#(?={PREFIX})", "", text, flags=re.MULTILINE), "utf-8")
    assert load() == Settings.model_validate({})
    monkeypatch.setattr(module, "ENV_FILE", "absent")
    assert load() == Settings.model_validate({})


def test_the_bounds_of_numbers_are_told_in_the_example_and_in_the_refusal() -> None:
    text = (ROOT / ".env.example").read_text("utf-8")
    for name in ("workers", "max_retries", "monitoring_interval", "task_timeout"):
        low, high = re.findall(r"from (\d+) to (\d+)", str(Settings.model_fields[name].description))[0]
        block = next(block for block in text.split("\n\n") if f"#{PREFIX}{name.upper()}=" in block)
        assert f"{low} to {high}" in block.replace("\n# ", " "), name


def test_a_key_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "sk-secret" not in failure(monkeypatch, MODEL_KEY="sk-secret and more")
    monkeypatch.setenv("MILEPOST_MODEL_KEY", "sk-secret")
    monkeypatch.setenv("MILEPOST_MODEL", "openai:gpt-5-mini")
    settings = load()
    assert "sk-secret" not in repr(settings)
    assert "sk-secret" not in repr(settings.models)


def test_one_key_serves_all_providers_or_each_has_its_own() -> None:
    assert keys_of(SecretStr("sk-1")) == {None: "sk-1"}
    assert keys_of(SecretStr("sk-with=sign")) == {None: "sk-with=sign"}
    both = keys_of(SecretStr("openai=sk-1, Anthropic=sk-2"))
    assert both == {Provider.OPENAI: "sk-1", Provider.ANTHROPIC: "sk-2"}


@pytest.mark.parametrize(
    ("url", "hidden"),
    [
        ("https://bob:s3cret-pass@models.example/v1", ("bob:s3cret-pass@", "s3cret-pass")),
        ("https://bob:p%40ss-w0rd@models.example/v1", ("bob:p%40ss-w0rd@", "p%40ss-w0rd", "p@ss-w0rd")),
        ("https://bob:pw@models.example/v1", ("bob:pw@",)),
        ("https://models.example/v1", ()),
    ],
)
def test_a_password_in_the_address_of_models_is_a_secret(url: str, hidden: tuple[str, ...]) -> None:
    read = Settings.model_validate({"model_url": url})
    told = redact(f"could not reach {url}: {' '.join(one for one in hidden if '@' not in one[-1:])}", read.secrets)
    assert not [one for one in hidden if one in told]
    assert "models.example" in told
