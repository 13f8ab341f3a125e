"""Names and texts of a repository as they may be shown: nothing in them turns round, hides or overwrites what is read.

What is changed is seen: such a sign stands as its escape, `\\u202e`, and the rest as it is. For showing only; what is
applied, compared or written stays as it is.
"""

import re

_TURNING = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
"""Signs that turn the direction of reading; none of them is seen."""
_CONTROLS = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff"
"""Signs that move a terminal's pen, other ends of lines, halves of signs; not tabs and line ends of either kind."""
_IN_TEXTS = re.compile(f"[{_TURNING}{_CONTROLS}]|\r(?!\n)")


def shown_name(name: str) -> str:
    """The name of a file, on one line."""
    return name if name.isprintable() else "".join(char if char.isprintable() else _escaped(char) for char in name)


def shown_text(text: str) -> str:
    """Lines of a text, such as those of a diff."""
    return _IN_TEXTS.sub(lambda found: _escaped(found[0]), text)


def _escaped(char: str) -> str:
    return char.encode("unicode_escape", "surrogatepass").decode()
