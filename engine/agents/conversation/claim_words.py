"""Words by which an answer claims that something has happened, in the languages that models are asked in most. Pure.

They needn't be complete: a claim that they know and the ledger doesn't bear out is sent back; beneath whatever else an
answer names or tells of stands the ledger's own line.
"""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from engine.agents.conversation.telling import whole_words


class Claim(StrEnum):
    """What an answer says of a goal or a task."""

    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    STARTED = "started"
    PAUSED = "paused"
    RESUMED = "resumed"
    CREATED = "created"
    SKIPPED = "skipped"
    ENDED = "ended"
    """Over in one way or another, or halted: «stopped», «closed», «removed»."""
    SET = "set"
    """Something about it was changed: a budget, a deadline, a name, when the digest comes."""


def _words(*parts: str) -> re.Pattern[str]:
    return re.compile(whole_words(*parts), re.IGNORECASE)


_OBJECT = r"(?:the |your |this |that |both |all )?(?:goals?|tasks?|it|them|#\d+)"
_WE_HAVE = r"i|we|have|has|i['’]ve|we['’]ve"
_HALTED = r"(?:stopped|closed|removed|ended|shut down|dropped)"
_CHANGED = (
    r"(?:set|changed|updated|raised|lowered|increased|reduced|moved|extended|postponed|scheduled|turned o(?:n|ff))"
)
_SETTINGS = (
    r"(?:budget|deadline|due date|digest|daily summary|quiet hours|time ?zone|name of (?:the|your) goal"
    r"|Frist|Ruhezeit(?:en)?|Zeitzone|Zusammenfassung)"
)
CLAIMS: Final[Mapping[Claim, re.Pattern[str]]] = {
    Claim.DONE: _words(
        r"done", r"completed?", r"finished", r"achieved", r"accomplished", r"succeeded",
        r"went well", r"went through", r"(?:ticked|checked) off", r"taken care of", r"wrapped (?:\w+ )?up",
        r"goals? reached", r"(?:is|stands|now) at \d{1,3} ?%", r"progress[^.%]{0,30}\d{1,3} ?%", r"✅", r"☑️?",
        r"✔️?", r"✓", r"🎉",
        r"erledigt", r"abgeschlossen", r"fertig", r"geschafft", r"vollendet", r"abgehakt", r"erreicht",
        r"terminée?s?", r"achevée?s?", r"finie?s?", r"réussie?s?", r"atteinte?s?",
        r"(?:c['’]est|j['’]ai|est) (?:tout )?fait",
        r"completad[oa]s?", r"terminad[oa]s?", r"hech[oa]s?", r"list[oa]s?", r"lograd[oa]s?", r"completé", r"ya está",
        r"completat[oaie]", r"finit[oaie]", r"fatto(?=\W*$)", r"conclu[íi]d[oa]s?", r"concluí", r"terminei",
        r"feit[oa]s?", r"voltooid", r"afgerond", r"afgevinkt", r"klaar", r"готов[оаы]?", r"заверш[её]н[оаы]?",
        r"выполнен[оаы]?",
        r"сделан[оаы]?", r"достигнут[оаы]?", r"(?:завершил|выполнил|закончил|сделал)[аи]?",
    ),
    Claim.FAILED: _words(
        r"failed", r"gescheitert", r"fehlgeschlagen", r"misslungen", r"échouée?s?", r"fallad[oa]s?", r"fallit[oaie]",
        r"fracasad[oa]s?", r"falhou", r"mislukt", r"провал(?:ен[оаы]?|ил(?:ось|ась|ся))",
    ),
    Claim.CANCELLED: _words(
        r"cancell?ed", r"cancellation", r"called off", r"aborted", r"deleted", r"scrapped", r"abgebrochen",
        r"abgesagt", r"storniert", r"gelöscht",
        r"annulée?s?", r"supprimée?s?", r"cancelad[oa]s?", r"eliminad[oa]s?", r"annullat[oaie]", r"geannuleerd",
        r"cancelé", r"eliminé", r"cancellat[oaie]", r"eliminat[oaie]", r"cancelei", r"apaguei", r"verwijderd",
        r"отмен[её]н[оаы]?", r"удал[её]н[оаы]?", r"(?:отменил|удалил)[аи]?",
    ),
    Claim.STARTED: _words(
        r"started", r"begun", r"launched", r"kicked off", r"under ?way", r"is running", r"are running", r"in progress",
        r"gestartet", r"begonnen", r"läuft", r"démarrée?s?", r"lancée?s?", r"iniciad[oa]s?", r"empezad[oa]s?",
        r"en marcha", r"avviat[oaie]", r"gestart", r"запущен[оаы]?", r"начат[оаы]?",
    ),
    Claim.PAUSED: _words(
        r"paused", r"on hold", r"pausiert", r"angehalten", r"en pause", r"pausad[oa]s?", r"gepauzeerd",
        r"приостановлен[оаы]?",
    ),
    Claim.RESUMED: _words(
        r"resumed", r"fortgesetzt", r"reprise?s?", r"reanudad[oa]s?", r"hervat", r"возобновл[её]н[оаы]?",
    ),
    Claim.CREATED: _words(
        r"created", r"set up", r"added", r"angelegt", r"erstellt", r"eingerichtet", r"créée?s?", r"ajoutée?s?",
        r"cread[oa]s?", r"creat[oaie]", r"criad[oa]s?", r"aangemaakt", r"создан[оаы]?",
    ),
    Claim.SKIPPED: _words(
        r"skipped", r"left out", r"übersprungen", r"omitid[oa]s?", r"overgeslagen", r"пропущен[оаы]?",
    ),
    Claim.ENDED: _words(
        r"terminated", rf"(?:{_WE_HAVE}) (?:\w+ )?{_HALTED} {_OBJECT}",
        rf"{_OBJECT} (?:is|was|were|has been|have been) (?:now )?{_HALTED}",
        r"beendet", r"gestoppt", r"entfernt", r"arrêtée?s?", r"detenid[oa]s?", r"ferma(?:to|ta)", r"parad[oa]s?",
        r"stopgezet", r"gestopt", r"остановлен[оаы]?", r"остановил[аи]?",
    ),
    Claim.SET: _words(
        rf"{_CHANGED} (?:\S+ ){{0,3}}?{_SETTINGS}",
        rf"{_SETTINGS} (?:\S+ ){{0,3}}?(?:is now|are now|(?:has|have) been {_CHANGED})",
        r"renamed", r"umbenannt", r"renommée?s?", r"переименован[оаы]?",
        rf"{_SETTINGS} (?:\S+ ){{0,6}}?(?:gesetzt|geändert|erhöht|verschoben|gestellt|eingestellt)",
    ),
}  # fmt: skip

NEGATIONS: Final = _words(
    r"not", r"\w+n['’]t", r"no", r"nothing", r"never", r"none", r"neither", r"nor", r"nobody",
    r"nicht", r"kein\w*", r"nichts", r"pas", r"jamais", r"aucune?", r"non", r"nunca", r"niet", r"geen", r"не", r"нет",
)  # fmt: skip
"""Before a claim, they turn it round."""

ABOUT_ONE: Final[Mapping[Claim, re.Pattern[str]]] = {
    Claim.ENDED: _words(
        rf"(?:{_WE_HAVE}|is|are|was|were|been|now) (?:\w+ )?{_HALTED}",
        r"fermée?s?",
        r"cerrad[oa]s?",
        r"chius[oaie]",
        r"gesloten",
        r"закрыт[оаы]?",
    ),
    Claim.STARTED: _words(r"(?:is|are|went|now) live"),
}
"""Words that say many things, and claim something only where a goal or task is named beside them."""

ASSURANCES: Final = re.compile(
    r"\b(?:(?:i|we)(?:['’]?(?:m|re|ll|d))?\s+(?:\w+\s+){0,4}?(?:confirm|report|assure you|inform you|let you know"
    r"|tell you)|let me (?:tell you|confirm)|rest assured|you can (?:relax|rest)|ich kann"
    r" (?:dir |ihnen )?(?:bestätigen|sagen))\b",
    re.IGNORECASE,
)
"""What sounds like a condition, and only makes more of the claim behind it."""

CONDITIONS: Final = _words(
    r"if", r"once", r"when", r"whenever", r"until", r"unless", r"before", r"as soon as", r"let me", r"how", r"whether",
    r"wenn", r"falls", r"sobald", r"bis", r"si", r"quand", r"lorsque", r"cuando", r"se", r"quando", r"als", r"если",
    r"когда", r"пока", r"yet", r"will", r"i['’]ll", r"would", r"can", r"could", r"should", r"shall", r"may", r"might",
    r"must", r"want(?:ed)?", r"like", r"to be", r"to get", r"need(?:s|ed)?", r"going to", r"which", r"who", r"what",
    r"counts? as", r"half", r"(?:a|one) (?:third|quarter)", r"partly", r"almost", r"nearly",
    r"plan[^.!?]{0,80}?(?:fertig|klaar|list[oa])", r"get(?:s|ting)?", r"well done", r"waits?", r"waiting", r"asks?",
    r"asked", r"approve[sd]?", r"approval", r"noch", r"soll(?:en|te)?", r"kann(?:st)?", r"möchte\w*", r"werde[nt]?",
    r"wird", r"wollen", r"willst",
)  # fmt: skip
"""In a clause with one of these nothing is claimed: it asks, promises or supposes."""

EVERYTHING: Final = _words(
    r"all", r"every", r"everything", r"each", r"both", r"whole", r"entire(?:ly)?", r"fully", r"alles?", r"jede[rs]?",
    r"ganze?[nrs]?", r"tout(?:e?s?)?", r"tous", r"tod[oa]s?", r"tutt[oaie]", r"tud[oa]", r"вс[её]", r"все",
)  # fmt: skip
"""What makes a claim one about all there is."""

GOAL_WORDS = r"goals?|ziele?|objectifs?|metas?|objetivos?|obiettiv[oi]|doel(?:en)?|цел[ьи]"
TASK_WORDS = (
    r"tasks?|steps?|aufgaben?|schritte?|tâches?|tareas?|pasos?|compit[oi]|tarefas?|passos?|ta(?:ak|ken)|задач[аиу]?"
)
NUMBERED: Final = re.compile(
    rf"\b({GOAL_WORDS}|{TASK_WORDS})\s+(?:(?:number|numéro|número|numero|nummer|номер|no|nr)\b\.?|n[º°]|№)\s*(?=#?\d)",
    re.IGNORECASE,
)
"""«goal no. 7» is read as «goal 7»: its full stop ends no sentence, and its «no» denies nothing."""
GOAL_ID: Final = re.compile(rf"#(\d{{1,9}})(?!\d)|\b(?:{GOAL_WORDS})\s+(?:#\s*)?(\d{{1,9}})\b", re.IGNORECASE)
TASK_NUMBER: Final = re.compile(rf"\b(?:{TASK_WORDS})\s+(?:#\s*)?(\d{{1,4}})\b", re.IGNORECASE)
THINGS: Final = _words(
    GOAL_WORDS, TASK_WORDS, r"plan", r"it", r"they", r"them", r"this", r"that", r"these", r"those", r"es", r"das",
    r"buts?", r"il", r"elle", r"ça", r"esto", r"eso", r"isso", r"het", r"dat", r"это",
)  # fmt: skip
"""What stands for a goal or a task, where neither is named."""

SPEAKER: Final = _words(
    r"i", r"i['’]ve", r"we", r"we['’]ve", r"ich", r"wir", r"j['’]ai", r"je", r"nous", r"hemos", r"ho", r"abbiamo",
    r"eu", r"ik", r"я", r"мы",
)  # fmt: skip

NUMBERS: Final[Mapping[str, int]] = {
    word: number
    for number, words in enumerate(
        (
            "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
            "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
        ),
        start=1,
    )
    for word in (words, str(number))
}  # fmt: skip
