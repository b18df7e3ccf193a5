"""The program nats-server: where it is, and whether it is new enough.

The setting cluster.nats_server names it; otherwise it is what `pip install leveret[cluster]` has
put beside this Python, or else the one on the PATH.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING, Final

from leveret.errors import StartRefused

if TYPE_CHECKING:
    from collections.abc import Iterator

Version = tuple[int, int, int]

PROGRAM: Final = "nats-server"
# Before it META.RESCUE is missing, and members that are removed take what is confirmed with them.
OLDEST: Final[Version] = (2, 15, 1)
# It says its version within 30 ms; a disk that sleeps may take seconds to bring it.
ANSWER_S: Final = 20.0

_SETTING: Final = "cluster.nats_server"
_HOW: Final = f"pip install 'leveret[cluster]', or name it in {_SETTING}"


def find_engine(named: Path | None) -> Path:
    """The program, which was asked for its version. Raises StartRefused."""
    program = _first(_places(named))
    if program is None and named is not None:
        raise StartRefused(f"{_SETTING}: there is no program {named}")
    if program is None:
        raise StartRefused(f"a cluster needs {PROGRAM}, and there is none: {_HOW}")
    version = _version_of(program)
    if version < OLDEST:
        found, oldest = (".".join(map(str, each)) for each in (version, OLDEST))
        raise StartRefused(f"{program} is {found}, and a cluster needs {oldest} or later: {_HOW}")
    return program


def _places(named: Path | None) -> Iterator[str | None]:
    if named is not None:
        yield shutil.which(named)
        return
    yield shutil.which(PROGRAM, path=str(Path(sys.executable).parent))
    yield shutil.which(PROGRAM, path=sysconfig.get_path("scripts"))
    yield shutil.which(PROGRAM, path=sysconfig.get_path("scripts", f"{os.name}_user"))
    yield shutil.which(PROGRAM)


def _first(places: Iterator[str | None]) -> Path | None:
    return next((Path(place).absolute() for place in places if place is not None), None)


def _version_of(program: Path) -> Version:
    """As it says itself: nats-server: v2.15.1. Raises StartRefused."""
    try:
        told = subprocess.run(  # noqa: S603  # the operator named it, or installed it
            [program, "--version"], capture_output=True, text=True, timeout=ANSWER_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired, UnicodeDecodeError) as error:
        raise StartRefused(f"cannot run {program}: {error}") from error
    found = re.match(r"nats-server: v(\d+)\.(\d+)\.(\d+)", told.stdout)
    if found is None:
        raise StartRefused(
            f"{program} is no {PROGRAM}: asked for its version it says nothing of it"
        )
    major, minor, patch = map(int, found.groups())
    return major, minor, patch
