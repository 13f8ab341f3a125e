"""What holds for all tests: no example is judged by how long it took, because the machine may be busy."""

from hypothesis import settings

settings.register_profile("milepost", deadline=None)
settings.load_profile("milepost")
