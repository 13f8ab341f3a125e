"""What holds for all tests: no example is judged by its time, and CI tries the same ones on the same code."""

import os

from hypothesis import settings

settings.register_profile("milepost", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("milepost")
