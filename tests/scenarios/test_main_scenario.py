"""The main job, as a newcomer sees it: a script goes into `milepost chat`, and a goal comes out at 100 %."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.scenarios.loopback_page import loopback_page

HERE = Path(__file__).parent
SPEED = "100000"  # a week in six seconds
MILESTONES = ["Planning Complete", "Quarter Complete", "Half Complete", "Three Quarters Complete", "Goal Complete"]


def talk(script: str, folder: Path) -> str:
    """The transcript of `milepost chat` with this script on standard input; it must end well and log no error."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MILEPOST_")}
    settings = {"MILEPOST_ALLOW_PRIVATE_ADDRESSES": "1", "PYTHONUTF8": "1", "PYTHONPATH": str(HERE.parents[1])}
    (folder / "script.txt").write_text(script, encoding="utf-8")
    words = [sys.executable, "-m", "bot", "chat", "--database", str(folder / "x.db"), "--speed", SPEED]
    with (folder / "script.txt").open("rb") as lines:
        ended = subprocess.run(
            words, stdin=lines, capture_output=True, cwd=folder, env=kept | settings, timeout=100, check=False
        )
    assert ended.stderr.decode() == ""
    assert ended.returncode == 0, ended.stdout.decode()[-2000:]
    return ended.stdout.decode()


@pytest.fixture(scope="module")
def transcript(tmp_path_factory: pytest.TempPathFactory) -> str:
    script = (HERE / "main_scenario.txt").read_text(encoding="utf-8")
    with loopback_page() as page:
        return talk(script.replace("{page}", page.address), tmp_path_factory.mktemp("chat"))


def after(transcript: str, words: str, number: int = 1) -> str:
    """What followed the person's words (the time they said them counts from 1), up to the next."""
    parts = transcript.split(f"you: {words}\n")
    assert len(parts) > number, f"«{words}» was not said {number} times"
    return re.split(r"^(?:you: |# |\(waiting)", parts[number], maxsplit=1, flags=re.MULTILINE)[0]


def told(transcript: str) -> list[str]:
    """The names of milestones, in the order in which they were told."""
    news = re.findall(r"^bot: 🎯 (?:\d+ m|M)ilestones? achieved\n((?:     .*\n)+)", transcript, re.MULTILINE)
    return [name.strip() for one in news for name in one.splitlines() if name.strip() in MILESTONES]


def test_each_milestone_is_told_exactly_once_and_in_order(transcript: str) -> None:
    assert told(transcript) == MILESTONES


def test_the_goal_of_six_kinds_of_criteria_ends_at_one_hundred_percent(transcript: str) -> None:
    end = transcript[transcript.index("bot: ✅ Goal reached") :]
    for task in ("Collect options for the name, and what speaks for each", "Sign 3 sponsors", "Wait for 1 week",
                 "Count: 500 subscribers", "Is this so: the readers like it?", "Go weekly"):  # fmt: skip
        assert f"     • {task}\n" in end
    assert re.search(r"• http://127\.0\.0\.1:\d+/ answers 200\n", end)
    assert "▰▰▰▰▰▰▰▰▰▰ 100%" in after(transcript, "> All done", 2)
    assert "Completed" in after(transcript, "/status")


def test_nothing_runs_before_start_and_everything_has_its_answer(transcript: str) -> None:
    before = transcript[: transcript.index("you: > Start")]
    assert "Nothing runs before you press Start." in before
    assert "bot: 🙋" not in before
    assert "toast: Started." in after(transcript, "> Start")
    assert "toast: 1 of 3" in after(transcript, "> +1")
    assert "520 subscribers (target: 500 subscribers)" in after(transcript, "520")


def test_a_blockage_is_raised_and_resolved_by_button(transcript: str) -> None:
    raised = after(transcript, "The designer is ill until Thursday")
    assert "bot: 🚧 Something is in the way" in raised
    assert "[It is resolved]" in raised
    resolved = after(transcript, "> It is resolved")
    assert "✅ Resolved. It goes on." in resolved
    assert "bot: 🙋 Collect options for the name, and what speaks for each" in resolved


def test_a_replan_is_told_with_its_reason_and_keeps_what_is_done(transcript: str) -> None:
    replanned = after(transcript, "/replan A friend offers to announce it on the radio")
    assert "Plan 1 → plan 2" in replanned
    assert "Why: A friend offers to announce it on the radio" in replanned
    assert "The plan changed once on the way." in transcript


def test_digests_come_on_demand_and_at_their_hour(transcript: str) -> None:
    asked = after(transcript, "/digest")
    assert asked.startswith("bot: ☀️ Your goals")
    assert "[🙋 Set up the counting of subscribers by where they came…]" in asked
    scheduled = transcript[transcript.index("(waiting 1 week)") : transcript.index("you: > Yes")]
    days = re.findall(r"bot: ☀️ Your goals, (.*)\n", scheduled)
    assert len(set(days)) >= 5


def steady(text: str) -> str:
    """Without what changes from day to day and from machine to machine: dates, times, ports.

    A second is a day in this scenario, so a busy machine takes a day more for the same.
    """
    text = re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:0", text)
    text = re.sub(r"It took [^.\n]+", "It took some days", text)  # or weeks
    text = re.sub(r"📈 Likely done .*", "📈 Likely done Day", text)
    text = re.sub(r" \(between \d.*? and \d.*?\)", "", text)  # a digest's forecast
    text = text.replace(" · behind", "")  # what a busy machine's days make late
    text = re.sub(r"\n *⚠️ «[^»\n]*» has gone on for [^\n]*", "", text)
    return re.sub(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun) \d+ \w{3}( \d{4})?", "Day", text)


def test_the_chat_in_the_readme_is_this_one(transcript: str) -> None:
    readme = (HERE.parents[1] / "README.md").read_text(encoding="utf-8")
    shown = re.search(r"<!-- transcript: begin -->\n```text\n(.*?)\n```\n<!-- transcript: end -->", readme, re.DOTALL)
    assert shown is not None
    real = steady(transcript)
    pieces = re.split(r"^ *…\n|\n(?=you: |bot|toast: |\()", steady(shown[1]), flags=re.MULTILINE)
    assert len(pieces) > 30
    for piece in filter(str.strip, pieces):
        assert piece.strip("\n") in real, f"the README shows what nobody said:\n{piece}"
