"""Whether models can be used: key, package and price of each, then one tiny call. pydantic-ai comes with the call."""

import asyncio
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace
from importlib.util import find_spec

from engine.agents.meter import Meter
from engine.agents.names import ModelName, Provider
from engine.agents.options import ModelOptions
from engine.agents.prices import PriceList, PriceUnknownError
from engine.agents.working.work import ModelUnusable
from engine.clock import Clock
from engine.errors import EngineError, InvalidInputError, PermanentError
from engine.money import dollars
from engine.ports import Spending
from engine.values import BootId

_PACKAGES = {
    Provider.OPENAI: "openai",
    Provider.OLLAMA: "openai",
    Provider.ANTHROPIC: "anthropic",
    Provider.GOOGLE: "google.genai",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What was found, and what to do about it (empty: nothing)."""

    text: str
    remedy: str = ""


def faults_of(options: ModelOptions) -> dict[ModelName, list[Checked]]:
    """What is wrong with each configured model, as far as can be seen without asking it."""
    names = dict.fromkeys([*options.chain(small=False), *options.chain(small=True)])
    return {name: list(_wrong(name, options)) for name in names}


def _wrong(name: ModelName, options: ModelOptions) -> Iterator[Checked]:
    own_server = options.url is not None and name.provider is Provider.OPENAI
    if options.key(name.provider) is None and name.provider is not Provider.OLLAMA and not own_server:
        yield Checked(text=f"{name}: there is no key for {name.provider}", remedy="set MILEPOST_MODEL_KEY")
    if not _is_installed("pydantic_ai") or not _is_installed(_PACKAGES[name.provider]):
        extra = Provider.OPENAI if name.provider is Provider.OLLAMA else name.provider
        yield Checked(text=f"{name}: its package is not installed", remedy=f"pip install 'milepost[{extra}]'")
    try:
        PriceList(options.prices).check(name)
    except PriceUnknownError as error:
        yield Checked(text=f"{name}: its price is not known, so no budget could hold it", remedy=error.accepts)
    except ImportError:  # the price list comes with the package that was told of above
        return


def _is_installed(package: str) -> bool:
    try:
        return find_spec(package) is not None
    except ModuleNotFoundError:  # the package around it is not there
        return False


async def called(options: ModelOptions, spending: Spending, clock: Clock) -> Checked:
    """A tiny call of the main model, charged in `spending`: how long it took and what it cost, or what is wrong."""
    from engine.agents.models import Models  # noqa: PLC0415 - seconds, only for a model whose package is there
    from engine.agents.probe import probe  # noqa: PLC0415 - the same

    meter = Meter(
        spending=spending,
        prices=PriceList(options.prices),
        clock=clock,
        boot=BootId(secrets.token_hex(4)),
        now=asyncio.get_running_loop().time,
    )
    try:
        models = Models(replace(options, fallbacks=()), meter)
        try:
            took = await probe(models)
        finally:
            await models.close()
    except EngineError as error:
        return Checked(text=f"{options.main}: {error}", remedy=_remedy(error, options))
    paid = "nothing" if not took.spent.micros else dollars(took.spent.micros)
    if took.is_estimate and took.spent.micros:
        paid = f"{paid} at most: the server does not say what it took, so calls are charged at their estimate"
    return Checked(text=f"{options.main} answers in {took.seconds:.1f} s; the call cost {paid}")


def _remedy(error: EngineError, options: ModelOptions) -> str:
    told = str(error)
    if isinstance(error, InvalidInputError):
        return error.accepts
    if "the key" in told:
        return "look at MILEPOST_MODEL_KEY"
    if "no such model" in told:
        return "look at the name in MILEPOST_MODEL"
    if isinstance(error, PermanentError | ModelUnusable):
        return "look at MILEPOST_MODEL and MILEPOST_MODEL_URL"
    if " said " in told:
        return "it is there, but busy, limited or out of order: run this again in a while, or look at your account"
    where = (
        f"whether {options.url} is right and reachable" if options.url else "the connection and the provider's state"
    )
    return f"look at {where}, then run this again"
