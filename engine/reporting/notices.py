"""What a person is to be told, as values. `handlers/views` words them at the moment they are sent."""

from dataclasses import dataclass, field
from enum import StrEnum

from engine.values import BlockageNumber, ChatId, GoalId, JsonObject, TaskNumber


class NoticeKind(StrEnum):
    """What a notice is about; the facts each kind carries are listed beside it."""

    GOAL_CREATED = "goal_created"
    """A sub-goal or a program's goal came to be (a person's own /goal is answered by the plan): name."""
    PLAN_READY = "plan_ready"
    """A plan waits for approval: version, advice (list of str)."""
    MILESTONES = "milestones"
    """One or several were crossed at once: marks (list of {name, percent}), progress."""
    PLAN_ADAPTED = "plan_adapted"
    """old_version, new_version, reason, deviation, summary, kept, added, superseded, reset (task counts)."""
    REPAIR_PROPOSED = "repair_proposed"
    """A larger plan, or one for what is only foreseen, waits for approval: version, reason, summary, grows; or one does
    no longer: version, withdrawn (why)."""
    BLOCKAGE = "blockage"
    """A blockage a person should know of or resolve; `blockage` and `task` are set; description, needed, …"""
    TASK_FOR_PERSON = "task_for_person"
    """A task (person, decide or measure) waits for the person; `task` is set."""
    REMINDER = "reminder"
    """A task still waits: `task` is set; reminders (how many so far)."""
    DEADLINE_NEAR = "deadline_near"
    """deadline (ISO), progress."""
    DEADLINE_DOUBTFUL = "deadline_doubtful"
    """By the forecast it is likely to be missed: version (of the plan), odds, likely and deadline (ISO)."""
    CHECK_FLIPPED = "check_flipped"
    """A check that had held no longer does; `task` is set: summary."""
    DEADLINE_PASSED = "deadline_passed"
    """deadline, grace_until (ISO)."""
    GOAL_COMPLETED = "goal_completed"
    """done (titles), skipped (titles), adaptations, started_at, ended_at (ISO)."""
    GOAL_FAILED = "goal_failed"
    """reason, progress."""
    GOAL_CANCELLED = "goal_cancelled"
    """reason, progress."""
    BUDGET_NEARLY = "budget_nearly"
    """Most of a cap is spent: account (its name), spent_micros, spent_tokens, cap_micros, cap_tokens (or None)."""
    FINDING = "finding"
    """Something that nobody asked about: finding (its id), revision, kind, deed, tasks, and the facts of its kind."""
    APPROVAL = "approval"
    """A run asks before it makes a call: approval (its id), digest, kind, tool, words, arguments, thread (or None),
    expires_at (ISO). Once it is settled, for the message that put it: also status, note and message (its id)."""
    CODE_REPORT = "code_report"
    """A goal that changed a repository has ended, or its branch was laid on its base: report, standing, way and laid
    (as `engine/coding/reports.py` has them; the last three may be None)."""
    HAND_IN_TRIED = "hand_in_tried"
    """What a person handed in was tried; `task` is set: why (it was not taken; empty where it was), by (with what)."""
    CODE_FLAGGED = "code_flagged"
    """A change touched tests, which counts only with a yes: flagged (as `engine/coding/reports.py` has it)."""
    COMMAND_TRIED = "command_tried"
    """A repository's command was run once, for whoever named it: `RepositoryTried` of `engine/coding/reports.py`."""
    MESSAGE = "message"
    """Words of a program: text, priority."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One thing to tell. Stored in the outbox with the change that caused it."""

    kind: NoticeKind
    chat: ChatId
    goal: GoalId | None = None
    """None for a program's message that is about no goal."""
    task: TaskNumber | None = None
    """Set where the notice is about one task."""
    blockage: BlockageNumber | None = None
    """Set where the notice is about one blockage."""
    facts: JsonObject = field(default_factory=dict)
    silent: bool = False
    """Whether the phone stays quiet."""
