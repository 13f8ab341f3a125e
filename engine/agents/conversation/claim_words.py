"""Words by which an answer claims that something has happened, in the languages that models are asked in most. Pure.

They needn't be complete: whatever a model says, what the ledger holds of the goals it dealt with goes with the answer.
"""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Final


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


def _words(*parts: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-])(?:{'|'.join(parts)})(?![\w-])", re.IGNORECASE)


CLAIMS: Final[Mapping[Claim, re.Pattern[str]]] = {
    Claim.DONE: _words(
        r"done", r"completed?", r"finished", r"achieved", r"accomplished", r"succeeded",
        r"went well", r"✅", r"☑️?", r"🎉",
        r"erledigt", r"abgeschlossen", r"fertig", r"geschafft", r"vollendet",
        r"terminée?s?", r"achevée?s?", r"finie?s?", r"réussie?s?",
        r"completad[oa]s?", r"terminad[oa]s?", r"hech[oa]s?", r"list[oa]s?", r"lograd[oa]s?",
        r"completat[oaie]", r"finit[oaie]", r"conclu[íi]d[oa]s?", r"feit[oa]s?", r"voltooid", r"afgerond", r"klaar",
        r"готов[оаы]?", r"заверш[её]н[оаы]?", r"выполнен[оаы]?", r"сделан[оаы]?",
    ),
    Claim.FAILED: _words(
        r"failed", r"gescheitert", r"fehlgeschlagen", r"misslungen", r"échouée?s?", r"fallad[oa]s?", r"fallit[oaie]",
        r"fracasad[oa]s?", r"falhou", r"mislukt", r"провал(?:ен[оаы]?|ил(?:ось|ась|ся))",
    ),
    Claim.CANCELLED: _words(
        r"cancell?ed", r"called off", r"aborted", r"deleted", r"abgebrochen", r"abgesagt", r"storniert", r"gelöscht",
        r"annulée?s?", r"supprimée?s?", r"cancelad[oa]s?", r"eliminad[oa]s?", r"annullat[oaie]", r"geannuleerd",
        r"отмен[её]н[оаы]?", r"удал[её]н[оаы]?",
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
}  # fmt: skip

NEGATIONS: Final = _words(
    r"not", r"\w+n['’]t", r"no", r"nothing", r"never", r"none", r"neither", r"nor", r"nobody",
    r"nicht", r"kein\w*", r"nichts", r"pas", r"jamais", r"aucune?", r"non", r"nunca", r"niet", r"geen", r"не", r"нет",
)  # fmt: skip
"""Before a claim, they turn it round."""

CONDITIONS: Final = _words(
    r"yet", r"if", r"once", r"when", r"whenever", r"until", r"unless", r"before", r"as soon as", r"will", r"i['’]ll",
    r"would", r"can", r"could", r"should", r"shall", r"may", r"might", r"must", r"want(?:ed)?", r"like", r"to be",
    r"to get", r"need(?:s|ed)?", r"let me", r"going to", r"how", r"which", r"whether", r"who", r"what", r"counts? as",
    r"get(?:s|ting)?", r"well done", r"waits?", r"waiting", r"asks?", r"asked", r"approve[sd]?", r"approval",
    r"noch", r"wenn", r"falls", r"sobald", r"bis", r"soll(?:en|te)?", r"kann(?:st)?", r"möchte\w*", r"werde[nt]?",
    r"wird", r"wollen", r"willst", r"si", r"quand", r"lorsque", r"cuando", r"se", r"quando", r"als", r"если", r"когда",
    r"пока",
)  # fmt: skip
"""In a clause with one of these nothing is claimed: it asks, promises or supposes."""

EVERYTHING: Final = _words(
    r"all", r"every", r"everything", r"each", r"both", r"whole", r"entire(?:ly)?", r"fully", r"alles?", r"jede[rs]?",
    r"ganze?[nrs]?", r"tout(?:e?s?)?", r"tous", r"tod[oa]s?", r"tutt[oaie]", r"tud[oa]", r"вс[её]", r"все",
)  # fmt: skip
"""What makes a claim one about all there is."""

THINGS: Final = _words(
    r"goals?", r"tasks?", r"steps?", r"plan", r"it", r"they", r"them", r"this", r"that", r"these", r"those",
    r"ziele?", r"aufgaben?", r"schritte?", r"es", r"das", r"objectifs?", r"buts?", r"tâches?", r"il", r"elle", r"ça",
    r"metas?", r"objetivos?", r"tareas?", r"esto", r"eso", r"obiettiv[oi]", r"compit[oi]", r"tarefas?", r"isso",
    r"doel(?:en)?", r"ta(?:ak|ken)", r"het", r"dat", r"цел[ьи]", r"задач[аиу]?", r"это",
)  # fmt: skip
"""What stands for a goal or a task, where neither is named."""

SPEAKER: Final = _words(
    r"i", r"i['’]ve", r"we", r"we['’]ve", r"ich", r"wir", r"j['’]ai", r"je", r"nous", r"hemos", r"ho", r"abbiamo",
    r"eu", r"ik", r"я", r"мы",
)  # fmt: skip

NUMBERS: Final[Mapping[str, int]] = {
    word: number
    for number, words in enumerate(
        ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"), start=1
    )
    for word in (words, str(number))
}
