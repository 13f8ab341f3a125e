"""Puts the engine together from settings and stores: the same for the bot and for programs. Imports no aiogram."""

from functools import partial

from bot.planning import PlannerOnDemand
from bot.settings import Settings
from engine.clock import Clock
from engine.execution.resources import Capacity
from engine.executor import AutonomousGoalExecutor
from engine.options import Options, Stores
from engine.planning.learning.school import School
from engine.reporting.forecasts import Means, capacities_of
from engine.work.builtin import WorkOptions, builtin_registry
from storage.database import Database

NO_MODEL = "a language model: what takes judgement is left to a person"


def make_executor(
    database: Database, settings: Settings, clock: Clock, zone: str, *, only_driven: bool = False
) -> AutonomousGoalExecutor:
    """An executor over an open database. `zone` is the time zone of goals whose chat has none.

    With `only_driven` nothing goes on but what the program asks for: the goals of chats are left to the bot.
    """
    options = _options(settings, zone, only_driven=only_driven)
    school = School(database.queries, clock)
    stores = Stores(
        ledger=database.ledger,
        queries=database.queries,
        outbox=database.outbox,
        conversations=database.conversations,
        school=school,
        spending=database.spending,
        findings=database.findings,
        runs=database.runs,
        files=database.files,
        workspaces=database.workspaces,
    )
    registry = builtin_registry(
        WorkOptions(
            commands=settings.commands,
            command_timeout=settings.task_timeout,
            allow_private_addresses=settings.allow_private_addresses,
        )
    )
    registry.load_entry_points()
    means = Means(workers=options.workers, resources=options.resources)
    planner = PlannerOnDemand(
        works=registry.names,
        commands=settings.commands,
        folders=options.methods,
        school=school,
        capacities=partial(capacities_of, conversations=database.conversations, means=means),
    )
    return AutonomousGoalExecutor(stores, clock, registry, planner, options)


def _options(settings: Settings, zone: str, *, only_driven: bool) -> Options:
    return Options(
        workers=settings.workers,
        max_retries=settings.max_retries,
        adaptation_threshold=settings.adaptation_threshold,
        monitoring_interval=settings.monitoring_interval,
        task_timeout=settings.task_timeout,
        zone=zone,
        methods=settings.method_folders,
        models=settings.models,
        tools=settings.tools,
        code=settings.code,
        resources={name: Capacity(count=one.count, back=one.back) for name, one in settings.resources.items()},
        only_driven=only_driven,
        lacks=(NO_MODEL,) if settings.models is None else (),
    )
