"""What each kind of doing calls for: tables of steps with titles, times and needs.

A title may name `{text}` (the clause), `{low}` (the clause inside a sentence), `{it}` (the thing with its article),
`{thing}` (the thing as written), `{topic}` (what a research is about), `{place}` (where something goes), `{n}` (a
count), `{things}` and `{people}` (what is counted), `{activity}` (the doing without its rhythm).
"""

from dataclasses import dataclass, replace

from engine.planning.streams import TRAINS_OFTEN
from engine.planning.verbs import Kind
from engine.planning.wording import stem


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of a recipe."""

    name: str
    title: str
    hours: tuple[float, float, float]
    """Low, likely and high, elapsed; of the doing, each time for a counted step."""
    carries: bool = False
    """The doing itself: title, count and target are the clause's own."""
    needs: tuple[str, ...] = ()
    expected: str = ""
    share: float = 1.0
    covers: frozenset[str] = frozenset()
    """Stems of what it deals with: where another criterion speaks of one of them, this step would ask twice for it."""
    early: bool = False
    """Whether it can go on beside what comes before the clause."""
    shared: bool = False
    """Whether once is enough for all clauses that call for it."""


def _do(low: float, likely: float, high: float, *needs: str) -> Step:
    return Step(name="do", title="{text}", hours=(low, likely, high), carries=True, needs=needs, share=3.0)


def _step(name: str, title: str, likely: float, expected: str = "", needs: tuple[str, ...] = ()) -> Step:
    return Step(name=name, title=title, hours=(likely / 2, likely, likely * 3), expected=expected, needs=needs)


def _early(step: Step) -> Step:
    return replace(step, early=True)


def _shared(step: Step) -> Step:
    return replace(step, shared=True)


def _unless(step: Step, words: str) -> Step:
    return replace(step, covers=frozenset(stem(word) for word in words.split()))


RECIPES: dict[Kind, tuple[Step, ...]] = {
    Kind.RESEARCH: (
        _step("ask", "List what you need to know about {topic}", 1, "A list of questions"),
        _do(4, 12, 40),
        _step("sum", "Sum up the findings on {topic} on one page", 2, "One page that answers the questions"),
    ),
    Kind.SETTLE: (
        _step(
            "sign", "Settle what will show it: {low}", 0.5, "One sign that can be counted, and where it stands today"
        ),
        _do(24, 336, 1000),
        _step("look", "Look back: {low}?", 0.5, "What the sign says now"),
    ),
    Kind.DESIGN: (
        _step("collect", "Collect needs and examples for {it}", 2, "What it must do, and examples that please"),
        _do(4, 16, 48),
        _step("review", "Have someone review {it} and settle changes", 2, "Changes agreed", ("a reviewer",)),
    ),
    Kind.DEVELOP: (
        _step("scope", "Write down what {it} must do", 2, "A short list that can be tested"),
        _do(8, 40, 120),
        _unless(_step("test", "Test {it} against that list", 4, "Each point holds", ("test machine",)), "coverage qa"),
    ),
    Kind.TEST: (
        _step("cases", "Write down what to test and what counts as passed", 1.5, "A list of cases"),
        _do(2, 8, 24, "test machine"),
        _step("sort", "Sort what the testing showed: fix now, later, never", 2, "A list in order"),
    ),
    Kind.BACKTEST: (
        _early(_step("data", "Get and clean the data for the backtest", 6, "Data without gaps", ("market data",))),
        _do(4, 12, 40, "test machine"),
        _step("doubt", "Check the backtest for look-ahead, overfitting and costs", 3, "Results that can be trusted"),
    ),
    Kind.OPTIMISE: (
        _step("base", "Record where things stand before you {low}", 1, "The figure to beat"),
        _do(4, 12, 40),
        _step("compare", "Compare the result with where things stood", 1.5, "Better than before, on fresh data"),
    ),
    Kind.FEEDBACK: (
        _step("sort", "Sort {it}: now, later, never", 2, "A list in order of worth"),
        _do(6, 24, 80),
        _step("back", "Show the changes to those who gave {it}", 2, "They agree it is better"),
    ),
    Kind.DEPLOY: (
        _early(
            _step(
                "ready", "Prepare to {low}: settings, access, a way back", 3, "A checklist and a way back", ("access",)
            )
        ),
        _do(1, 3, 12),
        _step("check", "Check that {place} runs as it should", 1, "No errors, the figures look right"),
    ),
    Kind.MONITOR: (
        _early(_step("set", "Decide what to watch, and at what figure to step in", 1, "Figures and their limits")),
        _do(24, 168, 336),
        _step("judge", "Judge what the monitoring showed", 1, "A clear verdict in writing"),
    ),
    Kind.LAUNCH: (
        _early(_step("ready", "Prepare to {low}: page, texts, pictures, date", 8, "Everything ready to go public")),
        _do(2, 8, 24),
        _step("after", "Answer the first questions and fix what breaks", 8, "No open question, nothing broken"),
    ),
    Kind.PROMOTE: (
        _step("channels", "Choose channels and the one message for them", 2, "Two or three channels"),
        _do(4, 16, 60),
        _step("look", "Look at what each channel brought", 1, "Which channel to keep"),
    ),
    Kind.MIGRATE: (
        _unless(
            _step("backup", "List what has to move, and take a backup", 4, "A list, and a backup that restores"),
            "backup",
        ),
        _unless(
            _step("rehearse", "Rehearse on a copy: {low}", 6, "A rehearsal without loss", ("test machine",)),
            "rehearse rehearsal",
        ),
        _do(2, 8, 24),
        _step("check", "Check that nothing was lost, then switch the old one off", 3, "Counts agree on both sides"),
    ),
    Kind.SETUP: (_do(1, 3, 10), _step("try", "Try out {it}", 0.5, "It works")),
    Kind.FIX: (
        _step("see", "Reproduce {it} and find the cause", 2, "A way to make it happen"),
        _do(1, 4, 16),
        _step("test", "Test that {it} stays fixed", 1, "It no longer happens"),
    ),
    Kind.LEARN: (
        _step("choose", "Choose material and fixed hours to {low}", 1.5, "Material and hours in the calendar"),
        _do(40, 120, 400, "study hours"),
        _unless(
            _step("use", "Prove it: use {thing} on something real", 8, "Something real that works"), "exam exams test"
        ),
    ),
    Kind.COURSE: (
        _step("hours", "Sign up for {it} and set study hours", 1, "Hours in the calendar"),
        _do(20, 80, 240, "study hours"),
        _step("tell", "Explain what {it} taught, without notes", 1, "The main ideas in your own words"),
    ),
    Kind.READ: (
        _do(6, 20, 80),
        _step("sum", "Sum up {it} on a page", 1.5, "The main ideas in your own words"),
    ),
    Kind.EXAM: (
        _step("asks", "Find out what {it} asks for, and register", 1.5, "Topics, date and fee"),
        _unless(
            _step("study", "Study for {it}", 60, "Each topic gone through", ("study hours",)), "study revise lessons"
        ),
        _unless(
            _step("mock", "Take a mock exam and close the gaps", 6, "A mock result that would pass"), "mock papers"
        ),
        _do(2, 4, 8),
    ),
    Kind.COMPETE: (
        _step("choose", "Choose which {things} to enter", 1.5, "A list with dates"),
        _do(20, 60, 160),
        _step("learnt", "Write down what the {things} taught", 1.5, "What to do differently"),
    ),
    Kind.INTERVIEW: (
        _step("ask", "Write the questions, and find whom to ask", 2, "Questions and names"),
        _do(1, 3, 24, "people to talk to"),
        _step("sum", "Sum up what the interviews showed", 2, "Findings with quotes"),
    ),
    Kind.RECRUIT: (
        _step("where", "Write the invitation for {thing} and choose where to ask", 1.5, "An invitation"),
        _do(1, 4, 24),
    ),
    Kind.WRITE: (
        _unless(_step("outline", "Outline {it}", 2, "The points in order"), "outline"),
        _do(6, 24, 100),
        _unless(_step("revise", "Revise {it} with fresh eyes", 3, "A text you would sign"), "revise edit proofread"),
    ),
    Kind.PUBLISH: (
        _step("proof", "Give {it} a last check", 1, "No mistakes left"),
        _do(0.5, 1, 4),
    ),
    Kind.PRESENT: (
        _unless(_step("outline", "Outline {it} and make the slides", 6, "A story in three points"), "slides deck"),
        _unless(_step("rehearse", "Rehearse {it} aloud, with a clock", 2, "Within the time"), "rehearse rehearsal"),
        _do(0.5, 1, 3),
    ),
    Kind.HIRE: (
        _unless(
            _step("ad", "Write down what the job is, and post it", 3, "A job description, published"),
            "description advert ad",
        ),
        _unless(
            _step("talks", "Interview the best candidates", 12, "Two you would take", ("candidates",)),
            "interview interviews",
        ),
        _do(24, 120, 400, "budget"),
        _unless(
            _step("start", "Prepare the first week: access, desk, first task", 4, "A first week that works"),
            "onboard onboarding",
        ),
    ),
    Kind.APPLY: (_step("papers", "Get the papers ready to {low}", 3, "Everything that is asked for"), _do(1, 3, 10)),
    Kind.SELL: (
        _step("offer", "Set the price and make the offer for {it}", 2, "Pictures, text, price"),
        _do(2, 24, 240),
    ),
    Kind.SAVE: (
        _shared(
            _step("find", "List income and spending, and find what can go", 2, "A sum that can be put aside each month")
        ),
        _step("transfer", "Set up a standing order: {low}", 0.5, "The order is in place"),
        _do(200, 720, 4000),
    ),
    Kind.ORGANISE: (
        _unless(
            _step("frame", "Settle date, place, guests and budget for {it}", 4, "Four facts agreed", ("budget",)),
            "venue",
        ),
        _unless(_step("invite", "Send the invitations", 2, "Everyone has answered"), "invite invitations invites"),
        _step("arrange", "Arrange food, drinks and what else is needed", 8, "All ordered", ("budget",)),
        _do(4, 12, 48),
    ),
    Kind.FIND: (_do(1, 6, 60),),
    Kind.PLAN: (_do(2, 6, 24), _step("look", "Go through {it} with someone else", 1, "No open question")),
    Kind.TRAVEL: (
        _unless(
            _step(
                "frame",
                "Settle dates and budget, check passport and visa",
                2,
                "Dates, sum, papers in order",
                ("budget",),
            ),
            "passport visa",
        ),
        _unless(
            _step("book", "Book the way there and a place to stay", 3, "Bookings confirmed", ("budget",)),
            "flight flights hotel hotels",
        ),
        _unless(_step("pack", "Pack, and tell someone where you will be", 2, "Bags by the door"), "pack"),
        _do(24, 168, 400),
    ),
    Kind.MOVE: (
        _unless(
            _step("help", "Book a van and helpers, give notice", 3, "Date and helpers fixed", ("budget",)), "movers van"
        ),
        _unless(_step("pack", "Sort out and pack", 24, "Boxes with labels"), "pack boxes"),
        _do(6, 12, 48, "helpers"),
        _unless(
            _step("after", "Hand over the keys and change your address", 4, "Post and contracts follow you"),
            "address keys",
        ),
    ),
    Kind.TRAIN: (
        _unless(_step("plan", "Choose a training plan that ends on the day", 1, "A plan by the week"), TRAINS_OFTEN),
        _unless(
            _step("train", "Train by the plan", 1500, "Most sessions done", ("training hours",)),
            f"train training {TRAINS_OFTEN}",
        ),
        _do(1, 4, 12),
    ),
    Kind.PRACTISE: (_step("when", "Fix when and where to {activity}", 0.5, "Times in the calendar"), _do(0.5, 24, 60)),
    Kind.QUIT: (
        _step("why", "Note when and why it comes to {thing}", 48, "The three usual moments"),
        _step("instead", "Settle what to do instead in those moments", 1, "One substitute for each"),
        _do(200, 720, 2000),
        _step("back", "Look back: did it hold?", 0.5, "What to change if not"),
    ),
    Kind.TIDY: (_do(0.5, 2, 8),),
    Kind.REPAIR: (
        _step("cause", "Find out what {it} needs", 1, "Cause, parts, cost"),
        _do(1, 4, 24, "parts and tools"),
        _step("try", "Look at {it} again after some days of use", 0.5, "It works"),
    ),
    Kind.DECIDE: (
        _step("weigh", "Collect options for {it}, and what speaks for each", 2, "A short list"),
        _do(0.2, 1, 8),
    ),
}
"""Kinds that are not here are done in one step."""

ONE_STEP = _do(0.5, 2, 16)
RESULT = _do(1, 8, 60)
TRADE = _do(8, 24, 80)
CHORE = _do(0.2, 0.7, 3)

STUDY = (
    _step("ask", "Write down the questions that {it} must answer", 1, "A list of questions"),
    _do(4, 12, 40),
    _step("sum", "Sum up on one page what {it} showed", 2, "One page that answers the questions"),
)
SMALL_LESSON = (_do(2, 10, 40),)
SHORT_TEXT = (_do(1, 3, 10),)
REVISION = (_do(2, 6, 24),)
LONG_SEARCH = (
    _step("wish", "Settle what {it} must offer, and where to look", 1, "A short list of musts"),
    _do(24, 240, 900),
)
OFFICIAL = (
    _step("papers", "Find out what it takes to {low}, and gather the papers", 4, "All papers at hand"),
    _do(8, 160, 700),
)
FINISHING = (_step("open", "List what is still open in {it}", 1, "A list, the largest first"), _do(4, 24, 120))
SMALL_EVENT = (_step("frame", "Settle what, when and with whom: {low}", 1, "Agreed with all concerned"), _do(1, 4, 24))
ASKING = _step("case", "Collect what speaks for it, with figures and examples", 3, "Three points that convince")
BIG_BUY = _step("compare", "Compare three offers for {it}", 4, "Three offers side by side")
BIG_TIDY = _step("sort", "Sort what is in {it}: keep, give away, throw out", 4, "Three heaps")
CRAFT = (
    _step("draw", "Draw up {it}: measures, materials, cost", 3, "A drawing and a shopping list"),
    _step("stuff", "Get tools and materials", 6, "Everything at hand", ("budget",)),
    _do(8, 24, 80, "tools"),
    _step("check", "Try out {it}, and mend what is not right", 1, "It holds"),
)
RUN_TEST = (
    Step(
        name="find", title="Find {n} {people}", hours=(0.5, 4, 24), needs=("budget",), expected="All agreed", early=True
    ),
    _step("cases", "Write the tasks and questions for the {people}", 2, "A script for each session"),
    _do(0.5, 1.5, 8, "test machine"),
    _step("sum", "Sum up what the {people} showed", 3, "Findings, worst first"),
)
DEBTS = _shared(
    _unless(_step("find", "List what is owed, to whom and at what rate", 1, "A list, the dearest first"), "debts")
)
RENOVATION = (
    _step("works", "List the works in {it}, with measures and their order", 3, "A list that offers can be got for"),
    _do(80, 300, 900, "budget"),
    _step("walk", "Go through {it}, and note what is left to mend", 1, "A short list, signed by both"),
)
OPENING = (
    _early(
        _step(
            "ready", "Prepare to {low}: the date, helpers, a list of what must be there", 6, "All on the list is there"
        )
    ),
    _do(2, 8, 24),
)
OFFERS = _step("offers", "Get three offers for {it}", 24, "Three offers side by side")
HOLD = Step(name="do", title="Hold {it}", hours=(4, 12, 48), carries=True, share=3.0)
KNOWN_ANSWER = _step("test", "Test {it} on data with a known answer", 4, "It gives the known answer")
FROM_SCRATCH = _step("paper", "Work out on paper how {it} works", 4, "The parts and how data flows through them")
TO_PRODUCTION = _step("live", "Put {it} to real use and watch it", 12, "It holds under real use", ("hosting",))
STATE = (
    Step(name="do", title="See to it: {low}", hours=(1, 8, 40), carries=True, share=3.0),
    _step("check", "Check: {low}", 0.5, "It is so"),
)
UNKNOWN_GOAL = (
    _step("done", "Say what done means for «{text}»", 0.5, "One or two sentences that can be checked"),
    Step(name="do", title="Do it: {text}", hours=(2, 8, 40), carries=True, share=3.0),
    _step("check", "Check «{text}» against what you said", 0.5, "It is as you said"),
)

LEADS: tuple[tuple[str, str, float], ...] = (
    (r"^(?:ask|negotiate)\b", "Collect what speaks for it, with figures and examples", 3),
    (r"^(?:secure|raise)\b.*(?:fund|invest|capital|loan|seed)", "List who could fund it, and prepare the pitch", 24),
    (r"^raise\b.*(?:\d|[$€£]|eur|usd|gbp|dollar|pound)", "List who could give, and ask the first ten", 12),
    (r"^(?:total )?(?:budget|costs?|spend|stay)\b", "List what it will cost, item by item", 2),
    (r"\b(?:survey|feedback|poll)\b", "Write the questions, and ask all concerned", 3),
    (
        r"(?:cut|reduce|lower|decrease|shrink|save|under|below|max|at most|less than).*(?:[$€£]|\b(?:eur|usd|gbp|"
        r"euros?|dollars?|costs?|bills?|budget|spend\w*|expenses)\b)",
        "List what the money goes into, and what can be cut", 3,
    ),
    (r"page ?speed|lighthouse|loading|latency", "Find what costs the most time, and make it faster", 12),
    (r"\b(?:score|grade|marks?|gpa|exam|test score|ielts|toefl|gmat|gre)\b",
     "Take a trial test, and close its gaps", 12),
    (r"\b(?:churn|retention|conversion|bounce|nps|rating|stars or|satisf\w+|crash\w*|uptime|error rate)\b",
     "Find what moves it most, and change that first: {low}", 16),
    (
        r"sign-?ups?|registrations|users|members|downloads|installs|visit|views|followers|subscribers|stars|backers"
        r"|attendees|leads|listens|plays|listeners|readers|customers (?:a|per|each)\b",
        "Choose where to find {unit} and win the first ones", 12,
    ),
    (
        r"mrr|arr|revenue|sales|profit|orders|customers|clients|[$€£]|\b(?:eur|usd|gbp|euros?|dollars?)\b",
        "Find who would pay, and make them an offer", 24,
    ),
    (
        r"\b\d+\s?(?:ms|millisec\w*|s|seconds?|fps|rps|req\S*|requests\S*|tps|µs)\b",
        "Find what costs the most time, and make it faster", 12,
    ),
    (r"coverage", "List what the tests leave out, and cover the riskiest", 12),
    (r"^(?:lose|drop|gain|reach|get|weigh)\b.*\d\s?(?:kg|kilo\w*|lbs?|pounds)\b",
     "Settle on meals and movement for the weeks ahead", 2),
    (r"^(?:write|read|draft)\b.*\b(?:words|pages)\b", "Fix a daily portion and a time for it", 0.5),
)  # fmt: skip
"""What leads to a figure: (pattern of the clause in small letters, title, likely hours); the first that fits."""
