"""What stands in for `write_code` where there is no model."""

from engine.coding.works.inputs import check_part
from engine.coding.works.names import WRITE
from engine.errors import ResourceBlocked
from engine.tasks import Outcome
from engine.work.registry import Work, WorkContext


async def _without_author(context: WorkContext) -> Outcome:
    del context
    told = "no language model is configured; whoever runs this bot sets MILEPOST_MODEL"
    raise ResourceBlocked("a language model", told)


WITHOUT_AUTHOR = Work(
    name=WRITE,
    summary="Needs a language model, and none is configured",
    run=_without_author,
    check_inputs=check_part,
)
"""What stands in for `write_code` where there is no model: what was planned with one waits until it is back."""
