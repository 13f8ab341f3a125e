"""Reasoning sessions and judgements in words: what a model proposed, how it was measured, what it cost. Pure."""

from collections.abc import Iterable
from dataclasses import replace

from engine.agents.sessions import ReasoningSession, Weighed
from engine.money import dollars
from engine.planning.criteria.numerals import percent
from engine.planning.criteria.wording import clean, crop
from engine.plans import Plan
from engine.tasks import Outcome

_MOST_WEIGHED = 4
"""Plans whose scores are told."""


def without_help(own: Plan, session: ReasoningSession, before: Iterable[tuple[str, ReasoningSession]]) -> Plan:
    """The methods' plan where the model was of no help; a person is told so once for each goal."""
    if any(one.failure for _, one in before):
        return replace(own, session=session)
    why = crop(clean(session.failure, 600), 150).rstrip(".")
    told = f"The model could not help: {why}; this plan is from the methods alone"
    return replace(own, advice=(told, *own.advice), session=session)


def why_session(session: ReasoningSession) -> tuple[str, ...]:
    """What a model proposed, how it stood beside the methods' plan, and what it cost; or why it was of no help."""
    cost = _cost(session)
    if session.failure:
        lines = [f"A model was asked, but could not help: {session.failure.rstrip('.')} ({cost})."]
    else:
        proposed = sum(one.by_model for one in session.weighed)
        lines = [
            f"A model was asked ({cost}); I checked what it proposed and compared {proposed} of its plans with mine."
            " Scores are odds × odds to be in time; a model's odds and hours count half, as models are too sure."
        ]
        lines += map(_scored, session.weighed[:_MOST_WEIGHED])
        best = session.chosen
        if best is not None and not best.by_model:
            lines.append(f"{session.choice[:1].upper()}{session.choice[1:]}.")
        if best is not None and best.risks:
            lines.append(f"Risks, in the model's words: {'; '.join(best.risks)}.")
    if session.faults:
        number = len(session.faults)
        lines.append(f"{number} fault{'' if number == 1 else 's'} in its plans went back to it: {session.faults[0]}.")
    return tuple(lines)


def why_repair(session: ReasoningSession) -> tuple[str, ...]:
    """What a model said of what happened, or why it was of no help."""
    if session.failure:
        return (f"A model was asked about it, but could not help: {session.failure.rstrip('.')} ({_cost(session)}).",)
    return (f"The cause, in the model's words: «{session.choice}» ({_cost(session)}).",)


def why_judged(outcome: Outcome | None) -> tuple[str, ...]:
    """What a judge said of an outcome; nothing where none was asked."""
    said = outcome.judgement if outcome is not None else None
    if said is None:
        return ()
    if not said.confidence:
        return (f"What came out could not be judged: {said.reason.rstrip('.')}.",)
    found = "as expected" if said.deviation <= 0 else f"{percent(said.deviation)} away from what was expected"
    return (f"A model judged what came out: {found}, {percent(said.confidence)} sure. In its words: «{said.reason}»",)


def _cost(session: ReasoningSession) -> str:
    calls = f"{session.calls} call{'' if session.calls == 1 else 's'}" if session.calls else "no call"
    asked = f" of {', '.join(session.models)}" if session.models else ""
    return f"{calls}{asked}, {dollars(session.spent.micros)}, {max(session.seconds, 1.0):.0f} s"


def _scored(one: Weighed) -> str:
    letter = f"{one.letter}: " if one.letter else ""
    whose = f"«{one.name}», the model's" if one.by_model else f"the plan {one.name}"
    in_time = f", in time {percent(one.in_time)}" if one.in_time < 1 else ""
    told = (
        f"{letter}{whose}{', chosen' if one.is_chosen else ''}: {one.score * 100:.0f} of 100"
        f" ({one.tasks} task{'' if one.tasks == 1 else 's'}, odds {percent(one.odds)}{in_time})."
    )
    if one.claimed is not None:
        because = f": «{one.reasons}»" if one.reasons else ""
        told += f" The model says {percent(one.claimed)}{because}"
    return f"{told[:1].upper()}{told[1:]}"
