"""What a word means hangs on what it is said of: a boat is launched, a release goes out in shares."""

import datetime as dt

import pytest

from engine.planning.criteria.doings import doing_of
from engine.planning.criteria.reading import Moment, Reading, read_criterion
from engine.planning.criteria.verbs import Kind
from tests.engine.planning.planners import planner
from tests.engine.planning.test_plans_of_goals import asked

AT = Moment(local=dt.datetime(2026, 11, 22, 9))  # noqa: DTZ001 - naive local time is what readings take


def read(text: str) -> tuple[Reading, ...]:
    return read_criterion(text, AT)


def titles(name: str, *criteria: str) -> list[str]:
    return [task.title for task in planner().plan(asked(name, criteria)).tasks]


@pytest.mark.parametrize(
    "text",
    [
        "Launch the boat in May",
        "Launch my new yacht",
        "Launch it at the marina",
        "Launch the hull",
        "Launch the rocket",
    ],
)
def test_a_boat_that_is_launched_is_no_product(text: str) -> None:
    assert doing_of(read(text)[0]).task == "any_set_afloat"


@pytest.mark.parametrize(
    "text",
    ["Launch the boat rental website", "Launch the app", "Launch it", "Launch on Product Hunt", "Launch the shop"],
)
def test_a_product_that_is_launched_is_no_boat(text: str) -> None:
    assert doing_of(read(text)[0]).task != "any_set_afloat"


def test_nobody_signs_up_for_a_boat() -> None:
    told = " ".join(titles("Boat launch", "Repair the hull", "Launch it at the marina"))
    assert "sign up" not in told
    assert "page" not in told
    assert "a day with the right weather" in told


@pytest.mark.parametrize(
    ("text", "shares"),
    [
        ("Release to 10% then 50% then everyone", ["to 10%", "to 50%", "to everyone"]),
        ("Roll out to 10 % of users, then 50 %, then all", ["to 10 % of users", "to 50 %", "to all"]),
        ("Roll out the new app to 5 %, 25 % and 100 % of users", ["to 5 %", "to 25 %", "to 100 % of users"]),
        ("Deploy the fix to half of the servers, then the rest", ["to half of the servers", "to the rest"]),
    ],
)
def test_what_goes_out_in_shares_goes_out_share_after_share_and_is_looked_at_in_between(
    text: str, shares: list[str]
) -> None:
    found = titles("Ship it", text)
    outs = [title for title in found if not title.startswith("Check errors")]
    assert [title.partition(" to ")[2] for title in outs] == [share.removeprefix("to ") for share in shares]
    assert len(found) == 2 * len(shares) - 1
    assert all(reading.target is None for reading in read(text))


@pytest.mark.parametrize("text", ["Raise the share to 10 %", "Grow signups to 50 %", "Get conversion to 5 %"])
def test_a_share_that_is_an_aim_is_measured(text: str) -> None:
    assert read(text)[0].target is not None


def test_an_outcome_that_all_of_them_must_have_comes_after_them() -> None:
    first, then = read("Make 4 offers, all signed")
    assert (first.text, first.count.number if first.count else 0) == ("Make 4 offers", 4)
    assert (then.text, then.clause.step) == ("All offers are signed", first.clause.step + 1)
    assert doing_of(then).task == "any_have_others_do"
    assert len(read("Get 3 offers, all in writing")) == 1


@pytest.mark.parametrize(
    ("text", "task"),
    [
        ("Have the plans approved by the city", "any_have_granted"),
        ("Have the tax number issued", "any_have_granted"),
        ("Get the trademark registered", "any_have_granted"),
        ("Register the company", "any_have_granted"),
        ("Wait for the court's decision", "any_have_granted"),
        ("Have a publisher accept the book", "any_have_granted"),
        ("Have the passport renewed", "any_have_granted"),
        ("Visa issued", "any_have_granted"),
        ("Have the contract signed by the supplier", "any_have_others_do"),
        ("Have the offer accepted", "any_have_others_do"),
        ("Receive the spare parts", "any_have_others_do"),
        ("Get delivery of the windows", "any_have_others_do"),
        ("Furniture delivered", "any_have_others_do"),
    ],
)
def test_where_others_set_the_pace_it_takes_days_or_weeks(text: str, task: str) -> None:
    assert doing_of(read(text)[0]).task == task
    (only,) = planner().plan(asked("Anything", (text,))).tasks
    assert only.estimate.likely >= 72
    assert only.estimate.high >= 14 * 24


@pytest.mark.parametrize(
    "text", ["Sign the contract", "Register for the race", "Get fit", "Have a party", "Wait 2 weeks"]
)
def test_what_oneself_does_has_one_s_own_pace(text: str) -> None:
    assert doing_of(read(text)[0]).task not in {"any_have_granted", "any_have_others_do"}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Shred the paper files", Kind.OTHER),
        ("Throw away the duplicates", Kind.CHORE),
        ("Ship it to Lyon", Kind.CHORE),
        ("Ship the app to Google Play", Kind.LAUNCH),
        ("Pass the roadworthiness test", Kind.OTHER),
        ("Pass the vet check", Kind.OTHER),
        ("Pass the entrance exam", Kind.EXAM),
        ("Throw a party", Kind.ORGANISE),
        ("Import 8,000 patient files", Kind.MIGRATE),
        ("Import olive oil", Kind.CHORE),
        ("Show a teaser at the festival", Kind.OTHER),
        ("Ace the exam", Kind.EXAM),
        ("Transcribe the interviews", Kind.OTHER),
        ("Sew a dress for the party", Kind.OTHER),
        ("Anounce it on the radio", Kind.PROMOTE),
        ("Pubilsh the article", Kind.PUBLISH),
        ("Resort in Spain", Kind.OTHER),
        ("Dont book anything yet", Kind.OTHER),
        ("No football until October", Kind.OTHER),
        ("No alcohol until Easter", Kind.QUIT),
        ("5 nights in May", Kind.TRAVEL),
        ("Write the addresses by hand", Kind.CHORE),
        ("Quit the day job", Kind.CHORE),
        ("Move the furniture out", Kind.CHORE),
        ("Organise a cake", Kind.CHORE),
        ("Pitch it to the museum", Kind.CHORE),
        ("Practise the pitch", Kind.CHORE),
        ("Pass it", Kind.CHORE),
        ("Interview", Kind.CHORE),
        ("Demo recordings", Kind.OTHER),
        ("Shipping boxes that last", Kind.OTHER),
        ("Two months on paper", Kind.OTHER),
        ("Say goodbye to friends with a party", Kind.OTHER),
        ("Design tokens defined", Kind.STATE),
        ("Data tests run nightly", Kind.STATE),
        ("Write a new service", Kind.DEVELOP),
        ("Paper trade for a month", Kind.MONITOR),
        ("No alert noise for two weeks", Kind.MONITOR),
        ("Emergency fund of £1,000", Kind.SAVE),
        ("Opening drinks", Kind.ORGANISE),
    ],
)
def test_the_thing_tells_what_a_verb_means(text: str, kind: Kind) -> None:
    assert read(text)[0].kind is kind


@pytest.mark.parametrize(
    "text",
    [
        "Hire a moving company",
        "Hire a roofer",
        "Hire a cleaning service",
        "Hire two electricians",
        "Hire a patent attorney",
    ],
)
def test_who_does_one_job_is_chosen_by_offers(text: str) -> None:
    assert doing_of(read(text)[0]).task == "any_hire_service"


@pytest.mark.parametrize("text", ["Hire two bakers", "Hire a support agent", "Hire a company driver"])
def test_who_stays_is_employed(text: str) -> None:
    assert doing_of(read(text)[0]).task == "any_hire"


@pytest.mark.parametrize(
    "text",
    [
        "Ship the furniture",
        "Pick the first tomatoes",
        "Pick grandma up from the station",
        "Climb the stairs without pain",
        "Set up the nursery",
        "Give up the office lease",
        "Hand in my notice",
    ],
)
def test_an_errand_is_done_in_one_step(text: str) -> None:
    (reading,) = read(text)
    assert doing_of(reading).task in {"any_do_chore", "any_do_it_once"}


@pytest.mark.parametrize(
    ("text", "task"),
    [
        ("Tear out the old cabinets", "any_do_trade"),
        ("Knit the sleeves", "any_do_trade"),
        ("Paint the walls", "any_do_trade"),
        ("Install the new cabinets", "any_do_trade"),
        ("Install the monitoring agent", "any_set_it_up"),
        ("Have the chimney swept", "any_have_others_do"),
        ("Get it valued by an agent", "any_have_others_do"),
        ("Pass the external audit", "any_be_judged"),
        ("Pass the eye test", "any_bring_about"),
        ("Take a birth course", "any_attend"),
        ("Run a kickoff workshop", "any_hold_meeting"),
        ("Build a coop", "any_craft"),
    ],
)
def test_what_it_takes_hangs_on_the_thing(text: str, task: str) -> None:
    assert doing_of(read(text)[0]).task == task


def test_a_party_is_not_called_by_the_verb_before_it() -> None:
    told = titles("Season", "Hold an end-of-season party")
    assert told[-1] == "Hold the end-of-season party"


def test_who_is_asked_whether_something_is_so_is_asked_that() -> None:
    assert titles("Treehouse", "Ask the neighbours if it is all right") == ["Ask the neighbours if it is all right"]
    assert len(titles("Flat", "Ask the landlord for a discount if the roof leaks")) == 2


def test_a_van_for_a_wedding_takes_no_movers() -> None:
    assert "Rent a van" in titles("Plan our wedding", "Book a venue", "Rent a van")


@pytest.mark.parametrize(
    ("text", "task"),
    [
        ("Sell the house", "any_sell_property"),
        ("Sell the company", "any_sell_property"),
        ("Sell the house plants", "any_sell"),
        ("Buy a flat", "any_buy_property"),
        ("Buy a flat screen", "any_buy_large"),
        ("Get a work visa", "any_get_official_slowly"),
        ("Get the building permit", "any_get_official_slowly"),
        ("Get a fishing licence", "any_get_official"),
        ("Get a divorce", "any_get_official_slowly"),
        ("Adopt a child", "any_get_official_slowly"),
        ("Settle the estate", "any_get_official_slowly"),
        ("Sort out the inheritance", "any_get_official_slowly"),
        ("Settle the bill", "any_do_chore"),
        ("Build the extension", "any_build_large"),
        ("Build a Chrome extension", "any_develop"),
        ("Finish the apprenticeship", "any_serve"),
        ("Rent the shop", "any_have_others_do"),
        ("Agree on a price", "any_agree_on"),
        ("Learn it by heart", "any_do_it_once"),
        ("Get it through inspection", "any_be_judged"),
    ],
)
def test_what_takes_months_is_no_errand(text: str, task: str) -> None:
    assert doing_of(read(text)[0]).task == task


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Enrol the kids in school", Kind.CHORE),
        ("Enrol in a pottery course", Kind.COURSE),
        ("Train Maria", Kind.ORGANISE),
        ("Train the receptionists", Kind.ORGANISE),
        ("Train the shoulders", Kind.PRACTISE),
        ("Open a savings plan", Kind.CHORE),
        ("Open the shop", Kind.LAUNCH),
        ("Switch to green electricity", Kind.OTHER),
        ("Transfer the animals", Kind.OTHER),
        ("Switch to PostgreSQL", Kind.MIGRATE),
        ("Upgrade the billing system", Kind.MIGRATE),
        ("Show the volunteers how to search", Kind.CHORE),
        ("Settle the dispute", Kind.CHORE),
    ],
)
def test_who_or_what_it_is_done_to_tells_what_is_done(text: str, kind: Kind) -> None:
    assert read(text)[0].kind is kind


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Go live on Monday 4 January", dt.date(2027, 1, 4)),
        ("Open on Sat, 2 January", dt.date(2027, 1, 2)),
        ("Meet them on Thu 2027-02-11", dt.date(2027, 2, 11)),
        ("Party on Sat 5.12.", dt.date(2026, 12, 5)),
        ("Party on Friday", dt.date(2026, 11, 27)),
    ],
)
def test_a_date_counts_and_not_the_day_of_the_week_before_it(text: str, day: dt.date) -> None:
    begins = read(text)[0].not_before
    assert begins is not None
    assert begins.date == day


def test_a_price_is_no_day() -> None:
    assert read("Sell at 5.12")[0].not_before is None


def test_what_goes_live_on_a_day_is_not_posted_on_it_as_on_a_site() -> None:
    told = titles("Launch the booking page", "Choose the tool", "Go live on Monday 4 January")
    assert not any("post for" in one or "comment on" in one for one in told), told


def test_what_is_bought_already_is_not_bought_once_more_to_build_with() -> None:
    told = titles("The hut", "Buy the wood", "Cut the beams", "Build the hut")
    assert "Get tools and materials" not in told
    assert not any(one.startswith("Draw up") for one in told)
    assert "Get tools and materials" in titles("The hut", "Build the hut")


@pytest.mark.parametrize(
    ("text", "task"),
    [
        ("Stop using fertiliser", "any_do_without_it"),
        ("Stop buying plastic bottles", "any_do_without_it"),
        ("Stop using Facebook", "any_quit"),
        ("Stop smoking", "any_quit"),
        ("Stop supporting Python 3.8", "any_wind_down"),
        ("Collect 300 EUR from each pupil", "any_collect_dues"),
        ("Hold a parents' evening", "any_hold_meeting"),
        ("Organise an info evening", "any_hold_meeting"),
        ("Hold the annual general meeting", "any_hold_meeting"),
        ("Ask the insurance if they pay", "any_do_chore"),
        ("Ask the insurance for a loan", "any_get_official"),
        ("Get travel insurance", "any_do_chore"),
        ("Do not spend more than 4500 €", "any_hold_to"),
        ("Dont tell Anna before 3 March", "any_hold_to"),
        ("No football until October", "any_hold_to"),
    ],
)
def test_what_sounds_alike_is_gone_about_by_what_it_is(text: str, task: str) -> None:
    assert doing_of(read(text)[0]).task == task


def test_a_sum_of_each_is_no_sum_of_all_and_what_is_there_is_only_counted() -> None:
    assert read("Collect 300 EUR from each pupil")[0].target is None
    assert read("Collect 300 EUR from the pupils")[0].target is not None
    assert read("Import the 340 patients")[0].target is None
    assert read("Win 340 patients")[0].target is not None


@pytest.mark.parametrize(
    ("criteria", "is_removal"),
    [
        (("Empty the bigger room", "Move in by 1 March"), False),
        (("Lay a new floor", "Move back in"), False),
        (("Move into the bigger room", "Sell the old desk"), False),
        (("Find a flat", "Move in by 1 March"), True),
        (("Paint the bedroom of the new flat", "Move in"), True),
        (("Learn to swim", "Move to Berlin"), True),
    ],
)
def test_who_moves_to_another_room_needs_no_van(criteria: tuple[str, ...], is_removal: bool) -> None:
    moves = next(place for place, text in enumerate(criteria) if text.startswith("Move"))
    tasks = [task for task in planner().plan(asked("Anything", criteria)).tasks if task.criterion == moves]
    assert (len(tasks) > 1) is is_removal


@pytest.mark.parametrize(
    ("criterion", "title"),
    [
        ("Announce on 2 June", "Announce on 2 June"),
        ("Inventory of apps before the migration", "Check the list against a week of real traffic on the apps"),
        ("Pick between HubSpot and Pipedrive", "Collect what speaks for HubSpot and for Pipedrive"),
        ("Audit with a screen reader", "Audit with a screen reader"),
        ("Staged rollout: 5%, 20%, 100%", "Roll out to 20%"),
    ],
)
def test_a_title_keeps_names_and_makes_no_thing_of_a_day(criterion: str, title: str) -> None:
    told = titles("Move the servers to AWS", criterion, "Launch the product")
    assert any(one.startswith(title) for one in told), told


def test_a_rhythm_with_a_stroke_is_one() -> None:
    (reading,) = read("Run 3x/week for 4 weeks")
    assert reading.count is not None
    assert reading.count.number == 12


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Find a new job first", -1),
        ("All tests green on the old version first", -1),
        ("Clean up the next morning", 1),
        ("Anna comes first", 0),
        ("Safety first", 0),
    ],
)
def test_a_word_of_order_may_stand_at_the_end(text: str, place: int) -> None:
    assert read(text)[0].clause.place == place
