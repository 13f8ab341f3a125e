"""What performs tasks: the registry, the built-in works, and what a third party needs to add its own."""

from engine.work.builtin import WorkOptions, builtin_registry
from engine.work.registry import BrokenWork, Opening, Work, WorkContext, WorkFunction, WorkRegistry, WorkResult, work

__all__ = [
    "BrokenWork",
    "Opening",
    "Work",
    "WorkContext",
    "WorkFunction",
    "WorkOptions",
    "WorkRegistry",
    "WorkResult",
    "builtin_registry",
    "work",
]
