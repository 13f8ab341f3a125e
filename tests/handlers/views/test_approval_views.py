"""Questions before something is done, in words: what Telegram takes, and which words answer them."""

import itertools
from collections.abc import Iterator
from dataclasses import replace

import pytest

from engine.agents.runs.facts import Approval, ApprovalId, ApprovalKind, ApprovalStatus, RunId
from engine.goals import GoalStatus
from engine.records import Outgoing
from engine.reporting.notices import Notice, NoticeKind
from engine.values import GoalId, JsonValue, TaskNumber, UserId
from handlers.callbacks import ApprovalDeed
from handlers.reading.approvals import approval_words
from handlers.reading.carried import LARGEST_ID
from handlers.views import approvals
from handlers.views.notices import render_notice
from tests.handlers.views.test_hard_values import CHAT, NAMES, NOW, breaches, goal_of


def approval(name: str, kind: ApprovalKind = ApprovalKind.CONSENT) -> Approval:
    many: dict[str, JsonValue] = {
        f"{name} {place}": [name, {name: None, "yes": True, "n": 1e300}] for place in range(40)
    }
    return Approval(
        id=ApprovalId(LARGEST_ID),
        run=RunId(1),
        call_id=name,
        kind=kind,
        tool=name,
        arguments={name: name, **many},
        digest="f" * 16,
        words=name,
        goal=GoalId(LARGEST_ID),
        task=TaskNumber(5),
        chat=CHAT,
        thread=7,
        user=UserId(7),
        status=ApprovalStatus.OPEN,
        asked_at=NOW,
        expires_at=NOW,
        decided_at=None,
        note=name,
    )


def notice_of(one: Approval) -> Notice:
    facts: dict[str, JsonValue] = {
        "approval": one.id,
        "digest": one.digest,
        "kind": one.kind.value,
        "tool": one.tool,
        "words": one.words,
        "arguments": dict(one.arguments),
        "thread": None,
        "expires_at": NOW.isoformat(),
    }
    return Notice(kind=NoticeKind.APPROVAL, chat=CHAT, goal=one.goal, task=one.task, facts=facts)


def every_view(name: str) -> Iterator[Outgoing]:
    goal = goal_of(name, GoalStatus.ACTIVE)
    for kind, status in itertools.product(ApprovalKind, ApprovalStatus):
        one = replace(approval(name, kind), status=status)
        yield from (
            approvals.settled_message(one),
            approvals.settled_message(one, "It changed nothing."),
            approvals.unclear_message(one),
        )
        asked = approvals.of_approval(one)
        yield approvals.question_message(asked, None, "UTC", NOW)
        yield approvals.question_message(replace(asked, expires_at=None), goal, "Asia/Kathmandu", NOW)
        yield render_notice(notice_of(one), goal, "UTC", NOW)
        yield render_notice(notice_of(one), None, "UTC", NOW)
    yield from (approvals.list_message(CHAT, [approval(name)] * count) for count in (0, 1, 60))


@pytest.mark.sample(4)
@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_telegram_takes_every_view(name: str) -> None:
    assert [breach for view in every_view(name) for breach in breaches(view)] == []


@pytest.mark.parametrize(
    ("words", "deed", "why"),
    [
        ("yes", ApprovalDeed.APPROVE, ""),
        ("Yes, please", ApprovalDeed.APPROVE, ""),
        ("👍", ApprovalDeed.APPROVE, ""),
        ("go ahead", ApprovalDeed.APPROVE, ""),
        ("do it again", ApprovalDeed.APPROVE, ""),
        ("it's done", ApprovalDeed.DONE, ""),
        ("leave it", ApprovalDeed.DENY, ""),
        ("no", ApprovalDeed.DENY, ""),
        ("No, not before Monday", ApprovalDeed.DENY, "not before Monday"),
        ("deny: wrong address", ApprovalDeed.DENY, "wrong address"),
        ("deny because it is dear", ApprovalDeed.DENY, "it is dear"),
        ("don't write to her", ApprovalDeed.DENY, "don't write to her"),
    ],
)
def test_words_in_a_reply_answer(words: str, deed: ApprovalDeed, why: str) -> None:
    assert approval_words(words, replied=True) == (deed, why)


@pytest.mark.parametrize(
    "words", ["yes, but only to Ben", "what is that?", "maybe", "", "nobody knows", "ok, if Ann agrees"]
)
def test_a_yes_with_conditions_is_no_answer(words: str) -> None:
    assert approval_words(words, replied=True) is None


@pytest.mark.parametrize("words", ["yes", "no", "do it", "done", "no, later", "stop the goal", "don't forget the milk"])
def test_words_that_may_mean_something_else_need_a_reply(words: str) -> None:
    assert approval_words(words, replied=False) is None
