"""Words that answer what is asked before something is done: yes, no with a reason, «it is done». Pure."""

import re

from handlers.callbacks import ApprovalDeed

_PLEASE = r"(?:please[ ,]+)?"
_PLAIN = {
    ApprovalDeed.APPROVE: r"(?:i )?approved?(?: (?:it|this|that))?(?:[ ,]+please)?",
    ApprovalDeed.DENY: r"(?:i )?(?:deny|denied|decline|reject)(?: (?:it|this|that))?",
}
"""Clear even where nothing is replied to."""
_SAID = {
    ApprovalDeed.APPROVE: (
        r"yes|yep|yeah|y|sure|ok(?:ay)?|fine|go ahead|go for it|do (?:it|that)|allowed?|permitted|👍|✅"
        r"|(?:do it |once )?again|(?:try|run) it again|repeat(?: it)?"
    ),
    ApprovalDeed.DENY: (
        r"no|nope|n|don'?t|do not|never|stop|forbidden|not allowed|no way|👎|❌|leave it(?: as it is| alone)?"
    ),
    ApprovalDeed.DONE: r"(?:it is|it's|that is|that's|is|already)? ?(?:done|happened|sent|through)(?: already)?",
}
"""Clear in a reply."""
_REASON = re.compile(
    r"(?P<no>no|nope|deny|denied|decline|reject|don'?t|do not|never|stop)\b(?: it| this| that)?"
    r"[\s,.:;!–—-]*(?:because\b|since\b|reason\b)?[\s:,]*(?P<why>.+)",
    re.I | re.S,
)


def approval_words(text: str, *, replied: bool) -> tuple[ApprovalDeed, str] | None:
    """The answer in the words, and the reason given for a no; None where they are no clear answer.

    A no with anything behind it is a no for that reason; a yes with conditions is none.
    """
    told = text.strip().replace("’", "'")
    bare = told.lower().strip("«»\"'.! ")
    for deed in ApprovalDeed:
        ways = [table[deed] for table in ((_PLAIN, _SAID) if replied else (_PLAIN,)) if deed in table]
        if any(re.fullmatch(rf"{_PLEASE}(?:{way})(?:[ ,]+(?:please|thanks))?", bare) for way in ways):
            return deed, ""
    found = _REASON.fullmatch(told)
    if found is None or (not replied and found["no"].lower() not in ("deny", "denied", "decline", "reject")):
        return None
    return ApprovalDeed.DENY, told if replied and found["no"].lower().startswith(("don", "do ")) else found[
        "why"
    ].strip()
