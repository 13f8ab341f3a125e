"""Words that answer a finding: «do it», «not now», «never this kind». Pure."""

import re

from handlers.callbacks import FindingDeed

_PLEASE = r"(?:please[ ,]+)?"
_PLAIN = {
    FindingDeed.DO: r"(?:yes[ ,]+)?(?:do (?:it|that|so)|go ahead)(?:[ ,]+please)?",
    FindingDeed.NOT_NOW: r"(?:no[ ,]+)?not (?:now|yet|today)(?:[ ,]+(?:please|thanks))?",
    FindingDeed.NEVER: r"(?:no[ ,]+)?never (?:this|that) kind(?: again)?",
}
"""Clear even where nothing is replied to."""
_SAID = {
    FindingDeed.DO: r"yes|yep|yeah|sure|ok(?:ay)?|👍|✅",
    FindingDeed.NOT_NOW: r"no|nope|no,? thanks?|(?:maybe )?later|leave it|ignore (?:it|this)|👎",
    FindingDeed.NEVER: (
        r"never|never again"
        r"|(?:don'?t|do not) (?:tell|show|ask) me (?:this|that|of this|about this)(?: kind)?(?: again)?"
        r"|stop (?:telling|showing) me (?:this|that|these)|mute(?: (?:it|this|this kind))?"
    ),
}
"""Clear in a reply."""


def finding_words(text: str, *, replied: bool) -> FindingDeed | None:
    """What the words say to a finding; None where that is not clear."""
    bare = text.strip().lower().replace("’", "'").strip("«»\"'.! ")
    for deed in FindingDeed:
        ways = f"{_PLAIN[deed]}|{_SAID[deed]}" if replied else _PLAIN[deed]
        if re.fullmatch(rf"{_PLEASE}(?:{ways})", bare):
            return deed
    return None
