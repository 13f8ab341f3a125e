"""The metered model against a scripted server: what is let through, what it costs, and what a fault becomes."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic_ai import Agent
from pydantic_ai.exceptions import UnexpectedModelBehavior
from pydantic_ai.models import Model

from engine.agents.breaker import FAILURES, BreakerOpen
from engine.agents.calls import CallFacts, CallId, Ending, Paid, Purpose, Reservation
from engine.agents.faults import RequestRefusedError, TooLongError, UselessAnswerError, model_faults, work_error
from engine.agents.meter import Meter
from engine.agents.models import Models
from engine.agents.names import parse_model
from engine.agents.options import ModelOptions
from engine.agents.prices import Price, PriceList, PriceUnknownError, Used
from engine.agents.probe import probe
from engine.agents.working.work import ModelUnusable
from engine.clock import SystemClock
from engine.errors import TemporaryError
from engine.money import Account, Amount, BudgetReached, Cap, goal_account
from engine.values import BootId, Cause, GoalId
from storage.database import Database, open_database
from tests.fresh_database import fresh_database
from tests.scripted_models import Turn, scripted_anthropic, scripted_openai

NAME = "openai:scripted"
PRICE = Price(tokens_in=1_000_000, tokens_out=10_000_000)  # a micro-dollar a token in, ten a token out
PRICES = {NAME: PRICE, "anthropic:scripted": PRICE, "openai:other": PRICE}


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[Database]:
    async with open_database(fresh_database(folder / "m.db"), clock=SystemClock()) as database:
        yield database


def models(database: Database, url: str, **options: object) -> Models:
    ticks = itertools.count()
    meter = Meter(
        spending=database.spending,
        prices=PriceList(PRICES),
        clock=SystemClock(),
        boot=BootId("boot"),
        now=lambda: float(next(ticks)) / 1000,
    )
    given = {"main": parse_model(NAME), "url": url, "timeout": 5.0, "most_tokens": 50, **options}
    return Models(ModelOptions(**given), meter)  # type: ignore[arg-type]  # a test's own words


def facts(cap: Cap | None = None) -> CallFacts:
    return CallFacts(purpose=Purpose.PLAN, goal=GoalId(1), accounts=(goal_account(GoalId(1), cap or Cap()),))


@pytest.fixture(autouse=True)
async def connections(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    """All models of a test let go of their connections at its end."""
    made: list[Models] = []
    create = Models.__init__

    def remember(crew: Models, options: ModelOptions, meter: Meter) -> None:
        create(crew, options, meter)
        made.append(crew)

    monkeypatch.setattr(Models, "__init__", remember)
    yield
    for crew in made:
        await crew.close()


async def ask(crew: Models, what: CallFacts) -> str:
    with model_faults():
        return (await Agent(crew.for_calls(what), retries=0).run("Say something.")).output


async def test_a_call_is_charged_with_what_the_provider_says_it_took(tmp_path: Path) -> None:
    async with opened(tmp_path) as database, scripted_openai([Turn(text="Hello", tokens=(100, 20))]) as server:
        assert await ask(models(database, server.url), facts()) == "Hello"
        assert await database.spending.spent("goal:1") == Amount(micros=300, tokens=120)
        [row] = await database.spending.breakdown("goal:1")
        assert (row.purpose, row.model, row.calls, row.reserved) == (Purpose.PLAN, NAME, 1, Amount())


async def test_a_run_is_told_what_its_answers_cost_by_the_prices_that_the_operator_set(tmp_path: Path) -> None:
    async with opened(tmp_path) as database, scripted_openai([Turn(text="Hello", tokens=(100, 20))] * 2) as server:
        agent = Agent(models(database, server.url).for_calls(facts()))
        assert (await agent.run("Say something.")).usage.cost == Decimal("0.0003")
        async with agent.run_stream("Say something.") as streamed:
            await streamed.get_output()
        assert streamed.usage.cost == Decimal("0.0003")


@pytest.mark.filterwarnings("ignore:Failed to extract usage")
@pytest.mark.parametrize("tokens", [None, (10**30, 1), (-500, 20)], ids=str)
async def test_a_call_of_usage_that_is_unknown_or_makes_no_sense_is_charged_with_its_estimate(
    tokens: tuple[int, int] | None, tmp_path: Path
) -> None:
    async with opened(tmp_path) as database, scripted_openai([Turn(text="Hello", tokens=tokens)]) as server:
        assert await ask(models(database, server.url), facts()) == "Hello"
        spent = await database.spending.spent("goal:1")
        assert 50 * 10 <= spent.micros < 1_000
        [row] = await database.spending.breakdown("goal:1")
        assert row.reserved == Amount()


@pytest.mark.parametrize("took", [10, 60])
async def test_nobody_is_asked_for_money_that_a_call_under_way_may_leave_over(
    took: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first may take 60 of 100 and has not ended: the second, which may too, hears of its end."""
    refused, most = asyncio.Event(), Used(tokens_in=60, tokens_out=0)
    async with opened(tmp_path) as database:
        meter = models(database, "http://127.0.0.1:1").meter
        reserve = database.spending.reserve

        async def watched(wanted: Reservation) -> CallId:
            try:
                return await reserve(wanted)
            except BudgetReached:
                refused.set()
                raise

        monkeypatch.setattr(database.spending, "reserve", watched)

        async def take(tokens: int) -> None:
            async with meter.call(facts(Cap(micros=100)), parse_model(NAME), most) as slip:
                await asyncio.wait_for(refused.wait(), 30)
                slip.used, slip.ending = Used(tokens_in=tokens, tokens_out=0), Ending.ANSWERED

        ends = await asyncio.gather(take(took), take(5), return_exceptions=True)
        assert [type(end) for end in ends] == [type(None), type(None) if took == 10 else BudgetReached]
        assert (await database.spending.spent("goal:1")).micros == (15 if took == 10 else 60)


async def test_halves_of_signs_in_an_answer_are_taken_out_before_anything_is_done_with_it(tmp_path: Path) -> None:
    heard: list[str] = []

    def hear(words: str, count: int) -> str:
        heard.append(words)
        return "heard"

    script = [Turn(calls={"hear": {"words": "\ud83d\ude00 \ud800", "count": 1}}), Turn(text="Yes \ud83d\ude00 \udc00.")]
    async with opened(tmp_path) as database, scripted_openai(script) as server:
        model = models(database, server.url).for_calls(facts())
        ended = await Agent(model, tools=[hear], retries=2).run("Say something.")
        assert ended.output == "Yes 😀 �."
        assert heard == ["😀 �"]
        assert ended.all_messages_json()


async def test_eight_agents_side_by_side_never_pass_the_cap(tmp_path: Path) -> None:
    cap = Cap(micros=5_000)
    async with (
        opened(tmp_path) as database,
        scripted_openai([Turn(text="Hello", tokens=(100, 50), lets_others_in=True)]) as s,
    ):
        crew = models(database, s.url)

        async def agent() -> int:
            for done in range(20):
                try:
                    await ask(crew, facts(cap))
                except BudgetReached:
                    return done
            return 20

        done = await asyncio.gather(*(agent() for _ in range(8)))
        spent = await database.spending.spent("goal:1")
        assert spent.micros == 600 * sum(done) <= 5_000
        assert sum(done) >= 5  # the estimates are no excuse for leaving the budget unused
        assert s.most_under_way > 1


async def test_a_model_of_unknown_price_is_not_asked(tmp_path: Path) -> None:
    async with opened(tmp_path) as database, scripted_openai([Turn(text="Hello")]) as server:
        crew = models(database, server.url, main=parse_model("openai:nobody-knows-it"))
        with pytest.raises(PriceUnknownError, match="MILEPOST_MODEL_PRICES"):
            await ask(crew, facts())
        assert server.requests == []


@pytest.mark.sample(3)
@pytest.mark.parametrize(
    ("turn", "error"),
    [
        (Turn(status=400), RequestRefusedError),
        (Turn(status=400, text="This model's maximum context length is 8192 tokens."), TooLongError),
        (Turn(status=413), TooLongError),
        (Turn(status=401), ModelUnusable),
        (Turn(status=404), ModelUnusable),
        (Turn(status=429), TemporaryError),
        (Turn(status=500), TemporaryError),
        (Turn(status=503), TemporaryError),
        (Turn(garbage=True), (UselessAnswerError, TemporaryError)),
        (Turn(text="", tokens=(10, 0)), UselessAnswerError),
    ],
)
async def test_what_goes_wrong_becomes_an_error_that_the_executor_knows(
    tmp_path: Path, turn: Turn, error: type[Exception]
) -> None:
    async with opened(tmp_path) as database, scripted_openai([turn]) as server:
        with pytest.raises(error):
            await ask(models(database, server.url), facts())


def test_an_answer_that_is_none_is_told_in_words_for_people() -> None:
    library = "Invalid response from openai chat completions endpoint: 6 validation errors for ChatCompletion\nid\n …"
    told = str(work_error(UnexpectedModelBehavior(library)))
    assert told == "the model gave no usable answer: what its server sent is no answer of a model"


async def test_a_model_that_hangs_is_given_up_and_charged_with_the_estimate(tmp_path: Path) -> None:
    async with opened(tmp_path) as database, scripted_openai([Turn(hangs=True)]) as server:
        with pytest.raises(TemporaryError):
            await ask(models(database, server.url, timeout=0.1), facts())
        assert (await database.spending.spent("goal:1")).micros >= 500


async def test_after_failures_in_a_row_the_model_is_left_alone(tmp_path: Path) -> None:
    async with opened(tmp_path) as database, scripted_openai([Turn(status=500)]) as server:
        crew = models(database, server.url)
        for _ in range(FAILURES):
            with pytest.raises(TemporaryError):
                await ask(crew, facts())
        asked = len(server.requests)
        with pytest.raises(BreakerOpen):
            await ask(crew, facts())
        assert len(server.requests) == asked
        assert await database.spending.spent("goal:1") == Amount()  # an error costs nothing


@pytest.mark.parametrize("fault", [Turn(status=500), Turn(garbage=True)], ids=["down", "garbage"])
async def test_when_the_first_model_is_of_no_use_the_next_one_answers(fault: Turn, tmp_path: Path) -> None:
    def turn(asked: dict[str, object]) -> Turn:
        return fault if asked["model"] == "scripted" else Turn(text="I am the other one")

    async with opened(tmp_path) as database, scripted_openai(turn) as server:
        crew = models(database, server.url, fallbacks=(parse_model("openai:other"),))
        assert await ask(crew, facts()) == "I am the other one"


@pytest.mark.long  # two seconds to load its library; another one is charged above
async def test_a_streamed_answer_of_anthropic_is_charged_too(tmp_path: Path) -> None:
    async with opened(tmp_path) as database, scripted_anthropic([Turn(text="One two three", tokens=(10, 5))]) as server:
        name = parse_model("anthropic:scripted")
        crew = models(database, server.url, main=name, keys={None: "key"})
        async with Agent(crew.for_calls(facts())).run_stream("Count.") as answer:
            assert [piece async for piece in answer.stream_text(delta=True, debounce_by=None)] != []
        assert await database.spending.spent("goal:1") == Amount(micros=60, tokens=15)


async def test_a_call_that_a_kill_cut_off_is_settled_at_its_estimate_by_the_next_run(tmp_path: Path) -> None:
    async with opened(tmp_path) as database, scripted_openai([Turn(hangs=True)]) as server:
        crew = models(database, server.url)
        async with asyncio.timeout(5):
            call = asyncio.ensure_future(ask(crew, facts()))
            await server.asked.wait()
            held = await database.spending.spent("goal:1")
            assert held.micros > 0
            assert await database.spending.orphaned(BootId("the next run")) == 1
            call.cancel()
            with pytest.raises(asyncio.CancelledError):
                await call
        assert await database.spending.spent("goal:1") == held  # settled once: the late end changes nothing


async def test_what_a_person_spent_counts_as_well(tmp_path: Path) -> None:
    async with opened(tmp_path) as database:
        account: Account = goal_account(GoalId(1), Cap(micros=13_000_000))
        what = CallFacts(purpose=Purpose.PERSON, goal=GoalId(1), accounts=(account,))
        paid = Paid(micros=12_500_000, note="domain", at=SystemClock().now(), cause=Cause("update:1:0"))
        await database.spending.report(what, paid)
        async with scripted_openai([Turn(text="Hello")]) as server:
            crew = models(database, server.url, most_tokens=50_001)
            with pytest.raises(BudgetReached):
                await ask(crew, facts(account.cap))


async def test_the_time_of_the_tiny_call_is_the_models_and_not_that_of_loading_its_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with scripted_openai([Turn(text="OK")]) as server, opened(tmp_path) as database:
        seconds, make = [0.0], Models.for_calls

        def slowly(self: Models, facts: CallFacts, *, small: bool = False) -> Model:
            seconds[0] += 5.0
            return make(self, facts, small=small)

        monkeypatch.setattr(Models, "for_calls", slowly)
        given = models(database, server.url)
        given.meter = replace(given.meter, now=lambda: seconds[0])
        took = await probe(given)
        assert (took.model, took.seconds) == ("scripted", 0.0)
        assert took.spent.micros > 0
