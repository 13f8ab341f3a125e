"""Plans that break, by example: which task gets its other way, and what becomes of the rest."""

from dataclasses import replace

import pytest

from benchmarks.repair_domain import PROJECT, project
from benchmarks.repairing import broken_in_the_middle, steps_repeated
from engine.planning.htn.compiling import Ban
from engine.planning.htn.outcome import FoundPlan
from engine.planning.htn.repair import Broken, Mended, Repairing
from engine.planning.htn.repair_resuming import Doing
from engine.planning.htn.search import Search, Wanted
from engine.planning.language.domain import (
    Compound,
    Domain,
    Method,
    OnlyIf,
    Primitive,
    Problem,
    Relation,
    Subtask,
    fact,
)
from engine.planning.language.terms import Add, Holds, Remove
from tests.engine.planning.htn.random_domains import Maker
from tests.engine.planning.htn.test_best_plans import searched


def one(task: str) -> Subtask:
    """A subtask that is called as its task."""
    return Subtask(label=task, task=task)


def plan_of(domain: Domain, problem: Problem) -> FoundPlan:
    search = Search(domain, problem, Wanted(plans=1))
    while not search.run():
        pass
    return search.outcome.plans[0]


def mended_at(domain: Domain, problem: Problem, own: Broken) -> Mended | None:
    repairing = Repairing(domain, problem, own)
    while not repairing.run():
        pass
    return repairing.outcome


RECRUITING = Domain(
    name="recruiting",
    relations=(Relation(name="written"), Relation(name="found")),
    compounds=(Compound(name="recruit"), Compound(name="study")),
    primitives=(
        Primitive(name="write_call", effects=(Add(relation="written"),)),
        Primitive(name="post", preconditions=(Holds(relation="written"),), effects=(Add(relation="found"),)),
        Primitive(name="ask", preconditions=(Holds(relation="written"),), effects=(Add(relation="found"),)),
        Primitive(name="interview", preconditions=(Holds(relation="found"),)),
        Primitive(name="settle", work="decide"),
    ),
    methods=(
        Method(name="by_forum", task="recruit", subtasks=(one("write_call"), one("post")), probability=0.9),
        Method(name="by_contacts", task="recruit", subtasks=(one("write_call"), one("ask")), probability=0.8),
        Method(
            name="ask_people",
            task="study",
            subtasks=(
                one("settle"),
                Subtask(label="recruit", task="recruit", only_if=OnlyIf(label="settle", option="Yes"), serves=1),
                one("interview"),
            ),
        ),
    ),
)
STUDY = Problem(tasks=(one("study"),))


def test_the_nearest_task_gets_its_other_method_and_what_the_two_have_in_common_is_not_done_again() -> None:
    plan = plan_of(RECRUITING, STUDY)
    by_name = {step.primitive.name: step for step in plan.steps}
    done = (by_name["settle"], by_name["write_call"])
    found = mended_at(RECRUITING, STUDY, Broken(plan=plan, done=done, node=by_name["post"].number))
    assert found is not None
    names = {step.number: step.primitive.name for step in found.plan.steps}
    assert [names[number] for number in found.added] == ["ask"]
    assert found.dropped == (by_name["post"].number,)
    assert found.plan.tree[found.reopened].method == "by_contacts"
    assert [ban.method for ban in found.tried] == ["by_forum"]
    new = {step.primitive.name: step for step in found.plan.steps}
    assert new["ask"].after == (by_name["write_call"].number,)
    assert (new["ask"].serves, new["ask"].only_if) == (1, (by_name["settle"].number, "Yes")), "as above it is said"
    assert new["interview"].after == (new["ask"].number,)
    assert found.plan.probability == pytest.approx(0.8)


def test_when_every_method_has_failed_there_is_no_other_way() -> None:
    plan = plan_of(RECRUITING, STUDY)
    by_name = {step.primitive.name: step for step in plan.steps}
    done = (by_name["settle"], by_name["write_call"])
    first = mended_at(RECRUITING, STUDY, Broken(plan=plan, done=done, node=by_name["post"].number))
    assert first is not None
    broken_again = Broken(plan=first.plan, done=done, node=first.added[0], tried=first.tried, failed=first.failed)
    assert mended_at(RECRUITING, STUDY, broken_again) is None


def test_a_new_part_after_which_what_stays_is_impossible_is_none() -> None:
    useless = tuple(
        Primitive(name="ask", preconditions=one_.preconditions) if one_.name == "ask" else one_
        for one_ in RECRUITING.primitives
    )
    domain = replace(RECRUITING, primitives=useless)
    plan = plan_of(domain, STUDY)
    by_name = {step.primitive.name: step for step in plan.steps}
    assert mended_at(domain, STUDY, Broken(plan=plan, node=by_name["post"].number)) is None


def test_what_a_finished_step_has_used_up_is_not_asked_for_again() -> None:
    domain = Domain(
        name="once",
        relations=(Relation(name="ticket"), Relation(name="inside")),
        compounds=(Compound(name="visit"),),
        primitives=(
            Primitive(
                name="enter",
                preconditions=(Holds(relation="ticket"),),
                effects=(Remove(relation="ticket"), Add(relation="inside")),
            ),
            Primitive(name="look", preconditions=(Holds(relation="inside"),)),
            Primitive(name="listen", preconditions=(Holds(relation="inside"),), probability=0.5),
        ),
        methods=(
            Method(name="by_eye", task="visit", subtasks=(one("enter"), one("look"))),
            Method(name="by_ear", task="visit", subtasks=(one("enter"), one("listen"))),
        ),
    )
    problem = Problem(facts=(fact("ticket"),), tasks=(one("visit"),))
    plan = plan_of(domain, problem)
    found = mended_at(domain, problem, Broken(plan=plan, done=plan.steps[:1], node=plan.steps[1].number))
    assert found is not None
    assert [step.primitive.name for step in found.plan.steps] == ["enter", "listen"]
    assert len(found.added) == 1


def test_a_whole_way_can_be_re_opened_without_a_step_that_failed() -> None:
    plan = plan_of(RECRUITING, STUDY)
    recruit = next(node.number for node in plan.tree.values() if node.task == "recruit")
    found = mended_at(RECRUITING, STUDY, Broken(plan=plan, node=recruit, whole=False))
    assert found is not None
    assert (found.reopened, found.failed) == (recruit, ())
    assert found.plan.tree[recruit].method == "by_contacts"


@pytest.mark.parametrize("steps", [90, 450])
def test_in_a_long_project_one_failure_re_opens_one_module_and_costs_no_more_than_it(steps: int) -> None:
    problem = project(steps)
    plan = plan_of(PROJECT, problem)
    broken = broken_in_the_middle(plan)
    found = mended_at(PROJECT, problem, broken)
    assert found is not None
    assert steps_repeated(broken, found) == 0
    assert len(found.added) == len(found.dropped) == 2
    assert len(found.plan.steps) == len(plan.steps)
    assert found.plan.graph.width >= 1


def test_a_step_that_looks_at_and_changes_the_same_number_more_than_once_does_not_come_after_itself() -> None:
    case = Maker(28_564).case()
    plans = searched(case, Wanted(plans=3, nodes=3_000)).plans
    assert plans
    assert all(step.number not in step.after for plan in plans for step in plan.steps)


def test_what_was_given_up_in_another_domain_is_no_matter() -> None:
    plan = plan_of(RECRUITING, STUDY)
    post = next(step.number for step in plan.steps if step.primitive.name == "post")
    strange = Broken(
        plan=plan,
        node=post,
        tried=(Ban(task="unheard_of", arguments=(), method="somehow"),),
        failed=(Doing(task="unheard_of", arguments=()),),
    )
    assert mended_at(RECRUITING, STUDY, strange) is not None
