"""What comes of a comparison: the plan that is taken, the others beside it under one set of letters, and the session
that tells how it was done. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from engine.agents.reasoning.checking import Ground, Sound, line_of
from engine.agents.reasoning.scoring import Candidate, ranked, weigh
from engine.agents.sessions import ReasoningSession, Weighed
from engine.plans import LETTERS, Plan, Prospect

MOST_OFFERED = 3
"""Alternatives beside the plan that is taken."""
_WORTH = 0.5
"""What has less than this share of the best one's score is not offered."""


def candidates_of(own: Plan, sound: Sequence[tuple[Sound, Prospect]]) -> list[Candidate]:
    """The methods' plans, the one that stands without a model first, and behind them the model's."""
    mine = [
        Candidate(
            plan=plan,
            name="from methods" if plan is own else f"from methods, alternative {number}",
            approach=plan.difference,
        )
        for number, plan in enumerate((own, *own.alternatives))
    ]
    return [*mine, *(_proposed(*one) for one in sound)]


def _proposed(sound: Sound, prospect: Prospect) -> Candidate:
    said = sound.proposal
    return Candidate(
        plan=replace(sound.plan, prospect=prospect),
        name=line_of(said.name, 80) or "without a name",
        approach=line_of(said.approach, 200),
        claimed=said.probability,
        reasons=line_of(said.probability_reasons, 300),
        risks=tuple(line_of(risk, 150) for risk in said.risks[:5]),
    )


def chosen(candidates: Sequence[Candidate], session: ReasoningSession, ground: Ground) -> Plan:
    """The best of the candidates with the others that are worth a look, all under one set of letters."""
    weighed = weigh(candidates, ground.goal, ground.now)
    order = ranked(weighed)
    shown = _shown(order, weighed)
    letters = {place: LETTERS[number] for number, place in enumerate(shown)}
    told = [replace(weighed[place], is_chosen=place == order[0], letter=letters.get(place, "")) for place in order]
    session = replace(session, weighed=tuple(told), choice=_choice(told))
    plans = [_lettered(place, candidates, letters) for place in shown]
    own, taken = candidates[0].plan, plans[0]
    reason = own.reason if shown[0] == 0 else session.choice
    return replace(taken, alternatives=tuple(plans[1:]), advice=own.advice, reason=reason, session=session)


def _shown(order: Sequence[int], weighed: Sequence[Weighed]) -> list[int]:
    """The places that a person sees: the best, what would have been without a model, and of the rest the best that are
    worth a look; of each side one at least, where it has any."""
    best = order[0]
    rest = [place for place in order[1:] if place and weighed[place].score >= _WORTH * weighed[best].score]
    first = [] if best == 0 else [0]
    modelled = next((place for place in rest if weighed[place].by_model), None)
    if best == 0 and modelled is not None and modelled not in rest[:MOST_OFFERED]:
        rest = [*rest[: MOST_OFFERED - 1], modelled]
    return [best, *[*first, *rest][:MOST_OFFERED]]


def _lettered(place: int, candidates: Sequence[Candidate], letters: Mapping[int, str]) -> Plan:
    one = candidates[place]
    beside = {letter: _apart(one, candidates[other]) for other, letter in letters.items() if other != place}
    return replace(
        one.plan,
        alternatives=(),
        advice=(),
        letter=letters[place],
        beside=beside,
        difference=beside.get(LETTERS[0], ""),
    )


def _apart(one: Candidate, other: Candidate) -> str:
    """What sets a plan apart from another one, in a line."""
    if one.by_model:
        return line_of(f"a model's way, «{one.name}»: {one.approach}", 200)
    return "from methods, without a model" if other.by_model else one.plan.apart_from(other.plan)


def _choice(told: Sequence[Weighed]) -> str:
    """Why the first one was taken."""
    best, others = told[0], told[1:]
    whose = f"«{best.name}», which the model proposed," if best.by_model else "the plan from methods"
    rival = next((one for one in others if one.by_model != best.by_model), None)
    if rival is None:
        return f"{whose} scores highest: {points(best)} of 100"
    theirs = "that of the methods" if best.by_model else f"the best of the model's, «{rival.name}»,"
    return f"{whose} scores {points(best)} of 100, {theirs} {points(rival)}; {_advantage(best, rival)}"


def _advantage(best: Weighed, rival: Weighed) -> str:
    """What speaks for the best one most."""
    pairs = {
        "it is likelier to work out": (best.odds, rival.odds),
        "it is likelier to be done in time": (best.in_time, rival.in_time),
    }
    leads = {words: ours / max(theirs, 1e-9) for words, (ours, theirs) in pairs.items()}
    words = max(leads, key=lambda one: leads[one])
    return words if leads[words] > 1 else "and of equals the one from methods is taken"


def points(one: Weighed) -> int:
    """A score as people see it, of 100."""
    return round(one.score * 100)
