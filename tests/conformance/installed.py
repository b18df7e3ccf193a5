"""Programs that the tests compare with: what is not installed is skipped, under CI it fails."""

import os
import shutil

import pytest


def require(program: str, package: str) -> str:
    """Where the program is."""
    path = shutil.which(program)
    if path is not None:
        return path
    missing = f"{program} is not installed: apt-get install {package}"
    if "CI" in os.environ:
        pytest.fail(missing)
    pytest.skip(missing)
