"""The doctor looks at each repository that the operator lists."""

import datetime as dt
from pathlib import Path

from bot.doctor import Level, examine
from bot.settings import Settings


class StillClock:
    """A clock that stands."""

    def now(self) -> dt.datetime:
        return dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)

    async def sleep(self, seconds: float) -> None:
        raise AssertionError("the doctor sleeps for nobody")


async def test_what_is_listed_is_looked_at_and_what_is_no_repository_is_named(tmp_path: Path) -> None:
    for part in ("shop/.git/objects", "shop/.git/refs/heads", "plain"):
        (tmp_path / part).mkdir(parents=True)
    (tmp_path / "shop" / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    listed = f"shop={tmp_path / 'shop'}, plain={tmp_path / 'plain'}"
    settings = Settings.model_validate({"database": tmp_path / "milepost.db", "repositories": listed})
    told = [one for one in await examine(settings, StillClock()) if one.subject == "code"]
    assert [(one.level, one.text) for one in told] == [
        (Level.OK, f"shop is a repository at {tmp_path / 'shop'}"),
        (Level.FAIL, "plain: plain is no git repository"),
    ]
    assert told[1].remedy.startswith("mend MILEPOST_REPOSITORIES: name one that has a .git folder")
