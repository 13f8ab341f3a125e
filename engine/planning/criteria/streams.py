"""What comes before what in the usual run of things, as data.

A stream lists its stages in order; a clause stands at a stage by its kind or by the words in it.
"""

from dataclasses import dataclass

from engine.planning.criteria import marks
from engine.planning.criteria.verbs import Kind
from engine.planning.criteria.wording import stem


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One stage of a stream: the kinds that stand there, and the words that put any clause there."""

    kinds: frozenset[Kind] = frozenset()
    stems: frozenset[str] = frozenset()
    quality: bool = False
    """Targets of quality (speed, coverage) stand here."""
    results: bool = False
    """Targets of growth (signups, revenue) stand here."""
    checks: bool = False
    """Checks of an address stand here."""
    got: bool = False
    """Only what is got stands here by its words: who plays the guitar has it."""


def _stage(*kinds: Kind, words: str = "", **marks: bool) -> Stage:
    return Stage(kinds=frozenset(kinds), stems=frozenset(stem(word) for word in words.split()), **marks)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """Stages in their order."""

    name: str
    stages: tuple[Stage, ...]
    choices_first: bool = False
    """Whether choosing and buying the material comes before all stages it is named at."""
    beside_habits: bool = False
    """Whether what is done again and again goes on beside it: lessons twice a week wait for no course."""
    any_domain: bool = False
    """Whether its words tell enough for clauses of different domains to stand in it together."""


_K = Kind
STREAMS: tuple[Stream, ...] = (
    Stream(
        name="product",
        stages=(
            _stage(_K.RESEARCH, _K.INTERVIEW, words="competitor"),
            _stage(words="specification spec requirements scope"),
            _stage(_K.DESIGN, words="mockup mockups wireframe wireframes prototype"),
            _stage(words="approve approval sign-off signoff"),
            _stage(_K.DEVELOP, _K.MIGRATE, words="mvp"),
            _stage(_K.TEST, _K.BACKTEST),
            _stage(_K.FEEDBACK, _K.OPTIMISE, _K.FIX, words="revision rework", quality=True),
            _stage(_K.DEPLOY),
            _stage(_K.MONITOR, checks=True),
            _stage(_K.LAUNCH),
            _stage(_K.PROMOTE),
            _stage(results=True),
        ),
    ),
    Stream(
        name="learning",
        beside_habits=True,
        stages=(
            _stage(_K.COURSE, _K.LEARN),
            _stage(_K.DEVELOP),
            _stage(words=f"{marks.EXAM_PAPERS} mock tutor"),
            _stage(_K.COMPETE, _K.EXAM, words="production capstone"),
            _stage(words=f"practical score grade {marks.GETS_A_GRADE}"),
        ),
    ),
    Stream(
        name="gear",
        stages=(
            _stage(words="keyboard guitar piano shoes bike racket equipment gear kit teacher coach", got=True),
            _stage(_K.PRACTISE, words="songs lessons"),
            _stage(words="perform concert recital gig stage mic"),
        ),
    ),
    Stream(
        name="races",
        stages=(
            _stage(words=f"{marks.TRAINS_OFTEN} lessons"),
            _stage(words="10k 5k half half-marathon sprint"),
            _stage(_K.TRAIN),
        ),
    ),
    Stream(
        name="talk",
        stages=(
            _stage(words="topic"),
            _stage(words="abstract"),
            _stage(words="submit submission"),
            _stage(words="accept"),
            _stage(words="slides deck"),
            _stage(words=f"rehearse rehearsal {marks.TRIES_ALOUD}"),
            _stage(_K.PRESENT),
            _stage(words="recording video upload"),
        ),
    ),
    Stream(
        name="media",
        stages=(
            _stage(words="script screenplay storyboard"),
            _stage(words="concept format mic microphone camera studio guest guests actors locations"),
            _stage(words="record film shoot"),
            _stage(words="edit mix"),
            _stage(_K.PUBLISH, _K.LAUNCH),
            _stage(words="spotify directories itunes"),
            _stage(results=True),
        ),
    ),
    Stream(
        name="own money",
        stages=(
            _stage(words="debt debts overdraft emergency credit"),
            _stage(words="broker brokerage etf etfs"),
        ),
    ),
    Stream(
        name="opening a business",
        stages=(
            _stage(words=f"concept {marks.BUSINESS_PLAN}"),
            _stage(words="fund funding loan capital investor investors"),
            _stage(words="location premises lease"),
            _stage(words="permit permits insurance"),
            _stage(
                words="machine equipment supplier suppliers stock menu staff barista baristas baker cook chef waiter"
            ),
            _stage(words="soft"),
            _stage(_K.LAUNCH, words="grand official"),
            _stage(results=True),
        ),
    ),
    Stream(
        name="buying a home",
        any_domain=True,
        stages=(
            _stage(words="deposit"),
            _stage(words="mortgage pre-approval"),
            _stage(words="view viewing viewings"),
            _stage(words="offer"),
            _stage(words="survey inspect inspection"),
            _stage(words="solicitor notary"),
            _stage(words=f"purchase closing exchange {marks.BUYS_A_HOME}"),
            _stage(words=marks.MOVES_IN),
        ),
    ),
    Stream(
        name="offers",
        stages=(_stage(words="quote quotes bid bids tender tenders compare"), _stage(_K.DECIDE, words="accept")),
    ),
    Stream(
        name="raising capital",
        stages=(
            _stage(words="deck"),
            _stage(words="investor investors angels vcs"),
            _stage(words="intro intros introductions"),
            _stage(words="meeting meetings"),
            _stage(words="sheet"),
            _stage(words="diligence"),
            _stage(words=f"close closing wire {marks.RAISES}"),
        ),
    ),
    Stream(
        name="people of an event",
        stages=(
            _stage(words="date"),
            _stage(words="venue hall"),
            _stage(words="photographer band dj florist flowers musician music entertainer"),
            _stage(words="celebrate hold"),
        ),
    ),
    Stream(
        name="paperwork",
        stages=(
            _stage(words="receipt receipts document documents papers paperwork"),
            _stage(words="form forms return"),
            _stage(words="accountant adviser advisor"),
            _stage(_K.PUBLISH, words="submit file"),
            _stage(words="refund receive"),
        ),
    ),
    Stream(
        name="growing",
        stages=(
            _stage(words="bed beds plot greenhouse seeds"),
            _stage(words="soil compost"),
            _stage(words="sow plant seedlings"),
            _stage(words="water weed fertilise fertilize"),
            _stage(words="harvest"),
        ),
    ),
    Stream(
        name="raising money",
        stages=(
            _stage(words="sponsor sponsors sale gala appeal ticket tickets raffle"),
            _stage(words="raise donate collect"),
            _stage(words="award"),
            _stage(words="thank thank-you"),
        ),
    ),
    Stream(
        name="showing",
        stages=(
            _stage(words="select curate"),
            _stage(words="print frame"),
            _stage(words="gallery cafe hang"),
            _stage(words="press vernissage invite"),
            _stage(_K.LAUNCH, words="opening"),
            _stage(_K.SELL, words="sell"),
        ),
    ),
    Stream(
        name="compliance",
        stages=(
            _stage(words="iso soc scope"),
            _stage(words="gap risk risks"),
            _stage(words="policy policies controls mandatory"),
            _stage(words="staff employees"),
            _stage(words=marks.INTERNAL_AUDIT),
            _stage(words=marks.AUDIT_FINDINGS),
            _stage(words=f"external certification {marks.OUTSIDE_AUDIT}"),
            _stage(words="certificate"),
        ),
    ),
    Stream(
        name="reading into practice",
        stages=(_stage(_K.READ, _K.COURSE, _K.LEARN), _stage(_K.EXAM, words="production capstone")),
    ),
    Stream(
        name="claiming a right",
        stages=(
            _stage(words="evidence proof"),
            _stage(words="letter demand"),
            _stage(words="lawyer solicitor attorney"),
            _stage(words="claim lawsuit"),
            _stage(words="hearing judgment judgement settlement"),
        ),
    ),
    Stream(
        name="being elected",
        stages=(
            _stage(words="signature signatures"),
            _stage(words="candidacy nomination"),
            _stage(words="doors flyers posters debate canvass speech"),
            _stage(words="vote votes elected"),
        ),
    ),
    Stream(
        name="building",
        stages=(
            _stage(words="blueprint blueprints plans drawings architect"),
            _stage(words="permission permit permits"),
            _stage(words="timber bricks lumber concrete"),
            _stage(words="foundation foundations platform"),
            _stage(words="frame walls"),
            _stage(words="roof"),
        ),
    ),
    Stream(
        name="asking many",
        any_domain=True,
        stages=(
            _stage(words="ethics"),
            _stage(_K.RECRUIT, words="questionnaire"),
            _stage(words="pilot pretest"),
            _stage(words="responses respondents"),
            _stage(words="analyse analyze analysis"),
            _stage(words="chapter"),
        ),
    ),
    Stream(
        name="showing a work",
        stages=(
            _stage(_K.FINISH, words="level levels scene scenes footage"),
            _stage(words="trailer trailers teaser teasers showreel screenshots"),
            _stage(_K.PUBLISH, _K.LAUNCH),
        ),
    ),
    Stream(name="cover", stages=(_stage(words="cover layout illustrations"), _stage(_K.PUBLISH))),
    Stream(
        name="writing",
        stages=(
            _stage(words="topic supervisor"),
            _stage(_K.RESEARCH, _K.READ, words="literature"),
            _stage(words="data experiment samples"),
            _stage(words=f"analysis analyse analyze evaluation statistics {marks.COMPARES_DATA}"),
            _stage(words="outline"),
            _stage(_K.WRITE, words="draft manuscript written translate"),
            _stage(words="feedback readers critique"),
            _stage(words="edit revise rewrite second proofread proofreading"),
            _stage(words="layout typeset"),
            _stage(words="print bind"),
            _stage(_K.PUBLISH, words="publisher"),
            _stage(_K.PROMOTE),
            _stage(results=True),
        ),
    ),
    Stream(
        name="hiring",
        stages=(
            _stage(words="description advert adverts advertise ad ads"),
            _stage(words="post applications"),
            _stage(words="shortlist screen cv cvs"),
            _stage(_K.INTERVIEW, words="interview interviews"),
            _stage(words="take-home assignment"),
            _stage(words="final onsite on-site trial trials references"),
            _stage(words="offer"),
            _stage(_K.HIRE, words="contract"),
            _stage(words="onboard"),
        ),
    ),
    Stream(
        name="job search",
        stages=(
            _stage(words="cv resume résumé portfolio linkedin"),
            _stage(_K.APPLY),
            _stage(words="interview interviews"),
            _stage(words="negotiate offer accept"),
            _stage(words="notice resign"),
        ),
    ),
    Stream(
        name="event",
        stages=(
            _stage(words="guest guests budget date"),
            _stage(words="venue hall"),
            _stage(words="invitations invite invites"),
            _stage(words="cater caterer menu seating cake decorate"),
            _stage(words="celebrate hold honeymoon thank-you"),
        ),
    ),
    Stream(
        name="cooking",
        stages=(
            _stage(words="menu recipe recipes"),
            _stage(words="groceries ingredients shopping"),
            _stage(words="cook bake dinner lunch"),
        ),
    ),
    Stream(
        name="travel",
        stages=(
            _stage(words="passport visa"),
            _stage(words="flight flights train trains ticket tickets"),
            _stage(words="hotel hotels accommodation hostel ryokan itinerary"),
            _stage(words="pack"),
            _stage(words="fly travel"),
        ),
    ),
    Stream(
        name="moving",
        stages=(
            _stage(words=f"viewing viewings {marks.FINDS_A_HOME}"),
            _stage(words="lease contract notice"),
            _stage(words="pack movers van boxes"),
            _stage(_K.MOVE),
            _stage(words=f"unpack address keys handover {marks.CANCELS}"),
        ),
    ),
    Stream(
        name="renovation",
        choices_first=True,
        stages=(
            _stage(words=f"measure quotes quote offers {marks.ASKS_OFFERS}"),
            _stage(words="subsidy permission permit permits"),
            _stage(words=f"contractor builder {marks.ENGAGES_TRADE}"),
            _stage(words=f"demolish strip remove renovate {marks.CLEARS_AWAY}"),
            _stage(words="plumb plumbing wiring electrics rewire windows"),
            _stage(words="insulate"),
            _stage(words="plaster tile tiles tiling tiler floor flooring"),
            _stage(words="grout"),
            _stage(words="paint wallpaper"),
            _stage(words="shower toilet sink furnish furniture cabinets appliances curtains"),
            _stage(words=marks.SENDS_BILL),
        ),
    ),
    Stream(
        name="moving data",
        stages=(_stage(_K.SETUP), _stage(_K.MIGRATE), _stage(words="mx dns"), _stage(_K.MONITOR)),
    ),
    Stream(
        name="migration",
        stages=(
            _stage(words="inventory backup"),
            _stage(words="rehearse rehearsal dry-run"),
            _stage(_K.MIGRATE),
            _stage(words="verify reconcile"),
            _stage(_K.MONITOR),
            _stage(words=f"decommission retire {marks.SWITCHED_OFF}"),
        ),
    ),
)
