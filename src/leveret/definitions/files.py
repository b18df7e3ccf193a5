"""Where documents lie: a file, or a directory of files, taken in the order of their names."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from leveret.errors import StartRefused

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

# RabbitMQ's names for the algorithms of definitions.hashing.algorithm.
ALGORITHMS: Final = {
    "sha": "sha1",
    "sha224": "sha224",
    "sha256": "sha256",
    "sha384": "sha384",
    "sha512": "sha512",
}


@dataclass(frozen=True, slots=True)
class Source:
    path: Path
    data: bytes


def read_sources(path: Path) -> list[Source]:
    """Raises StartRefused."""
    try:
        files = _files_in(path) if path.is_dir() else [path]
        return [Source(file, file.read_bytes()) for file in files]
    except OSError as error:
        where = error.filename or path
        reason = error.strerror or str(error)
        raise StartRefused(f"cannot read the definitions {where}: {reason}") from error


def _files_in(directory: Path) -> list[Path]:
    """Hidden ones left out: a mounted volume keeps its own there."""
    entries = sorted(directory.iterdir())
    return [each for each in entries if each.is_file() and not each.name.startswith(".")]


def fingerprint(sources: Sequence[Source], algorithm: str) -> str:
    """Of everything that the files say, and of where each begins."""
    digest = hashlib.new(ALGORITHMS[algorithm], usedforsecurity=False)
    for source in sources:
        digest.update(len(source.data).to_bytes(8, "big"))
        digest.update(source.data)
    return f"{algorithm}:{digest.hexdigest()}"
