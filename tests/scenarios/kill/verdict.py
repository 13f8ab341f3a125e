"""Whether a bot that was killed has kept its promises, told by a bot that was not."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from bot.requests import REPEAT
from tests.scenarios.kill.end_state import LOST
from tests.scenarios.kill.scenario import Story

ORDER = ("Planning Complete", "Quarter Complete", "Half Complete", "Three Quarters Complete", "Goal Complete")
PLANS = ("🗺 The plan has changed", "🗺 I went over the plan")
ONCE = (
    "📝 Kept",
    "🗺 I'm making",
    *PLANS,
    "✅ Goal reached",
    "🚧 Something is in the way",
    "🎯 New goal",
)


def breaches(killed: Story, undisturbed: Story) -> list[str]:
    """Every promise that was broken, in words; empty when all were kept.

    A message may be told again, marked, as often as the process was killed or an answer was spoilt.
    """
    excuses = killed.kills + killed.faults_met
    found = [*killed.faults, *_end_states(killed, undisturbed)]
    plain, again = _tellings(killed.texts)
    found += [f"told twice without a mark: {key}" for key, count in plain.items() if count > 1]
    found += [f"repeated without need: {key}" for key, count in again.items() if count > excuses]
    expected = {key for part in _tellings(undisturbed.texts) for key in part}
    found += [f"never told: {key}" for key in expected - plain.keys() - again.keys()]
    found += _disorder(killed.texts)
    if not 1 <= killed.ledger_lines <= killed.command_tries <= 1 + killed.kills:
        found.append(f"the command took effect {killed.ledger_lines} times in {killed.command_tries} tries")
    return found


def _end_states(killed: Story, undisturbed: Story) -> Iterator[str]:
    for name in killed.end.__slots__:
        one, other = getattr(killed.end, name), getattr(undisturbed.end, name)
        if one != other:
            yield f"{name} differ: {one} and not {other}"


def _tellings(texts: Sequence[str]) -> tuple[Counter[str], Counter[str]]:
    """How often each piece of news was told: plainly, and marked as a repeat."""
    plain: Counter[str] = Counter()
    again: Counter[str] = Counter()
    for text in texts:
        (again if REPEAT in text else plain).update(_news(text))
    return plain, again


def _news(text: str) -> list[str]:
    """The pieces of news in a message that may be told once only; what may come again, such as a reminder, is none."""
    if re.match(r"🎯 (\d+ m|M)ilestones? achieved", text):
        goal = re.search(r"^Goal: (.*)$", text, re.M)
        return [f"{goal[1] if goal else '?'}: {name}" for name in text.splitlines() if name in ORDER]
    if not text.startswith(ONCE) or LOST in text:
        return []
    if text.startswith("🚧"):
        return ["/".join(text.splitlines()[:2] + text.splitlines()[4:5])]
    if text.startswith("✅"):
        return ["/".join(text.splitlines()[:2])]
    return ["the plan is told" if text.startswith(PLANS) else text.splitlines()[0]]


def _disorder(texts: Sequence[str]) -> Iterator[str]:
    """Milestones whose first telling comes after that of a later one."""
    told: dict[str, list[str]] = {}
    for text in texts:
        for news in _news(text):
            goal, _, name = news.rpartition(": ")
            if name in ORDER and name not in told.setdefault(goal, []):
                told[goal].append(name)
    for goal, names in told.items():
        if names != sorted(names, key=ORDER.index):
            yield f"milestones of {goal} out of order: {names}"
