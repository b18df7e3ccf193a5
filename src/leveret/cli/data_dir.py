"""The data directory that a command on a node's files is about."""

from __future__ import annotations

import os
from pathlib import Path

from leveret.config.load import load
from leveret.errors import StartRefused


def existing_data_dir(told: str | None) -> Path:
    """What --data-dir says, or else where `leveret serve` keeps it. Raises StartRefused when it
    is not there."""
    path = load({}, os.environ).data_dir if told is None else Path(told).absolute()
    assert path is not None
    if not path.is_dir():
        raise StartRefused(f"there is no data directory {path}; name one with --data-dir")
    return path
