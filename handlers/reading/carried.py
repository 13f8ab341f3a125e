"""The bounds of what buttons carry, so that every one fits 64 bytes at the largest ids."""

from typing import Annotated

from pydantic import Field

LARGEST_ID = 2**53 - 1
LARGEST_NUMBER = 2**31 - 1
Id = Annotated[int, Field(ge=1, le=LARGEST_ID)]
Number = Annotated[int, Field(ge=0, le=LARGEST_NUMBER)]
Digest = Annotated[str, Field(max_length=16, pattern=r"^[0-9a-f]*$")]
"""The begin of a hash of what was shown, in hex; empty where nothing is bound."""
