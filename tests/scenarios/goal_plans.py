"""Goals of different kinds with the whole plans that they get, as text. Each was read by eye: would one be glad of it?

`python -m tests.scenarios.goal_plans` writes the plans anew, after a library was changed: read the difference.
"""

import datetime as dt
import functools
from dataclasses import dataclass, field
from pathlib import Path

from engine.goals import Goal
from engine.planning.requests import PlanRequest
from engine.planning.why import why_plan
from engine.plans import Plan
from engine.values import ChatId, GoalId, JsonObject
from tests.engine.planning.planners import planner

FOLDER = Path(__file__).parent / "plans"
NOW = dt.datetime(2026, 1, 14, 11, 0, tzinfo=dt.UTC)


@dataclass(frozen=True, kw_only=True)
class Wish:
    """A goal as a person would set it."""

    name: str
    criteria: tuple[str, ...]
    days: int
    metadata: JsonObject = field(default_factory=dict)

    @property
    def file(self) -> Path:
        return FOLDER / f"{'_'.join(self.name.lower().replace('-', ' ').split())}.txt"

    @property
    def goal(self) -> Goal:
        return Goal(
            id=GoalId(1),
            name=self.name,
            criteria=self.criteria,
            deadline=NOW + dt.timedelta(days=self.days),
            metadata=self.metadata,
            chat=ChatId(7),
            created_at=NOW,
            updated_at=NOW,
        )

    @functools.cached_property
    def plan(self) -> Plan:
        """Made once for all that is promised of it."""
        return planner().plan(PlanRequest(goal=self.goal, now=NOW, zone="Europe/Berlin"))


WISHES = (
    Wish(
        name="Launch Momentum Strategy",
        criteria=(
            "Complete market research",
            "Develop strategy logic",
            "Backtest on 2 years of data",
            "Optimize parameters",
            "Deploy to paper trading",
            "Monitor for 1 week",
            "Deploy to live if profitable",
        ),
        days=14,
    ),
    Wish(
        name="Launch Analytics Dashboard",
        criteria=(
            "Design UI mockups",
            "Develop MVP",
            "User testing with 20 beta users",
            "Implement feedback",
            "Launch on Product Hunt",
            "Achieve 500 signups",
        ),
        days=30,
    ),
    Wish(
        name="Master Deep Learning",
        criteria=(
            "Complete Andrew Ng's course",
            "Read Goodfellow's book",
            "Implement CNN from scratch",
            "Implement RNN/LSTM",
            "Complete 5 Kaggle competitions",
            "Build production ML system",
        ),
        days=180,
    ),
    Wish(
        name="Celebrate our wedding in September",
        criteria=(
            "Fix the date",
            "Book a venue",
            "Choose a caterer",
            "Hire a photographer",
            "Send the invitations",
            "Buy the dress and the suit",
            "Budget of at most 12,000 EUR",
            "Hold the wedding",
        ),
        days=240,
    ),
    Wish(
        name="Move the shop database to PostgreSQL",
        criteria=(
            "Inventory all tables and jobs",
            "Migrate the database to PostgreSQL",
            "p95 latency under 200 ms",
            "Train the shop team on the new system",
            "Monitor for 1 week",
            "Switch off the old database",
        ),
        days=75,
    ),
    Wish(
        name="Run a 10k",
        criteria=(
            "Buy running shoes",
            "See a doctor for a check-up",
            "Run 3 times a week for 10 weeks",
            "Sleep 8 hours every night for 30 days",
            "Run a 10k on 12 April",
        ),
        days=90,
    ),
    Wish(
        name="Publish a research paper on heat in cities",
        criteria=(
            "Review the literature",
            "Collect temperature data from 12 cities",
            "Analyse the data",
            "Write the paper",
            "Get feedback from 2 colleagues",
            "Submit the paper to Urban Climate",
        ),
        days=150,
    ),
    Wish(
        name="Single sign-on for the app",
        criteria=(
            "Implement single sign-on with Google",
            "Add tests for the login",
            "Fix the session timeout bug",
            "Refactor the session code",
            "Document the setup",
            "Deploy to production",
        ),
        days=21,
        metadata={"has_codebase": True, "language": "python"},
    ),
)


def told(wish: Wish) -> str:
    """The goal, its whole plan, what that promises, and what else there is to choose from."""
    plan = wish.plan
    facts = [f"{name}: {value}" for name, value in {"days": wish.days, **wish.metadata}.items()]
    head = [wish.name, *facts, *(f"* {text}" for text in wish.criteria)]
    return "\n".join([*head, "---", *_steps(plan), "---", *_promises(wish, plan)]) + "\n"


def _steps(plan: Plan) -> list[str]:
    """The tasks: number, title, work (× count, ! for critical), what they come after, and the answer they hang on."""
    numbers = {task.key: number for number, task in enumerate(plan.tasks, 1)}
    lines = []
    for task in plan.tasks:
        work = task.work + (f" ×{task.target_count}" if task.target_count > 1 else "") + (" !" if task.critical else "")
        after = ", ".join(str(number) for number in sorted(numbers[key] for key in task.after))
        parts = [f"{numbers[task.key]}. {task.title}", work]
        parts += [f"after {after}"] if after else []
        parts += [f"if {numbers[task.only_if[0]]} {task.only_if[1]}"] if task.only_if else []
        parts += [f"reaches «{task.checkpoint}»"] if task.checkpoint else []
        lines.append(" | ".join(parts))
    return lines


def _promises(wish: Wish, plan: Plan) -> list[str]:
    assert plan.prospect is not None
    hours = plan.prospect.hours
    days = "–".join(f"{value / 24:.0f}" for value in (hours.low, hours.likely, hours.high))
    odds = f"{plan.prospect.probability:.0%}".replace("%", " %")
    cost = f" | costs {plan.prospect.cost:,.0f}" if plan.prospect.cost else ""
    others = [line for line in why_plan(plan, wish.days * 24.0) if line.startswith("Plan ")]
    return [f"{odds} | {days} days{cost} | {plan.reason}", *others]


def main() -> None:
    """Write all plans anew."""
    FOLDER.mkdir(exist_ok=True)
    for wish in WISHES:
        wish.file.write_text(told(wish), encoding="utf-8")


if __name__ == "__main__":
    main()
