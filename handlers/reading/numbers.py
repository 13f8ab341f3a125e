"""The number that somebody reports, if that is what they do: read strictly, because a wrong one may end a goal."""

import math
import re

_GROUP = " ,'’\u00a0\u202f"
_NUMBER = re.compile(
    r"(?<![\w.,])(?P<sign>[-+−]?)(?P<digits>\d(?:[\d.,'’]|[ \u00a0\u202f](?=\d{3}(?!\d)))*(?<=\d))"
    r"(?:[ \u00a0]?(?P<unit>k|mio|million|thousand)\b)?",
    re.I,
)
_PLAIN = re.compile(r"\d{1,40}")
_GROUPED = re.compile(rf"[1-9]\d{{0,2}}(?:[{_GROUP}]\d{{3}})+(?:\.\d{{1,20}})?")
_GROUPED_BY_POINTS = re.compile(r"[1-9]\d{0,2}(?:\.\d{3})+,\d{1,20}|[1-9]\d{0,2}(?:\.\d{3}){2,}")
_DECIMAL = re.compile(r"\d{1,40}[.,]\d{1,20}")
_UNCLEAR = re.compile(r"[1-9]\d{0,2}\.\d{3}")
"""«1.000»: a thousand to some, one to others."""
_SCALES = {"k": 1e3, "thousand": 1e3, "mio": 1e6, "million": 1e6}
_ATTACHED = re.compile(r"[a-z%°€$£]{0,4}(?:/\w{1,8})?(?![\w.,]*\d)", re.I)
"""What may stand at a number without a space: «80kg», «12%», but neither «1e3» nor «10.0.0.1»."""
_MEGA = re.compile(r"m(?!\w)", re.I)
"""«10m» are ten million to some, ten metres or minutes to others."""
_MOST_WORDS = 7
_OTHER_SENSE = re.compile(
    r"\b(?:no|not|never|none|nobody|idea|ask|remind|later|again|tomorrow|until|till|maybe|perhaps|unless|if|but|or|to"
    r"|problem|stuck|between|almost|nearly|soon|next|wait|chapter|version|step|task)\b|n['’]t\b|\?",
    re.I,
)
"""Words with which a number is no report."""
_SOME_TIME = re.compile(r"\b(?:in|after|until|by)\s+$", re.I)


def number_in(text: str) -> float | None:
    """The number that a short text reports («512», «1,200 signups», «$3.5k», «I weigh 79 kg»); None when in doubt."""
    said = " ".join(text.split())
    found = list(_NUMBER.finditer(said))
    if len(found) != 1:
        return None
    match = found[0]
    before, after = said[: match.start()], said[match.end() :]
    attached = _ATTACHED.match(after)
    if attached is None or (not match["unit"] and _MEGA.match(after)):
        return None
    around = f"{before} {after[attached.end() :]}"
    if len(around.split()) > _MOST_WORDS or _SOME_TIME.search(before) or _OTHER_SENSE.search(around):
        return None
    return _value(match)


def _value(match: re.Match[str]) -> float | None:
    digits = match["digits"]
    if _PLAIN.fullmatch(digits):
        plain = digits
    elif _GROUPED_BY_POINTS.fullmatch(digits):
        plain = digits.replace(".", "").replace(",", ".")
    elif _GROUPED.fullmatch(digits):
        plain = re.sub(f"[{_GROUP}]", "", digits)
    elif _DECIMAL.fullmatch(digits) and not _UNCLEAR.fullmatch(digits):
        plain = digits.replace(",", ".")
    else:
        return None
    value = float(plain) * _SCALES.get((match["unit"] or "").lower(), 1.0)
    return (-value if match["sign"] in ("-", "−") else value) if math.isfinite(value) else None
