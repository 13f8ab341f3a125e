"""The works that Milepost brings along, made from the operator's options."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.work.addresses import nothing_refused, why_refused
from engine.work.command import command_work
from engine.work.http_check import http_check_work
from engine.work.measuring import measure_work
from engine.work.registry import WorkRegistry
from engine.work.subgoals import SUBGOAL
from engine.work.waits import DECIDE, PERSON, WAIT
from engine.work.web_requests import Fetching


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkOptions:
    """What the operator decides about the built-in works."""

    commands: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Command lines that goals may run, by name; empty switches `command` off."""
    command_timeout: float = 3600.0
    """Seconds a command may take at most."""
    allow_private_addresses: bool = False
    """Whether web checks may reach private and loopback addresses."""
    http_timeout: float = 20.0
    """Seconds a web check may take in all."""


def builtin_registry(options: WorkOptions) -> WorkRegistry:
    """A registry with all built-in works: person, wait, decide, measure, subgoal, http_check, command."""
    refusal = nothing_refused if options.allow_private_addresses else why_refused
    fetching = Fetching(refusal=refusal, timeout=options.http_timeout)
    registry = WorkRegistry()
    for built_in in (
        PERSON,
        WAIT,
        DECIDE,
        SUBGOAL,
        measure_work(fetching),
        http_check_work(fetching),
        command_work(options.commands, options.command_timeout),
    ):
        registry.add(built_in)
    return registry
