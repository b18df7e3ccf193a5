"""A broker's topology as a test writes it down: RabbitMQ's definitions, as a file or in Python.

    with leveret.running(definitions={"queues": [{"name": "jobs"}]}) as broker: ...

Rule: what names no vhost goes into the broker's default one, so that a test need not name it.
"""

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

from leveret.errors import StartRefused

Definitions: TypeAlias = Mapping[str, Sequence[Mapping[str, object]]] | str | os.PathLike[str]

_IN_A_VHOST = {"permissions", "topic_permissions", "parameters", "policies", "queues", "exchanges",
               "bindings"}  # fmt: skip


def document(definitions: Definitions | None, default_vhost: str) -> bytes | None:
    """RabbitMQ's JSON. Raises StartRefused for a file that can't be read."""
    if definitions is None:
        return None
    if not isinstance(definitions, Mapping):
        return _read(Path(definitions))
    placed = {
        section: [{"vhost": default_vhost, **entry} for entry in entries]
        if section in _IN_A_VHOST
        else entries
        for section, entries in definitions.items()
    }
    return json.dumps(placed).encode()


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise StartRefused(
            f"cannot read the definitions {path}: {error.strerror or error}"
        ) from error
