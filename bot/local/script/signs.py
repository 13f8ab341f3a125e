"""Plain signs for terminals and files that can't show all of Unicode: a check mark becomes `[x]`, never `?`."""

import unicodedata

_SIGNS = {
    "✅": "[x]", "☑": "[x]", "✔": "[x]", "✓": "[x]", "🗹": "[x]",
    "❌": "[!]", "✖": "[!]", "✗": "[!]", "✘": "[!]", "⛔": "[!]", "🚫": "[!]", "❗": "!", "❓": "?",
    "☐": "[ ]", "🔲": "[ ]", "⚠": "(!)", "🚧": "[=]", "🎯": "(*)", "⭐": "*", "🎉": "\\o/", "🏁": "[#]",
    "⏳": "(...)", "⌛": "(...)", "⏰": "(o)", "🕒": "(o)", "⏱": "(o)", "🔔": "(o)", "🔄": "(~)", "🔁": "(~)",
    "▶": "|>", "⏸": "||", "⏹": "[]", "⏭": ">>|", "⏩": ">>", "➕": "+", "➖": "-", "✏": "/", "🗑": "[x]",
    "🗺": "(map)", "🙋": "(you)", "🤖": "(bot)", "📅": "(date)", "📝": "(note)", "🔧": "(fix)", "🕰": "(o)",
    "💤": "(zzz)", "🚀": "(go)", "📈": "(up)", "📎": "(file)", "☀": "(*)", "🌙": "(c)", "💪": "(+)", "➤": ">",
    "⤒": "^^", "⤓": "vv", "µ": "u", "📊": "(bar)", "📌": "(pin)", "💡": "(i)", "ℹ": "(i)", "💰": "(money)",
    "👋": "o/", "👍": "+1", "👎": "-1", "🙂": ":)", "😀": ":D", "😊": ":)", "🙁": ":(", "🔴": "(r)",
    "🟢": "(g)", "🟡": "(y)", "🔵": "(b)", "⚪": "( )", "⚫": "(#)", "●": "(#)", "○": "( )", "◉": "(#)", "◐": "(/)",
    "█": "#", "▓": "#", "■": "#", "▰": "#", "🟩": "#", "🟦": "#", "▒": ":", "░": ".", "□": ".", "▱": ".", "⬜": ".",
    "▁": "_", "▏": "|", "▎": "|", "▍": "|", "▌": "|", "▋": "#", "▊": "#", "▉": "#",
    "→": "->", "←": "<-", "⇒": "=>", "↔": "<->", "↑": "^", "↓": "v", "↩": "<-", "↪": "->", "➡": "->", "⬅": "<-",
    "⬆": "^", "⬇": "v", "➜": "->", "↗": "/^", "↘": "\\v", "•": "*", "‣": ">", "·": "-", "∙": "-", "◦": "o",
    "▪": "*", "▫": "[ ]", "×": "x", "÷": "/", "≥": ">=", "≤": "<=", "≠": "!=", "≈": "~", "±": "+-", "∞": "oo",
    "−": "-", "–": "-", "—": "--", "‐": "-", "‑": "-", "…": "...", "“": '"', "”": '"', "„": '"', "‘": "'",
    "’": "'", "‚": "'", "«": "<<", "»": ">>", "‹": "<", "›": ">", "€": "EUR", "£": "GBP", "©": "(c)", "®": "(R)",
    "™": "(TM)", "°": " deg", "─": "-", "━": "-", "│": "|", "┃": "|", "┌": "+", "┐": "+", "└": "+", "┘": "+",
    "├": "+", "┤": "+", "═": "=", "║": "|", "╰": "+", "╯": "+", "╭": "+", "╮": "+",
}  # fmt: skip


def spell(text: str, encoding: str) -> str:
    """The text in what `encoding` can write: signs from ASCII where it can't, nothing lost."""
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return "".join(_spell(char, encoding) for char in text)
    return text


def _spell(char: str, encoding: str) -> str:
    try:
        char.encode(encoding)
    except UnicodeEncodeError:
        return _SIGNS.get(char) or _invisible(char) or _spelled(char)
    return char


def _invisible(char: str) -> str:
    """A blank for every kind of space; empty for anything else."""
    return " " if unicodedata.category(char) == "Zs" else ""


def _spelled(char: str) -> str:
    """An accent is dropped, a picture told by name, a letter of another script kept as its number."""
    category = unicodedata.category(char)
    if category in ("Cf", "Mn", "Sk"):  # joiners, directions, variants, accents, skin tones
        return ""
    plain = "".join(part for part in unicodedata.normalize("NFKD", char) if part.isascii())
    if plain.strip():
        return plain
    if category[0] == "S" and (name := unicodedata.name(char, "")):
        return f":{name.lower().replace(' ', '-')}:"
    return char.encode("ascii", "backslashreplace").decode("ascii")
