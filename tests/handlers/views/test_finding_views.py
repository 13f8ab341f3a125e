"""Findings in words: what Telegram takes, what a person reads, and an old message of a kind that is no more."""

import datetime as dt
import itertools
from collections.abc import Iterator
from dataclasses import replace

import pytest
from msgspec import structs

from engine.goals import GoalStatus
from engine.proactive.agent import notice_of
from engine.proactive.findings import Deed, Finding, FindingId, FindingKind, FindingStatus, KeptFinding, Remedy
from engine.records import Outgoing
from engine.reporting.digests import digest_of
from engine.values import GoalId, JsonValue, TaskNumber
from handlers.callbacks import FindingDeed
from handlers.reading.carried import LARGEST_ID, LARGEST_NUMBER
from handlers.reading.findings import finding_words
from handlers.views import digests, findings
from handlers.views.notices import render_notice
from tests.engine.proactive.found import kept_finding
from tests.handlers.views.test_hard_values import CHAT, NAMES, NOW, breaches, goal_of


def facts_of(name: str) -> dict[str, JsonValue]:
    money: dict[str, JsonValue] = dict.fromkeys(("spent_micros", "expected_micros", "cap_micros"), 10**12)
    moments: dict[str, JsonValue] = dict.fromkeys(("since", "likely", "promised"), "2025-01-01T00:00:00+00:00")
    numbers: dict[str, JsonValue] = {"criterion": 0, "by": 8, "other": LARGEST_ID, "task": 9, "planned": 1e9}
    return {**money, **moments, **numbers, "learned": 2e9, "error": name, "result": name, "name": name, "words": name}


def kept(kind: FindingKind, deed: Deed, name: str) -> KeptFinding:
    remedy = Remedy(deed=deed, task=TaskNumber(5), micros=10**12)
    tasks = tuple(map(TaskNumber, (5, 8, 999, 1, 2)))
    finding = Finding(kind=kind, about=name, tasks=tasks, facts=facts_of(name), remedy=remedy)
    return kept_finding(finding, id=FindingId(LARGEST_ID), goal=GoalId(LARGEST_ID), revision=LARGEST_NUMBER)


def every_view(name: str) -> Iterator[Outgoing]:
    """Each kind with each thing that can be done about it: in a message, in the digest, and answered."""
    goal = goal_of(name, GoalStatus.ACTIVE)
    digest = digest_of(CHAT, [goal], NOW - dt.timedelta(days=9), NOW)
    for kind, deed in itertools.product(FindingKind, Deed):
        one = kept(kind, deed, name)
        shown = findings.of_kept(one)
        yield render_notice(notice_of(one, CHAT), goal, "Asia/Kathmandu", NOW)
        yield findings.finding_message(goal, shown, "UTC", NOW, "Things have moved on:")
        yield from (findings.done_message(goal, shown, "UTC", NOW), findings.let_be_message(goal, shown, "UTC", NOW))
        bare = replace(one, finding=replace(one.finding, facts={}, tasks=(), remedy=None))
        yield render_notice(notice_of(bare, CHAT), goal, "UTC", NOW)
        yield from digests.render_digest(replace(digest, findings=(one,) * 9), "UTC")
    yield from (findings.muted_message(goal, kind) for kind in FindingKind)
    yield from (findings.settled_message(goal, replace(one, status=status)) for status in FindingStatus)
    yield findings.unclear_message(goal)


@pytest.mark.sample(1, in_ci=4)
@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_telegram_takes_every_view(name: str) -> None:
    assert [breach for view in every_view(name) for breach in breaches(view)] == []


def told(kind: FindingKind, deed: Deed, words: str = "") -> str:
    goal = structs.replace(goal_of("Dig", GoalStatus.ACTIVE, 20), blockages={})
    one = kept(kind, deed, "Dig")
    one = replace(one, finding=replace(one.finding, facts={**one.finding.facts, "words": words}))
    return str(render_notice(notice_of(one, CHAT), goal, "UTC", NOW).payload["text"])


def test_a_models_words_are_told_as_what_they_are() -> None:
    assert told(FindingKind.SLIPPING, Deed.FASTER, "It holds up the trees").splitlines()[2:4] == [
        "In a model's words: «It holds up the trees»",
        "Goal: Dig",
    ]
    advised = told(FindingKind.ADVISED, Deed.REPLAN, "Study with a partner").splitlines()
    assert advised[0].startswith("💡 A model would do «")
    assert advised[1] == "In a model's words: «Study with a partner»"
    assert told(FindingKind.ADVISED, Deed.SKIP).startswith("💡 A model would do without «")


def test_a_message_says_what_was_found_what_speaks_for_it_and_what_do_it_does() -> None:
    assert told(FindingKind.BUDGET, Deed.RAISE).splitlines() == [
        "💡 The budget may not reach",
        "$1,000,000.00 of $1,000,000.00 are spent, and the rest is expected to cost $1,000,000.00.",
        "Goal: Dig",
        "",
        "«Do it» makes the budget $1,000,000.00.",
    ]


def test_a_message_of_a_kind_that_is_no_more_still_says_where_to_look() -> None:
    notice = notice_of(kept(FindingKind.BUDGET, Deed.RAISE, "Dig"), CHAT)
    strange = replace(notice, facts={**notice.facts, "kind": "of_yesterday"})
    sent = render_notice(strange, goal_of("Dig", GoalStatus.ACTIVE), "UTC", NOW).payload
    assert sent["text"] == "💡 Worth a look\nDig"
    assert "reply_markup" not in sent


@pytest.mark.parametrize(
    ("words", "deed", "plainly"),
    [
        ("Do it!", FindingDeed.DO, True),
        ("please do that", FindingDeed.DO, True),
        ("yes", FindingDeed.DO, False),
        ("not now", FindingDeed.NOT_NOW, True),
        ("No, thanks.", FindingDeed.NOT_NOW, False),
        ("later", FindingDeed.NOT_NOW, False),
        ("Never this kind", FindingDeed.NEVER, True),
        ("never again", FindingDeed.NEVER, False),
        ("don’t tell me this again", FindingDeed.NEVER, False),
    ],
)
def test_an_answer_in_words(words: str, deed: FindingDeed, plainly: bool) -> None:
    assert finding_words(words, replied=True) is deed
    assert finding_words(words, replied=False) is (deed if plainly else None)


@pytest.mark.parametrize("words", ["do it tomorrow", "never mind", "what is this?", "not", ""])
def test_what_is_no_clear_answer_is_none(words: str) -> None:
    assert finding_words(words, replied=True) is None
