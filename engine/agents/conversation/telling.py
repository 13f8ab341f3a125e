"""Whether a clause of an answer tells how things stand, or that something was done, whatever that is. Pure.

It is read off the grammar, not off a list of what can be done: who is spoken of (the speaker, something definite, all,
nothing, nobody in particular), and whether it has happened or stands so. What asks, promises, supposes, advises or
holds always tells of nothing. A language whose letters these words don't have can't be read, and may tell of anything.
"""

import re
from typing import Final


def whole_words(*parts: str) -> str:
    """The pattern of any of these as whole words."""
    return rf"(?<![\w-])(?:{'|'.join(parts)})(?![\w-])"


_NO_PAST = (
    r"(?:need|feed|speed|seed|breed|indeed|hundred|red|bed|shed|exceed|proceed|succeed|agreed?|embed|weed|interested"
    r"|excited|pleased|supposed|used|limited|detailed|advanced|wasted|tired|worried|delighted|thought|hoped|liked|loved|"
    r"wished|wanted|preferred|been)\b"
)
_IRREGULAR = (
    r"ate|began|begun|bent|bit|blew|bought|bound|broke|broken|brought|built|burnt|came|caught|chose|chosen|cut|dealt|did"
    r"|done|drank|drawn|drew|drove|driven|dug|fell|fallen|fled|flew|flown|forgot|forgotten|fought|found|froze|frozen|gave"
    r"|given|gone|got|gotten|grew|grown|heard|held|hid|hidden|hit|hung|hurt|kept|knew|laid|learnt|led|left|lent|let|lit"
    r"|lost|made|met|paid|put|quit|ran|rang|rebuilt|redid|redone|rewrote|rewritten|rode|rose|said|sang|sank|sat"
    r"|saw|sent|set|shook|shot|shown|shut|slept|slid|sold|sought|spent|split|spoke|spoken|spread|stole|stolen|stood|struck|stuck|swept|swung|taken"
    r"|taught|threw|thrown|told|took|tore|torn|undid|undone|went|withdrew|withdrawn|woke|won|wore|worn|written|wrote"
)
"""The verbs of English whose past has a form of its own; there are no more to come."""
_PAST = rf"(?!{_NO_PAST})(?:\w{{2,}}ed|{_IRREGULAR})"
_BESIDES = r"(?:(?:now|just|also|all|already|since|then|both|finally|\w+ly)\s+){0,4}+"
_BE = (
    r"(?:is|are|was|were|has|have|had|stands?|remains?|['’]s|['’]re|ist|sind|war(?:en)?|hat|haben|läuft|laufen|wurden?|est"
    r"|sont|ont|está[n]?|es|son|ha|han|è|sono|hanno|é|são|estão|foi|foram|is|zijn|heeft|hebben|werd)"
)

HAPPENED: Final = re.compile(
    whole_words(
        rf"(?:i|we)(?:['’]ve|\s+have)?\s+{_BESIDES}(?:went ahead\b.*|{_PAST})",
        rf"(?:you['’]ve|has|have|had|['’]s)\s+{_BESIDES}(?:been\b.*|{_PAST})",
        rf"(?:was|were|got)\s+{_BESIDES}(?:being\s+)?{_PAST}",
        rf"(?:i|we)(?:['’]m|['’]re|\s+am|\s+are)\s+{_BESIDES}(?!going|asking|hoping|looking|wondering|thinking)\w+ing",
        r"(?:ich|wir) (?:habe?n?|bin|sind|hab)", r"habe? (?:ich|wir)", r"wurden?", r"worden",
        r"j['’](?:ai|y ai|en ai)", r"(?:je|nous) (?:\S+ )?(?:suis|ai|avons)", r"(?:a|ont|est|sont) été",
        r"c['’]est (?:fait|\w+é|en)", r"(?:he|hemos|ha sido|se ha|han) \w+[dt]o", r"(?:l['’])?(?:ho|abbiamo)",
        r"è stat[oa]", r"ik heb", r"heb ik", r"(?:is|zijn) ge\w+", r"foi \w+", r"já", r"ya", r"уже", r"я \w+л[аи]?",
    ),
    re.IGNORECASE,
)  # fmt: skip
"""Something has happened, or the speaker is at it."""

_LEAD = (
    r"\W*+(?:(?:and|so|but|then|now|yes|ok(?:ay)?|well|great|good|right|wow|there|sure|(?:good|great) news|also"
    r"|(?:for|right) now|currently|so far|at the moment|from now on|already|still|ja|oui|sí|si|sì|sim|да)\b\W*+){0,6}"
)
_BASE = r"(?:cut|hit|hurt|let|lit|put|quit|read|set|shut|split|spread)\b"
"""At the beginning these ask for it."""
_AFTER = (
    r"(?=\W*$|\W*\s(?:it|them|the|your|that|this|in|on|into|at|by|for|to|from|and|with|without|up|off|out|an?|just|all"
    r"|everything|again|as|ago|too|over|through|\d)\b)"
)
PAST_FIRST: Final = re.compile(
    rf"^{_LEAD}(?:all\s+|now\s+)?(?:(?!{_BASE})(?:{_PAST}){_AFTER}|(?:complete|ready|live|running|gone|over)(?=\W*$)"
    r"|fini|fatto|hecho|listo|fertig|erledigt|gemacht|klaar|pronto|feito|готов[оаы]?|сделан[оаы]?)(?![\w-])"
    r"(?!\s+on\s+(?:your|the|what)\b)",
    re.IGNORECASE,
)
"""«Shipped», «All done», «Merged into main»: who did what goes without saying."""

SUBJECT_PAST: Final = re.compile(
    rf"^{_LEAD}(?!you (?:told|said|asked|mentioned|wrote|sent|gave|chose|named)\b|(?:people|many|most|some|an?)\b)"
    rf"(?:\S+\s+){{1,5}}?{_BESIDES}{_PAST}(?![\w-])",
    re.IGNORECASE,
)
"""«The migration finished», «Payment went through»."""

_EVERYTHING = (
    r"everything|everybody|everyone|nothing|nobody|no\s+one|none|all|both|each|every\s+\w+"
    r"|no\s+(?!problem|worr|hurry|rush|need|idea|doubt|matter|way)\w+|alles|nichts|tout|rien|todo|nada|tutto|niente|tudo|вс[её]|ничего|all(?:e|es)"
)
_DEFINITE = (
    r"the|your|our|these|those|this|its|their|his|her|der|die|das|dein\w*|ihr\w*|unser\w*|le|la|les|l['’]\w+|tes|ton|ta|vos"
    r"|votre|el|los|las|tus?|il|lo|gli|het|(?:goal|task|step|phase|part|stage)s?\s+\S+"
)
_NUMBER = r"\d[\d.,/]*|one|two|three|four|five|six|seven|eight|nine|ten|half|only|another|zwei|drei|deux|trois|dos|tres"
_DOES = (
    r"(?:works?|pass(?:es)?|runs?|loads?|builds?|compiles?|responds?|answers?|connects?|succeeds?|functions?|behaves?)"
    r"(?=\W*$|\s+(?:with(?=\s+\d)|without|in|on|at|from|under|again|now|here|there|as|correctly|just|fine|\w+ly|every\w+|\d)(?!\w))"
)
"""To do what it is made for, now. Other verbs tell in the simple present what a thing always does."""
_OFFERED = r"(?:that|any\w*|either|what(?:ever)?|who(?:ever)?|which(?:ever)?|an?|glad|happy)"
_TIMES = r"(?:\w*day|tomorrow|tonight|time|morning|noon|afternoon|evening|weekend)"
"""«That works», «Friday morning works»: of these it tells what suits."""
_DOES_SO = r"(?:pass(?:es)?|fails?|works?|runs?|builds?|compiles?)(?=\W*$|\s+(?:again|now|on main|everywhere)\b)"
"""The same, of what has no article: then only where nothing follows that would make a rule of it."""
_WORKINGS = (
    r"(?:ci|cd|builds?|tests?|suites?|pipelines?|checks?|lint(?:er|ing)?|types?|main|master|trunk|branch(?:es)?|prod(?:uction)?"
    r"|staging|coverage|servers?|sites?|databases?|deploy(?:ment)?s?|releases?|backups?|migrations?)"
)
_AS_IT_IS = (
    r"(?:green|red|yellow|clean|fine|ok(?:ay)?|good|well|healthy|stable|down|back|online|offline|(?:at\s+)?\d[\d.,]*\s*%)"
    r"(?=\W*$|\s+(?:again|now|on|in|for|since|everywhere)\b)"
)
"""What is made to work, and how it stands: told of just now, also where it is named without an article."""
STANDS_SO: Final = re.compile(
    rf"^{_LEAD}(?:"
    rf"(?:{_EVERYTHING})(?:\s+\S+){{0,5}}?(?:\s+|(?=['’]))\w"  # whatever is said of all, or of nothing
    rf"|(?:it|they|we|you|he|she|es|c)(?:\s+|(?=['’])){_BE}\s+(?P<it>.+)"
    rf"|(?:{_DEFINITE}|{_NUMBER}|there)(?:\s+\S+){{0,6}}?(?:\s+|(?=['’]s\s)){_BE}(?:\s+(?P<what>.+)|$)"
    rf"|(?:the|der|die|le|la|les|el|los|las|il)\s+\w+(?:\s+\w+)?\s+\w+(?:\s+again)?\W*$"  # «The tests pass»
    rf"|(?:your|our|dein\w*|ihre?|votre|vos|ton|tes|tus?)\s+\w+(?:\s+\S+){{1,3}}"
    rf"|(?:it|they|this|(?:the|my|your|our|its|goal)(?:\s+\S+){{1,4}}?)\s+{_BESIDES}{_DOES}"  # «It works»
    rf"|(?!{_OFFERED}\b)(?:\w+\s+){{0,2}}?(?!{_TIMES}\b)\w+\s+{_BESIDES}{_DOES_SO}"  # «Tests pass»
    rf"|(?:\w+\s+){{0,2}}{_WORKINGS}\s+(?:is|are)\s+{_BESIDES}{_AS_IT_IS}"  # «CI is green»
    rf"|\w+\s+(?:is|are|ist|est|sont|è|es|está)\s+{_BESIDES}(?P<bare>\w+)"
    r")",
    re.IGNORECASE,
)
"""Something definite stands so."""

LATELY: Final = re.compile(
    whole_words(
        r"yesterday", r"last (?:night|week)", r"this morning", r"(?!years|centuries)\w+ ago", r"so far",
        r"already", r"no longer", r"any ?more", r"at the moment", r"currently", r"right now", r"by now",
        r"just now", r"(?<!for )now(?=\W*$)",
    ),
    re.IGNORECASE,
)  # fmt: skip
"""What is said of the time until now."""

_VERDICT: Final = re.compile(
    r"^(?:(?:\w+ly|very|so|too|quite|just|not)\s+)*(?:an?|the|how|what|why|where|who|that|to|up to|great|hard|easy"
    r"|tough|normal|nice|true|fair|free|cheap|good (?!to go|shape)|lovely|right\b(?!\s+now)|welcome|enough|like|best"
    r"|better|more|less|\w{3,}er|no (?:hurry|rush|need|problem|reason|way|doubt)|ein\w*|une?|un[oa]?|uma?|een"
    r"|más|plus|mehr|molto|muy|sehr|très)(?![\w-])",
    re.IGNORECASE,
)
"""What one thinks of it, or what kind of thing it is: no state."""
_BARE_STATE: Final = re.compile(
    rf"^(?:{_PAST}|\w+ing|complete|ready|live|on|in|under|off|over|up|out|fertig|klaar|list[oa]|terminé\w*)$",
    re.IGNORECASE,
)

SUPPOSED: Final = re.compile(
    whole_words(
        r"if", r"once", r"when", r"whenever", r"until", r"unless", r"before", r"as soon as", r"let (?:me|us)",
        r"let['’]s", r"how", r"whether", r"who", r"which", r"what", r"will", r"\w+['’](?:ll|d)", r"would",
        r"can", r"could", r"should", r"shall", r"may", r"might", r"must", r"please",
        r"(?:ca|wo|would|could|should)n['’]t", r"cannot", r"hope", r"wish", r"(?:i|we|you)\s+\w+n['’]t",
        r"i (?:do not|did not|have not|am not|know|understand|imagine)", r"sorry",
        r"(?:need|want|like|love|have|try|ought)s? to", r"wenn", r"falls", r"sobald", r"bis", r"soll(?:en|te)?",
        r"kann(?:st)?", r"könnte\w*", r"möchte\w*", r"werde[nt]?", r"wird", r"quand", r"lorsque", r"pourr\w+",
        r"peux", r"cuando", r"puedo", r"podría\w*", r"quando", r"posso", r"als", r"kan", r"если", r"когда",
        r"пока", r"могу",
    ) + r"|^\W*to\b",
    re.IGNORECASE,
)  # fmt: skip
"""Before what is told, these take it back: it asks, promises, advises or supposes."""

GENERAL: Final = re.compile(
    whole_words(
        r"usual(?:ly)?", r"often", r"always", r"never", r"sometimes", r"general(?:ly)?", r"typical(?:ly)?",
        r"normally", r"mostly", r"most (?!of (?:it|them|the|this|your)\b|important)\w+", r"many (?!of)",
        r"people", r"means?", r"depends?", r"takes", r"costs?", r"difference", r"per \w+",
        r"(?:once|twice|\w+s) an? (?:day|week|month|year|hour)", r"named after",
        r"(?:is|are|was|were|it['’]s|['’]re) called", r"century", r"in (?:[A-Z]\w+ )?(?:1\d|20)\d\d",
        r"meistens?", r"üblich\w*", r"souvent", r"toujours", r"normalmente", r"siempre", r"di solito",
        r"meestal", r"обычно",
    ),
    re.IGNORECASE,
)  # fmt: skip
"""It holds always, or has nothing to do with today."""

_SPEAKER: Final = re.compile(r"(?:i|we)\b", re.IGNORECASE)
_FOREIGN: Final = re.compile(r"[^\W\d_a-zA-Z\u00aa-\u00ffœŒẞ\u0400-\u04ff]")
_SIGNS: Final = re.compile(r"[✅☑✔✓🎉]")
_SHORT = 2
"""Signs of a sentence that can't be read, up to which it is but a word of greeting."""
_PLEASANTRIES: Final = re.compile(
    r"(?:こんにちは|こんばんは|おはよう|ありがとう|ございます|どういたしまして|您好|你们好|早上好|晚上好|谢谢你?|不客气"
    r"|안녕하세요|감사합니다|고마워요|천만에요|مرحب[اًا]*|أهلا|شكر[اًا]*|عفو[اًا]*|שלום|תודה(?: רבה)?|בבקשה|नमस्ते|धन्यवाद"
    r"|สวัสดี|ขอบคุณ|ครับ|ค่ะ|γεια(?: σ(?:ου|ας))?|ευχαριστώ|παρακαλώ|dzień dobry|cześć|dziękuję|dobrý den|děkuji"
    r"|teşekkür(?:ler| ederim)|xin chào|cảm ơn)\W*",
    re.IGNORECASE,
)
"""Greetings and thanks, in which nothing is told. Others only get the ledger's line beneath them."""


def is_foreign(sentence: str) -> bool:
    """Whether it says something in letters of a language that can't be read here."""
    is_short = len(re.findall(r"[^\W\d_]", sentence)) <= _SHORT
    return not is_short and _FOREIGN.search(_PLEASANTRIES.sub("", sentence)) is not None


def tells(clause: str) -> bool:
    """Whether it tells how something stands, or that something was done."""
    if _SIGNS.search(clause):
        return True
    general = GENERAL.search(clause) is not None
    for form in (HAPPENED, PAST_FIRST, SUBJECT_PAST, STANDS_SO, LATELY):
        found = form.search(clause)
        if found is None or (general and not _SPEAKER.match(found[0])):
            continue
        if not SUPPOSED.search(clause[: found.end()]) and _is_state(found):
            return True
    return False


def _is_state(found: re.Match[str]) -> bool:
    """Whether what is said of it is a state, and no opinion."""
    said = {name: words for name, words in found.groupdict().items() if words}
    if bare := said.get("bare"):
        return _BARE_STATE.match(bare) is not None
    return not any(_VERDICT.match(words) for words in said.values())
