"""How the engine runs, and where it keeps things: handed to `engine/goal_engine.py`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from engine.agents.options import ModelOptions
from engine.agents.tools.options import ToolOptions
from engine.coding.options import CodeOptions
from engine.execution.resources import Capacity
from engine.execution.retries import RetryPolicy
from engine.files import GoalFiles
from engine.money import Allowances
from engine.planning.learning.school import School
from engine.ports import Conversations, Findings, LedgerStore, Outbox, Queries, Runs, Spending, Workspaces


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How the engine runs; the settings of the same names say why."""

    workers: int = 4
    max_retries: int = 3
    """All attempts of a task, the first included."""
    adaptation_threshold: float = 0.3
    monitoring_interval: float = 300.0
    """Seconds of the clock."""
    task_timeout: float = 3_600.0
    """Real seconds."""
    zone: str = "UTC"
    resources: Mapping[str, Capacity] = field(default_factory=dict)
    """Resources that are counted, by the names that tasks need them by."""
    retry: RetryPolicy = field(default_factory=RetryPolicy)
    only_driven: bool = False
    """Whether nothing goes on but what this program asks for: the goals of chats are left to the bot."""
    lacks: tuple[str, ...] = ()
    """What this installation does without, in words: said where a person has to do what it could have done."""
    methods: tuple[Path, ...] = ()
    """Folders with method files, beside those that come along and those of installed packages."""
    models: ModelOptions | None = None
    """The models that may be asked; None to do without."""
    tools: ToolOptions = field(default_factory=ToolOptions)
    """The roles of agents, and what their tools may reach."""
    code: CodeOptions = field(default_factory=CodeOptions)
    """The repositories that code work may touch, and how much it may take."""
    allowances: Allowances | None = None
    """What models may cost where nobody says otherwise; None for what `models` says."""

    @property
    def allowed(self) -> Allowances:
        """What models may cost where nobody says otherwise."""
        if self.allowances is None and self.models is not None:
            return Allowances(a_goal=self.models.a_goal, a_day=self.models.a_day)
        return self.allowances or Allowances()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stores:
    """Where the engine keeps things."""

    ledger: LedgerStore
    queries: Queries
    outbox: Outbox
    conversations: Conversations
    spending: Spending
    findings: Findings
    runs: Runs
    files: GoalFiles
    workspaces: Workspaces
    school: School | None = None
    """What was learned from them, where the planner asks for it too; None for one of the engine's own."""
