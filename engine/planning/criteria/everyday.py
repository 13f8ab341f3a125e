"""What comes before what in everyday undertakings: the wool before the knitting, the answer after the letter.

Each row ties two ways of beginning a clause, and holds only where the person listed them in that order: the words alone
say too little («Sell the bikes» may be for the money that «Sort the attic» costs), both together are hardly chance.
"""

import functools
import itertools
import re
from collections.abc import Iterator

from engine.planning.criteria.bonds import Pair
from engine.planning.criteria.nodes import LONG_LIST, Node, distance, has_rhythm, is_bound, is_budget
from engine.planning.criteria.phrasing import RESULT, base_of
from engine.planning.criteria.verbs import Kind, is_result, leading_verb

_SHORT = {
    "GET": "(?:buy|get|order|purchase|pick up|borrow|rent|gather|collect|shop for)",
    "WORK": (
        "build|assemble|rebuild|reassemble|repair|replace|restore|paint|varnish|sand|install|fit|put up|put on|put in|"
        "pour|lay|mount|make|weld|tile|plaster|glue"
    ),
    "LEAVE": "(?:drive|fly|go|travel|sail|cycle|ride|walk|hike) to|fly|set off|leave|depart",
    "ONLINE": "(?:put|set|place)…(?:online|up for sale)|(?:post|publish)…(?:listing|ad|advert)|advertise",
    "PAPERS": "(?:statements?|papers|documents?|receipts?|records|certificates?|evidence|proofs?|photos)",
    "LAWYER": "(?:lawyer|notary|accountant|tax advis[eo]r|solicitor|attorney)",
    "MODEL": "(?:models?|classifiers?|predictors?|forecasts?|regression)",
    "CROWD": "(?:clients?|users?|customers?|tenants?|accounts?)",
    "ANIMALS": "(?:(?:hen|chicken|duck|goat|cow|pig|bee|swarm|rabbit|horse)s?|geese|sheep|colon(?:y|ies)|fish)",
}
"""What rows share, by the words in capitals that stand for it."""
_ROWS = r"""
# what it is made of, and then the making
GET…(?:wool|yarn|fabric|cloth|silk|linen|cotton|lace|thread|needles|pattern)|choose…pattern
    -> knit|sew|crochet|weave|quilt|stitch|embroider|cut|hem
cut -> sew|stitch|hem|glue
(?:buy|get|draw|download)…(?:plans|kit) -> cut|saw|mill|WORK
cut|saw|plane|mill|drill -> WORK|shape|fair
sew|stitch|knit -> hem|try…on|iron
GET…(?:groceries|ingredients|turkey|goose|meat|fish|vegetables|flour|shopping) -> cook|bake|roast|grill|serve|prepare
GET…(?:grapes|apples|berries|fruit|hops|malt|milk) -> crush|press|brew|juice|boil|churn
crush|press|brew|boil|let it -> bottle|fill|freeze
bottle -> label
bake -> decorate|frost|ice|fill|serve
cook|bake|roast|grill|serve|host|eat -> wash (?:up|the dishes)|do the dishes|clear the table|clean up
make|bake|cook|build|wrap|decorate|pack -> deliver
cook|photograph|draw|write|scan|test cook|take…photos -> lay out|layout|design…layout
test cook|cook|bake -> take…photos
print|layout|bind -> give|hand out|distribute
lay out|layout|design -> print|get…printed|order
sell|collect|raise -> hand over…(?:money|cheque|proceeds)
GET…(?:wood|timber|boards|nails|screws|bricks|concrete|tools?|materials?|parts|paint|tiles|wallpaper|clay|leather|kit|units|cabinets|windows?|doors?|boiler|panels|flooring)
    -> WORK
GET…(?:boxes|folders|labels|crates) -> pack|sort|file|label
order -> (?:rip|tear|strip|take) out
(?:rip|tear|strip|knock|take) (?:out|down)|demolish|gut
    -> install|commission|fit|rewire|plaster|tile|paint|lay|put in|furnish
dig|pour|lay|set|pull (?:out|up|down) -> install|connect|build|place|put|set|mount
haul|lift|take…out -> sand|clean|scrape|WORK
clean|wash|prime|sand|scrape|fill|plaster|draw|sketch -> paint|varnish|wallpaper
sand|scrape -> fill
clear|empty -> replace|repair|tear|demolish|insulate|paint|tile|convert
(?:replace|repair|fix)…(?:beams?|rafters?|joists?|pipes?|wiring) -> lay|tile|insulate|plaster|paint
choose…(?:roofer|builder|plumber|electrician|painter|tiler|carpenter|contractor|firm) -> WORK|tear|demolish
work out|calculate|pay off|talk to…advis[eo]r -> (?:tell|talk to)…boss|resign|quit my job|hand in…notice|retire
# what grows, and what is kept
GET…(?:seeds|seedlings|plants|bulbs|soil|compost) -> sow|plant|fill
dig|loosen|prepare|clear|dung|(?:choose|pick|find)…(?:place|spot|sort|variety|site|bed) -> sow|plant
sow|plant -> water|weed|fertilise|fertilize|prune|harvest|pick
build|fence|set up|put up|prepare|(?:take|do|attend)…course|register|buy…(?:hives?|coop|hutch|kennel|cage|aquarium)
    -> (?:buy|get|bring|fetch|order|collect)…ANIMALS
(?:buy|get|bring|fetch|order|collect)…ANIMALS -> feed|collect|milk|shear|harvest
visit…(?:shelters?|breeders?)|choose…breed|talk to|ask|fill in|hand in|pass|apply|buy|get|prepare|set up|clear
    -> (?:bring|fetch|take|pick up)…home|adopt
(?:puppy|baby|child|dog|cat)-proof -> (?:bring|fetch|take|pick up)…home|adopt
set up…room|prepare -> pick…up
pick…up|(?:bring|fetch)…home -> hold…welcome|show…around|find…(?:family|home)
(?:bring|fetch|take|pick up)…home|adopt|pick…up|(?:trip|travel|drive)…fetch
    -> register|vaccinate|vet|recall|train|teach|take…to the vet|introduce|(?:dog|puppy) (?:school|class|training)
harvest|pick|press|brew|bottle|bake|knit|sew|carve -> sell|deliver|give away
(?:lease|rent|buy)…(?:land|plot|field|garden|allotment) -> build|dig|plant|sow|fence|put up|set up|plough|plow
# taken apart, worked on part by part, put together again
take…apart|disassemble|dismantle|strip -> clean|order|WORK
knit|sew|crochet|weave|cut|print|carve|clean|order|WORK
    -> (?:sew|put|fit|glue|screw|bolt|join|piece|stitch)…together|assemble|reassemble|rebuild
clean|pump|oil|adjust|WORK -> (?:go for|take|do)…test (?:ride|drive|run)
WORK -> pass (?:the |an? )?(?:\w+ ){0,3}inspection|have it inspected
# asked, looked at and tried before it is done
(?:check|review|go through|inspect|get|request)…(?:report|file|statement|bill|record|contract|lease)s?
    -> dispute|correct|contest|object|challenge|cancel|renegotiate
(?:print|make|build|cook|bake|sew|knit|paint|order|show)…(?:sample|proof|prototype|trial|swatch|mock-up|mockup)
    -> order|print|cut|fold|write|sew|knit|bake|produce|send|post|WORK
choose…(?:paper|card|fonts?|colou?rs?|fabric|wood|leather|tiles|yarn|material) -> print|cut|fold|sew|knit|buy|order|WORK
cut|fold|glue|print -> write…addresses|address|stamp|(?:put|stuff)…envelopes?
measure|calculate -> (?:get|ask for|collect)…(?:quotes?|offers?|estimates?)
(?:get|ask for|collect|compare)…(?:quotes?|offers?|estimates?)
    -> choose|hire|sign|book|order|mend|renovate|insulate|WORK
ask…(?:dates?|days?|times?) -> find|choose|book|fix|plan|reserve
ask…(?:if|whether)|(?:find out|check|clarify)…(?:if|whether)
    -> GET|mend|hire|book|sign|apply|adopt|invite|move|start|begin|renovate|tell|WORK
# what is wrong is known before it is mended, and paid for after that
inspect|find out what|look at|examine|assess|have…(?:looked at|inspected|checked|audit)
    -> call|seal|insulate|cut|hire|fix|clean|WORK
fix|clean|WORK -> (?:send|submit|forward|pay)…(?:bill|invoice|receipt)s?
call|interview|survey|ask|talk to|classify
    -> (?:find|get)…(?:reasons|causes)|fix|improve|change|write|choose…(?:tool|system|supplier|vendor)
(?:find|get|know|understand|identify)…(?:reasons|causes) -> fix|improve|change|win
weigh|measure|count|track|log|note -> find…worst|cut|reduce|raise|improve|introduce|lower|increase
# sorted, given away, swept
sort|go through|declutter -> sell|donate|give away|throw|recycle|take…to the
sort|go through|declutter|sell|donate|give (?:away|.{1,30} to)|shred|throw|recycle|empty|paint|take…to the
    -> clean…(?:house|flat)|(?:sweep|vacuum|mop|hoover|scrub|wipe)…(?:floor|room|hall|attic|basement|garage|flat|place)
sort|empty|clear|sell|donate|give away|cancel|renovate|clean|paint|repair|move -> hand (?:over|back)|give back
sign|pay|complete|close|(?:find|get|rent|lease|buy)…(?:flat|apartment|house|home|place)
    -> (?:get|pick up|collect|receive|fetch)…keys
(?:get|pick up|collect|receive|fetch)…keys -> move|paint|furnish|unpack|set up|renovate
(?:advertise|sell|print|design|put)…(?:tickets?|posters?|programmes?|flyers?|leaflets?)
    -> record|film|perform|(?:give|play)…concert
move (?:in|to|into|out|house)|move|pack|clean|paint -> (?:hand (?:over|back|in)|give back|return)…keys
# well again
(?:do|take|attend)…(?:exercises|physio\w*|therapy|rehab\w*|medication|pills)|walk without|rest
    -> run|cycle|swim|hike|ski|(?:go|get|return) back to|return to|play
agree on…(?:return|plan|treatment) -> (?:go|get) back to|return to|start
(?:see|visit|call)…(?:doctor|surgeon|dentist|specialist|physio\w*|therapist|gp)
    -> (?:go|get) back to|return to|start…(?:therapy|treatment)
book…appointment|(?:see|visit)…(?:doctor|gp|specialist) -> have…(?:scan|mri|x-ray|surgery|operation)
have…(?:scan|mri|x-ray|tests?) -> do…(?:physio|exercises)|have…(?:surgery|operation)|(?:see|visit|talk)…results
have…(?:surgery|operation) -> do…(?:physio|exercises)|physio|bend|walk|run|cycle|swim|ski|climb|back (?:at|in|to)|return
get…diagnos\w+ -> apply…(?:care|benefits?|allowance|pension)|start…(?:therapy|treatment)
do…(?:physio\w*|exercises) -> walk
find…(?:doctor|therapist|surgeon|midwife|clinic) -> start…(?:therapy|treatment)|have…surgery|get…(?:diagnos\w+|treated)
# what there is, who decides, and who gets it
register…(?:teams|players|boats|runners) -> (?:draw up|make|publish)…(?:schedule|fixtures|groups|start list)
identify…heirs|pay…debts -> divide|distribute|share out|close…accounts
value|(?:get|have)…valued -> divide|sell|file…(?:tax|return)
(?:make|take|do)…(?:inventory|count)|count -> order|buy|replace|sell
collect…(?:ideas|options|suggestions|proposals)|brainstorm -> vote|decide|choose|pick
vote|decide|agree -> book|charter|reserve|invite
list|make…list -> decide|talk to|call|visit|contact|choose|convert|migrate|port|rewrite
list…(?:expenses|subscriptions|contracts|costs) -> cancel|cut
order|buy|copy|back up|transfer -> hand out|distribute|give out
hand out|distribute|give out|copy|back up|transfer -> wipe|delete|dispose|recycle
list|decide|choose|agree -> (?:see|visit|go to|call)…LAWYER|sign
(?:see|visit|go to)…LAWYER|sign -> tell|inform|announce
# getting ready to leave
pack|rent|book|reserve|buy|sell|cancel|load|fuel|plan|find…(?:school|flat|job|place)|pass…(?:licen[cs]e|exam|test)|take…course
    -> LEAVE
# papers and offices
agree on…(?:price|terms|rent|conditions) -> see…notary|sign
(?:see|go to|visit)…notary|sign…(?:deed|contract) -> transfer|hand over|move
get…rights -> translate|print|publish|perform|film|cast|rehearse|rehearsals
cast|find…cast -> rehearse|rehearsals
(?:find|get|sign with)…publisher|publish -> (?:hold|give)…readings?|promote
fill in|fill out|submit -> pay…(?:fees?|owe)|attend…interview
pay…fees?|attend…interview -> receive|get…(?:card|visa|permit|passport|decision)
apply -> pass…(?:test|interview|exam)
fill in|fill out|apply|submit -> attend…(?:induction|training|interview)
(?:run|swim|do|lift|train)…\d|get…medical -> pass…(?:fitness|entry|physical|sports)…test
(?:take|pass|sit)…(?:test|exam|ielts|toefl|gre|gmat) -> apply|submit…(?:profile|application)
(?:get|have)…(?:assessed|translated|certified|notari[sz]ed|recogni[sz]ed) -> apply|submit|file|hand in
submit…(?:profile|application)|apply -> fly|move|emigrate|relocate
(?:take|sit|write)…(?:exam|test|final)|exam|final -> (?:get|score|achieve|reach)…(?:[a-f]|grade|marks?|points)
(?:gather|collect|find|copy|scan|get|take|make|ask)…PAPERS
    -> file|submit|apply|lodge|contest|reconcile|fill|write the objection
sort|collect|gather|fetch|GET…(?:scanner|printer|camera|recorder) -> scan|copy|digiti[sz]e|print|photograph|record
scan|digiti[sz]e|record|transcribe -> transcribe|name|tag|index|write|edit|put|upload
scan|name|sort|edit|tag -> back…up|send|share|put…(?:online|on the|into)|upload|show…how
choose…(?:photos|pictures|images) -> print|lay out|design
reconcile|close the books -> prepare|write|present
(?:find|hire|engage|get|see|consult|call)…LAWYER
    -> file|submit|lodge|sue|contest|appeal|agree on|negotiate|settle|sign|go to court|write the application
file|lodge|submit -> (?:get|change|agree on)…(?:divorce|decree|name|custody)|answer|pay…fees?|respond
get…(?:number|id|card|visa|residence permit)|choose…name -> register|open…account|sign…(?:lease|contract)
(?:get|find|request|obtain)…(?:death certificate|will) -> apply|close|claim|pay|empty|sell
visit|view|make…list|list -> fill in|apply|submit|send in|choose|pick|decide
(?:write|draft)…(?:letter|objection|application) -> send|submit|apply
fill in|fill out|apply|submit|send in -> get…(?:confirmed|accepted|place|answer|offer|reply|lease|contract|visa)
(?:check|call)…(?:references|leads|prospects|customers)|interview|visit|talk|hold…viewings?|negotiate
    -> sign…(?:contracts?|deed|lease|tenant)|make…offer
(?:find|rent|sign)…(?:flat|apartment|house|home|room|lease)
    -> register|enroll?|ship|(?:book|hire)…movers|give notice|move|removal|furnish|paint|renovate|put in|order…internet
sign…(?:contract|lease) -> give notice|hand in|terminate…(?:lease|contract|tenancy)
buy…(?:land|plot)|(?:hire|find|engage|commission|choose)…(?:architect|surveyor|engineer)|(?:draw|get|have|make)…(?:plans|drawings|survey)
    -> (?:get|apply for|submit|obtain|file for|hand in)…(?:permit|permission|application|plans|drawings)
(?:get|obtain|receive|wait for|apply for)…(?:permit|permission|visa|approval|licen[cs]e)
    -> WORK|dig|start|open|demolish|tear|charter|hire…(?:builder|contractor)|book…(?:flight|ticket|way)|LEAVE
# an association or a firm is founded
(?:find|recruit|win|gather)…(?:members|founders|partners) -> hold…meeting|found|register
(?:find|recruit|win|gather)…\w*mitglieder -> hold…gründung\w*|found|register
(?:write|draft|agree on)…(?:statutes|bylaws|constitution|articles|satzung)
    -> hold…(?:meeting|gründung\w*)|found|register
sign…statutes|hold…(?:founding|inaugural|first)…meeting|hold…gründung\w*|found -> register|open…account
register (?:at|with)|register…(?:club|verein|association|company|business|charity|firm|society)
    -> open…account|sell|hire|send…invoice|(?:find|win|get)…(?:customers?|clients?|orders?)
sign…(?:purchase )?contract -> tell|replace|hire|build|renovate|rename|take over
choose…name -> register|publish|launch|print|send
WORK|furnish|buy…(?:furniture|desk|bed|beds|sofa|chairs?)|get…internet -> move in|move back|removal
sign…lease|(?:find|rent)…(?:shop|premises|place|room|location|hall|studio)
    -> order|buy|hire|install|renovate|paint|furnish|record|rehearse|invite
run…campaign|take orders -> ship|send|deliver
book…(?:van|movers|lorry)|(?:hire|rent)…(?:van|movers|lorry) -> clean…(?:flat|apartment|house|place)|change…address
clean -> get…deposit
find…\d.bed -> give notice|book…van|(?:hire|rent)…van|change…address
export -> import|delete|cancel
get…(?:data|prices|figures) -> backtest|compare|analy[sz]e
backtest -> compare
import|redesign|set up -> send…test
send…test -> tell|announce|send to|close|switch
have…(?:look at|inspect|check) -> get…quotes?|WORK
test print|layout -> print
get…(?:provisional|learner) -> pass|take|(?:theory|practical|driving) test
(?:theory|pass theory|take theory) -> pass…practical|practical test
# a home is sold
(?:get|have)…(?:valued|appraised)|repair|fix|paint|renovate|declutter|clean|stage
    -> take…(?:photos|pictures)|photograph|ONLINE
(?:get|have)…(?:valued|appraised) -> set the price|agree on|sell|(?:hire|find|choose|engage)…agent
(?:hire|find|choose|engage)…agent -> ONLINE|hold…viewings?|sell
(?:take|make|get)…(?:photos|pictures)|photograph -> ONLINE|set up…(?:shop|store|listing)
ONLINE -> hold…viewings?|show|interview|sell|sign
raise -> buy|pay|found
save -> (?:get|apply for)…mortgage|buy…(?:house|flat|apartment|home)|make…offer
# machines and what lies on them
(?:compare|choose)…(?:vendors?|tools?|providers?|systems?|products?|crm)
    -> clean|import|migrate|copy|move|train|set up|install|integrate
(?:create|set up)…accounts -> copy|move|import|migrate|train|invite
(?:clean|dedupe|deduplicate|sort|tidy)…(?:data|contacts|records|list|mailboxes) -> import|migrate|copy|move|export
integrate|test|try out|pilot -> move|migrate|import|switch|roll out|go live|cut over
train|test|try out|pilot|import|copy|move|migrate -> (?:switch|turn) off|shut down|cancel…(?:old|licen[cs]e)
copy|move|import|migrate -> (?:switch|point|change|update)…(?:mx|dns|records|domain)
(?:find|choose|sign with)…provider -> connect|install|order|sign|switch
(?:compare|select|choose|pick)…(?:vendors?|tools?|providers?|suppliers?|systems?|products?|offers?|crm) -> sign…contract
sign…contract -> import|migrate|install|train|set up|onboard
hire -> train|onboard
(?:find|win|recruit|invite)…(?:members|players|singers|readers)|choose…book -> meet
hire|recruit|order|buy|train -> start (?:with|on|in|at)|begin (?:with|on|in|at)
train|import|clean -> switch to|go live|cut over
set up|install|connect|run cables?|buy…router -> test|try out|measure
# data and models
(?:collect|gather|get|obtain|export|download|scrape|pull)…(?:data|dataset|images|samples|logs|bills|figures)
    -> clean|label|annotate|explore|analy[sz]e|calculate|train|fine-tune|fit|(?:build|develop)…MODEL
(?:clean|prepare|label|annotate|explore|split|sort)…(?:data|dataset|images|features|logs)
    -> train|fine-tune|fit|(?:build|develop)…MODEL
(?:train|fine-tune|fit|build|develop)…MODEL -> deploy|serve|evaluate|retrain|roll out
implement|(?:build|develop)…(?:endpoints?|api|service)
    -> write…(?:contract|integration|end-to-end|load) tests|migrate…CROWD
migrate|move|port -> deprecate|sunset|retire
# a place, an instrument, a pet
find…(?:printer|print shop|printing house) -> print
(?:set up|create|open)…(?:substack|newsletter|channel|blog|podcast|website|page)|write…issues? -> publish|post|send
GET…(?:guitar|piano|keyboard|ukulele|violin|cello|flute|drums?|saxophone|trumpet) -> learn|practi[sc]e|play|take…lessons
(?:bring|fetch|take)…(?:dog|puppy|cat|kitten)…home|adopt
    -> (?:finish|do|attend|start)…(?:school|class|training)|train
# schools, work, a stage
get (?:accepted|admitted|into)|enrol|gain admission -> pass|take|complete|finish|attend|do
(?:pass|take|sit|do)…(?:theory|written) -> (?:pass|take|do)…(?:driving|practical|road|oral)
pass|complete|finish|attend|do -> (?:pass|take|sit) (?:the |my )?(?:\w+ )?final (?:exam|test)
(?:finish|complete|do|serve)…(?:apprenticeship|internship|training|residency|studies|course|classes|lessons)
    -> (?:pass|take|sit)…(?:exam|test|assessment)|register|get…(?:certified|licen[cs]e)
(?:pass|take|sit)…(?:exam|test|assessment)|get…(?:certified|licen[cs]ed)|graduate
    -> register|open…(?:practice|business|office)|set up…(?:practice|business)|start work
pass|get…(?:certified|licen[cs]ed)|graduate|finish|complete -> (?:find|get|start|land)…(?:job|position)|teach
(?:find|get|recruit)…(?:drummer|bassist|singer|guitarist|band ?mates?|musicians)|rent…rehearsal
    -> rehearse|record|play
find…(?:actors|locations|crew|cast|extras)|scout|write…script -> shoot|film|rehearse|record
choose…(?:songs?|pieces?)|(?:book|rent|find)…(?:church|hall|venue|stage)|rehearse|print|sell…tickets
    -> (?:sing|give|play|hold|perform)…(?:concert|show|recital)
choose…(?:songs?|pieces?|script|play|programme)|GET…music -> rehearse|print|make…costumes|record|pre-production
pre-production|demo -> record
(?:choose|decide|pick)…(?:topic|niche|format|concept|theme) -> write|draft|outline|film|shoot|record
record|mix|master -> distribute|press|mix|master
rehearse -> perform
(?:prepare|write)…(?:speech|talk|presentation|slides) -> hold|give|deliver|rehearse
rehearse|write…songs?|learn…(?:songs?|pieces?) -> record|play…(?:gigs?|live|concert|show)|perform
"""
"""What comes first -> what then; «…» stands for some words between."""


def _pattern(told: str) -> re.Pattern[str]:
    for name, meant in _SHORT.items():
        told = told.replace(name, meant)
    spaced = told.replace("…", r"\b.{0,40}\b")
    return re.compile(rf"(?:{spaced})\b", re.I)


_ROW = re.compile(r"^(\S.*?)\s+->\s+(.+)$", re.M)
_STARTS = re.compile(r"(?:^|[|:])([a-z]+)")
_FIRST_WORD = re.compile(r"[a-z]+", re.I)


def _by_first_word(side: int) -> dict[str, list[tuple[int, re.Pattern[str]]]]:
    """For each word with which a clause may begin the rows that may be meant: few are tried out on a clause."""
    found: dict[str, list[tuple[int, re.Pattern[str]]]] = {}
    for number, row in enumerate(_ROW.findall(_ROWS)):
        pattern = _pattern(row[side])
        for word in dict.fromkeys(_STARTS.findall(pattern.pattern)):
            found.setdefault(word, []).append((number, pattern))
    return found


_FIRST, _THEN = _by_first_word(0), _by_first_word(1)
_OPENS = re.compile(r"re-?open (?:the|our|my|on|in|by|at|for)\b|(?:the |our )?\w+ opens?\b(?: (?:on|in|at)\b|$)", re.I)
_LOOKED_INTO = re.compile(r"(?:pass|get)\b.{0,30}\b(?:inspection|inspected|inspection passed)$", re.I)
_AWAITS = re.compile(
    r"(?:reply|answer|response|decision|verdict) (?:from|of|by)\b|(?:refund|money back)\b|"
    r"(?:wait for|await|receive)\b.{0,20}\b(?:answer|reply|response|result|decision|verdict|approval|confirmation|"
    r"refund|money)s?\b|(?!it\b|all\b).{2,40}\b(?:arrived|refunded|handed over|granted|issued|matched|admitted)\b",
    re.I,
)
_SENDS = re.compile(
    r"(?:send|submit|file|apply|post|mail|hand in|lodge|order|request|ask|write|email|register|book the appointment)\b",
    re.I,
)


@functools.lru_cache(maxsize=2048)
def _rows_of(text: str) -> tuple[int, int]:
    """The rows at whose beginning and at whose end a clause stands, as bits."""
    first = then = 0
    for form in (text, *_as_doings(text)):
        begins = _FIRST_WORD.match(form)
        word = begins[0].lower() if begins else ""
        first |= sum(1 << number for number, pattern in _FIRST.get(word, ()) if pattern.match(form))
        then |= sum(1 << number for number, pattern in _THEN.get(word, ()) if pattern.match(form))
    return first, then


def _as_doings(text: str) -> Iterator[str]:
    """A result as the doings that it may be of, and as something to be had: «Degree assessed by the board»."""
    put = _PUT.fullmatch(text)
    if put is not None:
        yield f"put {put['where']} {put['what']}"
    told = RESULT.fullmatch(_THOUSANDS.sub("", text.strip(" .!"))) if " " in text else None
    if told is None or (leading_verb(text) is not None and not is_result(text)):
        return
    what, done = told["what"].lower(), told["done"].lower()
    yield f"get {what} {done}{told['rest']}"
    for one in _TOGETHER.split(done):
        # «mill-ed», «glue-d», «fit-ted»
        bases = {base_of(one), _ENDING.sub("", one), _ENDING.sub("e", one), _DOUBLED.sub(r"\1", one)}
        yield from (f"{verb} {what}{told['rest']}" for verb in sorted(bases))


_THOUSANDS = re.compile(r"(?<=\d),(?=\d)")
_TOGETHER = re.compile(r",? and |, ")
_PUT = re.compile(r"(?P<what>[\w-]+(?: [\w-]+){0,2}) (?P<where>up|on|in)", re.I)
"""«Walls up», «Roof on»."""
_ENDING, _DOUBLED = re.compile(r"ed\b"), re.compile(r"([bdglmnprt])\1ed\b")


def everyday(nodes: tuple[Node, ...]) -> Iterator[Pair]:
    """All such ties of what is listed in that order; what goes on and on until the end comes before nothing."""
    if len(nodes) > LONG_LIST:
        return
    rows = [_rows_of(node.reading.text) for node in nodes]
    for then in nodes:
        if _AWAITS.match(then.reading.text):
            yield from _sent_before(then, nodes)
        opens = _opens(then) or _is_looked_into(then)
        for first in nodes:
            is_tied = rows[first.index][0] & rows[then.index][1] and not _apart(first, then) and not goes_on(first)
            if first.criterion < then.criterion and (is_tied or (opens and _is_got_ready(first))):
                yield first.index, then.index


def goes_on(node: Node) -> bool:
    """Whether a clause is done again and again with no end of its own."""
    reading = node.reading
    return has_rhythm(reading) and reading.seconds is None


def _apart(first: Node, then: Node) -> bool:
    return bool(first.domains and then.domains) and not first.domains & then.domains


def _sent_before(node: Node, nodes: tuple[Node, ...]) -> Iterator[Pair]:
    """An answer comes after the last thing before it that asks for one."""
    asked = [other for other in nodes if other.criterion < node.criterion and _SENDS.match(other.reading.text)]
    if asked:
        yield asked[-1].index, node.index


def _opens(node: Node) -> bool:
    """Whether a place opens to all: «Open the doors», «Reopen the pub»."""
    return (node.reading.kind is Kind.LAUNCH and node.reading.verb == "open") or bool(_OPENS.match(node.reading.text))


def _is_looked_into(node: Node) -> bool:
    """Whether others look into what all the rest is done for: «Pass the organic inspection»."""
    return _LOOKED_INTO.match(node.reading.text) is not None


def _is_got_ready(node: Node) -> bool:
    """Whether a clause is done before a place opens to all: figures and habits are not."""
    return node.reading.target is None and not (goes_on(node) or is_bound(node.reading) or is_budget(node.reading))


def farther(nodes: tuple[Node, ...]) -> Iterator[Pair]:
    """The longer race comes after the shorter one."""
    races = sorted((far, node.index) for node in nodes if (far := distance(node.reading)) is not None)
    yield from ((first, then) for (near, first), (far, then) in itertools.pairwise(races) if near < far)
