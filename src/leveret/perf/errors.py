"""Why a measurement cannot go on."""

from __future__ import annotations


class PerfError(Exception):
    """The run cannot go on; the text says why, for a person."""
