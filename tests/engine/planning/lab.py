"""A library of a subject whose ways differ in what they need: a gpu for some, a day more for others."""

import datetime as dt
import functools

from msgspec import structs

from engine.execution.adaptation import check_repair, repaired
from engine.execution.goal_decisions import adopt, plan_made
from engine.goals import Goal
from engine.kept_plan import numbered
from engine.planning.forecasting.model import Capacities
from engine.planning.learning.beliefs import Beliefs
from engine.planning.method_planner import MethodPlanner
from engine.planning.methods.libraries import Libraries, assemble
from engine.planning.methods.sources import Source, builtin_sources
from engine.planning.requests import PlanRequest
from engine.plans import KeptPlan, Plan, Repair
from engine.tasks import TaskStatus
from engine.values import TaskNumber
from tests.engine.lives import Life, new_goal
from tests.fakes import START

LAB = """
name: lab
summary: What a small laboratory does
signs: [laboratory]
types:
  season: [winter, summer]
context:
  flag has_kiln = true:
    summary: There is a kiln that works
    signs: [with our own furnace]
  flag has_glass = true: There is glass to melt
  season season = summer:
    summary: The time of the year
    signs: {winter: [christmas market]}
compounds:
  fire_pots(what):
    summary: Fire {what}
    phrases: ["fire {what}"]
    methods:
      fire_in_kiln:
        summary: in the kiln
        odds: 0.98
        when: has_kiln
        do: {shape: "shape_pots(?what)", do: "fire_them(?what)"}
      fire_in_pit:
        summary: in a pit
        odds: 0.8
        do: {shape: "shape_pots(?what)", dig: dig_pit, do: "fire_in_the_pit(?what)"}
  glaze_pots(what):
    summary: Glaze {what}
    phrases: ["glaze {what}"]
    methods:
      glaze_hot:
        summary: with glass
        odds: 0.98
        do: {mix: "mix_glaze(?what)", do: "melt_glaze(?what)"}
      glaze_cold:
        summary: with wax
        odds: 0.7
        do: {mix: "mix_glaze(?what)", do: "rub_wax(?what)"}
  blow_glasses(what):
    summary: Blow {what}
    phrases: ["blow {what}"]
    methods:
      blow_in_furnace:
        summary: in the furnace
        odds: 0.9
        when: has_glass
        do: {do: "blow_them(?what)"}
  cast_bells(what):
    summary: Cast {what}
    phrases: ["cast {what}"]
    methods:
      cast_in_bronze:
        summary: in bronze
        odds: 0.9
        do: {mould: "build_mould(?what)", do: "pour_bronze(?what)", tune: "tune_bells(?what)"}
  dry_clay(what):
    summary: Dry {what}
    phrases: ["dry {what}"]
    methods:
      dry_outside:
        summary: outside
        odds: 0.98
        when: season = summer
        do: {do: "lay_out(?what)"}
      dry_inside:
        summary: inside
        odds: 0.8
        do: {do: "heat_room(?what)"}
  train_network(what):
    summary: Train {what}
    phrases: ["train {what}"]
    methods:
      train_on_gpu:
        summary: on the gpu; quick
        odds: 0.98
        do: {collect: "collect_samples(?what)", fit: "fit_on_gpu(?what)", do: "keep_weights(?what)"}
      train_on_cpu:
        summary: on the cpu; it takes a few days
        odds: 0.9
        do: {collect: "collect_samples(?what)", fit: "fit_on_cpu(?what)", do: "keep_weights(?what)"}
      train_in_cloud:
        summary: on rented machines
        odds: 0.85
        do: {collect: "collect_samples(?what)", fit: "fit_in_cloud(?what)", do: "keep_weights(?what)"}
  render_film(what):
    summary: Render {what}
    phrases: ["render {what}"]
    methods:
      render_on_gpu:
        summary: on the gpu; quick
        odds: 0.98
        do: {draw: "draw_on_gpu(?what)", do: "cut_film(?what)"}
      render_by_hand:
        summary: by hand, frame by frame
        odds: 0.8
        do: {draw: "draw_by_hand(?what)", do: "cut_film(?what)"}
  survey_sites(what):
    summary: Survey {what}
    phrases: ["survey {what}"]
    methods:
      survey_in_full:
        summary: every one of them; it takes weeks
        odds: 0.98
        when: deadline_days >= 30
        do: {walk: "walk_sites(?what)", do: "write_survey(?what)"}
      survey_by_sample:
        summary: by a sample
        odds: 0.9
        do: {sample: "sample_sites(?what)", do: "write_survey(?what)"}
  fold_proteins(what):
    summary: Fold {what}
    phrases: ["fold {what}"]
    methods:
      fold_on_gpu:
        summary: on the gpu; there is no other way
        odds: 0.95
        do: {do: "fold_them(?what)"}
steps:
  shape_pots(what): {title: "Shape {what}", odds: 0.99}
  fire_them(what): {title: "Fire {what} in the kiln", odds: 0.99}
  dig_pit: {title: "Dig a pit", odds: 0.99}
  fire_in_the_pit(what): {title: "Fire {what} in the pit", odds: 0.99}
  mix_glaze(what): {title: "Mix the glaze for {what}", odds: 0.99}
  melt_glaze(what): {title: "Melt the glaze on {what}", when: has_kiln, odds: 0.99}
  rub_wax(what): {title: "Rub wax into {what}", odds: 0.99}
  blow_them(what): {title: "Blow {what} in the furnace", odds: 0.99}
  build_mould(what): {title: "Build the mould of {what}", odds: 0.99}
  pour_bronze(what): {title: "Pour the bronze for {what}", when: has_kiln, odds: 0.99}
  tune_bells(what): {title: "Tune {what}", odds: 0.99}
  lay_out(what): {title: "Lay out {what} in the sun", odds: 0.99}
  heat_room(what): {title: "Hang up {what} in a heated room", odds: 0.99}
  collect_samples(what): {title: "Collect samples for {what}", estimate: 1-2-4h, odds: 0.99}
  fit_on_gpu(what): {title: "Fit {what} on the gpu", needs: gpu, estimate: 2-4-8h, odds: 0.97}
  fit_on_cpu(what): {title: "Fit {what} on the cpu", estimate: 48-72-96h, odds: 0.97}
  fit_in_cloud(what): {title: "Fit {what} on rented machines", estimate: 4-8-16h, odds: 0.97}
  keep_weights(what): {title: "Keep what came of {what}", estimate: 1-1-2h, odds: 0.99}
  draw_on_gpu(what): {title: "Draw {what} on the gpu", needs: gpu, estimate: 2-4-8h, odds: 0.97}
  draw_by_hand(what): {title: "Draw {what} by hand", estimate: 24-48-72h, odds: 0.97}
  cut_film(what): {title: "Cut {what}", estimate: 1-2-4h, odds: 0.99}
  walk_sites(what): {title: "Walk all {what}", estimate: 100-150-200h, odds: 0.97}
  sample_sites(what): {title: "Walk a sample of {what}", estimate: 10-15-20h, odds: 0.97}
  write_survey(what): {title: "Write up {what}", estimate: 1-2-4h, odds: 0.99}
  fold_them(what): {title: "Fold {what} on the gpu", needs: gpu, estimate: 2-4-8h, odds: 0.97}
"""
NAME = "Run a laboratory"
TRAIN, RENDER, FOLD, SURVEY = "Train the network", "Render the film", "Fold the proteins", "Survey the sites"


@functools.cache
def lab_libraries() -> Libraries:
    """The laboratory, beside what every plan goes by."""
    sources = [source for source in builtin_sources() if source.file in ("goal.yaml", "general.yaml")]
    libraries = assemble([*sources, Source(file="lab.yaml", data=LAB.encode())])
    assert not libraries.faults
    return libraries


@functools.cache
def lab_planner() -> MethodPlanner:
    """The planner that knows the laboratory."""
    return MethodPlanner(lab_libraries())


def asked(*criteria: str, days: float | None = None) -> Goal:
    """A goal of the laboratory that is being planned."""
    deadline = None if days is None else START + dt.timedelta(days=days)
    return new_goal(name=NAME, criteria=criteria, deadline=deadline)


def plan_of(goal: Goal, capacities: Capacities | None = None) -> Plan:
    """Its plan."""
    return lab_planner().plan(PlanRequest(goal=goal, now=START, capacities=capacities or Capacities()))


class Lab:
    """A goal of the laboratory with its plan, as the engine leads it: what is asked for is mended by the planner."""

    def __init__(self, *criteria: str, days: float | None = None) -> None:
        goal = asked(*criteria, days=days)
        plan = plan_of(goal)
        self.life = Life(goal)
        self.life.do(plan_made(plan))
        self.life.do(adopt(None))
        self.kept = KeptPlan(tree=numbered(plan.tree, plan.tasks, self.life.goal, 1), alternatives=plan.alternatives)

    @property
    def goal(self) -> Goal:
        return self.life.goal

    def number(self, title: str) -> TaskNumber:
        return next(task.number for task in self.goal.live_tasks if task.title == title)

    def statuses(self, criterion: int) -> dict[str, TaskStatus]:
        """Of a criterion's live tasks, by their titles."""
        return {task.title: task.status for task in self.goal.live_tasks if task.criterion == criterion}

    def open_titles(self) -> set[str]:
        return {task.title for task in self.goal.live_tasks if task.status is not TaskStatus.COMPLETED}

    def mended(self, beliefs: Beliefs | None = None) -> Repair:
        """The repair that is asked for, made by what was learned and taken over."""
        need = self.goal.adapting
        assert need is not None
        request = PlanRequest(goal=self.goal, now=self.life.now, beliefs=beliefs)
        repair = lab_planner().repair(request, need, self.kept)
        check_repair(self.goal, repair)
        self.life.do(repaired(repair, need, self.goal.plan_version))
        if repair.tree is not None:
            tree = numbered(repair.tree, repair.add, self.goal, self.goal.plan_version)
            self.kept = KeptPlan(tree=tree, alternatives=self.kept.alternatives)
        return repair

    def done(self, title: str) -> None:
        """As a person does it."""
        self.life.goal = structs.replace(
            self.goal,
            tasks={
                **self.goal.tasks,
                self.number(title): structs.replace(
                    self.goal.tasks[self.number(title)], status=TaskStatus.COMPLETED, waiting=None, ended_at=START
                ),
            },
        )
