"""How hypothesis runs here: the same examples each time, unless LEVERET_FUZZ=explore."""

import os

from hypothesis import settings

settings.register_profile("steady", deadline=None, max_examples=30, derandomize=True)
settings.register_profile("explore", deadline=None, max_examples=2000)
settings.load_profile(os.environ.get("LEVERET_FUZZ", "steady"))
