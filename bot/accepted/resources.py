"""The resources that tasks share, as the operator writes them."""

from typing import Annotated

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

ResourceName = Annotated[str, Field(pattern=r"^[A-Za-z0-9_. -]{1,64}$")]


class CountedResource(BaseModel):
    """How many there are of a resource, and when one that is away is expected back."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    count: int = Field(ge=0, le=10_000)
    back: AwareDatetime | None = None  # None: nobody knows, or it is there


def _resources(value: object) -> object:
    """`gpu=1, licence=0@2026-12-01T09:00+01:00` as a mapping; anything else is left for the check to refuse."""
    if not isinstance(value, str) or value.strip() in ("", "{}"):
        return {} if isinstance(value, str) else value
    found: dict[str, object] = {}
    for part in value.split(","):
        name, equals, rest = part.partition("=")
        count, _, back = rest.partition("@")
        if not equals or name.strip() in found:
            raise ValueError("not name=count")
        found[name.strip()] = {"count": count.strip(), **({"back": back.strip()} if back.strip() else {})}
    return found


ResourcesSetting = Annotated[dict[ResourceName, CountedResource], BeforeValidator(_resources)]
