"""The command line. Everything heavy is imported inside the command that needs it: `--help` answers at once.

click, because it is small (30 ms), typed and alive, and gives exit code 2 for every wrong use by itself.
"""

import math
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

_Command = TypeVar("_Command", bound=Callable[..., None])


class _Finite(click.FloatRange):
    """A number in a range; «nan» is in every range, and no number of anything."""

    def convert(self, value: float, param: click.Parameter | None, ctx: click.Context | None) -> float:
        found = float(super().convert(value, param, ctx))
        return found if math.isfinite(found) else self.fail(f"{value!r} is no number.", param, ctx)


_database = click.option(
    "--database",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The database file. Default: MILEPOST_DATABASE.",
)


def _user_id(whose: str) -> Callable[[_Command], _Command]:
    return click.option(
        "--user-id", type=click.IntRange(min=1, max=2**52 - 1), default=1, show_default=True, help=whose
    )


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="milepost", message="milepost %(version)s")
@click.pass_context
def main(context: click.Context) -> None:
    """Milepost carries goals to done.

    Without a command: the Telegram bot when MILEPOST_BOT_TOKEN is set, the local chat when it is not.
    """
    if context.invoked_subcommand is not None:
        return
    from bot.settings import load_or_exit

    context.invoke(chat if load_or_exit().token is None else run)


@main.command()
def run() -> None:
    """Run the bot on Telegram until it is stopped (Ctrl-C or SIGTERM)."""
    from bot import loading, log
    from bot.settings import load_or_exit

    settings = load_or_exit()
    if settings.token is None:
        raise click.UsageError("MILEPOST_BOT_TOKEN is not set; @BotFather gives one, `milepost chat` needs none.")
    log.set_up(settings.log_level, json_lines=settings.log_format == "json", secret=settings.secrets)
    with loading.for_good():
        from bot.app import serve

    sys.exit(serve(settings))


@main.command()
@_database
@_user_id("Who you are; the local chat makes you an owner.")
@click.option(
    "--speed",
    type=_Finite(min=0.01, max=1_000_000),
    default=1.0,
    show_default=True,
    help="How many times faster the bot's clock runs, to see week-long waits and digests at once.",
)
def chat(database: Path | None, user_id: int, speed: float) -> None:
    """Talk to the bot here, without Telegram and without a token.

    On a terminal it is a chat. Otherwise standard input is a script, one line a step, and a plain transcript
    comes out; the exit code is 1 when a step could not be done:

    \b
      hello              send «hello»; «\\n» starts a new line in it
      > Label            press the newest button with this label
      @reply TEXT        reply to the bot's newest message
      @reply:2 TEXT      reply to the one before it, and so on
      @file PATH TEXT    send a file with an optional caption;
                         @photo, @voice and @sticker likewise
      @wait 90           let 90 seconds of the bot's clock pass;
                         also 5m, 2h, 3d, 1w
      # words            a comment
      \\@hello            send «@hello»; also before > and #
    """
    from bot import loading
    from bot.local.typed_ahead import kept_for_the_screen
    from bot.settings import load_or_exit

    settings = load_or_exit(database)
    if sys.stdin.isatty() and sys.stderr.isatty():
        click.echo("Starting…", err=True)  # the bot's libraries take some seconds to load
    with kept_for_the_screen():
        with loading.for_good():
            from bot.local.chat import ChatOptions
            from bot.local.chat import main as talk

        sys.exit(talk(ChatOptions(settings=settings, user_id=user_id, speed=speed)))


@main.command()
@click.argument("goal")
@click.option("--context", help='What the planner should know, as JSON: {"repository": "shop", "language": "python"}.')
@click.option(
    "--timeout-ms",
    type=_Finite(min=0, min_open=True),
    default=60_000,
    show_default=True,
    help="How long it may go on. Nothing is lost at the end of it.",
)
@_database
@_user_id("Whose goal it is: who `milepost chat` talks to, or somebody's id at Telegram.")
@click.option("--json", "as_json", is_flag=True, help="The result as JSON.")
def execute(  # noqa: PLR0913, PLR0917 - one for each option
    goal: str, context: str | None, timeout_ms: float, database: Path | None, user_id: int, as_json: bool
) -> None:
    """Carry out a goal end to end and print what came of it. Asking for it is the yes to its plan.

    GOAL is what you want, in words; further lines may hold criteria («- it answers 200»), «deadline: Friday» and
    «priority: high». The exit code is 0 only when every task was completed, 2 when GOAL or the context can't be used,
    and 1 for all else. What waits for a person is not waited for here: answer it in `milepost chat`. The same command
    again goes on with the same goal.
    """
    from bot.settings import load_or_exit

    settings = load_or_exit(database)
    from bot.execute import Order
    from bot.execute import main as carry_out

    order = Order(goal=goal, context=context, timeout_ms=timeout_ms, user_id=user_id, as_json=as_json)
    sys.exit(carry_out(settings, order))


@main.command()
def doctor() -> None:
    """Check settings, database, token, clock and disk, and say what to do about each trouble."""
    from bot.settings import load_or_exit

    settings = load_or_exit()
    from bot.doctor import main as check

    sys.exit(check(settings))


@main.command()
@click.option("--chat", "chat_id", type=int, required=True, help="The id of the chat at Telegram.")
@click.option(
    "--output",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="The file to write. Default: standard output.",
)
def export(chat_id: int, output: Path | None) -> None:
    """Write all goals of a chat, with everything that happened to them, as JSON."""
    from bot.settings import load_or_exit

    settings = load_or_exit()
    from bot.export import main as write

    sys.exit(write(settings, chat_id, output))


@main.command()
@click.option("--chat", "chat_id", type=int, help="The id of one chat at Telegram. Default: all goals.")
@click.option("--json", "as_json", is_flag=True, help="All figures as JSON; shares from 0 to 1.")
def stats(chat_id: int | None, as_json: bool) -> None:
    """Show how right the predictions were: odds and hours, predicted against actual."""
    from bot.settings import load_or_exit

    settings = load_or_exit()
    from bot.stats import main as show

    sys.exit(show(settings, chat_id, as_json=as_json))


@main.group()
def methods() -> None:
    """Look at the libraries of methods that plans are made from."""


@methods.command("check")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
def check_methods(files: tuple[Path, ...]) -> None:
    """Check method files: what is wrong, with file and line, or what they bring. Exit code 1 when one is wrong."""
    from bot import loading

    with loading.unsearched():  # a checker is in a hurry: what it makes lasts as long as it does
        from bot.methods import check
        from bot.settings import load_or_exit

        code = check(files, load_or_exit().method_folders)
    sys.exit(code)


@methods.command("list")
def list_methods() -> None:
    """List the libraries with what they bring, and those that are left out with the reason."""
    from bot.methods import show
    from bot.settings import load_or_exit

    sys.exit(show(load_or_exit().method_folders))


@methods.command("schema")
def methods_schema() -> None:
    """Print the JSON Schema of method files, for editors."""
    from bot.methods import schema

    sys.exit(schema())


if __name__ == "__main__":
    main(prog_name="milepost")
