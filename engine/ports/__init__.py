"""What the engine asks of the world, by subject."""

from engine.clock import Clock
from engine.ports.coding import Workspaces
from engine.ports.deciding import Planner, Rules
from engine.ports.keeping import LedgerStore, Queries
from engine.ports.noticing import Findings
from engine.ports.paying import Spending
from engine.ports.running import Runs
from engine.ports.talking import Conversations, Inbox, Outbox

__all__ = [
    "Clock",
    "Conversations",
    "Findings",
    "Inbox",
    "LedgerStore",
    "Outbox",
    "Planner",
    "Queries",
    "Rules",
    "Runs",
    "Spending",
    "Workspaces",
]
