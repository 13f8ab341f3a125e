"""Single lines and page buttons, with values that would spoil the lines around them."""

from handlers import keyboards
from handlers.callbacks import Listing, PageTap
from handlers.views import letters


def test_right_to_left_names_cannot_turn_the_lines_after_them() -> None:
    shown = letters.line("\u202eشجرة")
    assert shown == "\u2068شجرة\u2069"


def test_page_buttons_lead_back_and_on() -> None:
    labels = [one["text"] for one in keyboards.page_buttons(PageTap(listing=Listing.TASKS, goal=1, at=1), 3)]
    assert labels == ["‹ Page 1", "Page 3 ›"]
