"""A work of your own: the example of the README, which a test installs and runs."""

from engine.errors import TemporaryError
from engine.work import WorkContext, work


@work("word_count", summary="Counts the words of a text file")
def word_count(context: WorkContext) -> int:
    try:
        with open(str(context.inputs["path"]), encoding="utf-8") as file:
            return len(file.read().split())
    except FileNotFoundError as error:
        raise TemporaryError("the file is not there yet", delay=60) from error
