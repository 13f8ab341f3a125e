"""Numbers beside their targets."""

import math
from collections.abc import Awaitable

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from engine.errors import InvalidInputError, PermanentError, ResourceBlocked, TemporaryError
from engine.tasks import Expectation, Outcome, Task
from engine.values import TaskNumber
from engine.work import WorkContext, WorkOptions, builtin_registry
from engine.work.measuring import judge_measure

numbers = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**12), 10**12)


def task(target: float | None, *, at_most: bool = False, unit: str = "") -> Task:
    expected = Expectation(summary="", target=target, at_most=at_most, unit=unit)
    return Task(number=TaskNumber(1), title="t", work="measure", expected=expected)


@given(target=numbers, value=numbers, at_most=st.booleans())
@example(target=5e-324, value=-1.7e308, at_most=False)
def test_the_deviation_is_from_0_to_1_and_0_exactly_when_the_target_is_met(
    target: float, value: float, at_most: bool
) -> None:
    outcome = judge_measure(task(target, at_most=at_most), value)
    assert 0 <= outcome.deviation <= 1
    met = value <= target if at_most else value >= target
    too_near_for_a_float = target != 0 and abs(value - target) / abs(target) == 0
    assert (outcome.deviation == 0) == (met or too_near_for_a_float)
    assert outcome.value == value


@given(target=numbers, one=numbers, other=numbers, at_most=st.booleans())
def test_a_number_nearer_to_the_target_never_deviates_more(
    target: float, one: float, other: float, at_most: bool
) -> None:
    better, worse = (min(one, other), max(one, other)) if at_most else (max(one, other), min(one, other))
    judge = task(target, at_most=at_most)
    assert judge_measure(judge, better).deviation <= judge_measure(judge, worse).deviation


@given(target=st.floats(1, 1e6), share=st.floats(0, 1), at_most=st.booleans())
def test_the_deviation_is_the_shortfall_as_a_share_of_the_target(target: float, share: float, at_most: bool) -> None:
    value = target * (1 + share if at_most else 1 - share)
    assert judge_measure(task(target, at_most=at_most), value).deviation == pytest.approx(share, abs=1e-9)


@given(value=numbers, at_most=st.booleans())
def test_without_a_target_nothing_deviates_and_beside_0_every_miss_counts_in_full(value: float, at_most: bool) -> None:
    assert judge_measure(task(None, at_most=at_most), value).deviation == 0
    assume(value > 0 if at_most else value < 0)
    assert judge_measure(task(0, at_most=at_most), value).deviation == 1


@pytest.mark.parametrize("value", [None, True, "500", [], {}, math.nan, math.inf, -math.inf, 10**400])
def test_what_is_no_finite_number_is_refused(value: object) -> None:
    with pytest.raises(InvalidInputError):
        judge_measure(task(1), value)  # type: ignore[arg-type] # bad on purpose


def test_the_summary_reads_like_a_sentence_about_the_number() -> None:
    assert judge_measure(task(500, unit="signups"), 350.0).summary == "350 signups (target: 500 signups)"
    assert judge_measure(task(2.5, unit="kg", at_most=True), 3).summary == "3 kg (target: at most 2.5 kg)"
    assert judge_measure(task(None), 3.14).summary == "3.14"


async def measure(context: WorkContext, *, private: bool = True) -> Outcome:
    work = builtin_registry(WorkOptions(allow_private_addresses=private)).get("measure")
    assert work.opening(context.task, context.now()) is None
    assert work.run is not None
    result = work.run(context)
    assert isinstance(result, Awaitable)
    outcome = await result
    assert isinstance(outcome, Outcome)
    return outcome


TARGET = Expectation(summary="", target=500)


async def test_a_number_is_read_from_a_plain_answer(site, make_context) -> None:
    outcome = await measure(make_context(TARGET, url=site.answer("/n", text=" 350\n")))
    assert (outcome.value, outcome.deviation) == (350, pytest.approx(0.3))


@pytest.mark.parametrize("written", ["512", "512.0", '"512"'])
async def test_a_number_is_read_from_json_by_its_path(site, make_context, written: str) -> None:
    url = site.answer("/n", text=f'{{"stats": [{{"users": {written}}}]}}')
    outcome = await measure(make_context(TARGET, url=url, json="stats.0.users"))
    assert (outcome.value, outcome.deviation) == (512, 0)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("many", None),
        ("", None),
        ("9" * 41, None),
        ("nan", None),
        ("{", "a"),
        ("{}", "a"),
        ('{"a": true}', "a"),
        ("1", "a"),
    ],
)
async def test_an_answer_without_the_number_is_no_use_trying_again(site, make_context, text: str, path: object) -> None:
    inputs = {"url": site.answer("/n", text=text)} | ({"json": path} if path else {})
    with pytest.raises(PermanentError):
        await measure(make_context(TARGET, **inputs))


@pytest.mark.parametrize(("status", "error"), [(500, TemporaryError), (404, PermanentError), (503, ResourceBlocked)])
async def test_an_answer_that_is_no_200_brings_no_number(site, make_context, status: int, error: type) -> None:
    with pytest.raises(error):
        await measure(make_context(TARGET, url=site.answer("/n", status=status, text="500")))


async def test_a_measurement_at_a_private_address_is_refused(site, make_context) -> None:
    with pytest.raises(PermanentError, match="this machine itself"):
        await measure(make_context(TARGET, url=site.answer("/n", text="500")), private=False)
    assert not site.seen


@pytest.mark.parametrize("inputs", [{"url": "ftp://x/"}, {"url": 5}, {"url": "https://x/", "json": ""}])
def test_a_measurement_with_unusable_inputs_is_refused(inputs) -> None:
    with pytest.raises(InvalidInputError):
        builtin_registry(WorkOptions()).get("measure").check_inputs(inputs)
