"""How the chat looks: the colours of night and day, and the style sheet."""

from textual.theme import Theme

NIGHT = Theme(
    name="night",
    primary="#6ab3f3",
    secondary="#5288c1",
    accent="#6ab3f3",
    success="#4fae4e",
    warning="#e0a33c",
    error="#e05555",
    foreground="#f5f5f5",
    background="#0e1621",
    surface="#17212b",
    panel="#1f2c3a",
    dark=True,
    variables={
        "bot-back": "#182533",
        "own-back": "#2b5278",
        "button-back": "#22364a",
        "button-hover": "#2f4a64",
        "button-text": "#d7e9f9",
        "code-text": "#9bd0ff",
        "code-back": "#0f1a26",
        "quote-text": "#b8cbdc",
        "link-text": "#6ab3f3",
        "note-text": "#8296a8",
        "day-back": "#1a2733",
        "footer-background": "#17212b",
    },
)

DAY = Theme(
    name="day",
    primary="#3390ec",
    secondary="#3390ec",
    accent="#3390ec",
    success="#3a9d3a",
    warning="#b57600",
    error="#d14545",
    foreground="#0f1419",
    background="#c9d9e6",
    surface="#ffffff",
    panel="#eef3f7",
    dark=False,
    variables={
        "bot-back": "#ffffff",
        "own-back": "#e2fcd4",
        "button-back": "#a9c1d4",
        "button-hover": "#8fb0c9",
        "button-text": "#0d2a40",
        "code-text": "#a03a6a",
        "code-back": "#eef1f4",
        "quote-text": "#3f5666",
        "link-text": "#1f74c9",
        "note-text": "#6b7d8a",
        "day-back": "#aec3d3",
        "footer-background": "#ffffff",
    },
)

STYLE_SHEET = """
Screen { background: $background; }

#head { height: 1; background: $surface; padding: 0 1; }
#head .name { width: auto; text-style: bold; }
#head .state { width: 1fr; padding: 0 0 0 2; color: $note-text; text-wrap: nowrap; text-overflow: ellipsis; }
#head .state.-busy { color: $accent; }
#head .clock { width: auto; color: $note-text; }
#foot { height: 1; background: $surface; color: $note-text; padding: 0 1; text-wrap: nowrap; text-overflow: ellipsis; }
#below { height: 1; background: $secondary; color: #ffffff; content-align: center middle; }

History { height: 1fr; padding: 0 2; scrollbar-size-vertical: 1;
          scrollbar-color: $panel; scrollbar-color-hover: $secondary; scrollbar-color-active: $secondary;
          scrollbar-background: $background; scrollbar-background-hover: $background; align-vertical: bottom; }
Welcome { width: 60; max-width: 100%; height: auto; padding: 1 3; background: $bot-back; text-align: center; }
History.-empty { align: center middle; }
Day { width: auto; height: 1; margin: 1 0 0 0; padding: 0 2; background: $day-back; color: $note-text; }
History > Day { width: 100%; content-align: center middle; background: $background; }
MessageView:last-of-type { margin: 1 0 1 0; }
Growing { width: auto; max-width: 78%; margin: 1 0 0 0; padding: 0 1; background: $bot-back; color: $quote-text; }

MessageView { width: 100%; height: auto; margin: 1 0 0 0; }
MessageView.-bot { align-horizontal: left; }
MessageView.-own { align-horizontal: right; }
MessageView.-service { align-horizontal: center; }

Bubble { height: auto; padding: 0 1; background: $bot-back; link-color: $link-text; link-background: initial;
         link-style: underline; link-background-hover: $link-text; link-color-hover: $background; pointer: default; }
.-own > Bubble { background: $own-back; }
.-service > Bubble { background: $day-back; color: $note-text; }
Bubble:focus { background-tint: $accent 22%; }

.buttons { height: 1; margin: 0; }
InlineButton { width: 1fr; height: 1; content-align: center middle; background: $button-back; color: $button-text;
               padding: 0 1; margin: 0 0 0 1; text-wrap: nowrap; text-overflow: ellipsis; pointer: pointer; }
InlineButton:first-child { margin: 0; }
InlineButton:hover { background: $button-hover; }
InlineButton.-primary { background: $secondary; color: #ffffff; }
InlineButton.-success { background: $success 75%; color: #ffffff; }
InlineButton.-danger { background: $error 75%; color: #ffffff; }
InlineButton.-waiting { text-style: dim italic; }
InlineButton:focus { background: $accent; color: $background; text-style: bold; }

Composer { height: auto; max-height: 60%; background: $surface; }
Composer > OptionList { height: auto; max-height: 9; padding: 0 1; border: none; background: $panel; }
Composer > .reply { height: 1; padding: 0 1; background: $panel; text-wrap: nowrap; text-overflow: ellipsis; }
Composer > .field { height: auto; }
Composer .prompt { width: 2; padding: 0 0 0 1; color: $accent; text-style: bold; }
Field { height: auto; max-height: 8; padding: 0 1; background: $surface; border: none; }
Composer > .keyboard { height: auto; padding: 0 1; background: $panel; }
Composer > .keyboard > Horizontal { height: 1; }
KeyboardKey { width: 1fr; height: 1; margin: 0 1 0 0; content-align: center middle; background: $button-back;
              color: $button-text; text-wrap: nowrap; text-overflow: ellipsis; pointer: pointer; }
KeyboardKey:hover { background: $button-hover; }
KeyboardKey:focus { background: $accent; color: $background; }

ToastRack { dock: top; align: center top; margin: 2 0 0 0; }
ToastHolder { align-horizontal: center; }
Toast { width: auto; max-width: 70%; padding: 0 2; background: $panel; }

ModalScreen { align: center middle; background: $background 60%; }
.box { width: 60; max-width: 90%; height: auto; padding: 1 2; background: $surface; border: round $accent; }
.box Label { width: 100%; margin: 0 0 1 0; }
.box Input { margin: 0 0 1 0; border: none; height: 1; background: $panel; padding: 0 1; }
.box Button { width: 100%; }
.box .problem { color: $error; }
.box .hint { color: $note-text; margin: 0; }
"""
