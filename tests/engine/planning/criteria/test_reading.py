"""What is read in a criterion: one line per text, with the traps."""

import datetime as dt

import pytest

from engine.planning.criteria.clauses import split
from engine.planning.criteria.numerals import shown
from engine.planning.criteria.phrasing import plainly
from engine.planning.criteria.reading import Moment, Reading, read_criterion

WEDNESDAY = Moment(local=dt.datetime(2026, 1, 14, 12))  # noqa: DTZ001 - naive local time is what readings take


def told(reading: Reading) -> str:
    """A reading in one line: its kind and what was found in it."""
    clause, parts = reading.clause, [reading.kind.value]
    if reading.count:
        parts.append(f"×{reading.count.number} {reading.count.noun}")
    if reading.target:
        sign = "≤" if reading.target.at_most else "≥"
        parts.append(f"{sign}{shown(reading.target.value)} {reading.target.unit}".rstrip())
    if reading.seconds and not reading.count:
        parts.append(f"{reading.seconds / 3600:g}h")
    if reading.url:
        parts.append(f"{reading.url.url} {reading.url.status} «{reading.url.contains}» {reading.url.alone}")
    if reading.wait_before:
        parts.append(f"after {reading.wait_before / 3600:g}h")
    parts += [f"run {reading.command}"] if reading.command else []
    parts += [" or ".join(reading.options)] if reading.options else []
    parts += [f"from {reading.not_before.date}"] if reading.not_before else []
    parts += [f"by {reading.by.date}"] if reading.by else []
    parts += [f"{'unless' if clause.negated else 'if'} {clause.condition}"] if clause.condition else []
    parts += [f"after «{clause.after}»"] if clause.after and not reading.not_before else []
    parts += [f"before «{clause.before}»"] if clause.before and not reading.by else []
    return ", ".join(parts)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # what a stranger wrote
        ("100 customers per day after 3 months", "reach, ≥100 customers per day, after 2160h"),
        ("Cut the monthly bill from $12k to under $8k", "change, ≤8,000 $"),
        ("Feedback survey: at least 8/10", "reach, ≥8 of 10"),
        ("Pain below 3/10", "reach, ≤3 of 10"),
        ("Hire a van", "buy"),
        ("Talk to my boss", "chore"),
        ("No sugar for 30 days", "quit, 720h"),
        ("No serious bug for 7 days", "monitor, 168h"),
        ("Guest list of 40 people", "make"),
        ("Find a flat under 1200 €", "find"),
        ("Watch one movie a week for 8 weeks", "practise, ×8 movie"),
        ("Build an emergency fund of 2000 euros", "save, ≥2,000 euros"),
        ("Birthday present for Tim", "other"),
        ("Post office", "other"),
        ("Screen 30 CVs", "chore, ×30 CVs"),
        ("Water them daily until June", "chore, ×137 times, by 2026-05-31"),
        ("Plant tomatoes in May", "make, from 2026-05-01, by 2026-05-31"),
        ("IELTS 7.0 or higher", "reach, ≥7"),
        ("Changelog written", "write"),
        ("Решить 50 задач", "other, ×50 задач"),
        ("Venue within 2h of Berlin", "find"),
        # money by the month is a figure, and no step of each month
        ("Cloud bill below 7000 euros a month", "reach, ≤7,000 euros"),
        ("Find premises under 1500 euros a month", "find"),
        ("Pay 300 euros a month for 6 months", "chore, ×6 times"),
        # what others buy each day is looked up, and not ticked off
        ("Sell 100 loaves a day", "sell, ≥100 loaves per day"),
        ("Sell 2 paintings a month", "sell, ≥2 paintings per month"),
        ("Sell 20 paintings", "sell, ×20 paintings"),
        ("Bake 30 cakes a week", "make, ×4 times"),
        ("Drink 2 litres of water per day", "other, ×28 times"),
        ("Ride 100 km in a day", "train"),
        ("Share the money among 4 heirs", "chore"),
        ("30 projects are registered", "reach, ≥30 projects"),
        ("Lay out the book", "make"),
        ("Pass the home study", "other"),
        # a thing that is gone through takes as long as its name says
        ("Complete a 3-year training", "finish, 26280h"),
        ("Finish the one-day workshop", "organise, 24h"),
        ("Take a year-long sabbatical", "chore, 8760h"),
        ("Run a 6-week pilot", "test, 1008h"),
        ("Sign a 2-year lease", "chore"),
        ("Complete the 5-year plan", "finish"),
        # «run a» is a race only where one is run
        ("Run a marathon", "train"),
        ("Train a language model on our tickets", "develop"),
        ("Run a survey", "research"),
        ("Run a workshop", "organise"),
        ("Run a campaign on Instagram", "chore"),
        # counts
        ("Complete 5 Kaggle competitions", "compete, ×5 Kaggle competitions"),
        ("Complete 5 competitions", "compete, ×5 competitions"),
        ("User testing with 20 beta users", "test, ×20 beta users"),
        ("20 beta users", "other, ×20 beta users"),
        ("Read 12 books", "read, ×12 books"),
        ("Three interviews", "interview, ×3 interviews"),
        ("5-10 interviews", "interview, ×5 interviews"),
        ("Conduct three interviews with users", "interview, ×3 interviews"),
        ("Get 10 customers", "chore, ×10 customers"),
        ("Migrate 3 services to Kubernetes", "migrate, ×3 services"),
        ("A dozen cupcakes baked", "make"),
        # rhythms
        ("Exercise 3 times a week for 8 weeks", "practise, ×24 times"),
        ("Meditate daily for 30 days", "practise, ×30 times"),
        ("Walk 10,000 steps a day for 30 days", "practise, ×30 times"),
        ("Write 2 blog posts per week for 3 months", "write, ×26 posts"),
        ("Call mom twice a week", "chore, ×8 times"),
        ("Save 200 euros a month for 6 months", "save, ×6 times"),
        # targets
        ("Achieve 500 signups", "reach, ≥500 signups"),
        ("Reach $10k MRR", "reach, ≥10,000 $ MRR"),
        ("API latency under 200 ms", "reach, ≤200 ms"),
        ("At least 95 % coverage", "reach, ≥95 %"),
        ("Lose 5 kg", "reach, ≥5 kg"),
        ("Keep the build time under 5 minutes", "reach, ≤5 minutes"),
        ("Reduce churn to 3%", "change, ≤3 %"),
        ("Reduce costs by 20 %", "change, ≥20 %"),
        ("Increase revenue by 15%", "change, ≥15 %"),
        ("Grow the newsletter to 2000 subscribers", "change, ≥2,000 subscribers"),
        ("Run 5 km in under 30 minutes", "train, ≤30 minutes"),
        ("Score 90 points or more in the test", "reach, ≥90 points"),
        ("NPS of at least 40", "reach, ≥40"),
        ("Error rate below 0.1 %", "reach, ≤0.1 %"),
        ("Write 50,000 words", "write, ≥50,000 words"),
        ("Pay off $3,000 of debt", "save, ≥3,000 $"),
        # what looks like a count and is none
        ("Backtest on 2 years of data", "backtest"),
        ("Release version 2", "launch"),
        ("Ship v2.0", "launch"),
        ("Build a 3D model", "develop"),
        ("Pass CNN 101", "exam"),
        ("Support customers 24/7", "other"),
        ("Write the plan for 2026", "write"),
        ("Publish the Q3 report", "publish"),
        ("Learn Python 3", "learn"),
        ("Read chapter 5", "read"),
        ("Read chapters 3 and 4", "read"),
        ("Buy an iPhone 15", "buy"),
        ("Complete a 2-week course", "course, 336h"),
        ("Reach level 10", "reach"),
        ("Top 10 in the ranking", "other"),
        ("Cook dinner for 12 people", "chore"),
        ("Send invitations to 80 guests", "chore"),
        ("Order 20 chairs", "chore"),
        ("Finish one online course", "course"),
        ("First aid course", "course"),
        ("Learn Next.js", "learn"),
        ("Read War and Peace", "read"),
        # times
        ("Monitor for 1 week", "monitor, 168h"),
        ("Wait 3 days", "wait, 72h"),
        ("Study Spanish for 3 months", "learn, 2160h"),
        ("Ship by 1 March", "launch, by 2026-03-01"),
        ("Launch on Friday", "launch, from 2026-01-16"),
        ("Finish the report by Friday 18:00", "write, by 2026-01-16"),
        ("Submit the thesis before 2026-06-30", "publish, by 2026-06-29"),
        ("In 2 weeks, publish the report", "publish, by 2026-01-28"),
        ("After 2 weeks, check the results", "check, after 336h"),
        ("Play a song at the open mic night on 1 May", "practise, from 2026-05-01"),
        # conditions and order
        ("Deploy to live if profitable", "deploy, if profitable"),
        ("Hire someone unless we are out of money", "hire, unless we are out of money"),
        ("Expand only when the pilot works", "other, if the pilot works"),
        ("Find out if customers want it", "research"),
        ("Check if it works", "check"),
        ("Cancel it if necessary", "chore"),
        ("After the launch, write a report", "write, after «the launch»"),
        ("Write tests before the release", "develop, before «the release»"),
        ("Once the MVP is done, invite 20 users", "chore, ×20 users, after «the MVP is done»"),
        # choices
        ("Decide whether to hire a freelancer", "decide, Yes or No"),
        ("Decide whether to rent or buy", "decide, Rent or Buy"),
        ("Choose React or Vue", "decide, React or Vue"),
        ("Choose a name", "decide"),
        # addresses and commands
        ("https://example.com answers 200", "state, https://example.com 200 «» True"),
        ('https://example.com/health returns "ok"', "state, https://example.com/health 200 «ok» True"),
        ("https://example.com shows version 2", "other, https://example.com 200 «version 2» True"),
        ("https://example.com/old returns 404", "state, https://example.com/old 404 «» True"),
        ("Deploy to https://app.example.com", "deploy, https://app.example.com 200 «» False"),
        ("Read https://example.com/guide", "read"),
        ("Run deploy", "deploy, run deploy"),
        ("Run the deploy script", "chore, run deploy"),
        ("Run the shop", "chore"),
        # how things are, and how they were put
        ("The site is live", "state"),
        ("Tests written", "develop"),
        ("Developing the backend", "develop"),
        ("Write an email to the team", "chore"),
        ("Fix the leaking tap", "repair"),
        ("Fix the login bug", "fix"),
        ("Сделать план", "other"),
        ("🎉🎉🎉", "other"),
    ],
)
def test_a_criterion_is_read_as_a_person_would(text: str, expected: str) -> None:
    readings = read_criterion(text, WEDNESDAY, ("deploy",))
    assert [told(reading) for reading in readings] == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Develop the app, then test it with 5 users", ["0 Develop the app", "1 Test the app with 5 users"]),
        ("1. Write code 2. Review it 3. Merge it", ["0 Write code", "1 Review the code", "2 Merge the code"]),
        ("Interview Anna, Ben and Cleo", ["0 Interview Anna", "0 Interview Ben", "0 Interview Cleo"]),
        ("Set up CI, monitoring and backups", ["0 Set up CI", "0 Set up monitoring", "0 Set up backups"]),
        ("Buy milk, bread and butter", ["0 Buy milk, bread and butter"]),
        ("Write and publish 3 articles", ["0 Write 3 articles", "1 Publish 3 articles"]),
        (
            "Ship the app: design, build, test, and publish it",
            ["0 Design the app", "1 Build the app", "2 Test the app", "3 Publish the app"],
        ),
        (
            "Write tests and deploy to staging. Then tell the team.",
            ["0 Write tests", "0 Deploy to staging", "1 Tell the team"],
        ),
        ("Deploy to live if profitable, otherwise stop", ["0 Deploy to live", "0 Stop"]),
        ("Talk to Dr. Smith e.g. on Monday", ["0 Talk to Dr. Smith e.g. on Monday"]),
        ("Complete research and design", ["0 Complete research and design"]),
        (
            "Research, design and build a prototype",
            ["0 Research the prototype", "1 Design the prototype", "2 Build a prototype"],
        ),
        ("Call the bank; email the landlord", ["0 Call the bank", "0 Email the landlord"]),
        ("Build it -> ship it -> rest", ["0 Build it", "1 Ship it", "2 Rest"]),
    ],
)  # fmt: skip
def test_a_criterion_of_several_things_comes_apart_in_its_order(text: str, expected: list[str]) -> None:
    assert [f"{reading.clause.step} {reading.text}" for reading in read_criterion(text, WEDNESDAY)] == expected


def test_a_goal_of_its_own_keeps_its_list() -> None:
    (reading,) = read_criterion("Marketing as its own goal: write a plan, find 3 partners, spend $500", WEDNESDAY)
    assert reading.subgoal is not None
    assert reading.subgoal.name == "Marketing"
    assert reading.subgoal.criteria == ("Write a plan", "Find 3 partners", "Spend $500")
    (other,) = read_criterion("Sub-goal: Build the shop", WEDNESDAY)
    assert other.subgoal is not None
    assert (other.subgoal.name, other.subgoal.criteria) == ("Build the shop", ())


def test_the_otherwise_of_a_condition_is_its_opposite() -> None:
    first, other = read_criterion("If the pilot works, hire two engineers. Otherwise, close the project.", WEDNESDAY)
    assert (first.clause.condition, first.clause.negated) == ("the pilot works", False)
    assert (other.clause.condition, other.clause.negated) == ("the pilot works", True)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("I want to launch a podcast", "launch a podcast"),
        ("we need to hire a cook", "hire a cook"),
        ("I'd like to learn Dutch", "learn Dutch"),
        ("I need a new bike", "get a new bike"),
        ("My goal is to run 10 km", "run 10 km"),
        ("to start with, call Ann", "to start with, call Ann"),
        ("Will Smith's book", "Will Smith's book"),
    ],
)
def test_a_wish_is_read_as_a_doing(text: str, plain: str) -> None:
    assert plainly(text) == plain


@pytest.mark.parametrize(
    "text", ["Sleep before 11pm every day", "Report once a week for 4 weeks", "No phone after 21:00 for 30 days"]
)
def test_a_time_of_day_and_a_rhythm_are_no_order_among_criteria(text: str) -> None:
    (clause,) = split(text)
    assert (clause.before, clause.after) == ("", "")


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        ("Write ch. 5", ["Write ch. 5"]),
        ("Read pp. 10 to 20. Take notes", ["Read pp. 10 to 20", "Take notes"]),
        ("Go to St. Gallen. Rest", ["Go to St. Gallen", "Rest"]),
        ("Finish the best. Rest", ["Finish the best", "Rest"]),
        ("Learn about art. Paint 3 pictures", ["Learn about art", "Paint 3 pictures"]),
        ("Build it. 5 people test it", ["Build it", "5 people test it"]),
    ],
)
def test_a_full_stop_behind_what_is_short_for_a_numbered_thing_ends_no_sentence(text: str, clauses: list[str]) -> None:
    assert [clause.text for clause in split(text)] == clauses
