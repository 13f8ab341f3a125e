"""Criteria to suggest for a goal, by what it is about and by the kind of doing that its name asks for; and its name as
a clause.

Each line of the tables names a thing that is there or not, or a figure; each must be a criterion that the planner
itself plans well. They may name `{text}`, `{it}` and `{thing}` as `titles.words_of` has them.
"""

import datetime as dt
import re

from engine.planning.criteria.clauses import Clause
from engine.planning.criteria.moments import DURATION_PATTERN
from engine.planning.criteria.phrasing import plainly
from engine.planning.criteria.reading import Moment, Reading, read_clause
from engine.planning.criteria.titles import fill
from engine.planning.criteria.verbs import Kind, noun_kind
from engine.planning.criteria.wording import capitalised, clean, crop

_K = Kind
_ANY_DAY = Moment(local=dt.datetime(2000, 1, 1))  # noqa: DTZ001 - naive local time is what readings take


_BY_SUBJECT: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"\bpodcast", (
        "Choose a name and a format", "Buy a microphone", "Record 3 episodes", "Publish the first episode",
        "Get listed on Spotify and Apple Podcasts", "Reach 100 listens",
    )),
    (r"\bblog\b", (
        "Choose a name and set up the blog", "Write 5 posts", "Get feedback from 3 readers",
        "Publish the first 3 posts", "Publish one post a week for 8 weeks", "Reach 200 readers",
    )),
    (r"\bnewsletter", (
        "Ask 10 readers what they want to read", "Publish one issue a week for 8 weeks",
        "Put a sign-up form on 3 pages", "Reach 500 subscribers",
    )),
    (r"\b(?:video channel|youtube|channel)\b", (
        "Choose a subject and a name", "Film 3 videos", "Publish one video a week for 8 weeks", "Reach 100 subscribers",
    )),
    (r"\bpromot(?:ion|ed)\b|\bpay rise\b|\braise\b(?! money| fund)", (
        "Ask my manager which 3 results count", "Deliver those 3 results, with figures",
        "Get feedback from 5 colleagues", "Ask for the promotion in a meeting", "New role confirmed in writing",
    )),
    (r"\bweight\b|\bslim", (
        "Lose 5 kg", "Exercise 3 times a week for 8 weeks", "Walk 8,000 steps a day for 30 days",
        "Cook at home 5 times a week for 8 weeks",
    )),
    (r"\bfit\b|\bfitter|\bhealth|\bin shape|\bstronger", (
        "Exercise 3 times a week for 8 weeks", "Walk 8,000 steps a day for 30 days", "Lose 3 kg",
        "Run 5 km in under 35 minutes", "See a doctor for a check-up",
    )),
    (r"\bsleep", (
        "Go to bed before 11 pm every day for 30 days", "No screen in bed for 30 days",
        "Sleep 7 hours every night for 30 days",
    )),
    (r"\bhapp|\bcalm|\bstress|\brelax|\banxi", (
        "Meditate every day for 30 days", "Meet a friend once a week for 8 weeks",
        "Sleep 8 hours every night for 30 days", "Write down one good thing every evening for 30 days",
    )),
    (r"\b(?:kids?|children|family|daughter|son|parents|wife|husband|partner)\b(?=.*\btime|$)|\btime with\b", (
        "Have dinner together 4 times a week for 8 weeks", "Spend one afternoon a week together for 8 weeks",
        "Plan 4 trips together", "No phone at dinner for 30 days",
    )),
    (r"\b(?:friends|people)\b", (
        "Join one club or course", "Go to 5 meetups", "Invite 3 people for coffee",
        "Meet someone new once a week for 8 weeks",
    )),
    (r"\b(?:spanish|french|german|italian|english|japanese|chinese|portuguese|russian|polish|dutch|korean|arabic|turkish|"
     r"swedish|greek|language)\b", (
        "Finish one beginners' course", "Learn 500 words", "Practise {thing} 4 times a week for 8 weeks",
        "Hold a conversation of 20 minutes in {thing}", "Read one short book in {thing}",
    )),
    (r"\b(?:guitar|piano|violin|drums|cello|flute|saxophone|ukulele|sing|singing|instrument)\b", (
        "Find a teacher", "Practise 20 minutes every day for 8 weeks", "Take 8 lessons", "Learn 5 songs",
        "Play 3 songs for friends",
    )),
    (r"\bcook", (
        "Cook 10 new recipes", "Cook at home 4 times a week for 8 weeks", "Cook a three-course dinner for 4 friends",
    )),
    (r"\b(?:swim|ski|surf|dance|skate|ride)\b", (
        "Take 10 lessons", "Practise once a week for 10 weeks", "Do it 20 minutes without help",
    )),
    (r"\bread\b(?=.*\b(?:more|books?)\b)", (
        "Choose the next 5 books", "Read 20 minutes every day for 60 days", "Read 6 books",
        "Write three sentences on each book",
    )),
    (r"\b(?:job|career|position)\b", (
        "Update the CV", "Contact 10 people in the field", "Apply to 10 jobs", "Have 3 interviews",
        "Accept an offer",
    )),
    (r"\bbecome\b", (
        "Talk to 5 people who do it", "Finish one course", "Build 3 projects that others can see", "Update the CV",
        "Apply to 10 jobs", "Accept an offer",
    )),
    (r"\b(?:driv\w+ (?:licen[cs]e|test)|licen[cs]e)\b", (
        "Finish the first aid course", "Take 20 driving lessons", "Pass the theory exam", "Pass the practical exam",
    )),
    (r"\b(?:thesis|dissertation)\b", (
        "Settle topic and supervisor", "Read 40 papers", "Write 60 pages", "Get feedback from 2 readers",
        "Proofread {it}", "Hand in {it}",
    )),
    (r"\bbuy (?:a |an |our |my )?(?:first )?(?:house|flat|home|apartment)", (
        "Save at least 10 % of the price", "Get a mortgage pre-approval", "View 10 homes", "Make an offer",
        "Survey done", "Contract signed",
    )),
    (r"\brenovat|\bremodel|\b(?:new|redo) (?:kitchen|bathroom)", (
        "Draw a plan with measures", "Get 3 offers", "Choose a contractor", "{text}", "Spend at most $10,000 in all",
    )),
    (r"\bdeclutter|\btidy|\bclear out", (
        "Sort one room a week for 6 weeks", "Give away or sell 50 things", "Clear all wardrobes and drawers",
        "Bring away what goes",
    )),
    (r"\bgarden|\btomato|\bvegetable|\bherbs", (
        "Buy soil and seeds", "Plant 6 seedlings", "Water them every day for 60 days", "Harvest the first bowl",
    )),
    (r"\b(?:dog|cat|puppy|kitten)\b", (
        "Visit 3 shelters", "Buy bed, food and bowl", "Make the flat safe", "Register with a vet", "{text}",
    )),
    (r"\btax(?:es)?\b", (
        "Gather all receipts and documents", "Fill in the forms", "Submit the return", "Refund received",
    )),
    (r"\bdebts?\b|\bcredit card|\bloan", (
        "List all debts with sum and rate", "Cut monthly costs by 10 %", "Pay off the dearest debt",
        "Pay off the rest", "Make no new debts for 90 days",
    )),
    (r"\bwedding|\bmarry|\bmarried", (
        "Book the venue", "Send 60 invitations", "Get 3 offers for food and drinks", "Book a photographer",
        "Hold the wedding",
    )),
    (r"\bcharity|\bfundrais|\bdonation", (
        "Find 5 sponsors", "Get the permits", "Sign up 50 people", "{text}", "Raise $2,000", "Thank all donors",
    )),
    (r"\bmarathon|\b\d+ ?k\b(?! mrr)|\btriathlon|\brace\b", (
        "Run 4 times a week for 16 weeks", "Buy proper shoes", "Register for the race",
        "Finish a half marathon", "{text}",
    )),
    (r"\bexhibition|\bgallery", (
        "Select 25 pictures", "Print and frame them", "Book the room", "Invite 50 guests", "Open the exhibition",
        "Sell 5 prints",
    )),
    (r"\b(?:coffee|cafe|café|restaurant|bakery|bar|salon|studio)\b(?! table)", (
        "Write a business plan", "Find the premises", "Get the permits", "Hire 2 people", "{text}",
        "Reach 50 customers per day",
    )),
    (r"\b(?:online (?:store|shop)|web ?shop|e-?commerce|store|shop)\b", (
        "Interview 5 possible customers", "List the first 10 products", "Test the checkout with 3 people", "{text}",
        "Win 10 paying customers", "Reach $1,000 of sales",
    )),
    (r"\b(?:business|startup|company|side project|freelanc\w+|agency)\b", (
        "Interview 5 possible customers", "Build the first offer", "Win 3 paying customers",
        "Reach $1,000 of revenue",
    )),
    (r"\b(?:sales|revenue|customers|mrr)\b", (
        "Ask 5 lost customers why they left", "Call 20 possible customers", "Send 10 offers", "Win 5 new customers",
        "Raise monthly sales by 10 %",
    )),
    (r"\b(?:costs?|spend|spending|bills?|budget)\b", (
        "List the 10 largest costs", "Cut the 3 largest of them", "Cut the monthly bill by 20 %",
        "Report the figures once a week for 4 weeks",
    )),
    (r"\b(?:website|site|homepage|web page)\b", (
        "Interview 5 visitors", "Design the 5 main pages", "Build the pages", "Test them with 5 visitors", "Go live",
        "Page loads in under 2 seconds",
    )),
    (r"\b(?:v\d|version|release)\b", (
        "All open issues of the release closed", "Changelog written", "Test it with 5 users", "{text}",
        "No serious bug for 7 days",
    )),
)  # fmt: skip
"""(pattern of name and description in small letters, criteria); the first that fits is taken."""

_BY_KIND: dict[Kind, tuple[str, ...]] = {
    _K.LAUNCH: (
        "Interview 5 people who would use it", "Build the first version", "Test it with 5 users", "{text}",
        "Reach 100 users in the first month",
    ),
    _K.PUBLISH: (
        "Finish the text", "Get feedback from 3 readers", "Proofread it", "{text}", "Reach 100 readers",
    ),
    _K.DEVELOP: (
        "Interview 5 people who would use {it}", "Build a first version that works",
        "Test {it} with 5 users", "Implement the feedback", "Release {it}", "Monitor for 1 week",
    ),
    _K.DESIGN: ("Collect 10 examples", "Draw 3 drafts", "Get feedback from 5 people", "{text}"),
    _K.LEARN: (
        "Finish one course on {thing}", "Practise {thing} 3 times a week for 8 weeks",
        "Finish 3 small projects with {thing}", "Pass a test in {thing} with at least 80 %",
    ),
    _K.WRITE: (
        "Outline {it}", "Write the first draft of {it}", "Get feedback from 3 readers", "Revise {it}", "Publish {it}",
    ),
    _K.RESEARCH: (
        "List 10 questions about {it}", "Read 5 sources on {it}", "Interview 3 people who know",
        "Sum up the findings on one page",
    ),
    _K.TRAIN: (
        "Choose a training plan", "Train 3 times a week for 12 weeks", "Finish one test over half the distance",
        "{text}",
    ),
    _K.PRACTISE: ("Fix times in the calendar", "{text} 3 times a week for 8 weeks", "Look back after 4 weeks"),
    _K.SAVE: (
        "Track spending every week for 8 weeks", "Cancel 3 subscriptions", "Set up a standing order",
        "Save at least $1,000",
    ),
    _K.HIRE: (
        "Write the job description", "Collect 20 applications", "Interview 5 candidates", "{text}",
        "Prepare the first week",
    ),
    _K.ORGANISE: ("Settle date, place and budget", "Invite 20 guests", "Order food and drinks", "{text}"),
    _K.TRAVEL: ("Settle dates and budget", "Book the way there", "Book a place to stay", "Pack", "{text}"),
    _K.MOVE: (
        "Find a flat", "Sign the lease", "Book a van and helpers", "Pack all boxes", "{text}",
        "Change the address everywhere",
    ),
    _K.MIGRATE: (
        "List what has to move", "Take a backup that restores", "Rehearse on a copy", "{text}", "Monitor for 1 week",
    ),
    _K.QUIT: (
        "Note the usual moments for 3 days", "Settle on a substitute", "Hold out for 30 days", "Hold out for 90 days",
    ),
    _K.BUY: ("Settle the budget", "Compare 3 offers", "{text}"),
    _K.SELL: ("Take 10 photos", "Compare 5 prices", "Post the offer on 2 sites", "{text}"),
    _K.EXAM: ("Register for the exam", "Study 5 times a week for 6 weeks", "Take 2 mock exams", "{text}"),
    _K.APPLY: ("Get the papers ready", "Have 2 people read them", "{text}", "Answer received"),
    _K.REACH: (
        "Write down where things stand now", "Choose three levers to try", "Try each lever for 2 weeks", "{text}",
    ),
    _K.TIDY: ("Sort it: keep, give away, throw out", "{text}", "Bring away what goes"),
    _K.REPAIR: ("Find the cause", "Get 3 offers", "{text}", "Look at it again after 2 weeks"),
    _K.FIND: ("Write down 5 things it must have", "Look at 10 of them", "{text}"),
}  # fmt: skip
_BY_KIND[_K.OPTIMISE] = _BY_KIND[_K.CHANGE] = (
    "Write down today's figure", "Try 3 changes for 2 weeks each", "Keep what helped", "{text} by at least 10 %",
)  # fmt: skip

_SKILL = ("Take 8 lessons", "Practise 3 times a week for 8 weeks", "Show it to 3 people")
"""For «learn to …»."""
_ANYTHING = (
    "List the 3 results that make it done", "Finish the first of them within 2 weeks", "Show it to 2 people", "{text}",
)  # fmt: skip
"""Where nothing is known of what it is about."""


def read_name(name: str, description: str, moment: Moment) -> Reading:
    """The goal's name as a clause; a name that is no doing takes its kind from the description."""
    text = crop(plainly(clean(name, 400)), 200) or "This goal"
    reading = read_clause(Clause(text=capitalised(text)), moment)
    if reading.kind is Kind.OTHER:
        kind = noun_kind(clean(description, 400))
        return Reading(clause=reading.clause, text=reading.text, verb="", kind=kind or Kind.OTHER, thing=text)
    return reading


_NO_SUBJECT = frozenset({_K.QUIT, _K.HIRE, _K.TRAVEL, _K.MOVE, _K.MIGRATE, _K.SELL, _K.SAVE, _K.EXAM})
"""Kinds that tell more than what they are about: «sell my guitar» is no wish to play it."""


def _ideas(said: str, reading: Reading) -> tuple[str, ...]:
    """The templates that fit: of the subject, else of the kind, else of anything."""
    subject = next((rows for pattern, rows in _BY_SUBJECT if re.search(pattern, said)), None)
    by_kind = _BY_KIND.get(reading.kind)
    if reading.kind is _K.LEARN and reading.thing.lower().startswith("to ") and subject is None:
        return _SKILL
    if reading.kind is _K.REPAIR and reading.verb in {"renovate", "restore"} and subject is not None:
        return subject
    if (
        by_kind is not None
        and reading.verb
        and reading.kind in {*_NO_SUBJECT, _K.REPAIR}
        and not re.search(r"debt|driv", said)
    ):
        return by_kind
    return subject or by_kind or _ANYTHING


def suggest_criteria(name: str, description: str = "") -> tuple[str, ...]:
    """Three to six concrete criteria that would suit a goal of that name, for a person to take or leave."""
    reading = read_name(name, description, _ANY_DAY)
    listed = _ideas(f"{name} {description}"[:800].lower(), reading)
    if reading.target is not None:
        listed = (*(row for row in listed if "{text}" not in row and "at least $" not in row), "{text}")
    found = dict.fromkeys(crop(capitalised(fill(template, reading)), 120) for template in listed)
    has_length = re.search(DURATION_PATTERN, reading.text, re.I) is not None
    return tuple(text for text in found if not (has_length and text.startswith(f"{reading.text} 3 times")))[:6]
