"""Planners for tests: libraries are read once, since they never change."""

import functools

from engine.planning.method_planner import MethodPlanner
from engine.planning.methods.libraries import assemble
from engine.planning.methods.sources import builtin_sources, load_libraries

_ANY_SUBJECT = ("goal.yaml", "general.yaml")


@functools.cache
def planner() -> MethodPlanner:
    """The planner with all libraries that come along."""
    return MethodPlanner(load_libraries(entry_points=False))


@functools.cache
def general_planner() -> MethodPlanner:
    """The planner that knows kinds of doing, but no subject."""
    sources = [source for source in builtin_sources() if source.file in _ANY_SUBJECT]
    return MethodPlanner(assemble(sources, trusted=frozenset(_ANY_SUBJECT)))
