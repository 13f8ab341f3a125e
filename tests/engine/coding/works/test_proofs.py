"""The four proofs, each with a change that is good and with changes that only look so."""

from dataclasses import replace

import pytest

from engine.coding.answers import digest_of
from engine.coding.bench import Bench, Said, TestRun, Wanted
from engine.coding.options import APPROVED
from engine.coding.proving.coverage import Coverage, FileCoverage
from engine.coding.proving.python_interfaces import lines_defined
from engine.coding.proving.reports import Cause as Why
from engine.coding.proving.reports import Outcome
from engine.coding.proving.verdicts import Verdict
from engine.coding.remembering import remembered
from engine.coding.works.evidence import changed_texts, gather, own_tests, sources_of
from engine.coding.works.names import Proof
from engine.coding.works.proving import judged
from engine.coding.works.testing import called_in
from engine.executor import AutonomousGoalExecutor
from engine.values import Cause, JsonValue
from tests.engine.coding.shop import SHOP, TESTS, Life, unittest_of

SHORTER = SHOP.replace("    n = 0\n    for p in prices:\n        n = n + 1\n    return n\n", "    return len(prices)\n")
NEW_TEST = "    def test_two(self):\n        self.assertEqual(total([1, 2]), 3)\n"
BULK = SHOP + "\n\ndef bulk(prices):\n    return sum(prices) * 0.9\n"
BULK_TEST = unittest_of("self.assertEqual(bulk([10]), 9)", "from shop import bulk").decode()


async def proven(executor: AutonomousGoalExecutor, proof: Proof, files: dict[str, str], **told: JsonValue) -> Verdict:
    """The verdict on these files, laid into a goal's workspace."""
    life = Life(executor)
    goal = await life.go_on()
    async with (await life.benches()).open(goal) as bench:
        for path, text in files.items():
            bench.code.write(path, text)
        return await judged(bench, proof, await gather(bench), told)


@pytest.mark.long
async def test_a_suite_whose_files_have_other_names_is_known_by_the_terms(executor: AutonomousGoalExecutor) -> None:
    (known,) = await executor.repositories.of(None)
    terms = replace(known.terms, test_files=("checks/**",))
    await executor.repositories.change(known, terms, Cause("terms"))
    life = Life(executor)
    async with (await life.benches()).open(await life.go_on()) as bench:
        bench.code.write("checks/sums.py", "assert True\n")
        bench.code.write("sums.py", "pass\n")
        texts = await changed_texts(bench)
        assert (own_tests(texts), [one.path for one in sources_of(texts)]) == (("checks/sums.py",), ["sums.py"])


async def test_a_feature_is_there_when_its_tests_fail_without_it_and_pass_with_it(
    executor: AutonomousGoalExecutor,
) -> None:
    verdict = await proven(executor, Proof.FEATURE, {"shop.py": BULK, "test_bulk.py": BULK_TEST})
    assert verdict.reasons == ()
    assert verdict.done


@pytest.mark.long  # the proof of a feature is tried above
async def test_a_feature_without_tests_of_its_own_is_not_believed(executor: AutonomousGoalExecutor) -> None:
    verdict = await proven(executor, Proof.FEATURE, {"shop.py": BULK})
    assert "«the acceptance tests fail without it» doesn't hold: there is none" in verdict.reasons


async def test_what_a_person_let_through_in_the_file_of_the_new_tests_keeps_no_proof_from_holding(
    executor: AutonomousGoalExecutor,
) -> None:
    without = TESTS.partition("    def test_things")[0]
    files = {"shop.py": SHOP.replace("[1:]", ""), "test_shop.py": f"{without}{NEW_TEST}"}
    life = Life(executor)
    goal = await life.go_on()
    async with (await life.benches()).open(goal) as bench:
        for path, text in files.items():
            bench.code.write(path, text)
        seen = await gather(bench, goal)
        refused = await judged(bench, Proof.FIX, seen, {})
        (weaker,) = [one for one in seen.texts if one.path == "test_shop.py"]
        yes = remembered(goal, {APPROVED: {weaker.path: digest_of(weaker)}})
        goal = (await executor.ledger.change(goal.id, lambda *_: [yes], Cause("yes"))).goal
        verdict = await judged(bench, Proof.FIX, await gather(bench, goal), {})
    assert any("«the test fails without the fix» doesn't hold" in why for why in refused.reasons)
    assert any("1 disappeared" in why for why in refused.reasons)
    assert verdict.reasons == ()
    told = {one.name: one.words for one in verdict.checks}
    assert "test_shop.py" in told["no test is weakened, but for what you approved"]
    assert "1 let go" in told["the whole suite is no worse"]


class RedBefore(Bench):
    """A bench on which a new test was red on the base some time ago."""

    async def base_run(self, wanted: Wanted, said: Said | None = None) -> TestRun:
        run = await super().base_run(wanted, said)
        red = [replace(one, outcome=Outcome.FAILED, cause=Why.ASSERTION) for one in run.report.cases]
        report = replace(run.report, cases=tuple(red), exit_code=1) if wanted.with_files else run.report
        return replace(run, report=report)


async def test_a_test_that_was_red_on_the_base_and_is_green_there_by_now_proves_nothing(
    executor: AutonomousGoalExecutor,
) -> None:
    life = Life(executor)
    async with (await life.benches()).open(await life.go_on()) as open_bench:
        place = (open_bench.repository, open_bench.workspace, open_bench.worktree)
        bench = RedBefore(open_bench.edges, place, open_bench.journal)
        bench.code.write("test_late.py", unittest_of("self.assertEqual(total([]), 0)").decode())
        verdict = await judged(bench, Proof.FIX, await gather(bench), {})
    assert any("«the test fails without the fix» doesn't hold" in why for why in verdict.reasons)


@pytest.mark.long  # a second; proving/test_judging.py judges what runs told
async def test_a_fix_that_breaks_something_else_is_none(executor: AutonomousGoalExecutor) -> None:
    broken = SHOP.replace("[1:]", "").replace("n = n + 1", "n = n + 2")
    test = unittest_of("self.assertEqual(total([1, 2]), 3)").decode()
    verdict = await proven(executor, Proof.FIX, {"shop.py": broken, "test_total.py": test})
    assert any("the whole suite is no worse" in why and "test_things_are_counted" in why for why in verdict.reasons)


@pytest.mark.sample(0, in_ci=2)  # over half a second; a feature and a forged run are proven each time
@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (SHORTER, ""),
        (SHORTER.replace("def count(prices)", "def count(prices, more=0)"), "the public interface is unchanged"),
        (SHORTER.replace("len(prices)", "len(prices) + 1"), "the same tests pass after"),
        (SHOP.replace("n = 0", "n = 0\n    m = 0"), "what was to improve did"),
    ],
    ids=["shorter", "another interface", "another behaviour", "no better"],
)
async def test_a_refactoring_keeps_behaviour_and_interface_and_improves_its_measure(
    executor: AutonomousGoalExecutor, text: str, reason: str
) -> None:
    verdict = await proven(executor, Proof.REFACTORING, {"shop.py": text}, measure="size")
    assert verdict.done is not bool(reason)
    assert reason == "" or any(why.startswith(f"«{reason}»") for why in verdict.reasons)


@pytest.mark.long  # two seconds
async def test_new_tests_that_notice_faults_are_worth_something(executor: AutonomousGoalExecutor) -> None:
    body = "self.assertEqual((count([]), count([5]), count([1, 2, 3])), (0, 1, 3))\n"
    body += "        self.assertEqual((total([]), total([1]), total([1, 2, 5])), (0, 0, 7))"
    verdict = await proven(executor, Proof.TESTS, {"test_more.py": unittest_of(body).decode()})
    assert verdict.reasons == ()
    (told,) = [check.words for check in verdict.checks if check.name == "they notice when the code is broken"]
    assert "broken versions were caught" in told


@pytest.mark.parametrize("about", ["Add tests for shop.total", "Cover the function total", "Tests of `total`"])
def test_what_a_goal_names_is_what_is_broken_of_a_file(about: str) -> None:
    assert lines_defined(SHOP, called_in({"about": about})) == lines_defined(SHOP, {"total"})
    assert lines_defined(SHOP, {"total"}) == {1, 2, 3, 4, 5}


@pytest.mark.parametrize(
    "about", ["Add tests for shop.py", "count and total the prices", "Add tests for the totals", ""]
)
def test_a_goal_that_names_nothing_in_a_file_has_all_of_it_broken(about: str) -> None:
    assert lines_defined(SHOP, called_in({"about": about})) == set()


@pytest.mark.long  # two seconds
async def test_new_tests_of_one_function_need_not_notice_faults_of_another(executor: AutonomousGoalExecutor) -> None:
    body = "self.assertEqual((total([]), total([1]), total([1, 2, 5])), (0, 0, 7))"
    verdict = await proven(
        executor, Proof.TESTS, {"test_more.py": unittest_of(body).decode()}, about="Add tests for shop.total"
    )
    (told,) = [check.words for check in verdict.checks if check.name == "they notice when the code is broken"]
    (caught, of) = (int(told.split()[0]), int(told.split()[2]))
    assert caught == of > 0


@pytest.mark.parametrize(("about", "is_more"), [("Add tests for shop.total", False), ("Add tests for shop.py", True)])
async def test_more_of_what_is_named_has_to_run_and_not_only_of_its_file(
    executor: AutonomousGoalExecutor, monkeypatch: pytest.MonkeyPatch, about: str, is_more: bool
) -> None:
    async def coverage(_: Bench, *, on_base: bool = False) -> Coverage:
        ran = frozenset({1, 2, 8}) if on_base else frozenset({1, 2, 8, 9, 10})  # of `count` alone there is more
        return Coverage(files={"shop.py": FileCoverage(covered=ran, total=frozenset(range(1, 12)))})

    monkeypatch.setattr(Bench, "coverage", coverage)
    tests = {"test_more.py": unittest_of("self.assertEqual(total([1, 5]), 5)").decode()}
    verdict = await proven(executor, Proof.TESTS, tests, about=about)
    (told,) = [check for check in verdict.checks if check.name == "more of the target runs"]
    assert told.held is is_more


@pytest.mark.sample(0, in_ci=2)  # a forged run below, and proving/test_judging.py judges what runs told
@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({"test_more.py": unittest_of("count([]); total([])").decode()}, "they notice when the code is broken"),
        ({"test_more.py": unittest_of("self.assertEqual(total([1]), 1)").decode()}, "the new tests pass"),
        ({"shop.py": SHORTER, "test_more.py": BULK_TEST.replace("bulk", "count")}, "the code itself is unchanged"),
        (
            {"test_shop.py": TESTS.replace("        self.assertEqual(count([1, 2]), 2)", "        pass")},
            "no test is weakened",
        ),
    ],
    ids=["they say nothing", "red", "code changed", "weakened"],
)
async def test_tests_that_prove_nothing_are_found_out(
    executor: AutonomousGoalExecutor, files: dict[str, str], reason: str
) -> None:
    verdict = await proven(executor, Proof.TESTS, files)
    assert not verdict.done
    assert any(why.startswith(f"«{reason}»") for why in verdict.reasons), verdict.reasons


FORGED = """import os
os.write(2, b"test_things_are_counted (test_shop.Shop.test_things_are_counted) ... ok\\n")
os.write(2, b"test_nothing_costs_nothing (test_shop.Shop.test_nothing_costs_nothing) ... ok\\n")
os.write(2, b"test_new (test_total.New.test_new) ... ok\\n\\nRan 3 tests in 0.001s\\n\\nOK\\n")
os._exit(0)
"""


async def test_a_run_that_the_code_under_test_forged_proves_nothing(executor: AutonomousGoalExecutor) -> None:
    test = unittest_of("self.assertEqual(total([1, 2]), 3)").decode()
    verdict = await proven(executor, Proof.FIX, {"shop.py": SHOP + FORGED, "test_total.py": test})
    assert any(why.startswith("«the test passes with the fix»") for why in verdict.reasons), verdict.reasons
    assert any("leaves the test run alone" in why and "_exit" in why for why in verdict.reasons), verdict.reasons
    assert any("the whole suite is no worse" in why for why in verdict.reasons), verdict.reasons


@pytest.mark.long  # a second; proving/test_judging.py has the words
async def test_what_a_proof_measured_is_told_also_where_it_holds(executor: AutonomousGoalExecutor) -> None:
    verdict = await proven(executor, Proof.REFACTORING, {"shop.py": SHORTER}, measure="size")
    (told,) = [check for check in verdict.checks if check.measures]
    assert (told.name, told.held) == ("what was to improve did", True)
    assert told.words == "lines of code: 10 before, 7 after"
    assert told.told["measures"] is True
