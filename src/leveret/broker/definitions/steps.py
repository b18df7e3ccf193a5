"""Long work done in steps, so that whoever has others to serve may stop between two of them.

A broker that imports a large document while clients wait takes some steps, serves the clients, and
goes on.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TypeVar

Result = TypeVar("Result")

# Yields after each step; returns what the work comes to.
Steps = Generator[None, None, Result]


def walked(steps: Steps[Result]) -> Result:
    """All of them, one after the other."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            result: Result = end.value
            return result
