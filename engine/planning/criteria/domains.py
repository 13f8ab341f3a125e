"""What words are about: those of different domains have nothing to do with each other, whatever their stages."""

from engine.planning.criteria.wording import stem, word_set

DOMAINS: dict[str, str] = {
    "software": "ui ux mockup mvp api app website site web code backend frontend dashboard database login feature ml "
    "cnn rnn lstm software server cloud cluster strategy page product landing beta algorithm script plugin "
    "bot pypi npm package changelog docs browser chrome firefox",
    "home": "garden gardens kitchen bathroom bedroom house flat wall floor shed fence roof garage attic basement bed "
    "beds lawn "
    "furniture sofa shelf shelves",
    "body": "gym weight run running diet marathon muscle push-ups yoga sleep steps smoking meditate fitness",
    "event": "wedding party guests venue invitations cake birthday",
    "money": "debt savings mortgage invest pension budget tax taxes loan",
    "travel": "flight flights visa passport hotel trip holiday vacation",
    "language": "spanish french german italian japanese chinese vocabulary grammar",
}
DOMAIN_OF: dict[str, str] = {stem(word): name for name, listed in DOMAINS.items() for word in listed.split()}


def domains(stems: frozenset[str]) -> frozenset[str]:
    """The domains that words belong to."""
    return frozenset(DOMAIN_OF[word] for word in stems if word in DOMAIN_OF)


PAIRS = word_set(
    """repair_café repair_cafe repair_shop
    post_office phone_interview phone_interviews phone_bill phone_call phone_calls water_bill book_club test_drive
    test_results design_review market_research paint_job exercise_bike sort_code final_interviews drive_test
    restore_drill restore_test trial_day trial_days trial_shift trial_lesson trial_class trial_week open_water
    open_mic open_source open_day open_house open_evening open_air test_print test_prints dry_run trial_morning
    trial_session launch_email launch_page launch_plan launch_event launch_day launch_party release_notes
    release_show release_party release_concert release_date release_plan test_order test_orders test_shift test_batch
    test_batches test_run test_runs test_piece test_pieces test_kit test_plan watch_party watch_list cover_letter
    cover_letters pitch_deck pitch_night market_stall market_day market_garden market_analysis track_day track_record
    study_group study_plan study_leave practice_room practice_test practice_tests practice_exam practice_exams
    exercise_plan exercise_mat rest_day rest_days lease_agreement lease_contract record_label record_player print_run
    print_shop paint_colours paint_colors plant_pots place_cards score_sheet email_list email_address report_card
    review_panel travel_plan travel_insurance train_tickets train_ticket train_journey water_tank water_butt
    water_meter water_supply change_request change_requests list_price ride_share ship_date train_set program_notes
    programme_notes play_dates play_area play_date film_crew film_night film_club design_system design_brief
    design_files design_freeze research_plan research_question research_proposal research_questions process_map
    process_owner plan_b port_authority transfer_window transfer_certificate cook_book trial_project trial_period
    trial_run trial_bake host_family host_families host_parents course_outline course_outlines feedback_form
    feedback_forms feedback_session feedback_sessions design_tokens demo_recording demo_recordings demo_tape
    demo_track demo_tracks test_split test_set test_data walk_route walk_leader walk_leaders run_club run_route
    play_store"""
)
"""Nouns of two words whose first could be taken for a verb."""

_NAMED_BY_A_DOING = word_set(
    """room rooms list lists plan plans page pages day days shoes service hours costs permit space spaces party location
    material materials tools kit gear equipment machine machines fees schedule calendar course class classes lessons
    session sessions licence license budget strategy partner partners company system group club permission software
    rota roster log board boards season site post box boxes label labels bag bags suit coach lamp lamps boots"""
)
"""«Meeting room», «running shoes»: the first word says what the thing is for."""
_GRANTS = word_set("approval consent permission permit inspection certificate licence license")
"""What others give: «Building regs approval», «Planning consent»."""
_ARTICLES = word_set("the a an my our your his her its their all each every any some this that these those")


def is_named_by_it(rest: list[str]) -> bool:
    """Whether a doing only tells what the thing behind it is for: «meeting room», «building regs approval»."""
    return rest != [] and (rest[0] in _NAMED_BY_A_DOING or (rest[0] not in _ARTICLES and not _GRANTS.isdisjoint(rest)))


NO_DOINGS = word_set(
    """hike hikes ride rides drive drives dive dives email emails present presents gift gifts card cards cake dress ring
    photo photos insurance fee fees money ticket tickets list shoes venue guests clothes bag budget office club bill
    bills call calls heater speaker speakers users readers"""
)
"""What is no doing of the noun before it: a «birthday present» is no birthday."""

ALSO_DONE = word_set(
    """drawn fed thrown chosen grown known given taken seen shown eaten driven worn torn shot struck dug spent lent bent
    kept held begun sung swum drunk frozen hidden broken spoken brought caught sought fought woven sworn proven
    rebuilt redrawn laid met bound swept read sown mown shorn spun ground"""
)
NO_PARTICIPLES = word_set("hundred naked sacred wicked unwed sled shred embed newlywed moped biped rugged")
"""Forms of verbs that no rule makes, and words that only end as such forms do."""

_BY_EXAM = word_set(
    """driving driver's drivers pilot pilot's pilots sailing boat boating hunting radio diving motorcycle motorbike
    forklift skipper skipper's a the my our his her their full"""
) | {""}
"""What stands before a licence for which one sits an exam, or says nothing of what it is for."""


_OF_OFFICE = word_set("birth death marriage police medical vaccination energy gas share gift good conduct insurance")


def stands_for_no_doing(before: str, word: str, behind: str) -> bool:
    """Whether the words beside a noun tell that it stands for no doing: «two months on paper», «market licence»,
    «medical class 2»."""
    if word == "class" and behind.isdigit():
        return True
    is_paper = (word == "paper" and before == "on") or (
        word in {"certificate", "certificates"} and before in _OF_OFFICE
    )
    return is_paper or (word in {"licence", "license"} and before not in _BY_EXAM)


_GIVEN_UP = word_set(
    "lease contract subscription membership office flat apartment account insurance notice keys resignation uniform "
    "job position post role"
)
_GONE_THROUGH = word_set("pitch speech talk")
_SEEN_TO = word_set("cake cakes babysitter transport flowers insurance childcare")
ERRANDS: dict[str, frozenset[str]] = {
    "ship": word_set(
        """furniture boxes box parcel parcels package packages order orders belongings goods luggage car bike bikes
        piano books candles cards samples crates pallets copies units things stuff gear"""
    ),
    "pick": word_set(
        """tomatoes apples pears cherries plums berries strawberries raspberries blueberries grapes olives beans peas
        flowers mushrooms herbs vegetables fruit fruits lemons oranges cucumbers peppers lettuce salad cotton hops
        tea"""
    ),
    "cut": word_set(
        "hedge hedges grass lawn hair tree trees branches fabric cloth paper cake logs joints wood pieces glass"
    ),
    "grow": word_set("tomatoes vegetables herbs flowers seedlings mushrooms potatoes chillies salad beard hair"),
    "save": word_set("seeds energy water electricity gas time files photos recipe plastic paper lives seats date"),
    "tune": word_set("piano guitar violin harp organ cello ukulele strings instrument"),
    "switch over": word_set("electricity gas water energy power supplier phone internet heating insurance bank"),
    "climb": word_set("stairs steps ladder tree fence"),
    "set up": word_set(
        """nursery room account accounts meeting meetings appointment company business committee team trust savings
        desk tent table tables chairs stall playlist call crib cot bed beds standing"""
    ),
    "post": word_set(
        """ad ads advert adverts vacancy passport documents form forms contract letter letters card cards parcel
        parcels package packages invitations postcards abroad envelope"""
    ),
    "practise": _GONE_THROUGH,
    "practice": _GONE_THROUGH,
    "organise": _SEEN_TO,
    "organize": _SEEN_TO,
    "give up": _GIVEN_UP,
    "quit": _GIVEN_UP,
    "hand in": _GIVEN_UP,
}
"""What makes an errand of a verb that else stands for more: goods are shipped by a carrier and not by developers,
fruit is picked and not chosen, stairs take no training, a lease is given up by a letter and not like a habit."""
